"""Somebody leaves the company: the directory says so, the partner reads a neutral word, and some come back."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from bot.domain.roster import parse_roster
from storage.accounts import reached
from storage.retention import sweep
from storage.roster import import_roster
from storage.tables import Account, Enrolment, ExitReason, Goal, Job, Pairing, Person, Proposal, Workspace
from tests.stage import ROSTER, Stage
from tests.stories.steps import a_pair, approve_pairs, everybody_enrols, open_round

MENTOR, MENTEE = "Oliver Clarke", "Valentina Vitale"

pytestmark = pytest.mark.slack_alone  # Teams tells nobody who has left


async def rows(stage: Stage, statement: Any) -> list[Any]:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        return await uow.all(statement)


async def left_at(stage: Stage, name: str) -> datetime | None:
    (person,) = await rows(stage, select(Person).where(Person.name == name))
    moment: datetime | None = person.left_at
    return moment


async def deactivate(stage: Stage, name: str, *, deleted: bool = True) -> None:
    await stage.workspace.change_person(stage.hand(name).user_id, deleted=deleted)
    await stage.settle()


async def test_the_partner_of_who_left_reads_a_neutral_word_and_the_one_who_left_nothing(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    oliver, valentina = stage.hand(MENTOR), stage.hand(MENTEE)
    heard = len(oliver.messages())
    await deactivate(stage, MENTOR)
    assert f"La coppia con {MENTOR} si chiude qui" in valentina.said
    assert await left_at(stage, MENTOR) == stage.clock.now()
    (pairing,) = await rows(stage, select(Pairing))
    assert pairing.state == "ended_early"
    assert {side.state for side in await rows(stage, select(Enrolment))} == {"withdrawn"}
    assert await rows(stage, select(ExitReason)) == []
    (person,) = await rows(stage, select(Person).where(Person.name == MENTOR))
    assert await rows(stage, select(Job).where(Job.person_id == person.pk, Job.state == "open")) == []
    await stage.move(days=45)
    assert len(oliver.messages()) == heard


async def test_hearing_twice_that_somebody_left_changes_nothing(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    await deactivate(stage, MENTOR)
    before, heard = await left_at(stage, MENTOR), len(stage.hand(MENTEE).messages())
    await stage.move(days=2)
    await deactivate(stage, MENTOR)
    await stage.inverso.prepare()
    await stage.settle()
    assert await left_at(stage, MENTOR) == before
    assert len(stage.hand(MENTEE).messages()) == heard


async def test_the_directory_is_believed_at_the_start_too(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    user = stage.hand(MENTOR).user_id
    stage.workspace.world.put_person(replace(stage.workspace.people[user], deleted=True))
    await stage.inverso.prepare()
    await stage.settle()
    assert await left_at(stage, MENTOR) == stage.clock.now()
    assert "si chiude qui" in stage.hand(MENTEE).said


async def test_who_is_back_can_write_again(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    await deactivate(stage, MENTOR)
    await stage.move(days=3)
    await deactivate(stage, MENTOR, deleted=False)
    assert await left_at(stage, MENTOR) is None
    oliver = stage.hand(MENTOR)
    await oliver.types("/mentoring what next")
    assert "no message planned" in oliver.said
    (person,) = await rows(stage, select(Person).where(Person.name == MENTOR))
    async with stage.inverso.database.uow(stage.clock.now(), person.organisation_id) as uow:
        assert person.pk in await reached(uow, [person.pk])


async def test_who_has_another_account_has_not_left(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    (person,) = await rows(stage, select(Person).where(Person.name == MENTOR))
    async with stage.inverso.database.uow(stage.clock.now(), person.organisation_id) as uow:
        other = uow.add(Workspace(platform="slack", external_id="T0OTHER", installed_at=uow.now))
        await uow.flush()
        uow.add(Account(workspace_id=other.pk, external_id="U0OTHER", person_id=person.pk))
        await uow.commit()
    await deactivate(stage, MENTOR)
    assert await left_at(stage, MENTOR) is None
    (pairing,) = await rows(stage, select(Pairing))
    assert pairing.state == "active"


async def test_a_paused_pair_ends_too(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    oliver = stage.hand(MENTOR)
    await oliver.types("/mentoring pause")
    await oliver.fills({"For how long?": "2 weeks"})
    await oliver.submits()
    await deactivate(stage, MENTOR)
    (pairing,) = await rows(stage, select(Pairing))
    assert pairing.state == "ended_early"
    assert {side.state for side in await rows(stage, select(Enrolment))} == {"withdrawn"}


async def test_a_name_that_waits_for_an_answer_is_called_off(stage: Stage) -> None:
    round_id = await open_round(stage)
    await everybody_enrols(stage, round_id)
    await approve_pairs(stage, round_id)
    waiting = select(Proposal).where(col(Proposal.state).in_(("reviewed", "proposed_to_mentee")))
    proposal = (await rows(stage, waiting))[0]
    (side,) = await rows(stage, select(Enrolment).where(Enrolment.id == proposal.mentee_enrolment_id))
    (person,) = await rows(stage, select(Person).where(Person.id == side.person_id))
    await deactivate(stage, person.name)
    (after,) = await rows(stage, select(Proposal).where(Proposal.id == proposal.pk))
    (side,) = await rows(stage, select(Enrolment).where(Enrolment.id == side.pk))
    assert (after.state, side.state) == ("dropped", "withdrawn")


async def test_a_roster_brings_nobody_back(stage: Stage) -> None:
    await deactivate(stage, MENTOR)
    (person,) = await rows(stage, select(Person).where(Person.name == MENTOR))
    async with stage.inverso.database.uow(stage.clock.now(), person.organisation_id) as uow:
        await import_roster(uow, parse_roster(ROSTER.read_bytes()).good_rows)
        await uow.commit()
    assert await left_at(stage, MENTOR) == stage.clock.now()


@pytest.mark.parametrize(("days", "kept"), [(29, 1), (31, 0)])
async def test_what_they_wrote_goes_thirty_days_later(stage: Stage, days: int, kept: int) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    mentor, *_ = await rows(stage, select(Enrolment).where(Enrolment.role == "mentor"))
    async with stage.inverso.database.uow(stage.clock.now(), mentor.organisation_id) as uow:
        uow.add(Goal(enrolment_id=mentor.pk, number=1, sealed_text=uow.box.seal("a goal"), created_at=uow.now))
        await uow.commit()
    await deactivate(stage, MENTOR)
    await sweep(stage.inverso.database, stage.clock.now() + timedelta(days=days))
    assert len(await rows(stage, select(Goal))) == kept
