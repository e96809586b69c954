"""A mixed round to its end: pairs meet alone twice and then in a circle, which begins from questions without a name."""

from datetime import timedelta

import pytest

from storage.tables import MentoringGroup, Pairing, Person, Question, Round, Session
from tests.stage import Stage, StageHand
from tests.stories import steps
from tests.stories.test_groups import WEEK, answers, heard, rows, states

MENTORS = ("Amelia Clarke", "Andrea Farina", "Oliver Clarke")
MENTEES = ("Elena Sala", "Giulia Bruno", "Laura Barbieri")


async def in_a_circle(stage: Stage) -> dict[str, StageHand]:
    """Three pairs with a circle of theirs; the hands by name."""
    round_id = await steps.round_that_enrols(stage, format="mixed")
    digital, soft = {"5.3": 4, "1.2": 3}, {"S1": 4, "S4": 3}
    languages = ["it", "en"]
    await steps.enrol(
        stage, round_id, MENTORS, "mentor", offers=digital, wants=[["S1", 1]], slots=WEEK, languages=languages
    )
    await steps.enrol(
        stage, round_id, MENTEES, "mentee", offers=soft, wants=[["5.3", 1], ["1.2", 0]], slots=WEEK, languages=languages
    )
    await steps.approve_pairs(stage, round_id)
    await steps.accept_everything(stage, round_id)
    await stage.move(days=16)
    return {name: stage.hand(name) for name in (*MENTORS, *MENTEES)}


async def key_of(stage: Stage, name: str) -> int:
    return int(next(one.pk for one in await rows(stage, Person) if one.name == name))


@pytest.mark.seed("003-23")
async def test_pairs_find_a_circle_that_meets_every_third_time(stage: Stage) -> None:
    hands = await in_a_circle(stage)
    [circle] = await rows(stage, MentoringGroup)
    assert circle.mentor_enrolment_id is None
    pairings = await rows(stage, Pairing)
    assert {one.group_id for one in pairings} == {circle.pk}
    sessions = await rows(stage, Session)
    for pairing in pairings:
        own = [(one.number, one.topic) for one in sessions if one.pairing_id == pairing.pk]
        assert [number for number, _ in own] == [0, 1, 2, 4, 5]
        assert (own[0][1], own[-1][1]) == ("K1", "C1")
    assert [(one.number, one.topic) for one in sessions if one.group_id] == [(3, "Q1"), (6, "Q1")]
    for hand in hands.values():
        told = heard(hand)
        assert all(name in told for name in (*MENTORS, *MENTEES))
        assert "Your circle" in told or "Il vostro cerchio" in told


async def test_a_question_for_the_circle_is_read_by_all_and_nobody_reads_what_a_pair_promised(stage: Stage) -> None:
    hands = await in_a_circle(stage)
    asker = hands["Laura Barbieri"]
    await asker.types("/mentoring domanda")
    await asker.fills({"Che cosa vorresti chiedere": "Chi decide davvero?", "Dove la porto": "Al cerchio"})
    await asker.submits()
    assert "aspetta il vostro cerchio, senza il tuo nome" in asker.told
    [question] = await rows(stage, Question)
    [circle] = [one for one in await rows(stage, Session) if one.number == 3]
    assert (question.session_id, question.signed) == (circle.pk, False)

    amelia = hands["Amelia Clarke"]
    await amelia.forges("scheduling.slots", str(circle.pk))
    await answers(amelia)
    [circle] = [one for one in await rows(stage, Session) if one.number == 3]
    assert circle.state == "scheduled"
    await stage.move_to(circle.starts_at + timedelta(minutes=1))
    hosts = [hand for hand in hands.values() if "You host:" in heard(hand) or "Conduci tu:" in heard(hand)]
    assert len(hosts) == 1
    for hand in hands.values():
        said = [hand.text_of(one) for at in (None, *(group.id for group in hand.groups)) for one in hand.messages(at)]
        assert any("One question is waiting" in text or "Una domanda vi aspetta" in text for text in said)
    people = {one.pk: one.name for one in await rows(stage, Person)}
    partner = {people[one.mentor_id]: people[one.mentee_id] for one in await rows(stage, Pairing)}
    reader = hands[next(mentor for mentor, mentee in partner.items() if mentee != "Laura Barbieri")]
    await reader.forges("session.notes", str(circle.pk))
    assert "Chi decide davvero?" in reader.view_text and "Laura" not in reader.view_text


@pytest.mark.seed("003-26")
async def test_a_mixed_round_closes_and_a_pair_left_alone_goes_on(stage: Stage) -> None:
    hands = await in_a_circle(stage)
    await hands["Elena Sala"].types("/mentoring esci")
    await hands["Elena Sala"].submits()
    await stage.move(minutes=5)
    assert sorted(await states(stage, Pairing)) == ["active", "active", "ended_early"]
    person = await key_of(stage, "Giulia Bruno")
    giulia = next(one.pk for one in await rows(stage, Pairing) if one.mentee_id == person)
    await stage.hand("Valentina Vitale").forges("board.end", str(giulia))
    await stage.move(minutes=5)
    [left] = [one for one in await rows(stage, Pairing) if one.state == "active"]
    sessions = await rows(stage, Session)
    assert {one.state for one in sessions if one.group_id} == {"cancelled"}
    assert sorted(one.number for one in sessions if one.pairing_id == left.pk) == [0, 1, 2, 3, 4, 5, 6]

    [round] = [one for one in await rows(stage, Round) if one.state == "running"]
    await stage.move_to(round.ends_at + timedelta(weeks=4))
    assert [one.state for one in await rows(stage, Round)] == ["closed"]
    assert sorted(await states(stage, Pairing)) == ["ended", "ended_early", "ended_early"]
