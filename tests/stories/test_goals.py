"""Goals: typed in a form, kept sealed, read again only there."""

import pytest
from sqlalchemy import delete
from sqlmodel import col, select

from storage.database import counted_queries
from storage.tables import Account, FlowSession, Goal, Job, Person
from tests.stage import Stage, StageHand
from tests.stories.enrolling import row_of
from tests.stories.steps import enrol, round_that_enrols

FIRST = "Run the Okavango budget meeting without slides"
SECOND = "Capire come nasce una scelta difficile"


async def enrolled(stage: Stage, name: str) -> StageHand:
    round_id = await round_that_enrols(stage)
    await enrol(stage, round_id, [name], prepared=False)
    return stage.hand(name)


async def kept(stage: Stage) -> list[tuple[int, str, str]]:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        goals = await uow.all(select(Goal).order_by(col(Goal.number)))
        return [(goal.number, goal.kind, uow.box.open(goal.sealed_text)) for goal in goals]


@pytest.mark.seed("001-8")
@pytest.mark.seed("003-2")
@pytest.mark.seed("003-3")
@pytest.mark.slack_alone
async def test_a_goal_is_kept_and_read_again_in_the_form_alone(stage: Stage) -> None:
    amelia = await enrolled(stage, "Amelia Clarke")
    await amelia.types("/mentoring goals")
    assert "Understand customers, costs and choices" in amelia.view_text  # what a mentor may want in return
    await amelia.fills({"Kind of goal": "A skill to learn", "My goal": FIRST})
    await amelia.submits()
    assert "One goal saved" in amelia.view_text
    assert FIRST not in amelia.view_text
    assert await kept(stage) == [(1, "skill", FIRST)]
    await amelia.closes()
    assert "You have one goal" in await amelia.opens_home()
    assert FIRST not in amelia.home_text
    await amelia.types("/mentoring goals")
    assert FIRST in amelia.view.raw


@pytest.mark.seed("000-4")
@pytest.mark.seed("003-3")
async def test_two_goals_in_italian_and_one_taken_away(stage: Stage) -> None:
    roberta = await enrolled(stage, "Roberta Esposito")
    await roberta.types("/mentoring obiettivi")
    assert "dare in cambio" not in roberta.view_text
    await roberta.fills(
        {
            "Tipo di obiettivo": "Una sfida di oggi",
            "Il mio obiettivo": FIRST,
            "Tipo del secondo": "Un altro punto di vista",
            "Un secondo obiettivo": SECOND,
        }
    )
    await roberta.submits()
    assert "2 obiettivi salvati" in roberta.view_text
    await roberta.closes()
    await roberta.types("/mentoring obiettivi")
    await roberta.fills({"Un secondo obiettivo": None})
    await roberta.submits()
    assert "Un obiettivo salvato" in roberta.view_text and "solo il tipo" not in roberta.view_text
    assert await kept(stage) == [(1, "challenge", FIRST)]


async def test_a_kind_without_words_is_said_not_to_be_kept(stage: Stage) -> None:
    amelia = await enrolled(stage, "Amelia Clarke")
    await amelia.types("/mentoring goals")
    await amelia.fills({"Kind of goal": "A skill to learn", "My goal": FIRST, "Kind of the second": "A step in my"})
    await amelia.submits()
    assert "One goal saved" in amelia.view_text and "you chose the kind alone" in amelia.view_text
    assert await kept(stage) == [(1, "skill", FIRST)]


@pytest.mark.seed("003-3")
async def test_a_goal_without_a_kind_or_too_short_gets_a_clear_word(stage: Stage) -> None:
    amelia = await enrolled(stage, "Amelia Clarke")
    await amelia.types("/mentoring goals")
    await amelia.fills({"Kind of goal": "A step in my career", "My goal": FIRST, "A second goal": SECOND})
    await amelia.submits()
    assert "what kind of goal" in amelia.errors["Kind of the second goal"]
    await amelia.fills({"Kind of the second goal": "A skill to learn", "A second goal": "          x         "})
    await amelia.submits()
    assert "at least 10" in amelia.errors["A second goal, if you like"]
    assert await kept(stage) == []
    await amelia.fills({"A second goal": SECOND})
    await amelia.submits()
    assert await kept(stage) == [(1, "career", FIRST), (2, "skill", SECOND)]


async def test_goals_belong_to_people_in_a_round(stage: Stage) -> None:
    await round_that_enrols(stage)
    amelia = stage.hand("Amelia Clarke")
    await amelia.types("/mentoring goals")
    assert "mentoring join" in amelia.said


async def test_nobody_opens_the_goals_of_somebody_else(stage: Stage) -> None:
    round_id = await round_that_enrols(stage)
    await enrol(stage, round_id, ["Amelia Clarke", "Luca Ferri"], prepared=True)
    amelia = stage.hand("Amelia Clarke")
    await amelia.types("/mentoring prepare")
    other = await row_of(stage, "Luca Ferri")
    await amelia.forges("goals.open", str(other.pk))
    assert "does nothing now" in amelia.told


async def test_a_goal_typed_while_the_person_leaves_is_not_lost(stage: Stage) -> None:
    amelia = await enrolled(stage, "Amelia Clarke")
    await amelia.types("/mentoring goals")
    await amelia.fills({"Kind of goal": "A skill to learn", "My goal": FIRST})
    row = await row_of(stage, "Amelia Clarke")
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        (await uow.session.merge(row)).state = "withdrawn"
        await uow.commit()
    await amelia.submits()
    assert "not in a round" in amelia.errors["My goal, in my words"]
    assert await kept(stage) == []


async def test_a_goal_typed_while_the_person_is_taken_off_the_list_of_people_is_not_lost(stage: Stage) -> None:
    amelia = await enrolled(stage, "Amelia Clarke")
    await amelia.types("/mentoring goals")
    await amelia.fills({"Kind of goal": "A skill to learn", "My goal": FIRST})
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        person = (await uow.all(select(Person).where(Person.name == "Amelia Clarke")))[0]
        person.email = "somebody.else@aurea.example"
        await uow.execute(delete(Account).where(col(Account.person_id) == person.pk))
        await uow.commit()
    await amelia.submits()
    assert "Ask HR to add you" in amelia.view_text
    assert FIRST in amelia.view_text
    assert await kept(stage) == []


async def test_a_goal_appears_in_no_message_job_or_log(
    stage: Stage, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    amelia = await enrolled(stage, "Amelia Clarke")
    await amelia.types("/mentoring goals")
    await amelia.fills({"Kind of goal": "A skill to learn", "My goal": FIRST})
    await amelia.submits()
    await amelia.closes()
    await amelia.types("/mentoring")
    await amelia.opens_home()
    await stage.move(days=8)
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        rows = [row.model_dump_json() for table in (Job, FlowSession, Goal) for row in await uow.all(select(table))]
    said = [message.raw for message in amelia.messages()]
    captured = capsys.readouterr()
    assert "Okavango" not in "".join([*rows, *said, amelia.home_text, caplog.text, captured.out, captured.err])


async def test_the_form_takes_at_most_six_queries(stage: Stage) -> None:
    amelia = await enrolled(stage, "Amelia Clarke")
    engine = stage.inverso.database.engine
    await amelia.types("/mentoring help")
    hand = amelia.alone
    with counted_queries(engine) as opening:
        await hand.types("/mentoring goals")
        await stage.inverso.nursery.settle()
    await amelia.opens_form()
    await amelia.fills({"Kind of goal": "A skill to learn", "My goal": FIRST})
    with counted_queries(engine) as sending:
        await hand.submits()
    assert len(opening) <= 6, opening
    assert len(sending) <= 6, sending
