"""Block Kit's elements and composition objects: which keys they have and how long they may be.

Source: https://docs.slack.dev/reference/block-kit/block-elements and /reference/block-kit/composition-objects.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playground.schema import (
    Check,
    array,
    boolean,
    both,
    fault,
    integer,
    matching,
    one_of,
    record,
    string,
)

URL = matching(r"[a-zA-Z][a-zA-Z0-9+.-]*:(//)?\S+", "must be a valid URL")
DATE = matching(r"\d{4}-\d{2}-\d{2}", "must be a date YYYY-MM-DD")
TIME = matching(r"([01]\d|2[0-3]):[0-5]\d", "must be a time HH:mm")
EPOCH = integer(1_000_000_000, 9_999_999_999)
USER = matching(r"[UW][A-Z0-9]{2,}", "must be a user id")
IDENTIFIER = string(255)


def plain(most: int) -> Check:
    """A plain_text object."""
    return record({"type": one_of("plain_text"), "text": string(most)}, {"emoji": boolean})


def text(most: int) -> Check:
    """A plain_text or mrkdwn object."""
    markdown = record({"type": one_of("mrkdwn"), "text": string(most)}, {"verbatim": boolean})
    words = plain(most)

    def check(value: Any, pointer: str) -> Iterator[str]:
        kind = value.get("type") if isinstance(value, dict) else None
        if isinstance(value, dict) and kind not in ("plain_text", "mrkdwn"):
            yield fault("must be one of plain_text, mrkdwn", f"{pointer}/type")
            return
        yield from (markdown if kind == "mrkdwn" else words)(value, pointer)

    return check


CONFIRM = record(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
OPTION = record({"text": plain(75), "value": string(150)}, {"description": plain(75)})
RICH_OPTION = record({"text": text(75), "value": string(150)}, {"description": text(75)})
OVERFLOW_OPTION = record({"text": plain(75), "value": string(150)}, {"description": plain(75), "url": URL})
GROUP = record({"label": plain(75), "options": array(OPTION, 100)})
DISPATCH = record({}, {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 2)})

TYPE: Check = string(50)
BASE: dict[str, Check] = {"action_id": IDENTIFIER, "confirm": CONFIRM}
TYPED: dict[str, Check] = {
    "action_id": IDENTIFIER,
    "placeholder": plain(150),
    "focus_on_load": boolean,
    "dispatch_action_config": DISPATCH,
}
PICKED: dict[str, Check] = {**BASE, "placeholder": plain(150), "focus_on_load": boolean}


def _offers_one_kind(value: Any, pointer: str) -> Iterator[str]:
    if ("options" in value) == ("option_groups" in value):
        yield fault("must provide either options or option_groups", pointer)


def _initials_offered(value: Any, pointer: str) -> Iterator[str]:
    try:
        groups = value.get("option_groups", ())
        offered = [*value.get("options", ()), *(option for group in groups for option in group["options"])]
        initial = [value["initial_option"]] if "initial_option" in value else value.get("initial_options", [])
        values = [option["value"] for option in offered]
    except (KeyError, TypeError):
        return
    if any(option not in offered for option in initial):
        yield fault("initial option must exactly match a provided option", pointer)
    if len(set(values)) != len(values):
        yield fault("duplicate option values", pointer)


def _min_before_max(value: Any, pointer: str) -> Iterator[str]:
    least, most = value.get("min_length"), value.get("max_length")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        yield fault("min_length must not exceed max_length", pointer)


def _select(**extra: Check) -> Check:
    keys = {**PICKED, "options": array(OPTION, 100), "option_groups": array(GROUP, 100), **extra}
    return both(record({"type": TYPE}, keys), _offers_one_kind, _initials_offered)


def _choices(**extra: Check) -> Check:
    required: dict[str, Check] = {"type": TYPE, "options": array(RICH_OPTION, 10)}
    return both(record(required, {**BASE, "focus_on_load": boolean, **extra}), _initials_offered)


_NUMBER = matching(r"-?\d+(\.\d+)?", "must be a number", 100)
_MANY = integer(1, 100)

BUTTON = record(
    {"type": TYPE, "text": plain(75)},
    {
        **BASE,
        "value": string(2000),
        "url": URL,
        "style": one_of("primary", "danger"),
        "accessibility_label": string(75),
    },
)
IMAGE_SOURCE: dict[str, Check] = {"image_url": URL, "slack_file": record({}, {"id": IDENTIFIER, "url": URL})}
IMAGE = record({"type": TYPE, "alt_text": string(2000)}, IMAGE_SOURCE)

ELEMENTS: dict[str, Check] = {
    "button": BUTTON,
    "static_select": _select(initial_option=OPTION),
    "multi_static_select": _select(initial_options=array(OPTION, 100), max_selected_items=_MANY),
    "users_select": record({"type": TYPE}, {**PICKED, "initial_user": USER}),
    "multi_users_select": record(
        {"type": TYPE}, {**PICKED, "initial_users": array(USER, 100), "max_selected_items": _MANY}
    ),
    "checkboxes": _choices(initial_options=array(RICH_OPTION, 10)),
    "radio_buttons": _choices(initial_option=RICH_OPTION),
    "overflow": record({"type": TYPE, "options": array(OVERFLOW_OPTION, 5)}, BASE),
    "datepicker": record({"type": TYPE}, {**PICKED, "initial_date": DATE}),
    "timepicker": record({"type": TYPE}, {**PICKED, "initial_time": TIME, "timezone": string(100)}),
    "datetimepicker": record({"type": TYPE}, {**BASE, "focus_on_load": boolean, "initial_date_time": EPOCH}),
    "plain_text_input": both(
        record(
            {"type": TYPE},
            {
                **TYPED,
                "initial_value": string(3000, 0),
                "multiline": boolean,
                "min_length": integer(0, 3000),
                "max_length": integer(1, 3000),
            },
        ),
        _min_before_max,
    ),
    "number_input": record(
        {"type": TYPE, "is_decimal_allowed": boolean},
        {**TYPED, "initial_value": _NUMBER, "min_value": _NUMBER, "max_value": _NUMBER},
    ),
    "email_text_input": record({"type": TYPE}, {**TYPED, "initial_value": string(3000, 0)}),
    "url_text_input": record({"type": TYPE}, {**TYPED, "initial_value": string(3000, 0)}),
}

MODAL_ONLY = {"number_input", "email_text_input", "url_text_input"}
IN_ACTIONS = {
    "button", "static_select", "multi_static_select", "users_select", "multi_users_select", "checkboxes",
    "radio_buttons", "overflow", "datepicker", "timepicker", "datetimepicker",
}  # fmt: skip
IN_SECTION = IN_ACTIONS - {"datetimepicker"}
IN_INPUT = set(ELEMENTS) - {"button", "overflow"}
