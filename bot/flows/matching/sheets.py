"""The sheet of pairs, out and back in: asked for, sent as a file, taken as a whole or not at all."""

import asyncio
from pathlib import Path

from sqlalchemy import delete
from sqlmodel import col

from bot.flows.matching import runs, sheet_cards
from bot.flows.matching.looking import open_run
from bot.flows.programme.rounds import find_round
from bot.flows.talk import said
from bot.flows.turns import Desk, JobRun, JobTurn, Long, NotOwed, Outcome, Refused, Reply, Say, Tell, Turn
from bot.ui.cards import card
from bot.ui.words import T
from storage import sheets as store
from storage.tables import MatchRun, Person, Round, Sheet

# ── Out ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def sheet(turn: Turn) -> Reply:
    """``matching.sheet``: the pairs as a file; the review stays."""
    _, run = await open_run(turn, turn.number())
    key = f"run:{run.pk}:sheet:{turn.now:%Y%m%dT%H%M%S}"
    turn.uow.promise("matching.sheet", key, turn.now, person=turn.person.pk, run=run.pk)
    return Tell(card(T("matching.writing_sheet")))


async def give(turn: JobTurn) -> Outcome:
    """``matching.sheet``: the job."""
    run = await turn.uow.get(MatchRun, turn.arg("run"))
    person = await turn.uow.get(Person, turn.job.person_id)
    if run is None or person is None or run.state != "ready":
        return NotOwed()
    run_id, round_id, person_id, language = run.pk, run.round_id, person.pk, person.language

    async def work(desk: Desk) -> JobRun:
        found = await runs.about_sheet(desk, "write", run_id, language)
        data = await asyncio.to_thread(_read_and_remove, Path(str(found["path"])))

        async def send(turn: JobTurn) -> Outcome:
            return Say((person_id,), sheet_cards.sheet(await turn.uow.need(Round, round_id), data))

        return send

    return Long(work)


def _read_and_remove(path: Path) -> bytes:
    data = path.read_bytes()
    path.unlink()
    return data


# ── In ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def sent(turn: Turn, name: str, data: bytes | None) -> Reply:
    """A file that a coordinator sent: kept until it has been read, beside everything else."""
    round = await find_round(turn, "matching", "running")
    if not name.casefold().endswith(".csv"):
        raise Refused(T("matching.sheet_not_csv"))
    if data == b"":
        raise Refused(T("matching.sheet_not_fetched"))
    if data is None:
        raise Refused(T("matching.sheet_too_big"))
    kept = turn.uow.add(Sheet(round_id=round.pk, person_id=turn.person.pk, name=name, data=data, sent_at=turn.now))
    await turn.uow.flush()
    turn.uow.promise("matching.take_sheet", f"sheet:{kept.pk}:take", turn.now, sheet=kept.pk)
    return said(T("matching.reading_sheet", round=round.name))


async def take(turn: JobTurn) -> Outcome:
    """``matching.take_sheet``: read it; what it says is done as a whole, or every wrong line is named."""
    kept_id = turn.arg("sheet")
    whose = await store.whose(turn.uow, kept_id)
    if whose is None:
        return NotOwed()
    round_id, person_id, language = whose[0], whose[1].pk, whose[1].language

    async def work(desk: Desk) -> JobRun:
        found = await runs.about_sheet(desk, "take", kept_id, language)

        async def tell(turn: JobTurn) -> Outcome:
            await turn.uow.execute(delete(Sheet).where(col(Sheet.id) == kept_id))
            if "problems" not in found:
                turn.uow.audit(await turn.uow.need(Person, person_id), "matching.sheet_taken", str(round_id))
            return Say((person_id,), sheet_cards.taken(await turn.uow.need(Round, round_id), found))

        return tell

    return Long(work)
