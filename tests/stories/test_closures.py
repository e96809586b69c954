"""The company's closures: told by a coordinator, they keep the bot quiet and freeze what is counted in working days."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.domain.calendar import Site
from storage.closures import slid, write
from storage.tables import AuditEntry, Job, Organisation, Pairing, Session
from tests.stage import Stage, StageHand
from tests.stories.steps import a_pair

MENTOR, MENTEE = "Luca Sala", "Giulia Bruno"


async def closes(stage: Stage, first: str, last: str = "") -> StageHand:
    vale = stage.hand("Valentina Vitale")
    await vale.types("/mentoring chiusure")
    await vale.clicks("Aggiungi una chiusura")
    await vale.fills({"Primo giorno": first, **({"Ultimo giorno": last} if last else {})})
    await vale.submits()
    return vale


async def steps_of(stage: Stage, session: int = 1) -> dict[str, date]:
    """When the steps for a meeting without a date fall due."""
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        jobs = await uow.all(select(Job).where(Job.state == "open", col(Job.key).startswith(f"session:{session}:0:")))
    assert all(job.due_at == job.turn_at and job.due_at.hour in (8, 9) for job in jobs)
    return {job.name.partition(".")[2]: job.due_at.date() for job in jobs}


async def test_a_closure_freezes_deadlines_and_keeps_dates_clear(stage: Stage) -> None:
    """A pair is announced on Tuesday 12 January; the company closes from Monday 18 to Friday 22."""
    await a_pair(stage, MENTOR, MENTEE)
    assert await steps_of(stage) == {
        "unbooked": date(2027, 1, 15),
        "help": date(2027, 1, 21),
        "offer": date(2027, 1, 26),
        "told": date(2027, 2, 2),
    }
    vale = await closes(stage, "2027-01-18", "2027-01-22")
    assert vale.sees("da lunedì 18 gennaio a venerdì 22 gennaio")
    assert await steps_of(stage) == {
        "unbooked": date(2027, 1, 15),
        "help": date(2027, 1, 28),
        "offer": date(2027, 2, 2),
        "told": date(2027, 2, 9),
    }
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        kickoff = (await uow.all(select(Session).order_by(col(Session.number))))[0]
        entries = [entry.action for entry in await uow.all(select(AuditEntry))]
    assert kickoff.due_by is not None and not date(2027, 1, 18) <= kickoff.due_by.date() <= date(2027, 1, 24)
    assert "programme.closure" in entries
    giulia = stage.hand(MENTEE)
    await giulia.types("/mentoring fissa")
    assert not giulia.sees("19 gennaio") and not giulia.sees("21 gennaio")


async def test_a_meeting_in_a_new_closure_gets_other_dates_and_is_nobodys_postponement(stage: Stage) -> None:
    """Booked for Thursday 14 January; then the company closes on that day. A meeting of the week before stays."""
    pairing = await a_pair(stage, MENTOR, MENTEE)
    giulia, luca = stage.hand(MENTEE), stage.hand(MENTOR)
    await giulia.types("/mentoring fissa")
    await giulia.clicks("Fissa")
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        session = (await uow.all(select(Session).where(Session.state == "scheduled")))[0]
    await stage.move(minutes=20)
    day = session.starts_at.date()
    await closes(stage, (day + timedelta(days=1)).isoformat())
    await stage.move(minutes=5)
    assert not giulia.sees("l’azienda è chiusa"), "the day after is another one"
    await closes(stage, day.isoformat())
    await stage.move(minutes=5)
    for hand in (giulia, luca):
        told = [hand.text_of(one) for one in hand.messages() if "l’azienda è chiusa" in hand.text_of(one)]
        assert len(told) == 1 and "Nessuno l’ha rimandato" in told[0]
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        freed, pair = await uow.need(Session, session.pk), await uow.need(Pairing, pairing)
    assert (freed.state, freed.sequence, pair.postponed) == ("postponed", session.sequence + 1, 0)
    await giulia.clicks("Fissa")
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        anew = await uow.need(Session, session.pk)
    assert anew.state == "scheduled" and anew.uid == session.uid
    assert anew.starts_at.date() not in (day, day + timedelta(days=1))


async def test_a_pause_keeps_what_was_promised_for_after_it(stage: Stage) -> None:
    """What was due inside the pause is not done at its first moment, when the pair rests, and lost."""
    await a_pair(stage, MENTOR, MENTEE)
    giulia = stage.hand(MENTEE)
    await giulia.types("/mentoring pausa")
    await giulia.fills({"Per quanto tempo?": "2 settimane"})
    await giulia.submits()
    before = await steps_of(stage)
    assert before["unbooked"] == date(2027, 1, 29)
    await stage.move(days=12)
    assert await steps_of(stage) == before
    await stage.move(days=6)
    assert giulia.sees("Fissa")
    assert "unbooked" not in await steps_of(stage)


async def test_a_closure_moves_each_deadline_once_however_often_it_is_told(stage: Stage) -> None:
    """Told twice, taken away and told again, or with a day less; and where its work begins again half-way."""
    await a_pair(stage, MENTOR, MENTEE)
    vale = await closes(stage, "2027-01-18", "2027-01-22")
    moved = await steps_of(stage)
    assert moved["help"] == date(2027, 1, 28)
    await stage.move(minutes=5)
    await closes(stage, "2027-01-18", "2027-01-22")
    assert await steps_of(stage) == moved
    for last in ("2027-01-22", "2027-01-21"):
        await vale.clicks("Togli")
        await stage.move(minutes=5)
        await closes(stage, "2027-01-18", last)
        assert await steps_of(stage) == moved
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        work = (await uow.all(select(Job).where(Job.name == "programme.closure").order_by(col(Job.id))))[-1]
        work.state, work.owner, work.turn_at = "open", "", stage.clock.now()
        await uow.commit()
    await stage.move(minutes=5)
    assert await steps_of(stage) == moved


async def test_what_was_counted_with_a_closure_does_not_move_when_it_is_told_anew(stage: Stage) -> None:
    """The pair is announced when the closure is known; that is taken away and told again, and again with a day less.

    Of another pair, announced between the two, it is not known.
    """
    vale = await closes(stage, "2027-01-18", "2027-01-22")
    await stage.move(minutes=5)
    await a_pair(stage, MENTOR, MENTEE)
    counted = await steps_of(stage)
    assert counted["help"] == date(2027, 1, 28)
    for last, mentee, moved in (("2027-01-22", "Elena Sala", 28), ("2027-01-21", "Laura Barbieri", 27)):
        await vale.clicks("Togli")
        await stage.move(minutes=5)
        await a_pair(stage, "Amelia Clarke", mentee)
        session = (await first_meetings(stage))[-1]
        assert (await steps_of(stage, session))["help"] == date(2027, 1, 21)
        await stage.move(minutes=5)
        await closes(stage, "2027-01-18", last)
        await stage.move(minutes=5)
        assert await steps_of(stage) == counted
        assert (await steps_of(stage, session))["help"] == date(2027, 1, moved)


async def first_meetings(stage: Stage) -> list[int]:
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        return list(await uow.all(select(Session.id).where(Session.number == 0).order_by(col(Session.id))))


async def test_a_closure_can_be_taken_away(stage: Stage) -> None:
    vale = await closes(stage, "2027-01-18")
    assert vale.sees("lunedì 18 gennaio")
    await vale.clicks("Togli")
    assert "Non conosco chiusure" in vale.said
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        organisation = await uow.session.get(Organisation, 1)
    assert organisation is not None and organisation.settings["closures"] == []


@pytest.mark.parametrize(
    ("first", "last", "field", "error"),
    [
        ("2027-02-10", "2027-02-01", "Ultimo giorno di chiusura", "finisce dopo essere cominciata"),
        ("2027-01-04", "", "Primo giorno di chiusura", "È già passato"),
        ("2027-02-01", "2027-06-01", "Ultimo giorno di chiusura", "controlla le date"),
        ("2029-02-01", "", "Primo giorno di chiusura", "molto lontano"),
    ],
)
async def test_days_that_cannot_be(stage: Stage, first: str, last: str, field: str, error: str) -> None:
    vale = await closes(stage, first, last)
    assert error in vale.errors[field]


async def test_many_are_shown_a_page_at_a_time(stage: Stage) -> None:
    many = {(date(2027, 2, 1) + timedelta(days=2 * number),) * 2 for number in range(60)}
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        await write(uow, lambda _: many)
        await uow.commit()
    vale = stage.hand("Valentina Vitale")
    await vale.types("/mentoring chiusure")
    assert "lunedì 1 febbraio" in vale.told and "giovedì 25 febbraio" not in vale.told
    await vale.clicks("Chiusure successive")
    assert "giovedì 25 febbraio" in vale.told and "lunedì 1 febbraio" not in vale.told
    await vale.clicks("Chiusure precedenti")
    assert "lunedì 1 febbraio" in vale.told
    vale = await closes(stage, "2027-09-01")
    assert "mercoledì 1 settembre" in vale.told and "1 febbraio" not in vale.told
    await vale.clicks("Togli")
    assert vale.told.count("mercoledì 1 settembre") == 0 and "domenica 30 maggio" in vale.told


async def test_only_coordinators_close_the_company(stage: Stage) -> None:
    luca = stage.hand(MENTOR)
    await luca.types("/mentoring chiusure")
    assert "Aggiungi una chiusura" not in luca.said


@pytest.mark.parametrize(
    ("due", "to"),
    [
        ("2026-08-07", "2026-08-07"),  # before it
        ("2026-08-10", "2026-08-24"),  # its first day: the first working day after it
        ("2026-08-12", "2026-08-26"),
        ("2026-08-24", "2026-09-07"),  # after it: by its ten working days
        ("2026-08-09", "2026-08-09"),  # the Sunday before
    ],
)
def test_where_a_deadline_goes(due: str, to: str) -> None:
    span = (date(2026, 8, 10), date(2026, 8, 21))
    moment = datetime.fromisoformat(f"{due}T08:00").replace(tzinfo=UTC)
    moved = slid(moment, span, Site("Europe/Rome", "IT", (span,)))
    assert moved == datetime.fromisoformat(f"{to}T08:00").replace(tzinfo=UTC)
