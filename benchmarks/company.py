"""The sample company of 240 people, in a database, with a round that enrols."""

import csv
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlmodel import select

from bot.app import Inverso
from bot.cli.playing import bring_company, roster_bytes
from bot.domain.programme import STANDARD
from bot.domain.roster import parse_roster
from storage.organisations import the_organisation
from storage.tables import Enrolment, Person, Round


def members() -> list[dict[str, Any]]:
    """Everybody, as a Slack directory lists them."""
    rows = csv.DictReader(roster_bytes().decode().splitlines())
    return [
        {"id": f"U{number:04}", "tz": row["timezone"], "locale": "it-IT", "profile": {"email": row["email"]}}
        for number, row in enumerate(rows)
    ]


async def enrolling(inverso: Inverso) -> int:
    """Bring the company and open a round for everybody, without messages; the round's key."""
    await bring_company(inverso, parse_roster(roster_bytes()).good_rows)
    async with inverso.database.uow(inverso.clock.now()) as uow:
        uow.organisation_id = await the_organisation(uow)
        people: list[Person] = await uow.all(select(Person))
        coordinator = next(person for person in people if person.coordinator)
        round = uow.add(
            Round(
                name="Benchmark",
                state="enrolling",
                coordinator_id=coordinator.pk,
                sponsor_id=coordinator.pk,
                objectives=["digital_gap"],
                rules=asdict(STANDARD),
                checklist={"notice": "1"},
                created_at=uow.now,
                opened_at=uow.now,
                enrolment_ends_at=uow.now + timedelta(weeks=2),
            )
        )
        await uow.flush()
        uow.add_all(Enrolment(round_id=round.pk, person_id=person.pk) for person in people)
        await uow.commit()
        return round.pk
