"""Steps that stories share: they bring the stage to a state quickly, by writing rows where driving there is slow."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlmodel import select

from bot.content import lessons
from bot.domain.programme import STANDARD
from bot.flows.session import plan
from storage.tables import Enrolment, Pairing, Person, Round
from tests.stage import Stage


async def a_pair(
    stage: Stage,
    mentor: str,
    mentee: str,
    *,
    format: str = "blended",
    prepared: bool = True,
    slots: Sequence[str] = ("tue-09", "tue-14", "wed-09", "thu-14"),
) -> int:
    """A running round with this pair in it, its sessions planned and its first follow-ups promised; the pair's key."""
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        people: dict[str, Person] = {person.name: person for person in await uow.all(select(Person))}
        uow.organisation_id = people[mentor].organisation_id
        round = uow.add(
            Round(
                name="Spring",
                state="running",
                coordinator_id=people["Valentina Vitale"].pk,
                objectives=["digital_gap"],
                format=format,
                rules=asdict(STANDARD),
                created_at=uow.now,
                opened_at=uow.now,
                started_at=uow.now,
                ends_at=uow.now + timedelta(weeks=STANDARD.duration_weeks),
            )
        )
        await uow.flush()
        sides = [
            uow.add(_side(round, people[name], role, slots, prepared, uow.now))
            for name, role in ((mentor, "mentor"), (mentee, "mentee"))
        ]
        await uow.flush()
        pairing = uow.add(
            Pairing(
                round_id=round.pk,
                mentor_enrolment_id=sides[0].pk,
                mentee_enrolment_id=sides[1].pk,
                mentor_id=people[mentor].pk,
                mentee_id=people[mentee].pk,
                started_at=uow.now,
            )
        )
        await uow.flush()
        await plan.begin(uow, pairing, round)
        await uow.commit()
        return pairing.pk


def _side(round: Round, person: Person, role: str, slots: Sequence[str], prepared: bool, now: datetime) -> Enrolment:
    audience = {role, "both"}
    return Enrolment(
        round_id=round.pk,
        person_id=person.pk,
        state="paired",
        role=role,
        offers={"5.3": 4, "1.2": 3} if role == "mentor" else {"S1": 4, "S4": 3},
        wants=[["S1", 1]] if role == "mentor" else [["5.3", 1], ["1.2", 0]],
        languages=["it", "en"],
        slots=list(slots),
        formats=["blended"],
        enrolled_at=now,
        lessons=[code for code, lesson in lessons().items() if lesson.audience in audience] if prepared else [],
        prepared_at=now if prepared else None,
    )
