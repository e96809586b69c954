"""Enrolments in the store: found by person and round, goals replaced, the private list changed, pairs ready."""

from datetime import UTC, datetime, timedelta

import pytest_asyncio

from storage import enrolments, rounds
from storage.choices import Choices, change_avoided, choices
from storage.database import Database
from storage.tables import Account, Avoidance, Enrolment, FlowSession, Goal, Job, Pairing, Person, Round, Workspace
from storage.uow import Uow

NOW = datetime(2027, 1, 12, 9, tzinfo=UTC)
ANNA, BRUNO, CARLA, DARIO = 1, 2, 3, 4


@pytest_asyncio.fixture
async def company(database: Database) -> Database:
    """Four people of one workspace; Anna and Bruno are invited to a round, and Anna took part in one before."""
    async with database.uow(NOW, 1) as uow:
        workspace = uow.add(Workspace(platform="slack", external_id="T1", installed_at=NOW))
        await uow.flush()
        for name, site in (("anna", "Bari"), ("bruno", "Roma"), ("carla", "Roma"), ("dario", "")):
            uow.add(Person(email=f"{name}@a.example", name=name, site=site))
            await uow.flush()
        for number, name in enumerate(("anna", "bruno", "carla", "dario"), 1):
            uow.add(Account(workspace_id=workspace.pk, external_id=f"U-{name}", person_id=number))
        for state in ("running", "enrolling"):
            uow.add(Round(name=state, state=state, coordinator_id=CARLA, created_at=NOW))
            await uow.flush()
        uow.add_all(Enrolment(round_id=n, person_id=ANNA, state=s) for n, s in ((1, "paired"), (2, "invited")))
        uow.add(Enrolment(round_id=2, person_id=BRUNO))
        await uow.commit()
    return database


async def test_the_newest_round_is_found_unless_the_question_is_narrower(company: Database) -> None:
    async with company.uow(NOW, 1) as uow:
        newest = await enrolments.participation(uow, ANNA, lock=True)
        paired = await enrolments.participation(uow, ANNA, states=("paired",))
        named = await enrolments.participation(uow, ANNA, round_id=1)
        assert newest is not None
        assert (newest.round.pk, newest.goals, newest.begun) == (2, 0, False)
        assert paired is not None
        assert named is not None
        assert paired.enrolment.pk == named.enrolment.pk
        assert await enrolments.participation(uow, CARLA) is None
    async with company.uow(NOW, 2) as uow:
        assert await enrolments.participation(uow, ANNA) is None


async def test_who_waited_in_vain_last_time_comes_first(company: Database) -> None:
    async with company.uow(NOW, 1) as uow:
        uow.add_all(
            [
                Enrolment(round_id=1, person_id=BRUNO, state="waitlisted"),
                Enrolment(round_id=1, person_id=CARLA, state="withdrawn", waited=True),
                Enrolment(round_id=2, person_id=CARLA, state="declined_invitation"),
                Enrolment(round_id=2, person_id=DARIO, state="declined_invitation", waited=True),
            ]
        )
        uow.add(Round(name="next", state="enrolling", coordinator_id=CARLA, created_at=NOW))
        await uow.flush()
        places = {person: await enrolments.joinable(uow, person) for person in (ANNA, BRUNO, CARLA, DARIO)}
        assert {person for person, mine in places.items() if mine[0].enrolment.waited} == {DARIO}
        assert [mine.enrolment.id is None for mine in places[DARIO]] == [True, False]
        await rounds.invite(uow, 3, [ANNA, BRUNO, CARLA, DARIO])
        invited = await uow.all(uow.of(Enrolment).where(Enrolment.round_id == 3))
        assert {row.person_id for row in invited if row.waited} == {DARIO}
        next(row for row in invited if row.person_id == BRUNO).state = "waitlisted"
        uow.add(Round(name="another", state="draft", coordinator_id=CARLA, created_at=NOW))
        await uow.flush()
        await rounds.invite(uow, 4, [ANNA, BRUNO, DARIO])
        invited = await uow.all(uow.of(Enrolment).where(Enrolment.round_id == 4))
        assert {row.person_id for row in invited if row.waited} == {BRUNO, DARIO}


async def test_a_form_left_half_filled_is_known_until_it_expires(company: Database) -> None:
    async with company.uow(NOW, 1) as uow:
        left = FlowSession(token="t", person_id=ANNA, flow="enrolment", subject="round:2", step="role", expires_at=NOW)
        left.expires_at = NOW + timedelta(days=14)
        uow.add(left)
        await uow.commit()
    for days, begun in ((0, True), (15, False)):
        async with company.uow(NOW + timedelta(days=days), 1) as uow:
            mine = await enrolments.participation(uow, ANNA)
            assert mine is not None
            assert mine.begun is begun
            other = await enrolments.participation(uow, BRUNO)
            assert other is not None
            assert not other.begun


async def test_goals_are_replaced_and_counted(company: Database) -> None:
    async with company.uow(NOW, 1) as uow:
        await enrolments.replace_goals(uow, 2, [("skill", "one"), ("career", "two")])
        await enrolments.replace_goals(uow, 2, [("career", "two"), ("skill", "three")])
        await uow.commit()
    async with company.uow(NOW, 1) as uow:
        kept: list[Goal] = await enrolments.goals_of(uow, 2)
        assert [(goal.number, goal.kind, uow.box.open(goal.sealed_text)) for goal in kept] == [
            (1, "career", "two"),
            (2, "skill", "three"),
        ]
        mine = await enrolments.participation(uow, ANNA)
        assert mine is not None
        assert mine.goals == 2


async def avoided(uow: Uow) -> list[int]:
    return sorted(row.other_id for row in await uow.all(uow.of(Avoidance).where(Avoidance.person_id == ANNA)))


async def test_the_private_list_takes_on_and_takes_off_only_what_was_shown(company: Database) -> None:
    async with company.uow(NOW, 1) as uow:
        await change_avoided(uow, ANNA, 1, ["U-bruno", "U-anna", "U-nobody"], [])
        await change_avoided(uow, ANNA, 1, ["U-bruno", "U-carla"], [])
        assert await avoided(uow) == [BRUNO, CARLA]
        assert await choices(uow, ANNA, 1) == Choices(["Bari", "Roma"], ["U-bruno", "U-carla"])
        assert await choices(uow, BRUNO, 1) == Choices(["Bari", "Roma"], [])
        await change_avoided(uow, ANNA, 1, ["U-dario"], ["U-bruno"])
        assert await avoided(uow) == [CARLA, DARIO]


async def test_promises_to_one_person_are_taken_back_by_name(company: Database) -> None:
    async with company.uow(NOW, 1) as uow:
        for person, name in ((ANNA, "enrolment.reminder"), (ANNA, "session.reminder"), (BRUNO, "enrolment.reminder")):
            uow.promise(name, f"{name}:{person}", NOW, person=person)
        await uow.commit()
    async with company.uow(NOW, 1) as uow:
        await enrolments.take_back(uow, ANNA, ["enrolment.invite", "enrolment.reminder"])
        left = [(job.person_id, job.name) for job in await uow.all(uow.of(Job).order_by(Job.person_id))]
        assert left == [(ANNA, "session.reminder"), (BRUNO, "enrolment.reminder")]


async def test_a_pair_is_ready_when_both_have_done_their_lessons(company: Database) -> None:
    pairing = Pairing(round_id=2, mentor_enrolment_id=2, mentee_enrolment_id=3, mentor_id=1, mentee_id=2)
    async with company.uow(NOW, 1) as uow:
        for enrolment_id, both in ((2, False), (3, True)):
            assert not await enrolments.ready(uow, pairing)
            (await uow.need(Enrolment, enrolment_id)).prepared_at = NOW
            await uow.flush()
            assert await enrolments.ready(uow, pairing) is both


def test_whoever_coordinates_a_round_that_they_were_in_keeps_their_place_in_it() -> None:
    round, states = Round(name="Spring", coordinator_id=ANNA), ("invited", "withdrawn", "paired", "completed")
    places = [enrolments.Participation(Enrolment(person_id=ANNA, state=one), round, 0, None) for one in states]
    assert [place.coordinating for place in places] == [True, True, False, False]
