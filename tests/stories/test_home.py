"""The present card and the person's own page."""

import pytest
from sqlalchemy import delete
from sqlmodel import col, select

from bot.flows.home.cards import pause, whole
from bot.ui.cards import Note, card
from bot.ui.words import T
from storage.database import counted_queries
from storage.tables import Account, Person
from tests.stage import Stage
from tests.stories.steps import a_pair, round_that_enrols

MENTOR, MENTEE = "Oliver Clarke", "Valentina Vitale"

pytestmark = pytest.mark.slack_alone  # the Home tab


async def test_home_tells_that_nothing_waits(stage: Stage) -> None:
    oliver = stage.hand(MENTOR)
    assert "Nothing is waiting for you" in await oliver.opens_home()
    await oliver.types("/mentoring")
    assert "Nothing is waiting for you" in oliver.said


async def test_home_shows_what_is_to_do_first_and_the_ways_to_peace(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    valentina = stage.hand(MENTEE)
    words = await valentina.opens_home()
    assert words.startswith("Tocca a te adesso")
    assert MENTOR in words
    await valentina.clicks("Vedi che cosa arriva")
    assert "Ecco che cosa ho in programma di scriverti" in valentina.view_text
    await valentina.closes()
    await valentina.clicks("Vedi che cosa si conserva")
    assert "non vede nulla" in valentina.view_text


async def test_home_offers_to_end_a_pause(stage: Stage) -> None:
    oliver = stage.hand(MENTOR)
    assert "Pause" not in await oliver.opens_home()
    await a_pair(stage, MENTOR, MENTEE)
    await oliver.opens_home()
    await oliver.clicks("Pause")
    await oliver.fills({"For how long?": "1 week"})
    await oliver.submits()
    await oliver.closes()
    await stage.settle()
    await oliver.clicks("Resume")
    await stage.settle()
    assert "Your pause is over" in oliver.view_text
    assert "Resume" not in oliver.home_text


async def test_the_present_card_is_the_same_in_chat(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    valentina = stage.hand(MENTEE)
    await valentina.types("/mentoring")
    assert MENTOR in valentina.said
    await valentina.clicks("Vedi che cosa arriva")
    assert "Ecco che cosa ho in programma di scriverti" in valentina.said


@pytest.mark.seed("002-13")
async def test_the_present_card_shows_the_next_session_when_nothing_is_to_do(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    valentina = stage.hand(MENTEE)
    await valentina.types("/mentoring fissa")
    await valentina.clicks("Fissa")
    await valentina.types("/mentoring")
    assert f"Sei in coppia con {MENTOR}" in valentina.said
    assert "Prossimo incontro" in valentina.said


async def test_who_is_not_in_the_list_of_people_hears_what_to_do(stage: Stage) -> None:
    oliver = stage.hand(MENTOR)
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        person: Person | None = await uow.first(select(Person).where(Person.name == MENTOR))
        assert person is not None
        person.email = "somebody.else@aurea.example"
        await uow.execute(delete(Account).where(col(Account.person_id) == person.id))
        await uow.commit()
    await oliver.types("/mentoring")
    assert "Ask HR to add you" in oliver.said


async def test_an_open_round_says_how_to_join(stage: Stage) -> None:
    await round_that_enrols(stage)
    oliver = stage.hand(MENTOR)
    await oliver.types("/mentoring")
    assert "You are invited" in oliver.said
    await oliver.clicks("Not now")
    await oliver.types("/mentoring")
    assert "You can join until" in oliver.said


async def asked_of_the_store(stage: Stage, name: str) -> tuple[list[str], list[str]]:
    """The statements behind a bare command and behind the own page, of somebody who has been there before."""
    hand = stage.hand(name)
    await hand.opens_home()
    plain = hand.alone
    with counted_queries(stage.inverso.database.engine) as command:
        await plain.types("/mentoring")
        await stage.inverso.nursery.settle()
    with counted_queries(stage.inverso.database.engine) as page:
        await plain.opens_home()
        await stage.inverso.nursery.settle()
    return command, page


async def test_who_is_invited_is_asked_of_the_store_twice(stage: Stage) -> None:
    await round_that_enrols(stage)
    command, _ = await asked_of_the_store(stage, "Amelia Clarke")
    assert len(command) == 2, command


async def test_the_present_card_takes_few_queries_whoever_looks(stage: Stage) -> None:
    await a_pair(stage, MENTOR, "Elena Sala")
    await round_that_enrols(stage)
    for name in (MENTOR, "Elena Sala", "Amelia Clarke", "Valentina Vitale"):
        command, page = await asked_of_the_store(stage, name)
        assert 0 < len(command) <= 6, (name, command)
        assert 0 < len(page) <= 7, (name, page)


def test_a_page_with_too_much_to_show_points_to_the_rest() -> None:
    many = [card("one", "two", "three") for _ in range(60)]
    for most in (50, 100):
        drawn = whole(many, most, pause(paused=False))
        assert most - 5 <= len(drawn.blocks) <= most
        assert Note(T("home.more")) in drawn.blocks
    assert Note(T("home.more")) not in whole(many[:5], 50, None).blocks
