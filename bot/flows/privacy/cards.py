"""The notice in chat, and the answers to an export and a removal."""

from collections.abc import Mapping, Sequence

from bot.ui.cards import Attachment, Block, Bullets, Button, Buttons, Card, Facts, Heading, LinkButton, Note, card
from bot.ui.words import T, Text

SEEN = ("profile", "goals", "actions", "lessons", "state", "dates", "assistant", "calendar", "answers", "declines")


def notice(settings: Mapping[str, object], notices: Sequence[str], channels: Sequence[str]) -> Card:
    """What is kept, who sees what, how long, whom to ask; ``settings`` are the company's own.

    ``privacy_contact`` (an address or a name) and ``notice_link`` (an address on the web) are what HR may set there.
    ``notices``, ``channels``: what HR wrote when it opened the person's rounds, as notice and for what is serious.
    """
    contact = str(settings.get("privacy_contact") or "")
    link = str(settings.get("notice_link") or "")
    seen: tuple[tuple[Text, Text], ...] = tuple((T(f"privacy.what_{what}"), T(f"privacy.seen_{what}")) for what in SEEN)
    blocks: list[Block | Text] = [
        Heading(T("privacy.title")),
        T("privacy.kept"),
        T("privacy.not_kept"),
        T("privacy.who_sees"),
        Facts(seen),
        T("privacy.company_export"),
        T("privacy.how_long"),
        Bullets((T("privacy.long_texts"), T("privacy.long_answers"), T("privacy.long_pairs"), T("privacy.long_logs"))),
        *(T("privacy.notice_of_round", notice=one) for one in notices),
        T("privacy.ask_contact", contact=contact) if contact else T("privacy.ask_hr"),
        Note(T("privacy.serious")),
        *(T("session.serious_where", where=one) for one in channels),
    ]
    buttons: list[Button | LinkButton] = [
        Button(T("privacy.export_button"), "privacy.export"),
        Button(T("privacy.delete_button"), "privacy.delete", style="danger"),
    ]
    if link.startswith("https://"):
        buttons.insert(0, LinkButton(T("privacy.read_notice"), link))
    return card(*blocks, Buttons(tuple(buttons)), summary=T("privacy.kept"))


def on_its_way() -> Card:
    """The copy is being made."""
    return card(T("privacy.on_its_way"))


def copy(files: tuple[Attachment, ...]) -> Card:
    """The copy itself, as files."""
    return card(T("privacy.here_it_is"), T("privacy.keep_it_safe"), attachments=files)


def removing() -> Card:
    """It is being done."""
    return card(T("privacy.removing"))


def removed() -> Card:
    """It is done."""
    return card(T("privacy.removed"))
