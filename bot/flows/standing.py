"""Where a person stands in the rounds that go on: asked once an event, shared by all pieces of the present card."""

from bot.flows.turns import Turn
from storage.enrolments import TAKING_PART, Participation, live

IN_A_PAIR = ("paired", "paused")
CHANNELS = "serious_problem_channels"


async def places(turn: Turn) -> list[Participation]:
    """The person's place in every round that goes on and is theirs to take part in, the newest first; one query an
    event.
    """
    if turn.places is None:
        turn.places = [mine for mine in await live(turn.uow, turn.person.pk) if not mine.coordinating]
    return turn.places


async def takes_part(turn: Turn) -> bool:
    """Whether the person has enrolled in a round that goes on."""
    return any(place.enrolment.state in TAKING_PART for place in await places(turn))


async def in_a_pair(turn: Turn) -> bool:
    """Whether the person may have a partner in a round that goes on."""
    return any(place.enrolment.state in IN_A_PAIR for place in await places(turn))


async def may_be_asked(turn: Turn) -> bool:
    """Whether a proposal may wait for the person: enrolled and without a partner, or with room for another."""
    return any(
        place.enrolment.state in TAKING_PART
        and (place.enrolment.state not in IN_A_PAIR or place.enrolment.capacity > 1)
        for place in await places(turn)
        if place.round.state != "enrolling"
    )


async def written(turn: Turn, code: str) -> list[str]:
    """What HR wrote under this code of the opening checklist of the person's rounds, each once."""
    texts = (place.round.checklist.get(code, "").strip() for place in await places(turn))
    return list(dict.fromkeys(text for text in texts if text))
