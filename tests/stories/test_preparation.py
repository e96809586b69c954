"""The short lessons: one after the other, any answer, and prepared when the needed ones are done."""

from datetime import UTC, datetime

import pytest
from sqlmodel import select

from bot.content import lessons
from bot.flows.preparation.path import following, is_ready, path, shuffled
from storage.database import counted_queries
from storage.enrolments import ready
from storage.tables import Enrolment, FlowSession, Job, Pairing
from tests.stage import Stage, StageHand
from tests.stories.enrolling import enrols, row_of
from tests.stories.steps import a_pair, enrol, round_that_enrols


@pytest.mark.seed("002-10")
async def test_a_mentor_prepares_in_five_lessons_and_may_go_on(stage: Stage) -> None:
    await round_that_enrols(stage)
    amelia = stage.hand("Amelia Clarke")
    await amelia.types("/mentoring join")
    await enrols(amelia, "en", "mentor")
    await amelia.closes()
    await amelia.types("/mentoring prepare")
    for number, code in enumerate(("B1", "B2", "JM1", "JM2", "JM3"), 1):
        assert lessons()[code].title.texts["en"] in amelia.said
        assert f"Lesson {number} of 7" in amelia.said
        assert (await row_of(stage, "Amelia Clarke")).prepared_at is None
        await answers(amelia, code, "en", number % 3)
        assert lessons()[code].feedback.texts["en"] in amelia.said
        if number < 5:
            await amelia.clicks("Next lesson")
    row = await row_of(stage, "Amelia Clarke")
    assert (row.state, row.prepared_at) == ("prepared", stage.clock.now())
    assert "prepared for the first meeting. 2 more" in amelia.said
    await amelia.clicks("Next lesson")
    await answers(amelia, "JM4", "en", 0)
    await amelia.clicks("Next lesson")
    await answers(amelia, "JM5", "en", 0)
    assert "You have done all the lessons" in amelia.said
    await amelia.types("/mentoring prepare")
    assert "You have done all the lessons" in amelia.said


async def answers(hand: StageHand, code: str, language: str, option: int) -> None:
    await hand.clicks(lessons()[code].options[option].texts[language])


async def test_a_mentee_answers_in_italian_and_any_answer_counts(stage: Stage) -> None:
    round_id = await round_that_enrols(stage)
    await enrol(stage, round_id, ["Roberta Esposito"], prepared=False)
    roberta = stage.hand("Roberta Esposito")
    await roberta.types("/mentoring preparazione")
    wrong = next(n for n in range(3) if n != lessons()["B1"].correct)
    await answers(roberta, "B1", "it", wrong)
    assert "Un pensiero da confrontare" in roberta.said
    row = await row_of(stage, "Roberta Esposito")
    assert row.lessons == ["B1"]
    assert "Lezione 2 di 7" in await roberta.opens_home()


async def test_the_same_answer_twice_is_one_lesson(stage: Stage) -> None:
    round_id = await round_that_enrols(stage)
    await enrol(stage, round_id, ["Amelia Clarke"], prepared=False)
    amelia = stage.hand("Amelia Clarke")
    await amelia.types("/mentoring prepare")
    await amelia.types("/mentoring prepare")
    await answers(amelia, "B1", "en", 0)
    await answers(amelia, "B1", "en", 1)
    assert (await row_of(stage, "Amelia Clarke")).lessons == ["B1"]


async def test_lessons_are_for_people_in_a_round(stage: Stage) -> None:
    await round_that_enrols(stage)
    amelia = stage.hand("Amelia Clarke")
    await amelia.types("/mentoring prepare")
    assert "for people in a round" in amelia.said


async def test_a_stranger_s_or_tampered_button_does_nothing(stage: Stage) -> None:
    round_id = await round_that_enrols(stage)
    await enrol(stage, round_id, ["Amelia Clarke", "Luca Ferri"], "mentor", prepared=False)
    mine, other = await row_of(stage, "Amelia Clarke"), await row_of(stage, "Luca Ferri")
    amelia = stage.hand("Amelia Clarke")
    await amelia.types("/mentoring prepare")
    for value in (f"{other.pk}:B1:0", f"{mine.pk}:B1:7", f"{mine.pk}:X9:0", f"{mine.pk}:B1", "", "x:B1:0"):
        await amelia.forges("preparation.answer", value)
        assert "does nothing now" in amelia.said
    await amelia.forges("preparation.answer", f"{mine.pk}:SM1:0")
    assert "the role you had before" in amelia.said
    assert (await row_of(stage, "Amelia Clarke")).lessons == []
    assert (await row_of(stage, "Luca Ferri")).lessons == []


async def test_reminded_twice_and_never_again(stage: Stage) -> None:
    await round_that_enrols(stage, weeks=6)
    amelia = stage.hand("Amelia Clarke")
    await amelia.types("/mentoring join")
    await enrols(amelia, "en", "mentor")
    await amelia.closes()
    before = len(amelia.messages())
    await stage.move(days=2)
    assert len(amelia.messages()) == before
    await stage.move(days=2)
    assert "7 are left" in amelia.said
    await stage.move(days=30)
    assert len(amelia.messages()) == before + 2


async def test_nobody_is_reminded_while_they_meet_or_where_they_meet_nobody(stage: Stage) -> None:
    await a_pair(stage, "Luca Sala", "Giulia Bruno", prepared=False)
    giulia, luca = stage.hand("Giulia Bruno"), stage.hand("Luca Sala")
    await giulia.types("/mentoring fissa")
    await giulia.clicks("Fissa giovedì 14 gennaio, 14:00")
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        for side in await uow.all(uow.of(Enrolment).where(Enrolment.state == "paired")):
            known = {"person": side.person_id, "enrolment": side.pk, "number": 2}
            during = datetime(2027, 1, 14, 13, 10, tzinfo=UTC)
            uow.promise("preparation.reminder", f"enrolment:{side.pk}:lessons:2", during, **known)
        await uow.commit()
    await stage.move_to(datetime(2027, 1, 14, 14, 30, tzinfo=UTC))
    assert not giulia.sees("lezioni brevi") and not luca.sees("lezioni brevi")
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        mine = await row_of(stage, "Luca Sala")
        (await uow.need(Enrolment, mine.pk)).state = "waitlisted"
        await uow.commit()
    await stage.move(days=7)
    assert giulia.sees("lezioni brevi") and not luca.sees("lezioni brevi")


async def test_who_is_prepared_is_not_reminded(stage: Stage) -> None:
    await round_that_enrols(stage)
    amelia = stage.hand("Amelia Clarke")
    await amelia.types("/mentoring join")
    await enrols(amelia, "en", "mentor")
    await amelia.closes()
    await amelia.types("/mentoring prepare")
    for code in ("B1", "B2", "JM1", "JM2", "JM3"):
        await answers(amelia, code, "en", 0)
        await amelia.clicks("Next lesson")
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        assert await uow.all(select(Job).where(Job.name == "preparation.reminder", Job.state == "open")) == []


async def test_a_pair_is_ready_when_both_are(stage: Stage) -> None:
    for prepared in (False, True):
        pairing_id = await a_pair(stage, "Amelia Clarke", "Roberta Esposito", prepared=prepared)
        async with stage.inverso.database.uow(stage.clock.now()) as uow:
            pairing = (await uow.all(select(Pairing).where(Pairing.id == pairing_id)))[0]
            uow.organisation_id = pairing.organisation_id
            assert await ready(uow, pairing) is prepared


async def test_an_answer_takes_at_most_six_queries(stage: Stage) -> None:
    round_id = await round_that_enrols(stage)
    await enrol(stage, round_id, ["Amelia Clarke"], prepared=False)
    amelia = stage.hand("Amelia Clarke")
    await amelia.types("/mentoring prepare")
    with counted_queries(stage.inverso.database.engine) as queries:
        await amelia.alone.clicks(lessons()["B1"].options[0].texts["en"])
    assert len(queries) <= 6, queries


def test_each_role_has_seven_lessons_and_needs_three_of_its_own() -> None:
    for role in ("mentor", "mentee"):
        codes = [lesson.code for lesson in path(role)]
        assert len(codes) == len(set(codes)) == 7
        assert not is_ready(role, codes[:4])
        assert not is_ready(role, codes[1:])
        assert is_ready(role, codes[:5])
        assert is_ready(role, [codes[0], codes[1], *codes[4:]])
        assert following(role, codes) is None


def test_answers_are_shuffled_alike_each_time_and_differently_for_people() -> None:
    lesson = lessons()["B1"]
    orders = {tuple(shuffled(lesson, id)) for id in range(40)}
    assert len(orders) == 6
    assert shuffled(lesson, 7) == shuffled(lesson, 7)


async def test_who_wrote_goals_is_offered_to_read_them_again(stage: Stage) -> None:
    round_id = await round_that_enrols(stage)
    await enrol(stage, round_id, ["Roberta Esposito"])
    roberta = stage.hand("Roberta Esposito")
    await roberta.types("/mentoring obiettivi")
    await roberta.fills({"Tipo di obiettivo": "Una sfida di oggi", "Il mio obiettivo": "Capire i dati"})
    await roberta.submits()
    await roberta.closes()
    for _ in range(5):
        await roberta.types("/mentoring preparazione")
        if "Hai fatto tutte le lezioni" in roberta.said:
            break
        upcoming = following("mentee", (await row_of(stage, "Roberta Esposito")).lessons)
        assert upcoming is not None
        await answers(roberta, upcoming.code, "it", 0)
    await roberta.clicks("Rivedi i miei obiettivi")
    assert "I tuoi obiettivi" in roberta.view.title


@pytest.mark.seed("000-14")
@pytest.mark.seed("003-16")
async def test_the_mirror_before_one_begins_keeps_nothing(stage: Stage) -> None:
    await enrol(stage, await round_that_enrols(stage), ["Amelia Clarke"])
    amelia = stage.hand("Amelia Clarke")
    await amelia.types("/mentoring ready")
    await amelia.fills({"Today it is true": ["I can explain one thing"]})
    await amelia.submits()
    assert "3 things do not feel true yet" in amelia.told and "Nothing of these answers" in amelia.told
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        (talk,) = await uow.all(uow.of(FlowSession).where(FlowSession.flow == "preparation.readiness"))
    assert talk.sealed_answers == "" and talk.finished_at is not None
