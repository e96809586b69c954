"""The two-way ledger: what each of a pair taught and learned, session by session, in a form that only they open.

A group may have written more than a form takes on Teams: it is shown a page at a time, the newest first.
"""

from collections.abc import Sequence

from bot import content
from bot.flows import talk
from bot.flows.engine import Flow, Place, Step
from bot.flows.session import pages
from bot.flows.session.actions import nearest_of_pair
from bot.flows.session.views import mine
from bot.flows.turns import Close, Reply, Turn
from bot.ui.cards import Block, Bullets, Note, Paragraph
from bot.ui.forms import Form
from bot.ui.words import Listing, T, Text
from storage.ledger import ledger_of
from storage.meeting import Meeting
from storage.sessions import meetings_of
from storage.tables import ActionItem, Session

MINE = "mine"
LINE = "line_"


async def show(turn: Turn) -> Reply:
    """From a button."""
    return await _form(turn, await mine(turn, turn.number()))


async def command(turn: Turn) -> Reply:
    """``/mentoring exchange``: of the pair whose session comes first."""
    return await _form(turn, nearest_of_pair(await meetings_of(turn.uow, turn.person.pk), turn))


async def _form(turn: Turn, found: Meeting) -> Reply:
    kept = await ledger_of(turn.uow, found.pairing_ids(turn.person.pk))
    lines = [_line(turn, found, item, session) for item, session in kept]
    newest_first = pages.parted(lines[::-1], lambda line: line[-1])
    number = pages.asked(turn, len(newest_first), len(newest_first) - 1)
    here = newest_first[::-1][number][::-1]
    answers = {f"{LINE}{n}": line for n, line in enumerate(here)}
    context = {"lines": len(here), "partner": list(found.confidants(turn.person.pk))}
    context |= pages.around(found.session.pk, number, len(newest_first))
    return await talk.start(turn, FORM, found.stem, context, answers, fresh=True)


def _line(turn: Turn, found: Meeting, item: ActionItem, session: Session) -> list[str]:
    """Number and topic of the session, whose line, its kind, its text: they go sealed with the form."""
    who = MINE if item.person_id == turn.person.pk else found.person(item.person_id).name
    return [str(session.number), session.topic, who, item.kind, turn.uow.box.open(item.sealed_text)]


async def close(_turn: Turn, _place: Place) -> Reply:
    """There is nothing to keep."""
    return Close()


def _drawn(place: Place) -> Form:
    lines = [place.many(f"{LINE}{n}") for n in range(int(place.context["lines"]))]
    blocks: list[Block] = [block for number in _numbers(lines) for block in _session(number, lines)]
    if not blocks:
        blocks.append(Paragraph(T("session.ledger_none")))
    blocks += pages.turning("session.ledger", place)
    blocks.append(Note(T("session.notes_note", partner=Listing(tuple(place.context["partner"])))))
    return Form(T("session.ledger_title"), (), T("session.close"), tuple(blocks))


def _numbers(lines: Sequence[Sequence[str]]) -> list[str]:
    return list(dict.fromkeys(line[0] for line in lines))


def _session(number: str, lines: Sequence[Sequence[str]]) -> tuple[Block, Block]:
    here = [line for line in lines if line[0] == number]
    title = content.topics()[here[0][1]].title
    return Paragraph(T("session.ledger_about", topic=title)), Bullets(tuple(_words(line) for line in here))


def _words(line: Sequence[str]) -> Text:
    _, _, who, kind, text = line
    mine = T(f"session.ledger_{kind}_mine", text=text)
    return mine if who == MINE else T(f"session.ledger_{kind}", who=who, text=text)


FORM = Flow("session.ledger", (Step("ledger", _drawn, lambda _place: None),), days=1)
