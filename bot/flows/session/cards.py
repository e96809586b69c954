"""What is said around a session: its guide, the day before, the agenda at the hour, the questions of the day after."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.content import Topic
from bot.domain.programme import guide_split
from bot.domain.topics import CIRCLE, CLOSING, KICKOFF, MIDPOINT, STRUCTURAL
from bot.flows.scheduling.cards import series_button
from bot.flows.scheduling.conversation import is_link, where_words
from bot.flows.support.snoozing import later
from bot.flows.units import unit
from bot.ui.cards import (
    Block,
    Bullets,
    Button,
    Buttons,
    Card,
    Divider,
    Facts,
    Heading,
    LinkButton,
    Note,
    Paragraph,
    card,
)
from bot.ui.words import Content, T, Text, When
from storage.couples import GROUP
from storage.tables import Round

GUIDE, REMINDER, AFTER = "session", "session_reminder", "session_after"


@dataclass(frozen=True)
class Talk:
    """A session as one of its people sees it. ``lead``: mentor, mentee or both. ``back``: title of the return topic.

    ``leader``: the name of the one of two peers whose turn it is; ``leads``: it is the reader's. ``speaks_to``: those
    to whom the guide speaks, when the reader is not one of them.
    """

    session_id: int
    at: datetime | None
    minutes: int
    topic: Topic
    lead: str
    zone: str
    partner: Text
    mentee: Text
    place: str = ""
    back: Content | None = None
    promised: int = 0
    questions: int = 0
    group: bool = False
    leader: str = ""
    leads: bool = False
    mode: str = "in_person"
    speaks_to: Text = ""

    @property
    def may_change_topic(self) -> bool:
        return self.topic.code not in STRUCTURAL


def prepare(what: Talk) -> Card:
    """To the mentor, three working days before: the guide in a line, and the one thing to ask."""
    first, middle, last = guide_split(what.minutes)
    if not what.may_change_topic:
        kind = {KICKOFF: "prepare_kickoff", CIRCLE: "prepare_circle"}.get(what.topic.code, "prepare_structural")
    elif what.leader:
        kind = "prepare" if what.leads else "prepare_follow"
    else:
        kind = "prepare_return" if what.lead == "mentee" else "prepare"
    said = T(
        f"session.{kind}",
        at=_at(what),
        topic=what.topic.title,
        t1=first,
        t2=middle,
        t3=last,
        mentee=what.partner if what.leader else what.mentee,
    )
    buttons = [Button(T("session.open_guide"), "session.guide", str(what.session_id), "primary")]
    if what.may_change_topic:
        buttons.append(Button(T("session.change_topic"), "session.topic", str(what.session_id)))
    return card(*whose_turn(what), said, Buttons((*buttons, _question(what), later(GUIDE))))


def whose_turn(what: Talk) -> tuple[Text, ...]:
    """Which of two peers leads; nothing where that is no question."""
    if not what.leader:
        return ()
    return (T("session.turn_mine"),) if what.leads else (T("session.turn_of", leader=what.leader),)


def remind(what: Talk, now: datetime) -> Card:
    """To the mentee, one working day before."""
    if what.at is None:
        raise ValueError("a reminder needs a date")
    zone = ZoneInfo(what.zone)
    tomorrow = what.at.astimezone(zone).date() == now.astimezone(zone).date() + timedelta(days=1)
    key = "session.remind_tomorrow" if tomorrow else "session.remind"
    style = When(what.at, what.zone, "time" if tomorrow else "full")
    said = T(key, at=style, topic=what.topic.title, partner=what.partner)
    circle = what.topic.code == CIRCLE
    bring = T("session.bring" if what.may_change_topic else f"session.bring_{'circle' if circle else 'structural'}")
    buttons = (
        Button(T("session.coming"), "session.coming", str(what.session_id), "primary"),
        Button(T("session.new_time"), "scheduling.move", str(what.session_id)),
        _question(what),
    )
    captions = (Note(T("session.captions")),) if what.mode == "remote" else ()
    where = Facts(((T("scheduling.row_where"), where_words(what.mode, what.place)),))
    return card(said, where, *whose_turn(what), bring, *captions, Buttons((*_place(what), *buttons)))


def _place(what: Talk) -> tuple[Button | LinkButton, ...]:
    """The way in, or the way to say where while nobody has."""
    if what.place:
        return _way_in(what)
    return (Button(T("scheduling.add_place"), "scheduling.where", str(what.session_id)),)


def _way_in(what: Talk) -> tuple[LinkButton, ...]:
    return (LinkButton(T("scheduling.open_link"), what.place),) if is_link(what.place) else ()


def guide(what: Talk, page: str) -> Card:
    """The whole guide of a session; ``page``: the address where it can be printed."""
    turn = (Paragraph(text) for text in whose_turn(what))
    to_leader = (Paragraph(T("session.guide_speaks_to", leader=what.speaks_to)),) if what.speaks_to else ()
    return Card(
        (Heading(what.topic.title), *turn, *to_leader, *parts(what), Buttons((LinkButton(T("session.print"), page),)))
    )


def parts(what: Talk) -> tuple[Block, ...]:
    """The three timed parts, three questions, and what goes back to the other side."""
    first, middle, last = guide_split(what.minutes)
    kickoff = what.topic.code == KICKOFF
    rows: tuple[tuple[Text, Text], ...] = (
        (T("session.part_opening" if kickoff else "session.part_follow_up", n=first), what.topic.follow_up),
        (T("session.part_pact" if kickoff else "session.part_topic", n=middle), what.topic.topic),
        (T("session.part_questions", n=last), what.topic.qa),
    )
    blocks: list[Block] = [Facts(rows), Paragraph(T("session.ask_each_other")), Bullets(what.topic.questions)]
    if what.group and what.may_change_topic:
        blocks.append(Note(T("session.group_parts")))
    if what.leader and not what.group:
        blocks.append(Note(T("session.peer_parts")))
    if what.back is not None and what.lead != "both":
        blocks.append(Note(T("session.in_return", topic=what.back)))
    return tuple(blocks)


def agenda(what: Talk) -> Card:
    """At the hour, to both: what was promised, then the three parts."""
    blocks: list[Block] = [Heading(what.topic.title), Paragraph(T("session.now", n=what.minutes))]
    blocks.extend(Paragraph(text) for text in whose_turn(what))
    if what.promised:
        blocks.append(Paragraph(T("session.promised", n=what.promised)))
    if what.questions:
        blocks.append(Paragraph(T("session.questions_wait", n=what.questions)))
    buttons: list[Button | LinkButton] = []
    if what.promised or what.questions:
        buttons.append(Button(T("session.open_notes"), "session.notes", str(what.session_id), "primary"))
    if what.topic.code in (KICKOFF, MIDPOINT):
        key = "write_pact" if what.topic.code == KICKOFF else "open_pact"
        buttons.append(Button(T(f"session.{key}"), "session.pact", str(what.session_id)))
    if what.topic.code in (MIDPOINT, CLOSING):
        buttons.append(Button(T("session.open_ledger"), "session.ledger", str(what.session_id)))
    buttons.extend(_way_in(what))
    drawn = (Buttons(tuple(buttons)),) if buttons else ()
    return Card((*blocks, *parts(what), *drawn))


def how_was_it(session_id: int, partner: Text, *, again: bool = False) -> Card:
    """The morning after, to each: three taps and one thing to try."""
    buttons = (
        Button(T("session.answer"), "session.after", str(session_id), "primary"),
        Button(T("session.skip"), "session.skip", str(session_id)),
    )
    return card(T("session.how_was_it_again" if again else "session.how_was_it", partner=partner), Buttons(buttons))


def thanks(
    session_id: int,
    partner: Text,
    following: Talk | None,
    *,
    books: bool,
    last: bool,
    kept: bool,
    trial: Round | None = None,
) -> Card:
    """After the answers: what happens with them, the next topic and the next date, and in the end what could go on.

    ``trial``: the round, when it is a moment to look whether one wants to go on in its pair or group.
    """
    said: list[Text] = [T("session.thanks_last" if last else "session.thanks")]
    if kept:
        said.append(T("session.item_kept", partner=partner))
    if following is None:
        share = Buttons((Button(T("sharing.open"), "sharing.ask", str(session_id)),))
        return card(*said, *((share,) if last else ()))
    next_said, buttons = _next(following, partner, books=books)
    said.extend(next_said)
    if trial is not None:
        said.append(T("session.trial_group") if trial.format == GROUP else T("session.trial_pair", partner=partner))
        buttons.append(Button(unit("leave", trial), "support.leave"))
    return card(*said, Buttons(tuple(buttons)))


def _next(following: Talk, partner: Text, *, books: bool) -> tuple[list[Text], list[Button]]:
    """What comes next: the meeting with the date that it has by now, or its topic and the way to a date."""
    id = str(following.session_id)
    if following.at is None:
        date = T("session.next_date" if books else "session.next_date_mentor", partner=partner)
        said = [T("session.next_topic", topic=following.topic.title), *whose_turn(following), date]
        label = T("scheduling.see_slots" if books else "scheduling.propose_times")
        buttons = [Button(label, "scheduling.slots", id, "primary")]
        if books and following.topic.code != CLOSING:
            buttons.append(series_button(following.session_id))
    else:
        said = [_coming_up(following), *whose_turn(following)]
        buttons = [Button(T("scheduling.move"), "scheduling.move", id)]
    if following.may_change_topic:
        buttons.append(Button(T("session.change_topic"), "session.topic", id))
    return said, buttons


def _coming_up(what: Talk) -> Text:
    return T("session.coming_up", partner=what.partner, at=_at(what), topic=what.topic.title)


def not_held(session_id: int, partner: Text, *, books: bool) -> Card:
    """It did not take place: no reason is asked."""
    label = T("scheduling.see_slots" if books else "scheduling.propose_times")
    key = "session.not_held" if books else "session.not_held_mentor"
    return card(T(key, partner=partner), Buttons((Button(label, "scheduling.slots", str(session_id), "primary"),)))


def waits(what: Talk, *, has_prepared: bool) -> Card:
    """A session that no date can be set for yet. ``has_prepared``: the reader's own lessons are done."""
    key = "session.waits" if has_prepared else "session.waits_for_lessons"
    return card(T(key, partner=what.partner, topic=what.topic.title))


def present(what: Talk, *, books: bool) -> Card:
    """The person's session as it stands: with its date, or waiting for one."""
    id = str(what.session_id)
    if what.at is None:
        key = "session.to_book" if books else "session.to_book_mentor"
        label = T("scheduling.see_slots" if books else "scheduling.propose_times")
        times = Button(label, "scheduling.slots", id, "primary" if books else "plain")
        all_dates = (series_button(what.session_id),) if books and what.topic.code != CLOSING else ()
        return card(
            T(key, partner=what.partner, topic=what.topic.title), *whose_turn(what), Buttons((times, *all_dates))
        )
    buttons: list[Button | LinkButton] = [
        *_way_in(what),
        Button(T("session.open_guide"), "session.guide", id),
        _question(what),
        Button(T("scheduling.move"), "scheduling.move", id),
    ]
    if what.may_change_topic:
        buttons.append(Button(T("session.change_topic"), "session.topic", id))
    return card(_coming_up(what), *whose_turn(what), Buttons(tuple(buttons)))


def promises(session_id: int, count: int) -> Card:
    """How many of the person's promises are open; what they say is in the form alone."""
    button = Button(T("session.open_notes"), "session.notes", str(session_id))
    return card(T("session.my_promises", n=count), Buttons((button,)))


def pages(cards: list[Card]) -> Card:
    """Several pairs' sessions, one below the other."""
    blocks: list[Block] = []
    for one in cards:
        blocks += [Divider(), *one.blocks] if blocks else one.blocks
    return Card(tuple(blocks))


def _question(what: Talk) -> Button:
    return Button(T("session.leave_question"), "session.question", str(what.session_id))


def _at(what: Talk) -> When:
    if what.at is None:
        raise ValueError("this card needs a date")
    return When(what.at, what.zone)
