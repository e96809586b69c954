"""Microsoft's own local client of Teams (npm @microsoft/m365agentsplayground): one person, in a real browser."""

import asyncio
import json
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Page

from playground.tenant import Identity, Person, Tenant
from playground.tenant.model import stable_uuid
from tests.browser import CHROMIUM, a_browser

ROOT = Path(__file__).parent.parent
INSTALLED = ROOT / "var" / "npm" / "node_modules" / ".bin" / "agentsplayground"
PATIENCE = 30


def program() -> str | None:
    """The client's command; None where it is not installed."""
    return str(INSTALLED) if INSTALLED.exists() else shutil.which("agentsplayground")


def missing() -> str:
    """Why the client cannot be driven here; empty when it can."""
    if program() is None:
        return "npm install --prefix var/npm @microsoft/m365agentsplayground was not done"
    return "" if CHROMIUM.exists() else f"there is no chromium at {CHROMIUM}"


def _somebody(id: str, object_id: str, name: str, email: str) -> dict[str, str]:
    given, _, surname = name.partition(" ")
    shown = {"id": id, "name": name, "givenName": given, "surname": surname}
    return {**shown, "userPrincipleName": email, "email": email, "aadObjectId": object_id}


def _settings(identity: Identity, person: Person) -> str:
    """The client wants five more people, a group chat and a team; JSON is YAML too."""
    others = [
        _somebody(f"user-id-{number}", str(stable_uuid(f"other {number}")), f"Other {number}", f"{number}@example.org")
        for number in range(1, 6)
    ]
    channel = {"id": "channel-id", "name": "Announcements"}
    team = {"id": "team-id", "name": "My Team", "aadGroupId": str(stable_uuid("group")), "channels": [channel]}
    return json.dumps(
        {
            "version": "0.1.1",
            "tenantId": identity.tenant_id,
            "bot": {"id": identity.app_id, "name": identity.bot_name},
            "currentUser": _somebody(person.id, person.object_id, person.name, person.email),
            "users": others,
            "personalChat": {"id": "personal-chat-id"},
            "groupChat": {"id": "group-chat-id", "name": "Group Chat"},
            "team": team,
        }
    )


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@asynccontextmanager
async def opened(tenant: Tenant, person: Person, folder: Path) -> AsyncIterator[Page]:
    """The client's page as another client of this person, before the bot of the tenant."""
    (folder / ".m365agentsplayground.yml").write_text(_settings(tenant.identity, person))
    port, command = _free_port(), program()
    assert command is not None
    quiet = asyncio.subprocess.DEVNULL
    asked = ("-e", f"{tenant.bot_url}/api/messages", "-c", "msteams", "-p", str(port), "--disable-telemetry")
    environment = {**os.environ, "BROWSER": "none"}
    process = await asyncio.create_subprocess_exec(
        command, *asked, cwd=folder, env=environment, stdout=quiet, stderr=quiet
    )
    try:
        await _answers(port)
        async with a_browser() as browser:
            page = await browser.new_page(viewport={"width": 1280, "height": 900}, locale="it-IT")
            await page.goto(f"http://127.0.0.1:{port}")
            yield page
    finally:
        process.terminate()
        await process.wait()


async def _answers(port: int) -> None:
    """Return when something listens at the port."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            return
