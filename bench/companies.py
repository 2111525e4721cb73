"""Do planted stories come out as planted, and how long does an award to companies take? One line a size and seed.

.venv/bin/python bench/companies.py --declarations 300000 1000000 10000000 --seeds 1 2 3 4 5
"""

import argparse
import csv
import itertools
import subprocess
import sys
import tempfile
from pathlib import Path

import measure
import numpy as np

from pipeline.companies.award import load_companies_award
from pipeline.companies.run import run
from pipeline.microdata import simulate, stories
from pipeline.microdata.engines import DuckDB
from pipeline.microdata.method import MICRODATA, load_method

PLANTED = 50


def main() -> None:
    """Measure each seed, in a process of its own for time and memory."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--declarations", type=int, nargs="+", default=[300_000, 1_000_000, 10_000_000])
    options.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    options.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    given = options.parse_args()
    headings = ("declarations", "seed", "successes on the shortlist", "illusions without their warning", "ordinary companies warned of")
    print(f"| {' | '.join((*headings, 'processor', 'seconds', 'MB'))} |")
    print("|---:|---:|---:|---:|---:|---:|---:|---:|")
    for declarations, seed in itertools.product(given.declarations, given.seeds):
        with tempfile.TemporaryDirectory(dir=given.folder) as folder:
            records = Path(folder) / "records"
            simulate.simulate(records, declarations, seed)
            stories.plant(records, PLANTED, seed)
            told = _stories(records, Path(folder))
            print(f"| {declarations} | {seed} | {told} | {_cost(records, Path(folder) / 'out')} |", flush=True)


def _stories(records: Path, folder: Path) -> str:
    method = load_method(MICRODATA)
    with DuckDB(folder / "spill") as engine:
        result = run(str(records), load_companies_award("exportsucce-2022", method), method, engine)
    units = {name: number for number, name in enumerate(result.measured.names)}
    with (records / stories.STORIES).open(encoding="utf-8", newline="") as file:
        planted = {units[row["enterprise_id"]]: row["story"] for row in csv.DictReader(file) if row["enterprise_id"] in units}
    warned = np.any(list(result.shortlist.warnings.values()), axis=0)
    successes = sum(planted.get(unit) == stories.SUCCESS for unit in result.shortlist.chosen)
    missed = sum(story in stories.ILLUSIONS and not warned[unit] for unit, story in planted.items())
    ordinary = result.shortlist.takes_part & ~np.isin(np.arange(len(units)), [*planted])
    return f"{successes} of {PLANTED} | {missed} of {PLANTED} | {warned[ordinary].mean():.1%}"


def _cost(records: Path, out: Path) -> str:
    award = ("--award", "exportsucce-2022", "--in", str(records), "--out", str(out), "--quiet")
    # This process has grown: a small one starts what is measured.
    command = [sys.executable, measure.__file__, *measure.EXPORTREGION, "companies", "run", *award]
    wall, processor, peak = map(float, subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())
    return f"{processor:.1f} | {wall:.1f} | {peak:.0f}"


if __name__ == "__main__":
    main()
