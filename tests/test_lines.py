"""Who is above whom: what the matching must know of lines of any length, and what a new roster ends."""

import random
from dataclasses import asdict, replace

import pytest

from bot.domain.programme import STANDARD
from bot.flows.matching.candidates import chain
from storage.tables import Enrolment, Job, MatchRun, Proposal, Round
from tests.walks.company import Company, company_of, people


@pytest.mark.parametrize(
    ("managers", "unknown", "above"),
    [
        ({1: None}, (), ()),
        ({1: 2, 2: None}, (), (2,)),
        ({1: 2, 2: 3, 3: 4, 4: None}, (), (2, 3, 4)),
        ({1: 2, 2: 3}, (), (2, 3)),
        ({1: 2, 2: 3, 3: 1}, (), (2, 3)),
        ({1: 1}, (), ()),
        ({1: 2, 2: 3, 3: None}, (3,), None),
        ({1: None}, (1,), None),
    ],
)
def test_a_line_goes_up_to_its_top(
    managers: dict[int, int | None], unknown: tuple[int, ...], above: tuple[int, ...] | None
) -> None:
    assert chain(1, managers, frozenset(unknown)) == above


@pytest.mark.parametrize(
    ("state", "hear"),
    [
        ("computed", set()),
        ("reviewed", set()),
        ("proposed_to_mentee", {"mentee"}),
        ("proposed_to_mentor", {"mentee", "mentor"}),
        ("gathering", {"mentee"}),
    ],
)
async def test_a_name_that_became_a_reporting_line_is_let_go_of(state: str, hear: set[str]) -> None:
    rows = people(8, random.Random(1))
    async with company_of(rows, random.Random(1)) as company:
        await _proposed(company, state)
        await company.roster([replace(row, manager_email=rows[4].email) if row is rows[5] else row for row in rows])
        await company.settle()
        (proposal,) = await company.all(Proposal)
        assert proposal.state == "dropped"
        told = {job.person_id for job in await company.all(Job) if job.name == "pairing.not_available" and job.receipt}
        assert told == {{"mentor": 6, "mentee": 5}[side] for side in hear}


async def _proposed(company: Company, state: str) -> None:
    """A name for the fifth of the company: the sixth."""
    async with company.database.uow(company.now) as uow:
        uow.organisation_id = 1
        common = {"objectives": ["digital_gap"], "rules": asdict(STANDARD), "created_at": uow.now}
        round = uow.add(Round(name="Spring", state="matching", coordinator_id=1, **common))
        await uow.flush()
        run = uow.add(MatchRun(round_id=round.pk, kind="whole", state="ready", created_at=uow.now))
        sides = [
            uow.add(Enrolment(round_id=round.pk, person_id=person, role=role, state="prepared", prepared_at=uow.now))
            for person, role in ((6, "mentor"), (5, "mentee"))
        ]
        await uow.flush()
        uow.add(
            Proposal(
                round_id=round.pk,
                run_id=run.pk,
                mentor_enrolment_id=sides[0].pk,
                mentee_enrolment_id=sides[1].pk,
                score=100,
                state=state,
            )
        )
        await uow.commit()
