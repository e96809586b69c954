"""Answers to an offer of help: all is fine, tell the coordinator, make it shorter."""

from dataclasses import replace

from bot.flows import talk
from bot.flows.scheduling import cards as dates
from bot.flows.scheduling.booking import case_of, check_goes_on, check_open, offers, offers_soon
from bot.flows.scheduling.views import booked_view
from bot.flows.session import timetable
from bot.flows.session.hand import tell_coordinator
from bot.flows.session.ladder_jobs import THIRD
from bot.flows.session.views import mine
from bot.flows.turns import Replace, Reply, Turn
from bot.ui.words import T
from storage.meeting import Meeting

SHORT = 30


async def fine(turn: Turn) -> Reply:
    """All is fine: when all say so, nobody else hears of them."""
    found = await mine(turn, turn.number(), lock=True)
    check_goes_on(found, turn)
    if _has_its_date(found):
        return Replace(dates.already(booked_view(found, turn.person.pk)))
    if found.holder.help not in ("fine", "asked", "told"):
        found.holder.help = _fine_by(found, turn.person.pk)
    return talk.said(T("session.fine_then"))


def _has_its_date(found: Meeting) -> bool:
    """Whether help is no longer what the session needs: a date was set meanwhile, and dates do not keep moving."""
    return found.session.state == "scheduled" and found.holder.postponed < THIRD


def _fine_by(found: Meeting, person_id: int) -> str:
    """``fine`` once everybody has said so; until then who has, as ``fine:7,12``."""
    said = {*found.holder.help.removeprefix("fine:").split(","), str(person_id)} - {"", "offered"}
    missing = [person for person in found.people if str(person.pk) not in said]
    return f"fine:{','.join(sorted(said))}" if missing else "fine"


async def ask_coordinator(turn: Turn) -> Reply:
    """The coordinator hears that the pair could use a hand, in their next working hour, and nothing more."""
    found = await mine(turn, turn.number(), lock=True)
    check_goes_on(found, turn)
    if _has_its_date(found):
        return Replace(dates.already(booked_view(found, turn.person.pk)))
    coordinator = await tell_coordinator(turn, found)
    return talk.said(T("session.coordinator_told", coordinator=coordinator.name))


async def shorten(turn: Turn) -> Reply:
    """Thirty minutes this time: a booked date stays, else a date is looked for."""
    case = await case_of(turn, turn.number())
    found, session = case.meeting, case.meeting.session
    check_open(found, turn)
    session.minutes = min(session.minutes, SHORT)
    if not case.is_booked:
        return Replace(offers(case, turn.now))
    session.sequence += 1
    turn.uow.cancel(f"session:{session.pk}:")
    timetable.promise(turn.uow, found, turn.person.pk, session.starts_at)
    return Replace(dates.booked(booked_view(found, turn.person.pk)))


async def rescue(turn: Turn) -> Reply:
    """A quarter of an hour soon, in place of a date that fell through."""
    case = await case_of(turn, turn.number())
    found, session = case.meeting, case.meeting.session
    if case.is_booked:
        return Replace(dates.already(booked_view(found, turn.person.pk)))
    session.minutes = dates.RESCUE
    return Replace(offers_soon(replace(case, facts=replace(case.facts, minutes=dates.RESCUE)), turn.now))
