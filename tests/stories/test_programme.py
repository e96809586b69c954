"""A coordinator makes a round by hand, opens it, watches it and cancels it; and what is refused on the way."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlmodel import select

from bot.domain.programme import SPRINT
from storage.database import counted_queries
from storage.tables import Round
from tests.stage import Stage, StageHand

IN_ITALIAN: tuple[Mapping[str, Any], ...] = (
    {"Nome del ciclo": "Primavera 2027", "Durata": "Sprint"},
    {"Obiettivi": ["Innovazione", "Coinvolgimento"], "Sponsor": "Kwame Mensah"},
    {"Dove ci si incontra": "A distanza", "Numero di incontri": "5", "Minuti": "60"},
    {"Ultimo giorno": "2027-01-22", "Chi invitare": "Una parte"},
    {"Funzioni": ["Finance"], "Sedi": ["Milano", "Torino"]},
    {
        "responsabilità diretta": "nessuna",
        "Informativa": "v3, intranet/privacy, dpo@aurea.example",
        "Base giuridica": "Legittimo interesse, LIA 12",
        "DPIA": "DPIA 2027/4",
        "Rappresentanza": "Informativa del 7 gennaio",
    },
    {
        "conservano": "Come proposto",
        "non abbinare": "Bastano",
        "problemi seri": "Consigliera di fiducia, canale 24/2023",
        "Dove stanno": "UE, accordo 8",
        "accessibilità": "Laura Barbieri",
    },
)


async def walks(hand: StageHand, pages: tuple[Mapping[str, Any], ...], button: str = "Continua") -> None:
    """Fill and send the pages of a form one after the other."""
    for page in pages:
        await hand.fills(page)
        await hand.clicks(button)
        assert hand.errors == {}, hand.errors


async def the_round(stage: Stage) -> Round:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        rounds: list[Round] = await uow.all(select(Round))
    assert len(rounds) == 1
    return rounds[0]


async def all_of(stage: Stage, model: type[Any]) -> list[Any]:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        rows: list[Any] = await uow.all(select(model))
        return rows


async def test_a_whole_round_is_made_and_opened_in_italian(stage: Stage) -> None:
    valentina = stage.hand("Valentina Vitale")
    await valentina.types("/mentoring ciclo nuovo")
    await walks(valentina, IN_ITALIAN)
    assert "Primavera 2027" in valentina.view_text
    assert "5 da 60 minuti, uno ogni 2 settimane" in valentina.view_text
    await valentina.clicks("Salva la bozza")
    assert "è completa" in valentina.view_text

    round = await the_round(stage)
    assert (round.state, round.format, round.objectives) == ("draft", "remote", ["innovation", "engagement"])
    assert round.rules["kickoff_minutes"] == SPRINT.kickoff_minutes
    assert (round.rules["duration_weeks"], round.rules["session_minutes"]) == (10, 60)
    assert round.enrolment_ends_at == datetime(2027, 1, 22, 16, 0, tzinfo=UTC)

    with counted_queries(stage.inverso.database.engine) as asked:
        await valentina.clicks("Apri il ciclo")
    assert len(asked) <= 6 + 1, asked  # and one look at what is due
    assert "restano nascosti" in valentina.view_text
