"""Time and memory of a whole run, and of each stage. Prints figures, judges nothing.

Whole processes are timed side by side with a bare import of the libraries a run needs, in turn, so that a busy machine
slows both; the ratio is what compares between machines.
"""

import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 5
IMPORTS = "import duckdb, numpy, pyarrow, pydantic, typer"


def process(arguments: list[str]) -> tuple[float, float]:
    """Seconds and peak megabytes of a process of its own."""
    code = (
        "import resource, subprocess, sys, time; begin = time.perf_counter();"
        " subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
        " print(time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    out = subprocess.run([sys.executable, "-c", code, *arguments], check=True, capture_output=True, text=True).stdout.split()
    unit = 1024 if platform.system() == "Linux" else 1024 * 1024
    return float(out[0]), float(out[1]) / unit


def whole_processes() -> None:
    """Each command as an analyst runs it, beside the bare imports."""
    with tempfile.TemporaryDirectory() as out:
        exportregion = [sys.executable, "-m", "pipeline"]
        commands = {
            "imports": [sys.executable, "-c", IMPORTS],
            "--help": [*exportregion, "--help"],
            "validate": [*exportregion, "validate"],
            "run": [*exportregion, "run", "--out", out],
            "two languages": [*exportregion, "run", "--language", "sv", "--language", "en", "--out", out],
        }
        measured: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for _ in range(ROUNDS):
            for name, command in commands.items():
                measured[name].append(process(command))
    show("process", measured, "imports")


def show(heading: str, measured: dict[str, list[tuple[float, float]]], beside: str) -> None:
    """Median and least seconds and peak megabytes of each, and how many times as long as one of them."""
    reference = statistics.median(seconds for seconds, _ in measured[beside])
    print(f"{heading:<20}{'median s':>10}{'least s':>10}{'peak MB':>10}{f'× {beside}':>12}")
    for name, rounds in measured.items():
        seconds = [second for second, _ in rounds]
        middle = statistics.median(seconds)
        print(f"{name:<20}{middle:>10.2f}{min(seconds):>10.2f}{max(peak for _, peak in rounds):>10.0f}{middle / reference:>12.2f}")


def each_stage() -> None:
    """Each stage within one process, first and later runs apart: the first one also loads what it needs."""
    from pipeline.award import load_award
    from pipeline.commands import DATA
    from pipeline.run import stages
    from pipeline.sources import load_sources
    from pipeline.warehouse import Warehouse

    award, sources = load_award("2021"), load_sources(DATA)
    laps: dict[str, list[float]] = {}
    for _ in range(ROUNDS + 1):
        with Warehouse(award) as warehouse, tempfile.TemporaryDirectory() as out:
            for stage, work in [*stages(warehouse, award, sources), ("save", lambda: warehouse.save(Path(out)))]:
                begin = time.perf_counter()
                work()
                laps.setdefault(stage, []).append(time.perf_counter() - begin)
    print(f"\n{'stage':<12}{'first s':>10}{'median s':>10}")
    for stage, seconds in laps.items():
        print(f"{stage:<12}{seconds[0]:>10.3f}{statistics.median(seconds[1:]):>10.3f}")
    print(f"{'all':<12}{sum(lap[0] for lap in laps.values()):>10.3f}{sum(statistics.median(lap[1:]) for lap in laps.values()):>10.3f}")


if __name__ == "__main__":
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}; {ROUNDS} rounds\n")
    whole_processes()
    each_stage()
