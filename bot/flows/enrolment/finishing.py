"""What a finished enrolment form leaves behind: the enrolment's answers, the private list, the promised reminder."""

from bot.domain.calendar import Site, add_working_days
from bot.flows.engine import Place
from bot.flows.enrolment import cards
from bot.flows.enrolment.facts import MAX_CAPACITY, SHADOWING, is_open, not_ones_own, notice_of, role_of, too_late
from bot.flows.enrolment.meeting_steps import formats
from bot.flows.enrolment.opening_steps import is_elsewhere
from bot.flows.enrolment.skill_steps import offered, wanted
from bot.flows.matching.runs import promise_rematch
from bot.flows.preparation.path import is_ready
from bot.flows.turns import FormErrors, Refused, Replace, Reply, Turn
from bot.ui.words import T
from storage.choices import change_avoided
from storage.enrolments import OPEN_ROUNDS, TAKING_PART, Participation, participation
from storage.naming import persons_of
from storage.tables import Enrolment

REMINDER_WORKING_DAYS = 3
MAY_ENROL = ("invited", "declined_invitation", "withdrawn", "enrolled", "prepared")


async def look_up_avoided(turn: Turn, place: Place) -> dict[str, str]:
    """Nobody can be kept apart from themselves: a slip of the hand is said where it was made."""
    chosen = place.many("avoid")
    named = await persons_of(turn.uow, turn.actor.workspace.pk, chosen) if chosen else {}
    if any(person.pk == turn.person.pk for person in named.values()):
        raise FormErrors({"avoid": T("enrolment.avoid_self")})
    return {}


async def finish(turn: Turn, place: Place) -> Reply:
    """Everything is answered: the person is in, or waits for the next round."""
    mine = await participation(turn.uow, turn.person.pk, round_id=place.context["round_id"], lock=True)
    if mine is None or not is_open(mine, turn.now) or mine.enrolment.state not in MAY_ENROL:
        raise too_late(str(place.context["round"]))
    not_ones_own(mine)
    if is_elsewhere(place):
        return _wait(mine)
    changed = mine.enrolment.state in TAKING_PART
    reminded = changed and mine.enrolment.prepared_at is None
    _skills(mine.enrolment, place)
    _meetings(mine.enrolment, place)
    _person(turn, mine, place)
    await change_avoided(
        turn.uow,
        turn.person.pk,
        turn.actor.workspace.pk,
        place.many("avoid"),
        place.many("avoid_shown"),
    )
    if mine.enrolment.prepared_at is None and not reminded:
        _promise_reminder(turn, mine.enrolment)
    if mine.late:
        promise_rematch(turn.uow, mine.round.pk)
    return Replace(
        cards.enrolled(
            mine.round.pk,
            mine.enrolment.pk,
            mine.enrolment.role,
            mine.round.enrolment_ends_at,
            turn.zone,
            prepared=mine.enrolment.prepared_at is not None,
            changed=changed,
            late=mine.late,
        )
    )


def _wait(mine: Participation) -> Reply:
    mine.enrolment.state = "declined_invitation"
    mine.enrolment.other_programme = SHADOWING
    mine.enrolment.waited = True
    return Replace(cards.next_round(mine.round.pk))


def _skills(enrolment: Enrolment, place: Place) -> None:
    enrolment.role = role_of(place)
    enrolment.offers = {code: int(place.one(f"offer_{code}")) for code in offered(place)}
    enrolment.wants = [[code, int(place.one(f"want_{code}"))] for code in wanted(place)]


def _meetings(enrolment: Enrolment, place: Place) -> None:
    enrolment.languages = place.many("languages")
    enrolment.slots = place.many("slots")
    enrolment.formats = formats(place)
    enrolment.place = place.one("place")


def _person(turn: Turn, mine: Participation, place: Place) -> None:
    enrolment = mine.enrolment
    wished = int(place.one("capacity") or 1) if enrolment.role == "mentor" else 1
    enrolment.capacity = min(wished, MAX_CAPACITY)
    if enrolment.other_programme == SHADOWING:
        enrolment.waited = False
    enrolment.other_programme = "" if place.one("other") == "none" else place.one("other")
    enrolment.sealed_needs = turn.uow.box.seal(place.one("needs").strip()) if place.one("needs").strip() else ""
    enrolment.notice_version, enrolment.notice_at = notice_of(mine.round), turn.now
    enrolment.enrolled_at = enrolment.enrolled_at or turn.now
    done = is_ready(enrolment.role, enrolment.lessons)
    enrolment.prepared_at = (enrolment.prepared_at or turn.now) if done else None
    enrolment.state = "prepared" if done else "enrolled"


def _promise_reminder(turn: Turn, enrolment: Enrolment) -> None:
    due_at = add_working_days(turn.now, REMINDER_WORKING_DAYS, Site(turn.zone, turn.person.country))
    turn.uow.promise(
        "preparation.reminder",
        f"enrolment:{enrolment.pk}:lessons:1",
        due_at,
        person=turn.person.pk,
        enrolment=enrolment.pk,
        number=1,
    )


async def finish_profile(turn: Turn, place: Place) -> Reply:
    """Availability, languages and format were changed while the round runs."""
    mine = await participation(turn.uow, turn.person.pk, round_id=place.context["round_id"], lock=True)
    if mine is None or mine.enrolment.state not in TAKING_PART or mine.round.state not in OPEN_ROUNDS:
        raise Refused(T("enrolment.no_profile"))
    _meetings(mine.enrolment, place)
    return Replace(cards.profile_saved())
