"""What a matching would give if enrolment closed now, and for which skills mentors lack."""

from collections import Counter
from collections.abc import Iterable, Sequence

from bot.domain.matching.model import QUIET, Candidate, Forecast, Matching, PairRule, Settings, Shortage, Watch
from bot.domain.matching.run import match


def what_if(
    candidates: Iterable[Candidate], rules: Iterable[PairRule], settings: Settings, *, watch: Watch = QUIET
) -> Forecast:
    """Match as things stand and count; peers are counted on both sides. Raises as `match` does."""
    people = list(candidates)
    matching = match(people, rules, settings, watch=watch)
    paired = {person for pair in matching.pairs for person in (pair.mentor_id, pair.mentee_id)}
    mentors, mentees = ([person for person in people if person.role == role] for role in ("mentor", "mentee"))
    if settings.shape == "peers":
        mentors = mentees = people
    return Forecast(
        mentors=len(mentors),
        mentees=len(mentees),
        mentors_matched=sum(person.id in paired for person in mentors),
        mentees_matched=sum(person.id in paired for person in mentees),
        shortages=_shortages(mentors, mentees, matching),
    )


def _shortages(mentors: Sequence[Candidate], mentees: Sequence[Candidate], matching: Matching) -> tuple[Shortage, ...]:
    """The skills that somebody without a pair wants, and that more people want than their mentors have places."""
    alone = {someone.id for someone in matching.left_out}
    wanted = Counter(code for person in mentees for code, _ in person.wants)
    waiting = Counter(code for person in mentees if person.id in alone for code, _ in person.wants)
    places: Counter[str] = Counter()
    for person in mentors:
        places.update(dict.fromkeys((code for code, level in person.offers.items() if level), person.capacity))
    found = [
        Shortage(code, n, wanted[code], places[code]) for code, n in waiting.items() if wanted[code] > places[code]
    ]
    return tuple(sorted(found, key=lambda one: (one.places - one.wanted, -one.waiting, one.skill)))
