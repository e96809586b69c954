"""What to do after a delivery failed: try again at a moment, or give up and say why."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, assert_never

from bot.domain.nudges import TryAt

__all__ = [
    "Busy",
    "Down",
    "GiveUp",
    "Refused",
    "Trouble",
    "TryAt",
    "Unknown",
    "after_failure",
    "another_version",
    "backoff",
    "lane_pause",
]

FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)
# A fault of our own may heal with the next deploy, but does not heal by insisting.
MAX_FAULTS = 6
# So often may the worker that holds a promise die: whatever kills it each time is in the promise.
MAX_CRASHES = 20
# So many failures in a row to reach a workspace, and those who wait for it wait together.
DOWN_IN_A_ROW = 3

# So long may an older version run beside a newer one, as in a deploy that is taken back and made again.
VERSIONS_TOGETHER = timedelta(days=1)
LONGEST_VERSION_WAIT = timedelta(minutes=15)

GiveUpReason = Literal["refused", "expired", "exhausted"]


@dataclass(frozen=True, slots=True)
class Busy:
    """The platform asks for patience: not before `retry_after` has passed."""

    retry_after: timedelta


@dataclass(frozen=True, slots=True)
class Down:
    """The platform cannot be reached, or answers with a fault of its own."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that nobody foresaw went wrong."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The platform will never take this message: trying again is useless."""


Trouble = Busy | Down | Unknown | Refused


@dataclass(frozen=True, slots=True)
class GiveUp:
    """No further attempt: refused for good, too late to be of use, or tried often enough."""

    reason: GiveUpReason


def after_failure(
    trouble: Trouble, attempts: int, faults: int, now: datetime, expires_at: datetime | None, jitter: float
) -> TryAt | GiveUp:
    """What follows a failed attempt.

    `attempts` counts those made, this one included (1 or more), `faults` those that ended in `Unknown`, this one
    included if it did; `jitter` is chance between 0 and 1, so that many failures of one moment do not come back in one
    moment. A `TryAt` is later than `now`, and never later than `expires_at` (None: of use for ever).
    """
    match trouble:
        case Refused():
            return GiveUp("refused")
        case Busy(retry_after):
            wait = max(retry_after, timedelta(seconds=1))  # those who come back queue in their lane
        case Down():
            wait = backoff(attempts, jitter)
        case Unknown():
            if faults >= MAX_FAULTS:
                return GiveUp("exhausted")
            wait = backoff(attempts, jitter)
        case _:
            assert_never(trouble)
    moment = now + wait
    return GiveUp("expired") if expires_at and moment > expires_at else TryAt(moment)


def another_version(due_at: datetime, now: datetime) -> TryAt | GiveUp:
    """What becomes of a job that this version does not know, while an older one runs beside a newer.

    It is left to the other, and looked at again when it has been owed for twice as long.
    """
    owed = now - due_at
    if owed >= VERSIONS_TOGETHER:
        return GiveUp("exhausted")
    return TryAt(now + min(max(owed, FIRST_WAIT), LONGEST_VERSION_WAIT))


def backoff(attempts: int, jitter: float) -> timedelta:
    """Ten seconds doubled with each attempt, an hour at the most, of which chance takes up to half away."""
    # The power is held down: a timedelta overflows long before the attempts do.
    longest = min(FIRST_WAIT * (1 << min(max(attempts, 1) - 1, 20)), LONGEST_WAIT)
    return longest * (0.5 + 0.5 * jitter)


def lane_pause(downs: int) -> timedelta | None:
    """How long a workspace is left alone that could not be reached so many times in a row; None: not yet."""
    return backoff(downs - DOWN_IN_A_ROW + 1, 1.0) if downs >= DOWN_IN_A_ROW else None
