"""A calendar that somebody publishes: the times that are offered stay clear of it, and nothing else of it is kept."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from bot.flows.turns import Fetched
from storage.calendars import times_of
from storage.tables import BusyCalendar
from tests.stage import Stage
from tests.stories.steps import a_pair

MENTOR, MENTEE = "Luca Sala", "Giulia Bruno"
ADDRESS = "https://outlook.example/owner/calendar.ics"


def a_calendar(*hours: str) -> bytes:
    """An event an hour, each with a title that nobody may read."""
    events = [
        f"BEGIN:VEVENT\r\nUID:{hour}\r\nDTSTART:{hour}\r\nDURATION:PT1H\r\nSUMMARY:Segreto\r\nEND:VEVENT"
        for hour in hours
    ]
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *events, "END:VCALENDAR", ""]).encode()


class Web:
    """What lies on the web, as the stage has it."""

    def __init__(self, stage: Stage) -> None:
        self.found, self.asked = Fetched(a_calendar("20270114T130000Z")), list[str]()
        stage.inverso.relay.beside.fetch = self.fetch

    async def fetch(self, address: str, *, most: int, seconds: float) -> Fetched:
        self.asked.append(address)
        return self.found


@pytest.fixture
def web(stage: Stage) -> Web:
    return Web(stage)


async def kept(stage: Stage) -> list[BusyCalendar]:
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        return await uow.all(select(BusyCalendar))


async def gives(stage: Stage, name: str, address: str = ADDRESS) -> Callable[[], str]:
    """Give the address in the form."""
    hand = stage.hand(name)
    await hand.types("/mentoring calendario")
    await hand.clicks("Dai l’indirizzo")
    await hand.fills({"Indirizzo del calendario": address})
    await hand.submits()
    return lambda: hand.said


async def test_offered_times_stay_clear_of_a_calendar(stage: Stage, web: Web) -> None:
    """Thursday 14 January at 14:00 would be the first; the mentor's own calendar has something then."""
    await a_pair(stage, MENTOR, MENTEE)
    said = await gives(stage, MENTOR)
    assert "Ho letto il tuo calendario" in said()
    giulia = stage.hand(MENTEE)
    await giulia.types("/mentoring fissa")
    assert giulia.sees("Fissa giovedì 14 gennaio, 15:00")
    assert not giulia.sees("giovedì 14 gennaio, 14:00")

    row = (await kept(stage))[0]
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        hours = [datetime(2027, 1, 14, 13, tzinfo=UTC), datetime(2027, 1, 14, 14, tzinfo=UTC)]
        assert times_of(uow, row) == [tuple(hours)]
    assert "outlook" not in repr(row) and "Segreto" not in repr(row)


async def test_a_date_that_is_typed_may_lie_where_a_calendar_shows_something(stage: Stage, web: Web) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    await gives(stage, MENTOR)
    giulia = stage.hand(MENTEE)
    await giulia.types("/mentoring fissa")
    await giulia.clicks("Scegli un altro orario")
    await giulia.fills({"Che giorno, a che ora?": "giovedì 14 gennaio alle 14"})
    await giulia.submits()
    assert "uno dei vostri calendari mostra un impegno" in giulia.view_text
    await giulia.submits()
    assert giulia.sees("Fissato: incontri Luca Sala giovedì 14 gennaio, 14:00")


async def test_what_came_between_is_seen_before_the_date_is_set(stage: Stage, web: Web) -> None:
    """Somebody looks for a date: the calendar is read again behind the answer, and the press knows of it."""
    await a_pair(stage, MENTOR, MENTEE)
    await gives(stage, MENTOR)
    await stage.move(minutes=30)
    web.found = Fetched(a_calendar("20270114T140000Z", "20270118T130000Z"))
    giulia = stage.hand(MENTEE)
    await giulia.types("/mentoring fissa")
    await giulia.clicks("Fissa giovedì 14 gennaio, 15:00")
    assert "intanto è arrivato un impegno" in giulia.said
    await giulia.clicks("Fissa giovedì 14 gennaio, 14:00")
    assert giulia.sees("Fissato: incontri Luca Sala giovedì 14 gennaio, 14:00")


async def test_it_is_read_now_and_then_while_its_owner_meets_somebody(stage: Stage, web: Web) -> None:
    await gives(stage, MENTOR)
    await stage.move(hours=7)
    assert len(web.asked) == 1, "nobody to meet yet"
    await a_pair(stage, MENTOR, MENTEE)
    await stage.move(hours=6)
    assert len(web.asked) == 3


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (Fetched(trouble="refused"), "A quell’indirizzo non posso arrivare"),
        (Fetched(trouble="gone"), "non trovo un calendario"),
        (Fetched(trouble="too_large"), "più grande di quanto possa leggere"),
        (Fetched(b"<html>"), "non è un calendario in formato ICS"),
    ],
)
async def test_what_is_no_calendar_is_said_and_not_kept(stage: Stage, web: Web, found: Fetched, told: str) -> None:
    web.found = found
    said = await gives(stage, MENTOR)
    assert told in said()
    assert await kept(stage) == []


async def test_a_bad_address_gets_a_sentence_in_the_form(stage: Stage, web: Web) -> None:
    luca = stage.hand(MENTOR)
    await luca.types("/mentoring calendario http://calendar.example/a.ics")
    for bad in ("http://calendar.example/a.ics", "il mio", "https://me:pw@calendar.example/a.ics"):
        await luca.fills({"Indirizzo del calendario": bad})
        await luca.submits()
        assert "Serve l’indirizzo intero di un calendario" in luca.errors["Indirizzo del calendario"]
    await luca.fills({"Indirizzo del calendario": "webcal://calendar.example/a.ics"})
    await luca.submits()
    assert web.asked == ["https://calendar.example/a.ics"]


@pytest.mark.slack_alone  # weeks of readings lie behind the platforms
async def test_one_that_is_gone_for_weeks_is_told_once_and_its_last_copy_stays(stage: Stage, web: Web) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    await gives(stage, MENTOR)
    web.found = Fetched(trouble="gone")
    luca = stage.hand(MENTOR)
    await stage.move(days=10)
    await luca.types("/mentoring calendario")
    assert "non risponde" in luca.said
    await stage.move(days=25)
    told = [one for one in luca.messages() if "non riesco più ad aggiornare" in luca.text_of(one)]
    assert len(told) == 1
    assert (await kept(stage))[0].sealed_busy != ""


async def test_it_can_be_exported_and_taken_away(stage: Stage, web: Web) -> None:
    await gives(stage, MENTOR)
    luca = stage.hand(MENTOR)
    await luca.types("/mentoring esporta")
    await luca.submits()
    files = await luca.receives_files()
    assert ADDRESS in files["inverso.json"] and "2027-01-14T13:00:00+00:00" in files["inverso.json"]
    await luca.types("/mentoring calendario")
    await luca.clicks("Togli il calendario")
    assert "indirizzo e orari occupati sono cancellati" in luca.said
    assert await kept(stage) == []
    await gives(stage, MENTOR)
    await luca.types("/mentoring cancella")
    await luca.submits()
    await luca.fills({"Cancello tutto?": "Sì, cancella"})
    await luca.submits()
    assert await kept(stage) == []
