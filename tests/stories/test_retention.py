"""What the nightly sweep takes away, and what it leaves."""

from datetime import timedelta
from typing import Any

from sqlmodel import select

from storage.retention import sweep
from storage.tables import (
    ActionItem,
    Enrolment,
    ExitReason,
    Goal,
    Pairing,
    PairRule,
    Person,
    Question,
    Round,
    Session,
    SurveyKey,
    SurveyResponse,
)
from tests.stage import Stage
from tests.stories.surveyed import a_round
from tests.stories.test_privacy import MENTOR, rows, told


async def close_round(stage: Stage) -> None:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        (round,) = await uow.all(select(Round))
        pairing = await uow.session.get_one(Pairing, 1)
        uow.organisation_id = round.organisation_id
        sides = {"mentor_enrolment_id": pairing.mentor_enrolment_id, "mentee_enrolment_id": pairing.mentee_enrolment_id}
        uow.add(PairRule(round_id=round.pk, **sides, kind="declined"))
        round.state, round.closed_at, pairing.state = "closed", uow.now, "completed"
        await uow.commit()


async def after(stage: Stage, days: float) -> dict[str, int]:
    """How many rows of each kind are left when the sweep runs that many days from now."""
    await sweep(stage.inverso.database, stage.clock.now() + timedelta(days=days))
    models: tuple[type[Any], ...] = (Goal, ActionItem, Question, PairRule, Session, Pairing, Enrolment)
    return {model.__name__: len(await rows(stage, model)) for model in models}


async def test_nothing_of_a_running_round_is_taken(stage: Stage) -> None:
    await told(stage)
    before = {model: await rows(stage, model) for model in (Goal, ActionItem, Question, Pairing)}
    left = await after(stage, 2000)
    assert {model.__name__: len(kept) for model, kept in before.items()}.items() <= left.items()


async def test_texts_go_after_a_month_and_pairs_after_a_year(stage: Stage) -> None:
    await told(stage)
    await close_round(stage)
    left = await after(stage, 29)
    assert (left["Goal"], left["ActionItem"], left["Question"], left["PairRule"]) == (1, 2, 1, 0)
    left = await after(stage, 31)
    assert (left["Goal"], left["ActionItem"], left["Question"]) == (0, 0, 0)
    assert left["Pairing"] == 1
    assert all(side.sealed_needs == "" for side in await rows(stage, Enrolment))
    left = await after(stage, 366)
    assert (left["Pairing"], left["Session"], left["Enrolment"]) == (0, 0, 0)
    assert len(await rows(stage, Round)) == 1


async def test_who_left_the_company_is_forgotten_after_a_month(stage: Stage) -> None:
    await told(stage)
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        person: Person | None = await uow.first(select(Person).where(Person.name == MENTOR))
        assert person is not None
        person.left_at = uow.now
        await uow.commit()
    assert (await after(stage, 29))["Goal"] == 1
    left = await after(stage, 31)
    assert (left["Goal"], left["Question"], left["ActionItem"]) == (0, 0, 1)
    mentor = next(side for side in await rows(stage, Enrolment) if side.role == "mentor")
    assert (mentor.offers, mentor.wants) == ({}, [])


async def test_answers_of_a_cancelled_round_go_after_a_month_and_reasons_after_a_year(stage: Stage) -> None:
    round_id = await a_round(stage, 3)
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        round = await uow.session.get_one(Round, round_id)
        uow.organisation_id = round.organisation_id
        uow.add(ExitReason(round_id=round_id, about="exit", reason="time"))
        round.state, round.closed_at = "cancelled", uow.now
        await uow.commit()
    await after(stage, 29)
    assert await rows(stage, SurveyKey) and await rows(stage, SurveyResponse)
    await after(stage, 31)
    assert not await rows(stage, SurveyKey) and not await rows(stage, SurveyResponse)
    assert len(await rows(stage, ExitReason)) == 1
    await after(stage, 366)
    assert not await rows(stage, ExitReason)


async def test_answers_of_a_closed_round_wait_for_what_its_report_promised(stage: Stage) -> None:
    await a_round(stage, 3, state="closed")
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        (round,) = await uow.all(select(Round))
        round.closed_at = uow.now
        await uow.commit()
    await after(stage, 31)
    assert await rows(stage, SurveyResponse)
