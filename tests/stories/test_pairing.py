"""From an approved name to a pair: yes, no, silence, waiting, leaving; and what nobody ever learns."""

import asyncio
from datetime import timedelta
from typing import TypeVar

import pytest
from sqlmodel import select

from bot.flows.pairing.cards import wanted_of
from bot.flows.pairing.ending import end_early, step_aside
from bot.flows.turns import Pressed, Replace, Tell
from bot.handlers.slack import render
from bot.locales import speaker
from storage.database import counted_queries
from storage.tables import (
    AuditEntry,
    Enrolment,
    ExitReason,
    Job,
    Pairing,
    PairRule,
    Person,
    Proposal,
    Round,
    Row,
    Session,
)
from tests.stage import Stage, StageHand
from tests.stories import steps

R = TypeVar("R", bound=Row)
WEEK = ("tue-09", "tue-11", "wed-09", "wed-11", "thu-14", "thu-16")
DIGITAL = {"5.3": 4, "1.2": 3}
SOFT = {"S1": 4, "S4": 3}


async def cast(stage: Stage, mentees: list[str], mentors: list[str], format: str = "blended") -> int:
    """An approved matching of these people, every mentor fit for every mentee; the round's key."""
    round_id = await steps.round_that_enrols(stage, format=format)
    await steps.enrol(stage, round_id, mentors, "mentor", offers=DIGITAL, wants=[["S1", 1]], slots=WEEK)
    await steps.enrol(stage, round_id, mentees, "mentee", offers=SOFT, wants=[["5.3", 1], ["1.2", 0]], slots=WEEK)
    await steps.approve_pairs(stage, round_id)
    return round_id


async def rows(stage: Stage, table: type[R]) -> list[R]:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        return await uow.all(select(table).order_by(table.id))


async def asked_of(stage: Stage) -> tuple[str, str]:
    """The names of mentor and mentee of the newest proposal."""
    people = {person.pk: person.name for person in await rows(stage, Person)}
    sides = {side.pk: people[side.person_id] for side in await rows(stage, Enrolment)}
    newest = (await rows(stage, Proposal))[-1]
    return sides[newest.mentor_enrolment_id], sides[newest.mentee_enrolment_id]


async def presses(stage: Stage, who: StageHand, verb: str, id: str) -> str:
    """The English words that answer a press, whether or not that button is to be seen anywhere."""
    reply = await who.does(Pressed(verb, id))
    assert isinstance(reply, Tell | Replace)
    return render.summary(reply.card, speaker("en"))


async def enrolment_of(stage: Stage, name: str) -> Enrolment:
    person = next(person for person in await rows(stage, Person) if person.name == name)
    return next(side for side in await rows(stage, Enrolment) if side.person_id == person.pk)


@pytest.mark.seed("002-12")
@pytest.mark.promised("Conversations of a pair")
async def test_the_mentee_is_asked_first_then_the_mentor_then_the_two_are_brought_together(stage: Stage) -> None:
    await cast(stage, ["Elena Sala"], ["Amelia Clarke"])
    elena, amelia = stage.hand("Elena Sala"), stage.hand("Amelia Clarke")
    assert "Amelia Clarke, Finance, offre «Usare strumenti nuovi" in elena.said
    assert "vorresti «Usare strumenti nuovi" in elena.said
    assert "lavorate in funzioni e sedi diverse" in elena.said
    assert "Si incontra: di persona, a distanza o in entrambi i modi" in elena.said
    assert amelia.messages() == []

    await elena.clicks("Sì, volentieri")
    assert "Ora sento Amelia Clarke" in elena.said
    assert "Elena Sala, Human resources, would be glad to learn" in amelia.said

    await amelia.clicks("Yes, gladly")
    assert "You are paired!" in amelia.said
    assert "Elena Sala would like" in amelia.said
    assert "Siete in coppia!" in elena.said
    assert "Vedi orari" in elena.said
    assert "Che cosa renderebbe questi mesi ben spesi per te?" in elena.said
    [pairing] = await rows(stage, Pairing)
    [round] = await rows(stage, Round)
    assert (pairing.state, round.state) == ("active", "running")
    assert len(await rows(stage, Session)) == 7

    await stage.move(minutes=2)
    if stage.platform == "teams":  # where a bot opens no conversation of several people
        assert elena.groups == []
        return
    [group] = elena.groups
    words = elena.text_of(elena.messages(group.id)[-1])
    assert "?" not in words
    assert "l’azienda può esportare le chat" in words and "company can export" in words, "each in their language"
    assert [group.id] == [one.id for one in amelia.groups] == [(await rows(stage, Pairing))[0].conversation]
    assert stage.hand("Valentina Vitale").groups == []


async def test_what_is_shown_of_a_name_is_what_was_agreed(stage: Stage) -> None:
    await cast(stage, ["Elena Sala"], ["Amelia Clarke"])
    [proposal] = await rows(stage, Proposal)
    said = stage.hand("Elena Sala").said
    assert "Vorrebbe" in said and "Vedere dove va un progetto, e perché" in said and "inglese" in said
    assert str(round(proposal.score / 100)) not in said
    assert "early" not in said and "image" not in stage.hand("Elena Sala").last.raw


async def test_a_no_of_the_mentee_brings_another_name_and_is_nowhere_to_be_read(stage: Stage) -> None:
    await cast(stage, ["Elena Sala"], ["Amelia Clarke", "Oliver Clarke", "Camilla Bruno"])
    elena, coordinator = stage.hand("Elena Sala"), stage.hand("Valentina Vitale")
    first, _ = await asked_of(stage)
    before = len(coordinator.messages())
    await elena.clicks("Un’altra persona")
    assert "Cerco un altro nome" in elena.said
    assert stage.hand(first).messages() == []

    await elena.clicks("Spiega perché")
    await elena.fills({"Che cosa avrebbe funzionato meglio?": "Altri argomenti"})
    await elena.submits()
    [reason] = await rows(stage, ExitReason)
    assert (reason.about, reason.reason) == ("decline", "topics")

    await stage.move(minutes=5)
    await stage.move(days=1)
    second, _ = await asked_of(stage)
    assert second != first
    assert second in elena.said
    assert [rule.kind for rule in await rows(stage, PairRule)] == ["declined"]
    assert stage.hand(first).messages() == []
    assert len(coordinator.messages()) == before
    assert all(entry.action.startswith(("round", "matching")) for entry in await rows(stage, AuditEntry))
    for words in ("/mentoring ciclo rivedi", "/mentoring ciclo stato"):
        await coordinator.types(words)
        assert "Elena Sala" not in coordinator.said


async def test_a_reason_is_given_once(stage: Stage) -> None:
    await cast(stage, ["Kwame Mensah"], ["Amelia Clarke"])
    kwame = stage.hand("Kwame Mensah")
    await kwame.clicks("Another person")
    await kwame.clicks("Say why")
    await kwame.fills({"What would have fitted better?": "Another moment"})
    await kwame.submits()
    [proposal] = await rows(stage, Proposal)
    assert "already told me" in await presses(stage, kwame, "pairing.why", str(proposal.pk))
    assert len(await rows(stage, ExitReason)) == 1


async def test_a_no_of_the_mentor_reads_as_not_available(stage: Stage) -> None:
    await cast(stage, ["Kwame Mensah"], ["Amelia Clarke", "Camilla Bruno"])
    kwame = stage.hand("Kwame Mensah")
    first, _ = await asked_of(stage)
    await kwame.clicks("Yes, gladly")
    await stage.hand(first).clicks("Not this time" if first == "Amelia Clarke" else "Non questa volta")
    assert f"{first} is not available this time" in kwame.said
    assert "declin" not in kwame.said
    await stage.move(days=2)
    second, _ = await asked_of(stage)
    assert second != first and second in kwame.said


async def test_silence_is_reminded_once_and_then_lets_the_name_go(stage: Stage) -> None:
    await cast(stage, ["Elena Sala"], ["Amelia Clarke", "Camilla Bruno"])
    elena = stage.hand("Elena Sala")
    first, _ = await asked_of(stage)
    assert len(elena.messages()) == 1
    await stage.move(days=2, hours=23)
    assert len(elena.messages()) == 1
    await stage.move(hours=2)
    assert len(elena.messages()) == 2 and "aspetta ancora una tua parola" in elena.said
    await stage.move(days=6)
    expired = (await rows(stage, Proposal))[0]
    assert expired.state == "expired"
    assert await rows(stage, PairRule) == []
    assert (await asked_of(stage))[0] != first
    assert (await enrolment_of(stage, "Elena Sala")).proposals == 1


async def test_let_me_think_keeps_the_name_open(stage: Stage) -> None:
    await cast(stage, ["Elena Sala"], ["Amelia Clarke"])
    elena = stage.hand("Elena Sala")
    await elena.clicks("Ci penso")
    assert "resta valida fino a lunedì 18 gennaio" in elena.said
    await stage.move(days=2)
    await elena.clicks("Sì, volentieri")
    assert (await rows(stage, Proposal))[0].state == "proposed_to_mentor"


@pytest.mark.seed("002-12")
async def test_after_three_names_comes_an_honest_word_and_the_next_round(stage: Stage) -> None:
    mentors = ["Amelia Clarke", "Camilla Bruno", "Beatrice Greco", "Andrea Farina"]
    await cast(stage, ["Elena Sala"], mentors)
    elena = stage.hand("Elena Sala")
    for _ in range(3):
        await elena.clicks("Un’altra persona")
        await stage.move(days=8)
    assert len(await rows(stage, Proposal)) == 3
    assert "preferisco dirtelo piuttosto che proporne uno qualsiasi" in elena.said
    assert (await enrolment_of(stage, "Elena Sala")).state == "waitlisted"
    await elena.types("/mentoring")
    assert "in lista: sto ancora cercando" in elena.said
    await elena.clicks("Scegli il prossimo ciclo")
    assert "Annotato" in " ".join(map(elena.text_of, elena.messages()))
    assert (await enrolment_of(stage, "Elena Sala")).state == "withdrawn"


async def test_several_nos_close_together_are_one_computation(stage: Stage) -> None:
    mentors = ["Amelia Clarke", "Camilla Bruno", "Beatrice Greco", "Andrea Farina", "Luca Sala", "Pietro Bruno"]
    await cast(stage, ["Elena Sala", "Laura Barbieri", "Kwame Mensah"], mentors)
    for name, words in (("Elena Sala", "Un’altra persona"), ("Laura Barbieri", "Un’altra persona")):
        await stage.hand(name).clicks(words)
    await stage.move(minutes=5)
    assert len([job for job in await rows(stage, Job) if job.name == "matching.rematch"]) == 1
    proposals = await rows(stage, Proposal)
    assert len(proposals) == 5
    assert len({one.mentor_enrolment_id for one in proposals if one.state != "declined"}) == 3


async def test_two_presses_at_once_act_once(stage: Stage) -> None:
    await cast(stage, ["Elena Sala"], ["Amelia Clarke"])
    elena, amelia = stage.hand("Elena Sala"), stage.hand("Amelia Clarke")
    await elena.clicks("Sì, volentieri")
    await asyncio.gather(amelia.clicks("Yes, gladly"), amelia.clicks("Yes, gladly"))
    await stage.settle()
    assert len(await rows(stage, Pairing)) == 1
    assert len([job for job in await rows(stage, Job) if job.name == "pairing.announce"]) == 2


async def test_yes_and_no_at_once_are_one_answer(stage: Stage) -> None:
    await cast(stage, ["Elena Sala"], ["Amelia Clarke"])
    elena = stage.hand("Elena Sala")
    await asyncio.gather(elena.clicks("Sì, volentieri"), elena.clicks("Un’altra persona"))
    [proposal] = await rows(stage, Proposal)
    assert proposal.state in ("proposed_to_mentor", "declined")
    assert ((await enrolment_of(stage, "Elena Sala")).proposals == 1) is (proposal.state == "declined")


async def test_a_strangers_and_a_tampered_button_change_nothing(stage: Stage) -> None:
    await cast(stage, ["Elena Sala"], ["Amelia Clarke"])
    elena, amelia = stage.hand("Elena Sala"), stage.hand("Amelia Clarke")
    [proposal] = await rows(stage, Proposal)
    for who, id in ((amelia, str(proposal.pk)), (elena, "99999"), (elena, "drop table"), (elena, "")):
        assert "this button does nothing now" in await presses(stage, who, "pairing.accept", id)
    assert (await rows(stage, Proposal))[0].state == "proposed_to_mentee"


@pytest.mark.parametrize("state", ["cancelled", "closed"])
async def test_a_button_of_an_ended_round_says_so_kindly(stage: Stage, state: str) -> None:
    await cast(stage, ["Kwame Mensah"], ["Amelia Clarke"])
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        (await uow.all(select(Round)))[0].state = state
        await uow.commit()
    kwame = stage.hand("Kwame Mensah")
    await kwame.clicks("Yes, gladly")
    assert "This proposal is closed" in kwame.said
    assert stage.hand("Amelia Clarke").messages() == []


async def test_a_partner_who_leaves_the_round_is_not_available(stage: Stage) -> None:
    await cast(stage, ["Kwame Mensah"], ["Amelia Clarke", "Camilla Bruno"])
    kwame = stage.hand("Kwame Mensah")
    first, _ = await asked_of(stage)
    leaving = await enrolment_of(stage, first)
    async with stage.inverso.database.uow(stage.clock.now(), leaving.organisation_id) as uow:
        (await uow.need(Enrolment, leaving.pk)).state = "withdrawn"
        await step_aside(uow, leaving.pk)
        await uow.commit()
    await stage.settle()
    assert f"{first} is not available this time" in kwame.said
    await stage.move(days=2)
    assert (await asked_of(stage))[0] != first
    assert (await enrolment_of(stage, "Kwame Mensah")).proposals == 0


async def leave(stage: Stage, name: str, reason: str | None = None) -> None:
    person = next(person for person in await rows(stage, Person) if person.name == name)
    async with stage.inverso.database.uow(stage.clock.now(), person.organisation_id) as uow:
        end_early(uow, (await uow.all(uow.of(Pairing)))[-1], person.pk, reason)
        await uow.commit()
    await stage.settle()


async def test_a_pair_that_ends_leaves_no_fault_and_a_choice(stage: Stage) -> None:
    round_id = await cast(stage, ["Kwame Mensah"], ["Amelia Clarke", "Camilla Bruno"])
    await steps.accept_everything(stage, round_id)
    first, _ = await asked_of(stage)
    kwame = stage.hand("Kwame Mensah")
    await leave(stage, first, "time")
    assert f"Your pairing with {first} ends here" in kwame.said
    assert "it says nothing about you" in kwame.said
    [pairing] = await rows(stage, Pairing)
    assert pairing.state == "ended_early"
    assert {session.state for session in await rows(stage, Session)} == {"cancelled"}
    assert not [job for job in await rows(stage, Job) if job.name.startswith("session.") and job.state == "open"]
    [reason] = await rows(stage, ExitReason)
    assert (reason.about, reason.reason) == ("exit", "time")

    await kwame.clicks("Look for a new pairing")
    assert "with priority" in kwame.said
    await stage.move(days=2)
    assert (await asked_of(stage))[0] != first
    assert (await enrolment_of(stage, first)).state == "withdrawn"


async def test_stopping_is_leaving_the_round(stage: Stage) -> None:
    round_id = await cast(stage, ["Kwame Mensah"], ["Amelia Clarke"])
    await steps.accept_everything(stage, round_id)
    await leave(stage, "Kwame Mensah")
    amelia = stage.hand("Amelia Clarke")
    await amelia.clicks("Stop here")
    assert "You are welcome in the next round" in amelia.said
    assert (await enrolment_of(stage, "Amelia Clarke")).state == "withdrawn"


async def test_a_second_new_pairing_goes_through_people(stage: Stage) -> None:
    round_id = await cast(stage, ["Kwame Mensah"], ["Amelia Clarke", "Camilla Bruno", "Beatrice Greco"])
    kwame = stage.hand("Kwame Mensah")
    await steps.accept_everything(stage, round_id)
    await leave(stage, (await asked_of(stage))[0])
    await kwame.clicks("Look for a new pairing")
    await stage.move(minutes=5)
    await steps.accept_everything(stage, round_id)
    second, _ = await asked_of(stage)
    await leave(stage, second)
    assert f"Your pairing with {second} ends here" in kwame.said
    assert "write to Valentina Vitale (valentina.vitale@" in kwame.said
    pairing = (await rows(stage, Pairing))[-1]
    assert "please write to the programme’s coordinator" in await presses(
        stage, kwame, "pairing.again", str(pairing.pk)
    )


async def test_no_new_pairing_begins_in_the_last_weeks(stage: Stage) -> None:
    round_id = await cast(stage, ["Kwame Mensah"], ["Amelia Clarke", "Camilla Bruno"])
    await steps.accept_everything(stage, round_id)
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        (await uow.all(select(Round)))[0].ends_at = stage.clock.now() + timedelta(weeks=7)
        await uow.commit()
    await leave(stage, (await asked_of(stage))[0])
    assert "Look for a new pairing" not in stage.hand("Kwame Mensah").said


@pytest.mark.slack_alone
async def test_the_proposal_is_on_the_present_card_and_the_pair_after_it(stage: Stage) -> None:
    round_id = await cast(stage, ["Kwame Mensah"], ["Amelia Clarke"])
    kwame = stage.hand("Kwame Mensah")
    await kwame.types("/mentoring")
    assert "I may have found the right person: Amelia Clarke" in kwame.said
    await kwame.clicks("Yes, gladly")
    await steps.accept_everything(stage, round_id)
    assert "You are paired with Amelia Clarke, Finance" in await kwame.opens_home()


@pytest.mark.slack_alone
async def test_the_present_card_says_where_one_stands_until_there_is_a_pair(stage: Stage) -> None:
    round_id = await cast(stage, ["Kwame Mensah"], ["Amelia Clarke", "Camilla Bruno"])
    kwame = stage.hand("Kwame Mensah")
    name, _ = await asked_of(stage)
    asked = stage.hand(name)
    await asked.types("/mentoring")
    assert "Where you stand: enrolled: the right people are being found" in asked.said
    await kwame.clicks("Yes, gladly")
    await kwame.types("/mentoring")
    assert f"Now I will ask {name}" in kwame.said and "Yes, gladly" not in kwame.last.raw
    await steps.accept_everything(stage, round_id)
    await leave(stage, name)
    await kwame.types("/mentoring")
    assert f"Your meetings with {name} have ended" in kwame.said
    await kwame.clicks("Look for a new pairing")
    assert "with priority" in kwame.said


async def test_answers_take_few_queries(stage: Stage) -> None:
    await cast(stage, ["Elena Sala", "Laura Barbieri"], ["Amelia Clarke", "Camilla Bruno"])
    engine = stage.inverso.database.engine

    async def few(name: str, words: str) -> None:
        with counted_queries(engine) as seen:
            await stage.hand(name).alone.clicks(words)
        await stage.settle()
        assert len(seen) <= 6, seen

    await few("Elena Sala", "Ci penso")
    await few("Elena Sala", "Sì, volentieri")
    await few("Laura Barbieri", "Un’altra persona")
    mentor = next(name for name in ("Amelia Clarke", "Camilla Bruno") if stage.hand(name).messages())
    await few(mentor, "Yes, gladly" if mentor == "Amelia Clarke" else "Sì, volentieri")


def test_who_is_asked_reads_of_the_wishes_those_that_they_can_fulfil() -> None:
    wishes = Enrolment(wants=[["2.1", 2], ["1.1", 1]])
    assert wanted_of(Enrolment(offers={"1.1": 3, "5.1": 4}), wishes) == ["1.1"]
    assert wanted_of(Enrolment(offers={}), wishes) == ["2.1", "1.1"]
