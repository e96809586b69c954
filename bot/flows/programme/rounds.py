"""Finding a round, and its moves from state to state, with the promises that each move owes."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlmodel import col

from bot.domain.calendar import add_working_days, at_local, is_working_day, local_day, next_working_morning
from bot.domain.programme import PEER, RoundState, can_move, midpoint_session
from bot.flows.turns import Refused, Turn, outdated_button
from bot.ui.words import Listing, T
from storage import rounds as store
from storage.couples import rules_of
from storage.sites import site_of
from storage.tables import Enrolment, Organisation, Person, Round
from storage.uow import Uow

CLOSING_HOUR, DIGEST_HOUR = time(17, 0), time(10, 0)
LAPSES = timedelta(weeks=8)
"""After the end of enrolment, with no pair and nobody who is being asked."""
UNFINISHED = tuple(state.value for state in RoundState if state.value not in store.OVER)


async def find_round(turn: Turn, *states: str) -> Round:
    """The round that the words of a command name, else the newest one in one of ``states``, else the newest not over.

    Raises ``Refused`` when there is none of that name, or none at all.
    """
    return pick(await store.rounds_of(turn.uow), turn.words, *states)


def pick(rounds: Sequence[Round], words: str, *states: str) -> Round:
    """The same among rounds that are known, the newest first."""
    wanted = " ".join(words.split()).casefold()
    if wanted:
        return _named(rounds, wanted, words)
    for choice in (states or UNFINISHED, UNFINISHED, store.OVER):
        for round in rounds:
            if round.state in choice:
                return round
    raise Refused(T("programme.no_rounds"))


def _named(rounds: Sequence[Round], wanted: str, typed: str) -> Round:
    for fits in (lambda name: name == wanted, lambda name: name.startswith(wanted), lambda name: wanted in name):
        for round in rounds:
            if fits(round.name.casefold()):
                return round
    if not rounds:
        raise Refused(T("programme.no_rounds"))
    names = Listing(tuple(round.name for round in rounds[:5]), "or")
    raise Refused(T("programme.no_such_round", typed=typed.strip()[:60], names=names))


async def round_of(turn: Turn, *, lock: bool = False) -> Round:
    """The round whose id the button carries. Raises ``Outdated`` for a tampered button."""
    round = await turn.uow.get(Round, turn.number(), lock=lock)
    if round is None:
        raise outdated_button()
    return round


async def open_enrolment(uow: Uow, round: Round) -> int:
    """Invite everybody whom the round invites; returns how many.

    The round's state has been moved to ``enrolling`` and its end of enrolment set. Everybody gets an ``Enrolment`` in
    state ``invited`` and two promises, the invitation and one reminder half-way.
    """
    ends_at = round.enrolment_ends_at
    if ends_at is None:
        raise ValueError(f"round {round.pk} has no end of enrolment")
    people = [person.pk for person in await store.invited_people(uow, round)]
    await store.invite(uow, round.pk, people)
    for who in people:
        promise_invitation(uow, round, who, ends_at)
    promise_enrolment_end(uow, round)
    promise_digest(uow, round.coordinator_id, uow.now)
    return len(people)


def promise_invitation(uow: Uow, round: Round, who: int, ends_at: datetime | None, occasion: str = "") -> None:
    """Owe a person the invitation and one reminder half-way. ``occasion``: another one than that of all others."""
    halfway = uow.now + ((ends_at or uow.now) - uow.now) / 2
    for name, due_at in (("invite", uow.now), ("reminder", halfway)):
        key = ":".join(part for part in (f"round:{round.pk}:{name}:{who}", occasion) if part)
        uow.promise(f"enrolment.{name}", key, due_at, person=who, expires_at=ends_at, round=round.pk)


def promise_digest(uow: Uow, coordinator_id: int, now: datetime, zone: str = "UTC") -> None:
    """Owe a coordinator the word of next Monday on how the rounds stand; several rounds owe the same one."""
    today = local_day(now, zone)
    monday = today + timedelta(days=7 - today.weekday())
    due_at = at_local(monday, DIGEST_HOUR, zone)
    uow.promise("board.digest", f"digest:{coordinator_id}:{monday.isoformat()}", due_at, person=coordinator_id)


def promise_enrolment_end(uow: Uow, round: Round) -> None:
    """Owe the end of enrolment. The key names the moment, so that a moved end is another occasion."""
    if round.enrolment_ends_at is not None:
        key = f"round:{round.pk}:enrolment_ends:{round.enrolment_ends_at:%Y%m%dT%H%M}"
        uow.promise("programme.enrolment_ends", key, round.enrolment_ends_at, round=round.pk)
        promise_lapse(uow, round, round.enrolment_ends_at + LAPSES)


def promise_lapse(uow: Uow, round: Round, due_at: datetime) -> None:
    """Owe a last look at a round in which nobody is paired: nothing stays open for ever for want of an answer."""
    uow.promise("programme.lapse", f"round:{round.pk}:lapse:{due_at:%Y%m%dT%H%M}", due_at, round=round.pk)


async def move_enrolment_end(uow: Uow, round_id: int, ends_at: datetime) -> Round | None:
    """Set another end of enrolment for a round that is enrolling; None when it no longer is."""
    round = await store.move(uow, round_id, ("enrolling",), enrolment_ends_at=ends_at)
    if round is not None:
        for name in ("enrolment_ends", "lapse"):
            uow.cancel(f"round:{round_id}:{name}:")
        promise_enrolment_end(uow, round)
    return round


def begin_matching(uow: Uow, round: Round) -> None:
    """End the enrolment now and owe the matching (``matching.run``); a round that is not enrolling stays as it is."""
    if not can_move(RoundState(round.state), RoundState.MATCHING):
        return
    round.state = RoundState.MATCHING.value
    for name in ("invite", "reminder", "enrolment_ends"):
        uow.cancel(f"round:{round.pk}:{name}:")
    uow.promise("matching.run", f"round:{round.pk}:match:1", uow.now, round=round.pk)


async def begin_running(uow: Uow, round: Round) -> None:
    """At the first pair of a round that is matching: it runs, and owes its midpoint and its closing. Idempotent."""
    if not can_move(RoundState(round.state), RoundState.RUNNING):
        return
    rules, (person, organisation) = rules_of(round), await coordinator_of(uow, round)
    site = site_of(person, organisation)
    uow.cancel(f"round:{round.pk}:lapse:")
    round.state, round.started_at = RoundState.RUNNING.value, uow.now
    round.ends_at = next_working_morning(uow.now + timedelta(weeks=rules.duration_weeks), site)
    midpoint = next_working_morning(uow.now + timedelta(weeks=midpoint_session(rules) * rules.cadence_weeks), site)
    uow.promise("feedback.midpoint", f"round:{round.pk}:midpoint", midpoint, round=round.pk)
    uow.promise("programme.closing", f"round:{round.pk}:begin_closing", round.ends_at, round=round.pk)


async def begin_closing(uow: Uow, round: Round) -> None:
    """A running round closes: everybody is owed the closing survey, and the round its end."""
    rules, (person, organisation) = rules_of(round), await coordinator_of(uow, round)
    round.state, round.closing_at = RoundState.CLOSING.value, uow.now
    enrolments = await store.participants(uow, round.pk, "paired", "paused", "completed")
    for enrolment in enrolments:
        who = enrolment.person_id
        key = f"round:{round.pk}:closing:{who}"
        uow.promise("feedback.closing", key, uow.now, person=who, round=round.pk, enrolment=enrolment.pk)
    ends = add_working_days(uow.now, rules.closing_survey_working_days, site_of(person, organisation))
    uow.promise("programme.closed", f"round:{round.pk}:end", ends, round=round.pk)


async def coordinator_of(uow: Uow, round: Round) -> tuple[Person, Organisation | None]:
    """Who coordinates the round, and the organisation whose closures count."""
    person = await uow.need(Person, round.coordinator_id)
    organisation = await uow.organisation()
    return person, organisation


def a_week_later(moment: datetime, person: Person, organisation: Organisation | None) -> datetime:
    """The end of enrolment a week after ``moment``, or on the first working day after that."""
    site = site_of(person, organisation)
    day = local_day(moment + timedelta(weeks=1), site.zone)
    if not is_working_day(day, site):
        day = add_working_days(day, 1, site)
    return at_local(day, CLOSING_HOUR, site.zone)


async def sides(uow: Uow, round_id: int) -> tuple[int, int]:
    """How many mentors and how many mentees take part; of peers, who are both, a half is counted on each side."""
    rows = await uow.all(
        uow.of(Enrolment)
        .where(Enrolment.round_id == round_id, col(Enrolment.state).not_in(store.NOT_TAKING_PART))
        .with_only_columns(col(Enrolment.role))
    )
    half, other = divmod(rows.count(PEER), 2)
    return rows.count("mentor") + half + other, rows.count("mentee") + half
