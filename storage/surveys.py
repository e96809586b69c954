"""Survey answers under a random key: only ``SurveyKey`` joins them to a person, until the report is frozen."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, bindparam, exists, func, select, text
from sqlmodel import col

from storage.dialects import INSERTS, as_rows, given_rows
from storage.tables import Enrolment, Release, Round, SurveyKey
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
_KEYS = select(SurveyKey).where(
    col(SurveyKey.organisation_id) == bindparam("organisation"),
    col(SurveyKey.round_id) == bindparam("round"),
    col(SurveyKey.person_id).in_(bindparam("people", expanding=True)),
)
_KEYS_HELD = _KEYS.with_for_update()


# Statements with any number of rows are texts: of expressions they would be built and compiled each time.
def _asking(database: str) -> Any:
    source, given = given_rows(database, ("person_id", "respondent"))
    return text(
        "INSERT INTO surveykey (organisation_id, round_id, person_id, respondent, waves) "  # noqa: S608  # constants only
        f"SELECT :organisation, :round, {given['person_id']}, {given['respondent']}, '{{}}' FROM {source} WHERE true "
        "ON CONFLICT (round_id, person_id) DO NOTHING"
    )


def _keeping(database: str) -> Any:
    source, given = given_rows(database, ("item", "value", "sealed_text"))
    return text(
        "INSERT INTO surveyresponse "  # noqa: S608  # constants only
        "(organisation_id, round_id, respondent, role, wave, item, value, sealed_text) "
        f"SELECT :organisation, :round, :respondent, :role, :wave, {', '.join(given.values())} FROM {source} "
        "WHERE true ON CONFLICT (round_id, respondent, wave, item) "
        "DO UPDATE SET value = excluded.value, sealed_text = excluded.sealed_text"
    )


def _marking(database: str) -> Any:
    frozen = exists().where(
        col(Release.organisation_id) == bindparam("organisation"),
        col(Release.round_id) == bindparam("round"),
        col(Release.wave) == bindparam("frozen"),
    )
    new: dict[str, Any] = {
        "organisation_id": bindparam("organisation"),
        "round_id": bindparam("round"),
        "person_id": bindparam("person"),
        "respondent": bindparam("respondent"),
        "waves": bindparam("waves", type_=Json),
    }
    insert = INSERTS[database](_key).from_select(list(new), select(*new.values()).where(~frozen))
    known, added = _key.c.waves, insert.excluded.waves
    waves = func.json_patch(known, added) if database == "sqlite" else known.op("||")(added)
    marked = insert.on_conflict_do_update(index_elements=["round_id", "person_id"], set_={"waves": waves})
    return marked.returning(_key.c.respondent)


_ASK, _KEEP, _MARK = ({database: build(database) for database in INSERTS} for build in (_asking, _keeping, _marking))


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
    await _keep(uow, round_id, respondent, role, wave, answers)
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
        rows = as_rows([(person, _new_respondent()) for person in some])
        await uow.execute(_ASK[uow.dialect], round=round_id, rows=rows)
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


_STANDINGS = (  # built once: the present card asks it
    select(Round, SurveyKey)
    .join(SurveyKey, col(SurveyKey.round_id) == Round.id)
    .where(col(SurveyKey.organisation_id) == bindparam("organisation"), col(SurveyKey.person_id) == bindparam("person"))
    .order_by(col(Round.id))
)


async def standings(uow: Uow, person_id: int) -> list[tuple[Round, Mapping[str, str]]]:
    """How the person stands to each survey of their rounds, by wave."""
    return [(round, key.waves) for round, key in await uow.rows(_STANDINGS, person=person_id)]


def waiting(round: Round, waves: Mapping[str, str]) -> list[str]:
    """The surveys that somebody is asked to answer and neither answered nor skipped."""
    return [wave for wave in WINDOWS.get(round.state, ()) if waves.get(wave) == ASKED]


async def _find(uow: Uow, round_id: int, person_id: int) -> SurveyKey | None:
    return await uow.first(_KEYS_HELD, round=round_id, people=[person_id])


async def _mark_answered(uow: Uow, round_id: int, person_id: int, wave: str) -> str | None:
    """The person's respondent, whose key is made or marked in one statement; None when the keys were destroyed."""
    kept = await uow.execute(
        _MARK[uow.dialect],
        round=round_id,
        person=person_id,
        respondent=_new_respondent(),
        waves={wave: ANSWERED},
        frozen=wave if wave == AFTERWARDS else "close",
    )
    respondent: str | None = kept.scalar()
    return respondent


def _new_respondent() -> str:
    return secrets.token_urlsafe(16)


async def _keep(uow: Uow, round_id: int, respondent: str, role: str, wave: str, answers: Answers) -> None:
    rows = [(item, *_kept(uow, answer)) for item, answer in answers.items()]
    given = {"round": round_id, "respondent": respondent, "role": role, "wave": wave}
    await uow.execute(_KEEP[uow.dialect], rows=as_rows(rows), **given)


def _kept(uow: Uow, answer: int | str | None) -> tuple[int | None, str]:
    """A number as it is, or a text sealed."""
    sealed = uow.box.seal(answer) if isinstance(answer, str) and answer.strip() else ""
    return answer if isinstance(answer, int) else None, sealed
