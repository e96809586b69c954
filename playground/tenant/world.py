"""The state of the tenant, and the only code that changes it. No HTTP, no rules of what Teams refuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from playground.clock import Clock
from playground.ground import Ground
from playground.model import Change, Json
from playground.tenant import inputs
from playground.tenant.model import Dialog, Identity, Message, Person, Upload, stable_name


class World(Ground[Person, Message]):
    """People, who has the app, conversations, open dialogs, and the record of what was exchanged."""

    def __init__(self, people: Sequence[Person], clock: Clock, identity: Identity, log_size: int) -> None:
        super().__init__(people, clock, log_size)
        self.identity = identity
        self.installed: set[str] = set()
        self.blocked: set[str] = set()
        self.dialogs: dict[str, Dialog] = {}
        self._last_ts = 0
        self.uploads: dict[str, Upload] = {}
        self._typed: dict[tuple[str, str], inputs.State] = {}
        self._by_object_id = {person.object_id: person.id for person in people}

    # Names ------------------------------------------------------------------------------------------------------

    def put_person(self, person: Person) -> None:
        """Add or change somebody."""
        super().put_person(person)
        self._by_object_id[person.object_id] = person.id

    def member(self, identifier: str) -> Person | None:
        """Somebody by their id here (29:…) or in Entra; None when there is nobody."""
        return self.people.get(self._by_object_id.get(identifier, identifier))

    def next_ts(self) -> str:
        """An id of Teams' form for a message: milliseconds since the epoch, later than every one before."""
        self._last_ts = max(self._last_ts + 1, int(self.now().timestamp() * 1000))
        return str(self._last_ts)

    def new_name(self, kind: str) -> str:
        """A fresh id: the same run gives the same ids."""
        return stable_name(f"{kind}/{self.next_number()}", 24)

    def conversation_id(self, members: tuple[str, ...]) -> str:
        """An id of Teams' form for the conversation of these people."""
        name = stable_name(",".join(members), 60)
        return f"a:1{name}" if len(members) == 1 else f"19:{name[:32].lower()}@thread.v2"

    # Dialogs ----------------------------------------------------------------------------------------------------

    def open_dialog(self, user_id: str, channel: str, title: str, card: Json) -> Dialog:
        """Show a dialog instead of the one that may be open."""
        self.close_dialog(user_id)
        dialog = Dialog(self.new_name("dialog"), user_id, channel, title, card)
        self.dialogs[user_id] = dialog
        self.tell(Change("view", user_id))
        return dialog

    def show_errors(self, dialog: Dialog, errors: Mapping[str, str]) -> None:
        """Put the client's words under inputs of the open dialog; an empty mapping takes them away."""
        if self.dialogs.get(dialog.user_id, dialog).id == dialog.id:
            self.dialogs[dialog.user_id] = replace(dialog, refused=tuple(errors.items()))
            self.tell(Change("view", dialog.user_id))

    def close_dialog(self, user_id: str) -> None:
        """Close the person's dialog, if one is open."""
        dialog = self.dialogs.pop(user_id, None)
        if dialog is not None:
            self._typed.pop((user_id, dialog.id), None)
            self.tell(Change("view", user_id))

    # Files ------------------------------------------------------------------------------------------------------

    def expect_file(self, user_id: str, name: str) -> Json:
        """Make room for a file in the person's own; returns what the bot needs to put it there."""
        upload = Upload(self.new_name("file"), user_id, name)
        self.uploads[upload.id] = upload
        return {
            "contentUrl": f"{self.base_url}/teams/files/{upload.id}/{quote(name, safe='')}",
            "name": name,
            "uploadUrl": f"{self.base_url}/teams/upload/{upload.id}",
            "uniqueId": upload.id,
            "fileType": name.rpartition(".")[2],
        }

    def keep_file(self, user_id: str, name: str, content: bytes) -> Json:
        """Put a file among the person's own; returns how an activity says where it lies."""
        place = self.expect_file(user_id, name)
        self.uploads[place["uniqueId"]] = replace(self.uploads[place["uniqueId"]], content=content)
        kept = {key: place[key] for key in ("uniqueId", "fileType")}
        return {"downloadUrl": place["contentUrl"], **kept, "etag": ""}

    def receive(self, upload_id: str, content: bytes, span: str) -> str | None:
        """Take all bytes of a file; returns the words of a refusal or None. `span` is the Content-Range.

        The size that was announced is what the person reads before agreeing, which may be days before.
        """
        upload = self.uploads.get(upload_id)
        if upload is None:
            return "no such upload"
        if span != f"bytes 0-{len(content) - 1}/{len(content)}":
            self.complain(f"upload of {upload.name}: {len(content)} bytes as {span!r}")
            return "the range is not what came"
        self.uploads[upload_id] = replace(upload, content=content)
        return None

    # Cards ------------------------------------------------------------------------------------------------------

    def give_own_card(self, message: Message, user_id: str, card: Json) -> None:
        """This person sees another card in the message from now on, until it is edited for all."""
        current = self.conversations[message.channel].messages.get(message.ts)
        if current is not None:
            others = tuple(pair for pair in current.own if pair[0] != user_id)
            self.forget_typed(user_id, current)
            self.post(replace(current, own=(*others, (user_id, card))))

    def state(self, user_id: str, where: Message | Dialog) -> inputs.State:
        """What stands in every input of the cards for this person."""
        kept = self._typed.get((user_id, _place(where)), {})
        found: inputs.State = {}
        for card in cards_of(where, user_id):
            found |= inputs.state(card, kept)
        return found

    def fill(self, user_id: str, where: Message | Dialog, values: Mapping[str, Any]) -> None:
        """Keep what the person typed; LookupError and ValueError as `inputs.typed` says."""
        if not values:
            return
        place = (user_id, _place(where))
        typed = inputs.typed(cards_of(where, user_id), values)
        self._typed[place] = {**self._typed.get(place, {}), **typed}

    def forget_typed(self, user_id: str, where: Message | Dialog) -> None:
        """A card that is drawn anew begins with its own values."""
        self._typed.pop((user_id, _place(where)), None)


def cards_of(where: Message | Dialog, user_id: str) -> tuple[Json, ...]:
    """The cards of a message or dialog as this person has them."""
    return (where.card,) if isinstance(where, Dialog) else where.shown_to(user_id)


def _place(where: Message | Dialog) -> str:
    return where.id if isinstance(where, Dialog) else f"{where.channel}:{where.ts}"
