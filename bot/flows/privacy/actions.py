"""The notice, a copy of all that is kept, and its removal."""

import json

from bot.flows import standing, talk
from bot.flows.engine import Place
from bot.flows.pairing.ending import end_early, step_aside
from bot.flows.privacy import cards
from bot.flows.privacy.conversation import DELETE, EXPORT
from bot.flows.privacy.readable import readable
from bot.flows.support.pausing import end_pause
from bot.flows.turns import JobTurn, NotOwed, Outcome, Replace, Reply, Say, Tell, Turn
from bot.ui.cards import Attachment, Card
from bot.ui.words import T
from storage.pauses import pairs_of, person_held
from storage.privacy import enrolments_to_leave, everything, remove_texts
from storage.tables import Person


async def notice(turn: Turn) -> Reply:
    """``privacy``."""
    return Replace(await _notice(turn))


async def show_notice(turn: Turn) -> Reply:
    """The same from a button, beside what was pressed."""
    return Tell(await _notice(turn))


async def _notice(turn: Turn) -> Card:
    organisation = await turn.uow.organisation()
    notices, channels = await standing.written(turn, "notice"), await standing.written(turn, standing.CHANNELS)
    return cards.notice(organisation.settings if organisation else {}, notices, channels)


async def export(turn: Turn) -> Reply:
    """``export``: what the copy holds and where it will go, to be confirmed."""
    return await talk.start(turn, EXPORT, fresh=True)


async def promise_export(turn: Turn, _place: Place) -> Reply:
    """Confirmed: the copy is made and sent in private. Asking again in the same minute makes one copy."""
    key = f"privacy:{turn.person.pk}:export:{turn.now:%Y%m%d%H%M}"
    turn.uow.promise("privacy.export", key, turn.now, person=turn.person.pk)
    return Tell(cards.on_its_way())


async def send_export(turn: JobTurn) -> Outcome:
    """Everything about the person, as one file for machines and one for people."""
    person = await turn.uow.get(Person, turn.job.person_id)
    if person is None or person.left_at is not None:
        return NotOwed()
    record = await everything(turn.uow, person)
    written = json.dumps(record, ensure_ascii=False, indent=2).encode()
    words = readable(record, person.language).encode()
    files = (
        Attachment("inverso.json", "application/json", written, T("privacy.file_json")),
        Attachment("inverso.txt", "text/plain", words, T("privacy.file_text")),
    )
    return Say((person.pk,), cards.copy(files))


async def delete(turn: Turn) -> Reply:
    """``delete``: the effects, then the question again."""
    return await talk.start(turn, DELETE, fresh=True)


async def promise_removal(turn: Turn, _place: Place) -> Reply:
    """Confirmed twice: it is done behind this answer, and said when it is."""
    key = f"privacy:{turn.person.pk}:remove:{turn.now.timestamp()}"
    turn.uow.promise("privacy.remove", key, turn.now, person=turn.person.pk)
    turn.uow.audit(turn.person, "privacy.delete")
    return Replace(cards.removing())


async def remove(turn: JobTurn) -> Outcome:
    """Out of pairs and rounds without fault, then everything told or written is removed."""
    uow = turn.uow
    person = await person_held(uow, turn.job.person_id)
    if person is None:
        return NotOwed()
    for pair in await pairs_of(uow, person.pk, lock=True):
        end_early(uow, pair.pairing, person.pk, None)
    await end_pause(uow, person)
    for enrolment in await enrolments_to_leave(uow, person.pk):
        await step_aside(uow, enrolment.pk)
        enrolment.state = "declined_invitation" if enrolment.state == "invited" else "withdrawn"
    await remove_texts(uow, person.pk)
    uow.cancel(f"support:{person.pk}:pause:")
    return Say((person.pk,), cards.removed())
