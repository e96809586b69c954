"""Group totals that HR enters beside the surveys: kept for groups alone, compared with a comparison group."""

import pytest

from tests.stage import Stage, StageHand
from tests.stories import surveyed


async def opens(stage: Stage, which: str) -> StageHand:
    """The coordinator counts something of the newest round."""
    hand = stage.hand("Valentina Vitale")
    await hand.types("/mentoring ciclo cifre")
    await hand.clicks("Inserisci cifre")
    await hand.fills({"Che cosa hai contato?": which})
    await hand.submits()
    return hand


@pytest.mark.seed("003-28")
async def test_two_groups_before_and_after(stage: Stage) -> None:
    await surveyed.a_round(stage, 2)
    hand = await opens(stage, "Uso degli strumenti digitali")
    numbers = {"Programma, prima": (20, 8), "Programma, dopo": (20, 13), "Confronto, prima": (50, 21)}
    await hand.fills({f"{where}: persone": str(people) for where, (people, _) in numbers.items()})
    await hand.fills({f"{where}: quante": str(count) for where, (_, count) in numbers.items()})
    await hand.fills({"Confronto, dopo: persone": "4", "Confronto, dopo: quante": "2"})
    await hand.submits()
    assert "meno di 5 persone" in str(hand.errors)
    await hand.fills({"Confronto, dopo: persone": "50", "Confronto, dopo: quante": "52"})
    await hand.submits()
    assert "ci sono solo 50 persone" in str(hand.errors)
    await hand.fills({"Confronto, dopo: quante": "25"})
    await hand.submits()
    assert hand.sees("programma 8 su 20, poi 13 su 20; confronto 21 su 50, poi 25 su 50")
    assert hand.sees("+17 punti") and hand.sees("non una causa")


@pytest.mark.seed("000-8")
@pytest.mark.seed("002-1")
async def test_who_is_still_here_with_the_interval_that_small_groups_need(stage: Stage) -> None:
    await surveyed.a_round(stage, 2)
    hand = await opens(stage, "Ancora in azienda")
    await hand.fills({"Programma: persone": "19", "Programma: ancora qui": "19"})
    await hand.fills({"Confronto: persone": "48", "Confronto: ancora qui": "40"})
    await hand.submits()
    assert "meno di 20 persone" in str(hand.errors)
    await hand.fills({"Programma: persone": "24", "Programma: ancora qui": "22"})
    await hand.submits()
    assert hand.sees("programma 22 su 24, confronto 40 su 48. Differenza +8 punti (da −11 a +23)")
    assert hand.sees("nessuna differenza visibile")
    stranger = stage.hand("Oliver Clarke")
    await stranger.types("/mentoring round figures")
    assert "Only the people who coordinate" in stranger.told
