"""What follows an activity: the dispatcher's answer, drawn where Teams takes it.

An invoke is answered in its own HTTP response, as soon as the transaction is committed. Calls out that draw the answer
in the chat follow in the nursery; they are tried once: what was pressed is saved, and the next press shows it.
"""

from collections.abc import Awaitable, Container
from dataclasses import dataclass, field
from typing import Any, assert_never

import aiohttp
import structlog

from bot.dispatch import Answer, Dispatcher, SeenBefore, UnknownActor, of_nobody
from bot.flows.turns import Close, Commanded, Filed, Replace, ShowForm, ShowHome, Tell, What
from bot.handlers.download import Downloads
from bot.handlers.teams import dialogs, render
from bot.handlers.teams.connector import Connector, ConnectorError
from bot.handlers.teams.files import Files, put
from bot.handlers.teams.inputs import PEOPLE
from bot.handlers.teams.parse import Arrival, Spot, brought, event, file_of, table
from bot.handlers.teams.people import People
from bot.handlers.teams.render import Pen
from bot.handlers.teams.wording import plain
from bot.handlers.wording import Json
from bot.locales import Say, language_of, speaker
from bot.nursery import Nursery
from bot.ui.cards import Card, Divider, Paragraph, card
from bot.ui.words import T
from storage.accounts import Came
from storage.jobs import Held

log = structlog.get_logger()
MOST_FOUND = 15
"""So many results a drop-down shows."""
ON_A_MESSAGE = ("brought", "kept")


@dataclass
class Answering:
    """Joins arrivals to the dispatcher. ``forms``: the verbs whose buttons open a dialog."""

    dispatcher: Dispatcher
    people: People
    connector: Connector
    nursery: Nursery
    files: Files
    forms: Container[str] = ()
    downloads: Downloads = field(default_factory=Downloads)
    pen: Pen = field(init=False)

    def __post_init__(self) -> None:
        self.pen = Pen(self.forms)

    async def answer(self, arrived: Arrival) -> Json:
        """The body of the response; an empty one where nothing waits for it. A fault of ours is an apology."""
        try:
            here = arrived.private or arrived.kind in ON_A_MESSAGE
            return await self._answer(arrived) if here else self._elsewhere(arrived)
        except Exception:
            log.exception("activity_failed", kind=arrived.kind)
            return self._instead(arrived, card(T("form.our_fault")))

    def _elsewhere(self, arrived: Arrival) -> Json:
        """In channels and groups it points to the private chat, whatever is asked of it or pressed there."""
        return self._instead(arrived, card(T("home.write_in_private")))

    def _instead(self, arrived: Arrival, words: Card) -> Json:
        """These words, in place of an answer and where it would have stood."""
        say = speaker(language_of(arrived.locale))
        match arrived.kind:
            case "pressed" if arrived.invoke:
                return dialogs.words_answer(render.summarised(words, say))
            case "fetched" | "sent" | "brought" | "kept":
                return dialogs.notice(words, say, self.pen)
            case "typed" | "pressed" | "filed":
                self._say(arrived, words, say)
            case _:
                pass
        return {}

    async def _answer(self, arrived: Arrival) -> Json:
        match arrived.kind:
            case "typed":
                return await self._typed(arrived)
            case "pressed":
                return await self._pressed(arrived)
            case "fetched" | "sent":
                return await self._in_dialog(arrived)
            case "brought" | "kept":
                return await self._on_a_message(arrived)
            case "searched":
                return await self._searched(arrived)
            case "came":
                return await self._came(arrived)
            case "went":
                await self.people.went(arrived)
            case "consented":
                await self._consented(arrived)
            case "filed":
                self.nursery.start("teams.filed", self._filed(arrived))
            case "ignored":
                pass
            case _:
                assert_never(arrived.kind)
        return {}

    async def _ask(self, arrived: Arrival, what: What | None = None) -> Answer | None:
        """The dispatcher's answer; links an unknown account to the roster first. None: acted on before."""
        happened = event(arrived, what)
        try:
            return await self.dispatcher.handle(happened)
        except SeenBefore:
            return None
        except UnknownActor:
            await self.people.link(arrived)
        try:
            return await self.dispatcher.handle(happened)
        except (UnknownActor, SeenBefore):
            return of_nobody(happened, language_of(arrived.locale))

    async def _typed(self, arrived: Arrival) -> Json:
        answer = await self._ask(arrived)
        if answer is not None:
            self._reply(arrived, answer)
        return {}

    def _reply(self, arrived: Arrival, answer: Answer) -> None:
        """The answer as a message of its own."""
        say = speaker(answer.language)
        match answer.reply:
            case ShowForm() as shown:
                self._post(arrived.spot, dialogs.reopening(shown, say))
            case Replace(content) | Tell(content) | ShowHome(content):
                self._say(arrived, content, say)
            case Close():
                pass
            case _:
                assert_never(answer.reply)

    async def _pressed(self, arrived: Arrival) -> Json:
        """A button in a message; its answer is shown at once, and put into the message so that it lasts."""
        answer = await self._ask(arrived)
        if answer is None:
            return {}
        say = speaker(answer.language)
        match answer.reply:
            case Replace(content):
                self._edit(arrived.spot, arrived.card, content, say)
                return dialogs.card_answer(content, say, self.pen) if arrived.invoke else {}
            case Tell(content) if arrived.invoke and _words_alone(content):
                return dialogs.words_answer(render.summarised(content, say))
            case Tell() | ShowForm() | ShowHome():
                self._reply(arrived, answer)
            case Close():
                pass
            case _:
                assert_never(answer.reply)
        return dialogs.words_answer(plain(say, T("form.answer_below"))) if arrived.invoke else {}

    async def _on_a_message(self, arrived: Arrival) -> Json:
        """An action on a message of any chat, and what is sent from its dialog, which that person alone sees.

        Who is not known yet is pointed to the private chat: this place is no address to write to. Who is known no
        longer has what they typed back.
        """
        happened = event(arrived, brought(arrived) if arrived.kind == "brought" else None)
        try:
            answer = await self.dispatcher.handle(happened)
        except UnknownActor:
            if arrived.kind == "brought":
                return self._elsewhere(arrived)
            answer = of_nobody(happened, language_of(arrived.locale))
        return self._dialog_of(arrived, answer)

    async def _in_dialog(self, arrived: Arrival) -> Json:
        """A button that opens a dialog, or anything sent from within one."""
        answer = await self._ask(arrived)
        return self._dialog_of(arrived, answer) if answer is not None else {}

    def _dialog_of(self, arrived: Arrival, answer: Answer) -> Json:
        say = speaker(answer.language)
        match answer.reply:
            case ShowForm() as shown:
                return dialogs.dialog(shown, say, self.pen)
            case Replace(content) if arrived.kind == "sent" and answer.origin.startswith("m:"):
                place, _, activity = answer.origin.removeprefix("m:").partition("|")
                self._edit(Spot.of(place), activity, content, say)
                return {}
            case Replace(content) | Tell(content) | ShowHome(content):
                return dialogs.notice(content, say, self.pen)
            case Close():
                return {}
            case _:
                assert_never(answer.reply)

    async def _searched(self, arrived: Arrival) -> Json:
        words, dataset = arrived.value.get("queryText"), arrived.value.get("dataset")
        if dataset != PEOPLE or not isinstance(words, str):
            return dialogs.found([])
        return dialogs.found(await self.people.search(arrived, words[:100], MOST_FOUND))

    async def _consented(self, arrived: Arrival) -> None:
        """The person agreed to a file, or not; the card that asked says which."""
        job, name, language = await self.files.consented(arrived)
        say = speaker(language or language_of(arrived.locale))
        place = table(arrived.value.get("uploadInfo"))
        if arrived.value.get("action") != "accept":
            self._edit(arrived.spot, arrived.card, card(T("form.no_file")), say)
        elif job is None or not isinstance(place.get("uploadUrl"), str):
            self._edit(arrived.spot, arrived.card, card(T("form.file_is_gone")), say)
        else:
            self.nursery.start("teams.file", _drawn("file", self._put(arrived, job, name, place, say)))

    async def _put(self, arrived: Arrival, job: Held, name: str, place: Json, say: Say) -> None:
        file = await self.files.again(job, name)
        if file is None:
            self._edit(arrived.spot, arrived.card, card(T("form.file_is_gone")), say)
            return
        await self.files.upload(file, place["uploadUrl"])
        await self.connector.update(arrived.spot, arrived.card, put(file, place))

    async def _filed(self, arrived: Arrival) -> None:
        """Fetching may take longer than Teams waits for an answer."""
        name, address = file_of(arrived)
        what = Filed(name, await self.downloads.fetch(address))
        answer = await self._ask(arrived, what)
        if answer is not None:
            self._reply(arrived, answer)

    async def _came(self, arrived: Arrival) -> Json:
        """The app arrived in a private chat: it says who it is, above the present card, once for each time it comes.

        Who is not in the roster hears nothing: a company may give the app to everybody at once.
        """
        came = await self.people.link(arrived)
        if came is Came.ANEW:
            answer = await self.dispatcher.handle(event(arrived, Commanded("")))
            if isinstance(answer.reply, Replace):
                hello = card(T("home.hello"), Divider(), *answer.reply.card.blocks)
                self._say(arrived, hello, speaker(answer.language))
        return {}

    def _say(self, arrived: Arrival, content: Card, say: Say) -> None:
        self._post(arrived.spot, render.message(content, say, self.pen))

    def _post(self, spot: Spot, activity: Json) -> None:
        self.nursery.start("teams.post", _drawn("post", self.connector.post(spot, activity)))

    def _edit(self, spot: Spot, activity_id: str, content: Card, say: Say) -> None:
        if activity_id:
            drawn = render.message(content, say, self.pen)
            self.nursery.start("teams.edit", _drawn("edit", self.connector.update(spot, activity_id, drawn)))


def _words_alone(content: Card) -> bool:
    return len(content.blocks) == 1 and isinstance(content.blocks[0], Paragraph)


async def _drawn(name: str, call: Awaitable[Any]) -> None:
    """A drawing that failed is logged by its code alone: the state is saved, and the next press shows it."""
    try:
        await call
    except ConnectorError as error:
        log.warning("teams_call_failed", call=name, status=error.status, error=error.code)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        log.warning("teams_call_failed", call=name, error=type(error).__name__)
