"""The coordinator's side of a round: the wizard, opening, status, cancelling, and the moves between its states."""

from bot.flows.programme import actions, closures, handing, jobs, kickoff, making, messages
from bot.flows.programme.conversation import EXTEND, ROUND
from bot.flows.turns import Action, Command, Conversation, Feature, JobKind, Verb


def _command(english: str, italian: str, act: Action, help: str) -> Command:
    return Command({"en": (english,), "it": (italian,)}, act, may="coordinator", help=f"programme.help_{help}")


FEATURE = Feature(
    name="programme",
    verbs={
        "programme.new": Verb(making.new, may="coordinator", form=True),
        "programme.edit": Verb(making.edit, may="coordinator", form=True),
        "programme.open": Verb(actions.ask_to_open_this, may="coordinator"),
        "programme.opened": Verb(actions.open_it, may="coordinator"),
        "programme.status": Verb(actions.status_of_this, may="coordinator"),
        "programme.beside": Verb(actions.beside, may="coordinator"),
        "programme.extend": Verb(actions.extend, may="coordinator", form=True),
        "programme.kickoff": Verb(kickoff.change, may="coordinator", form=True),
        "programme.kickoff_off": Verb(kickoff.call_off, may="coordinator"),
        "programme.closure": Verb(closures.add, may="coordinator", form=True),
        "programme.closures": Verb(closures.page, may="coordinator"),
        "programme.closure_remove": Verb(closures.remove, may="coordinator"),
        "programme.cancel": Verb(actions.cancel, may="coordinator"),
        "programme.take": Verb(handing.take, may="coordinator"),
    },
    commands=(
        _command("round new", "ciclo nuovo", making.new, "new"),
        _command("round edit", "ciclo modifica", making.edit, "edit"),
        _command("round open", "ciclo apri", actions.ask_to_open, "open"),
        _command("round status", "ciclo stato", actions.status, "status"),
        _command("round kickoff", "ciclo avvio", kickoff.command, "kickoff"),
        _command("round message", "ciclo messaggio", messages.write, "message"),
        _command("round cancel", "ciclo annulla", actions.ask_to_cancel, "cancel"),
        _command("rounds", "cicli", actions.listed, "rounds"),
        _command("closures", "chiusure", closures.command, "closures"),
    ),
    conversations=(
        Conversation(ROUND, making.keep, may="coordinator", looked_up={"why": making.look_up_sponsor}),
        Conversation(messages.MESSAGE, messages.send, may="coordinator"),
        Conversation(kickoff.KICKOFF, kickoff.keep, may="coordinator"),
        Conversation(closures.CLOSURE, closures.keep, may="coordinator"),
        Conversation(EXTEND, making.move_end, may="coordinator"),
    ),
    jobs={
        "programme.enrolment_ends": JobKind(jobs.enrolment_ends),
        "programme.lapse": JobKind(jobs.lapse),
        "programme.closing": JobKind(jobs.closing),
        "programme.closed": JobKind(jobs.closed),
        "programme.message_all": JobKind(messages.to_all),
        "programme.message": JobKind(messages.to_one),
        "programme.kickoff_all": JobKind(kickoff.to_all),
        "programme.kickoff": JobKind(kickoff.to_one),
        "programme.closure": JobKind(closures.slide),
        "programme.told": JobKind(jobs.told),
        "programme.wind_up": JobKind(jobs.wind_up),
        "programme.cancelled": JobKind(jobs.cancelled),
        "programme.hand_over": JobKind(handing.hand_over),
        "programme.handed_over": JobKind(handing.handed_over),
        "programme.handed_on": JobKind(handing.handed_on),
    },
    home=actions.home,
)
