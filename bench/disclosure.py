"""What disclosure control withholds of simulated tables, by the heuristic alone and at the least loss. Prints figures, judges nothing.

Counts are of the table's cells that hold something, and of regions' totals of the size classes that indicators take together. The gap is
how much less another choice could cost, at most.
"""

import argparse
import tempfile
import time
from pathlib import Path

from pipeline.declarations import TOTAL
from pipeline.microdata import build, datasets, disclosure, engines, losses, simulate
from pipeline.microdata.method import MICRODATA, load_method
from pipeline.microdata.schemas import WHOLE, is_region

BUILDS = 12


def years(folder: Path) -> list[disclosure.Figures]:
    """The figures of each year of simulated datasets."""
    method = load_method(MICRODATA)
    with tempfile.TemporaryDirectory() as spill, engines.DuckDB(Path(spill)) as engine:
        for dataset in datasets.find(str(folder), method):
            engine.view(dataset)
        for table, rows in build.choices(method, list(simulate.YEARS)).items():
            engine.load(table, rows)
        made = build.run_models(engine, ["microdata.cells", "microdata.cell_contributors"])
    return disclosure.figures(made["microdata.cells"].to_pylist(), made["microdata.cell_contributors"].to_pylist(), method)


def counts(year: disclosure.Figures, withheld: set[tuple[str, str]]) -> list[int]:
    """Rows of the table that are withheld, regions' totals of the group, and what the choice costs."""
    rows = [(line, size) for line, size in withheld if (line == WHOLE or is_region(line)) and size in (*year.sizes.codes, TOTAL)]
    group = [line for line, size in withheld if is_region(line) and size == year.sizes.group]
    return [len(rows), len(group), losses.loss(withheld, year.sizes)]


def measure(declarations: int, seed: int, folder: Path) -> list[list[int]]:
    """Of a build's years together: what the unsafe cells, the heuristic and the choice come to, and the cells that hold something."""
    simulate.simulate(folder, declarations, seed)
    sums = [[0, 0, 0]] * 4
    gaps, seconds = [], [0.0, 0.0]
    for year in years(folder):
        unsafe = {cell[1:] for cell in year.unsafe}
        begin = time.process_time()
        heuristic = disclosure.completed(year, unsafe, {})
        middle = time.process_time()
        choice = disclosure.least_loss(year)
        seconds = [seconds[0] + middle - begin, seconds[1] + time.process_time() - middle]
        something = {cell[1:] for cell, value in year.exports_sek.items() if value > 0}
        for place, names in enumerate((unsafe, heuristic, {*choice.withheld}, something)):
            sums[place] = [before + more for before, more in zip(sums[place], counts(year, names), strict=True)]
        gaps.append(choice.gap)
    told = [f"{own[0]:>5} {own[1]:>4} {own[2]:>6}" for own in sums[:3]]
    print(f"{seed:>4} {sums[3][0]:>5} | {' | '.join(told)} | {max(gaps):>6.1%} | {seconds[0]:>5.1f} {seconds[1]:>5.1f}", flush=True)
    return sums


def main() -> None:
    """Measure twelve builds of each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--declarations", type=int, nargs="+", default=(20_000, 100_000), metavar="N")
    for declarations in parser.parse_args().declarations:
        print(f"\n{declarations:,} declarations: rows, totals of the group and cost of what is withheld")
        print("seed cells |           unsafe |        heuristic |       least loss |    gap | seconds of each")
        sums = []
        for seed in range(1, BUILDS + 1):
            with tempfile.TemporaryDirectory() as folder:
                sums.append(measure(declarations, seed, Path(folder) / "in"))
        unsafe, heuristic, chosen, something = ([sum(build[kind][part] for build in sums) for part in range(3)] for kind in range(4))
        for name, own in (("unsafe", unsafe), ("heuristic", heuristic), ("least loss", chosen)):
            print(f"{name:<10} {own[0] / something[0]:>6.1%} of {something[0]} cells, {own[1]} totals of the group, cost {own[2]}")


if __name__ == "__main__":
    main()
