"""What a coordinator sees of the rounds that go on, week by week, and does about one pair."""

from bot.flows.board import actions, cards, digest
from bot.flows.board.conversation import PAIR
from bot.flows.turns import Command, Conversation, Feature, JobKind, Verb

FEATURE = Feature(
    name="board",
    verbs={
        "board.hand": Verb(actions.hand, may="coordinator"),
        "board.settled": Verb(actions.settled, may="coordinator"),
        "board.end": Verb(actions.end, may="coordinator"),
    },
    commands=(
        Command(
            {"en": ("round pair",), "it": ("ciclo coppia",)},
            actions.ask_whom,
            may="coordinator",
            help="board.help_pair",
        ),
    ),
    conversations=(Conversation(PAIR, actions.found, may="coordinator"),),
    jobs={"board.digest": JobKind(digest.tell)},
)

__all__ = ["FEATURE", "cards"]
