"""What the floors above hand to a feature, and what a feature hands back: events, replies, jobs, refusals."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from bot.flows.engine import Errors, Flow, Place
from bot.ui.cards import Card
from bot.ui.forms import Form, Values
from bot.ui.words import T, Text
from storage.database import Database
from storage.enrolments import Participation
from storage.jobs import Held
from storage.tables import FlowSession, Person
from storage.uow import Actor, Uow

MOST_DIGITS = 18  # all databases compare numbers of so many with a key


class Refused(Exception):  # a refusal is an answer, not a fault
    """The words for the person, or a whole ``card`` that says them and a way on; nothing is saved.

    ``typed``: texts of a conversation that ends with it, of the steps before the one that was sent.
    """

    def __init__(self, words: Text, card: Card | None = None) -> None:
        super().__init__("refused")
        self.words = words
        self.card = card
        self.typed: tuple[str, ...] = ()


class Outdated(Refused):
    """The world moved on since the button was drawn: ``card`` is how things stand now, when there is one."""


def outdated_button() -> Outdated:
    """For a button that no longer means anything, is not the person's, or was tampered with."""
    return Outdated(T("form.outdated_button"))


class FormErrors(Exception):  # errors of a form are an answer, not a fault
    """A conversation that cannot end yet: errors by field of its last step; nothing is saved."""

    def __init__(self, errors: Errors) -> None:
        super().__init__("form errors")
        self.errors = errors


@dataclass(frozen=True)
class Commanded:
    """Words typed as a command (``round new``), without the command's own name."""

    words: str


@dataclass(frozen=True)
class Pressed:
    """A button. ``values`` are inputs that stood beside it; ``origin`` the message or page it stood on."""

    verb: str
    id: str
    values: Values = field(default_factory=dict)
    nudge: int | None = None


@dataclass(frozen=True)
class Submitted:
    """A form, sent. ``token`` and ``step`` name the conversation; ``back``: the person wants the step before.

    ``typed`` are those of the values that were typed, not chosen.
    """

    token: str
    step: str
    values: Values
    back: bool = False
    typed: tuple[str, ...] = ()


@dataclass(frozen=True)
class HomeOpened:
    """The bot's own page was opened."""


@dataclass(frozen=True)
class Typed:
    """Words typed to the bot in its private conversation."""

    words: str


@dataclass(frozen=True)
class Reopened:
    """A form is asked for again where it was left, by its token: some platforms open one after a press alone."""

    token: str


@dataclass(frozen=True)
class Filed:
    """A file sent to the bot in its private conversation.

    ``data``: its bytes; None for one that is too large, empty for one that could not be fetched.
    """

    name: str
    data: bytes | None


What = Commanded | Pressed | Submitted | HomeOpened | Typed | Reopened | Filed


@dataclass(frozen=True)
class Seen:
    """What an event told in passing: the private ``conversation`` it came from, language and zone. Empty: not told."""

    conversation: str = ""
    locale: str = ""
    timezone: str = ""


@dataclass(frozen=True)
class Event:
    """Something that a person did. ``key`` names the delivery, where the platform may deliver twice.

    ``by_address``: forms name colleagues by e-mail address there, not by account.
    """

    platform: str
    workspace: str
    account: str
    what: What
    origin: str = ""
    key: str | None = None
    seen: Seen = Seen()
    by_address: bool = False


@dataclass(frozen=True)
class ShowForm:
    """Show this step of a conversation; ``first`` when it has no step to go back to."""

    token: str
    step: str
    form: Form
    answers: Values
    errors: Errors = field(default_factory=dict)
    first: bool = True


@dataclass(frozen=True)
class Replace:
    """The present card takes the place of what was pressed; after a command or a form it is shown as the answer."""

    card: Card


@dataclass(frozen=True)
class Tell:
    """A card that only the person sees, beside what was pressed, which stays."""

    card: Card


@dataclass(frozen=True)
class ShowHome:
    """The person's own page."""

    card: Card


@dataclass(frozen=True)
class Close:
    """The form closes; nothing more is said here."""


Reply = ShowForm | Replace | Tell | ShowHome | Close


@dataclass
class Turn:
    """One event being answered: the open unit of work, who acts, when, and what came with the event.

    ``talk``: the conversation of a form that was sent.
    """

    uow: Uow
    actor: Actor
    now: datetime
    id: str = ""
    values: Values = field(default_factory=dict)
    words: str = ""
    origin: str = ""
    base_url: str = ""
    places: list[Participation] | None = None
    talk: FlowSession | None = None
    by_address: bool = False

    @property
    def naming(self) -> int | None:
        """The workspace by whose accounts forms name colleagues; None where they do so by e-mail address."""
        return None if self.by_address else self.actor.workspace.pk

    @property
    def person(self) -> Person:
        return self.actor.person

    @property
    def zone(self) -> str:
        return self.actor.person.timezone

    def number(self, part: int = 0) -> int:
        """The ``part``-th id of the button. Raises ``Outdated`` when it is not a number (a tampered button)."""
        pieces = self.id.split(":")
        if part >= len(pieces) or not pieces[part].isdecimal() or len(pieces[part]) > MOST_DIGITS:
            raise outdated_button()
        return int(pieces[part])


Action = Callable[[Turn], Awaitable[Reply]]
Finish = Callable[[Turn, Place], Awaitable[Reply]]
LookUp = Callable[[Turn, Place], Awaitable[Mapping[str, str]]]
TakeFile = Callable[[Turn, str, bytes | None], Awaitable[Reply]]
May = Literal["anyone", "coordinator"]


@dataclass(frozen=True)
class Verb:
    """What a button does, and who may press it.

    ``form``: it is answered by a form as a rule, which some platforms must know when they draw the button.
    ``typed``: its id is words that could be typed as well; the command that they are is done.
    """

    act: Action
    may: May = "anyone"
    form: bool = False
    typed: bool = False


@dataclass(frozen=True)
class Command:
    """Words that can be typed, one or more spellings a language (``{"en": ("round new",), "it": ("ciclo nuovo",)}``).

    ``help`` is the key of its line in the help; commands without one are not listed.
    """

    words: Mapping[str, Sequence[str]]
    act: Action
    may: May = "anyone"
    help: str | None = None


@dataclass(frozen=True)
class Conversation:
    """A flow and what happens when its last step is answered.

    ``looked_up``, by step: what the store knows about its answers, once they are good in themselves. It joins the facts
    of the conversation (``Place.looked_up``), and may refuse the answers by ``FormErrors``.
    """

    flow: Flow
    finish: Finish
    may: May = "anyone"
    looked_up: Mapping[str, LookUp] = field(default_factory=dict)


@dataclass
class JobTurn:
    """One job being done: the open unit of work, the moment, and the promise itself (names and ids only)."""

    uow: Uow
    now: datetime
    job: Held
    base_url: str = ""

    def arg(self, name: str) -> int:
        """The id of that name among the job's arguments."""
        return int(str(self.job.args[name]))


@dataclass(frozen=True)
class Say:
    """Send ``card`` to one person, or to the conversation of several. ``card`` is drawn in each language of
    theirs, one below the other.

    ``nudge`` names the kind of an unrequested message: the relay then asks the nudge policy first. None means that the
    person is owed the message now (an announcement, an answer). ``group`` opens the conversation of all of ``to`` and
    the bot. ``edit`` is the key of an earlier job whose message this card replaces.
    """

    to: tuple[int, ...]
    card: Card
    nudge: str | None = None
    group: bool = False
    edit: str | None = None


@dataclass(frozen=True)
class Did:
    """The job changed something, and has nothing to say."""


@dataclass(frozen=True)
class NotOwed:
    """The promise is no longer owed: the world moved on."""


@dataclass(frozen=True)
class Fetched:
    """What lay at an address on the web; or why there is nothing.

    ``refused``: it is none that may be fetched; ``unreachable``: for now; ``gone``: nothing for the bot is there.
    """

    data: bytes = b""
    trouble: Literal["", "refused", "unreachable", "gone", "too_large"] = ""


class Fetch(Protocol):
    """Fetches what lies at an address that somebody gave, of ``most`` bytes, within so many seconds."""

    async def __call__(self, address: str, *, most: int, seconds: float) -> Fetched: ...


async def fetches_nothing(address: str, *, most: int, seconds: float) -> Fetched:  # noqa: ARG001  # the shape of a Fetch
    """For where nothing is fetched."""
    return Fetched(trouble="unreachable")


@dataclass
class Desk:
    """What work that takes long is handed: the store, the moment, and the promise that it keeps, as it is held now.

    ``fetch``: the one way to what others keep on the web.
    """

    database: Database
    clock: Callable[[], datetime]
    wake: Callable[[datetime | None], None]
    job: Held
    fetch: Fetch = fetches_nothing

    @asynccontextmanager
    async def uow(self) -> AsyncIterator[Uow]:
        """A unit of work that is committed at its end; what it promised is done in its time."""
        async with self.database.uow(self.clock(), self.job.organisation_id) as uow:
            yield uow
            self.wake(await uow.commit())


@dataclass(frozen=True)
class Long:
    """The job takes long: ``work`` goes on beside everything else, with no transaction open.

    It gives what remains to be done in the unit of work that ends the promise. The work is cancelled when the promise
    is taken back, and begins again when its process has died: what it writes meanwhile must not show.
    """

    work: "Work"


Outcome = Say | Did | NotOwed | Long
Sent = Callable[[JobTurn, str], Awaitable[None]]
JobRun = Callable[[JobTurn], Awaitable[Outcome]]
Work = Callable[[Desk], Awaitable[JobRun]]


@dataclass(frozen=True)
class JobKind:
    """What a job does when it is due. ``sent`` runs after delivery with the conversation's id, in that commit.

    Jobs that are due together share a unit of work: none may end it.
    """

    run: JobRun
    sent: Sent | None = None


HomePart = Callable[[Turn], Awaitable["Sequence[HomeSection]"]]


@dataclass(frozen=True)
class HomeSection:
    """A piece of the present card. ``rank`` orders pieces: 0 is what is the person's to do now."""

    rank: int
    card: Card


@dataclass(frozen=True)
class Feature:
    """One feature, as the floors above see it. ``file`` takes what coordinators send; one feature of all does."""

    name: str
    verbs: Mapping[str, Verb] = field(default_factory=dict)
    commands: Sequence[Command] = ()
    conversations: Sequence[Conversation] = ()
    jobs: Mapping[str, JobKind] = field(default_factory=dict)
    home: HomePart | None = None
    file: TakeFile | None = None
