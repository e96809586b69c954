"""From the arrays of a company to those of the compiled kernels: columns by site in tiles, lists cut by row."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bot.domain.matching.features import NOBODY, NOT_WANTED, Bools, Ints, Longs, Side
from bot.domain.matching.grids import IN_PERSON, Company
from bot.domain.matching.kernels import MAGIC, STRIDE, Columns, Points, Rows
from bot.domain.matching.model import Settings
from bot.domain.matching.score import FULL_SLOTS, OTHER_DEPARTMENT, OTHER_SITE
from bot.domain.matching.ties import Pairs

TILE = 2048
_DAY = 48
MOST_WANTS = 80
_NO_ROW_MANAGER, _NO_COLUMN_MANAGER = -1, -2


@dataclass(frozen=True)
class Bonus:
    """Hundredths of a point that these pairs decide with beyond their score."""

    pairs: Pairs
    points: int


@dataclass(frozen=True)
class Packed:
    """What the kernels read. Column k of the kernels is column `order[k]` of the company, which has `place` k."""

    rows: Rows
    columns: Columns
    points: Points
    order: Longs
    place: Longs

    @property
    def shape(self) -> tuple[int, int]:
        """How many rows and columns."""
        return len(self.rows.stage), len(self.order)


def pack(
    them: Company, settings: Settings, open_rows: Longs, open_columns: Longs, bonus: Bonus | None = None
) -> Packed:
    """The arrays of the rows and the columns named. Raises ValueError for a list of more than 80 wants."""
    rows, columns = them.rows, them.columns
    if max(rows.units.max(initial=0), columns.units.max(initial=0)) > MOST_WANTS + 1:
        raise ValueError(f"somebody wants more than {MOST_WANTS} skills")
    morning = _mornings(columns)
    order = open_columns[np.lexsort((open_columns, columns.site[open_columns], morning[open_columns]))]
    place = np.full(len(columns), -1, dtype=np.int64)
    place[order] = np.arange(len(order))
    full = settings.full
    return Packed(
        rows=_rows(them, open_rows, place, full["mentee_wants"], bonus),
        columns=_columns(columns, order, _tiles(morning[order]), full["mentor_wants"]),
        points=_points(them, settings),
        order=order,
        place=place,
    )


def _points(them: Company, settings: Settings) -> Points:
    full = settings.full
    aims = len(settings.aims)
    return Points(
        slots=np.array([full["availability"] * n // FULL_SLOTS for n in range(FULL_SLOTS + 1)], dtype=np.int16),
        per_aim=np.int32((full["objective"] << MAGIC) // aims + 1 if aims else 0),
        served=them.served,
        department=np.int16(full["distance"] * OTHER_DEPARTMENT // 100),
        site=np.int16(full["distance"] * OTHER_SITE // 100),
        format=np.int16(full["format"]),
        language=np.int16(full["language"]),
        minimum=np.int16(settings.minimum * 100),
        in_person=np.int8(IN_PERSON),
        peers=np.bool_(settings.shape == "peers"),
    )


def _rows(them: Company, chosen: Longs, place: Longs, wanted: int, bonus: Bonus | None) -> Rows:
    side = them.rows.part(chosen)
    line = np.full(len(them.rows), -1, dtype=np.int64)
    line[chosen] = np.arange(len(chosen))
    want_row, want_skill = _marked((side.own != NOT_WANTED).T)
    offer_row, offer_skill = _marked((side.offers > 0).T)
    start_row, start = _marked(_starts(side))
    bars = Pairs.all(*them.ties.values())
    bar_at, bar = _lists(line[bars.row], place[bars.column], len(side))
    extras = bonus.pairs if bonus else Pairs.of([])
    extra_at, extra = _lists(line[extras.row], place[extras.column], len(side))
    return Rows(
        **_each(side, _NO_ROW_MANAGER),
        per_unit=_per_unit(wanted, side),
        want_at=_cuts(want_row, len(side)),
        want_skill=_narrow(want_skill, np.uint8),
        want_own=side.own[want_skill, want_row],
        want_weight=(1 + (side.first[want_row] == want_skill)).astype(np.uint8),
        offer_at=_cuts(offer_row, len(side)),
        offer_skill=_narrow(offer_skill, np.uint8),
        offer_level=side.offers[offer_skill, offer_row],
        start_at=_cuts(start_row, len(side)),
        start=start,
        bar_at=bar_at,
        bar=bar,
        extra_at=extra_at,
        extra=extra,
        extra_points=np.full(len(extra), bonus.points if bonus else 0, dtype=np.int16),
    )


def _mornings(side: Side) -> Longs:
    """The half hour of the day, in UTC, at which people of one's site begin: of one zone, few half hours are in use."""
    if not len(side):
        return np.zeros(0, dtype=np.int64)
    by_site = np.argsort(side.site, kind="stable")
    _, first, site = np.unique(side.site[by_site], return_index=True, return_inverse=True)
    used = np.bitwise_or.reduceat(side.starts[by_site], first, axis=0)
    by_day = np.unpackbits(used, axis=1, bitorder="little").reshape(len(used), -1, _DAY)
    morning = np.empty(len(side), dtype=np.int64)
    morning[by_site] = by_day.any(axis=1).argmax(axis=1)[site]
    return morning


def _tiles(morning: Longs) -> Longs:
    """Cuts of at most TILE columns and not many fewer, at changes of zone where there are any."""
    cuts = [0]
    for change in [*(np.flatnonzero(np.diff(morning)) + 1).tolist(), len(morning)]:
        if change - cuts[-1] >= TILE // 2 or change == len(morning):
            pieces = max(-(-(change - cuts[-1]) // TILE), 1)
            cuts += [cuts[-1] + (change - cuts[-1]) * piece // pieces for piece in range(1, pieces + 1)]
    return np.array(cuts, dtype=np.int64)


def _columns(side: Side, order: Longs, tiles: Longs, wanted: int) -> Columns:
    """With some columns after the last one, never looked at: a tile is read in whole strides."""
    order = np.append(order, np.zeros(STRIDE if len(order) else 0, dtype=np.int64))
    starts = np.unpackbits(np.ascontiguousarray(side.starts[order].T), axis=0, bitorder="little")
    open_at = np.array([starts[:, lo:hi].any(axis=1) for lo, hi in pairwise(tiles)], dtype=np.bool_)
    each = {name: values[order] for name, values in _each(side, _NO_COLUMN_MANAGER).items()}
    return Columns(
        **each,
        per_unit=_per_unit(wanted, side)[order],
        first=_narrow(np.where(side.first < 0, len(side.own), side.first)[order], np.uint8),
        offers=np.ascontiguousarray(side.offers[:, order]),
        own=np.ascontiguousarray(side.own[:, order]),
        starts=starts,
        open_at=open_at.reshape(len(tiles) - 1, len(starts)),
        tiles=tiles,
    )


def _each(side: Side, no_manager: int) -> dict[str, NDArray[np.generic]]:
    return {
        "stage": side.stage,
        "department": _narrow(side.department, np.int16),
        "site": _narrow(side.site, np.int16),
        "manager": _narrow(np.where(side.manager == NOBODY, no_manager, side.manager), np.int32),
        "preferred": side.preferred,
        "formats": side.formats,
        "languages": _narrow(side.languages, np.uint16),
        "ease": _narrow(side.ease, np.uint16),
    }


def _narrow(values: NDArray[np.integer], usual: type[np.integer]) -> NDArray[np.generic]:
    """As the usual small type, so that vectors hold more of them; as they are where one does not fit."""
    fits = np.iinfo(usual).min <= values.min(initial=0) and values.max(initial=0) <= np.iinfo(usual).max
    return values.astype(usual) if fits else values


def _per_unit(full: int, side: Side) -> Ints:
    """A factor by which `units × factor >> MAGIC` is `full × units // all units`, exactly.

    The factor is too large by less than one, so the product by less than `units / 2**MAGIC`: under the `1 / all units`
    that could carry it over a whole number as long as `all units` squared is below 2**MAGIC.
    """
    return ((full << MAGIC) // side.units + 1).astype(np.int32)


def _starts(side: Side) -> Bools:
    """A row for each person, a column for each half hour from which a slot is free."""
    starts: Bools = np.unpackbits(side.starts, axis=1, bitorder="little").view(np.bool_)
    return starts


def _marked(marks: Bools) -> tuple[Longs, Longs]:
    """The row and the place in it of everything that is marked, row by row."""
    row, place = np.divmod(np.flatnonzero(np.ascontiguousarray(marks)), max(marks.shape[1], 1))
    return row, place


def _cuts(row: Longs, rows: int) -> Longs:
    """Where the entries of each row begin, in a list that is in order of rows, and where the last one's end."""
    cuts = np.zeros(rows + 1, dtype=np.int64)
    np.cumsum(np.bincount(row, minlength=rows), out=cuts[1:])
    return cuts


def _lists(row: Longs, column: Longs, rows: int) -> tuple[Longs, Longs]:
    """The columns that are there by row, as cuts and one list."""
    there = (row >= 0) & (column >= 0)
    row, column = row[there], column[there]
    order = np.argsort(row, kind="stable")
    return _cuts(row, rows), column[order]
