"""Two people of a round with what they enrolled with: the tables that proposals, pairs and meetings have in common."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, Self

from sqlalchemy import case
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.domain.calendar import Site
from bot.domain.programme import PEER, STANDARD, RoundRules
from storage.sites import site_of
from storage.tables import Enrolment, Organisation, Pairing, Person, Proposal, Round

Side = Literal["mentor", "mentee"]
SIDES: tuple[Side, Side] = ("mentor", "mentee")
AVAILABLE = ("enrolled", "prepared", "waitlisted", "paired")
ROUND_IS_ON = ("matching", "running")
GOING_ON = ("active", "paused")
"""The states of a pair that has not come to its end."""
GROUP = "group"
GATHERING = "gathering"


_Mentor, _Mentee = aliased(Person), aliased(Person)
_MentorSide, _MenteeSide = aliased(Enrolment), aliased(Enrolment)
MENTOR_ID, MENTEE_ID = col(_Mentor.id), col(_Mentee.id)
COLUMNS = (Round, Organisation, _Mentor, _Mentee, _MentorSide, _MenteeSide)
"""What a ``Couple`` is made of, in its order."""
ENROLMENTS = (_MentorSide, _MenteeSide)
"""The two among them that their people change too, by withdrawing, pausing or leaving."""


def rules_of(round: Round) -> RoundRules:
    """The rules of a round, with the standard ones for what it does not say."""
    known = {item.name for item in fields(RoundRules)}
    said: dict[str, Any] = {name: value for name, value in round.rules.items() if name in known}
    return RoundRules(**{**{name: getattr(STANDARD, name) for name in known}, **said})


def is_available(side: Enrolment) -> bool:
    """Whether somebody may be proposed to this person: taking part, and not on the coordinator's waiting list."""
    return side.state in AVAILABLE and not side.held_back


@dataclass(frozen=True)
class Couple:
    """A mentor and a mentee with what they enrolled with, their round and their company."""

    round: Round
    organisation: Organisation
    mentor: Person
    mentee: Person
    mentor_side: Enrolment
    mentee_side: Enrolment

    @property
    def rules(self) -> RoundRules:
        return rules_of(self.round)

    def side_of(self, person_id: int) -> Side | None:
        """The person's part; None for a stranger."""
        if person_id == self.mentor.id:
            return "mentor"
        return "mentee" if person_id == self.mentee.id else None

    def person(self, side: Side) -> Person:
        return self.mentor if side == "mentor" else self.mentee

    def enrolment(self, side: Side) -> Enrolment:
        return self.mentor_side if side == "mentor" else self.mentee_side

    def site(self, side: Side) -> Site:
        """The calendar of that person's place of work."""
        return site_of(self.person(side), self.organisation)

    @property
    def peers(self) -> bool:
        """Whether each of the two is the other's mentor and mentee by turns: the two sides are seats and no more."""
        return self.round.format == PEER

    @property
    def in_group(self) -> bool:
        """Whether the mentor meets several at once, and never one alone."""
        return self.round.format == GROUP

    @property
    def available(self) -> bool:
        """Whether both still take part, in a round where pairs are formed."""
        return self.round.state in ROUND_IS_ON and is_available(self.mentor_side) and is_available(self.mentee_side)


@dataclass(frozen=True)
class Formed:
    """A pairing and its two people."""

    pairing: Pairing
    couple: Couple

    @classmethod
    def of(cls, row: Sequence[Any]) -> Self:
        """From a row of a pairing and ``COLUMNS``."""
        return cls(row[0], Couple(*row[1:]))


def counts_as() -> Any:
    """What a pairing counts as where what formed is counted: itself, in a round of groups its group."""
    return case((col(Round.format) == GROUP, -col(Pairing.group_id)), else_=col(Pairing.id))


def joined(statement: Any, table: type[Proposal] | type[Pairing]) -> Any:
    """A statement that selects ``COLUMNS`` with them joined to the proposal's or pairing's two enrolments."""
    return (
        statement.join(Round, col(Round.id) == table.round_id)
        .join(Organisation, col(Organisation.id) == table.organisation_id)
        .join(_MentorSide, col(_MentorSide.id) == table.mentor_enrolment_id)
        .join(_MenteeSide, col(_MenteeSide.id) == table.mentee_enrolment_id)
        .join(_Mentor, col(_Mentor.id) == _MentorSide.person_id)
        .join(_Mentee, col(_Mentee.id) == _MenteeSide.person_id)
    )
