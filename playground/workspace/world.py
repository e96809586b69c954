"""The state of the workspace, and the only code that changes it. No HTTP, no rules of what Slack refuses."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any, Literal

from playground.clock import Clock
from playground.workspace import inputs
from playground.workspace.model import (
    Change,
    Conversation,
    Exchange,
    File,
    Identity,
    Json,
    Message,
    Person,
    Toast,
    View,
    stable_id,
)


class World:
    """People, conversations, views, files, and the record of what was exchanged."""

    def __init__(self, people: Sequence[Person], clock: Clock, identity: Identity, log_size: int) -> None:
        self.clock = clock
        self.identity = identity
        self.base_url = ""
        self.installed = True
        self.people: dict[str, Person] = {person.id: person for person in people}
        self.conversations: dict[str, Conversation] = {}
        self.files: dict[str, File] = {}
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.toasts: deque[Toast] = deque(maxlen=500)
        self.log: deque[Exchange] = deque(maxlen=log_size)
        self.complaints: list[str] = []
        self.subscribers: set[asyncio.Queue[Change]] = set()
        self._typed: dict[tuple[str, str], inputs.State] = {}
        self._channels_of: dict[str, list[str]] = defaultdict(list)
        self._by_members: dict[frozenset[str], str] = {}
        self._by_email = {person.email.lower(): person.id for person in people}
        self._last_ts = 0
        self._numbers = count(1)

    # Time and names ---------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The workspace's clock."""
        return self.clock.now()

    def next_ts(self) -> str:
        """A timestamp of Slack's form, later than every one before even while the clock stands still."""
        self._last_ts = max(self._last_ts + 1, int(self.now().timestamp() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def next_number(self) -> int:
        """1, 2, 3, …"""
        return next(self._numbers)

    def new_id(self, prefix: str) -> str:
        """A fresh id: the same run gives the same ids."""
        return stable_id(prefix, str(self.next_number()))

    # People -----------------------------------------------------------------------------------------------------

    def person(self, id_or_email: str) -> Person:
        """By id or e-mail; KeyError when there is none."""
        return self.people[self._by_email.get(id_or_email.lower(), id_or_email)]

    def put_person(self, person: Person) -> None:
        """Add or change somebody."""
        self.people[person.id] = person
        self._by_email[person.email.lower()] = person.id
        self.tell(Change("people", person.id))

    def active(self, user_id: str) -> Person:
        """Somebody who can act; KeyError when there is none, LookupError when they are deactivated."""
        person = self.people[user_id]
        if person.deleted:
            raise LookupError(f"{person.name} is deactivated and can do nothing")
        return person

    # Conversations ----------------------------------------------------------------------------------------------

    def conversation_with(self, user_ids: Iterable[str]) -> tuple[Conversation, bool]:
        """The conversation of the bot with exactly these people, and whether it was there already."""
        members = frozenset(user_ids)
        known = self._by_members.get(members)
        if known is not None:
            return self.conversations[known], True
        kind: Literal["im", "mpim"] = "im" if len(members) == 1 else "mpim"
        ordered = tuple(sorted(members))
        identifier = stable_id("D" if kind == "im" else "G", ",".join(ordered))
        conversation = Conversation(identifier, kind, ordered)
        self.conversations[identifier] = conversation
        self._by_members[members] = identifier
        for user_id in ordered:
            self._channels_of[user_id].append(identifier)
            self.tell(Change("conversation", user_id, identifier))
        return conversation, False

    def dm(self, user_id: str) -> Conversation:
        """The person's direct message with the bot."""
        return self.conversation_with([self.people[user_id].id])[0]

    def conversations_of(self, user_id: str) -> list[Conversation]:
        """Where the person takes part, the one with the newest visible message first."""

        def newest(conversation: Conversation) -> str:
            return next((m.ts for m in reversed(conversation.messages.values()) if m.seen_by(user_id)), "")

        mine = [self.conversations[identifier] for identifier in self._channels_of[user_id]]
        return sorted(mine, key=newest, reverse=True)

    def post(self, message: Message) -> None:
        """Put a new message or a changed one (the same ts) in its conversation."""
        conversation = self.conversations[message.channel]
        kind = "message_changed" if message.ts in conversation.messages else "message"
        conversation.messages[message.ts] = message
        self._tell_members(conversation, kind, message)

    def remove(self, message: Message) -> None:
        """Take a message away."""
        conversation = self.conversations[message.channel]
        del conversation.messages[message.ts]
        self._tell_members(conversation, "message_deleted", message)

    def mark_read(self, user_id: str, channel: str) -> None:
        """Everything in the conversation is read by this person."""
        seen = self.conversations[channel].visible_to(user_id)
        if seen:
            self.conversations[channel].last_read[user_id] = seen[-1].ts
            self.tell(Change("read", user_id, channel))

    # Views ------------------------------------------------------------------------------------------------------

    def view(self, view_id: str) -> View | None:
        """A view that is open or a Home, by id."""
        views = [view for stack in self.stacks.values() for view in stack] + list(self.homes.values())
        return next((view for view in views if view.id == view_id), None)

    def view_by_external_id(self, external_id: str) -> View | None:
        """A view that is open or a Home, by the bot's own id."""
        views = [view for stack in self.stacks.values() for view in stack] + list(self.homes.values())
        return next((view for view in views if view.external_id == external_id), None)

    def open_view(self, user_id: str, source: Json, *, push: bool) -> View:
        """Show a modal: on top of the open ones (`push`) or instead of them."""
        stack = self.stacks.get(user_id, []) if push else []
        view_id = self.new_id("V")
        root, previous = (stack[0].root_id, stack[-1].id) if stack else (view_id, None)
        view = View(view_id, "modal", user_id, source, self._hash(), root, previous)
        self.stacks[user_id] = [*stack, view]
        self.tell(Change("view", user_id))
        return view

    def replace_view(self, view: View, source: Json) -> View:
        """Draw an open view anew. What was typed stays where block_id and action_id stay (docs: views.update)."""
        fresh = replace(view, source=source, hash=self._hash(), errors=())
        typed = self._typed.get((view.user_id, view.id))
        if typed:
            self._typed[view.user_id, view.id] = inputs.kept(fresh.blocks, typed)
        self._store(fresh)
        return fresh

    def publish_home(self, user_id: str, source: Json) -> View:
        """Show a Home tab."""
        old = self.homes.get(user_id)
        if old is not None:
            return self.replace_view(old, source)
        view_id = stable_id("V", "home:" + user_id)
        view = View(view_id, "home", user_id, source, self._hash(), view_id)
        self._store(view)
        return view

    def show_errors(self, view: View, errors: Mapping[str, str]) -> None:
        """Put words under fields of an open modal; an empty mapping takes them away."""
        current = self.view(view.id)
        if current is not None:
            self._store(replace(current, errors=tuple(errors.items())))

    def pop_view(self, view: View) -> None:
        """Close this modal and whatever lies on top of it."""
        stack = self.stacks.get(view.user_id, [])
        ids = [open_view.id for open_view in stack]
        if view.id in ids:
            self._close(view.user_id, stack, ids.index(view.id))

    def clear_views(self, user_id: str) -> None:
        """Close all modals of a person."""
        self._close(user_id, self.stacks.get(user_id, []), 0)

    def _close(self, user_id: str, stack: list[View], keep: int) -> None:
        for view in stack[keep:]:
            self._typed.pop((user_id, view.id), None)
        self.stacks[user_id] = stack[:keep]
        self.tell(Change("view", user_id))

    def _store(self, view: View) -> None:
        if view.kind == "home":
            self.homes[view.user_id] = view
        else:
            stack = self.stacks.get(view.user_id, [])
            self.stacks[view.user_id] = [view if view.id == other.id else other for other in stack]
        self.tell(Change("home" if view.kind == "home" else "view", view.user_id))

    def _hash(self) -> str:
        return f"{int(self.now().timestamp())}.{self.next_number():08x}"

    # What is typed into inputs ----------------------------------------------------------------------------------

    def state(self, user_id: str, where: Message | View) -> inputs.State:
        """`state.values`: initial values with what the person typed over them."""
        return inputs.state(where.blocks, self._typed.get((user_id, _place(where)), {}))

    def fill(self, user_id: str, where: Message | View, values: Mapping[str, Any]) -> None:
        """Keep what the person typed; LookupError and ValueError as `inputs.typed` says."""
        place = (user_id, _place(where))
        self._typed[place] = inputs.merged(self._typed.get(place, {}), inputs.typed(where.blocks, values))

    def choose(self, user_id: str, where: Message | View, block: Json, element: Json, value: Any) -> None:
        """Keep what the person chose in one element."""
        place = (user_id, _place(where))
        chosen = inputs.entry(element, value)
        added = {block["block_id"]: {element["action_id"]: chosen}}
        self._typed[place] = inputs.merged(self._typed.get(place, {}), added)

    # Telling ----------------------------------------------------------------------------------------------------

    def tell(self, change: Change) -> None:
        """Let every subscriber know."""
        for queue in self.subscribers:
            queue.put_nowait(change)

    def subscribe(self) -> asyncio.Queue[Change]:
        """A queue of all changes from now on."""
        queue: asyncio.Queue[Change] = asyncio.Queue()
        self.subscribers.add(queue)
        return queue

    def toast(self, user_id: str, reason: str, words: str) -> None:
        """Show a person an error of Slack's own."""
        self.toasts.append(Toast(self.now(), user_id, reason, words))
        self.tell(Change("toast", user_id))

    def record(
        self,
        direction: Literal["from_bot", "to_bot"],
        name: str,
        request: Mapping[str, Any],
        status: int | None,
        answer: Any,
        *,
        user_id: str | None = None,
        channel: str | None = None,
        ts: str | None = None,
    ) -> None:
        """Put an exchange on record."""
        self.log.append(
            Exchange(
                self.next_number(), self.now(), direction, name, dict(request), status, answer, user_id, channel, ts
            )
        )

    def complain(self, what: str) -> None:
        """Record something that Slack would refuse."""
        self.complaints.append(what)

    def _tell_members(self, conversation: Conversation, kind: str, message: Message) -> None:
        if self.subscribers:
            for user_id in conversation.members:
                if message.seen_by(user_id):
                    self.tell(Change(kind, user_id, conversation.id, message.ts))


def _place(where: Message | View) -> str:
    return where.id if isinstance(where, View) else f"{where.channel}:{where.ts}"
