"""What can be seen from outside: metrics, readiness, and the line on the coordinator's page."""

from contextlib import AsyncExitStack
from datetime import timedelta

import aiohttp

from bot.cli.serve import be_watched
from storage.tables import Job, Lane, Person, Workspace
from storage.workers import beat
from tests.stage import Stage


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
