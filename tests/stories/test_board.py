"""What the coordinator sees of the rounds, week by week, and does about one pair."""

import json
from dataclasses import asdict

import pytest

from bot.domain.programme import STANDARD
from bot.flows.board import cards
from bot.flows.programme.rounds import promise_digest
from bot.handlers.slack.render import message
from bot.locales import speaker
from storage.boards import Hand, Standing
from storage.rounds import Counts
from storage.tables import Job, Nudge, Pairing, Round, Session
from tests.drawn import on_teams
from tests.stage import TUESDAY, Stage, StageHand
from tests.stories.steps import a_pair, open_round
from tests.stories.test_session import MENTEE, MENTOR, rows

COORDINATOR = "Valentina Vitale"


@pytest.mark.seed("001-10")
async def test_the_board_names_who_could_use_a_hand_and_what_comes(stage: Stage) -> None:
    pairing = await a_pair(stage, MENTOR, MENTEE)
    await _needs_a_hand(stage, pairing)
    valentina = stage.hand(COORDINATOR)
    await valentina.types("/mentoring ciclo stato")
    assert "Può servire una mano" in valentina.said and f"{MENTOR} con {MENTEE}" in valentina.said
    assert "Coppie senza una prossima data" in valentina.said and "meno di cinque" in valentina.said
    await valentina.clicks("Vedi")
    await valentina.clicks("È sistemato")
    assert "Seguo tutto come prima" in valentina.said
    anew = [job for job in await rows(stage, Job) if job.state == "open" and ":told:" in job.key]
    assert anew != []
    await valentina.types("/mentoring ciclo stato")
    assert "Può servire una mano" not in valentina.said


async def test_held_meetings_are_counted_at_the_end_when_many_pairs_met(stage: Stage) -> None:
    pairing, valentina = await a_pair(stage, MENTOR, MENTEE), stage.hand(COORDINATOR)
    await _held(stage, pairing, pairs=4)
    await _closed(stage)
    await valentina.types("/mentoring ciclo stato")
    assert "Incontri svolti" not in valentina.said
    await _held(stage, pairing, pairs=1)
    await valentina.types("/mentoring ciclo stato")
    assert "10" in _fact(valentina, "Incontri svolti")


async def test_a_round_that_runs_says_nothing_of_held_meetings(stage: Stage) -> None:
    """Two looks at a growing total would say who has met between them."""
    await _held(stage, await a_pair(stage, MENTOR, MENTEE), pairs=6)
    valentina = stage.hand(COORDINATOR)
    await valentina.types("/mentoring ciclo stato")
    assert "Coppie" in valentina.said and "Incontri svolti" not in valentina.said


async def test_a_pair_is_ended_by_hand_and_both_read_it_neutrally(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    valentina, mentor, mentee = (stage.hand(name) for name in (COORDINATOR, MENTOR, MENTEE))
    await mentor.types("/mentoring ciclo coppia")
    assert not mentor.sees_modal
    await valentina.types("/mentoring ciclo coppia")
    await valentina.fills({"Di quale persona?": MENTEE})
    await valentina.submits()
    assert f"{MENTOR} si incontra con {MENTEE}" in _read(valentina)
    await valentina.clicks("Chiudi la coppia")
    assert "si è chiuso tutto" in _read(valentina)
    await valentina.closes(everything=True)
    await stage.move(minutes=5)
    (pair,) = await rows(stage, Pairing)
    assert pair.state == "ended_early"
    assert mentor.sees(MENTEE) and mentee.sees(MENTOR)
    for hand in (mentor, mentee):
        assert not hand.sees(COORDINATOR)
    await valentina.types("/mentoring ciclo coppia")
    await valentina.fills({"Di quale persona?": MENTEE})
    await valentina.submits()
    assert "non si incontra con nessuno" in _read(valentina)


async def test_once_a_week_one_word_on_all_rounds(stage: Stage) -> None:
    await open_round(stage, weeks=4)
    await open_round(stage, name="Autumn", weeks=4)
    await stage.move(days=15)
    told = [nudge for nudge in await rows(stage, Nudge) if nudge.kind == "digest"]
    assert len(told) == 2
    valentina = stage.hand(COORDINATOR)
    assert valentina.sees("Come vanno i tuoi 2 cicli questa settimana")
    assert valentina.sees("Spring") and valentina.sees("Autumn")
    assert valentina.sees("Fine delle adesioni")


async def test_each_round_of_the_word_of_the_week_has_its_own_button(stage: Stage) -> None:
    await open_round(stage, weeks=4)
    await open_round(stage, name="Autumn", weeks=4)
    await stage.move(days=8)
    valentina = stage.hand(COORDINATOR)
    word = valentina.last
    assert "Come vanno i tuoi 2 cicli questa settimana" in valentina.text_of(word)
    for number, (there, other) in enumerate((("Autumn", "Spring"), ("Spring", "Autumn"))):
        (still,) = [message for message in valentina.messages() if message.ts == word.ts]
        see = [button for button in valentina.platform.buttons(still) if button.words == "Vedi a che punto è"]
        await valentina.presses(still, see[number])
        assert there in valentina.said and other not in valentina.said


def test_the_word_of_the_week_about_many_rounds_can_be_sent_and_says_where_the_others_are() -> None:
    hands = [Hand(number, "Alessandra Bevilacqua", ("Massimiliano Castellani",) * 8) for number in range(7)]
    standing = Standing(mentees=6, mentors=6, waiting=6, undated=6, hands=hands)
    counts = Counts(invited=900, enrolled=90, mentors=45, mentees=45, prepared=80, formed=40, unreached=7)
    common = {"state": "running", "coordinator_id": 1, "rules": asdict(STANDARD), "created_at": TUESDAY}
    rounds = [Round(id=number, name=f"Round {number}", **common) for number in range(1, 7)]
    card = cards.digest([(round, counts, standing) for round in rounds], "Europe/Rome")
    on_teams(card)
    said = json.dumps(message(card, speaker("it")), ensure_ascii=False)
    assert "Come vanno i tuoi 6 cicli" in said and "E altri 3 cicli" in said and "Round 4" not in said


async def test_the_word_of_the_week_has_a_button_of_its_own_for_each_pair_that_needs_a_hand(stage: Stage) -> None:
    await _needs_a_hand(stage, await a_pair(stage, MENTOR, MENTEE))
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        promise_digest(uow, (await uow.need(Round, 1)).coordinator_id, uow.now)
        await uow.commit()
    await stage.move(days=8)
    valentina = stage.hand(COORDINATOR)
    assert "Come va" in valentina.said
    assert valentina.said.count("Vedi a che punto è") == 1
    await valentina.clicks("Vedi che cosa puoi fare")
    assert f"{MENTOR}" in valentina.said and "Chiudi la coppia" in valentina.said


def _read(hand: StageHand) -> str:
    """What a form that was begun by a command ends with: some platforms show it in the form's place."""
    return hand.view_text if hand.sees_modal else hand.said


async def _needs_a_hand(stage: Stage, pairing: int) -> None:
    """The coordinator has been told."""
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        uow.organisation_id = 1
        pair = await uow.need(Pairing, pairing)
        pair.help = "told"
        await uow.commit()


def _fact(hand: StageHand, label: str) -> str:
    """The line of that fact."""
    return next(line for line in hand.said.splitlines() if label in line)


async def _closed(stage: Stage) -> None:
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        (await uow.need(Round, 1)).state = "closed"
        await uow.commit()


async def _held(stage: Stage, pairing: int, pairs: int) -> None:
    """So many more pairs, each of which has met twice."""
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        uow.organisation_id = 1
        known = await uow.need(Pairing, pairing)
        for _ in range(pairs):
            pair = uow.add(Pairing(**known.model_dump(exclude={"id"})))
            await uow.flush()
            for number in (1, 2):
                uow.add(Session(pairing_id=pair.pk, number=number, state="held", held_at=uow.now))
        await uow.commit()
