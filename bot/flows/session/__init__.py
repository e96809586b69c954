"""A pair's sessions: what each is about, what is said before, at the hour and after, and help when there is no date."""

from bot.flows.session import actions, after, answering, asking, choosing, help_actions, home, jobs, ladder_jobs, ledger
from bot.flows.session.conversation import AFTER, NOTES, QUESTION, TOPIC
from bot.flows.turns import Command, Conversation, Feature, JobKind, Verb

FEATURE = Feature(
    name="session",
    verbs={
        "session.guide": Verb(actions.guide),
        "session.coming": Verb(actions.will_come),
        "session.question": Verb(asking.ask, form=True),
        "session.bring": Verb(asking.bring, form=True),
        "session.open_question": Verb(answering.read, form=True),
        "session.open_answer": Verb(answering.read_answer, form=True),
        "session.topic": Verb(choosing.ask, form=True),
        "session.notes": Verb(actions.notes, form=True),
        "session.after": Verb(after.ask, form=True),
        "session.skip": Verb(after.skip),
        "session.ledger": Verb(ledger.show, form=True),
        "session.fine": Verb(help_actions.fine),
        "session.talk": Verb(help_actions.ask_coordinator),
        "session.shorten": Verb(help_actions.shorten),
    },
    commands=(
        Command({"en": ("session",), "it": ("incontro",)}, actions.session_command, help="session.help_session"),
        Command({"en": ("question",), "it": ("domanda",)}, asking.command, help="session.help_question"),
        Command(
            {"en": ("action", "actions"), "it": ("azioni", "azione")},
            actions.action_command,
            help="session.help_action",
        ),
        Command({"en": ("exchange",), "it": ("scambio",)}, ledger.command, help="session.help_ledger"),
    ),
    conversations=(
        Conversation(QUESTION, asking.keep),
        Conversation(answering.ANSWER, answering.answer),
        Conversation(answering.HELPED, answering.helped),
        Conversation(TOPIC, choosing.choose),
        Conversation(NOTES, actions.keep_notes),
        Conversation(AFTER, after.answered),
        Conversation(ledger.FORM, ledger.close),
    ),
    jobs={
        "session.guide": JobKind(jobs.guide),
        "session.reminder": JobKind(jobs.reminder),
        "session.agenda": JobKind(jobs.agenda),
        "session.after": JobKind(jobs.after),
        "session.after_again": JobKind(jobs.after_again),
        "session.went_by": JobKind(jobs.went_by),
        "session.ask_mentors": JobKind(answering.ask_mentors),
        "session.mentor_question": JobKind(answering.mentor_question),
        "session.answer_came": JobKind(answering.answer_came),
        "session.answer_helped": JobKind(answering.answer_helped),
        "session.unbooked": JobKind(ladder_jobs.unbooked),
        "session.prepared": JobKind(ladder_jobs.prepared),
        "session.both_ready": JobKind(ladder_jobs.both_ready),
        "session.help": JobKind(ladder_jobs.help_),
        "session.offer": JobKind(ladder_jobs.offer),
        "session.told": JobKind(ladder_jobs.told),
        "session.moved": JobKind(ladder_jobs.moved),
        "session.postponed": JobKind(ladder_jobs.postponed),
    },
    home=home.sections,
)
