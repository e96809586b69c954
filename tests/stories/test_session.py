"""A pair's sessions: guide, reminder, agenda, the day after, promises, questions and topics."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from bot.content import Topic, topics
from bot.flows.scheduling.feature import FEATURE as SCHEDULING
from bot.flows.session import cards
from bot.flows.session.cards import Talk
from bot.flows.session.feature import FEATURE as SESSION
from bot.flows.turns import Pressed, Tell
from bot.handlers.slack import render
from bot.locales import LANGUAGES, speaker
from bot.ui.cards import card
from bot.ui.words import T
from storage.tables import ActionItem, Job, Pairing, Question, Session, SurveyResponse
from tests.stage import Stage, StageHand
from tests.stories.steps import a_pair

MENTOR, MENTEE = "Luca Sala", "Giulia Bruno"
SECRET = "Xylophone quarterly pivot"
OF_ONESELF = {
    "scheduling.visit",
    "scheduling.visit_remove",
    "session.hand",
    "scheduling.feed",
    "scheduling.renew",
    "session.bring",
}
"""Verbs that name no session."""


async def rows(stage: Stage, model: type[Any]) -> list[Any]:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        return await uow.all(select(model).order_by(model.id))


async def said_to(hand: StageHand) -> str:
    return "\n---\n".join(hand.text_of(message) for message in hand.messages())


async def agenda_of(hand: StageHand) -> str:
    """The newest message in the conversation of the pair."""
    return hand.text_of(hand.messages(hand.groups[0].id if hand.groups else None)[-1])


async def booked(stage: Stage, day: str = "giovedì 14 gennaio, 14:00") -> StageHand:
    """The mentee books the kick-off (a pair in Italian)."""
    giulia = stage.hand(MENTEE)
    await giulia.types("/mentoring fissa")
    await giulia.clicks(f"Fissa {day}")
    return giulia


@pytest.mark.seed("003-25")
async def test_before_at_and_after_a_session(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    giulia, luca = stage.hand(MENTEE), stage.hand(MENTOR)
    await giulia.types("/mentoring fissa")
    await giulia.clicks("Scegli un altro orario")
    await giulia.fills({"Che giorno, a che ora?": "25 gennaio alle 15"})
    await giulia.submits()
    assert "lunedì 25 gennaio, 15:00" in giulia.view_text
    await giulia.submits()
    await stage.move_to(datetime(2027, 1, 20, 8, 59, tzinfo=UTC))
    assert "La tua traccia" not in await said_to(luca)
    await stage.move_to(datetime(2027, 1, 20, 9, 0, tzinfo=UTC))
    assert "«Avvio: il nostro patto». La traccia" in luca.said
    await luca.clicks("Apri la traccia")
    assert "15 minuti" in luca.said or "15 minuti" in await said_to(luca)
    assert "perché siamo qui" in luca.said and "ultima volta" not in await said_to(luca)
    await stage.move_to(datetime(2027, 1, 22, 9, 30, tzinfo=UTC))
    assert "lunedì 25 gennaio, 15:00: «Avvio: il nostro patto» con Luca Sala" in await said_to(giulia)
    assert "sottotitoli" not in await said_to(giulia), "they meet in person"
    assert "Dove: di persona, luogo da concordare" in giulia.said
    await giulia.clicks("Aggiungi luogo o link")
    await giulia.closes()
    await stage.move_to(datetime(2027, 1, 25, 14, 0, tzinfo=UTC))
    agenda = await agenda_of(giulia)
    assert "Si comincia: avete 60 minuti" in agenda and "30 minuti" in agenda
    await stage.move_to(datetime(2027, 1, 26, 9, 0, tzinfo=UTC))
    assert "Com’è andata? Poche domande brevi" in giulia.said
    assert "Com’è andata? Poche domande brevi" in luca.said


async def after_the_kickoff(stage: Stage) -> tuple[StageHand, StageHand]:
    """The kick-off on Thursday 14 January is over, and both are asked on Friday morning."""
    await a_pair(stage, MENTOR, MENTEE)
    await booked(stage)
    await stage.move_to(datetime(2027, 1, 15, 9, 0, tzinfo=UTC))
    return stage.hand(MENTEE), stage.hand(MENTOR)


async def answers(hand: StageHand, action: str = "") -> None:
    """Held, and the three taps, in Italian."""
    await hand.clicks("Rispondi")
    await hand.fills({"C’è stato l’incontro": "Sì, l’incontro c’è stato"})
    await hand.submits()
    await hand.fills({"Quanto ti è stato utile": "Molto utile", "C’è stato tempo": "Sì", "È stato utile a": "Sì"})
    if action:
        await hand.fills({"Una cosa da provare": action})
    await hand.submits()


@pytest.mark.seed("001-4")
@pytest.mark.seed("003-27")
async def test_three_taps_one_promise_and_the_next_date(stage: Stage) -> None:
    giulia, luca = await after_the_kickoff(stage)
    await answers(giulia, SECRET)
    assert "Grazie. Le tue risposte" in giulia.said
    await giulia.clicks("Vedi orari")
    assert "Fissa" in giulia.last.raw
    kickoff = (await rows(stage, Session))[0]
    assert kickoff.state == "held"
    assert {(row.wave, row.item, row.value) for row in await rows(stage, SurveyResponse)} == {
        ("session:0", "PUL1", 4),
        ("session:0", "PUL2", 1),
        ("session:0", "PUL3", 1),
    }
    await answers(luca)
    assert len(await rows(stage, SurveyResponse)) == 6
    assert [item.state for item in await rows(stage, ActionItem)] == ["open"]


async def test_after_a_first_meeting_nobody_is_asked_about_the_one_before(stage: Stage) -> None:
    giulia, _ = await after_the_kickoff(stage)
    await giulia.clicks("Rispondi")
    await giulia.fills({"C’è stato l’incontro": "Sì, l’incontro c’è stato"})
    await giulia.submits()
    assert "C’è stato tempo per conoscervi, per il patto" in giulia.view_text
    assert "l’ultima volta" not in giulia.view_text
    assert "È stato utile a entrambe le persone?" in giulia.view_text, "two met, not a group"


async def test_who_has_fixed_the_next_date_is_not_asked_for_it(stage: Stage) -> None:
    giulia, luca = await after_the_kickoff(stage)
    await giulia.types("/mentoring fissa")
    await giulia.clicks("Fissa")
    for hand in (giulia, luca):
        await answers(hand)
        said = await said_to(hand)
        assert "Prossimo incontro: " in said and "Sposta" in said
        assert "Fissiamo" not in said and "La prossima data" not in said


async def everything_said(stage: Stage) -> str:
    """All words in every conversation of the workspace, and all that the promises hold."""
    messages = [
        stage.hand(name).text_of(message)
        for name in (MENTOR, MENTEE, "Valentina Vitale")
        for channel in [None, *(group.id for group in stage.hand(name).groups)]
        for message in stage.hand(name).messages(channel)
    ]
    jobs = [f"{job.key} {job.args}" for job in await rows(stage, Job)]
    return "\n".join([*messages, *jobs])


@pytest.mark.seed("003-25")
async def test_promises_and_questions_are_read_in_forms_alone(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    giulia, luca = await after_the_kickoff(stage)
    await answers(giulia, SECRET)
    await giulia.types("/mentoring fissa")
    await giulia.clicks("Scegli un altro orario")
    await giulia.fills({"Che giorno, a che ora?": "28 gennaio alle 15"})
    await giulia.submits()
    await giulia.submits()
    await luca.types("/mentoring domanda")
    await luca.fills({"Che cosa vorresti chiedere?": f"{SECRET}?"})
    await luca.submits()
    assert "Conservata per il vostro incontro" in luca.view_text
    await luca.closes()
    await stage.move_to(datetime(2027, 1, 28, 14, 0, tzinfo=UTC))
    agenda = await agenda_of(luca)
    assert "c’è una cosa da provare" in agenda and "Una domanda vi aspetta" in agenda
    await luca.clicks("Apri ciò che è stato promesso")
    assert "Da parte di Giulia Bruno, da provare" in luca.view_text and SECRET in luca.view_text
    await luca.submits()
    await giulia.clicks("Apri ciò che è stato promesso")
    await giulia.fills({SECRET: "Fatto"})
    await giulia.submits()
    assert not giulia.sees_modal
    assert [item.state for item in await rows(stage, ActionItem)] == ["done"]
    assert SECRET not in await everything_said(stage)
    assert SECRET not in capsys.readouterr().out
    assert SECRET not in str([row.sealed_text for row in await rows(stage, Question)])


async def test_the_form_of_the_day_after_counts_once(stage: Stage) -> None:
    giulia, luca = await after_the_kickoff(stage)
    await giulia.clicks("Rispondi")
    form = giulia.view
    await giulia.fills({"C’è stato l’incontro": "Sì, l’incontro c’è stato"})
    await giulia.submits()
    await giulia.fills({"Quanto ti è stato utile": "Poco utile", "C’è stato tempo": "No", "È stato utile a": "No"})
    await giulia.submits()
    assert form is not None
    await giulia.types("/mentoring azioni")
    await giulia.closes()
    await stage.move_to(datetime(2027, 1, 20, 12, 0, tzinfo=UTC))
    assert "Non lo chiederò più" in luca.said
    assert "Non lo chiederò più" not in await said_to(giulia)
    await luca.clicks("Salta")
    assert "non chiederò altro" in luca.said


async def test_not_held_is_no_fault_and_finds_another_date(stage: Stage) -> None:
    giulia, luca = await after_the_kickoff(stage)
    await giulia.clicks("Rispondi")
    await giulia.fills({"C’è stato l’incontro": "No, non questa volta"})
    await giulia.submits()
    assert "Succede. Ecco altri orari con Luca Sala" in giulia.said
    await giulia.clicks("Vedi orari")
    assert "orari vanno bene" in giulia.said
    assert (await rows(stage, Session))[0].state == "not_held"
    await luca.clicks("Rispondi")
    await answers_in_open_form(luca)
    kickoff = (await rows(stage, Session))[0]
    assert kickoff.state == "held"
    assert not [
        job
        for job in await rows(stage, Job)
        if job.state == "open" and ":unbooked:" in job.key and job.key.startswith(f"session:{kickoff.id}:")
    ]


async def answers_in_open_form(hand: StageHand) -> None:
    await hand.fills({"C’è stato l’incontro": "Sì, l’incontro c’è stato"})
    await hand.submits()
    await hand.fills({"Quanto ti è stato utile": "Molto utile", "C’è stato tempo": "Sì", "È stato utile a": "Sì"})
    await hand.submits()


async def test_another_topic_wanted_ones_first(stage: Stage) -> None:
    giulia, luca = await after_the_kickoff(stage)
    await answers(giulia)
    await giulia.types("/mentoring fissa")
    await giulia.clicks("Fissa")
    await luca.types("/mentoring incontro")
    await luca.clicks("Cambia argomento")
    offered = [one for one in luca.fields[0].choices if one.value in topics()]
    wanted = [one.value for one in offered if {"5.3", "1.2"} & set(topics()[one.value].skills)]
    assert [one.value for one in offered[: len(wanted)]] == wanted
    assert "Ciò che era stato chiesto" in luca.view.raw
    assert wanted
    before = [session.topic for session in await rows(stage, Session)]
    later = next(code for code in before[2:] if code in wanted)
    await luca.fills({"Di che cosa vorreste parlare?": later})
    await luca.submits()
    after = [session.topic for session in await rows(stage, Session)]
    assert after[1] == later and sorted(after) == sorted(before)
    assert luca.sees(topics()[later].title.texts["it"])


@pytest.mark.slack_alone
async def test_home_shows_the_session_and_the_promises(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    giulia, luca = stage.hand(MENTEE), stage.hand(MENTOR)
    assert "tocca a te fissarla" in await giulia.opens_home()
    assert "Fissarla spetta a Giulia Bruno" in await luca.opens_home()
    await booked(stage)
    assert "Prossimo incontro: giovedì 14 gennaio, 14:00" in await giulia.opens_home()
    await stage.move_to(datetime(2027, 1, 15, 9, 0, tzinfo=UTC))
    await answers(giulia, SECRET)
    home = await giulia.opens_home()
    assert "C’è una cosa che volevi provare" in home and SECRET not in home


async def test_a_stranger_cannot_press_or_read(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    giulia = await booked(stage)
    await giulia.types("/mentoring incontro")
    stranger = stage.hand("Andrea Farina")
    await stranger.types("/mentoring incontro")
    assert "Ora non c’è nessuno con cui incontrarti" in stranger.said
    session = (await rows(stage, Session))[0]
    for verb in sorted({*SESSION.verbs, *SCHEDULING.verbs} - OF_ONESELF):
        for id in (f"{session.id}:1", "999:1", "<!channel>", ""):
            assert await stranger.does(Pressed(verb, id)) == Tell(card(T("form.outdated_button"))), (verb, id)
    assert (await rows(stage, Session))[0].state == "scheduled"


@pytest.mark.seed("002-5")
async def test_the_same_in_english(stage: Stage) -> None:
    """Amelia (London) leads, Oliver (London) books: every word is English and every hour London's."""
    await a_pair(stage, "Amelia Clarke", "Oliver Clarke", format="remote")
    oliver, amelia = stage.hand("Oliver Clarke"), stage.hand("Amelia Clarke")
    await oliver.types("/mentoring book")
    await oliver.clicks("Book Thursday 14 January, 14:00")
    await stage.move_to(datetime(2027, 1, 13, 10, 0, tzinfo=UTC))
    assert "Tomorrow at 14:00" in oliver.said and "captions help everybody" in oliver.said
    await oliver.clicks("I will be there")
    assert "Good: you and Amelia Clarke meet" in oliver.said
    await stage.move_to(datetime(2027, 1, 14, 14, 0, tzinfo=UTC))
    assert "Time to begin: you have 60 minutes" in await agenda_of(amelia)
    await stage.move_to(datetime(2027, 1, 15, 10, 0, tzinfo=UTC))
    await amelia.clicks("Answer")
    await amelia.fills({"Did you and Oliver Clarke meet": "Yes, we met"})
    await amelia.submits()
    await amelia.submits()
    assert len(amelia.errors) == 3
    await amelia.fills(
        {"How useful was": "Very useful", "Did you have time": "Prefer not to answer", "Was it useful": "Yes"}
    )
    await amelia.submits()
    assert "The next date is up to Oliver Clarke" in amelia.said
    answered = {row.item: row.value for row in await rows(stage, SurveyResponse)}
    assert answered == {"PUL1": 4, "PUL2": None, "PUL3": 1}


async def test_nothing_is_said_of_a_pair_that_ended(stage: Stage) -> None:
    pairing_id = await a_pair(stage, MENTOR, MENTEE)
    giulia = await booked(stage)
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        pairing = await uow.first(select(Pairing).where(Pairing.id == pairing_id))
        assert pairing is not None
        pairing.state = "ended_early"
        await uow.commit()
    before = len(giulia.messages())
    await stage.move_to(stage.clock.now() + timedelta(days=20))
    assert len(giulia.messages()) == before
    await giulia.clicks("Sposta")
    assert "Questo abbinamento si è chiuso" in giulia.said


@pytest.mark.slack_alone
async def test_what_both_read_at_once_is_in_the_language_of_each(stage: Stage) -> None:
    pairing_id = await a_pair(stage, "Amelia Clarke", MENTEE)
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        uow.organisation_id = (await uow.session.get_one(Pairing, pairing_id)).organisation_id
        uow.promise("pairing.introduce", f"pairing:{pairing_id}:introduce", uow.now, pairing=pairing_id)
        await uow.commit()
    await stage.settle()
    giulia, amelia = stage.hand(MENTEE), stage.hand("Amelia Clarke")
    (group,) = giulia.groups
    names = {"mentor": "Amelia Clarke", "mentee": MENTEE}
    said = [amelia.text_of(one) for one in amelia.messages(group.id)]
    assert len(said) == 1
    for language in ("it", "en"):
        assert speaker(language)(T("pairing.introduced", **names)) in said[0]
    await giulia.types("/mentoring fissa")
    await giulia.clicks("Fissa")
    starts = (await rows(stage, Session))[0].starts_at
    await stage.move_to(starts)
    agenda = amelia.text_of(amelia.messages(group.id)[-1])
    for language in ("it", "en"):
        assert speaker(language)(T("session.now", n=60)) in agenda


@pytest.mark.parametrize("topic", topics().values(), ids=topics())
def test_every_agenda_fits_in_one_message_of_two_languages(topic: Topic) -> None:
    what = Talk(1, None, 60, topic, "mentor", "Europe/Rome", MENTEE, MENTOR, promised=2, questions=2)
    drawn = render.message_to_all(cards.agenda(what), [speaker(language) for language in LANGUAGES])
    assert [block["type"] for block in drawn["blocks"]].count("divider") == 1
    assert len({block["block_id"] for block in drawn["blocks"]}) == len(drawn["blocks"])
