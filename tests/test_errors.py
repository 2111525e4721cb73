"""Standard errors from the records: what they are, and that they tell no competitor more than the table does."""

import itertools
import json
import math
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from conftest import PROJECT, RAW, Raw, exportregion, once, spoken, tables_before_the_report
from markupsafe import escape
from test_microdata import METHOD, built, method_text, models_of, rows_of, simulated

import pipeline.report as reports
from pipeline.award import load_award
from pipeline.microdata import errors
from pipeline.microdata.build import run_models
from pipeline.microdata.method import MicrodataMethod
from pipeline.models import models
from pipeline.ranking import error_bounds
from pipeline.ranking.errors import Side, _errors_of_score, _sets, differences
from pipeline.ranking.score import Indicators
from pipeline.ranking.standing import Field, stand
from pipeline.report.chapters.errors import beside_trials
from pipeline.report.html import STEPS as STEPS_OF_SCALE
from pipeline.report.html import html
from pipeline.report.markdown import markdown
from pipeline.report.pictures import pictures
from pipeline.report.whatif import whatif
from pipeline.report.words import Code
from pipeline.sources import load_sources

__all__ = ["built", "simulated"]
Reals = npt.NDArray[np.float64]
P = float(METHOD.disclosure.p_percent) / 100
STEPS = (0.0, *(float(step) for step in METHOD.errors.steps)) if METHOD.errors else ()
AMOUNTS, NUMBERS = ("exports_sek", "all_exports_sek"), ("exporters", "all_exporters")
OPEN: dict[int, set[tuple[str, str]]] = {2016: set(), 2020: set()}


def parts(*groups: tuple[int, int]) -> pa.Table:
    """Groups in one county, each with its exports in 2016 and in 2020, and an exporter where it has any."""
    rows = [
        {
            "region_code": "01",
            "group_id": f"G{number:04}",
            "year": year,
            **dict.fromkeys(AMOUNTS, Decimal(value)),
            **dict.fromkeys(NUMBERS, 1),
        }
        for number, amounts in enumerate(groups)
        for year, value in zip((2016, 2020), amounts, strict=True)
        if value
    ]
    kinds = {"year": pa.int64(), **dict.fromkeys(AMOUNTS, pa.decimal128(20, 2)), **dict.fromkeys(NUMBERS, pa.int64())}
    return pa.Table.from_pylist(rows, pa.schema([(name, kinds.get(name, pa.string())) for name in ("region_code", "group_id", *kinds)]))


def moves(table: pa.Table) -> pa.Table:
    """The rows of microdata.share_moves of some parts."""
    with duckdb.connect() as connection:
        connection.execute("create schema microdata")
        connection.register("given_parts", table)
        connection.execute("create table microdata.group_parts as from given_parts")
        return connection.sql(models("microdata")[errors.MOVES]).to_arrow_table()


def table_of(table: pa.Table, withheld: dict[int, set[tuple[str, str]]] = OPEN, method: MicrodataMethod = METHOD) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = errors.table(moves(table), {}, withheld, method, {}).to_pylist()
    return rows


def errors_of(*groups: tuple[int, int], withheld: dict[int, set[tuple[str, str]]] = OPEN, size: str = "sme") -> list[float]:
    """The errors of exports: in 2016, in 2020, and of growth."""
    rows = table_of(parts(*groups), withheld)
    return [row["relative_error"] for row in rows if row["quantity"] == "exports_sek" and row["size_class"] == size]


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        # A hundred groups of one size: √(100 · 0.01²) = 0.1, with the margin √(0.01 + 0.21 · 0.0001) = 0.1001. They do not move: no error.
        ([(7, 14)] * 100, [0.12, 0.12, 0.01]),
        # One of 40 beside 60 of 1: √(0.16 + 60 · 0.0001) = 0.407, with the margin √(0.166 + 0.21 · 0.16) = 0.4468. In 2020 one of 60
        # beside 60 of 1: √(0.25 + 0.004167) = 0.504, above the last step. Growth: the large one from 0.4 to 0.5, the others from 1/100 to
        # 1/120, √(0.01 + 60/360 000) = 0.1008; with the margin √(0.010167 + 4 · 0.1 · 0.5 · 0.1 + 2 · 0.05²) = 0.187.
        ([(40, 60)] + [(1, 1)] * 60, [0.5, None, 0.2]),
        # In 2020 one of 44 beside 60 of 1: √(0.179 + 0.00555 + 0.21 · 0.179) = 0.471. Growth: the large one from 0.4 to 0.4231, the others from
        # 1/100 to 1/104, √0.000542 = 0.023; with the margin √(0.000542 + 4 · 0.1 · 0.4231 · 0.0231 + 2 · 0.0423²) = 0.0896.
        ([(40, 44)] + [(1, 1)] * 60, [0.5, 0.5, 0.12]),
        # Nothing in 2016: neither a level nor a growth.
        ([(0, 1)] * 100, [None, 0.12, None]),
    ],
)
def test_an_error_is_the_step_that_it_does_not_exceed_by_hand(groups: list[tuple[int, int]], expected: list[float]) -> None:
    assert errors_of(*groups) == expected


def test_the_closed_forms_are_those_of_a_bootstrap_that_draws_each_group_once_on_average() -> None:
    """20 000 draws, seeded: their spread is within 3 % of the closed form (its own standard error is 0.5 %)."""
    draws = np.random.default_rng(1)
    base = np.round(draws.lognormal(8, 1, 400))
    final = np.round(base * draws.lognormal(0.1, 0.5, 400))
    times = draws.poisson(1, (20_000, 400))
    drawn = times @ base / base.sum(), times @ final / final.sum()
    groups = [(int(one), int(other)) for one, other in zip(base, final, strict=True)]
    own = {
        (row["share_of"], row["base_year"]): row["squared"] * 1e-18
        for row in moves(parts(*groups)).to_pylist()
        if row["final_year"] == 2020
    }
    assert drawn[1].std() == pytest.approx(math.sqrt(own["exports_sek", None]), rel=0.03)
    assert (drawn[1] / drawn[0]).std() == pytest.approx(math.sqrt(own["exports_sek", 2016]), rel=0.03)
    assert own["exports_sek", 2016] == pytest.approx(((final / final.sum() - base / base.sum()) ** 2).sum(), rel=1e-5)
    assert own["exporters", None] == pytest.approx(1 / 400, rel=1e-5)


YEARS = range(2016, 2021)


class Known:
    """The exact relative errors of a total of one county, from what its groups have (groups, years)."""

    def __init__(self, amounts: Reals) -> None:
        self.shares = dict(zip(YEARS, (amounts / amounts.sum(axis=0)).T, strict=True))

    def level(self, year: int) -> Reals:
        return np.array([math.sqrt((self.shares[year] ** 2).sum())])

    def growth(self, base: int, final: int) -> Reals:
        return np.array([math.sqrt(((self.shares[final] - self.shares[base]) ** 2).sum())])


@pytest.fixture(scope="module")
def county() -> dict[str, Reals]:
    """A made-up county over five years (groups, years): what 400 groups of SMEs export, which export, and what all export, with 80 large ones."""
    draws = np.random.default_rng(3)
    exports = (
        draws.lognormal(8, 1, (480, 1)) * np.exp(np.cumsum(draws.normal(0.02, 0.2, (480, 5)), axis=1)) * (draws.random((480, 5)) > 0.1)
    )
    is_sme = np.arange(480)[:, np.newaxis] < 400
    return {"sme": exports * is_sme, "exporters": (exports > 0) * is_sme.astype(float), "all": exports * np.where(is_sme, 1, 10)}


@pytest.fixture(scope="module")
def drawn(county: dict[str, Reals]) -> dict[str, Reals]:
    """Its totals in 20 000 draws of a Poisson bootstrap of its groups (draws, years), seeded."""
    times = np.random.default_rng(4).poisson(1, (20_000, 480))
    return {name: times @ amounts for name, amounts in county.items()}


SLOPE = np.array([-2, -1, 0, 1, 2]) / 10
"""Least squares over five years: by hand, (t − t̄) / Σ (t − t̄)²."""


def trends(logarithms: Reals) -> dict[str, Reals]:
    """The growth over five years that each estimator gives of logarithms (…, years)."""
    pairs = itertools.combinations(range(5), 2)
    slopes = np.stack([(logarithms[..., other] - logarithms[..., one]) / (other - one) for one, other in pairs])
    return {"log-linear": np.exp(4 * (logarithms @ SLOPE)) - 1, "theil-sen": np.exp(4 * np.median(slopes, axis=0)) - 1}


def moves_of(own: error_bounds.Relative) -> dict[tuple[int, int], Reals]:
    return {pair: own.growth(*pair) for pair in itertools.combinations(YEARS, 2)}


def test_the_errors_of_changes_and_trends_hold_in_a_bootstrap(county: dict[str, Reals], drawn: dict[str, Reals]) -> None:
    """No spread of 20 000 draws (itself ± 1.5 % at three standard errors) is above its bound; and the bounds are near."""
    own, total = Known(county["sme"]), county["sme"].sum(axis=0)
    change = error_bounds.of_change(total[:1], total[4:], own, (2016, 2020))
    assert 0.8 < (drawn["sme"][:, 4] - drawn["sme"][:, 0]).std() / change[0] < 1.02
    values, spreads = trends(np.log(total)), trends(np.log(drawn["sme"]))
    least_squares = error_bounds.log_linear(moves_of(own), YEARS)[0]
    assert 0.7 < spreads["log-linear"].std() / (1 + values["log-linear"]) / least_squares < 1.02
    median = error_bounds.theil_sen(moves_of(own), total[:, np.newaxis], YEARS, load_award("2021"))[0]
    assert 0.9 < spreads["theil-sen"].std() / (1 + values["theil-sen"]) / median < 1.05


def test_the_errors_of_ratios_within_the_records_hold_in_a_bootstrap(county: dict[str, Reals], drawn: dict[str, Reals]) -> None:
    """The share of SMEs: exact, as no group is in both parts. Exports per exporter: too wide, since groups that export more are exporters too."""
    totals, known = {name: amounts.sum(axis=0) for name, amounts in county.items()}, {name: Known(county[name]) for name in county}
    share = dict(zip(YEARS, (totals["sme"] / totals["all"])[:, np.newaxis], strict=True))
    for below, parts_, nearest in (("all", share, 0.98), ("exporters", {}, 0.6)):
        ratio = error_bounds.Ratio(known["sme"], known[below], parts_)  # type: ignore[arg-type]
        values, draws = totals["sme"] / totals[below], drawn["sme"] / drawn[below]
        assert nearest < draws[:, 4].std() / values[4] / ratio.level(2020)[0] < 1.02
        assert 0.5 < (draws[:, 4] / draws[:, 0]).std() * values[0] / values[4] / ratio.growth(2016, 2020)[0] < 1.02
        of_trend = error_bounds.log_linear(moves_of(ratio), YEARS)[0]
        assert 0.4 < trends(np.log(draws))["log-linear"].std() / (1 + trends(np.log(values))["log-linear"]) / of_trend < 1.02
        change = error_bounds.of_change(values[:1], values[4:], ratio, (2016, 2020))[0]
        assert 0.4 < (draws[:, 4] - draws[:, 0]).std() / change < 1.02


@dataclass(frozen=True)
class Given:
    """Relative errors of one region, as they are given: of levels, and one of every growth."""

    levels: dict[int, float]
    move: float

    def level(self, year: int) -> Reals:
        return np.array([self.levels[year]])

    def growth(self, base: int, final: int) -> Reals:
        return np.array([self.move])


def test_the_bounds_of_changes_trends_and_ratios_by_hand() -> None:
    """Levels of 100 and 150 with errors of 0.3 and 0.2, growth with one of 0.1."""
    own, ends = Given({2016: 0.3, 2020: 0.2}, 0.1), (2016, 2020)

    def change(base: float, final: float, one: error_bounds.Relative = own) -> float:
        return float(error_bounds.of_change(np.array([base]), np.array([final]), one, ends)[0])

    # The least of 150 · 0.2 + 100 · 0.3 = 60, 150 · 0.1 + 50 · 0.3 = 30, and 100 · 0.1 + 50 · 0.2 = 20.
    assert change(100, 150) == pytest.approx(20)
    # Without the error of growth only the first is left; without that of the final level the second, which is 30.
    assert change(100, 150, Given(own.levels, math.inf)) == pytest.approx(60)
    assert change(100, 150, Given({2016: 0.3, 2020: math.inf}, 0.1)) == pytest.approx(30)
    # Five years: Σ (t − t̄)² = 10 and the span is 4. The pairs across the middle have (2·2 + 2·1 + 1·2 + 1·1) / 100 = 0.09 of the
    # squares: 4 · √0.09 · 0.1 = 0.12. Two years: the growth's own, 0.1.
    for years, expected in ((range(2016, 2021), 0.12), (range(2016, 2018), 0.1)):
        assert error_bounds.log_linear({pair: own.growth(*pair) for pair in itertools.combinations(years, 2)}, years) == pytest.approx(
            expected
        )
    # Errors of 0.3 and 0.4 of what is above and below the line: √(0.09 + 0.16) = 0.5; of a part of a third, √(0.09 / 3 + 0.16) = 0.4359;
    # of one of two thirds, that of the whole, 0.4, though its own were unbounded. Growths: 0.1 + 0.1.
    below = Given({2016: 0.4, 2020: 0.4}, 0.1)
    ratios = {share: error_bounds.Ratio(own, below, {2016: np.array([share])}) for share in (1 / 3, 2 / 3)}  # type: ignore[arg-type]
    assert error_bounds.Ratio(own, below, {}).level(2016) == pytest.approx(0.5)  # type: ignore[arg-type]
    assert [float(ratio.level(2016)[0]) for ratio in ratios.values()] == pytest.approx([math.sqrt(0.19), 0.4])
    unbounded = Given({2016: math.inf}, math.inf)
    assert error_bounds.Ratio(unbounded, below, {2016: np.array([2 / 3])}).level(2016) == pytest.approx(0.4)  # type: ignore[arg-type]
    assert error_bounds.Ratio(own, below, {}).growth(2016, 2020) == pytest.approx(0.2)  # type: ignore[arg-type]


def test_a_trend_has_the_error_of_its_estimator_where_every_growth_has_one() -> None:
    """Levels that double every year: a trend of 2⁴ − 1 = 15. Growths with errors of 0.1 make 0.12 by least squares, times 16."""
    award = load_award("2021")
    regions = Field(("01", "03"), ("A", "B"), award.catalogue.geography)
    same = {"statistic": "goods_exports", "quantity": "exports", "class_group": "sme", "relative_error": 0.1}
    pairs = itertools.combinations(YEARS, 2)
    published_ = [{**same, "region_code": "01", "base_year": base, "final_year": final} for base, final in pairs]
    measure = "sme_goods_exports_per_capita"
    levels = [
        {"measure": measure, "region_code": code, "year": year, "level": 2.0 ** (year - 2016)} for code in ("01", "03") for year in YEARS
    ]
    records = error_bounds.Records(published_, levels)
    own: dict[str, Reals] = {}
    for estimator in ("log-linear", "theil-sen"):
        one = award.indicators[0].model_copy(update={"taken": "trend", "estimator": estimator})
        values = {one.name: {code: {"indicator_value": 15.0} for code in regions.codes}}
        found = error_bounds.of_indicator(one, regions, values, records, award)
        assert found is not None
        own[estimator] = found
    assert own["log-linear"].tolist() == pytest.approx([16 * 0.12, math.inf])
    # All slopes are equal, so the median moves by that of five errors with a spread of 0.1 / √2 each: near that of least squares.
    assert own["theil-sen"][1] == math.inf
    assert own["theil-sen"][0] / 16 == pytest.approx(4 * 0.1 / math.sqrt(2) / math.sqrt(10), rel=0.1)


def test_no_error_of_a_withheld_total_and_none_beside_it() -> None:
    assert errors_of(*[(7, 14)] * 100, withheld={2016: {("01", "sme")}, 2020: set()}) == [None, 0.12, None]
    row = table_of(parts(*[(7, 14)] * 9), {2016: {("01", "sme")}, 2020: set()})[0]
    assert (row["status"], row["total"], row["relative_error"]) == ("withheld", "..", None)


def exact(simulated: Path) -> dict[tuple[str, str], dict[int, dict[str, float]]]:
    """What each group exports, by county and year: of SMEs, and of all."""
    amounts: dict[tuple[str, str], dict[int, dict[str, float]]] = {}
    (rows,) = models_of(simulated, "microdata.group_parts")
    for row in rows:
        for size, name in (("sme", "exports_sek"), ("total", "all_exports_sek")):
            if row[name]:
                amounts.setdefault((row["region_code"], size), {}).setdefault(row["year"], {})[row["group_id"]] = float(row[name])
    return amounts


def published(built: Path) -> Iterator[tuple[tuple[str, str], list[int], float]]:
    """County with size class, years and error of every error of exports that a build has published."""
    for row in rows_of(built / "table-errors.csv"):
        if row["quantity"] == "exports_sek" and row["status"] == "ok":
            years = [int(year) for year in (row["base_year"], row["final_year"]) if year]
            yield (row["region_code"], row["size_class"]), years, float(row["relative_error"])


def relative_error(years: list[dict[str, float]]) -> float:
    shares = [{group: value / math.fsum(year.values()) for group, value in year.items()} for year in years]
    moves = (
        shares[0]
        if len(shares) == 1
        else {group: shares[1].get(group, 0) - shares[0].get(group, 0) for group in {**shares[0], **shares[1]}}
    )
    return math.sqrt(math.fsum(move**2 for move in moves.values()))


def test_the_largests_competitor_learns_nothing_within_p_per_cent(simulated: Path, built: Path) -> None:
    """It knows the total, its own part and the step: the largest has at most what they leave, which is p % more than it has or above."""
    amounts, levels = exact(simulated), [each for each in published(built) if len(each[1]) == 1]
    assert min(sum(size == group for (_, size), *_ in levels) for group in ("sme", "total")) > 10
    for region, (year,), step in levels:
        own = amounts[region][year]
        total = math.fsum(own.values())
        largest, second = sorted(own.values())[:-3:-1]
        assert relative_error([own]) <= step
        assert min(total - second, math.sqrt(step**2 * total**2 - second**2)) >= (1 + P) * largest


def test_each_published_error_holds_in_the_worlds_that_the_audit_keeps_open(simulated: Path, built: Path) -> None:
    """Worlds in which one of the three largest groups of a year has p % more or less, and another than the attacker makes up for it, as
    far as it can; totals and other years stay. Were one of them ruled out, the errors would narrow what the table leaves open."""
    amounts, tried = exact(simulated), 0
    for region, years, step in published(built):
        for changed in years:
            own = amounts[region][changed]
            ranked = sorted(own, key=lambda group: (-own[group], group))
            for target, absorber, sign in itertools.product(ranked[:3], [*ranked[:4], *ranked[-2:]], (P, -P)):
                shift = sign * own[target]
                if absorber != target and own[absorber] >= shift:
                    world = {**own, target: own[target] + shift, absorber: own[absorber] - shift}
                    assert relative_error([world if year == changed else amounts[region][year] for year in years]) <= step
                    tried += 1
    assert tried > 5_000


def test_a_build_says_what_its_errors_are_of_and_has_none_without_control(built: Path) -> None:
    rows = rows_of(built / "table-errors.csv")
    assert len(rows) == 21 * 2 * 2 * (6 + 15)
    assert {row["relative_error"] for row in rows if row["status"] == "ok"} <= {f"{step:g}" for step in STEPS}
    assert {row["relative_error"] for row in rows if row["status"] != "ok"} == {""}
    assert {(row["series"], row["kind"]) for row in rows} == {("production-place", "illustrative")}
    assert {row["size_class"] for row in rows} == {"sme", "total"}
    assert rows_of(built / "open-errors.csv") == []


def test_steps_that_would_tell_too_much_are_refused(simulated: Path, tmp_path: Path) -> None:
    settings = tmp_path / "fine.toml"
    settings.write_text(method_text(("[0.01, 0.02, 0.03", "[0.01, 0.012, 0.03")), encoding="utf-8")
    ran = exportregion("microdata", "build", "--in", simulated, "--out", tmp_path / "t.csv", "--settings", settings)
    assert ran.exit_code == 1
    assert "steps that rise, each at least half as large again" in ran.stderr


ALONE = [
    *((f"{name} = ", f"{name} = 1e6 # ") for name in ("largest_yearly_factor", "largest_published_factor")),
    ('weight = "1/3"\ndirection = "higher"\nreason = "Anges för Skåne', 'weight = 0\ndirection = "higher"\nreason = "Anges för Skåne'),
    ('weight = "1/3"', 'weight = "1/2"'),
    ("draws = 10000", "draws = 1000"),
    ("joint_draws = 1024", "joint_draws = 16"),
]
"""Changes to the award of 2021: the indicators of goods weigh alone, and little is drawn."""


@dataclass(frozen=True)
class Recorded:
    """Raw data with a table and its errors, as `add` recorded them, and an award that pins both. Read only."""

    data: Path
    award: Path


@pytest.fixture(scope="module")
def recorded(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    text = (PROJECT / "awards" / "2021.toml").read_text(encoding="utf-8")
    for old, new in ALONE:
        assert old in text
        text = text.replace(old, new)

    def record(folder: Path) -> None:
        shutil.copytree(RAW, folder / "raw")
        (folder / "trial.toml").write_text(text, encoding="utf-8")
        given_ = ["--publisher", "X", "--page", "https://www.scb.se", "--licence", "CC0-1.0", "--yes"]
        pins = ""
        for file in ("table.csv", "table-errors.csv"):
            added = exportregion("add", built / file, *given_, "--award", folder / "trial.toml", "--data", folder / "raw")
            assert added.exit_code == 0, added.stderr
            pins += f"\n{added.stdout.splitlines()[-1]}"
        assert pins.split() == ["goods_exports", "=", pins.split()[2], "standard_errors", "=", pins.split()[5]]
        (folder / "pinned.toml").write_text(text.replace("[vintages]", f"[vintages]{pins}"), encoding="utf-8")

    folder = once(tmp_path_factory, "recorded", record)
    return Recorded(folder / "raw", folder / "pinned.toml")


def test_from_records_to_the_places_that_their_errors_leave_open(built: Path, recorded: Recorded) -> None:
    """The whole road: table and errors are added, pinned and ranked; errors, sets and shrunken growth stand in tables and report."""
    chosen = load_award(str(recorded.award))
    sources = load_sources(recorded.data, chosen)
    tables = tables_before_the_report(chosen, sources)
    growth, level = "sme_goods_exports_per_capita_growth", "sme_goods_exporters_per_100k"
    rows = rows_of(built / "table-errors.csv")
    keys = ("region_code", "size_class", "quantity", "base_year", "final_year")
    steps = {tuple(row[key] for key in keys): float(row["relative_error"] or "inf") for row in rows}
    own = {(row["indicator"], row["region_code"]): row for row in tables["robustness.standard_errors"]}
    ends = {(row["indicator"], row["region_code"]): (row["base"], row["final"]) for row in tables["indicators.indicators_by_region"]}
    bounded: Counter[str] = Counter()
    for (indicator, code), row in own.items():
        value, (base, final) = row["indicator_value"], ends[indicator, code]

        def step(quantity: str, year: str = "", size: str = "sme", last: str = "2020", code: str = code) -> float:
            return steps[code, size, quantity, year, last]

        sales, number = step("exports_sek"), step("exporters")
        before = step("exporters", last="2016")
        moved = min(step("exporters", "2016"), math.hypot(before, number))
        expected = {
            growth: (1 + value) * min(step("exports_sek", "2016"), math.hypot(step("exports_sek", last="2016"), sales)),
            level: value * number,
            "sme_share_of_goods_exports": value
            * math.hypot(math.sqrt(1 - 2 * value) * sales if value < 0.5 else 0, step("exports_sek", size="total")),
            "sme_goods_exports_per_exporter": value * math.hypot(sales, number),
            "sme_goods_exporters_per_100k_change": min(
                final * number + base * before, final * moved + abs(value) * before, base * moved + abs(value) * number
            )
            if base
            else math.inf,
        }[indicator]
        assert row["standard_error"] == (pytest.approx(expected) if math.isfinite(expected) else None)
        assert (row["shrunken_value"] is None) == (indicator != growth)
        bounded[indicator] += math.isfinite(expected)
    assert len(bounded) == 5
    assert min(bounded.values()) > 0
    sets = {(row["ranked_by"], row["region_code"]): row for row in tables["robustness.rank_sets"]}
    assert {by for by, _ in sets} == {*bounded, "index"}
    assert all(row["best_rank"] <= row["rank"] <= row["worst_rank"] for row in sets.values())
    places = {row["region_code"]: row["rank"] for row in tables["ranking.ranking"] if row["rank"]}
    assert {code: row["rank"] for (by, code), row in sets.items() if by == "index"} == places
    then = {row["region_code"]: row for row in tables["robustness.shrinkage"]}
    assert {code for code, row in then.items() if row["rank"]} == {*places}
    first, code = min((row["rank"], region) for (by, region), row in sets.items() if by == "index" and row["could_be_among_first"])
    titles: dict[Code, str] = {"sv": "Vad slumpen kan betyda", "en": "What chance can mean"}
    for language, title in titles.items():
        written = reports.write(tables, chosen, sources, spoken(language, chosen))
        chapter = markdown(written.document).split(f"### {title}")[1].split("\n### ")[0]
        name = next(row["region_name"] for row in tables["staging.regions"] if row["region_code"] == code)
        assert name in chapter
        in_panel = beside_trials(written.context)
        assert in_panel.startswith(
            {"sv": "Panelen räknar med siffrorna som de står", "en": "The panel computes with the figures as"}[language]
        )
        assert {"sv": "län kan vara bland de 3 första", "en": "counties could be among the first 3"}[language] in in_panel
        panel = whatif(tables, chosen, written.context.language, written.context.labels, STEPS_OF_SCALE)
        drawn = pictures(written.document)
        page = html(written.document, written.context.language, drawn, panel | {"errors": in_panel}, "")
        assert escape(in_panel) in page
    assert first == 1
    told = exportregion("explain", code, "--award", chosen.file, "--data", recorded.data, "--json")
    assert {row["ranked_by"]: row["best_rank"] for row in json.loads(told.stdout)["errors"]} == {
        by: row["best_rank"] for (by, region), row in sets.items() if region == code
    }


def test_compare_sets_the_errors_of_two_rounds_beside_their_differences(recorded: Recorded) -> None:
    """A round against itself: the same indicators, nothing beyond."""
    asked: list[str | Path] = ["compare", recorded.award, recorded.award, "--data", recorded.data]
    told = exportregion(*asked, "--json")
    rows = json.loads(told.stdout)["errors"]
    assert len({row["indicator"] for row in rows}) == 5
    assert {row["indicator_value_after"] - row["indicator_value_before"] for row in rows} == {0}
    assert any(row["standard_error"] for row in rows)
    label = re.escape(load_award("2021").labels("en")["sme_goods_exporters_per_100k"])
    told = exportregion(*asked)
    assert re.search(rf"{label}: 0 of \d+ regions differ by more than chance explains\.", " ".join(told.stdout.split()))


def test_recorded_errors_change_no_round_that_does_not_pin_them(recorded: Recorded) -> None:
    assert exportregion("validate", "--award", "2021", "--data", recorded.data).exit_code == 0
    assert "standard_errors" not in load_sources(recorded.data, load_award("2021")).entries


def test_errors_of_another_table_are_refused_with_the_total_that_differs(recorded: Recorded, tmp_path: Path) -> None:
    raw = Raw(Path(shutil.copytree(recorded.data, tmp_path / "raw")))
    (file,) = (raw.folder / "standard_errors").iterdir()
    line = next(line for line in file.read_text(encoding="utf-8").splitlines() if '"exporters",0' in line and '"ok"' in line)
    total = line.split(",")[6]
    raw.edit_text(f"standard_errors/{file.name}", line, line.replace(total, '"1"'))
    raw.record(f"standard_errors/{file.name}")
    ran = exportregion("rank", "--award", recorded.award, "--data", raw.folder)
    assert ran.exit_code == 1
    assert "errors of a total of 1 (exporters" in ran.stderr
    assert "Pin the errors that were built with that table, or none." in ran.stderr


def test_the_error_of_a_score_is_bounded_by_the_sum_of_those_of_its_indicators() -> None:
    """Two indicators, min–max: 0, 1, 4 and 0, 10, 20, each weighing a half. Errors of 1 and 2 become at most 1/4 · 1/2 + 2/20 · 1/2."""
    award = load_award("2021")
    two = tuple(one.model_copy(update={"weight": Fraction(1, 2)}) for one in award.indicators[:2])
    award = award.model_copy(update={"indicators": two})
    values = np.array([[0.0, 0.0], [1.0, 10.0], [4.0, 20.0]])
    names = [one.name for one in two]
    here = stand(values, two, award.ranking)
    own = {names[0]: np.array([1.0, 1.0, np.inf]), names[1]: np.full(3, 2.0)}
    by_name = dict(zip(names, values.T, strict=True))
    assert _errors_of_score(here, by_name, own, award) == pytest.approx([0.175, 0.175, np.inf])
    assert _errors_of_score(here, by_name, {names[0]: own[names[0]]}, award) is None
    geometric = award.ranking.model_copy(update={"aggregation": "geometric", "normalisation": "min-max-100"})
    assert _errors_of_score(here, by_name, own, award.model_copy(update={"ranking": geometric})) is None


def test_the_differences_of_two_rounds_by_hand() -> None:
    """Growths of 0.5 and 1.0 with relative errors of 0.02 and 0.1: at most 1.5 · 0.02 + 2 · 0.1 = 0.23, of which 1.96 times, 0.4508, is
    less than 0.5. Of 03 the second is 0.9: 0.03 + 0.19 = 0.22, and 0.4312 is more than 0.4. 04 has no error in the second round."""
    award = load_award("2021")
    regions = Field(("01", "03", "04"), ("A", "B", "C"), award.catalogue.geography)
    growth = award.indicators[0].name

    def side(values: tuple[float, ...], errors_: tuple[float | None, ...]) -> Side:
        same = {"statistic": "goods_exports", "quantity": "exports", "class_group": "sme", "base_year": 2016, "final_year": 2020}
        rows = [{**same, "region_code": code, "relative_error": error} for code, error in zip(regions.codes, errors_, strict=True)]
        known = {code: {"indicator_value": value} for code, value in zip(regions.codes, values, strict=True)}
        every: Indicators = {one.name: {} for one in award.indicators} | {growth: known}
        return Side(award, every, error_bounds.Records(rows))

    first, second = side((0.5, 0.5, 0.5), (0.02, 0.02, 0.02)), side((1.0, 0.9, 9.0), (0.1, 0.1, None))
    rows = differences(first, second, regions)
    assert {row["indicator"] for row in rows} == {growth}
    assert [row["standard_error"] for row in rows] == [pytest.approx(0.23), pytest.approx(0.22), None]
    assert [row["is_significant"] for row in rows] == [True, False, False]
    assert differences(first, Side(award, second.indicators, error_bounds.NO_RECORDS), regions) == []


@pytest.mark.parametrize(("ties", "places"), [("min", [1, 1, 3]), ("max", [2, 2, 3]), ("dense", [1, 1, 2])])
def test_a_place_beside_its_set_follows_the_awards_tie_rule_and_lies_in_it(ties: str, places: list[int]) -> None:
    """Values without errors, 7, 7 and 1: places 1 to 2, 1 to 2, and 3, which a dense 2 draws out."""
    award = load_award("2021")
    award = award.model_copy(update={"ranking": award.ranking.model_copy(update={"ties": ties})})
    regions = Field(("01", "03", "04"), ("A", "B", "C"), award.catalogue.geography)
    rows = _sets("x", regions, np.array([7.0, 7.0, 1.0]), np.zeros(3), award, range(3))
    assert [row["rank"] for row in rows] == places
    assert [(row["best_rank"], row["worst_rank"]) for row in rows] == [(1, 2), (1, 2), (2 if ties == "dense" else 3, 3)]


def test_a_model_that_is_read_and_asked_for_is_made_once() -> None:
    kept, asked = [], []

    class Engine:
        def build(self, table: str, _: str, *, keep: bool, **__: object) -> None:
            kept.extend([table] if keep else [])

        def ask(self, sql: str, _: object) -> None:
            asked.append(sql)

    run_models(Engine(), ["microdata.dominance", "microdata.group_parts"])  # type: ignore[arg-type]
    assert "microdata.group_parts" in kept
    assert any(sql.startswith("select * from microdata.group_parts as model") for sql in asked)
