"""The sessions of a new pair: numbers, topics, lengths, and by when each is to be held."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot import content
from bot.domain import topics
from bot.domain.calendar import Site, add_working_days, at_local, is_working_day
from bot.domain.programme import RoundRules, midpoint_session
from bot.flows.session import ladder
from storage.sessions import Meeting, rules_of
from storage.sites import site_of
from storage.tables import Enrolment, Organisation, Pairing, Person, Round, Session
from storage.uow import Uow

END_OF_DAY = time(18)


@dataclass(frozen=True)
class Pair:
    """The two people of a pairing with what they enrolled with and the company they work for."""

    mentor: Person
    mentee: Person
    mentor_side: Enrolment
    mentee_side: Enrolment
    organisation: Organisation

    @property
    def exchange(self) -> topics.Exchange:
        """What the two bring and look for."""
        return topics.Exchange(
            wants_of(self.mentee_side),
            offers_of(self.mentor_side),
            wants_of(self.mentor_side),
            offers_of(self.mentee_side),
        )

    @property
    def sites(self) -> tuple[Site, Site]:
        return site_of(self.mentee, self.organisation), site_of(self.mentor, self.organisation)


async def begin(uow: Uow, pairing: Pairing, round: Round) -> None:
    """Plan a new pair's sessions and promise the first follow-ups. ``pairing`` may be new; it is flushed."""
    await uow.flush()
    pair = await _pair(uow, pairing)
    rules = rules_of(round)
    planned = planned_topics(pair.exchange, round, rules)
    sessions = [_session(pairing, round, rules, item, pair.sites, uow.now) for item in planned]
    uow.add_all(sessions)
    pairing.plan = [item.topic for item in planned]
    await uow.flush()
    first = Meeting(
        sessions[0], pairing, round, pair.organisation, pair.mentor, pair.mentee, pair.mentor_side, pair.mentee_side
    )
    ladder.promise(uow, first, uow.now)


def planned_topics(exchange: topics.Exchange, round: Round, rules: RoundRules) -> tuple[topics.Planned, ...]:
    """The pair's plan of topics by the library of the product."""
    objectives = content.objectives()
    starters = [code for name in round.objectives if name in objectives for code in objectives[name].topics]
    return topics.plan(
        library(), exchange, round.format, rules.sessions_planned, midpoint_session(rules), starters=starters
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


def _session(
    pairing: Pairing, round: Round, rules: RoundRules, item: topics.Planned, sites: tuple[Site, ...], now: datetime
) -> Session:
    return Session(
        pairing_id=pairing.pk,
        number=item.number,
        minutes=rules.kickoff_minutes if item.number == 0 else rules.session_minutes,
        mode=mode_of(round.format, item.number, rules.sessions_planned),
        topic=item.topic,
        lead=item.lead,
        due_by=due_by(now, item.number, rules, sites),
    )


async def _pair(uow: Uow, pairing: Pairing) -> Pair:
    people = await uow.by_id(Person, (pairing.mentor_id, pairing.mentee_id))
    sides = await uow.by_id(Enrolment, (pairing.mentor_enrolment_id, pairing.mentee_enrolment_id))
    organisation = await uow.session.get_one(Organisation, uow.organisation_id)
    return Pair(
        people[pairing.mentor_id],
        people[pairing.mentee_id],
        sides[pairing.mentor_enrolment_id],
        sides[pairing.mentee_enrolment_id],
        organisation,
    )
