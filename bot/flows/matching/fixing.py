"""A pair chosen by hand, and two pairs whose mentors change places: the same hard rules hold."""

from collections.abc import Mapping, Sequence

from bot.flows.matching import telling
from bot.flows.matching.candidates import in_order
from bot.flows.matching.judging import Bench
from bot.flows.matching.looking import approved_card, matchable
from bot.flows.turns import FormErrors, Outdated, Refused, Turn
from bot.flows.units import about
from bot.ui.words import T
from storage import reviewing
from storage.between import Behind, behind, enrolled, world_between
from storage.couples import AVAILABLE
from storage.matching import Enrolled, Key
from storage.reviewing import Proposed
from storage.tables import Round
from storage.uow import Uow


async def fix_by_hand(turn: Turn, round_id: int, mentor: str, mentee: str) -> tuple[Round, Key]:
    """Keep the pair of these two accounts for the next run. Raises ``FormErrors`` naming the rule that it breaks."""
    found = await people_behind(turn, round_id, {"mentor": mentor, "mentee": mentee})
    sides = {"mentor": _enrolled(found, mentor, "mentor"), "mentee": _enrolled(found, mentee, "mentee")}
    world = await world_between(turn.uow, found.round, list(sides.values()))
    pair = in_order((sides["mentor"].id, sides["mentee"].id), found.round)
    bench = Bench.of(world, turn.now, without=[pair])
    for field, side in sides.items():
        if problem := bench.not_here(side.id, field):
            raise FormErrors({field: problem})
    if problem := bench.broken(pair):
        raise FormErrors({"mentee": problem})
    if full := bench.full(pair):
        raise FormErrors({full: T("matching.broken_capacity")})
    known = next((kind for key, kind in world.rules if key == pair and kind in reviewing.MARKS), None)
    await reviewing.set_mark(turn.uow, found.round.pk, pair, "fixed", known)
    return found.round, pair


async def check_swap(turn: Turn, round_id: int, one: str, other: str) -> tuple[Round, Sequence[Proposed]]:
    """The two pairs of these two accounts, if their mentors may change places. Raises ``FormErrors``."""
    found = await people_behind(turn, round_id, {"one": one, "other": other})
    sides = {"one": _enrolled(found, one, "one"), "other": _enrolled(found, other, "other")}
    run = found.run.pk if found.run else 0
    pairs = await reviewing.pairs_of(turn.uow, run, [side.id for side in sides.values()])
    theirs = {field: [pair for pair in pairs if side.id in pair.pair] for field, side in sides.items()}
    for field, mine in theirs.items():
        if len(mine) != 1:
            raise FormErrors({field: T("matching.swap_several") if mine else T("matching.swap_nobody")})
    two = (theirs["one"][0], theirs["other"][0])
    if two[0].pair == two[1].pair or two[0].mentor.pk == two[1].mentor.pk:
        raise FormErrors({"other": T("matching.swap_same")})
    await exchanged(turn.uow, found.round, two)
    return found.round, two


async def exchanged(uow: Uow, round: Round, two: Sequence[Proposed]) -> list[tuple[Key, Bench]]:
    """The pairs that come of the swap, with the bench that judges them. Raises ``FormErrors`` for a broken rule.

    What is refused is none of the pairs that were chosen, so the words name the one that would come of them.
    """
    wanted = [
        ((one.pair[0], other.pair[1]), {"mentor": one.mentor.name, "mentee": other.mentee.name})
        for one, other in (two, reversed(two))
    ]
    people = [
        side for one in two for side in (enrolled(one.mentor, one.mentor_side), enrolled(one.mentee, one.mentee_side))
    ]
    world = await world_between(uow, round, people)
    bench = Bench.of(world, uow.now, without=[one.pair for one in two])
    for pair, names in wanted:
        if problem := bench.not_here(pair[0], "mentor") or bench.not_here(pair[1], "mentee") or bench.broken(pair):
            raise FormErrors({"other": T("matching.swap_broken", **names, why=problem)})
    return [(pair, bench) for pair, _ in wanted]


async def people_behind(turn: Turn, round_id: int, accounts: Mapping[str, str]) -> Behind:
    """The people whom a form names, by field, in a round whose newest run waits for the coordinator."""
    found = await behind(turn.uow, round_id, turn.actor.workspace.pk, list(accounts.values()))
    unknown = {field for field, account in accounts.items() if found is None or account not in found.people}
    if found is None or unknown:
        raise FormErrors(dict.fromkeys(sorted(unknown), T("matching.not_in_roster")))
    matchable(found.round)
    if found.run is None:
        raise Refused(T("matching.computing", **about(found.round)), telling.none_yet(found.round))
    if found.run.approved_at is not None:
        raise Outdated(T("matching.approved_already"), await approved_card(turn, found.round, found.run))
    return found


def _enrolled(found: Behind, account: str, field: str) -> Enrolled:
    person, enrolment = found.people[account]
    if enrolment is None or enrolment.state not in AVAILABLE or person.left_at is not None:
        raise FormErrors({field: T("matching.broken_not_enrolled")})
    if enrolment.held_back:
        raise FormErrors({field: T("matching.broken_held_back")})
    return enrolled(person, enrolment)
