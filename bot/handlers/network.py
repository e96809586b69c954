"""What a failure of the network tells of a message: that nobody was reached, or that nobody knows."""

import aiohttp

from bot.domain import retry
from bot.relay import Undelivered

FAILURES = (TimeoutError, aiohttp.ClientError, OSError)


def undelivered(error: BaseException) -> Undelivered:
    """Of one of ``FAILURES``. Nothing was sent where there was no connection."""
    return Undelivered(retry.Down() if isinstance(error, aiohttp.ClientConnectorError) else retry.Unknown())
