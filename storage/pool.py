"""Connections that are handed out in the order in which they were asked for, and cursors that describe a result once.

SQLAlchemy's gives a connection that has just come back to whoever asks next, and whom it had woken stands behind all
others again: of ten at once, one in a hundred waited several times as long as the rest.
"""

import asyncio
from typing import Any

from psycopg import AsyncCursor, Column
from psycopg.pq.abc import PGresult
from psycopg.rows import TupleRow
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.util import await_
from sqlalchemy.util.queue import AsyncAdaptedQueue, Empty


class _InTurn(AsyncAdaptedQueue[Any]):
    """Who asks while others wait stands behind them."""

    def __init__(self, maxsize: int = 0, use_lifo: bool = False) -> None:  # SQLAlchemy's
        super().__init__(maxsize, use_lifo)
        self._waiting = 0
        self._turn = asyncio.Lock()

    def get(self, block: bool = True, timeout: float | None = None) -> Any:  # likewise
        if not block or (not self._waiting and not self.empty()):
            return self.get_nowait()
        return await_(self._wait(timeout))

    async def _wait(self, timeout: float | None) -> Any:
        self._waiting += 1
        try:
            async with asyncio.timeout(timeout), self._turn:
                return await self._queue.get()
        except TimeoutError as error:
            raise Empty from error
        finally:
            self._waiting -= 1


class PoolInTurn(AsyncAdaptedQueuePool):
    """For ``poolclass``."""

    _queue_class = _InTurn


class DescribedOnce(AsyncCursor[TupleRow]):
    """SQLAlchemy asks three times which columns a result has, and psycopg makes each of them anew each time."""

    _described: tuple[PGresult | None, list[Column] | None] = (None, None)

    @property
    def description(self) -> list[Column] | None:
        if self._described[0] is not self.pgresult:
            self._described = self.pgresult, super().description
        return self._described[1]
