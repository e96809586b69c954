"""What assistants see: hours, lengths and places of a mentee's meetings, and with whom. Never what they are about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.slots import Suggestions
from bot.flows.scheduling.cards import slot_id
from bot.flows.scheduling.conversation import where_words
from bot.ui.cards import Block, Button, Buttons, Card, Confirm, Note, Paragraph, Row, card
from bot.ui.words import Joined, T, Text, When

KIND = "assistant"
MOST = 12


@dataclass(frozen=True)
class Date:
    """A meeting as an assistant sees it: whose, with whom, when (None: no date yet), how long, where.

    ``proposed``: the time that the mentor has proposed to the mentee, while it waits for an answer.
    """

    session_id: int
    mentee: str
    others: Text
    at: datetime | None
    minutes: int
    mode: str
    place: str
    mentor: str
    proposed: datetime | None = None


# ── To the mentee ────────────────────────────────────────────────────────────────────────────────────────────────────


def yours(name: str) -> Card:
    """Who the mentee's assistant is, and what can be done about it."""
    sure = Confirm(
        T("assistant.remove_title"), T("assistant.remove_sure", who=name), T("assistant.remove"), T("form.keep")
    )
    buttons = (
        Button(T("assistant.change"), "assistant.name"),
        Button(T("assistant.remove"), "assistant.remove", style="danger", confirm=sure),
    )
    return card(T("assistant.yours", who=name), Note(T("assistant.never_sees")), Buttons(buttons))


def named(name: str) -> Card:
    """The assistant is named, and hears of it."""
    return card(T("assistant.named", who=name), Note(T("assistant.never_sees")))


def removed(name: str) -> Card:
    """There is no assistant any more."""
    return card(T("assistant.removed", who=name), Buttons((Button(T("assistant.name"), "assistant.name"),)))


def stepped_down(name: str) -> Card:
    """The assistant does not keep the mentee's dates any more."""
    return card(T("assistant.stepped_down", who=name), Buttons((Button(T("assistant.name"), "assistant.name"),)))


# ── To the assistant ─────────────────────────────────────────────────────────────────────────────────────────────────


def welcome(mentee_id: int, mentee: str) -> Card:
    """Somebody named the reader: what that means, and the way out."""
    buttons = (Button(T("assistant.see_dates"), "assistant.dates", style="primary"), _not_for_me(mentee_id, mentee))
    return card(T("assistant.welcome", mentee=mentee), Note(T("assistant.welcome_note")), Buttons(buttons))


def _not_for_me(mentee_id: int, mentee: str) -> Button:
    sure = Confirm(
        T("assistant.step_down_title"),
        T("assistant.step_down_sure", mentee=mentee),
        T("assistant.not_for_me"),
        T("form.keep"),
    )
    return Button(T("assistant.not_for_me"), "assistant.step_down", str(mentee_id), confirm=sure)


def dates(lines: Sequence[Date], zone: str, *, changed: bool = False) -> Card:
    """All dates that the reader keeps, the nearest first, each with its button."""
    if not lines:
        return card(T("assistant.no_dates"))
    blocks: list[Block] = [Paragraph(T("assistant.changed" if changed else "assistant.dates"))]
    blocks += [Row(_line(one, zone), _button(one)) for one in lines[:MOST]]
    if len(lines) > MOST:
        blocks.append(Note(T("assistant.more", n=len(lines) - MOST)))
    return Card(tuple(blocks))


def _line(one: Date, zone: str) -> Text:
    return Joined((_stands(one, zone), _proposed(one, one.proposed, zone))) if one.proposed else _stands(one, zone)


def _proposed(one: Date, at: datetime, zone: str) -> Text:
    return T("assistant.proposed", mentor=one.mentor, mentee=one.mentee, at=When(at, zone))


def _stands(one: Date, zone: str) -> Text:
    if one.at is None:
        return T("assistant.line_open", mentee=one.mentee, partner=one.others, minutes=one.minutes)
    where = where_words(one.mode, one.place)
    return T(
        "assistant.line",
        mentee=one.mentee,
        partner=one.others,
        at=When(one.at, zone),
        minutes=one.minutes,
        where=where,
    )


def _button(one: Date) -> Button:
    label = T("assistant.find") if one.at is None else T("scheduling.move")
    return Button(label, "assistant.move", str(one.session_id))


def offer(one: Date, found: Suggestions, zone: str, intro: Text | None = None) -> Card:
    """Times that suit all who meet, one press each, or another one; ``intro`` says why they come, unasked.

    What the mentor has proposed comes before them.
    """
    other = Button(T("scheduling.another_time"), "assistant.type", str(one.session_id))
    proposed = (one.proposed,) if one.proposed else ()
    others = tuple(start for start in found.starts if start not in proposed)
    if not (*proposed, *others):
        return card(T("assistant.no_slots", mentee=one.mentee, partner=one.others), Buttons((other,)))
    key = "assistant.offer" if one.at is None else "assistant.offer_move"
    first = intro or T(key, mentee=one.mentee, partner=one.others)
    buttons = [
        Button(
            T("scheduling.book_at", at=When(start, zone)),
            "assistant.book",
            slot_id(one.session_id, start),
            "primary" if number == 0 else "plain",
        )
        for number, start in enumerate((*proposed, *others))
    ]
    said = [_proposed(one, start, zone) for start in proposed] + ([first] if others else [])
    return card(*said, Buttons((*buttons, other)))


def unbooked(mentee: str, others: Text) -> Text:
    """Why times come to an assistant who did not ask."""
    return T("assistant.unbooked", mentee=mentee, partner=others)


def booked(one: Date, zone: str) -> Card:
    """The date as it is now fixed; all who meet hear of it."""
    return card(T("assistant.booked"), Row(_line(one, zone), _button(one)))


def already(one: Date, zone: str) -> Card:
    """It was fixed before this press."""
    return card(T("assistant.already"), Row(_line(one, zone), _button(one)))


def ended(mentee: str) -> Card:
    """The reader keeps these dates no more."""
    return card(T("assistant.ended", mentee=mentee))
