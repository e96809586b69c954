"""Web API: views.*.

Source: https://docs.slack.dev/reference/methods/views.open and its neighbours, https://docs.slack.dev/surfaces/modals.
"""

from __future__ import annotations

from playground.model import Json
from playground.workspace import checks
from playground.workspace.calls import Call, method
from playground.workspace.errors import RefusedError
from playground.workspace.model import View

STACK = 3


def _source(call: Call, kind: str, replaced: View | None = None) -> Json:
    source = checks.view(call.arguments["view"], call.block_id)
    if source["type"] != kind:
        raise RefusedError("invalid_arguments", [f"[ERROR] must be {kind} [json-pointer:/view/type]"])
    external_id = source.get("external_id")
    other = call.world.view_by_external_id(external_id) if external_id else None
    if other is not None and (replaced is None or other.id != replaced.id):
        raise RefusedError("duplicate_external_id")
    return source


def _answer(call: Call, view: View) -> Json:
    return {"view": view.payload(call.world.identity, call.world.state(view.user_id, view))}


def open_(call: Call) -> Json:
    """views.open."""
    source = _source(call, "modal")
    user_id = call.triggers.exchange(call.arguments["trigger_id"])
    return _answer(call, call.world.open_view(user_id, source, push=False))


def push(call: Call) -> Json:
    """views.push: at most three on top of each other."""
    source = _source(call, "modal")
    user_id = call.triggers.exchange(call.arguments["trigger_id"])
    if len(call.world.stacks.get(user_id, ())) >= STACK:
        raise RefusedError("push_limit_reached")
    return _answer(call, call.world.open_view(user_id, source, push=True))


def _check_hash(call: Call, view: View) -> None:
    given = call.arguments.get("hash")
    if given and given != view.hash:
        raise RefusedError("hash_conflict")


def update(call: Call) -> Json:
    """views.update, by view_id or external_id; not_found once the view is closed."""
    view_id, external_id = call.arguments.get("view_id"), call.arguments.get("external_id")
    if not view_id and not external_id:
        raise RefusedError("invalid_arguments", ["[ERROR] missing required field: view_id"])
    view = call.world.view(view_id) if view_id else call.world.view_by_external_id(str(external_id))
    if view is None:
        raise RefusedError("not_found")
    _check_hash(call, view)
    return _answer(call, call.world.replace_view(view, _source(call, view.kind, replaced=view)))


def publish(call: Call) -> Json:
    """views.publish: the Home tab of a person."""
    source_of = call.world.homes.get(call.arguments["user_id"])
    source = _source(call, "home", replaced=source_of)
    person = call.person("user_id")
    if person.deleted:
        raise RefusedError("user_not_found")
    if source_of is not None:
        _check_hash(call, source_of)
    return _answer(call, call.world.publish_home(person.id, source))


METHODS = {
    "views.open": method(open_, "", 4, "trigger_id! view:json! interactivity_pointer"),
    "views.push": method(push, "", 4, "trigger_id! view:json! interactivity_pointer"),
    "views.update": method(update, "", 4, "view:json! view_id external_id hash"),
    "views.publish": method(publish, "", 4, "user_id! view:json! hash"),
}
