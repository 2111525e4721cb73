"""Growth by the trend over all years of the window: against other code, and where an award takes it as an indicator."""

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import numpy as np
import pytest
from conftest import PROJECT, RAW, exportregion, spoken
from scipy import stats

from pipeline.award import Award, Window, load_award
from pipeline.faults import DataRefused
from pipeline.ranking.standing import field, stand, weighing
from pipeline.ranking.unknown import unknown
from pipeline.report.context import labels
from pipeline.report.sentences import _About
from pipeline.report.traces import VALUE, Traces
from pipeline.report.whatif import _lines
from pipeline.run import indicators_of
from pipeline.sources import load_sources
from pipeline.warehouse import Warehouse

GROWTH, TREND = 'as = "growth"', 'as = "trend"\nestimator = "theil-sen"'


def test_every_trend_is_that_of_numpy_and_scipy(complete: Path) -> None:
    """By least squares on logarithms, and by the median over all pairs of years."""
    with duckdb.connect(complete / "2021" / "exportregion.duckdb", read_only=True) as connection:
        trends = connection.sql("from indicators.trend_by_window").fetchall()
        levels = connection.sql("select measure, region_code, year, level from indicators.levels_by_year").fetchall()
    known = 0
    for measure, code, base, final, log_linear, theil_sen, status in trends:
        path = {year: level for name, region, year, level in levels if (name, region) == (measure, code) and base <= year <= final}
        if None in path.values():
            assert (log_linear, theil_sen) == (None, None)
            assert status in ("withheld", "missing")
            continue
        years, logarithms = np.array(list(path)), np.log(np.array(list(path.values())))
        assert log_linear == pytest.approx(np.exp(np.polyfit(years, logarithms, 1)[0] * (final - base)) - 1, rel=1e-9)
        assert theil_sen == pytest.approx(np.exp(stats.theilslopes(logarithms, years).slope * (final - base)) - 1, rel=1e-9)
        known += 1
    assert known > 35


def test_by_the_median_trend_norrbotten_would_be_first_in_2021_and_vasterbotten_third(award: Callable[..., Path]) -> None:
    """Calculated outside this program, with both growths taken so. By the two years of the award it is the other way about."""
    ran = exportregion("rank", "--award", award((GROWTH, TREND)), "--json")
    assert [row["region_name"] for row in json.loads(ran.stdout)["candidates"]] == ["Norrbottens län", "Hallands län", "Västerbottens län"]


@pytest.mark.parametrize(
    ("replacement", "words"),
    [
        ((GROWTH, 'as = "trend"'), 'a trend, and nothing else, has an estimator: "log-linear" or "theil-sen"'),
        ((GROWTH, f'{GROWTH}\nestimator = "theil-sen"'), 'a trend, and nothing else, has an estimator: "log-linear" or "theil-sen"'),
        ((GROWTH, f"{TREND}\nyears = {{ final = 2019 }}"), "the years of a growth, a change or a trend have a base and a final year"),
        (("base = 2016", "base = 2020"), "a growth over 2020–2020"),
    ],
)
def test_a_trend_has_an_estimator_and_a_window(award: Callable[..., Path], replacement: tuple[str, str], words: str) -> None:
    with pytest.raises(DataRefused) as refused:
        load_award(str(award(replacement)))
    assert words in str(refused.value)


@pytest.fixture(scope="module")
def of_trend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Warehouse, Award]]:
    """The indicators of 2021, had both growths been taken as trends."""
    path = tmp_path_factory.mktemp("trend") / "2021.toml"
    path.write_text((PROJECT / "awards" / "2021.toml").read_text(encoding="utf-8").replace(GROWTH, TREND), encoding="utf-8")
    with indicators_of(load_award(str(path)), RAW) as (warehouse, award, _):
        yield warehouse, award


def test_a_region_with_an_unknown_year_of_a_trend_could_stand_anywhere(of_trend: tuple[Warehouse, Award]) -> None:
    """A median of slopes need not be highest where the figures are: nothing is said of what it could be."""
    warehouse, award = of_trend
    regions = field(warehouse.read("staging.regions"), award)
    values = regions.values(warehouse.indicators(), award)
    here = stand(values, weighing(award), award.ranking)
    _, unranked = unknown(regions, values, here, warehouse.figures, warehouse.values_under, award)
    assert {row["region_code"]: (row["best_rank"], row["worst_rank"]) for row in unranked} == {"09": (None, None), "23": (None, None)}


def test_under_another_window_a_trend_is_of_its_years_and_of_two_years_it_is_their_growth(of_trend: tuple[Warehouse, Award]) -> None:
    warehouse, award = of_trend
    other = award.model_copy(update={"window": Window(base=2017, final=2018, reason="x")})
    name = award.indicators[0].name
    sql = "from indicators.growth_by_window where measure = 'sme_goods_exports_per_capita' and base_year = 2017 and final_year = 2018"
    growth = {row["region_code"]: row["growth_ratio"] for row in warehouse.query(sql)}
    trends = {code: row["indicator_value"] for code, row in warehouse.indicators_under(other)[name].items()}
    assert len(trends) == 22
    assert trends == pytest.approx(growth, rel=1e-12)


def test_a_trend_is_traced_to_the_cells_of_every_year(of_trend: tuple[Warehouse, Award]) -> None:
    """The figure comes out of the raw cells that its trace names, five years of them, and its sentence says by which estimator."""
    warehouse, award = of_trend
    language = spoken("sv")
    tables = {table: warehouse.read(table) for table in warehouse.tables()}
    traces = Traces(tables, award, load_sources(RAW, award), language, labels(award, language))
    indicator = award.indicators[0]
    traces.figure(indicator.name, "25", VALUE, "103 %")
    (trace,) = traces.by_place.values()
    exports, people = dict.fromkeys(range(2016, 2021), 0.0), dict.fromkeys(range(2016, 2021), 0.0)
    for cell in trace.cells:
        (exports if cell.raw_column == "exports" else people)[cell.year] += float(cell.written) * (cell.unit or 1)
    assert len(trace.cells) == 5 * 4
    slope = stats.theilslopes([math.log(exports[year] / people[year]) for year in exports], list(exports)).slope
    assert math.exp(4 * slope) - 1 == pytest.approx(trace.unrounded, rel=1e-9)
    assert trace.files[:2] == ("sql/indicators/indicators_by_region.sql", "sql/indicators/growth_by_window.sql")
    assert "sql/indicators/trend_by_window.sql" in trace.files
    assert "exp(4 × lutning) − 1; lutning: medianen av ln(nivå år j / nivå år i) / (j − i)" in trace.formula
    assert _lines(indicator) == ['measure = "sme_goods_exports_per_capita"', 'as = "trend"', 'estimator = "theil-sen"']
    about = _About(indicator, "25", "Norrbottens län", traces, award)
    (statement, *_) = about.sentences({}, [])
    assert statement.text.replace("\u202f", " ").endswith(
        "plus 103 procent mellan 2016 och 2020, enligt trenden över alla åren (Theil–Sen, medianen av alla par av år)."
    )
