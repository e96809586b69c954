"""What a coordinator reads about a round: what is missing, what opening and cancelling will do, how it stands. Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from bot import content
from bot.domain.programme import PEER
from bot.domain.suppression import may_show
from bot.flows.programme.conversation import STEP_OF, meetings, time_each
from bot.flows.units import counted, unit
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
    Note,
    Paragraph,
    Row,
    card,
)
from bot.ui.words import Listing, T, Text, When
from storage.boards import Standing
from storage.couples import GROUP, rules_of
from storage.rounds import OVER, Counts
from storage.tables import Person, Round

PILOT_PAIRS, PILOT_GROUPS = 6, 2
SHOWN_ROUNDS, SHOWN_AT_HOME = 20, 3
MOST_HANDS = MOST_REPORTS = 5
WAITS = ("mentees", "mentors", "waiting", "undated")
CANCELLABLE = ("draft", "enrolling", "matching", "running")


def saved(round: Round, missing: Sequence[str]) -> Card:
    """A draft with gaps was kept: what is still missing."""
    return card(T("programme.saved", name=round.name), *_gaps(round, missing))


def incomplete(round: Round, missing: Sequence[str]) -> Card:
    """Why a draft cannot open yet."""
    return card(Heading(T("programme.round_name", name=round.name)), *_gaps(round, missing))


def _gaps(round: Round, missing: Sequence[str]) -> tuple[Paragraph | Bullets | Buttons, ...]:
    listed = Bullets(tuple(T(f"programme.missing_{code}") for code in missing))
    fill = Button(T("programme.fill_in"), "programme.edit", f"{round.pk}:{STEP_OF[missing[0]]}", "primary")
    return Paragraph(T("programme.still_missing", n=len(missing))), listed, Buttons((fill,))


def ask_to_open(
    round: Round, invited: int, most: int, zone: str, *, reports: Sequence[str] = (), just_saved: bool = False
) -> Card:
    """What opening will do, before it is done; warns of a round whose totals would stay hidden.

    ``most``: how many pairs, or groups, there can be. ``reports``: who is invited and reports to the coordinator,
    although the checklist says that nobody does.
    """
    rules = rules_of(round)
    facts = Facts(
        (
            (T("programme.objectives"), _objectives(round)),
            (T("programme.meetings"), meetings(rules.sessions_planned, rules.session_minutes, rules.cadence_weeks)),
            (T("programme.time_each"), time_each(rules)),
            (T("programme.ends"), _moment(round.enrolment_ends_at, zone)),
        )
    )
    return card(
        Heading(T("programme.round_name", name=round.name)),
        *([T("programme.saved_whole")] if just_saved else []),
        T("programme.will_invite", n=invited, the_many=unit("the_many", round)),
        facts,
        *_small(round, most),
        *_contradicted(reports),
        Note(T("programme.privacy")),
        Buttons((_open(round, "programme.opened"), *_answer_again(round, reports), _edit(round))),
    )


def _small(round: Round, most: int) -> tuple[Note, ...]:
    least = PILOT_GROUPS if round.format == GROUP else PILOT_PAIRS
    words = T("programme.small_pilot", most=counted(most, round), least=counted(least, round))
    return (Note(words),) if most < least else ()


def _contradicted(reports: Sequence[str]) -> tuple[Note, ...]:
    """What the roster says against the answer in the checklist; the answer stays, if its coordinator wants."""
    if not reports:
        return ()
    left = len(reports) - MOST_REPORTS
    more = (T("programme.more_people", n=left),) if left > 0 else ()
    names = Listing((*reports[:MOST_REPORTS], *more))
    return (Note(T("programme.coordinator_has_reports", n=len(reports), names=names)),)


def _answer_again(round: Round, reports: Sequence[str]) -> tuple[Button, ...]:
    step = STEP_OF["coordinator_independent"]
    return (Button(T("programme.answer_again"), "programme.edit", f"{round.pk}:{step}"),) if reports else ()


def opened(round: Round, invited: int, zone: str) -> Card:
    """The round is open: what happens next, without anybody doing anything."""
    return card(
        T("programme.is_open", name=round.name, n=invited),
        Note(_next(round, zone)),
        Buttons((_see(round),)),
    )


def status(round: Round, counts: Counts, standing: Standing, zone: str) -> Card:
    """Where a round stands, in totals that give nobody away, and what can be done."""
    return card(
        Heading(T("programme.round_name", name=round.name)),
        *stands(round, counts, standing, zone),
        *_buttons(round, counts.waits_for_review),
    )


def stands(round: Round, counts: Counts, standing: Standing, zone: str) -> tuple[Block, ...]:
    """How many take part, what waits for whom, which pairs could use a hand, what comes when."""
    rows = ((T("programme.state"), T(f"programme.state_{round.state}")), *_totals(round, counts))
    return (
        Facts((*rows, *_held(standing), *_waits(round, standing), *_comes(standing, zone))),
        *_hands(round, standing),
        *_unreached(round, counts),
        Note(_next(round, zone, counts.waits_for_review)),
    )


def _held(standing: Standing) -> tuple[tuple[Text, Text], ...]:
    """How many meetings were held, where so many pairs met that none is read in the number."""
    if not may_show("share", standing.held_by):
        return ()
    return ((T("programme.held"), T("programme.count", count=standing.held)),)


def _waits(round: Round, standing: Standing) -> tuple[tuple[Text, Text], ...]:
    """What waits for whom; few are not counted, so that nobody's silence is read in a number."""
    waits = {name: getattr(standing, name) for name in WAITS}
    if round.format == PEER:
        waits = {"peers": waits.pop("mentees") + waits.pop("mentors"), **waits}
    label = unit("label", round)
    return tuple((T(f"programme.waits_{name}", label=label), _few(count)) for name, count in waits.items() if count)


def _few(count: int) -> Text:
    return T("programme.count", count=count) if may_show("share", count) else T("programme.a_few")


def _comes(standing: Standing, zone: str) -> tuple[tuple[Text, Text], ...]:
    return tuple(
        (T(f"programme.comes_{name.partition('.')[2]}"), T("programme.moment", at=When(at, zone)))
        for name, at in standing.comes
    )


def _hands(round: Round, standing: Standing) -> tuple[Block, ...]:
    """The pairs, or groups, of which the coordinator has read that they could use a hand, by name and nothing more."""
    if not standing.hands:
        return ()
    rows = [
        Row(
            T("programme.hand", mentor=one.mentor, mentees=Listing(one.mentees)),
            Button(T("programme.see_hand"), "board.hand", str(one.pairing_id)),
        )
        for one in standing.hands[:MOST_HANDS]
    ]
    left = len(standing.hands) - len(rows)
    return (
        Paragraph(T("programme.hands", who=counted(len(standing.hands), round))),
        *rows,
        *([Note(T("programme.more_hands", who=counted(left, round)))] if left else []),
    )


def _unreached(round: Round, counts: Counts) -> tuple[Row, ...]:
    """How many people my messages do not come to, and a way to see who they are."""
    if not counts.unreached or round.state in OVER:
        return ()
    see = Button(T("delivery.who_they_are"), "delivery.round", str(round.pk))
    return (Row(T("delivery.unreached", n=counts.unreached), see),)


def _totals(round: Round, counts: Counts) -> tuple[tuple[Text, Text], ...]:
    if round.state in ("draft", "cancelled"):
        return ()
    by_role = all(may_show("share", people) for people in (counts.mentors, counts.mentees))
    rows: list[tuple[Text, Text]] = [
        (T("programme.invited"), T("programme.people", n=counts.invited)),
        (T("programme.enrolled"), _people(counts.enrolled)),
    ]
    if counts.withdrawn and may_show("share", counts.enrolled):
        rows.append((T("programme.withdrawn"), _few(counts.withdrawn)))
    if by_role:
        rows.append((T("programme.by_role"), T("programme.roles", mentors=counts.mentors, mentees=counts.mentees)))
    rows.append((T("programme.prepared"), _people(counts.prepared)))
    if round.state in ("running", "closing", "closed"):
        label = T("matching.fact_formed", label=unit("label", round))
        rows.append((label, T("programme.count", count=counts.formed)))
    return tuple(rows)


def _people(people: int) -> Text:
    return T("programme.people", n=people) if may_show("share", people) else T("programme.too_few")


def _next(round: Round, zone: str, waits_for_review: bool | None = None) -> Text:
    """What the bot does next, and when. ``waits_for_review``: of the newest run of the matching."""
    if round.state == "matching" and waits_for_review is not None:
        words = "programme.next_matching_review" if waits_for_review else "programme.next_matching_approved"
        return T(words, the_many=unit("the_many", round))
    at = {"enrolling": round.enrolment_ends_at, "running": round.ends_at}.get(round.state)
    if at is None and round.state in ("enrolling", "running"):
        return T("programme.next_soon")
    when = {"at": When(at, zone)} if at else {}
    return T(f"programme.next_{round.state}", the_many=unit("the_many", round), **when)


def _buttons(round: Round, waits_for_review: bool | None) -> tuple[Buttons, ...]:
    match round.state:
        case "draft":
            return (Buttons((_open(round, "programme.open"), _edit(round), _cancel(round))),)
        case "enrolling":
            extend = Button(T("programme.change_end"), "programme.edit", str(round.pk))
            return (Buttons((extend, _add(round), _cancel(round))),)
        case "matching" | "running" if waits_for_review:
            review = Button(
                T("matching.review", the_many=unit("the_many", round)), "matching.review", str(round.pk), "primary"
            )
            return (Buttons((review, _add(round), _hopes(round), _cancel(round))),)
        case "matching" | "running":
            return (Buttons((_add(round), _hopes(round), _cancel(round))),)
        case "closing":
            return (Buttons((_hopes(round),)),)
        case _:
            return ()


def listed(rounds: Sequence[Round]) -> Card:
    """All rounds, the newest first."""
    rows = [
        Row(
            T("programme.line", name=round.name, state=T(f"programme.state_{round.state}")),
            Button(T("programme.see"), "programme.status", str(round.pk)),
        )
        for round in rounds[:SHOWN_ROUNDS]
    ]
    more = (Note(T("programme.older", n=len(rounds) - SHOWN_ROUNDS)),) if len(rounds) > SHOWN_ROUNDS else ()
    return card(Heading(T("programme.rounds")), *rows, *more, Buttons((_new(),)))


def no_rounds(*, begun: bool) -> Card:
    """There is no round yet, and how to make one; or how to go on with the one that was ``begun``."""
    if not begun:
        return card(T("programme.no_rounds_yet"), Buttons((_new(style="primary"),)))
    return card(T("programme.round_begun"), Buttons((_go_on(),)))


def ask_to_cancel(round: Round) -> Card:
    """What cancelling will do, before it is done."""
    words = "programme.cancel_draft" if round.state == "draft" else "programme.cancel_open"
    return card(T(words, name=round.name, the_many=unit("the_many", round)), Buttons((_cancel(round), _see(round))))


def cancelled(round: Round) -> Card:
    """The round is cancelled."""
    return card(T("programme.is_cancelled", name=round.name))


def told_cancelled(round: Round, kickoff: tuple[Attachment, ...] = (), meetings: tuple[Attachment, ...] = ()) -> Card:
    """To each who had enrolled: neutral, and nothing to do. What leaves their calendar with it comes as files."""
    off = (T("programme.kickoff_off_too"),) if kickoff else ()
    return card(T("programme.told_cancelled", name=round.name), *off, attachments=kickoff + meetings)


def shown_end(round: Round) -> int:
    """The end of enrolment as an id: a button that moves it says from where, so that twice pressed it moves it once."""
    return int(round.enrolment_ends_at.timestamp()) if round.enrolment_ends_at else 0


def one_side_empty(round: Round, mentors: int, mentees: int) -> Card:
    """Enrolment has ended and there is nobody to match with."""
    missing = "both" if not mentors and not mentees else "mentors" if not mentors else "mentees"
    if round.format == PEER and mentors:
        missing = "else"
    extend = Button(T("programme.a_week_more"), "programme.extend", f"{round.pk}:{shown_end(round)}", "primary")
    return card(T(f"programme.nobody_{missing}", name=round.name), Buttons((extend, _cancel(round))))


def extended(round: Round, zone: str) -> Card:
    """Enrolment goes on."""
    return card(T("programme.extended", name=round.name, at=_moment(round.enrolment_ends_at, zone)))


def brought_forward(round: Round, before: datetime, zone: str) -> Card:
    """Enrolment ends sooner than ``before``, the day that people have read."""
    ends = _moment(round.enrolment_ends_at, zone)
    return card(T("programme.brought_forward", name=round.name, at=ends, before=When(before, zone, "day")))


def news(round: Round) -> Card:
    """The round has come to a new state by itself."""
    return card(T(f"programme.news_{round.state}", name=round.name), Buttons((_see(round),)))


def handed_over(round: Round, coordinator: Person, before: Person, reader_id: int, takers: Collection[int]) -> Card:
    """Who coordinates the round from now on: to them, to who did before, or to another, who takes it if they may.

    ``takers``: who may.
    """
    if reader_id == coordinator.pk:
        said = T("programme.handed_to_you", round=round.name, before=before.name)
        others = any(taker != reader_id for taker in takers)
        note = T("programme.handed_to_you_note" if others else "programme.handed_to_you_alone")
        return card(said, Note(note), Buttons((_see(round),)))
    if reader_id == before.pk or reader_id not in takers:
        return card(T("programme.taken", round=round.name, who=coordinator.name))
    take = Button(T("programme.take"), "programme.take", f"{round.pk}:{coordinator.pk}")
    return card(
        T("programme.handed_over", round=round.name, who=coordinator.name, before=before.name), Buttons((take,))
    )


def handed_on(rounds: Sequence[Round], coordinator: Person) -> Card:
    """To who coordinated the rounds and no longer coordinates any."""
    names = Listing(tuple(round.name for round in rounds))
    return card(T("programme.handed_on", n=len(rounds), rounds=names, who=coordinator.name))


def yours_to_coordinate(round: Round) -> Card:
    """The reader has taken the round."""
    return card(T("programme.yours_to_coordinate", round=round.name), Buttons((_see(round),)))


def board(rounds: Sequence[tuple[Round, Counts]], standings: Mapping[int, Standing], zone: str, *, begun: bool) -> Card:
    """The coordinator's part of the present card: the rounds that are not over, and one that they have ``begun``."""
    blocks: list[Block] = []
    for round, counts in rounds[:SHOWN_AT_HOME]:
        blocks.extend(status(round, counts, standings.get(round.pk, Standing()), zone).blocks)
    if begun:
        blocks.append(Row(T("programme.also_begun"), _go_on()))
    return Card(tuple(blocks))


def _objectives(round: Round) -> Text:
    known = content.objectives()
    names = tuple(T("programme.quoted", words=known[code].name) for code in round.objectives if code in known)
    return Listing(names) if names else T("programme.to_choose")


def _moment(at: datetime | None, zone: str) -> Text:
    return T("programme.moment", at=When(at, zone)) if at else T("programme.to_choose")


def _open(round: Round, verb: str) -> Button:
    label = "programme.open_now" if verb == "programme.opened" else "programme.open"
    return Button(T(label), verb, str(round.pk), "primary")


def _add(round: Round) -> Button:
    return Button(T("board.add_button"), "board.add", str(round.pk))


def _edit(round: Round) -> Button:
    return Button(T("programme.change"), "programme.edit", str(round.pk))


def _see(round: Round) -> Button:
    return Button(T("programme.see"), "programme.status", str(round.pk))


def _new(style: str = "plain") -> Button:
    return Button(T("programme.new"), "programme.new", "", "primary" if style == "primary" else "plain")


def _go_on() -> Button:
    return Button(T("programme.go_on"), "programme.new", style="primary")


def _hopes(round: Round) -> Button:
    return Button(T("hopes.title"), "hopes.read", str(round.pk))


def _cancel(round: Round) -> Button:
    asked = Confirm(
        T("programme.cancel_title"),
        T("programme.cancel_sure", name=round.name),
        T("programme.cancel_yes"),
        T("programme.cancel_no"),
    )
    return Button(T("programme.cancel"), "programme.cancel", str(round.pk), "danger", asked)
