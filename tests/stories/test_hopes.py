"""Hopes and worries before a round: said without a name, read by the coordinator when enrolment is over."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlmodel import select

from storage.database import counted_queries
from storage.retention import sweep
from storage.tables import FlowSession, Hope, Job, Round
from tests.stage import Stage, StageHand
from tests.stories.enrolling import row_of, send_invitations
from tests.stories.steps import round_that_enrols

IN_ENGLISH, IN_ITALIAN = ("Amelia Clarke", "Oliver Clarke"), ("Elena Sala", "Roberta Esposito", "Giulia Bruno")
SEALED_AT_NO_TIME = "gAAAAAAA"
"""How a seal begins that bears no date: version, then the first of eight bytes of nought."""
WORRY = "That my questions sound naive, no. {}"


async def says(hand: StageHand, number: int, *, english: bool, hopes: bool) -> None:
    """From the invitation; somebody who hopes says both."""
    await hand.clicks("Say a hope or a worry" if english else "Una speranza, un timore")
    await hand.fills({"What worries me" if english else "mi preoccupa": WORRY.format(number)})
    if hopes:
        await hand.fills({"What I hope for" if english else "mi auguro": f"To laugh, {number}"})
    await hand.submits()
    assert ("without your name" if english else "senza il tuo nome") in hand.told
    await hand.closes()


async def stored(stage: Stage) -> list[Hope]:
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        rows: list[Hope] = await uow.all(select(Hope))
        return rows


@pytest.mark.seed("000-14")
async def test_five_are_read_without_names_when_enrolment_is_over(stage: Stage) -> None:
    round_id = await round_that_enrols(stage)
    await send_invitations(stage, round_id, *IN_ENGLISH, *IN_ITALIAN)
    await stage.move(minutes=20)
    amelia, valentina = stage.hand("Amelia Clarke"), stage.hand("Valentina Vitale")
    await amelia.clicks("Say a hope or a worry")
    await amelia.submits()
    assert "write one of the two" in amelia.errors["What I hope for"]
    await amelia.closes()
    for number, name in enumerate((*IN_ENGLISH, *IN_ITALIAN)):
        await says(stage.hand(name), number, english=name in IN_ENGLISH, hopes=number > 0)
        assert (await row_of(stage, name)).state == "invited", "it answers no invitation"
    await amelia.clicks("Say a hope or a worry")
    assert "told me already" in amelia.told
    await valentina.forges("hopes.read", str(round_id))
    assert "ad adesioni chiuse" in valentina.told

    rows = await stored(stage)
    assert Counter(row.kind for row in rows) == {"worry": 5, "hope": 4}
    assert set(Hope.model_fields) == {"id", "organisation_id", "round_id", "kind", "sealed_text"}
    assert {row.sealed_text[:8] for row in rows} == {SEALED_AT_NO_TIME}
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        finished = [talk for talk in await uow.all(select(FlowSession)) if talk.finished_at]
        assert not any(talk.sealed_answers or talk.context for talk in finished)
        assert not any("naive" in str(job.args) for job in await uow.all(select(Job)))
        (round,) = await uow.all(select(Round))
        round.state = "matching"
        await uow.commit()

    await valentina.types("/mentoring ciclo stato")
    await valentina.clicks("Speranze e timori")
    assert all(WORRY.format(number) in valentina.view_text for number in range(5))
    assert "To laugh" not in valentina.view_text and "Speranze: hanno scritto troppo poche" in valentina.view_text
    await amelia.clicks("Say a hope or a worry")
    assert "told me already" in amelia.told

    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        (round,) = await uow.all(select(Round))
        round.state, round.closed_at = "closed", uow.now
        await uow.commit()
    await sweep(stage.inverso.database, stage.clock.now() + timedelta(days=29))
    assert len(await stored(stage)) == 9
    await sweep(stage.inverso.database, stage.clock.now() + timedelta(days=31))
    assert await stored(stage) == []


async def test_a_line_takes_at_most_six_queries(stage: Stage) -> None:
    round_id = await round_that_enrols(stage)
    await send_invitations(stage, round_id, "Amelia Clarke")
    amelia = stage.hand("Amelia Clarke")
    await amelia.clicks("Say a hope or a worry")
    await amelia.fills({"What I hope for": "To laugh", "What worries me": "My diary"})
    with counted_queries(stage.inverso.database.engine) as asked:
        await amelia.alone.submits()
    assert len(asked) <= 6, asked
    assert len(await stored(stage)) == 2
