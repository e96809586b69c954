"""What a Web API method is: its arguments, scope and tier, and what its code is handed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from playground.model import Json
from playground.workspace.errors import RefusedError
from playground.workspace.model import Conversation, Message, Person
from playground.workspace.triggers import Triggers
from playground.workspace.world import World

MISSING = {
    "channel": "channel_not_found",
    "user": "user_not_found",
    "users": "users_list_not_supplied",
    "email": "users_not_found",
    "ts": "message_not_found",
}

# Bolt's client sends these with every call; Slack heeds them for organisation-wide tokens only
ALWAYS_KNOWN = ("team_id",)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the bot: the world it acts on, what it may, and its arguments."""

    world: World
    triggers: Triggers
    scopes: frozenset[str]
    arguments: Json

    def need(self, scope: str) -> None:
        """Raise missing_scope unless the bot has the scope."""
        if scope not in self.scopes:
            raise RefusedError("missing_scope", needed=scope, provided=",".join(sorted(self.scopes)))

    def person(self, name: str = "user") -> Person:
        """The person that an argument names; raises user_not_found."""
        person = self.world.people.get(self.arguments[name])
        if person is None:
            raise RefusedError("user_not_found")
        return person

    def conversation(self, name: str = "channel") -> Conversation:
        """The conversation that an argument names by id; raises channel_not_found."""
        conversation = self.world.conversations.get(self.arguments[name])
        if conversation is None:
            raise RefusedError("channel_not_found")
        return conversation

    def own_message(self, refused: str) -> Message:
        """The bot's own message by `channel` and `ts`; raises message_not_found or `refused` when another wrote it."""
        message = self.conversation().messages.get(self.arguments["ts"])
        if message is None or message.ephemeral_to:
            raise RefusedError("message_not_found")
        if message.bot_id is None:
            raise RefusedError(refused)
        return message

    def block_id(self) -> str:
        """A block_id such as Slack makes up."""
        return self.world.new_id("")[:5]


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the Web API.

    `arguments` maps each name to "str", "int", "bool" or "json", `required` names those that must be there.
    `tier` 0 is unlimited, None chat.postMessage's special rule. `scope` "" needs none.
    """

    run: Callable[[Call], Json]
    scope: str
    tier: int | None
    arguments: Mapping[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = ()


def method(run: Callable[[Call], Json], scope: str, tier: int | None, arguments: str = "") -> Method:
    """A method from a short notation: "channel! text blocks:json" (! = required, no type = a string)."""
    kinds: dict[str, str] = {}
    required = []
    for word in arguments.split():
        name, _, kind = word.rstrip("!").partition(":")
        kinds[name] = kind or "str"
        if word.endswith("!"):
            required.append(name)
    return Method(run, scope, tier, kinds, tuple(required))


def read_arguments(spec: Method, given: Mapping[str, Any]) -> Json:
    """The arguments in their types. Raises invalid_arguments for unknown or misshapen ones, and for missing ones."""
    known = {*spec.arguments, *ALWAYS_KNOWN}
    unknown = [f"[ERROR] no such argument: {name}" for name in given if name not in known]
    if unknown:
        raise RefusedError("invalid_arguments", unknown)
    meant = {name: value for name, value in given.items() if name in spec.arguments and value is not None}
    read = {name: _read(name, spec.arguments[name], value) for name, value in meant.items()}
    for name in spec.required:
        if read.get(name) in (None, ""):
            error = MISSING.get(name, "invalid_arguments")
            raise RefusedError(error, [f"[ERROR] missing required field: {name}"])
    return read


def _read(name: str, kind: str, value: Any) -> Any:
    try:
        match kind:
            case "bool":
                return {"1": True, "true": True, "0": False, "false": False}[str(value).lower()]
            case "int":
                return int(value)
            case "json":
                return json.loads(value) if isinstance(value, str) else value
            case "list":
                return value.split(",") if isinstance(value, str) else list(value)
            case _ if isinstance(value, str):
                return value
            case _ if isinstance(value, int | float) and not isinstance(value, bool):
                return str(value)
    except (KeyError, TypeError, ValueError):
        pass
    raise RefusedError(f"invalid_{name}" if kind == "json" and name == "blocks" else "invalid_arguments",
                  [f"[ERROR] must be a valid {kind} [json-pointer:/{name}]"])  # fmt: skip
