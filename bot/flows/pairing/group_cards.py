"""What a group's people read: the mentor's question about all of them, the announcement, the first words. Pure."""

from collections.abc import Sequence

from bot import content
from bot.flows.matching.reasons import skill_names
from bot.flows.pairing.cards import offers_for, opening, wanted_of, why
from bot.ui.cards import Block, Bullets, Button, Buttons, Card, Facts, Heading, Note, Paragraph, card
from bot.ui.words import Listing, T, Text, When
from storage.couples import Couple, Formed, Side
from storage.meeting import BOOKABLE
from storage.pairings import Asked
from storage.tables import Round, Session


def question(proposal_id: int, willing: Sequence[Asked], *, reminder: bool = False) -> Card:
    """To the mentor: all who said yes, at once. ``proposal_id`` answers for them all."""
    id = str(proposal_id)
    buttons = Buttons(
        (
            Button(T("pairing.yes_gladly"), "pairing.accept", id, "primary"),
            Button(T("pairing.not_this_time"), "pairing.decline", id),
        )
    )
    people = Bullets(tuple(_mentee(one.couple) for one in willing))
    lead = Paragraph(T("pairing.proposal_mentor_group", n=len(willing)))
    return card(*opening(reminder), lead, people, Note(T("pairing.no_is_free_mentor_group")), buttons)


def _mentee(couple: Couple) -> Text:
    return T(
        "pairing.group_mentee",
        mentee=couple.mentee.name,
        function=couple.mentee.department,
        wants=skill_names(wanted_of(couple.mentor_side, couple.mentee_side)),
        offers=skill_names(offers_for(couple.mentee_side, couple.mentor_side)),
    )


def did_not_gather(mentor: str) -> Card:
    """To somebody who said yes to a group for which there were too few."""
    return card(T("pairing.no_group", mentor=mentor))


def ended_for_coordinator(round: Round, places: int, mentors: int) -> Card:
    """To the coordinator: a group ended. ``places`` are open in other groups, ``mentors`` have no group."""
    counted = {"pairing.group_places": places, "pairing.group_mentors": mentors}
    rows = tuple((T(name), T("programme.count", count=count)) for name, count in counted.items())
    add = Button(T("board.add_button"), "board.add", str(round.pk))
    return card(T("pairing.group_ended", round=round.name), Facts(rows), T("pairing.group_add"), Buttons((add,)))


def joined(couple: Couple) -> Card:
    """To the mentor: somebody more."""
    return card(T("pairing.joined", mentee=couple.mentee.name, function=couple.mentee.department))


def announced(formed: Formed, side: Side, together: Sequence[Formed], kickoff: Session | None, zone: str) -> Card:
    """The group is there: who is in it, why you, and the first step."""
    couple, blocks = formed.couple, [Heading(T("pairing.group_announced_title"))]
    mentees = [one.couple.mentee for one in together]
    others = Listing(tuple(one.name for one in mentees if side == "mentor" or one.pk != couple.mentee.pk))
    said: list[Block | Text] = [*blocks, T(f"pairing.group_announced_{side}", mentor=couple.mentor.name, others=others)]
    if side == "mentee":
        said.extend(why(formed.pairing.reasons, couple, side))
    question = content.topics()["K1"].questions[0 if side == "mentee" else 1]
    said.append(T("pairing.first_question", question=question))
    if kickoff is None or kickoff.state not in BOOKABLE:
        return card(*said)
    key = "pairing.first_step" if kickoff.due_by else "pairing.first_step_soon"
    date = When(kickoff.due_by or formed.pairing.started_at, zone, "day")
    slots = Button(
        T("pairing.see_slots"), "scheduling.slots", str(kickoff.pk), "primary" if side == "mentee" else "plain"
    )
    other_time = Button(T("pairing.choose_time"), "scheduling.type", str(kickoff.pk))
    return card(*said, T(key, minutes=kickoff.minutes, date=date), Buttons((slots, other_time)))


def together(members: Sequence[Formed], person_id: int) -> Card:
    """The group at a glance: who leads it and who is in it; to the mentor what each looks for as well."""
    couple = members[0].couple
    paused = tuple(one.couple.mentee.name for one in members if one.pairing.state == "paused")
    rest = (T("pairing.together_group_paused", names=Listing(paused)),) if paused else ()
    others = Listing(tuple(one.couple.mentee.name for one in members if one.pairing.mentee_id != person_id))
    if couple.mentor.pk == person_id:
        each = Bullets(tuple(_mentee(one.couple) for one in members))
        return card(T("pairing.together_group_mentor", others=others), each, *rest)
    mine = next(one.couple.mentee_side for one in members if one.pairing.mentee_id == person_id)
    lead = T("pairing.together_group", mentor=couple.mentor.name, function=couple.mentor.department, others=others)
    offers = skill_names(offers_for(couple.mentor_side, mine))
    return card(lead, Facts(((T("pairing.fact_offers"), offers),)), *rest)


def left(formed: Formed) -> Card:
    """To the mentor: somebody left the group, which goes on."""
    return card(T("pairing.group_left", mentee=formed.couple.mentee.name))


def introduced(together: Sequence[Formed]) -> Card:
    """The first words in the group's conversation: what it is for, and who can read what is written here."""
    mentees = Listing(tuple(one.couple.mentee.name for one in together))
    words = T("pairing.group_introduced", mentor=together[0].couple.mentor.name, mentees=mentees)
    return card(words, Note(T("pairing.who_reads_here")))
