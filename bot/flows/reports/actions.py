"""The coordinator's report: what was released, what people allowed to be shown, and the answer to it."""

from sqlmodel import col

from bot.flows import signed_links
from bot.flows.engine import Place
from bot.flows.reports import cards, release
from bot.flows.reports.conversation import HEARD, TEXTS
from bot.flows.talk import said, start
from bot.flows.turns import Close, Refused, Replace, Reply, Tell, Turn, outdated_button
from bot.ui.cards import Card
from bot.ui.words import T
from storage import reports
from storage.tables import Job, Release, Round


async def round_named(turn: Turn) -> Round:
    """The round that the command names, or the newest."""
    round = await reports.round_named(turn.uow, turn.words)
    if round is None:
        raise Refused(T("reports.no_round") if not turn.words else T("reports.no_such_round", name=turn.words[:80]))
    return round


async def report(turn: Turn) -> Reply:
    """``round report``: the newest release of the round named, or when there will be one."""
    round = await round_named(turn)
    released = await reports.releases_of(turn.uow, round.pk)
    if released:
        return Replace(_card(turn, round, released[0], released[1:]))
    middle: Job | None = await turn.uow.first(
        turn.uow.of(Job).where(
            col(Job.key).in_((f"round:{round.pk}:survey:mid:ends", f"round:{round.pk}:midpoint")),
            Job.state == "open",
        )
    )
    return Replace(cards.not_yet(round, middle.due_at if middle else None, round.ends_at, turn.zone))


async def show(turn: Turn) -> Reply:
    """``reports.show``, id of a release: that one."""
    found, round = await _released(turn)
    others = [one for one in await reports.releases_of(turn.uow, round.pk) if one.pk != found.pk]
    return Tell(_card(turn, round, found, others))


async def texts(turn: Turn) -> Reply:
    """``reports.texts``, id of a release: the open answers whose authors allow it, in a form and nowhere else."""
    found, _ = await _released(turn)
    sealed = found.totals.get("texts")
    if not isinstance(sealed, dict) or not sealed:
        raise Refused(T("reports.no_texts"))
    opened = {item: [turn.uow.box.open(text) for text in written] for item, written in sealed.items()}
    return await start(turn, TEXTS, f"release:{found.pk}", answers=opened)


async def close_texts(_turn: Turn, _place: Place) -> Reply:
    """The texts are read."""
    return Close()


async def hear(turn: Turn) -> Reply:
    """``reports.hear``, id of a release: write to those who took part."""
    found, _ = await _released(turn)
    if found.heard:
        raise Refused(T("reports.heard_already"))
    return await start(turn, HEARD, f"release:{found.pk}", {"release": found.pk})


async def heard(turn: Turn, place: Place) -> Reply:
    """Keep the coordinator's words and owe them to those who took part."""
    found = await turn.uow.get(Release, int(place.context["release"]), lock=True)
    if found is None:
        raise outdated_button()
    if found.heard:
        raise Refused(T("reports.heard_already"))
    found.heard = place.one("heard").strip()
    people = await release.tell(turn.uow, found, "heard_words")
    return said(T("reports.heard_saved", n=people))


async def _released(turn: Turn) -> tuple[Release, Round]:
    found = await turn.uow.get(Release, turn.number())
    if found is None:
        raise outdated_button()
    return found, await turn.uow.need(Round, found.round_id)


def _card(turn: Turn, round: Round, found: Release, others: list[Release]) -> Card:
    picture = signed_links.picture(turn.uow, "release", found.pk, turn.person, turn.base_url)
    return cards.for_coordinator(round, found, picture, others, turn.zone)
