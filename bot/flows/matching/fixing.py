"""Fixing a pair by hand: the same hard rules hold, and what is private is never named."""

from bot.domain.matching import PRIVATE_RULES, broken_rules
from bot.domain.matching.rules import barred_pairs
from bot.flows.matching.candidates import kept_pairs, problem
from bot.flows.turns import FormErrors, Turn
from bot.ui.words import T
from storage import matching as store
from storage import reviewing
from storage.matching import Key
from storage.tables import Round

BY_HAND = frozenset({"unknown_manager", "excluded"})


async def fix_by_hand(turn: Turn, round: Round, mentor: str, mentee: str) -> None:
    """Keep the pair of these two accounts for the next run. Raises ``FormErrors`` naming the rule that it breaks.

    An unknown manager does not stop it: fixing the pair is the confirmation by hand. Nor does an earlier exclusion by
    the coordinator, which it takes back.
    """
    uow = turn.uow
    workspace = turn.actor.workspace.pk
    behind = await reviewing.enrolments_behind(uow, round.pk, workspace, [mentor, mentee])
    for field, account in (("mentor", mentor), ("mentee", mentee)):
        if account not in behind:
            raise FormErrors({field: T("matching.broken_not_enrolled")})
    pair = (behind[mentor], behind[mentee])
    world = await store.world(uow, round, only=pair)
    task = problem(world, turn.now, keep_computed=False)
    people = {candidate.id: candidate for candidate in task.candidates}
    for field, enrolment, role in (("mentor", pair[0], "mentor"), ("mentee", pair[1], "mentee")):
        if enrolment not in people:
            raise FormErrors({field: T("matching.broken_not_enrolled")})
        if people[enrolment].role != role:
            raise FormErrors({field: T(f"matching.not_a_{role}")})
    for rule in broken_rules(people[pair[0]], people[pair[1]], task.settings, barred_pairs(task.rules)):
        if rule not in BY_HAND:
            raise FormErrors({"mentee": _why(rule)})
    _check_room(world, pair, people[pair[0]].capacity)
    known = next((kind for key, kind in world.rules if key == pair and kind in ("fixed", "excluded")), None)
    await reviewing.set_mark(uow, round.pk, pair, "fixed", known)


def _why(rule: str) -> T:
    return T("matching.broken_private") if rule in PRIVATE_RULES else T(f"matching.broken_{rule}")


def _check_room(world: store.World, pair: Key, capacity: int) -> None:
    """The mentor's places and the mentee's one, less what is proposed, formed or fixed already."""
    fixed = {key for key, kind in world.rules if kind == "fixed"} - {pair}
    others = (kept_pairs(world, keep_computed=False) | fixed) - {pair}
    if sum(mentor == pair[0] for mentor, _ in others) >= capacity:
        raise FormErrors({"mentor": T("matching.broken_capacity")})
    if any(mentee == pair[1] for _, mentee in others):
        raise FormErrors({"mentee": T("matching.broken_capacity")})
