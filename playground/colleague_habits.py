"""How simulated colleagues are: their temperaments, when they answer, and which button of a message they press.

Pure: chance is a `random.Random` that is handed over, time an argument.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from playground.reading import Button

OPENS, CLOSES = time(9), time(18)
SATURDAY = 5


class Temperament(StrEnum):
    """How a person answers to what the bot writes."""

    KEEN = "keen"
    LATE = "late"
    DECLINING = "declining"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Shares:
    """How many of a hundred colleagues have each temperament; the numbers need not add up to 100."""

    keen: float = 62
    late: float = 22
    declining: float = 8
    silent: float = 8

    def draw(self, chance: random.Random) -> Temperament:
        """A temperament with these odds; ValueError when all shares are zero."""
        weights = [self.keen, self.late, self.declining, self.silent]
        return chance.choices(list(Temperament), weights)[0]


def pressable(buttons: Iterable[Button]) -> tuple[Button, ...]:
    """Those that ask for an answer: not what only opens an address, nor what is folded away in a menu."""
    return tuple(button for button in buttons if not button.url and not button.menu)


def reaction_time(temperament: Temperament, now: datetime, zone: ZoneInfo, chance: random.Random) -> datetime | None:
    """When somebody gets to a message that came `now`: a moment of their working hours, UTC; None for never."""
    match temperament:
        case Temperament.SILENT:
            return None
        case Temperament.LATE:
            days, minutes = chance.randint(1, 3), chance.randint(0, 8 * 60)
            morning = datetime.combine((now.astimezone(zone) + timedelta(days=days)).date(), OPENS, zone)
            return in_working_hours(morning + timedelta(minutes=minutes), zone)
        case Temperament.KEEN | Temperament.DECLINING:
            return in_working_hours(now + timedelta(minutes=chance.randint(2, 50)), zone, chance.randint(0, 75))


def in_working_hours(moment: datetime, zone: ZoneInfo, late_by: int = 0) -> datetime:
    """The moment if it is in weekdays 9–18 of the zone, else the next opening plus `late_by` minutes. UTC."""
    local = moment.astimezone(zone).replace(second=0, microsecond=0)
    if local.weekday() < SATURDAY and OPENS <= local.time() < CLOSES:
        return local.astimezone(UTC)
    day = local.date() if local.time() < OPENS else local.date() + timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return (datetime.combine(day, OPENS, zone) + timedelta(minutes=late_by)).astimezone(UTC)


def choose_button(
    buttons: Sequence[Button], temperament: Temperament, pressed: Sequence[Button], chance: random.Random
) -> Button | None:
    """What a person presses who looks at these buttons and pressed `pressed` in this message before; None: nothing.

    After an earlier press only a main button or a new question counts: a lone side button ("Change") is left be.
    """
    if temperament is Temperament.SILENT:
        return None
    if temperament is Temperament.DECLINING and chance.random() < 0.5:
        refusals = [button for button in buttons if button.style != "primary"]
        return _last(refusals, pressed)
    calm = [button for button in buttons if button.style != "danger"]
    main = [button for button in calm if button.style == "primary"]
    if main:
        return main[0]
    if len(calm) < len(buttons):
        return None  # "Move", "Cancel": nothing is asked of somebody who is content
    if not pressed:
        return calm[0] if calm else None
    return _question(calm, {(button.action, button.value) for button in pressed})


def _last(buttons: Sequence[Button], pressed: Sequence[Button]) -> Button | None:
    return next((button for button in reversed(buttons) if button not in pressed), None)


def _question(buttons: Sequence[Button], pressed: set[tuple[str, str | None]]) -> Button | None:
    """The first button of the first group of two or more in which nothing was pressed yet."""
    for button in buttons:
        group = [other for other in buttons if other.row == button.row]
        if len(group) > 1 and not any((other.action, other.value) in pressed for other in group):
            return button
    return None
