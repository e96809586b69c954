"""Files in Teams: a card asks where the file may be put.

A bot cannot simply send a file: it asks, the person agrees, Teams names a place in their OneDrive, the bot puts it
there (learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4). Between the two nothing is kept: the file
is made again when it may be put.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp
import structlog

from bot.flows.turns import Desk, JobKind, JobRun, JobTurn, Long, Outcome, Say
from bot.handlers.teams.parse import PLATFORM, Arrival, table
from bot.handlers.teams.render import OURS
from bot.locales import Say as Speaker
from bot.ui.cards import Attachment
from storage.accounts import find_actor
from storage.database import Database
from storage.jobs import Held
from storage.tables import Job

log = structlog.get_logger()
Json = dict[str, Any]
CONSENT = "application/vnd.microsoft.teams.card.file.consent"
INFO = "application/vnd.microsoft.teams.card.file.info"


def consent(item: Attachment, say: Speaker, job: str) -> Json:
    """The message that asks where a file may be put; ``job`` is the promise that the file is made by again."""
    context = {OURS: {"job": job, "file": item.name}}
    content = {
        "description": say(item.title),
        "sizeInBytes": len(item.data),
        "acceptContext": context,
        "declineContext": context,
    }
    card = {"contentType": CONSENT, "name": item.name, "content": content}
    return {"type": "message", "summary": say(item.title), "attachments": [card]}


def put(item: Attachment, place: Mapping[str, Any]) -> Json:
    """The message that shows the file where it was put."""
    content = {"uniqueId": place.get("uniqueId"), "fileType": place.get("fileType")}
    card = {"contentType": INFO, "contentUrl": place.get("contentUrl"), "name": item.name, "content": content}
    return {"type": "message", "summary": item.name, "attachments": [card]}


@dataclass
class Files:
    """Makes the files of promises again, and puts them where people agreed."""

    database: Database
    kinds: Mapping[str, JobKind]
    http: aiohttp.ClientSession
    clock: Callable[[], datetime]
    base_url: str

    async def consented(self, arrived: Arrival) -> tuple[Held | None, str, str]:
        """The promise whose file a consent names, if it is the person's own; the file's name, the person's language."""
        named = table(table(arrived.value.get("context")).get(OURS))
        async with self.database.uow(self.clock()) as uow:
            actor = await find_actor(uow, PLATFORM, arrived.tenant, arrived.account)
            if actor is None:
                return None, "", ""
            mine = uow.of(Job).where(Job.key == str(named.get("job")), Job.person_id == actor.person.pk)
            row = await uow.first(mine)
            return row and Held.of(row), str(named.get("file")), actor.person.language

    async def again(self, job: Held, name: str) -> Attachment | None:
        """The file of that name, made again as the promise made it; None when that can no longer be done."""
        kind = self.kinds.get(job.name)
        outcome = await self._outcome(kind.run, job) if kind else None
        if isinstance(outcome, Long):
            desk = Desk(self.database, self.clock, lambda _nearest: None, job)
            outcome = await self._outcome(await outcome.work(desk), job)
        files = outcome.card.attachments if isinstance(outcome, Say) else ()
        return next((item for item in files if item.name == name), None)

    async def _outcome(self, run: JobRun, job: Held) -> Outcome:
        """What the job comes to now; what it would change is not kept."""
        async with self.database.uow(self.clock(), job.organisation_id) as uow:
            return await run(JobTurn(uow, uow.now, job, self.base_url))

    async def upload(self, item: Attachment, address: str) -> None:
        """Put the file at the address that Teams named. Raises aiohttp.ClientError."""
        whole = {"Content-Range": f"bytes 0-{len(item.data) - 1}/{len(item.data)}", "Content-Type": item.mime}
        async with self.http.put(address, data=item.data, headers=whole) as answer:
            answer.raise_for_status()
