"""What is said about what comes next, and about being left in peace."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.flows.pairing.cards import another
from bot.flows.session.ladder_cards import times
from bot.flows.support import kinds
from bot.flows.support.snoozing import later, snooze_buttons
from bot.ui.cards import Attachment, Block, Button, Buttons, Card, Divider, Facts, Note, Paragraph, Row, card
from bot.ui.words import T, Text, When
from storage.tables import Person

__all__ = ["later", "snooze_buttons"]

ALL = "all"


@dataclass(frozen=True)
class Coming:
    """One thing that the bot will say: the words' key and when."""

    key: str
    at: datetime


def what_next(
    coming: Sequence[Coming],
    going_on: Sequence[str],
    stopped: Sequence[str],
    unanswered: Sequence[str],
    zone: str,
    paused_until: datetime | None,
) -> Card:
    """What the bot will say to this person and when, the rules that it keeps to, and how to be left in peace.

    ``stopped``: the kinds that they chose to hear no more of; ``unanswered``: those that are said no more for that.
    """
    blocks: list[Block] = [Paragraph(T("support.next_intro" if coming else "support.next_nothing"))]
    if paused_until is not None:
        blocks.append(Paragraph(T("support.next_paused", until=When(paused_until, zone, "day"))))
    if coming:
        rows: tuple[tuple[Text, Text], ...] = tuple(
            (T("support.at", at=When(one.at, zone)), T(one.key)) for one in coming
        )
        blocks.append(Facts(rows))
    blocks.append(Note(T("support.rules")))
    if coming:
        blocks.append(Buttons(_snooze(ALL)))
    blocks.extend(Row(kinds.label(kind), _stop(kind)) for kind in going_on)
    if stopped or unanswered:
        blocks += [Divider(), Paragraph(T("support.stopped_kinds"))]
        blocks.extend(Row(kinds.label(kind), _resume_kind(kind)) for kind in stopped)
        blocks.extend(
            Row(T("support.stopped_unanswered", kind=kinds.label(kind)), _resume_kind(kind)) for kind in unanswered
        )
    return card(*blocks)


def choose_later(kind: str) -> Card:
    """How long to put off the messages of one kind."""
    return card(T("support.how_long", kind=kinds.label(kind)), Buttons((*_snooze(kind), _stop(kind))))


def snoozed(kind: str, until: datetime, zone: str) -> Card:
    """Put off, until when."""
    when = When(until, zone, "day")
    if kind == ALL:
        return card(T("support.snoozed_all", until=when))
    return card(T("support.snoozed", kind=kinds.label(kind), until=when))


def stopped(kind: str) -> Card:
    """Stopped, with the way back."""
    return card(T("support.stopped", kind=kinds.label(kind)), Buttons((_resume_kind(kind),)))


def resumed_kind(kind: str) -> Card:
    """Started again."""
    return card(T("support.resumed_kind", kind=kinds.label(kind)))


def _snooze(kind: str) -> tuple[Button, ...]:
    return (
        Button(T("support.until_tomorrow"), "support.snooze", f"{kind}:tomorrow"),
        Button(T("support.until_next_week"), "support.snooze", f"{kind}:next_week"),
    )


def _stop(kind: str) -> Button:
    """Names the kind: several may stand one below the other."""
    return Button(T("support.stop_kind", kind=kinds.label(kind)), "support.stop", kind)


def _resume_kind(kind: str) -> Button:
    return Button(T("support.start_again"), "support.resume_kind", kind)


def paused(until: datetime, zone: str, partners: Sequence[str]) -> Card:
    """The pause has begun: until when, what rests, how to end it."""
    blocks: list[Text] = [T("support.paused", until=When(until, zone, "day"))]
    if partners:
        blocks.append(T("support.paused_pair", n=len(partners)))
    return card(*blocks, Buttons((Button(T("support.resume_now"), "support.resume"),)))


def resumed(lost: Sequence[Row]) -> Card:
    """The pause has ended by the person's wish. ``lost``, here and below: the meetings that are without their date."""
    return card(T("support.resumed"), *lost, Buttons((_present(),)))


def pause_over(lost: Sequence[Row]) -> Card:
    """The pause has ended by its date."""
    return card(T("support.pause_over"), *lost, Buttons((_present(),)))


def lost_date(session_id: int, partner: Text, was: datetime, zone: str, *, books: bool) -> Row:
    """A meeting that has lost its date, and the way to another one."""
    return Row(T("support.lost_date", partner=partner, at=When(was, zone)), times(session_id, books=books))


def not_paused() -> Card:
    """There is no pause to end."""
    return card(T("support.not_paused"))


def partner_paused(partner: str, until: datetime, zone: str) -> Card:
    """To the other one of a pair that rests: nothing to do, and no reason."""
    return card(T("support.partner_paused", partner=partner, until=When(until, zone, "day")))


def date_freed(partner: Text, at: datetime, zone: str, file: Attachment) -> Card:
    """A meeting inside a pause has lost its date; ``file`` takes it from the calendar."""
    return card(T("support.date_freed", partner=partner, at=When(at, zone)), attachments=(file,))


def partner_back(partner: str, lost: Sequence[Row]) -> Card:
    """To the other one: the pair goes on."""
    return card(T("support.partner_back", partner=partner), *lost)


def _present() -> Button:
    return Button(T("support.see_next"), "support.next")


def left(pairing_id: int, partner: Text, ask: Person | None, *, group: bool) -> Card:
    """To the one who left a pair, or a ``group``: done, and the choice between a new pairing and a stop, or whom to
    ``ask`` for one."""
    return card(T("support.left_group" if group else "support.left_pair", partner=partner), another(pairing_id, ask))


def left_already(pairing_id: int, partner: str, round: str, ask: Person | None) -> Card:
    """To the same, who would leave again."""
    return card(T("support.left_already", partner=partner, round=round), another(pairing_id, ask))


def out_of_pair(pairing_id: int, partner: str, round: str, ask: Person | None) -> Card:
    """On the present card of somebody whose pair ended and who has no place in the round since."""
    return card(T("support.out_of_pair", partner=partner, round=round), another(pairing_id, ask))


def left_round(round: str) -> Card:
    """To the one who left a round before having a pair."""
    return card(T("support.left_round", round=round))


def nothing_to_leave() -> Card:
    """To somebody who is in nothing."""
    return card(T("support.nothing_to_leave"))
