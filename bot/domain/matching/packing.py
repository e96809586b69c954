"""From the arrays of a company to those of the compiled kernels: columns by site in tiles, lists cut by row."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bot.domain.matching.features import NOBODY, NOT_WANTED, Bools, Ints, Longs, Side
from bot.domain.matching.grids import IN_PERSON, Company
from bot.domain.matching.kernels import PART_BITS, STRIDE, Columns, Points, Rows
from bot.domain.matching.model import Settings
from bot.domain.matching.score import FULL_SLOTS, OTHER_DEPARTMENT, OTHER_SITE
from bot.domain.matching.ties import Pairs

TILE = 2048
_DAY = 48
MOST_WANTS = 31
_OTHER_OF_ROW, _OTHER_OF_COLUMN, _MANAGERS = 0, 1, 2


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
    """The arrays of the rows and the columns named. Raises ValueError for a list of more than 31 wants."""
    rows, columns = them.rows, them.columns
    if max(rows.units.max(initial=0), columns.units.max(initial=0)) > MOST_WANTS + 1:
        raise ValueError(f"somebody wants more than {MOST_WANTS} skills")
    morning = _mornings(columns)
    order = open_columns[np.lexsort((open_columns, columns.site[open_columns], morning[open_columns]))]
    place = np.full(len(columns), -1, dtype=np.int64)
    place[order] = np.arange(len(order))
    full = settings.full
    managers = np.intersect1d(rows.manager, columns.manager)
    return Packed(
        rows=_rows(them, open_rows, place, managers, full["mentee_wants"], bonus),
        columns=_columns(them, order, _tiles(morning[order]), managers, full["mentor_wants"]),
        points=_points(them, settings),
        order=order,
        place=place,
    )


def _points(them: Company, settings: Settings) -> Points:
    full = settings.full
    aims = len(settings.aims)
    return Points(
        slots=np.array([full["availability"] * n // FULL_SLOTS for n in range(FULL_SLOTS + 1)], dtype=np.int16),
        **{
            name: factor[0]
            for name, factor in _share(full["objective"] if aims else 0, np.array([max(aims, 1)])).items()
        },
        served=them.served,
        department=np.int16(full["distance"] * OTHER_DEPARTMENT // 100),
        site=np.int16(full["distance"] * OTHER_SITE // 100),
        format=np.int16(full["format"]),
        language=np.int16(full["language"]),
        minimum=np.int16(settings.minimum * 100),
        in_person=np.int8(IN_PERSON),
        peers=np.bool_(settings.shape == "peers"),
    )


def _rows(them: Company, chosen: Longs, place: Longs, managers: Longs, wanted: int, bonus: Bonus | None) -> Rows:
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
        **_each(side),
        manager=_codes(side.manager, managers, _OTHER_OF_ROW),
        site=side.site,
        **_share(wanted, side.units),
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
    """Cuts of at most TILE columns and not many fewer, in whole strides, near changes of zone where there are any."""
    step, cuts = min(STRIDE, TILE), [0]
    changes = (np.flatnonzero(np.diff(morning)) + 1) // step * step
    for change in [*changes.tolist(), len(morning)]:
        if change - cuts[-1] >= TILE // 2 or change == len(morning):
            begin, strides = cuts[-1], -(-(change - cuts[-1]) // step)
            pieces = max(-(-(change - begin) // TILE), 1)
            cuts += [min(begin + strides * piece // pieces * step, change) for piece in range(1, pieces + 1)]
    return np.array(cuts, dtype=np.int64)


def _columns(them: Company, order: Longs, tiles: Longs, managers: Longs, wanted: int) -> Columns:
    """With some columns after the last one, never looked at: a tile is read in whole strides."""
    side = them.columns
    site_at, site_end = _runs(side.site[order], int(them.rows.site.max(initial=0)) + 1)
    order = np.append(order, np.zeros(STRIDE if len(order) else 0, dtype=np.int64))
    starts = np.unpackbits(np.ascontiguousarray(side.starts[order].T), axis=0, bitorder="little")
    open_at = np.array([starts[:, lo:hi].any(axis=1) for lo, hi in pairwise(tiles)], dtype=np.bool_)
    each = {name: values[order] for name, values in _each(side).items()}
    return Columns(
        **each,
        manager=_codes(side.manager, managers, _OTHER_OF_COLUMN)[order],
        **_share(wanted, side.units[order]),
        first=_narrow(np.where(side.first < 0, len(side.own), side.first)[order], np.uint8),
        offers=np.ascontiguousarray(side.offers[:, order]),
        own=np.ascontiguousarray(side.own[:, order]),
        starts=starts,
        open_at=open_at.reshape(len(tiles) - 1, len(starts)),
        tiles=tiles,
        site_at=site_at,
        site_end=site_end,
    )


def _runs(site: Ints, sites: int) -> tuple[Longs, Longs]:
    """Where the columns of each site begin and end: they stand together."""
    end = np.zeros(sites, dtype=np.int64)
    wanted = np.flatnonzero(site < sites)
    end[site[wanted]] = wanted + 1
    return end - np.bincount(site[wanted], minlength=sites), end


def _codes(manager: Longs, managers: Longs, other: int) -> NDArray[np.generic]:
    """Small numbers for the managers whom both sides have; `other` for nobody and for all who are on one side alone."""
    place = np.minimum(np.searchsorted(managers, manager), max(len(managers) - 1, 0))
    shared = np.isin(manager, managers) & (manager != NOBODY)
    return _narrow(np.where(shared, place + _MANAGERS, other), np.uint16)


def _each(side: Side) -> dict[str, NDArray[np.generic]]:
    return {
        "stage": side.stage,
        "department": _narrow(side.department, np.int16),
        "preferred": side.preferred,
        "formats": side.formats,
        "languages": _narrow(side.languages, np.uint16),
        "ease": _narrow(side.ease, np.uint16),
    }


def _narrow(values: NDArray[np.integer], usual: type[np.integer]) -> NDArray[np.generic]:
    """As the usual small type, so that vectors hold more of them; as they are where one does not fit."""
    fits = np.iinfo(usual).min <= values.min(initial=0) and values.max(initial=0) <= np.iinfo(usual).max
    return values.astype(usual) if fits else values


def _share(full: int, units: Ints) -> dict[str, NDArray[np.uint16]]:
    """Factors by which `some × whole + (some × rest >> 10)` is `full × some // units`, exactly, for up to all `units`.

    `rest` is larger than 1024 times what a unit gives beyond `whole` by less than one, so the sum by less than
    `units / 1024`: under the `1 / units` that could carry it over a whole number while there are no more than 32.
    """
    factors = {"whole": full // units, "rest": -(-(full % units << PART_BITS) // units)}
    return {name: values.astype(np.uint16) for name, values in factors.items()}


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
