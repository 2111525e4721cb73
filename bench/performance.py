"""Measure what the commands take, how that grows, and what others take for the same work; write docs/performance.md.

.venv/bin/python bench/performance.py --rounds 5 --declarations 1000000 10000000
"""

import argparse
import datetime
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from measure import EXPORTREGION, PROJECT, Command, costs, curve, laps, machine, process

BENCH = Path(__file__).resolve().parent
PAGE = PROJECT / "docs" / "performance.md"
RAW = ("--data", str(PROJECT / "tests" / "raw"))
"""The files that the rounds of the tests read: those of data/raw may have been replaced."""
BASE = {"regions": 21, "indicators": 5, "years": 6, "draws": 10_000}
"""A made project, but for the size that a curve is of."""
ONE_LAP = 100_000_000
"""From so many declarations on, one lap is enough."""
PANDAS_MOST = 10_000_000
"""Up to so many declarations pandas is asked too: 100 million take it minutes."""


def sizes() -> argparse.Namespace:
    """What to measure, from the command line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=3, help="laps, of which the median counts")
    options.add_argument("--regions", type=int, nargs="*", default=[21, 72, 290])
    options.add_argument("--many-regions", type=int, nargs="*", default=[290, 1160, 5000], help="for ranking and robustness alone")
    options.add_argument("--indicators", type=int, nargs="*", default=[3, 6, 12, 24])
    options.add_argument("--years", type=int, nargs="*", default=[5, 10, 20, 40])
    options.add_argument("--draws", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    options.add_argument("--variants", type=int, nargs="*", default=[1_000_000])
    options.add_argument("--declarations", type=int, nargs="*", default=[1_000_000, 10_000_000, 100_000_000])
    options.add_argument("--cache", type=Path, help="folder that keeps the simulated declarations")
    options.add_argument("--spark", metavar="MASTER", help="a cluster to measure too: spark://host:7077")
    options.add_argument("--to", type=Path, default=PAGE, help="the page to write")
    return options.parse_args()


def ours(*arguments: str, folder: Path = PROJECT) -> Command:
    """A command of this program."""
    return Command([*EXPORTREGION, *arguments], folder)


def bench(script: str, *arguments: str) -> Command:
    """One of the scripts beside this one."""
    return Command([sys.executable, str(BENCH / script), *arguments])


def commands(asked: argparse.Namespace, scratch: Path) -> str:
    """What an analyst's commands take on the round of 2021."""
    text = scratch / "text.md"
    text.write_text("Halland hade 363 små och medelstora varuexportörer per 100 000 invånare 2020.\n", encoding="utf-8")
    out, round_ = ("--quiet", "--out", str(scratch / "out")), ("--award", "2021", *RAW)
    both = ("--language", "sv", "--language", "en")
    measured = laps(
        {
            "`--help`": ours("--help"),
            "`validate`": ours("validate", "--quiet", *round_),
            "`rank`": ours("rank", "--replace", *out, *round_),
            "`run`": ours("run", *out, *round_),
            "`run`, both languages": ours("run", *both, *out, *round_),
            "`explain Halland`": ours("explain", "Halland", *round_),
            "`check` of a sentence": ours("check", str(text), *round_),
        },
        asked.rounds,
    )
    return f"## Commands\n\nThe round of 2021: 21 counties, all formats of the report.\n\n{costs('command', measured)}"


def project(scratch: Path, **size: int) -> Path:
    """The folder of a made project of this size; made where it is not there yet."""
    of = {**BASE, **size}
    folder = scratch / "-".join(str(number) for number in of.values())
    if not folder.exists():
        process(bench("worlds.py", str(folder), *(f"--{name}={of[name]}" for name in ("regions", "indicators", "years"))))
        award = folder / "awards" / "made.toml"
        award.write_text(re.sub(r"(?m)^draws = \d+", f"draws = {of['draws']}", award.read_text(encoding="utf-8")), encoding="utf-8")
    return folder


def growth(asked: argparse.Namespace, scratch: Path) -> Iterator[str]:
    """How time and memory of a round grow with its sizes."""
    yield "## How a round grows\n\n" + paragraph(
        "Made rounds of 21 regions, 5 indicators, 6 years and 10 000 draws, but for what the table is of.",
        "A power below 1 means that twice the size takes less than twice the time: the start counts in it.",
    )
    for heading, what, values, stage, more in (
        ("Regions, whole report", "regions", asked.regions, "run", {"indicators": 12, "years": 15}),
        ("Regions, ranking and robustness alone", "regions", asked.many_regions, "robustness", {"indicators": 10}),
        ("Indicators", "indicators", asked.indicators, "robustness", {}),
        ("Years", "years", asked.years, "robustness", {}),
        ("Draws of weights", "draws", asked.draws, "robustness", {}),
    ):
        if values:
            named = {size: f"{what} {size:,}, {stage}" for size in values}
            folders = {size: project(scratch, **{**more, what: size}) for size in values}
            stages = {
                named[size]: ours(stage, "--quiet", "--award", "made", "--out", str(scratch / "out" / folder.name / stage), folder=folder)
                for size, folder in folders.items()
            }
            measured = laps(stages, asked.rounds)
            with_more = ", ".join(f"{number} {name}" for name, number in more.items())
            yield f"### {heading}\n\n`{stage}`{f', {with_more}' if with_more else ''}.\n\n" + curve(
                what, {size: measured[name] for size, name in named.items()}
            )


def beside_pandas(asked: argparse.Namespace, scratch: Path) -> str:
    """The indicators, the ranking and a workbook by pandas and openpyxl, beside the commands that do that and more."""
    parts = []
    for regions, more in ((21, {}), (290, {"indicators": 12, "years": 15})):
        folder, out = project(scratch, regions=regions, **more), scratch / "out" / f"beside-{regions}"
        measured = laps(
            {
                "pandas and openpyxl": bench("index_by_others.py", "workbook", str(folder), str(scratch / "theirs.xlsx")),
                "`rank`": ours("rank", "--quiet", "--award", "made", "--out", str(out / "rank"), folder=folder),
                **({"`run`": ours("run", "--quiet", "--award", "made", "--out", str(out / "run"), folder=folder)} if not more else {}),
            },
            asked.rounds,
        )
        ranking = [line.split(",") for line in (out / "rank" / "made" / "ranking.csv").read_text(encoding="utf-8").splitlines()]
        place, code = ranking[0].index("rank"), ranking[0].index("region_code")
        same = {row[code].strip('"'): row[place] for row in ranking[1:]}
        theirs = dict(line.split(",") for line in (scratch / "theirs.csv").read_text(encoding="utf-8").splitlines()[1:])
        if theirs != {region: rank for region, rank in same.items() if region in theirs} or len(theirs) != regions:
            raise ValueError(f"the places of {regions} regions by pandas are not ours")
        parts.append(f"{regions} regions:\n\n{costs('work', measured, 'pandas and openpyxl')}")
    about = paragraph(
        "pandas reads the files, computes the indicators, the score and the places, and writes a workbook of two sheets: no check, no",
        "challenge, no report. Its places are the same. `rank` also checks the raw files, schemas and relations and writes every table;",
        "`run` challenges the ranking and writes the report in six formats.",
    )
    return "\n\n".join(["### The indicators and one workbook", about, *parts])


def variants(asked: argparse.Namespace, scratch: Path) -> str:
    """Many variants of a ranking, beside those who make them one by one."""
    parts = []
    for number in asked.variants:
        names = ("exportregion", "COINr's steps in numpy")
        files = {name: scratch / f"places-{place}.npy" for place, name in enumerate(names)}
        measured = laps({name: bench("index_by_others.py", name, str(number), str(file)) for name, file in files.items()}, asked.rounds)
        process(Command([sys.executable, "-c", SAME_PLACES, *map(str, files.values())]))
        parts.append(f"{number:,} variants of 21 regions and 5 indicators:\n\n{costs('work', measured, 'exportregion')}")
    about = "Ranks under many weightings, with the start of each process. The places are the same."
    return "\n\n".join(["### All choices together", about, *parts])


SAME_PLACES = """
import sys, numpy
first, *others = map(numpy.load, sys.argv[1:])
assert all(numpy.array_equal(first, other) for other in others), "other places"
"""


def builds(asked: argparse.Namespace, scratch: Path) -> Iterator[str]:
    """The build from microdata, how it grows, and others at the same work."""
    plain = scratch / "uncontrolled.toml"
    method = (PROJECT / "microdata.toml").read_text(encoding="utf-8")
    plain.write_text(re.sub(r"(?m)^control = \w+", "control = false", method), encoding="utf-8")
    controlled, parts = {}, []
    for number in asked.declarations:
        folder, out = simulated(number, asked.cache or scratch), scratch / f"builds-{number}"
        out.mkdir()
        ours_ = ("microdata", "build", "--quiet", "--in", str(folder), "--out", str(out / "goods.parquet"))
        others = ["group by", "polars", *(["pandas", "pandas, dictionaries"] if number <= PANDAS_MOST else [])]
        made = {name: bench("builds_by_others.py", name, str(folder), str(out / f"{name}.parquet")) for name in others}
        if asked.spark:
            made["build with control on Spark (memory of the driver alone)"] = ours(*ours_, "--engine", "spark", "--master", asked.spark)
        measured = laps(
            {"build, no control": ours(*ours_, "--settings", str(plain)), "build with control": ours(*ours_), **made},
            1 if number >= ONE_LAP else asked.rounds,
            once=[name for name in others if name.startswith("pandas")],
        )
        process(bench("builds_by_others.py", "ours", str(folder), str(out / "ours.parquet")))
        for name in others[1:]:
            process(Command([sys.executable, "-c", SAME_CELLS, str(out / "ours.parquet"), str(out / f"{name}.parquet")]))
        controlled[number] = measured["build with control"]
        parts.append(f"{number:,} declarations:\n\n{costs('work', measured, 'build, no control')}")
    yield "## The build from firm-level records\n\nSimulated declarations, seed 1, with disclosure control.\n\n" + curve(
        "declarations", controlled
    )
    about = paragraph(
        "polars and pandas check what the schemas ask and make the same cells, to the öre: no checksums, no disclosure control, no",
        "companions of the table. The group by is DuckDB's of enterprise and year alone, the least that a build must do.",
    )
    yield "\n\n".join(["### Beside others", about, *parts])


SAME_CELLS = """
import sys, pyarrow.parquet as pq
ours, theirs = (str(pq.read_table(file).to_pylist()) for file in sys.argv[1:])
assert ours == theirs, "other cells"
"""


def simulated(declarations: int, cache: Path) -> Path:
    """The folder of simulated declarations; made where it is not there."""
    folder = cache / str(declarations)
    if not folder.exists():
        process(ours("microdata", "simulate", "--quiet", "--declarations", str(declarations), "--seed", "1", "--out", str(folder)))
    return folder


def everything(asked: argparse.Namespace, scratch: Path) -> Iterator[str]:
    """The parts of the page, in order, each as soon as it is measured."""
    yield commands(asked, scratch)
    yield from growth(asked, scratch)
    if asked.variants:
        yield f"## What one could take instead\n\n{beside_pandas(asked, scratch)}"
        yield variants(asked, scratch)
    if asked.declarations:
        yield from builds(asked, scratch)


def paragraph(*lines: str) -> str:
    """Lines of a page."""
    return "\n".join(lines)


def page(parts: Sequence[str], asked: argparse.Namespace, load: Sequence[float]) -> str:
    """The page, with the day and the machine."""
    counted = f"Medians of {asked.rounds} laps" if asked.rounds > 1 else "One lap"
    large = ", one lap of 100 million declarations" if asked.rounds > 1 and max(asked.declarations, default=0) >= ONE_LAP else ""
    about = paragraph(
        f"Measured on {datetime.date.today().isoformat()} by `make bench`, which wrote this page. The machine:",
        f"{machine()}",
        f"{counted}{large}. The load of the machine was {load[0]:.1f} when it began and {load[1]:.1f} when it ended: above the number of",
        "cores, seconds are longer than on a quiet machine, processor seconds less so.",
        "Each figure is of a whole process, with its start and imports. In a lap all contenders of a table take turns.",
    )
    return "\n\n".join(["# Performance", about, *parts]) + "\n"


def main() -> None:
    """Measure, print, and write the page."""
    asked = sizes()
    load = [os.getloadavg()[0]]
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        parts = []
        for part in everything(asked, scratch):
            print(f"{part}\n", flush=True)
            parts.append(part)
    asked.to.write_text(page(parts, asked, [*load, os.getloadavg()[0]]), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
