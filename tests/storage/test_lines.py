"""Whose reporting lines are read for a round: its people's, up to the top, and nobody else's."""

import random
from datetime import UTC, datetime

from bot.flows.matching.candidates import chain
from storage import between, coordinating, matching
from storage.database import Database
from storage.tables import Enrolment, Person, Round

NOW = datetime(2027, 1, 12, 9, tzinfo=UTC)
TOP, LEAD, ADA, BRUNO, OTHER = 1, 2, 3, 4, 5
MANAGERS = {TOP: None, LEAD: TOP, ADA: LEAD, BRUNO: TOP, OTHER: BRUNO}


async def a_round(database: Database, **enrolled: int) -> None:
    """The company above, and a round in which these people have these states."""
    async with database.uow(NOW, 1) as uow:
        for person, manager in MANAGERS.items():
            uow.add(Person(email=f"{person}@a.example", name=str(person), manager_id=manager, manager_known=True))
            await uow.flush()
        uow.add(Round(name="Spring", coordinator_id=OTHER, state="enrolling", created_at=NOW))
        await uow.flush()
        uow.add_all(Enrolment(round_id=1, person_id=who, state=state) for state, who in enrolled.items())
        await uow.commit()


async def test_a_matching_reads_the_lines_of_its_people_alone(database: Database) -> None:
    await a_round(database, enrolled=ADA)
    async with database.uow(NOW, 1) as uow:
        world = await matching.world(uow, await uow.need(Round, 1))
    assert world.managers == {ADA: LEAD, LEAD: TOP, TOP: None} and world.unknown == frozenset()


async def test_above_a_round_is_everybody_above_who_takes_part_or_while_it_enrols_is_invited(
    database: Database,
) -> None:
    await a_round(database, enrolled=ADA, invited=OTHER)
    async with database.uow(NOW, 1) as uow:
        round = await uow.need(Round, 1)
        assert await coordinating.above(uow, round) == {LEAD, TOP, BRUNO}
        assert await coordinating.managing(uow, round, MANAGERS) == {LEAD, BRUNO}
        round.state = "matching"
        assert await coordinating.above(uow, round) == {LEAD, TOP}
        assert await coordinating.managing(uow, round, MANAGERS) == {LEAD}


async def test_the_lines_read_for_a_few_lead_to_whom_the_whole_company_s_would(database: Database) -> None:
    await a_round(database, **{state: who for who, state in enumerate(("enrolled", "invited", "declined"), TOP)})
    chance = random.Random(7)
    for _ in range(60):
        async with database.uow(NOW, 1) as uow:
            for person in await uow.all(uow.of(Person)):
                person.manager_id = chance.choice((None, *MANAGERS))
                person.manager_known = chance.random() < 0.7
            await uow.flush()
            company = await uow.all(uow.of(Person))
            managers = {person.pk: person.manager_id for person in company}
            above_some = {*managers.values()}
            unknown = frozenset(
                person.pk
                for person in company
                if not person.manager_known or (person.manager_id is None and person.pk not in above_some)
            )
            world = await matching.world(uow, await uow.need(Round, 1))
            few = await between.world_between(uow, world.round, world.people)
            for person_id in (one.person_id for one in world.people):
                line = chain(person_id, managers, unknown)
                assert chain(person_id, world.managers, world.unknown) == line
                assert chain(person_id, few.managers, few.unknown) == line
