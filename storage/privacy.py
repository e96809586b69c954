"""What is kept about one person: all of it as plain data, and its removal."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, delete, func, literal, update
from sqlmodel import col, select

from bot.domain.programme import PEER
from storage.assistants import whom_they_assist
from storage.calendars import calendar_of, times_of
from storage.enrolments import OPEN_ROUNDS, TAKING_PART
from storage.ledger import KEPT
from storage.meeting import meets
from storage.rounds import meets_in, sessions_of
from storage.tables import (
    Account,
    ActionItem,
    AuditEntry,
    Avoidance,
    BusyCalendar,
    Enrolment,
    FlowSession,
    Goal,
    MentoringGroup,
    Nudge,
    OpenQuestion,
    Pairing,
    PassedMessage,
    Person,
    Question,
    Round,
    RoundMessage,
    Session,
    Shared,
    SurveyKey,
    SurveyResponse,
    Workspace,
)
from storage.types import Moment
from storage.uow import Uow

Record = dict[str, Any]
DATE_FORMS = ("scheduling.type", "assistant.type")
"""The forms that carry the free times of all who meet, to say which dates suit them."""


async def everything(uow: Uow, person: Person) -> Record:
    """All that is kept about the person, as JSON values; confidential texts are theirs and are opened.

    Nothing that others wrote is in it. Survey answers are there as long as the key that joins them to the person is.
    """
    manager = await uow.get(Person, person.manager_id)
    return {
        "exported_at": uow.now.isoformat(),
        "person": _person(person, manager),
        "accounts": await _accounts(uow, person.pk),
        "please_not_with": await _avoided(uow, person.pk),
        "my_calendar": await _calendar(uow, person.pk),
        "enrolments": await _enrolments(uow, person.pk),
        "pairings": await _pairings(uow, person.pk),
        "i_keep_the_dates_of": await whom_they_assist(uow, person.pk),
        "my_questions_to_mentors": await _open_questions(uow, person.pk),
        "i_proposed_to_share": await _shared(uow, person.pk),
        "my_answers_to_questions": await _answers_given(uow, person.pk),
        "my_messages_to_rounds": await _round_messages(uow, person.pk),
        "survey_answers": await _answers(uow, person.pk),
        "messages_sent_unasked": await _nudges(uow, person.pk),
        "commands_logged": await _logged(uow, person.pk),
    }


def _person(person: Person, manager: Person | None) -> Record:
    plain = (
        "name email language timezone country site department job_title career_stage tenure_band languages "
        "other_programme coordinator stopped_kinds snoozed"
    )
    told: Record = {name: getattr(person, name) for name in plain.split()}
    return {
        **told,
        "manager": manager.name if manager else "",
        "paused_until": _iso(person.paused_until),
        "asks_since": _iso(person.asks_since),
    }


async def _accounts(uow: Uow, person_id: int) -> list[Record]:
    statement = (
        select(Account.external_id, Workspace.platform, Workspace.name)
        .join(Workspace, col(Workspace.id) == Account.workspace_id)
        .where(Account.organisation_id == uow.organisation_id, Account.person_id == person_id)
    )
    return [
        {"account": account, "platform": platform, "workspace": name}
        for account, platform, name in await uow.rows(statement)
    ]


async def _avoided(uow: Uow, person_id: int) -> list[str]:
    statement = (
        select(Person.name)
        .join(Avoidance, col(Avoidance.other_id) == Person.id)
        .where(Avoidance.organisation_id == uow.organisation_id, Avoidance.person_id == person_id)
    )
    return list(await uow.all(statement.order_by(Person.name)))


async def _calendar(uow: Uow, person_id: int) -> Record:
    row = await calendar_of(uow, person_id)
    if row is None:
        return {}
    return {
        "address": uow.box.open(row.sealed_address),
        "given_at": _iso(row.given_at),
        "read_at": _iso(row.read_at),
        "busy": [{"from": _iso(begins), "to": _iso(ends)} for begins, ends in times_of(uow, row)],
    }


async def _enrolments(uow: Uow, person_id: int) -> list[Record]:
    statement = (
        select(Enrolment, Round.name)
        .join(Round, col(Round.id) == Enrolment.round_id)
        .where(Enrolment.organisation_id == uow.organisation_id, Enrolment.person_id == person_id)
        .order_by(col(Enrolment.id))
    )
    rows = await uow.rows(statement)
    assistants = await uow.by_id(Person, [row[0].assistant_id for row in rows])
    goals = await _by(uow, Goal, col(Goal.enrolment_id).in_([row[0].pk for row in rows]), "enrolment_id")
    return [
        {
            **_enrolment(uow, enrolment, name, goals[enrolment.pk]),
            "assistant": assistants[enrolment.assistant_id].name if enrolment.assistant_id else "",
        }
        for enrolment, name in rows
    ]


def _enrolment(uow: Uow, enrolment: Enrolment, round_name: str, goals: Iterable[Goal]) -> Record:
    plain = (
        "state role capacity offers wants languages slots formats place visits other_programme notice_version lessons "
        "hoped held_back"
    )
    moments = "notice_at enrolled_at prepared_at late_until"
    return {
        "round": round_name,
        **{name: getattr(enrolment, name) for name in plain.split()},
        **{name: _iso(getattr(enrolment, name)) for name in moments.split()},
        "needs": uow.box.open(enrolment.sealed_needs),
        "goals": [{"kind": goal.kind, "text": uow.box.open(goal.sealed_text)} for goal in goals],
    }


async def _pairings(uow: Uow, person_id: int) -> list[Record]:
    mine = (col(Pairing.mentor_id) == person_id) | (col(Pairing.mentee_id) == person_id)
    pairings: list[Pairing] = await uow.all(uow.of(Pairing).where(mine).order_by(col(Pairing.id)))
    people = await uow.by_id(Person, [id for one in pairings for id in (one.mentor_id, one.mentee_id)])
    rounds = await uow.by_id(Round, [one.round_id for one in pairings])
    sessions = await sessions_of(uow, pairings)
    groups = await uow.by_id(MentoringGroup, [one.group_id for one in pairings])
    actions = await _by(uow, ActionItem, ActionItem.person_id == person_id, "pairing_id")
    passed = await _by(uow, PassedMessage, PassedMessage.person_id == person_id, "pairing_id")
    questions = await _by(uow, Question, Question.person_id == person_id, "pairing_id")
    return [
        {
            "round": rounds[one.round_id].name,
            "role": _role(one, rounds[one.round_id], person_id),
            "partner": people[one.mentee_id if one.mentor_id == person_id else one.mentor_id].name,
            "state": one.state,
            "our_pact": _pact(uow, _agreed_in(one, groups)),
            "started_at": _iso(one.started_at),
            "ended_at": _iso(one.ended_at),
            "sessions": [_session(session) for session in sessions if meets_in(one, session)],
            "my_actions": [_written(uow, item) for item in actions[one.pk] if item.state != KEPT],
            "my_ledger": [_written(uow, item) for item in actions[one.pk] if item.state == KEPT],
            "my_messages_passed_on": [_iso(message.created_at) for message in passed[one.pk]],
            "my_questions": [uow.box.open(question.sealed_text) for question in questions[one.pk]],
        }
        for one in pairings
    ]


def _role(pairing: Pairing, round: Round, person_id: int) -> str:
    return PEER if round.format == PEER else "mentor" if pairing.mentor_id == person_id else "mentee"


def _agreed_in(pairing: Pairing, groups: Mapping[int, MentoringGroup]) -> Pairing | MentoringGroup:
    """Where the pair's pact is: its group's, if that has one; pairs of a circle have their own."""
    group = groups.get(pairing.group_id or 0)
    return group if group is not None and group.led else pairing


def _pact(uow: Uow, holder: Pairing | MentoringGroup) -> Record:
    return uow.box.open_json(holder.sealed_pact) if holder.sealed_pact else {}


def _written(uow: Uow, item: ActionItem) -> Record:
    kind = {} if item.kind == "action" else {"kind": item.kind}
    if item.kind == "experiment":
        what, whom, by = uow.box.open_json(item.sealed_text)
        return {**kind, "text": what, "with_whom": whom, "by": by, "state": item.state}
    return {**kind, "text": uow.box.open(item.sealed_text), "state": item.state}


def _session(session: Session) -> Record:
    plain = "number state minutes mode place topic"
    told: Record = {name: getattr(session, name) for name in plain.split()}
    return {**told, "starts_at": _iso(session.starts_at), "held_at": _iso(session.held_at)}


async def _shared(uow: Uow, person_id: int) -> list[Record]:
    rows: list[Shared] = await uow.all(uow.of(Shared).where(Shared.person_id == person_id).order_by(col(Shared.id)))
    texts = [uow.box.open(row.sealed_text) if row.sealed_text else "" for row in rows]
    return [{"kind": row.kind, "text": text, "state": row.state} for row, text in zip(rows, texts, strict=True)]


async def _open_questions(uow: Uow, person_id: int) -> list[str]:
    rows = await uow.all(uow.of(OpenQuestion).where(OpenQuestion.person_id == person_id).order_by(OpenQuestion.id))
    return [uow.box.open(row.sealed_text) for row in rows]


async def _round_messages(uow: Uow, person_id: int) -> list[str]:
    rows = await uow.all(uow.of(RoundMessage).where(RoundMessage.person_id == person_id).order_by(RoundMessage.id))
    return [uow.box.open(row.sealed_text) for row in rows]


async def _answers_given(uow: Uow, person_id: int) -> list[str]:
    mine = OpenQuestion.answerer_id == person_id
    rows = await uow.all(uow.of(OpenQuestion).where(mine).order_by(OpenQuestion.id))
    return [uow.box.open(row.sealed_answer) for row in rows]


async def _answers(uow: Uow, person_id: int) -> list[Record]:
    statement = (
        select(SurveyResponse, Round.name)
        .join(SurveyKey, col(SurveyKey.respondent) == SurveyResponse.respondent)
        .join(Round, col(Round.id) == SurveyResponse.round_id)
        .where(SurveyResponse.organisation_id == uow.organisation_id, SurveyKey.person_id == person_id)
        .where(SurveyKey.round_id == SurveyResponse.round_id)
        .order_by(col(SurveyResponse.id))
    )
    return [
        {
            "round": name,
            "wave": answer.wave,
            "item": answer.item,
            "value": answer.value,
            "text": uow.box.open(answer.sealed_text),
        }
        for answer, name in await uow.rows(statement)
    ]


async def _nudges(uow: Uow, person_id: int) -> list[Record]:
    sent: list[Nudge] = await uow.all(uow.of(Nudge).where(Nudge.person_id == person_id).order_by(col(Nudge.id)))
    return [{"kind": one.kind, "sent_at": _iso(one.sent_at), "answered_at": _iso(one.answered_at)} for one in sent]


async def _logged(uow: Uow, person_id: int) -> list[Record]:
    entries: list[AuditEntry] = await uow.all(
        uow.of(AuditEntry).where(AuditEntry.person_id == person_id).order_by(col(AuditEntry.id))
    )
    return [{"action": one.action, "subject": one.subject, "at": _iso(one.at)} for one in entries]


async def _by(uow: Uow, model: type[Any], where: Any, key: str) -> Mapping[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in await uow.all(uow.of(model).where(where).order_by(model.id)):
        found[getattr(row, key)].append(row)
    return found


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


# ── Removal ──────────────────────────────────────────────────────────────────────────────────────────────────────────

EMPTY_PROFILE: Mapping[str, Any] = {
    "offers": {},
    "wants": [],
    "languages": [],
    "slots": [],
    "formats": [],
    "place": "",
    "visits": [],
    "other_programme": "",
    "sealed_needs": "",
    "lessons": [],
    "assistant_id": None,
}


def removal(people: Any, now: datetime) -> Iterator[Any]:
    """The statements that remove what these people told and wrote. ``people``: a SELECT of their ids.

    Profiles, goals, actions, questions, calendars, what they agreed with others at a kick-off, avoidances, drafts, and
    answers that can still be joined to them. The roster's facts, the states of enrolments and pairs, and totals
    that are already frozen stay.
    """
    enrolments = select(Enrolment.id).where(col(Enrolment.person_id).in_(people))
    respondents = select(SurveyKey.respondent).where(col(SurveyKey.person_id).in_(people))
    yield delete(Goal).where(col(Goal.enrolment_id).in_(enrolments))
    yield delete(SurveyResponse).where(col(SurveyResponse.respondent).in_(respondents))
    theirs: tuple[Any, ...] = (
        SurveyKey,
        ActionItem,
        Question,
        OpenQuestion,
        Shared,
        RoundMessage,
        PassedMessage,
        Avoidance,
        BusyCalendar,
        Nudge,
    )
    for model in theirs:
        yield delete(model).where(model.person_id.in_(people))
    answered = col(OpenQuestion.answerer_id).in_(people)
    yield update(OpenQuestion).where(answered).values(answerer_id=None, sealed_answer="", state="closed")
    theirs_too = col(Pairing.mentor_id).in_(people) | col(Pairing.mentee_id).in_(people)
    groups = select(Pairing.group_id).where(theirs_too, col(Pairing.group_id).is_not(None))
    yield update(Pairing).where(theirs_too).values(sealed_pact="")
    yield update(MentoringGroup).where(col(MentoringGroup.id).in_(groups)).values(sealed_pact="")
    finished = func.coalesce(col(FlowSession.finished_at), literal(now, Moment))
    empty: dict[str, Any] = {"sealed_answers": "", "context": {}, "finished_at": finished}
    yield update(FlowSession).where(col(FlowSession.person_id).in_(people)).values(empty)
    yield update(Enrolment).where(col(Enrolment.person_id).in_(people)).values(**EMPTY_PROFILE)
    yield update(Enrolment).where(col(Enrolment.assistant_id).in_(people)).values(assistant_id=None)
    yield update(Person).where(col(Person.id).in_(people)).values(feed_token=None, other_programme="", asks_since=None)


async def remove_texts(uow: Uow, person_id: int) -> None:
    """Remove what one person told and wrote (see ``removal``)."""
    one = select(Person.id).where(Person.organisation_id == uow.organisation_id, Person.id == person_id)
    for statement in (*removal(one, uow.now), _dates_with(one, uow)):
        await uow.execute(statement)


def _dates_with(people: Any, uow: Uow) -> Any:
    """What takes their free times out of the open forms in which others look for a date with them: these expire."""
    theirs = col(Pairing.mentor_id).in_(people) | col(Pairing.mentee_id).in_(people)
    subjects = select(literal("session:").concat(cast(col(Session.id), String))).join(Pairing, meets()).where(theirs)
    open_ones = (col(FlowSession.organisation_id) == uow.organisation_id, col(FlowSession.finished_at).is_(None))
    of_dates = (col(FlowSession.flow).in_(DATE_FORMS), col(FlowSession.subject).in_(subjects))
    return update(FlowSession).where(*open_ones, *of_dates).values(sealed_answers="", context={}, expires_at=uow.now)


async def enrolments_to_leave(uow: Uow, person_id: int) -> list[Enrolment]:
    """The person's enrolments, invitations too, in rounds that are not over; held to the end."""
    statement = (
        uow.of(Enrolment)
        .join(Round, col(Round.id) == Enrolment.round_id)
        .where(Enrolment.person_id == person_id, col(Round.state).in_(OPEN_ROUNDS))
        .where(col(Enrolment.state).in_(("invited", *TAKING_PART)))
    )
    found: list[Enrolment] = await uow.all(statement.with_for_update(of=Enrolment))
    return found
