"""All dates of a pair in one go, and what comes at once when one falls through."""

from datetime import datetime, timedelta

import pytest
from icalendar import Calendar

from storage.tables import Session
from tests.stage import Stage
from tests.stories.steps import a_pair
from tests.stories.test_session import MENTEE, MENTOR, rows, said_to


@pytest.mark.seed("002-9")
async def test_two_taps_book_every_date_and_each_can_move_alone(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    giulia, luca = stage.hand(MENTEE), stage.hand(MENTOR)
    await luca.types("/mentoring serie")
    assert "Fissare le date spetta a Giulia Bruno" in luca.said
    await giulia.types("/mentoring serie")
    assert "Con Luca Sala mancano 7 date" in giulia.said
    await giulia.clicks("Fissale tutte e 7")
    assert giulia.sees("7 date fissate")
    sessions = await rows(stage, Session)
    starts = [one.starts_at for one in sessions]
    assert {one.state for one in sessions} == {"scheduled"} and starts == sorted(starts)
    assert len({one.uid for one in sessions}) == 7
    await stage.move(minutes=1)
    assert (await said_to(luca)).count("ha fissato i vostri incontri") == 1
    (file,) = (text for text in (await luca.receives_files()).values())
    assert len(Calendar.from_ical(file).walk("VEVENT")) == 7
    await giulia.types("/mentoring serie")
    assert "Ora non c’è un incontro da fissare" in giulia.told


async def test_a_date_that_no_longer_suits_is_left_out(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    giulia = stage.hand(MENTEE)
    await giulia.types("/mentoring incontro")
    await giulia.clicks("Tutte le date insieme")
    first = (await rows(stage, Session))[0].offered[0]
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        (await uow.need(Session, 2)).offered = [first]
        await uow.commit()
    await giulia.clicks("Fissale tutte e 7")
    assert giulia.sees("6 date fissate") and giulia.sees("Una data nel frattempo non va più bene")
    assert [one.state for one in await rows(stage, Session)].count("planned") == 1


async def test_only_the_kick_off_comes_before_the_lessons(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE, prepared=False)
    giulia = stage.hand(MENTEE)
    await giulia.types("/mentoring serie")
    assert "lezioni" in giulia.said


async def test_a_date_that_falls_through_leaves_others_within_seven_days_or_a_quarter_of_an_hour(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    giulia, luca = stage.hand(MENTEE), stage.hand(MENTOR)
    await giulia.types("/mentoring fissa")
    await giulia.clicks("Fissa")
    await luca.types("/mentoring incontro")
    await luca.clicks("Sposta")
    await giulia.clicks("Annulla questa data")
    assert giulia.sees("Nei prossimi sette giorni 3 orari vanno bene a te e a Luca Sala")
    offered = [datetime.fromisoformat(one) for one in (await rows(stage, Session))[0].offered]
    assert max(offered[-3:]) < stage.clock.now() + timedelta(days=7)
    await giulia.clicks("Solo 15 minuti")
    await giulia.clicks("Fissa")
    kickoff = (await rows(stage, Session))[0]
    assert (kickoff.state, kickoff.minutes) == ("scheduled", 15)
    assert "Solo 15 minuti" not in giulia.said
