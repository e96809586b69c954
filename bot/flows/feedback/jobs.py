"""Asking at the midpoint, at the end and months later, reminding blindly, thanking, and telling first who answered."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.calendar import add_working_days
from bot.domain.programme import PEER
from bot.flows import signed_links
from bot.flows.feedback import cards
from bot.flows.feedback.cards import KIND, REMINDER_KIND
from bot.flows.reports import cards as report_cards
from bot.flows.reports import release
from bot.flows.turns import Did, JobTurn, NotOwed, Outcome, Say
from storage import surveys
from storage.couples import GROUP, rules_of
from storage.reports import active_people, came_to_the_end
from storage.rounds import meets_in, sessions_of
from storage.sites import site_of
from storage.surveys import ASKED, WINDOWS
from storage.tables import Job, Pairing, Person, Release, Round

REMINDER_DAYS = (3, 7)
NOTES_KEPT = timedelta(days=30)


async def midpoint(turn: JobTurn) -> Outcome:
    """The midpoint is here: everybody who is in a pair is asked."""
    round = await turn.uow.need(Round, turn.arg("round"))
    if round.state != "running":
        return NotOwed()
    await _open(turn, round, "mid", await active_people(turn.uow, round.pk))
    return Did()


async def followup(turn: JobTurn) -> Outcome:
    """Months after the end: everybody whose pair came to it is asked what has stayed, under a new key."""
    round = await turn.uow.need(Round, turn.arg("round"))
    people = await came_to_the_end(turn.uow, round.pk)
    if round.state != "closed" or not people:
        return NotOwed()
    await _open(turn, round, surveys.AFTERWARDS, people)
    return Did()


async def _open(turn: JobTurn, round: Round, wave: str, people: Sequence[int]) -> None:
    """These people are asked now, and the window gets its end."""
    await surveys.ask(turn.uow, round.pk, people, wave)
    coordinator = await turn.uow.need(Person, round.coordinator_id)
    organisation = await turn.uow.organisation()
    site = site_of(coordinator, organisation)
    ends = add_working_days(turn.now, rules_of(round).closing_survey_working_days, site)
    stem = f"round:{round.pk}:survey:{wave}"
    for person in people:
        key = f"{stem}:{person}"
        turn.uow.promise("feedback.ask", key, turn.now, person=person, expires_at=ends, round=round.pk, wave=wave)
        _promise_reminders(turn, round, wave, person, turn.now, ends)
    turn.uow.promise("feedback.survey_ends", f"{stem}:ends", ends, round=round.pk, wave=wave)


def _promise_reminders(
    turn: JobTurn, round: Round, wave: str, person: int, asked_at: datetime, ends: datetime | None
) -> None:
    for number, days in enumerate(REMINDER_DAYS, start=1):
        key = f"round:{round.pk}:survey:{wave}:{person}:reminder_{number}"
        due = asked_at + timedelta(days=days)
        turn.uow.promise("feedback.reminder", key, due, person=person, expires_at=ends, round=round.pk, wave=wave)


async def ask(turn: JobTurn) -> Outcome:
    """Tell one person that the survey is open."""
    owed = await _owed(turn, str(turn.job.args["wave"]))
    if owed is None:
        return NotOwed()
    round, person = owed
    wave = str(turn.job.args["wave"])
    content = cards.ask(round.pk, wave, person.name.split()[0], round.name, turn.job.expires_at, person.timezone)
    return Say((person.pk,), content, nudge=KIND)


async def closing(turn: JobTurn) -> Outcome:
    """The round closes: ask one person the closing survey, and owe two reminders."""
    round, person_id = await turn.uow.need(Round, turn.arg("round")), turn.job.person_id
    if "close" not in WINDOWS.get(round.state, ()) or person_id is None:
        return NotOwed()
    await surveys.ask(turn.uow, round.pk, [person_id], "close")
    if await surveys.standing(turn.uow, round.pk, person_id, "close") != ASKED:
        return NotOwed()
    end: Job | None = await turn.uow.first(turn.uow.of(Job).where(Job.key == f"round:{round.pk}:end"))
    ends = end.due_at if end else None
    _promise_reminders(turn, round, "close", person_id, round.closing_at or turn.now, ends)
    person = await turn.uow.need(Person, person_id)
    content = cards.ask(round.pk, "close", person.name.split()[0], round.name, ends, person.timezone)
    return Say((person.pk,), content, nudge=KIND)


async def remind(turn: JobTurn) -> Outcome:
    """Only to those who have neither answered nor said that they would rather not."""
    owed = await _owed(turn, str(turn.job.args["wave"]))
    if owed is None:
        return NotOwed()
    round, person = owed
    if KIND in person.stopped_kinds:  # who wants no questionnaires wants no word of them either
        return NotOwed()
    content = cards.remind(round.pk, str(turn.job.args["wave"]), turn.job.expires_at, person.timezone)
    return Say((person.pk,), content, nudge=REMINDER_KIND)


async def _owed(turn: JobTurn, wave: str) -> tuple[Round, Person] | None:
    """The round and the person, when the survey is open and not answered."""
    round, person_id = await turn.uow.need(Round, turn.arg("round")), turn.job.person_id
    if wave not in WINDOWS.get(round.state, ()) or person_id is None:
        return None
    if await surveys.standing(turn.uow, round.pk, person_id, wave) != ASKED:
        return None
    return round, await turn.uow.need(Person, person_id)


async def survey_ends(turn: JobTurn) -> Outcome:
    """The window of a survey ends: its totals are frozen."""
    round = await turn.uow.need(Round, turn.arg("round"))
    if round.state == "cancelled":
        return NotOwed()
    await release.freeze(turn.uow, round, str(turn.job.args["wave"]))
    return Did()


async def heard(turn: JobTurn) -> Outcome:
    """To one who took part: the totals, as the coordinator sees them."""
    found = await turn.uow.get(Release, turn.arg("release"))
    if found is None or turn.job.person_id is None:
        return NotOwed()
    round = await turn.uow.need(Round, found.round_id)
    person = await turn.uow.need(Person, turn.job.person_id)
    picture = signed_links.picture(turn.uow, "release", found.pk, person, turn.base_url)
    content = report_cards.for_participants(round, found, picture, person.timezone)
    return Say((person.pk,), content, nudge=KIND)


async def heard_words(turn: JobTurn) -> Outcome:
    """To one who took part: what the coordinator heard and will change."""
    found = await turn.uow.get(Release, turn.arg("release"))
    if found is None or not found.heard or turn.job.person_id is None:
        return NotOwed()
    round = await turn.uow.need(Round, found.round_id)
    return Say((turn.job.person_id,), cards.heard_words(round.name, found.heard), nudge=KIND)


async def thanks(turn: JobTurn) -> Outcome:
    """The round is closed: each of a pair is thanked, in private, since the buttons are each one's own."""
    pairing = await turn.uow.need(Pairing, turn.arg("pairing"))
    round = await turn.uow.need(Round, pairing.round_id)
    for person in (pairing.mentee_id, pairing.mentor_id):
        of_group = round.format == GROUP and person == pairing.mentor_id
        key = f"group:{pairing.group_id}:thank:{person}" if of_group else f"pairing:{pairing.pk}:thank:{person}"
        turn.uow.promise("feedback.thank", key, turn.now, person=person, pairing=pairing.pk)
    return Did()


async def thank(turn: JobTurn) -> Outcome:
    """Thank one person."""
    pairing = await turn.uow.need(Pairing, turn.arg("pairing"))
    round = await turn.uow.need(Round, pairing.round_id)
    people = await turn.uow.by_id(Person, (pairing.mentor_id, pairing.mentee_id))
    sessions = await sessions_of(turn.uow, [pairing])
    met = [one for one in sessions if one.state == "held" and meets_in(pairing, one)]
    held = [one.pk for one in sorted(met, key=lambda one: (one.pairing_id is not None, one.number))]
    person = people.get(turn.job.person_id or 0)
    if person is None or round.state == "cancelled":
        return NotOwed()
    until = (round.closed_at or turn.now) + NOTES_KEPT
    leads = person.pk == pairing.mentor_id
    partner = people[pairing.mentee_id if leads else pairing.mentor_id].name
    role = PEER if round.format == PEER else "mentor" if leads else "mentee"
    said = cards.thanks(partner, role, held, until, person.timezone, round.pk)
    return Say((person.pk,), said)
