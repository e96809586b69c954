"""Finding a date: times that suit both, dates as people type them, moving, cancelling, calendars."""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime

import pytest
from sqlmodel import col, select

from bot.content import lessons
from bot.flows.scheduling.cards import slot_id
from bot.flows.turns import Event, Pressed
from bot.locales import speaker
from bot.ui.words import T
from storage.database import counted_queries
from storage.tables import Job, Round, Session
from tests.stage import Stage, StageHand
from tests.stories.steps import a_pair

MENTOR, MENTEE = "Luca Sala", "Giulia Bruno"


async def sessions(stage: Stage) -> list[Session]:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        return await uow.all(select(Session).order_by(col(Session.number)))


async def open_jobs(stage: Stage, prefix: str) -> list[Job]:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        jobs = await uow.all(select(Job).where(Job.state == "open").order_by(col(Job.due_at)))
    return [job for job in jobs if job.key.startswith(prefix)]


async def looks_for_a_date(stage: Stage, name: str) -> StageHand:
    hand = stage.hand(name)
    language = "fissa" if hand.person.locale.startswith("it") else "book"
    await hand.types(f"/mentoring {language}")
    return hand


def pressed(stage: Stage, hand: StageHand, verb: str, id: str) -> Event:
    """A press as the dispatcher gets it, for buttons that are not to be seen."""
    return hand.event(Pressed(verb, id))


async def types_a_date(hand: StageHand, text: str, **more: str) -> None:
    italian = hand.person.locale.startswith("it")
    await hand.clicks("Scegli un altro orario" if italian else "Choose another time")
    await hand.fills({"Che giorno, a che ora?" if italian else "Which day, what time?": text, **more})
    await hand.submits()


def unslashed(words: str, stage: Stage) -> str:
    """Commands are plain words on Teams."""
    return words.replace("/mentoring", "mentoring") if stage.platform == "teams" else words


async def test_three_slots_and_one_tap(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    giulia = await looks_for_a_date(stage, MENTEE)
    assert "Questi 3 orari vanno bene per te e per Luca Sala" in giulia.said
    await giulia.clicks("Fissa giovedì 14 gennaio, 14:00")
    assert giulia.sees("Fissato: incontri Luca Sala giovedì 14 gennaio, 14:00")
    kickoff = (await sessions(stage))[0]
    assert (kickoff.state, kickoff.starts_at) == ("scheduled", datetime(2027, 1, 14, 13, tzinfo=UTC))
    luca = stage.hand(MENTOR)
    assert any("Giulia Bruno ha fissato il vostro incontro" in luca.text_of(one) for one in luca.messages())
    assert not await open_jobs(stage, f"session:{kickoff.id}:0:")


@pytest.mark.seed("003-21")
async def test_a_typed_date_is_read_back_and_confirmed(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    giulia = await looks_for_a_date(stage, MENTEE)
    await types_a_date(giulia, "martedì prossimo alle 15")
    assert "martedì 19 gennaio, 15:00" in giulia.view_text
    assert "60 minuti" in giulia.view_text
    await giulia.submits()
    kickoff = (await sessions(stage))[0]
    assert kickoff.starts_at == datetime(2027, 1, 19, 14, tzinfo=UTC)
    assert (kickoff.mode, kickoff.place) == ("in_person", "")


@pytest.mark.seed("003-20")
async def test_two_clocks_are_both_shown(stage: Stage) -> None:
    """The mentee lives by London, the mentor by Rome: each reads the own hour first."""
    await a_pair(stage, MENTOR, "Oliver Clarke", slots=("tue-09", "tue-11", "thu-14", "thu-16"))
    oliver = await looks_for_a_date(stage, "Oliver Clarke")
    assert "15:00 (Rome) for Luca Sala" in oliver.said
    await types_a_date(
        oliver, "next Tuesday 3pm", **{"How do you meet": "Remote", "Place or link": "https://meet.example/x"}
    )
    assert "Tuesday 19 January, 15:00" in oliver.view_text and "16:00 (Rome)" in oliver.view_text
    await oliver.submits()
    luca = stage.hand(MENTOR)
    told = [luca.text_of(one) for one in luca.messages() if "Oliver Clarke ha fissato" in luca.text_of(one)]
    assert "martedì 19 gennaio, 16:00" in told[0] and "15:00 (London)" in told[0]
    assert "a distanza: https://meet.example/x" in told[0]


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("boh 🙈 <!channel>", "Non ho capito quale giorno e ora intendi"),
        ("ieri alle 15", "è già passato"),
        ("11 gennaio 2027 alle 15", "è già passato"),
        ("giovedì", "A che ora, giovedì 14 gennaio?"),
        ("domani alle 23", "prima delle 08:00 o dopo le 20:00"),
        ("sabato alle 15", "fine settimana"),
        ("29 marzo 2027 alle 15", "dove lavori tu è festivo"),
        ("3 maggio 2027 alle 15", "Per Amelia Clarke"),
        ("21 gennaio 2027 alle 8:15", "Per Amelia Clarke sarebbe giovedì 21 gennaio, 07:15 (London)"),
        ("10 ottobre 2029 alle 15", "dopo la fine del ciclo"),
    ],
)
async def test_a_date_that_cannot_be_gets_a_clear_sentence(stage: Stage, typed: str, error: str) -> None:
    await a_pair(stage, "Amelia Clarke", MENTEE)
    giulia = await looks_for_a_date(stage, MENTEE)
    await types_a_date(giulia, typed)
    assert error in giulia.errors["Che giorno, a che ora?"]
    await giulia.closes()
    await giulia.clicks("Scegli un altro orario")
    assert giulia.fields[0].kept == typed, "nothing typed is lost"
    await giulia.fills({"Che giorno, a che ora?": "giovedì 21 gennaio alle 15"})
    await giulia.submits()
    assert "giovedì 21 gennaio, 15:00" in giulia.view_text


async def test_two_readings_are_offered(stage: Stage) -> None:
    await a_pair(stage, MENTOR, "Oliver Clarke")
    oliver = await looks_for_a_date(stage, "Oliver Clarke")
    await types_a_date(oliver, "next Thursday 3pm")
    assert "can mean two moments" in oliver.view_text
    await oliver.fills({"can mean two moments": "Thursday 21 January, 15:00"})
    await oliver.submits()
    assert "Thursday 21 January, 15:00" in oliver.view_text
    await oliver.submits()
    assert (await sessions(stage))[0].starts_at == datetime(2027, 1, 21, 15, tzinfo=UTC)


@pytest.mark.seed("003-19")
async def test_a_link_must_be_whole(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    giulia = await looks_for_a_date(stage, MENTEE)
    await giulia.clicks("Fissa")
    await giulia.clicks("Aggiungi luogo o link")
    assert "sala neutra piuttosto che l’ufficio" in giulia.view_text
    for bad in ("http://meet.example/x", "meet.example", "https://", "https://meet example/x"):
        await giulia.fills({"Come vi vedete": "A distanza", "Luogo o link": bad})
        await giulia.submits()
        assert "deve essere completo e cominciare con https://" in giulia.errors["Luogo o link"], bad
    await giulia.fills({"Luogo o link": "https://meet.example/room?a=1&b=2"})
    await giulia.submits()
    luca = stage.hand(MENTOR)
    assert any("https://meet.example/room" in luca.text_of(one) for one in luca.messages())
    assert (await sessions(stage))[0].sequence == 2
    said = len(luca.messages())
    await giulia.forges("scheduling.where", "1")
    await giulia.submits()
    await stage.move(minutes=30)
    assert (await sessions(stage))[0].sequence == 2 and len(luca.messages()) == said, "the same place again is no news"


async def test_moving_replaces_what_was_promised(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    giulia = await looks_for_a_date(stage, MENTEE)
    await types_a_date(giulia, "25 gennaio alle 15")
    await giulia.submits()
    kickoff = (await sessions(stage))[0]
    first = {job.key for job in await open_jobs(stage, f"session:{kickoff.id}:")}
    await giulia.clicks("Sposta")
    assert giulia.sees("La data attuale resta")
    await types_a_date(giulia, "27 gennaio alle 11")
    await giulia.submits()
    kickoff = (await sessions(stage))[0]
    assert (kickoff.starts_at, kickoff.sequence) == (datetime(2027, 1, 27, 10, tzinfo=UTC), 2)
    second = await open_jobs(stage, f"session:{kickoff.id}:")
    assert second and not first & {job.key for job in second}
    luca = stage.hand(MENTOR)
    assert any("Giulia Bruno ha cambiato il vostro incontro" in luca.text_of(one) for one in luca.messages())


async def test_an_older_button_shows_the_date_that_is_fixed_by_now(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    giulia = stage.hand(MENTEE)
    for _ in range(2):
        await giulia.types("/mentoring incontro")
    await giulia.clicks("Vedi orari")
    await giulia.clicks("Fissa")
    fixed = (await sessions(stage))[0].starts_at
    await giulia.clicks("Vedi orari")
    assert any("Questa data è già fissata" in giulia.text_of(one) for one in giulia.messages())
    await giulia.clicks("Sposta")
    assert (await sessions(stage))[0].starts_at == fixed


async def test_cancelling_frees_the_date_and_tells_the_partner(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    giulia = await looks_for_a_date(stage, MENTEE)
    await giulia.clicks("Fissa")
    await giulia.clicks("Annulla questa data")
    assert any("La data è annullata" in giulia.text_of(one) for one in giulia.messages())
    luca = stage.hand(MENTOR)
    assert any("Giulia Bruno non può più" in luca.text_of(one) for one in luca.messages())
    kickoff = (await sessions(stage))[0]
    assert kickoff.state == "postponed"
    names = {job.name for job in await open_jobs(stage, f"session:{kickoff.id}:")}
    assert names == {"session.unbooked", "session.help", "session.offer", "session.told"}


async def test_the_mentor_proposes_and_the_mentee_accepts(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    luca = await looks_for_a_date(stage, MENTOR)
    assert "Fissare le date spetta a Giulia Bruno" in luca.said
    await luca.clicks("Proponi giovedì 14 gennaio, 14:00")
    assert (await sessions(stage))[0].state == "planned"
    giulia = stage.hand(MENTEE)
    assert "Luca Sala propone di vedervi giovedì 14 gennaio, 14:00" in giulia.said
    await giulia.clicks("Accetta questo orario")
    assert (await sessions(stage))[0].starts_at == datetime(2027, 1, 14, 13, tzinfo=UTC)


async def test_a_date_typed_behind_the_command_is_read_at_once(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    giulia = stage.hand(MENTEE)
    await giulia.types("/mentoring fissa venerdì alle 11")
    await giulia.submits()
    assert "venerdì 15 gennaio, 11:00" in giulia.view_text
    await giulia.submits()
    assert (await sessions(stage))[0].starts_at == datetime(2027, 1, 15, 10, tzinfo=UTC)
    await giulia.types("/mentoring sposta")
    await giulia.clicks("Sposta a giovedì 14 gennaio, 14:00")
    assert (await sessions(stage))[0].starts_at == datetime(2027, 1, 14, 13, tzinfo=UTC)


async def test_a_date_that_was_proposed_is_not_asked_for_anew(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    luca, giulia = await looks_for_a_date(stage, MENTOR), stage.hand(MENTEE)
    await types_a_date(luca, "mercoledì 20 gennaio alle 14")
    await luca.submits()
    await stage.move_to(datetime(2027, 1, 15, 9, 30, tzinfo=UTC))
    assert "tocca a te" not in " ".join(map(giulia.text_of, giulia.messages()))
    assert sum("Luca Sala propone di vedervi" in giulia.text_of(one) for one in giulia.messages()) == 2
    await giulia.clicks("Accetta questo orario")
    assert (await sessions(stage))[0].state == "scheduled"


async def test_a_date_that_was_proposed_is_on_the_present_card(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    luca, giulia = await looks_for_a_date(stage, MENTOR), stage.hand(MENTEE)
    await luca.clicks("Proponi giovedì 14 gennaio, 14:00")
    for words in ("/mentoring", "/mentoring incontro"):
        await giulia.types(words)
        assert "Luca Sala propone di vedervi giovedì 14 gennaio, 14:00" in giulia.said
        assert "tocca a te" not in giulia.said
    await giulia.clicks("Accetta questo orario")
    await luca.types("/mentoring sposta")
    await luca.clicks("Scegli un altro orario")
    await luca.fills({"Che giorno, a che ora?": "mercoledì 20 gennaio alle 14"})
    await luca.submits()
    await luca.submits()
    await giulia.types("/mentoring")
    assert "Prossimo incontro: giovedì 14 gennaio, 14:00" in giulia.said
    assert "Luca Sala propone di vedervi mercoledì 20 gennaio, 14:00" in giulia.said
    await giulia.clicks("Accetta questo orario")
    await giulia.types("/mentoring")
    assert "Prossimo incontro: mercoledì 20 gennaio, 14:00" in giulia.said and "propone" not in giulia.said


async def test_a_date_that_was_proposed_stands_before_others_that_are_looked_for(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    luca, giulia = await looks_for_a_date(stage, MENTOR), stage.hand(MENTEE)
    await luca.clicks("Proponi giovedì 14 gennaio, 14:00")
    await giulia.types("/mentoring fissa")
    assert "Luca Sala propone di vedervi giovedì 14 gennaio, 14:00" in giulia.said
    await giulia.clicks("Scegli un altro orario")
    assert "Fissa giovedì 14 gennaio" in giulia.said
    await a_pair(stage, "Amelia Clarke", MENTEE)
    await giulia.types("/mentoring fissa")
    assert "Luca Sala propone di vedervi" in giulia.said and "Con Amelia Clarke" in giulia.said
    await giulia.clicks("Accetta questo orario")
    assert (await sessions(stage))[0].starts_at == datetime(2027, 1, 14, 13, tzinfo=UTC)
    await luca.types("/mentoring sposta mercoledì 20 gennaio alle 14")
    await luca.submits()
    await luca.submits()
    await giulia.types("/mentoring sposta")
    assert "Luca Sala propone di vedervi mercoledì 20 gennaio, 14:00" in giulia.said


async def test_the_first_meeting_is_offered_by_the_day_that_was_told(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    await stage.move_to(datetime(2027, 1, 21, 9, tzinfo=UTC))
    assert (await sessions(stage))[0].due_by == datetime(2027, 1, 26, 17, tzinfo=UTC)
    giulia = await looks_for_a_date(stage, MENTEE)
    assert giulia.said.count("Fissa martedì 26 gennaio") == 3


@pytest.mark.seed("002-10")
async def test_sessions_wait_for_the_lessons_of_both(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE, prepared=False)
    giulia = await looks_for_a_date(stage, MENTEE)
    await giulia.clicks("Fissa")
    assert (await sessions(stage))[0].state == "scheduled", "the kick-off waits for nothing"
    await giulia.types("/mentoring fissa")
    say = speaker("it")
    assert giulia.said == unslashed(say(T("scheduling.gate_mine")), stage)
    await does_the_lessons(giulia, "B1", "B2", "SM1", "SM2", "SM3")
    await giulia.types("/mentoring fissa")
    assert giulia.said == unslashed(say(T("scheduling.gate_waits")), stage)
    luca = await looks_for_a_date(stage, MENTOR)
    assert luca.said == unslashed(say(T("scheduling.gate_mine")), stage)
    await does_the_lessons(luca, "B1", "B2", "JM1", "JM2", "JM3")
    assert "il prossimo incontro con Luca Sala ora si può fissare" in giulia.said
    await giulia.clicks(say(T("scheduling.see_slots")))
    assert "vanno bene per te e per Luca Sala" in giulia.said


async def does_the_lessons(hand: StageHand, *codes: str) -> None:
    await hand.types("/mentoring preparazione")
    for number, code in enumerate(codes):
        if number:
            await hand.clicks(speaker("it")(T("preparation.next")))
        await hand.clicks(lessons()[code].options[0].texts["it"])


async def test_no_double_booking(stage: Stage) -> None:
    """The mentor has another pair, booked at the very time that was offered meanwhile."""
    await a_pair(stage, MENTOR, MENTEE)
    await a_pair(stage, MENTOR, "Aurora Marino")
    giulia, aurora = await looks_for_a_date(stage, MENTEE), await looks_for_a_date(stage, "Aurora Marino")
    await giulia.clicks("Fissa giovedì 14 gennaio, 14:00")
    await aurora.clicks("Fissa giovedì 14 gennaio, 14:00")
    assert "una delle due parti ha già un altro incontro" in aurora.said
    await types_a_date(aurora, "giovedì 14 gennaio alle 14:30")
    assert "ha già un altro incontro" in aurora.errors["Che giorno, a che ora?"]
    booked = [one for one in await sessions(stage) if one.state == "scheduled"]
    assert len(booked) == 1


async def test_two_presses_at_once_book_once(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    giulia = await looks_for_a_date(stage, MENTEE)
    kickoff = (await sessions(stage))[0]
    first = datetime.fromisoformat(kickoff.offered[0])
    event = giulia.event(Pressed("scheduling.book", slot_id(kickoff.pk, first)))
    await asyncio.gather(*(stage.inverso.dispatcher.handle(event) for _ in range(3)))
    assert (await sessions(stage))[0].sequence == 1


async def test_times_of_another_list_are_not_taken(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    giulia = await looks_for_a_date(stage, MENTEE)
    kickoff = (await sessions(stage))[0]
    await giulia.does(Pressed("scheduling.book", f"{kickoff.id}:1"))
    assert (await sessions(stage))[0].state == "planned"


async def test_a_session_keeps_its_hour_across_the_change_of_clocks(stage: Stage) -> None:
    """Booked in January for April: 15:00 in Rome is then 13:00 UTC, and reminders keep their local hour."""
    await a_pair(stage, MENTOR, MENTEE)
    giulia = await looks_for_a_date(stage, MENTEE)
    await types_a_date(giulia, "14 aprile alle 15")
    await giulia.submits()
    kickoff = (await sessions(stage))[0]
    assert kickoff.starts_at == datetime(2027, 4, 14, 13, tzinfo=UTC)
    due = {job.name: job.due_at for job in await open_jobs(stage, f"session:{kickoff.id}:")}
    assert due["session.reminder"] == datetime(2027, 4, 13, 8, tzinfo=UTC)
    assert due["session.guide"] == datetime(2027, 4, 9, 8, tzinfo=UTC)


async def test_a_pair_without_common_hours_gets_office_hours(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE, slots=())
    giulia = await looks_for_a_date(stage, MENTEE)
    assert "vengono dalle ore di lavoro comuni" in giulia.said


async def test_a_closed_round_books_nothing(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    giulia = await looks_for_a_date(stage, MENTEE)
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        for round in await uow.all(select(Round)):
            round.state = "closed"
        await uow.commit()
    await giulia.clicks("Fissa")
    assert "Il ciclo «Spring» è finito" in giulia.said


async def test_queries_of_an_interaction(stage: Stage) -> None:
    """At most six each."""
    await a_pair(stage, MENTOR, MENTEE)
    giulia, counts = stage.hand(MENTEE), {}

    async def counted(name: str, act: Awaitable[object]) -> None:
        with counted_queries(stage.inverso.database.engine) as seen:
            await act
        counts[name] = len(seen)
        await stage.settle()

    await counted("slots", giulia.alone.types("/mentoring fissa"))
    await counted("book", giulia.alone.clicks("Fissa giovedì 14 gennaio, 14:00"))
    await counted("place", giulia.alone.clicks("Aggiungi luogo o link"))
    await giulia.fills({"Luogo o link": "Sala 3"})
    await counted("placed", giulia.alone.submits())
    await counted("move", giulia.alone.clicks("Sposta"))
    await counted("type", giulia.alone.clicks("Scegli un altro orario"))
    await giulia.fills({"Che giorno, a che ora?": "27 gennaio alle 11"})
    await counted("read", giulia.alone.submits())
    await counted("confirm", giulia.alone.submits())
    await counted("session", giulia.alone.types("/mentoring incontro"))
    await counted("question", giulia.alone.clicks("Lascia una domanda"))
    assert all(count <= 6 for count in counts.values()), counts
    assert (await sessions(stage))[0].starts_at == datetime(2027, 1, 27, 10, tzinfo=UTC)


async def test_a_date_typed_by_somebody_with_several_pairs_is_kept_for_the_chosen_one(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    other = await a_pair(stage, "Andrea Farina", MENTEE)
    giulia = stage.hand(MENTEE)
    await giulia.types("/mentoring fissa lunedì 18 gennaio alle 15")
    assert "Hai scritto «lunedì 18 gennaio alle 15»" in giulia.view_text
    await giulia.fills({"Con chi?": "Andrea Farina"})
    await giulia.submits()
    await giulia.submits()
    assert "lunedì 18 gennaio, 15:00" in giulia.view_text
    await giulia.submits()
    [session] = [one for one in await sessions(stage) if one.state == "scheduled"]
    assert session.pairing_id == other
