"""What enrolment says: the invitation, its answers, the place that a person has, and the ways out."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.programme import PEER
from bot.flows.feedback.cards import short_form
from bot.ui.cards import Block, Button, Buttons, Card, Confirm, Divider, Facts, Note, Paragraph, card
from bot.ui.words import T, Text, When


@dataclass(frozen=True)
class Invitation:
    """What an invitation names. ``round``: its name. ``role`` is the suggested one, ``ends`` the end of enrolment.

    ``group``: the fewest and the most who learn together, in a round of groups.

    ``late``: the round has begun, and a coordinator adds the person.
    """

    round_id: int
    round: str
    name: str
    role: str
    sponsor: str
    sessions: int
    minutes: int
    ends: datetime | None
    zone: str
    is_sponsor: bool = False
    sponsor_words: str = ""
    late: bool = False
    group: tuple[int, int] | None = None


def _way_in(round_id: int, label: str) -> Button:
    return Button(T(label), "enrolment.show", str(round_id), style="primary")


def _until(round: str, ends: datetime | None, zone: str) -> tuple[Block, ...]:
    return (Note(T("enrolment.until", round=round, date=When(ends, zone, "day"))),) if ends else ()


def invitation(to: Invitation) -> Card:
    """The private invitation, in the words of the suggested role."""
    role = "mentor" if to.role == "mentor" else "mentee"
    words = T(
        f"enrolment.invite_{_how(to, role)}",
        name=to.name.split()[0],
        sponsor=to.sponsor,
        sessions=to.sessions,
        minutes=to.minutes,
    )
    buttons = Buttons(_answers(to.round_id, f"enrolment.show_{role}", late=to.late))
    until = _until(to.round, to.ends, to.zone)
    return card(words, *_as_a_group(to), *_in_their_words(to), *until, buttons)


def _how(to: Invitation, role: str) -> str:
    if to.late:
        return "late"
    return "sponsor" if to.is_sponsor else PEER if to.role == PEER else role


def _as_a_group(to: Invitation) -> tuple[Text, ...]:
    return (T("enrolment.about.group", least=to.group[0], most=to.group[1]),) if to.group else ()


def _in_their_words(to: Invitation) -> tuple[Block, ...]:
    if to.is_sponsor or not to.sponsor_words:
        return ()
    return (Paragraph(T("enrolment.sponsor_says", words=to.sponsor_words, sponsor=to.sponsor)),)


def reminder(to: Invitation, *, begun: bool) -> Card:
    """The one reminder; for somebody who began, the way back to where they stopped."""
    words = T("enrolment.remind_begun" if begun else "enrolment.remind", name=to.name.split()[0])
    label = "enrolment.go_on" if begun else f"enrolment.show_{'mentor' if to.role == 'mentor' else 'mentee'}"
    return card(words, *_until(to.round, to.ends, to.zone), Buttons(_answers(to.round_id, label, late=to.late)))


def _answers(round_id: int, label: str, *, late: bool) -> tuple[Button, ...]:
    """``late``: a hope or a worry would be known as theirs."""
    no = Button(T("enrolment.not_now"), "enrolment.not_now", str(round_id))
    hope = () if late else (Button(T("hopes.open"), "hopes.tell", str(round_id)),)
    return _way_in(round_id, label), no, *hope


def waiting(round_id: int, round: str, ends: datetime | None, zone: str, *, begun: bool, late: bool) -> Card:
    """On the present card: an invitation without an answer, or a form that lies half filled."""
    words, label = ("enrolment.begun", "enrolment.go_on") if begun else ("enrolment.open", "enrolment.show_mentee")
    return card(T(words), *_until(round, ends, zone), Buttons(_answers(round_id, label, late=late)))


def not_now(round_id: int, round: str, ends: datetime | None, zone: str) -> Card:
    """After “not now”: no question why, and a way back."""
    back = Buttons((Button(T("enrolment.changed_my_mind"), "enrolment.show", str(round_id)),))
    return card(T("enrolment.declined"), *_until(round, ends, zone), back)


def next_round(round_id: int) -> Card:
    """For somebody whom another programme keeps out of this round."""
    back = Buttons((Button(T("enrolment.changed_my_mind"), "enrolment.show", str(round_id)),))
    return card(T("enrolment.next_round"), back)


def enrolled(
    round_id: int,
    enrolment_id: int,
    role: str,
    ends: datetime | None,
    zone: str,
    *,
    prepared: bool,
    changed: bool = False,
    late: bool = False,
) -> Card:
    """The person is in: what happens next, and what can be done meanwhile. ``late``: the round has begun."""
    steps: list[Button] = []
    if not prepared:
        steps.append(Button(T("enrolment.start_lessons"), "preparation.open", str(enrolment_id), style="primary"))
    steps.append(Button(T("enrolment.write_goals"), "goals.open", str(enrolment_id)))
    steps.append(Button(T("preparation.check"), "preparation.check"))
    steps.append(Button(T("enrolment.change"), "enrolment.profile", str(round_id)))
    today = () if changed else (Divider(), *short_form(enrolment_id).blocks)
    first: Text = T("enrolment.changed" if changed else "enrolment.in")
    after = _after(ends, zone, late=late)
    return card(
        first,
        Facts(((T("enrolment.summary.role"), T(f"enrolment.role.{role}")),)),
        *after,
        Note(T("enrolment.who_sees")),
        Buttons(tuple(steps)),
        *today,
    )


def _after(ends: datetime | None, zone: str, *, late: bool) -> tuple[Text, ...]:
    if late:
        return (T("enrolment.after_late"),)
    return (T("enrolment.after_end", date=When(ends, zone, "day")),) if ends else ()


def taking_part(round_id: int, name: str, role: str, state: str, *, enrolling: bool) -> Card:
    """On the present card: the person's place in a round, with the ways to change it."""
    buttons = [Button(T("enrolment.change"), "enrolment.profile", str(round_id))]
    if enrolling:
        buttons.append(withdraw_button(round_id))
    rows = (
        (T("enrolment.summary.round"), name),
        (T("enrolment.summary.role"), T(f"enrolment.role.{role}")),
        (T("enrolment.summary.state"), T(f"enrolment.state.{state}")),
    )
    return card(Facts(rows), Buttons(tuple(buttons)))


def withdraw_button(round_id: int) -> Button:
    """“Withdraw”, with its question."""
    asked = Confirm(
        T("enrolment.withdraw.title"),
        T("enrolment.withdraw.text"),
        T("enrolment.withdraw.yes"),
        T("enrolment.withdraw.no"),
    )
    return Button(T("enrolment.withdraw.button"), "enrolment.withdraw", str(round_id), style="danger", confirm=asked)


def ask_withdraw(round_id: int) -> Card:
    """The answer to the command: nothing has happened yet."""
    return card(T("enrolment.withdraw.ask"), Buttons((withdraw_button(round_id),)))


def withdrawn(round_id: int, round: str, ends: datetime | None, zone: str, *, enrolling: bool) -> Card:
    """The person has left the round, freely."""
    if not enrolling:
        return card(T("enrolment.withdrawn"))
    back = Buttons((Button(T("enrolment.changed_my_mind"), "enrolment.show", str(round_id)),))
    return card(T("enrolment.withdrawn"), *_until(round, ends, zone), back)


def asked() -> Card:
    """Between rounds: the person is among the first whom the next one invites."""
    return card(T("enrolment.asked"), Buttons((Button(T("enrolment.asked_back"), "enrolment.unask"),)))


def asks_no_more() -> Card:
    """The wish is taken back."""
    return card(T("enrolment.asks_no_more"))


def profile_saved() -> Card:
    """Availability, languages and format are as the person now wants them."""
    return card(T("enrolment.profile.saved"))
