"""What can be seen from outside: metrics, readiness, and the line on the coordinator's page."""

import re
from collections import Counter
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import aiohttp

from bot.cli.serve import be_watched
from bot.domain import retry
from storage.tables import Job, Lane, Person, Workspace
from storage.workers import beat
from tests.post import Post
from tests.stage import Stage
from tests.test_faults import through


async def fetch(stage: Stage, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as http, http.get(f"{stage.workspace.bot_url}{path}") as answer:
        return answer.status, await answer.text()


async def job(stage: Stage, name: str, key: str, **more: object) -> None:
    """A promise as it stands after work."""
    now = stage.clock.now()
    async with stage.inverso.database.uow(now, 1) as uow:
        person = await uow.first(uow.of(Person).where(Person.name == name))
        assert person is not None
        uow.add(Job(name="x", key=key, person_id=person.pk, due_at=now, turn_at=now, **more))
        await uow.commit()


async def test_metrics_tell_what_is_due_which_lanes_are_paused_and_who_works(stage: Stage) -> None:
    await stage.settle()  # what the start of the bot owed
    now = stage.clock.now()
    await job(stage, "Oliver Clarke", "due")
    async with stage.inverso.database.uow(now, 1) as uow:
        home = await uow.first(uow.of(Workspace))
        assert home is not None
        pace = {"workspace_id": home.pk, "method": "chat.postMessage", "interval_ms": 100, "burst": 20}
        later = now + timedelta(seconds=30)
        lane = uow.add(Lane(**pace, full_at=later, opens_at=later, paused_until=later, reason="Busy"))
        await uow.flush()
        await beat(uow.session, "a", now)
        uow.add(Job(name="x", key="waits", due_at=now, turn_at=now, lane_id=lane.pk))
        await uow.commit()
    _, told = await fetch(stage, "/metrics")
    values = dict(line.rsplit(" ", 1) for line in told.splitlines() if not line.startswith("#"))
    assert values["inverso_due"] == "1.0"
    assert values["inverso_waiting"] == "1.0"
    assert values["inverso_workers"] == "1.0"
    assert [value for name, value in values.items() if name.startswith("inverso_lane_paused_seconds{")] == ["30.0"]
    assert (await fetch(stage, "/readyz")) == (200, '{"ok": true, "workers": 1}')


DELIVERY = Path(__file__).parent.parent / "docs" / "delivery.md"


async def test_what_the_page_on_delivery_names_is_measured_and_nothing_else_of_ours(stage: Stage) -> None:
    table = DELIVERY.read_text(encoding="utf-8").partition("| Metric |")[2].partition("\n\n")[0]
    named = set(re.findall(r"inverso_[a-z_]+", table))
    _, told = await fetch(stage, "/metrics")
    types = dict(
        line.removeprefix("# TYPE ").split() for line in told.splitlines() if line.startswith("# TYPE inverso")
    )
    assert named == {name for name in types if not name.endswith("_created")}


async def outcomes(post: Post) -> Counter[str]:
    """How many promises of the kind ``say`` came to each end so far, and how many of them were late."""
    _, told = await fetch(post.stage, "/metrics")
    found = re.findall(
        r'^inverso_promises_total\{job="say",outcome="(\w+)",platform="(\w*)"\} (.+)$', told, re.MULTILINE
    )
    late = re.findall(r'^inverso_late_total\{job="say",platform="(\w+)"\} (.+)$', told, re.MULTILINE)
    counted = {f"{outcome} {platform}".strip(): int(float(many)) for outcome, platform, many in found}
    return Counter(counted | {f"late {platform}": int(float(many)) for platform, many in late})


async def test_what_becomes_of_promises_is_counted_by_kind_and_platform(post: Post) -> None:
    before = await outcomes(post)
    sender = through(post, retry.Refused(), retry.Unknown())
    for key in ("refused", "again"):
        await post.promise("say", key)
        await post.stage.move(hours=2)
    soon = post.stage.clock.now() + timedelta(minutes=5)
    async with post.stage.inverso.database.uow(post.stage.clock.now(), 1) as uow:
        uow.promise("say", "of no use", soon, person=post.person_id, expires_at=soon)
        uow.promise("say", "late", uow.now - timedelta(hours=2), person=post.person_id)
        await uow.commit()
    await post.stage.move(hours=1)
    ended = {"refused slack": 1, "retried slack": 1, "sent slack": 2, "expired": 1, "late slack": 1}
    assert await outcomes(post) - before == ended
    assert sender.tries == 4


async def test_the_coordinator_reads_what_did_not_arrive_and_what_came_late(stage: Stage) -> None:
    valentina, now = stage.hand("Valentina Vitale"), stage.clock.now()
    assert "non è arrivato" not in await valentina.opens_home()
    await job(stage, "Oliver Clarke", "a", state="given_up", reason="unreachable", done_at=now)
    await job(stage, "Oliver Clarke", "b", state="done", reason="late", done_at=now)
    await job(stage, "Oliver Clarke", "c", state="given_up", reason="refused", done_at=now - timedelta(days=8))
    home = await valentina.opens_home()
    assert "un messaggio non è arrivato" in home
    assert "un messaggio è partito con più di un’ora di ritardo" in home
    assert "non è arrivato" not in await stage.hand("Oliver Clarke").opens_home()
    await valentina.clicks("Guarda a chi")
    assert "Oliver Clarke" in valentina.view_text
    assert "account attivo" in valentina.view_text


async def test_a_worker_has_a_door_at_which_only_watchers_are_answered(stage: Stage) -> None:
    async with AsyncExitStack() as stack:
        port = await be_watched(stage.inverso, stack, "127.0.0.1", 0)
        stage.workspace.bot_url = f"http://127.0.0.1:{port}"
        answers = {path: (await fetch(stage, path))[0] for path in ("/healthz", "/readyz", "/metrics", "/slack/events")}
    assert answers == {"/healthz": 200, "/readyz": 200, "/metrics": 200, "/slack/events": 404}
