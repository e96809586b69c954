"""The distribution of a run as a picture: its signed address, and what is drawn, in the reader's language."""

from datetime import datetime, timedelta

from bot.flows.matching.figures import bars
from bot.histogram import Bar, Histogram
from bot.locales import Say
from bot.ui.words import T
from storage.tables import MatchRun, Person, Round
from storage.uow import Uow

KEPT = timedelta(days=30)


def address(uow: Uow, run: MatchRun, person: Person, base_url: str) -> str:
    """The signed address of the picture in the person's language; it expires after ``KEPT``."""
    signed = uow.box.seal_json(
        {
            "run": run.pk,
            "organisation": run.organisation_id,
            "language": person.language,
            "until": (uow.now + KEPT).isoformat(),
        }
    )
    return f"{base_url}/pictures/{signed}.png"


def still_valid(signed: object, now: datetime) -> tuple[int, int, str] | None:
    """(run, organisation, language) of what ``address`` sealed; None when it is something else, or expired."""
    match signed:
        case {"run": int(run), "organisation": int(organisation), "language": str(language), "until": until}:
            return (run, organisation, language) if now < datetime.fromisoformat(str(until)) else None
    return None


def histogram(round: Round, run: MatchRun, say: Say) -> Histogram:
    """What is drawn."""
    drawn = tuple(
        Bar(say(T("matching.bar_label", first=first, last=last)), count, say(T("matching.bar_count", count=count)))
        for first, last, count in bars(run)
    )
    return Histogram(
        say(T("matching.spread_title", round=round.name)), say(T("matching.spread_axis")).replace("**", ""), drawn
    )
