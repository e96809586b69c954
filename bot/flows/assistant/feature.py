"""The assistant whom a mentee names: hours and places of their meetings, to be booked and moved; nothing else."""

from bot.flows.assistant import actions, jobs, naming
from bot.flows.assistant.conversation import NAME, TYPE
from bot.flows.turns import Command, Conversation, Feature, JobKind, Verb

FEATURE = Feature(
    name="assistant",
    verbs={
        "assistant.name": Verb(naming.ask, form=True),
        "assistant.remove": Verb(naming.remove),
        "assistant.step_down": Verb(naming.step_down),
        "assistant.dates": Verb(actions.dates),
        "assistant.move": Verb(actions.move),
        "assistant.book": Verb(actions.book),
        "assistant.type": Verb(actions.type_one, form=True),
    },
    commands=(
        Command({"en": ("assistant",), "it": ("assistente",)}, naming.command, help="assistant.help"),
        Command({"en": ("diary",), "it": ("agenda",)}, actions.command, help="assistant.help_diary"),
    ),
    conversations=(
        Conversation(NAME, naming.name),
        Conversation(TYPE, actions.typed, looked_up={"when": actions.look_up, "which": actions.look_up}),
    ),
    home=actions.home,
    jobs={
        "assistant.named": JobKind(jobs.named),
        "assistant.changed": JobKind(jobs.changed),
        "assistant.unbooked": JobKind(jobs.unbooked),
        "assistant.ended": JobKind(jobs.ended),
        "assistant.stepped_down": JobKind(jobs.stepped_down),
    },
)
