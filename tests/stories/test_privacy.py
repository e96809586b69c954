"""What is kept, a copy of it, and its removal."""

import json
import re
from typing import Any

from sqlmodel import select

from storage import surveys
from storage.tables import (
    ActionItem,
    AuditEntry,
    Avoidance,
    Enrolment,
    FlowSession,
    Goal,
    Organisation,
    Pairing,
    Person,
    Question,
    Session,
    SurveyKey,
    SurveyResponse,
)
from tests.stage import Stage
from tests.stories import steps
from tests.stories.steps import a_pair

MENTOR, MENTEE = "Oliver Clarke", "Valentina Vitale"
SECRETS = {name: f"{name} of a kind nobody else writes" for name in ("goal", "action", "question", "answer", "needs")}


async def told(stage: Stage) -> int:
    """A pair in which the mentor has written something everywhere, and the mentee has written one action."""
    pair = await a_pair(stage, MENTOR, MENTEE)
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        pairing = await uow.session.get_one(Pairing, pair)
        uow.organisation_id = pairing.organisation_id
        first: Session | None = await uow.first(uow.of(Session).where(Session.pairing_id == pair))
        side = await uow.need(Enrolment, pairing.mentor_enrolment_id)
        assert first is not None
        side.sealed_needs = uow.box.seal(SECRETS["needs"])
        goal = uow.box.seal(SECRETS["goal"])
        uow.add(Goal(enrolment_id=side.pk, number=1, sealed_text=goal, created_at=uow.now))
        written: dict[str, Any] = {"pairing_id": pair, "session_id": first.pk, "created_at": uow.now}
        mine = {**written, "person_id": pairing.mentor_id}
        uow.add(ActionItem(**mine, sealed_text=uow.box.seal(SECRETS["action"])))
        uow.add(Question(**mine, sealed_text=uow.box.seal(SECRETS["question"])))
        theirs = {**written, "person_id": pairing.mentee_id}
        uow.add(ActionItem(**theirs, sealed_text=uow.box.seal("what the partner wrote")))
        form = {"person_id": pairing.mentor_id, "step": "when", "context": {"slots": ["mon-09"]}, "expires_at": uow.now}
        uow.add(FlowSession(**form, token="left", flow="scheduling.type"))
        uow.add(FlowSession(**form, token="sent", flow="scheduling.choose", finished_at=uow.now))
        uow.add(Avoidance(person_id=pairing.mentor_id, other_id=pairing.mentee_id))
        await surveys.record(
            uow, pairing.round_id, pairing.mentor_id, "mentor", "mid", {"OPEN1": SECRETS["answer"], "REL1": 4}
        )
        await uow.commit()
    return pair


async def rows(stage: Stage, model: type[Any]) -> list[Any]:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        found: list[Any] = await uow.all(select(model))
    return found


async def test_the_notice_says_what_who_how_long_and_the_limit_of_private_chats(stage: Stage) -> None:
    oliver, valentina = stage.hand(MENTOR), stage.hand(MENTEE)
    await oliver.types("/mentoring privacy")
    for words in ("line manager sees none", "copy of all conversations", "30 days after", "ask HR"):
        assert words in oliver.said
    await valentina.types("/mentoring privacy")
    assert "non vede nulla" in valentina.said
    assert "12 mesi" in valentina.said


async def test_the_notice_names_the_contact_that_the_company_set(stage: Stage) -> None:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        (organisation,) = await uow.all(select(Organisation))
        organisation.settings = {"privacy_contact": "dpo@aurea.example", "notice_link": "https://aurea.example/notice"}
        await uow.commit()
    oliver = stage.hand(MENTOR)
    await oliver.types("/mentoring privacy")
    assert "dpo@aurea.example" in oliver.said
    assert "https://aurea.example/notice" in oliver.last.raw


async def test_the_copy_holds_all_of_ones_own_and_nothing_of_others(stage: Stage) -> None:
    await told(stage)
    oliver = stage.hand(MENTOR)
    await oliver.types("/mentoring privacy")
    await oliver.clicks("Export my data")
    assert "Nothing that others wrote" in oliver.view_text
    await oliver.clicks("Send me the copy")
    said = [oliver.text_of(message) for message in oliver.messages()]
    assert any("everything kept about you" in words for words in said)
    copies = await oliver.receives_files()
    record = json.loads(copies["inverso.json"])
    assert record["enrolments"][0]["goals"][0]["text"] == SECRETS["goal"]
    assert record["pairings"][0]["partner"] == MENTEE
    assert record["please_not_with"] == [MENTEE]
    for text in (copies["inverso.json"], copies["inverso.txt"]):
        for secret in SECRETS.values():
            assert secret in text
        assert "what the partner wrote" not in text
    assert "Goals:" in copies["inverso.txt"]
    assert not any(secret in words for secret in SECRETS.values() for words in said)


async def test_the_copy_speaks_the_language_of_the_person(stage: Stage) -> None:
    valentina = stage.hand(MENTEE)
    await valentina.types("/mentoring esporta")
    await valentina.clicks("Inviami la copia")
    text = (await valentina.receives_files())["inverso.txt"]
    assert "Fuso orario: Europe/Rome" in text
    assert "Cicli: –" in text


async def test_a_copy_that_is_taken_days_later_is_as_things_are_then(stage: Stage) -> None:
    """On a platform that asks where a file may go; elsewhere it was there at once."""
    await steps.round_that_enrols(stage)
    valentina = stage.hand(MENTEE)
    await valentina.types("/mentoring esporta")
    await valentina.clicks("Inviami la copia")
    await valentina.closes(everything=True)
    await stage.move(days=3)
    await valentina.types("/mentoring ciclo stato")
    text = (await valentina.receives_files())["inverso.txt"]
    assert ("Comando: /mentoring round status" in text) == (stage.platform == "teams")
    assert text.endswith("\n")


async def test_the_copy_says_commands_and_moments_in_words(stage: Stage) -> None:
    await steps.round_that_enrols(stage)
    valentina = stage.hand(MENTEE)
    await valentina.types("/mentoring ciclo stato")
    await valentina.forges("programme.status", "1")
    await valentina.types("/mentoring esporta")
    await valentina.clicks("Inviami la copia")
    text = (await valentina.receives_files())["inverso.txt"]
    assert "Comando: /mentoring round status" in text and "Comando: Il ciclo" in text
    assert "Quando: 12 gennaio 2027, 10:00" in text
    assert not re.search(r"\d{4}-\d\d-\d\d|programme\.", text)


async def test_the_copy_to_be_read_says_in_words_what_programs_keep_as_codes(stage: Stage) -> None:
    await told(stage)
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        for side in await uow.all(select(Enrolment)):
            side.offers, side.wants, side.slots, side.lessons = {"S1": 3}, [["1.2", 1]], ["mon-09"], ["B1"]
            side.formats, side.late_until = ["blended"], stage.clock.now()
        for person in await uow.all(select(Person).where(Person.name == MENTOR)):
            person.stopped_kinds, person.snoozed = ["pairing"], {"session": "2027-02-01T09:00"}
        await uow.commit()
    oliver = stage.hand(MENTOR)
    await oliver.types("/mentoring export")
    await oliver.clicks("Send me the copy")
    text = (await oliver.receives_files())["inverso.txt"]
    for words in (
        "- See where a project is going, and why. On my own, in varied cases",
        "- Monday, 09:00–11:00",
        "- A mix of in person and remote",
        "Coordinates the programme: no",
        "Language: English",
        "Kind: A skill to learn",
        "State: active",
        "Survey: Midpoint survey",
        "Answer: Agree",
        "until Monday 1 February",
    ):
        assert words in text
    assert not re.search(r"late_until|False|: –\n {2}|mon-09|blended|S1|REL1", text)


async def test_removal_asks_twice_and_takes_away_what_was_told(stage: Stage) -> None:
    await told(stage)
    oliver, valentina = stage.hand(MENTOR), stage.hand(MENTEE)
    await valentina.types("/mentoring fissa venerdì alle 11")
    await oliver.types("/mentoring delete")
    assert "your pairing ends" in oliver.view_text
    await oliver.clicks("Continue")
    assert len(await rows(stage, Goal)) == 1
    await oliver.fills({"Shall I delete it all?": "Yes, delete what I have told you and written"})
    await oliver.submits()
    assert "I am deleting it now" in oliver.view_text
    assert "you are in no round" in oliver.said
    for model in (Goal, Question, Avoidance, SurveyResponse, SurveyKey):
        assert await rows(stage, model) == []
    assert [one.sealed_text != "" for one in await rows(stage, ActionItem)] == [True]
    mine = next(one for one in await rows(stage, Enrolment) if one.role == "mentor")
    assert (mine.state, mine.offers, mine.wants, mine.sealed_needs) == ("withdrawn", {}, [], "")
    forms = await rows(stage, FlowSession)
    assert len(forms) == 4 and not any(form.context or form.sealed_answers for form in forms)
    assert [form.flow for form in forms if form.finished_at is None] == ["scheduling.type"]
    await valentina.submits()
    assert "ho dovuto chiuderlo" in valentina.told, "its dates were those of both"
    (pairing,) = await rows(stage, Pairing)
    assert pairing.state == "ended_early"
    assert MENTOR in valentina.said
    assert MENTOR in [person.name for person in await rows(stage, Person)]
    (entry,) = await rows(stage, AuditEntry)
    assert (entry.action, entry.subject) == ("privacy.delete", "")


async def test_removal_goes_on_only_with_the_second_yes(stage: Stage) -> None:
    await told(stage)
    valentina = stage.hand(MENTEE)
    await valentina.types("/mentoring cancella")
    await valentina.clicks("Continua")
    await valentina.submits()
    assert valentina.errors
    assert len(await rows(stage, Goal)) == 1


async def test_who_is_in_nothing_may_ask_for_removal_too(stage: Stage) -> None:
    oliver = stage.hand(MENTOR)
    await oliver.types("/mentoring delete")
    await oliver.clicks("Continue")
    await oliver.fills({"Shall I delete it all?": "Yes, delete what I have told you and written"})
    await oliver.submits()
    assert "Done" in oliver.said
