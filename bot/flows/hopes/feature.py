"""What people hope for, and are afraid of, before a round begins."""

from bot.flows.hopes import actions
from bot.flows.hopes.conversation import READ, TELL
from bot.flows.turns import Conversation, Feature, Verb

FEATURE = Feature(
    name="hopes",
    verbs={
        "hopes.tell": Verb(actions.ask, form=True),
        "hopes.read": Verb(actions.read, may="coordinator", form=True),
    },
    conversations=(Conversation(TELL, actions.keep), Conversation(READ, actions.close, may="coordinator")),
)
