"""A round of groups from its names to its end: one mentor, several mentees, one date for all, and who leaves."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from bot.domain.programme import check_rules
from bot.flows.engine import Place
from bot.flows.programme.answers import rules_from
from bot.flows.programme.conversation import ROUND
from bot.flows.turns import Pressed
from bot.ui.words import T
from storage.tables import Enrolment, MentoringGroup, Pairing, Person, Proposal, Round, Session, SurveyKey
from tests.stage import Stage, StageHand
from tests.stories import steps

MENTOR = "Amelia Clarke"
MENTEES = ("Kwame Mensah", "Elena Sala", "Laura Barbieri", "Andrea Mancini")
WEEK = ("tue-09", "tue-11", "wed-09", "wed-11", "thu-14", "thu-16")


async def rows(stage: Stage, table: type[Any]) -> list[Any]:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        return await uow.all(select(table).order_by(table.id))


async def states(stage: Stage, table: type[Any]) -> list[str]:
    return [row.state for row in await rows(stage, table)]


async def named(stage: Stage, mentees: tuple[str, ...] = MENTEES) -> list[StageHand]:
    """An approved matching of one group; the hands of its mentees, who are asked by now."""
    round_id = await steps.round_that_enrols(stage, format="group")
    digital, soft = {"5.3": 4, "1.2": 3}, {"S1": 4, "S4": 3}
    await steps.enrol(stage, round_id, [MENTOR], "mentor", offers=digital, wants=[["S1", 1]], slots=WEEK)
    await steps.enrol(stage, round_id, mentees, "mentee", offers=soft, wants=[["5.3", 1], ["1.2", 0]], slots=WEEK)
    await steps.approve_pairs(stage, round_id)
    return [stage.hand(name) for name in mentees]


def heard(hand: StageHand) -> str:
    """All that the bot wrote to this person."""
    return "\n".join(hand.text_of(message) for message in hand.messages())


async def row_of(stage: Stage, hand: StageHand) -> Enrolment:
    people = {person.pk: person for person in await rows(stage, Person)}
    name = hand.platform.people[hand.user_id].name
    return next(one for one in await rows(stage, Enrolment) if people[one.person_id].name == name)


async def answers(hand: StageHand, yes: bool = True) -> None:
    """The first button of the question, or the second, in whatever language."""
    await hand.presses(hand.last, list(hand.platform.buttons(hand.last))[0 if yes else 1])


async def reviewed(stage: Stage) -> StageHand:
    """Two groups of three are worked out; the coordinator reads them."""
    round_id = await steps.round_that_enrols(stage, format="group")
    digital, soft = {"5.3": 4, "1.2": 3}, {"S1": 4, "S4": 3}
    mentors, mentees = (MENTOR, "Aurora Barbieri"), (*MENTEES, "Sara Marino", "Giulia Bruno")
    await steps.enrol(stage, round_id, mentors, "mentor", offers=digital, wants=[["S1", 1]], slots=WEEK)
    await steps.enrol(stage, round_id, mentees, "mentee", offers=soft, wants=[["5.3", 1], ["1.2", 0]], slots=WEEK)
    vale = stage.hand("Valentina Vitale")
    await vale.types("/mentoring ciclo anteprima")
    assert "Mentee in un gruppo: 6 su 6" in vale.said
    await vale.types("/mentoring ciclo abbina")
    assert "calcolo i gruppi" in vale.said
    await vale.clicks("Chiudi e abbina")
    await stage.settle()
    await vale.clicks("Rivedi i gruppi")
    return vale


async def together(stage: Stage) -> list[StageHand]:
    """The group has formed."""
    mentees = await named(stage)
    for hand in mentees:
        await answers(hand)
    await answers(stage.hand(MENTOR))
    await stage.move(minutes=2)
    return mentees


async def booked(stage: Stage, hand: StageHand) -> Session:
    """One of them books the next session, for all."""
    await hand.types("/mentoring book")
    await answers(hand)
    return next(one for one in reversed(await rows(stage, Session)) if one.state == "scheduled")


@pytest.mark.seed("003-22")
async def test_a_review_is_of_groups_the_weakest_first(stage: Stage) -> None:
    vale = await reviewed(stage)
    assert "2 gruppi, con 6 mentee" in vale.said and "Gruppi da 1 a 2 di 2" in vale.said
    weakest = min(await rows(stage, Proposal), key=lambda one: (one.score, one.mentor_enrolment_id))
    people = {one.pk: one for one in await rows(stage, Person)}
    sides = {one.pk: people[one.person_id].name for one in await rows(stage, Enrolment)}
    leads = [line for line in vale.said.splitlines() if " guida 3 mentee" in line]
    assert len(leads) == 2 and leads[0].startswith(sides[weakest.mentor_enrolment_id])
    await vale.clicks("Apri il gruppo")
    assert vale.said.count("Escludi questo abbinamento") == 3
    assert all(
        line.startswith(sides[weakest.mentor_enrolment_id]) for line in vale.said.splitlines() if " guida " in line
    )
    await vale.clicks("Escludi questo abbinamento")
    assert "Hai escluso questo abbinamento" in vale.said
    await vale.clicks("Torna alla revisione")
    assert " · escluso" in vale.said and "Approva" not in vale.said
    assert "coppi" not in vale.said


@pytest.mark.slack_alone
async def test_the_page_of_each_shows_the_group(stage: Stage) -> None:
    mentees, amelia = await together(stage), stage.hand(MENTOR)
    for hand, others in ((amelia, MENTEES), (mentees[0], MENTEES[1:])):
        home = await hand.opens_home()
        assert home.count("our group") == 1 and all(name in home for name in others)
    home = await mentees[1].opens_home()
    assert "Il tuo gruppo: guida Amelia Clarke" in home and "in un gruppo" in home and "coppi" not in home


async def test_everybody_reads_of_groups(stage: Stage) -> None:
    (kwame, elena, *_), amelia, vale = await together(stage), stage.hand(MENTOR), stage.hand("Valentina Vitale")
    for hand in (amelia, kwame):
        await hand.types("/mentoring hand")
        assert hand.said.count("reads only that a hand would help you") == 1
    await elena.types("/mentoring privacy")
    assert "coppi" not in elena.said and "voi due" not in elena.said
    await vale.types("/mentoring ciclo stato")
    assert "Gruppi finora: 1" in vale.said and "Gruppi senza una prossima data" in vale.said
    assert "i gruppi si incontrano" in vale.said and "coppi" not in vale.said


@pytest.mark.seed("003-22")
async def test_the_mentor_is_asked_once_about_all_who_said_yes(stage: Stage) -> None:
    mentees, amelia = await named(stage), stage.hand(MENTOR)
    assert "may have found the right group" in mentees[0].said
    assert "Forse ho trovato il gruppo giusto" in mentees[1].said
    for hand in mentees[:-1]:
        await answers(hand)
    assert "Now I ask the others of the group" in mentees[0].said
    assert amelia.messages() == []

    await answers(mentees[-1])
    [question] = amelia.messages()
    assert "4 people would be glad to learn with you" in amelia.text_of(question)
    assert all(name in amelia.text_of(question) for name in MENTEES)

    await answers(amelia)
    [group] = await rows(stage, MentoringGroup)
    pairings = await rows(stage, Pairing)
    assert [one.group_id for one in pairings] == [group.pk] * 4
    assert [one.group_id for one in await rows(stage, Session)] == [group.pk] * 7
    await stage.move(minutes=2)
    [announced] = [text for text in map(amelia.text_of, amelia.messages()) if "You lead the meetings, with " in text]
    assert all(name in announced for name in MENTEES)
    assert " learn with you" in heard(mentees[0]) and "con te ci sono " in heard(mentees[1])
    assert all(name in heard(mentees[0]) for name in MENTEES[1:])
    if stage.platform == "slack":  # elsewhere a bot opens no conversation of several people
        [conversation] = amelia.groups
        assert conversation.id == (await rows(stage, MentoringGroup))[0].conversation
        assert all(hand.groups == [conversation] for hand in mentees)


async def test_with_too_few_nobody_is_kept_waiting(stage: Stage) -> None:
    mentees = await named(stage, MENTEES[:3])
    await answers(mentees[0])
    await answers(mentees[1])
    await answers(mentees[2], yes=False)
    await stage.move(hours=3)
    assert stage.hand(MENTOR).messages() == []
    assert await states(stage, Proposal) == ["dropped", "dropped", "declined"]
    await stage.move(days=2)
    for hand in mentees[:2]:
        assert (await row_of(stage, hand)).state == "waitlisted"
    assert await rows(stage, Pairing) == []


async def test_the_mentors_no_is_to_all_and_nobody_reads_who_said_it(stage: Stage) -> None:
    mentees = await named(stage, MENTEES[:3])
    for hand in mentees:
        await answers(hand)
    await answers(stage.hand(MENTOR), yes=False)
    assert await states(stage, Proposal) == ["declined"] * 3
    for hand in mentees:
        assert "Amelia Clarke is not available this time" in heard(hand) or "Questa volta Amelia" in heard(hand)


@pytest.mark.seed("003-22")
async def test_one_books_for_all_and_everybody_tells_how_it_went(stage: Stage) -> None:
    kwame, elena, laura, andrea = await together(stage)
    amelia = stage.hand(MENTOR)
    session = await booked(stage, kwame)
    assert "you meet Amelia Clarke, " in heard(kwame)
    await stage.move(minutes=10)
    assert "Kwame Mensah has booked your meeting" in heard(amelia)
    for hand in (elena, laura, andrea):
        assert "Kwame Mensah ha fissato il vostro incontro" in heard(hand)

    await stage.move_to(session.starts_at + timedelta(minutes=1))
    for hand in (elena, laura):
        places = [hand.groups[0].id] if hand.groups else [None]
        assert "Avvio: il nostro patto" in hand.text_of(hand.messages(places[0])[-1])
    await stage.move_to(session.starts_at + timedelta(days=4))
    await elena.forges("session.after", str(session.pk))
    await elena.fills({"C’è stato l’incontro": "C’è stato, ma non ho potuto esserci"})
    await elena.submits()
    assert "Per questo incontro non ti chiedo altro" in elena.said
    assert (await states(stage, Session))[0] == "scheduled"
    await amelia.forges("session.after", str(session.pk))
    assert "at least two people besides the mentor" in amelia.view_text
    await amelia.fills({"Did": "Yes"})
    await amelia.submits()
    await amelia.fills({"How useful": "Very useful", "Did you have": "Yes", "Was it useful to everybody": "Yes"})
    await amelia.submits()
    assert "whether this group suits you" in amelia.said, "a pair would read of its pairing"
    assert (await states(stage, Session))[0] == "held"
    assert len(await rows(stage, SurveyKey)) == 5


async def test_the_group_goes_on_without_one_and_ends_with_its_mentor(stage: Stage) -> None:
    kwame, elena, laura, andrea = await together(stage)
    amelia = stage.hand(MENTOR)
    session = await booked(stage, elena)
    await kwame.types("/mentoring leave")
    assert "leave the group with Amelia Clarke" in kwame.view_text and "The group goes on" in kwame.view_text
    await kwame.submits()
    assert "no longer in the group" in (kwame.view_text if kwame.sees_modal else kwame.said)
    await stage.move(minutes=5)
    assert "Kwame Mensah is no longer in your group" in heard(amelia)
    assert sorted(await states(stage, Pairing)) == ["active", "active", "active", "ended_early"]
    said = len(kwame.messages())
    await stage.move_to(session.starts_at + timedelta(days=3))
    assert len(kwame.messages()) == said

    await amelia.types("/mentoring leave")
    assert "The group ends at once" in amelia.view_text and "The others read a neutral message" in amelia.view_text
    await amelia.submits()
    await stage.move(minutes=5)
    assert await states(stage, Pairing) == ["ended_early"] * 4
    assert {one.state for one in await rows(stage, Enrolment) if one.role} == {"withdrawn"}
    assert set(await states(stage, Session)) <= {"cancelled", "held"}
    for hand in (elena, laura, andrea):
        assert "Il gruppo con Amelia Clarke si chiude qui" in hand.said
        assert (await row_of(stage, hand)).waited, "whoever was left comes first, in the next round too"


async def test_who_has_a_pair_beside_the_group_reads_which_of_them_they_left(stage: Stage) -> None:
    kwame, *_ = await together(stage)
    await steps.a_pair(stage, "Oliver Clarke", MENTEES[0])
    await kwame.types("/mentoring leave")
    assert "more than one pairing or group" in kwame.view_text and "End the pairing" not in kwame.view_text
    await kwame.fills({"Which one?": MENTOR})
    await kwame.submits()
    assert "no longer in the group with Amelia Clarke" in (kwame.view_text if kwame.sees_modal else kwame.said)
    await kwame.closes()
    await kwame.types("/mentoring leave")
    assert "end your pairing with Oliver Clarke" in kwame.view_text


async def test_whose_mentor_leaves_may_begin_with_another_and_the_coordinator_reads_what_room_there_is(
    stage: Stage,
) -> None:
    mentees, valentina, other = await together(stage), stage.hand("Valentina Vitale"), stage.hand("Luca Sala")
    [round] = await rows(stage, Round)
    digital = {"5.3": 4, "1.2": 3}
    await steps.enrol(stage, round.pk, ["Luca Sala"], "mentor", offers=digital, wants=[["S1", 1]], slots=WEEK)
    amelia = stage.hand(MENTOR)
    await amelia.types("/mentoring leave")
    await amelia.submits()
    await stage.move(minutes=5)
    [told] = [text for text in map(valentina.text_of, valentina.messages()) if "Un gruppo di" in text]
    assert "Mentor senza gruppo" in told and "1" in told
    assert not any(name in told for name in (MENTOR, *MENTEES))
    for hand in mentees[1:]:
        await hand.clicks("Un nuovo abbinamento")
        await stage.move(minutes=5)
    await stage.move(days=1)
    for hand in mentees[1:]:
        await hand.clicks("Sì, volentieri")
    await stage.move(days=1)
    await other.clicks("Sì, volentieri")
    await stage.move(minutes=5)
    assert sorted(await states(stage, Pairing)) == ["active"] * 3 + ["ended_early"] * 4


async def test_who_comes_later_has_the_dates_and_who_has_lessons_left_stops_nobody(stage: Stage) -> None:
    kwame, elena, *_ = await together(stage)
    session = await booked(stage, kwame)
    [round] = await rows(stage, Round)
    await steps.enrol(stage, round.pk, ["Giulia Bruno"], "mentee", prepared=False)
    giulia = stage.hand("Giulia Bruno")
    enrolment = await row_of(stage, giulia)
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        known = (await uow.all(select(Proposal)))[0]
        uow.organisation_id = known.organisation_id
        given = known.model_dump(exclude={"id"}) | {"mentee_enrolment_id": enrolment.pk, "state": "accepted"}
        late = uow.add(Proposal(**given))
        await uow.flush()
        uow.promise("pairing.form", "late", uow.now, proposal=late.pk)
        await uow.commit()
    await stage.move(minutes=2)
    assert "Giulia Bruno" in heard(stage.hand(MENTOR))
    assert "Il primo passo" not in heard(giulia)
    assert "Amelia Clarke ha fissato i vostri incontri" in heard(giulia)

    await stage.move_to(session.starts_at + timedelta(days=1))
    await giulia.types("/mentoring fissa")
    assert "le tue sono ancora aperte" in giulia.said
    await elena.types("/mentoring fissa")
    await answers(elena)
    assert [one.state for one in await rows(stage, Session)][1] == "scheduled"


@pytest.mark.seed("003-26")
async def test_a_round_of_groups_closes(stage: Stage) -> None:
    mentees = await together(stage)
    await booked(stage, mentees[0])
    [round] = [one for one in await rows(stage, Round) if one.state == "running"]
    await stage.move_to(round.ends_at + timedelta(weeks=4))
    assert [one.state for one in await rows(stage, Round)] == ["closed"]
    assert set(await states(stage, Pairing)) == {"ended"}
    amelia, coordinator = stage.hand(MENTOR), stage.hand("Valentina Vitale")
    assert sum("Export my notes" in amelia.text_of(one) for one in amelia.messages()) == 1
    await coordinator.types("/mentoring report")
    assert not any(name in coordinator.said for name in (MENTOR, *MENTEES))


def test_the_wizard_asks_how_large_a_group_may_be() -> None:
    def place(**answers: str) -> Place:
        return Place(datetime(2027, 1, 12, 9, tzinfo=UTC), "it", "Europe/Rome", {}, answers)

    how, group = ROUND.step("how"), ROUND.step("group")
    assert (how.then(place(format="group")), how.then(place(format="remote"))) == ("group", "when")
    assert [field.name for field in group.form(place()).fields] == ["group_least", "group_most"]
    assert group.check(place(group_least="5", group_most="4")) == {"group_most": T("programme.group_upside_down")}
    assert group.check(place(group_least="3", group_most="5")) == {}
    rules = rules_from(place(group_least="4", group_most="6"))
    assert (rules.group_least, rules.group_most, check_rules(rules)) == (4, 6, [])


async def test_a_question_to_the_group_bears_its_name_only_when_its_author_wants(stage: Stage) -> None:
    mentees, amelia = await together(stage), stage.hand(MENTOR)
    kwame, elena = mentees[:2]
    await kwame.types("/mentoring question")
    await kwame.fills(
        {"What would you like to ask?": "Which tool first?", "Where should I take it?": "To our next meeting"}
    )
    await kwame.submits()
    await elena.types("/mentoring domanda")
    await elena.fills(
        {"Che cosa vorresti chiedere?": "E se sbaglio?", "Dove la porto?": "Al nostro prossimo incontro, senza"}
    )
    await elena.submits()
    await amelia.types("/mentoring actions")
    assert "Kwame Mensah: Which tool first?" in amelia.view_text
    assert "E se sbaglio?" in amelia.view_text and "Elena Sala: E se" not in amelia.view_text


async def test_a_group_is_ended_by_hand_as_one(stage: Stage) -> None:
    """Each mentee hears it once, and so does the mentor."""
    mentees = await together(stage)
    pairing = (await rows(stage, Pairing))[0]
    valentina, mentor = stage.hand("Valentina Vitale"), stage.hand(MENTOR)
    before = {hand.user_id: len(hand.messages()) for hand in (mentor, *mentees)}
    await valentina.does(Pressed("board.end", str(pairing.pk)))
    await stage.move(minutes=5)
    assert await states(stage, Pairing) == ["ended_early"] * 4
    assert set(await states(stage, Session)) <= {"cancelled", "held"}
    assert {one.state for one in await rows(stage, Enrolment) if one.role} == {"withdrawn"}
    assert {len(hand.messages()) - before[hand.user_id] for hand in (mentor, *mentees)} == {1}
