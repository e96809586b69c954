"""The compiled kernels: everything in the product that needs numba lives here.

A pair is scored in tiles of columns by simple loops over bytes and short integers, which the compiler turns into vector
instructions. `score.score_pair` says the same about one pair in plain Python, and tests hold the two equal to the
integer. Functions take arrays and plain numbers, release the interpreter's lock and share nothing but their outputs, so
that several threads can take parts of the rows.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numba.extending import intrinsic

BATCH = 128
LANES = 32
NONE = -(2**31) + 1
MAGIC = 13


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
    per_unit: np.ndarray
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
    site: np.ndarray
    manager: np.ndarray
    preferred: np.ndarray
    formats: np.ndarray
    languages: np.ndarray
    ease: np.ndarray
    per_unit: np.ndarray
    first: np.ndarray
    offers: np.ndarray
    own: np.ndarray
    starts: np.ndarray
    open_at: np.ndarray
    tiles: np.ndarray


class Points(NamedTuple):
    """What the criteria give. `slots` is by shared slots, `per_aim` a factor as `per_unit`, `served` the bits of the
    objectives by skill. `peers` drops the rule of stages and asks only that one of the two can teach the other."""

    slots: np.ndarray
    per_aim: np.int32
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


@njit(nogil=True, cache=True)
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
        for c in range(n):
            taught[c] += np.uint8(weight if level[c] > own else np.uint8(0))
        if bits:
            for c in range(n):
                aims[c] |= np.uint8(bits if level[c] > own else np.uint8(0))
    first = columns.first[lo : lo + n]
    for k in range(rows.offer_at[r], rows.offer_at[r + 1]):
        skill = rows.offer_skill[k]
        most = rows.offer_level[k]
        bits = points.served[skill]
        needed = columns.own[skill, lo : lo + n]
        for c in range(n):
            weight = np.uint8(2) if first[c] == skill else np.uint8(1)
            returned[c] += np.uint8(weight if needed[c] < most else np.uint8(0))
        if bits:
            for c in range(n):
                aims[c] |= np.uint8(bits if needed[c] < most else np.uint8(0))


@njit(nogil=True, cache=True)
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


@njit(nogil=True, cache=True)
def score_tile(r, tile, rows, columns, points, buffers, out):
    """Scores of row `r` with the columns of a tile, in `out`: -1 for a pair that may not be or lies under the minimum.

    Returns how many columns the tile has.
    """
    lo = columns.tiles[tile]
    hi = columns.tiles[tile + 1]
    n = hi - lo
    taught, returned, aims, rest, slots, fine = buffers
    _topics(r, lo, n, rows, columns, points, taught, returned, aims)
    _hours(r, tile, lo, n, rows, columns, rest, slots)

    # each loop touches few arrays: with more the compiler gives up proving that they do not overlap
    languages, ease = columns.languages[lo:hi], columns.ease[lo:hi]
    ours, easy = rows.languages[r], rows.ease[r]
    for c in range(n):
        fine[c] = np.uint8((ours & languages[c]) != 0)
        out[c] = points.language if (easy & ease[c]) != 0 else np.int16(0)

    formats, sites = columns.formats[lo:hi], columns.site[lo:hi]
    mine, here = rows.formats[r], rows.site[r]
    in_person = np.uint8(mine & (1 << points.in_person))
    for c in range(n):
        near = (sites[c] == here) & ((formats[c] & in_person) != 0)
        fine[c] &= np.uint8(near | (((formats[c] & mine) != 0) & (slots[c] != 0)))

    choice = rows.preferred[r]
    preferred = columns.preferred[lo:hi]
    if choice == points.in_person:
        for c in range(n):
            out[c] += points.format if (preferred[c] == choice) & (sites[c] == here) else np.int16(0)
    elif choice >= 0:
        for c in range(n):
            out[c] += points.format if preferred[c] == choice else np.int16(0)

    managers, stages = columns.manager[lo:hi], columns.stage[lo:hi]
    boss, stage = rows.manager[r], rows.stage[r]
    for c in range(n):
        fine[c] &= np.uint8(managers[c] != boss)
    if points.peers:
        for c in range(n):
            fine[c] &= np.uint8((taught[c] | returned[c]) != 0)
    else:
        for c in range(n):
            fine[c] &= np.uint8((stages[c] < stage) & (taught[c] != 0))

    departments = columns.department[lo:hi]
    office = rows.department[r]
    if office > 0:
        for c in range(n):
            out[c] += points.department if (departments[c] != office) & (departments[c] > 0) else np.int16(0)
    if here > 0:
        for c in range(n):
            out[c] += points.site if (sites[c] != here) & (sites[c] > 0) else np.int16(0)

    one, two, three = points.slots[1], points.slots[2], points.slots[3]
    for c in range(n):
        some = one if slots[c] == 1 else (two if slots[c] == 2 else three)
        out[c] += some if slots[c] != 0 else np.int16(0)

    mine_each = rows.per_unit[r]
    each = columns.per_unit[lo:hi]
    for c in range(n):
        out[c] += np.int16((np.int32(taught[c]) * mine_each) >> MAGIC)
    for c in range(n):
        out[c] += np.int16((np.int32(returned[c]) * each[c]) >> MAGIC)
    if points.per_aim:
        for c in range(n):
            out[c] += np.int16((np.int32(_ones(aims[c])) * points.per_aim) >> MAGIC)
    for c in range(n):
        out[c] = out[c] if (fine[c] != 0) & (out[c] >= points.minimum) else np.int16(-1)
    for k in range(rows.bar_at[r], rows.bar_at[r + 1]):
        if lo <= rows.bar[k] < hi:
            out[rows.bar[k] - lo] = np.int16(-1)
    for k in range(rows.extra_at[r], rows.extra_at[r + 1]):
        if lo <= rows.extra[k] < hi and out[rows.extra[k] - lo] >= 0:
            out[rows.extra[k] - lo] += rows.extra_points[k]
    return n


@njit(nogil=True, cache=True)
def workspace(columns):
    """The widest tile, in whole groups of lanes, and the buffers that `score_tile` needs."""
    widest = 0
    for tile in range(columns.tiles.size - 1):
        widest = max(widest, columns.tiles[tile + 1] - columns.tiles[tile])
    wide = widest + LANES
    return wide, (
        np.empty(wide, np.uint8),
        np.empty(wide, np.uint8),
        np.empty(wide, np.uint8),
        np.empty(wide, np.uint8),
        np.empty(wide, np.uint8),
        np.empty(wide, np.uint8),
    )


@njit(nogil=True, cache=True)
def _keep_best(value, column, count, most):
    """Bring the best `most` of `count` to the front; returns the value that a better one must exceed."""
    least = np.partition(value[:count], count - most)[count - most]
    place = 0
    for wanted in range(2):
        for k in range(place, count):
            if place < most and (value[k] > least if wanted == 0 else value[k] == least):
                value[k], value[place] = value[place], value[k]
                column[k], column[place] = column[place], column[k]
                place += 1
    return least


@njit(nogil=True, cache=True)
def best_columns(first, chosen, floor, least, price, rows, columns, points, found, value, count, degree, open_to):
    """For each chosen row the columns whose score less `price` is highest, of those above `floor`, exactly.

    A pair counts only from the score `least` of its row on. Fills `found` and `value` (score less price) with `count`
    entries in no order; `degree` with the pairs that may be; and adds the same, by column, to `open_to`. Batches begin
    at different tiles, so that among equals not all choose the same; `first` is the number of the first batch.
    """
    most = found.shape[1]
    room = 3 * most + 2 * LANES
    wide, room_for_tile = workspace(columns)
    out = np.empty(wide, np.int16)
    net = np.empty(wide, np.int32)
    values = np.empty((BATCH, room), np.int32)
    places = np.empty((BATCH, room), np.int32)
    counts = np.zeros(BATCH, np.int64)
    bars = np.zeros(BATCH, np.int32)
    tiles = columns.tiles.size - 1
    cheapest = np.zeros(tiles, np.int64)
    for tile in range(tiles):
        if columns.tiles[tile] < columns.tiles[tile + 1]:
            cheapest[tile] = price[columns.tiles[tile] : columns.tiles[tile + 1]].min()
    batches = (chosen.size + BATCH - 1) // BATCH
    for batch in range(batches):
        begin = batch * BATCH
        end = min(chosen.size, begin + BATCH)
        for k in range(begin, end):
            counts[k - begin] = 0
            bars[k - begin] = floor[k]
        for turn in range(tiles):
            tile = (turn + first + batch) % tiles
            lo = columns.tiles[tile]
            for k in range(begin, end):
                n = score_tile(chosen[k], tile, rows, columns, points, room_for_tile, out)
                fewest = np.int16(max(np.int16(0), least[k]))
                taken = open_to[lo : lo + n]
                some = np.int16(0)
                highest = np.int16(-1)
                for c in range(n):
                    some = np.int16(some + np.int16(out[c] >= 0))
                    highest = max(highest, out[c])
                if some == 0:
                    continue
                degree[k] += some
                for c in range(n):
                    taken[c] += np.int32(out[c] >= 0)
                if highest - cheapest[tile] <= bars[k - begin]:
                    continue
                prices = price[lo : lo + n]
                for c in range(n):
                    net[c] = np.int32(out[c]) - prices[c] if out[c] >= fewest else np.int32(NONE)
                for c in range(n, (n + LANES - 1) // LANES * LANES):
                    net[c] = np.int32(NONE)
                bar = bars[k - begin]
                kept = counts[k - begin]
                for group in range(0, n, LANES):
                    lanes = net[group : group + LANES]
                    top = np.int32(NONE)
                    for c in range(LANES):
                        top = max(top, lanes[c])
                    if top > bar:
                        for c in range(LANES):
                            if lanes[c] > bar:
                                values[k - begin, kept] = lanes[c]
                                places[k - begin, kept] = lo + group + c
                                kept += 1
                        if kept > room - LANES:
                            bar = _keep_best(values[k - begin], places[k - begin], kept, most)
                            kept = most
                bars[k - begin] = bar
                counts[k - begin] = kept
        for k in range(begin, end):
            kept = counts[k - begin]
            if kept > most:
                _keep_best(values[k - begin], places[k - begin], kept, most)
                kept = most
            count[k] = kept
            for c in range(kept):
                found[k, c] = places[k - begin, c]
                value[k, c] = values[k - begin, c]


@njit(nogil=True, cache=True)
def auction(at, end, column, score, row_bonus, seat_at, step, most_bids):
    """Rows bid for seats until everybody has one or gives up (Bertsekas' forward auction with asymmetric sides).

    Edges of row r are `at[r]:end[r]`. Prices begin at nothing and a seat that was bid for is never empty again, so
    they are an honest bound whatever the step; the sum is within rows × `step` of the best. Seat z asks `ask[z]`, its
    price less its bonus. Returns (edge of each row or -1, ask of the cheapest seat of each column, bids); negative
    bids when there would have been more than `most_bids`.
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
            cheapest[j] = 0
        if seat_at[j + 1] > seat_at[j] + 1:
            second[j] = 0
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
def prices(at, end, column, score, row_bonus, places, first_bonus, mate, most_steps):
    """The lowest price of each column at which every row is content with its edge in `mate`, if `mate` is optimal.

    A column with at most one row asks nothing less its first bonus; every dissatisfied row raises what it is denied
    (label correcting). Returns (prices, steps); negative steps when there would have been more than `most_steps`.
    """
    many = at.size - 1
    columns = places.size
    cut = np.zeros(columns + 1, np.int64)
    for i in range(many):
        if mate[i] >= 0:
            cut[column[mate[i]] + 1] += 1
    price = np.zeros(columns, np.int64)
    for j in range(columns):
        if cut[j + 1] <= 1:
            price[j] = -first_bonus[j]
        cut[j + 1] += cut[j]
    member = np.empty(cut[columns], np.int32)
    fill = cut[:-1].copy()
    ring = np.empty(many + 1, np.int32)
    queued = np.ones(many, np.bool_)
    tail = 0
    for wanted in range(2):
        for i in range(many):
            if (mate[i] >= 0) == (wanted == 1):
                ring[tail] = i
                tail += 1
                if wanted:
                    j = column[mate[i]]
                    member[fill[j]] = i
                    fill[j] += 1
    head = 0
    size = many
    tail = many
    steps = 0
    while size:
        i = ring[head]
        head = head + 1 if head < many else 0
        size -= 1
        queued[i] = False
        steps += 1
        if steps > most_steps:
            return price, -steps
        net = np.int64(0)
        if mate[i] >= 0:
            net = score[mate[i]] + row_bonus[i] - price[column[mate[i]]]
        for e in range(at[i], end[i]):
            j = column[e]
            asked = score[e] + row_bonus[i] - net
            if asked > price[j]:
                price[j] = asked
                for z in range(cut[j], cut[j + 1]):
                    other = member[z]
                    if not queued[other]:
                        queued[other] = True
                        ring[tail] = other
                        tail = tail + 1 if tail < many else 0
                        size += 1
    return price, steps


@njit(nogil=True, cache=True)
def nets(at, end, column, score, row_bonus, price):
    """What the best listed edge leaves each row after its price, at least nothing."""
    net = np.zeros(at.size - 1, np.int64)
    for i in range(net.size):
        for e in range(at[i], end[i]):
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
