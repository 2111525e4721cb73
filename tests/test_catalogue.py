"""What the catalogue and an award may say, and what is said of what they may not."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.award import load_award
from pipeline.catalogue import load_catalogue
from pipeline.faults import DataRefused
from pipeline.presentation import Peers
from pipeline.vocabulary import catalogue_tables, class_sums, run_tables

ALDER = Path(__file__).parent / "worlds" / "alder"


def refused(folder: Path, geography: str = "alder_islands") -> list[str]:
    """What is said of a catalogue, its folder left out."""
    with pytest.raises(DataRefused) as error:
        load_catalogue(geography, folder)
    return [str(fault).replace(f"{folder}/", "") for fault in error.value.faults]


@pytest.fixture
def spoilt(tmp_path: Path) -> Callable[..., Path]:
    """A copy of the small world's catalogue with a text of one file replaced."""

    def spoil(file: str, old: str, new: str) -> Path:
        folder = tmp_path / "catalogue"
        if not folder.exists():
            shutil.copytree(ALDER / "catalogue", folder)
        path = folder / file
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        assert old in text, old
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.replace(old, new, 1) if old else new + text, encoding="utf-8")
        return folder

    return spoil


TRADE, SALES, OVER = "statistics/trade.toml", "measures/sales_of_smaller_firms.toml", "measures/sales_per_resident.toml"
GEOGRAPHY, SIZES = "geographies/alder_islands.toml", "classes/firm_size.toml"


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (TRADE, "has_series = true", "has_serie = true", "trade.toml, has_serie: found unknown key 'has_serie'; expected one of at_year_e"),
        (TRADE, "has_series = true", "has_serie = true", "Did you mean 'has_series'?"),
        (
            TRADE,
            'kind = "money"',
            'kind = "euro"',
            "trade.toml, quantities.sales.kind: found 'euro'; expected 'money', 'count'",
        ),
        (
            TRADE,
            'meaning = "Sales abroad at current prices"\n',
            "",
            "trade.toml, quantities.sales.meaning: found nothing; expected the key",
        ),
        (
            TRADE,
            'adds_up_over = ["regions", "firm_size"]',
            'adds_up_over = ["regions", "size"]',
            "sales adds up over 'size', which is neither regions nor one of its classes",
        ),
        (
            TRADE,
            'units_behind = "sales"',
            'units_behind = "turnover"',
            "traders counts the units behind 'turnover', which is not one of its q",
        ),
        (
            "statistics/readiness.toml",
            "",
            'classes = ["size"]\n',
            "statistics/readiness.toml, classes: found 'size'; expected one of firm_size",
        ),
        (
            "statistics/residents.toml",
            'adds_up_over = ["regions"]',
            'adds_up_over = ["regions"]\nyardstick = { statistic = "census", quantity = "residents" }',
            "statistics/residents.toml, quantities.residents.yardstick: found 'census'; expected one of landings, readiness, residents, trade",
        ),
        (
            "statistics/residents.toml",
            'adds_up_over = ["regions"]',
            'adds_up_over = ["regions"]\nyardstick = { statistic = "trade", quantity = "firms" }',
            "statistics/residents.toml, quantities.residents.yardstick: found 'firms'; expected one of sales, traders",
        ),
        (
            "statistics/residents.toml",
            'adds_up_over = ["regions"]',
            'adds_up_over = ["regions"]\nyardstick = { statistic = "trade", quantity = "traders", class = "tiny" }',
            "statistics/residents.toml, quantities.residents.yardstick.class: found 'tiny'; expected one of micro, small, large",
        ),
        (
            SIZES,
            'smaller = ["micro", "small"]',
            'smaller = ["micro", "tiny"]',
            "the class 'tiny' in groups is not among codes: micro, small, large",
        ),
        (SIZES, "large = [100]", "huge = [100]", "the class 'huge' in bounds is not among codes: micro, small, large"),
        (SIZES, '"large"]', '"large", "total"]', "a class has the name of a group, or is called total"),
        (SIZES, '"large"]', '"large", "smaller"]', "a class has the name of a group, or is called total"),
        (GEOGRAPHY, "'[A-Z]{3}'", "'[A-Z]{4}'", "the code 'OAK' does not fit the pattern '[A-Z]{4}'"),
        (GEOGRAPHY, "count = 6", 'count = 6\nwhole = "00"', "the code '00' does not fit the pattern '[A-Z]{3}'"),
        (GEOGRAPHY, "'[A-Z]{3}'", "'[A-Z'", "geographies/alder_islands.toml, code: found '[A-Z'; expected a valid regular expression"),
        (GEOGRAPHY, '"ALC"', '"crowns"', "geographies/alder_islands.toml, currency: found 'crowns'"),
        (GEOGRAPHY, "count = 6", 'count = 6\noutlines = "alder.geojson"', "outlines and map go together"),
        (GEOGRAPHY, "count = 6", 'count = 6\nwhole = "ALL"', "sentences in sv lack whole, the_whole"),
        (
            GEOGRAPHY,
            "count = 6",
            "count = 1",
            "geographies/alder_islands.toml, count: found 1; expected at least 2",
        ),
        (
            SALES,
            '"smaller"',
            '"tiny"',
            "measures/sales_of_smaller_firms.toml, cells.firm_size: found 'tiny'; expected one of smaller, micro, small",
        ),
        (
            SALES,
            "firm_size",
            "size_class",
            "measures/sales_of_smaller_firms.toml, cells: found unknown key 'size_class'; expected statistic, q",
        ),
        (
            SALES,
            '"trade"',
            '"trades"',
            "measures/sales_of_smaller_firms.toml, cells.statistic: found 'trades'; expected one of landings, readi",
        ),
        (
            SALES,
            '"sales"',
            '"exports"',
            "measures/sales_of_smaller_firms.toml, cells.quantity: found 'exports'; expected one of sales, traders",
        ),
        (SALES, 'unit = "money"', 'unit = "euro"', "measures/sales_of_smaller_firms.toml, unit: found 'euro'"),
        (
            OVER,
            '"residents"',
            '"people"',
            "measures/sales_per_resident.toml, over.by: found 'people'; expected one of landings, readiness_score",
        ),
        (
            OVER,
            '"residents"',
            '"sales_per_resident"',
            "over.by: found 'sales_per_resident', the measure itself: a circle; expected another measure",
        ),
        (
            OVER,
            '"residents"',
            '"traders_per_1000"',
            "over.by: found 'traders_per_1000', itself one measure over another; expected a measure with",
        ),
        (OVER, "over = {", 'cells = { statistic = "trade", quantity = "sales" }\nover = {', "a measure says either cells or over"),
        (
            OVER,
            "from {base} to",
            "from {start} to",
            "only the placeholders region, value, base, final, base_year, final_year, label, not 'start'",
        ),
        (
            "indicators/own.toml",
            "",
            'meaning = "Own"\nunit = "index"\nreads = ["scores"]\n[en]\nname = "Own"\nunit = "score"\n',
            "no sql/indicators/own.sql",
        ),
        (
            "indicators/own.toml",
            "",
            'meaning = "Own"\nunit = "index"\nreads = ["scores"]\n[en]\nname = "Own"\nunit = "score"\n',
            "reads: found 'scores'; ex",
        ),
        (
            "indicators/trend_by_window.toml",
            "",
            'meaning = "Own"\nunit = "index"\nreads = []\n[en]\nname = "Own"\nunit = "score"\n',
            "indicators/trend_by_window.toml: found the name 'trend_by_window', which a table of every project has",
        ),
        (
            "measures/Ünit.toml",
            "",
            'cells = { statistic = "trade", quantity = "sales" }\nunit = "money"\n',
            "a name of small letters, digits and _, beginning with a letter",
        ),
        ("measures/empty.toml", "", "unit = [", "a bracket or quotation mark that is not closed"),
    ],
)
def test_what_does_not_fit_is_refused_by_file_and_key(spoilt: Callable[..., Path], file: str, old: str, new: str, said: str) -> None:
    faults = refused(spoilt(file, old, new))
    assert any(said in fault for fault in faults), faults


@pytest.mark.parametrize("name", ["figures", "regions", "standard_errors"])
def test_a_statistic_with_the_name_of_a_table_of_every_project_is_refused(spoilt: Callable[..., Path], name: str) -> None:
    text = (ALDER / "catalogue" / TRADE).read_text(encoding="utf-8")
    (fault,) = refused(spoilt(f"statistics/{name}.toml", "", text))
    assert fault == (
        f"statistics/{name}.toml: found the name '{name}', which a table of every project has; expected another name than regions, figures,"
        " standard_errors. Rename the file, and what refers to it."
    )


def test_a_sum_over_classes_that_do_not_add_up_is_refused_and_one_class_is_not(spoilt: Callable[..., Path]) -> None:
    folder = spoilt(TRADE, 'adds_up_over = ["regions", "firm_size"]\nunits_behind', "units_behind")
    (fault,) = refused(folder)
    assert fault == (
        "measures/smaller_traders.toml, cells.firm_size: found a sum of traders over firm_size; expected classes that traders adds up over:"
        " none. Choose one class."
    )
    spoilt("measures/smaller_traders.toml", '"smaller"', '"micro"')
    assert load_catalogue("alder_islands", folder).alternatives("smaller_traders") == [("micro",)]


def test_all_faults_of_all_files_are_told_together(spoilt: Callable[..., Path]) -> None:
    spoilt(TRADE, "has_series = true", "serie = 1")
    folder = spoilt(GEOGRAPHY, "count = 6", "count = 1")
    assert len(refused(folder)) == 2
    spoilt(TRADE, "serie = 1", "has_series = true")
    spoilt(GEOGRAPHY, "count = 1", "count = 6")
    spoilt(SALES, '"smaller"', '"tiny"')
    spoilt(OVER, '"residents"', '"people"')
    assert len(refused(folder)) == 2


def test_a_geography_that_is_not_there_is_refused(tmp_path: Path) -> None:
    (fault,) = refused(ALDER / "catalogue", "norway")
    assert fault.endswith("found the geography 'norway'; expected one of alder_islands. Declare it in geographies.")
    (fault,) = refused(tmp_path)
    assert "expected one of none" in fault


def test_where_one_language_is_left_out_the_other_stands_in() -> None:
    catalogue = load_catalogue("alder_islands", ALDER / "catalogue")
    assert catalogue.geography.nouns("sv") == catalogue.geography.nouns("en")
    assert catalogue.meaning("sales_per_resident", "growth").labels == dict.fromkeys(
        ("sv", "en"), "Growth in smaller firms' sales abroad per resident"
    )


def test_a_thing_without_any_language_is_refused(spoilt: Callable[..., Path]) -> None:
    folder = spoilt("measures/residents.toml", '[en]\nname = "Residents"\nunit = "persons"\n', "")
    assert refused(folder) == [
        "measures/residents.toml, sv: found nothing; expected the key 'sv'. Add it.",
        "measures/residents.toml, en: found nothing; expected the key 'en'. Add it.",
    ]


def test_what_an_indicator_is_follows_from_its_measure() -> None:
    catalogue = load_catalogue("swedish_counties")
    growth = catalogue.meaning("sme_goods_exports_per_capita", "growth")
    assert (growth.unit, growth.lowest, growth.spans) == ("growth", -1.0, True)
    share = catalogue.meaning("sme_share_of_goods_exports", "level")
    assert (share.unit, share.lowest, share.highest, share.spans) == ("share", 0.0, 1.0, False)
    # Exporters count in each of their counties, so that the nation's number compares with no county's sum, nor what is made of it.
    assert catalogue.compares_with_whole("goods_exports_per_capita")
    assert not catalogue.compares_with_whole("sme_goods_exporters")
    assert catalogue.alternatives("goods_exports") == [("total",), ("0-9", "10-49", "50-249", "250+")]
    assert catalogue.alternatives("sme_goods_exports") == [("0-9", "10-49", "50-249")]
    assert catalogue.statistics_of("services_exports_per_capita") == {"services_exports", "population"}
    assert catalogue.figure_names["goods_exports", "exports"] == "goods_exports"
    assert catalogue.figure_names["goods_exports", "exporters"] == "exporters"


def test_the_sums_over_one_classification_and_over_two(spoilt: Callable[..., Path]) -> None:
    """Two classes by two: each total over one classification, the whole over each, and the whole over both."""
    spoilt("classes/side.toml", "", 'meaning = "Side of the strait"\ncodes = ["east", "west"]\n[en]\nclass = "side"\nclasses = "sides"\n')
    spoilt("classes/pay.toml", "", 'meaning = "Pay"\ncodes = ["low", "high"]\n[en]\nclass = "pay"\nclasses = "pay"\n')
    jobs = """meaning = "Jobs"
classes = ["side", "pay"]
[quantities.jobs]
kind = "count"
of = "jobs"
meaning = "Jobs"
adds_up_over = ["side", "pay"]
[quantities.employers]
kind = "count"
of = "firms"
meaning = "Employers"
adds_up_over = ["pay"]
[en]
name = "Jobs"
"""
    catalogue = load_catalogue("alder_islands", spoilt("statistics/jobs.toml", "", jobs))
    sums: dict[tuple[str, str, str], set[str]] = {}
    for statistic, quantity, classification, whole, part in class_sums(catalogue):
        if statistic == "jobs":
            sums.setdefault((quantity, classification, whole), set()).add(part)
    assert {key[1:]: parts for key, parts in sums.items() if key[0] == "jobs"} == {
        ("side", "total, low"): {"east, low", "west, low"},
        ("side", "total, high"): {"east, high", "west, high"},
        ("side", "total, total"): {"east, total", "west, total"},
        ("pay", "east, total"): {"east, low", "east, high"},
        ("pay", "west, total"): {"west, low", "west, high"},
        ("pay", "total, total"): {"total, low", "total, high"},
        ("side, pay", "total, total"): {"east, low", "east, high", "west, low", "west, high"},
    }
    assert {key[1] for key in sums if key[0] == "employers"} == {"pay"}
    tables = catalogue_tables(catalogue)
    flags = {
        (row["quantity"]): (row["adds_up_over_classes"], row["whole_code"])
        for row in tables["catalogue.quantities"].to_pylist()
        if row["statistic"] == "jobs"
    }
    assert flags == {"jobs": (True, "total, total"), "employers": (False, "total, total")}


# Awards


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'measure = "services_exports_per_capita"',
            'measure = "service_exports_per_capita"',
            "indicators.3.measure: found unknown measure 'service_ex",
        ),
        (
            'measure = "services_exports_per_capita"',
            'measure = "service_exports_per_capita"',
            "Did you mean 'services_exports_per_capita'?",
        ),
        ('measure = "services_exports_per_capita"\n', "", 'measure and as go together, as in measure = "…", as = "growth"'),
        (
            'measure = "services_exports_per_capita"\nas = "growth"\n',
            "",
            "an indicator has a measure, or the name of its file in sql/indicators",
        ),
        (
            'measure = "services_exports_per_capita"\nas = "growth"\n',
            'name = "services_growth"\n',
            "indicators.3: found unknown indicator 'services_growth'; expected one of none. Take a measure",
        ),
        ('as = "growth"', 'as = "rate"', "indicators.1.as: found 'rate'; expected 'level', 'growth', 'change' or 'trend'"),
        (
            "window = { base = 2016, final = 2020",
            "window = { base = 2020, final = 2020",
            "indicators.1: found a growth over 2020–2020; expected two d",
        ),
        (
            'as = "growth"\n',
            'as = "growth"\nyears = { final = 2019 }\n',
            "the years of a growth, a change or a trend have a base and a final year",
        ),
        (
            'as = "growth"\n',
            'as = "growth"\nyears = { base = 2019, final = 2019 }\n',
            "expected the base year to come before the final year",
        ),
        ("{ population = 1.1 }", "{ populations = 1.1 }", "validation.largest_yearly_factor_of: found unknown statistic 'populations'"),
        (
            "{ population = 1.1 }",
            "{ population = 1 }",
            "validation.largest_yearly_factor_of.population: found 1; expected more than 1",
        ),
        (
            "{ goods_exports = 0.02,",
            "{ goods = 0.02,",
            "robustness.scenarios.1.relative_errors: found unknown quantity 'goods'; expected one of",
        ),
        ("{ goods_exports = 0.02, services_exports = 0.02 }", "{}", "robustness.scenarios.1.relative_errors"),
        (
            'geography = "swedish_counties"',
            'geography = "swedish_county"',
            "geography: found the geography 'swedish_county'; expected one of swedish_c",
        ),
        ('geography = "swedish_counties"\n', "", "geography: found nothing; expected the key 'geography'"),
        (
            "[report]",
            '[[accepted_exceptions]]\naudit = "yearly_jumps"\nreason = "x"\nsize = "250+"\n\n[report]',
            "accepted_exceptions.1.size: found unkno",
        ),
        (
            'measure = "sme_share_of_goods_exports"',
            'measure = "sme_goods_exporters_per_100k"',
            "the indicator sme_goods_exporters_per_100k is listed tw",
        ),
    ],
)
def test_an_award_says_what_the_catalogue_knows(award: Callable[..., Path], old: str, new: str, said: str) -> None:
    path = award()
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataRefused) as error:
        load_award(str(path))
    assert said in str(error.value)


def test_all_that_an_award_has_wrong_is_told_together(award: Callable[..., Path]) -> None:
    path = award(("{ population = 1.1 }", "{ people = 1.1 }"), ("{ goods_exports = 0.02,", "{ goods = 0.02,"))
    with pytest.raises(DataRefused) as error:
        load_award(str(path))
    assert len(error.value.faults) == 2


def test_a_copy_of_an_award_works_its_meanings_out_again(award: Callable[..., Path]) -> None:
    choice = load_award(str(award()))
    assert set(choice.statistic_years) == {"goods_exports", "services_exports", "population"}
    first = choice.indicators[0]
    alone = choice.model_copy(update={"indicators": (first.model_copy(update={"name": "other", "taken": "level"}),), "peers": None})
    assert list(alone.meanings) == ["other"]
    assert set(alone.statistic_years) == {"goods_exports", "population"}
    assert "services_exports" not in alone.statistics


def test_a_statistic_and_a_yardstick_that_no_indicator_needs_are_not_read(award: Callable[..., Path]) -> None:
    choice = load_award(str(award()))
    assert choice.statistics == ("goods_exports", "population", "published_export_totals", "services_exports")
    people = choice.indicators[0].model_copy(update={"measure": "inhabitants", "name": "inhabitants_growth"})
    assert choice.model_copy(update={"indicators": (people,), "peers": None}).statistics == ("population",)
    peers = Peers(measures=("services_exports",), count=1, reason="x")
    alike = choice.model_copy(update={"indicators": (people,), "peers": peers})
    assert alike.statistics == ("population", "published_export_totals", "services_exports")
    assert alike.statistic_years["services_exports"] == (2020,)


def test_each_statistic_has_the_years_that_indicators_need_of_it(award: Callable[..., Path]) -> None:
    path = award()
    text = path.read_text(encoding="utf-8")
    own = 'measure = "services_exports_per_capita"\nas = "growth"\nyears = { base = 2011, final = 2013 }\n'
    path.write_text(text.replace('measure = "services_exports_per_capita"\nas = "growth"\n', own), encoding="utf-8")
    choice = load_award(str(path))
    assert choice.statistic_years["services_exports"] == (2011, 2012, 2013)
    assert choice.statistic_years["goods_exports"] == (2016, 2017, 2018, 2019, 2020)
    assert choice.statistic_years["population"] == (2011, 2012, 2013, 2016, 2017, 2018, 2019, 2020)
    tables = run_tables(choice)
    firsts = {(row["statistic"], row["year"]) for row in tables["run.years"].to_pylist() if row["is_first"]}
    assert firsts == {("services_exports", 2011), ("goods_exports", 2016), ("population", 2011), ("population", 2016)}
    windows = {row["indicator"]: (row["base_year"], row["final_year"]) for row in tables["run.indicators"].to_pylist()}
    assert windows["services_exports_per_capita_growth"] == (2011, 2013)
    assert windows["sme_goods_exporters_per_100k"] == (None, 2020)
    assert windows["sme_goods_exporters_per_100k_change"] == (2016, 2020)
