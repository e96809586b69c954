"""A person whom the coordinator adds after enrolment has ended: asked in private, then brought in beside the others."""

from datetime import timedelta

import pytest
from sqlmodel import select

from storage.tables import Enrolment, Pairing, Round
from tests.stage import Stage, StageHand
from tests.stories.enrolling import enrols
from tests.stories.test_groups import MENTOR, answers, heard, rows, together
from tests.stories.test_matching import enrolled, matched

COORDINATOR, LATE = "Valentina Vitale", "Luca Ferri"
TUESDAY = ["Martedì, 09:00–11:00", "Martedì, 11:00–13:00"]


async def adds(stage: Stage, name: str = LATE) -> StageHand:
    valentina = stage.hand(COORDINATOR)
    await valentina.closes(everything=True)
    await valentina.types("/mentoring ciclo aggiungi")
    await valentina.fills({"Chi vuoi aggiungere?": name})
    await valentina.submits()
    return valentina


def read(hand: StageHand) -> str:
    return hand.view_text if hand.sees_modal else hand.said


async def test_who_comes_late_joins_a_group_with_room_and_nobody_else_hears_of_it(stage: Stage) -> None:
    mentees, late, mentor = await together(stage), stage.hand(LATE), stage.hand(MENTOR)
    valentina = await adds(stage, "Elena Sala")
    assert "partecipa già" in valentina.errors["Chi vuoi aggiungere?"]
    await valentina.fills({"Chi vuoi aggiungere?": COORDINATOR})
    await valentina.submits()
    assert "Chi coordina" in valentina.errors["Chi vuoi aggiungere?"]
    await valentina.fills({"Chi vuoi aggiungere?": LATE})
    await valentina.submits()
    assert f"Invito {LATE} a Spring" in read(valentina)
    await stage.move(minutes=10)
    assert "Una speranza" not in late.said and late.sees("È in corso un ciclo di reverse mentoring")

    await late.clicks("Dimmi di più")
    await enrols(late, "it", "mentee", slots=TUESDAY)
    assert "Il ciclo è in corso" in read(late)
    await late.closes(everything=True)
    await late.types("/mentoring profilo")
    assert "Vorrei partecipare come" not in late.view_text, "what others are asked with stays as it is"
    await late.closes(everything=True)
    await stage.move(days=1)
    assert "Forse ho trovato il gruppo giusto" in heard(late)
    assert not any(LATE in heard(hand) for hand in (mentor, *mentees))
    await answers(late)
    await stage.move(days=1)
    await mentor.clicks("Yes, gladly")
    await stage.move(minutes=2)
    assert [one.state for one in await rows(stage, Pairing)] == ["active"] * 5
    assert len({one.group_id for one in await rows(stage, Pairing)}) == 1
    for hand in mentees:
        assert LATE not in heard(hand)


async def test_while_names_wait_for_the_coordinator_a_late_person_waits_for_the_next_ones(stage: Stage) -> None:
    await enrolled(stage)
    valentina = await matched(stage)
    await adds(stage)
    late = stage.hand(LATE)
    await late.types("/mentoring partecipa")
    await enrols(late, "it", "mentee")
    await stage.move(minutes=10)
    assert not late.sees("Forse ho trovato"), "no name before the coordinator has approved the way"
    await valentina.closes(everything=True)
    await valentina.types("/mentoring ciclo rivedi")
    await valentina.clicks("Approva tutte")
    await stage.move(days=1)
    assert late.sees("Forse ho trovato la persona giusta")


async def test_a_no_is_free_and_asked_once(stage: Stage) -> None:
    await together(stage)
    await adds(stage)
    late = stage.hand(LATE)
    await late.clicks("Non ora")
    said = len(late.messages())
    valentina = await adds(stage)
    assert f"Invito {LATE} a Spring" in read(valentina), "what they answered is not told"
    await stage.move(days=4)
    assert len(late.messages()) == said
    await stage.move(days=10)
    await late.types("/mentoring partecipa")
    assert not late.sees_modal


@pytest.mark.parametrize(("state", "weeks", "words"), [("closing", 1, "è alla fine"), ("running", 5, "troppo poche")])
@pytest.mark.slack_alone  # the refusal of a command, which is drawn alike
async def test_a_round_near_its_end_takes_nobody(stage: Stage, state: str, weeks: int, words: str) -> None:
    await together(stage)
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        round = (await uow.all(select(Round)))[0]
        round.state, round.ends_at = state, uow.now + timedelta(weeks=weeks)
        await uow.commit()
    valentina = stage.hand(COORDINATOR)
    await valentina.types("/mentoring ciclo aggiungi")
    assert words in valentina.said and not valentina.sees_modal
    assert not [one for one in await rows(stage, Enrolment) if one.late_until]
