"""Survey answers under a random key: only ``SurveyKey`` joins them to a person, until the report is frozen."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, bindparam, exists, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from storage.tables import Enrolment, Release, Round, SurveyKey, SurveyResponse
from storage.types import Json
from storage.uow import Uow

Answers = Mapping[str, int | str | None]
ASKED, ANSWERED, SKIPPED, CLOSED = "asked", "answered", "skipped", "closed"
OPEN = frozenset({ASKED, SKIPPED})
BATCH = 200
AFTERWARDS = "followup"
WINDOWS: Mapping[str, tuple[str, ...]] = {"running": ("mid",), "closing": ("mid", "close"), "closed": (AFTERWARDS,)}
"""The waves that may be open in each state of a round; other states have none."""

_key: Table = SurveyKey.__table__  # type: ignore[attr-defined]  # SQLModel adds it at class creation
_response: Table = SurveyResponse.__table__  # type: ignore[attr-defined]  # SQLModel adds it at class creation
_KEYS = select(SurveyKey).where(
    col(SurveyKey.organisation_id) == bindparam("organisation"),
    col(SurveyKey.round_id) == bindparam("round"),
    col(SurveyKey.person_id).in_(bindparam("people", expanding=True)),
)
_KEYS_HELD = _KEYS.with_for_update()


@dataclass(frozen=True)
class Part:
    """A person's part in a round, and how far they are in each wave (see ``standing``)."""

    round: Round
    enrolment: Enrolment
    waves: Mapping[str, str]


async def record(
    uow: Uow, round_id: int, person_id: int, role: str, wave: str, answers: Answers, *, only_if_open: bool = False
) -> bool:
    """Keep ``answers`` by item: a number as it is, a text sealed, None for "prefer not to answer".

    ``wave``: base, session:<number>, mid, close, followup. Answering an item again replaces the earlier answer. False,
    and nothing kept, when the round's report is frozen (its keys are destroyed and must not come back), or when
    ``only_if_open`` and the person is not asked in this wave, has answered it, or it is closed.
    """
    if only_if_open:
        key = await _find(uow, round_id, person_id)
        if key is None or key.waves.get(wave) not in OPEN:
            return False
    respondent = await _mark_answered(uow, round_id, person_id, wave)
    if respondent is None:
        return False
    await _keep(uow, [_row(uow, round_id, respondent, role, wave, item, answer) for item, answer in answers.items()])
    return True


async def answered(uow: Uow, round_id: int, person_id: int, wave: str) -> bool:
    """Whether the person has answered this wave. For the person's own eyes and for reminders, never for a report."""
    return await standing(uow, round_id, person_id, wave) == ANSWERED


async def standing(uow: Uow, round_id: int, person_id: int, wave: str) -> str:
    """``asked``, ``answered``, ``skipped``, ``closed``; empty when not asked, or when the keys are destroyed."""
    key = await _find(uow, round_id, person_id)
    return key.waves.get(wave, "") if key else ""


async def skip(uow: Uow, round_id: int, person_id: int, wave: str) -> bool:
    """Note that the person would rather not answer this wave; False when it is not open to them."""
    key = await _find(uow, round_id, person_id)
    if key is None or key.waves.get(wave) not in OPEN:
        return False
    key.waves = {**key.waves, wave: SKIPPED}
    return True


async def ask(uow: Uow, round_id: int, people: Sequence[int], wave: str) -> None:
    """Note that these people are asked in ``wave``: who was asked is what a response rate is counted against."""
    for start in range(0, len(people), BATCH):
        some = people[start : start + BATCH]
        insert = _insert(uow)(_key).values([_new_key(uow, round_id, person, {}) for person in some])
        await uow.execute(insert.on_conflict_do_nothing(index_elements=["round_id", "person_id"]))
        for key in await uow.all(_KEYS, round=round_id, people=list(some)):
            key.waves = {wave: ASKED, **key.waves}


async def close(uow: Uow, round_id: int, wave: str) -> None:
    """End a wave for those who have not answered it."""
    for key in await uow.all(uow.of(SurveyKey).where(SurveyKey.round_id == round_id)):
        if key.waves.get(wave) in OPEN:
            key.waves = {**key.waves, wave: CLOSED}


async def part(
    uow: Uow, person_id: int, *, round_id: int | None = None, enrolment_id: int | None = None
) -> Part | None:
    """The person's part in a round, by the round's key or by that of the person's own enrolment; None without one."""
    named = col(Round.id) == round_id if enrolment_id is None else col(Enrolment.id) == enrolment_id
    mine = (col(SurveyKey.round_id) == Round.id) & (col(SurveyKey.person_id) == Enrolment.person_id)
    statement = (
        select(Round, Enrolment, SurveyKey)
        .join(Enrolment, col(Enrolment.round_id) == Round.id)
        .outerjoin(SurveyKey, mine)
        .where(col(Round.organisation_id) == uow.organisation_id, col(Enrolment.person_id) == person_id, named)
    )
    rows = await uow.rows(statement)
    if not rows:
        return None
    round, enrolment, key = rows[0]
    return Part(round, enrolment, key.waves if key else {})


async def open_to(uow: Uow, person_id: int) -> list[tuple[Round, str]]:
    """The surveys that the person is asked to answer and neither answered nor skipped: round and wave."""
    statement = (
        select(Round, SurveyKey)
        .join(SurveyKey, col(SurveyKey.round_id) == Round.id)
        .where(col(SurveyKey.organisation_id) == uow.organisation_id, col(SurveyKey.person_id) == person_id)
        .order_by(col(Round.id))
    )
    return [
        (round, wave)
        for round, key in await uow.rows(statement)
        for wave in WINDOWS.get(round.state, ())
        if key.waves.get(wave) == ASKED
    ]


async def _find(uow: Uow, round_id: int, person_id: int) -> SurveyKey | None:
    return await uow.first(_KEYS_HELD, round=round_id, people=[person_id])


async def _mark_answered(uow: Uow, round_id: int, person_id: int, wave: str) -> str | None:
    """The person's respondent, whose key is made or marked in one statement; None when the keys were destroyed."""
    new = _new_key(uow, round_id, person_id, {wave: ANSWERED})
    frozen = exists().where(
        col(Release.organisation_id) == uow.organisation_id,
        col(Release.round_id) == round_id,
        col(Release.wave) == (wave if wave == AFTERWARDS else "close"),
    )
    values = select(*(literal(value, Json if name == "waves" else None) for name, value in new.items())).where(~frozen)
    insert = _insert(uow)(_key).from_select(list(new), values)
    known, added = _key.c.waves, insert.excluded.waves
    waves = func.json_patch(known, added) if _is_sqlite(uow) else known.op("||")(added)
    kept = await uow.execute(
        insert.on_conflict_do_update(index_elements=["round_id", "person_id"], set_={"waves": waves}).returning(
            _key.c.respondent
        )
    )
    respondent: str | None = kept.scalar()
    return respondent


def _new_key(uow: Uow, round_id: int, person_id: int, waves: dict[str, str]) -> dict[str, Any]:
    return {
        "organisation_id": uow.organisation_id,
        "round_id": round_id,
        "person_id": person_id,
        "respondent": secrets.token_urlsafe(16),
        "waves": waves,
    }


async def _keep(uow: Uow, rows: list[dict[str, object]]) -> None:
    if rows:
        insert = _insert(uow)(_response).values(rows)
        changed = {"value": insert.excluded.value, "sealed_text": insert.excluded.sealed_text}
        unique = ["round_id", "respondent", "wave", "item"]
        await uow.execute(insert.on_conflict_do_update(index_elements=unique, set_=changed))


def _row(
    uow: Uow, round_id: int, respondent: str, role: str, wave: str, item: str, answer: int | str | None
) -> dict[str, object]:
    return {
        "organisation_id": uow.organisation_id,
        "round_id": round_id,
        "respondent": respondent,
        "role": role,
        "wave": wave,
        "item": item,
        "value": answer if isinstance(answer, int) else None,
        "sealed_text": uow.box.seal(answer) if isinstance(answer, str) and answer.strip() else "",
    }


def _insert(uow: Uow) -> Any:
    return sqlite.insert if _is_sqlite(uow) else postgresql.insert


def _is_sqlite(uow: Uow) -> bool:
    return uow.session.get_bind().dialect.name == "sqlite"
