"""Up to two goals of one's own, typed in a form and never echoed."""

from bot.flows.goals import actions
from bot.flows.goals.conversation import FLOW
from bot.flows.turns import Command, Conversation, Feature, Verb

FEATURE = Feature(
    name="goals",
    verbs={"goals.open": Verb(actions.open_form, form=True)},
    commands=(
        Command({"en": ("goals", "goal"), "it": ("obiettivi", "obiettivo")}, actions.goals, help="goals.help.goals"),
    ),
    conversations=(Conversation(FLOW, actions.finish),),
)
