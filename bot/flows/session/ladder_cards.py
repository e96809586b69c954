"""What is said while a session has no date, or its date keeps moving: help, never blame."""

from collections.abc import Sequence
from datetime import datetime

from bot.flows.scheduling.cards import series_button
from bot.flows.support.snoozing import later
from bot.flows.units import unit
from bot.ui.cards import Block, Button, Buttons, Card, Confirm, Divider, Note, Paragraph, Row, card
from bot.ui.words import T, Text, When
from storage.meeting import Meeting

BOOKING, SUPPORT = "session_booking", "session_support"
NAME_ON_BUTTON = 50


def unbooked_intro(partner: Text, number: int) -> Text:
    """Why the times below come unasked."""
    return T("session.unbooked_first" if number == 0 else "session.unbooked", partner=partner)


def both_ready(session_id: int, partner: Text) -> Card:
    """To whoever fixes the date: nothing stands before it any more."""
    buttons = (times(session_id, books=True), series_button(session_id))
    return card(T("session.both_ready", partner=partner), Buttons(buttons))


def what_would_help(session_id: int, partner: Text, coordinator: str, *, books: bool) -> Card:
    """No date yet, to each alone."""
    return card(
        T("session.what_would_help", partner=partner),
        Buttons((times(session_id, books=books), _fine(session_id), _talk(session_id, coordinator), later(BOOKING))),
    )


def lessons_first(enrolment_id: int, partner: Text) -> Card:
    """To whoever has lessons left: what the next date waits for."""
    return card(T("session.lessons_first", partner=partner), Buttons((lessons(enrolment_id), later(BOOKING))))


def lessons(enrolment_id: int) -> Button:
    """To the person's next lesson."""
    return Button(T("preparation.go_on"), "preparation.open", str(enrolment_id), "primary")


def support_offer(found: Meeting, coordinator: str, by: datetime, zone: str, *, first: Button | None) -> Card:
    """Help with notice: what the coordinator will read, and when. ``first``: what the reader can do towards a date."""
    session = found.session
    key = "session.support_offer_later" if session.number else "session.support_offer"
    said = T(key, coordinator=coordinator, by=When(by, zone, "day"), to_you=unit("to_you", found.round))
    rest = (_fine(session.pk), _talk(session.pk, coordinator), Button(unit("leave", found.round), "support.leave"))
    return card(said, Buttons((*((first,) if first else ()), *rest)))


def hand(pairs: Sequence[tuple[int, Text, str]], channels: Sequence[str]) -> Card:
    """The ways to a hand: ``pairs`` by pairing, partner and coordinator; ``channels``: the company's own words."""
    blocks: list[Block] = [Paragraph(T("session.hand_intro" if pairs else "session.hand_nobody"))]
    for pairing_id, partner, coordinator in pairs:
        said = T("session.talk_sure", coordinator=coordinator)
        sure = Confirm(T("session.talk_title"), said, T("session.talk_yes"), T("session.talk_no"))
        button = Button(T("session.raise"), "session.raise", str(pairing_id), confirm=sure)
        blocks.append(Row(T("session.hand_pair", partner=partner, coordinator=coordinator), button))
    serious = [Paragraph(T("session.serious_where", where=where)) for where in channels]
    return Card((*blocks, Divider(), Paragraph(T("session.serious")), *serious, Note(T("session.serious_note"))))


def could_use_a_hand(mentor: str, mentee: Text, round: str) -> Card:
    """To the coordinator: the pair's names and nothing more."""
    return card(T("session.could_use_a_hand", mentor=mentor, mentee=mentee, round=round))


def moved_twice(session_id: int, partner: Text, *, booked: bool) -> Card:
    """To whoever fixes the date: the second move in a row."""
    id = str(session_id)
    buttons = (
        Button(T("session.fix_date"), "scheduling.move", id, "primary"),
        Button(T("session.thirty"), "session.shorten", id),
        Button(T("session.pause"), "support.pause"),
    )
    return card(T("session.moved_twice_booked" if booked else "session.moved_twice", partner=partner), Buttons(buttons))


def times(session_id: int, *, books: bool) -> Button:
    """To the times that suit, to book or to propose one."""
    label = T("scheduling.see_slots" if books else "scheduling.propose_times")
    return Button(label, "scheduling.slots", str(session_id), "primary")


def _fine(session_id: int) -> Button:
    return Button(T("session.all_fine"), "session.fine", str(session_id))


def _talk(session_id: int, coordinator: str) -> Button:
    sure = Confirm(
        T("session.talk_title"),
        T("session.talk_sure", coordinator=coordinator),
        T("session.talk_yes"),
        T("session.talk_no"),
    )
    name: Text = coordinator if len(coordinator) <= NAME_ON_BUTTON else T("session.the_coordinator")
    return Button(T("session.talk", coordinator=name), "session.talk", str(session_id), confirm=sure)
