"""From the invitation to a place in the round: enrolling, leaving it half done, declining; and what stays private."""

from collections.abc import Iterator

import pytest
from sqlmodel import select

from bot.domain.programme import STANDARD, hours_per_person
from playground.workspace import Workspace
from storage.database import counted_queries
from storage.tables import Avoidance, FlowSession, Job, Person, Round, SurveyResponse
from tests.stage import Stage
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
from tests.stories.steps import draft_round, round_that_enrols


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
