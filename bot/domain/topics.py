"""The plan of a pair's conversations: what each session is about, and who leads it.

The kick-off is number 0; the midpoint review and the closing are two of the planned sessions. Of the others, every
third is led by the mentee, on a return topic: the exchange goes both ways.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Literal

KICKOFF, MIDPOINT, CLOSING = "K1", "M1", "C1"
CIRCLE = "Q1"
"""What a circle of pairs talks about: the questions that its people left without a name."""
STRUCTURAL = (KICKOFF, MIDPOINT, CLOSING, CIRCLE)
RETURN_EVERY = 3

Direction = Literal["junior_to_senior", "senior_to_junior", "both"]
Lead = Literal["mentor", "mentee", "both"]


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of the library; `digcomp` and `soft` are skill codes, the first being what it is mainly about."""

    code: str
    direction: Direction
    digcomp: tuple[str, ...] = ()
    soft: tuple[str, ...] = ()
    return_topic: str | None = None
    formats: tuple[str, ...] = ()

    @property
    def skills(self) -> tuple[str, ...]:
        """The skills that the topic is about, those of the side that leads it first."""
        return self.soft + self.digcomp if self.direction == "senior_to_junior" else self.digcomp + self.soft


@dataclass(frozen=True, slots=True)
class Exchange:
    """What the two bring and look for, as skill codes in the order in which each put them."""

    mentee_wants: tuple[str, ...] = ()
    mentor_offers: tuple[str, ...] = ()
    mentor_wants: tuple[str, ...] = ()
    mentee_offers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Planned:
    """One conversation: its number, its topic, what the other side gives back, and who leads."""

    number: int
    topic: str
    return_topic: str | None
    lead: Lead


def plan(
    library: Sequence[Topic],
    exchange: Exchange,
    format: str,
    sessions: int,
    midpoint: int,
    done: Collection[str] = (),
    first: int = 0,
    starters: Sequence[str] = (),
    skip: Collection[int] = (),
) -> tuple[Planned, ...]:
    """Conversations `first` to `sessions`, in order, without those of the numbers in `skip`.

    `midpoint` is the session that holds the midpoint review (none is held when that is the last one); `done` are the
    topics already talked about, which come again only when nothing else is left; `starters` are the topics that serve
    the objectives of the round, for when wants and offers name too few. Without any topic for the format, only the
    structural conversations are planned.
    """
    fitting = [topic for topic in library if format in topic.formats and topic.code not in STRUCTURAL]
    given_out = list(done)
    planned: list[Planned] = []
    for number in range(first, sessions + 1):
        if number in skip:
            continue
        fixed = _structural(number, sessions, midpoint)
        if fixed:
            planned.append(Planned(number, fixed, None, "both"))
            continue
        returns = (_turn(number, midpoint) - sum(other < number for other in skip)) % RETURN_EVERY == 0
        ranked = (
            _ranked_returns(fitting, exchange, given_out) if returns else _ranked_mains(fitting, exchange, starters)
        )
        topic = _first_new(ranked, given_out)
        if topic:
            given_out.append(topic.code)
            planned.append(Planned(number, topic.code, topic.return_topic, "mentee" if returns else "mentor"))
    return tuple(planned)


def plan_of_peers(
    library: Sequence[Topic], exchange: Exchange, sessions: int, midpoint: int, starters: Sequence[str] = ()
) -> tuple[Planned, ...]:
    """The same for two peers, each of whom leads by turns on what the other wants: the mentor's seat begins.

    Which way a topic usually goes does not count among them.
    """
    fitting = [topic for topic in library if "peer" in topic.formats and topic.code not in STRUCTURAL]
    by_code = {topic.code: topic for topic in fitting}
    given_out: list[str] = []
    planned: list[Planned] = []
    for number in range(sessions + 1):
        fixed = _structural(number, sessions, midpoint)
        if fixed:
            planned.append(Planned(number, fixed, None, "both"))
            continue
        first = _turn(number, midpoint) % 2 == 1
        wants = exchange.mentee_wants if first else exchange.mentor_wants
        offers = exchange.mentor_offers if first else exchange.mentee_offers
        ranked = chain(
            _about(fitting, [want for want in wants if want in offers]),
            _about(fitting, wants),
            (by_code[code] for code in starters if code in by_code),
            _about(fitting, offers),
            fitting,
        )
        topic = _first_new(ranked, given_out)
        if topic:
            given_out.append(topic.code)
            planned.append(Planned(number, topic.code, None, "mentor" if first else "mentee"))
    return tuple(planned)


def along(
    steps: Sequence[tuple[str, str]], numbers: Iterable[int], sessions: int, midpoint: int, done: Collection[str] = ()
) -> tuple[Planned, ...]:
    """The sessions of these `numbers` along a ready track: its main topics in order, and in every third its returns.

    `steps` are a main topic and the return topic that answers it. What is `done` is skipped; structural sessions and
    those for which the track has nothing left are not in the answer.
    """
    mains = [step for step in steps if step[0] not in done]
    backs = list(dict.fromkeys(back for _, back in steps if back not in done))
    planned: list[Planned] = []
    for number in numbers:
        if _structural(number, sessions, midpoint):
            continue
        if _turn(number, midpoint) % RETURN_EVERY == 0 and backs:
            planned.append(Planned(number, backs.pop(0), None, "mentee"))
        elif mains:
            main, back = mains.pop(0)
            planned.append(Planned(number, main, back, "mentor"))
    return tuple(planned)


def _structural(number: int, sessions: int, midpoint: int) -> str | None:
    if number == 0:
        return KICKOFF
    if number == sessions:
        return CLOSING
    return MIDPOINT if number == midpoint else None


def _turn(number: int, midpoint: int) -> int:
    """The place of a session among those with a topic, from 1; it does not depend on where the plan begins."""
    return number - (0 < midpoint < number)


def _first_new(ranked: Iterable[Topic], given_out: Collection[str]) -> Topic | None:
    topics = list(ranked)
    return next((topic for topic in topics if topic.code not in given_out), topics[0] if topics else None)


def _ranked_mains(topics: list[Topic], exchange: Exchange, starters: Sequence[str]) -> Iterator[Topic]:
    """What the mentee wants and the mentor offers; then wants alone, the round's own topics, offers alone, the rest."""
    mains = [topic for topic in topics if topic.direction != "senior_to_junior"]
    met = [want for want in exchange.mentee_wants if want in exchange.mentor_offers]
    by_code = {topic.code: topic for topic in mains}
    return chain(
        _about(mains, met),
        _about(mains, exchange.mentee_wants),
        (by_code[code] for code in starters if code in by_code),
        _about(mains, exchange.mentor_offers),
        mains,
    )


def _ranked_returns(topics: list[Topic], exchange: Exchange, given_out: Sequence[str]) -> Iterator[Topic]:
    """What the mentor wants and the mentee offers; then answers to the latest topics, wants, offers, the rest."""
    returns = [topic for topic in topics if topic.direction != "junior_to_senior"]
    met = [want for want in exchange.mentor_wants if want in exchange.mentee_offers]
    by_code = {topic.code: topic for topic in topics}
    answers = [by_code[code].return_topic for code in reversed(given_out) if code in by_code]
    return chain(
        _about(returns, met),
        (topic for code in answers for topic in returns if topic.code == code),
        _about(returns, exchange.mentor_wants),
        _about(returns, exchange.mentee_offers),
        returns,
    )


def _about(topics: list[Topic], skills: Iterable[str]) -> Iterator[Topic]:
    """Topics on the skills, by turns: one for each skill in order, then a second for each; the closest one first."""
    columns = [
        sorted((topic for topic in topics if skill in topic.skills), key=lambda topic: topic.skills.index(skill))
        for skill in skills
    ]
    return (topic for row in zip_longest(*columns) for topic in row if topic is not None)
