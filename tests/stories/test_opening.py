"""The opening checklist: what the roster says against an answer, answers that say nothing, answers from before."""

from sqlmodel import col, update

from bot.domain.programme import CHECKLIST, RoundFacts, missing
from storage.tables import Person, Round
from tests.stage import Stage
from tests.stories.steps import draft_round, open_round


async def answers(stage: Stage, round_id: int, **checklist: str) -> None:
    """Write these answers into the checklist of a draft."""
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        round = await uow.need(Round, round_id)
        round.checklist = {**round.checklist, **checklist}
        await uow.commit()


async def test_the_roster_contradicts_who_says_that_nobody_reports_to_them(stage: Stage) -> None:
    round_id = await draft_round(stage)
    await answers(stage, round_id, coordinator_independent="nobody", retention="proposed", exclusions="none")
    valentina = stage.hand("Valentina Vitale")
    await valentina.types("/mentoring ciclo apri")
    assert "Secondo l’elenco aziendale" in valentina.said
    assert "Alessandro Pellegrini, Alessia Gallo, Aurora Barbieri" in valentina.said
    assert "e altre 7 persone rispondono direttamente" in valentina.said

    await valentina.clicks("Cambia la risposta")
    await valentina.fills({"responsabilità diretta": "Sì"})
    for _ in range(2):
        await valentina.clicks("Continua")
    await valentina.clicks("Salva la bozza")
    answer = valentina.view_text if valentina.sees_modal else valentina.said
    assert "salvata e completa" in answer and "elenco aziendale" not in answer


async def test_the_answer_may_stay_as_it_is(stage: Stage) -> None:
    await answers(stage, await draft_round(stage), coordinator_independent="nobody")
    valentina = stage.hand("Valentina Vitale")
    await valentina.types("/mentoring round open")
    await valentina.clicks("Apri e invita")
    assert "è aperto" in valentina.said


async def test_nothing_is_said_where_the_roster_agrees(stage: Stage) -> None:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        await uow.execute(update(Person).values(manager_id=None).where(col(Person.manager_id).is_not(None)))
        await uow.commit()
    await answers(stage, await draft_round(stage), coordinator_independent="nobody")
    valentina = stage.hand("Valentina Vitale")
    await valentina.types("/mentoring ciclo apri")
    assert "elenco aziendale" not in valentina.said and "Cambia la risposta" not in valentina.said


async def test_a_full_stop_is_no_answer(stage: Stage) -> None:
    round_id = await draft_round(stage)
    await answers(stage, round_id, coordinator_independent="covered", retention="proposed", exclusions="none")
    valentina = stage.hand("Valentina Vitale")
    await valentina.types("/mentoring ciclo apri")
    await valentina.forges("programme.edit", f"{round_id}:law")
    await valentina.fills({"DPIA": " . ", "Informativa": "v3"})
    await valentina.clicks("Continua")
    assert {label.partition(" (può")[0] for label in valentina.errors} == {
        "Informativa privacy",
        "Valutazione d’impatto (DPIA)",
    }
    assert all("un riferimento o un motivo" in words for words in valentina.errors.values())
    await valentina.fills({"DPIA": "", "Informativa": "v3, intranet"})
    await valentina.clicks("Continua")
    assert valentina.errors == {}


def test_a_draft_in_which_a_point_says_nothing_does_not_open() -> None:
    facts = RoundFacts(confirmed=dict.fromkeys(CHECKLIST, "Ref. 1") | {"dpia": "...", "union": "—"})
    assert {"dpia", "union"} <= set(missing(facts)) and "notice" not in missing(facts)


async def test_the_next_round_begins_with_what_the_company_said_before(stage: Stage) -> None:
    first = await open_round(stage)
    await answers(stage, first, notice="v3, intranet/privacy", retention="proposed", coordinator_independent="nobody")
    valentina = stage.hand("Valentina Vitale")
    await valentina.types("/mentoring ciclo nuovo")
    await valentina.fills({"Nome del ciclo": "Autunno"})
    for _ in range(4):
        await valentina.clicks("Continua")
    assert "Le risposte già scritte vengono da «Spring»" in valentina.view_text
    assert "v3, intranet/privacy" in valentina.view.raw
    for _ in range(2):
        await valentina.clicks("Continua")
    assert "8 punti su 10" in valentina.view_text, "who reports to whom, and whom not to match, is asked anew"
