"""What comes next, snooze and stop, a pause, leaving without fault."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select

from bot.flows.support.cards import what_next
from bot.flows.support.kinds import KINDS
from bot.locales import LANGUAGES, speaker
from bot.ui.cards import Row
from storage.tables import Enrolment, ExitReason, Job, Nudge, Pairing, Person, Session
from tests.stage import Stage
from tests.stories.steps import a_pair, open_round

MENTOR, MENTEE = "Oliver Clarke", "Valentina Vitale"


async def person(stage: Stage, name: str) -> Person:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        found: Person | None = await uow.first(select(Person).where(Person.name == name))
    assert found is not None
    return found


async def rows(stage: Stage, statement: Any) -> list[object]:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        found: list[object] = await uow.all(statement)
    return found


async def the_pairing(stage: Stage) -> Pairing:
    (pairing,) = await rows(stage, select(Pairing))
    assert isinstance(pairing, Pairing)
    return pairing


async def dues(stage: Stage, pair: int) -> dict[str, datetime]:
    """When each open promise about the pair's first session is due."""
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        first: Session | None = await uow.first(select(Session).where(Session.pairing_id == pair, Session.number == 0))
        assert first is not None
        prefix = f"session:{first.pk}:"
        jobs = await uow.all(select(Job).where(col(Job.key).startswith(prefix), Job.state == "open"))
        return {job.key: job.due_at for job in jobs}


async def test_nothing_is_planned_for_who_takes_part_in_nothing(stage: Stage) -> None:
    oliver = stage.hand(MENTOR)
    await oliver.types("/mentoring what-next")
    assert "no message planned" in oliver.said
    assert "once a day and twice a week" in oliver.said


async def test_what_next_says_what_and_when_and_offers_peace(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    valentina = stage.hand(MENTEE)
    await valentina.types("/mentoring che cosa arriva")
    assert "venerdì 15 gennaio, 10:00" in valentina.said
    assert "al massimo una volta al giorno e due a settimana" in valentina.said
    await valentina.clicks("Ferma: la data del prossimo incontro")
    assert "Non ti scrivo più su questo: la data del prossimo incontro" in valentina.said
    assert (await person(stage, MENTEE)).stopped_kinds == ["session_booking"]
    await valentina.types("/mentoring cosa arriva")
    assert "Non ti scrivo più di" in valentina.said
    assert "venerdì 15 gennaio" not in valentina.said
    await valentina.clicks("Riprendi questi messaggi")
    assert (await person(stage, MENTEE)).stopped_kinds == []


async def test_an_invitation_that_was_answered_is_not_to_come_any_more(stage: Stage) -> None:
    await open_round(stage)
    await stage.move(minutes=30)
    oliver = stage.hand(MENTOR)
    await oliver.types("/mentoring what next")
    assert "one reminder of the invitation" in oliver.said
    await oliver.clicks("Not now")
    await oliver.types("/mentoring what next")
    assert "reminder of the invitation" not in oliver.said


async def test_all_can_be_put_off_until_next_week(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    oliver = stage.hand(MENTOR)
    await oliver.types("/mentoring what next")
    await oliver.clicks("Snooze until next week")
    assert "Monday 18 January" in oliver.said
    snoozed = (await person(stage, MENTOR)).snoozed
    assert set(snoozed) >= {"session", "session_booking", "feedback_reminder"}


async def test_a_kind_that_was_ignored_can_be_started_again(stage: Stage) -> None:
    who = await person(stage, MENTOR)
    async with stage.inverso.database.uow(stage.clock.now(), who.organisation_id) as uow:
        for days in (3, 9):
            uow.add(Nudge(person_id=who.pk, kind="session", sent_at=uow.now - timedelta(days=days)))
        await uow.commit()
    oliver = stage.hand(MENTOR)
    await oliver.types("/mentoring what next")
    assert "two messages went unanswered" in oliver.said
    await oliver.clicks("Resume these messages")
    await oliver.types("/mentoring what next")
    assert "went unanswered" not in oliver.said


async def test_a_tampered_button_is_answered_kindly(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    oliver = stage.hand(MENTOR)
    for verb, value in (
        ("support.snooze", "session:for_ever"),
        ("support.snooze", "nonsense:tomorrow"),
        ("support.stop", "all"),
        ("support.resume_kind", "x" * 1500),
        ("support.later", "session'; --"),
    ):
        await oliver.types("/mentoring what next")
        await oliver.forges(verb, value)
        assert "Things have moved on" in oliver.said
    assert (await person(stage, MENTOR)).stopped_kinds == []


async def test_a_pause_asks_no_reason_and_stops_every_deadline(stage: Stage) -> None:
    pair = await a_pair(stage, MENTOR, MENTEE)
    before = await dues(stage, pair)
    oliver, valentina = stage.hand(MENTOR), stage.hand(MENTEE)
    await oliver.types("/mentoring pause")
    assert "No reason is asked" in oliver.view_text
    await oliver.fills({"For how long?": "2 weeks"})
    await oliver.submits()
    assert "Tuesday 26 January" in oliver.view_text
    assert "si fermano fino a" in valentina.said and "Oliver Clarke" in valentina.said
    after = await dues(stage, pair)
    until = (await person(stage, MENTOR)).paused_until
    assert until is not None
    assert after == {key: due + (until - stage.clock.now()) for key, due in before.items()}
    await stage.move(days=13)
    assert not [message for message in valentina.messages() if "prima data" in valentina.text_of(message).lower()]
    await stage.move(days=2)
    assert "Your pause ends today" in "".join(oliver.text_of(message) for message in oliver.messages())
    assert "ripartono da dov’erano" in "".join(valentina.text_of(message) for message in valentina.messages())
    pairing = await the_pairing(stage)
    assert (pairing.state, pairing.paused_until) == ("active", None)
    states = [one.state for one in await rows(stage, select(Enrolment)) if isinstance(one, Enrolment)]
    assert states == ["paired", "paired"]
    await stage.move(days=3)
    assert [message for message in valentina.messages() if "prima data" in valentina.text_of(message).lower()]


async def test_resuming_early_brings_the_deadlines_back(stage: Stage) -> None:
    pair = await a_pair(stage, MENTOR, MENTEE)
    before = await dues(stage, pair)
    oliver = stage.hand(MENTOR)
    await oliver.types("/mentoring resume")
    assert "not on pause" in oliver.said
    await oliver.types("/mentoring pause")
    await oliver.fills({"For how long?": "4 weeks"})
    await oliver.submits()
    await stage.move(hours=2)
    await oliver.types("/mentoring resume")
    assert "Your pause is over" in oliver.said
    assert await dues(stage, pair) == {key: due + timedelta(hours=2) for key, due in before.items()}
    assert (await person(stage, MENTOR)).paused_until is None


async def test_a_pair_rests_until_both_are_back(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    oliver, valentina = stage.hand(MENTOR), stage.hand(MENTEE)
    await oliver.types("/mentoring pause")
    await oliver.fills({"For how long?": "1 week"})
    await oliver.submits()
    await valentina.types("/mentoring pausa")
    await valentina.fills({"Per quanto tempo?": "3 settimane"})
    await valentina.submits()
    await stage.move(days=8)
    pairing = await the_pairing(stage)
    assert pairing.state == "paused"
    await stage.move(days=14)
    pairing = await the_pairing(stage)
    assert pairing.state == "active"


async def test_a_meeting_inside_the_pause_loses_its_date(stage: Stage) -> None:
    pair = await a_pair(stage, MENTOR, MENTEE)
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        first, second = await uow.all(select(Session).where(Session.pairing_id == pair, col(Session.number) < 2))
        uow.organisation_id = first.organisation_id
        first.state, first.starts_at = "scheduled", stage.clock.now() + timedelta(days=3)
        second.state, second.starts_at = "scheduled", stage.clock.now() + timedelta(days=30)
        await uow.commit()
    oliver = stage.hand(MENTOR)
    await oliver.types("/mentoring pause")
    await oliver.fills({"For how long?": "1 week"})
    await oliver.submits()
    first, second = await rows(stage, select(Session).where(Session.pairing_id == pair, col(Session.number) < 2))
    assert isinstance(first, Session) and isinstance(second, Session)
    assert first.state == "postponed"
    assert "loses its date" in "".join(oliver.text_of(message) for message in oliver.messages())
    assert second.state == "scheduled" and second.starts_at is not None
    until = (await person(stage, MENTOR)).paused_until
    assert until is not None
    promised = await dues(stage, pair)
    assert promised and all(due > until for due in promised.values())
    valentina = stage.hand(MENTEE)
    await oliver.types("/mentoring resume")
    assert "Valentina Vitale that was on Friday 15 January" in oliver.said, "who comes back reads what is left to fix"
    await oliver.clicks("Propose a time")
    assert "Choose another time" in oliver.last.raw
    back = next(text for one in valentina.messages() if "ripartono" in (text := valentina.text_of(one)))
    assert "Oliver Clarke che era per venerdì 15 gennaio" in back
    await valentina.clicks("Vedi orari")
    assert "Fissa" in valentina.last.raw


async def test_leaving_is_one_confirmation_without_a_reason(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    oliver, valentina = stage.hand(MENTOR), stage.hand(MENTEE)
    await oliver.types("/mentoring leave")
    assert "no manager is told" in oliver.view_text
    await oliver.submits()
    assert "has ended" in oliver.view_text
    pairing = await the_pairing(stage)
    assert pairing.state == "ended_early"
    assert "Oliver Clarke" in valentina.said
    assert await rows(stage, select(ExitReason)) == []
    await oliver.types("/mentoring leave")
    assert "Your meetings with Valentina Vitale have ended already" in oliver.said
    await oliver.closes()
    await oliver.clicks("Look for a new pairing")
    await oliver.types("/mentoring leave")
    assert "You are about to leave the round Spring" in oliver.view_text


async def test_a_reason_for_leaving_is_kept_without_the_name(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    valentina = stage.hand(MENTEE)
    await valentina.types("/mentoring esci")
    await valentina.fills({"Vuoi dire perché?": "Non abbiamo trovato il tempo"})
    await valentina.submits()
    (reason,) = await rows(stage, select(ExitReason))
    assert isinstance(reason, ExitReason) and reason.reason == "time"
    assert "Non abbiamo trovato il tempo" not in stage.hand(MENTOR).said


async def test_leaving_before_there_is_a_pair(stage: Stage) -> None:
    pair = await a_pair(stage, MENTOR, MENTEE)
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        pairing = await uow.session.get(Pairing, pair)
        assert pairing is not None
        pairing.state = "ended_early"
        for side in await uow.all(select(Enrolment)):
            side.state = "waitlisted"
        await uow.commit()
    oliver = stage.hand(MENTOR)
    await oliver.types("/mentoring leave")
    assert "Spring" in oliver.view_text
    await oliver.clicks("Leave now")
    assert "you have left the round" in oliver.view_text
    sides = [one.state for one in await rows(stage, select(Enrolment)) if isinstance(one, Enrolment)]
    assert sorted(sides) == ["waitlisted", "withdrawn"]


async def test_who_was_paired_while_the_form_lay_open_leaves_the_pair_and_not_the_round_alone(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    await _all_become(stage, pairing="ended_early", side="waitlisted")
    oliver = stage.hand(MENTOR)
    await oliver.types("/mentoring leave")
    await _all_become(stage, pairing="active", side="paired")
    await oliver.clicks("Leave now")
    assert "You are matched already" in oliver.view_text
    sides = [one.state for one in await rows(stage, select(Enrolment)) if isinstance(one, Enrolment)]
    assert sides == ["paired", "paired"]


async def _all_become(stage: Stage, *, pairing: str, side: str) -> None:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        await uow.execute(update(Pairing).values(state=pairing))
        await uow.execute(update(Enrolment).values(state=side))
        await uow.commit()


async def test_who_is_in_nothing_hears_a_kind_word(stage: Stage) -> None:
    valentina = stage.hand(MENTEE)
    await valentina.types("/mentoring esci")
    assert "non fai parte di alcun ciclo" in valentina.said.lower()


def test_buttons_that_stop_name_what_they_stop() -> None:
    everything = what_next([], list(KINDS), [], [], "Europe/Rome", None)
    for language in LANGUAGES:
        labels = [speaker(language)(block.button.label) for block in everything.blocks if isinstance(block, Row)]
        assert len(set(labels)) == len(KINDS)
        assert max(map(len, labels)) <= 75
