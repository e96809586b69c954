"""Hands that enrol: the whole form, step by step, in either language."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import select

from storage.tables import Enrolment, Person, Round
from tests.stage import Stage, StageHand

OFFERS = {
    "en": ("Turn a repeated task into rules, formulas or simple automations", "Use new tools, AI included"),
    "it": ("Vedere dove va un progetto, e perché", "Decidere quando le informazioni sono incomplete"),
}
WANTS = {
    "en": ("See where a project is going, and why", "Know my strengths, wishes and limits"),
    "it": ("Trovare le informazioni che mi servono", "Usare strumenti nuovi, AI compresa"),
}
WORDS = {
    "en": {
        "read": ("Privacy and rules", ["I have read it"]),
        "role": "I would like to be",
        "other": "another programme",
        "no": "No",
        "offers": "Choose up to 6",
        "level": "On my own, in varied cases",
        "low": "With someone’s help",
        "wants": "What would you like",
        "first": "Which one matters most",
        "languages": ("Languages", ["Italian", "English"]),
        "slots": ("Good windows", ["Tuesday, 09:00–11:00", "Thursday, 14:00–16:00"]),
        "formats": ("How would you meet", ["A mix of in person and remote", "Remotely"]),
        "promises": "My commitment",
        "mentor": ["6 months or more", "I protect the time", "I take part myself"],
        "mentee": ["I protect the time", "I book the dates", "I take part myself"],
    },
    "it": {
        "read": ("Privacy e regole", ["Ho letto"]),
        "role": "Vorrei partecipare come",
        "other": "altro programma",
        "no": "No",
        "offers": "Scegline fino a 6",
        "level": "In autonomia, in casi diversi",
        "low": "Con l’aiuto di qualcuno",
        "wants": "Che cosa vorresti",
        "first": "Quale conta di più",
        "languages": ("Lingue", ["Italiano", "Inglese"]),
        "slots": ("Fasce adatte", ["Martedì, 09:00–11:00", "Giovedì, 14:00–16:00"]),
        "formats": ("Come vi incontrereste", ["Un po’ di persona, un po’ a distanza", "A distanza"]),
        "promises": "Il mio impegno",
        "mentor": ["almeno 6 mesi", "Proteggo il tempo", "Partecipo io"],
        "mentee": ["Proteggo il tempo", "Fisso le date", "Partecipo io"],
    },
}
Words = dict[str, Any]


async def send_invitations(stage: Stage, round_id: int, *names: str) -> None:
    """Promise what opening a round promises, to these people alone, and let it happen."""
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        uow.organisation_id = (await uow.all(select(Round)))[0].organisation_id
        for person in await uow.all(uow.of(Person)):
            if person.name in names:
                key = f"round:{round_id}:invite:{person.pk}"
                uow.promise("enrolment.invite", key, uow.now, person=person.pk, round=round_id)
        await uow.commit()
    await stage.settle()


async def row_of(stage: Stage, name: str) -> Enrolment:
    """The newest enrolment of that person."""
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        person = (await uow.all(select(Person).where(Person.name == name)))[0]
        rows = await uow.all(select(Enrolment).where(Enrolment.person_id == person.pk))
        found: Enrolment = max(rows, key=lambda row: row.pk)
        return found


async def reads_and_chooses_role(hand: StageHand, words: Words, role: str, other: str | None = None) -> None:
    """The first two steps."""
    await hand.fills(dict([words["read"]]))
    await hand.submits()
    await hand.fills({words["role"]: role, words["other"]: other or words["no"]})
    await hand.submits()


async def tells_skills(hand: StageHand, words: Words, offers: Sequence[str], wants: Sequence[str]) -> None:
    """Offers, their levels, wants, their levels, the last one first."""
    await hand.fills({words["offers"]: list(offers)})
    await hand.submits()
    await hand.fills(dict.fromkeys(offers, words["level"]) | {words["wants"]: list(wants)})
    await hand.submits()
    await hand.fills({words["first"]: wants[-1]} | dict.fromkeys(wants, words["low"]))
    await hand.submits()


async def tells_how_to_meet(hand: StageHand, words: Words, **more: Any) -> None:
    """Week (``slots``: other windows than the two that all choose), formats, and whatever else is given by label."""
    label, usual = words["slots"]
    await hand.fills(dict([words["languages"], (label, more.pop("slots", usual))]))
    await hand.submits()
    await hand.fills(dict([words["formats"]]) | more.pop("more", {}))
    await hand.submits()


async def enrols(hand: StageHand, language: str, role: str, **more: Any) -> None:
    """From the first step, which is open, to the end."""
    words: Words = WORDS[language]
    await reads_and_chooses_role(hand, words, role.capitalize())
    await tells_skills(hand, words, OFFERS[language], WANTS[language])
    await tells_how_to_meet(hand, words, **more)
    await hand.fills({words["promises"]: words[role]})
    await hand.submits()
