"""What a coordinator sees of the rounds that go on, week by week, and does about one pair."""

from bot.flows.board import actions, adding, digest, placing
from bot.flows.board.conversation import ADD, PAIR, PLACE
from bot.flows.turns import Command, Conversation, Feature, JobKind, Verb

FEATURE = Feature(
    name="board",
    verbs={
        "board.hand": Verb(actions.hand, may="coordinator"),
        "board.settled": Verb(actions.settled, may="coordinator"),
        "board.end": Verb(actions.end, may="coordinator"),
        "board.next_round": Verb(placing.next_round),
        "board.stay": Verb(placing.stay),
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
        Command(
            {"en": ("round place",), "it": ("ciclo posto",)},
            placing.ask_whom,
            may="coordinator",
            help="board.help_place",
        ),
    ),
    conversations=(
        Conversation(PAIR, actions.found, may="coordinator"),
        Conversation(ADD, adding.add, may="coordinator"),
        Conversation(PLACE, placing.place, may="coordinator"),
    ),
    jobs={
        "board.digest": JobKind(digest.tell),
        "board.invite": JobKind(adding.invite),
        "board.placed": JobKind(placing.told),
    },
)
