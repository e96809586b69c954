"""What a coordinator sees of the rounds that go on, week by week, and does about one pair."""

from bot.flows.board import actions, adding, cards, digest
from bot.flows.board.conversation import ADD, PAIR
from bot.flows.turns import Command, Conversation, Feature, JobKind, Verb

FEATURE = Feature(
    name="board",
    verbs={
        "board.hand": Verb(actions.hand, may="coordinator"),
        "board.settled": Verb(actions.settled, may="coordinator"),
        "board.end": Verb(actions.end, may="coordinator"),
        "board.add": Verb(adding.ask_whom_here, may="coordinator", form=True),
    },
    commands=(
        Command(
            {"en": ("round pair",), "it": ("ciclo coppia",)},
            actions.ask_whom,
            may="coordinator",
            help="board.help_pair",
        ),
        Command(
            {"en": ("round add",), "it": ("ciclo aggiungi",)},
            adding.ask_whom,
            may="coordinator",
            help="board.help_add",
        ),
    ),
    conversations=(
        Conversation(PAIR, actions.found, may="coordinator"),
        Conversation(ADD, adding.add, may="coordinator"),
    ),
    jobs={"board.digest": JobKind(digest.tell), "board.invite": JobKind(adding.invite)},
)

__all__ = ["FEATURE", "cards"]
