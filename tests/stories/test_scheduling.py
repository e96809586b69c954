"""Finding a date: times that suit both, dates as people type them, moving, cancelling, calendars."""

from datetime import UTC, datetime

from sqlmodel import select

from storage.tables import Job, Session
from tests.stage import Stage, StageHand
from tests.stories.steps import a_pair

MENTOR, MENTEE = "Luca Sala", "Giulia Bruno"
LONDON_MENTOR = "Amelia Clarke"


async def sessions(stage: Stage) -> list[Session]:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        return await uow.all(select(Session).order_by(Session.number))


async def open_jobs(stage: Stage, prefix: str) -> list[Job]:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        jobs = await uow.all(select(Job).where(Job.state == "open").order_by(Job.due_at))
    return [job for job in jobs if job.key.startswith(prefix)]


async def looks_for_a_date(stage: Stage, name: str) -> StageHand:
    hand = stage.hand(name)
    language = "fissa" if hand.person.locale.startswith("it") else "book"
    await hand.types(f"/mentoring {language}")
    return hand


async def types_a_date(hand: StageHand, text: str, **more: str) -> None:
    italian = hand.person.locale.startswith("it")
    await hand.clicks("Scegli un altro orario" if italian else "Choose another time")
    await hand.fills({"Che giorno, a che ora?" if italian else "Which day, what time?": text, **more})
    await hand.submits()


async def test_three_slots_and_one_tap(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    giulia = await looks_for_a_date(stage, MENTEE)
    assert "Questi 3 orari vanno bene sia a te sia a Luca Sala" in giulia.said
    await giulia.clicks("Fissa giovedì 14 gennaio, 14:00")
    assert "Fissato: incontri Luca Sala giovedì 14 gennaio, 14:00" in giulia.text_of(giulia.messages()[0])
    kickoff = (await sessions(stage))[0]
    assert (kickoff.state, kickoff.starts_at) == ("scheduled", datetime(2027, 1, 14, 13, tzinfo=UTC))
    luca = stage.hand(MENTOR)
    assert any("Giulia Bruno ha fissato il vostro incontro" in luca.text_of(one) for one in luca.messages())
    assert not await open_jobs(stage, f"session:{kickoff.id}:0:")
