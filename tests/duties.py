"""What is promised to somebody because they coordinate a round goes with it: every story is held against the list."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

import pytest
from sqlmodel import select

from storage.coordinating import DUTIES
from storage.jobs import Promise
from storage.tables import Enrolment, MentoringGroup, Pairing, Proposal, Release, Round, Session, Shared
from storage.uow import Uow
from tests.stage import Stage

THEIR_OWN = ("programme.handed_over", "matching.preview")
"""Said to each who coordinates, and to who asked for it, whoever has the round."""
ABOUT = {
    "enrolment": Enrolment,
    "group": MentoringGroup,
    "pairing": Pairing,
    "proposal": Proposal,
    "release": Release,
    "shared": Shared,
}


@asynccontextmanager
async def duties_are_known(stage: Stage) -> AsyncIterator[None]:
    """Fails where something was promised meanwhile to whoever coordinates a round, and does not take part in it, that
    would stay with them without it. It listens, as what was kept may be swept before anybody looks.
    """
    commit, promises = Uow.commit, list[Promise]()

    async def listening(self: Uow) -> datetime | None:
        promises.extend(one for one in self.promises if one.name not in (*DUTIES, *THEIR_OWN))
        return await commit(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Uow, "commit", listening)
        yield
    async with stage.inverso.database.uow(stage.clock.now(), 1) as uow:
        coordinators = set(await uow.all(select(Round.coordinator_id)))
        theirs = [one for one in promises if one.person_id in coordinators]
        assert not (lacking := {one.name for one in theirs if await _of_who_coordinates(uow, one)}), lacking


async def _of_who_coordinates(uow: Uow, promise: Promise) -> bool:
    round = await uow.get(Round, await _round(uow, promise.args))
    if round is None or round.coordinator_id != promise.person_id:
        return False
    mine = uow.of(Enrolment).where(Enrolment.round_id == round.pk, Enrolment.person_id == promise.person_id)
    return await uow.first(mine) is None


async def _round(uow: Uow, args: Mapping[str, object]) -> int | None:
    """The round that the promise is about, by any of the ids that it carries."""
    ids = {kind: int(str(id)) for kind, id in args.items() if kind in ("round", "session", *ABOUT)}
    if "round" in ids:
        return ids["round"]
    if (session := await uow.get(Session, ids.get("session"))) is not None:
        ids |= {kind: id for kind in ("pairing", "group") if (id := getattr(session, f"{kind}_id")) is not None}
    found = [await uow.get(ABOUT[kind], id) for kind, id in ids.items() if kind in ABOUT]
    return next((one.round_id for one in found if one is not None), None)
