"""Where the coordinator sees somebody: in the round, on its waiting list, or in the next one, if they wish."""

import pytest
from sqlmodel import select

from storage.tables import Enrolment, Person
from tests.stage import Stage, StageHand
from tests.stories.test_latecomers import read
from tests.stories.test_matching import enrolled, fixes, matched, pairs

COORDINATOR, MENTOR, MENTEE = "Valentina Vitale", "Amelia Clarke", "Elena Sala"


async def sees(stage: Stage, name: str, what: str) -> StageHand:
    """The coordinator says where they see that person."""
    valentina = stage.hand(COORDINATOR)
    await valentina.closes(everything=True)
    await valentina.types("/mentoring ciclo posto")
    await valentina.fills({"Di chi si tratta?": name, "Che cosa pensi?": what})
    await valentina.submits()
    return valentina


async def side(stage: Stage, name: str) -> Enrolment:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        whose = select(Enrolment).join(Person, Person.id == Enrolment.person_id).where(Person.name == name)  # type: ignore[arg-type]
        (found,) = await uow.all(whose)
        return found  # type: ignore[no-any-return]


@pytest.mark.seed("003-16")
async def test_on_the_waiting_list_nobody_is_proposed_until_they_are_accepted(stage: Stage) -> None:
    await enrolled(stage, [MENTEE], [MENTOR, "Camilla Bruno"])
    valentina = await sees(stage, "Luca Ferri", "In lista d’attesa")
    assert "Nessuna persona con questo nome" in valentina.errors["Di chi si tratta?"]
    for name in (MENTOR, "Camilla Bruno"):
        valentina = await sees(stage, name, "In lista d’attesa")
        assert f"{name} è in lista d’attesa per Spring" in read(valentina).replace("*", "")
    await sees(stage, "Camilla Bruno", "In questo ciclo")
    await stage.move(hours=2)
    amelia = stage.hand(MENTOR)
    assert amelia.sees("For now you are on its waiting list") and amelia.sees("It says nothing about you")
    if stage.platform == "slack":  # elsewhere the whole of it is one press further
        assert "on the waiting list of the round" in await amelia.opens_home()

    await valentina.closes(everything=True)
    vale = await matched(stage)
    assert await pairs(stage) == [("Camilla Bruno", MENTEE)]
    await fixes(vale, MENTOR, MENTEE)
    assert "lista d’attesa" in vale.errors["Mentor"]
    await sees(stage, MENTOR, "In questo ciclo")
    await stage.move(days=1)
    assert amelia.sees("there is a place for you in Spring")
    assert (await side(stage, MENTOR)).held_back is False


@pytest.mark.seed("003-16")
async def test_who_may_fit_the_next_round_better_decides_for_themselves(stage: Stage) -> None:
    await enrolled(stage, [MENTEE], [MENTOR, "Beatrice Greco"])
    for name in (MENTOR, "Beatrice Greco"):
        await sees(stage, name, "Meglio nel prossimo ciclo")
    await stage.move(hours=2)
    amelia, beatrice = stage.hand(MENTOR), stage.hand("Beatrice Greco")
    assert (await side(stage, MENTOR)).state == "prepared", "nothing changes by itself"
    await amelia.clicks("I would rather stay")
    assert "you stay in this round" in amelia.said
    await beatrice.clicks("Aspetto il prossimo")
    assert "tra le prime persone" in beatrice.said
    await beatrice.forges("board.stay", str((await side(stage, MENTOR)).pk))
    assert [(one.state, one.waited) for one in (await side(stage, MENTOR), await side(stage, "Beatrice Greco"))] == [
        ("prepared", False),
        ("withdrawn", True),
    ]
    await stage.hand(COORDINATOR).closes(everything=True)
    await matched(stage)
    assert await pairs(stage) == [(MENTOR, MENTEE)]
