"""The invitation and its one reminder."""

from collections.abc import Mapping

from bot.flows.enrolment import cards
from bot.flows.enrolment.facts import is_open, open_until, role_for
from bot.flows.turns import JobTurn, NotOwed, Outcome, Say
from storage.couples import GROUP, rules_of
from storage.enrolments import Participation, participation
from storage.tables import Person

KIND = "enrolment"


async def invite(turn: JobTurn) -> Outcome:
    """Invite one person, while they have not answered and enrolment is open. Who asked to be has been heard."""
    person = await turn.uow.get(Person, turn.job.person_id)
    if person is not None:
        person.asks_since = None
    found = await _unanswered(turn)
    if found is None:
        return NotOwed()
    mine, to = found
    return Say((mine.enrolment.person_id,), cards.invitation(to), nudge=KIND)


async def remind(turn: JobTurn) -> Outcome:
    """Remind once; then silence."""
    found = await _unanswered(turn)
    if found is None:
        return NotOwed()
    mine, to = found
    return Say((mine.enrolment.person_id,), cards.reminder(to, begun=mine.begun), nudge=KIND)


def _said(words: Mapping[str, str], language: str) -> str:
    """What the sponsor says in the reader's language, or in the one there is."""
    return words.get(language) or next(iter(words.values()), "")


async def _unanswered(turn: JobTurn) -> tuple[Participation, cards.Invitation] | None:
    person_id = turn.job.person_id
    mine = await participation(turn.uow, person_id, round_id=turn.arg("round")) if person_id else None
    if mine is None or mine.coordinating or mine.enrolment.state != "invited" or not is_open(mine, turn.now):
        return None
    round, rules = mine.round, rules_of(mine.round)
    people = await turn.uow.by_id(Person, (mine.enrolment.person_id, round.sponsor_id, round.coordinator_id))
    person = people[mine.enrolment.person_id]
    sponsor = people.get(round.sponsor_id or 0) or people[round.coordinator_id]
    return mine, cards.Invitation(
        round_id=round.pk,
        round=round.name,
        name=person.name,
        role=role_for(round, person),
        sponsor=sponsor.name,
        sessions=rules.sessions_planned,
        minutes=rules.session_minutes,
        ends=open_until(mine),
        zone=person.timezone,
        is_sponsor=sponsor is person,
        late=mine.late,
        group=(rules.group_least, rules.group_most) if round.format == GROUP else None,
        sponsor_words=_said(round.sponsor_says, person.language) if round.sponsor_id else "",
    )
