"""`inverso roster import`: what it says and what it changes, by the file it is given."""

import asyncio
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.__main__ import app
from bot.domain import roster as rules
from bot.domain import roster_rows as row_rules
from bot.locales import LANGUAGES, speaker
from storage.database import make_engine
from storage.tables import Row

SAMPLE = Path("playground/data/roster.csv").read_bytes()
HEADER = b"email,name,department,career_stage,site,country,timezone,languages,manager_email\n"
ADA = b"ada@x.example,Ada Neri,Sales,early,Milano,IT,Europe/Rome,it;en,bo@x.example\n"
BO = b"bo@x.example,Bo Verdi,Sales,senior,Milano,IT,Europe/Rome,it,\n"

Run = Callable[..., Result]


@pytest.fixture
def imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command on these bytes, in a database of its own."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/inverso.db")
    monkeypatch.setenv("INVERSO_COORDINATORS", "bo@x.example")
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.setenv("COLUMNS", "200")

    def run(data: bytes, *options: str) -> Result:
        file = tmp_path / "people.csv"
        file.write_bytes(data)
        return CliRunner().invoke(app, ["roster", "import", str(file), *options])

    return run


def people(tmp_path: Path) -> list[tuple[str, str, bool]]:
    """Address, the manager's address, and whether they coordinate."""
    with sqlite3.connect(tmp_path / "inverso.db") as database:
        return database.execute(
            "select p.email, coalesce(m.email, ''), p.coordinator from person p "
            "left join person m on m.id = p.manager_id order by p.email"
        ).fetchall()


def test_people_are_added_and_then_brought_up_to_date(imports: Run, tmp_path: Path) -> None:
    first = imports(HEADER + ADA + BO)
    assert (first.exit_code, first.output) == (0, "2 people added.\n")
    assert people(tmp_path) == [("ada@x.example", "bo@x.example", 0), ("bo@x.example", "", 1)]
    again = imports(HEADER + ADA.replace(b"Milano", b"Roma"))
    assert (again.exit_code, again.output) == (0, "0 people added. One person updated.\n")
    assert len(people(tmp_path)) == 2


def test_who_is_named_no_longer_coordinates_no_longer_and_an_unknown_address_is_told(
    imports: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Note" not in imports(HEADER + ADA + BO).output
    monkeypatch.setenv("INVERSO_COORDINATORS", "Ada@x.example, zoe@x.example")
    assert "names addresses that nobody in the list has: zoe@x.example." in imports(HEADER + ADA + BO).output
    assert [coordinates for _, _, coordinates in people(tmp_path)] == [1, 0]
    monkeypatch.delenv("INVERSO_COORDINATORS")
    imports(HEADER + ADA + BO)
    assert [coordinates for _, _, coordinates in people(tmp_path)] == [1, 0]


def test_the_sample_company_is_taken_whole(imports: Run, tmp_path: Path) -> None:
    assert imports(SAMPLE).output.startswith("240 people added.\n")
    assert len(people(tmp_path)) == 240


def test_one_wrong_line_and_nothing_changes(imports: Run, tmp_path: Path) -> None:
    wrong = imports(HEADER + ADA + BO.replace(b"Europe/Rome", b"Rome"))
    assert wrong.exit_code == 1
    assert re.search(r"3 +timezone +“Rome” is not a time zone", wrong.output)
    assert "One problem. Nothing has changed." in wrong.output
    assert "--skip-bad" in wrong.output
    assert people(tmp_path) == []


def test_of_many_lines_the_wrong_one_is_named_and_nothing_is_half_done(imports: Run, tmp_path: Path) -> None:
    imports(HEADER + ADA + BO)
    before = people(tmp_path)
    lines = [ADA.replace(b"ada@", b"ada%d@" % number) for number in range(20_000)]
    lines[15_000] = lines[15_000].replace(b"Europe/Rome", b"Rome")
    wrong = imports(HEADER + BO.replace(b"Bo Verdi", b"Bo Bianchi") + b"".join(lines))
    assert wrong.exit_code == 1
    assert re.search(r"15003 +timezone +“Rome” is not a time zone", wrong.output)
    assert "One problem. Nothing has changed." in wrong.output
    assert people(tmp_path) == before


def test_wrong_lines_are_left_out_when_asked(imports: Run, tmp_path: Path) -> None:
    left = imports(HEADER + ADA + BO + BO.replace(b"bo@", b"cy@").replace(b"IT", b"Italy"), "--skip-bad")
    assert left.exit_code == 0
    assert "2 people added. One line left out." in left.output
    assert [email for email, _, _ in people(tmp_path)] == ["ada@x.example", "bo@x.example"]


def test_nobody_is_left_when_all_lines_are_wrong(imports: Run, tmp_path: Path) -> None:
    empty = imports(HEADER + BO.replace(b"senior", b"boss"), "--skip-bad")
    assert empty.exit_code == 1
    assert "Without the wrong lines, nobody is left." in empty.output


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty."),
        (HEADER, "nobody below it"),
        (HEADER.replace(b",", b";") + ADA, "separated by semicolons"),
        (HEADER.replace(b",name", b""), "name This column is missing."),
        (HEADER + ADA.replace(b"bo@", b"zz@"), "manager zz@x.example is not in the file"),
        (HEADER + ADA + BO[:-1] + b"ada@x.example\n", "manage each other in a ring: ada@x.example, bo@x.example"),
        (HEADER + BO + BO, "bo@x.example is already on line 2."),
        (HEADER + BO.replace(b"bo@x", b"bo x"), "“bo x.example” is not an e-mail address."),
        (HEADER + BO.replace(b"Verdi", "Però".encode("cp1252")), "saved as cp1252"),
        ((HEADER + BO).decode().encode("utf-16"), "saved as utf-16"),
        (HEADER + b'"bo@x.example,Bo\n', "quotation mark"),
        (bytes(range(256)) * 400, "saved as"),
        (b"\x89PNG\r\n\x1a\n" + bytes(1000), "saved as"),
    ],
)
def test_bad_files_are_explained_and_change_nothing(imports: Run, tmp_path: Path, data: bytes, said: str) -> None:
    bad = imports(data)
    assert bad.exit_code == 1
    assert said in " ".join(bad.output.split())
    assert people(tmp_path) == []


def test_the_report_speaks_italian(imports: Run) -> None:
    wrong = imports(HEADER + ADA, "--language", "it")
    assert "Non è cambiato nulla." in wrong.output


def test_a_file_commands_no_terminal(imports: Run) -> None:
    wrong = imports(HEADER + BO.replace(b"senior", b"\x1b[31m[bold]red"))
    assert "\x1b" not in wrong.output
    assert "�[31m[bold]red" in wrong.output


def test_a_long_report_ends(imports: Run) -> None:
    lines = (BO.replace(b"bo@", f"p{number}@".encode()).replace(b"IT", b"Italy") for number in range(100_000))
    long = imports(HEADER + b"".join(lines))
    assert long.exit_code == 1
    assert "100,000 problems. Nothing has changed." in long.output
    assert len(long.output.splitlines()) < 60


def test_a_file_that_is_not_there_is_a_mistake_of_the_command(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["roster", "import", str(tmp_path / "no.csv")]).exit_code == 2


def test_a_database_of_another_version_is_left_alone(imports: Run, tmp_path: Path) -> None:
    async def old() -> None:
        engine = make_engine(f"sqlite:///{tmp_path}/inverso.db")
        async with engine.begin() as connection:
            await connection.run_sync(Row.metadata.create_all)
        await engine.dispose()

    asyncio.run(old())
    refused = imports(HEADER + BO)
    assert refused.exit_code == 2
    assert "inverso db upgrade" in refused.output


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_has_words(language: str) -> None:
    sources = "".join(Path(str(module.__file__)).read_text() for module in (rules, row_rules))
    codes = set(re.findall(r'(?:Problem|unfit)\([^"()]*(?:"\w+"|name|column|None), "(\w+)"', sources))
    assert len(codes) > 15
    messages = speaker(language).messages
    assert {code for code in codes if f"roster.{code}" not in messages} == set()
