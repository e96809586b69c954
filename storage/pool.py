"""Connections handed out in the order in which they were asked for, and cursors that describe a result when asked.

SQLAlchemy's gives a connection that has just come back to whoever asks next, and whom it had woken stands behind all
others again: of ten at once, one in a hundred waited several times as long as the rest.
"""

import asyncio
from collections.abc import Sequence
from functools import cached_property
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


class DescribedWhenAsked(AsyncCursor[TupleRow]):
    """SQLAlchemy asks each result whether it has columns, and what they are only of a statement that it has not met."""

    @property
    def description(self) -> Any:
        return _Columns(self, self.pgresult) if self.pgresult is not None and self.pgresult.nfields else None


class _Columns(Sequence[Column]):
    """Made when somebody looks: psycopg makes an object for each, which took longer than to read a row of them."""

    def __init__(self, cursor: AsyncCursor[TupleRow], result: PGresult) -> None:
        self._cursor = cursor
        self._many = result.nfields

    def __len__(self) -> int:
        return self._many

    def __getitem__(self, place: Any) -> Any:
        return self._made[place]

    @cached_property
    def _made(self) -> list[Column]:
        return [Column(self._cursor, place) for place in range(self._many)]
