"""A person's hand in a story test: types, clicks, fills and submits by the words that are to be seen.

It works on every simulated platform. Whatever is not found raises an AssertionError that lists what is there instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from playground.model import Colleague, Conversation, Outcome
from playground.platform import Chats
from playground.reading import MANY, Button, Choice, Field


class Hand:
    """One person at their keyboard, looking at their private conversation with the bot."""

    def __init__(self, platform: Chats, user_id: str) -> None:
        self.platform = platform
        self.user_id = user_id

    @property
    def person(self) -> Colleague:
        """Whose hand it is."""
        return self.platform.people[self.user_id]

    # Reading ----------------------------------------------------------------------------------------------------

    def messages(self, channel: str | None = None) -> list[Any]:
        """The private conversation with the bot (or `channel`), ephemeral messages too, the newest last."""
        return self.platform.messages(self.user_id, channel)

    @property
    def groups(self) -> list[Conversation[Any]]:
        """The group messages that the person is in, the one that moved last first."""
        return [one for one in self.platform.conversations_of(self.user_id) if one.kind == "mpim"]

    @property
    def last(self) -> Any:
        """The bot's newest message in the private conversation."""
        for message in reversed(self.messages()):
            if message.by_bot:
                return message
        raise AssertionError(f"{self.person.name} has no message of the bot")

    def text_of(self, message: Any) -> str:
        """All visible words of a message."""
        return self.platform.words(message)

    @property
    def said(self) -> str:
        """The visible words of the bot's newest message in the private conversation."""
        return self.text_of(self.last)

    @property
    def view(self) -> Any:
        """The form on top."""
        views = self.platform.views(self.user_id)
        if not views:
            raise AssertionError(f"{self.person.name} sees no form; {self._what_is_there()}")
        return views[-1]

    @property
    def sees_modal(self) -> bool:
        """Whether a form is open."""
        return bool(self.platform.views(self.user_id))

    @property
    def view_text(self) -> str:
        """All visible words of the form on top."""
        return self.platform.words(self.view)

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields of the form on top."""
        return tuple(self.platform.fields(self.user_id, self.view))

    def sees(self, words: str) -> bool:
        """Whether the form on top or any message of the private conversation says this."""
        views = self.platform.views(self.user_id)[-1:]
        return any(words in self.platform.words(place) for place in [*views, *self.messages()])

    @property
    def told(self) -> str:
        """The words of what is on top: the form, else the bot's newest message."""
        return self.view_text if self.sees_modal else self.said

    @property
    def errors(self) -> dict[str, str]:
        """The words at fields of the form on top, by the field's label; words of a label find it too."""
        labels = {field.name: field.label for field in self.fields}
        return _ByWords({labels[name]: words for name, words in self.view.errors})

    @property
    def home_text(self) -> str:
        """All visible words of the bot's own page."""
        home = self.platform.home(self.user_id)
        if home is None:
            raise AssertionError(f"nothing was published on the Home of {self.person.name}")
        return self.platform.words(home)

    # Doing ------------------------------------------------------------------------------------------------------

    async def types(self, line: str, channel: str | None = None) -> Outcome:
        """A command when it begins with "/", else a message to the bot (or in `channel`)."""
        return await self.platform.types(self.user_id, line, channel)

    async def clicks(self, words: str) -> Outcome:
        """Click the button with these words, or the entry of a folded menu.

        It is looked for in the form on top (its submit and close too), then in the newest message of any conversation
        that has it, then on Home. Whole words win over a part; case does not matter.
        """
        if self.sees_modal:
            submit, close = self.platform.ends(self.view)
            if _same(submit, words):
                return await self.submits()
            if _same(close, words):
                return await self.closes()
        found = _best(words, ((button.words, (place, button)) for place, button in self._buttons()))
        if found is None:
            raise AssertionError(f"no button {words!r}; {self._what_is_there()}")
        place, button = found
        return await self.presses(place, button)

    async def presses(self, place: Any, button: Button) -> Outcome:
        """Press this very button, where it stands."""
        return await self.platform.press(self.user_id, place, button.action, button.value, block_id=button.block)

    async def chooses(self, words: str | list[str]) -> Outcome:
        """Choose options by their words in a select, radio or checkbox group outside a form: the bot hears at once."""
        wanted = [words] if isinstance(words, str) else words
        for place in self._places():
            for field in self.platform.fields(self.user_id, place):
                values = [_value_of(field, word) for word in wanted]
                if field.choices and not field.in_form and None not in values:
                    value = values if field.kind in MANY else values[0]
                    return await self.platform.press(self.user_id, place, field.action, value)
        raise AssertionError(f"no options {wanted}; {self._what_is_there()}")

    async def fills(self, values: Mapping[str, Any]) -> None:
        """Fill fields of the form on top, found by words of their labels; options by their words.

        Fields that tell the bot at once do so.
        """
        for label, value in values.items():
            view, field = self.view, _field(self.fields, label)
            typed = await self._typed(field, value)
            if field.tells:
                await self.platform.press(self.user_id, view, field.action, typed, block_id=field.name)
            else:
                self.platform.fill(self.user_id, view, {field.name: typed})

    async def submits(self) -> Outcome:
        """Submit the form on top."""
        return await self.platform.submit(self.user_id, self.view)

    async def closes(self, *, everything: bool = False) -> Outcome:
        """Close the form on top, or all of them."""
        return await self.platform.close_view(self.user_id, self.view, everything=everything)

    async def opens_home(self) -> str:
        """Look at the bot's own page; returns its words."""
        await self.platform.open_home(self.user_id)
        return self.home_text

    async def _typed(self, field: Field, value: Any) -> Any:
        """What the person wrote or chose, by words, as the field's plain value."""
        is_people = field.kind in ("person", "people")
        if value is None or not (is_people or field.choices):
            return value
        words = [value] if isinstance(value, str) else list(value)
        values = [await self._somebody(field, word) if is_people else _chosen(field, word) for word in words]
        return values if field.kind in MANY else values[0]

    async def _somebody(self, field: Field, words: str) -> str:
        found = await self.platform.search(self.user_id, self.view, field.name, words)
        if not found:
            raise AssertionError(f"nobody is called {words!r}")
        best: str | None = _best(words, found)
        return best or found[0][1]

    # Looking for things -----------------------------------------------------------------------------------------

    def _places(self) -> Iterator[Any]:
        views = self.platform.views(self.user_id)
        if views:
            yield views[-1]
        seen = [
            message
            for conversation in self.platform.conversations_of(self.user_id)
            for message in conversation.visible_to(self.user_id)
        ]
        yield from sorted(seen, key=lambda message: message.ts, reverse=True)
        home = self.platform.home(self.user_id)
        if home is not None:
            yield home

    def _buttons(self) -> Iterator[tuple[Any, Button]]:
        for place in self._places():
            for button in self.platform.buttons(place):
                yield place, button

    def _what_is_there(self) -> str:
        buttons = [button.words for _, button in self._buttons()]
        newest = [self.text_of(message) for message in self.messages()[-3:]]
        views = [self.platform.words(view) for view in self.platform.views(self.user_id)[-1:]]
        toasts = [toast.words for toast in self.platform.toasts(self.user_id)[-3:]]
        parts = {"buttons": buttons, "form": views, "newest messages": newest, "told by the client": toasts}
        complaints = {"complaints": self.platform.complaints[-3:]}
        return "; ".join(f"{name}: {what}" for name, what in {**parts, **complaints}.items() if what) or "nothing"


class _ByWords(dict[str, str]):
    """What is not found by its whole label is found by words of it."""

    def __missing__(self, words: str) -> str:
        found: str | None = _best(words, self.items())
        if found is None:
            raise KeyError(f"{words!r}; there are: {list(self)}")
        return found


def _plain(words: str) -> str:
    return " ".join(words.replace("*", "").casefold().split())


def _same(label: str, words: str) -> bool:
    return bool(label) and _plain(label) == _plain(words)


def _best(words: str, found: Iterable[tuple[str, Any]]) -> Any | None:
    wanted, partly = _plain(words), None
    for label, what in found:
        if _plain(label) == wanted:
            return what
        if partly is None and wanted in _plain(label):
            partly = what
    return partly


def _field(fields: Iterable[Field], label: str) -> Field:
    own = [field for field in fields if field.in_form]
    found: Field | None = _best(label, ((field.label, field) for field in own))
    if found is None:
        raise AssertionError(f"no field {label!r}; fields: {[field.label for field in own]}")
    return found


def _value_of(field: Field, words: str) -> str | None:
    by_value = next((choice.value for choice in field.choices if choice.value == words), None)
    found: str | None = _best(words, ((choice.words, choice.value) for choice in field.choices))
    return found or by_value


def _chosen(field: Field, words: str) -> str:
    found = _value_of(field, words)
    if found is None:
        raise AssertionError(f"no option {words!r}; options: {_words(field.choices)}")
    return found


def _words(choices: Iterable[Choice]) -> list[str]:
    return [choice.words for choice in choices]
