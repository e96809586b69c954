from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.calendar import Site, is_working_day, local_day
from bot.domain.nudges import (
    DEFAULTS,
    Disturbable,
    Drop,
    Limits,
    Send,
    Sent,
    TryAt,
    Wish,
    decide,
    first_allowed,
    forecast,
    snooze_until,
)

ROME = ZoneInfo("Europe/Rome")
MILAN = Site("Europe/Rome", "IT")
ANYBODY = Disturbable()
FAR = datetime(2027, 12, 31, tzinfo=UTC)


def at(text: str) -> datetime:
    """A moment by the clock of Milan."""
    return datetime.fromisoformat(text).replace(tzinfo=ROME).astimezone(UTC)


def asked(now: str, person: Disturbable = ANYBODY, history: tuple[Sent, ...] = (), expires_at: datetime = FAR):
    return decide(at(now), person, "book_first", history, MILAN, expires_at)


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-24T11:00", None),  # a Tuesday morning
        ("2026-11-24T09:00", None),
        ("2026-11-24T08:59", "2026-11-24T09:00"),
        ("2026-11-24T17:29", None),
        ("2026-11-24T17:30", "2026-11-25T09:00"),
        ("2026-11-23T09:30", "2026-11-23T10:00"),  # Monday
        ("2026-11-27T14:59", None),  # Friday
        ("2026-11-27T15:00", "2026-11-30T10:00"),
        ("2026-11-28T11:00", "2026-11-30T10:00"),  # Saturday
        ("2026-12-08T11:00", "2026-12-09T09:00"),  # a public holiday
        ("2026-12-24T18:00", "2026-12-28T10:00"),  # Christmas on Friday, then a weekend
    ],
)
def test_the_calendar_of_the_site(now, then):
    assert asked(now) == (Send() if then is None else TryAt(at(then)))
    assert first_allowed(at(now), MILAN) == at(then or now)


def test_a_closure_is_quiet():
    closed = Site("Europe/Rome", "IT", closures=((date(2026, 8, 10), date(2026, 8, 21)),))
    assert decide(at("2026-08-10T11:00"), ANYBODY, "x", (), closed, FAR) == TryAt(at("2026-08-24T10:00"))


@pytest.mark.promised("Daylight saving, another time zone")
def test_the_clock_is_the_persons_own():
    new_york = Site("America/New_York", "US")
    nine = datetime(2026, 11, 24, 9, tzinfo=ZoneInfo("America/New_York"))
    assert decide(at("2026-11-24T10:00"), ANYBODY, "x", (), new_york, FAR) == TryAt(nine)


@pytest.mark.promised("Daylight saving, another time zone")
@pytest.mark.parametrize(
    ("friday", "monday"),
    [
        (datetime(2026, 10, 23, 16, tzinfo=UTC), datetime(2026, 10, 26, 9, tzinfo=UTC)),
        (datetime(2025, 3, 28, 17, tzinfo=UTC), datetime(2025, 3, 31, 8, tzinfo=UTC)),
    ],
    ids=["back in autumn", "forward in spring"],
)
def test_ten_o_clock_is_ten_o_clock_on_the_other_side_of_a_change_of_clocks(friday, monday):
    assert monday.astimezone(ROME).hour == 10
    assert decide(friday, ANYBODY, "x", (), MILAN, FAR) == TryAt(monday)


@pytest.mark.parametrize(
    ("sent", "now", "then"),
    [
        (["2026-11-24T09:30"], "2026-11-24T11:00", "2026-11-25T09:00"),
        (["2026-11-24T09:30"], "2026-11-25T09:30", None),
        (["2026-11-23T10:30", "2026-11-24T09:30"], "2026-11-25T11:00", "2026-11-30T10:00"),
        (["2026-11-20T10:30", "2026-11-24T09:30"], "2026-11-25T11:00", None),  # another week
        (["2026-11-26T10:00", "2026-11-27T10:00"], "2026-11-27T11:00", "2026-11-30T10:00"),
        (["2027-01-01T10:00", "2026-12-28T10:00"], "2026-12-30T11:00", "2027-01-04T10:00"),  # a week of two years
    ],
)
def test_one_a_day_and_two_a_week(sent, now, then):
    history = tuple(Sent(f"kind{n}", at(moment), answered=True) for n, moment in enumerate(sent))
    assert asked(now, history=history) == (Send() if then is None else TryAt(at(then)))


@pytest.mark.parametrize(
    ("person", "then"),
    [
        (Disturbable(snoozed={"book_first": at("2026-11-25T00:00")}), "2026-11-25T09:00"),
        (Disturbable(snoozed={"another_kind": at("2026-11-25T00:00")}), None),
        (Disturbable(snoozed_until=at("2026-11-30T00:00")), "2026-11-30T10:00"),
        (Disturbable(snoozed_until=at("2026-11-20T00:00")), None),
        (Disturbable(paused_until=at("2026-12-07T12:00")), "2026-12-07T12:00"),
        (Disturbable(away=((date(2026, 11, 24), date(2026, 11, 25)),)), "2026-11-26T09:00"),
        (
            Disturbable(away=((date(2026, 11, 26), date(2026, 12, 4)), (date(2026, 11, 23), date(2026, 11, 25)))),
            "2026-12-07T10:00",
        ),
        (Disturbable(away=((date(2026, 11, 25), date(2026, 11, 25)),)), None),
    ],
)
def test_what_the_person_asked_for(person, then):
    assert asked("2026-11-24T11:00", person) == (Send() if then is None else TryAt(at(then)))


def test_a_stopped_kind_is_dropped_and_another_is_not():
    person = Disturbable(stopped_kinds=frozenset({"survey_reminder"}))
    assert decide(at("2026-11-24T11:00"), person, "survey_reminder", (), MILAN, FAR) == Drop("stopped")
    assert decide(at("2026-11-24T11:00"), person, "book_first", (), MILAN, FAR) == Send()


@pytest.mark.parametrize(
    ("history", "phase", "verdict"),
    [
        ([("book_first", False), ("book_first", False)], None, Drop("ignored")),
        ([("book_first", False), ("book_first", True)], None, Send()),
        ([("book_first", False), ("session_guide", False)], None, Send()),
        ([("book_first", False), ("book_first", True), ("book_first", False)], None, Drop("ignored")),
        ([("book_first", False), ("book_first", False)], "2026-11-18T00:00", Send()),
        ([("book_first", False), ("book_first", False)], "2026-11-01T00:00", Drop("ignored")),
    ],
)
def test_two_ignored_of_a_kind_stop_it_until_the_next_phase(history, phase, verdict):
    sent = tuple(Sent(kind, at("2026-11-03T10:00") + n * timedelta(days=7), ok) for n, (kind, ok) in enumerate(history))
    assert asked("2026-11-24T11:00", Disturbable(phase_started_at=phase and at(phase)), sent) == verdict


@pytest.mark.parametrize(
    ("now", "expires", "verdict"),
    [
        ("2026-11-24T11:00", "2026-11-24T10:59", Drop("expired")),
        ("2026-11-24T11:00", "2026-11-24T11:00", Send()),
        ("2026-11-24T18:00", "2026-11-25T08:59", Drop("expired")),
        ("2026-11-24T18:00", "2026-11-25T09:00", TryAt(at("2026-11-25T09:00"))),
    ],
)
def test_never_after_it_has_lost_its_use(now, expires, verdict):
    assert asked(now, expires_at=at(expires)) == verdict


def test_a_site_closed_for_ever_expires_at_once():
    ghost = Site("Europe/Rome", "IT", closures=((date(2026, 1, 1), date.max),))
    assert decide(at("2026-11-24T11:00"), ANYBODY, "x", (), ghost, FAR) == Drop("expired")


def test_snooze_choices():
    saturday = at("2026-11-28T11:00")
    assert snooze_until("tomorrow", saturday, MILAN) == at("2026-11-29T00:00")
    assert snooze_until("next_week", saturday, MILAN) == at("2026-11-30T00:00")
    assert snooze_until("next_week", at("2026-11-30T11:00"), MILAN) == at("2026-12-07T00:00")


def test_what_will_be_said_and_when():
    tuesday, later = at("2026-11-24T11:00"), at("2026-11-30T00:00")
    guide, survey, late = (Wish(kind, tuesday, FAR) for kind in ("guide", "survey", "late"))
    stopped, gone = Wish("stopped", tuesday, FAR), Wish("gone", tuesday, at("2026-11-24T12:00"))
    due_next_week = Wish("next", later, FAR)
    person = Disturbable(stopped_kinds=frozenset({"stopped"}))
    assert forecast([due_next_week, guide, survey, stopped, gone, late], tuesday, person, (), MILAN) == [
        (tuesday, guide),
        (at("2026-11-25T09:00"), survey),
        (at("2026-11-30T10:00"), due_next_week),
        (at("2026-12-01T09:00"), late),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"quiet_until": DEFAULTS.quiet_from},
        {"max_unsolicited_per_day": 0},
        {"max_unsolicited_per_week": 0},
        {"ignored_stop": 0},
    ],
)
def test_limits_that_would_silence_everybody_are_refused(wrong):
    with pytest.raises(ValueError, match="must"):
        Limits(**wrong)


zones = st.sampled_from(
    [MILAN, Site("America/New_York", "US"), Site("Pacific/Auckland", "NZ"), Site("Asia/Kathmandu", "NP")]
)
moments = st.integers(0, 500 * 24 * 60).map(lambda m: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=m))
spans = st.timedeltas(timedelta(0), timedelta(days=30))
persons = st.builds(
    Disturbable,
    snoozed=st.dictionaries(st.sampled_from("ab"), moments),
    snoozed_until=st.none() | moments,
    away=st.lists(st.dates(date(2026, 1, 1), date(2027, 6, 1)), max_size=3).map(
        lambda firsts: tuple((first, first + timedelta(days=5)) for first in firsts)
    ),
)
histories = st.lists(st.builds(Sent, st.sampled_from("ab"), moments, st.just(True)), max_size=8)


@given(moments, persons, histories, zones, spans)
def test_what_is_put_off_is_sent_when_its_time_comes(now, person, history, site, span):
    verdict = decide(now, person, "a", history, site, now + span)
    if isinstance(verdict, TryAt):
        assert now < verdict.moment <= now + span
        assert decide(verdict.moment, person, "a", history, site, now + span) == Send()


@settings(max_examples=50)
@given(st.lists(st.tuples(moments, st.sampled_from("abc")), max_size=40), zones)
def test_obeying_never_disturbs_more_than_promised(wishes, site):
    sent: list[Sent] = []
    for now, kind in sorted(wishes):
        if decide(now, ANYBODY, kind, sent, site, FAR) == Send():
            sent.append(Sent(kind, now, answered=True))
    days = [local_day(s.at, site.zone) for s in sent]
    weeks = [day.isocalendar()[:2] for day in days]
    assert all(days.count(day) == 1 and is_working_day(day, site) for day in days)
    assert all(weeks.count(week) <= 2 for week in weeks)
