"""What a pair's sessions remember: the ledger of the exchange, ready tracks, and the next topic."""

from bot import content
from storage.tables import ActionItem, Session
from tests.stage import Stage, StageHand
from tests.stories.test_session import after_the_kickoff, everything_said, rows

TAUGHT, LEARNED = "Pivot tables by heart", "Why the merger failed"


async def answers(hand: StageHand, **lines: str) -> None:
    """Held, the three taps, and lines by the words of their labels, in Italian."""
    await hand.clicks("Rispondi")
    await hand.fills({"C’è stato l’incontro": "Sì, l’incontro c’è stato"})
    await hand.submits()
    await hand.fills({"Quanto ti è stata utile": "Molto utile", "C’è stato tempo": "Sì", "Avete portato via": "Sì"})
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
    assert "Ora non c’è un incontro" in stranger.told


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
