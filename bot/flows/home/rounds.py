"""Which round a person could still join."""

from sqlmodel import col, select

from storage.tables import Enrolment, Round
from storage.uow import Uow

COULD_JOIN = ("invited", "declined_invitation", "withdrawn")


async def open_to(uow: Uow, person_id: int) -> Round | None:
    """The newest round that is enrolling, invites the person, and that they do not take part in."""
    statement = (
        select(Round)
        .join(Enrolment, col(Enrolment.round_id) == Round.id)
        .where(Round.organisation_id == uow.organisation_id, Round.state == "enrolling")
        .where(Enrolment.person_id == person_id, col(Enrolment.state).in_(COULD_JOIN))
        .where(col(Round.enrolment_ends_at).is_(None) | (col(Round.enrolment_ends_at) > uow.now))
        .order_by(col(Round.id).desc())
    )
    found: Round | None = await uow.first(statement)
    return found
