"""The calendar that a person publishes: its busy times keep dates away from what is already there."""

from bot.flows.calendar import actions, reading
from bot.flows.calendar.conversation import GIVE
from bot.flows.turns import Command, Conversation, Feature, JobKind, Verb

FEATURE = Feature(
    name="calendar",
    verbs={
        "calendar.give": Verb(actions.ask, form=True),
        "calendar.forget": Verb(actions.forget),
    },
    commands=(Command({"en": ("calendar",), "it": ("calendario",)}, actions.command, help="calendar.help"),),
    conversations=(Conversation(GIVE, actions.give),),
    jobs={
        "calendar.read": JobKind(reading.read_one),
        "calendar.read_all": JobKind(reading.read_all),
        "calendar.lost": JobKind(reading.lost),
    },
)
