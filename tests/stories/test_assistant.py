"""The assistant whom a mentee names: sees hours and places, books and moves in two taps, and nothing else."""

from datetime import UTC, datetime

import pytest
from sqlmodel import col, select

from bot.content import topics
from bot.flows.turns import Pressed
from storage.database import counted_queries
from storage.tables import Enrolment, Round, Session
from tests.stage import Stage, StageHand
from tests.stories.steps import a_pair

MENTOR, MENTEE, ASSISTANT = "Luca Sala", "Giulia Bruno", "Camilla Caruso"


async def sessions(stage: Stage) -> list[Session]:
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        return await uow.all(select(Session).order_by(col(Session.number)))


async def an_assistant(stage: Stage, mentor: str = MENTOR, mentee: str = MENTEE) -> tuple[StageHand, StageHand]:
    """The mentee names her; both hands."""
    await a_pair(stage, mentor, mentee)
    hand, camilla = stage.hand(mentee), stage.hand(ASSISTANT)
    await hand.types("/mentoring assistente")
    await hand.fills({"Quale collega?": ASSISTANT})
    await hand.submits()
    return hand, camilla


def never_says_what_they_talk_about(hand: StageHand) -> None:
    said = "\n".join(hand.text_of(message) for message in hand.messages())
    assert not [topic.code for topic in topics().values() if topic.title.texts["it"] in said]
    assert "traccia" not in said.lower() and "domand" not in said.lower()


async def test_an_assistant_books_and_moves_in_two_taps(stage: Stage) -> None:
    giulia, camilla = await an_assistant(stage)
    assert giulia.sees("Camilla Caruso può vedere e spostare le tue date")
    assert "vorrebbe che fossi tu a tenere le date" in camilla.said
    await camilla.clicks("Vedi le date")
    assert "Giulia Bruno con Luca Sala: 60 minuti, ancora senza data" in camilla.said.replace("*", "")
    await camilla.clicks("Trova una data")
    await camilla.clicks("Fissa giovedì 14 gennaio, 14:00")
    assert "Fissato. Chi si incontra lo sa da me." in camilla.said
    kickoff = (await sessions(stage))[0]
    assert (kickoff.state, kickoff.starts_at) == ("scheduled", datetime(2027, 1, 14, 13, tzinfo=UTC))
    for name in (MENTOR, MENTEE):
        assert stage.hand(name).sees("Camilla Caruso (per Giulia Bruno) ha fissato il vostro incontro")

    await camilla.clicks("Sposta")
    assert "La data attuale resta" in camilla.said
    await camilla.clicks("Fissa martedì 19 gennaio")
    moved = (await sessions(stage))[0]
    assert moved.sequence == 2 and moved.uid == kickoff.uid, "the same event in everybody's calendar"
    await stage.move(minutes=1)
    assert stage.hand(MENTOR).sees("Camilla Caruso (per Giulia Bruno) ha cambiato il vostro incontro")
    never_says_what_they_talk_about(camilla)


async def test_an_assistant_types_a_date_as_the_mentee_can_and_has_it_at_home(stage: Stage) -> None:
    _, camilla = await an_assistant(stage)
    assert "ancora senza data" in await camilla.opens_home()
    await camilla.clicks("Trova una data")
    await camilla.clicks("Scegli un altro orario")
    await camilla.fills({"Che giorno, a che ora?": "2 giugno 2027 alle 15", "Come vi vedete": "Di persona"})
    await camilla.submits()
    assert "festivo" in camilla.errors["Che giorno, a che ora?"] and "lavori tu" not in str(camilla.errors)
    await camilla.fills({"Che giorno, a che ora?": "25 gennaio alle 15", "Luogo o link": "Sala Po"})
    await camilla.submits()
    await camilla.submits()
    kickoff = (await sessions(stage))[0]
    assert (kickoff.starts_at, kickoff.place) == (datetime(2027, 1, 25, 14, tzinfo=UTC), "Sala Po")
    for name in (MENTOR, MENTEE):
        assert stage.hand(name).sees("Camilla Caruso (per Giulia Bruno) ha fissato il vostro incontro")
    assert "Sala Po" in await camilla.opens_home()
    never_says_what_they_talk_about(camilla)


async def test_an_assistant_hears_of_dates_soon_and_once(stage: Stage) -> None:
    """Named a moment ago, and told of a date and its place together, a quarter of an hour later."""
    giulia, camilla = await an_assistant(stage)
    await giulia.types("/mentoring fissa")
    await giulia.clicks("Fissa giovedì 14 gennaio, 14:00")
    await giulia.clicks("Aggiungi luogo o link")
    await giulia.fills({"Come vi vedete": "Di persona", "Luogo o link": "Sala Po"})
    await giulia.submits()
    assert not camilla.sees("Qualcosa è cambiato")
    await stage.move(minutes=16)
    told = [camilla.text_of(one) for one in camilla.messages() if "Qualcosa è cambiato" in camilla.text_of(one)]
    assert len(told) == 1
    assert "giovedì 14 gennaio, 14:00, 60 minuti, di persona: Sala Po" in told[0]
    never_says_what_they_talk_about(camilla)


async def test_a_missing_date_comes_to_the_assistant_too(stage: Stage) -> None:
    _, camilla = await an_assistant(stage)
    await stage.move(days=6)
    assert camilla.sees("L’incontro di Giulia Bruno con Luca Sala aspetta ancora una data")
    await camilla.clicks("Fissa")
    assert (await sessions(stage))[0].state == "scheduled"


async def test_an_assistant_sees_what_the_mentor_has_proposed(stage: Stage) -> None:
    _, camilla = await an_assistant(stage)
    luca = stage.hand(MENTOR)
    await luca.types("/mentoring fissa venerdì 22 gennaio alle 11")
    await luca.submits()
    await luca.submits()
    assert "Luca Sala propone a Giulia Bruno venerdì 22 gennaio, 11:00" in await camilla.opens_home()
    await camilla.types("/mentoring agenda")
    assert "Luca Sala propone a Giulia Bruno venerdì 22 gennaio, 11:00" in camilla.said
    for _ in range(3):
        await camilla.clicks("Trova una data")
        assert "Luca Sala propone a Giulia Bruno venerdì 22 gennaio, 11:00" in camilla.said
        await camilla.types("/mentoring agenda")
    await camilla.clicks("Trova una data")
    await camilla.clicks("Fissa venerdì 22 gennaio, 11:00")
    assert (await sessions(stage))[0].starts_at == datetime(2027, 1, 22, 10, tzinfo=UTC)
    never_says_what_they_talk_about(camilla)


async def test_an_assistant_may_do_nothing_else(stage: Stage) -> None:
    """Whatever a tampered button asks for: the server knows whose it is."""
    _, camilla = await an_assistant(stage)
    kickoff = (await sessions(stage))[0]
    verbs = [verb for verb in stage.inverso.dispatcher.verbs if verb.startswith(("session.", "scheduling."))]
    before = await sessions(stage)
    for verb in verbs:
        reply = await camilla.does(Pressed(verb, f"{kickoff.id}:1:1"))
        assert not [topic.code for topic in topics().values() if str(topic.title.texts["it"]) in repr(reply)], verb
    assert await sessions(stage) == before
    pietro = stage.hand("Pietro Bruno")
    for verb in ("assistant.move", "assistant.book"):
        await pietro.does(Pressed(verb, f"{kickoff.id}:1"))
    await pietro.does(Pressed("assistant.step_down", "1"))
    assert await sessions(stage) == before


@pytest.mark.parametrize("by", ["mentee", "assistant"])
async def test_either_may_end_it(stage: Stage, by: str) -> None:
    giulia, camilla = await an_assistant(stage)
    await camilla.clicks("Vedi le date")
    if by == "mentee":
        await giulia.types("/mentoring assistente")
        await giulia.clicks("Riprendi le date")
        assert "Camilla Caruso non tiene più le tue date" in giulia.said
    else:
        await camilla.clicks("Non fa per me")
        assert "Camilla Caruso non può tenere le tue date" in giulia.said
    await camilla.does(Pressed("assistant.move", f"{(await sessions(stage))[0].id}"))
    assert (await sessions(stage))[0].offered == []
    await camilla.types("/mentoring agenda")
    assert "Ora non tieni date per nessuno" in camilla.said


async def test_after_the_round_it_is_over(stage: Stage) -> None:
    _, camilla = await an_assistant(stage)
    await camilla.clicks("Vedi le date")
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        for round in await uow.all(select(Round)):
            round.state = "closed"
        await uow.commit()
    await camilla.clicks("Trova una data")
    assert "sono fermi o conclusi" in camilla.said
    await camilla.types("/mentoring agenda")
    assert "Ora non tieni date per nessuno" in camilla.said


@pytest.mark.parametrize(
    ("name", "error"),
    [
        (MENTEE, "Le tue date le tieni già tu"),
        (MENTOR, "vi partecipa già"),
        ("Valentina Vitale", "Chi coordina il programma non deve vedere le tue date"),
    ],
)
async def test_who_cannot_be_an_assistant(stage: Stage, name: str, error: str) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    giulia = stage.hand(MENTEE)
    await giulia.types("/mentoring assistente")
    await giulia.fills({"Quale collega?": name})
    await giulia.submits()
    assert error in giulia.errors["Quale collega?"]
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        assert not [one for one in await uow.all(select(Enrolment)) if one.assistant_id]


async def test_who_is_no_mentee_has_none(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    luca = stage.hand(MENTOR)
    await luca.types("/mentoring assistente")
    assert "come mentee" in luca.said


@pytest.mark.slack_alone
async def test_few_queries(stage: Stage) -> None:
    _, camilla = await an_assistant(stage)
    kickoff, counts = (await sessions(stage))[0], list[int]()
    for verb, id in (("dates", ""), ("move", str(kickoff.id)), ("book", "")):
        if verb == "book":
            first = datetime.fromisoformat((await sessions(stage))[0].offered[0])
            id = f"{kickoff.id}:{int(first.timestamp())}"
        with counted_queries(stage.inverso.database.engine) as seen:
            await camilla.does(Pressed(f"assistant.{verb}", id))
        counts.append(len(seen))
    assert max(counts) <= 6, counts
    assert (await sessions(stage))[0].state == "scheduled"


@pytest.mark.slack_alone
async def test_more_mentees_ask_no_more_of_the_store(stage: Stage) -> None:
    counts = list[int]()
    for mentor, mentee in ((MENTOR, MENTEE), ("Andrea Farina", "Pietro Bruno")):
        _, camilla = await an_assistant(stage, mentor, mentee)
        hand = stage.hand(mentor)
        await hand.types("/mentoring fissa venerdì 22 gennaio alle 11")
        await hand.submits()
        await hand.submits()
        with counted_queries(stage.inverso.database.engine) as seen:
            await camilla.types("/mentoring agenda")
        assert f"{mentor} propone a {mentee} venerdì 22 gennaio, 11:00" in camilla.said
        counts.append(len(seen))
    assert counts[0] == counts[1], counts
