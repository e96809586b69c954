"""The sessions of a new pair or group: numbers, topics, lengths, and by when each is to be held."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, time, timedelta
from itertools import zip_longest
from zoneinfo import ZoneInfo

from bot import content
from bot.domain import topics
from bot.domain.calendar import Site, add_working_days, at_local, is_working_day
from bot.domain.programme import PEER, RoundRules, alone, midpoint_session
from bot.flows.session import ladder
from storage.couples import SIDES, Couple, Formed, rules_of
from storage.meeting import Meeting
from storage.tables import Enrolment, MentoringGroup, Organisation, Pairing, Person, Round, Session
from storage.uow import Uow

END_OF_DAY = time(18)


async def begin(
    uow: Uow, pairings: Sequence[Pairing], round: Round, group: MentoringGroup | None = None
) -> Sequence[Session]:
    """Plan the sessions of a new pair, or of the pairs of a new ``group``, and promise the first follow-ups.

    All may be new; they are flushed.
    """
    await uow.flush()
    formed = await _formed(uow, pairings, round)
    rules = rules_of(round)
    sites = (*(one.couple.site("mentee") for one in formed), formed[0].couple.site("mentor"))
    planned = planned_topics(exchange_of([one.couple for one in formed]), round, rules)
    sessions = [_session(round, rules, item, sites, uow.now) for item in planned]
    for session in sessions:
        session.group_id, session.pairing_id = (group.pk, None) if group else (None, pairings[0].pk)
    uow.add_all(sessions)
    (group or pairings[0]).plan = [item.topic for item in planned]
    await uow.flush()
    ladder.promise(uow, Meeting(sessions[0], formed, group), uow.now)
    return sessions


async def begin_circle(uow: Uow, formed: Sequence[Formed], circle: MentoringGroup) -> Sequence[Session]:
    """Plan the meetings of a new circle of pairs, and promise the follow-ups of the first. All may be new."""
    await uow.flush()
    round, rules = formed[0].couple.round, formed[0].couple.rules
    own = alone(round.format, rules.sessions_planned)
    sites = tuple(one.couple.site(side) for one in formed for side in SIDES)
    started = max(one.pairing.started_at for one in formed)
    planned = (
        topics.Planned(number, topics.CIRCLE, None, "both")
        for number in range(1, rules.sessions_planned + 1)
        if number not in own
    )
    sessions = [_session(round, rules, item, sites, started) for item in planned]
    for session in sessions:
        session.group_id = circle.pk
    uow.add_all(sessions)
    circle.plan = [session.topic for session in sessions]
    await uow.flush()
    if sessions:
        ladder.promise(uow, Meeting(sessions[0], tuple(formed), circle), uow.now)
    return sessions


async def meet_alone(uow: Uow, formed: Formed, met: Collection[int] = ()) -> None:
    """A pair for which there is no circle meets alone then too: on what the two still have to talk about.

    ``met``: the numbers of the meetings that its circle had.
    """
    round, rules = formed.couple.round, formed.couple.rules
    own = alone(round.format, rules.sessions_planned)
    exchange, done = exchange_of([formed.couple]), list(formed.pairing.plan)
    sites = (formed.couple.site("mentee"), formed.couple.site("mentor"))
    whole = topics.plan(library(), exchange, round.format, rules.sessions_planned + 1, 0, done)
    for item in whole:
        if 0 < item.number <= rules.sessions_planned and item.number not in (*own, *met):
            session = _session(round, rules, item, sites, formed.pairing.started_at)
            session.pairing_id = formed.pairing.pk
            uow.add(session)


def exchange_of(couples: Sequence[Couple]) -> topics.Exchange:
    """What the mentor and the mentees bring and look for; of several mentees by turns."""
    mentees = [couple.mentee_side for couple in couples]
    mentor = couples[0].mentor_side
    return topics.Exchange(
        in_turn(wants_of(side) for side in mentees),
        offers_of(mentor),
        wants_of(mentor),
        in_turn(offers_of(side) for side in mentees),
    )


def in_turn(lists: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """The first of each list, then the second of each, and so on; what comes again is named once."""
    rows = zip_longest(*lists)
    return tuple(dict.fromkeys(code for row in rows for code in row if code is not None))


def planned_topics(exchange: topics.Exchange, round: Round, rules: RoundRules) -> tuple[topics.Planned, ...]:
    """The plan of topics by the library of the product."""
    objectives = content.objectives()
    starters = [code for name in round.objectives if name in objectives for code in objectives[name].topics]
    if round.format == PEER:
        return topics.plan_of_peers(library(), exchange, rules.sessions_planned, midpoint_session(rules), starters)
    own = alone(round.format, rules.sessions_planned)
    circles = set(range(1, rules.sessions_planned + 1)) - set(own)
    midpoint = midpoint_session(rules)
    return topics.plan(
        library(),
        exchange,
        round.format,
        max(own),
        0 if midpoint in circles else midpoint,
        starters=starters,
        skip=circles,
    )


def library() -> Sequence[topics.Topic]:
    """The content's topics as the rules see them."""
    return [
        topics.Topic(
            topic.code,
            topic.direction,  # type: ignore[arg-type]  # the content files hold the three words of Direction
            tuple(code for code in topic.skills if not code.startswith("S")),
            tuple(code for code in topic.skills if code.startswith("S")),
            topic.return_topic,
            tuple(topic.formats),
        )
        for topic in content.topics().values()
    ]


def wants_of(side: Enrolment) -> tuple[str, ...]:
    """The skills that a participant looks for, the first counting most."""
    return tuple(str(want[0]) for want in side.wants)


def offers_of(side: Enrolment) -> tuple[str, ...]:
    """The skills that a participant brings, the best first."""
    return tuple(sorted(side.offers, key=lambda code: (-side.offers[code], code)))


def mode_of(format: str, number: int, last: int) -> str:
    """``in_person`` or ``remote``: a blended round meets in person first and last."""
    if format == "blended":
        return "in_person" if number in (0, last) else "remote"
    return "in_person" if format == "in_person" else "remote"


def due_by(started: datetime, number: int, rules: RoundRules, sites: tuple[Site, ...]) -> datetime:
    """By when a session is to be held: the evening of its day, which slides to a working day of every site."""
    first = add_working_days(started, rules.first_meeting_target_working_days, sites[0])
    local = first.astimezone(ZoneInfo(sites[0].zone)) + timedelta(weeks=number * rules.cadence_weeks)
    day = local.date()
    while not all(is_working_day(day, site) for site in sites):
        day += timedelta(days=1)
    return at_local(day, END_OF_DAY, sites[0].zone)


def _session(round: Round, rules: RoundRules, item: topics.Planned, sites: tuple[Site, ...], now: datetime) -> Session:
    return Session(
        number=item.number,
        minutes=rules.kickoff_minutes if item.number == 0 else rules.session_minutes,
        mode=mode_of(round.format, item.number, rules.sessions_planned),
        topic=item.topic,
        lead=item.lead,
        due_by=due_by(now, item.number, rules, sites),
    )


async def _formed(uow: Uow, pairings: Sequence[Pairing], round: Round) -> tuple[Formed, ...]:
    people = await uow.by_id(Person, [id for one in pairings for id in (one.mentor_id, one.mentee_id)])
    ids = [id for one in pairings for id in (one.mentor_enrolment_id, one.mentee_enrolment_id)]
    sides = await uow.by_id(Enrolment, ids)
    organisation = await uow.session.get_one(Organisation, uow.organisation_id)
    return tuple(
        Formed(
            one,
            Couple(
                round,
                organisation,
                people[one.mentor_id],
                people[one.mentee_id],
                sides[one.mentor_enrolment_id],
                sides[one.mentee_enrolment_id],
            ),
        )
        for one in pairings
    )
