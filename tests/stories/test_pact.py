"""The pact of the kick-off: written by one, read and changed by the other, and nobody else's."""

from datetime import UTC, datetime

import pytest

from storage.tables import Job, Pairing, Session
from tests.stage import Stage
from tests.stories.steps import a_pair
from tests.stories.test_session import MENTEE, MENTOR, SECRET, agenda_of, booked, everything_said, rows


@pytest.mark.seed("003-17")
@pytest.mark.seed("004-5")
async def test_one_writes_the_other_reads_and_the_dates_follow_the_rhythm(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    giulia, luca = stage.hand(MENTEE), stage.hand(MENTOR)
    before = [one.due_by for one in await rows(stage, Session)]
    await luca.types("/mentoring patto")
    assert "6 incontri da 45 minuti in 24 settimane" in luca.view_text
    await luca.fills({"Due obiettivi di Giulia Bruno": SECRET, "Due obiettivi di Luca Sala": "Capire come si decide"})
    await luca.fills({"Ogni quanto vi vedete?": "Ogni 2 settimane", "Che cosa resta tra voi": "Tutto"})
    await luca.submits()
    await stage.move(minutes=1)
    assert giulia.sees("Luca Sala ha scritto il vostro patto")
    await giulia.clicks("Apri il patto")
    assert SECRET in str(giulia.view)
    await giulia.fills({"Due obiettivi di Giulia Bruno": "Un obiettivo solo"})
    await giulia.submits()
    due = [one.due_by for one in await rows(stage, Session)]
    assert due[0] == before[0] and (due[2] - due[1]).days == 14 and (before[2] - before[1]).days == 28
    await stage.move(days=1)  # a change is told the next morning
    told = len(await rows(stage, Job))
    await luca.clicks("Apri il patto")
    await luca.submits()
    assert len(await rows(stage, Job)) == told  # he read, and changed nothing
    await giulia.clicks("Tutte le date insieme")
    assert giulia.sees("mancano 7 date")
    sealed = (await rows(stage, Pairing))[0].sealed_pact
    assert sealed and SECRET not in sealed and SECRET not in await everything_said(stage)
    assert SECRET not in str([job.args for job in await rows(stage, Job)])


async def test_who_writes_it_while_they_meet_takes_nothing_from_the_conversation_of_both(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    giulia = await booked(stage)
    await stage.move_to(datetime(2027, 1, 14, 13, 5, tzinfo=UTC))
    agenda = await agenda_of(giulia)
    await giulia.clicks("Scrivete il patto")
    await giulia.fills({"Due obiettivi di Giulia Bruno": SECRET, "Due obiettivi di Luca Sala": SECRET})
    await giulia.fills({"Che cosa resta tra voi": "Tutto"})
    await giulia.submits()
    assert "Oltre a te lo legge solo chi si incontra con te: Luca Sala" in giulia.view_text
    assert await agenda_of(giulia) == agenda


async def test_a_pact_that_changes_often_is_told_once_the_next_morning(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    giulia, luca = stage.hand(MENTEE), stage.hand(MENTOR)
    for text in ("Tutto", "Tutto, o quasi", "Quello che diciamo"):
        await luca.types("/mentoring patto")
        await luca.fills({"Due obiettivi di Giulia Bruno": text, "Due obiettivi di Luca Sala": text})
        await luca.fills({"Che cosa resta tra voi": text})
        await luca.submits()
        if luca.sees_modal:
            await luca.closes()
        await stage.move(minutes=1)
    assert giulia.sees("Luca Sala ha scritto il vostro patto")
    assert not giulia.sees("ha cambiato il vostro patto")
    await stage.move(days=1, minutes=90)
    assert sum("ha cambiato il vostro patto" in giulia.text_of(one) for one in giulia.messages()) == 1
