"""What a pair lets out by choice: a lesson, an improvement, a testimonial; nothing without everybody's yes."""

from bot.flows.sharing import actions, agreeing
from bot.flows.sharing.conversation import AGREE, READ, SHARE
from bot.flows.turns import Command, Conversation, Feature, JobKind, Verb

FEATURE = Feature(
    name="sharing",
    verbs={
        "sharing.ask": Verb(actions.ask, form=True),
        "sharing.read": Verb(agreeing.read, form=True),
        "sharing.take_back": Verb(actions.take_back),
        "sharing.show": Verb(actions.show, may="coordinator", form=True),
    },
    commands=(Command({"en": ("share",), "it": ("condividi",)}, actions.command, help="sharing.help"),),
    conversations=(
        Conversation(SHARE, actions.keep),
        Conversation(AGREE, agreeing.answered),
        Conversation(READ, actions.close, may="coordinator"),
    ),
    jobs={
        "sharing.would_share": JobKind(agreeing.would_share),
        "sharing.agreed": JobKind(agreeing.agreed),
        "sharing.stays": JobKind(agreeing.stays),
        "sharing.unanswered": JobKind(agreeing.unanswered),
        "sharing.given": JobKind(agreeing.given),
        "sharing.taken_back": JobKind(agreeing.taken_back),
    },
)
