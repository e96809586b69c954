"""What the bot's HTTP answers mean, and which of them Slack refuses.

Sources: https://docs.slack.dev/interactivity/implementing-slash-commands, https://docs.slack.dev/surfaces/modals.
"""

from __future__ import annotations

from typing import Any

from playground.model import Json
from playground.workspace import checks
from playground.workspace.errors import RefusedError
from playground.workspace.modals import STACK
from playground.workspace.model import View
from playground.workspace.responses import KEYS
from playground.workspace.world import World

ERROR_WORDS = 3000


def of_command(body: Any) -> Json | None:
    """The message that a command is answered with, or None; raises invalid_payload."""
    if body is None:
        return None
    if isinstance(body, str):
        return {"text": body}
    if not isinstance(body, dict) or set(body) - KEYS:
        raise RefusedError("invalid_payload", [str(body)[:200]])
    return body or None


def to_submission(world: World, view: View, body: Any) -> dict[str, str]:
    """Apply the answer to a submitted modal; returns field errors by block_id. Raises when Slack would refuse it."""
    if body is None or body == {}:
        world.pop_view(view)
        return {}
    action = body.get("response_action") if isinstance(body, dict) else None
    match action:
        case "clear":
            world.clear_views(view.user_id)
        case "errors":
            errors = _errors(view, body.get("errors"))
            world.show_errors(view, errors)
            return errors
        case "update":
            world.replace_view(view, _next(world, body))
        case "push":
            if len(world.stacks.get(view.user_id, ())) >= STACK:
                raise RefusedError("push_limit_reached")
            world.open_view(view.user_id, _next(world, body), push=True)
        case _:
            raise RefusedError("invalid_response_action", [str(body)[:200]])
    return {}


def _next(world: World, body: Json) -> Json:
    source = checks.view(body.get("view"), lambda: world.new_id("")[:5])
    if source["type"] != "modal":
        raise RefusedError("invalid_arguments", ["[ERROR] must be modal [json-pointer:/view/type]"])
    return source


def _errors(view: View, errors: Any) -> dict[str, str]:
    fields = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        raise RefusedError("invalid_errors", ["errors must name at least one field"])
    unknown = [f"no input block {block_id}" for block_id in errors if block_id not in fields]
    empty = [f"no words for {key}" for key, words in errors.items() if not isinstance(words, str) or not words.strip()]
    if unknown or empty:
        raise RefusedError("invalid_errors", unknown + empty)
    return {block_id: words[:ERROR_WORDS] for block_id, words in errors.items()}
