"""Standard errors from the records: what they are, and that they tell no competitor more than the table does."""

import itertools
import math
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from conftest import exportregion
from test_microdata import METHOD, built, cells_of, method_text, rows_of, simulated

from pipeline.microdata import errors
from pipeline.microdata.method import MicrodataMethod

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
