"""What a proposal, a pair and its end say to each of the two. Pure: values in, cards out."""

from collections.abc import Sequence

from bot import content
from bot.flows.matching.reasons import because, format_names, language_name, skill_names
from bot.ui.cards import (
    Attachment,
    Block,
    Bullets,
    Button,
    Buttons,
    Card,
    Confirm,
    Facts,
    Heading,
    LinkButton,
    Note,
    Paragraph,
    card,
)
from bot.ui.words import Listing, T, Text, When
from storage.common_ground import Ground
from storage.couples import GATHERING, GROUP, Couple, Formed, Side
from storage.pairings import Asked
from storage.tables import Enrolment, Person, Session

REASONS_TOLD = 4
OTHER: dict[Side, Side] = {"mentor": "mentee", "mentee": "mentor"}


def question(asked: Asked, side: Side, *, reminder: bool = False) -> Card:
    """The proposal, put to the mentee first and to the mentor after the mentee's yes."""
    return _to_mentee(asked, reminder) if side == "mentee" else _to_mentor(asked, reminder)


def _to_mentee(asked: Asked, reminder: bool) -> Card:
    couple, id = asked.couple, str(asked.proposal.pk)
    lead = T(
        "pairing.proposal_mentee_group" if couple.round.format == GROUP else "pairing.proposal_mentee",
        mentor=couple.mentor.name,
        function=couple.mentor.department,
        offers=skill_names(offers_for(couple.mentor_side, couple.mentee_side)),
    )
    buttons = Buttons(
        (
            Button(T("pairing.like_it"), "pairing.accept", id, "primary"),
            Button(T("pairing.another_name"), "pairing.decline", id),
            Button(T("pairing.let_me_think"), "pairing.think", id),
        )
    )
    blocks: tuple[Block | Text, ...] = (
        *opening(reminder),
        lead,
        *why(asked.proposal.reasons, couple, "mentee"),
        _facts(couple.mentor_side),
    )
    return card(*blocks, Note(T("pairing.no_is_free_mentee", mentor=couple.mentor.name)), buttons)


def _to_mentor(asked: Asked, reminder: bool) -> Card:
    couple, id = asked.couple, str(asked.proposal.pk)
    lead = T(
        "pairing.proposal_mentor",
        mentee=couple.mentee.name,
        function=couple.mentee.department,
        wants=skill_names(wanted_of(couple.mentor_side, couple.mentee_side)),
        offers=skill_names(offers_for(couple.mentee_side, couple.mentor_side)),
    )
    buttons = Buttons(
        (
            Button(T("pairing.yes_gladly"), "pairing.accept", id, "primary"),
            Button(T("pairing.not_this_time"), "pairing.decline", id),
        )
    )
    facts = _facts(couple.mentee_side, wants=False)
    return card(
        *opening(reminder), lead, facts, Note(T("pairing.no_is_free_mentor", mentee=couple.mentee.name)), buttons
    )


def opening(reminder: bool) -> tuple[Paragraph, ...]:
    return (Paragraph(T("pairing.reminder")),) if reminder else ()


def why(reasons: Sequence[dict[str, object]], couple: Couple, side: Side) -> tuple[Block, ...]:
    """Why the two of you, from that side; a pair fixed by hand with nothing to say for it gets a plain sentence."""
    told = because(reasons, side, couple.mentor.name, couple.mentee.name, REASONS_TOLD)
    if not told:
        return (Paragraph(T("pairing.because_the_coordinator")),)
    return Paragraph(T("pairing.because")), Bullets(told)


def _facts(side: Enrolment, *, wants: bool = True) -> Facts:
    rows: list[tuple[Text, Text]] = []
    if wants and side.wants:
        rows.append((T("pairing.fact_wants"), skill_names(want[0] for want in side.wants)))
    if side.formats:
        rows.append((T("pairing.fact_formats"), format_names(side.formats)))
    if side.languages:
        rows.append((T("pairing.fact_languages"), Listing(tuple(language_name(code) for code in side.languages))))
    return Facts(tuple(rows))


def wanted_of(mine: Enrolment, theirs: Enrolment) -> list[str]:
    """What the other looks for and I offer, in their order; everything that they look for where I offer none of it."""
    wants = [str(want[0]) for want in theirs.wants]
    return [code for code in wants if code in mine.offers] or wants


def offers_for(theirs: Enrolment, mine: Enrolment) -> list[str]:
    """What the other offers: what I look for first, in my order, then what they know best."""
    wanted = [str(want[0]) for want in mine.wants if str(want[0]) in theirs.offers]
    return wanted + sorted(theirs.offers.keys() - set(wanted), key=lambda code: (-theirs.offers[code], code))


def thinking(until: When) -> Card:
    """The name stays; nothing more is asked until the reminder."""
    return card(T("pairing.thinking", until=until))


def present(asked: Asked, side: Side) -> Card:
    """How the proposal stands for that person now. A name that is off is off, whoever said so."""
    state, couple = asked.proposal.state, asked.couple
    if asked.turn == side and couple.available:
        return question(asked, side)
    if state == "proposed_to_mentor" and side == "mentee" and couple.available and couple.round.format != GROUP:
        return card(T("pairing.said_yes", mentor=couple.mentor.name))
    if state in (GATHERING, "proposed_to_mentor") and side == "mentee" and couple.available:
        return card(T("pairing.said_yes_group", mentor=couple.mentor.name))
    if state == "accepted" and couple.available:
        if couple.round.format == GROUP:
            return card(T("pairing.group_said_yes"))
        return card(T("pairing.both_said_yes", partner=_other(couple, side)))
    return card(T("pairing.closed"))


def declined(asked: Asked) -> Card:
    """After "another name": thanks, and a question that may be left alone."""
    later = Button(T("pairing.tell_why"), "pairing.why", str(asked.proposal.pk))
    return card(T("pairing.declined"), Note(T("pairing.why_is_optional")), Buttons((later,)))


def declined_by_mentor() -> Card:
    """After "not this time"."""
    return card(T("pairing.declined_by_mentor"))


def not_available(couple: Couple, side: Side) -> Card:
    """The other is not available this time: the only thing ever said of a no."""
    return card(T("pairing.not_available", partner=_other(couple, side)))


def waitlisted(round_name: str, enrolment_id: int) -> Card:
    """No name now: an honest word, and the choice of the next round."""
    buttons = Buttons(
        (
            Button(T("pairing.stay_listed"), "pairing.stay", str(enrolment_id), "primary"),
            Button(T("matching.see_why"), "matching.why_waiting", str(enrolment_id)),
            Button(T("pairing.next_round"), "pairing.next_round", str(enrolment_id), "danger", confirm_next_round()),
        )
    )
    return card(T("pairing.waitlisted", round=round_name), buttons)


def announced(formed: Formed, side: Side, kickoff: Session | None, zone: str, ground: Ground) -> Card:
    """You are paired: why the two of you, how to write to each other, and the first step."""
    couple, names = formed.couple, {"mentor": formed.couple.mentor.name, "mentee": formed.couple.mentee.name}
    blocks: list[Block | Text] = [
        Heading(T("pairing.announced_title")),
        Paragraph(_who_leads(couple, side)),
    ]
    blocks.extend(why(formed.pairing.reasons, couple, side))
    blocks.extend(_how_to_write(formed, side, ground))
    if kickoff is None:
        return card(*blocks)
    minutes, due_by = kickoff.minutes, kickoff.due_by
    key = "pairing.first_step" if due_by else "pairing.first_step_soon"
    step = T(key, minutes=minutes, date=When(due_by or formed.pairing.started_at, zone, "day"), **names)
    slots = Button(
        T("pairing.see_slots"),
        "scheduling.slots",
        str(kickoff.pk),
        "primary" if side == "mentee" or couple.peers else "plain",
    )
    other_time = Button(T("pairing.choose_time"), "scheduling.type", str(kickoff.pk))
    return card(*blocks, step, Buttons((slots, other_time)))


def _who_leads(couple: Couple, side: Side) -> Text:
    """Who leads the meetings and who fixes the dates; of peers each by turns, the mentor's seat first."""
    if couple.peers:
        first = "mine" if side == "mentor" else "theirs"
        return T(f"pairing.announced_peer_{first}", partner=_other(couple, side))
    return T(f"pairing.announced_{side}", mentor=couple.mentor.name, mentee=couple.mentee.name)


def _how_to_write(formed: Formed, side: Side, ground: Ground) -> list[Block]:
    """A first question, to talk about face to face: what is written can be exported by the company. And how each writes
    to the other, where the bot opens no conversation of the two.
    """
    question = content.topics()["K1"].questions[0 if side == "mentee" else 1]
    aloud = Paragraph(T("pairing.first_question", question=question))
    if ground.group:
        return [aloud]
    partner = formed.couple.person(OTHER[side])
    first = Paragraph(T("pairing.first_words"))
    if ground.apart:
        away = Paragraph(T("pairing.on_another_platform", partner=partner.name, email=partner.email))
        return [away, first, Buttons((_through_me(formed.pairing.pk, "pairing.first_message"),)), aloud]
    link = LinkButton(T("pairing.write_to", partner=partner.name), ground.chat_with(partner))
    return [first, Buttons((link,)), aloud]


def _through_me(pairing_id: int, label: str) -> Button:
    return Button(T(label), "pairing.write", str(pairing_id))


def passed_on(pairing_id: int, author: str, email: str, words: str) -> Card:
    """A message from the partner, marked as theirs."""
    return card(
        T("pairing.passed_on", author=author),
        Paragraph(words),
        Note(T("pairing.passed_on_note", author=author, email=email)),
        Buttons((_through_me(pairing_id, "pairing.answer_through_me"),)),
        summary=T("pairing.passed_on", author=author),
    )


def introduced(couple: Couple) -> Card:
    """The first words in the conversation of the two: what it is for, and who can read what is written here."""
    words = T("pairing.introduced", mentor=couple.mentor.name, mentee=couple.mentee.name)
    return card(words, Note(T("pairing.who_reads_here")))


def ended(said: Text, pairing_id: int, ask: Person | None, files: tuple[Attachment, ...]) -> Card:
    """The pair has ended: how, and a choice; where another pair is not to be had by a press, whom to ``ask`` for one.

    ``files``: what takes their dates out of the calendar.
    """
    if ask is None:
        return card(said, T("pairing.ended_choice"), another(pairing_id, ask), attachments=files)
    return card(said, another(pairing_id, ask), attachments=files)


def another(pairing_id: int, ask: Person | None) -> Buttons | Paragraph:
    """What anybody whose pair has ended may choose while there may be another; then whom to ``ask`` for one."""
    if ask is not None:
        return Paragraph(T("pairing.ended_no_more", coordinator=ask.name, email=ask.email))
    stop = Button(T("pairing.stop_here"), "pairing.stop", str(pairing_id))
    new = Button(T("pairing.new_pairing"), "pairing.again", str(pairing_id), "primary")
    return Buttons((new, stop))


def together(formed: Formed, side: Side) -> Card:
    """The pair at a glance: who the partner is, what they offer and want."""
    couple = formed.couple
    mine, partner, theirs = couple.enrolment(side), couple.person(OTHER[side]), couple.enrolment(OTHER[side])
    paused = "_paused" if formed.pairing.state == "paused" else ""
    rows: list[tuple[Text, Text]] = []
    if theirs.offers:
        rows.append((T("pairing.fact_offers"), skill_names(offers_for(theirs, mine))))
    if theirs.wants:
        rows.append((T("pairing.fact_wants"), skill_names(want[0] for want in theirs.wants)))
    lead = Paragraph(T(f"pairing.together{paused}", partner=partner.name, function=partner.department))
    return card(lead, Facts(tuple(rows))) if rows else card(lead)


def confirm_next_round() -> Confirm:
    """Leaving this round for the next one is asked about once."""
    return Confirm(
        T("pairing.next_round"),
        T("pairing.next_round_confirm"),
        T("pairing.next_round_yes"),
        T("pairing.next_round_no"),
    )


def _other(couple: Couple, side: Side) -> str:
    return couple.person(OTHER[side]).name
