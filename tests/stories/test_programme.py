"""A coordinator makes a round by hand and opens it; and what is refused on the way."""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import select

from bot.domain.programme import SPRINT
from bot.flows.engine import Place, check_fields
from bot.flows.programme.conversation import ROUND
from bot.flows.turns import Event, Pressed, Replace, Submitted, Tell
from bot.ui.cards import card
from bot.ui.words import T
from storage.database import counted_queries
from storage.rounds import invited_people
from storage.tables import AuditEntry, Enrolment, FlowSession, Job, Organisation, Person, Round
from tests.stage import TUESDAY, Stage, StageHand
from tests.stories.steps import draft_round, open_round

PLACE = Place(TUESDAY, "it", "Europe/Rome")
WORDS = "Anch’io voglio imparare da chi comincia. <!channel>"
IN_ITALIAN: tuple[Mapping[str, Any], ...] = (
    {"Nome del ciclo": "Primavera 2027", "Durata": "Sprint"},
    {
        "Obiettivi": ["Innovazione", "Coinvolgimento"],
        "Sponsor": "Kwame Mensah",
        "Parole dello sponsor, in italiano": WORDS,
    },
    {"Formato": "A distanza", "Numero di incontri": "5", "Minuti": "60", "Strumenti": "Teams e Miro"},
    {"Ultimo giorno": "2027-01-22", "Chi invitare": "Una parte", "Mesi prima di fare": "3"},
    {"Funzioni": ["Finance"], "Sedi": ["Milano", "Torino"]},
    {
        "responsabilità diretta": "nessuna",
        "Informativa": "v3, intranet/privacy, dpo@aurea.example",
        "Base giuridica": "Legittimo interesse, LIA 12",
        "DPIA": "DPIA 2027/4",
        "Rappresentanza": "Informativa del 7 gennaio",
    },
    {
        "conservano": "Come proposto",
        "non abbinare": "Bastano",
        "problemi seri": "Consigliera di fiducia, canale 24/2023",
        "Dove stanno": "UE, accordo 8",
        "accessibilità": "Laura Barbieri",
    },
)


async def walks(hand: StageHand, pages: tuple[Mapping[str, Any], ...], button: str = "Continua") -> None:
    """Fill and send the pages of a form one after the other."""
    for page in pages:
        await hand.fills(page)
        await hand.clicks(button)
        assert hand.errors == {}, hand.errors


async def the_round(stage: Stage) -> Round:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        rounds: list[Round] = await uow.all(select(Round))
    assert len(rounds) == 1
    return rounds[0]


async def coordinates(stage: Stage, name: str, *, yes: bool = True) -> None:
    """Give or take the coordinator's role."""
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        [person] = await uow.all(select(Person).where(Person.name == name))
        person.coordinator = yes
        await uow.commit()


async def all_of(stage: Stage, model: type[Any]) -> list[Any]:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        rows: list[Any] = await uow.all(select(model))
        return rows


@pytest.mark.seed("003-15")
@pytest.mark.seed("003-17")
@pytest.mark.seed("004-6")
async def test_a_whole_round_is_made_and_opened_in_italian(stage: Stage) -> None:
    valentina = stage.hand("Valentina Vitale")
    await valentina.types("/mentoring ciclo nuovo")
    await walks(valentina, IN_ITALIAN)
    assert "Primavera 2027" in valentina.view_text and "Kwame Mensah" in valentina.view_text
    assert "5 da 60 minuti, uno ogni 2 settimane" in valentina.view_text
    await valentina.clicks("Salva la bozza")
    assert "salvata e completa" in valentina.view_text and "restano nascosti" in valentina.view_text

    round = await the_round(stage)
    assert (round.state, round.format, round.objectives) == ("draft", "remote", ["innovation", "engagement"])
    assert round.rules["kickoff_minutes"] == SPRINT.kickoff_minutes
    assert (round.rules["duration_weeks"], round.rules["session_minutes"]) == (10, 60)
    assert round.rules["mentor_months"] == 3 and round.checklist["tool"] == "Teams e Miro"
    assert round.enrolment_ends_at == datetime(2027, 1, 22, 16, 0, tzinfo=UTC)

    with counted_queries(stage.inverso.database.engine) as asked:
        await valentina.alone.clicks("Apri e invita")
    assert len(asked) <= 6, asked
    await stage.settle()
    assert "è aperto. Stanno partendo 16 inviti." in valentina.view_text
    assert (await the_round(stage)).state == "enrolling"

    enrolments = await all_of(stage, Enrolment)
    assert {enrolment.state for enrolment in enrolments} == {"invited"}
    jobs: list[Job] = await all_of(stage, Job)
    promised = Counter(job.name for job in jobs)
    assert promised["enrolment.invite"] == promised["enrolment.reminder"] == len(enrolments) == 16
    [end] = [job for job in jobs if job.name == "programme.enrolment_ends"]
    assert end.due_at == datetime(2027, 1, 22, 16, 0, tzinfo=UTC)
    audited = [entry.action for entry in await all_of(stage, AuditEntry)]
    assert audited == ["round new", "programme.round", "programme.opened"]
    await stage.move(minutes=10)
    read = [text for hand in stage.hands for text in map(hand.text_of, hand.messages()) if "imparare da chi" in text]
    assert len(read) == 15 and all("— Kwame Mensah" in text and "<!channel>" in text for text in read)


@pytest.mark.seed("000-13")
@pytest.mark.seed("003-14")
async def test_a_draft_with_gaps_says_what_is_missing_in_english(stage: Stage) -> None:
    kwame = stage.hand("Kwame Mensah")
    await coordinates(stage, "Kwame Mensah")
    await kwame.types("/mentoring round new")
    await kwame.fills({"Name of the round": "Pilot"})
    for _ in range(6):
        await kwame.clicks("Continue")
        assert kwame.errors == {}
    assert "0 of 10 points" in kwame.view_text
    await kwame.clicks("Save the draft")
    assert "12 things are still missing" in kwame.view_text
    await kwame.closes()

    await kwame.types("/mentoring round open")
    assert "• The sponsor" in kwame.said
    await kwame.clicks("Fill in what is missing")
    assert "What it is for" in kwame.view_text
    await kwame.fills({"Objectives": ["Innovation"], "Sponsor": "Amelia Clarke"})
    await kwame.clicks("Continue")
    assert "senior figure" in kwame.errors["Sponsor"]
    await kwame.fills({"Sponsor": "Sara Marino"})
    for _ in range(5):
        await kwame.clicks("Continue")
    await kwame.clicks("Save the draft")
    assert kwame.sees("10 things are still missing")
    round = await the_round(stage)
    assert (round.state, round.objectives) == ("draft", ["innovation"])
    assert await all_of(stage, Enrolment) == []


async def test_the_wizard_resumes_where_it_was_left(stage: Stage) -> None:
    valentina = stage.hand("Valentina Vitale")
    await valentina.types("/mentoring ciclo nuovo")
    await walks(valentina, IN_ITALIAN[:3])
    await valentina.closes(everything=True)
    await stage.move(days=3)
    await valentina.types("/mentoring")
    assert "le tue risposte sono dove le hai lasciate" in valentina.said
    await valentina.clicks("Continua il ciclo iniziato")
    assert "Quando, e chi" in valentina.view_text
    await valentina.clicks("Torna indietro")
    assert "Come ci si incontra" in valentina.view_text
    await walks(valentina, IN_ITALIAN[2:])
    assert "5 da 60 minuti" in valentina.view_text


async def test_a_wizard_that_was_left_is_found_beside_a_round_that_is_open(stage: Stage) -> None:
    await open_round(stage)
    valentina = stage.hand("Valentina Vitale")
    await valentina.types("/mentoring")
    assert "Spring" in valentina.said and "Continua" not in valentina.said
    await valentina.types("/mentoring ciclo nuovo")
    await walks(valentina, IN_ITALIAN[:3])
    await valentina.closes(everything=True)
    await valentina.types("/mentoring")
    assert "Spring" in valentina.said and "Hai cominciato a preparare un altro ciclo" in valentina.said
    await valentina.clicks("Continua il ciclo iniziato")
    assert "Quando, e chi" in valentina.view_text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("   ", "Serve una risposta qui."),
        ("x" * 400, "60"),
        ("🎉🎉", "almeno una lettera o una cifra"),
        ("\u200b\u200f", "Serve una risposta qui."),
        ("spring", "C’è già un ciclo che si chiama «spring»"),
    ],
)
async def test_names_that_do_not_do_are_explained(stage: Stage, name: str, words: str) -> None:
    await draft_round(stage, name="Spring")
    valentina = stage.hand("Valentina Vitale")
    await valentina.types("/mentoring ciclo nuovo")
    await valentina.fills({"Nome del ciclo": name})
    await valentina.clicks("Continua")
    assert words in valentina.errors["Nome del ciclo"]
    await valentina.fills({"Nome del ciclo": "Autunno"})
    await valentina.clicks("Continua")
    assert "A che cosa serve" in valentina.view_text


@pytest.mark.parametrize("name", ["Ciclo 🎉 <!channel> *uno*", "דור חדש 2027", "<@U01> & Co."])
async def test_strange_names_stay_harmless(stage: Stage, name: str) -> None:
    valentina = stage.hand("Valentina Vitale")
    await valentina.types("/mentoring ciclo nuovo")
    await walks(valentina, ({"Nome del ciclo": name}, *({} for _ in range(5))))
    await valentina.clicks("Salva la bozza")
    assert (await the_round(stage)).name == name
    await valentina.closes(everything=True)
    await valentina.types(f"/mentoring ciclo stato {name}")
    assert "Bozza" in valentina.said
    assert not valentina.reads_as_markup("<!channel>")
    assert not valentina.reads_as_markup("<@U01>")


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2027-01-12", "Scegli un giorno dopo martedì 12 gennaio"),
        ("2026-12-01", "Scegli un giorno dopo martedì 12 gennaio"),
        (
            "2027-01-23",
            "sabato 23 gennaio, cade nel fine settimana. Scegli lunedì 25 gennaio",
        ),
        ("2027-06-02", "mercoledì 2 giugno, è festivo"),
        ("2027-12-25", "sabato 25 dicembre, è festivo. Scegli lunedì 27 dicembre"),
        ("2027-08-16", "È molto lontano"),
        ("2027-02-12", "venerdì 12 febbraio, l’azienda è chiusa"),
    ],
)
async def test_days_that_do_not_do_are_explained(stage: Stage, day: str, words: str) -> None:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        organisation = await uow.session.get(Organisation, 1)
        assert organisation is not None
        organisation.settings = {"closures": [["2027-02-10", "2027-02-12"]]}
        await uow.commit()
    valentina = stage.hand("Valentina Vitale")
    await valentina.types("/mentoring ciclo nuovo")
    await walks(valentina, ({"Nome del ciclo": "Prova"}, {}, {}))
    await valentina.fills({"Ultimo giorno": day})
    await valentina.clicks("Continua")
    assert words in valentina.errors["Ultimo giorno per aderire"]


@pytest.mark.seed("003-15")
async def test_a_fourth_objective_and_a_round_of_more_than_a_year_are_refused(stage: Stage) -> None:
    valentina = stage.hand("Valentina Vitale")
    await valentina.types("/mentoring ciclo nuovo")
    await walks(valentina, ({"Nome del ciclo": "Prova"},))
    await valentina.fills({"Obiettivi": ["Innovazione", "Coinvolgimento", "Employer branding", "Apprendimento"]})
    await valentina.clicks("Continua")
    assert "3" in valentina.errors["Obiettivi"]
    await walks(valentina, ({"Obiettivi": []},))
    await valentina.fills({"Numero di incontri": "12", "Settimane": "6"})
    await valentina.clicks("Continua")
    assert "occupano 72 settimane" in valentina.errors["Numero di incontri, dopo il primo"]


def test_a_form_refuses_what_a_client_would_not_send() -> None:
    four = ["innovation", "engagement", "retention", "digital_gap"]
    errors = check_fields(ROUND.step("why").form(PLACE).fields, {"objectives": four, "takes_part": "maybe"})
    assert errors == {"objectives": T("form.at_most", n=3), "takes_part": T("form.pick_listed")}
    assert "name" in check_fields(ROUND.step("basics").form(PLACE).fields, {"name": "x" * 400, "preset": "sprint"})


@pytest.mark.slack_alone
async def test_the_same_form_twice_makes_one_round(stage: Stage) -> None:
    valentina = stage.hand("Valentina Vitale")
    await valentina.types("/mentoring ciclo nuovo")
    await walks(valentina, ({"Nome del ciclo": "Uno"}, *({} for _ in range(5))))
    view = valentina.view
    await valentina.clicks("Salva la bozza")
    await stage.inverso.dispatcher.handle(sent_again(stage, valentina, view.source["private_metadata"]))
    assert len(await all_of(stage, Round)) == 1


def sent_again(stage: Stage, hand: StageHand, metadata: str) -> Event:
    """The delivery of the summary page once more."""
    kept = json.loads(metadata)
    what = Submitted(kept["token"], kept["step"], {})
    return hand.event(what)


async def test_only_coordinators_touch_rounds(stage: Stage) -> None:
    round_id = await draft_round(stage)
    amelia = stage.hand("Amelia Clarke")
    for words in ("round new", "round edit", "round open", "round status", "round cancel", "rounds"):
        await amelia.types(f"/mentoring {words}")
        assert "Only the people who coordinate" in amelia.said
    for verb in ("edit", "open", "opened", "status", "cancel", "extend"):
        assert await amelia.does(Pressed(f"programme.{verb}", str(round_id))) == Tell(card(T("form.coordinators_only")))
    assert (await the_round(stage)).state == "draft"


async def test_who_no_longer_coordinates_cannot_finish_the_wizard(stage: Stage) -> None:
    valentina = stage.hand("Valentina Vitale")
    await valentina.types("/mentoring ciclo nuovo")
    await valentina.fills({"Nome del ciclo": "Prova"})
    await coordinates(stage, "Valentina Vitale", yes=False)
    await valentina.clicks("Continua")
    assert "Può farlo solo chi coordina" in valentina.view_text


@pytest.mark.parametrize("id", ["", "x", "999", "1; drop table round", "-1"])
async def test_tampered_buttons_are_answered_kindly(stage: Stage, id: str) -> None:
    valentina = stage.hand("Valentina Vitale")
    for verb in ("open", "opened", "status", "cancel", "extend"):
        assert await valentina.does(Pressed(f"programme.{verb}", id)) == Tell(card(T("form.outdated_button")))


async def test_opening_twice_at_once_opens_once(stage: Stage) -> None:
    round_id = await draft_round(stage)
    valentina = stage.hand("Valentina Vitale")
    press = valentina.event(Pressed("programme.opened", str(round_id)))
    answers = await asyncio.gather(*(stage.inverso.dispatcher.handle(press) for _ in range(2)))
    assert len(await all_of(stage, Enrolment)) == 40
    assert all(isinstance(answer.reply, Replace) for answer in answers)


async def test_a_round_whose_end_has_passed_does_not_open(stage: Stage) -> None:
    round_id = await draft_round(stage, weeks=1)
    valentina = stage.hand("Valentina Vitale")
    await valentina.types("/mentoring ciclo apri")
    await stage.move(days=8)
    await valentina.clicks("Apri e invita")
    assert "L’ultimo giorno per aderire: è passato" in valentina.said
    assert (await the_round(stage)).state == "draft"
    assert await all_of(stage, Enrolment) == []
    assert round_id


@pytest.mark.seed("004-6")
async def test_the_sponsor_is_in_or_out_whatever_the_filters_say(stage: Stage) -> None:
    await draft_round(stage, invited={"departments": ["Finance"], "with": ["1"], "without": ["2"]})
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        round = await uow.need(Round, 1)
        invited = await invited_people(uow, round)
    assert 1 in {person.pk for person in invited}
    assert 2 not in {person.pk for person in invited}
    assert {person.department for person in invited if person.pk != 1} == {"Finance"}


async def test_a_draft_left_open_keeps_nothing_in_clear(stage: Stage) -> None:
    valentina = stage.hand("Valentina Vitale")
    await valentina.types("/mentoring ciclo nuovo")
    await walks(valentina, ({"Nome del ciclo": "Riservatissimo"},))
    [talk] = await all_of(stage, FlowSession)
    assert "Riservatissimo" not in str(talk.model_dump())
