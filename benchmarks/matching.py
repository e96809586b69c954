"""Matching beside the other ways to do it, on one synthetic company: seconds, memory, people, score, what is proved."""

import json
import pickle
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.matchers import Figures, case_of, dense, packed
from benchmarks.people import Scenario, synthetic
from benchmarks.results import Result, show
from bot.domain.matching import Stage, Watch, match
from bot.domain.matching.choice import Case, assigned
from bot.domain.matching.large import choose

DENSE_TO = 10_000
AGAIN_FROM = 2_000
COMPANY = 240
DOOR_TO = 10_000
CHECKED = (100, 300, 1000)


def alone(solver: str, file: Path) -> Figures:
    """The figures of a solver in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.matchers", solver, str(file)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def solvers(people: int, scenario: Scenario) -> list[str]:
    """Those that can do it in reasonable time; the last one is the best of them."""
    if scenario == "peer":
        return ["random peers", "greedy peers", *(["rustworkx"] if people <= DENSE_TO else [])]
    return ["random allowed", "greedy", *(["deferred acceptance", "scipy dense"] if people <= DENSE_TO else [])]


def run(*, people: int, scenario: Scenario, seed: int = 1, as_json: bool = False) -> None:
    """Measure one company."""
    name = f"matching, {scenario} {people:,}"
    with tempfile.TemporaryDirectory(prefix="inverso-bench-") as folder:
        begun = time.perf_counter()
        case = case_of(people, scenario, seed)
        show([Result(f"{name}: company made and read", time.perf_counter() - begun, "s")], as_json=as_json)
        plain, fair = Path(folder) / "total", Path(folder) / "fair"
        plain.write_bytes(pickle.dumps(case))
        spread = Path(folder) / "spread"
        fair.write_bytes(pickle.dumps(replace(case, settings=replace(case.settings, aim="fair"))))
        spread.write_bytes(pickle.dumps(replace(case, settings=replace(case.settings, aim="fair", spread=True))))
        others = {solver: alone(solver, plain) for solver in solvers(people, scenario)}
        ours = alone("inverso", plain)
        show(_beside(name, ours, others), as_json=as_json)
        if scenario != "peer":
            show(_fair(f"{name}: fair", alone("inverso", fair), ours), as_json=as_json)
            if scenario == "capacity":
                show(_fair(f"{name}: fair, every mentor", alone("inverso", spread), ours), as_json=as_json)
            if people >= AGAIN_FROM:
                show(_again(name, alone("again", plain)), as_json=as_json)
    if people <= DOOR_TO:
        show(_door(people, scenario, seed), as_json=as_json)


def check(*, people: int, scenario: Scenario, seeds: int, as_json: bool = False) -> None:
    """Whether the exact mode finds the number and the sum of scipy's dense solver, on seeds of several sizes."""
    if scenario == "peer":
        raise ValueError("a dense assignment is no solver of peers")
    for size in [size for size in CHECKED if size < people] + [people]:
        equal = [_equals_dense(case_of(size, scenario, seed)) for seed in range(1, seeds + 1)]
        name = f"matching, {scenario} {size:,}: exact as scipy dense"
        show([Result(name, sum(equal), "seeds", "seeds tried", seeds)], as_json=as_json)


def _equals_dense(case: Case) -> bool:
    optimum = [score for _, score in dense(case, packed(case))]
    ours = {choice.proof.total: len(choice.shares) for choice in (assigned(case, Watch()), choose(case, Watch()))}
    return ours == {sum(optimum): len(optimum)}


def _beside(name: str, ours: Figures, others: dict[str, Figures]) -> list[Result]:
    best, figures = list(others.items())[-1]
    found = [
        Result(f"{name}: scoring", ours["scoring"], "s"),
        Result(f"{name}: solving", ours["solving"], "s"),
        Result(f"{name}: in all", ours["scoring"] + ours["solving"], "s", best, figures["solving"]),
        Result(f"{name}: peak memory", ours["peak"], "MB", best, figures["peak"]),
        Result(f"{name}: pairs", ours["matched"], "pairs", best, figures["matched"]),
        Result(f"{name}: total", ours["total"] / 100, "points", best, figures["total"] / 100),
        Result(f"{name}: largest number proved", ours["proved"], ""),
        Result(f"{name}: proved gap", ours["gap"], "%"),
        Result(f"{name}: of the bound, people counted", 100 * ours["of fractional bound"], "%"),
        Result(f"{name}: worst-off, of their best", ours["worst share"], "%"),
    ]
    for solver, theirs in others.items():
        found += [
            Result(f"{name}: {solver}, in all", theirs["solving"], "s"),
            Result(f"{name}: {solver}, peak memory", theirs["peak"], "MB"),
            Result(f"{name}: {solver}, pairs", theirs["matched"], "pairs", "bound", ours["matched"]),
            Result(f"{name}: {solver}, total", theirs["total"] / 100, "points", "bound", ours["bound"] / 100),
            Result(f"{name}: {solver}, worst pair", theirs["worst pair"], "points"),
        ]
    return found


def _fair(name: str, fair: Figures, plain: Figures) -> list[Result]:
    """What the product decides, held against the sum alone."""
    return [
        Result(f"{name}, in all", fair["scoring"] + fair["solving"], "s"),
        Result(f"{name}, peak memory", fair["peak"], "MB"),
        Result(f"{name}, pairs", fair["matched"], "pairs", "total", plain["matched"]),
        Result(f"{name}, total", fair["total"] / 100, "points", "total", plain["total"] / 100),
        Result(f"{name}, worst-off, of their best", fair["worst share"], "%", "total", plain["worst share"]),
        Result(f"{name}, worst-off proved", fair["worst share proved"], ""),
        Result(f"{name}, proved gap", fair["gap"], "%"),
    ]


def _again(name: str, figures: Figures) -> list[Result]:
    return [
        Result(
            f"{name}: repair of {figures['broken']:.0f} broken pairs",
            figures["repair"],
            "s",
            "full run",
            figures["full run"],
        ),
        Result(f"{name}: of them paired anew", figures["repaired"], "pairs"),
        Result(f"{name}: kept when 1 % leave and 5 % change", figures["kept"], "%"),
    ]


def _door(people: int, scenario: Scenario, seed: int) -> list[Result]:
    """The whole way that the product takes: people in, pairs with reasons and everybody left out with theirs."""
    name = f"matching, {scenario} {people:,}"
    small = _timed(COMPANY // 2, "capacity", seed, times=5)
    whole = _timed(people, scenario, seed, times=1)
    return [
        Result(f"matching, {COMPANY} people: the whole", small["all"], "s"),
        Result(f"{name}: the whole, with reasons", whole["all"], "s"),
        Result(f"{name}: reasons of everybody", whole["explaining"], "s"),
    ]


def _timed(people: int, scenario: Scenario, seed: int, times: int) -> dict[str, float]:
    found = synthetic(people, scenario, seed)
    best: dict[str, float] = {"all": float("inf")}
    for _ in range(times):
        began: dict[Stage, float] = {}

        def note(stage: Stage, _: float, began: dict[Stage, float] = began) -> None:
            began.setdefault(stage, time.perf_counter())

        match(found.candidates, found.rules, replace(found.settings, aim="fair"), watch=Watch(progress=note))
        ended = time.perf_counter()
        took = {"all": ended - began["reading"], "explaining": ended - began["explaining"]}
        best = min(best, took, key=lambda one: one["all"])
    return best
