"""What a pair's sessions remember: the ledger, tracks and the next topic; and questions to all mentors of a round."""

import re
from datetime import timedelta

import pytest

from bot import content
from storage.tables import ActionItem, Enrolment, OpenQuestion, Pairing, Question, Session
from tests.stage import Stage, StageHand
from tests.stories import steps
from tests.stories.steps import a_pair
from tests.stories.test_groups import together
from tests.stories.test_session import MENTEE, MENTOR, SECRET, after_the_kickoff, everything_said, rows

AMELIA = "Amelia Clarke"
TRY = "A stand-up without slides"
TAUGHT, LEARNED = "Pivot tables by heart", "Why the merger failed"


async def answers(hand: StageHand, **lines: str) -> None:
    """Held, the three taps, and lines by the words of their labels, in Italian."""
    await hand.clicks("Rispondi")
    await hand.fills({"C’è stato l’incontro": "Sì, l’incontro c’è stato"})
    await hand.submits()
    await hand.fills({"Quanto ti è stato utile": "Molto utile", "C’è stato tempo": "Sì", "È stato utile a": "Sì"})
    await hand.fills({f"Una cosa che ho {kind}": text for kind, text in lines.items()})
    await hand.submits()


async def test_what_went_each_way_is_kept_for_the_two_alone(stage: Stage) -> None:
    giulia, luca = await after_the_kickoff(stage)
    await answers(luca, insegnato=TAUGHT, imparato=LEARNED)
    assert "La prossima volta: «" in luca.said
    await answers(giulia, imparato="Come si parte da una tabella")
    await giulia.types("/mentoring scambio")
    assert f"Luca Sala ha insegnato: {TAUGHT}" in giulia.view_text
    assert "Hai imparato: Come si parte da una tabella" in giulia.view_text
    await giulia.submits()
    await luca.types("/mentoring scambio")
    assert f"Hai imparato: {LEARNED}" in luca.view_text and "Avvio: il nostro patto" in luca.view_text
    await luca.submits()
    assert not luca.sees_modal
    assert {item.state for item in await rows(stage, ActionItem)} == {"kept"}
    said = await everything_said(stage)
    assert TAUGHT not in said and LEARNED not in said
    stranger = stage.hand("Andrea Farina")
    await stranger.types("/mentoring scambio")
    assert "Ora non c’è nessuno con cui incontrarti" in stranger.told


@pytest.mark.seed("001-11")
@pytest.mark.seed("003-7")
async def test_an_experiment_has_a_partner_and_a_day_and_what_it_taught_joins_the_exchange(stage: Stage) -> None:
    giulia, luca = await after_the_kickoff(stage)
    await luca.clicks("Rispondi")
    await luca.fills({"C’è stato l’incontro": "Sì, l’incontro c’è stato"})
    await luca.submits()
    await luca.fills({"Quanto ti è stato utile": "Molto utile", "C’è stato tempo": "Sì", "È stato utile a": "Sì"})
    await luca.fills({"Una cosa da provare": TRY, "Che tipo di prova": "Un esperimento"})
    await luca.submits()
    assert TRY in luca.view_text
    await luca.fills({"Con chi?": "Chiara", "Entro quando?": f"{stage.clock.now() - timedelta(days=2):%Y-%m-%d}"})
    await luca.submits()
    assert "Quel giorno è già passato" in luca.errors["Entro quando?"]
    await luca.fills({"Entro quando?": "2027-02-01"})
    await luca.submits()
    assert "Ciò che vuoi provare" in luca.said
    await luca.closes()
    await giulia.types("/mentoring azione")
    assert f"Esperimento: {TRY} (con Chiara ed entro lunedì 1 febbraio)" in giulia.view_text
    assert "insegnato" not in giulia.view_text, "the other’s experiment is not hers to judge"
    await giulia.closes()
    await luca.types("/mentoring azione")
    await luca.fills({TRY: "Fatto", "Che cosa ti ha insegnato?": LEARNED})
    await luca.submits()
    await giulia.types("/mentoring scambio")
    assert f"Luca Sala ha imparato: {LEARNED}" in giulia.view_text and TRY not in giulia.view_text
    found = {(item.kind, item.state) for item in await rows(stage, ActionItem)}
    assert found == {("experiment", "done"), ("learned", "kept")}
    said = await everything_said(stage)
    assert TRY not in said and LEARNED not in said and "Chiara" not in said


@pytest.mark.seed("001-9")
async def test_a_ready_track_from_here_on(stage: Stage) -> None:
    giulia, luca = await after_the_kickoff(stage)
    await answers(giulia)
    await giulia.types("/mentoring fissa")
    await giulia.clicks("Fissa")
    await luca.types("/mentoring incontro")
    await luca.clicks("Cambia argomento")
    await luca.fills({"Di che cosa vorreste parlare?": "Primi passi con l’AI"})
    await luca.submits()
    assert luca.sees(content.topics()["D22"].title.texts["it"])
    sessions = await rows(stage, Session)
    assert [one.topic for one in sessions] == ["K1", "D22", "D23", "M1", "R01", "D13", "C1"]
    assert [one.lead for one in sessions[1:3]] == ["mentor", "mentor"] and sessions[4].lead == "mentee"


async def more_in_pairs(stage: Stage, mentors: tuple[str, ...], mentees: tuple[str, ...]) -> None:
    """These people of the round have partners too."""
    for role, names in (("mentor", mentors), ("mentee", mentees)):
        await steps.enrol(stage, 1, names, role=role)
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        for row in await uow.all(uow.of(Enrolment)):
            row.state = "paired"
        await uow.commit()


async def asks_the_mentors(stage: Stage, text: str) -> StageHand:
    await a_pair(stage, MENTOR, MENTEE)
    mentees = [hand.person.name for hand in stage.hands if hand.person.name not in (MENTOR, MENTEE, AMELIA)][:4]
    await more_in_pairs(stage, (AMELIA,), tuple(mentees))
    giulia = stage.hand(MENTEE)
    await giulia.types("/mentoring domanda")
    await giulia.fills({"Che cosa vorresti chiedere?": text, "Dove la porto?": "A chi fa da mentor"})
    await giulia.submits()
    assert "senza il tuo nome" in giulia.told
    await giulia.closes()
    return giulia


async def test_an_unsigned_question_goes_to_all_mentors_and_the_first_good_answer_comes_back(stage: Stage) -> None:
    giulia = await asks_the_mentors(stage, SECRET)
    luca, amelia = stage.hand(MENTOR), stage.hand(AMELIA)
    for hand in (luca, amelia):
        assert SECRET not in hand.said and "Giulia" not in hand.said
    await amelia.clicks("Read the question")
    assert SECRET in amelia.view_text and "Giulia" not in amelia.view_text
    await amelia.fills({"What would you answer?": "It depends"})
    await amelia.submits()
    await luca.clicks("Leggi la domanda")
    assert "ha già risposto un’altra persona" in luca.told
    await luca.closes()
    await giulia.clicks("Leggi la risposta")
    assert "It depends" in giulia.view_text and "Amelia" not in giulia.view_text
    await giulia.fills({"Ti serve?": "Non ancora"})
    await giulia.submits()
    await luca.clicks("Leggi la domanda")
    await luca.fills({"Che cosa risponderesti?": TAUGHT})
    await luca.submits()
    await giulia.clicks("Leggi la risposta")
    await giulia.fills({"Ti serve?": "Sì, grazie"})
    await giulia.submits()
    await stage.move(minutes=1)
    assert luca.sees("La tua risposta è servita")
    assert [one.state for one in await rows(stage, OpenQuestion)] == ["closed"]
    said = await everything_said(stage)
    assert SECRET not in said and TAUGHT not in said


async def test_a_question_of_few_is_for_the_partner_alone(stage: Stage) -> None:
    """Where one could guess who asks, or asks as a mentor, there is nobody else to ask."""
    await a_pair(stage, MENTOR, MENTEE)
    for name in (MENTEE, MENTOR):
        hand = stage.hand(name)
        await hand.types("/mentoring domanda")
        assert [field.label for field in hand.fields] == ["Che cosa vorresti chiedere?"]
        await hand.closes()


async def test_all_that_a_group_wrote_can_be_read_page_by_page(stage: Stage) -> None:
    hand = (await together(stage))[0]
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        pairings = await uow.all(uow.of(Pairing))
        sides = [(one.pk, one.mentee_id) for one in pairings] + [(pairings[0].pk, pairings[0].mentor_id)]
        places = [(session.pk, *side) for session in await uow.all(uow.of(Session)) for side in sides]
        for number, (session, pairing, person) in enumerate(places):
            both = {"pairing_id": pairing, "session_id": session, "person_id": person, "created_at": uow.now}
            for kind, filling in (("taught", "😀"), ("learned", "*")):
                sealed = uow.box.seal(f"{kind} {number}. ".ljust(300, filling))
                uow.add(ActionItem(**both, kind=kind, state="kept", sealed_text=sealed))
        await uow.commit()
    await hand.forges("session.ledger", "1")
    pages = [hand.view_text]
    assert "Later lines" not in pages[0]
    while "Earlier lines" in pages[-1]:
        await hand.clicks("Earlier lines")
        pages.append(hand.view_text)
    found = [re.findall(r"(taught|learned) (\d+)\.", page) for page in reversed(pages)]
    wanted = [(kind, str(number)) for number in range(len(places)) for kind in ("taught", "learned")]
    assert len(pages) > 2 and sorted(line for page in found for line in page) == sorted(wanted)
    assert int(found[0][0][1]) < int(found[-1][-1][1])
    await hand.clicks("Later lines")
    assert hand.view_text == pages[-2]
    await hand.submits()
    assert not hand.sees_modal


async def test_all_that_a_group_promised_and_asked_can_be_read_page_by_page(stage: Stage) -> None:
    hand = (await together(stage))[0]
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        pairings = await uow.all(uow.of(Pairing))
        for pairing in pairings:
            both = {"pairing_id": pairing.pk, "person_id": pairing.mentee_id, "created_at": uow.now}
            for number in range(7):
                sealed = uow.box.seal(f"promise {pairing.pk}-{number}. ".ljust(300, "😀"))
                uow.add(ActionItem(**both, session_id=1, kind="action", state="open", sealed_text=sealed))
            for number in range(3):
                sealed = uow.box.seal(f"question {pairing.pk}-{number}. ".ljust(1000, "*"))
                uow.add(Question(**both, session_id=1, sealed_text=sealed))
        await uow.commit()
    await hand.forges("session.notes", "1")
    assert len(hand.fields) == 7, "one’s own promises stand on the first page"
    pages = [hand.view_text]
    while "Later lines" in pages[-1]:
        await hand.clicks("Later lines")
        pages.append(hand.view_text)
        assert not hand.fields
    found = [line for page in pages for line in re.findall(r"(?:promise|question) \d-\d", page)]
    assert len(found) == len(set(found)) == len(pairings) * 10
    await hand.clicks("Earlier lines")
    assert hand.view_text == pages[-2]
