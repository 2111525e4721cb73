"""Standard errors from the records: what they are, and that they tell no competitor more than the table does."""

import itertools
import json
import math
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from conftest import Raw, exportregion, spoken, tables_before_the_report
from test_microdata import METHOD, built, cells_of, method_text, rows_of, simulated

import pipeline.report as reports
from pipeline.award import load_award
from pipeline.microdata import errors
from pipeline.microdata.build import run_models
from pipeline.microdata.errors import PARTS
from pipeline.microdata.method import MicrodataMethod
from pipeline.ranking.errors import _errors_of_score
from pipeline.ranking.standing import stand
from pipeline.report.markdown import markdown
from pipeline.report.words import Code
from pipeline.sources import load_sources

__all__ = ["built", "simulated"]
Reals = npt.NDArray[np.float64]
P = float(METHOD.disclosure.p_percent) / 100
STEPS = (0.0, *(float(step) for step in METHOD.errors.steps)) if METHOD.errors else ()
OPEN: dict[int, set[tuple[str, str]]] = {2016: set(), 2020: set()}


def parts(*groups: tuple[int, int]) -> pa.Table:
    """Groups in one county, each with its exports in 2016 and in 2020, and an exporter where it has any."""
    rows = [
        {"region_code": "01", "group_id": f"G{number:04}", "year": year, "exports_sek": Decimal(value), "exporters": 1}
        for number, amounts in enumerate(groups)
        for year, value in zip((2016, 2020), amounts, strict=True)
        if value
    ]
    kinds = [("region_code", pa.string()), ("group_id", pa.string()), ("year", pa.int64())]
    return pa.Table.from_pylist(rows, pa.schema([*kinds, ("exports_sek", pa.decimal128(20, 2)), ("exporters", pa.int64())]))


def errors_of(*groups: tuple[int, int], withheld: dict[int, set[tuple[str, str]]] = OPEN, method: MicrodataMethod = METHOD) -> list[float]:
    """The errors of exports: in 2016, in 2020, and of growth."""
    rows = errors.table(parts(*groups), withheld, method, {}).to_pylist()
    return [row["relative_error"] for row in rows if row["quantity"] == "exports_sek"]


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        # A hundred groups of one size: √(100 · 0.01²) = 0.1, with the margin √(0.01 + 0.21 · 0.0001) = 0.1001. They do not move: no error.
        ([(7, 14)] * 100, [0.12, 0.12, 0.01]),
        # One of 40 beside 60 of 1: √(0.16 + 60 · 0.0001) = 0.407, with the margin √(0.166 + 0.21 · 0.16) = 0.4468. In 2020 one of 60
        # beside 60 of 1: √(0.25 + 0.004167) = 0.504, above the last step. Growth: the large one from 0.4 to 0.5, the others from 1/100 to
        # 1/120, √(0.01 + 60/360 000) = 0.1008; with the margin √(0.010167 + 4 · 0.1 · 0.5 · 0.1 + 2 · 0.05²) = 0.187.
        ([(40, 60)] + [(1, 1)] * 60, [0.5, None, 0.2]),
        # Nothing in 2016: neither a level nor a growth.
        ([(0, 1)] * 100, [None, 0.12, None]),
    ],
)
def test_an_error_is_the_step_that_it_does_not_exceed_by_hand(groups: list[tuple[int, int]], expected: list[float]) -> None:
    assert errors_of(*groups) == expected


def test_the_closed_forms_are_those_of_a_bootstrap_that_draws_each_group_once_on_average() -> None:
    """20 000 draws, seeded: their spread is within 3 % of the closed form (its own standard error is 0.5 %)."""
    draws = np.random.default_rng(1)
    base = draws.lognormal(0, 1, 400)
    final = base * draws.lognormal(0.1, 0.5, 400)
    times = draws.poisson(1, (20_000, 400))
    shares = base / base.sum(), final / final.sum()
    drawn = times @ base / base.sum(), times @ final / final.sum()
    assert drawn[1].std() == pytest.approx(math.sqrt(errors._squared([final], 0)), rel=0.03)
    assert (drawn[1] / drawn[0]).std() == pytest.approx(math.sqrt(errors._squared([base, final], 0)), rel=0.03)
    assert errors._squared([base, final], 0) == pytest.approx(((shares[1] - shares[0]) ** 2).sum())


def test_no_error_of_a_withheld_total_and_none_beside_it() -> None:
    assert errors_of(*[(7, 14)] * 100, withheld={2016: {("01", "sme")}, 2020: set()}) == [None, 0.12, None]
    row = errors.table(parts(*[(7, 14)] * 9), {2016: {("01", "sme")}, 2020: set()}, METHOD, {}).to_pylist()[0]
    assert (row["status"], row["total"], row["relative_error"]) == ("withheld", "..", None)


def exact(simulated: Path) -> dict[str, dict[int, dict[str, float]]]:
    """What each group has of SMEs' exports, by county and year."""
    amounts: dict[str, dict[int, dict[str, float]]] = {}
    for row in cells_of(simulated, wanted=errors.PARTS):
        amounts.setdefault(row["region_code"], {}).setdefault(row["year"], {})[row["group_id"]] = float(row["exports_sek"])
    return amounts


def published(built: Path) -> Iterator[tuple[str, list[int], float]]:
    """County, years and error of every error of exports that a build has published."""
    for row in rows_of(built / "table-errors.csv"):
        if row["quantity"] == "exports_sek" and row["status"] == "ok":
            yield row["region_code"], [int(year) for year in (row["base_year"], row["final_year"]) if year], float(row["relative_error"])


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
    assert len(levels) > 15
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
    assert len(rows) == 21 * 2 * (6 + 15)
    assert {row["relative_error"] for row in rows if row["status"] == "ok"} <= {f"{step:g}" for step in STEPS}
    assert {row["relative_error"] for row in rows if row["status"] != "ok"} == {""}
    assert {(row["size_class"], row["series"], row["kind"]) for row in rows} == {("sme", "production-place", "illustrative")}
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


def recorded(built: Path, raw: Raw, award: Callable[..., Path]) -> Path:
    """An award that pins the table and its errors, after `add` has recorded both."""
    given_ = ["--publisher", "X", "--page", "https://example.org", "--licence", "CC0-1.0", "--yes"]
    pins = ""
    for file in ("table.csv", "table-errors.csv"):
        added = exportregion("add", built / file, *given_, "--award", award(*ALONE), "--data", raw.folder)
        assert added.exit_code == 0, added.stderr
        pins += f"\n{added.stdout.splitlines()[-1]}"
    assert pins.split() == ["goods_exports", "=", pins.split()[2], "standard_errors", "=", pins.split()[5]]
    return award(*ALONE, ("[vintages]", f"[vintages]{pins}"), name="pinned")


def test_from_records_to_the_places_that_their_errors_leave_open(built: Path, raw: Raw, award: Callable[..., Path]) -> None:
    """The whole road: table and errors are added, pinned and ranked; errors, sets and shrunken growth stand in tables and report."""
    chosen = load_award(str(recorded(built, raw, award)))
    sources = load_sources(raw.folder, chosen)
    tables = tables_before_the_report(chosen, sources)
    growth, level = "sme_goods_exports_per_capita_growth", "sme_goods_exporters_per_100k"
    steps = {
        (row["region_code"], row["base_year"], row["final_year"], row["quantity"]): row["relative_error"]
        for row in rows_of(built / "table-errors.csv")
    }
    own = {(row["indicator"], row["region_code"]): row for row in tables["robustness.standard_errors"]}
    # An indicator that divides figures of the records by others of theirs has no errors, nor has a change.
    assert {indicator for indicator, _ in own} == {growth, level}
    bounded = 0
    for (indicator, code), row in own.items():
        base, quantity = ("2016", "exports_sek") if indicator == growth else ("", "exporters")
        step, value = steps[code, base, "2020", quantity], row["indicator_value"]
        expected = float(step) * (1 + value if indicator == growth else value) if step else None
        assert row["standard_error"] == (None if expected is None else pytest.approx(expected))
        assert (row["shrunken_value"] is None) == (indicator == level)
        bounded += bool(step)
    assert bounded > 3
    sets = {(row["ranked_by"], row["region_code"]): row for row in tables["robustness.rank_sets"]}
    assert {by for by, _ in sets} == {growth, level, "index"}
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
        assert next(row["region_name"] for row in tables["staging.regions"] if row["region_code"] == code) in chapter
    assert first == 1
    told = exportregion("explain", code, "--award", chosen.file, "--data", raw.folder, "--json")
    assert {row["ranked_by"]: row["best_rank"] for row in json.loads(told.stdout)["errors"]} == {
        by: row["best_rank"] for (by, region), row in sets.items() if region == code
    }


def test_recorded_errors_change_no_round_that_does_not_pin_them(built: Path, raw: Raw, award: Callable[..., Path]) -> None:
    recorded(built, raw, award)
    assert exportregion("validate", "--award", "2021", "--data", raw.folder).exit_code == 0
    assert "standard_errors" not in load_sources(raw.folder, load_award("2021")).entries


def test_errors_of_another_table_are_refused_with_the_total_that_differs(built: Path, raw: Raw, award: Callable[..., Path]) -> None:
    pinned = recorded(built, raw, award)
    (file,) = (raw.folder / "standard_errors").iterdir()
    line = next(line for line in file.read_text(encoding="utf-8").splitlines() if '"exporters",0' in line and '"ok"' in line)
    total = line.split(",")[6]
    raw.edit_text(f"standard_errors/{file.name}", line, line.replace(total, '"1"'))
    raw.record(f"standard_errors/{file.name}")
    ran = exportregion("rank", "--award", pinned, "--data", raw.folder)
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


def test_a_model_that_is_read_and_asked_for_is_made_once() -> None:
    kept, asked = [], []

    class Engine:
        def build(self, table: str, _: str, *, keep: bool, **__: object) -> None:
            kept.extend([table] if keep else [])

        def ask(self, sql: str, _: object) -> None:
            asked.append(sql)

    run_models(Engine(), ["microdata.dominance", PARTS])  # type: ignore[arg-type]
    assert PARTS in kept
    assert any(sql.startswith(f"select * from {PARTS} as model") for sql in asked)
