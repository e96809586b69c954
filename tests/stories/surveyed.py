"""A round whose people have met and answered, written as rows: the ground on which reports are told."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlmodel import select

from bot.domain.programme import STANDARD
from bot.domain.survey import may_show_item, skill_item
from bot.flows.feedback.conversation import questions
from storage import surveys
from storage.tables import ActionItem, Enrolment, Goal, Pairing, Person, Question, Round, Session
from storage.uow import Uow
from tests.stage import Stage

SECRETS = {
    "goal": "Zanzibar-goal",
    "needs": "Zanzibar-needs",
    "action": "Zanzibar-action",
    "question": "Zanzibar-question",
    "open": "Zanzibar-open",
    "hidden": "Zanzibar-kept-private",
}
Choices = Mapping[str, int]


async def a_round(
    stage: Stage, pairs: int, answering: Sequence[bool] | None = None, *, state: str = "closing", seed: int = 7
) -> int:
    """A closing round of so many pairs that met; ``answering`` says who answers, mentors and mentees in turn."""
    chance = random.Random(seed)
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        people: list[Person] = await uow.all(select(Person).order_by(Person.email))
        uow.organisation_id = people[0].organisation_id
        coordinator = next(person for person in people if person.coordinator)
        others = [person for person in people if not person.coordinator]
        began = uow.now - timedelta(weeks=24)
        round = uow.add(
            Round(
                name="Spring",
                state=state,
                coordinator_id=coordinator.pk,
                objectives=["digital_gap", "innovation", "retention"],
                rules=asdict(STANDARD),
                created_at=began,
                opened_at=began,
                started_at=began,
                ends_at=uow.now,
                closing_at=uow.now,
            )
        )
        await uow.flush()
        for number in range(pairs):
            await _pair(uow, round, others[2 * number], others[2 * number + 1], chance)
        taking_part = [person.pk for person in others[: 2 * pairs]]
        await surveys.ask(uow, round.pk, taking_part, "close")
        said = answering if answering is not None else [True] * len(taking_part)
        for number, (person, answers) in enumerate(zip(taking_part, said, strict=True)):
            if answers:
                await _answer(uow, round, person, "mentee" if number % 2 else "mentor", number, chance)
        await uow.commit()
        return round.pk


async def _pair(uow: Uow, round: Round, mentor: Person, mentee: Person, chance: random.Random) -> None:
    began = round.started_at or uow.now
    sides = [
        uow.add(
            Enrolment(
                round_id=round.pk,
                person_id=person.pk,
                state="paired",
                role=role,
                wants=[["S1", 1]] if role == "mentor" else [["5.3", 1], ["1.2", 0]],
                sealed_needs=uow.box.seal(SECRETS["needs"]),
                enrolled_at=round.opened_at,
                prepared_at=round.opened_at,
            )
        )
        for person, role in ((mentor, "mentor"), (mentee, "mentee"))
    ]
    await uow.flush()
    uow.add(Goal(enrolment_id=sides[0].pk, number=1, sealed_text=uow.box.seal(SECRETS["goal"]), created_at=uow.now))
    pairing = uow.add(
        Pairing(
            round_id=round.pk,
            mentor_enrolment_id=sides[0].pk,
            mentee_enrolment_id=sides[1].pk,
            mentor_id=mentor.pk,
            mentee_id=mentee.pk,
            started_at=began,
        )
    )
    await uow.flush()
    for number in range(7):
        due = began + timedelta(days=7 + 22 * number)
        held = chance.random() < 0.85
        session = uow.add(
            Session(
                pairing_id=pairing.pk,
                number=number,
                state="held" if held else "not_held",
                topic="C1" if number == 6 else "D01",
                due_by=due,
                held_at=due + timedelta(days=chance.choice((-2, 0, 3, 9))) if held else None,
            )
        )
        await uow.flush()
        shared: dict[str, Any] = {
            "pairing_id": pairing.pk,
            "session_id": session.pk,
            "person_id": mentor.pk,
            "created_at": uow.now,
        }
        uow.add(ActionItem(**shared, sealed_text=uow.box.seal(SECRETS["action"])))
        uow.add(Question(**shared, sealed_text=uow.box.seal(SECRETS["question"])))


async def _answer(uow: Uow, round: Round, person: int, role: str, number: int, chance: random.Random) -> None:
    answers: dict[str, int | str | None] = {}
    for item in questions("close", role):
        answers[item] = chance.choice((3, 4, 4, 5, 5))
    answers |= {"REC": chance.choice((6, 8, 9, 10)), "DIG2": chance.randint(0, 1)}
    if role == "mentee":
        answers["DIG1"] = chance.randint(1, 9)
    for code in ("S1",) if role == "mentor" else ("5.3", "1.2"):
        answers |= {skill_item(code, "now"): chance.randint(1, 4), skill_item(code, "then"): chance.randint(0, 1)}
    allowed = number % 2 == 0
    answers |= {"OPEN2": SECRETS["open" if allowed else "hidden"], may_show_item("OPEN2"): int(allowed)}
    await surveys.record(uow, round.pk, person, role, "close", answers)
    base = {"ENG1": chance.choice((2, 3, 4)), "INN1": chance.choice((2, 3, 4)), "DIG2": chance.randint(0, 1)}
    await surveys.record(uow, round.pk, person, role, "base", base)
    for session in range(1, 4):
        taps = {"PUL1": 4, "PUL2": int(chance.random() < 0.8), "PUL3": int(chance.random() < 0.7)}
        await surveys.record(uow, round.pk, person, role, f"session:{session}", taps)
