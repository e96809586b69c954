"""A whole round from its opening to its end, on both databases: colleagues who answer by themselves, a fast clock.

Some of the company are on Slack, some on Teams, as their roster says.
"""

import csv
import io
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from bot.domain.calendar import is_working_day, local_day
from bot.domain.programme import SPRINT
from playground import colleague_forms
from playground.model import Shown
from storage.sites import site_of
from storage.tables import (
    ActionItem,
    Enrolment,
    Goal,
    Job,
    Nudge,
    Organisation,
    Pairing,
    Person,
    Question,
    Round,
    Session,
    SurveyResponse,
)
from tests.databases import fresh_postgres
from tests.page_driver import at_the_page
from tests.stage import ROSTER, Stage, as_in_roster, on_stage
from tests.stories.steps import draft_round

pytestmark = pytest.mark.long
PRIVATE = "Okavango"
LONGEST = timedelta(weeks=30)
COORDINATOR, SPONSOR = "Valentina Vitale", "Kwame Mensah"
SHORT = replace(SPRINT, duration_weeks=8, sessions_planned=4)


def some(chosen_by_lot: int) -> bytes:
    """So many people of the whole company, with all the managers above them: about twice as many."""
    people = {row["email"]: row for row in csv.DictReader(ROSTER.read_text(encoding="utf-8").splitlines())}
    chosen = random.Random(1).sample(list(people), chosen_by_lot)
    chosen += [email for email, row in people.items() if row["name"] in (COORDINATOR, SPONSOR)]
    for email in chosen:
        above = people[email]["manager_email"]
        if above in people and above not in chosen:
            chosen.append(above)
    written = io.StringIO()
    writer = csv.DictWriter(written, list(people[chosen[0]]))
    writer.writeheader()
    writer.writerows(row for email, row in people.items() if email in chosen)
    return written.getvalue().encode()


@pytest.fixture(params=["sqlite", "postgresql"])
async def small(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """The small company on stage, on SQLite and, with fewer people, on PostgreSQL."""
    if request.param == "sqlite":
        async with on_stage(roster=some(12), platform=as_in_roster) as stage:
            yield stage
        return
    async with (
        fresh_postgres(request.getfixturevalue("postgres_server")) as url,
        on_stage(url, some(8), platform=as_in_roster) as stage,
    ):
        yield stage


async def rows(stage: Stage, table: Any) -> list[Any]:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        return await uow.all(select(table).order_by(table.id))


async def live_through(stage: Stage) -> None:
    """From the opening to the end, by the page of the playground: the coordinator looks in once a week."""
    async with at_the_page(stage, COORDINATOR, seed=5) as page:
        begun = stage.clock.now()
        await page.writes("/mentoring ciclo apri")
        await page.presses_the_main_button()
        while (await rows(stage, Round))[0].state != "closed":
            assert stage.clock.now() < begun + LONGEST, (await rows(stage, Round))[0]
            await page.lets_time_pass(days=7)
            await page.presses_the_main_button()
        await page.lets_time_pass(days=3)


def messages_of_the_bot(stage: Stage) -> list[Shown]:
    places = stage.company.conversations.values()
    return [message for place in places for message in place.messages.values() if message.by_bot]


async def what_was_pushed(stage: Stage) -> list[tuple[Person, datetime]]:
    """To whom and when, by the person's own clock, each unrequested message really arrived."""
    people = {person.pk: person for person in await rows(stage, Person)}
    lying = {message.ts for message in messages_of_the_bot(stage)}
    arrived = {job.key: moment_of(job.receipt, lying) for job in await rows(stage, Job) if job.receipt}
    pushed = []
    for nudge in await rows(stage, Nudge):
        person = people[nudge.person_id]
        pushed.append((person, arrived[nudge.job_key].astimezone(ZoneInfo(person.timezone))))
    return pushed


def moment_of(receipt: str, lying: set[str]) -> datetime:
    """When the message of a receipt came: its id says it, in seconds on Slack, in milliseconds on Teams."""
    ts = receipt.replace("|", ":").rpartition(":")[2]
    assert ts in lying, receipt
    return datetime.fromtimestamp(float(ts) / (1 if "." in ts else 1000), UTC)


async def nobody_was_pestered(stage: Stage) -> None:
    pushed = await what_was_pushed(stage)
    (organisation,) = await rows(stage, Organisation)
    assert len(pushed) > 50
    for person, at in pushed:
        assert time(9) <= at.time() < time(17, 30), (person.name, at)
        assert is_working_day(local_day(at, person.timezone), site_of(person, organisation)), (person.name, at)
    days = Counter((person.pk, at.date()) for person, at in pushed)
    weeks = Counter((person.pk, at.isocalendar()[:2]) for person, at in pushed)
    assert max(days.values()) == 1
    assert max(weeks.values()) <= 2


async def nothing_private_was_said(stage: Stage, logged: str) -> None:
    sealed = [row.sealed_needs for row in await rows(stage, Enrolment)]
    sealed += [
        row.sealed_text for table in (Goal, ActionItem, Question, SurveyResponse) for row in await rows(stage, table)
    ]
    assert sum(PRIVATE in stage.inverso.database.box.open(text) for text in sealed) > 10
    said = [message.raw for message in messages_of_the_bot(stage)]
    homes = [str(view.source) for user in stage.workspace.people if (view := stage.workspace.home(user))]
    kept = [
        row.model_dump_json() for table in (Job, Goal, ActionItem, Question, Nudge) for row in await rows(stage, table)
    ]
    passed_on = [text for text in said if PRIVATE in text and "pairing.write" in text]  # what two have no chat for
    assert len(passed_on) <= sum(job.name == "pairing.pass_on" for job in await rows(stage, Job))
    assert [text for text in (*said, *homes, *kept) if PRIVATE in text and text not in passed_on] == []
    assert PRIVATE not in logged


async def test_a_round_from_its_opening_to_its_end(
    small: Stage,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    marked = {
        language: tuple(f"{PRIVATE}: {text}" for text in texts) for language, texts in colleague_forms.SENTENCES.items()
    }
    monkeypatch.setattr(colleague_forms, "SENTENCES", marked)
    await draft_round(small, rules=SHORT, weeks=1, state="draft")
    await live_through(small)
    logged = "".join([caplog.text, *capsys.readouterr()])
    assert "job_failed" not in logged and "action_failed" not in logged and "background_task_failed" not in logged
    pairs, sessions = await rows(small, Pairing), await rows(small, Session)
    assert len(pairs) >= 2
    assert {pair.state for pair in pairs} <= {"completed", "ended", "ended_early"}
    assert sum(session.state == "held" for session in sessions) >= 3 * len(pairs)
    paired = [row for row in await rows(small, Enrolment) if row.state in ("paired", "completed")]
    assert len(paired) >= 2 * len([pair for pair in pairs if pair.state == "completed"])
    assert len(await rows(small, SurveyResponse)) > len(pairs)
    jobs = await rows(small, Job)
    assert [job for job in jobs if job.state == "given_up"] == []
    assert [job for job in jobs if job.state == "open" and job.due_at < small.clock.now() - timedelta(days=1)] == []
    await nobody_was_pestered(small)
    await nothing_private_was_said(small, logged)
