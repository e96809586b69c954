"""The catalogs: every message that the code says exists in both languages, alike in form, and in the product's tone."""

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from bot import content
from bot.cli import messages
from bot.flows.catalogue import FEATURES
from bot.flows.support import kinds
from bot.locales import Message, placeholders, speaker
from bot.ui.words import T

BOT = Path(__file__).parent.parent / "bot"
LANGUAGES = ("en", "it")
MADE_OF_PARTS = re.compile(r"[a-z_]+\.[a-z_.]*$")
FIELD_OF_SLACK = 24

FORBIDDEN = {
    "en": r"boomer|digital natives?|millennial|gen(eration)? [xyz]\b|\bgap\b|\blagging\b|even you can|invalid|streak"
    r"|protégé|mentoree",
    "it": r"boomer|nativ[ioae] digital|millennial|generazione [xyz]\b|\bdivario\b|\bgap\b|perfino tu|non valid[oa]"
    r"|\bmentor[ei]\b|\balliev[oaie]\b",
}


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(BOT.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


@cache
def said() -> tuple[dict[str, str], dict[str, str], set[str]]:
    """What code says, by place: keys outright, patterns of keys that it makes of parts; and all of its strings."""
    keys: dict[str, str] = {}
    patterns: dict[str, str] = {}
    strings: set[str] = set()
    for path, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                strings.add(node.value)
            where = f"{path.relative_to(BOT)}:{getattr(node, 'lineno', 0)}"
            for key in _literals(node):
                keys[key] = where
            if isinstance(node, ast.JoinedStr) and MADE_OF_PARTS.match(str(getattr(node.values[0], "value", ""))):
                patterns[_pattern(node)] = where
    return keys, patterns, strings


def _pattern(node: ast.JoinedStr) -> str:
    """The f-string as a regular expression with a group for each hole."""
    return "".join(
        re.escape(str(part.value)) if isinstance(part, ast.Constant) else "([A-Za-z0-9_.]*)" for part in node.values
    )


def _made(key: str) -> bool:
    """Whether code makes this key of parts that it knows: what fills each hole is one of its own strings or a code."""
    _, patterns, _ = said()
    found = (re.fullmatch(pattern, key) for pattern in patterns)
    return any(match and all(_fits(hole, _known()) for hole in match.groups()) for match in found)


@cache
def _known() -> frozenset[str]:
    """The code's own strings, their parts, and the codes of the content."""
    _, _, strings = said()
    return frozenset(strings | {part for text in strings for part in re.split(r"[^a-z0-9_]", text)} | _codes())


def _fits(hole: str, known: frozenset[str]) -> bool:
    """Whether the hole is known, or made of two that are (``check_`` and a code)."""
    cuts = [number for number, letter in enumerate(hole) if letter in "_."]
    return hole in known or any(hole[:cut] in known and hole[cut + 1 :] in known for cut in cuts)


@cache
def _codes() -> frozenset[str]:
    """The codes of the content files, and the numbers that may stand in a key."""
    codes = {*content.skills(), *content.topics(), *content.lessons(), *content.items(), *content.objectives()}
    return frozenset({*codes, *content.exit_reasons(), *map(str, range(20)), ""})


def _literals(node: ast.AST) -> Iterator[str]:
    """The keys of ``T("…")`` and ``T("…" if … else "…")``, and of the ``help`` of a command."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return
    if node.func.id == "T" and node.args:
        yield from _constants(node.args[0])
    if node.func.id == "Command":
        for keyword in node.keywords:
            if keyword.arg == "help":
                yield from _constants(keyword.value)


def _constants(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _constants(node.body)
        yield from _constants(node.orelse)


@cache
def catalog(language: str) -> dict[str, Message]:
    return dict(speaker(language).messages)


def every_form(language: str) -> Iterator[tuple[str, str]]:
    for key, message in catalog(language).items():
        for form in message.forms:
            yield key, form


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_that_the_code_says_exists(language: str) -> None:
    keys, _, _ = said()
    missing = {key: where for key, where in keys.items() if key not in catalog(language)}
    assert missing == {}


def test_every_pattern_of_a_made_key_leads_somewhere() -> None:
    _, patterns, _ = said()
    features = {path.stem for path in (BOT / "locales" / "en").glob("*.po")}
    names = [name for feature in FEATURES for name in (*feature.verbs, *feature.jobs)]
    lost = {
        pattern: where
        for pattern, where in patterns.items()
        if pattern.split("\\.")[0] in features
        and not any(re.fullmatch(pattern, name) for name in (*catalog("en"), *names))
    }
    assert lost == {}


def test_both_languages_have_the_same_messages() -> None:
    assert set(catalog("en")) ^ set(catalog("it")) == set()


def test_both_languages_have_the_same_plural_forms() -> None:
    different = [key for key, message in catalog("en").items() if len(message.forms) != len(catalog("it")[key].forms)]
    assert different == []


def test_both_languages_have_the_same_placeholders() -> None:
    def of(language: str, key: str) -> set[str]:
        return {name for form in catalog(language)[key].forms for name in placeholders(form)}

    different = {key: (of("en", key), of("it", key)) for key in catalog("en") if of("en", key) != of("it", key)}
    assert different == {}


def test_code_gives_what_the_words_ask_for() -> None:
    """A call of ``T`` with a plain key names every placeholder of the message (unless it passes ``**`` on)."""
    wrong: dict[str, str] = {}
    for path, tree in sources():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "T"):
                continue
            given = {keyword.arg for keyword in node.keywords}
            for key in _literals(node) if None not in given else ():
                message = catalog("en").get(key)
                wanted = {name for form in message.forms for name in placeholders(form)} if message else set()
                if wanted - given:
                    wrong[f"{path.relative_to(BOT)}:{node.lineno}"] = f"{key} wants {sorted(wanted - given)}"
    assert wrong == {}


def test_no_message_is_unused() -> None:
    keys, _, strings = said()
    unused = [
        key
        for key in catalog("en")
        if key not in keys and key not in strings and not _made(key) and key not in _of_data()
    ]
    assert unused == []


@cache
def _of_data() -> frozenset[str]:
    """What comes next is found by the names of jobs; fields of a copy by the names in the record."""
    jobs = {f"next.{name.replace('.', '_')}" for feature in FEATURES for name in feature.jobs}
    fields = set(re.findall(r"\w+", (BOT.parent / "storage" / "privacy.py").read_text(encoding="utf-8")))
    return frozenset(jobs | {f"privacy.field_{name}" for name in fields})


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_empty_or_has_stray_spaces(language: str) -> None:
    stray = {
        key: form
        for key, form in every_form(language)
        if not form or form != form.strip() or re.search(r"  | [.,;:?!] ", form)
    }
    assert stray == {}


@pytest.mark.seed("000-2")
@pytest.mark.seed("000-7")
@pytest.mark.seed("004-4")
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_speaks_of_people_as_it_must_not(language: str) -> None:
    wrong = {key: form for key, form in every_form(language) if re.search(FORBIDDEN[language], form, re.IGNORECASE)}
    assert wrong == {}


def test_italian_marks_no_gender_by_symbols() -> None:
    wrong = {
        key: form
        for key, form in every_form("it")
        if re.search(r"[əɜ]|\w\*(?!\*)(?<!\*\*)\w?|\b\w+/[aeio]\b", form.replace("**", ""))
    }
    assert wrong == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_and_submits_of_forms_fit(language: str) -> None:
    too_long: dict[str, str] = {}
    for path, tree in sources():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Form"):
                continue
            places = [node.args[0] if node.args else None, node.args[2] if len(node.args) > 2 else None]
            places += [keyword.value for keyword in node.keywords if keyword.arg in ("title", "submit")]
            for place in places:
                for key in _literals(place) if place is not None else ():
                    for form in catalog(language)[key].forms if key in catalog(language) else ():
                        if len(form) > FIELD_OF_SLACK and not placeholders(form):
                            too_long[key] = f"{form} ({path.name}:{node.lineno})"
    assert too_long == {}


def test_every_command_is_in_the_help_and_speaks_both_languages() -> None:
    for feature in FEATURES:
        for command in feature.commands:
            assert command.help is not None or "thanks" in command.words["en"], command.words
            assert command.help is None or command.help in catalog("en"), command.help
            assert command.words.get("en") and command.words.get("it"), command.words


def test_no_two_commands_share_their_words() -> None:
    spellings = [
        (words, command)
        for feature in FEATURES
        for command in feature.commands
        for words in {word for all_words in command.words.values() for word in all_words}
    ]
    words = [word for word, _ in spellings]
    assert sorted({word for word in words if words.count(word) > 1}) == []


def test_every_kind_of_nudge_can_be_named_put_off_and_stopped() -> None:
    used: dict[str, str] = {}
    for path, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Say", "later"):
                values = [keyword.value for keyword in node.keywords if keyword.arg == "nudge"]
                values += node.args[:1] if node.func.id == "later" else []
                for value in values:
                    kind = _value(path, value)
                    if kind is not None:
                        used[kind] = f"{path.relative_to(BOT)}:{node.lineno}"
    assert used
    assert {kind: where for kind, where in used.items() if kind not in kinds.KINDS} == {}
    assert all(f"support.kind_{kind}" in catalog("en") for kind in kinds.KINDS)


def _value(path: Path, node: ast.expr) -> str | None:
    """What a constant of that module says; None for a parameter."""
    module = importlib.import_module(".".join(("bot", *path.relative_to(BOT).with_suffix("").parts)))
    parts = ast.unparse(node).split(".")
    if isinstance(node, ast.Constant):
        return str(node.value) if node.value is not None else None
    value: object = module
    for part in parts:
        value = getattr(value, part, None)
    return value if isinstance(value, str) else None


def test_every_promise_of_a_kind_is_a_job_that_exists_and_has_words() -> None:
    jobs = {name for feature in FEATURES for name in feature.jobs}
    named = {job for jobs_of_kind in kinds.KINDS.values() for job in jobs_of_kind}
    assert named - jobs == set()
    assert {job for job in named if f"next.{job.replace('.', '_')}" not in catalog("en")} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_lines_of_the_help_read_alike(language: str) -> None:
    """They follow a colon: no capital at the start, no full stop at the end."""
    lines = {command.help for feature in FEATURES for command in feature.commands if command.help is not None}
    wrong = [
        form
        for key in lines
        for form in catalog(language)[key].forms
        if form.endswith(".") or (form[0].isupper() and not form.startswith("I "))
    ]
    assert wrong == []


def test_a_rounded_nought_has_no_minus() -> None:
    assert speaker("it")(T("programme.count", count=round(-0.04, 1))) == "0"


def test_content_is_set_with_typographic_marks() -> None:
    for file in sorted((BOT / "content").glob("*.json")):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"\\\"|\.\.\.|\w'\w", text), file.name


def test_the_page_of_all_messages_is_as_the_catalogs_are() -> None:
    written = (BOT.parent / "docs" / "messages.md").read_text(encoding="utf-8")
    assert written == messages.page(), "run: make messages"
