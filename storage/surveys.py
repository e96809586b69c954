"""Survey answers under a random key: only ``SurveyKey`` joins them to a person, until the report is frozen."""

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from storage.tables import Release, SurveyKey, SurveyResponse
from storage.uow import Uow

Answers = Mapping[str, int | str | None]
ASKED, ANSWERED, SKIPPED = "asked", "answered", "skipped"
BATCH = 200
_key: Table = SurveyKey.__table__  # type: ignore[attr-defined]  # SQLModel adds it at class creation
_response: Table = SurveyResponse.__table__  # type: ignore[attr-defined]  # SQLModel adds it at class creation


async def record(uow: Uow, round_id: int, person_id: int, role: str, wave: str, answers: Answers) -> bool:
    """Keep ``answers`` by item: a number as it is, a text sealed, None for "prefer not to answer".

    ``wave``: base, session:<number>, mid, close. Answering an item again replaces the earlier answer. False, and
    nothing kept, when the round's report is frozen: its keys are destroyed and must not come back.
    """
    key = await _key_of(uow, round_id, person_id)
    if key is None:
        return False
    rows = [_row(uow, key, role, wave, item, answer) for item, answer in answers.items()]
    if rows:
        insert = _insert(uow)(_response).values(rows)
        changed = {"value": insert.excluded.value, "sealed_text": insert.excluded.sealed_text}
        unique = ["round_id", "respondent", "wave", "item"]
        await uow.execute(insert.on_conflict_do_update(index_elements=unique, set_=changed))
    key.waves = {**key.waves, wave: ANSWERED}
    return True


async def answered(uow: Uow, round_id: int, person_id: int, wave: str) -> bool:
    """Whether the person has answered this wave. For the person's own eyes and for reminders, never for a report."""
    return await standing(uow, round_id, person_id, wave) == ANSWERED


async def standing(uow: Uow, round_id: int, person_id: int, wave: str, *, lock: bool = False) -> str:
    """``asked``, ``answered``, ``skipped``; empty when the person was not asked, or the keys are destroyed."""
    key = await _find(uow, round_id, person_id, lock=lock)
    return key.waves.get(wave, "") if key else ""


async def mark(uow: Uow, round_id: int, person_id: int, wave: str, state: str) -> None:
    """Note how far one person is in a wave; nothing happens once the keys are destroyed."""
    key = await _key_of(uow, round_id, person_id)
    if key is not None:
        key.waves = {**key.waves, wave: state}


async def ask(uow: Uow, round_id: int, people: list[int], wave: str) -> None:
    """Note that these people are asked in ``wave``: who was asked is what a response rate is counted against."""
    await _make_keys(uow, round_id, people)
    keys = await uow.all(uow.of(SurveyKey).where(SurveyKey.round_id == round_id, col(SurveyKey.person_id).in_(people)))
    for key in keys:
        key.waves = {wave: ASKED, **key.waves}


async def _find(uow: Uow, round_id: int, person_id: int, *, lock: bool) -> SurveyKey | None:
    statement = uow.of(SurveyKey).where(SurveyKey.round_id == round_id, SurveyKey.person_id == person_id)
    found: SurveyKey | None = await uow.first(statement.with_for_update() if lock else statement)
    return found


async def _key_of(uow: Uow, round_id: int, person_id: int) -> SurveyKey | None:
    """The person's key, made when absent; None when the round's keys were destroyed."""
    found = await _find(uow, round_id, person_id, lock=True)
    if found is not None:
        return found
    frozen = await uow.first(uow.of(Release).where(Release.round_id == round_id, Release.wave == "close"))
    if frozen is not None:
        return None
    await _make_keys(uow, round_id, [person_id])
    return await _find(uow, round_id, person_id, lock=True)


async def _make_keys(uow: Uow, round_id: int, people: list[int]) -> None:
    """Keys for those who have none; two at once make one."""
    for start in range(0, len(people), BATCH):
        rows = [
            {
                "organisation_id": uow.organisation_id,
                "round_id": round_id,
                "person_id": person,
                "respondent": secrets.token_urlsafe(16),
                "waves": {},
            }
            for person in people[start : start + BATCH]
        ]
        insert = _insert(uow)(_key).values(rows)
        await uow.execute(insert.on_conflict_do_nothing(index_elements=["round_id", "person_id"]))


def _row(uow: Uow, key: SurveyKey, role: str, wave: str, item: str, answer: int | str | None) -> dict[str, object]:
    return {
        "organisation_id": uow.organisation_id,
        "round_id": key.round_id,
        "respondent": key.respondent,
        "role": role,
        "wave": wave,
        "item": item,
        "value": answer if isinstance(answer, int) else None,
        "sealed_text": uow.box.seal(answer) if isinstance(answer, str) and answer.strip() else "",
    }


def _insert(uow: Uow) -> Any:
    return sqlite.insert if uow.session.get_bind().dialect.name == "sqlite" else postgresql.insert
