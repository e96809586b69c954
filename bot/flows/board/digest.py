"""Once a week: how the rounds of a coordinator stand. As long as one of them goes on, the next word is owed."""

from bot.flows.board import cards
from bot.flows.programme.rounds import promise_digest
from bot.flows.turns import JobTurn, NotOwed, Outcome, Say
from storage.boards import Standing, standings
from storage.rounds import boards
from storage.tables import Person

TOLD = ("enrolling", "matching", "running", "closing")


async def tell(turn: JobTurn) -> Outcome:
    """``board.digest``: to who coordinates."""
    person = await turn.uow.get(Person, turn.job.person_id)
    found = await boards(turn.uow, unfinished=True) if person is not None and person.coordinator else []
    mine = [one for one in found if one[0].state in TOLD and person is not None and one[0].coordinator_id == person.pk]
    if person is None or not mine:
        return NotOwed()
    promise_digest(turn.uow, person.pk, turn.now, person.timezone)
    known = await standings(turn.uow)
    told = [(round, counts, known.get(round.pk, Standing())) for round, counts in mine]
    return Say((person.pk,), cards.digest(told, person.timezone), nudge=cards.DIGEST)
