"""What is deleted when: each kind of row has its time, counted from when it stopped being needed."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Delete, delete, update
from sqlmodel import col, select

from storage.database import Database
from storage.parts import AT_ONCE, some_of
from storage.privacy import removal
from storage.tables import (
    ActionItem,
    AuditEntry,
    BusyCalendar,
    Enrolment,
    ExitReason,
    FlowSession,
    Goal,
    Hope,
    Job,
    KickOff,
    LeftOut,
    MatchRun,
    MentoringGroup,
    Nudge,
    OpenQuestion,
    Pairing,
    PairRule,
    PassedMessage,
    Person,
    Proposal,
    Question,
    Round,
    RoundMessage,
    SeenEvent,
    Session,
    Shared,
    Sheet,
    SurveyKey,
    SurveyResponse,
)

TECHNICAL = timedelta(days=21)
NUDGES = timedelta(days=90)
AUDIT = timedelta(days=365)
TEXTS = timedelta(days=30)
PAIRS = timedelta(days=365)
GONE = timedelta(days=30)


async def sweep(database: Database, now: datetime) -> None:
    """Delete what was kept long enough. Freezing a report promises the removal of its answers: they are not here.

    Part by part, each a transaction: there may be much, and people are answered meanwhile. A night that breaks off
    leaves the rest to the next.
    """
    for statement in (*_technical(now), *_texts(now), *_unreported(now), *_declines(), *_pairs(now), *_left(now)):
        if isinstance(statement, Delete):
            part = some_of(statement)
            while await _done(database, now, part) == AT_ONCE:
                pass
        else:
            await _done(database, now, statement)


async def _done(database: Database, now: datetime, statement: Any) -> int:
    """How many rows that concerned."""
    async with database.uow(now) as uow:
        changed: int = (await uow.execute(statement)).rowcount
        await uow.commit()
    return changed


def _technical(now: datetime) -> Iterator[Any]:
    yield delete(SeenEvent).where(col(SeenEvent.seen_at) < now - TECHNICAL)
    yield delete(Job).where(col(Job.state) != "open", col(Job.done_at) < now - TECHNICAL)
    yield delete(FlowSession).where(col(FlowSession.expires_at) < now - TECHNICAL)
    yield delete(Nudge).where(col(Nudge.sent_at) < now - NUDGES)
    yield delete(AuditEntry).where(col(AuditEntry.at) < now - AUDIT)


def _over(before: datetime) -> Any:
    """The rounds that ended before that moment."""
    return select(Round.id).where(col(Round.state).in_(("closed", "cancelled")), col(Round.closed_at) < before)


def _texts(now: datetime) -> Iterator[Any]:
    """Texts of a round, the calendars and the assistants of its people outlive it by a month."""
    rounds = _over(now - TEXTS)
    enrolments = select(Enrolment.id).where(col(Enrolment.round_id).in_(rounds))
    pairings = select(Pairing.id).where(col(Pairing.round_id).in_(rounds))
    yield delete(Goal).where(col(Goal.enrolment_id).in_(enrolments))
    still = select(Enrolment.person_id).join(Round, col(Round.id) == Enrolment.round_id)
    still = still.where(col(Round.closed_at).is_(None) | (col(Round.closed_at) >= now - TEXTS))
    unused = (col(BusyCalendar.person_id).not_in(still), col(BusyCalendar.given_at) < now - TEXTS)
    yield delete(BusyCalendar).where(*unused)
    yield delete(ActionItem).where(col(ActionItem.pairing_id).in_(pairings))
    yield delete(Question).where(col(Question.pairing_id).in_(pairings))
    yield delete(Hope).where(col(Hope.round_id).in_(rounds))
    yield delete(RoundMessage).where(col(RoundMessage.round_id).in_(rounds))
    yield delete(OpenQuestion).where(col(OpenQuestion.round_id).in_(rounds))
    yield delete(Shared).where(col(Shared.round_id).in_(rounds))
    yield delete(PassedMessage).where(col(PassedMessage.pairing_id).in_(pairings))
    for agreed in (Pairing, MentoringGroup):
        of_round = (col(agreed.round_id).in_(rounds), col(agreed.sealed_pact) != "")
        yield update(agreed).where(*of_round).values(sealed_pact="")
    needing = (col(Enrolment.round_id).in_(rounds), col(Enrolment.sealed_needs) != "")
    yield update(Enrolment).where(*needing).values(sealed_needs="")
    assisted = (col(Enrolment.round_id).in_(rounds), col(Enrolment.assistant_id).is_not(None))
    yield update(Enrolment).where(*assisted).values(assistant_id=None)


def _unreported(now: datetime) -> Iterator[Any]:
    """A round that was cancelled has no final report to freeze: its answers go like its texts."""
    rounds = _over(now - TEXTS).where(col(Round.state) == "cancelled")
    yield delete(SurveyResponse).where(col(SurveyResponse.round_id).in_(rounds))
    yield delete(SurveyKey).where(col(SurveyKey.round_id).in_(rounds))


def _declines() -> Iterator[Any]:
    """Who declined whom is forgotten when the round is over."""
    rounds = select(Round.id).where(col(Round.state).in_(("closed", "cancelled")))
    yield delete(PairRule).where(col(PairRule.round_id).in_(rounds), col(PairRule.kind).in_(("declined", "ended")))
    declined = (col(Proposal.round_id).in_(rounds), col(Proposal.state).in_(("declined", "expired")))
    yield delete(Proposal).where(*declined)


def _pairs(now: datetime) -> Iterator[Any]:
    """After a year a round is its frozen totals: who took part, with whom and when is gone."""
    rounds = _over(now - PAIRS)
    pairings = select(Pairing.id).where(col(Pairing.round_id).in_(rounds))
    groups = select(MentoringGroup.id).where(col(MentoringGroup.round_id).in_(rounds))
    yield delete(Session).where(col(Session.pairing_id).in_(pairings) | col(Session.group_id).in_(groups))
    of_a_round: tuple[Any, ...] = (
        Pairing,
        MentoringGroup,
        KickOff,
        Proposal,
        PairRule,
        LeftOut,
        Sheet,
        MatchRun,
        Enrolment,
        ExitReason,
    )
    for model in of_a_round:
        yield delete(model).where(col(model.round_id).in_(rounds))


def _left(now: datetime) -> Iterator[Any]:
    """Profiles and texts of those who left the company a month ago."""
    yield from removal(select(Person.id).where(col(Person.left_at) < now - GONE), now)
