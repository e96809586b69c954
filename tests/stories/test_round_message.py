"""A coordinator's message to everybody of a round."""

from storage.tables import AuditEntry, Round
from tests.stage import Stage
from tests.stories.steps import a_pair, round_that_enrols
from tests.stories.test_session import MENTEE, MENTOR, rows

TEXT = "Ci vediamo <!channel> giovedì alle 12 in *Sala 3*"


async def test_it_is_seen_before_it_goes_and_reaches_each_in_private(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    valentina, luca, giulia = (stage.hand(name) for name in ("Valentina Vitale", MENTOR, MENTEE))
    await luca.types("/mentoring ciclo messaggio")
    assert not luca.sees_modal
    await valentina.types("/mentoring ciclo messaggio")
    assert "A chi partecipa a «Spring»" in valentina.view_text
    await valentina.fills({"Che cosa vuoi dire?": TEXT})
    await valentina.submits()
    assert "Così lo legge ogni persona" in valentina.view_text and "giovedì alle 12" in valentina.view_text
    await valentina.submits()
    await stage.move(minutes=2)
    for hand in (luca, giulia):
        assert hand.sees("Valentina Vitale, che coordina «Spring», scrive")
        assert not hand.reads_as_markup("<!channel>") and not hand.reads_as_markup("*Sala 3*")
    assert "programme.message" in [entry.action for entry in await rows(stage, AuditEntry)]
    assert not any(TEXT in str(entry) for entry in await rows(stage, AuditEntry))


async def test_what_is_about_one_of_several_rounds_names_it(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    enrolling = await round_that_enrols(stage)
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        (await uow.session.get_one(Round, enrolling)).name = "Groups"
        await uow.commit()
    valentina = stage.hand("Valentina Vitale")
    for words in ("modifica", "pesi", "anteprima", "pesi spring"):
        await valentina.types(f"/mentoring ciclo {words}")
        said = " ".join(map(valentina.text_of, valentina.messages()))
        read = valentina.view_text if valentina.sees_modal else said
        assert ("«Spring»" if "spring" in words else "«Groups»") in read
        if valentina.sees_modal:
            await valentina.closes()
