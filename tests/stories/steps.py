"""Steps that stories share: they bring the stage to a state quickly, by writing rows where driving there is slow."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.content import lessons, skills
from bot.domain.programme import CHECKLIST, STANDARD, RoundRules, suggested_role
from bot.domain.slots import SLOTS
from bot.flows.matching.runs import promise_asking
from bot.flows.preparation.path import path
from bot.flows.programme.rounds import begin_matching, open_enrolment
from bot.flows.session import plan
from storage import runs
from storage.tables import Enrolment, Pairing, Person, Proposal, Round
from storage.uow import Uow
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
        await plan.begin(uow, [pairing], round)
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


async def round_that_enrols(stage: Stage, *, format: str = "blended", weeks: int = 2) -> int:
    """A round that everybody but its coordinator is invited to, without any message about it; the round's key."""
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        people: list[Person] = await uow.all(select(Person))
        by_name = {person.name: person for person in people}
        coordinator = by_name["Valentina Vitale"]
        uow.organisation_id = coordinator.organisation_id
        round = uow.add(
            Round(
                name="Spring",
                state="enrolling",
                coordinator_id=coordinator.pk,
                sponsor_id=by_name["Kwame Mensah"].pk,
                objectives=["digital_gap"],
                format=format,
                rules=asdict(STANDARD),
                checklist={"notice": "Notice 3", "tool": "Meet and Miro"},
                created_at=uow.now,
                opened_at=uow.now,
                enrolment_ends_at=uow.now + timedelta(weeks=weeks),
            )
        )
        await uow.flush()
        uow.add_all(
            Enrolment(round_id=round.pk, person_id=person.pk) for person in people if person.pk != coordinator.pk
        )
        await uow.commit()
        return round.pk


async def enrol(
    stage: Stage,
    round_id: int,
    names: Iterable[str],
    role: str | None = None,
    *,
    offers: dict[str, int] | None = None,
    wants: list[list[object]] | None = None,
    slots: Sequence[str] | None = None,
    languages: Sequence[str] | None = None,
    prepared: bool = True,
    seed: int = 0,
) -> None:
    """Write that these people have enrolled, each with what a person of their role sensibly answers.

    What is not given is chosen by ``seed``: mentors offer digital skills and want soft ones, mentees the reverse; the
    role without ``role`` is the one suggested for the career stage. ``prepared``: with all lessons done.
    """
    chance = random.Random(seed)
    wanted = set(names)
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        uow.organisation_id = (await uow.all(select(Round).where(Round.id == round_id)))[0].organisation_id
        people = [person for person in await uow.all(uow.of(Person).order_by(Person.id)) if person.name in wanted]
        rows = {row.person_id: row for row in await uow.all(uow.of(Enrolment).where(Enrolment.round_id == round_id))}
        for person in people:
            row = rows.get(person.pk) or uow.add(Enrolment(round_id=round_id, person_id=person.pk))
            row.role = role or suggested_role(person.career_stage)
            _answers(row, person, chance)
            row.offers = offers if offers is not None else row.offers
            row.wants = wants if wants is not None else row.wants
            row.slots = list(slots) if slots is not None else row.slots
            row.languages = list(languages) if languages is not None else row.languages
            row.notice_version, row.notice_at, row.enrolled_at = "Notice 3", uow.now, uow.now
            row.state = "prepared" if prepared else "enrolled"
            row.lessons = [lesson.code for lesson in path(row.role)] if prepared else []
            row.prepared_at = uow.now if prepared else None
        await uow.commit()


async def everybody_enrols(stage: Stage, round_id: int, seed: int = 0) -> None:
    """Enrol all who are invited to the round, but those in a shadowing programme."""
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        invited = select(Person.name).join(Enrolment, col(Enrolment.person_id) == Person.id)
        invited = invited.where(Enrolment.round_id == round_id, Person.other_programme == "")
        names = await uow.all(invited)
    await enrol(stage, round_id, names, seed=seed)


def _answers(row: Enrolment, person: Person, chance: random.Random) -> None:
    digital = [code for code, skill in skills().items() if skill.digital]
    soft = [code for code, skill in skills().items() if not skill.digital]
    offered, wanted = (digital, soft) if row.role == "mentor" else (soft, digital)
    row.offers = {code: chance.randint(2, 4) for code in chance.sample(offered, chance.randint(3, 6))}
    row.wants = [[code, chance.randint(0, 2)] for code in chance.sample(wanted, chance.randint(2, 4))]
    row.languages = list(person.languages)
    row.slots = sorted(chance.sample(SLOTS, chance.randint(5, 10)), key=SLOTS.index)
    row.formats = ["blended", "in_person", "remote"]
    row.place = person.site
    row.capacity = 1


async def draft_round(
    stage: Stage,
    *,
    name: str = "Spring",
    coordinator: str = "Valentina Vitale",
    sponsor: str = "Kwame Mensah",
    format: str = "blended",
    objectives: Sequence[str] = ("digital_gap",),
    rules: RoundRules = STANDARD,
    invited: dict[str, list[str]] | None = None,
    weeks: float = 2,
    state: str = "draft",
) -> int:
    """A whole draft, ready to be opened, whose enrolment would end ``weeks`` from now; the round's key."""
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        people = {person.name: person for person in await uow.all(select(Person))}
        uow.organisation_id = people[coordinator].organisation_id
        round = uow.add(
            Round(
                name=name,
                state=state,
                coordinator_id=people[coordinator].pk,
                sponsor_id=people[sponsor].pk,
                objectives=list(objectives),
                format=format,
                rules=asdict(rules),
                invited=invited or {},
                checklist=dict.fromkeys(CHECKLIST, "Ref. 2027/1"),
                created_at=uow.now,
                enrolment_ends_at=uow.now + timedelta(weeks=weeks),
            )
        )
        await uow.commit()
        return round.pk


async def open_round(stage: Stage, **options: object) -> int:
    """A round that is enrolling, opened as its coordinator would: invitations and the end of enrolment are promised.

    ``options`` are those of ``draft_round``. Nothing has been sent yet: ``stage.settle()`` sends what is due.
    """
    round_id = await draft_round(stage, **options, state="enrolling")  # type: ignore[arg-type]  # passed through
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        round = (await uow.all(select(Round).where(Round.id == round_id)))[0]
        uow.organisation_id = round.organisation_id
        round.opened_at = uow.now
        await open_enrolment(uow, round)
        await uow.commit()
    return round_id


async def approve_pairs(stage: Stage, round_id: int) -> None:
    """End the enrolment of the round, let the pairs be worked out, and approve them as its coordinator does.

    A minute later those mentees have their first question whom the clock lets be asked.
    """
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        round = (await uow.all(select(Round).where(Round.id == round_id)))[0]
        uow.organisation_id = round.organisation_id
        begin_matching(uow, round)
        await uow.commit()
    await stage.settle()
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        await _belongs(uow, round_id)
        found = await runs.latest(uow, round_id)
        assert found is not None and found[1] is not None
        run = found[1]
        run.begun_at = run.approved_at = uow.now
        promise_asking(uow, run)
        await uow.commit()
    await stage.move(minutes=1)


async def accept_everything(stage: Stage, round_id: int) -> list[int]:
    """Let everybody who is asked about a name say yes, without waiting for the question; the keys of the pairings."""
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        await _belongs(uow, round_id)
        for proposal in await uow.all(uow.of(Proposal).where(Proposal.round_id == round_id)):
            if proposal.state in ("reviewed", "proposed_to_mentee", "proposed_to_mentor"):
                proposal.state, proposal.answered_at = "accepted", uow.now
                uow.promise("pairing.form", f"proposal:{proposal.pk}:form", uow.now, proposal=proposal.pk)
        await uow.commit()
    await stage.settle()
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        await _belongs(uow, round_id)
        pairings = await uow.all(uow.of(Pairing).where(Pairing.round_id == round_id).order_by(Pairing.id))
        return [pairing.pk for pairing in pairings]


async def _belongs(uow: Uow, round_id: int) -> None:
    """Name the organisation of the round to the unit of work."""
    uow.organisation_id = (await uow.all(select(Round).where(Round.id == round_id)))[0].organisation_id
