"""From the invitation to a place in the round: enrolling, leaving it half done, changing, declining, withdrawing."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlmodel import select

from bot.content import objectives, skills
from bot.domain.programme import STANDARD, hours_per_person
from bot.domain.slots import SLOTS
from bot.flows.engine import Place, Show, submit
from bot.flows.enrolment.conversation import FLOW, PROFILE
from bot.flows.goals.conversation import FLOW as GOALS
from bot.flows.turns import ShowForm
from bot.handlers.slack import render
from bot.locales import LANGUAGES, speaker
from bot.ui.forms import ManyField, Value
from bot.ui.words import T
from playground.workspace import Workspace
from storage.database import counted_queries
from storage.tables import Avoidance, FlowSession, Job, Person, Round, SurveyResponse
from tests.stage import TUESDAY, Stage, StageHand
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
from tests.stories.steps import draft_round, enrol, round_that_enrols


async def test_an_invitation_to_a_round_of_groups_says_that_it_is_one(stage: Stage) -> None:
    await send_invitations(stage, await round_that_enrols(stage, format="group"), "Amelia Clarke")
    assert "one mentor with 3 to 5 mentees" in stage.hand("Amelia Clarke").said


@pytest.mark.seed("000-1")
@pytest.mark.seed("003-15")
@pytest.mark.seed("003-17")
async def test_a_junior_mentor_enrols_from_the_invitation(stage: Stage) -> None:
    round_id = await round_that_enrols(stage)
    await send_invitations(stage, round_id, "Amelia Clarke")
    amelia = stage.hand("Amelia Clarke")
    assert "Hi Amelia" in amelia.said
    assert f"{STANDARD.sessions_planned} short meetings" in amelia.said
    await amelia.clicks("Tell me more")
    assert f"{hours_per_person(STANDARD)} hours in 24 weeks" in amelia.view_text
    for word in ("not coaching", "not a training course", "not shadowing", "not an assessment", "Notice 3"):
        assert word in amelia.view_text
    assert "What Spring is for: “Strengthen digital skills”." in amelia.view_text.replace("*", "")
    assert "those who take part read the totals first" in amelia.view_text and "Meet and Miro" in amelia.view_text
    await enrols(amelia, "en", "mentor")
    assert "You are in" in amelia.said
    assert len(amelia.messages()) == 1
    row = await row_of(stage, "Amelia Clarke")
    assert (row.state, row.role, row.offers) == ("enrolled", "mentor", {"3.4": 3, "5.3": 3})
    assert row.wants == [["S10", 1], ["S1", 1]]
    assert (row.slots, row.languages) == (["tue-09", "thu-14"], ["it", "en"])
    assert row.formats == ["blended", "remote"]
    assert (row.notice_version, row.notice_at, row.place) == ("Notice 3", stage.clock.now(), "London")


async def test_who_is_in_may_answer_three_questions_and_keeps_the_way_to_the_lessons(stage: Stage) -> None:
    round_id = await round_that_enrols(stage)
    await send_invitations(stage, round_id, "Amelia Clarke")
    amelia = stage.hand("Amelia Clarke")
    await amelia.clicks("Tell me more")
    await enrols(amelia, "en", "mentor")
    assert "One minute, if you like" in amelia.said
    await amelia.clicks("Answer a few questions")
    for label in ("I feel that I have an influence", "In the last month I proposed"):
        await amelia.fills({label: "Agree"})
    await amelia.fills({"In the last three months": "Yes"})
    await amelia.submits()
    assert "You are in" in amelia.said
    await amelia.closes()
    await amelia.clicks("Answer a few questions")
    assert not (amelia.sees_modal and amelia.fields)
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        given = {row.item: (row.wave, row.value) for row in await uow.all(select(SurveyResponse))}
    assert given == {"ENG1": ("base", 4), "INN1": ("base", 4), "DIG2": ("base", 1)}


@pytest.mark.seed("004-3")
async def test_a_senior_mentee_enrols_in_italian(stage: Stage) -> None:
    round_id = await round_that_enrols(stage)
    await send_invitations(stage, round_id, "Roberta Esposito")
    roberta = stage.hand("Roberta Esposito")
    assert "Kwame Mensah apre un ciclo" in roberta.said
    await roberta.clicks("Mostrami")
    await reads_and_chooses_role(roberta, WORDS["it"], "Mentee")
    await tells_skills(roberta, WORDS["it"], OFFERS["it"], WANTS["it"])
    await tells_how_to_meet(roberta, WORDS["it"])
    for word in ("Mentee", "2 fasce", "conta di più", "circa 8 ore", "Fisso le date"):
        assert word in roberta.view_text
    await roberta.fills({"Il mio impegno": WORDS["it"]["mentee"]})
    await roberta.submits()
    assert "Ora partecipi" in roberta.said
    row = await row_of(stage, "Roberta Esposito")
    assert (row.role, row.wants) == ("mentee", [["5.3", 1], ["1.1", 1]])


async def test_who_came_too_late_to_be_invited_may_join_a_round_that_they_fit(stage: Stage) -> None:
    round_id = await draft_round(stage, invited={"departments": ["Finance"]}, state="enrolling")
    roberta, oliver = stage.hand("Roberta Esposito"), stage.hand("Oliver Clarke")
    await oliver.types("/mentoring join")
    assert "meant for another group" in oliver.said
    with counted_queries(stage.inverso.database.engine) as seen:
        await roberta.alone.types("/mentoring join")
        await stage.inverso.nursery.settle()
    remembered = sum("INSERT INTO seenevent" in one for one in seen)  # a message that may be delivered again
    assert len(seen) <= 6 + remembered, seen
    await roberta.opens_form()
    await enrols(roberta, "it", "mentee")
    row = await row_of(stage, "Roberta Esposito")
    assert (row.round_id, row.state, row.waited) == (round_id, "enrolled", False)
    coordinator = stage.hand("Valentina Vitale")
    await coordinator.types("/mentoring join")
    assert not coordinator.sees_modal


async def test_what_is_left_half_done_goes_on_at_its_step(stage: Stage) -> None:
    round_id = await round_that_enrols(stage)
    await send_invitations(stage, round_id, "Amelia Clarke")
    amelia = stage.hand("Amelia Clarke")
    await amelia.clicks("Tell me more")
    await reads_and_chooses_role(amelia, WORDS["en"], "Mentor")
    await amelia.fills({"Choose up to 6": list(OFFERS["en"])})
    await amelia.submits()
    await amelia.closes()
    await stage.move(days=1)
    assert "You began to enrol" in await amelia.opens_home()
    await amelia.types("/mentoring join")
    assert "Levels and wishes" in amelia.view_text
    assert "simple automations" in amelia.view_text
    await amelia.clicks("Go back")
    assert "What you offer" in amelia.view_text


@pytest.mark.seed("004-4")
async def test_not_now_is_private_and_has_a_way_back(stage: Stage) -> None:
    round_id = await round_that_enrols(stage)
    await send_invitations(stage, round_id, "Amelia Clarke")
    amelia = stage.hand("Amelia Clarke")
    await amelia.clicks("Not now")
    assert "Nobody is told" in amelia.said
    assert (await row_of(stage, "Amelia Clarke")).state == "declined_invitation"
    assert stage.hand("Valentina Vitale").messages() == []
    await amelia.clicks("Show me after all")
    await enrols(amelia, "en", "mentor")
    assert (await row_of(stage, "Amelia Clarke")).state == "enrolled"


async def test_invitations_keep_quiet_hours_and_know_who_answered(stage: Stage) -> None:
    round_id = await round_that_enrols(stage)
    await stage.move(hours=12)
    await send_invitations(stage, round_id, "Amelia Clarke")
    amelia = stage.hand("Amelia Clarke")
    assert amelia.messages() == []
    await stage.move(hours=13)
    assert len(amelia.messages()) == 1
    await amelia.clicks("Not now")
    await remind(stage, round_id, "Amelia Clarke", "Luca Ferri")
    assert len(amelia.messages()) == 1
    assert "unico promemoria" in stage.hand("Luca Ferri").said


async def test_the_reminder_of_somebody_who_began_says_where_they_are(stage: Stage) -> None:
    round_id = await round_that_enrols(stage)
    await send_invitations(stage, round_id, "Amelia Clarke")
    amelia = stage.hand("Amelia Clarke")
    await amelia.clicks("Tell me more")
    await amelia.closes()
    await stage.move(days=3)
    await remind(stage, round_id, "Amelia Clarke")
    assert "where you left them" in amelia.said
    await amelia.clicks("Continue from here")
    assert amelia.sees_modal


async def remind(stage: Stage, round_id: int, *names: str) -> None:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        for person in await uow.all(select(Person)):
            if person.name in names:
                uow.organisation_id = person.organisation_id
                key = f"round:{round_id}:reminder:{person.pk}"
                uow.promise("enrolment.reminder", key, uow.now, person=person.pk, round=round_id)
        await uow.commit()
    await stage.settle()


@pytest.mark.seed("002-9")
async def test_each_step_says_what_is_missing(stage: Stage) -> None:
    await round_that_enrols(stage)
    oliver = stage.hand("Oliver Clarke")
    await oliver.types("/mentoring join")
    words: Words = WORDS["en"]
    await reads_and_chooses_role(oliver, words, "Mentee")
    await tells_skills(oliver, words, OFFERS["en"], WANTS["en"])
    await tells_how_to_meet(oliver, words)
    await oliver.fills({"My commitment": ["I protect the time"]})
    await oliver.submits()
    assert "Please tick each line" in oliver.errors["My commitment"]
    assert (await row_of(stage, "Oliver Clarke")).state == "invited"


@pytest.mark.seed("002-11")
async def test_shadowing_leads_kindly_to_the_next_round(stage: Stage) -> None:
    await round_that_enrols(stage)
    monica = stage.hand("Monica Farina")
    await monica.types("/mentoring partecipa")
    await reads_and_chooses_role(monica, WORDS["it"], "Mentee", "No")
    assert "programma di shadowing" in monica.view_text
    await monica.submits()
    assert "prossimo ciclo" in monica.view_text
    row = await row_of(stage, "Monica Farina")
    assert (row.state, row.other_programme, row.waited, row.offers) == ("declined_invitation", "shadowing", True, {})


async def test_somebody_who_says_shadowing_by_mistake_can_go_back(stage: Stage) -> None:
    await round_that_enrols(stage)
    amelia = stage.hand("Amelia Clarke")
    await amelia.types("/mentoring join")
    await reads_and_chooses_role(amelia, WORDS["en"], "Mentor", "Yes, a shadowing programme")
    await amelia.clicks("Go back")
    await amelia.fills({"another programme": "No"})
    await amelia.submits()
    assert "What you offer" in amelia.view_text


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


@pytest.mark.slack_alone
async def test_somebody_who_said_not_now_is_not_urged(stage: Stage) -> None:
    round_id = await round_that_enrols(stage)
    await send_invitations(stage, round_id, "Amelia Clarke")
    amelia = stage.hand("Amelia Clarke")
    assert "nobody is told of a no" in await amelia.opens_home()
    await amelia.clicks("Tell me more")
    await amelia.closes()
    await amelia.clicks("Not now")
    assert "Nothing is waiting for you" in await amelia.opens_home()
    assert "You began to enrol" in amelia.home_text


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


async def test_a_button_about_somebody_who_is_not_invited_does_nothing(stage: Stage) -> None:
    round_id = await round_that_enrols(stage)
    await send_invitations(stage, round_id, "Amelia Clarke")
    amelia = stage.hand("Amelia Clarke")
    await amelia.forges("enrolment.show", "4711")
    assert "does nothing now" in amelia.told
    coordinator = stage.hand("Valentina Vitale")
    await coordinator.types("/mentoring partecipa")
    assert "nessun ciclo è aperto per te" in coordinator.said


async def test_a_german_speaking_person_gets_english(stage: Stage) -> None:
    round_id = await round_that_enrols(stage)
    await send_invitations(stage, round_id, "Sabine Müller")
    assert "Hi Sabine" in stage.hand("Sabine Müller").said


async def test_private_answers_appear_in_no_message_and_no_job(
    stage: Stage, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    await round_that_enrols(stage)
    amelia = stage.hand("Amelia Clarke")
    await amelia.types("/mentoring join")
    secret = "zanzibar lamps, please"
    more = {"What helps our meetings work": secret, "Please not with": ["Monica Farina", "Amelia Clarke"]}
    words: Words = WORDS["en"]
    await reads_and_chooses_role(amelia, words, "Mentor")
    await tells_skills(amelia, words, OFFERS["en"], WANTS["en"])
    await tells_how_to_meet(amelia, words, more=more)
    assert list(amelia.errors.values()) == ["You are among these yourself: choose other people only."]
    await amelia.fills({"Please not with": ["Monica Farina"]})
    await amelia.submits()
    await amelia.fills({words["promises"]: words["mentor"]})
    await amelia.submits()
    row = await row_of(stage, "Amelia Clarke")
    assert stage.inverso.database.box.open(row.sealed_needs) == secret
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        people = {person.pk: person.name for person in await uow.all(select(Person))}
        assert [people[each.other_id] for each in await uow.all(select(Avoidance))] == ["Monica Farina"]
        kept = [each.model_dump_json() for table in (Job, FlowSession) for each in await uow.all(select(table))]
    captured = capsys.readouterr()
    said = "".join([*kept, *said_to_everybody(stage), caplog.text, captured.out, captured.err])
    assert "zanzibar" not in said
    assert "monica" not in "".join(kept).lower()


def said_to_everybody(stage: Stage) -> Iterator[str]:
    for person in stage.workspace.people.values():
        for message in stage.hand(person.name).messages():
            yield message.raw


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


@pytest.mark.seed("001-2")
async def test_a_remote_round_asks_for_no_place_and_a_mentor_may_take_two(stage: Stage) -> None:
    await round_that_enrols(stage, format="remote")
    amelia = stage.hand("Amelia Clarke")
    await amelia.types("/mentoring join")
    words: Words = WORDS["en"]
    await reads_and_chooses_role(amelia, words, "Mentor")
    await tells_skills(amelia, words, OFFERS["en"], WANTS["en"])
    await amelia.fills({words["languages"][0]: words["languages"][1], words["slots"][0]: words["slots"][1]})
    await amelia.submits()
    assert "Where in person" not in amelia.view_text
    await amelia.fills({"How many people would you mentor": "Up to 2 people"})
    await amelia.submits()
    await amelia.fills({"My commitment": words["mentor"][1:]})
    await amelia.submits()
    assert "one mentors after 6 months" in amelia.errors["My commitment"]
    await amelia.fills({"My commitment": words["mentor"]})
    await amelia.submits()
    row = await row_of(stage, "Amelia Clarke")
    assert (row.formats, row.capacity) == (["remote"], 2)


async def test_every_step_takes_at_most_six_queries(stage: Stage) -> None:
    round_id = await round_that_enrols(stage)
    await send_invitations(stage, round_id, "Amelia Clarke")
    amelia = stage.hand("Amelia Clarke")
    words: Words = WORDS["en"]
    engine = stage.inverso.database.engine
    await amelia.types("/mentoring help")
    with counted_queries(engine) as press_queries:
        await amelia.alone.clicks("Tell me more")
        await stage.inverso.nursery.settle()
    assert len(press_queries) <= 6, press_queries
    if isinstance(amelia.platform, Workspace):  # who presses, and all that the form needs
        assert sum(one.startswith(("SELECT", "WITH")) for one in press_queries) == 2, press_queries
    await reads_and_chooses_role(amelia, words, "Mentor")
    await tells_skills(amelia, words, OFFERS["en"], WANTS["en"])
    await tells_how_to_meet(amelia, words)
    await amelia.fills({"My commitment": words["mentor"]})
    with counted_queries(engine) as submit_queries:
        await amelia.alone.submits()
    assert len(submit_queries) <= 6, submit_queries


def place(**answers: Value) -> Place:
    known = {
        "round_id": 1,
        "round": "Spring",
        "suggested": "mentor",
        "listed": "",
        "notice": "Notice 3",
        "format": "blended",
        "hours": 8,
        "weeks": 24,
        "sessions": 6,
        "minutes": 45,
        "kickoff": 60,
        "mentor_months": 6,
        "aims": list(objectives())[:3],
        "tool": "Meet and Miro",
        "role": "mentor",
        "capacity": 2,
        "group": [3, 5],
        "languages": ["it", "en", "de", "fr", "es", "pl"],
        "places": ["Milano", "London"],
    }
    return Place(TUESDAY, "en", "Europe/London", known, answers)


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ([], "form.required"),
        (list(skills())[:7], "form.at_most"),
        (["9.9"], "form.pick_listed"),
    ],
)
def test_offers_are_some_of_the_catalogue_and_six_at_most(given: list[str], key: str) -> None:
    outcome = submit(FLOW, "offers", place(role="mentor"), {"offers": given})
    assert isinstance(outcome, Show)
    assert outcome.step == "offers"
    assert isinstance(error := outcome.errors["offers"], T)
    assert error.key == key


@pytest.mark.parametrize(("field", "step"), [("slots", "week"), ("languages", "week"), ("promises", "confirm")])
def test_nothing_chosen_is_asked_for_again(field: str, step: str) -> None:
    full: dict[str, Value] = {"languages": ["it"], "slots": ["mon-09"], "promises": ["tenure", "time", "myself"]}
    known = place(role="mentor", offers=["1.1"], wants=["S1"], languages=["it"], slots=["mon-09"], formats=["remote"])
    outcome = submit(FLOW, step, known, {**full, field: []})
    assert isinstance(outcome, Show)
    assert outcome.step == step
    assert list(outcome.errors) == [field]


@pytest.mark.seed("001-2")
@pytest.mark.parametrize(
    ("role", "months", "asked"), [("mentor", 3, True), ("mentor", 0, False), ("mentee", 3, False), ("mentee", 0, False)]
)
def test_only_who_mentors_says_that_they_are_no_newcomer_and_only_where_the_round_asks(
    role: str, months: int, asked: bool
) -> None:
    known = place(role=role, offers=["1.1"], wants=["S1"], languages=["it"], slots=["mon-09"], formats=["remote"])
    known = replace(known, context={**known.context, "mentor_months": months})
    promises = FLOW.step("confirm").form(known).fields[0]
    assert isinstance(promises, ManyField)
    assert ("tenure" in [option.code for option in promises.options]) is asked


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", ["mentor", "mentee"])
def test_every_step_can_be_drawn_at_its_fullest(language: str, role: str) -> None:
    codes = sorted(skills(), key=lambda code: -max(map(len, skills()[code].statement.texts.values())))
    fullest = place(
        role=role,
        offers=codes[:6],
        wants=codes[6:10],
        languages=["it", "en", "de", "fr", "es", "pl"],
        slots=list(SLOTS),
        formats=["blended", "in_person", "remote"],
    )
    for flow in (FLOW, PROFILE, GOALS):
        for step in flow.steps:
            drawn = render.modal(ShowForm("t" * 16, step.name, step.form(fullest), fullest.answers), speaker(language))
            assert len(drawn["blocks"]) <= 100
            assert drawn["title"]["text"]


@pytest.mark.seed("000-3")
def test_a_mentee_finds_soft_skills_first_to_offer_and_digital_ones_first_to_want() -> None:
    for role, first in (("mentor", "1.1"), ("mentee", "S1")):
        offers = FLOW.step("offers").form(place(role=role)).fields[-1]
        wants = FLOW.step("wants").form(place(role=role, offers=["2.1"])).fields[-1]
        assert isinstance(offers, ManyField)
        assert isinstance(wants, ManyField)
        assert offers.options[0].code == first
        assert wants.options[0].code == {"1.1": "S1", "S1": "1.1"}[first]


async def test_the_sponsor_is_not_told_about_themselves(stage: Stage) -> None:
    round_id = await round_that_enrols(stage)
    await send_invitations(stage, round_id, "Kwame Mensah", "Elena Sala")
    assert "with you as its sponsor" in stage.hand("Kwame Mensah").said
    assert "Kwame Mensah apre" in stage.hand("Elena Sala").said


async def test_the_sponsor_speaks_in_the_readers_language_or_in_the_one_there_is(stage: Stage) -> None:
    round_id = await round_that_enrols(stage)
    for said, name, words in (
        ({"it": "Ci credo", "en": "I mean it"}, "Elena Sala", "Ci credo"),
        ({"it": "Ci credo", "en": "I mean it"}, "Amelia Clarke", "I mean it"),
        ({"en": "I mean it"}, "Laura Barbieri", "I mean it"),
    ):
        async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
            (await uow.need(Round, round_id)).sponsor_says = said
            await uow.commit()
        await send_invitations(stage, round_id, name)
        assert words in stage.hand(name).said
