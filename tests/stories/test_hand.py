"""A hand, raised at any time; and where to turn with what is serious, of which nothing is kept."""

import pytest
from sqlmodel import select

from storage.tables import FlowSession, Job, Nudge, Pairing, Round
from tests.stage import Stage
from tests.stories.steps import a_pair
from tests.stories.test_session import MENTEE, MENTOR, rows

WHERE = "consigliera di fiducia, interno 4411"


@pytest.mark.seed("001-10")
@pytest.mark.seed("002-10")
async def test_who_coordinates_hears_it_and_nothing_more(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    mentee, mentor, valentina = (stage.hand(name) for name in (MENTEE, MENTOR, "Valentina Vitale"))
    await mentee.types("/mentoring mano")
    assert "Nessuno legge il perché" in mentee.said and f"Con {MENTOR}" in mentee.said
    await mentee.clicks("Chiedi una mano")
    await stage.move(hours=2)
    assert "può servire una mano" in valentina.said and MENTEE in valentina.said
    assert not mentor.sees("una mano")
    assert (await rows(stage, Pairing))[0].help == "told"


async def test_what_is_serious_goes_to_the_company_and_is_kept_nowhere(stage: Stage) -> None:
    await a_pair(stage, MENTOR, MENTEE)
    async with stage.inverso.database.uow(stage.clock.now()) as uow:
        round = (await uow.all(select(Round)))[0]
        round.checklist = {"serious_problem_channels": WHERE}
        await uow.commit()
    before = [len(await rows(stage, table)) for table in (Job, FlowSession, Nudge)]
    mentor = stage.hand(MENTOR)
    await mentor.types("/mentoring mano")
    assert WHERE in mentor.said and "Molestie, ritorsioni, sicurezza" in mentor.said
    assert [len(await rows(stage, table)) for table in (Job, FlowSession, Nudge)] == before


async def test_without_a_pair_the_channels_are_there_all_the_same(stage: Stage) -> None:
    hand = stage.hand(MENTOR)
    await hand.types("/mentoring mano")
    assert "non c’è nessuno con cui ti incontri" in hand.said and "canali dell’azienda" in hand.said
