"""The most similar regions: by hand, against other code on the shipped data, and what they leave alone."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from conftest import exportregion

from pipeline.award import Award, load_award
from pipeline.faults import DataRefused
from pipeline.presentation import Peers
from pipeline.ranking.peers import peers
from pipeline.ranking.standing import Field

FOUR = Field(("01", "03", "04", "05"), ("A", "B", "C", "D"), load_award("2021").catalogue.geography)
SD = (10 / 3) ** 0.5
"""The standard deviation of −2, −1, 1 and 2, over n − 1."""


def declaring(*measures: str, count: int = 2) -> Award:
    return load_award("2021").model_copy(update={"peers": Peers(measures=measures, count=count, reason="x")})


def levels(**by_measure: tuple[float | None, ...]) -> list[dict[str, Any]]:
    """Levels of 2020, the window's final year, and others of 2016 that nobody should take."""
    return [
        {"measure": measure, "region_code": code, "year": year, "level": value if year == 2020 else 5.0}
        for measure, values in by_measure.items()
        for code, value in zip(FOUR.codes, values, strict=True)
        for year in (2016, 2020)
    ]


PLACES = [{"region_code": code, "rank": rank} for code, rank in zip(FOUR.codes, (2, 1, 3, None), strict=True)]


def test_peers_of_one_measure_by_hand() -> None:
    """Levels of 1, 2, 8 and 16: logarithms to base 2 are 0, 1, 3 and 4, of mean 2."""
    rows = peers(FOUR, levels(inhabitants=(1, 2, 8, 16)), PLACES, declaring("inhabitants"), FOUR.codes)
    found = [(row["region_code"], row["peer_code"], row["peer_number"], row["is_above"]) for row in rows]
    assert found == [
        ("01", "03", 1, True),
        ("01", "04", 2, False),
        ("03", "01", 1, False),
        ("03", "04", 2, False),
        ("04", "05", 1, None),
        ("04", "03", 2, True),
        ("05", "04", 1, None),
        ("05", "03", 2, None),
    ]
    assert [row["distance"] for row in rows] == pytest.approx([step / SD for step in (1, 3, 1, 2, 1, 2, 1, 3)])


def test_of_two_measures_the_distance_is_the_root_of_the_mean_square_and_a_tie_goes_by_code() -> None:
    """A second measure with the values in the order 1, 16, 2, 8: A to B √((1² + 4²) / 2), to C √((3² + 1²) / 2), to D √((4² + 3²) / 2)."""
    two = levels(inhabitants=(1, 2, 8, 16), goods_exports_per_capita=(1, 16, 2, 8))
    rows = peers(FOUR, two, PLACES, declaring("inhabitants", "goods_exports_per_capita", count=3), FOUR.codes)
    of_a = [(row["peer_code"], row["distance"]) for row in rows if row["region_code"] == "01"]
    assert [code for code, _ in of_a] == ["04", "03", "05"]
    assert [distance for _, distance in of_a] == pytest.approx([(square / 2) ** 0.5 / SD for square in (10, 17, 25)])
    alike = peers(FOUR, levels(inhabitants=(2, 4, 1, 2)), PLACES, declaring("inhabitants", count=3), FOUR.codes)
    assert [row["peer_code"] for row in alike if row["region_code"] == "01"] == ["05", "03", "04"]


def test_an_unknown_level_and_one_of_zero_have_no_peers_and_are_nobodys() -> None:
    rows = peers(FOUR, levels(inhabitants=(1, None, 0, 16)), PLACES, declaring("inhabitants", count=3), FOUR.codes)
    assert [(row["region_code"], row["peer_code"]) for row in rows] == [("01", "05"), ("05", "01")]


def test_an_award_without_peers_has_none() -> None:
    award = load_award("2021").model_copy(update={"peers": None})
    assert peers(FOUR, levels(inhabitants=(1, 2, 8, 16)), PLACES, award, FOUR.codes) == []


def test_a_measure_that_is_not_in_the_catalogue_is_refused(award: Callable[..., Path]) -> None:
    with pytest.raises(DataRefused) as refused:
        load_award(str(award(('measures = ["inhabitants"', 'measures = ["inhabitant"'))))
    assert "peers.measures: found unknown measure 'inhabitant'" in str(refused.value)
    assert "Did you mean 'inhabitants'?" in str(refused.value)


def test_the_peers_of_a_round_are_the_nearest_by_other_code(complete: Path) -> None:
    award = load_award("2021")
    assert award.peers
    with duckdb.connect(complete / "2021" / "exportregion.duckdb", read_only=True) as connection:
        rows = connection.sql("select region_code, peer_code, distance from robustness.peers order by region_code, peer_number").fetchall()
        columns = ", ".join(f"max(level) filter (measure = '{measure}')" for measure in award.peers.measures)
        sql = (
            f"select region_code, {columns} from indicators.levels_by_year where year = 2020 and region_code <> '00' group by 1 order by 1"
        )
        table = connection.sql(sql).fetchall()
    codes, values = [row[0] for row in table], np.log(np.array([row[1:] for row in table], dtype=float))
    standard = (values - values.mean(axis=0)) / values.std(axis=0, ddof=1)
    assert len(codes) == 21
    assert len(rows) == 21 * award.peers.count
    for number, code in enumerate(codes):
        distances = np.linalg.norm(standard - standard[number], axis=1) / len(award.peers.measures) ** 0.5
        nearest = [other for other in np.argsort(distances) if other != number][: award.peers.count]
        assert [row[1] for row in rows if row[0] == code] == [codes[other] for other in nearest]
        assert [row[2] for row in rows if row[0] == code] == pytest.approx(distances[nearest])


def test_explain_tells_the_peers_and_their_places() -> None:
    told = json.loads(exportregion("explain", "Halland", "--award", "2021", "--json").stdout)
    assert len(told["peers"]) == 5
    assert {"region_code": "24", "region_name": "Västerbottens län", "rank": 1} in [
        {key: peer[key] for key in ("region_code", "region_name", "rank")} for peer in told["peers"]
    ]
