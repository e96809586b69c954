"""The coordinator's report: nothing before a wave is closed, totals after, to those who took part first."""

import struct
from datetime import timedelta
from urllib.parse import urlsplit

import aiohttp
import pytest
from sqlmodel import select

from bot.content import items
from bot.flows.reports.release import freeze
from bot.flows.signed_links import PICTURES_KEPT
from storage.tables import Job, Person, Release, Round, SurveyKey, SurveyResponse
from tests.stage import Stage, StageHand
from tests.stories.surveyed import SECRETS, a_round

PNG = b"\x89PNG"
LARGEST = 1024
"""Pixels to a side of a picture that Teams takes."""


async def close(stage: Stage, round_id: int) -> None:
    """Freeze the round, as its last day does."""
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        uow.organisation_id = (await uow.all(select(Person)))[0].organisation_id
        round = await uow.need(Round, round_id)
        round.state, round.closed_at = "closed", uow.now
        await freeze(uow, round)
        await uow.commit()


def has_read(hand: StageHand, *words: str) -> bool:
    """Whether the bot wrote any of these words to the person."""
    return any(word in hand.text_of(message) for message in hand.messages() for word in words)


async def test_no_figure_before_a_wave_is_closed(stage: Stage) -> None:
    await a_round(stage, 8)
    ada = stage.hand("Valentina Vitale")
    await ada.types("/mentoring ciclo rapporto")
    assert "Le cifre compaiono quando un questionario si chiude" in ada.said
    assert " su 16" not in ada.said


@pytest.mark.seed("000-12")
@pytest.mark.seed("001-5")
@pytest.mark.seed("003-15")
async def test_report_says_what_was_wanted_first_and_how_to_read_it(stage: Stage) -> None:
    await close(stage, await a_round(stage, 8))
    ada = stage.hand("Valentina Vitale")
    await ada.types("/mentoring ciclo rapporto Spring")
    said = ada.said
    assert said.index("Che cosa volevamo?") < said.index("Chi ha partecipato") < said.index("Soddisfazione")
    assert "non una causa" in said
    assert "16 su 16 (100 %)" in said
    assert "Tempo investito in tutto: circa 75 ore" in said
    assert "Ha risposto meno di sei" not in said
    alt = ada.picture[1]
    assert "Fiducia che ciò che ci diciamo resti tra noi" in alt
    assert all(row in said for row in alt.splitlines()[1:])


async def test_the_midpoint_says_of_an_objective_when_its_figure_comes(stage: Stage) -> None:
    round_id = await a_round(stage, 8, state="running")
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        round = await uow.need(Round, round_id)
        round.objectives = ["digital_gap", "internal_communication"]
        await freeze(uow, round, "mid")
        await uow.commit()
    ada = stage.hand("Valentina Vitale")
    await ada.types("/mentoring ciclo rapporto")
    assert ada.said.count("A metà percorso è presto per dirlo") == 1
    assert ada.said.count("Il questionario non ha domande su questo") == 1
    await close(stage, round_id)
    await ada.types("/mentoring ciclo rapporto")
    assert "è presto per dirlo" not in ada.said and "Il questionario non ha domande su questo" in ada.said


async def test_the_end_says_of_an_objective_that_nobody_answered_what_was_asked_about_it(stage: Stage) -> None:
    round_id = await a_round(stage, 8, [False] * 16)
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        round = await uow.need(Round, round_id)
        round.objectives = ["engagement", "internal_communication"]
        await uow.commit()
    await close(stage, round_id)
    ada = stage.hand("Valentina Vitale")
    await ada.types("/mentoring ciclo rapporto")
    assert ada.said.count("Su questo non sono arrivate risposte") == 1
    assert ada.said.count("Il questionario non ha domande su questo") == 1


async def test_picture_is_served_at_its_address_only_until_it_expires(stage: Stage) -> None:
    await close(stage, await a_round(stage, 8))
    ada = stage.hand("Valentina Vitale")
    await ada.types("/mentoring round report")
    path = urlsplit(ada.picture[0]).path
    async with aiohttp.ClientSession() as http:
        async with http.get(stage.workspace.bot_url + path) as answer:
            picture = await answer.read()
            assert answer.status == 200 and picture.startswith(PNG)
            assert all(0 < side <= LARGEST for side in struct.unpack(">II", picture[16:24]))
        async with http.get(stage.workspace.bot_url + path.replace("/pictures/", "/pictures/x")) as answer:
            assert answer.status == 404
        stage.clock.movable.set(stage.clock.now() + PICTURES_KEPT + timedelta(minutes=1))
        async with http.get(stage.workspace.bot_url + path) as answer:
            assert answer.status == 404


async def test_those_who_took_part_read_the_totals_first_and_then_what_was_heard(stage: Stage) -> None:
    await close(stage, await a_round(stage, 8))
    await stage.move(minutes=1)
    ada = stage.hand("Valentina Vitale")
    hands = stage.hands
    told = [hand for hand in hands if has_read(hand, "arrivano prima a te", "so you read this first")]
    assert len(told) == 16
    assert not ada.messages()
    await stage.move(minutes=10)
    assert "I totali di Spring" in ada.said
    await ada.clicks("Mostra il rapporto")
    await ada.clicks("Scrivi che cosa hai capito")
    await ada.fills({"Che cosa hai capito": "Più tempo per le domande, e meno messaggi il lunedì."})
    await ada.submits()
    await stage.move(days=14)
    assert [hand for hand in hands if has_read(hand, "meno messaggi il lunedì")] == told
    await told[0].clicks("Ferma questi messaggi" if "it" in told[0].person.locale else "Stop these messages")
    assert "questionari" in told[0].said or "surveys" in told[0].said
    await ada.types("/mentoring ciclo rapporto")
    await ada.clicks("Scrivi che cosa hai capito")
    assert ada.sees("ha già le tue parole")


async def test_open_answers_are_read_in_a_form_and_only_those_allowed(stage: Stage) -> None:
    await close(stage, await a_round(stage, 8))
    ada = stage.hand("Valentina Vitale")
    await ada.types("/mentoring ciclo rapporto")
    await ada.clicks("Leggi le risposte aperte")
    assert ada.view_text.count(SECRETS["open"]) == 8
    assert SECRETS["hidden"] not in ada.view_text
    await ada.submits()
    assert not ada.sees_modal


async def test_freezing_destroys_the_keys_and_what_could_stand_for_them(stage: Stage) -> None:
    round_id = await a_round(stage, 8)
    await close(stage, round_id)
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        uow.organisation_id = (await uow.all(select(Person)))[0].organisation_id
        assert await uow.count(uow.of(SurveyKey)) == 0
        left = await uow.all(uow.of(SurveyResponse))
        assert left and not [row for row in left if row.item.startswith("skill:") or row.wave.startswith("session:")]
        before = (await uow.all(uow.of(Release)))[0].totals
        round = await uow.need(Round, round_id)
        again = await freeze(uow, round)
        assert again.totals == before
        forget = (await uow.all(uow.of(Job).where(Job.name == "reports.forget_answers")))[0]
        assert forget.due_at - stage.clock.now() == timedelta(days=90)
    await stage.move(days=91)
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        uow.organisation_id = again.organisation_id
        assert await uow.count(uow.of(SurveyResponse)) == 0


async def test_only_coordinators_and_only_known_rounds(stage: Stage) -> None:
    ada, amelia = stage.hand("Valentina Vitale"), stage.hand("Oliver Clarke")
    await ada.types("/mentoring ciclo rapporto")
    assert "Non c’è ancora nessun ciclo" in ada.said
    await close(stage, await a_round(stage, 8))
    await ada.types("/mentoring ciclo rapporto Autunno <!channel>")
    assert "Non conosco nessun ciclo" in ada.said
    await amelia.types("/mentoring round report")
    assert "Only the person who coordinates" in amelia.said or "coordinat" in amelia.said


async def test_totals_that_all_hide_are_one_kind_line(stage: Stage) -> None:
    await close(stage, await a_round(stage, 2))
    await stage.move(minutes=1)
    hands = stage.hands
    told = [hand for hand in hands if has_read(hand, "Sono troppo poche per totali", "There are too few of them")]
    assert len(told) == 4
    assert not [hand for hand in hands if has_read(hand, "troppo poche risposte", "too few answers")]


@pytest.mark.seed("002-13")
async def test_months_after_the_end_everybody_is_asked_what_has_stayed(stage: Stage) -> None:
    round_id = await a_round(stage, 3)
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        uow.organisation_id = (await uow.all(select(Person)))[0].organisation_id
        uow.promise("programme.closed", f"round:{round_id}:end", uow.now, round=round_id)
        await uow.commit()
    await stage.move(minutes=10)
    await stage.move(days=90)
    assert not [hand for hand in stage.hands if has_read(hand, "finito da qualche mese", "ended some months ago")]
    await stage.move(days=5)
    asked = [hand for hand in stage.hands if has_read(hand, "finito da qualche mese", "ended some months ago")]
    assert len(asked) == 6
    for hand in asked:
        words = {True: ("Rispondi", "Sì"), False: ("Answer", "Yes")}[hand.person.locale.startswith("it")]
        await hand.clicks(words[0])
        for code in ("FU1", "FU2"):
            text = items()[code].text.texts
            await hand.fills({text["it" if words[1] == "Sì" else "en"]: words[1]})
        await hand.submits()
        await hand.submits()
        assert has_read(hand, "Dicono che cosa resta", "They tell what lasts")
    await stage.move(days=20)
    ada = stage.hand("Valentina Vitale")
    await ada.types("/mentoring ciclo rapporto")
    assert "Qualche mese dopo" in ada.said and "Usa ancora qualcosa che ha imparato: valore molto alto" in ada.said
    await ada.clicks("Mostra tutto il ciclo")
    assert "Che cosa volevamo?" in ada.said
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        uow.organisation_id = (await uow.all(select(Person)))[0].organisation_id
        assert await uow.count(uow.of(SurveyKey)) == 0
        assert {row.wave for row in await uow.all(uow.of(SurveyResponse))} == {"followup"}
