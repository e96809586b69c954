"""What a coordinator reads about one pair, and once a week about the rounds. Pure."""

from collections.abc import Mapping, Sequence

from bot.flows.board.conversation import NEXT
from bot.flows.programme.cards import stands
from bot.flows.support.snoozing import later
from bot.flows.units import unit
from bot.ui.cards import Block, Button, Buttons, Card, Confirm, Heading, Note, Paragraph, card
from bot.ui.words import Joined, Listing, T, Text
from storage.boards import Hand, Standing
from storage.rounds import Counts
from storage.tables import Round

DIGEST = "digest"
MOST, MOST_TOLD = 5, 3


def pairs(found: Sequence[tuple[Round, Hand, bool]]) -> Card:
    """Somebody's pairs, each with what can be done about it; the flag: I told that it could use a hand."""
    blocks: list[Block] = []
    for round, hand, told in found[:MOST]:
        blocks += _pair(round, hand, told=told)
    return Card((*blocks, Note(T("board.what_ending_does"))))


def _pair(round: Round, hand: Hand, *, told: bool) -> tuple[Block, ...]:
    """The two, or the group; nothing of what was said or missed."""
    names: Mapping[str, Text] = {"mentor": hand.mentor, "mentees": Listing(hand.mentees)}
    it = {"the_one": unit("the_one", round)}
    id, key = str(hand.pairing_id), "board.could_use_a_hand" if told else "board.the_pair"
    sure = Confirm(
        T("board.end_title", **it), T("board.end_sure", **names, **it), T("board.end_yes"), T("board.end_no")
    )
    settle = (Button(T("board.settled_button"), "board.settled", id, "primary"),) if told else ()
    return Paragraph(T(key, **names)), Buttons(
        (*settle, Button(T("board.end_button", **it), "board.end", id, "danger", sure))
    )


def no_pair(name: str) -> Card:
    """They are in no pair that goes on."""
    return card(T("board.no_pair", name=name))


def settled() -> Card:
    """The pair is followed as before."""
    return card(T("board.is_settled"))


def ended() -> Card:
    """The pair has ended, and all of it read so."""
    return card(T("board.has_ended"))


def over_already() -> Card:
    """It had ended before."""
    return card(T("board.over_already"))


def added(round: Round, name: str, days: int) -> Card:
    """The person is asked, and what happens then. ``days``: working days to answer in a round that has begun."""
    key = "board.added" if round.state == "enrolling" else "board.added_late"
    return card(T(key, name=name, round=round.name, n=days), Note(T("board.added_note")))


def digest(rounds: Sequence[tuple[Round, Counts, Standing]], zone: str) -> Card:
    """How the rounds stand this week, each with its own button."""
    told, left = rounds[:MOST_TOLD], len(rounds) - MOST_TOLD
    blocks: list[Block] = []
    for round, counts, standing in told:
        see = Button(T("programme.see"), "programme.beside", str(round.pk))
        blocks += [Heading(T("programme.round_name", name=round.name)), *stands(round, counts, standing, zone)]
        blocks.append(Buttons((see, later(DIGEST)) if len(told) == 1 else (see,)))
    more = (Note(T("board.digest_more", n=left)),) if left > 0 else ()
    snooze = (Buttons((later(DIGEST),)),) if len(told) > 1 else ()
    said = T("board.digest", n=len(rounds))
    summary = Joined((said, Listing(tuple(round.name for round, _, _ in told))))
    return Card((Paragraph(said), *blocks, *more, *snooze), summary)


def placed(name: str, round_name: str, what: str) -> Card:
    """What the coordinator thinks is noted."""
    return card(T(f"board.placed_{what}", name=name, round=round_name), Note(T("board.placed_note")))


def told_place(round_name: str, enrolment_id: int, what: str) -> Card:
    """To the person: accepted, on the waiting list, or thought to fit the next round better, which they decide."""
    said = T(f"board.told_{what}", round=round_name)
    if what != NEXT:
        return card(said)
    rather = Button(T("board.next_round"), "board.next_round", str(enrolment_id))
    return card(said, Buttons((rather, Button(T("board.stay"), "board.stay", str(enrolment_id)))))


def goes_next() -> Card:
    """They are among the first of the next round."""
    return card(T("board.goes_next"))


def stays() -> Card:
    """They stay in this round."""
    return card(T("board.stays"))
