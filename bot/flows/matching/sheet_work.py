"""The work about a sheet that takes long: writing one of all pairs, and judging one that came back as a whole."""

import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.programme import PEER
from bot.flows.matching.candidates import in_order
from bot.flows.matching.figures import points
from bot.flows.matching.judging import Bench
from bot.flows.matching.reasons import because
from bot.flows.matching.sheet_rows import Line, Problem, decided, header, read, rows_text
from bot.flows.matching.solve import Json
from bot.locales import Say, speaker
from bot.ui.words import T
from storage import matching, reviewing, sheets
from storage.database import Database
from storage.matching import Key
from storage.reviewing import Proposed
from storage.sheets import Known
from storage.tables import MatchRun, Round, Sheet

PART = 500
SHOWN = 20


async def write(database: Database, organisation: int, run_id: int, language: str, now: datetime) -> Json:
    """All pairs of a run, the weakest first, in a file whose path is given back."""
    say, after = speaker(language), (-1, 0)
    with tempfile.NamedTemporaryFile("w", suffix=".csv", delete=False, encoding="utf-8", newline="") as file:
        async with database.uow(now, organisation) as uow:
            run = await uow.need(MatchRun, run_id)
            round = await uow.need(Round, run.round_id)
        file.write(header(say, peers=round.format == PEER))
        while True:
            async with database.uow(now, organisation) as uow:
                page = await reviewing.stronger(uow, run_id, after, PART)
            file.write(rows_text((_row(one, say) for one in page), language))
            if len(page) < PART:
                return {"path": file.name}
            after = (page[-1].proposal.score, page[-1].proposal.pk)


def _row(one: Proposed, say: Say) -> Sequence[object]:
    clauses = because(one.proposal.reasons, "coordinator", one.mentor.name, one.mentee.name)
    reasons = "; ".join(say(clause).replace("**", "") for clause in clauses)
    people = (one.mentor.name, one.mentor.email, one.mentee.name, one.mentee.email, one.mentee.department)
    return one.proposal.pk, *people, points(one.proposal.score), reasons, decided(one.mark, say)


async def take(
    reads: Database, writes: Database, organisation: int, sheet_id: int, language: str, now: datetime
) -> Json:
    """Bring the decisions of a sheet into the round: all of them, or none and what is wrong, by line."""
    say = speaker(language)
    async with reads.uow(now, organisation) as uow:
        sheet = await uow.need(Sheet, sheet_id)
        round = await uow.need(Round, sheet.round_id)
        lines, problems = read(sheet.data, peers=round.format == PEER)
        known = await sheets.known(uow, sheet.round_id)
        world = await matching.world(uow, round)
        marks = await reviewing.marks(uow, sheet.round_id)
        run: MatchRun | None = await uow.get(MatchRun, known.run)
    if run is None or run.approved_at is not None:
        return _told([Problem(0, T("matching.approved_already"))], say)
    wanted, more = decisions(lines, known, marks, round)
    problems += more + judge(wanted, Bench.of(world, now, without=[*marks, *wanted]))
    if problems:
        return _told(problems, say)
    async with writes.uow(now, organisation) as uow:
        await sheets.set_marks(uow, sheet.round_id, {pair: mark for pair, (mark, _) in wanted.items()})
        await uow.commit()
    counts = Counter(mark or "cleared" for pair, (mark, _) in wanted.items() if mark != marks.get(pair, ""))
    return {"fixed": counts["fixed"], "excluded": counts["excluded"], "cleared": counts["cleared"]}


def decisions(
    lines: Sequence[Line], known: Known, marks: Mapping[Key, str], round: Round
) -> tuple[dict[Key, tuple[str, int]], list[Problem]]:
    """What each pair of the sheet is to be marked with, and by which line. Another name in a line fixes that pair."""
    wanted: dict[Key, tuple[str, int]] = {}
    problems: list[Problem] = []
    for line in lines:
        pair = _pair(line, known, round)
        if isinstance(pair, Problem):
            problems.append(pair)
            continue
        unchanged = line.pair is not None and known.proposals[line.pair] == pair
        mark = line.decision if line.decision or unchanged else "fixed"
        if pair in wanted and wanted[pair][0] != mark:
            problems.append(Problem(line.number, T("matching.sheet_twice", line=wanted[pair][1])))
        elif mark or pair in marks:
            wanted[pair] = (mark, line.number)
    return wanted, problems


def _pair(line: Line, known: Known, round: Round) -> Key | Problem:
    if line.pair is not None and line.pair not in known.proposals:
        return Problem(line.number, T("matching.sheet_other_run"))
    for email in (line.mentor, line.mentee):
        if email not in known.enrolments:
            return Problem(line.number, T("matching.sheet_unknown", email=email[:80]))
    return in_order((known.enrolments[line.mentor], known.enrolments[line.mentee]), round)


def judge(wanted: Mapping[Key, tuple[str, int]], bench: Bench) -> list[Problem]:
    """The hard rules, and the room that fixed pairs take together."""
    problems = []
    for pair, (mark, line) in wanted.items():
        if mark == "fixed":
            why = bench.not_here(pair[0], "mentor") or bench.not_here(pair[1], "mentee") or bench.broken(pair)
            if why is None and bench.full(pair):
                why = T("matching.broken_capacity")
            if why is not None:
                problems.append(Problem(line, why))
            bench.load.update(pair)
    return problems


def _told(problems: Sequence[Problem], say: Say) -> Json:
    shown = sorted(problems, key=lambda problem: problem.line)[:SHOWN]
    return {"problems": [[one.line, say(one.words)] for one in shown], "count": len(problems)}
