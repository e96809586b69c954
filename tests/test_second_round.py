"""A second round knows who was a pair in the first: never the same two again, unless the coordinator fixes them."""

import random
from dataclasses import asdict

import pytest

from bot.domain.matching import match
from bot.domain.programme import STANDARD
from bot.flows.matching.candidates import problem
from bot.flows.matching.judging import Bench
from storage.couples import rules_of
from storage.matching import world
from storage.tables import Enrolment, Pairing, PairRule, Round
from storage.uow import Uow
from tests.stories import steps
from tests.walks.company import Company, company_of, people

MENTOR, MENTEE = 6, 5
STATES = ("completed", "ended", "ended_early", "active")


@pytest.mark.parametrize("turned", [False, True], ids=["as they were", "the other way round"])
@pytest.mark.parametrize("fixed", [False, True], ids=["by the machine", "by hand"])
@pytest.mark.parametrize("state", STATES)
async def test_never_the_same_two_again(state: str, fixed: bool, turned: bool) -> None:
    async with company_of(people(8, random.Random(1)), random.Random(1)) as company:
        first, second = await _a_round(company, "First"), await _a_round(company, "Second")
        async with company.database.uow(company.now) as uow:
            uow.organisation_id = 1
            sides = {
                row.person_id: row.pk for row in await uow.all(uow.of(Enrolment).where(Enrolment.round_id == first))
            }
            two = (MENTEE, MENTOR) if turned else (MENTOR, MENTEE)
            uow.add(
                Pairing(
                    round_id=first,
                    mentor_enrolment_id=sides[two[0]],
                    mentee_enrolment_id=sides[two[1]],
                    mentor_id=two[0],
                    mentee_id=two[1],
                    state=state,
                    started_at=uow.now,
                )
            )
            now = {
                row.person_id: row.pk for row in await uow.all(uow.of(Enrolment).where(Enrolment.round_id == second))
            }
            pair = (now[MENTOR], now[MENTEE])
            if fixed:
                uow.add(
                    PairRule(round_id=second, mentor_enrolment_id=pair[0], mentee_enrolment_id=pair[1], kind="fixed")
                )
            await uow.flush()
            assert await _pairs(uow, second) == ({pair} if fixed else set())
            round = await uow.need(Round, second)
            assert Bench.of(await world(uow, round), uow.now).broken(pair) is None
            assert rules_of(round).max_proposals


async def _pairs(uow: Uow, round_id: int) -> set[tuple[int, int]]:
    task = problem(await world(uow, await uow.need(Round, round_id)), uow.now, keep_computed=False)
    found = match(task.candidates, task.rules, task.settings)
    return {(pair.mentor_id, pair.mentee_id) for pair in found.pairs}


async def _a_round(company: Company, name: str) -> int:
    """A round with the two in it, who fit."""
    async with company.database.uow(company.now) as uow:
        uow.organisation_id = 1
        common = {"objectives": ["digital_gap"], "rules": asdict(STANDARD), "created_at": uow.now}
        round = uow.add(Round(name=name, state="matching", coordinator_id=1, **common))
        await uow.commit()
    names = {row.name: row for row in company.rows}
    for person, role in ((MENTOR, "mentor"), (MENTEE, "mentee")):
        one = [name for name in names if name == f"Person {person - 1}"]
        offers, wants = ({"5.3": 4}, [["S1", 1]]) if role == "mentor" else ({"S1": 4}, [["5.3", 1]])
        slots = ["tue-09", "tue-14", "wed-09", "thu-14"]
        await steps.enrol(company, round.pk, one, role, offers=offers, wants=wants, slots=slots)  # type: ignore[arg-type]  # it has what they use
    return round.pk
