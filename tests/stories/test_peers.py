"""A round between peers to its end: one pool, no role to choose, the lead alternates, both fix dates and get guides."""

from datetime import timedelta

import pytest

from storage.tables import Enrolment, Pairing, PairRule, Proposal, Round, Session
from tests.stage import Stage, StageHand
from tests.stories import steps
from tests.stories.enrolling import WORDS, row_of, send_invitations, tells_how_to_meet, tells_skills
from tests.stories.test_groups import WEEK, answers, heard, rows, states

ONE, OTHER = "Amelia Clarke", "Laura Barbieri"
SKILLS = {ONE: ({"5.3": 4}, [["S1", 1]]), OTHER: ({"S1": 4}, [["5.3", 0], ["1.2", 1]])}


async def asked(stage: Stage) -> tuple[StageHand, StageHand]:
    """An approved matching of the two; the hand of who is asked first, then the other's."""
    round_id = await steps.round_that_enrols(stage, format="peer")
    for name, (offers, wants) in SKILLS.items():
        await steps.enrol(stage, round_id, [name], "peer", offers=offers, wants=wants, slots=WEEK)
    await steps.approve_pairs(stage, round_id)
    hands = [stage.hand(ONE), stage.hand(OTHER)]
    first = next(hand for hand in hands if hand.messages())
    return first, next(hand for hand in hands if hand.user_id != first.user_id)


async def paired(stage: Stage) -> dict[str, StageHand]:
    """They are a pair; by their seats, ``mentor`` the one who leads first."""
    mentee, mentor = await asked(stage)
    await answers(mentee)
    await answers(mentor)
    await stage.move(minutes=2)
    return {"mentor": mentor, "mentee": mentee}


def says(hand: StageHand, english: str, italian: str) -> bool:
    return english in heard(hand) or italian in heard(hand)


async def test_nobody_chooses_a_role_and_everybody_offers_and_wants(stage: Stage) -> None:
    round_id = await steps.round_that_enrols(stage, format="peer")
    amelia, words = stage.hand(ONE), WORDS["en"]
    await send_invitations(stage, round_id, ONE)
    assert "the two of each pair teach each other" in amelia.said
    await amelia.clicks("Show me")
    assert "between peers" in amelia.view_text
    await amelia.fills(dict([words["read"]]))
    await amelia.submits()
    assert words["role"] not in amelia.view_text
    await amelia.fills({words["other"]: words["no"]})
    await amelia.submits()
    offers = ("Use new tools, AI included", "See where a project is going, and why")
    await tells_skills(
        amelia, words, offers, ("Know my strengths, wishes and limits", "Prepare and hold a difficult talk")
    )
    await tells_how_to_meet(amelia, words)
    await amelia.fills(
        {words["promises"]: ["6 months or more", "I protect the time", "I lead when it is my turn", "I take part"]}
    )
    await amelia.submits()
    assert "Peer: mentor and mentee, by turns" in amelia.said
    row = await row_of(stage, ONE)
    assert (row.role, sorted(row.offers), row.capacity) == ("peer", ["5.3", "S1"], 1)


async def test_both_are_asked_and_read_who_leads_first(stage: Stage) -> None:
    first, second = await asked(stage)
    assert second.messages() == []
    await answers(first)
    assert says(second, "would be glad to learn", "imparerebbe volentieri")
    await answers(second)
    await stage.move(minutes=2)
    assert says(second, "you lead the first", "il primo lo guidi tu")
    assert says(first, "leads the first", "il primo lo guida ")
    sessions = await rows(stage, Session)
    assert [one.lead for one in sessions] == ["both", "mentor", "mentee", "both", "mentor", "mentee", "both"]
    assert {one.state for one in await rows(stage, Enrolment) if one.role} == {"paired"}


async def test_a_no_stays_free_on_both_sides(stage: Stage) -> None:
    first, second = await asked(stage)
    await answers(first)
    await answers(second, yes=False)
    assert says(first, "is not available this time", "Questa volta ")
    assert await states(stage, Proposal) == ["declined"]
    assert await rows(stage, Pairing) == []


@pytest.mark.seed("003-24")
@pytest.mark.seed("003-26")
async def test_they_lead_by_turns_to_the_end(stage: Stage) -> None:
    hands = await paired(stage)
    for number, (booker, leads, follows) in enumerate((("mentor",) * 3, ("mentee", "mentor", "mentee"))):
        await hands[booker].types("/mentoring book")
        await answers(hands[booker])
        session = (await rows(stage, Session))[number]
        assert session.state == "scheduled"
        await stage.move_to(session.starts_at - timedelta(minutes=1))
        guide, reminder = hands[leads].messages()[-1], hands[follows].messages()[-1]
        if number:
            assert "This time you lead" in hands[leads].text_of(guide) or "Questa volta guidi tu" in hands[leads].said
            assert "leads." in hands[follows].text_of(reminder) or "Questa volta guida " in hands[follows].said
        await stage.move_to(session.starts_at + timedelta(hours=2))
    await hands["mentee"].types("/mentoring session")
    assert says(hands["mentee"], "This time you lead", "Questa volta guidi tu")
    [round] = [one for one in await rows(stage, Round) if one.state == "running"]
    await stage.move_to(round.ends_at + timedelta(weeks=4))
    assert [one.state for one in await rows(stage, Round)] == ["closed"]
    assert set(await states(stage, Pairing)) == {"ended"}
    for hand in hands.values():
        assert says(hand, "otes stay", "ote restano")


async def test_a_coordinator_reads_pairs_without_roles_and_chooses_two_in_any_order(stage: Stage) -> None:
    round_id = await steps.round_that_enrols(stage, format="peer")
    for name, (offers, wants) in SKILLS.items():
        await steps.enrol(stage, round_id, [name], "peer", offers=offers, wants=wants, slots=WEEK)
    vale = stage.hand("Valentina Vitale")
    await vale.types("/mentoring round match")
    await answers(vale)
    await vale.types("/mentoring round review")
    assert any(f"{one} e {other} · " in vale.said for one, other in ((ONE, OTHER), (OTHER, ONE)))
    assert "Scambia due mentor" not in vale.said and "Approva per funzione" not in vale.said
    await vale.clicks("Abbina due persone")
    await vale.fills({"Una persona": OTHER, "L’altra": ONE})
    await vale.submits()
    [rule] = await rows(stage, PairRule)
    assert (rule.kind, rule.mentor_enrolment_id < rule.mentee_enrolment_id) == ("fixed", True)
