"""The page that says what is promised about messages, and the tests that prove it, name the same rows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "docs" / "delivery.md"


def rows() -> set[str]:
    """What can happen: the first cells of the page's tables about that."""
    tables = re.findall(
        r"^\| What happens \|.*\n\| --- .*\n((?:\|.*\n)+)", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    return {line.split(" | ")[0].removeprefix("| ") for table in tables for line in table.splitlines()}


def proved() -> Iterator[str]:
    """The rows that tests carry."""
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.promised":
                yield ast.literal_eval(node.args[0])


def test_each_promise_is_proved_and_each_proof_is_of_a_promise() -> None:
    assert len(rows()) > 20
    assert set(proved()) == rows()
