"""Being left in peace: what comes next, snooze and stop, pause, leaving without fault or for good."""

from bot.flows.support import actions, leave_actions, leaving_company, pause_actions
from bot.flows.support.conversation import LEAVE, PAUSE, WITHDRAW
from bot.flows.turns import Command, Conversation, Feature, JobKind, Verb

FEATURE = Feature(
    name="support",
    verbs={
        "support.next": Verb(actions.show_next),
        "support.later": Verb(actions.later),
        "support.snooze": Verb(actions.snooze),
        "support.stop": Verb(actions.stop),
        "support.resume_kind": Verb(actions.resume_kind),
        "support.pause": Verb(pause_actions.pause, form=True),
        "support.resume": Verb(pause_actions.resume),
        "support.leave": Verb(leave_actions.leave, form=True),
    },
    commands=(
        Command(
            {
                "en": ("what next", "whats next", "what is next", "stop"),
                "it": ("che cosa arriva", "cosa arriva", "cosa mi arriva", "basta", "stop"),
            },
            actions.what_next,
            help="support.help_next",
        ),
        Command(
            {"en": ("pause", "holiday"), "it": ("pausa", "ferie", "assenza")},
            pause_actions.pause,
            help="support.help_pause",
        ),
        Command({"en": ("resume",), "it": ("riprendi",)}, pause_actions.resume, help="support.help_resume"),
        Command(
            {"en": ("leave", "quit", "exit"), "it": ("esci", "uscire", "voglio uscire", "lascia", "lasciare")},
            leave_actions.leave,
            help="support.help_leave",
        ),
    ),
    conversations=(
        Conversation(PAUSE, pause_actions.begin_pause),
        Conversation(LEAVE, leave_actions.end_pair),
        Conversation(WITHDRAW, leave_actions.withdraw),
    ),
    home=leave_actions.home,
    jobs={
        "support.left": JobKind(leaving_company.left),
        "support.rest": JobKind(pause_actions.rest_with_pause),
        "support.pause_ends": JobKind(pause_actions.pause_ends),
        "support.date_freed": JobKind(pause_actions.date_freed),
        "support.partner_paused": JobKind(pause_actions.partner_paused),
        "support.partner_back": JobKind(pause_actions.partner_back),
    },
)
