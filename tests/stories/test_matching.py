"""The coordinator and the matching: run, read, exclude, fix, run again, approve; and what is never explained."""

import asyncio

import pytest
from sqlmodel import select

from bot.flows.turns import Event, Pressed, Replace, Tell
from bot.handlers.slack import render
from bot.locales import speaker
from storage.database import counted_queries
from storage.tables import AuditEntry, Avoidance, Enrolment, Job, MatchRun, PairRule, Person, Proposal, Round
from tests.stage import Stage, StageHand
from tests.stories import steps
from tests.stories.test_pairing import DIGITAL, SOFT, WEEK, enrolment_of, rows

MENTEES = ["Elena Sala", "Laura Barbieri", "Kwame Mensah"]
MENTORS = ["Amelia Clarke", "Camilla Bruno", "Beatrice Greco", "Andrea Farina"]


async def enrolled(stage: Stage, mentees: list[str] = MENTEES, mentors: list[str] = MENTORS) -> int:
    """A round in which these people have enrolled, every mentor fit for every mentee; its key."""
    round_id = await steps.round_that_enrols(stage)
    await steps.enrol(stage, round_id, mentors, "mentor", offers=DIGITAL, wants=[["S1", 1]], slots=WEEK)
    await steps.enrol(stage, round_id, mentees, "mentee", offers=SOFT, wants=[["5.3", 1], ["1.2", 0]], slots=WEEK)
    return round_id


async def matched(stage: Stage) -> StageHand:
    """End the enrolment as the coordinator does, and open the review."""
    vale = stage.hand("Valentina Vitale")
    await vale.types("/mentoring ciclo abbina")
    await vale.clicks("Chiudi e abbina")
    await vale.clicks("Rivedi le coppie")
    return vale


async def pairs(stage: Stage, state: str = "computed") -> list[tuple[str, str]]:
    """Mentor and mentee of the proposals in that state."""
    people = {person.pk: person.name for person in await rows(stage, Person)}
    sides = {side.pk: people[side.person_id] for side in await rows(stage, Enrolment)}
    found = [one for one in await rows(stage, Proposal) if one.state == state]
    return [(sides[one.mentor_enrolment_id], sides[one.mentee_enrolment_id]) for one in found]


def press(stage: Stage, name: str, verb: str, id: str) -> Event:
    """A press of a button, whether or not it is to be seen anywhere."""
    return stage.hand(name).event(Pressed(verb, id))


async def presses(stage: Stage, name: str, verb: str, id: str) -> str:
    """The English words that answer a press."""
    event = press(stage, name, verb, id)
    answer = await stage.inverso.dispatcher.handle(event)
    assert isinstance(answer.reply, Tell | Replace)
    return render.summary(answer.reply.card, speaker("en"))


async def test_the_coordinator_ends_enrolment_reads_the_pairs_and_approves_them(stage: Stage) -> None:
    await enrolled(stage)
    vale = stage.hand("Valentina Vitale")
    await vale.types("/mentoring ciclo abbina")
    assert "Le adesioni a Spring sono ancora aperte. Le chiudo ora" in vale.said
    await vale.clicks("Chiudi e abbina")
    assert "L’abbinamento di Spring è pronto" in vale.said
    assert "3 coppie" in vale.said and "una persona" in vale.said and "molto alta" in vale.said
    await vale.types("/mentoring ciclo stato")
    assert "puoi rivedere le coppie" in vale.said
    await vale.clicks("Rivedi le coppie")
    for mentor, mentee in await pairs(stage):
        assert f"{mentor} guida {mentee}" in vale.said
    assert "cerca «Usare strumenti nuovi" in vale.said
    assert "cerca «Vedere dove va un progetto, e perché»" in vale.said
    await vale.clicks("Approva tutte")
    assert "Sto chiedendo a 3 mentee" in vale.said
    await vale.types("/mentoring ciclo rivedi")
    assert "Hai approvato: 3 coppie" in vale.said and "Coppie finora: 0 coppie" in vale.said
    await vale.clicks("Vedi a che punto è")
    assert "Hai approvato le coppie" in vale.said and "Rivedi le coppie" not in vale.last.raw
    await stage.move(minutes=1)
    assert len(await pairs(stage, "proposed_to_mentee")) == 3
    actions = [entry.action for entry in await rows(stage, AuditEntry)]
    looks = ["round review", "programme.status"]
    assert actions == ["round match", "matching.begin", "round status", "matching.review", "matching.approve", *looks]


async def test_who_is_left_out_is_explained_and_told_when_the_rest_is_approved(stage: Stage) -> None:
    await enrolled(stage, ["Elena Sala"], ["Amelia Clarke", "Camilla Bruno", "Alessandro Pellegrini"])
    vale = await matched(stage)
    await vale.clicks("Vedi chi è senza coppia")
    assert "Alessandro Pellegrini (mentor): le persone possibili hanno la stessa persona responsabile" in vale.said
    assert "una ha la stessa persona responsabile" in vale.said
    assert "qualcun altro lo è di più per lei" in vale.said
    await vale.clicks("Torna alla revisione")
    await vale.clicks("Approva tutte")
    await stage.move(minutes=1)
    assert "lista d’attesa" in stage.hand("Alessandro Pellegrini").said
    assert (await enrolment_of(stage, "Alessandro Pellegrini")).state == "waitlisted"


async def test_exclude_then_run_again_brings_other_names(stage: Stage) -> None:
    await enrolled(stage, ["Elena Sala"], ["Amelia Clarke", "Camilla Bruno"])
    vale = await matched(stage)
    before = await pairs(stage)
    await vale.clicks("Escludi questo abbinamento")
    assert "Hai escluso questo abbinamento" in vale.said
    assert "Hai escluso un abbinamento. Prima ricalcola" in vale.said and "Approva tutte" not in vale.said
    [run] = await rows(stage, MatchRun)
    await vale.forges("matching.approve", f"{run.round_id}:{run.pk}")
    assert "Prima ricalcola" in vale.told and "Ricalcola" in vale.told
    await vale.clicks("Ricalcola")
    after = await pairs(stage)
    assert len(after) == 1 and after != before
    assert f"Senza un altro nome, dopo le tue esclusioni: {before[0][0]}." in vale.said
    assert len(await rows(stage, MatchRun)) == 2


async def test_an_excluded_pair_may_be_allowed_again(stage: Stage) -> None:
    await enrolled(stage, ["Elena Sala"], ["Amelia Clarke"])
    vale = await matched(stage)
    await vale.clicks("Escludi questo abbinamento")
    await vale.clicks("Riammetti questo abbinamento")
    assert await rows(stage, PairRule) == []
    await vale.clicks("Fissa questo abbinamento")
    assert "ogni calcolo lo mantiene" in vale.said
    await vale.clicks("Approva tutte")
    await stage.settle()
    assert len(await pairs(stage, "proposed_to_mentee")) == 1


async def fixes(vale: StageHand, mentor: str, mentee: str) -> None:
    await vale.clicks("Abbina due persone")
    await vale.fills({"Mentor": mentor, "Mentee": mentee})
    await vale.submits()


async def test_a_pair_chosen_by_hand_is_kept_by_the_next_run(stage: Stage) -> None:
    await enrolled(stage)
    vale = await matched(stage)
    proposed = await pairs(stage)
    wanted = next((mentor, mentee) for mentor in MENTORS for mentee in MENTEES if (mentor, mentee) not in proposed)
    await fixes(vale, *wanted)
    await vale.clicks("Ricalcola")
    assert wanted in await pairs(stage)
    assert len(await pairs(stage)) == 3


async def test_a_pair_that_breaks_a_rule_is_refused_by_its_name(stage: Stage) -> None:
    await enrolled(stage, [*MENTEES, "Andrea Mancini"], [*MENTORS, "Alessandro Pellegrini"])
    vale = await matched(stage)
    await fixes(vale, "Camilla Bruno", "Andrea Mancini")
    assert vale.errors == {"Mentee": "Una è nella linea gerarchica dell’altra. Scegli un’altra persona."}
    await vale.fills({"Mentor": "Alessandro Pellegrini", "Mentee": "Elena Sala"})
    await vale.submits()
    assert vale.errors == {"Mentee": "Le due persone hanno la stessa persona responsabile. Scegli un’altra persona."}
    await vale.fills({"Mentor": "Elena Sala", "Mentee": "Elena Sala"})
    await vale.submits()
    assert vale.errors == {"Mentee": "Scegli due persone diverse."}
    await vale.fills({"Mentor": "Laura Barbieri", "Mentee": "Elena Sala"})
    await vale.submits()
    assert "ha aderito come mentee" in vale.errors["Mentor"]
    await vale.fills({"Mentor": "Giulia Bruno", "Mentee": "Elena Sala"})
    await vale.submits()
    assert "non partecipa al ciclo" in vale.errors["Mentor"]
    assert await rows(stage, PairRule) == []


async def test_an_avoided_person_is_never_explained(stage: Stage) -> None:
    await enrolled(stage, ["Elena Sala"], ["Amelia Clarke"])
    people = {person.name: person for person in await rows(stage, Person)}
    async with stage.inverso.database.uow(stage.clock.now(), people["Elena Sala"].organisation_id) as uow:
        uow.add(Avoidance(person_id=people["Elena Sala"].pk, other_id=people["Amelia Clarke"].pk))
        await uow.commit()
    vale = await matched(stage)
    await vale.clicks("Vedi chi è senza coppia")
    assert "Elena Sala (mentee): in questo ciclo non si può proporre nessun nome" in vale.said
    assert "impedisce" not in vale.said and "Amelia Clarke (mentor): in questo ciclo" in vale.said
    await vale.clicks("Torna alla revisione")
    await fixes(vale, "Amelia Clarke", "Elena Sala")
    assert vale.errors == {"Mentee": "Questo abbinamento non può essere proposto. Scegli un’altra persona."}


async def test_an_unknown_manager_stops_the_machine_and_not_the_coordinator(stage: Stage) -> None:
    await enrolled(stage, ["Elena Sala"], ["Amelia Clarke"])
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        amelia = next(person for person in await uow.all(select(Person)) if person.name == "Amelia Clarke")
        amelia.manager_id, amelia.manager_known = None, False
        await uow.commit()
    vale = await matched(stage)
    assert await pairs(stage) == []
    await vale.clicks("Vedi chi è senza coppia")
    assert "puoi abbinarle a mano" in vale.said
    await vale.clicks("Torna alla revisione")
    await fixes(vale, "Amelia Clarke", "Elena Sala")
    await vale.clicks("Ricalcola")
    assert await pairs(stage) == [("Amelia Clarke", "Elena Sala")]


async def test_looking_for_one_person(stage: Stage) -> None:
    await enrolled(stage)
    vale = await matched(stage)
    mentor, mentee = (await pairs(stage))[0]
    await vale.clicks("Cerca per persona")
    await vale.fills({"Di chi vuoi vedere l’abbinamento?": mentee})
    await vale.submits()
    assert f"{mentor} guida {mentee}" in vale.said
    assert vale.said.count("guida") == 1


async def test_runs_do_not_overlap_and_an_old_review_approves_nothing(stage: Stage) -> None:
    round_id = await enrolled(stage)
    await matched(stage)
    words = await asyncio.gather(
        *(presses(stage, "Valentina Vitale", "matching.again", str(round_id)) for _ in range(2))
    )
    assert sum("already being worked out" in said for said in words) == 1
    await stage.settle()
    assert len(await rows(stage, MatchRun)) == 2
    assert "Proposed: 3 pairs" in await presses(stage, "Valentina Vitale", "matching.approve", f"{round_id}:1")
    assert [run.approved_at for run in await rows(stage, MatchRun)] == [None, None]


async def test_approving_twice_asks_once(stage: Stage) -> None:
    round_id = await enrolled(stage)
    await matched(stage)
    press = ("Valentina Vitale", "matching.approve", f"{round_id}:1")
    await asyncio.gather(*(presses(stage, *press) for _ in range(2)))
    await stage.move(minutes=1)
    assert len([job for job in await rows(stage, Job) if job.name == "pairing.propose"]) == 1
    assert len([job for job in await rows(stage, Job) if job.name == "pairing.ask_mentee"]) == 3


@pytest.mark.parametrize("state", ["draft", "enrolling", "closing", "closed", "cancelled"])
async def test_a_round_that_moved_on_refuses_kindly(stage: Stage, state: str) -> None:
    round_id = await enrolled(stage)
    await matched(stage)
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        (await uow.all(select(Round)))[0].state = state
        await uow.commit()
    for verb, id in (
        ("matching.again", f"{round_id}"),
        ("matching.approve", f"{round_id}:1"),
        ("matching.review", f"{round_id}"),
        ("matching.exclude", "1:0"),
    ):
        assert "Spring" in await presses(stage, "Valentina Vitale", verb, id)
    assert await pairs(stage, "reviewed") == []


async def test_only_coordinators_may(stage: Stage) -> None:
    round_id = await enrolled(stage)
    await matched(stage)
    said = await presses(stage, "Amelia Clarke", "matching.approve", f"{round_id}:1")
    assert said == speaker("en").messages["form.coordinators_only"].forms[0]
    amelia = stage.hand("Amelia Clarke")
    await amelia.types("/mentoring round review")
    assert "Elena Sala" not in amelia.said
    assert "nothing now" in await presses(stage, "Valentina Vitale", "matching.review", "99999")


async def test_nobody_enrolled_is_said(stage: Stage) -> None:
    await steps.round_that_enrols(stage)
    vale = await matched(stage)
    assert "Nessuna persona può essere abbinata ora" in vale.said


async def test_the_pages_of_a_large_round_and_few_queries(company: Stage) -> None:
    round_id = await steps.round_that_enrols(company)
    await steps.everybody_enrols(company, round_id)
    vale = await matched(company)
    total = len(await pairs(company))
    assert total > 40
    assert f"Coppie da 1 a 5 di {total}" in vale.said
    await vale.clicks("Mostra successive")
    assert f"Coppie da 6 a 10 di {total}" in vale.said
    scores = [one.score for one in await rows(company, Proposal)]
    worst = (await rows(company, MatchRun))[0].summary["worst"]
    assert worst == min(scores)
    engine, dispatcher = company.inverso.database.engine, company.inverso.dispatcher
    for verb, id in (("matching.page", f"{round_id}:5"), ("matching.approve", f"{round_id}:1")):
        event = press(company, "Valentina Vitale", verb, id)
        with counted_queries(engine) as seen:
            await dispatcher.handle(event)
        assert len(seen) <= 6, seen
