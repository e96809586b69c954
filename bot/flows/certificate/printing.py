"""The certificate as a printed page: its signed address, and what stands on it. Nothing of what was said does."""

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.programme import PEER
from bot.flows import signed_links
from bot.locales import speaker
from bot.ui.words import T, When
from storage.led import sessions_led
from storage.tables import Person, Round
from storage.uow import Uow

KEPT = timedelta(days=60)


@dataclass(frozen=True)
class Certificate:
    """Words in one language. ``signed``: names with what each is in the round, for a signature by hand."""

    language: str
    name: str
    title: str
    about: str
    at: str
    signed: tuple[str, ...]
    foot: str


def address(uow: Uow, round_id: int, person: Person, base_url: str) -> str:
    """The signed address of the page for this person; it expires after ``KEPT``."""
    return f"{base_url}/certificates/{signed_links.sealed(uow, KEPT, certificate=round_id, person=person.pk)}"


async def page(uow: Uow, round_id: int, person_id: int) -> Certificate | None:
    """The certificate of a closed round for one who led a meeting of it; None for anybody else."""
    round = await uow.get(Round, round_id)
    if round is None or round.state != "closed" or round.closed_at is None:
        return None
    led = await sessions_led(uow, round, person_id)
    if not led:
        return None
    people = await uow.by_id(Person, (person_id, round.sponsor_id, round.coordinator_id))
    person, sponsor = people[person_id], people.get(round.sponsor_id or 0)
    say = speaker(person.language)
    about = T(
        "certificate.about_peer" if round.format == PEER else "certificate.about",
        round=round.name,
        n=len(led),
        hours=max(whole_hours(sum(session.minutes for session in led)), 1),
    )
    signed = [T("certificate.coordinates", name=people[round.coordinator_id].name)]
    if sponsor is not None and sponsor is not person:
        signed.insert(0, T("certificate.sponsors", name=sponsor.name))
    return Certificate(
        language=person.language,
        name=person.name,
        title=say(T("certificate.title")),
        about=say(about),
        at=say(T("programme.moment", at=When(round.closed_at, person.timezone, "date"))),
        signed=tuple(map(say, signed)),
        foot=say(T("certificate.foot", name=person.name)),
    )


def whole_hours(minutes: int) -> int:
    """Whole hours, the half ones up."""
    return (minutes + 30) // 60
