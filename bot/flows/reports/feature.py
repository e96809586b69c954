"""What a round achieved, in totals of five or more: frozen wave by wave, to those who took part first."""

from bot.flows.reports import actions, indicators, jobs
from bot.flows.reports.conversation import HEARD, TEXTS
from bot.flows.turns import Command, Conversation, Feature, JobKind, Verb

FEATURE = Feature(
    name="reports",
    verbs={
        "reports.show": Verb(actions.show, "coordinator"),
        "reports.texts": Verb(actions.texts, "coordinator", form=True),
        "reports.hear": Verb(actions.hear, "coordinator", form=True),
        "reports.enter": Verb(indicators.enter, "coordinator", form=True),
    },
    commands=(
        Command(
            {"en": ("round report", "report"), "it": ("ciclo rapporto", "rapporto")},
            actions.report,
            "coordinator",
            "reports.help_report",
        ),
        Command(
            {"en": ("round figures", "figures"), "it": ("ciclo cifre", "cifre")},
            indicators.command,
            "coordinator",
            "reports.help_figures",
        ),
    ),
    conversations=(
        Conversation(HEARD, actions.heard, "coordinator"),
        Conversation(TEXTS, actions.close_texts, "coordinator"),
        Conversation(indicators.ENTER, indicators.keep, "coordinator"),
    ),
    jobs={
        "reports.ready": JobKind(jobs.ready),
        "reports.forget_answers": JobKind(jobs.forget_answers),
        "reports.forget_texts": JobKind(jobs.forget_texts),
    },
)
