"""The short lessons of each role, which everybody does before the first session."""

from bot.flows.preparation import actions, jobs, readiness
from bot.flows.turns import Command, Conversation, Feature, JobKind, Verb

FEATURE = Feature(
    name="preparation",
    verbs={
        "preparation.open": Verb(actions.open_next),
        "preparation.answer": Verb(actions.answer),
        "preparation.check": Verb(readiness.ask, form=True),
    },
    commands=(
        Command(
            {"en": ("prepare", "lessons", "lesson"), "it": ("preparazione", "lezioni", "lezione")},
            actions.prepare,
            help="preparation.help.prepare",
        ),
        Command({"en": ("ready",), "it": ("pronti",)}, readiness.ask, help="preparation.help.ready"),
    ),
    conversations=(Conversation(readiness.READINESS, readiness.mirror),),
    jobs={"preparation.reminder": JobKind(jobs.remind)},
)
