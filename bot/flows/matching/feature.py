"""Who should meet whom in a round: computed by fixed rules, read and approved by the coordinator."""

from bot.flows.matching import actions, deciding, previewing, sheets, weighing
from bot.flows.matching.conversation import APPROVE, FIX, SEARCH, SWAP, WEIGHTS
from bot.flows.matching.jobs import JOBS
from bot.flows.turns import Command, Conversation, Feature, JobKind, Verb

COORDINATORS = {
    "begin": actions.begin,
    "again": actions.again,
    "stop": actions.stop,
    "preview": previewing.preview,
    "review": actions.review,
    "page": actions.review,
    "left_out": actions.left_out,
    "spread": actions.spread,
    "exclude": deciding.exclude,
    "fix": deciding.fix,
    "group": deciding.open_group,
    "search": deciding.search,
    "fix_two": deciding.fix_two,
    "swap_two": deciding.swap_two,
    "sheet": sheets.sheet,
    "weights": weighing.weights,
    "approve": deciding.approve,
    "approve_some": deciding.approve_some,
}
FORMS = ("search", "fix_two", "swap_two", "weights", "approve_some")
COMMANDS = (
    ("match", "round match", "ciclo abbina", actions.match_command),
    ("preview", "round preview", "ciclo anteprima", previewing.preview_command),
    ("stop", "round stop", "ciclo ferma", actions.stop_command),
    ("review", "round review", "ciclo rivedi", actions.review_command),
    ("weights", "round weights", "ciclo pesi", weighing.weights_command),
    ("approve", "round approve", "ciclo approva", actions.review_command),
)

FEATURE = Feature(
    name="matching",
    verbs={
        **{f"matching.{name}": Verb(act, "coordinator", form=name in FORMS) for name, act in COORDINATORS.items()},
        "matching.why_waiting": Verb(actions.why_waiting),
    },
    commands=(
        *(
            Command({"en": (english,), "it": (italian,)}, act, "coordinator", f"matching.help_{name}")
            for name, english, italian, act in COMMANDS
        ),
        Command({"en": ("matching",), "it": ("abbinamento",)}, weighing.told, "anyone", "matching.help_rules"),
    ),
    conversations=(
        Conversation(SEARCH, deciding.searched, "coordinator"),
        Conversation(FIX, deciding.fixed_two, "coordinator"),
        Conversation(SWAP, deciding.swapped, "coordinator"),
        Conversation(APPROVE, deciding.approved_some, "coordinator"),
        Conversation(WEIGHTS, weighing.weighed, "coordinator"),
    ),
    jobs={name: JobKind(run) for name, run in JOBS.items()},
    file=sheets.sent,
)
