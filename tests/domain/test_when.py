from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.when import Ambiguous, NeedsTime, NotUnderstood, Past, PastDay, When, read_when

ZONE = "Europe/Rome"
NOW = datetime(2025, 11, 21, 10, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)  # a Friday


def read(text: str, language: str, now: datetime = NOW):
    """The reading by the clock of Rome, short enough for a table."""

    def shown(moment: datetime) -> str:
        return moment.astimezone(ZoneInfo(ZONE)).strftime("%Y-%m-%d %H:%M")

    match read_when(text, language, now, ZONE):
        case When(moment):
            return shown(moment)
        case NeedsTime(day):
            return f"needs time {day}"
        case Ambiguous(options):
            return " or ".join(map(shown, options))
        case Past(moment):
            return f"past {shown(moment)}"
        case PastDay(day):
            return f"past {day}"
        case NotUnderstood():
            return "?"


ITALIAN = [
    ("martedì prossimo alle 15", "2025-11-25 15:00"),
    ("Martedi alle 15", "2025-11-25 15:00"),
    ("martedì prossimo alle ore 15:00", "2025-11-25 15:00"),
    ("il prossimo martedì alle 15.30", "2025-11-25 15:30"),
    ("domani alle 9.30", "2025-11-22 09:30"),
    ("Domani, alle 9:30!", "2025-11-22 09:30"),
    ("dopodomani alle 11", "2025-11-23 11:00"),
    ("tra due settimane giovedì ore 11", "2025-12-04 11:00"),
    ("giovedì tra due settimane alle 11", "2025-12-04 11:00"),
    ("fra una settimana alle 10", "2025-11-28 10:00"),
    ("tra 3 giorni alle 16", "2025-11-24 16:00"),
    ("tra un mese alle 10", "2025-12-21 10:00"),
    ("tra due ore", "2025-11-21 12:00"),
    ("25/11 15:00", "2025-11-25 15:00"),
    ("25/11 alle 15", "2025-11-25 15:00"),
    ("il 25/11/2025 alle 15", "2025-11-25 15:00"),
    ("25.11 15.00", "2025-11-25 15:00"),
    ("25-11-2025 ore 15", "2025-11-25 15:00"),
    ("4/12 ore 9", "2025-12-04 09:00"),
    ("2025-12-04 14:30", "2025-12-04 14:30"),
    ("giovedì 4 dicembre alle 14:30", "2025-12-04 14:30"),
    ("giovedì 4 dicembre 2025 alle 14:30", "2025-12-04 14:30"),
    ("4 dic alle 14", "2025-12-04 14:00"),
    ("il 1° dicembre alle 9", "2025-12-01 09:00"),
    ("primo dicembre ore 9", "2025-12-01 09:00"),
    ("l’11 dicembre alle 11", "2025-12-11 11:00"),
    ("il 25 alle 15", "2025-11-25 15:00"),
    ("il 3 alle 15", "2025-12-03 15:00"),
    ("7 gennaio alle 10", "2026-01-07 10:00"),
    ("oggi alle 16", "2025-11-21 16:00"),
    ("oggi pomeriggio alle 4", "2025-11-21 16:00"),
    ("domani a mezzogiorno", "2025-11-22 12:00"),
    ("mezzogiorno", "2025-11-21 12:00"),
    ("domani mattina alle 9", "2025-11-22 09:00"),
    ("lunedì pomeriggio alle tre", "2025-11-24 15:00"),
    ("lunedì alle tre e mezza", "2025-11-24 15:30"),
    ("lunedì alle dieci e un quarto", "2025-11-24 10:15"),
    ("lunedì alle undici meno un quarto", "2025-11-24 10:45"),
    ("lunedì alle 10 e 30", "2025-11-24 10:30"),
    ("lunedì della prossima settimana alle 10", "2025-11-24 10:00"),
    ("la settimana prossima mercoledì alle 10", "2025-11-26 10:00"),
    ("stasera alle 6", "2025-11-21 18:00"),
    ("domattina alle 9", "2025-11-22 09:00"),
    ("lunedì ore 9,30", "2025-11-24 09:30"),
    ("lunedì alle 15 in punto", "2025-11-24 15:00"),
    ("domani all’una e mezza", "2025-11-22 13:30"),
    ("11/25 ore 15", "2025-11-25 15:00"),  # no other order gives a date
    ("mercoledì h 10", "2025-11-26 10:00"),
    ("mercoledì 15h30", "2025-11-26 15:30"),
    ("gio 27 ore 11", "2025-11-27 11:00"),
    ("venerdì alle 15", "2025-11-21 15:00"),  # today, still to come
    ("venerdì alle 9", "2025-11-28 09:00"),  # today's has gone by
    ("venerdì prossimo alle 15", "2025-11-28 15:00"),
    ("sabato prossimo alle 15", "2025-11-22 15:00 or 2025-11-29 15:00"),
    ("alle 15", "2025-11-21 15:00"),
    ("alle 9", "2025-11-22 09:00"),
    ("domani 15", "2025-11-22 15:00"),
    ("mercoledì 15", "2025-11-26 15:00"),  # no Wednesday the 15th is near
    ("lunedì 24", "needs time 2025-11-24"),
    ("ci vediamo martedì alle 15, va bene?", "2025-11-25 15:00"),
    ("martedì alle 8", "2025-11-25 08:00"),
    ("martedì alle 03:00", "2025-11-25 03:00"),
    ("lunedì", "needs time 2025-11-24"),
    ("venerdì", "needs time 2025-11-28"),
    ("domani pomeriggio", "needs time 2025-11-22"),
    ("il 4 dicembre", "needs time 2025-12-04"),
    ("venerdì di questa settimana alle 15", "2025-11-21 15:00"),
    ("lunedì di questa settimana alle 15", "past 2025-11-17 15:00"),
    ("lunedì della prossima settimana 15", "2025-11-24 15:00"),
    ("giovedì 5 dicembre alle 14:30", "2025-12-04 14:30 or 2025-12-05 14:30"),
    ("ieri alle 15", "past 2025-11-20 15:00"),
    ("oggi alle 9", "past 2025-11-21 09:00"),
    ("20/11 ore 15", "past 2025-11-20 15:00"),
    ("1/1/2020 ore 10", "past 2020-01-01 10:00"),
    ("ieri", "past 2025-11-20"),
    ("tomorrow at 9", "2025-11-22 09:00"),  # the other language
]

ENGLISH = [
    ("next Tuesday 3pm", "2025-11-25 15:00"),
    ("next Tuesday at 3 p.m.", "2025-11-25 15:00"),
    ("Tuesday at 3", "2025-11-25 15:00"),
    ("Tuesday at 9", "2025-11-25 09:00"),
    ("tuesday 15:00", "2025-11-25 15:00"),
    ("Tue 9am", "2025-11-25 09:00"),
    ("tomorrow at noon", "2025-11-22 12:00"),
    ("noon tomorrow", "2025-11-22 12:00"),
    ("tomorrow 9.30", "2025-11-22 09:30"),
    ("tomorrow morning at 9", "2025-11-22 09:00"),
    ("tomorrow at 12am", "2025-11-22 00:00"),
    ("tomorrow at 12pm", "2025-11-22 12:00"),
    ("the day after tomorrow at 10", "2025-11-23 10:00"),
    ("today at 4", "2025-11-21 16:00"),
    ("in two weeks on Thursday at 11", "2025-12-04 11:00"),
    ("Thursday in two weeks, 11am", "2025-12-04 11:00"),
    ("two weeks from now at 10am", "2025-12-05 10:00"),
    ("in 3 hours", "2025-11-21 13:00"),
    ("in an hour", "2025-11-21 11:00"),
    ("in a month at 10:00", "2025-12-21 10:00"),
    ("next week Monday 10am", "2025-11-24 10:00"),
    ("Monday of next week at 10", "2025-11-24 10:00"),
    ("4 December at 14:30", "2025-12-04 14:30"),
    ("December 4th, 2:30pm", "2025-12-04 14:30"),
    ("Thursday, December 4, 2025 at 2:30 pm", "2025-12-04 14:30"),
    ("Thu 4 Dec 2:30 PM", "2025-12-04 14:30"),
    ("the 25th at 3pm", "2025-11-25 15:00"),
    ("25/11 3pm", "2025-11-25 15:00"),
    ("2025-12-04 at 9am", "2025-12-04 09:00"),
    ("half past three on Monday", "2025-11-24 15:30"),
    ("Monday at quarter to 11", "2025-11-24 10:45"),
    ("Monday 3 o’clock", "2025-11-24 15:00"),
    ("tonight at 8", "2025-11-21 20:00"),
    ("the first of December at 9", "2025-12-01 09:00"),
    ("can we do Tuesday at 3pm?", "2025-11-25 15:00"),
    ("see you Tuesday at 3", "2025-11-25 15:00"),
    ("this Friday at 3pm", "2025-11-21 15:00"),
    ("next Friday at 3pm", "2025-11-28 15:00"),
    ("how about Wednesday at 10?", "2025-11-26 10:00"),
    ("Monday", "needs time 2025-11-24"),
    ("tomorrow afternoon", "needs time 2025-11-22"),
    ("4 December", "needs time 2025-12-04"),
    ("yesterday at 10", "past 2025-11-20 10:00"),
    ("1 January 2020 at 10:00", "past 2020-01-01 10:00"),
    ("domani alle 9", "2025-11-22 09:00"),
]

NONSENSE = [
    "la prossima settimana", "next week", "next week at 10", "questa settimana alle 9", "domani 25/11 ore 9",
    "", "   ", "boh", "asap", "🙂", "alle 25", "lunedì alle 25:00", "31/02 ore 10", "monday at 13pm", "45/99 15:00",
    "dalle 15 alle 16", "3pm or 4pm", "between 3:00 and 4:00", "domani o dopodomani alle 9", "<!channel> domani alle 9",
    "غدا", "alle 15 " * 40, "0", "lunedì 0 dicembre ore 9", "2025-13-45 10:00", "domani alle 9 in sala grande",
]  # fmt: skip


@pytest.mark.parametrize(("text", "reading"), ITALIAN)
def test_italian(text, reading):
    assert read(text, "it") == reading


@pytest.mark.parametrize(("text", "reading"), ENGLISH)
def test_english(text, reading):
    assert read(text, "en-GB") == reading


@pytest.mark.parametrize("language", ["it", "en-GB"])
@pytest.mark.parametrize("text", NONSENSE)
def test_what_is_no_moment_is_not_guessed(text, language):
    assert read(text, language) == "?"


@pytest.mark.parametrize(
    ("language", "reading"),
    [
        ("it", "2025-12-04 10:00"),
        ("en-GB", "2025-12-04 10:00"),
        ("en_US", "2026-04-12 10:00"),
        ("en", "2025-12-04 10:00 or 2026-04-12 10:00"),
        ("de", "2025-12-04 10:00"),
    ],
)
def test_day_or_month_first(language, reading):
    assert read("4/12 10:00", language) == reading


def test_one_possible_order_is_not_ambiguous():
    assert read("25/11 10:00", "en") == "2025-11-25 10:00"


def test_next_is_asked_about_when_the_day_is_still_to_come_this_week():
    monday = datetime(2025, 11, 17, 9, tzinfo=UTC)
    assert read("martedì prossimo alle 15", "it", monday) == "2025-11-18 15:00 or 2025-11-25 15:00"
    assert read("martedì alle 15", "it", monday) == "2025-11-18 15:00"


def test_today_is_the_day_of_the_persons_own_zone():
    late = datetime(2025, 11, 21, 23, 30, tzinfo=UTC)  # the 22nd in Rome, the 21st in London
    assert read("domani alle 9", "it", late) == "2025-11-23 09:00"
    found = read_when("tomorrow at 9", "en-GB", late, "Europe/London")
    assert found == When(datetime(2025, 11, 22, 9, tzinfo=UTC))


def test_a_clock_change_in_between_keeps_the_hour():
    friday = datetime(2026, 3, 27, 9, tzinfo=UTC)
    assert read_when("lunedì alle 10", "it", friday, ZONE) == When(datetime(2026, 3, 30, 8, tzinfo=UTC))


def test_a_day_at_the_end_of_a_month_skips_months_without_it():
    january = datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert read("il 30 alle 15", "it", january) == "2026-03-30 15:00"
    assert read_when("il 31", "it", january, ZONE) == NeedsTime(date(2026, 1, 31))


@given(st.text(max_size=60), st.sampled_from(["it", "en", "en-US", "xx"]))
def test_no_text_breaks_the_reader(text, language):
    match read_when(text, language, NOW, ZONE):
        case When(moment):
            assert moment > NOW
        case Past(moment):
            assert moment <= NOW
        case Ambiguous(options):
            assert len(options) > 1
            assert list(options) == sorted(options)


VOCABULARY = "tra 2 settimane lunedi prossimo alle 15 25/11 dicembre 3pm domani 9.30 30 in week"
pieces = st.lists(st.sampled_from(VOCABULARY.split(" ")), max_size=8)


@given(pieces)
def test_no_mix_of_known_words_breaks_the_reader(words):
    reading = read_when(" ".join(words), "it", NOW, ZONE)
    assert not isinstance(reading, When) or reading.moment > NOW
