"""What is said about dates: times offered, a date booked, moved, proposed, taken back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.slots import Suggestions
from bot.flows.scheduling.conversation import is_link, where_words
from bot.flows.scheduling.facts import Facts, clock_of, differ
from bot.ui.cards import (
    Attachment,
    Block,
    Bullets,
    Button,
    Buttons,
    Card,
    Confirm,
    LinkButton,
    Note,
    Paragraph,
    Row,
    card,
)
from bot.ui.cards import Facts as Rows
from bot.ui.words import Content, Joined, Listing, T, Text, When

AGREED = ":agreed"
"""How the id of a time ends that somebody proposed to a person, who has looked at their calendar."""
RESCUE = 15
"""Minutes of a meeting that saves a month in which there would be none."""


@dataclass(frozen=True)
class Booked:
    """A booked session as one of its people sees it. ``others``: whom they meet, by name and zone."""

    session_id: int
    number: int
    at: datetime
    minutes: int
    mode: str
    place: str
    topic: Content
    zone: str
    others: tuple[tuple[str, str], ...]
    version: int = 1
    subscribed: bool = False
    files: tuple[Attachment, ...] = field(default=())

    @property
    def partner(self) -> Listing:
        return Listing(tuple(name for name, _ in self.others))


@dataclass(frozen=True)
class Line:
    """One of several dates: the session, what it is about, when."""

    session_id: int
    topic: Content
    at: datetime


def slot_id(session_id: int, start: datetime) -> str:
    """The id of a button for one offered time: the session and the time's name among those offered."""
    return f"{session_id}:{int(start.timestamp())}"


def offer(facts: Facts, found: Suggestions, intro: Text | None = None, more: tuple[Button, ...] = ()) -> Card:
    """Times that suit all, one press each, and the way to another one; ``intro`` says why, when nobody asked.

    ``more``: other ways out.
    """
    starts = found.starts
    if not starts:
        return card(T("scheduling.no_slots", partner=facts.partner), Buttons((_type(facts, "primary"), *more)))
    kind = ("move" if facts.booked else "slots") if facts.books else "propose"
    first = intro or T(f"scheduling.{kind}_intro", partner=facts.partner, n=len(starts))
    verb = ("move_at" if facts.booked else "book_at") if facts.books else "propose_at"
    buttons = [
        Button(
            T(f"scheduling.{verb}", at=When(start, facts.me.zone)),
            "scheduling.book",
            slot_id(facts.session_id, start),
            "primary" if number == 0 else "plain",
        )
        for number, start in enumerate(starts)
    ]
    blocks: list[Block] = [Paragraph(first)]
    there = [line for start in starts for line in _both_clocks(start, facts)]
    if there:
        blocks.append(Note(Joined(tuple(there))))
    if found.without:
        blocks.append(Note(T("scheduling.without", people=facts.names_of(found.without))))
    if not found.declared:
        blocks.append(Note(T("scheduling.office_hours")))
    return Card((*blocks, Buttons((*buttons, _type(facts, "plain"), *more))))


def offer_soon(facts: Facts, found: Suggestions) -> Card:
    """Times within seven days, or a quarter of an hour, so that a pair whose date fell through keeps its thread."""
    quarter = Button(T("scheduling.rescue"), "session.rescue", str(facts.session_id))
    more = (quarter,) if facts.minutes > RESCUE else ()
    key = "scheduling.soon" if facts.books else "scheduling.soon_mentor"
    return offer(facts, found, T(key, partner=facts.partner, n=len(found.starts)), more)


def _type(facts: Facts, style: str) -> Button:
    return Button(
        T("scheduling.another_time"),
        "scheduling.type",
        str(facts.session_id),
        "primary" if style == "primary" else "plain",
    )


def _both_clocks(start: datetime, facts: Facts) -> Iterator[Text]:
    for name, other in facts.others:
        if differ(start, facts.me.zone, other.zone):
            there = clock_of(start, facts.me.zone, other.zone)
            yield T("scheduling.both_clocks", at=When(start, facts.me.zone), partner=name, there=there)


def booked(what: Booked) -> Card:
    """How a booked session stands, with what can be done about it."""
    return Card((Paragraph(_booked_words(what)), rows(what), *actions(what)))


def _booked_words(what: Booked) -> Text:
    key = "scheduling.booked" if what.version <= 1 else "scheduling.booked_again"
    return T(key, partner=what.partner, at=When(what.at, what.zone))


def rows(what: Booked) -> Rows:
    """When, by both clocks where they differ, how long, where, what about."""
    lines: list[tuple[Text, Text]] = [
        (T("scheduling.row_when"), T("scheduling.moment", at=When(what.at, what.zone))),
    ]
    for name, zone in what.others:
        if differ(what.at, what.zone, zone):
            there = clock_of(what.at, what.zone, zone)
            lines.append((T("scheduling.row_partner", partner=name), T("scheduling.moment", at=there)))
    lines.append((T("scheduling.row_length"), T("scheduling.minutes", n=what.minutes)))
    lines.append((T("scheduling.row_where"), where_words(what.mode, what.place)))
    lines.append((T("scheduling.row_topic"), what.topic))
    return Rows(tuple(lines))


def actions(what: Booked) -> tuple[Block, ...]:
    """The buttons of a booked session: join, move, place, calendar, cancel."""
    id = str(what.session_id)
    where = "scheduling.change_place" if what.place else "scheduling.add_place"
    sure = Confirm(
        T("scheduling.cancel_title"),
        T("scheduling.cancel_sure", partner=what.partner),
        T("scheduling.cancel_yes"),
        T("scheduling.cancel_no"),
    )
    buttons: list[Button | LinkButton] = []
    if is_link(what.place):
        buttons.append(LinkButton(T("scheduling.open_link"), what.place))
    buttons += [
        Button(T(where), "scheduling.where", id),
        Button(T("scheduling.move"), "scheduling.move", id),
        Button(T("scheduling.subscribe"), "scheduling.feed"),
        Button(T("scheduling.cancel"), "scheduling.cancel", id, "danger", sure),
    ]
    return (Buttons(tuple(buttons)),)


def told_partner(what: Booked, by: Text, was: datetime | None = None) -> Card:
    """For those who did not book: who did, the date, the file for the calendar, and what can be done.

    ``was``: the date that they knew before; the same when something else about the meeting has changed.
    """
    known = {"partner": by, "at": When(what.at, what.zone)}
    if was is None:
        first = T("scheduling.told", **known)
    elif was == what.at:
        first = T("scheduling.told_details", **known)
    else:
        first = T("scheduling.told_again", was=When(was, what.zone), **known)
    return Card((Paragraph(first), rows(what), *actions(what)), attachments=what.files)


def file_for_booker(what: Booked) -> Card:
    """For the one who booked: the file alone, because the date was answered at once.

    A calendar that keeps itself up to date is offered to those who have none yet.
    """
    words = T("scheduling.your_file", at=When(what.at, what.zone))
    line = Paragraph(words) if what.subscribed else Row(words, Button(T("scheduling.subscribe"), "scheduling.feed"))
    return Card((line,), attachments=what.files)


def already(what: Booked) -> Card:
    """The date was booked before this press."""
    return Card((Paragraph(T("scheduling.already", at=When(what.at, what.zone))), rows(what), *actions(what)))


def asked_partner(partner: Text, at: datetime, zone: str) -> Card:
    """To the mentor who proposed a time."""
    return card(T("scheduling.asked", partner=partner, at=When(at, zone)))


def proposed(session_id: int, partner: str, at: datetime, zone: str, partner_zone: str) -> Card:
    """To the mentee: the mentor proposes a time."""
    said: list[Text] = [T("scheduling.proposed", partner=partner, at=When(at, zone))]
    if differ(at, zone, partner_zone):
        there = clock_of(at, zone, partner_zone)
        said.append(T("scheduling.both_clocks", at=When(at, zone), partner=partner, there=there))
    buttons = (
        Button(T("scheduling.accept"), "scheduling.book", slot_id(session_id, at) + AGREED, "primary"),
        Button(T("scheduling.another_time"), "scheduling.move", str(session_id)),
    )
    return card(*said, Buttons(buttons))


def before(said: Text, dates: Card, *files: Attachment) -> Card:
    """Dates that are offered, with what is said before them."""
    return Card((Paragraph(said), *dates.blocks), attachments=files)


def cancelled(partner: Text, others: Card) -> Card:
    """The date was taken back by this person; ``others``: other dates."""
    return before(T("scheduling.cancelled", partner=partner), others)


def cancelled_by_mentor(partner: str, at: datetime, zone: str, others: Card, file: Attachment) -> Card:
    """To a mentee: the date was taken back by somebody else; ``others``: other dates."""
    return before(T("scheduling.cancelled_by_mentor", partner=partner, at=When(at, zone)), others, file)


def cancelled_by_mentee(session_id: int, partner: str, at: datetime, zone: str, file: Attachment) -> Card:
    """To the mentor: the date was taken back by a mentee, who has other ones before them."""
    return _yours_to_propose(session_id, T("scheduling.cancelled_by_mentee", partner=partner, at=When(at, zone)), file)


def closed(partner: Text, at: datetime, zone: str, others: Card, file: Attachment) -> Card:
    """To who fixes the date: the company is closed on it; ``others``: other dates."""
    return before(T("scheduling.closed", partner=partner, at=When(at, zone)), others, file)


def closed_for_mentor(session_id: int, partner: Text, at: datetime, zone: str, file: Attachment) -> Card:
    """To the mentor: the same; the others have other dates before them."""
    return _yours_to_propose(session_id, T("scheduling.closed_for_mentor", partner=partner, at=When(at, zone)), file)


def _yours_to_propose(session_id: int, said: Text, file: Attachment) -> Card:
    button = Button(T("scheduling.propose_times"), "scheduling.slots", str(session_id), "primary")
    return card(said, Buttons((button,)), attachments=(file,))


def feed(url: str) -> Card:
    """The address of the person's own calendar."""
    buttons = (
        LinkButton(T("scheduling.open_feed"), url),
        Button(
            T("scheduling.renew_feed"),
            "scheduling.renew",
            style="danger",
            confirm=Confirm(
                T("scheduling.renew_title"),
                T("scheduling.renew_sure"),
                T("scheduling.renew_yes"),
                T("scheduling.cancel_no"),
            ),
        ),
    )
    return card(T("scheduling.feed"), Paragraph(url), Note(T("scheduling.feed_note")), Buttons(buttons))


def choose(rows_: Sequence[tuple[int, Text]], proposals: Sequence[Card]) -> Card:
    """Somebody with several pairs chooses whose session it is about; ``rows_``: session id and partner.

    ``proposals``: those that wait for their answer, which come first.
    """
    lines = [
        Row(
            T("scheduling.with_partner", partner=partner),
            Button(T("scheduling.see_slots"), "scheduling.move", str(session_id), "primary" if n == 0 else "plain"),
        )
        for n, (session_id, partner) in enumerate(rows_)
    ]
    waiting = (block for one in proposals for block in one.blocks)
    return card(*waiting, T("scheduling.which_pair"), *lines)


def series(session_id: int, lines: Sequence[Line], partner: Text, zone: str) -> Card:
    """All dates that are still to be fixed, for one press; or another time for one of them."""
    rows_ = (
        Row(_line(line, zone), Button(T("scheduling.another_time"), "scheduling.move", str(line.session_id)))
        for line in lines
    )
    id = ":".join([str(session_id), *(slot_id(line.session_id, line.at) for line in lines)])
    book = Button(T("scheduling.book_all", n=len(lines)), "scheduling.book_all", id, "primary")
    return card(T("scheduling.series", partner=partner, n=len(lines)), *rows_, Buttons((book,)))


def _line(line: Line, zone: str) -> Text:
    return T("scheduling.series_line", at=When(line.at, zone), topic=line.topic)


def series_booked(lines: Sequence[Line], left: int, partner: Text, zone: str) -> Card:
    """They are booked; ``left``: how many of the listed ones could not be."""
    said = [T("scheduling.series_booked", partner=partner, n=len(lines))]
    blocks: list[Block] = [Bullets(tuple(_line(line, zone) for line in lines))]
    if left:
        blocks.append(Paragraph(T("scheduling.series_left", n=left)))
    return card(*said, *blocks, Note(T("scheduling.series_note")))


def series_told(lines: Sequence[Line], partner: str, zone: str, file: Attachment) -> Card:
    """To those who did not book: who did, and the dates, with one file for the calendar."""
    dates = Bullets(tuple(_line(line, zone) for line in lines))
    note = Note(T("scheduling.series_note"))
    return card(T("scheduling.series_told", partner=partner), dates, note, attachments=(file,))


def series_file(file: Attachment) -> Card:
    """To the one who booked: the file alone."""
    line = Row(T("scheduling.series_file"), Button(T("scheduling.subscribe"), "scheduling.feed"))
    return Card((line,), attachments=(file,))


def series_button(session_id: int) -> Button:
    """The way to all dates at once."""
    return Button(T("scheduling.all_dates"), "scheduling.series", str(session_id))
