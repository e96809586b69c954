"""Finding a date for a session: times that suit both, dates as people type them, calendars."""

from bot.flows.scheduling import actions, feed, jobs, series, visits
from bot.flows.scheduling.conversation import TYPE, WHERE, WHOSE
from bot.flows.turns import Command, Conversation, Feature, JobKind, Verb

FEATURE = Feature(
    name="scheduling",
    verbs={
        "scheduling.slots": Verb(actions.slots),
        "scheduling.move": Verb(actions.move),
        "scheduling.book": Verb(actions.book),
        "scheduling.series": Verb(series.offer),
        "scheduling.book_all": Verb(series.book),
        "scheduling.type": Verb(actions.type_one, form=True),
        "scheduling.cancel": Verb(actions.cancel),
        "scheduling.where": Verb(actions.ask_where, form=True),
        "scheduling.visit": Verb(visits.ask, form=True),
        "scheduling.visit_remove": Verb(visits.remove),
        "scheduling.feed": Verb(feed.subscribe),
        "scheduling.renew": Verb(feed.renew),
    },
    commands=(
        Command({"en": ("book",), "it": ("fissa",)}, actions.book_command, help="scheduling.help_book"),
        Command(
            {"en": ("move", "reschedule"), "it": ("sposta", "spostare")},
            actions.move_command,
            help="scheduling.help_move",
        ),
        Command(
            {"en": ("series", "all dates"), "it": ("serie", "tutte le date")},
            series.command,
            help="scheduling.help_series",
        ),
        Command({"en": ("on site",), "it": ("in sede",)}, visits.command, help="scheduling.help_visits"),
    ),
    conversations=(
        Conversation(visits.VISIT, visits.keep),
        Conversation(TYPE, actions.typed, looked_up={"when": actions.look_up, "which": actions.look_up}),
        Conversation(WHERE, actions.say_where),
        Conversation(WHOSE, actions.for_whose),
    ),
    jobs={
        "scheduling.booked": JobKind(jobs.booked),
        "scheduling.series_booked": JobKind(series.booked),
        "scheduling.proposed": JobKind(jobs.proposed),
        "scheduling.cancelled": JobKind(jobs.cancelled),
        "scheduling.closes": JobKind(jobs.closes),
        "scheduling.closed": JobKind(jobs.closed),
    },
)
