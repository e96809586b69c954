"""Calendars: the file that goes with a date, and a person's own address to subscribe to."""

from datetime import UTC, datetime

import aiohttp
from icalendar import Calendar
from sqlmodel import select

from bot.domain.calendar_files import Appointment, event_file, feed
from storage.tables import Person
from tests.stage import Stage, StageHand
from tests.stories.steps import a_pair

MENTOR, MENTEE = "Luca Sala", "Giulia Bruno"
AT = datetime(2027, 1, 14, 13, tzinfo=UTC)


def an_appointment(sequence: int = 1, *, cancelled: bool = False) -> Appointment:
    return Appointment("session-x@inverso", sequence, AT, 45, "Con Zoë, «K1»; a\nb", AT, "Sala 3", cancelled=cancelled)


def test_a_file_holds_one_event_and_what_calendars_need_to_replace_it() -> None:
    [event] = Calendar.from_ical(event_file(an_appointment(4))).walk("VEVENT")
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == ("session-x@inverso", 4, "CONFIRMED")
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (AT, datetime(2027, 1, 14, 13, 45, tzinfo=UTC))
    assert (event["SUMMARY"], event["LOCATION"]) == ("Con Zoë, «K1»; a\nb", "Sala 3")
    assert Calendar.from_ical(event_file(an_appointment(5, cancelled=True)))["METHOD"] == "CANCEL"
    [gone] = Calendar.from_ical(event_file(an_appointment(5, cancelled=True))).walk("VEVENT")
    assert gone["STATUS"] == "CANCELLED"


def test_a_feed_is_published_and_steady() -> None:
    twice = [feed([an_appointment(), an_appointment(2)], "Reverse mentoring") for _ in range(2)]
    assert twice[0] == twice[1]
    calendar = Calendar.from_ical(twice[0])
    assert (calendar["METHOD"], len(calendar.walk("VEVENT"))) == ("PUBLISH", 2)
    assert all(len(line) <= 75 for line in twice[0].split(b"\r\n"))


async def token_of(stage: Stage, name: str) -> str:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        person = await uow.first(select(Person).where(Person.name == name))
    assert person is not None and person.feed_token is not None
    return person.feed_token


async def read(stage: Stage, token: str, **headers: str) -> tuple[int, str, str]:
    """Status, ETag and text of a feed."""
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{stage.workspace.bot_url}/calendar/{token}.ics", headers=headers) as answer,
    ):
        return answer.status, answer.headers.get("ETag", ""), await answer.text()


async def a_booked_kickoff(stage: Stage) -> StageHand:
    await a_pair(stage, MENTOR, MENTEE)
    giulia = stage.hand(MENTEE)
    await giulia.types("/mentoring fissa")
    await giulia.clicks("Fissa giovedì 14 gennaio, 14:00")
    return giulia


async def test_the_own_address_lists_booked_sessions(stage: Stage) -> None:
    giulia = await a_booked_kickoff(stage)
    await giulia.clicks("Abbonati al mio calendario")
    token = await token_of(stage, MENTEE)
    assert f"/calendar/{token}.ics" in "\n".join(giulia.text_of(message) for message in giulia.messages())
    status, tag, text = await read(stage, token)
    [event] = Calendar.from_ical(text).walk("VEVENT")
    assert (status, event["DTSTART"].dt, str(event["SUMMARY"])) == (200, AT, "Reverse mentoring con Luca Sala")
    assert (await read(stage, token, **{"If-None-Match": tag}))[0] == 304
    await giulia.types("/mentoring sposta")
    await giulia.clicks("Sposta a")
    status, moved_tag, text = await read(stage, token, **{"If-None-Match": tag})
    [moved] = Calendar.from_ical(text).walk("VEVENT")
    assert status == 200 and moved_tag != tag
    assert (moved["UID"], moved["SEQUENCE"]) == (event["UID"], 2)


async def test_a_renewed_address_replaces_the_earlier_one(stage: Stage) -> None:
    giulia = await a_booked_kickoff(stage)
    await giulia.clicks("Abbonati al mio calendario")
    old = await token_of(stage, MENTEE)
    await giulia.clicks("Rinnova l’indirizzo")
    new = await token_of(stage, MENTEE)
    assert new != old
    assert (await read(stage, old))[0] == 404
    assert (await read(stage, new))[0] == 200


async def test_unknown_addresses_and_leavers_find_nothing(stage: Stage) -> None:
    giulia = await a_booked_kickoff(stage)
    await giulia.clicks("Abbonati al mio calendario")
    token = await token_of(stage, MENTEE)
    for unknown in ("x", "None", token[:-1], f"{token}x", "%00", "💼"):
        assert (await read(stage, unknown))[0] == 404, unknown
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        for person in await uow.all(select(Person).where(Person.name == MENTEE)):
            person.left_at = stage.clock.now()
        await uow.commit()
    assert (await read(stage, token))[0] == 404


async def test_both_get_the_file(stage: Stage) -> None:
    await a_booked_kickoff(stage)
    files = [file for file in stage.workspace.world.files.values() if file.name == "reverse-mentoring.ics"]
    uids = {str(event["UID"]) for file in files for event in Calendar.from_ical(file.content).walk("VEVENT")}
    assert (len(files), len(uids)) == (2, 1)


async def test_moving_and_cancelling_are_versions_of_one_event(stage: Stage) -> None:
    """Whoever puts each file into a calendar ends with one event, moved, then gone (RFC 5546: UID and SEQUENCE)."""
    giulia = await a_booked_kickoff(stage)
    await giulia.clicks("Sposta")
    await giulia.clicks("Sposta a")
    await giulia.clicks("Annulla questa data")
    await stage.move(minutes=1)
    sent = [file.content for file in stage.workspace.world.files.values() if file.name == "reverse-mentoring.ics"]
    events = [event for content in sent for event in Calendar.from_ical(content).walk("VEVENT")]
    assert {str(event["UID"]) for event in events} == {str(events[0]["UID"])}
    versions = {int(event["SEQUENCE"]): (str(event["STATUS"]), event["DTSTART"].dt) for event in events}
    assert sorted(versions) == [1, 2, 3]
    assert versions[1] == ("CONFIRMED", AT) and versions[2][0] == "CONFIRMED" and versions[2][1] != AT
    assert versions[3] == ("CANCELLED", versions[2][1]), "it takes away the date that was there last"
