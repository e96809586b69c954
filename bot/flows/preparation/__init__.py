"""The short lessons of each role, which everybody does before the first session."""

from bot.flows.preparation import actions, jobs
from bot.flows.turns import Command, Feature, JobKind, Verb

FEATURE = Feature(
    name="preparation",
    verbs={"preparation.open": Verb(actions.open_next), "preparation.answer": Verb(actions.answer)},
    commands=(
        Command({"en": ("prepare",), "it": ("preparazione",)}, actions.prepare, help="preparation.help.prepare"),
    ),
    jobs={"preparation.reminder": JobKind(jobs.remind)},
)
