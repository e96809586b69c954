"""`python -m benchmarks NAME [options] [--json]`."""

from typing import Annotated

import typer

from benchmarks import ack as ack_benchmark
from benchmarks import announce as announce_benchmark
from benchmarks import announce_teams as announce_teams_benchmark
from benchmarks import faults as faults_benchmark
from benchmarks import jobs as jobs_benchmark
from benchmarks import matching as matching_benchmark
from benchmarks import meanwhile as meanwhile_benchmark
from benchmarks import review as review_benchmark
from benchmarks import round as round_benchmark
from benchmarks import teams as teams_benchmark
from benchmarks.people import SCENARIOS

CHECKED_TO = {"unit": 2000, "capacity": 2000, "scarce": 1600, "peer": 0}

app = typer.Typer(no_args_is_help=True, add_completion=False)
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@app.callback()
def benchmarks() -> None:
    """Measurements as ratios against a named baseline in the same run."""


@app.command()
def ack(
    json: AsJson = False,
    seconds: float = 6.0,
    platform: Annotated[str, typer.Option(help="slack or teams")] = "slack",
) -> None:
    """Command, button and form through the whole bot, at 1, 10 and 100 at once."""
    measured = {"slack": ack_benchmark.run, "teams": teams_benchmark.run}
    if platform not in measured:
        raise typer.BadParameter("slack or teams")
    measured[platform](seconds=seconds, as_json=json)


@app.command()
def round(json: AsJson = False, seed: int = 1) -> None:
    """A whole round of 240 people driven by simulated colleagues."""
    round_benchmark.run(seed=seed, as_json=json)


@app.command()
def matching(
    json: AsJson = False,
    people: Annotated[int, typer.Option(min=10, help="how many mentors (of peers: how many in all)")] = 2000,
    scenario: Annotated[str, typer.Option(help="unit, capacity, scarce or peer")] = "capacity",
    seed: int = 1,
    check_dense: Annotated[
        bool, typer.Option("--check-dense", help="only whether the exact mode equals scipy's, to 2,000 people")
    ] = False,
    seeds: Annotated[int, typer.Option(help="how many seeds --check-dense tries")] = 10,
) -> None:
    """Matching beside random, greedy, deferred acceptance and the dense optimum: time, memory, score, proof."""
    known = {name: name for name in SCENARIOS}
    if scenario not in known:
        raise typer.BadParameter(f"scenario is one of {', '.join(SCENARIOS)}")
    if check_dense:
        if people > CHECKED_TO[scenario]:
            raise typer.BadParameter(f"{scenario}: exact to {CHECKED_TO[scenario]:,}")
        matching_benchmark.check(people=people, scenario=known[scenario], seeds=seeds, as_json=json)
        return
    matching_benchmark.run(people=people, scenario=known[scenario], seed=seed, as_json=json)


@app.command()
def jobs(
    json: AsJson = False,
    store: Annotated[str, typer.Option(help="sqlite or postgresql")] = "sqlite",
    pending: Annotated[int, typer.Option(help="Promises that are not due yet.")] = 100_000,
    workers: Annotated[int, typer.Option(help="Processes that drain together (PostgreSQL).")] = 1,
    kills: Annotated[int, typer.Option(help="Workers killed at work.")] = 0,
    only: Annotated[str, typer.Option(help=f"one part: {', '.join(jobs_benchmark.PARTS['postgresql'])}")] = "",
) -> None:
    """The queue of promises beside APScheduler's job store and procrastinate."""
    if store not in jobs_benchmark.PARTS:
        raise typer.BadParameter("sqlite or postgresql")
    if only not in ("", *jobs_benchmark.PARTS[store]):
        raise typer.BadParameter(f"only is one of {', '.join(jobs_benchmark.PARTS[store])}")
    jobs_benchmark.run(store=store, pending=pending, workers=workers, kills=kills, only=only, as_json=json)


@app.command()
def faults(
    json: AsJson = False,
    store: Annotated[str, typer.Option(help="sqlite or postgresql")] = "sqlite",
    messages: Annotated[int, typer.Option(min=200)] = 20_000,
    kills: Annotated[int, typer.Option(min=1, help="Workers killed at work.")] = 20,
) -> None:
    """Messages lost and said twice while workers are killed, the network fails and the store goes for a while."""
    faults_benchmark.run(store=store, messages=messages, kills=kills, as_json=json)


@app.command()
def review(people: int = 10_000, seed: int = 1, json: AsJson = False) -> None:
    """A large round as its coordinator meets it: matched beside the chat, read by page, out and in as a sheet."""
    review_benchmark.run(people=people, seed=seed, as_json=json)


@app.command()
def announce(
    json: AsJson = False,
    people: Annotated[int, typer.Option(min=10)] = 10_000,
    platform: Annotated[str, typer.Option(help="slack or teams")] = "slack",
) -> None:
    """A round announced to a simulated workspace or tenant with the platform's limits, in virtual time."""
    measured = {"slack": announce_benchmark.run, "teams": announce_teams_benchmark.run}
    if platform not in measured:
        raise typer.BadParameter("slack or teams")
    measured[platform](people=people, as_json=json)
    if platform == "slack":
        meanwhile_benchmark.run(as_json=json)


if __name__ == "__main__":
    app()
