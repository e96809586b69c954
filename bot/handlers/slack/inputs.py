"""Fields of a form as input blocks. Pure; refuses what Slack would refuse.

Limits: docs.slack.dev/reference/block-kit/block-elements.
"""

from typing import assert_never

from bot.handlers.slack.wording import plain
from bot.handlers.wording import Json, TooLong, limited
from bot.locales import Say
from bot.ui.forms import (
    ChoiceField,
    DateField,
    Field,
    ManyField,
    NumberField,
    Option,
    PersonField,
    TextField,
    TimeField,
    Value,
    texts_of,
)
from bot.ui.words import T


def field_block(item: Field, say: Say, block_id: str, answer: Value) -> Json:
    """One input with its label, its hint and what was answered before.

    Slack calls optional whatever may be empty: of what is needed later the hint says so.
    """
    drawn: Json = {
        "type": "input",
        "block_id": limited(block_id, 255),
        "label": plain(say, item.label, 2000),
        "element": _element(item, say, answer),
        "optional": item.optional,
    }
    hints = [*([T("form.later_hint")] if item.later else []), *([item.hint] if item.hint is not None else [])]
    if hints:
        drawn["hint"] = {
            "type": "plain_text",
            "text": limited(" ".join(plain(say, hint, 2000)["text"] for hint in hints), 2000),
        }
    return drawn


def _element(item: Field, say: Say, answer: Value) -> Json:
    match item:
        case TextField():
            return _text(item, say, answer)
        case ChoiceField():
            kind = "static_select" if item.menu else "radio_buttons"
            return _options(item, say, kind, texts_of(answer)[:1], "initial_option")
        case ManyField():
            kind = "multi_static_select" if item.menu else "checkboxes"
            drawn = _options(item, say, kind, texts_of(answer), "initial_options")
            if item.menu and item.most is not None:
                drawn["max_selected_items"] = item.most
            return drawn
        case DateField():
            return {"type": "datepicker", "action_id": item.name} | _initial("initial_date", answer)
        case TimeField():
            return {"type": "timepicker", "action_id": item.name} | _initial("initial_time", answer)
        case NumberField():
            bounds = {"min_value": str(item.least), "max_value": str(item.most), "is_decimal_allowed": False}
            return {"type": "number_input", "action_id": item.name, **bounds} | _initial("initial_value", answer)
        case PersonField():
            if item.many:
                chosen = {"initial_users": texts_of(answer)} if answer else {}
                return {"type": "multi_users_select", "action_id": item.name} | chosen
            return {"type": "users_select", "action_id": item.name} | _initial("initial_user", answer)
        case _:
            assert_never(item)


def _initial(name: str, answer: Value) -> Json:
    return {name: answer} if answer else {}


def _text(item: TextField, say: Say, answer: Value) -> Json:
    drawn: Json = {
        "type": "plain_text_input",
        "action_id": item.name,
        "multiline": item.multiline,
        "max_length": item.max_length,
    }
    if item.min_length:
        drawn["min_length"] = item.min_length
    if item.placeholder is not None:
        drawn["placeholder"] = plain(say, item.placeholder, 150)
    return drawn | _initial("initial_value", answer)


def _options(item: ChoiceField | ManyField, say: Say, kind: str, chosen: list[str], initial: str) -> Json:
    if not item.menu and len(item.options) > 10:
        raise TooLong(f"{len(item.options)} options beside each other where Slack takes 10: {item.name}")
    drawn = {option.code: _option(option, say) for option in item.options}
    element: Json = {"type": kind, "action_id": item.name}
    if any(option.group is not None for option in item.options):
        element["option_groups"] = _groups(item.options, drawn, say)
    else:
        element["options"] = list(drawn.values())
    picked = [drawn[code] for code in chosen if code in drawn]
    if picked:
        element[initial] = picked if initial.endswith("s") else picked[0]
    return element


def _groups(options: tuple[Option, ...], drawn: dict[str, Json], say: Say) -> list[Json]:
    groups: dict[str, list[Json]] = {}
    for option in options:
        label = say(option.group) if option.group is not None else "—"
        groups.setdefault(label, []).append(drawn[option.code])
    return [
        {"label": {"type": "plain_text", "text": limited(label, 75)}, "options": members}
        for label, members in groups.items()
    ]


def _option(option: Option, say: Say) -> Json:
    drawn: Json = {"text": plain(say, option.label, 75), "value": limited(option.code, 150)}
    if option.hint is not None:
        drawn["description"] = plain(say, option.hint, 75)
    return drawn
