"""What the coordinator does with a matching: run, read, exclude, fix, run again, approve."""

from bot.flows import talk
from bot.flows.engine import Place
from bot.flows.matching import cards, runs
from bot.flows.matching.conversation import FIX, SEARCH
from bot.flows.matching.fixing import fix_by_hand
from bot.flows.programme.rounds import begin_matching, find_round, sides
from bot.flows.turns import FormErrors, Outdated, Refused, Replace, Reply, Turn, outdated_button
from bot.ui.cards import Card
from bot.ui.words import T
from storage import matching as store
from storage import reviewing
from storage.rounds import pairs_in
from storage.tables import MatchRun, Proposal, Round

OPEN = ("enrolling", "matching", "running")


async def match_command(turn: Turn) -> Reply:
    """``/mentoring round match``: end the enrolment and match, or match again; asks first."""
    round = await find_round(turn, *OPEN)
    if round.state == "enrolling":
        return Replace(cards.end_enrolment(round, sum(await sides(turn.uow, round.pk))))
    _matchable(round)
    return Replace(cards.run_again(round))


async def begin(turn: Turn) -> Reply:
    """``matching.begin``: the enrolment ends now."""
    round = await turn.uow.get(Round, turn.number(), lock=True)
    if round is None:
        raise outdated_button()
    if round.state != "enrolling":
        raise Outdated(_moved(round))
    begin_matching(turn.uow, round)
    return Replace(cards.computing())


async def again(turn: Turn) -> Reply:
    """``matching.again``: one run at a time."""
    round = await turn.uow.get(Round, turn.number(), lock=True)
    if round is None:
        raise outdated_button()
    _matchable(round)
    if not await runs.promise_run(turn.uow, round.pk):
        raise Outdated(T("matching.already_running"))
    return Replace(cards.computing())


async def review_command(turn: Turn) -> Reply:
    """``/mentoring round review``."""
    round = await find_round(turn, "matching", "running")
    return Replace(await _review(turn, round.pk, 0))


async def review(turn: Turn) -> Reply:
    """``matching.review`` and ``matching.page``: ``round`` or ``round:offset``."""
    return Replace(await _review(turn, turn.number(), turn.number(1) if ":" in turn.id else 0))


async def left_out(turn: Turn) -> Reply:
    """``matching.left_out``: who has no pair, and why."""
    round, run = await _latest(turn, turn.number())
    offset = turn.number(1)
    everybody = sorted(run.left_out.items(), key=lambda entry: int(entry[0]))
    page = dict(everybody[offset : offset + cards.LEFT_PAGE])
    names = await reviewing.names(turn.uow, [int(enrolment) for enrolment in page])
    people = [
        cards.Alone(names[int(enrolment)], reason)
        for enrolment, reason in page.items()
        if int(enrolment) in names and isinstance(reason, dict)
    ]
    return Replace(cards.left_out(round, people, offset, len(everybody)))


async def exclude(turn: Turn) -> Reply:
    """``matching.exclude``: not these two, or allow them again."""
    return await _mark(turn, "excluded")


async def fix(turn: Turn) -> Reply:
    """``matching.fix``: these two in any case, or let them go again."""
    return await _mark(turn, "fixed")


async def _mark(turn: Turn, kind: str) -> Reply:
    proposal, round, run = await _reviewed(turn)
    pair = (proposal.mentor_enrolment_id, proposal.mentee_enrolment_id)
    marks = await reviewing.marks(turn.uow, run.round_id)
    known = marks.pop(pair, None)
    mark = None if known == kind else kind
    await reviewing.set_mark(turn.uow, run.round_id, pair, mark, known)
    pairs = await reviewing.weakest(turn.uow, run.pk, turn.number(1), cards.PAGE)
    now = {**marks, pair: mark} if mark else marks
    return Replace(cards.review(round, run, cards.Page(pairs, now, turn.number(1))))


async def _reviewed(turn: Turn) -> tuple[Proposal, Round, MatchRun]:
    """The proposal on whose button was pressed, if it still waits for the coordinator."""
    found = await reviewing.proposal_of_run(turn.uow, turn.number())
    if found is None:
        raise Outdated(T("matching.other_run"))
    proposal, round, run = found
    _matchable(round)
    if proposal.state != "computed":
        raise Outdated(T("matching.approved_already"), await _approved(turn, round, run))
    return proposal, round, run


async def search(turn: Turn) -> Reply:
    """``matching.search``: open the form."""
    round, _ = await _open_run(turn, turn.number())
    return await talk.start(turn, SEARCH, f"round:{round.pk}", {"round": round.pk})


async def searched(turn: Turn, place: Place) -> Reply:
    """The pairs of that person."""
    round, run = await _open_run(turn, int(place.context["round"]))
    person, pairs = await reviewing.of_person(turn.uow, run.pk, turn.actor.workspace.pk, place.one("person"))
    if person is None:
        raise FormErrors({"person": T("matching.not_in_roster")})
    return Replace(cards.of_person(round, run, person.name, pairs, await reviewing.marks(turn.uow, round.pk)))


async def fix_two(turn: Turn) -> Reply:
    """``matching.fix_two``: open the form."""
    round, _ = await _open_run(turn, turn.number())
    return await talk.start(turn, FIX, f"round:{round.pk}", {"round": round.pk})


async def fixed_two(turn: Turn, place: Place) -> Reply:
    """The pair is kept for the next run, if no rule stands against it."""
    round, _ = await _open_run(turn, int(place.context["round"]))
    await fix_by_hand(turn, round, place.one("mentor"), place.one("mentee"))
    return Replace(cards.run_again(round, fixing=True))


async def approve_command(turn: Turn) -> Reply:
    """``/mentoring round approve``: shows what is to be approved; the button approves."""
    return await review_command(turn)


async def approve(turn: Turn) -> Reply:
    """``matching.approve``: of the run that was read, and of no other."""
    round, run = await _latest(turn, turn.number(), lock=True)
    if run.approved_at is not None:
        raise Outdated(T("matching.approved_already"), await _approved(turn, round, run))
    if run.pk != turn.number(1):
        raise Outdated(T("matching.other_run"), await _page(turn, round, run, 0))
    if await reviewing.excluded_in(turn.uow, run.pk):
        raise Refused(T("matching.run_first"))
    run.approved_at = turn.now
    turn.uow.promise("pairing.propose", f"round:{round.pk}:propose:{run.pk}", turn.now, run=run.pk)
    return Replace(cards.approved(round, run))


async def _review(turn: Turn, round_id: int, offset: int) -> Card:
    round, run = await _latest(turn, round_id)
    return await _approved(turn, round, run) if run.approved_at is not None else await _page(turn, round, run, offset)


async def _approved(turn: Turn, round: Round, run: MatchRun) -> Card:
    return cards.approved(round, run, await pairs_in(turn.uow, round.pk))


async def _page(turn: Turn, round: Round, run: MatchRun, offset: int) -> Card:
    pairs = await reviewing.weakest(turn.uow, run.pk, offset, cards.PAGE)
    return cards.review(round, run, cards.Page(pairs, await reviewing.marks(turn.uow, round.pk), offset))


async def _open_run(turn: Turn, round_id: int) -> tuple[Round, MatchRun]:
    round, run = await _latest(turn, round_id)
    if run.approved_at is not None:
        raise Outdated(T("matching.approved_already"), await _approved(turn, round, run))
    return round, run


async def _latest(turn: Turn, round_id: int, *, lock: bool = False) -> tuple[Round, MatchRun]:
    """The round and its newest run. Raises when the round has moved on, or nothing is computed yet."""
    found = await store.latest(turn.uow, round_id, lock=lock)
    if found is None:
        raise outdated_button()
    round, run = found
    _matchable(round)
    if run is None:
        raise Refused(T("matching.computing"))
    return round, run


def _matchable(round: Round) -> None:
    if round.state not in runs.MATCHABLE:
        raise Outdated(_moved(round))


def _moved(round: Round) -> T:
    known = round.state if round.state in ("draft", "enrolling", "closing", "closed", "cancelled") else "matching"
    return T(f"matching.round_is_{known}", round=round.name)
