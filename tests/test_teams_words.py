"""Words as Teams takes them: commands lose their slash, addresses keep theirs."""

import pytest

from bot.handlers.teams.wording import plain
from bot.locales import speaker


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("/mentoring help", "mentoring help"),
        ("Write /mentoring next.", "Write mentoring next."),
        ("(/mentoring)", "(mentoring)"),
        ("https://intranet.example.com/mentoring", "https://intranet.example.com/mentoring"),
        ("intranet/mentoring/faq", "intranet/mentoring/faq"),
    ],
)
def test_only_commands_lose_their_slash(words: str, shown: str) -> None:
    assert plain(speaker("en"), words) == shown
