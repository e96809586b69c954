"""The kick-offs of rounds: one a round."""

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlmodel import col

from storage.jobs import starts_with
from storage.rounds import NOT_TAKING_PART
from storage.tables import Enrolment, Job, KickOff, Organisation, Round
from storage.types import Moment
from storage.uow import Uow


async def kickoff_of(uow: Uow, round_id: int, *, lock: bool = False) -> KickOff | None:
    """The round's kick-off, a called-off one too; ``lock`` holds it to the end."""
    statement = uow.of(KickOff).where(KickOff.round_id == round_id)
    found: KickOff | None = await uow.first(statement.with_for_update() if lock else statement)
    return found


_AND_COMPANY = (
    select(Organisation, KickOff)
    .outerjoin(
        KickOff, (col(KickOff.organisation_id) == Organisation.id) & (col(KickOff.round_id) == bindparam("round"))
    )
    .where(col(Organisation.id) == bindparam("organisation"))
)


async def kickoff_and_company(uow: Uow, round_id: int) -> tuple[KickOff | None, Organisation]:
    """The round's kick-off, and the organisation whose closures count, in one query."""
    [(organisation, found)] = await uow.rows(_AND_COMPANY, round=round_id)
    return found, organisation


_AND_ROUND = (
    select(Round, KickOff)
    .outerjoin(KickOff, col(KickOff.round_id) == Round.id)
    .where(col(Round.organisation_id) == bindparam("organisation"), col(Round.id) == bindparam("round"))
    .with_for_update(of=Round)
)


async def round_and_kickoff(uow: Uow, round_id: int) -> tuple[Round, KickOff | None]:
    """The round, held to the end, with its kick-off, in one query."""
    [(round, found)] = await uow.rows(_AND_ROUND, round=round_id)
    return round, found


async def invited(uow: Uow, kickoff_id: int) -> set[int]:
    """Whom an invitation to it has reached."""
    sent = (Job.name == "programme.kickoff", starts_with(f"kickoff:{kickoff_id}:"), Job.receipt != "")
    return {job.person_id for job in await uow.all(uow.of(Job).where(*sent))}


_OF_PERSON = (
    select(KickOff, Round)
    .join(Round, col(Round.id) == KickOff.round_id)
    .join(Enrolment, col(Enrolment.round_id) == KickOff.round_id)
    .where(col(KickOff.organisation_id) == bindparam("organisation"), col(Enrolment.person_id) == bindparam("person"))
    .where(col(Enrolment.state).not_in(NOT_TAKING_PART), col(KickOff.cancelled).is_(False))
    .where(col(KickOff.starts_at) >= bindparam("since", type_=Moment), col(Round.state) != "cancelled")
    .order_by(col(KickOff.starts_at), col(KickOff.id))
)


async def kickoffs_of(uow: Uow, person_id: int, since: datetime) -> list[tuple[KickOff, Round]]:
    """Those that the person is invited to, from ``since`` on, with their rounds, in one query."""
    return [(row[0], row[1]) for row in await uow.rows(_OF_PERSON, person=person_id, since=since)]
