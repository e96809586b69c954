"""What the values of the record mean, in words: no code that only programs read. Pure."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from bot import content
from bot.content import Lesson, Topic
from bot.domain.programme import CAREER_STAGES
from bot.domain.survey import may_show_item, skill_item
from bot.flows.enrolment.facts import FORMATS
from bot.flows.enrolment.meeting_steps import language_name, window_name
from bot.flows.feedback.conversation import MOMENTS
from bot.flows.goals.conversation import KINDS as GOALS
from bot.flows.sharing.conversation import KINDS as SHARED
from bot.flows.support.kinds import KINDS, label
from bot.ui.words import T, Text

Words = Callable[[Any, Mapping[str, Any]], Text]
"""The words of a value, which stands in this entry of the record."""


def worded(field: str, value: Any, entry: Mapping[str, Any]) -> Any:
    """The value as people read it: words, a list of words, or itself where it is words, a number or a moment already.

    ``entry``: what it stands in; an answer is read by its question.
    """
    if isinstance(value, bool):
        return T("privacy.yes" if value else "privacy.no")
    if field == "snoozed":
        return [T("privacy.until", what=label(kind), day=date.fromisoformat(to[:10])) for kind, to in value.items()]
    if field in _LEVELS and value:
        return [_skill(code, level) for code, level in (value.items() if isinstance(value, dict) else value)]
    words = _WORDS.get(field)
    if words is None or value in (None, "", [], {}):
        return value
    return [words(one, entry) for one in value] if isinstance(value, list) else words(value, entry)


def _skill(code: str, level: int) -> Text:
    skill, levels = content.skills().get(code), dict(content.scale("skill5"))
    return T("privacy.skill_level", skill=skill.statement if skill else code, level=levels[level])


def _title(known: Mapping[str, Lesson] | Mapping[str, Topic], code: str) -> Text:
    """Its title; the code of one that the company has taken out of the content since."""
    found = known.get(code)
    return found.title if found else code


def _kind(kind: str, _: Mapping[str, Any]) -> Text:
    if kind in KINDS:
        return label(kind)
    if kind in GOALS:
        return T(f"goals.kind.{kind}")
    return T(f"sharing.kind_{kind}" if kind in SHARED else f"privacy.kind_{kind}")


def _wave(wave: str, _: Mapping[str, Any]) -> Text:
    when, _colon, number = wave.partition(":")
    return T("privacy.wave_session", number=number) if number else T(f"feedback.title.{when}")


def _item(item: str, _: Mapping[str, Any]) -> Text:
    return _ITEMS.get(item, item)


def _value(value: int, entry: Mapping[str, Any]) -> Text:
    asked = content.items().get(entry["item"])
    if entry["item"].endswith(may_show_item("")):
        return T("privacy.yes" if value else "privacy.no")
    return dict(content.scale(asked.scale if asked else "skill5")).get(value, str(value))


_ITEMS: Mapping[str, Text] = {
    **{item.code: item.text for item in content.items().values()},
    **{may_show_item(code): T("feedback.may_show") for code in content.items()},
    **{
        skill_item(skill.code, moment): T(f"feedback.skill_{moment}", statement=skill.statement)
        for skill in content.skills().values()
        for moment in MOMENTS
    },
}


def _command(name: str, _: Mapping[str, Any]) -> Text:
    """What a coordinator's command was about; one that was typed in the words of the command."""
    about = name.partition(".")[0]
    return T(f"privacy.about_{about}") if about in ABOUT else T("privacy.typed_command", words=name)


ABOUT = ("board", "delivery", "file", "hopes", "matching", "privacy", "programme", "reports", "sharing")
_LEVELS = frozenset({"offers", "wants"})
_WORDS: Mapping[str, Words] = {
    "language": lambda code, _: language_name(code),
    "languages": lambda code, _: language_name(code),
    "career_stage": lambda stage, _: T(f"programme.stage_{stage}") if stage in CAREER_STAGES else stage,
    "platform": lambda name, _: name.title(),
    "role": lambda role, _: T(f"enrolment.role.{role}"),
    "state": lambda state, _: T(f"privacy.state_{state}"),
    "slots": lambda slot, _: window_name(slot),
    "formats": lambda code, _: T(f"enrolment.format.{code}"),
    "mode": lambda code, _: T(f"enrolment.format.{code}") if code in FORMATS else code,
    "lessons": lambda code, _: _title(content.lessons(), code),
    "topic": lambda code, _: _title(content.topics(), code),
    "stopped_kinds": lambda kind, _: label(kind),
    "kind": _kind,
    "action": _command,
    "subject": lambda _key, _: "",
    "wave": _wave,
    "item": _item,
    "value": _value,
}
