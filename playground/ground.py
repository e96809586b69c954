"""What a simulated platform keeps and tells, whatever its protocol: people, conversations, record, listeners."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any, Generic, Literal, TypeVar

from playground.clock import Clock
from playground.model import Change, Colleague, Conversation, Exchange, Shown, Toast

P = TypeVar("P", bound=Colleague)
M = TypeVar("M", bound=Shown)


class Ground(Generic[P, M]):
    """The state of a platform, and the code that changes it. No HTTP, no rules of what the platform refuses."""

    def __init__(self, people: Sequence[P], clock: Clock, log_size: int) -> None:
        self.clock = clock
        self.base_url = ""
        self.people: dict[str, P] = {person.id: person for person in people}
        self.conversations: dict[str, Conversation[M]] = {}
        self.toasts: deque[Toast] = deque(maxlen=500)
        self.log: deque[Exchange] = deque(maxlen=log_size)
        self.complaints: list[str] = []
        self.subscribers: set[asyncio.Queue[Change]] = set()
        self._channels_of: dict[str, list[str]] = defaultdict(list)
        self._by_members: dict[frozenset[str], str] = {}
        self._by_email = {person.email.lower(): person.id for person in people}
        self._last_microsecond = 0
        self._numbers = count(1)

    # Time and names ---------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The platform's clock."""
        return self.clock.now()

    def next_microsecond(self) -> int:
        """Microseconds since the epoch, more than at every call before even while the clock stands still."""
        self._last_microsecond = max(self._last_microsecond + 1, int(self.now().timestamp() * 1_000_000))
        return self._last_microsecond

    def next_number(self) -> int:
        """1, 2, 3, …"""
        return next(self._numbers)

    # People -----------------------------------------------------------------------------------------------------

    def person(self, id_or_email: str) -> P:
        """By id or e-mail; KeyError when there is none."""
        return self.people[self._by_email.get(id_or_email.lower(), id_or_email)]

    def put_person(self, person: P) -> None:
        """Add or change somebody."""
        self.people[person.id] = person
        self._by_email[person.email.lower()] = person.id
        self.tell(Change("people", person.id))

    def active(self, user_id: str) -> P:
        """Somebody who can act; KeyError when there is none, LookupError when they are deactivated."""
        person = self.people[user_id]
        if person.deleted:
            raise LookupError(f"{person.name} is deactivated and can do nothing")
        return person

    # Conversations ----------------------------------------------------------------------------------------------

    def conversation_id(self, members: tuple[str, ...]) -> str:
        """The id of the conversation of these people, the same at every start."""
        raise NotImplementedError

    def conversation_with(self, user_ids: Iterable[str]) -> tuple[Conversation[M], bool]:
        """The conversation of the bot with exactly these people, and whether it was there already."""
        members = frozenset(user_ids)
        known = self._by_members.get(members)
        if known is not None:
            return self.conversations[known], True
        kind: Literal["im", "mpim"] = "im" if len(members) == 1 else "mpim"
        ordered = tuple(sorted(members))
        identifier = self.conversation_id(ordered)
        conversation: Conversation[M] = Conversation(identifier, kind, ordered)
        self.conversations[identifier] = conversation
        self._by_members[members] = identifier
        for user_id in ordered:
            self._channels_of[user_id].append(identifier)
            self.tell(Change("conversation", user_id, identifier))
        return conversation, False

    def dm(self, user_id: str) -> Conversation[M]:
        """The person's direct message with the bot."""
        return self.conversation_with([self.people[user_id].id])[0]

    def conversations_of(self, user_id: str) -> list[Conversation[M]]:
        """Where the person takes part, the one with the newest visible message first."""

        def newest(conversation: Conversation[M]) -> str:
            return next((m.ts for m in reversed(conversation.messages.values()) if m.seen_by(user_id)), "")

        mine = [self.conversations[identifier] for identifier in self._channels_of[user_id]]
        return sorted(mine, key=newest, reverse=True)

    def post(self, message: M) -> None:
        """Put a new message or a changed one (the same ts) in its conversation."""
        conversation = self.conversations[message.channel]
        kind = "message_changed" if message.ts in conversation.messages else "message"
        conversation.messages[message.ts] = message
        self._tell_members(conversation, kind, message)

    def remove(self, message: M) -> None:
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

    def _tell_members(self, conversation: Conversation[M], kind: str, message: M) -> None:
        if self.subscribers:
            for user_id in conversation.members:
                if message.seen_by(user_id):
                    self.tell(Change(kind, user_id, conversation.id, message.ts))

    # Telling ----------------------------------------------------------------------------------------------------

    def tell(self, change: Change) -> None:
        """Let every subscriber know."""
        for queue in self.subscribers:
            queue.put_nowait(change)

    def subscribe(self, queue: asyncio.Queue[Change] | None = None) -> asyncio.Queue[Change]:
        """A queue (or this one) of all changes from now on."""
        queue = queue or asyncio.Queue()
        self.subscribers.add(queue)
        return queue

    def toast(self, user_id: str, reason: str, words: str) -> None:
        """Show a person something of the client's own for a moment."""
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
        """Record something that the platform would refuse."""
        self.complaints.append(what)
