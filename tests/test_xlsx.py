"""The workbook: numbers are numbers and unrounded, texts stay texts, unknown is never zero, and the notice stands everywhere."""

import datetime
import io
import re
import subprocess
import zipfile
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pypdfium2
import pytest
from conftest import FIVE, PROJECT, RAW, spoken, tables_before_the_report
from python_calamine import CalamineWorkbook

from pipeline.award import Award, load_award
from pipeline.evidence import Evidence, Statement, load_evidence
from pipeline.method import Goalposts, PartlyKnown
from pipeline.ranking.score import rank_regions
from pipeline.report import context_of
from pipeline.report.calculate import has_formulas
from pipeline.report.context import Context
from pipeline.report.evidence import evidence_rows
from pipeline.report.visible import unbroken
from pipeline.report.words import Code
from pipeline.report.workbook import sheets
from pipeline.report.xlsx import xlsx
from pipeline.sources import Source, Sources, load_sources

NAMES = {
    "sv": "Innehåll Kandidater Rangordning Räkna_själv Indikatorer Nivåer Fönster Robusthet Betydelse Lika_län Annat_underlag Källor Metod Spårning",
    "en": "Contents Candidates Ranking Calculate Indicators Levels Windows Robustness Influence Peers Other_evidence Sources Method Traces",
}
SHEETS = {code: [name.replace("_", " ") for name in names.split()] for code, names in NAMES.items()}
CALCULATE = {"sv": "Räkna själv", "en": "Calculate"}
GROWTH, CHANGE = "(nivå slutår) / (nivå basår) − 1; nivå: ", "(nivå slutår) − (nivå basår); nivå: "
MEASURES = {
    "X": "Små och medelstora företags varuexport",
    "A": "Varuexport, alla företag",
    "N": "Små och medelstora varuexportörer",
    "S": "Tjänsteexport",
    "P": "Invånare",
}
"""What the letters of docs/method/indicators.md mean, as the catalogue names it."""
FORMULAS = {
    "sme_goods_exports_per_capita_growth": GROWTH + "Små och medelstora företags varuexport / Invånare",
    "sme_goods_exporters_per_100k": "100\u202f000 · Små och medelstora varuexportörer / Invånare",
    "services_exports_per_capita_growth": GROWTH + "Tjänsteexport / Invånare",
    "sme_goods_exporters_per_100k_change": CHANGE + "100\u202f000 · Små och medelstora varuexportörer / Invånare",
    "sme_share_of_goods_exports": "Små och medelstora företags varuexport / Varuexport, alla företag",
    "sme_goods_exports_per_exporter": "Små och medelstora företags varuexport / Små och medelstora varuexportörer",
}
Tables = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def results(complete: Path) -> Callable[[str], Tables]:
    """The tables of a round up to its robustness, or of an award in a file in a world of five counties."""

    @cache
    def read(name: str) -> Tables:
        if name not in ("2021", "2022"):
            award = load_award(name)
            return tables_before_the_report(award, load_sources(RAW, award), FIVE)
        files = [file for file in (complete / name).glob("*/*.parquet") if file.parent.name != "report"]
        return {f"{file.parent.name}.{file.stem}": pq.read_table(file).to_pylist() for file in sorted(files)}

    return read


def written(
    tables: Tables,
    code: Code = "sv",
    award: Award | None = None,
    sources: Sources | None = None,
    evidence: Evidence | None = None,
    *,
    of: Sequence[str] = (),
) -> bytes:
    """The workbook, or some of its sheets; that of the round's own award, sources and evidence is made once."""
    if of:
        about = context(tables, code, award, sources, evidence)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("pipeline.report.xlsx.sheets", lambda context: [sheet for sheet in sheets(context) if sheet.name in of])
            return xlsx(about)
    own = award is None and sources is None and evidence is None
    if not own or (id(tables), code) not in WRITTEN:
        made = xlsx(context(tables, code, award, sources, evidence))
        if not own:
            return made
        WRITTEN[id(tables), code] = made
    return WRITTEN[id(tables), code]


WRITTEN: dict[tuple[int, Code], bytes] = {}
"""Workbooks by the tables that they are written from, which the fixture keeps, and language."""


def context(
    tables: Tables,
    code: Code = "sv",
    award: Award | None = None,
    sources: Sources | None = None,
    evidence: Evidence | None = None,
) -> Context:
    award = award or load_award("2021")
    entered = {"report.evidence": evidence_rows(evidence or load_evidence(award))}
    return context_of(tables | entered, award, sources or load_sources(RAW, award), spoken(code, award))


def cells(workbook: bytes, sheet: str) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def table(workbook: bytes, sheet: str, first: str = "Plats") -> list[dict[str, Any]]:
    """The rows of a sheet's table, by heading; headings that come twice have their group's name before them."""
    rows = cells(workbook, sheet)
    at = next(number for number, row in enumerate(rows) if row and row[0] == first)
    groups: list[str] = []
    for column in range(len(rows[at])):
        groups.append(rows[at - 1][column] or (groups[-1] if groups else ""))
    names = [name if rows[at].count(name) == 1 else f"{group}: {name}" for name, group in zip(rows[at], groups, strict=True)]
    body = rows[at + 1 :]
    ends = [number for number, row in enumerate(body) if all(cell == "" for cell in row)]
    return [dict(zip(names, row, strict=True)) for row in body[: ends[0] if ends else None]]


def xml(workbook: bytes, part: str) -> str:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return archive.read(part).decode("utf-8")


def parts(workbook: bytes, pattern: str) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return [name for name in archive.namelist() if re.fullmatch(pattern, name)]


def sheets_xml(workbook: bytes) -> dict[str, str]:
    names = CalamineWorkbook.from_filelike(io.BytesIO(workbook)).sheet_names
    return {name: xml(workbook, f"xl/worksheets/sheet{number}.xml") for number, name in enumerate(names, 1)}


@pytest.mark.whole
@pytest.mark.parametrize("code", ["sv", "en"])
@pytest.mark.parametrize("name", ["2021", "2022"])
def test_every_sheet_is_there_in_both_languages(results: Callable[[str], Tables], code: Code, name: str) -> None:
    alone = None if name == "2021" else load_award(name).model_copy(update={"predecessors": None})
    made = written(results(name), code, alone)
    assert CalamineWorkbook.from_filelike(io.BytesIO(made)).sheet_names == SHEETS[code]


def test_a_round_with_predecessors_has_a_sheet_of_them(complete: Path) -> None:
    names = CalamineWorkbook.from_path(complete / "2022" / "report" / "exportregion-2022.xlsx").sheet_names
    assert [name for name in names if name not in SHEETS["sv"]] == ["Omgångar"]


def test_what_is_not_there_has_no_sheet(results: Callable[[str], Tables]) -> None:
    made = written(results("2021"), evidence=Evidence(file=Path("none")))
    assert CalamineWorkbook.from_filelike(io.BytesIO(made)).sheet_names == [sheet for sheet in SHEETS["sv"] if sheet != "Annat underlag"]


def test_the_same_bytes_twice_and_no_time_of_now(results: Callable[[str], Tables]) -> None:
    made = written(results("2021"))
    assert made == xlsx(context(results("2021")))
    core = xml(made, "docProps/core.xml")
    assert re.findall(r">(\d{4}-\d\d-\d\dT[\d:]+Z)<", core) == ["2026-11-23T00:00:00Z"] * 2
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_numbers_are_numbers_to_their_last_digit(results: Callable[[str], Tables]) -> None:
    tables, award = results("2021"), load_award("2021")
    made = written(tables)
    shown = {row["Länskod"]: row for row in table(made, "Rangordning")}
    for row in tables["ranking.ranking"]:
        found = shown[row["region_code"]]
        assert found["Plats"] == (row["rank"] if row["rank"] is not None else "..")
        assert found["Poäng"] == (row["score"] if row["score"] is not None else "..")
        for indicator in award.indicators:
            (heading,) = [name for name in found if name.startswith(f"{unbroken(str(indicator.label))} (")]
            assert found[heading] == (row[indicator.name] if row[indicator.name] is not None else "..")
        for indicator in award.indicators[:3]:
            for suffix, group in (("normalised", "Normaliserat: högre är bättre"), ("weighted", "Bidrag till poängen")):
                value = row[f"{indicator.name}_{suffix}"]
                assert found[f"{group}: {unbroken(str(indicator.label))}"] == (value if value is not None else "..")
    # Calamine reads numbers as doubles; the file itself has all digits of them.
    (score,) = [row["score"] for row in tables["ranking.ranking"] if row["region_code"] == "24"]
    assert f"<v>{score!r}</v>" in sheets_xml(made)["Rangordning"]


def test_the_parts_of_each_indicator_are_there_and_the_nation_below(results: Callable[[str], Tables]) -> None:
    tables = results("2021")
    rows = {row["Länskod"]: row for row in table(written(tables), "Indikatorer")}
    assert list(rows)[-1] == "00"
    assert rows["00"]["Plats"] == ""
    values, levels = tables["indicators.indicators_by_region"], tables["indicators.levels_by_year"]
    growth = {row["region_code"]: row for row in values if row["indicator"] == "sme_goods_exports_per_capita_growth"}
    of_all = {row["region_code"]: row["level"] for row in levels if (row["measure"], row["year"]) == ("goods_exports", 2020)}
    label = "Tillväxt i små och medelstora företags varuexport per invånare"
    for code, row in rows.items():
        for heading, value in (
            (f"{label}: Nivå 2016 (kronor per invånare)", growth[code]["base"]),
            (f"{label}: Nivå 2020 (kronor per invånare)", growth[code]["final"]),
            (f"{label}: Värde (förändring, %)", growth[code]["indicator_value"]),
            ("Varuexport, alla företag 2020 (kronor)", of_all[code]),
        ):
            assert row[heading] == (float(value) if value is not None else "..")
    assert rows["09"][f"{label}: Uppgift"] == "en uppgift är sekretessbelagd"
    assert rows["25"][f"{label}: Uppgift"] == "känd"


def test_every_window_has_a_row_for_every_county(results: Callable[[str], Tables]) -> None:
    tables = results("2021")
    rows = table(written(tables), "Fönster", "Basår")
    assert len(rows) == 10 * 21
    alone = {
        (row["base_year"], row["final_year"], row["region_code"]): row
        for row in tables["robustness.windows"]
        if row["indicator"] == "services_exports_per_capita_growth"
    }
    for row in rows:
        expected = alone[row["Basår"], row["Slutår"], row["Länskod"]]
        value = expected["indicator_value"]
        assert row["Tillväxt i tjänsteexport per invånare: Värde (förändring, %)"] == (value if value is not None else "..")
        assert row["Tillväxt i tjänsteexport per invånare: Plats"] == (expected["rank"] if expected["rank"] is not None else "..")


def test_robustness_tells_shares_their_error_and_between_which_places(results: Callable[[str], Tables]) -> None:
    tables = results("2021")
    made = written(tables)
    rows = {row["Länskod"]: row for row in table(made, "Robusthet")}
    for share in tables["robustness.candidate_shares"]:
        row = rows[share["region_code"]]
        for heading, key in (
            ("Av alla viktningar (%)", "weights_share"),
            ("Av alla viktningar, medelfel (%)", "standard_error"),
            ("Av alla fönster (%)", "windows_share"),
            ("Av alla metoder (%)", "methods_share"),
        ):
            assert row[heading] == (share[key] if share[key] is not None else "..")
    for share in tables["robustness.joint_shares"]:
        row = rows[share["region_code"]]
        for heading, key in (("Av alla kombinationer (%)", "joint_share"), ("Av alla kombinationer, medelfel (%)", "standard_error")):
            assert row[heading] == share[key]
    assert rows["13"]["Omdöme"] == "beror på vikterna"
    assert (rows["23"]["Möjlig plats, orangordnad: Bästa plats"], rows["23"]["Möjlig plats, orangordnad: Sämsta plats"]) == (3, 16)
    assert rows["13"]["Möjlig plats, orangordnad: Bästa plats"] == ""
    scenario = {row["region_code"]: row for row in tables["robustness.scenarios"] if row["scenario"] == "Exportvärdena fel med 2 %"}
    assert rows["05"]["Exportvärdena fel med 2\u202f%: Sämsta plats"] == scenario["05"]["worst_rank"]
    text = " ".join(str(row[0]) for row in cells(made, "Robusthet"))
    assert (
        "Prövade metoder är alla som kan ge olika ordning: 14 (par av normalisering och sammanvägning: 7; sätt att räkna invånare: 2)"
        in text
    )
    assert "7 metoder och 1\u202f024 viktningar sätts samman på alla sätt, till 143\u202f360 kombinationer" in text
    assert "Andelen av viktningarna är exakt." in text
    below = cells(made, "Robusthet")
    at = next(number for number, row in enumerate(below) if row[0] == "Så långt kan en vikt flyttas innan kandidaten faller ur")
    assert len([row for row in below[at + 2 :] if row[1]]) == len(tables["robustness.weight_intervals"])


def test_every_level_stands_there_year_by_year(results: Callable[[str], Tables]) -> None:
    tables, measures = results("2021"), load_award("2021").catalogue.measures
    rows = {(row["Mått"], row["Länskod"]): row for row in table(written(tables), "Nivåer", "Mått")}
    levels = tables["indicators.levels_by_year"]
    assert len(rows) * 5 == len(levels)
    for level in levels:
        shown = rows[unbroken(measures[level["measure"]].sv.name), level["region_code"]][str(level["year"])]
        assert shown == (".." if level["level"] is None else float(level["level"]))


# The sheet to calculate with

TRIALS: dict[str, tuple[dict[str, str], tuple[float, ...]]] = {
    "other weights": ({}, (0.5, 0.3, 0.2, 0, 0, 0)),
    "weights that are scaled": ({"normalisation": "z-score", "ties": "max"}, (2, 1, 0, 0, 0, 3)),
    "a product": ({"normalisation": "rank", "aggregation": "geometric", "ties": "dense"}, (0.25, 0.25, 0.5, 0, 0, 0)),
    "ties": ({"normalisation": "rank"}, (0.5, 0.5, 0, 0, 0, 0)),
    "ties that share the last place": ({"normalisation": "rank", "ties": "max"}, (0.5, 0.5, 0, 0, 0, 0)),
    "ties without gaps": ({"normalisation": "percentile-rank", "ties": "dense"}, (0.5, 0.5, 0, 0, 0, 0)),
    "a weight on services alone": ({}, (0, 0, 1, 0, 0, 0)),
    "one that was only shown": ({"normalisation": "percentile-rank", "aggregation": "geometric"}, (0, 0, 0, 0.5, 0.5, 0)),
    "weights that cannot be used": ({}, (0, 0, 0, 0, 0, 0)),
}
"""A round's method, and weights that are entered in its workbook."""


def trial(tables: Tables, method: dict[str, str]) -> tuple[Award, Tables, Callable[[tuple[float, ...]], list[dict[str, Any]]]]:
    """An award with a method and its last but one indicator best when low, its tables, and its ranking with other weights."""
    award = load_award("2021")
    *first, lower, last = award.indicators
    indicators = (*first, lower.model_copy(update={"direction": "lower"}), last)
    award = award.model_copy(update={"ranking": award.ranking.model_copy(update=method), "indicators": indicators})
    values: dict[str, dict[str, Any]] = {indicator.name: {} for indicator in award.indicators}
    for row in tables["indicators.indicators_by_region"]:
        values[row["indicator"]][row["region_code"]] = row

    def ranking(weights: tuple[float, ...]) -> list[dict[str, Any]]:
        shares = [Fraction(weight).limit_denominator(1000) for weight in weights]
        pairs = zip(award.indicators, shares, strict=True)
        weighing = tuple(indicator.model_copy(update={"weight": share / sum(shares)}) for indicator, share in pairs)
        return rank_regions(tables["staging.regions"], values, award.model_copy(update={"indicators": weighing}))

    own = ranking(tuple(float(indicator.weight) for indicator in award.indicators))
    return award, {**tables, "ranking.ranking": own}, ranking


def entered(workbook: bytes, weights: tuple[float, ...]) -> bytes:
    """The workbook with weights in their cells, and without what its formulas gave before."""
    (line,) = [number for number, row in enumerate(cells(workbook, "Räkna själv"), 1) if "Vikt" in row]
    names = CalamineWorkbook.from_filelike(io.BytesIO(workbook)).sheet_names
    sheet = f"xl/worksheets/sheet{names.index('Räkna själv') + 1}.xml"
    text = re.sub(r"(<f>.*?</f>)<v>.*?</v>", r"\1", xml(workbook, sheet))
    for column, weight in zip("GHIJKL", weights, strict=True):
        text, count = re.subn(rf'(<c r="{column}{line}" [^>]*><v>).*?(</v>)', rf"\g<1>{weight}\2", text)
        assert count == 1
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, text if name == sheet else source.read(name))
    return out.getvalue()


def calculated(workbook: bytes) -> dict[str, tuple[Any, Any, Any]]:
    """Place, score and whether it is a candidate, by region code."""
    rows = cells(workbook, "Räkna själv")
    return {str(row[1]): (row[0], row[3], row[4]) for row in rows if re.fullmatch(r"\d\d", str(row[1]))}


def expected(ranking: list[dict[str, Any]]) -> dict[str, tuple[Any, Any, Any]]:
    return {
        row["region_code"]: (
            row["rank"] or "",
            pytest.approx(row["score"], rel=1e-9) if row["rank"] else "",
            "ja" if row["is_candidate"] else "nej",
        )
        for row in ranking
    }


@pytest.mark.parametrize("name", ["ties", "ties that share the last place", "ties without gaps", "a product"])
def test_the_formulas_give_the_ranking_of_the_round_until_a_weight_is_changed(results: Callable[[str], Tables], name: str) -> None:
    award, tables, _ = trial(results("2021"), TRIALS[name][0])
    assert calculated(written(tables, award=award, of=[CALCULATE["sv"]])) == expected(tables["ranking.ranking"])


def test_a_round_whose_method_has_no_formulas_has_no_such_sheet(results: Callable[[str], Tables]) -> None:
    award = load_award("2021")
    other = award.ranking.model_copy(update={"normalisation": "rank", "ties": "of another kind"})
    made = context(results("2021"), award=award.model_copy(update={"ranking": other}))
    assert has_formulas(context(results("2021")))
    assert not has_formulas(made)


def test_there_are_no_formulas_where_scores_are_between_goalposts_or_of_what_is_known(results: Callable[[str], Tables]) -> None:
    award, tables = load_award("2021"), results("2021")
    posts = Goalposts(lowest=0, highest=1, clip=False, reason="-")
    between = award.model_copy(update={"indicators": tuple(one.model_copy(update={"goalposts": posts}) for one in award.indicators)})
    rule = PartlyKnown(indicators=1, reason="-")
    partly = award.model_copy(update={"ranking": award.ranking.model_copy(update={"partly_known": rule})})
    assert not has_formulas(context(tables, award=between))
    assert not has_formulas(context(tables, award=partly))


RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode"><value>0</value></prop></item></oor:items>"""
"""LibreOffice's setting to calculate a workbook anew whenever it is opened."""


def test_places_follow_the_weights_in_the_cells_as_in_the_engine(results: Callable[[str], Tables], soffice: str, tmp_path: Path) -> None:
    wanted = {}
    (tmp_path / "profile" / "user").mkdir(parents=True)
    (tmp_path / "profile" / "user" / "registrymodifications.xcu").write_text(RECALCULATE, encoding="utf-8")
    for number, (method, weights) in enumerate(TRIALS.values()):
        award, tables, ranking = trial(results("2021"), method)
        # Its formulas read no other sheet, and LibreOffice takes as long for a workbook as it has sheets.
        (tmp_path / f"{number}.xlsx").write_bytes(entered(written(tables, award=award, of=[CALCULATE["sv"]]), weights))
        nobody = [row | {"rank": None, "is_candidate": False} for row in tables["ranking.ranking"]]
        wanted[number] = expected(ranking(weights) if sum(weights) else nobody)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    files = [str(tmp_path / f"{number}.xlsx") for number in wanted]
    command = [soffice, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "out"), *files]
    subprocess.run(command, check=True, capture_output=True)
    for number, name in enumerate(TRIALS):
        assert calculated((tmp_path / "out" / f"{number}.xlsx").read_bytes()) == wanted[number], name
    ties = [place for place, _, _ in wanted[3].values() if place]
    assert len(set(ties)) < len(ties), "a trial has ties"
    said = [
        " ".join(str(row[0]) for row in cells((tmp_path / "out" / f"{number}.xlsx").read_bytes(), "Räkna själv")) for number in (0, 1, 8)
    ]
    assert ["Vikterna blir 1." in said[0], "räknas om i proportion" in said[1], "går inte att räkna med" in said[2]] == [True] * 3


def test_headings_have_their_unit(results: Callable[[str], Tables]) -> None:
    for code, units in (
        ("sv", ("(förändring, %)", "(andel, %)", "(kronor per företag)", "(företag per 100\u202f000 invånare)")),
        ("en", ("(change, %)", "(share, %)", "(SEK per enterprise)", "(enterprises per 100\u202f000 inhabitants)")),
    ):
        made = written(results("2021"), code)  # type: ignore[arg-type]
        headings = table(made, SHEETS[code][1], "Plats" if code == "sv" else "Place")[0]
        for unit in units:
            assert any(heading.endswith(unit) for heading in headings), unit


def test_formulas_stand_on_the_sheet_to_calculate_with_alone_and_links_lead_to_sheets(results: Callable[[str], Tables]) -> None:
    for code in ("sv", "en"):
        made = written(results("2021"), code)
        for sheet, text in sheets_xml(made).items():
            if sheet != CALCULATE[code]:
                assert not re.search(r"<f[ >/]|<formula|conditionalFormatting|dataValidation", text), sheet
            if sheet != SHEETS[code][0]:
                assert "<hyperlink" not in text, sheet
        links = re.findall(r"<hyperlink [^>]*>", sheets_xml(made)[SHEETS[code][0]])
        assert [re.search("location=\"'(.*?)'!A1\"", link)[1] for link in links] == SHEETS[code][1:]  # type: ignore[index]
        assert not any("r:id" in link for link in links)
        assert not parts(made, r".*(externalLink|vbaProject|calcChain).*")
        assert b"TargetMode" not in b"".join(made_part.encode() for made_part in (xml(made, name) for name in parts(made, r".*\.rels")))


HOSTILE = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "@SUM(A1)",
    "{=1+1}",
    "https://example.org/x",
    "-5",
    "007",
    "<b>&amp;</b>",
    "rad ett\nrad två",
    "_x0041_",
    "a\x00b\x01c\x1f\x7f\x85\ufffe\uffff",
    "\r\t",
    "abc\u202edcba",
)


def hostile_evidence() -> Evidence:
    one = Statement(region_code="13", kind="brand", statement="x", source="s", date=datetime.date(2020, 1, 2), entered_by="e")
    return Evidence(file=Path("x"), statements=tuple(one.model_copy(update={"statement": text, "source": text}) for text in HOSTILE))


def test_hostile_text_stays_the_text_it_is(results: Callable[[str], Tables]) -> None:
    tables = dict(results("2021"))
    regions = tables["staging.regions"]
    tables["staging.regions"] = [row | {"region_name": "=1+1"} if row["region_code"] == "13" else row for row in regions]
    award = load_award("2021")
    indicators = tuple(indicator.model_copy(update={"label": f"=A{number}&\x02"}) for number, indicator in enumerate(award.indicators))
    award = award.model_copy(update={"title": "=T&D&P\x00", "indicators": indicators})
    made = written(tables, award=award, evidence=hostile_evidence())
    rows = [row for row in table(made, "Annat underlag", "Länskod") if row["Länskod"] == "13" and row["Källa"]]
    shown = {
        "a\x00b\x01c\x1f\x7f\x85\ufffe\uffff": "a␀b␁c␟␡\ufffd\ufffd\ufffd",
        "\r\t": " ",
        "abc\u202edcba": "abc\ufffddcba",
    }
    assert {row["Uppgift"] for row in rows} == {shown.get(text, text) for text in HOSTILE}
    assert {row["Källa"] for row in rows} == {shown.get(text, text) for text in HOSTILE}
    assert all(isinstance(row["Datum"], datetime.date) for row in rows)
    assert "=1+1" in {row["Region"] for row in table(made, "Rangordning")}
    for sheet, text in list(sheets_xml(made).items())[1:]:
        formulas = " ".join(re.findall(r"<f>(.*?)</f>", text))
        assert not re.search(r"cmd|=A\d+&|=1\+1", formulas), "no formula has a word of the data"
        assert bool(formulas) == (sheet == CALCULATE["sv"])
        assert f"&amp;L=T&amp;&amp;D&amp;&amp;P␀: {sheet}" in text  # & is no code of a header


def test_a_text_longer_than_a_cell_ends_in_dots(results: Callable[[str], Tables]) -> None:
    one = hostile_evidence().statements[0].model_copy(update={"statement": "a" * 40_000})
    made = written(results("2021"), evidence=Evidence(file=Path("x"), statements=(one,)), of=["Annat underlag"])
    (row,) = [row for row in table(made, "Annat underlag", "Länskod") if row["Källa"]]
    assert row["Uppgift"] == "a" * 32_766 + "…"


def test_unknown_is_two_points_and_never_zero(results: Callable[[str], Tables]) -> None:
    tables = dict(results("2021"))
    ranking = tables["ranking.ranking"]
    name = "sme_goods_exports_per_capita_growth_weighted"
    first, second, *others = ranking
    tables["ranking.ranking"] = [first | {name: float("inf")}, second | {name: float("-inf")}, *others]
    rows = {row["Länskod"]: row for row in table(written(tables), "Rangordning")}
    points = "Bidrag till poängen: Tillväxt i små och medelstora företags varuexport per invånare"
    assert [row[points] for row in rows.values()][:2] == ["..", ".."]
    for code in ("09", "23"):
        assert rows[code]["Plats"] == ".."
        assert rows[code]["Poäng"] == ".."
        assert "sekretess" in rows[code]["Varför länet inte rangordnas"]
        assert 0 not in rows[code].values()
    assert rows["25"]["Varför länet inte rangordnas"] == ""


def test_panes_are_frozen_filters_are_set_and_pages_are_set_up(results: Callable[[str], Tables]) -> None:
    made = written(results("2021"))
    named = {re.search('name="(.*?)"', xml(made, part))[1]: xml(made, part) for part in parts(made, "xl/tables/.*xml")}  # type: ignore[index]
    tables = {name.replace("_", " "): text for name, text in named.items()}
    assert list(tables) == ["Kandidater", "Nivåer", "Betydelse", "Lika län", "Annat underlag", "Källor", "Metod", "Spårning"]
    for sheet, text in list(sheets_xml(made).items())[1:]:
        pane = re.search(r'<pane xSplit="(\d+)" ySplit="(\d+)" [^>]*state="frozen"', text)
        assert pane, sheet
        found = re.search(r'<autoFilter ref="A(\d+):[A-Z]+(\d+)"', text + tables.get(sheet, ""))
        assert found, sheet
        assert int(found[1]) == int(pane[2]), "the filter stands in the last line that stays in sight"
        assert int(found[2]) > int(found[1])
        way = "portrait" if sheet in ("Betydelse", "Lika län") else "landscape"
        assert f'paperSize="9" orientation="{way}"' in re.sub(r'fitTo\w+="\d+" ', "", text), sheet
        assert 'fitToHeight="0"' in text
        assert "Sida &amp;P av &amp;N" in text
        assert re.search(r"&amp;Lexportregion [\d.]+ · omgång [0-9a-f]{8} · katalog [0-9a-f]{8} · indata [0-9a-f]{8}", text), sheet
        assert "&amp;D" not in re.sub(r"&amp;&amp;", "", text)  # no date of the day it is printed


def defined(workbook: bytes, name: str) -> dict[str, str]:
    """What a name that Excel knows stands for, by sheet."""
    places = re.findall(rf'<definedName name="_xlnm.{name}" localSheetId="\d+">(.*?)<', xml(workbook, "xl/workbook.xml"))
    return {place.split("!")[0].strip("'").replace("&apos;", ""): place.partition("!")[2].replace("$", "") for place in places}


def test_print_leaves_out_what_would_be_cut_and_repeats_headings_over_their_own_rows(results: Callable[[str], Tables]) -> None:
    made = written(results("2021"))
    areas, titles = defined(made, "Print_Area"), defined(made, "Print_Titles")
    assert set(areas) == set(SHEETS["sv"])
    several = [sheet for sheet, text in sheets_xml(made).items() if re.search(r'fitToWidth="[2-9]"', text)]
    assert several == ["Rangordning", "Räkna själv", "Indikatorer", "Fönster", "Robusthet", "Källor"]
    for sheet, text in list(sheets_xml(made).items())[1:]:
        body = int(re.search(r'ySplit="(\d+)"', text)[1])  # type: ignore[index]
        first, last = map(int, re.fullmatch(r"A(\d+):[A-Z]+(\d+)", areas[sheet]).groups())  # type: ignore[union-attr]
        assert (first > 4) == (sheet in several), "the notes are left out where they would be cut"
        assert (last < body) == (sheet == "Spårning"), "the notes on figures have a PDF of their own"
        rows = re.search(r"!?(\d+):(\d+)$", titles.get(sheet, ""))
        assert bool(rows) == (sheet not in ("Robusthet", "Betydelse", "Omgångar", "Spårning")), sheet
        assert not rows or int(rows[2]) == body


def test_no_number_is_wider_than_its_column_and_no_row_of_the_ranking_is_high(results: Callable[[str], Tables]) -> None:
    text = sheets_xml(written(results("2021")))
    wide = [float(width) for width in re.findall(r'<col min="\d+" max="\d+" width="([\d.]+)"', text["Nivåer"])]
    assert min(wide[4:]) >= len("1,310,000,000,000"), "exports of the nation in crowns"
    heights = [float(height) for height in re.findall(r'<row r="\d+"[^>]* ht="([\d.]+)"', text["Rangordning"])]
    assert max(heights[-21:]) < 2.5 * 15, "why a county is not ranked takes two lines"


def test_charts_follow_the_cells_and_begin_at_zero(results: Callable[[str], Tables]) -> None:
    made = written(results("2021"))
    charts = [xml(made, name) for name in sorted(parts(made, "xl/charts/chart.*xml"))]
    series = [re.findall(r"<c:val><c:numRef><c:f>(.*?)</c:f>", chart) for chart in charts]
    assert [len(values) for values in series] == [3, 1, 2]
    assert all("Rangordning!" in value for value in series[0])
    assert all('<c:min val="0"/>' in chart for chart in charts)
    drawings = [xml(made, name) for name in sorted(parts(made, "xl/drawings/drawing.*xml"))]
    assert all(re.search(r'descr="[^"]{40,}"', drawing) for drawing in drawings)
    ranking = table(made, "Rangordning")
    parts_of = [
        sum(value for name, value in row.items() if name.startswith("Bidrag till poängen: ")) for row in ranking if row["Plats"] != ".."
    ]
    assert parts_of == pytest.approx([row["Poäng"] for row in ranking if row["Plats"] != ".."])


def test_libreoffice_prints_the_workbook_on_few_pages_each_with_the_notice(printed: Path) -> None:
    with pypdfium2.PdfDocument(printed / "2021.xlsx.pdf") as document:
        pages = [document[number].get_textpage().get_text_range() for number in range(len(document))]
    assert len(pages) <= 45
    assert all("ILLUSTRATIVA UPPGIFTER, INGEN STATISTIK" in page for page in pages)
    assert not any("###" in page for page in pages)


@pytest.mark.parametrize("code", ["sv", "en"])
def test_illustrative_data_are_announced_on_every_sheet_and_page_and_in_the_properties(
    results: Callable[[str], Tables], code: Code
) -> None:
    notice = "ILLUSTRATIVA UPPGIFTER, INGEN STATISTIK" if code == "sv" else "ILLUSTRATIVE DATA, NOT STATISTICS"
    made = written(results("2021"), code)
    for sheet, text in sheets_xml(made).items():
        said = " ".join(str(row[0]) for row in cells(made, sheet)[1:3])
        assert said.upper().startswith(f"{notice}: GOODS_EXPORTS_BY_COUNTY.XLSX, SERVICES_EXPORTS_BY_COUNTY.XLSX."), sheet
        assert f"&amp;R&amp;B{notice}</oddHeader>" in text
    core = xml(made, "docProps/core.xml")
    for tag in ("dc:title", "cp:keywords", "dc:description", "cp:contentStatus"):
        assert re.search(rf"<{tag}>[^<]*{notice}", core, re.IGNORECASE), tag
    official = load_sources(RAW, load_award("2021"))
    entries = {name: source.model_copy(update={"kind": "official"}) for name, source in official.entries.items()}
    made = written(results("2021"), code, sources=official.model_copy(update={"entries": entries}))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert not any(notice in archive.read(name).decode("utf-8").upper() for name in archive.namelist())


def test_sources_are_listed_with_all_that_is_known_of_them(results: Callable[[str], Tables]) -> None:
    rows = {row["Fil"]: row for row in table(written(results("2021")), "Källor", "Fil")}
    sources = load_sources(RAW, load_award("2021"))
    assert list(rows) == [source.file for source in sources.entries.values()]
    for source in sources.entries.values():
        row = rows[source.file]
        assert row["Kontrollsumma (sha256)"] == source.sha256
        assert row["Hämtad"] == source.retrieved
        assert row["Publicerad"] == (source.published or "ej angivet")
        assert [row[key] for key in ("Utgivare", "Titel", "Avser", "Licens", "Webbadress")] == [
            source.publisher,
            source.title,
            source.covers,
            source.licence,
            source.page,
        ]


def test_a_gap_in_the_evidence_is_shown_as_a_gap(results: Callable[[str], Tables]) -> None:
    rows = table(written(results("2021")), "Annat underlag", "Länskod")
    by_region: dict[str, list[str]] = {}
    for row in rows:
        by_region.setdefault(row["Länskod"], []).append(row["Uppgift"])
    assert by_region["24"] == ["Inget är infört."] * 4
    assert by_region["13"].count("Inget är infört.") == 2
    assert any("Skåne län" in str(row[0]) for row in cells(written(results("2021")), "Annat underlag")[:8])


def test_the_method_has_every_choice_with_its_reason(results: Callable[[str], Tables]) -> None:
    award = load_award("2021")
    tables = dict(results("2021"))
    exception = {"audit": "yearly_jumps", "region_code": "13", "year": 2018, "found": "=1", "expected": "x", "reason": "Ett nytt verk."}
    tables["validation.exceptions"] = [exception]
    rows = table(written(tables, of=["Metod"]), "Metod", "Del")
    for indicator in award.indicators:
        (row,) = [row for row in rows if row["Vad"] == unbroken(str(indicator.label))]
        assert row["Skäl"] == indicator.reason
        assert ("vikt 1/3" in row["Val"]) == bool(indicator.weight)
        assert row["Formel eller innebörd"] == FORMULAS[indicator.name]
    assert {award.window.reason, award.ranking.reason, "Ett nytt verk."} <= {row["Skäl"] for row in rows}
    assert [row["Val"] for row in rows if row["Vad"] == "Slumptalens frö"] == [award.robustness.seed]
    assert [row["Val"] for row in rows if row["Del"] == "Godtaget undantag"] == ["=1"]


def computed(formula: str, known: dict[str, int]) -> float:
    """What a formula gives, its names replaced by known numbers."""
    for name, value in sorted(known.items(), key=lambda item: -len(item[0])):
        formula = formula.replace(name, str(value))
    for sign, python in (("−", "-"), ("·", "*"), ("100\u202f000", "100000"), ("100 000", "100000")):
        formula = formula.replace(sign, python)
    assert re.fullmatch(r"[\d+*/() -]+", formula), formula
    return float(eval(formula))


def test_formulas_are_those_of_the_method() -> None:
    """The workbook names measures where docs/method/indicators.md has letters: both give the same from the same numbers."""
    method = (PROJECT / "docs" / "method" / "indicators.md").read_text(encoding="utf-8")
    base, final = {"X": 7, "A": 23, "N": 5, "S": 11, "P": 3}, {"X": 13, "A": 41, "N": 17, "S": 19, "P": 2}
    years = {f"{letter}_b": value for letter, value in base.items()} | {f"{letter}_f": value for letter, value in final.items()}
    for name, formula in FORMULAS.items():
        (documented,) = re.findall(rf"^\| `{name}` \| (.*?) \|", method, re.MULTILINE)
        of_levels, _, level = formula.rpartition("; nivå: ")
        levels = [computed(level, {MEASURES[letter]: value for letter, value in year.items()}) for year in (base, final)]
        found = levels[1]
        if of_levels:
            found = eval(of_levels.replace("(nivå basår)", "levels[0]").replace("(nivå slutår)", "levels[1]").replace("−", "-"))
        assert found == pytest.approx(computed(documented, years), rel=1e-12), name


@pytest.mark.whole
def test_an_indicator_that_no_round_has_yet_has_its_name_unit_and_formula(
    results: Callable[[str], Tables], award: Callable[..., Path]
) -> None:
    """As after docs/method/indicators.md, "Adding an indicator": no line of this module or of texts/ is needed."""
    share = 'measure = "sme_share_of_goods_exports"\nas = "level"\nlabel = "Små och medelstora företags andel av varuexporten"'
    path = award((share, 'measure = "goods_exports_per_capita"\nas = "growth"'))
    made = written(results(str(path)), award=load_award(str(path)), of=["Rangordning", "Indikatorer", "Metod"])
    label = "Varuexport per invånare, alla företag, tillväxt"
    assert f"{label} (förändring, %)" in table(made, "Rangordning")[0]
    assert f"{label}: Nivå 2016 (kronor per invånare)" in table(made, "Indikatorer")[0]
    (row,) = [row for row in table(made, "Metod", "Del") if row["Vad"] == label]
    assert row["Formel eller innebörd"] == GROWTH + "Varuexport, alla företag / Invånare"


def test_traces_are_those_of_the_language_and_text(results: Callable[[str], Tables]) -> None:
    for code, first in (("sv", "Spår"), ("en", "Trace")):
        about = context(results("2021"), code)  # type: ignore[arg-type]
        rows = table(written(results("2021"), code), SHEETS[code][-1], first)  # type: ignore[arg-type]
        assert len(rows) == len(about.traces.by_place) > 200
        for row, trace in zip(rows, about.traces.by_place.values(), strict=True):
            values = list(row.values())
            assert values[:5] == [trace.number, trace.region_name, trace.shown, trace.unrounded, trace.quantity]
            assert unbroken(trace.formula) in values
            assert values[-1] == "; ".join(f"{cell.raw_file} {cell.raw_cell}" for cell in trace.cells)


def test_one_region_and_no_candidate_do_not_break_it(results: Callable[[str], Tables]) -> None:
    tables = dict(results("2021"))
    tables["ranking.ranking"] = [row | {"is_candidate": False} for row in tables["ranking.ranking"]]
    tables["robustness.weight_intervals"] = []
    tables["robustness.candidate_shares"] = [row | {"draws": None} for row in tables["robustness.candidate_shares"]]
    made = written(tables)
    assert table(made, "Kandidater") == []
    assert any(row[0] == "Andelen av viktningarna är exakt." for row in cells(made, "Robusthet"))


def test_a_source_without_date_or_table(results: Callable[[str], Tables]) -> None:
    sources = load_sources(RAW, load_award("2021"))
    bare: dict[str, Source] = {
        name: source.model_copy(update={"published": None, "table_id": None}) for name, source in sources.entries.items()
    }
    rows = table(written(results("2021"), sources=sources.model_copy(update={"entries": bare}), of=["Källor"]), "Källor", "Fil")
    assert {row["Publicerad"] for row in rows} == {"ej angivet"}
