"""The closed vocabulary of messages. Each renderer is one ``match`` over it that ends in ``assert_never``."""

from dataclasses import dataclass
from typing import Literal

from bot.ui.words import Content, Joined, Listing, T, Text

Style = Literal["primary", "danger", "plain"]


@dataclass(frozen=True)
class Confirm:
    """A question asked before a button acts."""

    title: Text
    text: Text
    yes: Text
    no: Text


@dataclass(frozen=True)
class Button:
    """A press that reaches ``verb`` (``feature.verb``) with ``id``: ids only (``42`` or ``42:7``), never a fact."""

    label: Text
    verb: str
    id: str = ""
    style: Style = "plain"
    confirm: Confirm | None = None


@dataclass(frozen=True)
class LinkButton:
    """Opens an address in the browser; the bot hears nothing that matters."""

    label: Text
    url: str


@dataclass(frozen=True)
class Heading:
    text: Text


@dataclass(frozen=True)
class Paragraph:
    text: Text


@dataclass(frozen=True)
class Note:
    """A smaller line beside the message: who sees it, what happens next."""

    text: Text


@dataclass(frozen=True)
class Bullets:
    items: tuple[Text, ...]


@dataclass(frozen=True)
class Facts:
    """Label and value, one pair a line."""

    rows: tuple[tuple[Text, Text], ...]


@dataclass(frozen=True)
class Row:
    """A line of text with one button beside it."""

    text: Text
    button: Button | LinkButton


@dataclass(frozen=True)
class Divider:
    pass


@dataclass(frozen=True)
class Picture:
    """A picture served by the bot at a signed address; ``alt`` says everything that the picture says."""

    url: str
    alt: Text
    title: Text | None = None


@dataclass(frozen=True)
class Buttons:
    buttons: tuple[Button | LinkButton, ...]


Block = Heading | Paragraph | Note | Bullets | Facts | Row | Divider | Picture | Buttons


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a card. ``data`` is the file's bytes."""

    name: str
    mime: str
    data: bytes
    title: Text


@dataclass(frozen=True)
class Card:
    """One message. ``summary`` is the plain text for notifications and screen readers: all that a reader needs.

    When no summary is given the renderer makes it of the blocks.
    """

    blocks: tuple[Block, ...]
    summary: Text | None = None
    attachments: tuple[Attachment, ...] = ()


def card(*blocks: Block | Text, summary: Text | None = None, attachments: tuple[Attachment, ...] = ()) -> Card:
    """A card of these blocks; a bare text is a paragraph."""
    drawn = tuple(
        Paragraph(block) if isinstance(block, T | Content | Listing | Joined | str) else block for block in blocks
    )
    return Card(drawn, summary, attachments)
