"""Fields of a form as Adaptive Card inputs. Pure.

Teams sends every value as a string, leaves empty ones out and joins several by commas; so the id of an input says of
which kind its value is: ``t_`` typed text, ``m_`` several, ``f_`` any other.
"""

from typing import assert_never

from bot.handlers.teams.wording import plain
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

TYPED, SEVERAL, OTHER = "t_", "m_", "f_"
MOST_PUT_BACK = 10_000
"""Characters; a longer text than any field takes came from no client, and would make the form too large to draw."""
PEOPLE = "inverso.people"
"""The dataset that a person is searched in: the roster, by way of ``application/search``."""


def field_elements(item: Field, say: Say, answer: Value, *, required: bool) -> list[Json]:
    """One input with its label, and its hint below. ``required``: the client asks for an answer before it sends."""
    drawn = {**_input(item, say, answer), "label": _label(item, say)}
    if required and not item.optional:
        drawn |= {"isRequired": True, "errorMessage": plain(say, T("form.required"))}
    hint = [] if item.hint is None else [_hint(plain(say, item.hint))]
    return [drawn, *hint]


def _label(item: Field, say: Say) -> str:
    label = plain(say, item.label)
    if not item.optional:
        return label
    return plain(say, T("form.later" if item.later else "form.optional", label=label))


def _hint(words: str) -> Json:
    return {
        "type": "TextBlock",
        "text": words,
        "wrap": True,
        "isSubtle": True,
        "size": "small",
        "spacing": "small",
    }


def _input(item: Field, say: Say, answer: Value) -> Json:
    match item:
        case TextField():
            return _text(item, say, answer)
        case ChoiceField():
            style = "compact" if item.menu else "expanded"
            return _choices(item, say, f"{OTHER}{item.name}", style, texts_of(answer)[:1])
        case ManyField():
            style = "compact" if item.menu else "expanded"
            drawn = _choices(item, say, f"{SEVERAL}{item.name}", style, texts_of(answer))
            return {**drawn, "isMultiSelect": True}
        case DateField():
            return {"type": "Input.Date", "id": f"{OTHER}{item.name}"} | _initial(answer)
        case TimeField():
            return {"type": "Input.Time", "id": f"{OTHER}{item.name}"} | _initial(answer)
        case NumberField():
            return _number(item, answer)
        case PersonField():
            return _person(item, answer)
        case _:
            assert_never(item)


def _initial(answer: Value) -> Json:
    return {"value": answer} if answer else {}


def _text(item: TextField, say: Say, answer: Value) -> Json:
    drawn: Json = {
        "type": "Input.Text",
        "id": f"{TYPED}{item.name}",
        "isMultiline": item.multiline,
        "maxLength": item.max_length,
    }
    if item.placeholder is not None:
        drawn["placeholder"] = plain(say, item.placeholder)
    put_back = answer if isinstance(answer, str) and len(answer) <= MOST_PUT_BACK else None
    return drawn | _initial(put_back)


def _number(item: NumberField, answer: Value) -> Json:
    """What was typed and is no number cannot be put back into a number's input."""
    drawn: Json = {"type": "Input.Number", "id": f"{OTHER}{item.name}", "min": item.least, "max": item.most}
    typed = answer if isinstance(answer, str) else ""
    return drawn | ({"value": int(typed)} if typed.removeprefix("-").isdecimal() else {})


def _choices(item: ChoiceField | ManyField, say: Say, id: str, style: str, chosen: list[str]) -> Json:
    drawn: Json = {
        "type": "Input.ChoiceSet",
        "id": id,
        "style": style,
        "wrap": True,
        "choices": [_choice(option, say) for option in item.options],
    }
    known = [code for code in chosen if code in {option.code for option in item.options}]
    return drawn | ({"value": ",".join(known)} if known else {})


def _choice(option: Option, say: Say) -> Json:
    """An option with its hint or the group that it belongs to, which Teams has no place for."""
    if "," in option.code:
        raise TooLong(f"a comma parts codes: {option.code}")
    more = option.hint if option.hint is not None else option.group
    title = plain(say, option.label) if more is None else f"{plain(say, option.label)} — {plain(say, more)}"
    return {"title": limited(title, 200), "value": option.code}


def _person(item: PersonField, answer: Value) -> Json:
    """Searched in the roster as one types, so that colleagues of every platform are found; the value is an e-mail
    address, which says by itself who is meant when the form is drawn again.
    """
    chosen = texts_of(answer)
    drawn: Json = {
        "type": "Input.ChoiceSet",
        "id": f"{SEVERAL if item.many else OTHER}{item.name}",
        "style": "compact",
        "isMultiSelect": item.many,
        "choices": [{"title": one, "value": one} for one in chosen],
        "choices.data": {"type": "Data.Query", "dataset": PEOPLE},
    }
    return drawn | ({"value": ",".join(chosen)} if chosen else {})
