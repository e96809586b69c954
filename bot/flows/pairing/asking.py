"""Putting a name to people: who is asked, when they are reminded, when a name lapses, who has to wait."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.domain.calendar import add_working_days, is_working_day, local_day
from storage import matching as runs_store
from storage import pairings as store
from storage.couples import Side, rules_of
from storage.pairings import Asked
from storage.tables import Round
from storage.uow import Uow

NUDGE = "pairing"
WAITING = "waitlist"
SPACING = timedelta(milliseconds=250)
UNSENT_WORKING_DAYS = 3
UNREMINDED = timedelta(days=7)
OTHER_NAMES = timedelta(hours=1)


async def ask(uow: Uow, round: Round, proposals: Sequence[tuple[int, int, int]]) -> None:
    """Owe the question to each mentee. ``proposals``: (id, mentor's enrolment, mentee's enrolment), all reviewed."""
    if not proposals:
        return
    await store.off_the_waiting_list(uow, [one for _, mentor, mentee in proposals for one in (mentor, mentee)])
    persons = await store.persons_behind(uow, [mentee for _, _, mentee in proposals])
    for proposal, _, mentee in proposals:
        _owe(uow, "mentee", proposal, persons[mentee], uow.now, round)


def ask_mentor(uow: Uow, asked: Asked) -> None:
    """Owe the question to the mentor, now that the mentee has said yes."""
    couple = asked.couple
    _owe(uow, "mentor", asked.proposal.pk, couple.mentor.pk, uow.now, couple.round)


def promise_gathering(uow: Uow, asked: Asked, *, last: bool = False) -> None:
    """Owe a look at who of a mentor's group answered, now that this one has. ``last``: others were sought."""
    due_at, mentor = uow.now + OTHER_NAMES if last else uow.now, asked.couple.mentor_side.pk
    occasion = f"{asked.proposal.pk}:{asked.proposal.state}:{due_at:%Y%m%dT%H%M%S%f}"
    uow.promise("pairing.gather", f"enrolment:{mentor}:gather:{occasion}", due_at, mentor=mentor, last=int(last))


def _owe(uow: Uow, side: Side, proposal: int, person: int, due_at: datetime, round: Round) -> None:
    """The question, and the end of a name that could not even be asked about (a pause, a full week)."""
    rules = rules_of(round)
    days = rules.proposal_answer_working_days + rules.proposal_extra_days + UNSENT_WORKING_DAYS
    lapses = due_at + timedelta(weeks=days // 5, days=days % 5 + 2)
    uow.promise(f"pairing.ask_{side}", key(proposal, side), due_at, person=person, expires_at=lapses, proposal=proposal)
    uow.promise("pairing.expire", key(proposal, side, "end"), lapses, proposal=proposal, side=side)


def key(proposal: int, side: Side, what: str = "") -> str:
    """The key of a promise about asking one side; all of a proposal's begin with ``proposal:<id>:ask_``."""
    return f"proposal:{proposal}:ask_{side}{'_' if what else ''}{what}"


async def was_asked(uow: Uow, asked: Asked, side: Side) -> None:
    """The question has arrived: the days to answer begin."""
    couple, proposal = asked.couple, asked.proposal
    remind_at = add_working_days(uow.now, couple.rules.proposal_answer_working_days, couple.site(side))
    uow.cancel(key(proposal.pk, side, "end"))
    _promise(uow, asked, side, "remind", "reminder", remind_at)
    _promise(uow, asked, side, "expire", "end_at_last", ends_at(asked, side, remind_at) + UNREMINDED)


async def was_reminded(uow: Uow, asked: Asked, side: Side) -> None:
    """The reminder has arrived: a few more days, then the name lapses."""
    uow.cancel(key(asked.proposal.pk, side, "end"))
    _promise(uow, asked, side, "expire", "end_reminded", ends_at(asked, side, uow.now))


def ends_at(asked: Asked, side: Side, reminded_at: datetime) -> datetime:
    """When a name lapses after its reminder: never on a day off."""
    site = asked.couple.site(side)
    moment = reminded_at + timedelta(days=asked.couple.rules.proposal_extra_days)
    return moment if is_working_day(local_day(moment, site.zone), site) else add_working_days(moment, 1, site)


def _promise(uow: Uow, asked: Asked, side: Side, job: str, what: str, due_at: datetime) -> None:
    proposal = asked.proposal.pk
    person = asked.couple.person(side).pk if job == "remind" else None
    uow.promise(f"pairing.{job}", key(proposal, side, what), due_at, person=person, proposal=proposal, side=side)


async def waitlist(uow: Uow, round: Round, enrolments: Iterable[int]) -> None:
    """Put people on the waiting list, and owe them an honest word about it."""
    listed = await runs_store.set_waitlisted(uow, list(enrolments))
    for enrolment, person in listed:
        occasion = f"enrolment:{enrolment}:waitlisted:{uow.now:%Y%m%dT%H%M%S}"
        uow.promise("pairing.waitlisted", occasion, uow.now, person=person, round=round.pk, enrolment=enrolment)
