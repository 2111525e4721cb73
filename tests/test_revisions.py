"""A new vintage beside the one before it: revisions are listed, slips are in doubt, and only a reason records them."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import POPULATION, RAW, Raw, tree

from pipeline import arrivals
from pipeline.arrivals import Given, Proposal
from pipeline.award import load_award
from pipeline.faults import DataRefused
from pipeline.ingest import read_source, region_names
from pipeline.plausible import amounts, questions, without_year_before
from pipeline.revisions import another_basis, revision
from pipeline.sources import Break, load_sources

AWARD = load_award("2021")
NAMES = {"00": "Riket", "12": "Skåne län", "13": "Hallands län", "25": "Norrbottens län"}
BASE = {"12": 1_324_565, "13": 320_333, "25": 250_570}
YEARS = range(2016, 2021)
SIZES = {"0-9": 5, "10-49": 3, "50-249": 2}
COUNTIES = {name: 22_000 * int(code) for code, name in region_names(load_sources(RAW).serving(AWARD), AWARD.catalogue.geography)[0].items()}
COUNTIES["Riket"] = sum(COUNTIES.values())

Rows = list[dict[str, Any]]


def rows(change: Callable[[str, int, str, int], Any] = lambda code, year, size, amount: amount) -> Rows:
    """Made-up figures by county, year and size, which grow by a per cent a year, perhaps changed."""
    found = []
    for code, base in BASE.items():
        for year in YEARS:
            for size, times in SIZES.items():
                amount = change(code, year, size, int(base * times * 1.01 ** (year - 2016)))
                place = {"quantity": "exports", "region_code": code, "year": year, "class_code": size}
                found.append({**place, "figure": amount, "status": "withheld" if amount is None else "ok", "unit": 1, "cell": "Blad1!B7"})
    return found


FIRST = {(row["region_code"], row["year"], row["class_code"]): row["figure"] for row in rows()}


def exchanged(axis: int, one: Any, two: Any) -> Callable[..., Any]:
    """Figures of two regions, years or classes in each other's place."""

    def change(*key: Any) -> Any:
        place = list(key[:3])
        place[axis] = {one: two, two: one}.get(place[axis], place[axis])
        return FIRST[tuple(place)]

    return change


def one_on(axis: int, order: list[Any]) -> Callable[..., Any]:
    """Each figure where the one before it in an order stood."""

    def change(*key: Any) -> Any:
        place = list(key[:3])
        place[axis] = order[order.index(place[axis]) - 1]
        return FIRST[tuple(place)]

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c, y, s, amount: amount * 1000, "exports with a median revision of 99,900.0% over 45 figures, 1,000 times those before"),
        (lambda c, y, s, amount: round(amount * 0.97), "exports with a median revision of 3.0% over 45 figures, 0.97 times those before"),
        (exchanged(0, "12", "13"), "Skåne län and Hallands län exchanged in 15 figures, the first exports, Skåne län, 2016, 0-9"),
        (exchanged(1, 2016, 2020), "2016 and 2020 exchanged in 9 figures"),
        (exchanged(2, "10-49", "50-249"), "10-49 and 50-249 exchanged in 15 figures"),
        (
            lambda c, y, s, amount: exchanged(0, "12", "13")(c, y, s, amount) if y == 2018 else amount,
            "Skåne län and Hallands län exchanged in 3 figures, the first exports, Skåne län, 2018, 0-9",
        ),
        (one_on(1, list(YEARS)), "figures that stood at another year before"),
        (one_on(2, list(SIZES)), "figures that stood at another class_code before"),
        (one_on(0, list(BASE)), "figures that stood at another region_code before"),
    ],
)
def test_a_slip_is_in_doubt(change: Callable[..., Any], said: str) -> None:
    doubts = revision(rows(), rows(change), NAMES, "ny.xlsx").doubts
    assert any(said in str(doubt) for doubt in doubts), doubts


def test_an_exchange_is_found_though_other_figures_are_revised_or_withheld() -> None:
    before = rows(lambda c, y, s, amount: None if (c, s) == ("12", "0-9") else amount)
    hidden = {**FIRST, **{("12", year, "0-9"): None for year in YEARS}}

    def change(code: str, year: int, size: str, amount: int) -> Any:
        other = {"12": "13", "13": "12"}.get(code, code)
        return hidden[other, year, size] if year == 2017 else hidden[code, year, size]

    doubts = revision(before, rows(change), NAMES, "ny.xlsx").doubts
    assert "ny.xlsx, cell B7: found Skåne län and Hallands län exchanged in 3 figures" in str(doubts[0])


def test_figures_that_are_nearly_alike_are_exchanged_where_they_are_the_same() -> None:
    after = rows(
        lambda code, year, size, amount: {"12": 900_450, "13": 900_000}[code] if year == 2020 and size == "0-9" and code != "25" else amount
    )
    before = rows(
        lambda code, year, size, amount: {"12": 900_000, "13": 900_450}[code] if year == 2020 and size == "0-9" and code != "25" else amount
    )
    (doubt,) = revision(before, after, NAMES, "x.csv").doubts
    assert "Skåne län and Hallands län exchanged in 1 figure, the first exports, Skåne län, 2020, 0-9" in str(doubt)


def test_figures_of_an_exchange_are_not_looked_for_in_other_years() -> None:
    """Of 1, 2, 3, 4, 5 and 3, 4, 5, 6, 7 million, those of the other in 2016 are one's own in 2018."""

    def amount(code: str, year: int, *_: Any) -> int:
        return (year - 2015 + {"12": 0, "13": 2}.get(code, 20)) * 1_000_000

    swapped = rows(lambda code, *rest: amount({"12": "13", "13": "12"}.get(code, code), *rest))
    doubts = " ".join(map(str, revision(rows(amount), swapped, NAMES, "ny.xlsx").doubts))
    assert "Skåne län and Hallands län exchanged in 15 figures" in doubts
    assert "that stood at another" not in doubts


def test_an_ordinary_revision_is_listed_and_not_doubted() -> None:
    def change(code: str, year: int, size: str, amount: int) -> Any:
        if (code, year, size) == ("25", 2020, "0-9"):
            return round(amount * 1.1)
        return round(amount * 1.004) if year == 2020 else amount

    said = revision(rows(), rows(change)[:-1], NAMES, "ny.xlsx")
    assert not said.doubts
    # 9 figures of 2020, the last of them gone; 250 570 × 5 × 1.01⁴ = 1 303 720, and a tenth more.
    assert said.findings == (
        ("compared", "44 cells in both, 8 of them revised, 0 with another status; 1 cells gone, 0 new"),
        ("largest", "exports, Norrbottens län, 2020, 0-9: 1,303,720 became 1,434,092 (+10.0%)"),
    )


def test_counts_that_differ_by_one_may_change_places_by_chance() -> None:
    small = [{**row, "figure": Decimal(12 + (row["region_code"] == "13"))} for row in rows()]
    other = [{**row, "figure": Decimal(13 - (row["region_code"] == "13")) if row["year"] == 2016 else row["figure"]} for row in small]
    assert not revision(small, other, NAMES, "ny.xlsx").doubts


PEERS = {f"{number:02}": f"Län {number}" for number in (1, 3, 4, 5, 6, 7, 8, 9)}


def exports_of_peers(sme: Callable[[str, int], int]) -> dict[Any, Decimal | None]:
    """Goods exports in eight counties of 1 000 inhabitants and 10 exporters a class."""
    figures: dict[Any, Decimal | None] = {}
    for code in PEERS:
        for year in YEARS:
            figures["population", "population", code, year, ""] = Decimal(1000)
            for size in ("0-9", "10-49", "50-249", "250+"):
                figures["goods_exports", "exports", code, year, size] = Decimal(sme(code, year))
                figures["goods_exports", "exporters", code, year, size] = Decimal(10)
    return figures


def peers(sme: Callable[[str, int], int], before: Callable[[str, int], int] | None = None) -> list[Any]:
    """The questions about the SMEs' exports in such counties, beside other figures so far."""
    so_far = exports_of_peers(before) if before else None
    return questions(exports_of_peers(sme), ["goods_exports"], AWARD.catalogue, PEERS, "ny.xlsx", so_far)


def test_what_always_stood_out_is_no_question_and_what_stands_out_more_is() -> None:
    def outlier(factor: int) -> Callable[[str, int], int]:
        return lambda code, year: (1_000 * factor if code == "03" else 1_000) + 50 * (int(code) % 2)

    assert peers(outlier(30))
    assert not peers(outlier(30), outlier(30))
    assert not peers(outlier(31), outlier(30))
    # The logarithm of 300 is 1.7 times that of 30; other figures that stand out are asked about beside those that do not.
    assert peers(outlier(300), outlier(30))
    assert peers(outlier(30), outlier(1))


def test_a_level_far_from_the_others_is_questioned_with_its_year() -> None:
    # 3 × 30 000 SEK of SMEs to 1 000 inhabitants are 90 each, where the others have 3 × 1 000 ± 5 %, about 3; to 30 exporters 3 000.
    asked = peers(lambda code, year: (30_000 if code == "03" else 1_000) + 50 * (int(code) % 2))
    per_inhabitant = [str(each) for each in asked if "goods exports of SMEs per inhabitant of" in str(each)]
    assert per_inhabitant == [next(each for each in per_inhabitant if each.startswith("ny.xlsx (Län 3, 2016)"))]
    assert "found goods exports of SMEs per inhabitant of 90.15" in per_inhabitant[0]
    assert "expected about 3.15, as usual for its size" in per_inhabitant[0]
    assert any("goods exports per exporting SME of 3,005" in str(each) for each in asked)


def test_growth_far_from_the_others_is_questioned_with_its_year() -> None:
    asked = peers(lambda code, year: 1_000 * (3 if code == "03" and year >= 2018 else 1))
    grown = [str(each) for each in asked if "growth of" in str(each)]
    assert ["times 3," in each and "(Län 3, 2018)" in each for each in grown] == [True]


def test_a_year_in_which_all_double_is_questioned() -> None:
    """Growth of times 1, 1, 1 and 2; a tenth in each year and a fifth in the last are what happens."""
    assert [str(each) for each in peers(lambda _, year: 1_000 * (2 if year == 2020 else 1))] == [
        "ny.xlsx (2020): found growth of goods exports, value of exports, of times 2 in the median of all regions; expected about times 1, as in the other "
        "years. Ask the publisher whether the unit or the definition changed. It refuses nothing."
    ]
    assert not peers(lambda _, year: round(1_000 * 1.1 ** (year - 2016) * (1.1 if year == 2020 else 1)))


def test_where_all_are_alike_nothing_is_questioned() -> None:
    assert not peers(lambda code, year: 1_000 + 7 * int(code) + year)


def of_sizes(rise: float, moved: Callable[[str], str] = lambda code: code) -> list[str]:
    """The questions of services exports in counties of 50 000 × 1.5ⁿ inhabitants, a level of 10 000 kronor that rises with the size, ± 20 %."""
    figures: dict[Any, Decimal | None] = {}
    odds = dict(zip(PEERS, (1.1, 0.85, 1.2, 0.9, 1.0, 0.8, 1.15, 0.95), strict=True))
    people = {code: 50_000 * 1.5**number for number, code in enumerate(PEERS)}
    for code in PEERS:
        from_ = moved(code)
        for year in YEARS:
            figures["population", "population", code, year, ""] = Decimal(round(people[code]))
            level = 10_000 * (people[from_] / 50_000) ** rise * odds[from_]
            figures["services_exports", "exports", code, year, ""] = Decimal(round(level * people[from_]))
    return [str(each) for each in questions(figures, ["services_exports"], AWARD.catalogue, PEERS, "ny.xlsx")]


def test_the_largest_county_is_not_questioned_where_levels_rise_with_the_size() -> None:
    """The largest has 1.5⁷ = 17 times the inhabitants and 17^0.6 = 5.5 times the level of the smallest."""
    assert not of_sizes(0.6)


def test_two_counties_exchanged_in_every_year_are_questioned_without_any_earlier_file() -> None:
    exchanged = {"03": "08", "08": "03"}
    asked = of_sizes(0.0, lambda code: exchanged.get(code, code))
    assert [each for each in asked if "exchanged" in each] == [
        "ny.xlsx (Län 3 and Län 8): found services exports per inhabitant of both nearer to the others' in every year if the figures of the two "
        "were exchanged; expected each region's own figures. Ask the publisher whether it is right. It refuses nothing."
    ]


def test_of_all_pairs_the_one_that_gains_most_is_questioned_and_nobody_else() -> None:
    sources = load_sources(RAW)
    so_far = amounts(row for name in ("goods_exports", "population") for row in read_source(sources, name, AWARD))
    swapped = {"06": "08", "08": "06"}
    figures = {
        (*key[:2], swapped.get(key[2], key[2]) if key[0] == "goods_exports" else key[2], *key[3:]): each for key, each in so_far.items()
    }
    names, _ = region_names(sources.serving(AWARD), AWARD.catalogue.geography)
    asked = questions(figures, ["goods_exports"], AWARD.catalogue, names, "ny.xlsx", so_far)
    assert [fault.subject for fault in asked] == ["Jönköpings län and Kalmar län"]


@pytest.mark.parametrize("there", [True, False])
def test_a_population_without_the_year_before_says_that_no_mean_is_tried(there: bool) -> None:
    first = AWARD.years.first
    figures = {("population", "population", "03", year, ""): Decimal(1) for year in range(first - there, first + 5)}
    asked = [str(each) for each in without_year_before(figures, AWARD, "staging.figures")]
    assert len(asked) == (not there)
    assert all(f"found no figure of population in {first - 1}" in each for each in asked)


GIVEN = Given(kind="official", publisher="SCB", page="https://example.org/", licence="CC0-1.0", title="En tabell")


def add(raw: Raw, path: Path, given: Given, *, asked: str | None = None) -> tuple[list[Proposal], Proposal]:
    """Add a file: recorded unless it is in doubt, or with a yes and a reason where one is asked for."""
    seen: list[Proposal] = []

    def agree(proposal: Proposal) -> bool:
        seen.append(proposal)
        return asked is not None or not proposal.doubts

    day = datetime.date(2027, 2, 22)
    return arrivals.add_file(raw.folder, path, given, AWARD, day, lambda key: asked if key == arrivals.WHY else None, agree), seen[0]


def doubled(raw: Raw, path: Path) -> Path:
    """The population with each figure twice as large: sums hold, and no audit of the statistic alone can tell."""
    lines = [line.split(",") for line in raw.path(POPULATION).read_text(encoding="utf-8").splitlines()]
    place = lines[0].index("population")
    for line in lines[1:]:
        line[place] = str(int(line[place]) * 2)
    path.write_text("\n".join(map(",".join, lines)), encoding="utf-8")
    return path


def test_only_a_reason_records_what_looks_like_a_slip(raw: Raw, tmp_path: Path) -> None:
    path = doubled(raw, tmp_path / "ny.csv")
    recorded, proposal = add(raw, path, GIVEN)
    assert not recorded
    assert "ny.csv: found population with a median revision of 100.0%" in str(proposal.doubts[0])
    assert ("largest", "population, Riket, 1999: 8,861,426 became 17,722,852 (+100.0%)") in proposal.found
    recorded, proposal = add(raw, path, Given(**{**vars(GIVEN), "revision": "Ny definition"}))
    assert recorded
    assert not proposal.doubts
    assert 'revision = "Ny definition"' in proposal.entry
    assert load_sources(raw.folder).entries["population"].revision == "Ny definition"


def test_a_yes_at_the_prompt_records_its_reason_and_alone_records_nothing(raw: Raw, tmp_path: Path) -> None:
    before = tree(raw.folder)
    for answer in ("y", " ", ""):
        with pytest.raises(DataRefused, match="a revision in doubt, and no reason for it"):
            add(raw, doubled(raw, tmp_path / "ny.csv"), GIVEN, asked=answer)
        assert tree(raw.folder) == before
    recorded, proposal = add(raw, doubled(raw, tmp_path / "ny.csv"), GIVEN, asked="SCB har räknat om")
    assert recorded
    assert proposal.doubts
    assert load_sources(raw.folder).entries["population"].revision == "SCB har räknat om"


def services(path: Path, title: str = "Tjänsteexport, tkr, efter produktionsställe") -> Path:
    """A delivery of services exports by county, the same figures whatever its title says."""
    lines = [title, "Län;" + ";".join(map(str, range(2016, 2022)))]
    lines += [f"{name};" + ";".join(str(base * (100 + year)) for year in range(6)) for name, base in COUNTIES.items()]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def doubts(proposal: Proposal) -> str:
    return "\n".join(map(str, proposal.doubts))


def test_another_basis_than_the_vintage_before_is_in_doubt_and_its_title_shown(raw: Raw, tmp_path: Path) -> None:
    given = Given(kind="official", publisher="SCB", page="x", licence="x", title="Tjänsteexport")
    recorded, proposal = add(raw, services(tmp_path / "ett.csv"), given)
    assert recorded, doubts(proposal)
    path = services(tmp_path / "två.csv", "Tjänsteexport, tkr, fördelad efter företagets säte")
    recorded, proposal = add(raw, path, Given())
    assert not recorded
    assert "två.csv: found the series head-office in 2016; expected production-place, as in the vintage before" in doubts(proposal)
    said = "“Tjänsteexport”, taken from the vintage before; the file says “Tjänsteexport, tkr, fördelad efter företagets säte”"
    assert ("title", said) in proposal.found
    recorded, proposal = add(raw, path, Given(revision="Ny redovisning"))
    assert recorded, doubts(proposal)


def test_a_series_that_the_file_contradicts_is_in_doubt(raw: Raw, tmp_path: Path) -> None:
    given = Given(kind="official", publisher="SCB", page="x", licence="x", title="Tjänsteexport", series="production-place")
    path = services(tmp_path / "säte.csv", "Tjänsteexport, tkr. Värdet är fördelat på det län där företaget har sitt säte")
    recorded, proposal = add(raw, path, given)
    assert not recorded
    assert "head-office" in doubts(proposal)


@pytest.mark.parametrize("key", ["size_definition", "threshold"])
def test_another_size_definition_or_threshold_is_in_doubt(key: str) -> None:
    source = load_sources(RAW).entries["goods_exports"]

    def stating(**facts: Any) -> Any:
        return source.model_copy(update={"read": tuple(layout.model_copy(update=facts) for layout in source.read)})

    one, two = stating(**{key: "one"}), stating(**{key: "two"})
    assert not list(another_basis(one, one, YEARS, "x.csv"))
    (fault,) = another_basis(one, two, YEARS, "x.csv")
    assert f"{key.replace('_', ' ')} two in 2016; expected one, as in the vintage before" in str(fault)
    (fault,) = another_basis(one, source, YEARS, "x.csv")
    assert f"{key.replace('_', ' ')} that is not stated in 2016; expected one" in str(fault)
    assert not list(another_basis(source, one, YEARS, "x.csv")), "what was not stated before is no contradiction"
    later = stating(**{key: "one", "breaks": (Break(since=2018, **{key: "two"}),)})
    (fault,) = another_basis(later, two, YEARS, "x.csv")
    assert "two in 2016; expected one" in str(fault), "from 2018 on it is the same"


def test_an_option_that_contradicts_the_file_is_in_doubt(raw: Raw, tmp_path: Path) -> None:
    given = Given(kind="official", publisher="SCB", page="x", licence="x", unit="SEK", series="head-office")
    recorded, proposal = add(raw, services(tmp_path / "ny.csv"), given)
    assert not recorded
    assert "--unit: found SEK; expected thousand SEK, as the file says. Leave --unit out" in doubts(proposal)
    assert "--series: found head-office; expected production-place, as the file says" in doubts(proposal)
    assert ("unit", "SEK, as --unit says; in the file thousand SEK") in proposal.found
