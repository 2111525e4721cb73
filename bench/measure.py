"""How time and memory are measured: whole processes, one after another, lap by lap, so that a busy machine slows all of them alike.

It imports nothing large: a process is never smaller at its peak than the one that starts it.
"""

import importlib.metadata
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
EXPORTREGION = (sys.executable, "-m", "pipeline")
UNIT = 1024 if sys.platform == "linux" else 1024**2
"""What the system counts peak memory in, by the megabyte."""
PACKAGES = ("duckdb", "numpy", "pyarrow", "pandas", "openpyxl", "polars")


@dataclass(frozen=True)
class Command:
    """A command to measure, and the folder that it runs in."""

    arguments: Sequence[str]
    folder: Path = PROJECT


@dataclass(frozen=True)
class Cost:
    """What a process took: seconds on the clock, seconds of processor (user and system), and megabytes at its peak."""

    wall: float
    processor: float
    peak: float


def process(command: Command) -> Cost:
    """Run a command as a process of its own. Raises RuntimeError with what it said when it fails."""
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    with tempfile.TemporaryFile() as said:
        begin = os.times().elapsed
        child = subprocess.Popen(command.arguments, cwd=command.folder, env=environment, stdout=subprocess.DEVNULL, stderr=said)
        _, status, usage = os.wait4(child.pid, 0)
        wall = os.times().elapsed - begin
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            said.seek(0)
            raise RuntimeError(f"{' '.join(command.arguments)}: {said.read().decode(errors='replace')}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / UNIT)


def laps(commands: Mapping[str, Command], rounds: int, once: Sequence[str] = ()) -> dict[str, Cost]:
    """The median cost of each command over so many rounds, in each of which all run in turn. once: those that run in the first alone."""
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for number in range(rounds):
        for name, command in commands.items():
            if number == 0 or name not in once:
                print(f"lap {number + 1} of {rounds}: {name}", file=sys.stderr, flush=True)
                costs[name].append(process(command))
    return {name: median(own) for name, own in costs.items()}


def median(costs: Sequence[Cost]) -> Cost:
    """The median of each part of some costs."""
    return Cost(*(statistics.median(getattr(cost, part) for cost in costs) for part in ("wall", "processor", "peak")))


def exponent(sizes: Sequence[float], values: Sequence[float]) -> float:
    """The power with which values grow with sizes: the slope of the line that fits their logarithms best."""
    return statistics.linear_regression([math.log(size) for size in sizes], [math.log(value) for value in values]).slope


def costs(heading: str, measured: Mapping[str, Cost], beside: str = "") -> str:
    """A table of what each command took, and how many times as long as one of them."""
    lines = [f"| {heading} | seconds | processor | peak MB |{f' times {beside} |' if beside else ''}"]
    lines.append(f"|:---|---:|---:|---:|{'---:|' if beside else ''}")
    for name, cost in measured.items():
        times = f" {cost.wall / measured[beside].wall:.2f} |" if beside else ""
        lines.append(f"| {name} | {cost.wall:.2f} | {cost.processor:.2f} | {cost.peak:,.0f} |{times}")
    return "\n".join(lines)


def curve(of: str, measured: Mapping[int, Cost]) -> str:
    """A table of what each size took, and the powers with which time and memory grow: fitted to all sizes, and from the last but one on."""
    sizes = list(measured)
    table = costs(of, {f"{size:,}": cost for size, cost in measured.items()})
    if len(sizes) == 1:
        return table
    parts = ("processor time", [cost.processor for cost in measured.values()]), ("memory", [cost.peak for cost in measured.values()])
    powers = [
        f"{what} grows with the power {exponent(sizes, values):.2f} of the {of} ({exponent(sizes[-2:], values[-2:]):.2f} in the last step)"
        for what, values in parts
    ]
    return f"{table}\n\n{'; '.join(powers).capitalize()}."


def machine() -> str:
    """The machine in a sentence, without its name: cores, memory, system and versions."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = [f"{name} {importlib.metadata.version(name)}" for name in PACKAGES]
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GB of memory, {platform.system()};"
        f" Python {platform.python_version()}, {', '.join(versions)}."
    )


if __name__ == "__main__":
    cost = process(Command(sys.argv[1:]))
    print(cost.wall, cost.processor, cost.peak)
