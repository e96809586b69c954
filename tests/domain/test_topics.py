import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.topics import Exchange, Planned, Topic, along, plan, plan_of_peers

ALL = ("in_person", "remote", "blended")


def digital(code: str, *skills: str, back: str, formats=ALL) -> Topic:
    return Topic(code, "junior_to_senior", digcomp=skills, return_topic=back, formats=formats)


def leading(code: str, *skills: str, back: str) -> Topic:
    return Topic(code, "senior_to_junior", soft=skills, return_topic=back, formats=ALL)


LIBRARY = (
    *(Topic(code, "both", soft=("S10",), formats=ALL) for code in ("K1", "M1", "C1")),
    digital("D01", "1.1", back="R03"),
    digital("D05", "2.1", back="R06"),
    digital("D06", "2.5", "2.1", back="R06"),
    digital("D09", "2.4", back="R02"),
    digital("D10", "2.4", back="R02"),
    digital("D16", "4.1", back="R05", formats=("in_person",)),
    Topic("G02", "both", digcomp=("2.5",), soft=("S8",), return_topic="R04", formats=ALL),
    leading("R02", "S2", back="D10"),
    leading("R03", "S3", back="D04"),
    leading("R06", "S5", back="D05"),
)
PAIR = Exchange(mentee_wants=("2.4", "2.1"), mentor_offers=("2.1", "2.4"), mentor_wants=("S3",), mentee_offers=("S3",))


def codes(exchange=PAIR, format="remote", sessions=6, midpoint=3, **more):
    return [planned.topic for planned in plan(LIBRARY, exchange, format, sessions, midpoint, **more)]


def test_a_whole_plan():
    assert plan(LIBRARY, PAIR, "remote", 6, 3) == (
        Planned(0, "K1", None, "both"),
        Planned(1, "D09", "R02", "mentor"),
        Planned(2, "D05", "R06", "mentor"),
        Planned(3, "M1", None, "both"),
        Planned(4, "R03", "D04", "mentee"),
        Planned(5, "D10", "R02", "mentor"),
        Planned(6, "C1", None, "both"),
    )


@pytest.mark.seed("001-4")
@pytest.mark.parametrize(
    ("exchange", "topics"),
    [
        (Exchange(("2.1", "2.4"), ("2.4",)), ["D09", "D10", "D05"]),  # what is offered comes before what is only wanted
        (Exchange(("2.1",), ("2.1",)), ["D05", "D06", "D01"]),  # the closest topic of a skill first, then the library
        (Exchange(("2.5",), ("2.5",)), ["D06", "G02", "D01"]),
        (Exchange((), ("2.4",)), ["D09", "D10", "D01"]),
        (Exchange(("9.9",), ("9.9",)), ["D01", "D05", "D06"]),
    ],
)
def test_mains_follow_wants_that_are_offered(exchange, topics):
    found = codes(exchange)
    assert [found[1], found[2], found[5]] == topics


@pytest.mark.seed("000-6")
@pytest.mark.parametrize(
    ("exchange", "topic"),
    [
        (Exchange(mentor_wants=("S2", "S3"), mentee_offers=("S3",)), "R03"),
        (Exchange(("2.1",), ("2.1",)), "R06"),  # answers the topics just held
        (Exchange(("2.4",), ("2.4",), mentor_wants=("S3",)), "R02"),
    ],
)
def test_the_return_topic(exchange, topic):
    assert codes(exchange)[4] == topic


def test_the_round_fills_in_where_wants_are_few():
    assert codes(Exchange(("2.1",), ("2.1",)), starters=("R03", "D10", "X99"))[5] == "D10"


def test_topics_already_held_are_not_planned_again():
    assert codes(done=("K1", "D09", "D05"), first=3) == ["M1", "R03", "D10", "C1"]
    assert codes(done=("K1", "D05", "D06", "R03"), first=5) == ["D09", "C1"]


def test_a_plan_made_later_keeps_whose_turn_it_is():
    assert plan(LIBRARY, PAIR, "remote", 6, 3, done=("D09", "D05"), first=4)[0].lead == "mentee"


def test_topics_that_do_not_suit_the_format_are_left_out():
    passwords = Exchange(("4.1",), ("4.1",))
    assert codes(passwords, "in_person")[1] == "D16"
    assert "D16" not in codes(passwords, "remote", sessions=12)


def test_a_short_round_and_one_whose_midpoint_is_its_end():
    assert codes(sessions=3, midpoint=2) == ["K1", "D09", "M1", "C1"]
    assert codes(sessions=3, midpoint=3) == ["K1", "D09", "D05", "C1"]


def test_a_format_without_topics_leaves_the_structure():
    assert codes(format="hologram") == ["K1", "M1", "C1"]


def test_when_all_is_said_a_topic_comes_again():
    assert codes(done=tuple(topic.code for topic in LIBRARY))[1] == "D09"


skills = st.lists(st.sampled_from(["1.1", "2.1", "2.4", "2.5", "4.1", "S2", "S3", "S5", "S8"]), max_size=4, unique=True)
exchanges = st.builds(Exchange, *[skills.map(tuple)] * 4)


@given(exchanges, st.integers(3, 12), st.integers(1, 3), st.sampled_from(ALL))
def test_every_plan_has_its_frame_and_its_turns(exchange, sessions, midpoint, format):
    found = plan(LIBRARY, exchange, format, sessions, midpoint)
    assert [planned.number for planned in found] == list(range(sessions + 1))
    assert (found[0].topic, found[-1].topic) == ("K1", "C1")
    assert (found[midpoint].topic == "M1") is (midpoint < sessions)
    leads = [planned.lead for planned in found if planned.lead != "both"]
    assert all((lead == "mentee") is (turn % 3 == 0) for turn, lead in enumerate(leads, start=1))


@given(exchanges, st.integers(3, 8))
def test_no_topic_twice_while_there_are_others(exchange, sessions):
    topics = codes(exchange, "in_person", sessions)
    assert len(set(topics)) == len(topics)


def test_a_track_alternates_skips_what_was_done_and_leaves_fixed_conversations() -> None:
    steps = [("D1", "R1"), ("D2", "R2"), ("D3", "R1"), ("D4", "R3")]
    planned = along(steps, range(1, 9), 8, 4, done={"D1", "R1"})
    assert [(one.number, one.topic, one.lead) for one in planned] == [
        (1, "D2", "mentor"),
        (2, "D3", "mentor"),
        (3, "R2", "mentee"),
        (5, "D4", "mentor"),
        (7, "R3", "mentee"),
    ]


def test_peers_lead_by_turns_on_what_the_other_wants() -> None:
    library = [
        Topic("D1", "junior_to_senior", ("1.1",), formats=("peer",)),
        Topic("D2", "junior_to_senior", ("1.2",), formats=("peer",)),
        Topic("R1", "senior_to_junior", (), ("S1",), formats=("peer",)),
        Topic("X", "both", ("1.1",), formats=("remote",)),
    ]
    exchange = Exchange(("1.2",), ("1.2", "1.1"), ("S1",), ("S1",))
    planned = plan_of_peers(library, exchange, sessions=6, midpoint=3)
    assert [(one.topic, one.lead) for one in planned] == [
        ("K1", "both"),
        ("D2", "mentor"),
        ("R1", "mentee"),
        ("M1", "both"),
        ("D1", "mentor"),
        ("R1", "mentee"),
        ("C1", "both"),
    ]
