"""What an analyst would take instead for the indicators, the ranking and a workbook, and for many variants of a ranking.

`workbook` does what `exportregion rank` does of a made project (bench/worlds.py), by pandas and openpyxl, and writes one workbook.
The others rank by many weightings: as COINr does it, normalised, aggregated and ranked anew for each, in numpy; and in blocks, as here.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

REGIONS, INDICATORS = 21, 5


def workbook(project: Path, out: Path) -> None:
    """Indicators, scores and places of a made project, as a workbook of two sheets."""
    import pandas as pd

    raw = project / "data" / "raw"
    population, trade, regions = (
        pd.read_csv(raw / f"{name}.csv", dtype={"region_code": str}) for name in ("population", "trade", "regions")
    )
    merged = trade.merge(population, on=["region_code", "year"], validate="one_to_one")
    quantities = [name for name in trade.columns if name.startswith("q")]
    per_capita = merged[["region_code", "year"]].join(merged[quantities].div(merged["population"], axis=0))
    by_year = {int(str(year)): rows.set_index("region_code")[quantities] for year, rows in per_capita.groupby("year")}
    base, final = by_year[min(by_year)], by_year[max(by_year)]
    indicators = pd.DataFrame(
        {name: final[name] / base[name] - 1 if place % 2 == 0 else final[name] for place, name in enumerate(quantities)}
    )
    own = indicators.drop(index="00000")
    normalised = (own - own.min()) / (own.max() - own.min())
    ranking = pd.DataFrame({"score": normalised.mean(axis=1)})
    ranking["rank"] = ranking["score"].rank(ascending=False, method="min").astype(int)
    names = regions.set_index("region_code")["region_name"]
    with pd.ExcelWriter(out, engine="openpyxl") as book:
        ranking.join(names).sort_values("rank").to_excel(book, sheet_name="ranking")
        indicators.join(names).to_excel(book, sheet_name="indicators")
    ranking["rank"].sort_index().to_csv(out.with_suffix(".csv"))


def weightings(number: int) -> Any:
    """The same figures and weightings for everyone."""
    import numpy as np

    random = np.random.default_rng(1)
    return random.random((REGIONS, INDICATORS)), random.dirichlet(np.ones(INDICATORS), number)


def coinr(number: int) -> Any:
    """The steps of COINr for each variant: normalise, aggregate, rank."""
    import numpy as np

    figures, weights = weightings(number)
    places = []
    for one in weights:
        normalised = (figures - figures.min(axis=0)) / (figures.max(axis=0) - figures.min(axis=0))
        points = (normalised * one).sum(axis=1)
        places.append((points > points[:, np.newaxis]).sum(axis=1) + 1)
    return np.array(places)


def ours(number: int) -> Any:
    """The same by what `robustness` uses."""
    import numpy as np

    from pipeline.award import load_award
    from pipeline.ranking.joint import every_variant

    figures, weights = weightings(number)
    award = load_award("2021")
    of = [award.indicators[0].model_copy(update={"name": f"i{place}"}) for place in range(INDICATORS)]
    samples = every_variant(figures[np.newaxis, np.newaxis], of, [award.ranking], iter(np.array_split(weights, 16)))
    return np.concatenate([sample.places[0, 0, 0] for sample in samples])


VARIANTS: dict[str, Callable[[int], Any]] = {"exportregion": ours, "COINr's steps in numpy": coinr}

if __name__ == "__main__":
    if sys.argv[1] == "workbook":
        workbook(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        import numpy

        numpy.save(sys.argv[3], VARIANTS[sys.argv[1]](int(sys.argv[2])))
