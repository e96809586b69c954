"""How simulated colleagues fill a form: something sensible in every input, by chance that is handed over.

Pure. Values are in the plain shape that a platform's `press` and `submit` take.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any, assert_never
from zoneinfo import ZoneInfo

from playground.model import Colleague, Json
from playground.reading import Field

KEEP = 0.7
YES = 0.85
MANY_OPTIONS = 15
FEW_OPTIONS = 3

SENTENCES = {
    "it": (
        "Vorrei capire meglio come lavora chi è più giovane di me.",
        "Mi piacerebbe usare gli strumenti digitali con più sicurezza.",
        "Preparare una presentazione più chiara per il mio gruppo.",
        "Provo un nuovo modo di organizzare le riunioni.",
        "Racconto un esempio del mio ultimo progetto.",
        "Leggo l’articolo di cui abbiamo parlato.",
        "Ascoltare di più prima di decidere.",
        "Un’ora a settimana per imparare qualcosa di nuovo.",
        "Ne parliamo al prossimo incontro.",
        "Chiedo un parere a due colleghi.",
    ),
    "en": (
        "I would like to understand better how younger colleagues work.",
        "I want to use our digital tools with more confidence.",
        "Prepare a clearer presentation for my team.",
        "I will try a new way of running our meetings.",
        "I will share an example from my latest project.",
        "Read the article that we talked about.",
        "Listen more before deciding.",
        "An hour a week to learn something new.",
        "Let us talk about it next time.",
        "Ask two colleagues what they think.",
    ),
}


def fill_form(fields: Iterable[Field], person: Colleague, now: datetime, chance: random.Random) -> Json:
    """Values for every field of a form, by name."""
    return {field.name: answer(field, person, now, chance) for field in fields}


def answer(field: Field, person: Colleague, now: datetime, chance: random.Random) -> Any:
    """What this person puts into one field; None leaves it empty. A colleague is put by name."""
    kept = field.kept
    match field.kind:
        case "one":
            return _one(field, chance)
        case "several":
            return _several(field, chance)
        case "ticks":
            return _ticks(field, chance)
        case "text":
            return kept or _words(field, person, chance)
        case "number":
            return kept or _number(field, chance)
        case "email":
            return kept or person.email
        case "url":
            return kept or f"https://meet.example/{person.handle}"
        case "date":
            return kept or _working_day(now, person, chance).date().isoformat()
        case "time":
            return kept or f"{chance.randint(10, 16):02d}:00"
        case "moment":
            return kept or int(_working_day(now, person, chance).timestamp())
        case "person":
            return kept or (None if field.optional else person.name)
        case "people":
            return kept or None
        case _:
            assert_never(field.kind)


def _one(field: Field, chance: random.Random) -> str:
    if field.kept and chance.random() < KEEP:
        return str(field.kept)
    if len(field.choices) == 2:  # most meetings are held, most people do mean it: a coin would be another company
        return field.choices[chance.random() >= YES].value
    return chance.choice(field.choices).value


def _several(field: Field, chance: random.Random) -> list[str]:
    if field.kept and chance.random() < KEEP:
        return list(field.kept)
    wished = chance.randint(6, 10) if len(field.choices) >= MANY_OPTIONS else chance.randint(2, 4)
    return _in_order(field, min(wished, len(field.choices), field.most_chosen or wished), chance)


def _ticks(field: Field, chance: random.Random) -> list[str]:
    if len(field.choices) <= FEW_OPTIONS:
        return [choice.value for choice in field.choices]
    if field.kept and chance.random() < KEEP:
        return list(field.kept)
    return _in_order(field, chance.randint(2, 4), chance)


def _in_order(field: Field, count: int, chance: random.Random) -> list[str]:
    return [field.choices[index].value for index in sorted(chance.sample(range(len(field.choices)), count))]


def _words(field: Field, person: Colleague, chance: random.Random) -> str:
    """One sentence or, where more is asked for, several; cut at a word where less is allowed."""
    least, most = int(field.least or 0), int(field.most or 3000)
    sentences = list(SENTENCES["it" if person.locale.startswith("it") else "en"])
    chance.shuffle(sentences)
    fitting = [sentence for sentence in sentences if least <= len(sentence) <= most]
    if fitting:
        return fitting[0]
    text = " ".join(sentences)
    text = " ".join([text] * (least // len(text) + 1))
    if least:
        return text[:least] + text[least:most].partition(" ")[0].rstrip()
    return text[:most].rpartition(" ")[0] or text[:most]


def _number(field: Field, chance: random.Random) -> str:
    least = Decimal(1) if field.least is None else field.least
    most = least + 4 if field.most is None else field.most
    return str(chance.randint(int(least.to_integral_value()), max(int(least), int(most))))


def _working_day(now: datetime, person: Colleague, chance: random.Random) -> datetime:
    """Eleven o'clock local, one to five working days ahead."""
    zone = ZoneInfo(person.tz)
    day, left = now.astimezone(zone).date(), chance.randint(1, 5)
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return datetime.combine(day, time(11), zone)
