"""Everything that comes from the environment, read once, refused early with a clear sentence."""

import secrets
from pathlib import Path
from uuid import UUID

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from storage.box import Box, new_key
from storage.database import async_url


class BadSettings(ValueError):  # names the fact
    """The environment is incomplete or contradicts itself; the message says what to set."""


class Settings(BaseSettings):
    """The outside contract: names that deployments rely on."""

    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True)

    database_url: str = Field("sqlite:///var/inverso.db", alias="DATABASE_URL")
    port: int = Field(3000, alias="PORT")
    secret_key: str = Field("", alias="INVERSO_SECRET_KEY")
    base_url: str = Field("", alias="INVERSO_BASE_URL")
    coordinators: str = Field("", alias="INVERSO_COORDINATORS")
    slack_bot_token: str = Field("", alias="SLACK_BOT_TOKEN")
    slack_signing_secret: str = Field("", alias="SLACK_SIGNING_SECRET")
    slack_app_token: str = Field("", alias="SLACK_APP_TOKEN")
    slack_client_id: str = Field("", alias="SLACK_CLIENT_ID")
    slack_client_secret: str = Field("", alias="SLACK_CLIENT_SECRET")
    slack_teams: str = Field("", alias="INVERSO_SLACK_TEAMS")
    slack_api_url: str = Field("https://slack.com/api/", alias="SLACK_API_URL")

    metrics_port: int = Field(0, alias="INVERSO_METRICS_PORT", ge=0, le=65535)
    metrics_host: str = Field("127.0.0.1", alias="INVERSO_METRICS_HOST")

    microsoft_app_id: str = Field("", alias="MICROSOFT_APP_ID")
    microsoft_app_password: str = Field("", alias="MICROSOFT_APP_PASSWORD")
    microsoft_app_tenant_id: str = Field("", alias="MICROSOFT_APP_TENANT_ID")
    teams_allow_anonymous: bool = Field(False, alias="TEAMS_ALLOW_ANONYMOUS")

    @property
    def address(self) -> str:
        """Where browsers and calendars find the bot."""
        return (self.base_url or f"http://127.0.0.1:{self.port}").rstrip("/")

    @property
    def coordinator_emails(self) -> frozenset[str]:
        return _listed(self.coordinators.lower())

    @property
    def slack_team_ids(self) -> frozenset[str]:
        """The workspaces, and organisations of Enterprise Grid, in which the app may be installed by OAuth."""
        return _listed(self.slack_teams.upper())

    @property
    def on_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    def sqlite_path(self) -> Path | None:
        """The database's file; None for PostgreSQL and for a database in memory."""
        name = self.database_url.partition("///")[2].partition("?")[0]
        return Path(name) if self.on_sqlite and name and name != ":memory:" else None

    def box(self) -> Box:
        """The seal for confidential text. Raises ``BadSettings`` when the key is missing or malformed."""
        key = self.secret_key or self._kept_key()
        try:
            return Box(key)
        except ValueError as error:
            raise BadSettings(
                "INVERSO_SECRET_KEY is not a valid key. Make one with: python -c "
                "'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"
            ) from error

    def _kept_key(self) -> str:
        """On SQLite in development: the key beside the file, made when absent."""
        path = self.sqlite_path()
        if path is None:
            if self.on_sqlite:
                return new_key()
            raise BadSettings("INVERSO_SECRET_KEY is required with PostgreSQL: all web and worker processes share it.")
        kept = path.with_suffix(".key")
        if not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.touch(mode=0o600)
            kept.write_text(new_key())
        return kept.read_text().strip()

    def check_database(self) -> None:
        """Raises ``BadSettings`` for an address of no database that the product knows."""
        try:
            async_url(self.database_url)
        except ValueError as error:
            raise BadSettings(str(error)) from error

    def check(self) -> None:
        """Raises ``BadSettings`` for credentials that only work together, and for addresses of no use."""
        if self.slack_bot_token and not (self.slack_signing_secret or self.slack_app_token):
            raise BadSettings(
                "SLACK_BOT_TOKEN is set, but neither SLACK_SIGNING_SECRET (requests over HTTP) nor SLACK_APP_TOKEN "
                "(Socket Mode): copy one of them from the app's page at api.slack.com/apps."
            )
        if bool(self.slack_client_id) != bool(self.slack_client_secret):
            raise BadSettings("SLACK_CLIENT_ID and SLACK_CLIENT_SECRET belong together: set both, or none.")
        if self.slack_client_id and not self.slack_signing_secret:
            raise BadSettings("SLACK_CLIENT_ID needs SLACK_SIGNING_SECRET too, to verify the requests.")
        if self.slack_client_id and not self.slack_team_ids:
            raise BadSettings(
                "SLACK_CLIENT_ID needs INVERSO_SLACK_TEAMS too, the ids of your workspaces (T…) or of your Enterprise "
                "organisation (E…), comma-separated: elsewhere anybody could give themselves a colleague's address."
            )
        given = (self.microsoft_app_id, self.microsoft_app_password, self.microsoft_app_tenant_id)
        if any(given[:2]) and not all(given):
            raise BadSettings(
                "MICROSOFT_APP_ID, MICROSOFT_APP_PASSWORD and MICROSOFT_APP_TENANT_ID belong together: copy all three "
                "from the Azure Bot's page (the README says where)."
            )
        if self.microsoft_app_id and not is_guid(self.microsoft_app_id):
            raise BadSettings(
                "MICROSOFT_APP_ID is not an id such as 00000000-0000-0000-0000-000000000000: copy it again."
            )
        self.check_database()
        if not self.slack_api_url.endswith("/"):
            raise BadSettings("SLACK_API_URL must end with a slash, for example https://slack.com/api/")

    @property
    def has_slack(self) -> bool:
        return bool(self.slack_bot_token or self.slack_client_id)

    @property
    def has_teams(self) -> bool:
        """Without an app id the door stays shut, unless a client on this machine is to be let in unproved."""
        return bool(self.microsoft_app_id or self.teams_allow_anonymous)


def _listed(text: str) -> frozenset[str]:
    """What stands between the commas."""
    return frozenset(part.strip() for part in text.split(",") if part.strip())


def is_guid(text: str) -> bool:
    """Whether the text is an id as Microsoft writes them."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def random_secret() -> str:
    """A secret for a throw-away set-up."""
    return secrets.token_hex(16)
