"""A round beside those that it names as its predecessors: computed anew, told in the report, archived with it."""

import csv
import json
import shutil
import zipfile
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import PROJECT, RAW, exportregion, spoken

from pipeline import report
from pipeline.award import Award, load_award
from pipeline.evidence import load_evidence
from pipeline.faults import DataRefused
from pipeline.ranking.rounds import Round, rounds
from pipeline.ranking.score import Indicators
from pipeline.ranking.standing import Field, field, scales
from pipeline.report.chapters.method import goalposts
from pipeline.report.markdown import markdown
from pipeline.report.words import Code
from pipeline.run import NamedRounds, _between_goalposts, indicators_of, run_to, set_beside
from pipeline.sources import load_sources
from pipeline.warehouse import Warehouse

FOUR = Field(("01", "03", "04", "05"), ("A", "B", "C", "D"), load_award("2021").catalogue.geography)
Tables = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def tables(complete: Path) -> Tables:
    """Every table of the round 2022."""
    with duckdb.connect(str(complete / "2022" / "exportregion.duckdb"), read_only=True) as connection:
        names = connection.execute("select table_schema || '.' || table_name from information_schema.tables").fetchall()
        return {name: connection.sql(f"from {name}").to_arrow_table().to_pylist() for (name,) in names}


def chapter(tables: Tables, code: Code = "sv") -> str:
    """The chapter on changes as text; narrow spaces as others."""
    award = load_award("2022")
    text = markdown(report.write(tables, award, load_sources(RAW, award), spoken(code, award)).document)
    title = {"sv": "## Vad har ändrats sedan förra omgången", "en": "## What has changed since the last round"}[code]
    return text[text.index(title) :].split("\n## ")[0].replace("\u202f", " ")


# Computed anew


@pytest.mark.parametrize("name", ["2021", "2022"])
def test_places_and_scores_of_each_round_are_those_of_its_own_run(tables: Tables, complete: Path, name: str) -> None:
    with (complete / name / "ranking.csv").open(encoding="utf-8", newline="") as file:
        own = {row["region_code"]: (row["rank"], row["score"], row["is_candidate"]) for row in csv.DictReader(file)}
    rows = [row for row in tables["rounds.places"] if row["round"] == name]
    assert len(rows) == len(own) == 21
    for row in rows:
        rank, score, is_candidate = own[row["region_code"]]
        assert (row["rank"], row["score"]) == ((int(rank), float(score)) if rank else (None, None))
        assert row["is_candidate"] == (is_candidate == "true")


def test_the_steps_of_a_region_add_up_to_its_change_of_place(tables: Tables) -> None:
    places = {(row["round"], row["region_code"]): row["rank"] for row in tables["rounds.places"]}
    for code in {row["region_code"] for row in tables["rounds.steps"]}:
        gains = [row["places_gained"] for row in tables["rounds.steps"] if row["region_code"] == code]
        before, now = places["2021", code], places["2022", code]
        assert len(gains) == 5
        assert gains == [None] * 5 if None in (before, now) else sum(gains) == pytest.approx(before - now)


def test_nominations_are_the_facts_of_their_sources(tables: Tables) -> None:
    """Nominated 2021: Halland, which won, Norrbotten and Skåne; 2022: Norrbotten, which won, Skåne and Uppsala (the pages of the government
    and the agency)."""
    rows = {(row["round"], row["region_code"]): row for row in tables["rounds.nominations"]}
    assert {key for key, row in rows.items() if row["won"]} == {("2021", "13"), ("2022", "25")}
    assert set(rows) == {("2021", "13"), ("2021", "25"), ("2021", "12"), ("2022", "25"), ("2022", "12"), ("2022", "03")}
    assert all(row["page"].startswith("https://") and row["date"] for row in rows.values())


def test_a_round_without_predecessors_has_none_of_it(complete: Path) -> None:
    assert not (complete / "2021" / "rounds").exists()
    assert "omgången 2" not in (complete / "2021" / "report.md").read_text(encoding="utf-8").lower()
    assert "förra omgången" not in (complete / "2021" / "report.md").read_text(encoding="utf-8")


def hand(award: Award, growth: tuple[float, ...], density: tuple[float, ...]) -> Indicators:
    """Two indicators that weigh, and others that are 1."""
    weighing = [one.name for one in award.indicators if one.weight]
    values = dict(zip(weighing, (growth, density), strict=True)) | {one.name: (1.0,) * 4 for one in award.indicators if not one.weight}
    return {
        name: {code: {"indicator_value": value, "status": "ok"} for code, value in zip(FOUR.codes, column, strict=True)}
        for name, column in values.items()
    }


def figure(award: Award, code: str, amount: int | None) -> dict[str, Any]:
    statistic, quantity = next(iter(award.catalogue.figure_names))
    place = {"statistic": statistic, "quantity": quantity, "region_code": code, "year": 2020, "class_code": ""}
    return {**place, "amount": None if amount is None else Decimal(amount), "status": "ok" if amount is not None else "withheld"}


def test_who_enters_by_revised_data_by_hand(award: Callable[..., Path]) -> None:
    """One candidate, halves. Growth 0, 1, 2, 4 and density 10, 0, 4, 5: A ½, B ⅛, C 0.45, D ¾. Growth revised to 5 for C: growth 0, ⅕, 1, ⅘ and
    so A ½, B ⅒, C 0.7, D 0.65: C leads and D leaves, by the data alone, a place each."""
    chosen = load_award(
        str(
            award(
                (
                    '"1/3"\ndirection = "higher"\nreason = "Anges för Halland (363)',
                    '"1/2"\ndirection = "higher"\nreason = "Anges för Halland',
                ),
                ('"1/3"\ndirection = "higher"\nreason = "Anges för Norr', '"1/2"\ndirection = "higher"\nreason = "Anges för Norr'),
                ('"1/3"', "0"),
                ("candidates = 3", "candidates = 1"),
            )
        )
    )
    old, new = hand(chosen, (0, 1, 2, 4), (10, 0, 4, 5)), hand(chosen, (0, 1, 5, 4), (10, 0, 4, 5))
    cells = [figure(chosen, "04", 200), figure(chosen, "05", 400)], [figure(chosen, "04", 500), figure(chosen, "05", 400)]
    before = Round(chosen, lambda _: old, cells[0], is_illustrative=True)
    this = Round(chosen.model_copy(update={"name": "next"}), lambda _: new, cells[1], is_illustrative=False)
    made = rounds([before], this, FOUR)
    assert [(row["round"], row["rank"], row["is_candidate"]) for row in made["rounds.places"] if row["region_code"] == "04"] == [
        ("trial", 3, False),
        ("next", 1, True),
    ]
    scores = [row["score"] for row in made["rounds.places"] if row["round"] == "next"]
    assert scores == pytest.approx([0.5, 0.1, 0.7, 0.65])
    gains = {(row["region_code"], row["step"]): row["places_gained"] for row in made["rounds.steps"] if row["places_gained"]}
    assert gains == {("04", "data"): 2, ("05", "data"): -1, ("01", "data"): -1}
    assert made["rounds.by_data"] == [{"region_code": "04", "enters": True}, {"region_code": "05", "enters": False}]
    namesakes = rounds([before], this, Field(FOUR.codes, ("C", "B", "C", "D"), FOUR.geography))
    assert namesakes["rounds.by_data"] == made["rounds.by_data"]
    assert "rounds.differences" not in made, "no round has standard errors"
    (revised,) = made["rounds.revised_cells"]
    assert (revised["region_code"], revised["amount_before"], revised["amount_after"], revised["change_ratio"]) == ("04", 200, 500, 1.5)
    (count,) = made["rounds.cells"]
    assert [count[f"cells_{kind}"] for kind in ("same", "changed", "new", "gone")] == [1, 1, 0, 0]
    (value,) = made["rounds.revised_indicators"]
    assert (value["region_code"], value["indicator_value_before"], value["indicator_value_after"]) == ("04", 2, 5)


# In the report


def test_the_report_sets_proposals_beside_nominations_and_judges_nothing(tables: Tables) -> None:
    text = chapter(tables)
    assert "Samma kandidater som i omgången 2021: Västerbottens län, Hallands län och Norrbottens län." in text
    assert "Av de 2 031 uppgifter som båda omgångarna har är ingen reviderad." in text
    assert "Ingen plats ändras av uppgifterna, indikatorerna, vikterna och metoden." in text
    line = next(line for line in text.splitlines() if line.startswith("| 2021 | 2016–2020"))
    assert line.split(" | ")[2:] == [
        "Västerbottens län, Hallands län och Norrbottens län",
        "Skåne län, Hallands län och Norrbottens län",
        "Hallands län |",
    ]
    assert [line for line in text.splitlines() if line.startswith("| Hallands län | 20")] == [
        "| Hallands län | 2021 | 2\\* | 0,781 |",
        "| Hallands län | 2022 | 2\\* | 0,743 |",
    ], "all rounds grow downwards"
    assert "Av fönstret" not in text, "one kind of change needs no column of its own"
    assert "Hela ändringen kommer av fönstret." in text
    for word in ("träff", "rätt", "fel ", "missade", "stämmer", "överens", "av 3", "hit", "miss"):
        assert word not in text.lower(), word
    english = chapter(tables, "en")
    assert "The same candidates as in the round 2021: " in english
    assert "Nominees and winner are facts from the sources below." in english


def other(tables: Tables) -> Tables:
    """The round 2022 as if Skåne had come in the place of Norrbotten, mostly by the data, with a revised figure."""
    places = [dict(row) for row in tables["rounds.places"]]
    for row in places:
        if row["round"] == "2022" and row["region_code"] in ("12", "25"):
            row["is_candidate"] = row["region_code"] == "12"
            row["rank"] = {"12": 3, "25": 6}[row["region_code"]]
    gains = {("12", "data"): 3.5, ("12", "window"): 0.5, ("25", "data"): -3.0}
    steps = [{**row, "places_gained": gains.get((row["region_code"], row["step"]), 0.0)} for row in tables["rounds.steps"]]
    cell = {"statistic": "goods_exports", "quantity": "exports", "region_code": "12", "year": 2019, "class_code": "250+"}
    known = {"amount_before": 1000.0, "amount_after": 1250.0, "status_before": "ok", "status_after": "ok", "change_ratio": 0.25}
    differing = {"indicator_value_before": 0.1, "indicator_value_after": 0.9, "standard_error": 0.3}
    gone = {"amount_before": 7.0, "amount_after": None, "status_before": "ok", "status_after": "withheld", "change_ratio": None}
    return tables | {
        "rounds.places": places,
        "rounds.steps": steps,
        "rounds.by_data": [{"region_code": "12", "enters": True}, {"region_code": "25", "enters": False}],
        "rounds.cells": [{**tables["rounds.cells"][0], "cells_same": 1, "cells_changed": 2, "cells_new": 3}],
        "rounds.revised_cells": [{**cell, **gone}, {**cell, **known, "year": 2020}],
        "rounds.differences": [
            {**differing, "indicator": name, "region_code": code, "is_significant": code == beyond}
            for name, beyond in (("sme_goods_exports_per_capita_growth", "13"), ("sme_goods_exporters_per_100k", ""))
            for code in ("12", "13")
        ],
    }


def test_the_report_says_who_enters_and_leaves_and_by_what(tables: Tables) -> None:
    text = chapter(other(tables))
    assert "Nya bland kandidaterna sedan omgången 2021: Skåne län. Inte längre bland kandidaterna: Norrbottens län." in text
    assert (
        "- **Skåne län:** plats 7 då, plats 3 (kandidat) nu. Ändringen fördelar sig så: +3,5 genom uppgifterna och +0,5 genom fönstret."
        in text
    )
    assert "| Region | Plats 2021 | Plats 2022 | Platser | Av uppgifterna | Av fönstret |" in text
    assert "- **Norrbottens län:** plats 3 (kandidat) då, plats 6 nu. Ändringen fördelar sig så: −3,0 genom uppgifterna." in text
    assert "Av de 3 uppgifter som båda omgångarna har är 2 reviderade. Nya uppgifter: 3. Med enbart de ändringarna vore dessa nya" in text
    assert "| Skåne län | 2020 | Varuexport | 250+ | 1 000 | 1 250 | +25,0 % |" in text
    assert "| Skåne län | 2019 | Varuexport | 250+ | 7 | en uppgift är sekretessbelagd | – |" in text
    growth, exporters = (
        "Tillväxt i små och medelstora företags varuexport per invånare",
        "Små och medelstora varuexportörer per 100 000 invånare",
    )
    assert f"- Efter ”{growth}” skiljer sig 1 av 2 län från omgången 2021 med mer än slumpen förklarar: Hallands län." in text
    assert f"- Efter ”{exporters}”: hos alla 2 län kan skillnaden mot omgången 2021 förklaras av slumpen." in text
    assert "skiljer sig" not in chapter(tables), "neither round has standard errors"
    english = chapter(other(tables), "en")
    assert "1 of 2 counties differ from the round of 2021 by more than chance explains: Hallands län." in english
    assert "none of 2 counties differs from the round of 2021 by more than chance explains." in english
    assert (
        "- **Skåne län:** place 7 then, place 3 (candidate) now. The change divides as follows: +3.5 from the data and +0.5 from" in english
    )


def test_a_region_page_has_its_places_in_earlier_rounds(complete: Path) -> None:
    text = (complete / "2022" / "report.md").read_text(encoding="utf-8")
    page = text[text.index("### Skåne län\n") :].split("\n### ")[0]
    assert "I tidigare omgångar, beräknade på nytt: 2021: plats 7." in page


# What a round names


def test_a_round_on_official_figures_says_wherever_illustrative_earlier_ones_stand_beside_it(tables: Tables) -> None:
    award, sources = load_award("2022"), load_sources(RAW, load_award("2022"))
    official = {name: source.model_copy(update={"kind": "official"}) for name, source in sources.entries.items()}
    places = [row | {"is_illustrative": row["round"] == "2021"} for row in tables["rounds.places"]]
    cells = [row | {"cells_new": 7 * (number == 0)} for number, row in enumerate(tables["rounds.cells"])]
    changed = tables | {"rounds.places": places, "rounds.cells": cells}
    written = report.write(changed, award, sources.model_copy(update={"entries": official}), spoken("sv", award))
    text = markdown(written.document)
    assert "Hela ändringen förs till fönstret, men omgångarna bygger också på olika uppgifter: 7 är nya och 0 reviderade." in text
    assert "sedan förra omgången" in text
    assert "och vad ändringen kommer av" not in text
    said = "Omgången jämförs med 2021, som bygger på illustrativa uppgifter och inte är statistik."
    first, pages = text.split("\n## ")[1], text[text.index("\n## Alla regioner") :]
    assert f"Ja, som ett av flera underlag. {said}" in first
    assert pages.count(f" {said}") == len([row for row in places if row["round"] == "2022"]) == 21
    assert said in text[text.index("## Vad har ändrats") :].split("\n## ")[0]


@pytest.fixture
def own(tmp_path: Path) -> Callable[..., Path]:
    """Awards of the test's own: each named round a copy of that of 2022 with its predecessors."""

    def write(**named: str) -> Path:
        text = (PROJECT / "awards" / "2022.toml").read_text(encoding="utf-8")
        for name, rounds_ in named.items():
            (tmp_path / f"{name}.toml").write_text(text.replace('rounds = ["2021"]', f"rounds = [{rounds_}]"), encoding="utf-8")
        return tmp_path / f"{next(iter(named))}.toml"

    return write


@pytest.mark.parametrize(
    ("named", "fault"),
    [
        (
            {"a": '"a"'},
            "a.toml, predecessors.rounds.1: found the round 'a', which leads back to itself: a → a; expected rounds that do not",
        ),
        (
            {"a": '"b"', "b": '"2021", "c"', "c": '"a"'},
            "c.toml, predecessors.rounds.1: found the round 'a', which leads back to itself: a → b",
        ),
        (
            {"a": '"2021", "1999"'},
            "a.toml, predecessors.rounds.2: found the round '1999', which has no file; expected a round beside a.toml",
        ),
        ({"a": '"2021", "2021"'}, "a.toml, predecessors: found a round is listed twice"),
        ({"a": ""}, "a.toml, predecessors.rounds"),
        ({"a": '"../2021"'}, "a.toml, predecessors.rounds.1: found '../2021'"),
    ],
)
def test_a_round_that_cannot_be_named_is_refused_with_file_and_key(own: Callable[..., Path], named: dict[str, str], fault: str) -> None:
    ran = exportregion("validate", "--award", own(**named))
    assert ran.exit_code == 1
    assert fault in ran.stderr, ran.stderr


def test_a_long_line_of_rounds_is_read_once_each(own: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"r{number}" for number in range(12)]
    path = own(**{name: ", ".join(f'"{other}"' for other in names[number + 1 :]) or '"2021"' for number, name in enumerate(names)})
    reads: list[str] = []
    from pipeline import award as module

    read = module._read

    def counted(path: Path) -> Award:
        reads.append(path.stem)
        return read(path)

    monkeypatch.setattr(module, "_read", counted)
    assert set(load_award(str(path)).lineage) == {*names[1:], "2021"}
    assert len(reads) == 13


def test_what_a_named_round_has_to_decide_refuses_a_run(own: Callable[..., Path]) -> None:
    path = own(a='"b"', b='"2021"')
    other_ = path.with_name("b.toml")
    other_.write_text(other_.read_text(encoding="utf-8").replace("Motiveringen 2022 anger", "ATT BESLUTA"), encoding="utf-8")
    ran = exportregion("validate", "--award", path)
    assert "b.toml, window.reason: found ATT BESLUTA" in ran.stderr


@pytest.mark.whole
def test_a_fault_of_a_named_rounds_data_says_of_which_round_it_is(own: Callable[..., Path], scaled: Callable[..., Path]) -> None:
    """As a predecessor, and as what goalposts are taken from: a round of years that no file has."""

    def named(award: Award) -> None:
        with Warehouse(award) as warehouse:
            set_beside(warehouse, award, load_sources(RAW, award), load_evidence(award))

    def ranked(award: Award) -> None:
        with run_to("rank", award, RAW, None, ("sv",), lambda _: None):
            pass

    for path, key, ask in ((own(a='"2021"'), "predecessors.rounds.1", named), (scaled(), "indicators.1.goalposts.from", ranked)):
        award = load_award(str(path))
        before = award.earlier["2021"]
        years = before.years.model_copy(update={"first": before.years.first - 30})
        with pytest.raises(DataRefused) as refused:
            ask(award.model_copy(update={"earlier": {"2021": before.model_copy(update={"years": years})}}))
        assert all(fault.where.startswith(f"round 2021, which {key} names: ") for fault in refused.value.faults)


def test_a_nomination_of_no_region_or_of_one_twice_is_refused(own: Callable[..., Path]) -> None:
    path = own(a='"2021"')
    entry = '[[nominations]]\nregion_code = "11"\nsource = "x"\ndate = 2022-08-31\n'
    path.with_name("a-evidence.toml").write_text(entry, encoding="utf-8")
    assert "a-evidence.toml, nominations.1.region_code: found '11'; expected a region" in exportregion("validate", "--award", path).stderr
    path.with_name("a-evidence.toml").write_text(entry.replace('"11"', '"12"') * 2, encoding="utf-8")
    assert "12 is nominated twice" in exportregion("validate", "--award", path).stderr
    with pytest.raises(DataRefused, match="won"):
        path.with_name("a-evidence.toml").write_text(f'{entry}won = "yes"\n', encoding="utf-8")
        load_evidence(load_award(str(path)))


# Goalposts from a named round

FROM = 'goalposts = { from = "2021", clip = false, reason = "Samma skala som 2021." }\nweight = "1/3"'


@pytest.fixture
def scaled(tmp_path: Path) -> Callable[..., Path]:
    """The round 2022 without predecessors, with goalposts for what weighs."""

    def write(name: str = "next", goalposts: str = FROM) -> Path:
        text = (PROJECT / "awards" / "2022.toml").read_text(encoding="utf-8")
        named = text[text.index("[predecessors]") : text.index("# When the report adds")]
        path = tmp_path / f"{name}.toml"
        path.write_text(text.replace(named, "").replace('weight = "1/3"', goalposts), encoding="utf-8")
        return path

    return write


def ranking(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["region_code"]: row for row in csv.DictReader(file)}


def test_equal_figures_have_equal_scores_in_two_rounds(complete: Path, scaled: Callable[..., Path], tmp_path: Path) -> None:
    """With the lowest and highest value of 2021's ranked regions, as its ranking.csv has them, both rounds' scores come out by hand."""
    ran = exportregion("rank", "--award", scaled(), "--out", tmp_path / "out")
    assert ran.exit_code == 0, ran.stderr
    before, own, now = (
        ranking(path) for path in (complete / "2021/ranking.csv", complete / "2022/ranking.csv", tmp_path / "out/next/ranking.csv")
    )
    names = [one.name for one in load_award("2021").indicators if one.weight]
    ends = {name: [pick(float(row[name]) for row in before.values() if row["rank"]) for pick in (min, max)] for name in names}

    def score(row: dict[str, str]) -> float:
        return sum((float(row[name]) - ends[name][0]) / (ends[name][1] - ends[name][0]) for name in names) / 3

    for code, row in now.items():
        assert [row[name] for name in names] == [own[code][name] for name in names], "the figures are the round's own"
        assert float(row["score"]) == pytest.approx(score(row), abs=1e-12)
        if before[code]["rank"]:
            assert float(before[code]["score"]) == pytest.approx(score(before[code]), abs=1e-12)
    assert max(float(row["score"]) for row in now.values()) != pytest.approx(max(float(row["score"]) for row in own.values()))
    record = json.loads((tmp_path / "out/next/run.json").read_text(encoding="utf-8"))
    assert "2021.toml" in record["inputs"]
    posts = {one["measure"]: one["goalposts"] for one in record["settings"]["indicators"] if "goalposts" in one}
    assert {(post["from"], post["lowest"] < post["highest"]) for post in posts.values()} == {("2021", True)}
    told = exportregion("explain", "Halland", "--award", tmp_path / "out/next", "--json")
    assert json.loads(told.stdout)["score"] == pytest.approx(float(now["13"]["score"]))


@pytest.mark.whole
def test_a_line_of_rounds_keeps_one_scale_and_says_so(scaled: Callable[..., Path]) -> None:
    scaled("second")
    third = load_award(str(scaled("third", FROM.replace("2021", "second"))))
    with indicators_of(load_award("2021"), RAW) as (warehouse, first, _):
        expected = scales(field(warehouse.read("staging.regions"), first), warehouse.indicators(), first)
    with indicators_of(third, RAW) as (_, chosen, _):
        assert chosen.fixed.keys() == {one.name for one in first.indicators if one.weight}
        for name, posts in chosen.fixed.items():
            assert posts.ends == expected[name]
    context = report.context_of(defaultdict(list), chosen, load_sources(RAW, chosen), spoken("sv", chosen))
    said = goalposts(context, chosen.indicators[0].name)
    assert said.endswith("Gränserna är de som poängen i omgången second mäts mellan.")


def test_a_round_that_gives_goalposts_and_is_a_predecessor_is_computed_once(scaled: Callable[..., Path]) -> None:
    award = load_award(str(scaled()))
    sources = load_sources(RAW, award)
    with NamedRounds() as named:
        chosen = _between_goalposts(award, sources, named)
        warehouse, *_ = named.round("2021", chosen, sources)
        assert warehouse is named.round("2021", chosen, sources)[0]
        ends = scales(field(warehouse.read("staging.regions"), load_award("2021")), warehouse.indicators(), load_award("2021"))
        assert {one.name: one.goalposts.ends for one in chosen.indicators if one.goalposts}.items() <= ends.items()
        assert len(named._made) == 1


@pytest.mark.parametrize(
    ("goalposts", "fault"),
    [
        (FROM.replace("2021", "next"), "next.toml, indicators.1.goalposts.from: found the round 'next', which leads back to itself"),
        (FROM.replace("2021", "1999"), "next.toml, indicators.1.goalposts.from: found the round '1999', which has no file"),
        (
            FROM.replace("clip", "lowest = 0, highest = 1, clip"),
            "next.toml, indicators.1.goalposts.from: found a round beside lowest and highest",
        ),
        (
            FROM.replace('from = "2021"', "lowest = 0"),
            "next.toml, indicators.1.goalposts: found goalposts have a lowest and a highest, or from",
        ),
        (FROM.replace('from = "2021", ', ""), "next.toml, indicators.1.goalposts: found goalposts have a lowest and a highest, or from"),
    ],
)
def test_goalposts_that_no_round_can_give_are_refused_with_file_and_key(scaled: Callable[..., Path], goalposts: str, fault: str) -> None:
    ran = exportregion("validate", "--award", scaled(goalposts=goalposts))
    assert ran.exit_code == 1
    assert fault in ran.stderr, ran.stderr


def test_a_named_round_has_the_indicator(scaled: Callable[..., Path]) -> None:
    path = scaled()
    path.write_text(path.read_text(encoding="utf-8").replace('as = "growth"', 'as = "change"', 1), encoding="utf-8")
    ran = exportregion("validate", "--award", path)
    assert "indicators.1.goalposts.from: found the round '2021', which does not have sme_goods_exports_per_capita_change" in ran.stderr


# Archived with it


def test_an_archive_takes_the_named_rounds_along_and_knows_when_they_change(complete: Path, tmp_path: Path) -> None:
    ran = exportregion("archive", "2022", "--out", complete, "--to", tmp_path / "2022.zip")
    assert ran.exit_code == 0, ran.stderr
    with zipfile.ZipFile(tmp_path / "2022.zip") as archive:
        assert {name for name in archive.namelist() if name.startswith("awards/")} == {
            f"awards/{name}{part}.toml" for name in ("2021", "2022") for part in ("", "-evidence")
        }
    record = json.loads((complete / "2022" / "run.json").read_text(encoding="utf-8"))
    assert {"2021.toml", "2021-evidence.toml", "2022.toml", "2022-evidence.toml"} <= set(record["inputs"])
    for path in (PROJECT / "awards").glob("*.toml"):
        shutil.copy(path, tmp_path)
    (tmp_path / "2021.toml").write_text((tmp_path / "2021.toml").read_text(encoding="utf-8") + "# more\n", encoding="utf-8")
    ran = exportregion("archive", tmp_path / "2022.toml", "--out", complete, "--to", tmp_path / "again.zip")
    assert ran.exit_code == 1
    assert "2021.toml: found an input that has changed since the run" in ran.stderr
