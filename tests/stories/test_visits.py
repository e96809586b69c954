"""Weeks at another site: a blended pair from two sites meets in person when both are at one."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.domain.on_site import Presence, common_weeks, write
from bot.flows.scheduling.visits import MOST
from storage.tables import Enrolment, Session
from tests.stage import Stage, StageHand
from tests.stories.steps import a_pair

MENTOR, MENTEE = "Luca Sala", "Giulia Bruno"  # of Rome and of Turin
WEEK = date(2027, 1, 25)


async def kickoff_of(stage: Stage) -> Session:
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        return (await uow.all(select(Session).order_by(col(Session.number))))[0]


async def is_there(stage: Stage, name: str, site: str, day: str) -> StageHand:
    hand = stage.hand(name)
    await hand.types("/mentoring in sede")
    await hand.clicks("Aggiungi una settimana")
    await hand.fills({"In quale sede?": site, "In quale settimana?": day})
    await hand.submits()
    return hand


@pytest.mark.seed("003-21")
async def test_the_first_meeting_comes_in_a_week_in_which_both_are_there(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    luca = await is_there(stage, MENTOR, "Torino", "2027-01-27")
    assert luca.sees("settimana da lunedì 25 gennaio: Torino")
    giulia = stage.hand(MENTEE)
    await giulia.types("/mentoring fissa")
    assert giulia.sees("Fissa martedì 26 gennaio") and not giulia.sees("14 gennaio")
    await giulia.clicks("Fissa martedì 26 gennaio")
    kickoff = await kickoff_of(stage)
    assert (kickoff.mode, kickoff.place) == ("in_person", "Torino")
    await giulia.clicks("Sposta")
    await giulia.clicks("Scegli un altro orario")
    await giulia.fills({"Che giorno, a che ora?": "4 febbraio alle 15"})
    await giulia.submits()
    await giulia.submits()
    moved = await kickoff_of(stage)
    assert (moved.starts_at, moved.place) == (datetime(2027, 2, 4, 14, tzinfo=UTC), ""), "nobody is in Turin then"


async def test_a_week_can_be_taken_away_and_a_bad_one_gets_a_sentence(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    luca = await is_there(stage, MENTOR, "Torino", "2027-01-27")
    await luca.clicks("Togli")
    assert "Vai a lavorare in un’altra sede?" in luca.said
    await is_there(stage, MENTOR, "Torino", "2027-01-04")
    assert "Quella settimana è passata" in luca.errors["In quale settimana?"]
    await luca.closes(everything=True)
    pietro = stage.hand("Pietro Bruno")
    await pietro.types("/mentoring in sede")
    assert "Questo serve nei cicli in cui ci si incontra un po’ di persona" in pietro.said


async def test_as_many_weeks_can_be_told_as_can_be_shown(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        for enrolment in await uow.all(uow.of(Enrolment)):
            enrolment.visits = write({WEEK + timedelta(weeks=number): "Torino" for number in range(MOST - 1)})
        await uow.commit()
    luca = await is_there(stage, MENTOR, "Torino", "2027-12-27")
    assert luca.sees("settimana da lunedì 25 gennaio") and luca.sees("settimana da lunedì 27 dicembre")
    await is_there(stage, MENTOR, "Torino", "2027-12-20")
    assert f"più di {MOST} settimane" in luca.errors["In quale settimana?"]


def test_weeks_in_common() -> None:
    luca, giulia = Presence("Roma", {WEEK: "Torino"}), Presence("Torino")
    assert common_weeks([luca, giulia], WEEK) == {WEEK: "Torino"}
    assert common_weeks([luca, Presence("Torino", {WEEK: "Bari"})], WEEK) == {}
    assert common_weeks([Presence("Roma", {WEEK: "Bari"}), Presence("Torino", {WEEK: "Bari"})], WEEK) == {WEEK: "Bari"}
    assert common_weeks([luca, giulia], date(2027, 2, 1)) == {}
    assert common_weeks([Presence("Roma"), Presence("Roma")], WEEK) == {}, "colleagues of one site meet as they like"
