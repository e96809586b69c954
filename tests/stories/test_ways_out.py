"""Ways out that need no courage: trial points, and the rule that ends a pair which became a reporting line."""

import pytest
from icalendar import Calendar
from sqlmodel import select

from storage.tables import Enrolment, Pairing, Person, Session
from tests.stage import Stage
from tests.stories import steps
from tests.stories.forms import a_date
from tests.stories.steps import a_pair
from tests.stories.test_session import MENTEE, MENTOR, after_the_kickoff, answers, rows, said_to


async def test_after_the_kick_off_each_is_asked_alone_whether_to_go_on(stage: Stage) -> None:
    giulia, luca = await after_the_kickoff(stage)
    await answers(luca)
    assert luca.sees("se questo abbinamento fa per te") and not giulia.sees("se questo abbinamento fa per te")
    await luca.clicks("Chiudi la coppia")
    await luca.submits()
    await stage.move(hours=1)
    assert giulia.sees("La coppia con Luca Sala si chiude qui")
    assert (await rows(stage, Pairing))[0].state == "ended_early"


async def test_a_pair_that_becomes_a_reporting_line_ends_by_rule(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    await a_pair(stage, "Amelia Clarke", "Oliver Clarke")
    giulia, luca = stage.hand(MENTEE), stage.hand(MENTOR)
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        people = {one.name: one for one in await uow.all(select(Person))}
        between = people["Andrea Farina"]
        people[MENTOR].manager_id, between.manager_id = between.pk, people[MENTEE].pk
        for moment in ("1", "2"):
            uow.promise("pairing.look_at_lines", f"roster:lines:{moment}", uow.now)
        await uow.commit()
    await stage.move(minutes=2)
    for hand, other in ((giulia, MENTOR), (luca, MENTEE)):
        assert (await said_to(hand)).count(f"Ora tu e {other} siete nella stessa linea") == 1
    assert [one.state for one in await rows(stage, Pairing)] == ["ended_early", "active"]
    assert {one.state for one in await rows(stage, Session) if one.pairing_id == 1} == {"cancelled"}
    await luca.clicks("Nuovo abbinamento")
    assert luca.sees("Cerco")


@pytest.mark.seed("004-7")
async def test_who_asks_between_rounds_is_among_the_first_of_the_next(stage: Stage) -> None:
    giulia = stage.hand(MENTEE)
    await giulia.types("/mentoring chiedi")
    assert "Al prossimo ciclo ti scrivo qui" in giulia.said
    await giulia.clicks("Ho cambiato idea")
    await giulia.types("/mentoring chiedi")
    round_id = await steps.open_round(stage, invited={"departments": ["Nowhere"]})
    await stage.settle()
    (mine,) = await rows(stage, Enrolment)
    assert (mine.round_id, mine.waited, mine.state) == (round_id, True, "invited")
    assert [one.asks_since for one in await rows(stage, Person) if one.name == MENTEE] == [None]
    await giulia.types("/mentoring chiedi")
    assert giulia.sees_modal, "a round is open to her now"


@pytest.mark.parametrize("way", ["leaving", "the round is cancelled"])
async def test_what_was_booked_leaves_the_calendar_of_whoever_is_left(stage: Stage, way: str) -> None:
    giulia = await a_date(stage)
    luca, valentina = stage.hand(MENTOR), stage.hand("Valentina Vitale")
    await stage.move(minutes=5)
    (booked,) = [one for one in await rows(stage, Session) if one.state == "scheduled"]
    await luca.receives_files()
    if way == "leaving":
        await giulia.types("/mentoring esci")
        await giulia.submits()
    else:
        await valentina.types("/mentoring ciclo annulla")
        await valentina.clicks("Annulla il ciclo")
    await stage.move(hours=1)
    if stage.platform == "slack":  # on Teams an event is reached by a link, which takes nothing out
        file = Calendar.from_ical((await luca.receives_files())["reverse-mentoring.ics"])
        (event,) = file.walk("VEVENT")
        assert (file["METHOD"], event["UID"], event["SEQUENCE"]) == ("CANCEL", booked.uid, booked.sequence + 1)
    assert luca.sees("si chiude qui") or luca.sees("non prosegue")
