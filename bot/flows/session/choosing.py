"""Choosing what a session is about: another topic, or a ready track for this session and those that follow."""

from collections.abc import Sequence

from bot import content
from bot.domain.programme import midpoint_session
from bot.domain.topics import STRUCTURAL, along
from bot.flows import talk
from bot.flows.engine import Place
from bot.flows.scheduling.booking import check_goes_on
from bot.flows.session import cards
from bot.flows.session.conversation import TOPIC, TRACK
from bot.flows.session.plan import in_turn, offers_of, wants_of
from bot.flows.session.views import mine_of, talk_of
from bot.flows.turns import Refused, Replace, Reply, Turn
from bot.ui.words import T
from storage.meeting import Meeting

OPEN = ("planned", "scheduled", "postponed", "not_held")


async def ask(turn: Turn) -> Reply:
    """The topics to choose from: what the mentee wants first."""
    found, meetings = await mine_of(turn, turn.number())
    check_goes_on(found, turn)
    _check_topic_open(found)
    done = {one.session.topic for one in meetings if one.session.state == "held"}
    partner = list(found.names(turn.person.pk))
    context = {"session_id": found.session.pk, "partner": partner, **_grouped(found, done)}
    return await talk.start(turn, TOPIC, f"session:{found.session.pk}", context, {"topic": found.session.topic})


def _check_topic_open(found: Meeting) -> None:
    if found.session.topic in STRUCTURAL:
        raise Refused(T("session.topic_fixed"))
    if found.session.state not in OPEN:
        raise Refused(T("scheduling.over"))


def _grouped(found: Meeting, done: set[str]) -> dict[str, list[str]]:
    """Topic codes by group, the mentees' wants first; what was talked about already is left out."""
    library = content.topics().values()
    free = [one for one in library if one.kind != "structural" and one.code not in done and _fits(one, found)]
    if found.peers:
        return _among_peers(found, free)
    learners = [found.sides[person.pk] for person in found.mentees]
    wants = in_turn(wants_of(side) for side in learners)
    back = (*wants_of(found.sides[found.mentor.pk]), *in_turn(offers_of(side) for side in learners))
    main = [one for one in free if one.direction != "senior_to_junior"]
    wanted = [one.code for want in wants for one in main if want in one.skills]
    returns = [one for one in free if one.direction == "senior_to_junior"]
    returns.sort(key=lambda one: min((back.index(code) for code in one.skills if code in back), default=len(back)))
    wanted = list(dict.fromkeys(wanted))
    return {
        "wanted": wanted,
        "return": [one.code for one in returns],
        "other": [one.code for one in main if one.code not in wanted],
    }


def _among_peers(found: Meeting, free: Sequence[content.Topic]) -> dict[str, list[str]]:
    """What the one who does not lead wants comes first; which way a topic usually goes does not count."""
    learners = [person for person in found.people if found.leader is None or person.id != found.leader.id]
    wants = in_turn(wants_of(found.sides[person.pk]) for person in learners)
    wanted = list(dict.fromkeys(one.code for want in wants for one in free if want in one.skills))
    return {"wanted": wanted, "return": [], "other": [one.code for one in free if one.code not in wanted]}


def _fits(topic: content.Topic, found: Meeting) -> bool:
    return found.round.format in topic.formats


async def choose(turn: Turn, place: Place) -> Reply:
    """The session gets what was chosen: a topic, or the first of a track that the later ones follow."""
    found, meetings = await mine_of(turn, int(place.context["session_id"]), lock=True)
    code = place.one("topic")
    check_goes_on(found, turn)
    _check_topic_open(found)
    if code.startswith(TRACK):
        _follow(found, meetings, content.tracks()[code.removeprefix(TRACK)])
    else:
        _swap(found, meetings, code)
    found.holder.plan = [one.session.topic for one in meetings if one.session.state in OPEN]
    changed = talk_of(found, turn.person.pk)
    return Replace(cards.present(changed, books=found.books(turn.person.pk)))


def _swap(found: Meeting, meetings: Sequence[Meeting], code: str) -> None:
    """A later session that had the topic gets this one's instead."""
    for other in meetings:
        if other.session.topic == code and other.session.state in OPEN:
            other.session.topic = found.session.topic
            other.session.lead = other.session.lead if found.peers else found.session.lead
    found.session.topic = code
    if found.peers:  # whose turn it is stays
        return
    found.session.lead = "mentee" if content.topics()[code].direction == "senior_to_junior" else "mentor"


def _follow(found: Meeting, meetings: Sequence[Meeting], track: content.Track) -> None:
    """This session and those after it follow the track; what was talked about is skipped."""
    library, rules = content.topics(), found.rules
    done = {one.session.topic for one in meetings if one.session.state == "held"}
    unfit = {code for step in track.steps for code in step if not _fits(library[code], found)}
    later = {
        one.session.number: one.session
        for one in meetings
        if one.session.number >= found.session.number and one.session.state in OPEN
    }
    if found.peers:
        open_to = (session for session in later.values() if session.topic not in STRUCTURAL)
        codes = dict.fromkeys(code for step in track.steps for code in step if code not in done)
        for session, code in zip(open_to, codes, strict=False):
            session.topic = code
        return
    planned = along(track.steps, sorted(later), rules.sessions_planned, midpoint_session(rules), done | unfit)
    for item in planned:
        later[item.number].topic, later[item.number].lead = item.topic, item.lead
