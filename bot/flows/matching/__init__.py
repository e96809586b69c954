"""Who should meet whom in a round: computed by fixed rules, read and approved by the coordinator."""

from bot.flows.matching import actions, jobs
from bot.flows.matching.conversation import FIX, SEARCH
from bot.flows.turns import Command, Conversation, Feature, JobKind, Verb

FEATURE = Feature(
    name="matching",
    verbs={
        "matching.begin": Verb(actions.begin, "coordinator"),
        "matching.again": Verb(actions.again, "coordinator"),
        "matching.review": Verb(actions.review, "coordinator"),
        "matching.page": Verb(actions.review, "coordinator"),
        "matching.left_out": Verb(actions.left_out, "coordinator"),
        "matching.exclude": Verb(actions.exclude, "coordinator"),
        "matching.fix": Verb(actions.fix, "coordinator"),
        "matching.search": Verb(actions.search, "coordinator", form=True),
        "matching.fix_two": Verb(actions.fix_two, "coordinator", form=True),
        "matching.approve": Verb(actions.approve, "coordinator"),
    },
    commands=(
        Command(
            {"en": ("round match",), "it": ("ciclo abbina",)},
            actions.match_command,
            "coordinator",
            "matching.help_match",
        ),
        Command(
            {"en": ("round review",), "it": ("ciclo rivedi",)},
            actions.review_command,
            "coordinator",
            "matching.help_review",
        ),
        Command(
            {"en": ("round approve",), "it": ("ciclo approva",)},
            actions.approve_command,
            "coordinator",
            "matching.help_approve",
        ),
    ),
    conversations=(
        Conversation(SEARCH, actions.searched, "coordinator"),
        Conversation(FIX, actions.fixed_two, "coordinator"),
    ),
    jobs={"matching.run": JobKind(jobs.run), "matching.rematch": JobKind(jobs.rematch)},
)
