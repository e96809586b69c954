"""A coordinator adds a person to a round that has begun: they are asked like everybody, and decide for themselves."""

from bot.domain.calendar import add_working_days
from bot.flows import talk
from bot.flows.board import cards
from bot.flows.board.conversation import ADD
from bot.flows.engine import Place
from bot.flows.pairing.ending import REMATCH_WEEKS
from bot.flows.programme.rounds import find_round, promise_invitation, round_of
from bot.flows.turns import Did, FormErrors, JobTurn, NotOwed, Outcome, Refused, Replace, Reply, Turn
from bot.ui.words import T, When
from storage import rounds as store
from storage.between import behind
from storage.enrolments import BEFORE_CLOSING, OF_THE_ROUND
from storage.sites import site_of
from storage.tables import Person, Round

ANSWER_WORKING_DAYS = 5


async def ask_whom(turn: Turn) -> Reply:
    """``round add``: a person is named."""
    return await _form(turn, await find_round(turn, *BEFORE_CLOSING))


async def ask_whom_here(turn: Turn) -> Reply:
    """``board.add``, id of a round."""
    return await _form(turn, await round_of(turn))


async def _form(turn: Turn, round: Round) -> Reply:
    _check(turn, round)
    return await talk.start(turn, ADD, f"round:{round.pk}", {"round": round.pk, "name": round.name}, fresh=True)


def _check(turn: Turn, round: Round) -> None:
    """Raises ``Refused`` for a round that nobody can enter any more, or that everybody enters in another way."""
    if round.state not in BEFORE_CLOSING:
        raise Refused(T("board.add_draft" if round.state == "draft" else "board.add_over", round=round.name))
    if round.state == "running" and round.ends_at is not None and round.ends_at - turn.now < REMATCH_WEEKS:
        ends = When(round.ends_at, turn.zone, "day")
        raise Refused(T("board.add_too_late", round=round.name, date=ends))


async def add(turn: Turn, place: Place) -> Reply:
    """The person is invited, behind this answer.

    Whether they answered before, and what, is not for the coordinator: the answer here is the same.
    """
    account = place.one("person")
    found = await behind(turn.uow, int(str(place.context["round"])), turn.actor.workspace.pk, [account])
    person, enrolment = found.people[account] if found else (None, None)
    if found is None or person is None or person.left_at is not None:
        raise FormErrors({"person": T("matching.not_in_roster")})
    round = found.round
    _check(turn, round)
    if person.pk == round.coordinator_id:
        raise FormErrors({"person": T("board.add_coordinator")})
    if enrolment is not None and enrolment.state in OF_THE_ROUND:
        raise FormErrors({"person": T("board.add_in_already", name=person.name)})
    key = f"round:{round.pk}:add:{person.pk}:{turn.now:%Y%m%dT%H%M%S%f}"
    turn.uow.promise("board.invite", key, turn.now, round=round.pk, person_id=person.pk)
    return Replace(cards.added(round, person.name, ANSWER_WORKING_DAYS))


async def invite(turn: JobTurn) -> Outcome:
    """``board.invite``: who has said no, or has not answered, reads nothing more while that invitation stands."""
    uow, round = turn.uow, await turn.uow.get(Round, turn.arg("round"))
    person = await uow.need(Person, turn.arg("person_id"))
    if round is None or round.state not in BEFORE_CLOSING:
        return NotOwed()
    enrolment = await store.place_in(uow, round.pk, person.pk)
    if enrolment.state in OF_THE_ROUND:
        return NotOwed()
    if round.state == "enrolling":
        promise_invitation(uow, round, person.pk, round.enrolment_ends_at)
    elif enrolment.late_until is None or enrolment.late_until <= turn.now:
        site = site_of(person, await uow.organisation())
        enrolment.late_until = add_working_days(turn.now, ANSWER_WORKING_DAYS, site)
        enrolment.state, enrolment.proposals = "invited", 0
        promise_invitation(uow, round, person.pk, enrolment.late_until, f"late:{turn.now:%Y%m%d}")
    return Did()
