"""What else a coordinator decides: two mentors swap, a department goes first, weights; and what others may read."""

import pytest

from bot.domain.matching import WEIGHTS
from bot.flows.matching import forecast, telling
from bot.locales import speaker
from bot.ui.cards import Paragraph
from storage.tables import AuditEntry, MatchRun, PairRule, Proposal, Round
from tests.stage import Stage, StageHand
from tests.stories import steps
from tests.stories.test_matching import enrolled, matched, pairs
from tests.stories.test_pairing import DIGITAL, SOFT, WEEK, enrolment_of, rows


async def swaps(vale: StageHand, one: str, other: str) -> None:
    await vale.clicks("Scambia due mentor")
    await vale.fills({"La prima persona": one, "La seconda persona": other})
    await vale.submits()


async def test_two_mentors_swap_and_runs_keep_it(stage: Stage) -> None:
    await enrolled(stage, ["Elena Sala", "Laura Barbieri"], ["Amelia Clarke", "Camilla Bruno"])
    vale = await matched(stage)
    (mentor, mentee), (other_mentor, other_mentee) = await pairs(stage)
    await swaps(vale, mentee, other_mentor)
    assert f"{mentor} guida {other_mentee}" in vale.said and f"{other_mentor} guida {mentee}" in vale.said
    assert {rule.kind for rule in await rows(stage, PairRule)} == {"fixed"}
    await vale.clicks("Torna alla revisione")
    await vale.clicks("Ricalcola")
    assert set(await pairs(stage)) == {(mentor, other_mentee), (other_mentor, mentee)}
    assert "matching.swapped" in [entry.action for entry in await rows(stage, AuditEntry)]


async def test_a_swap_keeps_the_rules(stage: Stage) -> None:
    await enrolled(stage, ["Elena Sala", "Andrea Mancini"], ["Amelia Clarke", "Camilla Bruno", "Beatrice Greco"])
    vale = await matched(stage)
    before = await pairs(stage)
    await swaps(vale, "Elena Sala", "Elena Sala")
    assert vale.errors == {"La seconda persona": "Scegli due persone diverse."}
    alone = ({"Amelia Clarke", "Camilla Bruno", "Beatrice Greco"} - {mentor for mentor, _ in before}).pop()
    await vale.fills({"La prima persona": alone, "La seconda persona": "Elena Sala"})
    await vale.submits()
    assert "non è abbinata" in vale.errors["La prima persona"]
    await vale.fills({"La prima persona": before[0][0], "La seconda persona": before[0][1]})
    await vale.submits()
    assert "Sono abbinate fra loro" in vale.errors["La seconda persona"]
    assert await pairs(stage) == before


async def test_a_swap_that_breaks_a_rule_names_the_pair_that_would_break_it(stage: Stage) -> None:
    await enrolled(stage, ["Elena Sala", "Giulia Bruno"], ["Alessandro Pellegrini", "Amelia Clarke"])
    vale = await matched(stage)
    before = await pairs(stage)
    assert sorted(before) == [("Alessandro Pellegrini", "Giulia Bruno"), ("Amelia Clarke", "Elena Sala")]
    await swaps(vale, "Giulia Bruno", "Amelia Clarke")
    refused = "Alessandro Pellegrini guiderebbe Elena Sala, ma non è possibile. Le due persone hanno la stessa persona"
    assert refused in vale.errors["La seconda persona"]
    assert await pairs(stage) == before


async def test_a_department_goes_first_and_the_rest_waits(stage: Stage) -> None:
    await enrolled(stage, ["Elena Sala", "Giulia Bruno"], ["Amelia Clarke", "Camilla Bruno", "Beatrice Greco"])
    vale = await matched(stage)
    await vale.clicks("Approva per funzione")
    await vale.fills({"Funzioni": ["Finance"]})
    await vale.submits()
    assert "Sto chiedendo a una persona di Finance" in vale.said and "Gli altri abbinamenti aspettano te" in vale.said
    await stage.move(minutes=1)
    assert [mentee for _, mentee in await pairs(stage, "proposed_to_mentee")] == ["Giulia Bruno"]
    assert [mentee for _, mentee in await pairs(stage)] == ["Elena Sala"]
    await vale.types("/mentoring ciclo rivedi")
    await vale.clicks("Approva tutte")
    await stage.move(minutes=1)
    assert await pairs(stage) == [] and len(await pairs(stage, "proposed_to_mentee")) == 2
    assert (await rows(stage, MatchRun))[0].departments == ["Finance"]


@pytest.mark.seed("003-18")
async def test_weights_are_changed_by_a_form_and_read_by_everybody(stage: Stage) -> None:
    await enrolled(stage, ["Elena Sala"], ["Amelia Clarke"])
    vale, amelia = stage.hand("Valentina Vitale"), stage.hand("Amelia Clarke")
    await amelia.types("/mentoring matching")
    assert "40: what the mentee wants" in amelia.said and "same manager" in amelia.said
    await vale.types("/mentoring ciclo pesi")
    await vale.fills({"Ciò che cerca chi fa da mentee": "60"})
    await vale.submits()
    assert "fanno 120 in tutto" in vale.errors["Ciò che cerca chi fa da mentee"]
    await vale.fills({"Ciò che cerca chi fa da mentor": "0"})
    await vale.submits()
    assert (await rows(stage, Round))[0].weights == {**WEIGHTS, "mentee_wants": 60, "mentor_wants": 0}
    await amelia.types("/mentoring matching")
    assert "60: what the mentee wants" in amelia.said and "what the mentor wants" not in amelia.said
    await matched(stage)
    [proposal] = await rows(stage, Proposal)
    assert proposal.score > 6000


async def test_a_preview_counts_and_says_which_topics_lack_mentors(stage: Stage) -> None:
    round_id = await enrolled(stage, ["Elena Sala"], ["Amelia Clarke"])
    await steps.enrol(stage, round_id, ["Laura Barbieri"], "mentee", offers=SOFT, wants=[["2.1", 1]], slots=WEEK)
    vale = stage.hand("Valentina Vitale")
    await vale.types("/mentoring ciclo anteprima")
    assert "Mentor in coppia: 1 su uno" in vale.said and "Mentee in coppia: 1 su 2" in vale.said
    assert "Dove mancano mentor" in vale.said and "richieste 1, posti 0" in vale.said
    assert "Una persona mentee resterebbe senza coppia: mancano mentor" in vale.said and "Sposta" in vale.said
    assert await rows(stage, MatchRun) == []
    assert (await rows(stage, Round))[0].state == "enrolling"


async def test_who_waits_reads_why_kindly_and_without_names(stage: Stage) -> None:
    round_id = await enrolled(stage, ["Elena Sala"], ["Amelia Clarke"])
    await steps.enrol(stage, round_id, ["Laura Barbieri"], "mentee", offers=SOFT, wants=[["2.1", 1]], slots=WEEK)
    vale = await matched(stage)
    await vale.clicks("Approva tutte")
    await stage.move(minutes=1)
    laura = stage.hand("Laura Barbieri")
    await laura.clicks("Scopri perché")
    assert "non ha ancora trovato riscontro" in laura.said and "Amelia" not in laura.said
    assert "Non dice nulla su di te" in laura.said
    side = await enrolment_of(stage, "Laura Barbieri")
    await stage.hand("Elena Sala").forges("matching.why_waiting", str(side.pk))
    assert "riscontro" not in stage.hand("Elena Sala").said


async def test_the_distribution_is_a_picture_and_the_same_in_words(stage: Stage) -> None:
    await enrolled(stage)
    vale = await matched(stage)
    await vale.clicks("Vedi la distribuzione")
    address, alternative = vale.picture
    assert "Abbinamenti per punti su 100" in alternative and alternative in vale.said
    path = address.removeprefix("http://127.0.0.1:3000")
    async with stage.inverso.http.get(stage.workspace.bot_url + path) as answer:
        assert answer.status == 200 and (await answer.read()).startswith(b"\x89PNG")


async def test_the_sheet_comes_as_a_file_beside_the_review(stage: Stage) -> None:
    await enrolled(stage)
    vale = await matched(stage)
    await vale.clicks("Scarica il foglio")
    assert any("Approva tutte" in vale.text_of(message) for message in vale.messages())
    sheet = (await vale.receives_files())["Spring.csv"]
    assert all(f";{mentor};" in sheet and f";{mentee};" in sheet for mentor, mentee in await pairs(stage))


async def test_somebody_without_a_pair_is_found_by_search_with_the_reason(stage: Stage) -> None:
    round_id = await enrolled(stage, ["Elena Sala"], ["Amelia Clarke"])
    await steps.enrol(stage, round_id, ["Laura Barbieri"], "mentee", offers=DIGITAL, wants=[["2.1", 1]], slots=WEEK)
    vale = await matched(stage)
    await vale.clicks("Cerca per persona")
    await vale.fills({"Di chi vuoi vedere l’abbinamento?": "Laura Barbieri"})
    await vale.submits()
    assert "non c’è nessun abbinamento" in vale.said and "nulla di ciò che si cerca viene offerto" in vale.said


async def test_one_broken_profile_and_odd_ones_leave_the_others_their_pairs(stage: Stage) -> None:
    round_id = await enrolled(stage, ["Elena Sala"], ["Amelia Clarke"])
    odd: list[tuple[str, str, dict[str, object]]] = [
        ("Laura Barbieri", "mentee", {"offers": SOFT, "wants": [["5.3", 9]], "slots": WEEK}),
        ("Kwame Mensah", "mentee", {"offers": {}, "wants": [], "slots": WEEK}),
        ("Camilla Bruno", "mentor", {"offers": DIGITAL, "wants": [["S1", 1]], "slots": ()}),
        ("Beatrice Greco", "mentor", {"offers": {}, "wants": [["S1", 1]], "slots": WEEK}),
    ]
    for name, role, profile in odd:
        await steps.enrol(stage, round_id, [name], role, **profile)  # type: ignore[arg-type]  # answers of any shape
    vale = await matched(stage)
    assert await pairs(stage) == [("Amelia Clarke", "Elena Sala")]
    await vale.clicks("Vedi chi è senza coppia")
    assert "Laura Barbieri (mentee): le risposte non si leggono" in vale.said
    assert "Kwame Mensah (mentee): nulla di ciò che si cerca viene offerto" in vale.said
    assert "Camilla Bruno (mentor)" in vale.said and "Beatrice Greco (mentor)" in vale.said


def test_mentors_for_whom_there_is_no_mentee_are_told_apart_from_those_whom_answers_keep_apart() -> None:
    found = {"mentors": 50, "mentees": 20, "mentors_matched": 17, "mentees_matched": 17}
    told = forecast.told(Round(id=1, name="Spring", coordinator_id=1), found)
    words = "\n".join(speaker("it")(block.text) for block in told.blocks if isinstance(block, Paragraph))
    assert "30 mentor resterebbero senza coppia: mancano mentee" in words
    assert "(3 come mentor, 3 come mentee)" in words


def test_of_many_who_found_nobody_else_a_few_are_named() -> None:
    told = telling.found(Round(id=1, name="Spring"), MatchRun(summary={}), ("Elena Sala", "Laura Barbieri"), 3)
    said = [speaker("it")(block.text) for block in told.blocks if isinstance(block, Paragraph)]
    assert "Senza un altro nome, dopo le tue esclusioni: Elena Sala, Laura Barbieri e altre 3 persone." in said
