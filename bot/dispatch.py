"""Way in 1, an event now: who → what → one unit of work → commit → reply. The only place where actions are found."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from bot.flows import talk
from bot.flows.commands import Commands
from bot.flows.present import present
from bot.flows.turns import (
    Commanded,
    Conversation,
    Event,
    Feature,
    Filed,
    HomeOpened,
    May,
    Pressed,
    Refused,
    Reopened,
    Replace,
    Reply,
    ShowHome,
    Submitted,
    Tell,
    Turn,
    Typed,
    Verb,
    What,
    outdated_button,
)
from bot.ui.cards import card
from bot.ui.words import T
from storage import nudges
from storage.accounts import find_actor, find_actor_and_talk, learn
from storage.database import Database
from storage.reach import out_of_reach
from storage.tables import SeenEvent
from storage.uow import Uow

log = structlog.get_logger()
AT_ONCE = 6
"""Events that are answered at once: of ten connections, the relay has the other four. More would not be answered
sooner; of a hundred that come together, each costs a fifth less while the others have not begun."""


class UnknownActor(LookupError):
    """Nobody of the roster is linked to this account yet."""


class SeenBefore(Exception):  # a fact, not a fault
    """This delivery was acted on already."""


@dataclass(frozen=True)
class Answer:
    """What the gateway draws, in which language, and on which message a conversation that ended had begun."""

    reply: Reply
    language: str
    origin: str = ""


@dataclass
class Dispatcher:
    """Finds the action of an event and answers it. ``wake`` hears of the nearest promise made."""

    database: Database
    features: tuple[Feature, ...]
    clock: Callable[[], datetime]
    wake: Callable[[datetime | None], None]
    base_url: str = ""
    verbs: Mapping[str, Verb] = field(init=False)
    conversations: Mapping[str, Conversation] = field(init=False)
    commands: Commands = field(init=False)
    room: asyncio.Semaphore = field(default_factory=partial(asyncio.Semaphore, AT_ONCE))

    def __post_init__(self) -> None:
        self.verbs = {name: verb for feature in self.features for name, verb in feature.verbs.items()}
        self.conversations = {
            conversation.flow.name: conversation for feature in self.features for conversation in feature.conversations
        }
        self.commands = Commands([command for feature in self.features for command in feature.commands])

    async def handle(self, event: Event) -> Answer:
        """Answer an event. Raises ``UnknownActor`` (nobody linked) and ``SeenBefore`` (a delivery repeated)."""
        async with self.room, self.database.uow(self.clock()) as uow:
            uow.answers = True
            if event.key is not None:
                await _once(uow, event.key)
            turn = await self._turn(uow, event)
            learn(turn.actor, event.seen.conversation, event.seen.locale, event.seen.timezone)
            language = turn.person.language
            try:
                reply = await self._act(turn, event)
                nearest = await uow.commit()
            except Refused as refusal:
                await uow.rollback()
                return Answer(_refusal(refusal, event.what), language)
            except Exception as error:
                await uow.rollback()
                failed = {"what": type(event.what).__name__, "verb": getattr(event.what, "verb", "")}
                if trouble := out_of_reach(error):
                    log.warning("store_out_of_reach", trouble=trouble, **failed)
                else:
                    log.exception("action_failed", **failed)
                return Answer(_refusal(Refused(T("form.our_fault")), event.what), language)
        self.wake(nearest)
        return Answer(reply, language, turn.origin)

    async def _turn(self, uow: Uow, event: Event) -> Turn:
        """Who acts, and the conversation that a form belongs to, in one query."""
        who, talk = (event.platform, event.workspace, event.account), None
        if isinstance(event.what, Submitted | Reopened):
            found = await find_actor_and_talk(uow, *who, event.what.token)
            actor, talk = found if found is not None else (None, None)
        else:
            actor = await find_actor(uow, *who)
        if actor is None:
            raise UnknownActor(event.account)
        turn = Turn(uow, actor, uow.now, origin=event.origin, base_url=self.base_url, talk=talk)
        turn.by_address = event.by_address
        return turn

    async def _act(self, turn: Turn, event: Event) -> Reply:
        match event.what:
            case Pressed() as pressed:
                return await self._press(turn, pressed)
            case Submitted() as submitted:
                return await talk.go_on(turn, self.conversations, submitted)
            case Reopened():
                return await talk.again(turn, self.conversations)
            case HomeOpened():
                return ShowHome(await present(turn, self.features, home=True))
            case Commanded(words) | Typed(words):
                return await self._command(turn, words)
            case Filed(name, data):
                return await self._file(turn, name, data)

    async def _press(self, turn: Turn, pressed: Pressed) -> Reply:
        verb = self.verbs.get(pressed.verb)
        if verb is None:
            raise outdated_button()
        turn.id, turn.values = pressed.id, pressed.values
        if pressed.nudge is not None:
            await nudges.answered(turn.uow, turn.person.pk, pressed.nudge)
        if verb.typed:
            return await self._command(turn, pressed.id)
        return await self._allowed(turn, verb.act, verb.may, pressed.verb)

    async def _command(self, turn: Turn, words: str) -> Reply:
        if not words.strip():
            return Replace(await present(turn, self.features))
        command, rest = self.commands.find(words, turn.person.language, coordinator=turn.person.coordinator)
        turn.words = rest
        return await self._allowed(turn, command.act, command.may, command.words["en"][0])

    async def _file(self, turn: Turn, name: str, data: bytes | None) -> Reply:
        take = next(feature.file for feature in self.features if feature.file is not None)
        return await self._allowed(turn, lambda turn: take(turn, name, data), "coordinator", "file")

    async def _allowed(self, turn: Turn, act: Callable[[Turn], Awaitable[Reply]], may: May, name: str) -> Reply:
        """The one place that asks who may do what; coordinators' doings are written to the audit log."""
        if may == "coordinator":
            if not turn.person.coordinator:
                raise Refused(T("form.coordinators_only"))
            turn.uow.audit(turn.person, name, turn.id)
        return await act(turn)


async def _once(uow: Uow, key: str) -> None:
    try:
        await uow.session.execute(insert(SeenEvent).values(key=key, seen_at=uow.now))
    except IntegrityError as error:
        raise SeenBefore(key) from error


def of_nobody(event: Event, language: str) -> Answer:
    """The answer to an account that nobody of the roster has."""
    return Answer(_refusal(Refused(T("home.unknown_person")), event.what), language)


def _refusal(refusal: Refused, what: What) -> Reply:
    """A form closes when it is refused, so what was typed into it is shown again."""
    if isinstance(what, Submitted) and (typed := (*refusal.typed, *what.typed)):
        return Replace(talk.handed_back(refusal.card or card(refusal.words), typed))
    return Replace(refusal.card) if refusal.card is not None else Tell(card(refusal.words))
