"""Finding commands: the longest words win, spelling is forgiven, the nearest is offered."""

import pytest

from bot.flows.catalogue import FEATURES
from bot.flows.commands import Commands, folded
from bot.flows.turns import Command, Refused, Reply, Turn
from bot.ui.cards import Paragraph
from bot.ui.words import T


async def nothing(_turn: Turn) -> Reply:
    raise AssertionError("not to be called")


ROUND = Command({"en": ("rounds",), "it": ("cicli",)}, nothing, may="coordinator")
NEW = Command({"en": ("round new",), "it": ("ciclo nuovo",)}, nothing, may="coordinator")
NEXT = Command({"en": ("what next", "whats next"), "it": ("che cosa arriva", "cosa arriva")}, nothing)
PAUSE = Command({"en": ("pause",), "it": ("pausa",)}, nothing)
WHY = Command({"en": ("why",), "it": ("perché",)}, nothing)
COMMANDS = Commands((ROUND, NEW, NEXT, PAUSE, WHY))
PRODUCT = Commands([command for feature in FEATURES for command in feature.commands])


def refusal(words: str, language: str = "en", *, coordinator: bool = False, of: Commands = COMMANDS) -> T:
    with pytest.raises(Refused) as caught:
        of.find(words, language, coordinator=coordinator)
    assert caught.value.card is not None
    paragraph = caught.value.card.blocks[0]
    assert isinstance(paragraph, Paragraph) and isinstance(paragraph.text, T)
    return paragraph.text


@pytest.mark.parametrize(
    ("typed", "command", "rest"),
    [
        ("pause", PAUSE, ""),
        ("  PAUSA  ", PAUSE, ""),
        ("round new Spring 2027", NEW, "Spring 2027"),
        ("ciclo  NUOVO  È primavera", NEW, "È primavera"),
        ("what-next", NEXT, ""),
        ("What's next?", NEXT, ""),
        ("che cosa arriva", NEXT, ""),
        ("perche'", WHY, ""),
        ("PERCHÈ", WHY, ""),
        ("perche\u0301", WHY, ""),
        ("/mentoring pause", PAUSE, ""),
        ("mentoring pausa", PAUSE, ""),
    ],
)
def test_spelling_is_forgiven(typed: str, command: Command, rest: str) -> None:
    assert COMMANDS.find(typed, "it", coordinator=True) == (command, rest)


@pytest.mark.parametrize(
    ("typed", "language", "nearest"),
    [
        ("puase", "en", "pause"),
        ("pasua per favore", "it", "pausa"),
        ("wat next", "en", "what next"),
        ("che cosa ariva", "en", "what next"),
        ("perkè", "it", "perché"),
    ],
)
def test_the_nearest_command_is_said_in_the_language_of_the_person(typed: str, language: str, nearest: str) -> None:
    said = refusal(typed, language)
    assert said.key == "help.unknown_near"
    assert said.params["nearest"] == nearest


def test_what_only_coordinators_may_do_is_offered_to_them_alone() -> None:
    assert refusal("roundz", coordinator=True).params["nearest"] == "rounds"
    assert refusal("roundz", coordinator=False).key == "help.unknown"


@pytest.mark.parametrize("typed", ["zzzzzz", "<!channel>", "quando è il prossimo?", "🙂🙂", "?!", "שלום", "1234567890"])
def test_words_that_are_near_nothing_get_no_guess(typed: str) -> None:
    assert refusal(typed).key == "help.unknown"


def test_long_words_are_echoed_up_to_sixty_characters_on_one_line() -> None:
    typed = str(refusal("x" * 50 + "\n" + "y" * 5000).params["typed"])
    assert len(typed) == 60
    assert typed.endswith("…")
    assert "\n" not in typed


def test_folding_parts_words_at_hyphens_and_forgets_accents() -> None:
    assert folded("Che-cosa  arriverà…") == "che cosa arrivera"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("patto", "pact"),
        ("stato", "status"),
        ("board", "status"),
        ("bacheca", "status"),
        ("iscrivimi", "join"),
        ("lascia", "leave"),
        ("report", "round report"),
        ("rapporto primavera", "round report"),
        ("cifre", "round figures"),
        ("support", "hand"),
        ("report harassment", "hand"),
        ("molestie", "hand"),
        ("lascia una domanda", "question"),
        ("leave a question", "question"),
        ("ferie", "pause"),
        ("attestato", "certificate"),
    ],
)
def test_a_thing_is_found_by_the_words_that_people_have_for_it(typed: str, meant: str) -> None:
    command, _ = PRODUCT.find(typed, "it", coordinator=True)
    assert command.words["en"][0] == meant


def test_a_sentence_that_begins_with_a_word_of_coordinators_is_no_command_of_anybody_else() -> None:
    assert refusal("report my manager", coordinator=False, of=PRODUCT).key == "help.unknown"
    for typed in ("report", "round report spring"):
        command, _ = PRODUCT.find(typed, "en", coordinator=False)
        assert command.may == "coordinator"
