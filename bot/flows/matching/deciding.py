"""What the coordinator decides about pairs: exclude, fix, choose, swap, approve. Every one reads the world again."""

from bot.flows import talk
from bot.flows.engine import Flow, Place
from bot.flows.matching import alone, cards, runs, telling
from bot.flows.matching.conversation import APPROVE, FIX, SEARCH, SWAP
from bot.flows.matching.figures import waiting
from bot.flows.matching.fixing import check_swap, fix_by_hand, people_behind
from bot.flows.matching.looking import approved_card, matchable, open_run, page, to_approve
from bot.flows.talk import said
from bot.flows.turns import Outdated, Refused, Replace, Reply, Turn
from bot.ui.cards import Card
from bot.ui.words import T
from storage import reviewing
from storage.couples import GROUP
from storage.reviewing import Proposed
from storage.tables import MatchRun, Round

MOST_DEPARTMENTS = 100


async def exclude(turn: Turn) -> Reply:
    """``matching.exclude``: not these two, or allow them again."""
    return await _mark(turn, "excluded")


async def fix(turn: Turn) -> Reply:
    """``matching.fix``: these two in any case, or let them go again."""
    return await _mark(turn, "fixed")


async def _mark(turn: Turn, kind: str) -> Reply:
    one, round, run = await _to_review(turn)
    mark = None if one.mark == kind else kind
    await reviewing.set_mark(turn.uow, round.pk, one.pair, mark, one.mark)
    if round.format == GROUP:
        return Replace(await _group(turn, round, run, one))
    return Replace(await page(turn, round, run, turn.number(1)))


async def open_group(turn: Turn) -> Reply:
    """``matching.group``, one of its proposals and the page to go back to: everybody of a group, one by one."""
    one, round, run = await _to_review(turn)
    return Replace(await _group(turn, round, run, one))


async def _to_review(turn: Turn) -> tuple[Proposed, Round, MatchRun]:
    """The pair of the button, if its run still waits for the coordinator."""
    found = await reviewing.proposed(turn.uow, turn.number())
    if found is None:
        raise Outdated(T("matching.other_run"))
    _, round, run = found
    matchable(round)
    if run.approved_at is not None:
        raise Outdated(T("matching.approved_already"), await approved_card(turn, round, run))
    return found


async def _group(turn: Turn, round: Round, run: MatchRun, one: Proposed) -> Card:
    pairs = await reviewing.pairs_of(turn.uow, run.pk, [one.proposal.mentor_enrolment_id])
    return cards.opened_group(round, pairs, turn.number(1))


async def search(turn: Turn) -> Reply:
    """``matching.search``: open the form."""
    return await _form(turn, SEARCH)


async def fix_two(turn: Turn) -> Reply:
    """``matching.fix_two``: open the form."""
    return await _form(turn, FIX)


async def swap_two(turn: Turn) -> Reply:
    """``matching.swap_two``: open the form."""
    return await _form(turn, SWAP)


async def _form(turn: Turn, flow: Flow) -> Reply:
    round, _ = await open_run(turn, turn.number())
    return await talk.start(turn, flow, f"round:{round.pk}", {"round": round.pk, "format": round.format})


async def searched(turn: Turn, place: Place) -> Reply:
    """The pairs of that person, or why there is none."""
    account = place.one("person")
    found = await people_behind(turn, int(place.context["round"]), {"person": account})
    person, enrolment = found.people[account]
    if enrolment is None or found.run is None:
        return Replace(cards.of_person(found.round, person.name, ()))
    if pairs := await reviewing.pairs_of(turn.uow, found.run.pk, [enrolment.pk]):
        return Replace(cards.of_person(found.round, person.name, pairs))
    reason = await reviewing.reason_of(turn.uow, found.round.pk, enrolment.pk)
    told = alone.told(reviewing.Alone(person.name, reason)) if reason else None
    return Replace(cards.of_person(found.round, person.name, (), told))


async def fixed_two(turn: Turn, place: Place) -> Reply:
    """The pair is kept for the next run, if no rule stands against it."""
    round, _ = await fix_by_hand(turn, int(place.context["round"]), place.one("mentor"), place.one("mentee"))
    return Replace(telling.run_again(round, fixing=True))


async def swapped(turn: Turn, place: Place) -> Reply:
    """Two mentors change places, if no rule stands against it; it is written down and told by a job."""
    round, pairs = await check_swap(turn, int(place.context["round"]), place.one("one"), place.one("other"))
    one, other = sorted(pair.proposal.pk for pair in pairs)
    key = f"round:{round.pk}:swap:{one}:{other}:{turn.now:%Y%m%dT%H%M%S%f}"
    turn.uow.promise("matching.swap", key, turn.now, one=one, other=other, by=turn.person.pk)
    return said(T("matching.swapping"))


async def approve(turn: Turn) -> Reply:
    """``matching.approve``: all of the run that was read, and of no other."""
    round, run = await to_approve(turn, turn.number(), turn.number(1))
    run.approved_at = turn.now
    run.begun_at = run.begun_at or turn.now
    runs.promise_asking(turn.uow, run)
    return Replace(telling.approved(round, run))


async def approve_some(turn: Turn) -> Reply:
    """``matching.approve_some``: choose departments."""
    round, run = await open_run(turn, turn.number())
    if run.pk != turn.number(1):
        raise Outdated(T("matching.other_run"), await page(turn, round, run, 0))
    known = await reviewing.departments(turn.uow, run.pk)
    waiting = [[name, pairs] for name, pairs in known if name not in run.departments][:MOST_DEPARTMENTS]
    if not waiting:
        raise Refused(T("matching.no_department_left"))
    context = {"round": round.pk, "run": run.pk, "departments": waiting}
    return await talk.start(turn, APPROVE, f"run:{run.pk}", context, fresh=True)


async def approved_some(turn: Turn, place: Place) -> Reply:
    """The pairs whose mentees work there are approved; the others wait."""
    round, run = await to_approve(turn, int(place.context["round"]), int(place.context["run"]))
    chosen = [place.context["departments"][int(number)] for number in place.many("departments")]
    run.begun_at = run.begun_at or turn.now
    run.departments = [*run.departments, *(name for name, _ in chosen)]
    asked = sum(pairs for _, pairs in chosen)
    run.summary = {**run.summary, "waiting": waiting(run) - asked}
    runs.promise_asking(turn.uow, run)
    names = tuple(name or T("matching.no_department") for name, _ in chosen)
    return Replace(telling.approved_some(round, names, asked))
