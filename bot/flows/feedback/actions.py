"""Opening, answering and declining a survey."""

from bot.flows.engine import Place
from bot.flows.enrolment.sections import GOALS
from bot.flows.feedback import cards
from bot.flows.feedback.conversation import MOST_SKILLS, SURVEY, given, questions, written
from bot.flows.standing import places, takes_part
from bot.flows.talk import start
from bot.flows.turns import HomeSection, Outdated, Replace, Reply, Tell, Turn, outdated_button
from bot.ui.words import T
from storage import surveys
from storage.enrolments import TAKING_PART
from storage.surveys import ANSWERED, OPEN, Part

WAVES = ("mid", "close", "followup")
BEFORE_THE_FIRST_SESSION = ("enrolling", "matching")


async def answer(turn: Turn) -> Reply:
    """``feedback.answer``, id ``<round>:<wave>``: open the survey, or resume it at its page."""
    round_id, wave = _which(turn)
    part = await surveys.part(turn.uow, turn.person.pk, round_id=round_id)
    if part is None:
        raise outdated_button()
    _check_open(part.waves.get(wave, ""), round_id, wave)
    return await _start(turn, part, wave)


async def base(turn: Turn) -> Reply:
    """``feedback.base``, id of the person's own enrolment: the short form, until the sessions begin."""
    part = await surveys.part(turn.uow, turn.person.pk, enrolment_id=turn.number())
    if part is None:
        raise outdated_button()
    if part.waves.get("base") == ANSWERED:
        raise Outdated(T("feedback.already"))
    if part.round.state not in BEFORE_THE_FIRST_SESSION or not part.enrolment.role:
        raise Outdated(T("feedback.base_closed"))
    return await _start(turn, part, "base")


async def skip(turn: Turn) -> Reply:
    """``feedback.skip``: no more reminders for this survey; it can still be answered."""
    round_id, wave = _which(turn)
    if not await surveys.skip(turn.uow, round_id, turn.person.pk, wave):
        _check_open(await surveys.standing(turn.uow, round_id, turn.person.pk, wave), round_id, wave)
    return Replace(cards.skipped(round_id, wave))


async def home(turn: Turn) -> list[HomeSection]:
    """The surveys that wait for this person; until the sessions begin also the short form to compare with."""
    if not await takes_part(turn):
        return []
    standings = await surveys.standings(turn.uow, turn.person.pk)
    known = {round.pk: waves for round, waves in standings}
    offered = [
        HomeSection(GOALS, cards.short_form(place.enrolment.pk))
        for place in await places(turn)
        if place.round.state in BEFORE_THE_FIRST_SESSION
        and place.enrolment.role
        and place.enrolment.state in TAKING_PART
        and known.get(place.round.pk, {}).get("base") != ANSWERED
    ]
    asked = [
        HomeSection(0, cards.remind(round.pk, wave, None, turn.zone))
        for round, waves in standings
        for wave in surveys.waiting(round, waves)
    ]
    return [*asked, *offered]


async def finish(turn: Turn, place: Place) -> Reply:
    """Keep the answers under the random key."""
    wave, round_id = str(place.context["wave"]), int(place.context["round"])
    kept = await surveys.record(
        turn.uow,
        round_id,
        turn.person.pk,
        str(place.context["role"]),
        wave,
        given(place),
        only_if_open=wave in WAVES,
    )
    if not kept:
        raise Outdated(T("feedback.closed"), cards.closed(written(place)))
    thanks = cards.thanked(round_id, wave)
    return Tell(thanks) if wave == "base" else Replace(thanks)  # the offer stands on a card that is still wanted


async def _start(turn: Turn, part: Part, wave: str) -> Reply:
    role = part.enrolment.role
    wants = part.enrolment.wants[:MOST_SKILLS] if wave == "close" else []
    context = {
        "round": part.round.pk,
        "wave": wave,
        "role": role,
        "items": questions(wave, role, part.round.objectives),
        "skills": [str(code) for code, *_ in wants],
        "levels": {str(code): level for code, level, *_ in wants},
    }
    return await start(turn, SURVEY, f"round:{part.round.pk}:{wave}", context)


def _which(turn: Turn) -> tuple[int, str]:
    wave = turn.id.partition(":")[2]
    if wave not in WAVES:
        raise outdated_button()
    return turn.number(), wave


def _check_open(standing: str, round_id: int, wave: str) -> None:
    if standing == ANSWERED:
        raise Outdated(T("feedback.already"), cards.thanked(round_id, wave))
    if standing not in OPEN:
        raise Outdated(T("feedback.closed"))
