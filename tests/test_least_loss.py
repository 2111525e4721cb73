"""Of all choices that protect a table, the one that costs its readers least is made, and how far it may be from that is told."""

import functools
import itertools
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from conftest import exportregion
from test_disclosure import BASIS, everywhere, one_year, table, truth_of, without
from test_microdata import rows_of, simulated

from pipeline.microdata import build, disclosure, selection
from pipeline.microdata.disclosure import Choice, Figures, audit, completed, least_loss
from pipeline.microdata.losses import loss
from pipeline.microdata.system import Published

__all__ = ["simulated"]


def one_alone(folder: Path) -> Figures:
    """Two counties of safe cells, but for the largest enterprises of 03: there A is alone."""
    return table(folder, [*without(everywhere("01", "03"), "03", "250+"), ("03", "250+", "A", 400)])


def holds(year: Figures, withheld: set[Published]) -> bool:
    return all(interval.is_wide_enough for interval in audit(year, withheld))


def test_the_least_that_hides_a_cell_is_a_rectangle_of_two_counties_totals(tmp_path: Path) -> None:
    """By hand: its county's sum and its class's need a second cell each, and these a fourth; a row costs 10, an SME total more."""
    choice = least_loss(one_alone(tmp_path))
    assert choice.withheld == {(county, size) for county in ("01", "03") for size in ("250+", "total")}
    assert (choice.loss, choice.bound, choice.gap) == (40, 40, 0)


def test_nothing_that_costs_less_holds(tmp_path: Path) -> None:
    """Every set of figures that costs less than what is chosen is audited."""
    year = one_alone(tmp_path)
    choice = least_loss(year)
    (unsafe,) = {cell[1:] for cell in year.unsafe}
    others = sorted({cell[1:] for cell in year.exports_sek} - {unsafe})
    sets = [{unsafe, *more} for count in range(len(choice.withheld)) for more in itertools.combinations(others, count)]
    cheaper = [withheld for withheld in sets if loss(withheld, year.sizes) < choice.loss]
    assert len(cheaper) > 30
    # What a sum tells at once needs no audit: of each county and of each class a second cell.
    untold = [
        withheld
        for withheld in cheaper
        if len({size for line, size in withheld if line == "03"}) > 1 and len({line for line, size in withheld if size == "250+"}) > 1
    ]
    assert untold
    assert not any(holds(year, withheld) for withheld in untold)
    assert holds(year, {*choice.withheld})


@functools.cache
def chosen_of(simulated: Path, year: int) -> tuple[Figures, set[Published], Choice]:
    """A year's figures, what the heuristic withholds of them, and the choice."""
    truth = truth_of(simulated, year, BASIS)
    return truth, completed(truth, {cell[1:] for cell in truth.unsafe}, {}), least_loss(truth)


def test_no_year_costs_more_than_what_the_heuristic_finds_and_some_cost_less(simulated: Path) -> None:
    losses = []
    for year in (2016, 2019):
        truth, heuristic, choice = chosen_of(simulated, year)
        assert choice.gap == 0
        assert {cell[1:] for cell in truth.unsafe} <= choice.withheld
        assert holds(truth, {*choice.withheld})
        losses.append((choice.loss, loss(heuristic, truth.sizes)))
    assert all(own <= other for own, other in losses)
    assert any(own < other for own, other in losses)


@pytest.mark.parametrize(("nodes", "choices"), [(0, 40), (500, 1)])
def test_what_the_bounds_leave_open_is_protected_all_the_same_and_told(
    nodes: int, choices: int, simulated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    truth, heuristic, least = chosen_of(simulated, 2019)
    monkeypatch.setattr(selection, "MOST_NODES", nodes)
    monkeypatch.setattr(disclosure, "MOST_CHOICES", choices)
    choice = least_loss(truth)
    assert holds(truth, {*choice.withheld})
    assert least.loss <= choice.loss <= loss(heuristic, truth.sizes)
    assert choice.bound <= least.loss
    assert choice.gap == pytest.approx((choice.loss - choice.bound) / choice.loss)
    assert choice.gap > 0


def test_the_choice_has_one_thread_a_fixed_seed_and_no_clock() -> None:
    program = selection.Selection("a table", {("25", "total"): 10}, [])
    options = {name: program.getOptionValue(name)[1] for name in ("threads", "random_seed", "time_limit", "mip_max_nodes")}
    assert options == {"threads": 1, "random_seed": 0, "time_limit": float("inf"), "mip_max_nodes": 500}


def test_an_unsafe_cell_that_is_published_does_not_pass_the_audit(tmp_path: Path) -> None:
    assert not holds(one_alone(tmp_path), set())


def test_a_build_says_how_far_it_is_from_the_least_and_which_share_of_what_holds_something_is_withheld(
    simulated: Path, tmp_path: Path
) -> None:
    folder = one_year(tmp_path / "in", simulated, 2016)
    ran = exportregion("microdata", "build", "--in", folder, "--out", tmp_path / "table.csv")
    rows = rows_of(tmp_path / "table.csv")
    withheld, something = (sum(row["status"] in statuses for row in rows) for statuses in (("withheld",), ("withheld", "ok")))
    told = " ".join(ran.stdout.split())
    assert f"{len(rows)} cells, {withheld} withheld, {withheld / something:.0%} of the {something} that hold something." in told
    assert "No other choice of withheld cells would protect the table at a lower cost to its readers." in told
    record = json.loads((tmp_path / "table-run.json").read_text(encoding="utf-8"))
    assert record["loss"]["2016"]["gap"] == 0
    assert record["loss"]["2016"]["loss"] == record["loss"]["2016"]["bound"] > withheld


def with_column(table: pa.Table) -> pa.Table:
    return table.append_column("standard_error", pa.array([1.0] * len(table)))


def with_counts(table: pa.Table) -> pa.Table:
    return table.set_column(table.column_names.index("exporters"), "exporters", pa.array(["5"] * len(table)))


@pytest.mark.whole
@pytest.mark.parametrize(
    ("change", "said"), [(with_column, "found a column standard_error"), (with_counts, "found exporters of a row that is withheld")]
)
def test_no_figure_leaves_a_build_that_the_audit_does_not_know(
    change: Callable[[pa.Table], pa.Table], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as a standard error: with the number of enterprises it tells how far one stands out."""
    one_alone(tmp_path / "in")
    main = build._main
    monkeypatch.setattr(build, "_main", lambda *given: change(main(*given)))
    ran = exportregion("microdata", "build", "--in", tmp_path / "in", "--out", tmp_path / "t.csv")
    assert ran.exit_code == 1
    assert said in " ".join(ran.stderr.split())
    assert not (tmp_path / "t.csv").exists()
