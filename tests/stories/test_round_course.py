"""How a round stands and goes on: its status, its last day, cancelling it, and closing by itself."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from bot.flows.programme.rounds import begin_running
from storage.tables import Job, Pairing, Round, Session
from tests.stage import Stage
from tests.stories.steps import a_pair, draft_round, enrol, open_round
from tests.stories.test_programme import all_of, the_round


async def test_status_shows_totals_of_five_or_more_only(stage: Stage) -> None:
    round_id = await open_round(stage)
    valentina = stage.hand("Valentina Vitale")
    await enrol(stage, round_id, ["Amelia Clarke", "Andrea Farina"], role="mentor")
    await enrol(stage, round_id, ["Elena Sala", "Laura Barbieri"], role="mentee")
    await valentina.types("/mentoring ciclo stato")
    assert "Adesioni: Ancora troppo poche per mostrarle" in valentina.said
    await enrol(stage, round_id, ["Camilla Bruno", "Luca Sala", "Pietro Bruno"], role="mentor")
    await valentina.types("/mentoring ciclo stato")
    assert "Adesioni: 7 persone" in valentina.said
    assert "Per ruolo" not in valentina.said
    await enrol(stage, round_id, ["Monica Farina", "Sara Marino", "Andrea Mancini"], role="mentee", prepared=False)
    await valentina.types("/mentoring ciclo stato")
    assert "5 come mentor, 5 come mentee" in valentina.said
    assert "Preparazione completata: 7 persone" in valentina.said
    amelia = stage.hand("Amelia Clarke")
    await amelia.types("/mentoring leave")
    await amelia.submits()
    await valentina.types("/mentoring ciclo stato")
    assert "Adesioni: 10 persone" in valentina.said and "Di queste, uscite: meno di cinque" in valentina.said
    assert "5 come mentor, 5 come mentee" in valentina.said  # of the same ten: their sum tells nobody who left
    await valentina.types("/mentoring ciclo messaggio")
    assert "Tutte le persone che partecipano" in valentina.view_text and "Mentor (" not in valentina.view_text


async def test_a_round_is_found_by_its_name(stage: Stage) -> None:
    await draft_round(stage, name="Spring")
    await draft_round(stage, name="Autumn pilot")
    valentina = stage.hand("Valentina Vitale")
    await valentina.types("/mentoring cicli")
    assert "Autumn pilot · Bozza" in valentina.said
    await valentina.types("/mentoring ciclo stato")
    assert "Autumn pilot" in valentina.said
    await valentina.types("/mentoring ciclo stato spring")
    assert "Spring" in valentina.said
    await valentina.types("/mentoring ciclo stato winter")
    assert "Non trovo un ciclo che si chiami «winter». Intendi Autumn pilot o Spring?" in valentina.said


async def test_the_present_card_shows_the_coordinator_their_rounds(stage: Stage) -> None:
    valentina = stage.hand("Valentina Vitale")
    assert "Prepara un nuovo ciclo" in await valentina.opens_home()
    await open_round(stage)
    home = await valentina.opens_home()
    assert "Adesioni aperte" in home
    assert "le adesioni finiscono martedì 26 gennaio" in home
    assert "Adesioni aperte" not in await stage.hand("Luca Ferri").opens_home()


@pytest.mark.promised("A button or a form is delivered again, or pressed twice")
async def test_enrolment_with_nobody_on_one_side_is_extended_with_a_button(stage: Stage) -> None:
    round_id = await open_round(stage, weeks=1)
    await enrol(stage, round_id, ["Amelia Clarke", "Andrea Farina"], role="mentor")
    await stage.move(days=8)
    valentina = stage.hand("Valentina Vitale")
    assert any("nessuno ha scelto di fare da mentee" in valentina.text_of(message) for message in valentina.messages())
    shown = (await the_round(stage)).enrolment_ends_at
    assert shown is not None
    await valentina.clicks("Prolunga di una settimana")
    assert valentina.sees("finiscono mercoledì 27 gennaio, 17:00")
    await valentina.forges("programme.extend", f"{round_id}:{shown.timestamp():.0f}")
    assert "finiscono mercoledì 27 gennaio, 17:00" in valentina.told, "pressed twice, or delivered again: the same date"
    await enrol(stage, round_id, ["Elena Sala"], role="mentee")
    await stage.move(days=8)
    assert (await the_round(stage)).state == "matching"
    assert "matching.run" in {job.name for job in await all_of(stage, Job)}


async def test_the_last_day_moves_while_people_enrol(stage: Stage) -> None:
    await open_round(stage, weeks=1)
    valentina = stage.hand("Valentina Vitale")
    await valentina.types("/mentoring ciclo modifica")
    await valentina.fills({"Ultimo giorno": "2027-01-31"})
    await valentina.clicks("Sposta la data")
    assert "domenica 31 gennaio, cade nel fine settimana" in valentina.errors["Ultimo giorno per aderire"]
    await valentina.fills({"Ultimo giorno": "2027-02-01"})
    await valentina.clicks("Sposta la data")
    assert "finiscono lunedì 1 febbraio, 17:00" in valentina.view_text
    ends = [job.due_at for job in await all_of(stage, Job) if job.name == "programme.enrolment_ends"]
    assert ends == [datetime(2027, 2, 1, 16, 0, tzinfo=UTC)]


async def test_an_end_that_is_brought_forward_says_which_day_people_have_read(stage: Stage) -> None:
    await open_round(stage, weeks=2)
    await stage.move(minutes=10)
    valentina, amelia = stage.hand("Valentina Vitale"), stage.hand("Amelia Clarke")
    assert "until Tuesday 26 January" in amelia.said
    await valentina.types("/mentoring ciclo modifica")
    await valentina.fills({"Ultimo giorno": "2027-01-14"})
    await valentina.clicks("Sposta la data")
    assert valentina.sees("finiscono giovedì 14 gennaio, 17:00, prima del giorno")
    assert valentina.sees("hanno letto finora: martedì 26 gennaio.")
    await stage.move(days=3)
    await amelia.clicks("Tell me more")
    assert amelia.sees("Enrolment in Spring has ended")


async def test_cancelling_tells_who_enrolled_and_keeps_no_promise(stage: Stage) -> None:
    round_id = await open_round(stage)
    await enrol(stage, round_id, ["Amelia Clarke"], role="mentor")
    valentina = stage.hand("Valentina Vitale")
    await valentina.types("/mentoring ciclo annulla")
    assert "Se annulli Spring" in valentina.said
    await valentina.clicks("Annulla il ciclo")
    assert "Spring è annullato" in valentina.said
    await stage.move(minutes=1)
    assert "will not go on" in stage.hand("Amelia Clarke").said
    told = [job for job in await all_of(stage, Job) if job.name == "programme.cancelled"]
    assert len(told) == 1
    left = [job.name for job in await all_of(stage, Job) if job.state == "open"]
    assert left == ["board.digest"]  # it is the coordinator's, and says nothing when no round goes on
    await valentina.types("/mentoring ciclo annulla Spring")
    assert "è in chiusura o concluso" in valentina.said or "annullato" in valentina.said


async def test_cancelling_a_running_round_ends_its_pairs(stage: Stage) -> None:
    await a_pair(stage, "Amelia Clarke", "Elena Sala")
    valentina = stage.hand("Valentina Vitale")
    await valentina.types("/mentoring ciclo annulla")
    await valentina.clicks("Annulla il ciclo")
    await stage.move(minutes=1)
    assert [pairing.state for pairing in await all_of(stage, Pairing)] == ["ended_early"]
    assert {session.state for session in await all_of(stage, Session)} == {"cancelled"}
    assert [job for job in await all_of(stage, Job) if job.state == "open"] == []


async def test_a_round_runs_closes_and_is_closed_by_itself(stage: Stage) -> None:
    """Also one that was stored before there were some of the rules: the standard ones hold for it everywhere."""
    pairing_id = await a_pair(stage, "Amelia Clarke", "Elena Sala")
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        round = await uow.need(Round, 1)
        later = ("cadence_weeks", "followup_weeks")
        round.state, round.rules = "matching", {name: n for name, n in round.rules.items() if name not in later}
        await begin_running(uow, round)
        await begin_running(uow, round)
        await uow.commit()
        assert (round.state, round.ends_at) == ("running", datetime(2027, 6, 30, 8, 0, tzinfo=UTC))
    names = Counter(job.name for job in await all_of(stage, Job))
    assert (names["feedback.midpoint"], names["programme.closing"]) == (1, 1)
    await stage.move_to(datetime(2027, 7, 1, 9, 0, tzinfo=UTC))
    assert (await the_round(stage)).state == "closing"
    valentina = stage.hand("Valentina Vitale")
    assert any("Le settimane di Spring sono finite" in valentina.text_of(m) for m in valentina.messages())
    await stage.move(days=20)
    assert (await the_round(stage)).state == "closed"
    assert "feedback.followup" in {job.name for job in await all_of(stage, Job) if job.state == "open"}
    [pairing] = [pairing for pairing in await all_of(stage, Pairing) if pairing.pk == pairing_id]
    assert pairing.state == "ended"
    assert any("Spring è concluso" in valentina.text_of(message) for message in valentina.messages())
    await valentina.types("/mentoring ciclo annulla Spring")
    assert "Si chiude da solo" in valentina.said
    await valentina.types("/mentoring ciclo stato Spring")
    assert "Coppie finora: 1" in valentina.said


async def test_the_status_says_how_many_people_cannot_be_reached_and_who_they_are(stage: Stage) -> None:
    for name in ("Amelia Clarke", "Elena Sala"):
        stage.hand(name).takes_no_messages()
    await draft_round(stage)
    vale = stage.hand("Valentina Vitale")
    await vale.types("/mentoring ciclo apri")
    await vale.clicks("Apri e invita")
    await stage.move(minutes=10)
    await vale.types("/mentoring ciclo stato")
    assert "Non riesco a raggiungere 2 persone" in vale.said
    await vale.clicks("Guarda chi sono")
    assert "Amelia Clarke" in vale.said and "Elena Sala" in vale.said and "Oliver Clarke" not in vale.said
