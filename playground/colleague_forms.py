"""How simulated colleagues fill a form: something sensible in every input, by chance that is handed over.

Pure. Values are in the plain shape that the workspace's `press` and `submit` take.
"""

from __future__ import annotations

import random
from collections.abc import Collection
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from playground.workspace.inputs import VALUE_KEYS, options_of
from playground.workspace.model import Json, Person

KEEP = 0.7
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


def fill_form(blocks: Collection[Json], state: Json, person: Person, now: datetime, chance: random.Random) -> Json:
    """Values for every input of a form by block_id; `state` are the values that stand there now."""
    values = {}
    for block in blocks:
        if block["type"] == "input":
            element = block["element"]
            kept = state[block["block_id"]][element["action_id"]][VALUE_KEYS[element["type"]][0]]
            values[block["block_id"]] = answer(block, kept, person, now, chance)
    return values


def answer(block: Json, kept: Any, person: Person, now: datetime, chance: random.Random) -> Any:
    """What this person puts into one input where `kept` stands; None leaves it empty."""
    element = block["element"]
    match element["type"]:
        case "static_select" | "radio_buttons":
            return _one(element, kept, chance)
        case "multi_static_select":
            return _several(element, kept, chance)
        case "checkboxes":
            return _ticks(element, kept, chance)
        case "plain_text_input":
            return kept or _words(element, person, chance)
        case "number_input":
            return kept or _number(element, chance)
        case "email_text_input":
            return kept or person.email
        case "url_text_input":
            return kept or f"https://meet.example/{person.handle}"
        case "datepicker":
            return kept or _working_day(now, person, chance).date().isoformat()
        case "timepicker":
            return kept or f"{chance.randint(10, 16):02d}:00"
        case "datetimepicker":
            return kept or int(_working_day(now, person, chance).timestamp())
        case "users_select":
            return kept or (None if block.get("optional") else person.id)
    return kept or None


def _one(element: Json, kept: Json | None, chance: random.Random) -> str:
    if kept and chance.random() < KEEP:
        return str(kept["value"])
    return str(chance.choice(options_of(element))["value"])


def _several(element: Json, kept: list[Json], chance: random.Random) -> list[str]:
    if kept and chance.random() < KEEP:
        return [option["value"] for option in kept]
    options = options_of(element)
    wished = chance.randint(6, 10) if len(options) >= MANY_OPTIONS else chance.randint(2, 4)
    count = min(wished, len(options), element.get("max_selected_items", wished))
    return [option["value"] for option in _in_order(options, count, chance)]


def _ticks(element: Json, kept: list[Json], chance: random.Random) -> list[str]:
    options = element["options"]
    if len(options) <= FEW_OPTIONS:
        return [option["value"] for option in options]
    if kept and chance.random() < KEEP:
        return [option["value"] for option in kept]
    return [option["value"] for option in _in_order(options, chance.randint(2, 4), chance)]


def _in_order(options: list[Json], count: int, chance: random.Random) -> list[Json]:
    return [options[index] for index in sorted(chance.sample(range(len(options)), count))]


def _words(element: Json, person: Person, chance: random.Random) -> str:
    """One sentence or, where more is asked for, several; cut at a word where less is allowed."""
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
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


def _number(element: Json, chance: random.Random) -> str:
    least = Decimal(element.get("min_value", 1))
    most = Decimal(element.get("max_value", least + 4))
    return str(chance.randint(int(least.to_integral_value()), max(int(least), int(most))))


def _working_day(now: datetime, person: Person, chance: random.Random) -> datetime:
    """Eleven o'clock local, one to five working days ahead."""
    zone = ZoneInfo(person.tz)
    day, left = now.astimezone(zone).date(), chance.randint(1, 5)
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return datetime.combine(day, time(11), zone)
