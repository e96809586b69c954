"""``python -m tests.walks``: as many walks as one has patience for; says what must not be, by seed."""

import asyncio
import time
from typing import Annotated

import typer

from bot.logs import configure_logs
from tests.walks.walk import Walk, walk

MOST_FAULTS = 12


def main(
    seeds: int = 20,
    first: int = 1,
    format: Annotated[str, typer.Option(help="of the round; of each by chance when empty")] = "",
    minutes: Annotated[float, typer.Option(help="so long, instead of so many")] = 0,
    story: Annotated[bool, typer.Option(help="tell what everybody did")] = False,
) -> None:
    """Walk ``seeds`` walks from seed ``first`` on."""
    configure_logs()
    wrong, begun, seed = 0, time.monotonic(), first
    while (time.monotonic() - begun < minutes * 60) if minutes else seed < first + seeds:
        one = asyncio.run(walk(seed, format or None))
        _tell(one, story=story)
        wrong += bool(one.faults)
        seed += 1
    typer.echo(f"{wrong} of {seed - first} walks went wrong")
    raise typer.Exit(bool(wrong))


def _tell(one: Walk, *, story: bool) -> None:
    state = one.watch.last
    lived = ""
    if state is not None:
        held = sum(session.state == "held" for session in state.sessions)
        lived = f"{len(state.pairings)} pairs, {held} held, {[round.state for round in state.rounds.values()]}"
    said = len(one.company.letters.sent)
    typer.echo(
        f"seed {one.seed} {one.format} {len(one.company.rows)} people, {said} said, {len(one.story)} done, {lived}"
    )
    for line in one.story if story else ():
        typer.echo(line)
    for fault in one.faults[:MOST_FAULTS]:
        typer.echo(f"    {fault}")


if __name__ == "__main__":
    typer.run(main)
