"""Asking for help, in both languages, and mistyping."""

import pytest

from tests.stage import Stage
from tests.stories.steps import a_pair, open_round


@pytest.mark.seed("000-1")
async def test_help_speaks_the_language_of_the_person(stage: Stage) -> None:
    valentina = stage.hand("Valentina Vitale")
    await valentina.types("/mentoring aiuto")
    assert "persona junior" in valentina.said
    assert "Non è coaching" in valentina.said
    oliver = stage.hand("Oliver Clarke")
    await oliver.types("/mentoring help")
    assert "junior colleague" in oliver.said
    for word in ("coaching", "training course", "shadowing", "assessment"):
        assert word in oliver.said


async def test_help_lists_what_this_person_may_write(stage: Stage) -> None:
    valentina, oliver = stage.hand("Valentina Vitale"), stage.hand("Oliver Clarke")
    await oliver.types("/mentoring help")
    assert "Coordinating a round" not in oliver.said
    await oliver.clicks("Always at hand")
    assert "what next" in oliver.said
    await oliver.clicks("Meeting")
    assert "book:" in oliver.said and "what next" not in oliver.said
    await valentina.types("/mentoring aiuto")
    await valentina.clicks("Coordinare un ciclo")
    assert "ciclo nuovo" in valentina.said and "aggiungi il nome di quello che intendi" in valentina.said
    await oliver.forges("help.group", "coordinate")
    assert not oliver.sees("round new")


async def test_unknown_words_get_the_nearest_command_and_a_way_to_all(stage: Stage) -> None:
    valentina = stage.hand("Valentina Vitale")
    await valentina.types("/mentoring aiutto <!channel>")
    assert "«aiuto»" in valentina.said
    assert not valentina.reads_as_markup("<!channel>")
    await valentina.clicks("Sì: aiuto")
    assert "Non è coaching" in (valentina.view_text if valentina.sees_modal else valentina.said)


async def test_the_command_that_was_meant_is_one_press_away_also_where_it_opens_a_form(stage: Stage) -> None:
    await a_pair(stage, "Luca Sala", "Giulia Bruno")
    giulia = stage.hand("Giulia Bruno")
    await giulia.types("/mentoring pusa")
    await giulia.clicks("Sì: pausa")
    assert "Per quanto tempo" in giulia.view_text
    await giulia.closes(everything=True)
    await giulia.forges("help.say", "round new")
    assert not giulia.sees_modal or "chi coordina" in giulia.view_text, "a press may no more than words"


async def test_help_answers_words_typed_to_the_bot_itself(stage: Stage) -> None:
    oliver = stage.hand("Oliver Clarke")
    await oliver.types("good morning everybody, what is this about?")
    assert "I do not know" in oliver.said
    await oliver.types("Help!")
    assert "junior colleague" in oliver.said


async def test_a_wall_of_text_is_not_echoed(stage: Stage) -> None:
    oliver = stage.hand("Oliver Clarke")
    await oliver.types("/mentoring " + "<@U123> *now* " * 150)
    assert "I do not know" in oliver.said
    assert len(oliver.said) < 200
    assert not oliver.reads_as_markup("<@U123>")


async def test_the_state_of_things_is_shown_to_whoever_asks_for_it(stage: Stage) -> None:
    await open_round(stage)
    valentina, amelia = stage.hand("Valentina Vitale"), stage.hand("Amelia Clarke")
    await valentina.types("/mentoring bacheca")
    assert "Adesioni aperte" in valentina.said
    await amelia.types("status")
    assert "You are invited to a round" in amelia.said and "Enrolment open" not in amelia.said
    await amelia.types("/mentoring report")
    assert "Only the people who coordinate" in amelia.said
