"""The check follows the catalogue: other regions, classes, statistics and amounts are found by the words that they declare."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
import test_pages

from pipeline.award import UNDECIDED, default_award, load_award
from pipeline.catalogue import load_catalogue
from pipeline.check.claims import find
from pipeline.check.judge import Finding, judge
from pipeline.check.readings import Tables
from pipeline.check.texts import Sentence, sentences
from pipeline.faults import DataRefused
from pipeline.home import PROJECT

NAMES = '[sv]\nname = "{0}"\nunit = "–"\n[en]\nname = "{0}"\nunit = "–"\n'
CATALOGUE = {
    "geographies/coast.toml": """
code = '[A-Z]{2}'
currency = "DAL"
other_names = { FJ = ["Fjordarna"] }
areas = { lowland = ["HE", "VA"] }
[words.sv]
money = "daler, dl"
other_areas = "kustlandet"
areas = { lowland = "slättlandet, slättlandets, slätthärader" }
adjectives = { FJ = "fjordsk" }
[sv]
noun = "härad"
a_noun = "ett härad"
the_noun = "häradet"
nouns = "härader"
the_nouns = "häraderna"
code = "häradskod"
money = "daler"
money_short = "dl"
[en]
noun = "hundred"
a_noun = "a hundred"
the_noun = "the hundred"
nouns = "hundreds"
the_nouns = "the hundreds"
code = "code of the hundred"
money = "DAL"
money_short = "DAL"
""",
    "classes/crew.toml": """
meaning = "Number of crew"
codes = ["1-4", "5-19", "20+"]
groups = { inshore = ["1-4", "5-19"] }
members.sv = "rederi*"
[words.sv]
inshore = "kustnära rederi*, kustnära"
total = "alla rederi*"
"20+" = "stora rederi*"
[sv]
class = "besättning"
classes = "besättningar"
[en]
class = "crew"
classes = "crews"
names = { inshore = "inshore shipowners", total = "all shipowners" }
""",
    "statistics/landings.toml": """
meaning = "Landings of fish"
classes = ["crew"]
words.sv = "fiskfångst*, fångst* av fisk, fångst, fångsten"
[quantities.landed]
kind = "money"
meaning = "Value of what is landed"
adds_up_over = ["regions", "crew"]
[quantities.boats]
kind = "count"
meaning = "Boats that land"
adds_up_over = ["regions", "crew"]
units_behind = "landed"
words.sv = "fiskebåt*, båtar som landar fisk"
per.sv = "fiskebåt, båt"
[en]
name = "Landings"
""",
    "statistics/kelp.toml": """
meaning = "Landings of kelp"
words.sv = "tångfångst*, fångst* av tång, fångst, fångsten"
[quantities.landed]
kind = "money"
meaning = "Value of what is landed"
adds_up_over = ["regions"]
[en]
name = "Kelp"
""",
    "statistics/shipowners.toml": """
meaning = "All shipowners"
classes = ["crew"]
[quantities.shipowners]
kind = "count"
meaning = "Shipowners"
adds_up_over = ["regions", "crew"]
words.sv = "rederi*"
[en]
name = "Shipowners"
""",
    "statistics/people.toml": """
meaning = "People"
[quantities.people]
kind = "count"
of = "people"
meaning = "People"
adds_up_over = ["regions"]
above_zero = true
per.sv = "själar, själ"
[en]
name = "People"
""",
    "measures/people.toml": 'cells = { statistic = "people", quantity = "people" }\nunit = "count"\n' + NAMES.format("People"),
    "measures/fish.toml": 'cells = { statistic = "landings", quantity = "landed" }\nunit = "money"\n' + NAMES.format("Fish landed"),
    "measures/inshore_fish.toml": 'cells = { statistic = "landings", quantity = "landed", crew = "inshore" }\nunit = "money"\n'
    + NAMES.format("Fish landed inshore"),
    "measures/kelp.toml": 'cells = { statistic = "kelp", quantity = "landed" }\nunit = "money"\n' + NAMES.format("Kelp landed"),
    "measures/boats.toml": 'cells = { statistic = "landings", quantity = "boats" }\nunit = "count"\n' + NAMES.format("Boats"),
    "measures/fish_per_boat.toml": 'over = { measure = "fish", by = "boats" }\nunit = "money"\n' + NAMES.format("Fish per boat"),
    "measures/fish_per_head.toml": 'over = { measure = "fish", by = "people" }\nunit = "money"\n' + NAMES.format("Fish per head"),
    "measures/boats_per_thousand.toml": 'over = { measure = "boats", by = "people", times = 1000 }\nunit = "rate"\n'
    + NAMES.format("Boats per 1 000 people"),
    "measures/inshore_share.toml": 'over = { measure = "inshore_fish", by = "fish" }\nunit = "share"\n' + NAMES.format("Inshore share"),
    "measures/shipowners.toml": 'cells = { statistic = "shipowners", quantity = "shipowners" }\nunit = "count"\n'
    + NAMES.format("Shipowners"),
    "measures/inshore_shipowners.toml": 'cells = { statistic = "shipowners", quantity = "shipowners", crew = "inshore" }\nunit = "count"\n'
    + NAMES.format("Inshore shipowners"),
}
LEVELS = {
    # Of each measure: Fjordland 2016 and 2020, Heden 2016 and 2020, Vara 2016 and 2020.
    "people": (20_000, 20_000, 10_000, 10_000, 5_000, 5_000),
    "fish": (40_000_000, 50_000_000, 8_000_000, 6_000_000, 3_000_000, 3_300_000),
    "inshore_fish": (10_000_000, 20_000_000, 8_000_000, 6_000_000, 3_000_000, 3_300_000),
    "kelp": (1_000_000, 1_100_000, 200_000, 300_000, 0, 0),
    "boats": (400, 300, 50, 60, 70, 80),
    "fish_per_boat": (100_000, 50_000_000 / 300, 160_000, 100_000, 3_000_000 / 70, 41_250),
    "fish_per_head": (2_000, 2_500, 800, 600, 600, 660),
    "boats_per_thousand": (20, 15, 5, 6, 14, 16),
    "inshore_share": (0.25, 0.4, 1, 1, 1, 1),
    "shipowners": (200, 150, 40, 44, 50, 60),
    "inshore_shipowners": (160, 120, 40, 44, 50, 60),
}
REGIONS = {"FJ": "Fjordland", "HE": "Heden", "VA": "Vara"}


def written(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def coast(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """The tables of a made-up coast, for the years and the window of 2021."""
    catalogue = load_catalogue("coast", written(tmp_path_factory.mktemp("coast"), CATALOGUE))
    levels, growth = [], []
    for measure, values in LEVELS.items():
        for place, code in enumerate(REGIONS):
            base, final = values[2 * place : 2 * place + 2]
            key = {"measure": measure, "region_code": code}
            levels += [{**key, "year": year, "level": level, "status": "ok"} for year, level in ((2016, base), (2020, final))]
            ratio = final / base - 1 if base else None
            status = "undefined" if ratio is None else "ok"
            growth.append({**key, "base_year": 2016, "final_year": 2020, "growth_ratio": ratio, "status": status})
    regions = [{"region_code": code, "region_name": name, "is_whole": False} for code, name in REGIONS.items()]
    return Tables(levels, growth, regions, load_award("2021").model_copy(update={"catalogue": catalogue}))


def check(text: str, tables: Tables) -> list[Finding]:
    parts = [Sentence("line 1", start, text[start:end], begins=not start) for start, end in sentences(text)]
    return judge(find(parts, tables.lexicon), tables)


@pytest.mark.parametrize(
    ("text", "measure", "verdict"),
    [
        ("Fiskfångsten i Fjordland ökade med 25 procent 2016–2020.", "fish", "exact"),
        ("Fiskfångsten i Fjordland ökade med 26 procent 2016–2020.", "fish", "wrong"),
        ("Fjordlands tångfångst ökade med 10 procent 2016–2020.", "kelp", "exact"),
        ("Fångsten av tång i Fjordland ökade med 10 procent 2016–2020.", "kelp", "exact"),
        # A phrase of both statistics may mean either, or both together (+24.6 %).
        ("Fångsten i Fjordland ökade med 10 procent 2016–2020.", None, "ambiguous"),
        ("Fångsten i Fjordland ökade med 25 procent 2016–2020.", None, "ambiguous"),
        ("Fångsten i Fjordland ökade med mer än 5 procent 2016–2020.", "kelp", "exact"),
        ("Fångsten i Fjordland ökade med 26 procent 2016–2020.", "kelp", "wrong"),
        # A group, its share, and what no measure is of.
        ("De kustnära rederierna i Fjordland ökade sin fiskfångst med 100 procent 2016–2020.", "inshore_fish", "exact"),
        ("De kustnära rederiernas andel av fiskfångsten i Fjordland var 40 procent 2020.", "inshore_share", "exact"),
        (
            "De kustnära rederierna i Fjordland ökade sin fiskfångst med 25 procent 2016–2020.",
            "inshore_fish",
            "other concept",
        ),
        ("Rederierna i Fjordland ökade sin fiskfångst med 100 procent 2016–2020.", None, "ambiguous"),
        ("Rederierna i Fjordland ökade sin fiskfångst med 25 procent 2016–2020.", "fish", "exact"),
        ("Rederierna i Fjordland ökade sin fiskfångst med 26 procent 2016–2020.", "fish", "wrong"),
        ("De stora rederierna i Fjordland ökade sin fiskfångst med 25 procent 2016–2020.", None, "not checkable"),
        # Amounts in the currency.
        ("Fiskfångsten i Fjordland var värd 50 miljoner daler 2020.", "fish", "exact"),
        ("Fiskfångsten i Fjordland var 50 mndl 2020, mot 40 mndl 2016.", "fish", "exact"),
        ("Fiskfångsten i Fjordland var värd 50 miljoner kronor 2020.", "fish", "exact"),
        # Per what the catalogue divides by.
        ("Fiskfångsten i Heden var 600 daler per själ 2020.", "fish_per_head", "exact"),
        ("Fiskfångsten per båt i Heden var 100 000 daler 2020.", "fish_per_boat", "exact"),
        ("Heden hade 6 fiskebåtar per 1 000 själar 2020.", "boats_per_thousand", "exact"),
        ("Heden hade 60 fiskebåtar per 10 000 själar 2020.", None, "not checkable"),
        # Counts.
        ("Antalet fiskebåtar i Heden ökade från 50 till 60 mellan 2016 och 2020.", "boats", "exact"),
        ("Antalet rederier i Fjordland minskade med 25 procent 2016–2020.", "shipowners", "exact"),
        ("I Fjordland fanns 150 rederier 2020.", "shipowners", "exact"),
        ("I Fjordland fanns 120 kustnära rederier 2020.", "inshore_shipowners", "exact"),
        ("I Fjordland fanns 150 kustnära rederier 2020.", "inshore_shipowners", "other concept"),
        # Regions by other names, by adjectives, and by a name that is a verb as well.
        ("Fiskfångsten i Fjordarna ökade med 25 procent 2016–2020.", "fish", "exact"),
        ("Den fjordska fiskfångsten ökade med 25 procent 2016–2020.", "fish", "exact"),
        ("I Vara kan fiskfångsten vara 3,3 miljoner daler 2020.", "fish", "exact"),
        ("I Heden kan fiskfångsten vara 3,3 miljoner daler 2020.", "fish", "wrong"),
        ("Heden är litet. Häradets fiskfångst minskade med 25 procent 2016–2020.", "fish", "exact"),
        ("Kustlandets fiskfångst minskade med 25 procent 2016–2020.", None, "not checkable"),
        # An area: the sum of its regions, what it has for each of what it is divided by, and places and counts among them.
        ("Slättlandets fiskfångst var 9,3 miljoner daler 2020.", "fish", "exact"),
        ("Slättlandets fiskfångst minskade med 15 procent 2016–2020.", "fish", "exact"),
        ("På slättlandet var fiskfångsten 620 daler per själ 2020.", "fish_per_head", "exact"),
        ("På slättlandet var fiskfångsten 630 daler per själ 2020.", "fish_per_head", "wrong"),
        ("Bland slätthärader hade Heden störst fiskfångst 2020.", "fish", "exact"),
        ("Bland slätthärader hade Vara störst fiskfångst 2020.", "fish", "other concept"),
        ("Inget av slättlandets två härader hade en större fiskfångst än 7 miljoner daler 2020.", None, "exact"),
        # Places among as many regions as there are; there is no whole.
        ("Heden hade 2020 den näst högsta fiskfångsten av häraderna.", "fish", "exact"),
        ("Bland de 3 häraderna hade Vara den näst högsta ökningen av antalet fiskebåtar 2016–2020.", "boats", "exact"),
        # One of two statistics as a share of both; a multiple of another region; so many of the regions.
        ("Tångfångsten utgjorde 2 procent av Fjordlands samlade fångst 2020.", "kelp", "exact"),
        ("Tångfångsten utgjorde 4 procent av Fjordlands samlade fångst 2020.", "kelp", "wrong"),
        ("Fiskfångsten i Fjordland är mer än åtta gånger så stor som i Heden 2020.", "fish", "exact"),
        ("Fiskfångsten i Fjordland är mer än nio gånger så stor som i Heden 2020.", "fish", "wrong"),
        ("Två härader hade en fiskfångst på mer än 5 miljoner daler 2020.", None, "exact"),
        ("Två härader hade en fiskfångst på mer än 7 miljoner daler 2020.", None, "wrong"),
        ("Bara ett härad hade en större fiskfångst än Heden 2020.", "fish", "exact"),
        ("Inget härad hade en större fiskfångst än Vara 2020.", "fish", "wrong"),
        ("Riket hade 2020 en fiskfångst på 50 miljoner daler.", None, "not checkable"),
    ],
)
def test_sentences_about_a_coast(coast: Tables, text: str, measure: str | None, verdict: str) -> None:
    findings = [finding for finding in check(text, coast) if finding.claim.kind != "direction"]
    assert {finding.verdict for finding in findings} == {verdict}, [finding.explanation for finding in findings]
    assert {finding.reading and finding.reading.sense.measure for finding in findings} == {measure}


def test_statistics_named_together_have_a_number_each(coast: Tables) -> None:
    for text in ("Fisk- och tångfångsten", "Fångsten av fisk och tång", "Fiskfångsten och tångfångsten"):
        findings = check(f"{text} i Fjordland ökade med 25 respektive 10 procent 2016–2020.", coast)
        assert [(finding.verdict, finding.reading and finding.reading.sense.measure) for finding in findings] == [
            ("exact", "fish"),
            ("exact", "kelp"),
        ], text
    (finding,) = check("Fisk- och tångfångsten i Fjordland var 51 miljoner daler 2020.", coast)
    assert (finding.verdict, finding.reading and finding.reading.sense.measures) == ("exact", ("fish", "kelp"))
    (finding,) = check("Fisk- och tångfångsten från kustnära rederier i Fjordland var 51 miljoner daler 2020.", coast)
    assert finding.verdict == "not checkable"


def test_what_was_taken_is_told_in_the_catalogues_words(coast: Tables) -> None:
    (finding,) = check("Rederierna i Fjordland ökade sin fiskfångst med 25 procent 2016–2020.", coast)
    assert "scope all shipowners" in finding.explanation
    (finding,) = check("Fiskfångsten i Fjordland var 51 miljoner daler 2020.", coast)
    assert finding.shown == "50 million DAL"


@pytest.mark.parametrize("name", ["Region Halland", "Halland", "Hallands län", "Den halländska regionen"])
def test_names_of_a_county(counties: Tables, name: str) -> None:
    assert county(counties, name) == "13"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Sörmland", "04"),
        ("Södermanland", "04"),
        ("Stockholm", "01"),
        ("Region Stockholm", "01"),
        ("Jämtland Härjedalen", "23"),
        ("Region Jämtland Härjedalen", "23"),
        ("Sverige", "00"),
        ("riket", "00"),
        ("Västra Götalandsregionen", "14"),
        ("Kalmar kommun", None),
    ],
)
def test_other_names_of_counties(counties: Tables, name: str, code: str | None) -> None:
    assert county(counties, name) == code


@pytest.fixture(scope="module")
def counties() -> Tables:
    """No figures, only the names of counties."""
    codes = {"00": "Riket", "01": "Stockholms län", "04": "Södermanlands län", "08": "Kalmar län", "13": "Hallands län"}
    codes |= {"14": "Västra Götalands län", "23": "Jämtlands län"}
    regions = [{"region_code": code, "region_name": name, "is_whole": code == "00"} for code, name in codes.items()]
    return Tables([], [], regions, load_award("2021"))


def county(tables: Tables, name: str) -> str | None:
    (finding,) = check(f"{name} hade 2020 en varuexport på 30 miljarder kronor.", tables)
    return finding.claim.region


# Declarations that do not fit, and the round that is taken where none is named


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("statistics/kelp.toml", "tångfångst*", "(tångfångst*", "a valid regular expression"),
        ("classes/crew.toml", '"20+" = "stora', '"21+" = "stora', "'21+'"),
        ("geographies/coast.toml", "adjectives = { FJ", "adjectives = { fj", "'fj'"),
        ("geographies/coast.toml", 'areas = { lowland = ["HE"', 'areas = { lowland = ["he"', "'he'"),
        ("geographies/coast.toml", 'areas = { lowland = "', 'areas = { highland = "', "highland"),
        ("statistics/kelp.toml", "words.sv", "words.de", "de"),
    ],
)
def test_words_that_do_not_fit_are_refused(tmp_path: Path, file: str, old: str, new: str, fault: str) -> None:
    assert old in CATALOGUE[file]
    folder = written(tmp_path, {**CATALOGUE, file: CATALOGUE[file].replace(old, new)})
    with pytest.raises(DataRefused) as refused:
        load_catalogue("coast", folder)
    (found,) = refused.value.faults
    assert found.where.startswith(str(folder / file))
    assert fault in f"{found.where} {found.found} {found.expected}"


def test_the_default_round_is_the_latest_decided_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (PROJECT / "awards" / "2021.toml").read_text(encoding="utf-8")
    open_text = text.replace('reason = "Visar om', f'reason = "{UNDECIDED}', 1)
    awards = written(tmp_path / "awards", {"9.toml": text, "10.toml": text, "11.toml": open_text, "x.toml": text})
    monkeypatch.chdir(tmp_path)
    assert default_award() == "10"
    for name in ("9", "10"):
        (awards / f"{name}.toml").write_text(open_text, encoding="utf-8")
    with pytest.raises(DataRefused, match="something left to decide"):
        default_award()


HALLAND = "i Hallands län"


@pytest.fixture(scope="module")
def with_the_page(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """Halland in 2020 by the catalogue with the files of docs/adding-a-statistic.md."""
    folder = tmp_path_factory.mktemp("page")
    shutil.copytree(PROJECT / "catalogue", folder / "catalogue")
    test_pages.save(folder, test_pages.page("adding-a-statistic.md"))
    award = load_award("2021")
    catalogue = load_catalogue(award.geography, folder / "catalogue")
    values = {"smes": 14_905, "sme_goods_exporters": 1_222, "exporting_share_of_smes": 1_222 / 14_905, "sme_share_of_goods_exports": 0.43}
    levels = [{"measure": one, "region_code": "13", "year": 2020, "level": value, "status": "ok"} for one, value in values.items()]
    regions = [
        {"region_code": code, "region_name": name, "is_whole": code == "00"} for code, name in (("00", "Riket"), ("13", "Hallands län"))
    ]
    return Tables(levels, [], regions, award.model_copy(update={"catalogue": catalogue}))


@pytest.mark.parametrize(
    ("text", "measure", "verdict"),
    [
        # 1 222 of 14 905 are 8.2 per cent; of the exports 43 per cent are theirs.
        (f"År 2020 exporterade 8 % av de små och medelstora företagen {HALLAND} varor.", "exporting_share_of_smes", "exact"),
        (f"År 2020 exporterade 43 % av de små och medelstora företagen {HALLAND} varor.", "exporting_share_of_smes", "other concept"),
        (f"Andelen små och medelstora företag som exporterar varor var 8 procent {HALLAND} 2020.", "exporting_share_of_smes", "exact"),
        (f"Andelen små och medelstora företag som exporterar varor var 9 procent {HALLAND} 2020.", "exporting_share_of_smes", "wrong"),
        (f"Små och medelstora företag stod för 43 procent av varuexporten {HALLAND} 2020.", "sme_share_of_goods_exports", "exact"),
        (f"Det fanns 14 905 små och medelstora företag {HALLAND} 2020.", "smes", "exact"),
        (f"Det fanns 14 950 små och medelstora företag {HALLAND} 2020.", "smes", "wrong"),
        (f"År 2020 fanns 1 222 varuexporterande små och medelstora företag {HALLAND}.", "sme_goods_exporters", "exact"),
    ],
)
def test_the_measures_of_the_page_are_read_by_its_words(with_the_page: Tables, text: str, measure: str, verdict: str) -> None:
    (finding,) = check(text, with_the_page)
    assert finding.verdict == verdict, finding.explanation
    assert finding.reading is not None
    assert finding.reading.sense.measure == measure
