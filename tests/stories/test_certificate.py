"""When a round is closed: recognition for those who led, if they ask for it, and a word for those who come after."""

import re

import pytest
from sqlmodel import select

from bot.flows.turns import Commanded, Replace
from storage.database import counted_queries
from storage.tables import Round, Session
from tests.stage import Stage
from tests.stories.steps import a_pair
from tests.stories.test_feedback import promise
from tests.test_guide_page import read

MENTOR, MENTEE = "Amelia Clarke", "Giulia Bruno"


@pytest.mark.seed("000-8")
@pytest.mark.seed("003-11")
@pytest.mark.seed("004-7")
async def test_who_led_may_have_a_certificate_and_both_may_say_what_it_was_like(stage: Stage) -> None:
    pairing_id = await a_pair(stage, MENTOR, MENTEE)
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        (round,) = await uow.all(select(Round))
        uow.organisation_id = round.organisation_id
        for session in await uow.all(uow.of(Session).where(Session.number <= 3)):
            session.state, session.held_at = "held", uow.now
        await uow.commit()
    amelia, giulia = stage.hand(MENTOR), stage.hand(MENTEE)
    await amelia.forges("certificate.ask", str(round.pk))
    assert "when the round is closed" in amelia.told
    async with stage.inverso.database.uow(stage.clock.now(), round.organisation_id) as uow:
        held = await uow.need(Round, round.pk)
        held.state, held.closed_at = "closed", uow.now
        uow.cancel("pairing:")
        await uow.commit()
    await promise(stage, "feedback.thanks", pairing=pairing_id)
    await stage.move(minutes=1)

    assert "attestato" not in giulia.said and "4 conversazioni fa" in giulia.said
    await giulia.forges("certificate.ask", str(round.pk))
    assert "per chi ha guidato un incontro" in giulia.told
    await giulia.types("/mentoring attestato")
    assert "per chi ha guidato un incontro" in giulia.told
    await amelia.types("/mentoring certificate")
    assert "/certificates/" in str(amelia.last) and "Spring" in amelia.said
    await amelia.clicks("My certificate")
    address = re.search(r"https?://[^'\"|>)\s]+/certificates/[^'\"|>)\s]+", str(amelia.last))
    assert address is not None
    status, page = await read(stage, address.group())
    assert status == 200 and 'lang="en"' in page and f"<h1>{MENTOR}</h1>" in page
    assert "led 4 meetings as a mentor in the round Spring, about 3 h in all" in page
    assert "Valentina Vitale, coordination" in page and MENTEE not in page and " 2027</" in page
    assert (await read(stage, address.group()[:-4] + "AAAA"))[0] == 404

    await giulia.clicks("Racconta com’è stato")
    await giulia.fills({"Con parole tue": "Ho ricominciato a fare domande", "Con i vostri": "Con i nostri nomi"})
    await giulia.submits()
    assert giulia.sees("Racconta com’è stato") and giulia.sees("Cancella ora")
    assert "fare domande" not in amelia.said
    await amelia.clicks("Read it")
    assert "What it was like" in amelia.view_text and "fare domande" in amelia.view_text
    await amelia.fills({"May it go to the coordinator?": "Yes"})
    await amelia.submits()
    valentina = stage.hand("Valentina Vitale")
    await valentina.clicks("Leggi")
    assert "fare domande" in valentina.view_text and MENTEE in valentina.view_text


async def test_who_led_in_several_rounds_finds_each_certificate(stage: Stage) -> None:
    amelia = stage.hand(MENTOR)
    for name in ("Spring", "Autumn"):
        await a_pair(stage, MENTOR, MENTEE)
        async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
            for session in await uow.all(uow.of(Session).where(Session.number == 1)):
                session.state, session.held_at = "held", uow.now
            for round in await uow.all(uow.of(Round).where(Round.state == "running")):
                round.name, round.state, round.closed_at = name, "closed", uow.now
            await uow.commit()
    with counted_queries(stage.inverso.database.engine) as seen:
        assert isinstance(await amelia.does(Commanded("certificate")), Replace)
    assert sum(one.startswith("SELECT") for one in seen) == 4, "as many for one round as for several"
    await amelia.types("/mentoring certificate")
    assert "Here are your certificates" in amelia.said and "Spring" in amelia.said and "Autumn" in amelia.said
    addresses = dict.fromkeys(re.findall(r"https?://[^'\"|>)\s]+/certificates/[^'\"|>)\s]+", str(amelia.last)))
    pages = [(await read(stage, address))[1] for address in addresses]
    assert ["Autumn" in page for page in pages] == [True, False]
