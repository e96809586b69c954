"""Asking for help, in both languages, and mistyping."""

from tests.stage import Stage


async def test_help_speaks_the_language_of_the_person(stage: Stage) -> None:
    ada = stage.hand("Valentina Vitale")
    await ada.types("/mentoring aiuto")
    assert "persona junior" in ada.said
    amelia = stage.hand("Oliver Clarke")
    await amelia.types("/mentoring help")
    assert "junior colleague" in amelia.said


async def test_unknown_words_get_the_nearest_command(stage: Stage) -> None:
    ada = stage.hand("Valentina Vitale")
    await ada.types("/mentoring aiutto <!channel>")
    assert "«aiuto»" in ada.said
    assert "<!channel>" not in str(ada.last.blocks)


async def test_home_tells_that_nothing_waits(stage: Stage) -> None:
    ada = stage.hand("Valentina Vitale")
    assert "Non c’è nulla che ti aspetta" in await ada.opens_home()
