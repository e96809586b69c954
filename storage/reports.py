"""What a report is made of: everything of one round, loaded in a few queries, and what was frozen of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, true
from sqlmodel import col

from storage.couples import GOING_ON
from storage.rounds import sessions_of
from storage.surveys import AFTERWARDS
from storage.tables import (
    Enrolment,
    Organisation,
    Pairing,
    Person,
    Proposal,
    Release,
    Round,
    Session,
    SurveyKey,
    SurveyResponse,
)
from storage.uow import Uow

LATEST_STATES = ("enrolling", "matching", "running", "closing", "closed")


@dataclass(frozen=True)
class Answer:
    """One answer under its random key. ``text`` is still sealed."""

    respondent: str
    role: str
    wave: str
    item: str
    value: int | None
    text: str


@dataclass(frozen=True)
class Facts:
    """A round with all that its report counts. ``people``: those of the mentees' side of the pairs, by id."""

    round: Round
    organisation: Organisation | None
    enrolments: Sequence[Enrolment]
    pairings: Sequence[Pairing]
    sessions: Sequence[Session]
    proposals: Sequence[Proposal]
    people: dict[int, Person]
    keys: Sequence[SurveyKey]
    answers: Sequence[Answer]


async def facts_of(uow: Uow, round: Round) -> Facts:
    """Everything that the report of a round counts, in seven queries."""
    enrolments = await uow.all(uow.of(Enrolment).where(Enrolment.round_id == round.pk))
    pairings = await uow.all(uow.of(Pairing).where(Pairing.round_id == round.pk))
    return Facts(
        round=round,
        organisation=await uow.organisation(),
        enrolments=enrolments,
        pairings=pairings,
        sessions=await sessions_of(uow, pairings),
        proposals=await uow.all(uow.of(Proposal).where(Proposal.round_id == round.pk)),
        people=await uow.by_id(Person, [pairing.mentee_id for pairing in pairings]),
        keys=await uow.all(uow.of(SurveyKey).where(SurveyKey.round_id == round.pk)),
        answers=await _answers(uow, round.pk),
    )


async def _answers(uow: Uow, round_id: int) -> list[Answer]:
    names = ("respondent", "role", "wave", "item", "value", "sealed_text")
    columns = [col(getattr(SurveyResponse, name)) for name in names]
    statement = select(*columns).where(_of(SurveyResponse, uow, round_id))
    return [Answer(*row) for row in await uow.rows(statement)]


async def release_of(uow: Uow, round_id: int, wave: str) -> Release | None:
    """The frozen totals of one wave; None before it is closed."""
    found: Release | None = await uow.first(uow.of(Release).where(Release.round_id == round_id, Release.wave == wave))
    return found


async def releases_of(uow: Uow, round_id: int) -> list[Release]:
    """What was released of a round, the newest first."""
    found: list[Release] = await uow.all(
        uow.of(Release).where(Release.round_id == round_id).order_by(col(Release.released_at).desc())
    )
    return found


async def round_named(uow: Uow, words: str) -> Round | None:
    """The newest round whose name holds these words; the newest one that was opened, without words."""
    statement = uow.of(Round).where(col(Round.state).in_(LATEST_STATES)).order_by(col(Round.id).desc())
    rounds: list[Round] = await uow.all(statement)
    wanted = words.strip().casefold()
    return next((round for round in rounds if wanted in round.name.casefold()), None)


async def active_people(uow: Uow, round_id: int) -> list[int]:
    """The people of the round's pairs that go on or pause, each once, in a steady order."""
    return await _people_of_pairs(uow, round_id, col(Pairing.state).in_(GOING_ON))


async def came_to_the_end(uow: Uow, round_id: int) -> list[int]:
    """The people whose pairs ended with the round and who are still in the company, each once, in a steady order."""
    ended = await _people_of_pairs(uow, round_id, col(Pairing.state).in_(("completed", "ended")))
    people = await uow.by_id(Person, ended)
    return [id for id in ended if people[id].left_at is None]


async def took_part(uow: Uow, round_id: int) -> list[int]:
    """The people of the round's pairs, also of those that ended, each once, in a steady order."""
    return await _people_of_pairs(uow, round_id, true())


async def _people_of_pairs(uow: Uow, round_id: int, which: Any) -> list[int]:
    statement = select(col(Pairing.mentor_id), col(Pairing.mentee_id)).where(_of(Pairing, uow, round_id), which)
    return sorted({person for pair in await uow.rows(statement) for person in pair})


async def destroy_keys(uow: Uow, round_id: int) -> None:
    """Destroy what joins answers to people, and the answers that what else is known of people could join again.

    Who rated which competences, and after which sessions somebody answered, is as good as a name.
    """
    await uow.execute(delete(SurveyKey).where(_of(SurveyKey, uow, round_id)))
    telling = col(SurveyResponse.item).like("skill:%") | col(SurveyResponse.wave).like("session:%")
    await uow.execute(delete(SurveyResponse).where(_of(SurveyResponse, uow, round_id), telling))


async def forget_answers(uow: Uow, round_id: int, wave: str) -> None:
    """Delete the raw answers behind the totals of a wave, which stay; with ``close`` go all that came before it."""
    afterwards = col(SurveyResponse.wave) == AFTERWARDS
    which = afterwards if wave == AFTERWARDS else ~afterwards
    await uow.execute(delete(SurveyResponse).where(_of(SurveyResponse, uow, round_id), which))


def _of(model: Any, uow: Uow, round_id: int) -> Any:
    return (col(model.organisation_id) == uow.organisation_id) & (col(model.round_id) == round_id)


def keep(uow: Uow, round_id: int, wave: str, totals: dict[str, object], at: datetime) -> Release:
    """Write frozen totals."""
    return uow.add(Release(round_id=round_id, wave=wave, totals=totals, released_at=at))
