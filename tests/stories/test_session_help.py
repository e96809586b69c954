"""While a session has no date: follow-ups that take themselves back, and help without blame."""

from datetime import UTC, datetime, timedelta

import pytest

from storage.tables import Enrolment, Job, Pairing, Person, Session
from tests.stage import Stage
from tests.stories.steps import a_pair
from tests.stories.test_session import (
    MENTEE,
    MENTOR,
    after_the_kickoff,
    answers,
    booked,
    everything_said,
    rows,
    said_to,
)


async def test_no_date_is_followed_up_kindly_and_the_coordinator_hears_last(stage: Stage) -> None:
    pairing = await a_pair(stage, MENTOR, MENTEE)
    giulia, luca, valentina = stage.hand(MENTEE), stage.hand(MENTOR), stage.hand("Valentina Vitale")
    await stage.move_to(datetime(2027, 1, 15, 9, 30, tzinfo=UTC))
    assert "La prima data con Luca Sala tocca a te" in giulia.said
    assert luca.messages() == []
    await stage.move_to(datetime(2027, 1, 21, 10, 0, tzinfo=UTC))
    for hand in (giulia, luca):
        assert "Che cosa aiuterebbe?" in hand.said
    await stage.move_to(datetime(2027, 1, 26, 10, 0, tzinfo=UTC))
    for hand in (giulia, luca):
        assert "dirò a Valentina Vitale solo che alla vostra coppia può servire una mano" in hand.said
        assert "martedì 2 febbraio" in hand.said
    assert valentina.messages() == []
    await stage.move_to(datetime(2027, 2, 2, 10, 0, tzinfo=UTC))
    assert "può servire una mano" in valentina.said and "Luca Sala con Giulia Bruno" in valentina.said
    assert (await rows(stage, Pairing))[0].help == "told" and pairing


async def test_nobody_is_told_when_both_say_that_all_is_fine(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    giulia, luca, valentina = stage.hand(MENTEE), stage.hand(MENTOR), stage.hand("Valentina Vitale")
    await stage.move_to(datetime(2027, 1, 26, 10, 0, tzinfo=UTC))
    for hand in (giulia, luca):
        await hand.clicks("Tutto bene, aspetta")
    await stage.move_to(datetime(2027, 2, 12, 10, 0, tzinfo=UTC))
    assert valentina.messages() == []


async def test_asking_for_a_hand_tells_the_coordinator_at_once(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    luca, valentina = stage.hand(MENTOR), stage.hand("Valentina Vitale")
    await stage.move_to(datetime(2027, 1, 21, 10, 0, tzinfo=UTC))
    await luca.clicks("Parla con Valentina Vitale")
    await stage.move(hours=1)
    assert "può servire una mano" in valentina.said


async def test_an_offer_of_help_shows_the_date_that_was_set_meanwhile(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    giulia, luca, valentina = stage.hand(MENTEE), stage.hand(MENTOR), stage.hand("Valentina Vitale")
    await stage.move_to(datetime(2027, 1, 21, 10, 0, tzinfo=UTC))
    await giulia.types("/mentoring fissa")
    await giulia.clicks("Fissa")
    await stage.move(hours=1)
    await luca.clicks("Parla con Valentina Vitale")
    offer = next(one for one in luca.messages() if "Questa data è già fissata" in luca.text_of(one))
    assert "Parla con" not in luca.text_of(offer)
    await stage.move(days=1)
    assert valentina.messages() == []


async def test_booking_takes_the_follow_ups_back(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    giulia = await booked(stage)
    kickoff = (await rows(stage, Session))[0]
    names = {job.name for job in await rows(stage, Job) if job.state == "open" and f":{kickoff.id}:" in job.key}
    assert not names & {"session.unbooked", "session.help", "session.offer", "session.told"}
    assert {"session.reminder", "session.after", "session.agenda"} <= names
    assert "traccia" in await said_to(stage.hand(MENTOR)), "the guide of a session so near comes at once"
    assert giulia.said


@pytest.mark.seed("002-9")
async def test_moves_in_a_row_bring_help_and_never_blame(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE, slots=("mon-09", "tue-09", "wed-09", "thu-09", "fri-09", "thu-14"))
    giulia = stage.hand(MENTEE)
    await giulia.types("/mentoring fissa")
    await giulia.clicks("Fissa")
    for _ in range(2):
        await giulia.types("/mentoring sposta")
        await giulia.clicks("Sposta a")
    assert (await rows(stage, Pairing))[0].postponed == 2
    await stage.move(hours=2)
    assert any("slittato due volte" in giulia.text_of(message) for message in giulia.messages())
    await giulia.clicks("Accorcia a 30 minuti")
    assert (await rows(stage, Session))[0].minutes == 30
    await giulia.types("/mentoring sposta")
    await giulia.clicks("Sposta a")
    promised = {job.name for job in await rows(stage, Job) if job.key.startswith("pairing:")}
    assert {"session.offer", "session.told", "session.postponed"} <= promised


async def test_the_next_session_is_asked_for_after_the_last(stage: Stage) -> None:
    giulia, _luca = await after_the_kickoff(stage)
    await answers(giulia)
    await stage.move_to(datetime(2027, 1, 20, 9, 30, tzinfo=UTC))
    assert "La prossima data con Luca Sala tocca a te" in await said_to(giulia)
    await giulia.clicks("Fissa")
    first = (await rows(stage, Session))[1]
    assert first.state == "scheduled" and first.minutes == 45
    await stage.move_to(first.starts_at - timedelta(minutes=1))
    await giulia.clicks("Sposta")
    await giulia.clicks("Scegli un altro orario")
    await giulia.fills({"Che giorno, a che ora?": "tra un mese alle 15"})
    await stage.move(hours=1)
    await giulia.submits()
    await giulia.submits()
    assert "già cominciato" in giulia.view_text
    assert (await rows(stage, Session))[1].starts_at == first.starts_at


async def test_the_third_move_in_a_row_offers_help_with_notice(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    giulia, valentina = stage.hand(MENTEE), stage.hand("Valentina Vitale")
    await giulia.types("/mentoring fissa")
    await giulia.clicks("Scegli un altro orario")
    for day in ("2 marzo alle 15", "9 marzo alle 15", "16 marzo alle 15", "23 marzo alle 15"):
        await giulia.fills({"Che giorno, a che ora?": day})
        await giulia.submits()
        await giulia.submits()
        await giulia.closes()
        await stage.move(days=1)
        await giulia.types("/mentoring sposta")
        await giulia.clicks("Scegli un altro orario")
    await giulia.closes()
    await stage.move(days=5)
    said = await said_to(giulia)
    assert "slittato due volte" in said and "Che cosa vi aiuterebbe?" in said
    assert valentina.messages() == [], "not before the notice has run out"
    await stage.move(days=14)
    assert "può servire una mano" in valentina.said


async def test_without_a_date_for_open_lessons_it_says_so_to_whom_they_are_open(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        [kickoff, first, *_] = await uow.all(uow.of(Session).order_by(Session.number))
        kickoff.state, kickoff.held_at = "held", uow.now
        people = {person.name: person.pk for person in await uow.all(uow.of(Person))}
        mine = (await uow.all(uow.of(Enrolment).where(Enrolment.person_id == people[MENTOR])))[0]
        mine.prepared_at, mine.lessons = None, []
        uow.cancel("session:")
        for name in (MENTOR, MENTEE):
            uow.promise("session.help", f"help:{name}", uow.now, person=people[name], session=first.pk)
        await uow.commit()
    await stage.move(days=1)
    luca = stage.hand(MENTOR)
    assert "si può fissare quando le tue lezioni brevi sono fatte" in luca.said
    assert "agende piene" not in await everything_said(stage)
    assert not stage.hand(MENTEE).sees("lezioni")
    await luca.clicks("Continua le lezioni")
    assert "Lezione 1 di" in luca.said
