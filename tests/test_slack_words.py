"""What is typed and what Slack takes: long texts stand in several sections, whole."""

import re
from html import unescape

from hypothesis import example, given
from hypothesis import strategies as st

from bot.handlers.slack.render import message
from bot.handlers.slack.wording import MOST_IN_SECTION
from bot.locales import speaker
from bot.ui.cards import Bullets, Paragraph, card

TYPED = st.text(st.sampled_from("ab &<*_\n😀"), min_size=1, max_size=1500).filter(str.strip)


def texts(drawn: dict[str, object]) -> list[str]:
    blocks = drawn["blocks"]
    assert isinstance(blocks, list)
    assert len({block["block_id"] for block in blocks}) == len(blocks)
    return [block["text"]["text"] for block in blocks]


@given(TYPED)
@example("&" * 600 + "\n")
def test_a_long_text_is_parted_and_nothing_of_it_is_lost(typed: str) -> None:
    parts = texts(message(card(Paragraph(typed), summary="x"), speaker("en")))
    assert all(0 < len(part) <= MOST_IN_SECTION for part in parts)
    for part in parts:
        assert re.search(r"&(?!amp;|lt;|gt;)", part) is None
        assert not part.endswith("\u2060")
    read = unescape("".join(parts)).replace("\u2060", "")
    assert "".join(read.split()) == "".join(typed.split())


@given(st.lists(TYPED, min_size=1, max_size=5))
def test_lines_stand_together_as_far_as_they_fit(typed: list[str]) -> None:
    parts = texts(message(card(Bullets(tuple(typed)), summary="x"), speaker("en")))
    assert all(len(part) <= MOST_IN_SECTION for part in parts)
    assert sum(part.count("• ") for part in parts) == len(typed)
    assert len(parts) <= 1 + 2 * sum(map(len, parts)) // MOST_IN_SECTION


def test_a_short_card_is_as_it_was() -> None:
    drawn = message(card(Paragraph("a"), Bullets(("b", "c")), summary="x"), speaker("en"), 7)
    assert [(block["block_id"], block["text"]["text"]) for block in drawn["blocks"]] == [
        ("0|7", "a"),
        ("1|7", "• b\n• c"),
    ]
