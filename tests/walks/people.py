"""What people do by chance: press one of the buttons before them, fill a form somehow, come late, twice, or never."""

import heapq
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from bot.dispatch import Answer
from bot.flows.turns import Commanded, HomeOpened, Pressed, Replace, Reply, ShowForm, ShowHome, Submitted, Tell, What
from bot.ui.cards import Button, Buttons, Card, Row
from bot.ui.forms import ChoiceField, DateField, Field, ManyField, NumberField, PersonField, TextField, TimeField
from tests.walks.company import Company, Message

COMMANDS = (
    *("pause", "resume", "leave", "book", "move", "cancel", "session", "question"),
    *("goals", "pact", "exchange", "profile", "withdraw", "join", "ask", "ready", "hand", "diary", "assistant"),
)
OF_THE_COORDINATOR = (
    *("round review", "round review", "round review", "round status", "rounds"),
    *("round add", "round add", "closures", ""),
)
MOST_STEPS, MOST_PRESSES = 25, 4
CONTENT = 0.85
PATIENCE = 25
"""Things that somebody does in a day."""


@dataclass(frozen=True)
class Habits:
    """How likely somebody answers a message, says the main thing, comes back to an old button, has a whim in a day."""

    answers: float
    main: float
    late_days: float
    old: float
    whim: float
    abandons: float = 0.05
    danger: float = 0.4


KINDS = {
    "keen": Habits(answers=0.98, main=0.95, late_days=0.2, old=0.03, whim=0.02),
    "busy": Habits(answers=0.75, main=0.8, late_days=3.0, old=0.1, whim=0.03),
    "fickle": Habits(answers=0.9, main=0.4, late_days=1.0, old=0.3, whim=0.08, abandons=0.2),
    "silent": Habits(answers=0.1, main=0.7, late_days=6.0, old=0.1, whim=0.01),
}
WEIGHTS = {"keen": 50, "busy": 25, "fickle": 15, "silent": 10}
SECRETARY = Habits(answers=0.95, main=0.97, late_days=0.5, old=0.01, whim=0.15, danger=0.01)


@dataclass
class Mind:
    """One person: their chance, their habits, the buttons that they have before them."""

    account: str
    zone: ZoneInfo
    chance: random.Random
    habits: Habits
    buttons: list[tuple[Button, int | None]] = field(default_factory=list)
    commands: tuple[str, ...] = COMMANDS
    done: tuple[date, int] = (date.min, 0)


@dataclass
class Crowd:
    """Everybody. ``told`` hears what somebody does, before it is done."""

    company: Company
    minds: dict[str, Mind]
    told: Callable[[str, What], None] = lambda _who, _what: None
    heap: list[tuple[datetime, int, str, Message | None]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    def come(self, message: Message) -> None:
        """A message arrived: whether, and when, it will be looked at."""
        mind = self.minds[message.account]
        mind.buttons += [(button, message.nudge) for button in buttons_of(message.card)]
        del mind.buttons[:-60]
        if mind.chance.random() < mind.habits.answers:
            minutes = mind.chance.expovariate(1 / (mind.habits.late_days * 24 * 60)) + 1
            self.plan(message.at + timedelta(minutes=minutes), mind, message)
        if mind.chance.random() < mind.habits.old:
            self.plan(message.at + timedelta(days=mind.chance.random() * 20), mind, message)

    def plan(self, at: datetime, mind: Mind, message: Message | None) -> None:
        heapq.heappush(self.heap, (_awake(at, mind), next(self.numbers), mind.account, message))

    def begin(self) -> None:
        """Everybody's first whim."""
        for mind in self.minds.values():
            self._next_whim(mind)

    def _next_whim(self, mind: Mind) -> None:
        self.plan(self.company.now + timedelta(days=mind.chance.expovariate(mind.habits.whim)), mind, None)

    def next_due(self) -> datetime | None:
        return self.heap[0][0] if self.heap else None

    async def act(self) -> None:
        """What is due now."""
        while self.heap and self.heap[0][0] <= self.company.now:
            _, _, account, message = heapq.heappop(self.heap)
            if account in self.company.letters.gone:
                continue
            mind = self.minds[account]
            if message is None:
                await self._whim(mind)
                self._next_whim(mind)
            else:
                await self._looks_at(mind, message.card, message.nudge)

    async def _whim(self, mind: Mind) -> None:
        """A command, the page, or a button of long ago."""
        what = mind.chance.random()
        if what < 0.3 and mind.buttons:
            button, nudge = mind.chance.choice(mind.buttons)
            if button.style == "danger" and mind.chance.random() > mind.habits.danger:
                return
            await self._presses(mind, button, nudge, MOST_PRESSES)
        elif what < (0.4 if mind.habits is SECRETARY else 0.6):
            await self._does(mind, HomeOpened(), MOST_PRESSES)
        else:
            await self._does(mind, Commanded(mind.chance.choice(mind.commands)), MOST_PRESSES)

    async def _looks_at(self, mind: Mind, card: Card, nudge: int | None, left: int = MOST_PRESSES) -> None:
        button = _chosen(buttons_of(card), mind)
        if button is not None and left:
            await self._presses(mind, button, nudge, left)
            if mind.chance.random() < mind.habits.old / 2:
                await self._presses(mind, button, nudge, 0)

    async def _presses(self, mind: Mind, button: Button, nudge: int | None, left: int) -> None:
        await self._does(mind, Pressed(button.verb, button.id, nudge=nudge), left - 1)

    async def _does(self, mind: Mind, what: What, left: int) -> None:
        today = self.company.now.date()
        mind.done = (today, mind.done[1] + 1 if mind.done[0] == today else 1)
        if mind.done[1] > PATIENCE:
            return
        self.told(mind.account, what)
        answer = await self.company.does(mind.account, what)
        await self._reads(mind, answer, left)

    async def _reads(self, mind: Mind, answer: Answer, left: int) -> None:
        reply = await self._through_forms(mind, answer.reply)
        if isinstance(reply, Replace | Tell | ShowHome):
            mind.buttons += [(button, None) for button in buttons_of(reply.card)]
            if left > 0 and mind.chance.random() < 0.6:
                await self._looks_at(mind, reply.card, None, left)

    async def _through_forms(self, mind: Mind, reply: Reply) -> Reply:
        for _ in range(MOST_STEPS):
            if not isinstance(reply, ShowForm) or mind.chance.random() < mind.habits.abandons:
                break
            kept = {} if reply.errors else reply.answers
            values = {one.name: _filled(one, kept.get(one.name), mind, self.company.now) for one in reply.form.fields}
            back = not reply.first and mind.chance.random() < 0.03
            what = Submitted(reply.token, reply.step, values, back)
            self.told(mind.account, what)
            reply = (await self.company.does(mind.account, what)).reply
        return reply


def buttons_of(card: Card) -> list[Button]:
    """All that can be pressed on a card, as far as the bot hears of it."""
    found: list[Any] = []
    for block in card.blocks:
        found += block.buttons if isinstance(block, Buttons) else [block.button] if isinstance(block, Row) else []
    return [button for button in found if isinstance(button, Button)]


def _chosen(buttons: list[Button], mind: Mind) -> Button | None:
    """The main one as a rule; else any, a dangerous one seldom."""
    main = [button for button in buttons if button.style == "primary"]
    if main and mind.chance.random() < mind.habits.main:
        return main[0]
    if not main and any(button.style == "danger" for button in buttons) and mind.chance.random() < CONTENT:
        return None  # "Move", "Cancel": nothing is asked of somebody who is content
    weights = [mind.habits.danger if button.style == "danger" else 1.0 for button in buttons]
    chosen = mind.chance.choices(buttons, weights)[0] if buttons else None
    sure = chosen is None or chosen.style != "danger" or mind.chance.random() < mind.habits.danger
    return chosen if sure else None


def _filled(item: Field, kept: Any, mind: Mind, now: datetime) -> Any:
    chance = mind.chance
    if kept and chance.random() < 0.8:
        return kept
    if item.optional and chance.random() < 0.3:
        return None
    match item:
        case TextField():
            return ("words " * (item.min_length // 6 + 2))[: item.max_length]
        case ChoiceField():
            codes = [option.code for option in item.options]
            return codes[0] if chance.random() < 0.6 else chance.choice(codes)
        case ManyField():
            codes = [option.code for option in item.options]
            most = min(item.most or 6, len(codes))
            return chance.sample(codes, chance.randint(1, most)) if codes else []
        case NumberField():
            return str(chance.randint(item.least, item.most))
        case DateField():
            return (now.astimezone(mind.zone).date() + timedelta(days=chance.randint(1, 21))).isoformat()
        case TimeField():
            return f"{chance.randint(9, 17):02}:00"
        case PersonField():
            return [] if item.many else f"p{chance.randint(0, 12)}"


def _awake(at: datetime, mind: Mind) -> datetime:
    """People sleep, and some work on Saturdays."""
    local = at.astimezone(mind.zone)
    while not 7 <= local.hour < 22 or local.weekday() == 6:
        local = (local + timedelta(hours=1)).replace(minute=mind.chance.randint(0, 59))
    return local
