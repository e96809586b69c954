"""A coordinator's message to everybody of a round."""

from storage.tables import AuditEntry
from tests.stage import Stage
from tests.stories.steps import a_pair
from tests.stories.test_session import MENTEE, MENTOR, rows

TEXT = "Ci vediamo <!channel> giovedì alle 12 in *Sala 3*"


async def test_it_is_seen_before_it_goes_and_reaches_each_in_private(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    valentina, luca, giulia = (stage.hand(name) for name in ("Valentina Vitale", MENTOR, MENTEE))
    await luca.types("/mentoring ciclo messaggio")
    assert not luca.sees_modal
    await valentina.types("/mentoring ciclo messaggio")
    await valentina.fills({"Che cosa vuoi dire?": TEXT})
    await valentina.submits()
    assert "Così lo leggono 2 persone" in valentina.view_text and "giovedì alle 12" in valentina.view_text
    await valentina.submits()
    await stage.move(minutes=2)
    for hand in (luca, giulia):
        assert hand.sees("Valentina Vitale, che coordina «Spring», scrive")
        assert not hand.reads_as_markup("<!channel>") and not hand.reads_as_markup("*Sala 3*")
    assert "programme.message" in [entry.action for entry in await rows(stage, AuditEntry)]
    assert not any(TEXT in str(entry) for entry in await rows(stage, AuditEntry))
