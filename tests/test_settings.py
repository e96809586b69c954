"""What the environment may not say: each refusal names the variable to set, and nothing starts."""

import re
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError
from typer.testing import CliRunner

from bot.__main__ import app
from bot.cli import db, serve
from bot.settings import BadSettings, Settings
from storage.box import new_key

TOKEN = {"SLACK_BOT_TOKEN": "xoxb-1"}
SECRET = {"SLACK_SIGNING_SECRET": "s"}
SLACK = TOKEN | SECRET
POSTGRES = {"DATABASE_URL": "postgresql://inverso@127.0.0.1:1/inverso"}

REFUSED = [
    ({}, "No platform is set up. Set SLACK_BOT_TOKEN"),
    (SECRET, "No platform is set up. Set SLACK_BOT_TOKEN"),
    (TOKEN, "SLACK_BOT_TOKEN is set, but neither SLACK_SIGNING_SECRET"),
    ({"SLACK_CLIENT_ID": "1.2"}, "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET belong together"),
    (SLACK | {"SLACK_CLIENT_SECRET": "c"}, "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET belong together"),
    ({"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "c"}, "SLACK_CLIENT_ID needs SLACK_SIGNING_SECRET"),
    (SECRET | {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "c"}, "SLACK_CLIENT_ID needs INVERSO_SLACK_TEAMS"),
    (SLACK | {"SLACK_API_URL": "https://slack.com/api"}, "SLACK_API_URL must end with a slash"),
    (SLACK | {"INVERSO_SECRET_KEY": "wrong"}, "INVERSO_SECRET_KEY is not a valid key"),
    (SLACK | {"INVERSO_SECRET_KEY": ","}, "INVERSO_SECRET_KEY is not a valid key"),
    (SLACK | POSTGRES, "INVERSO_SECRET_KEY is required with PostgreSQL"),
    (SLACK | {"DATABASE_URL": "mysql://inverso@127.0.0.1/inverso"}, "DATABASE_URL: 'mysql' is not supported"),
    (SLACK | {"PORT": "high"}, "PORT"),
]


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment that says nothing, and a folder of its own for the file that is the default.

    The log stays as it is: what a command writes to here is closed when it ends.
    """
    monkeypatch.setattr(serve, "configure_logs", lambda: None)
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(("environment", "sentence"), REFUSED)
def test_what_is_not_right_is_said_in_a_sentence(environment: dict[str, str], sentence: str) -> None:
    result = CliRunner().invoke(app, ["run"], env=environment)
    assert result.exit_code == 2
    said = re.sub(r"\s+", " ", result.output)
    assert sentence in said
    assert "Traceback" not in said


KEYED = {**POSTGRES, "INVERSO_SECRET_KEY": new_key()}
DOWN = "The database cannot be used: connection failed"
IN_ANY_COMMAND = [
    (["run"], SLACK | KEYED, DOWN),
    (["db", "upgrade"], POSTGRES, DOWN),
    (["roster", "import", "people.csv"], KEYED, DOWN),
    (["db", "check"], {"DATABASE_URL": "mysql://inverso@127.0.0.1/inverso"}, "DATABASE_URL: 'mysql' is not supported"),
    (["roster", "import", "people.csv"], {"DATABASE_URL": "inverso.db"}, "DATABASE_URL is not an address"),
    (["db", "upgrade"], {"DATABASE_URL": "postgresql://127.0.0.1:abc/x"}, "DATABASE_URL is not an address"),
    (["db", "check"], {"DATABASE_URL": "sqlite:///people.csv"}, "The database cannot be used: file is not a database"),
    (["db", "upgrade"], {"DATABASE_URL": "sqlite:////dev/null/x.db"}, "Inverso cannot go on"),
    (["doctor"], {"PORT": "abc"}, "PORT: Input should be a valid integer"),
]


@pytest.mark.parametrize(("command", "environment", "sentence"), IN_ANY_COMMAND)
def test_every_command_says_in_a_sentence_what_to_mend(
    command: list[str], environment: dict[str, str], sentence: str, tmp_path: Path
) -> None:
    (tmp_path / "people.csv").write_text("no database\n" * 100)
    result = CliRunner().invoke(app, command, env=environment)
    assert (result.exit_code, result.output[: len(sentence)]) == (2, sentence)


def test_a_database_without_tables_is_told_in_a_line(tmp_path: Path) -> None:
    address = {"DATABASE_URL": f"sqlite:///{tmp_path / 'new.db'}"}
    result = CliRunner().invoke(app, ["db", "check"], env=address)
    assert (result.exit_code, result.output) == (1, "The database has no tables yet. Run: inverso db upgrade\n")
    assert CliRunner().invoke(app, ["db", "upgrade"], env=address).exit_code == 0
    assert CliRunner().invoke(app, ["db", "check"], env=address).output == "Models and database agree.\n"


def test_a_fault_of_our_own_keeps_its_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    async def wrong(_: object) -> None:
        raise IntegrityError("INSERT", None, ValueError("UNIQUE constraint failed"))

    monkeypatch.setattr(db.schema, "revision", wrong)
    result = CliRunner().invoke(app, ["db", "check"])
    assert isinstance(result.exception, IntegrityError)


def test_a_key_is_made_once_and_kept_beside_the_file_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings.model_validate({"DATABASE_URL": f"sqlite:///{tmp_path / 'company.db'}"})
    sealed = settings.box().seal("a goal")
    kept = tmp_path / "company.key"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert settings.box().open(sealed) == "a goal"


def test_a_new_key_put_first_opens_what_the_old_one_sealed() -> None:
    old, new = new_key(), new_key()
    sealed = Settings.model_validate({"INVERSO_SECRET_KEY": old}).box().seal("a goal")
    assert Settings.model_validate({"INVERSO_SECRET_KEY": f"{new},{old}"}).box().open(sealed) == "a goal"


def test_complete_credentials_are_accepted() -> None:
    for complete in (
        SLACK,
        TOKEN | {"SLACK_APP_TOKEN": "xapp-1"},
        SECRET | {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "c", "INVERSO_SLACK_TEAMS": "T1"},
    ):
        settings = Settings.model_validate(complete)
        settings.check()
        assert settings.has_slack


def test_a_database_in_memory_has_a_key_for_as_long_as_it_lives(tmp_path: Path) -> None:
    Settings.model_validate({"DATABASE_URL": "sqlite://"}).box()
    assert not list(tmp_path.iterdir())


def test_postgresql_without_a_key_is_refused_wherever_something_is_sealed() -> None:
    with pytest.raises(BadSettings, match="required with PostgreSQL"):
        Settings.model_validate({"DATABASE_URL": POSTGRES["DATABASE_URL"]}).box()


def test_coordinators_are_read_whatever_the_spacing_and_case() -> None:
    settings = Settings.model_validate({"INVERSO_COORDINATORS": " Anna@Example.com, ,bo@example.com,"})
    assert settings.coordinator_emails == {"anna@example.com", "bo@example.com"}


def test_the_readme_puts_the_command_on_the_path_before_it_is_typed() -> None:
    told = (Path(serve.__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    typed = re.search(r"`(?:\w+=\S+ )?inverso ", told)
    assert typed is not None
    assert "`. .venv/bin/activate`" in told[: typed.start()]
