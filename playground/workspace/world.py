"""The state of the workspace, and the only code that changes it. No HTTP, no rules of what Slack refuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from playground.clock import Clock
from playground.ground import Ground
from playground.model import Change, Json
from playground.workspace import inputs
from playground.workspace.model import File, Identity, Message, Person, View, stable_id


class World(Ground[Person, Message]):
    """People, conversations, views, files, and the record of what was exchanged."""

    def __init__(self, people: Sequence[Person], clock: Clock, identity: Identity, log_size: int) -> None:
        super().__init__(people, clock, log_size)
        self.identity = identity
        self.installed = True
        self.files: dict[str, File] = {}
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self._typed: dict[tuple[str, str], inputs.State] = {}

    def next_ts(self) -> str:
        """A timestamp of Slack's form, later than every one before even while the clock stands still."""
        moment = self.next_microsecond()
        return f"{moment // 1_000_000}.{moment % 1_000_000:06d}"

    def new_id(self, prefix: str) -> str:
        """A fresh id: the same run gives the same ids."""
        return stable_id(prefix, str(self.next_number()))

    def conversation_id(self, members: tuple[str, ...]) -> str:
        """An id of Slack's form for the conversation of these people."""
        return stable_id("D" if len(members) == 1 else "G", ",".join(members))

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


def _place(where: Message | View) -> str:
    return where.id if isinstance(where, View) else f"{where.channel}:{where.ts}"
