"""Every threshold that is printed holds when it is put in: the region's candidacy turns, and between a weight's bounds it stays."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import terminal
from pipeline.award import Award, load_award
from pipeline.method import METHODS
from pipeline.ranking.score import is_candidate
from pipeline.ranking.standing import Field, Standing, stand, weighing
from pipeline.ranking.turning_points import turning_points
from pipeline.rounding import directed, within


@dataclass(frozen=True)
class World:
    """A round's ranked regions, their values, and what was printed of them."""

    award: Award
    codes: list[str]
    names: dict[str, str]
    values: np.ndarray[Any, np.dtype[np.float64]]
    here: Standing
    text: str
    points: list[dict[str, Any]]

    def candidates_with(self, code: str, column: int, value: float) -> set[str]:
        """The candidates when a region has another value in one indicator."""
        trial = self.values.copy()
        trial[self.codes.index(code), column] = value
        chosen = stand(trial, weighing(self.award), self.award.ranking).candidate
        return {self.codes[index] for index in np.flatnonzero(chosen)}

    @property
    def candidates(self) -> set[str]:
        return {self.codes[index] for index in np.flatnonzero(self.here.candidate)}


@pytest.fixture(scope="module", params=["2021", "2022"])
def world(request: pytest.FixtureRequest, complete: Path) -> World:
    award = load_award(request.param)
    own = complete / request.param
    with duckdb.connect(str(own / "exportregion.duckdb"), read_only=True) as connection:
        columns = ", ".join(one.name for one in weighing(award))
        rows = connection.execute(f"select region_code, {columns} from ranking.ranking where rank is not null order by 1").fetchall()
        names = dict(connection.execute("select region_code, region_name from staging.regions").fetchall())
        points = connection.sql("from robustness.turning_points where turns_at is not null").to_arrow_table().to_pylist()
    values = np.array([row[1:] for row in rows], dtype=np.float64)
    here = stand(values, weighing(award), award.ranking)
    text = (own / "report.md").read_text(encoding="utf-8")
    return World(award, [row[0] for row in rows], names, values, here, text, points)


def number(printed: str) -> float:
    """A figure as the report prints it: +37,7 % is 0.377."""
    plain = printed.replace("\u2212", "-").replace(",", ".").replace("\u202f", "").replace(" ", "").lstrip("+")
    return float(plain.rstrip("%")) / (100 if plain.endswith("%") else 1)


def test_every_threshold_of_the_report_turns_the_candidacy_and_names_whom_it_displaces(world: World) -> None:
    labels = {world.award.label(one, "sv").replace(" 000", "\u202f000"): column for column, one in enumerate(weighing(world.award))}
    codes = {name: code for code, name in world.names.items()}
    count = 0
    for page in world.text.split("\n### ")[1:]:
        code = codes.get(page.splitlines()[0])
        for label, printed, leaving, entering in re.findall(
            r"- \*\*(.+?):\*\* skulle behöva vara ([^(]+) \(nu .+?\)(?:; då skulle (.+?) falla ur förslaget)?(?:; då skulle (.+?) föreslås)?$",
            page,
            flags=re.MULTILINE,
        ):
            assert code is not None
            after = world.candidates_with(code, labels[label], number(printed))
            assert (code in after) != (code in world.candidates), (code, label, printed)
            others = [{codes[name] for name in re.split(", | och ", each) if name} for each in (leaving, entering)]
            assert others == [world.candidates - after - {code}, after - world.candidates - {code}], (code, label, printed)
            assert len(others[0]) - len(others[1]) == (1 if code in after else -1)
            count += 1
    assert count == len(world.points) == {"2021": 54, "2022": 63}[world.award.name]


def test_every_threshold_of_explain_turns_the_candidacy(world: World) -> None:
    names = [one.name for one in weighing(world.award)]
    for row in world.points:
        written = terminal._threshold(row["turns_at"], row["indicator_value"], world.award, row["indicator"])
        printed = float(re.sub("[,%]", "", written).replace("\u2212", "-")) / (100 if "%" in written else 1)
        code = row["region_code"]
        assert (code in world.candidates_with(code, names.index(row["indicator"]), printed)) != (code in world.candidates), row


def test_a_candidate_stays_one_at_both_printed_ends_of_a_weight(world: World) -> None:
    table = world.text[world.text.index("Så långt kan en vikt flyttas") :].split("\n\n")[1]
    codes = {name: code for code, name in world.names.items()}
    labels = [world.award.label(one, "sv").replace(" 000", "\u202f000") for one in weighing(world.award)]
    weights = np.array([float(one.weight) for one in weighing(world.award)])
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    assert len(rows) == 9
    for region, label, _, span in rows:
        column = labels.index(label)
        ends = [number(end) for end in span.split("–")]
        assert ends[0] <= weights[column] <= ends[-1]
        for end in ends:
            others = np.where(np.arange(len(weights)) == column, 0, weights)
            moved = others / others.sum() * (1 - end) + np.where(np.arange(len(weights)) == column, end, 0)
            chosen = is_candidate(world.here.normalised @ moved, world.award.ranking.candidates)
            assert chosen[world.codes.index(codes[region])], (region, label, span)


SHIPPED = load_award("2021")
EIGHT = Field(tuple("abcdefgh"), tuple("ABCDEFGH"), SHIPPED.catalogue.geography)


@pytest.mark.whole
@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-90, 300), st.integers(0, 900), st.integers(-90, 300)), min_size=8, max_size=8, unique=True),
    st.sampled_from([(normalisation, aggregation) for aggregation, fitting in METHODS.items() for normalisation in fitting]),
)
def test_a_rounded_threshold_turns_the_candidacy_under_every_method(rows: list[tuple[int, int, int]], method: tuple[str, str]) -> None:
    update = dict(zip(("normalisation", "aggregation"), method, strict=True))
    award = SHIPPED.model_copy(update={"ranking": SHIPPED.ranking.model_copy(update=update)})
    values = np.array(rows, dtype=np.float64) / [100, 1, 100]
    here = stand(values, weighing(award), award.ranking)
    names = [one.name for one in weighing(award)]
    for row in turning_points(EIGHT, values, here, award, range(8)):
        if row["turns_at"] is not None:
            index, column = EIGHT.codes.index(row["region_code"]), names.index(row["indicator"])
            trial = values.copy()
            trial[index, column] = directed(row["turns_at"], 1 if column == 1 else 3, up=row["turns_at"] > row["indicator_value"])
            assert stand(trial, weighing(award), award.ranking).candidate[index] != here.candidate[index], (row, trial[index, column])


@pytest.mark.parametrize(
    ("value", "decimals", "up", "expected"),
    [
        (0.4301, 3, True, 0.431),
        (0.4301, 3, False, 0.43),
        (-0.4301, 3, True, -0.43),
        (-0.4301, 3, False, -0.431),
        (10.0, 1, True, 10.0),
        (0.010000000000000002, 3, True, 0.011),
        (288.7, 0, False, 288),
    ],
)
def test_a_threshold_is_rounded_in_its_direction(value: float, decimals: int, up: bool, expected: float) -> None:
    assert directed(value, decimals, up=up) == expected


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ((0.121, 1 / 3, 0.679), (0.13, 0.67, 2)),
        ((0.3331, 1 / 3, 1.0), (0.3331, 1.0, 4)),
        ((0.5, 0.5, 0.5), (0.5, 0.5, 2)),
        ((1 / 3, 1 / 3, 0.5), (0.33, 0.5, 2)),
    ],
)
def test_bounds_are_rounded_inwards_and_as_finely_as_it_takes(
    bounds: tuple[float, float, float], expected: tuple[float, float, int]
) -> None:
    assert within(*bounds, 2) == expected
