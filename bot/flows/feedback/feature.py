"""Asking what people think: short surveys under a random key, reminders, thanks, and the totals to them first."""

from bot.flows.feedback import actions, interview, jobs
from bot.flows.feedback.conversation import SURVEY
from bot.flows.turns import Conversation, Feature, JobKind, Verb

FEATURE = Feature(
    name="feedback",
    verbs={
        "feedback.answer": Verb(actions.answer, form=True),
        "feedback.base": Verb(actions.base, form=True),
        "feedback.skip": Verb(actions.skip),
        "feedback.interview": Verb(interview.ask, form=True),
    },
    conversations=(Conversation(SURVEY, actions.finish), Conversation(interview.INTERVIEW, interview.finish)),
    jobs={
        "feedback.midpoint": JobKind(jobs.midpoint),
        "feedback.ask": JobKind(jobs.ask),
        "feedback.closing": JobKind(jobs.closing),
        "feedback.reminder": JobKind(jobs.remind),
        "feedback.wants_to_talk": JobKind(interview.wants_to_talk),
        "feedback.survey_ends": JobKind(jobs.survey_ends),
        "feedback.followup": JobKind(jobs.followup),
        "feedback.heard": JobKind(jobs.heard),
        "feedback.heard_words": JobKind(jobs.heard_words),
        "feedback.thanks": JobKind(jobs.thanks),
        "feedback.thank": JobKind(jobs.thank),
    },
    home=actions.home,
)
