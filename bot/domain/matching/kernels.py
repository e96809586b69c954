"""The compiled kernels: everything in the product that needs numba lives here.

A pair is scored in tiles of columns by simple loops over bytes and short integers, which the compiler turns into vector
instructions. `score.score_pair` says the same about one pair in plain Python, and tests hold the two equal to the
integer. Functions take arrays and plain numbers, release the interpreter's lock and share nothing but their outputs, so
that several threads can take parts of the rows.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import config, njit, types
from numba.core.codegen import get_host_cpu_features
from numba.extending import intrinsic

BATCH = 128
STRIDE = 256
PART_BITS = 10
# without numba's counting of references, in atomic steps that cost as much as the scores; so these may allocate nothing
BARE: dict[str, Any] = {"nogil": True, "cache": True, "_nrt": False}


def _use_wide_vectors() -> None:
    """LLVM keeps to vectors of 256 bits where wider ones once slowed the clock: here they are a third faster on the
    processors (from Ice Lake on) whose clock does not mind. The code on disk is told apart by these features."""
    host = get_host_cpu_features()
    told = config.CPU_FEATURES  # type: ignore[attr-defined]  # numba reads it from the environment
    if told is None and "+avx512vbmi" in host.split(","):
        config.CPU_FEATURES = f"{host},-prefer-256-bit"  # type: ignore[attr-defined]


_use_wide_vectors()


class Rows(NamedTuple):
    """One entry a row. `want_*`, `offer_*`, `start` and `bar` are lists in row order, cut by their `_at`."""

    stage: np.ndarray
    department: np.ndarray
    site: np.ndarray
    manager: np.ndarray
    preferred: np.ndarray
    formats: np.ndarray
    languages: np.ndarray
    ease: np.ndarray
    whole: np.ndarray
    rest: np.ndarray
    want_at: np.ndarray
    want_skill: np.ndarray
    want_own: np.ndarray
    want_weight: np.ndarray
    offer_at: np.ndarray
    offer_skill: np.ndarray
    offer_level: np.ndarray
    start_at: np.ndarray
    start: np.ndarray
    bar_at: np.ndarray
    bar: np.ndarray
    extra_at: np.ndarray
    extra: np.ndarray
    extra_points: np.ndarray


class Columns(NamedTuple):
    """One entry a column; `offers`, `own` and `starts` have a plane for each skill or half hour, `tiles` their cuts."""

    stage: np.ndarray
    department: np.ndarray
    manager: np.ndarray
    preferred: np.ndarray
    formats: np.ndarray
    languages: np.ndarray
    ease: np.ndarray
    whole: np.ndarray
    rest: np.ndarray
    first: np.ndarray
    offers: np.ndarray
    own: np.ndarray
    starts: np.ndarray
    open_at: np.ndarray
    tiles: np.ndarray
    site_at: np.ndarray
    site_end: np.ndarray


class Points(NamedTuple):
    """What the criteria give. `slots` is by shared slots; `whole` and `rest` are of the objectives, and `served` their
    bits by skill. `peers` drops the rule of stages and asks that each of the two can teach the other."""

    slots: np.ndarray
    whole: np.uint16
    rest: np.uint16
    served: np.ndarray
    department: np.int16
    site: np.int16
    format: np.int16
    language: np.int16
    minimum: np.int16
    in_person: np.int8
    peers: np.bool_


@intrinsic
def _ones(typing_context, word):
    """How many bits of a byte are set."""

    def generate(context, builder, signature, arguments):
        return builder.ctpop(arguments[0])

    return word(word), generate


@intrinsic
def _lowest(typing_context, word):
    """The place of the lowest bit that is set."""

    def generate(context, builder, signature, arguments):
        return builder.cttz(arguments[0], context.get_constant(types.boolean, False))

    return word(word), generate


@njit(**BARE)
def _topics(r, lo, n, rows, columns, points, taught, returned, aims):
    """Units covered in both directions, and the objectives that a covered topic serves."""
    for c in range(n):
        taught[c] = np.uint8(0)
        returned[c] = np.uint8(0)
        aims[c] = np.uint8(0)
    for k in range(rows.want_at[r], rows.want_at[r + 1]):
        skill = rows.want_skill[k]
        own = rows.want_own[k]
        weight = rows.want_weight[k]
        bits = points.served[skill]
        level = columns.offers[skill, lo : lo + n]
        if bits:
            for c in range(n):
                more = level[c] > own
                taught[c] += np.uint8(weight if more else np.uint8(0))
                aims[c] |= np.uint8(bits if more else np.uint8(0))
        else:
            for c in range(n):
                taught[c] += np.uint8(weight if level[c] > own else np.uint8(0))
    first = columns.first[lo : lo + n]
    for k in range(rows.offer_at[r], rows.offer_at[r + 1]):
        skill = rows.offer_skill[k]
        most = rows.offer_level[k]
        bits = points.served[skill]
        needed = columns.own[skill, lo : lo + n]
        if bits:
            for c in range(n):
                weight = np.uint8(2) if first[c] == skill else np.uint8(1)
                more = needed[c] < most
                returned[c] += np.uint8(weight if more else np.uint8(0))
                aims[c] |= np.uint8(bits if more else np.uint8(0))
        else:
            for c in range(n):
                weight = np.uint8(2) if first[c] == skill else np.uint8(1)
                returned[c] += np.uint8(weight if needed[c] < most else np.uint8(0))


@njit(**BARE)
def _open(r, tile, rows, columns):
    """Whether anybody of the tile has a half hour in which a slot of the row begins."""
    any_open = False
    for k in range(rows.start_at[r], rows.start_at[r + 1]):
        any_open |= columns.open_at[tile, rows.start[k]]
    return any_open


@njit(**BARE)
def _hours(r, tile, lo, n, rows, columns, rest, slots):
    """Shared two-hour slots that do not overlap, earliest first; `rest` is how long each pair is still taken."""
    for c in range(n):
        rest[c] = np.uint8(0)
        slots[c] = np.uint8(0)
    last = -100
    for k in range(rows.start_at[r], rows.start_at[r + 1]):
        begin = rows.start[k]
        if not columns.open_at[tile, begin]:
            continue
        free = columns.starts[begin, lo : lo + n]
        gap = np.uint8(min(begin - last, 4))
        last = begin
        if gap == 4:
            for c in range(n):
                slots[c] += free[c]
                rest[c] = np.uint8(free[c] << 2)
        else:
            for c in range(n):
                left = np.uint8(max(rest[c], gap) - gap)
                fits = np.uint8(free[c] if left == np.uint8(0) else np.uint8(0))
                slots[c] += fits
                rest[c] = np.uint8(left + (fits << 2))


@njit(**BARE)
def _part(units, whole, rest):
    """What so many units give, from the factors of `packing`: with products of 16 bits, two of them in place of one."""
    more = np.uint16(np.uint16(units) * rest)
    return np.uint16(np.uint16(units) * whole) + np.uint16(more >> np.uint16(PART_BITS))


@njit(**BARE)
def _may(r, lo, n, near, rows, columns, points, taught, returned, slots, fine):
    """Whether each pair may be, but for lists of pairs; the columns `near` are of the row's site."""
    mine, stage = rows.formats[r], rows.stage[r]
    in_person = np.uint8(mine & (1 << points.in_person))
    formats, stages = columns.formats[lo : lo + n], columns.stage[lo : lo + n]
    for c in range(n):
        fine[c] = np.uint8(((formats[c] & mine) != 0) & (slots[c] != 0))
    theirs, fine_here = formats[near[0] : near[1]], fine[near[0] : near[1]]
    for c in range(theirs.size):
        fine_here[c] |= np.uint8((theirs[c] & in_person) != 0)
    if points.peers:
        for c in range(n):
            fine[c] &= np.uint8((taught[c] != 0) & (returned[c] != 0))
    else:
        for c in range(n):
            fine[c] &= np.uint8((stages[c] < stage) & (taught[c] != 0))
    languages, managers = columns.languages[lo : lo + n], columns.manager[lo : lo + n]
    ours, boss = rows.languages[r], rows.manager[r]
    for c in range(n):
        fine[c] &= np.uint8(((ours & languages[c]) != 0) & (managers[c] != boss))


@njit(**BARE)
def _within(lo, n, begin, end):
    """The part of the columns from `begin` to `end` that lies in a tile, counted from its own begin."""
    return min(max(begin - lo, 0), n), min(max(end - lo, 0), n)


@njit(**BARE)
def score_tile(r, tile, rows, columns, points, buffers, out):
    """Scores of row `r` with the columns of a tile, in `out`: -1 for a pair that may not be or lies under the minimum.

    A tile is worked through in whole strides, so that no loop has a remainder to go through one by one; what lies past
    its end is -1. Returns how many entries of `out` there are: none if no pair of them can be, for want of hours.
    """
    lo = columns.tiles[tile]
    width = columns.tiles[tile + 1] - lo
    n = (width + STRIDE - 1) // STRIDE * STRIDE
    hi = lo + n
    here = rows.site[r]
    near = _within(lo, n, columns.site_at[here], columns.site_end[here])
    if near[0] == near[1] and not _open(r, tile, rows, columns):
        return 0
    taught, returned, aims, rest, slots, fine = buffers
    _topics(r, lo, n, rows, columns, points, taught, returned, aims)
    _hours(r, tile, lo, n, rows, columns, rest, slots)
    _may(r, lo, n, near, rows, columns, points, taught, returned, slots, fine)

    # all of 16 bits, one array written a loop, and each from its begin: else the compiler widens, cannot prove that
    # none overlap, or minds places before the first
    away = points.site if here > 0 else np.int16(0)
    office = rows.department[r]
    apart = points.department if office > 0 else np.int16(0)
    choice, easy = rows.preferred[r], rows.ease[r]
    alike = points.format if choice != points.in_person and choice >= 0 else np.int16(0)
    whole, left = rows.whole[r], rows.rest[r]
    departments, preferred, ease = columns.department[lo:hi], columns.preferred[lo:hi], columns.ease[lo:hi]
    for c in range(n):
        some = np.int16(away + (points.language if (easy & ease[c]) != 0 else np.int16(0)))
        some = np.int16(some + (apart if (departments[c] != office) & (departments[c] > 0) else np.int16(0)))
        some = np.int16(some + (alike if preferred[c] == choice else np.int16(0)))
        some = np.int16(some + np.int16(_part(taught[c], whole, left)))
        out[c] = np.int16(some + np.int16(_part(_ones(aims[c]), points.whole, points.rest)))
    nowhere = _within(lo, n, columns.site_at[0], columns.site_end[0])
    out_nowhere = out[nowhere[0] : nowhere[1]]
    out_near, preferred_near = out[near[0] : near[1]], preferred[near[0] : near[1]]
    for c in range(out_nowhere.size):
        out_nowhere[c] -= away
    together = points.format if choice == points.in_person else np.int16(0)
    for c in range(out_near.size):
        out_near[c] += np.int16((together if preferred_near[c] == choice else np.int16(0)) - away)
    wholes, lefts = columns.whole[lo:hi], columns.rest[lo:hi]
    one, two, three, minimum = points.slots[1], points.slots[2], points.slots[3], points.minimum
    for c in range(n):
        some = one if slots[c] == 1 else (two if slots[c] == 2 else three)
        some = np.int16(out[c] + (some if slots[c] != 0 else np.int16(0)))
        some = np.int16(some + np.int16(_part(returned[c], wholes[c], lefts[c])))
        out[c] = some if (fine[c] != 0) & (some >= minimum) else np.int16(-1)
    for k in range(rows.bar_at[r], rows.bar_at[r + 1]):
        if lo <= rows.bar[k] < hi:
            out[rows.bar[k] - lo] = np.int16(-1)
    for k in range(rows.extra_at[r], rows.extra_at[r + 1]):
        if lo <= rows.extra[k] < hi and out[rows.extra[k] - lo] >= 0:
            out[rows.extra[k] - lo] += rows.extra_points[k]
    out[width:n] = np.int16(-1)
    return n


@njit(nogil=True, cache=True)
def workspace(columns):
    """Room for the scores of a tile in whole strides, and the buffers that `score_tile` needs."""
    widest = 0
    for tile in range(columns.tiles.size - 1):
        widest = max(widest, columns.tiles[tile + 1] - columns.tiles[tile])
    wide = widest + STRIDE
    return wide, (
        np.empty(wide, np.uint8),
        np.empty(wide, np.uint8),
        np.empty(wide, np.uint8),
        np.empty(wide, np.uint8),
        np.empty(wide, np.uint8),
        np.empty(wide, np.uint8),
    )


@njit(**BARE)
def _count(out, n, taken):
    """Adds each pair that may be to `taken`, by column; returns how many there are and the highest score."""
    some, highest = np.int16(0), np.int16(-1)
    for c in range(n):
        some = np.int16(some + np.int16(out[c] >= 0))
        highest = max(highest, out[c])
    if some:
        for c in range(n):
            taken[c] += np.uint8(out[c] >= 0)
    return some, highest


@njit(**BARE)
def _hits(out, n, prices, bar, fewest, hits):
    """Marks the columns that score `fewest` and leave more than `bar` after their price; returns how many there are."""
    many = np.int32(0)
    for c in range(n):
        hit = (np.int32(np.int32(out[c]) - prices[c]) > bar) & (out[c] >= fewest)
        hits[c] = np.uint8(hit)
        many = np.int32(many + np.int32(hit))
    return many


@njit(**BARE)
def _higher_bar(out, n, prices, fewest, bar, enough, tops):
    """A bar that at least `enough` columns exceed, and not many more, so that none of the best `enough` is lost.

    It is sought among `tops`, the best of every few columns: each of these is a column of its own.
    """
    for c in range(STRIDE):
        tops[c] = bar
    for lo in range(0, n, STRIDE):
        some, asked = out[lo : lo + STRIDE], prices[lo : lo + STRIDE]
        for c in range(STRIDE):
            net = np.int32(np.int32(some[c]) - asked[c])
            tops[c] = max(tops[c], net if some[c] >= fewest else bar)
    high = bar
    for c in range(STRIDE):
        high = max(high, tops[c])
    while high - bar > 1:
        middle = np.int32((np.int64(bar) + high) // 2)
        above = np.int32(0)
        for c in range(STRIDE):
            above = np.int32(above + np.int32(tops[c] > middle))
        if above < enough:
            high = middle
        else:
            bar = middle
    return bar


@njit(**BARE)
def _take(out, prices, place, words, many, keys, kept):
    """Appends the columns marked in `words`, the bytes of `hits` eight at a time, to `keys`: what they leave, then
    `place`, which is less by one with each column. Returns how many there are then."""
    for word in range(many):
        left = words[word]
        while left:
            c = 8 * word + np.int64(_lowest(left) >> np.uint64(3))
            keys[kept] = (np.int64(out[c]) - prices[c]) << 32 | (place - c)
            kept += 1
            left &= left - np.uint64(1)
    return kept


@njit(**BARE)
def _copy(ours, theirs, many):
    """The first `many` of `theirs`; an assignment of slices would count references."""
    for k in range(many):
        ours[k] = theirs[k]


@njit(**BARE)
def _keep_best(keys, count, most):
    """Bring the `most` largest of more than so many different keys to the front; returns what a better one must exceed.

    The limit is found by halving and counting, which vectors do; a selection by comparing guesses wrong at every other.
    """
    low, high = keys[0], keys[0]
    for k in range(count):
        low, high = min(low, keys[k]), max(high, keys[k])
    above = count
    while above != most:
        limit = low + (high - low) // 2
        above = 0
        for k in range(count):
            above += keys[k] > limit
        if above > most:
            low = limit
        else:
            high = limit
    kept = 0
    for k in range(count):
        keys[kept] = keys[k]
        kept += keys[kept] > limit
    lowest = keys[0]
    for k in range(most):
        lowest = min(lowest, keys[k])
    return np.int32(lowest >> 32)


@njit(nogil=True, cache=True)
def best_columns(turn, chosen, floor, least, price, rows, columns, points, found, value, count, degree, open_to):
    """For each chosen row the columns whose score less `price` is highest, of those above `floor`, exactly.

    A pair counts only from the score `least` of its row on; at most 255 rows. Fills `found` and `value` (score less
    price) with `count` entries in no order; `degree` with the pairs that may be; and adds the same, by column, to
    `open_to`. Among equals the first stay; the tiles begin with number `turn`, so that not all rows choose the same.
    """
    many, most = found.shape
    wide, room_for_tile = workspace(columns)
    out = np.empty(wide, np.int16)
    taken = np.empty(wide, np.uint8)
    words = np.empty(wide // 8 + 1, np.uint64)
    hits = words.view(np.uint8)
    keys = np.empty((many, 2 * most), np.int64)
    pile = np.empty(2 * most + wide, np.int64)
    tops = np.empty(STRIDE, np.int32)
    bars = floor.copy()
    tiles = columns.tiles.size - 1
    width = columns.tiles[tiles]
    asked = np.empty(width + STRIDE, np.int32)
    asked[:width] = price
    asked[width:] = 0
    begin = columns.tiles[turn % tiles]
    for step in range(tiles):
        tile = (turn + step) % tiles
        lo, hi = columns.tiles[tile], columns.tiles[tile + 1]
        if lo == hi:
            continue
        last = (width + begin - 1 - lo) % width
        cheapest = price[lo:hi].min()
        taken[:] = np.uint8(0)
        for k in range(many):
            n = score_tile(chosen[k], tile, rows, columns, points, room_for_tile, out)
            if n == 0:
                continue
            some, highest = _count(out, n, taken)
            degree[k] += some
            if some == 0 or highest - cheapest <= bars[k]:
                continue
            fewest = max(least[k], np.int16(0))
            asked_here = asked[lo : lo + n]
            seen = _hits(out, n, asked_here, bars[k], fewest, hits)
            if seen > 2 * most - count[k]:
                bars[k] = _higher_bar(out, n, asked_here, fewest, bars[k], most, tops)
                seen = _hits(out, n, asked_here, bars[k], fewest, hits)
            if seen == 0:
                continue
            if count[k] + seen <= 2 * most:
                count[k] = _take(out, asked_here, last, words, n // 8, keys[k], count[k])
                continue
            _copy(pile, keys[k], count[k])
            kept = _take(out, asked_here, last, words, n // 8, pile, count[k])
            bars[k] = _keep_best(pile, kept, most)
            _copy(keys[k], pile, most)
            count[k] = most
        for c in range(hi - lo):
            open_to[lo + c] += taken[c]
    for k in range(many):
        if count[k] > most:
            _keep_best(keys[k], np.int64(count[k]), most)
            count[k] = most
        for c in range(count[k]):
            found[k, c] = (begin + width - 1 - (keys[k, c] & 0xFFFFFFFF)) % width
            value[k, c] = keys[k, c] >> 32


@njit(nogil=True, cache=True)
def _lower_bound(values):
    """At most nothing, and at most any of the values."""
    bound = np.int64(0)
    for value in values:
        bound = min(bound, value)
    return bound


@njit(nogil=True, cache=True)
def auction(at, end, column, score, row_bonus, first_bonus, seat_at, step, most_bids):
    """Rows bid for seats until everybody has one or gives up (Bertsekas' forward auction with asymmetric sides).

    Edges of row r are `at[r]:end[r]`. Prices begin at nothing and a seat that was bid for is never empty again, so
    they are an honest bound whatever the step; the sum is within rows × `step` of the best. Seat z asks `ask[z]`, its
    price less its bonus, which the first seat of a column has. Returns (edge of each row or -1, ask of the cheapest
    seat of each column, bids); negative bids when there would have been more than `most_bids`.

    The edges of a row have the highest score first, so most bids are settled by a few of them.
    """
    many = at.size - 1
    columns = seat_at.size - 1
    ask = np.zeros(seat_at[columns], np.int64)
    owner = np.full(seat_at[columns], -1, np.int32)
    never = np.int64(1) << 60
    cheapest = np.full(columns, never, np.int64)
    second = np.full(columns, never, np.int64)
    for j in range(columns):
        if seat_at[j + 1] > seat_at[j]:
            ask[seat_at[j]] = cheapest[j] = -first_bonus[j]
        if seat_at[j + 1] > seat_at[j] + 1:
            second[j] = 0
    lowest = _lower_bound(cheapest)
    mate = np.full(many, -1, np.int64)
    waiting = np.empty(many, np.int32)
    for i in range(many):
        waiting[i] = many - 1 - i
    left = many
    bids = 0
    while left:
        left -= 1
        i = waiting[left]
        bids += 1
        if bids > most_bids:
            return mate, cheapest, -bids
        best = -never
        next_best = np.int64(0)
        edge = -1
        for e in range(at[i], end[i]):
            if score[e] + row_bonus[i] - lowest <= next_best:
                break
            gain = score[e] + row_bonus[i] - cheapest[column[e]]
            if gain > best:
                next_best = max(next_best, best)
                best = gain
                edge = e
            elif gain > next_best:
                next_best = gain
        if edge < 0 or best < 0:
            continue
        j = column[edge]
        next_best = max(next_best, score[edge] + row_bonus[i] - second[j])
        first, last = seat_at[j], seat_at[j + 1]
        seat = first
        for z in range(first + 1, last):
            if ask[z] < ask[seat] or (ask[z] == ask[seat] and owner[z] < 0 <= owner[seat]):
                seat = z
        if owner[seat] >= 0:
            mate[owner[seat]] = -1
            waiting[left] = owner[seat]
            left += 1
        owner[seat] = i
        ask[seat] += best - next_best + step
        mate[i] = edge
        cheapest[j] = never
        second[j] = never
        for z in range(first, last):
            if ask[z] < cheapest[j]:
                second[j] = cheapest[j]
                cheapest[j] = ask[z]
            elif ask[z] < second[j]:
                second[j] = ask[z]
    return mate, cheapest, bids


@njit(nogil=True, cache=True)
def prices(at, end, column, score, row_bonus, places, first_bonus, mate, most_passes):
    """The highest price of each column at which every row is content with its edge in `mate`, if `mate` is optimal.

    A column with a seat to spare asks nothing, an empty one nothing less its first bonus; any other asks what its least
    profitable row can give, and less again for what that row could have elsewhere, until nothing changes. The highest
    leave least to gain by pairs that are not listed. Returns (prices, passes); negative passes when there would have
    been more than `most_passes`.
    """
    columns = places.size
    rows_of = np.zeros(columns, np.int64)
    for edge in mate:
        if edge >= 0:
            rows_of[column[edge]] += 1
    price = np.zeros(columns, np.int64)
    least = np.zeros(columns, np.int64)
    for j in range(columns):
        if rows_of[j] <= 1:
            least[j] = -first_bonus[j]
        if rows_of[j] >= places[j]:
            price[j] = np.int64(1) << 60
        elif rows_of[j] == 0:
            price[j] = -first_bonus[j]
    for i in range(mate.size):
        if mate[i] >= 0:
            j = column[mate[i]]
            price[j] = min(price[j], score[mate[i]] + row_bonus[i])
    lowest = _lower_bound(least)
    passes = 0
    changed = True
    while changed:
        if passes == most_passes:
            return price, -passes
        passes += 1
        changed = False
        for i in range(mate.size):
            if mate[i] < 0:
                continue
            j = column[mate[i]]
            worth = score[mate[i]] + row_bonus[i]
            net = worth - price[j]
            for e in range(at[i], end[i]):
                if score[e] + row_bonus[i] - lowest <= net:
                    break
                net = max(net, score[e] + row_bonus[i] - price[column[e]])
            asked = max(worth - net, least[j])
            if asked < price[j]:
                price[j] = asked
                changed = True
    return price, passes


@njit(nogil=True, cache=True)
def nets(at, end, column, score, row_bonus, price):
    """What the best listed edge leaves each row after its price, at least nothing."""
    net = np.zeros(at.size - 1, np.int64)
    lowest = _lower_bound(price)
    for i in range(net.size):
        for e in range(at[i], end[i]):
            if score[e] + row_bonus[i] - lowest <= net[i]:
                break
            gain = score[e] + row_bonus[i] - price[column[e]]
            if gain > net[i]:
                net[i] = gain
    return net


@njit(nogil=True, cache=True)
def grow(at, end, column, wanted, droppable, seat_at, owner, edge_of, dead):
    """Find a seat for as many more of the `wanted` rows as can have one, moving others, dropping only `droppable` ones.

    `owner` is the row of each seat or -1, `edge_of` the edge of each row or -1; both are changed. At the end `dead`
    marks the columns that rows without a seat reach: all their seats are taken by rows that reach no other column.
    """
    many = at.size - 1
    columns = seat_at.size - 1
    seat_of = np.full(many, -1, np.int64)
    for z in range(owner.size):
        if owner[z] >= 0:
            seat_of[owner[z]] = z
    via = np.full(columns, -1, np.int64)
    queue = np.empty(many, np.int32)
    reached = np.empty(columns, np.int32)
    for start in range(many):
        if not wanted[start] or edge_of[start] >= 0:
            continue
        head = 0
        tail = 1
        queue[0] = start
        count = 0
        target = -1
        while head < tail and target < 0:
            i = queue[head]
            head += 1
            for e in range(at[i], end[i]):
                j = column[e]
                if dead[j] or seat_at[j] == seat_at[j + 1]:
                    continue
                dead[j] = True
                via[j] = e
                reached[count] = j
                count += 1
                for z in range(seat_at[j], seat_at[j + 1]):
                    if owner[z] < 0 or droppable[owner[z]]:
                        target = z
                        break
                    queue[tail] = owner[z]
                    tail += 1
                if target >= 0:
                    break
        if target < 0:
            continue
        for k in range(count):
            dead[reached[k]] = False
        j = reached[count - 1]
        if owner[target] >= 0:
            edge_of[owner[target]] = -1
            seat_of[owner[target]] = -1
        while True:
            e = via[j]
            i = np.searchsorted(at, e, side="right") - 1
            left = seat_of[i]
            owner[target] = i
            seat_of[i] = target
            j_before = column[edge_of[i]] if edge_of[i] >= 0 else -1
            edge_of[i] = e
            if left < 0:
                break
            owner[left] = -1
            target = left
            j = j_before


@njit(nogil=True, cache=True)
def spread(edge_at, edges, row, column, wanted, kept, seat_at, owner, edge_of):
    """Find a row for as many more of the `wanted` columns as can have one, so that no `kept` column loses its last.

    Edges of column j are `edges[edge_at[j]:edge_at[j + 1]]`. Rows move from column to column; none loses its seat.
    """
    columns = seat_at.size - 1
    load = np.zeros(columns, np.int32)
    for j in range(columns):
        for z in range(seat_at[j], seat_at[j + 1]):
            load[j] += owner[z] >= 0
    seen = np.zeros(columns, np.bool_)
    via = np.full(columns, -1, np.int64)
    queue = np.empty(columns, np.int32)
    for start in range(columns):
        if not wanted[start] or load[start] or seat_at[start] == seat_at[start + 1]:
            continue
        head = 0
        tail = 1
        queue[0] = start
        seen[start] = True
        last = np.int64(-1)
        while head < tail and last < 0:
            j = queue[head]
            head += 1
            for k in range(edge_at[j], edge_at[j + 1]):
                e = edges[k]
                taken = edge_of[row[e]]
                if taken < 0:
                    last = e
                    break
                other = column[taken]
                if seen[other]:
                    continue
                seen[other] = True
                via[other] = e
                if load[other] > 1 or not kept[other]:
                    last = e
                    break
                queue[tail] = other
                tail += 1
        if last < 0:
            continue
        for k in range(tail):
            seen[queue[k]] = False
        if edge_of[row[last]] >= 0:
            seen[column[edge_of[row[last]]]] = False
            load[column[edge_of[row[last]]]] -= 1
        load[start] = 1
        e = last
        while True:
            i = row[e]
            j = column[e]
            edge_of[i] = e
            if j == start:
                break
            e = via[j]
    for z in range(owner.size):
        owner[z] = -1
    fill = seat_at[:-1].copy()
    for i in range(edge_of.size):
        if edge_of[i] >= 0:
            j = column[edge_of[i]]
            owner[fill[j]] = i
            fill[j] += 1
