"""The path of lessons of each role, and when somebody is prepared. Pure."""

import random
from collections.abc import Collection

from bot.content import Lesson, lessons
from bot.domain.programme import PEER

FIRST = ("B1", "B2")
LEAST_OF_OWN_ROLE = 3
OF_PEERS = ("JM1", "JM2", "SM4", "JM4")
"""What both sides need and says nothing of who has more experience: teaching, preparing, trying, speaking openly."""
CODES = frozenset(lessons())


def path(role: str) -> tuple[Lesson, ...]:
    """The lessons of a role in order: the two that everybody takes, then those of the role."""
    both = [lessons()[code] for code in FIRST]
    own = OF_PEERS if role == PEER else [code for code, lesson in lessons().items() if lesson.audience == role]
    return (*both, *(lessons()[code] for code in own))


def is_ready(role: str, done: Collection[str]) -> bool:
    """Whether the lessons that come before the first session are done."""
    own = [lesson for lesson in path(role) if lesson.code not in FIRST and lesson.code in done]
    return set(FIRST) <= set(done) and len(own) >= LEAST_OF_OWN_ROLE


def following(role: str, done: Collection[str]) -> Lesson | None:
    """The first lesson of the path that is not done; None after the last."""
    return next((lesson for lesson in path(role) if lesson.code not in done), None)


def place_of(lesson: Lesson, role: str) -> tuple[int, int]:
    """Which lesson of how many it is."""
    codes = [each.code for each in path(role)]
    return codes.index(lesson.code) + 1, len(codes)


def shuffled(lesson: Lesson, enrolment_id: int) -> list[int]:
    """The numbers of the answers in the order in which this person sees them: always the same one."""
    order = list(range(len(lesson.options)))
    random.Random(f"{enrolment_id}:{lesson.code}").shuffle(order)
    return order
