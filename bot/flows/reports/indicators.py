"""What HR knows beside the surveys: group totals, of the programme and of a comparison group, typed in by hand."""

from collections.abc import Mapping, Sequence

from bot.domain.statistics import difference_in_differences
from bot.domain.suppression import LADDER, MIN_GROUP_SIZE, Hidden, retention
from bot.flows import talk
from bot.flows.engine import Errors, Flow, Place, Step
from bot.flows.reports.actions import round_named
from bot.flows.turns import Replace, Reply, Turn, outdated_button
from bot.ui.cards import Bullets, Button, Buttons, Card, Heading, Note, card
from bot.ui.forms import ChoiceField, Form, NumberField, Option
from bot.ui.words import T, Text
from storage import indicators as store
from storage.indicators import AFTER, BEFORE, COMPARISON, PROGRAMME, Counts
from storage.tables import Round

RETENTION = "retention"
SHARES = ("tool_use", "time_to_adopt", "innovation_projects", "digital_initiatives")
CODES = (RETENTION, *SHARES)
GROUPS = (PROGRAMME, COMPARISON)
MOST = 1_000_000
POINTS = 100


async def command(turn: Turn) -> Reply:
    """``round figures``: what was entered for the round named, or for the newest."""
    round = await round_named(turn)
    return Replace(_card(round.pk, round.name, await store.of_round(turn.uow, round.pk)))


async def enter(turn: Turn) -> Reply:
    """``reports.enter``, id of a round: the form."""
    round = await turn.uow.get(Round, turn.number())
    if round is None:
        raise outdated_button()
    context = {"round": round.pk, "name": round.name}
    return await talk.start(turn, ENTER, f"round:{round.pk}:figures", context, fresh=True)


async def keep(turn: Turn, place: Place) -> Reply:
    """The totals take the place of those that were there."""
    round_id, code = int(place.context["round"]), place.one("code")
    await store.replace(turn.uow, round_id, code, _typed(place, _cells(code)))
    return Replace(_card(round_id, str(place.context["name"]), await store.of_round(turn.uow, round_id)))


# ── Forms ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _cells(code: str) -> Sequence[tuple[str, str]]:
    """The moments and groups that an indicator is counted in; who is still here is counted once."""
    moments = (AFTER,) if code == RETENTION else (BEFORE, AFTER)
    return [(moment, group) for group in GROUPS for moment in moments]


def _stem(code: str, moment: str, group: str) -> str:
    """The two fields of a cell are ``<stem>_people`` and ``<stem>_count``."""
    return f"{RETENTION}_{group}" if code == RETENTION else f"{group}_{moment}"


def _fields(code: str) -> tuple[NumberField, ...]:
    stems = [_stem(code, *cell) for cell in _cells(code)]
    return tuple(
        NumberField(f"{stem}_{what}", T(f"reports.enter_{stem}_{what}"), 0, MOST)
        for stem in stems
        for what in ("people", "count")
    )


def _which(_place: Place) -> Form:
    options = tuple(Option(code, T(f"reports.indicator_{code}"), T(f"reports.indicator_{code}_hint")) for code in CODES)
    field = ChoiceField("code", T("reports.enter_which"), options)
    return Form(T("reports.enter_title"), (field,), T("reports.enter_go_on"), (Note(T("reports.enter_note")),))


def _counts(place: Place) -> Form:
    code = place.one("code")
    intro = (Note(T("reports.enter_retention" if code == RETENTION else "reports.enter_shares")),)
    return Form(T("reports.enter_title"), _fields(code), T("reports.enter_save"), intro)


def _check(place: Place) -> Errors:
    """Groups that give nobody away, and no more of them than there are."""
    code, errors = place.one("code"), {}
    least = LADDER["retention"] if code == RETENTION else MIN_GROUP_SIZE
    for cell, (count, people) in _typed(place, _cells(code)).items():
        if people < least:
            errors[f"{_stem(code, *cell)}_people"] = T("reports.enter_too_small", n=least)
        elif count > people:
            errors[f"{_stem(code, *cell)}_count"] = T("reports.enter_too_many", n=people)
    return errors


def _typed(place: Place, cells: Sequence[tuple[str, str]]) -> Counts:
    def number(cell: tuple[str, str], what: str) -> int:
        return int(place.one(f"{_stem(place.one('code'), *cell)}_{what}") or 0)

    return {cell: (number(cell, "count"), number(cell, "people")) for cell in cells}


ENTER = Flow(
    "reports.enter",
    (
        Step("which", _which, lambda place: RETENTION if place.one("code") == RETENTION else "shares"),
        Step(RETENTION, _counts, lambda _place: None, _check),
        Step("shares", _counts, lambda _place: None, _check),
    ),
)


# ── What is shown ────────────────────────────────────────────────────────────────────────────────────────────────────


def _card(round_id: int, name: str, found: Mapping[str, Counts]) -> Card:
    lines = [_line(code, found[code]) for code in CODES if code in found]
    button = Buttons((Button(T("reports.enter_button"), "reports.enter", str(round_id), "primary"),))
    title = Heading(T("reports.figures_title", round=name))
    if not lines:
        return card(title, T("reports.figures_none"), button)
    return card(title, Bullets(tuple(lines)), Note(T("reports.figures_note")), button)


def _line(code: str, counts: Counts) -> Text:
    told: dict[str, Text] = {
        f"{group}_{moment}": T("reports.count", x=count, n=people)
        for (moment, group), (count, people) in counts.items()
    }
    name = T(f"reports.indicator_{code}")
    if code == RETENTION:
        return T("reports.figures_retention", name=name, difference=_difference(counts), **told)
    shares = {cell: count / people for cell, (count, people) in counts.items()}
    points = difference_in_differences(
        (shares[BEFORE, PROGRAMME], shares[AFTER, PROGRAMME]), (shares[BEFORE, COMPARISON], shares[AFTER, COMPARISON])
    )
    return T("reports.figures_share", name=name, points=_signed(points), **told)


def _difference(counts: Counts) -> Text:
    found = retention(counts[AFTER, PROGRAMME], counts[AFTER, COMPARISON])
    if isinstance(found, Hidden) or found.interval is None:
        return T("reports.hidden")
    low, high = found.interval.low, found.interval.high
    key = "reports.difference_unclear" if low <= 0 <= high else "reports.difference"
    return T(key, points=_signed(found.value), low=_signed(low), high=_signed(high))


def _signed(share: float) -> str:
    """A difference of shares in whole percentage points, with its sign."""
    return f"{round(POINTS * share):+d}".replace("-", "−")
