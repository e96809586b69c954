"""Weekly availability as a bit mask in UTC.

A mask has 336 bits, one for each half hour of a week that begins on Sunday at 00:00 UTC: wherever people live, no slot
from Monday to Friday wraps around its end. Half hours, because offsets such as India's +05:30 exist.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

HALF_HOURS = 336
SLOT = 4
_HALF_HOUR = timedelta(minutes=30)


def week_mask(slots: Iterable[tuple[int, int]], zone: str, on: date) -> int:
    """Mask of weekly two-hour slots, each (weekday with Monday 0, local hour of its start 0..23).

    The offset from UTC is that of the zone at noon of `on`, to the nearest half hour. Raises ValueError for a slot
    outside the week and ZoneInfoNotFoundError for an unknown zone.
    """
    offset = datetime.combine(on, time(12), tzinfo=ZoneInfo(zone)).utcoffset() or timedelta()
    ahead = round(offset / _HALF_HOUR)
    mask = 0
    for weekday, hour in slots:
        if not (0 <= weekday < 7 and 0 <= hour < 24):
            raise ValueError(f"no such slot: weekday {weekday}, hour {hour}")
        begin = (weekday + 1) % 7 * 48 + hour * 2 - ahead
        for step in range(SLOT):
            mask |= 1 << (begin + step) % HALF_HOURS
    return mask


def slot_starts(mask: int) -> int:
    """The half hours of `mask` from which two free hours follow. Starts of (a & b) are starts of a & starts of b."""
    return mask & mask >> 1 & mask >> 2 & mask >> 3


def shared_slots(ours: int, theirs: int) -> int:
    """How many two-hour slots that do not overlap each other fit into the time free for both in a week."""
    starts = slot_starts(ours) & slot_starts(theirs)
    count = 0
    while starts:
        begin = (starts & -starts).bit_length() - 1
        starts = starts >> (begin + SLOT) << (begin + SLOT)
        count += 1
    return count
