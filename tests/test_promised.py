"""The pages that say what is promised, and the tests that prove it, name the same rows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
DOCS = TESTS.parent / "docs"
STATEMENTS = {"000": 14, "001": 12, "002": 13, "003": 29, "004": 7}
"""How many each article makes."""


def rows(page: str, head: str) -> set[str]:
    """The first cells of the page's tables that begin with this one."""
    text = (DOCS / page).read_text(encoding="utf-8")
    tables = re.findall(rf"^\| {head} \|.*\n\| --- .*\n((?:\|.*\n)+)", text, re.MULTILINE)
    return {line.split(" | ")[0].removeprefix("| ") for table in tables for line in table.splitlines()}


def proved(mark: str) -> Iterator[str]:
    """The rows that tests carry by this mark."""
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == f"pytest.mark.{mark}":
                yield ast.literal_eval(node.args[0])


@pytest.mark.parametrize(
    ("page", "head", "mark"), [("delivery.md", "What happens", "promised"), ("method.md", "Row", "seed")]
)
def test_each_promise_is_proved_and_each_proof_is_of_a_promise(page: str, head: str, mark: str) -> None:
    assert len(rows(page, head)) > 20
    assert set(proved(mark)) == rows(page, head)


def test_the_method_passes_over_no_statement() -> None:
    told = rows("method.md", "Row") | rows("method.md", "Statement")
    assert told == {f"{article}-{number}" for article, most in STATEMENTS.items() for number in range(1, most + 1)}
    assert not rows("method.md", "Row") & rows("method.md", "Statement")
