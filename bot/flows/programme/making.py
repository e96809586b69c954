"""Making and changing a round: opens the wizard, and keeps what it gives as a draft."""

from datetime import date, datetime
from typing import Any

from bot.domain.calendar import at_local, local_day
from bot.domain.programme import CAREER_STAGES, PEER, RoundState, missing, suggested_role
from bot.flows import talk
from bot.flows.engine import LOOKED_UP, Place
from bot.flows.programme import cards
from bot.flows.programme.answers import answers_before, answers_of, columns_from, ends_on, facts_from, first_answers
from bot.flows.programme.conversation import EXTEND, NOBODY_REPORTS, ROUND
from bot.flows.programme.rounds import CLOSING_HOUR, move_enrolment_end, pick
from bot.flows.turns import FormErrors, Outdated, Refused, Replace, Reply, Turn, outdated_button
from bot.ui.cards import Card
from bot.ui.words import T
from storage import rounds as store
from storage.couples import GROUP, rules_of
from storage.naming import persons_of
from storage.sites import site_of
from storage.tables import Organisation, Person, Round


async def new(turn: Turn) -> Reply:
    """``round new``: the wizard, or the unfinished one where it was left."""
    organisation, rounds = await store.all_rounds(turn.uow, turn.naming)
    context = await _context(turn, organisation, [one.round.name for one in rounds])
    first = first_answers(turn.now, site_of(turn.person, organisation))
    earlier = next((one.round for one in rounds if one.round.opened_at is not None), None)
    known = answers_before(earlier.name, earlier.checklist) if earlier is not None else {}
    return await talk.start(turn, ROUND, "", context, {**first, **known})


async def edit(turn: Turn) -> Reply:
    """``round edit``: the wizard with the draft's answers; of a round that enrols, the end of enrolment alone.

    By a button it is the round of that id, and the button may carry the step to begin at.
    """
    organisation, rounds = await store.all_rounds(turn.uow, turn.naming)
    chosen = _chosen(turn, rounds)
    round = chosen.round
    if round.state == RoundState.ENROLLING:
        return await _extend(turn, round, organisation)
    if round.state != RoundState.DRAFT:
        raise Refused(T("programme.not_editable", name=round.name))
    others = [other.round.name for other in rounds if other is not chosen]
    known = {LOOKED_UP: {"sponsor": chosen.sponsor_name}}
    context = await _context(turn, organisation, others) | {"round": round.pk} | known
    defaults = first_answers(turn.now, site_of(turn.person, organisation))
    answers = {**defaults, **_answers(round, chosen.sponsor, turn.zone)}
    step = turn.id.partition(":")[2]
    at = step if step in {item.name for item in ROUND.steps} else None
    return await talk.start(turn, ROUND, f"round:{round.pk}", context, answers, at=at)


def _chosen(turn: Turn, rounds: list[store.Sponsored]) -> store.Sponsored:
    number = turn.number() if turn.id else None
    if number is None:
        named = pick([one.round for one in rounds], turn.words, RoundState.DRAFT, RoundState.ENROLLING)
        number = named.pk
    for one in rounds:
        if one.round.pk == number:
            return one
    raise outdated_button()


def _answers(round: Round, sponsor: str, zone: str) -> dict[str, Any]:
    ends = local_day(round.enrolment_ends_at, zone) if round.enrolment_ends_at else None
    return answers_of(
        name=round.name,
        format=round.format,
        objectives=round.objectives,
        rules=round.rules,
        invited=round.invited,
        checklist=round.checklist,
        sponsor=sponsor,
        sponsor_says=round.sponsor_says,
        ends=ends,
    )


async def _extend(turn: Turn, round: Round, organisation: Organisation | None) -> Reply:
    until = round.enrolment_ends_at or turn.now
    ends = local_day(until, turn.zone)
    context = {
        "round": round.pk,
        "name": round.name,
        "until": until.isoformat(),
        **site_of(turn.person, organisation).to_json(),
    }
    return await talk.start(turn, EXTEND, f"round:{round.pk}", context, {"ends": ends.isoformat()})


async def _context(turn: Turn, organisation: Organisation | None, names: list[str]) -> dict[str, Any]:
    company = await store.company(turn.uow)
    return {
        "departments": list(company.departments),
        "sites": list(company.sites),
        "stages": list(company.stages),
        "names": names,
        **site_of(turn.person, organisation).to_json(),
    }


async def look_up_sponsor(turn: Turn, place: Place) -> dict[str, str]:
    """Who the sponsor is, by name. Somebody at the start of a career is not the senior figure who opens a round."""
    account = place.one("sponsor")
    if not account:
        return {"sponsor": ""}
    person = (await persons_of(turn.uow, turn.actor.workspace.pk, [account])).get(account)
    if person is None:
        raise FormErrors({"sponsor": T("programme.sponsor_unknown")})
    if person.career_stage in CAREER_STAGES and suggested_role(person.career_stage) == "mentor":
        raise FormErrors({"sponsor": T("programme.sponsor_junior", name=person.name)})
    return {"sponsor": person.name}


async def keep(turn: Turn, place: Place) -> Reply:
    """The wizard's end: a draft is made, or changed; says what is missing before it can open, or asks to open it."""
    sponsor = await _sponsor(turn, place.one("sponsor"))
    columns = columns_from(place, sponsor) | {"enrolment_ends_at": _moment(ends_on(place), turn.zone)}
    if "round" in place.context:
        round = await store.move(turn.uow, int(str(place.context["round"])), ("draft",), **columns)
        if round is None:
            raise Outdated(T("programme.no_longer_draft"))
    else:
        round = turn.uow.add(Round(**columns, coordinator_id=turn.person.pk, created_at=turn.now))
        await turn.uow.flush()
    people = await store.invited_people(turn.uow, round)
    missing = gaps(round, len(people), turn)
    if missing:
        return Replace(cards.saved(round, missing))
    return Replace(asked_to_open(turn, round, people, just_saved=True))


def asked_to_open(turn: Turn, round: Round, people: list[Person], *, just_saved: bool = False) -> Card:
    """What opening a whole draft will do, and what the roster says against its checklist."""
    return cards.ask_to_open(
        round,
        len(people),
        possible(round, people),
        turn.zone,
        reports=reports_denied(round, people),
        just_saved=just_saved,
    )


def reports_denied(round: Round, people: list[Person]) -> list[str]:
    """Who of the people reports to the round's coordinator, by name, where its checklist says that nobody does."""
    if round.checklist.get("coordinator_independent") != NOBODY_REPORTS:
        return []
    return [person.name for person in people if person.manager_id == round.coordinator_id]


async def _sponsor(turn: Turn, account: str) -> int | None:
    """Who the chosen account is; None for nobody, and for somebody who is not on the roster (a guest, a bot)."""
    if not account:
        return None
    person = (await persons_of(turn.uow, turn.actor.workspace.pk, [account])).get(account)
    return person.pk if person else None


def _moment(day: date | None, zone: str) -> Any:
    return at_local(day, CLOSING_HOUR, zone) if day else None


def gaps(round: Round, invited: int, turn: Turn) -> list[str]:
    """What keeps the draft from opening, by code: the rules' own list, and an end of enrolment still to come."""
    found = missing(
        facts_from(
            name=round.name,
            format=round.format,
            objectives=round.objectives,
            rules=round.rules,
            checklist=round.checklist,
            sponsor=round.sponsor_id,
            invited=invited,
        )
    )
    ends = round.enrolment_ends_at
    return found if ends is not None and ends > turn.now else ["enrolment_ends", *found]


def possible(round: Round, people: list[Person]) -> int:
    """How many pairs, or groups, there would be at most, if everybody took the role that is suggested to them."""
    if round.format == PEER:
        return len(people) // 2
    roles = [suggested_role(person.career_stage) for person in people if person.career_stage in CAREER_STAGES]
    mentors, mentees = roles.count("mentor"), roles.count("mentee")
    return min(mentors, mentees // rules_of(round).group_least if round.format == GROUP else mentees)


async def move_end(turn: Turn, place: Place) -> Reply:
    """The end of enrolment of a round that enrols was moved by hand."""
    ends_at = _moment(date.fromisoformat(place.one("ends")), turn.zone)
    round = await move_enrolment_end(turn.uow, int(str(place.context["round"])), ends_at)
    if round is None:
        raise Outdated(T("programme.no_longer_enrolling"))
    before = datetime.fromisoformat(str(place.context["until"]))
    if ends_at < before:
        return Replace(cards.brought_forward(round, before, turn.zone))
    return Replace(cards.extended(round, turn.zone))
