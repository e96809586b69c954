"""A person's place in a round on the present card: invitation, lessons and goals, all from one query."""

from collections.abc import Sequence

from bot.flows.enrolment import cards
from bot.flows.enrolment.facts import is_open, open_until, state_of
from bot.flows.goals.cards import on_home as goals_on_home
from bot.flows.preparation.cards import on_home as lessons_on_home
from bot.flows.standing import places
from bot.flows.turns import HomeSection, Turn
from storage.enrolments import TAKING_PART, WITHOUT_A_PARTNER, Participation

NOW, STANDING, GOALS, LESSONS_LEFT, LATER = 0, 10, 20, 25, 30


async def home(turn: Turn) -> Sequence[HomeSection]:
    """What the newest open round asks of the person, and what they may change in it."""
    rounds = await places(turn)
    if not rounds:
        return ()
    mine = rounds[0]
    if mine.enrolment.state in TAKING_PART:
        return _taking_part(turn, mine)
    return _before(turn, mine) if is_open(mine, turn.now) else ()


def _before(turn: Turn, mine: Participation) -> Sequence[HomeSection]:
    id, name, ends = mine.round.pk, mine.round.name, open_until(mine)
    if mine.enrolment.state != "invited" and not mine.begun:
        return (HomeSection(LATER, cards.not_now(id, name, ends, turn.zone)),)
    rank = NOW if mine.enrolment.state == "invited" else LATER
    return (HomeSection(rank, cards.waiting(id, name, ends, turn.zone, begun=mine.begun, late=mine.late)),)


def _taking_part(turn: Turn, mine: Participation) -> Sequence[HomeSection]:
    enrolment = mine.enrolment
    sections = []
    lessons = lessons_on_home(enrolment.pk, enrolment.role, enrolment.lessons)
    if lessons is not None:
        sections.append(HomeSection(NOW if enrolment.prepared_at is None else LESSONS_LEFT, lessons))
    place = cards.taking_part(
        mine.round.pk,
        mine.round.name,
        enrolment.role,
        state_of(mine.round, enrolment),
        enrolling=is_open(mine, turn.now),
    )
    goals = goals_on_home(enrolment.pk, mine.goals)
    if mine.late and enrolment.state in WITHOUT_A_PARTNER:  # where they stand is what they come to see
        return (*sections, HomeSection(STANDING, place), HomeSection(STANDING, goals))
    return (*sections, HomeSection(GOALS, goals), HomeSection(LATER, place))
