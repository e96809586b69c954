"""States that would last for ever without somebody's answer: each has an end of its own."""

import random
from collections.abc import AsyncIterator
from dataclasses import asdict

import pytest_asyncio

from bot.domain.programme import STANDARD
from bot.flows.programme.rounds import LAPSES, move_enrolment_end, promise_enrolment_end
from bot.flows.turns import Commanded, Replace
from storage.tables import Enrolment, MatchRun, Proposal, Round
from tests.walks.company import Company, company_of, people


@pytest_asyncio.fixture
async def company() -> AsyncIterator[Company]:
    async with company_of(people(8, random.Random(1)), random.Random(1)) as small:
        yield small


async def test_a_round_in_which_nobody_is_paired_ends_by_itself(company: Company) -> None:
    """Silence of the coordinator, of everybody, or only noes: the round does not wait for ever."""
    await _a_round(company, state="matching")
    await company.move_to(company.now + LAPSES)
    (round,) = await company.all(Round)
    assert round.state == "cancelled"
    told = {message.account: message.key for message in company.letters.sent}
    assert told == {"p0": "round:1:told:cancelled", "p5": "round:1:cancelled:6"}


async def test_a_round_that_still_asks_somebody_goes_on(company: Company) -> None:
    await _a_round(company, state="matching", asks=True)
    await company.move_to(company.now + LAPSES)
    (round,) = await company.all(Round)
    assert round.state == "matching"
    await company.move_to(company.now + LAPSES)
    assert company.letters.sent == []


async def test_a_moved_end_of_enrolment_moves_the_last_look(company: Company) -> None:
    await _a_round(company, state="enrolling")
    async with company.database.uow(company.now) as uow:
        uow.organisation_id = 1
        await move_enrolment_end(uow, 1, uow.now + LAPSES * 2)
        await uow.commit()
    await company.move_to(company.now + LAPSES)
    (round,) = await company.all(Round)
    assert round.state == "enrolling"
    reply = (await company.does("p0", Commanded("round status"))).reply
    assert isinstance(reply, Replace)


async def _a_round(company: Company, *, state: str, asks: bool = False) -> None:
    """One person of it, who waits; enrolment ends now."""
    async with company.database.uow(company.now) as uow:
        uow.organisation_id = 1
        common = {"objectives": ["digital_gap"], "rules": asdict(STANDARD), "created_at": uow.now}
        round = uow.add(Round(name="Spring", state=state, coordinator_id=1, enrolment_ends_at=uow.now, **common))
        await uow.flush()
        mine = uow.add(Enrolment(round_id=round.pk, person_id=6, role="mentor", state="waitlisted"))
        promise_enrolment_end(uow, round)
        if asks:
            run = uow.add(MatchRun(round_id=round.pk, kind="whole", state="ready", created_at=uow.now))
            await uow.flush()
            pair = {"mentor_enrolment_id": mine.pk, "mentee_enrolment_id": mine.pk}
            uow.add(Proposal(round_id=round.pk, run_id=run.pk, score=1, state="proposed_to_mentor", **pair))
        await uow.commit()
