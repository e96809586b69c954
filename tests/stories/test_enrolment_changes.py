"""After one has enrolled: changing one's answers, withdrawing, and what is pressed or sent too late."""

from sqlmodel import select

from storage.tables import Avoidance, Person, Round
from tests.stage import Stage, StageHand
from tests.stories.enrolling import (
    OFFERS,
    WANTS,
    WORDS,
    Words,
    enrols,
    reads_and_chooses_role,
    row_of,
    send_invitations,
    tells_how_to_meet,
    tells_skills,
)
from tests.stories.steps import enrol, round_that_enrols


async def changes(hand: StageHand, part: str) -> None:
    """Open one's answers at that part."""
    await hand.types("/mentoring profile")
    await hand.fills({"What would you like to change": part})
    await hand.submits()


async def test_what_one_offers_is_changed_without_the_rest(stage: Stage) -> None:
    await enrol(stage, await round_that_enrols(stage), ["Amelia Clarke"], "mentor", slots=["mon-09"])
    amelia, words = stage.hand("Amelia Clarke"), WORDS["en"]
    await changes(amelia, "What you offer")
    await tells_skills(amelia, words, OFFERS["en"], WANTS["en"])
    await amelia.clicks("Go back")
    assert "Where you start" in amelia.view_text
    await amelia.submits()
    await amelia.fills({"My commitment": words["mentor"]})
    await amelia.submits()
    row = await row_of(stage, "Amelia Clarke")
    assert (row.offers, row.slots) == ({"3.4": 3, "5.3": 3}, ["mon-09"])


async def test_answers_can_be_changed_while_the_round_enrols(stage: Stage) -> None:
    await round_that_enrols(stage)
    amelia = stage.hand("Amelia Clarke")
    await amelia.types("/mentoring join")
    await enrols(amelia, "en", "mentor")
    await amelia.closes()
    await changes(amelia, "Languages")
    await amelia.fills({"Good windows": ["Monday, 11:00–13:00"]})
    await amelia.submits()
    assert "Turn a repeated task into rules" in amelia.view_text, "all of it is seen before it is saved"
    await amelia.fills({"My commitment": WORDS["en"]["mentor"]})
    await amelia.submits()
    assert "your new answers are saved" in amelia.view_text
    row = await row_of(stage, "Amelia Clarke")
    assert (row.slots, row.offers, row.wants) == (["mon-11"], {"3.4": 3, "5.3": 3}, [["S10", 1], ["S1", 1]])


async def test_who_was_listed_in_shadowing_meanwhile_reads_so_before_a_part_is_changed(stage: Stage) -> None:
    await enrol(stage, await round_that_enrols(stage), ["Amelia Clarke"], "mentor", slots=["mon-09"])
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        person = (await uow.all(select(Person).where(Person.name == "Amelia Clarke")))[0]
        person.other_programme = "shadowing"
        await uow.commit()
    amelia = stage.hand("Amelia Clarke")
    await changes(amelia, "Languages")
    assert "shadowing programme" in amelia.view_text and "Wait for next round" in amelia.view_text
    await amelia.closes()
    row = await row_of(stage, "Amelia Clarke")
    assert (row.state, row.slots) == ("prepared", ["mon-09"]), "nothing is lost by looking"
    await changes(amelia, "Languages")
    await amelia.submits()
    assert "next round" in amelia.view_text and (await row_of(stage, "Amelia Clarke")).waited


async def test_another_role_asks_for_the_lessons_of_that_role(stage: Stage) -> None:
    round_id = await round_that_enrols(stage)
    await enrol(stage, round_id, ["Amelia Clarke"], "mentor", prepared=True)
    amelia = stage.hand("Amelia Clarke")
    await changes(amelia, "Everything")
    words: Words = WORDS["en"]
    await amelia.fills({words["role"]: "Mentee"})
    await amelia.submits()
    await tells_skills(amelia, words, OFFERS["en"], WANTS["en"])
    await tells_how_to_meet(amelia, words)
    await amelia.fills({words["promises"]: words["mentee"]})
    await amelia.submits()
    row = await row_of(stage, "Amelia Clarke")
    assert (row.role, row.state, row.prepared_at, row.capacity) == ("mentee", "enrolled", None, 1)
    await amelia.closes()
    await amelia.types("/mentoring prepare")
    assert "Lesson 3 of 7" in amelia.said
    await stage.move(days=4)
    assert "5 are left" in amelia.said


async def test_after_enrolment_only_availability_changes(stage: Stage) -> None:
    round_id = await round_that_enrols(stage)
    amelia = stage.hand("Amelia Clarke")
    await amelia.types("/mentoring join")
    await enrols(amelia, "en", "mentor")
    await amelia.closes()
    await set_state(stage, round_id, "matching")
    await amelia.types("/mentoring profile")
    assert "stay as you gave them" in amelia.view_text
    assert "What you offer" not in amelia.view_text
    await amelia.fills({"Good windows": ["Friday, 09:00–11:00"]})
    await amelia.submits()
    assert "new availability" in amelia.view_text
    row = await row_of(stage, "Amelia Clarke")
    assert (row.slots, row.state, row.role) == (["fri-09"], "enrolled", "mentor")


async def set_state(stage: Stage, round_id: int, state: str) -> None:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        round = (await uow.all(select(Round).where(Round.id == round_id)))[0]
        round.state = state
        await uow.commit()


async def test_withdrawing_asks_first_and_stays_silent_afterwards(stage: Stage) -> None:
    await round_that_enrols(stage)
    amelia = stage.hand("Amelia Clarke")
    await amelia.types("/mentoring join")
    await enrols(amelia, "en", "mentor")
    await amelia.closes()
    await amelia.types("/mentoring withdraw")
    assert (await row_of(stage, "Amelia Clarke")).state == "enrolled"
    await amelia.clicks("Withdraw")
    assert "out of this round" in amelia.told
    assert (await row_of(stage, "Amelia Clarke")).state == "withdrawn"
    before = len(amelia.messages())
    await stage.move(days=10)
    assert len(amelia.messages()) == before


async def test_somebody_with_a_partner_is_shown_the_way_out_of_the_pair(stage: Stage) -> None:
    round_id = await round_that_enrols(stage)
    amelia = stage.hand("Amelia Clarke")
    await amelia.types("/mentoring join")
    await enrols(amelia, "en", "mentor")
    await amelia.closes()
    await set_state(stage, round_id, "running")
    await set_enrolment(stage, "Amelia Clarke", "paired")
    await amelia.types("/mentoring withdraw")
    assert "mentoring leave" in amelia.said


async def set_enrolment(stage: Stage, name: str, state: str) -> None:
    row = await row_of(stage, name)
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        row.state = state
        await uow.session.merge(row)
        await uow.commit()


async def test_an_invitation_pressed_after_the_end_gets_kind_words(stage: Stage) -> None:
    round_id = await round_that_enrols(stage)
    await send_invitations(stage, round_id, "Amelia Clarke", "Luca Ferri")
    await set_state(stage, round_id, "matching")
    amelia, luca = stage.hand("Amelia Clarke"), stage.hand("Luca Ferri")
    await amelia.clicks("Tell me more")
    assert "when the next round opens" in amelia.told
    await luca.clicks("Non ora")
    assert "quando apre il prossimo ciclo" in luca.said
    await amelia.types("/mentoring join")
    assert "No round is open" in amelia.said


async def test_a_form_sent_after_the_end_gets_kind_words(stage: Stage) -> None:
    round_id = await round_that_enrols(stage)
    amelia = stage.hand("Amelia Clarke")
    await amelia.types("/mentoring join")
    words: Words = WORDS["en"]
    await reads_and_chooses_role(amelia, words, "Mentor")
    await tells_skills(amelia, words, OFFERS["en"], WANTS["en"])
    await tells_how_to_meet(amelia, words)
    await amelia.fills({"My commitment": words["mentor"]})
    await set_state(stage, round_id, "matching")
    await amelia.submits()
    assert "when the next round opens" in amelia.view_text
    assert (await row_of(stage, "Amelia Clarke")).state == "invited"


async def test_pressing_twice_and_pressing_late_changes_nothing(stage: Stage) -> None:
    round_id = await round_that_enrols(stage)
    await send_invitations(stage, round_id, "Amelia Clarke")
    amelia = stage.hand("Amelia Clarke")
    await amelia.types("/mentoring join")
    await enrols(amelia, "en", "mentor")
    await amelia.closes()
    await amelia.forges("enrolment.not_now", str(round_id))
    assert (await row_of(stage, "Amelia Clarke")).state == "enrolled"
    assert "You are in" in amelia.said
    await amelia.forges("enrolment.not_now", "1; DROP TABLE")
    assert "does nothing now" in amelia.told


async def test_the_private_list_can_be_shortened(stage: Stage) -> None:
    await round_that_enrols(stage)
    amelia = stage.hand("Amelia Clarke")
    await amelia.types("/mentoring join")
    await enrols(amelia, "en", "mentor", more={"Please not with": ["Monica Farina", "Luca Ferri"]})
    await amelia.closes()
    await changes(amelia, "How and where")
    await amelia.fills({"Please not with": ["Luca Ferri"]})
    await amelia.submits()
    await amelia.fills({"My commitment": WORDS["en"]["mentor"]})
    await amelia.submits()
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        people = {person.pk: person.name for person in await uow.all(select(Person))}
        assert [people[each.other_id] for each in await uow.all(select(Avoidance))] == ["Luca Ferri"]
