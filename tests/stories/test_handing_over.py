"""Who coordinated a round no longer does: its news go to somebody who has the role, and a colleague may take it."""

from collections.abc import Mapping

import pytest

from bot.flows.turns import Pressed, Tell
from bot.ui.cards import card
from bot.ui.words import T
from storage import accounts
from storage.organisations import name_coordinators
from storage.tables import Account, Job, Person, Round
from tests.stage import Stage
from tests.stories.enrolling import enrols, row_of
from tests.stories.forms import shared
from tests.stories.steps import a_pair, draft_round, enrol, open_round
from tests.stories.test_session import MENTEE, MENTOR, rows

BEFORE, AFTER, OTHER = "Valentina Vitale", "Roberta Esposito", "Kwame Mensah"


async def coordinators(stage: Stage, *names: str) -> None:
    """From now on these people coordinate, as after a start with other settings."""
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        people = await uow.all(uow.of(Person))
        emails = [person.email for person in people if person.name in names]
        await name_coordinators(uow, emails or ["nobody@of-the-roster.example"])
        await uow.commit()
    await stage.move(minutes=5)  # behind the invitations of a round that was opened at that moment


async def coordinator_of(stage: Stage, number: int = 1) -> str:
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        return (await uow.need(Person, (await uow.need(Round, number)).coordinator_id)).name


async def test_a_round_goes_to_who_coordinates_now_and_so_do_its_news(stage: Stage) -> None:
    await open_round(stage)
    await stage.settle()
    before, after = stage.hand(BEFORE), stage.hand(AFTER)
    await coordinators(stage, AFTER)
    assert await coordinator_of(stage) == AFTER
    assert after.sees("Da ora coordini tu Spring, al posto di Valentina Vitale")
    heard = len(before.messages())
    await stage.move(days=15)
    assert after.sees("Come va il tuo ciclo questa settimana")
    assert after.sees("Il periodo per aderire a Spring è finito")
    assert len(before.messages()) == heard


async def test_who_coordinated_reads_once_who_does_now(stage: Stage) -> None:
    await open_round(stage)
    before = stage.hand(BEFORE)
    heard = len(before.messages())
    await coordinators(stage, AFTER, OTHER)
    (word,) = before.messages()[heard:]
    after = await coordinator_of(stage)
    assert f"Da ora {after} coordina Spring" in before.text_of(word)
    assert "Grazie per aver seguito il ciclo fin qui" in before.text_of(word) and not before.platform.buttons(word)
    await stage.hand(OTHER if after == AFTER else AFTER).clicks(
        "I will coordinate it" if after == AFTER else "Lo coordino io"
    )
    await stage.move(days=8)
    assert len(before.messages()) == heard + 1


async def test_who_coordinated_several_rounds_reads_of_all_in_one_message(stage: Stage) -> None:
    for name in ("Spring", "Summer", "Autumn"):
        await open_round(stage, name=name)
    before = stage.hand(BEFORE)
    heard = len(before.messages())
    await coordinators(stage, AFTER, OTHER)
    (word,) = before.messages()[heard:]
    assert f"Da ora {await coordinator_of(stage)} coordina Spring, Summer e Autumn" in before.text_of(word)
    assert "Grazie per aver seguito questi cicli" in before.text_of(word)


async def test_who_coordinated_and_is_reached_no_more_is_owed_nothing(stage: Stage) -> None:
    await open_round(stage)
    people = {one.name: one.pk for one in await rows(stage, Person)}
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        mine = [one.pk for one in await uow.all(uow.of(Account)) if one.person_id == people[BEFORE]]
        await accounts.mark_unreachable(uow, mine)
        await uow.commit()
    await coordinators(stage, AFTER)
    told = {job.person_id for job in await rows(stage, Job) if job.name.startswith("programme.handed_")}
    assert told == {people[AFTER]}


async def test_what_was_promised_to_who_coordinated_is_said_to_who_does(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    people = {one.name: one.pk for one in await rows(stage, Person)}
    await coordinators(stage, AFTER)
    told = [job.person_id for job in await rows(stage, Job) if job.name == "session.told" and job.state == "open"]
    assert told and set(told) == {people[AFTER]}
    await stage.move(days=28)
    assert stage.hand(AFTER).sees("può servire una mano") and not stage.hand(BEFORE).sees("può servire una mano")


async def test_a_colleague_may_take_it_once(stage: Stage) -> None:
    await open_round(stage)
    await coordinators(stage, *(three := (AFTER, MENTOR, MENTEE)))
    given = await coordinator_of(stage)
    taker, late = (name for name in three if name != given)
    for name in (taker, late):
        assert stage.hand(name).sees(f"Da ora {given} coordina Spring al posto di {BEFORE}")
    await stage.hand(taker).clicks("Lo coordino io")
    assert await coordinator_of(stage) == taker
    assert "Da ora coordini tu Spring" in stage.hand(taker).said
    assert stage.hand(given).sees(f"Da ora {taker} coordina Spring e ne riceve i messaggi")
    await stage.hand(late).clicks("Lo coordino io")
    assert await coordinator_of(stage) == taker
    assert f"Da ora {taker} coordina Spring" in stage.hand(late).said


async def test_who_takes_part_is_the_last_to_get_it_and_may_not_take_it(stage: Stage) -> None:
    round_id = await open_round(stage)
    people = {one.name: one.pk for one in await rows(stage, Person)}
    first = min((AFTER, OTHER), key=lambda name: people[name])
    await enrol(stage, round_id, [first])
    await coordinators(stage, AFTER, OTHER)
    given = await coordinator_of(stage)
    assert given != first
    assert stage.hand(first).said == f"{given} now coordinates Spring, and gets its news."
    took = await stage.hand(first).does(Pressed("programme.take", f"{round_id}:{people[given]}"))
    assert took == Tell(card(T("programme.take_takes_part", round="Spring")))
    assert await coordinator_of(stage) == given


async def reports(stage: Stage, to: Mapping[str, int]) -> None:
    """From now on each reports to that person, and whoever is not named to nobody."""
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        for person in await uow.all(uow.of(Person)):
            person.manager_id = to.get(person.name)
        await uow.commit()


async def in_order(stage: Stage) -> tuple[dict[str, int], str, str]:
    """Everybody's key by name, and of the two who coordinate from now on who comes first when they are alike."""
    people = {one.name: one.pk for one in await rows(stage, Person)}
    first, second = sorted((AFTER, OTHER), key=lambda name: people[name])
    return people, first, second


async def test_a_round_goes_rather_to_who_manages_nobody_of_it(stage: Stage) -> None:
    await enrol(stage, await open_round(stage), [MENTOR])
    people, first, second = await in_order(stage)
    await reports(stage, {MENTOR: people[first]})
    await coordinators(stage, AFTER, OTHER)
    assert await coordinator_of(stage) == second


async def test_a_round_goes_rather_to_who_stands_above_nobody_of_it(stage: Stage) -> None:
    await enrol(stage, await open_round(stage), [MENTOR])
    people, first, second = await in_order(stage)
    await reports(stage, {MENTOR: people[BEFORE], BEFORE: people[first]})
    await coordinators(stage, AFTER, OTHER)
    assert await coordinator_of(stage) == second


async def test_a_round_goes_rather_to_a_superior_than_to_a_manager_of_it(stage: Stage) -> None:
    await enrol(stage, await open_round(stage), [MENTOR])
    people, first, second = await in_order(stage)
    await reports(stage, {MENTOR: people[first], first: people[second]})
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        (await uow.need(Round, 1)).state = "matching"  # in which nobody counts who is invited alone
        await uow.commit()
    await coordinators(stage, AFTER, OTHER)
    assert await coordinator_of(stage) == second


async def test_a_round_goes_rather_to_whom_messages_come_to(stage: Stage) -> None:
    await open_round(stage)
    people, first, second = await in_order(stage)
    await reports(stage, {})
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        await accounts.mark_unreachable(
            uow, [one.pk for one in await uow.all(uow.of(Account)) if one.person_id == people[first]]
        )
        await uow.commit()
    await coordinators(stage, AFTER, OTHER)
    assert await coordinator_of(stage) == second


async def test_nobody_else_is_named_where_there_is_nobody_else(stage: Stage) -> None:
    await open_round(stage)
    await coordinators(stage, AFTER)
    assert "Chi coordina un ciclo non ha" in stage.hand(AFTER).said
    assert "un’altra persona che coordina" not in stage.hand(AFTER).said
    await coordinators(stage, AFTER, OTHER)
    assert await coordinator_of(stage) == AFTER


async def test_who_gets_a_round_reads_that_another_may_take_it(stage: Stage) -> None:
    await open_round(stage)
    await coordinators(stage, AFTER, OTHER)
    assert "un’altra persona che coordina può prenderlo" in stage.hand(await coordinator_of(stage)).said


async def test_only_who_coordinates_may_take_a_round(stage: Stage) -> None:
    round_id = await open_round(stage)
    people = {one.name: one.pk for one in await rows(stage, Person)}
    took = await stage.hand(OTHER).does(Pressed("programme.take", f"{round_id}:{people[BEFORE]}"))
    assert took == Tell(card(T("form.coordinators_only")))


async def test_a_round_waits_for_the_first_who_coordinates_again(stage: Stage) -> None:
    await open_round(stage)
    await coordinators(stage)
    assert await coordinator_of(stage) == BEFORE
    await coordinators(stage, AFTER)
    assert await coordinator_of(stage) == AFTER


async def test_a_round_that_is_over_stays_with_who_coordinated_it(stage: Stage) -> None:
    await draft_round(stage, state="closed")
    await draft_round(stage, state="cancelled")
    await coordinators(stage, AFTER)
    assert [await coordinator_of(stage, number) for number in (1, 2)] == [BEFORE, BEFORE]


async def test_what_was_shared_in_a_closed_round_comes_to_who_coordinates_now(stage: Stage) -> None:
    before, after = await shared(stage), stage.hand(AFTER)
    await before.submits()
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        (await uow.need(Round, 1)).state = "closed"
        uow.cancel("round:1:")
        await uow.commit()
    await coordinators(stage, AFTER)
    assert await coordinator_of(stage) == AFTER
    heard = len(before.messages())
    await after.forges("sharing.show", "1")
    assert "Sottotitoli" in after.view_text
    await after.submits()
    await stage.hand(MENTEE).clicks("Riprendilo")
    assert "Per favore non usarlo più" in after.said
    assert not before.sees("Per favore non usarlo più") and len(before.messages()) == heard


@pytest.mark.slack_alone  # Teams tells nobody who has left
async def test_who_leaves_the_company_leaves_their_round_to_another(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    await coordinators(stage, BEFORE, AFTER)
    assert await coordinator_of(stage) == BEFORE
    await stage.workspace.change_person(stage.hand(BEFORE).user_id, deleted=True)
    await stage.settle()
    assert await coordinator_of(stage) == AFTER
    await stage.move(days=28)
    assert stage.hand(AFTER).sees("può servire una mano")


async def test_who_gets_a_round_enrols_in_it_no_more(stage: Stage) -> None:
    await open_round(stage)
    await stage.move(minutes=5)
    after = stage.hand(AFTER)
    await after.clicks("Mostrami")
    await coordinators(stage, AFTER)
    await enrols(after, "it", "mentee")
    assert "chi coordina un ciclo non vi partecipa" in after.view_text
    await after.closes()
    assert (await row_of(stage, AFTER)).state == "invited"
    heard = len(after.messages())
    await after.types("/mentoring partecipa")
    assert "nessun ciclo è aperto per te" in after.told
    await after.forges("enrolment.show", "1")
    assert "chi coordina un ciclo non vi partecipa" in after.told
    assert "iniziato l’adesione" not in await after.opens_home()
    await stage.move(days=8)
    assert not any("iniziato l’adesione" in after.text_of(one) for one in after.messages()[heard:])
