"""Whatever is drawn is drawn for Teams too, in both languages, and held against the schema of Adaptive Cards 1.5."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from bot.flows.catalogue import FEATURES
from bot.flows.turns import ShowForm
from bot.handlers.teams import dialogs, render
from bot.handlers.teams.render import Pen
from bot.locales import LANGUAGES, speaker
from bot.ui.cards import Card
from bot.ui.words import T

SCHEMA = Path(__file__).parent / "data" / "adaptive-card-1.5.schema.json"
WORDS = {
    "text",
    "title",
    "value",
    "url",
    "altText",
    "label",
    "fallbackText",
    "id",
    "verb",
    "data",
    "placeholder",
    "name",
}
WORDS |= {"errorMessage", "targetElements", "maxLength"}
OFTEN = 2
FORMS = frozenset(name for feature in FEATURES for name, verb in feature.verbs.items() if verb.form)
_seen: Counter[object] = Counter()
_valid: set[str] = set()


def on_teams(shown: Card | ShowForm, nudge: int | None = None) -> None:
    """Draw it for Teams in both languages, unless the same messages were drawn a few times before."""
    key = _keys(shown)
    _seen[key] += 1
    if _seen[key] > OFTEN:
        return
    pen = Pen(FORMS, nudge)
    for language in LANGUAGES:
        say = speaker(language)
        if isinstance(shown, ShowForm):
            valid(dialogs.dialog(shown, say, pen)["task"]["value"]["card"]["content"])
        else:
            valid(render.message(shown, say, pen)["attachments"][0]["content"])
            valid(dialogs.notice(shown, say, pen)["task"]["value"]["card"]["content"])


def valid(drawn: Any) -> None:
    """Raises ``jsonschema.ValidationError`` for what is no Adaptive Card 1.5.

    A part of the same shape is looked at once.
    """
    for part in _parts(drawn):
        shape = json.dumps(_shape(part))
        if shape not in _valid:
            _validator().validate(_within_the_schema(part))
            _valid.add(shape)


def _parts(drawn: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The card empty, and with each of its elements and actions alone: the schema looks at them one by one."""
    lists = [name for name in ("body", "actions") if name in drawn]
    empty = {key: [] if key in lists else value for key, value in drawn.items()}
    yield empty
    for name in lists:
        yield from ({**empty, name: [one]} for one in drawn[name])


def _within_the_schema(drawn: Any) -> Any:
    """Without what Teams documents beyond the schema: a search in a list of choices."""
    if isinstance(drawn, dict):
        return {key: _within_the_schema(value) for key, value in drawn.items() if key != "choices.data"}
    return [_within_the_schema(one) for one in drawn] if isinstance(drawn, list) else drawn


@cache
def _validator() -> Any:
    return jsonschema.Draft6Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def _shape(drawn: Any) -> Any:
    """The card without its words."""
    if isinstance(drawn, dict):
        return {key: type(value).__name__ if key in WORDS else _shape(value) for key, value in drawn.items()}
    if isinstance(drawn, list):
        shapes = [_shape(one) for one in drawn]
        return [one for place, one in enumerate(shapes) if one not in shapes[:place]]
    return drawn


def _keys(value: object) -> object:
    """The messages that a card or form is made of, without what was typed into them."""
    match value:
        case T():
            return (value.key, len(value.params))
        case Mapping():
            return tuple((str(key), _keys(one)) for key, one in value.items())
        case list() | tuple():
            return tuple(_keys(one) for one in value)
        case str() | bytes() | int() | float() | None:
            return type(value).__name__
        case _ if hasattr(value, "__dataclass_fields__"):
            return (type(value).__name__, *(_keys(getattr(value, name)) for name in value.__dataclass_fields__))
        case _:
            return type(value).__name__
