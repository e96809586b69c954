"""Two who have no chat in common: each learns how to write to the other, and the bot passes on one message each way."""

from collections.abc import AsyncIterator

import pytest_asyncio

from storage.tables import PassedMessage, Session
from tests.stage import ON_TEAMS, Stage, department, on_stage, some_on_teams
from tests.stories.steps import a_pair
from tests.stories.test_pairing import cast, rows

COMPANY = department("Human resources", "Finance")


@pytest_asyncio.fixture
async def mixed(story_database: str) -> AsyncIterator[Stage]:
    """Elena Sala and Giulia Bruno are on Teams, everybody else on Slack."""
    async with on_stage(story_database, COMPANY, platform=some_on_teams("Elena Sala", "Giulia Bruno")) as company:
        yield company


async def both_say_yes(stage: Stage) -> None:
    await cast(stage, ["Elena Sala"], ["Amelia Clarke"])
    await stage.hand("Elena Sala").clicks("Sì, volentieri")
    await stage.hand("Amelia Clarke").clicks("Yes, gladly")
    await stage.move(minutes=2)


async def test_they_are_told_the_address_and_may_send_one_message_each_way(mixed: Stage) -> None:
    amelia, elena = mixed.hand("Amelia Clarke"), mixed.hand("Elena Sala")
    await both_say_yes(mixed)
    assert "uses another chat than you" in amelia.said
    assert "elena.sala@aurea.example" in amelia.said
    assert "amelia.clarke@aurea.example" in elena.said
    assert elena.groups == amelia.groups == []

    await amelia.clicks("Send a first message")
    await amelia.fills({"Your message": "I look forward to our *first* meeting."})
    await amelia.submits()
    assert "Amelia Clarke mi ha chiesto di farti avere questo messaggio" in elena.said
    assert "I look forward to our" in elena.said
    [message] = await rows(mixed, PassedMessage)
    assert message.sealed_text == ""

    await elena.clicks("Rispondi tramite me")
    await elena.fills({"Il tuo messaggio": "Anch’io!"})
    await elena.submits()
    assert "Anch’io!" in amelia.said

    await amelia.closes(everything=True)
    await amelia.clicks("Send a first message")
    assert "already passed on your message for this session" in amelia.said
    assert len(await rows(mixed, PassedMessage)) == 2


async def test_the_agenda_comes_to_each_of_them(mixed: Stage) -> None:
    await a_pair(mixed, "Luca Sala", "Giulia Bruno")
    giulia, luca = mixed.hand("Giulia Bruno"), mixed.hand("Luca Sala")
    await giulia.types("/mentoring fissa")
    await giulia.clicks("Fissa giovedì 14 gennaio, 14:00")
    kickoff = (await rows(mixed, Session))[0]
    assert kickoff.starts_at is not None
    await mixed.move_to(kickoff.starts_at)
    await mixed.move(minutes=2)
    for hand in (giulia, luca):
        assert hand.groups == []
        assert sum("Si comincia: avete 60 minuti" in hand.text_of(message) for message in hand.messages()) == 1


async def test_two_on_a_platform_where_the_bot_opens_no_chat_get_a_link_that_does(story_database: str) -> None:
    async with on_stage(story_database, COMPANY, platform=ON_TEAMS) as stage:
        await both_say_yes(stage)
        for name, partner in (("Elena Sala", "amelia.clarke"), ("Amelia Clarke", "elena.sala")):
            hand = stage.hand(name)
            shown = [message for message in hand.messages() if "l/chat/0/0" in str(message)]
            assert len(shown) == 1
            assert f"https://teams.microsoft.com/l/chat/0/0?users={partner}%40aurea.example" in str(shown[0])
