"""What a pair lets out by choice: with everybody's yes alone, in forms alone, and taken back at any time."""

import pytest

from storage.tables import Shared
from tests.stage import Stage, StageHand
from tests.stories.forms import MENTEE, MENTOR, paired, shared, would_share
from tests.stories.test_groups import together
from tests.stories.test_session import everything_said, rows

IDEA = "Sottotitoli"


async def state(stage: Stage) -> str:
    [found] = await rows(stage, Shared)
    return str(found.state)


@pytest.mark.seed("002-5")
async def test_with_a_yes_the_coordinator_reads_it_and_each_may_take_it_back(stage: Stage) -> None:
    vale = await shared(stage)
    assert IDEA in vale.view_text and "senza nomi" in vale.view_text and MENTEE not in vale.view_text
    await vale.submits()
    giulia = stage.hand(MENTEE)
    assert "ora è da chi coordina" in giulia.said
    stranger = stage.hand("Oliver Clarke")
    await stranger.forges("sharing.take_back", "1")
    await stranger.forges("sharing.read", "1")
    assert not stranger.sees(IDEA) and await state(stage) == "given"
    await giulia.clicks("Riprendilo")
    assert "le parole sono cancellate" in giulia.said and await state(stage) == "taken_back"
    assert "Per favore non usarlo più" in vale.said
    await vale.forges("sharing.show", "1")
    assert "non c’è più nulla da leggere" in vale.told
    assert IDEA not in await everything_said(stage) and (await rows(stage, Shared))[0].sealed_text == ""


async def test_after_a_no_it_stays_between_them(stage: Stage) -> None:
    luca = await would_share(stage)
    assert IDEA in luca.view_text
    await luca.fills({"Può arrivare a chi coordina?": "No, resta tra noi"})
    await luca.submits()
    assert "resta tra voi" in luca.said and "questa volta resta tra voi" in stage.hand(MENTEE).said
    assert not stage.hand("Valentina Vitale").messages() and await state(stage) == "kept"


async def test_without_an_answer_it_stays_between_them_after_two_weeks(stage: Stage) -> None:
    luca, giulia = await would_share(stage), stage.hand(MENTEE)
    assert IDEA in luca.view_text and "al più tardi fra due settimane" in giulia.told
    await stage.move(days=13)
    assert await state(stage) == "asked"
    await stage.move(days=4)
    assert any("questa volta resta tra voi" in giulia.text_of(one) for one in giulia.messages())
    await luca.closes()
    await luca.forges("sharing.read", "1")
    assert "non c’è più nulla da leggere" in luca.told and IDEA not in await everything_said(stage)
    [found] = await rows(stage, Shared)
    assert (found.state, found.sealed_text) == ("kept", "")


async def test_names_go_only_when_they_all_want_them(stage: Stage) -> None:
    giulia = await paired(stage, "condividi")
    await giulia.fills({"Che cos’è?": "Com’è stato", "Con parole tue": "Utile", "Con i vostri": "Con i nostri nomi"})
    await giulia.submits()
    luca = stage.hand(MENTOR)
    await luca.clicks("Leggi")
    assert "con questi nomi: Giulia Bruno e Luca Sala" in luca.view_text
    stranger = stage.hand("Oliver Clarke")
    await stranger.types("/mentoring share")
    assert "no meetings of yours" in stranger.told


@pytest.mark.seed("000-10")
@pytest.mark.seed("002-8")
async def test_a_group_shares_when_the_last_of_them_agrees(stage: Stage) -> None:
    [kwame, *others], vale = await together(stage), stage.hand("Valentina Vitale")
    known = len(vale.messages())
    await kwame.types("/mentoring share")
    await kwame.fills({"What is it?": "Something we learned", "In your words": "Ask first", "With your": "Without"})
    await kwame.submits()
    for hand in (*others, stage.hand("Amelia Clarke")):
        assert len(vale.messages()) == known
        await agrees(hand)
    await stage.move(minutes=1)
    assert len(vale.messages()) == known + 1


async def agrees(hand: StageHand) -> None:
    """In whatever language."""
    words = ("Leggi", "Può arrivare", "Sì") if hand.person.locale.startswith("it") else ("Read it", "May it go", "Yes")
    await hand.clicks(words[0])
    await hand.fills({words[1]: words[2]})
    await hand.submits()
