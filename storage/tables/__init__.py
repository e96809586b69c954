"""The tables. What belongs to a company carries its organisation, and every query of a feature names it."""

from storage.tables.base import Row
from storage.tables.feedback import Indicator, Release, SurveyKey, SurveyResponse
from storage.tables.pairs import (
    ActionItem,
    ExitReason,
    LeftOut,
    MatchRun,
    MentoringGroup,
    OpenQuestion,
    Pairing,
    PairRule,
    PassedMessage,
    Proposal,
    Question,
    Session,
    Shared,
    Sheet,
)
from storage.tables.people import Account, Avoidance, BusyCalendar, Conflict, Organisation, Person, Workspace
from storage.tables.rounds import Enrolment, Goal, KickOff, Round, RoundMessage
from storage.tables.work import AuditEntry, FlowSession, Job, Lane, Nudge, SeenEvent, Worker

__all__ = [
    "Account",
    "ActionItem",
    "AuditEntry",
    "Avoidance",
    "BusyCalendar",
    "Conflict",
    "Enrolment",
    "ExitReason",
    "FlowSession",
    "Goal",
    "Indicator",
    "Job",
    "KickOff",
    "Lane",
    "LeftOut",
    "MatchRun",
    "MentoringGroup",
    "Nudge",
    "OpenQuestion",
    "Organisation",
    "PairRule",
    "Pairing",
    "PassedMessage",
    "Person",
    "Proposal",
    "Question",
    "Release",
    "Round",
    "RoundMessage",
    "Row",
    "SeenEvent",
    "Session",
    "Shared",
    "Sheet",
    "SurveyKey",
    "SurveyResponse",
    "Worker",
    "Workspace",
]
