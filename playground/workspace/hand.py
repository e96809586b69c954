"""A person's hand in a story test: types, clicks, fills and submits by the words that are to be seen.

Whatever is not found raises an AssertionError that lists what is there instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from playground.workspace import inputs, visible
from playground.workspace.model import Conversation, Json, Message, Outcome, Person, View

if TYPE_CHECKING:
    from playground.workspace.workspace import Workspace

Place = Message | View


class Hand:
    """One person at their keyboard, looking at their DM with the bot."""

    def __init__(self, workspace: Workspace, user_id: str) -> None:
        self.workspace = workspace
        self.user_id = user_id

    @property
    def person(self) -> Person:
        """Whose hand it is."""
        return self.workspace.people[self.user_id]

    # Reading ----------------------------------------------------------------------------------------------------

    def messages(self, channel: str | None = None) -> list[Message]:
        """The DM with the bot (or `channel`), ephemeral messages too, the newest last."""
        return self.workspace.messages(self.user_id, channel)

    @property
    def groups(self) -> list[Conversation]:
        """The group messages that the person is in, the one that moved last first."""
        return [one for one in self.workspace.conversations_of(self.user_id) if one.kind == "mpim"]

    @property
    def last(self) -> Message:
        """The bot's newest message in the DM."""
        for message in reversed(self.messages()):
            if message.bot_id:
                return message
        raise AssertionError(f"{self.person.name} has no message of the bot")

    def text_of(self, message: Message) -> str:
        """All visible words of a message."""
        return visible.of_message(message)

    @property
    def said(self) -> str:
        """The visible words of the bot's newest message in the DM."""
        return self.text_of(self.last)

    @property
    def view(self) -> View:
        """The modal on top."""
        views = self.workspace.views(self.user_id)
        if not views:
            raise AssertionError(f"{self.person.name} sees no modal; {self._what_is_there()}")
        return views[-1]

    @property
    def sees_modal(self) -> bool:
        """Whether a modal is open."""
        return bool(self.workspace.views(self.user_id))

    @property
    def view_text(self) -> str:
        """All visible words of the modal on top."""
        return visible.of_view(self.view)

    @property
    def errors(self) -> dict[str, str]:
        """The words under fields of the modal on top, by the field's label."""
        labels = {block["block_id"]: block["label"]["text"] for block in self.view.blocks if block["type"] == "input"}
        return {labels[block_id]: words for block_id, words in self.view.errors}

    @property
    def home_text(self) -> str:
        """All visible words of the Home tab."""
        home = self.workspace.home(self.user_id)
        if home is None:
            raise AssertionError(f"nothing was published on the Home of {self.person.name}")
        return visible.of_view(home)

    # Doing ------------------------------------------------------------------------------------------------------

    async def types(self, line: str, channel: str | None = None) -> Outcome:
        """A slash command when it begins with "/", else a message to the bot (or in `channel`)."""
        if not line.startswith("/"):
            event = await self.workspace.say(self.user_id, channel, line)
            return Outcome(event.status, None if event.delivered else "event_failed") if event else Outcome()
        command, _, text = line.partition(" ")
        return await self.workspace.command(self.user_id, command, text, channel)

    async def clicks(self, words: str) -> Outcome:
        """Click the button with these words, or the entry of an overflow menu.

        It is looked for in the modal on top (its submit and close too), then in the newest message of any conversation
        that has it, then on Home. Whole words win over a part; case does not matter.
        """
        view = self.view if self.sees_modal else None
        if view is not None and _is_label(view, "submit", words):
            return await self.submits()
        if view is not None and _is_label(view, "close", words):
            return await self.closes()
        found = _best(words, self._buttons())
        if found is None:
            raise AssertionError(f"no button {words!r}; {self._what_is_there()}")
        place, block, element, value = found
        return await self.workspace.press(self.user_id, place, element["action_id"], value, block_id=block["block_id"])

    async def chooses(self, words: str | list[str]) -> Outcome:
        """Choose options by their words in a select, radio or checkbox group outside a form: the bot hears at once."""
        wanted = [words] if isinstance(words, str) else words
        for place in self._places():
            for block, element in inputs.elements(place.blocks):
                if block["type"] != "input" and inputs.options_of(element):
                    values = [_option_value(element, word) for word in wanted]
                    if None not in values:
                        value: Any = values if element["type"] in inputs.MANY else values[0]
                        return await self.workspace.press(
                            self.user_id, place, element["action_id"], value, block_id=block["block_id"]
                        )
        raise AssertionError(f"no options {wanted}; {self._what_is_there()}")

    async def fills(self, values: Mapping[str, Any], *, where: Place | None = None) -> None:
        """Fill fields of the modal on top (or of `where`), found by words of their labels; options by their words.

        Fields that tell the bot at once (dispatch_action) do so.
        """
        for label, value in values.items():
            place = where or self.view
            block = _field(place, label)
            typed = self._typed(block["element"], value)
            if block.get("dispatch_action"):
                action_id = block["element"]["action_id"]
                await self.workspace.press(self.user_id, place, action_id, typed, block_id=block["block_id"])
            else:
                self.workspace.fill(self.user_id, place, {block["block_id"]: typed})

    async def submits(self) -> Outcome:
        """Submit the modal on top."""
        return await self.workspace.submit(self.user_id, self.view)

    async def closes(self, *, everything: bool = False) -> Outcome:
        """Close the modal on top, or all of them."""
        return await self.workspace.close_view(self.user_id, self.view, everything=everything)

    async def opens_home(self) -> str:
        """Look at the Home tab; returns its words."""
        await self.workspace.open_home(self.user_id)
        return self.home_text

    def _typed(self, element: Json, value: Any) -> Any:
        """What the person wrote or chose, by words, as the element's plain value."""
        is_people = element["type"] in ("users_select", "multi_users_select")
        if value is None or not (is_people or inputs.options_of(element)):
            return value
        words = [value] if isinstance(value, str) else list(value)
        values = [self._user_id(word) if is_people else _chosen(element, word) for word in words]
        return values if element["type"] in inputs.MANY else values[0]

    def _user_id(self, words: str) -> str:
        people = self.workspace.people.values()
        for person in people:
            if words in (person.id, person.email, person.name):
                return person.id
        raise AssertionError(f"nobody is called {words!r}")

    # Looking for things -----------------------------------------------------------------------------------------

    def _places(self) -> Iterator[Place]:
        views = self.workspace.views(self.user_id)
        if views:
            yield views[-1]
        seen = [
            message
            for conversation in self.workspace.conversations_of(self.user_id)
            for message in conversation.visible_to(self.user_id)
        ]
        yield from sorted(seen, key=lambda message: message.ts, reverse=True)
        home = self.workspace.home(self.user_id)
        if home is not None:
            yield home

    def _buttons(self) -> Iterator[tuple[str, tuple[Place, Json, Json, Any]]]:
        for place in self._places():
            for block, element in inputs.elements(place.blocks):
                if element["type"] == "button":
                    yield element["text"]["text"], (place, block, element, element.get("value"))
                elif element["type"] == "overflow":
                    for option in element["options"]:
                        yield option["text"]["text"], (place, block, element, option["value"])

    def _what_is_there(self) -> str:
        buttons = [label for label, _ in self._buttons()]
        newest = [self.text_of(message) for message in self.messages()[-3:]]
        views = [visible.of_view(view) for view in self.workspace.views(self.user_id)[-1:]]
        toasts = [toast.words for toast in self.workspace.toasts(self.user_id)[-3:]]
        parts = {"buttons": buttons, "modal": views, "newest messages": newest, "errors of Slack": toasts}
        complaints = {"complaints": self.workspace.complaints[-3:]}
        return "; ".join(f"{name}: {what}" for name, what in {**parts, **complaints}.items() if what) or "nothing"


def _plain(words: str) -> str:
    return " ".join(words.replace("*", "").casefold().split())


def _is_label(view: View, key: str, words: str) -> bool:
    label = view.source.get(key)
    return label is not None and _plain(label["text"]) == _plain(words)


def _best(words: str, found: Iterator[tuple[str, Any]]) -> Any | None:
    wanted, partly = _plain(words), None
    for label, what in found:
        if _plain(label) == wanted:
            return what
        if partly is None and wanted in _plain(label):
            partly = what
    return partly


def _field(place: Place, label: str) -> Json:
    fields = [(block["label"]["text"], block) for block in place.blocks if block["type"] == "input"]
    block: Json | None = _best(label, iter(fields))
    if block is None:
        raise AssertionError(f"no field {label!r}; fields: {[name for name, _ in fields]}")
    return block


def _option_value(element: Json, words: str) -> Any | None:
    options = inputs.options_of(element)
    by_value = next((option["value"] for option in options if option["value"] == words), None)
    return _best(words, ((option["text"]["text"], option["value"]) for option in options)) or by_value


def _chosen(element: Json, words: str) -> Any:
    found = _option_value(element, words)
    if found is None:
        offered = [option["text"]["text"] for option in inputs.options_of(element)]
        raise AssertionError(f"no option {words!r}; options: {offered}")
    return found
