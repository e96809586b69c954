"""Answering surveys: at the middle and at the end, page by page, in both languages; reminders and thanks."""

from typing import Any

import pytest
from sqlmodel import select

from bot.content import items
from bot.domain.survey import skill_item
from bot.flows.feedback import cards
from bot.flows.feedback.conversation import questions
from bot.flows.reports.conversation import HEARD_LENGTH
from bot.flows.turns import HomeOpened, Pressed, Reply, ShowForm, Submitted, Tell
from bot.handlers.slack.render import message
from bot.locales import speaker
from bot.ui.words import T
from storage import surveys
from storage.database import counted_queries
from storage.tables import Enrolment, Pairing, Person, Release, Round, SurveyKey, SurveyResponse
from storage.uow import Uow
from tests.drawn import on_teams
from tests.stage import Stage, StageHand
from tests.stories.steps import a_pair

MENTOR = "Oliver Clarke"
TEXT = {"en": "What should we change?", "it": "Che cosa dovremmo cambiare?"}


async def _in_store(stage: Stage, uow: Uow) -> Uow:
    uow.organisation_id = (await uow.all(select(Person)))[0].organisation_id
    return uow


async def promise(stage: Stage, name: str, *, person: str | None = None, **args: Any) -> None:
    """Owe a job now, as the round's own steps do."""
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        await _in_store(stage, uow)
        who = next((one.pk for one in await uow.all(uow.of(Person)) if one.name == person), None)
        uow.promise(name, f"{name}:{person}:{args}", uow.now, person=who, **args)
        await uow.commit()


async def pair(stage: Stage, mentor: str, mentee: str) -> tuple[int, int]:
    """A running round with one pair and none of its own reminders; (round, pairing)."""
    pairing_id = await a_pair(stage, mentor, mentee)
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        await _in_store(stage, uow)
        uow.cancel("pairing:")
        uow.cancel("session:")
        pairing = await uow.need(Pairing, pairing_id)
        await uow.commit()
        return pairing.round_id, pairing_id


async def press(stage: Stage, hand: StageHand, verb: str, id: str) -> Reply:
    """Press a button that no message of this story carries."""
    return await hand.does(Pressed(verb, id))


async def in_state(stage: Stage, round_id: int, state: str) -> None:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        await _in_store(stage, uow)
        (await uow.need(Round, round_id)).state = state
        await uow.commit()


async def fill_page(hand: StageHand, wave: str, role: str, language: str, answer: str) -> None:
    """Give one answer to every closed question on the page in front."""
    for code in questions(wave, role):
        label = items()[code].text.texts[language]
        if label in hand.view_text and items()[code].scale == "agree5":
            await hand.fills({label: answer})
        if label in hand.view_text and items()[code].scale == "yesno":
            await hand.fills({label: "No"})
        if label in hand.view_text and items()[code].scale == "rec11":
            await hand.fills({label: "9"})


async def stored(stage: Stage, round_id: int) -> dict[tuple[str, str], SurveyResponse]:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        await _in_store(stage, uow)
        rows = await uow.all(uow.of(SurveyResponse).where(SurveyResponse.round_id == round_id))
        return {(row.wave, row.item): row for row in rows}


@pytest.mark.seed("003-27")
async def test_midpoint_is_answered_page_by_page_and_resumed(stage: Stage) -> None:
    round_id, _ = await pair(stage, MENTOR, "Valentina Vitale")
    await promise(stage, "feedback.midpoint", round=round_id)
    await stage.move(minutes=1)
    oliver = stage.hand(MENTOR)
    assert "is halfway" in oliver.said and "before anybody else" in oliver.said
    assert "survey is still open" in await oliver.opens_home()
    await oliver.clicks("Answer")
    assert "only in totals of five people or more" in oliver.view_text and "Page 1 of 3" in oliver.view_text
    await oliver.submits()
    assert len(oliver.errors) == 5
    await fill_page(oliver, "mid", "mentor", "en", "Agree")
    await oliver.submits()
    assert "Page 2 of 3" in oliver.view_text
    await oliver.closes()
    await oliver.clicks("Answer")
    assert "Page 2 of 3" in oliver.view_text
    await fill_page(oliver, "mid", "mentor", "en", "Prefer not to answer")
    await oliver.submits()
    assert "No names of people, please" in oliver.view_text
    await oliver.fills({TEXT["en"]: "Fewer messages, <!channel>", "What you wrote": ["It may be shown in the report"]})
    with counted_queries(stage.inverso.database.engine) as seen:
        await oliver.submits()
    assert "your answers are saved" in oliver.said and "Fewer messages" not in str(oliver.messages())
    handled = [one for one in seen if "job" not in one]
    assert len(handled) <= 6, handled
    assert "survey is still open" not in await oliver.opens_home()
    rows = await stored(stage, round_id)
    assert rows["mid", "SAT1"].value == 4 and rows["mid", "SUP2"].value is None
    assert "Fewer" not in rows["mid", "OPEN2"].sealed_text and rows["mid", "OPEN2"].sealed_text
    assert rows["mid", "OPEN2:may_show"].value == 1


@pytest.mark.seed("000-4")
@pytest.mark.seed("001-5")
@pytest.mark.seed("003-8")
async def test_closing_asks_for_skills_and_shows_the_first_answer_beside_todays(stage: Stage) -> None:
    round_id, _ = await pair(stage, MENTOR, "Valentina Vitale")
    await in_state(stage, round_id, "closing")
    await promise(stage, "feedback.closing", person="Valentina Vitale", round=round_id)
    await stage.move(minutes=1)
    ada = stage.hand("Valentina Vitale")
    assert "sta finendo" in ada.said
    await ada.clicks("Rispondi")
    for _ in range(4):
        await fill_page(ada, "close", "mentee", "it", "Del tutto d’accordo")
        await ada.submits()
    assert "Nessun voto" in ada.view_text
    for moment in ("Oggi: Usare strumenti nuovi", "Oggi: Giudicare se una fonte"):
        await ada.fills({moment: "In autonomia, nei casi semplici"})
    for moment in ("Ripensando a prima di iniziare: Usare strumenti", "Ripensando a prima di iniziare: Giudicare"):
        await ada.fills({moment: "Non ancora"})
    await ada.submits()
    await ada.submits()
    assert "Prima: Con l’aiuto di qualcuno. Oggi: In autonomia, nei casi semplici" in ada.view_text
    await ada.submits()
    assert "orientano il prossimo ciclo" in ada.said
    assert "casi semplici" not in str(ada.messages())
    rows = await stored(stage, round_id)
    assert rows["close", skill_item("5.3", "now")].value == 2 and rows["close", skill_item("5.3", "then")].value == 0
    assert rows["close", "REC"].value == 9 and rows["close", "DIG1"].value is None
    assert {row.role for row in rows.values()} == {"mentee"}


async def test_reminders_reach_only_those_who_have_not_answered(stage: Stage) -> None:
    round_id, _ = await pair(stage, MENTOR, "Valentina Vitale")
    await promise(stage, "feedback.midpoint", round=round_id)
    await stage.move(minutes=1)
    oliver, ada = stage.hand(MENTOR), stage.hand("Valentina Vitale")
    await oliver.clicks("Skip this one")
    assert "no more reminders" in oliver.said
    await stage.move(days=12)
    reminders = [one for one in ada.messages() if "Il questionario è ancora aperto" in ada.text_of(one)]
    assert len(reminders) == 2
    assert not [one for one in oliver.messages() if "still open" in oliver.text_of(one)]
    await oliver.clicks("Answer")
    assert "Page 1 of 3" in oliver.view_text


async def test_a_closed_survey_says_so_kindly_and_freezes_the_midpoint(stage: Stage) -> None:
    round_id, _ = await pair(stage, MENTOR, "Valentina Vitale")
    await promise(stage, "feedback.midpoint", round=round_id)
    await stage.move(minutes=1)
    await stage.move(days=5)
    oliver = stage.hand(MENTOR)
    await oliver.clicks("Answer")
    await stage.move(days=12)
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        await _in_store(stage, uow)
        release = (await uow.all(uow.of(Release)))[0]
        assert release.wave == "mid" and release.totals["answered"] is None
        assert await uow.count(uow.of(SurveyKey)) == 2
    await fill_page(oliver, "mid", "mentor", "en", "Agree")
    await oliver.submits()
    await fill_page(oliver, "mid", "mentor", "en", "Agree")
    await oliver.submits()
    await oliver.fills({TEXT["en"]: "Please keep the guides"})
    await oliver.submits()
    assert "has closed" in oliver.view_text and "Please keep the guides" in oliver.view_text
    assert "keep the guides" not in str(oliver.messages())
    await oliver.closes(everything=True)
    await oliver.clicks("Answer")
    assert "has closed" in oliver.told
    assert await stored(stage, round_id) == {}


async def test_three_questions_before_the_first_session(stage: Stage) -> None:
    round_id, _ = await pair(stage, MENTOR, "Valentina Vitale")
    await in_state(stage, round_id, "enrolling")
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        await _in_store(stage, uow)
        enrolment = (await uow.all(uow.of(Enrolment).where(Enrolment.role == "mentor")))[0]
    oliver, ada = stage.hand(MENTOR), stage.hand("Valentina Vitale")
    assert isinstance(await press(stage, ada, "feedback.base", str(enrolment.pk)), Tell)
    assert "feedback.base" in repr(await oliver.does(HomeOpened()))
    shown = await press(stage, oliver, "feedback.base", str(enrolment.pk))
    assert isinstance(shown, ShowForm) and [field.name for field in shown.form.fields] == ["ENG1", "INN1", "DIG2"]
    sent = Submitted(shown.token, shown.step, {"ENG1": "2", "INN1": "no_answer", "DIG2": "1"})
    with counted_queries(stage.inverso.database.engine) as seen:
        assert isinstance(await oliver.does(sent), Tell)
    assert len(seen) <= 6, seen
    rows = await stored(stage, round_id)
    assert [rows["base", code].value for code in ("ENG1", "INN1", "DIG2")] == [2, None, 1]
    again = await press(stage, oliver, "feedback.base", str(enrolment.pk))
    assert isinstance(again, Tell)
    assert "feedback.base" not in repr(await oliver.does(HomeOpened()))
    await in_state(stage, round_id, "running")
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        await _in_store(stage, uow)
        other = (await uow.all(uow.of(Enrolment).where(Enrolment.role == "mentee")))[0]
    assert isinstance(await press(stage, ada, "feedback.base", str(other.pk)), Tell)


async def test_answering_again_replaces_and_stays_under_one_key(stage: Stage) -> None:
    round_id, _ = await pair(stage, MENTOR, "Valentina Vitale")
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        await _in_store(stage, uow)
        people = {person.name: person.pk for person in await uow.all(uow.of(Person))}
        assert await surveys.record(uow, round_id, people[MENTOR], "mentor", "session:1", {"PUL2": 1})
        assert await surveys.answered(uow, round_id, people[MENTOR], "session:1")
        assert not await surveys.answered(uow, round_id, people[MENTOR], "base")
        assert await surveys.record(uow, round_id, people[MENTOR], "mentor", "session:1", {"PUL2": 0, "PUL3": None})
        uow.add(Release(round_id=round_id, wave="close", released_at=uow.now))
        await uow.flush()
        assert not await surveys.record(uow, round_id, people["Valentina Vitale"], "mentee", "session:1", {"PUL2": 1})
        await uow.commit()
    rows = await stored(stage, round_id)
    assert rows["session:1", "PUL2"].value == 0 and rows["session:1", "PUL3"].value is None
    assert len(rows) == 2 and len({row.respondent for row in rows.values()}) == 1


async def test_a_strangers_and_a_tampered_button_do_nothing(stage: Stage) -> None:
    round_id, _ = await pair(stage, MENTOR, "Valentina Vitale")
    await promise(stage, "feedback.midpoint", round=round_id)
    await stage.move(minutes=1)
    oliver = stage.hand(MENTOR)
    for verb, id in (
        ("feedback.answer", f"{round_id}:base"),
        ("feedback.answer", "999:mid"),
        ("feedback.answer", "x:mid"),
        ("feedback.answer", f"{round_id}:close"),
        ("feedback.skip", ""),
        ("feedback.base", "1:2:3"),
        ("reports.show", "1"),
    ):
        assert isinstance(await press(stage, oliver, verb, id), Tell), (verb, id)
    assert await stored(stage, round_id) == {}


async def test_both_of_a_pair_are_thanked_in_private(stage: Stage) -> None:
    round_id, pairing_id = await pair(stage, MENTOR, "Valentina Vitale")
    await in_state(stage, round_id, "closed")
    await promise(stage, "feedback.thanks", pairing=pairing_id)
    await stage.move(minutes=1)
    oliver, ada = stage.hand(MENTOR), stage.hand("Valentina Vitale")
    assert "diaries left no room" in oliver.said and "Export my notes" in oliver.said
    assert "le agende non hanno lasciato spazio" in ada.said
    assert not oliver.groups
    say = speaker("en")
    await oliver.clicks(say(T("feedback.delete_button")))
    assert say(T("privacy.delete_effects")) in oliver.view_text
    await oliver.clicks(say(T("privacy.delete_go_on")))
    await oliver.submits()
    assert oliver.errors
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        assert {side.wants != [] for side in await uow.all(select(Enrolment))} == {True}


@pytest.mark.seed("003-27")
async def test_of_the_interview_goes_on_only_what_the_person_chooses(stage: Stage) -> None:
    round_id, _ = await pair(stage, MENTOR, "Roberta Esposito")
    await promise(stage, "feedback.midpoint", round=round_id)
    await stage.move(minutes=1)
    oliver, ada = stage.hand(MENTOR), stage.hand("Valentina Vitale")  # who coordinates
    moment, change = (items()[code].text.texts["en"] for code in ("INT1", "INT5"))
    await oliver.does(Pressed("feedback.interview", str(round_id)))
    assert not oliver.sees_modal  # nobody is interviewed before the short questions
    await oliver.clicks("Answer")
    for answer in ("Agree", "Agree"):
        await fill_page(oliver, "mid", "mentor", "en", answer)
        await oliver.submits()
    await oliver.submits()

    await oliver.clicks("Say it in your own words")
    await oliver.submits()
    await oliver.fills({"Where may this go?": "Into the report"})
    await oliver.submits()
    assert "There is nothing here yet" in str(oliver.errors)
    await oliver.fills({change: "Longer meetings, <!channel>", "Where may this go?": "I would rather talk"})
    await oliver.submits()
    assert "Valentina Vitale that you would like a quarter of an hour" in oliver.view_text
    await oliver.closes()
    await stage.move(days=1)
    assert (
        f"{MENTOR} partecipa a " in ada.said and "un quarto d’ora con te" in ada.said and "@aurea.example" in ada.said
    )
    assert ("mid", "INT5") not in await stored(stage, round_id)

    await oliver.clicks("Say it in your own words")
    await oliver.fills({moment: "The prototype of April"})
    await oliver.submits()
    await oliver.fills({"Where may this go?": "Into the report"})
    await oliver.submits()
    assert "once five people have written" in oliver.view_text
    rows = await stored(stage, round_id)
    assert rows["mid", "INT1:may_show"].value == 1 and "prototype" not in rows["mid", "INT1"].sealed_text
    await oliver.closes()
    await stage.move(days=20)
    await oliver.clicks("Say it in your own words")
    assert "has closed" in oliver.told
    assert "prototype" not in str(ada.messages()) and "Longer meetings" not in str(ada.messages())


@pytest.mark.parametrize("filling", ["&", "*", "😀", "a "])
def test_what_was_heard_can_be_said_whatever_it_is_written_with(filling: str) -> None:
    heard = cards.heard_words("Spring", (filling * HEARD_LENGTH)[:HEARD_LENGTH])
    on_teams(heard)
    assert message(heard, speaker("it"))["blocks"]
