"""A process of its own for computing a run: the one that serves people stays free, and may kill it at any moment.

The order goes in as a line of JSON, what is told comes out as one line each. The process ends when its input does, so
that none outlives the bot.
"""

import asyncio
import contextlib
import json
import os
import sys
import threading
from typing import TextIO

from bot.flows.matching.computing import Order, Tell, compute
from bot.flows.matching.solve import Json
from storage.box import Box, new_key
from storage.database import Database, make_engine

LONGEST_LINE = 2**20
YIELDING = 10
ENTRY = f"from {__name__} import main; main()"


class Broken(Exception):  # names the fact
    """The computing was not done: the process died, or failed and has logged why."""


async def compute_apart(address: str, order: Order, tell: Tell) -> Json:
    """Compute in a process of its own; cancelling kills it. Raises ``Broken`` when it ends without having done it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        ENTRY,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LONGEST_LINE,
    )
    try:
        if process.stdin is None or process.stdout is None:
            raise Broken("no pipe")
        process.stdin.write(json.dumps({"address": address, **order.as_data()}).encode() + b"\n")
        await process.stdin.drain()
        last: dict[str, object] = {}
        async for line in process.stdout:
            last = json.loads(line)
            if "stage" in last:
                tell(str(last["stage"]), int(str(last["share"])))
        found = last.get("found")
        if await process.wait() != 0 or not isinstance(found, dict):
            raise Broken(f"ended with {process.returncode}")
        return found
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def main(read: TextIO = sys.stdin, write: TextIO = sys.stdout) -> None:
    """The other side: read the order, compute, tell. Whoever serves people has the processor first."""
    if sys.platform != "win32":
        os.nice(YIELDING)
    given = json.loads(read.readline())
    threading.Thread(target=_end_with, args=(read,), daemon=True).start()

    def tell(stage: str, share: int) -> None:
        write.write(json.dumps({"stage": stage, "share": share}) + "\n")
        write.flush()

    found = asyncio.run(_compute(given["address"], Order.of(given), tell))
    write.write(json.dumps({"found": found}) + "\n")
    write.flush()


def _end_with(read: TextIO) -> None:
    read.read()
    os._exit(1)  # whoever ordered is gone: nobody waits for the result


async def _compute(address: str, order: Order, tell: Tell) -> Json:
    box = Box(new_key())  # nothing that is read or written here is sealed
    reads, writes = (Database(make_engine(address, only_reads=only), box) for only in (True, False))
    try:
        return await compute(reads, writes, order, tell)
    finally:
        await reads.close()
        await writes.close()
