"""What the visitor does in the page, done on the platform of the person whom they play."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Awaitable, Callable, Collection
from typing import Any

from playground.colleagues import Colleagues
from playground.company import Company
from playground.model import Json, Outcome

MOST_TEXT = 12_000
MOST_NAME = 200


class Gone(LookupError):
    """The message or view is no longer there, or no longer has this element."""


class Visitor:
    """The verbs of the page. Each takes the person's id and the request's JSON.

    `own` are people who never answer by themselves: they wait for the visitor also while somebody else is played.
    """

    def __init__(self, company: Company, colleagues: Colleagues, own: Collection[str] = ()) -> None:
        self._company = company
        self._colleagues = colleagues
        self._own_people = frozenset(own)
        for user_id in self._own_people:
            colleagues.hands_off(user_id)
        self._verbs: dict[str, Callable[[str, Json], Awaitable[Outcome]]] = {
            "be": self._be, "open_home": self._open_home, "say": self._say, "command": self._command,
            "send_file": self._send_file, "press": self._press, "submit": self._submit, "close": self._close,
        }  # fmt: skip

    def knows(self, verb: str) -> bool:
        """Whether there is such a verb."""
        return verb in self._verbs

    async def do(self, user_id: str, verb: str, given: Json) -> Json:
        """What came of it: {ok, reason, errors, toasts}; Gone when the page showed something old."""
        before = len(self._company.toasts(user_id))
        try:
            outcome = await self._verbs[verb](user_id, given)
        except (KeyError, LookupError, ValueError) as trouble:
            raise Gone(str(trouble)) from trouble
        toasts = [toast.words for toast in self._company.toasts(user_id)[before:]]
        return {"ok": outcome.ok, "reason": outcome.reason, "errors": dict(outcome.errors), "toasts": toasts}

    async def search(self, user_id: str, given: Json) -> list[Json]:
        """What an input offers for typed words, as {title, value}; Gone when it is no longer there."""
        where = self._place(user_id, given["where"])
        try:
            found = await self._company.search(user_id, where, str(given["name"]), str(given["words"])[:MOST_TEXT])
        except (LookupError, StopIteration) as trouble:
            raise Gone(str(trouble)) from trouble
        return [{"title": title, "value": value} for title, value in found]

    async def _be(self, user_id: str, _: Json) -> Outcome:
        for other in self._colleagues.except_for - self._own_people - {user_id}:
            self._colleagues.hands_on(other)
        self._colleagues.hands_off(user_id)
        return Outcome()

    async def _open_home(self, user_id: str, _: Json) -> Outcome:
        event = await self._company.open_home(user_id)
        return Outcome(event.status)

    async def _say(self, user_id: str, given: Json) -> Outcome:
        channel = self._own(user_id, given.get("channel"))
        event = await self._company.say(user_id, channel, str(given["text"])[:MOST_TEXT])
        return Outcome(event.status if event else None)

    async def _send_file(self, user_id: str, given: Json) -> Outcome:
        content = b64decode(str(given["content"]), validate=True)
        event = await self._company.send_file(user_id, str(given["name"])[:MOST_NAME], content)
        return Outcome(event.status)

    async def _command(self, user_id: str, given: Json) -> Outcome:
        channel = self._own(user_id, given.get("channel"))
        line = f"{given['command']} {given['text']}".strip()
        return await self._company.types(user_id, line[:MOST_TEXT], channel)

    async def _press(self, user_id: str, given: Json) -> Outcome:
        where = self._place(user_id, given["where"])
        return await self._company.press(
            user_id,
            where,
            str(given["action_id"]),
            given.get("value"),
            block_id=given.get("block_id"),
            values=given.get("values") or None,
        )

    async def _submit(self, user_id: str, given: Json) -> Outcome:
        return await self._company.submit(user_id, self._view(user_id, given["view"]), given.get("values") or None)

    async def _close(self, user_id: str, given: Json) -> Outcome:
        view = self._view(user_id, given["view"])
        return await self._company.close_view(user_id, view, everything=bool(given.get("everything")))

    def _own(self, user_id: str, channel: Any) -> str:
        """The conversation if the person is in it; default their DM with the bot."""
        if channel is None:
            return self._company.dm(user_id).id
        conversation = self._company.conversations[str(channel)]
        if user_id not in conversation.members:
            raise LookupError(f"not in {channel}")
        return conversation.id

    def _place(self, user_id: str, where: Json) -> Any:
        if "view" in where:
            return self._view(user_id, where["view"])
        message = self._company.conversations[self._own(user_id, where["channel"])].messages[where["ts"]]
        if not message.seen_by(user_id):
            raise LookupError("not visible to this person")
        return message

    def _view(self, user_id: str, view_id: Any) -> Any:
        home = self._company.home(user_id)
        views = [*self._company.views(user_id), *([home] if home else [])]
        found = next((view for view in views if view.id == view_id), None)
        if found is None:
            raise LookupError(f"no open view {view_id}")
        return found
