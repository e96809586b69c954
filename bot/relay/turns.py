"""Who is being answered goes first: what the relay does for others begins in between."""

import asyncio
import contextlib
from collections.abc import Iterator

PATIENCE_SECONDS = 0.02
"""How long a step of the relay waits for those who are being answered: where there is always one, steps go on too, at
fifty a second."""


class Turns:
    """The relay's units of work, so many ``at_once``. A step that has begun is not broken off: whoever comes meanwhile
    stands behind that one alone, and not behind all that a message takes.
    """

    def __init__(self, at_once: int) -> None:
        self._units = asyncio.Semaphore(at_once)
        self._answering = 0
        self._gate = asyncio.Lock()
        self._calm = asyncio.Event()
        self._calm.set()

    @contextlib.contextmanager
    def answering(self) -> Iterator[None]:
        """Somebody waits for an answer meanwhile."""
        self._answering += 1
        self._calm.clear()
        try:
            yield
        finally:
            self._answering -= 1
            if not self._answering:
                self._calm.set()

    async def calm(self) -> None:
        """Wait until nobody is being answered, but not for long; one after the other, so that who comes next finds one
        step begun and not all that waited.
        """
        async with self._gate:
            if self._answering:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(PATIENCE_SECONDS):
                        await self._calm.wait()

    async def __aenter__(self) -> None:
        await self._units.acquire()
        try:
            await self.calm()
        except BaseException:
            self._units.release()
            raise

    async def __aexit__(self, *_error: object) -> None:
        self._units.release()
