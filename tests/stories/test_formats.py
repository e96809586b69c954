"""Pairs that meet in person, apart, or both ways: the three formats of one to one, from enrolment to the end."""

from datetime import timedelta

import pytest

from storage.tables import Pairing, Round, Session, SurveyResponse
from tests.stage import Stage
from tests.stories import steps
from tests.stories.test_groups import heard
from tests.stories.test_pairing import cast
from tests.stories.test_session import answers_in_open_form, rows

MENTOR, MENTEE = "Amelia Clarke", "Elena Sala"


@pytest.mark.parametrize(
    ("format", "modes"),
    [
        ("in_person", {"in_person"}),
        ("remote", {"remote"}),
        ("blended", {"in_person", "remote"}),
    ],
)
@pytest.mark.seed("003-26")
async def test_a_pair_of_each_format_meets_to_the_end(stage: Stage, format: str, modes: set[str]) -> None:
    round_id = await cast(stage, [MENTEE], [MENTOR], format=format)
    await steps.accept_everything(stage, round_id)
    await stage.move(days=16)
    elena, amelia = stage.hand(MENTEE), stage.hand(MENTOR)
    await elena.types("/mentoring serie")
    await elena.clicks("Fissale tutte e 7")
    sessions = await rows(stage, Session)
    assert {one.mode for one in sessions} == modes
    assert format != "blended" or [sessions[0].mode, sessions[-1].mode] == ["in_person"] * 2
    for session in sessions:
        await stage.move_to(session.starts_at + timedelta(hours=2))
        await elena.forges("session.after", str(session.pk))
        await answers_in_open_form(elena)
    assert {one.state for one in await rows(stage, Session)} == {"held"}
    assert len({one.wave for one in await rows(stage, SurveyResponse)}) == len(sessions)
    [round] = await rows(stage, Round)
    await stage.move_to(round.ends_at + timedelta(weeks=4))
    assert [one.state for one in await rows(stage, Round)] == ["closed"]
    assert [one.state for one in await rows(stage, Pairing)] == ["completed"]
    assert "Grazie" in heard(elena) and "Thank you" in heard(amelia)
