"""Files as people have them: each gives the right figures, is asked about, or is refused with its cause.

Figures are the shipped ones, read here without the pipeline; SCB's population of 31 December 2016 was 9 995 153, of 2015 9 851 017.
"""

import csv
import datetime
import json
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from conftest import GOODS, POPULATION, RAW, SERVICES, Raw, read_rows, report_text, write_workbook

from pipeline import arrivals
from pipeline.award import load_award
from pipeline.cubes import Cube, read_jsonstat
from pipeline.faults import DataRefused
from pipeline.ingest import recognise, region_names
from pipeline.ingest.cells import Regions
from pipeline.ingest.descriptions import describes
from pipeline.ingest.files import read_sheet
from pipeline.ingest.tables import Found, read_table
from pipeline.sources import Layout, load_sources

AWARD = load_award("2021")
NAMES, _ = region_names(load_sources(RAW).serving(AWARD), AWARD.catalogue.geography)
WORDS = recognise.Words(AWARD.catalogue, NAMES)
YEARS = range(2016, 2022)
with (RAW / POPULATION).open(encoding="utf-8", newline="") as file:
    PEOPLE = {(row["region_code"], int(row["year"])): int(row["population"]) for row in csv.DictReader(file)}


def number(cell: str) -> Any:
    """A figure of the shipped workbooks, whose thousands are apart; a symbol stays."""
    digits = "".join(cell.split())
    return int(digits) if digits.isdecimal() else cell


SERVICE_ROWS = {row[0]: [number(cell) for cell in row[2:]] for row in read_rows(RAW / SERVICES)[1] if row[0] in NAMES}
GOODS_ROWS = {(row[0], int(row[2]), row[3]): [number(cell) for cell in row[4:6]] for row in read_rows(RAW / GOODS)[1] if row[0] in NAMES}
SIZES = {"S0": "0–9 anställda", "S1": "10–49 anställda", "S2": "50–249 anställda", "S3": "250 eller fler", "S4": "Samtliga"}
LABELS = dict(zip(("0–9", "10–49", "50–249", "250–", "Totalt"), SIZES.values(), strict=True))
CODES = dict(zip(LABELS, ("0-9", "10-49", "50-249", "250+", "total"), strict=True))
PLACED = "där produktionen sker"

Rows = list[list[Any]]


def received(path: Path, **told: Any) -> tuple[dict[str, dict[tuple[Any, ...], tuple[Any, str]]], list[str]]:
    """What is read of a file, by quantity, region, year and class, and what is in doubt. Raises DataRefused."""
    suffix = recognise.format_of(path.read_bytes(), path.name)[1]
    path = path.rename(path.with_suffix(suffix))
    figures: dict[str, dict[tuple[Any, ...], tuple[Any, str]]] = {}
    doubts: list[str] = []
    for known in recognise.recognise(path, WORDS, **told):
        found = Found()
        for keys, _ in known.layouts:
            layout = Layout(**{"unit": "thousand SEK", "series": "x", **keys})
            statistic = AWARD.catalogue.statistics[known.table]
            read_table(statistic, read_sheet(path, layout), layout, NAMES, "regions.csv", found, AWARD.catalogue)
        if found.faults:
            raise DataRefused(found.faults)
        for key, cells in found.cells.items():
            for quantity, cell in cells.items():
                figures.setdefault(known.table + "." + quantity, {})[key] = (cell.value, cell.status)
        doubts += map(str, known.doubts)
    return figures, doubts


def jsonstat(title: str, dimensions: Mapping[str, Mapping[str, str]], values: Iterable[Any], **more: Any) -> dict[str, Any]:
    return {
        "version": "2.0",
        "class": "dataset",
        "label": title,
        "id": list(dimensions),
        "size": [len(labels) for labels in dimensions.values()],
        "role": {"metric": ["Innehall"]},
        "dimension": {name: {"category": {"index": list(labels), "label": dict(labels)}} for name, labels in dimensions.items()},
        "value": list(values),
        **more,
    }


TIDS = {str(year): str(year) for year in YEARS}


def people_json(
    path: Path, *, only: Mapping[str, Mapping[str, str]] | None = None, contents: str = "Folkmängd", shift: int = 0, **change: Any
) -> None:
    """The population as JSON-stat 2, with variables of one code each; shift takes the figures of other years."""
    regions = change.pop("regions", NAMES)
    times = change.pop("times", TIDS)
    dimensions = {"Region": regions, **(only or {}), "Innehall": {"A": contents}, "Tid": times}
    values = [PEOPLE[code, year + shift] for code in NAMES for year in YEARS] + change.pop("more", [])
    document = jsonstat(change.pop("title", "Folkmängd efter region och år"), dimensions, values)
    document["dimension"]["Innehall"]["extension"] = change.pop("extension", {})
    path.write_text(json.dumps({**document, **change}), encoding="utf-8")


def people_table(path: Path, headings: Iterable[Any], *, title: Iterable[str] = (), shift: int = 0, parts: int = 1, **more: Any) -> None:
    """The population with years as columns in a workbook; more is columns of one text; parts: how many columns a year has, the first all."""
    rows: Rows = [[text] for text in title] + [["Region", *more, *headings]]
    for code in NAMES:
        rows.append([NAMES[code], *more.values(), *(PEOPLE[code, year + shift] // part for year in YEARS for part in range(1, parts + 1))])
    write_workbook(path, {"Blad1": rows})


def services_csv(path: Path, change: Callable[[Rows], Any] = lambda rows: None, encoding: str = "utf-8") -> None:
    rows: Rows = [[f"Tjänsteexport, tkr, {PLACED}"], ["Län", *YEARS]]
    rows += [[NAMES[code], *SERVICE_ROWS[code]] for code in NAMES]
    change(rows)
    path.write_bytes("\n".join(";".join(map(str, row)) for row in rows).encode(encoding))


def services_excel(path: Path, change: Callable[[Rows], Any]) -> None:
    rows: Rows = [[f"Tjänsteexport, tkr, {PLACED}"], ["Län", *YEARS], *([NAMES[code], *SERVICE_ROWS[code]] for code in NAMES)]
    change(rows)
    write_workbook(path, {"Blad1": rows})


def goods_rows(value: str = "Exportvärde, tkr", count: str = "Antal exporterande företag", **only: str) -> Rows:
    rows: Rows = [[f"Varuexport, tkr, {PLACED}"], ["Länskod", "Län", "År", "Storleksklass", *only, value, count]]
    return rows + [[code, NAMES[code], year, LABELS[size], *only.values(), *figures] for (code, year, size), figures in GOODS_ROWS.items()]


def goods_excel(path: Path, **how: str) -> None:
    write_workbook(path, {"Blad1": goods_rows(**how)})


def goods_px(path: Path, *more: str, codes: bool = True, end: str = ";\n", encoding: str = "cp1252", **change: Any) -> None:
    """Goods exports as PX; more is lines of the head."""
    years = [str(year) for year in YEARS]
    names: dict[str, tuple[list[str], list[str]]] = {
        "region": (list(NAMES), list(NAMES.values())),
        "storleksklass": (list(SIZES), list(SIZES.values())),
        "innehåll": (["EXP", "ANT"], ["Exportvärde", "Antal exporterande företag"]),
        "år": (change.get("times", years), years),
    }
    lines = [*change.get("head", ['CHARSET="ANSI"', 'AXIS-VERSION="2013"', 'CODEPAGE="windows-1252"']), 'LANGUAGE="sv"']
    lines += [f'TITLE="Varuexport efter län, storleksklass och år. D{PLACED[1:]}"', 'UNITS="tkr"']
    lines += ['CONTVARIABLE="innehåll"', 'STUB="region","storleksklass"', 'HEADING="innehåll","år"']
    for name, (own, texts) in names.items():
        lines.append(f'VALUES("{name}")=' + ",".join(f'"{text}"' for text in texts))
        lines += [f'CODES("{name}")=' + ",".join(f'"{code}"' for code in own)] if codes or name in ("innehåll", "storleksklass") else []
    cells = [GOODS_ROWS[code, year, size][place] for code in NAMES for size in LABELS for place in (0, 1) for year in YEARS]
    symbols = {"..": change.get("withheld", '".."'), "-": '"-"', "": '"."'}
    data = " ".join(symbols[cell] if isinstance(cell, str) else f"{cell:.15g}" for cell in cells)
    path.write_bytes((";\n".join([*lines, *more]) + ";\nDATA=\n" + data + end).replace("–", "-").encode(encoding))


def px_without_zeros(path: Path) -> None:
    goods_px(path)
    path.write_bytes(re.sub(rb'"0(\d)"(?=,"\d)', rb'"\1"', path.read_bytes()))


def parquet(path: Path, codes: Iterable[Any], **more: Any) -> None:
    keys = [(code, year) for code in NAMES for year in YEARS]
    columns = {"region_code": list(codes) * len(YEARS), "year": [year for _, year in keys], "population": [PEOPLE[key] for key in keys]}
    columns["region_code"] = [code for code in codes for _ in YEARS]
    pq.write_table(pa.table({**columns, **{name: [value] * len(keys) for name, value in more.items()}}), path)


def heading(row: int, *cells: Any) -> Callable[[Rows], Any]:
    """A row whose last cells are others."""
    return lambda rows: rows[row].__setitem__(slice(len(rows[row]) - len(cells), None), cells)


def noted(year: Any, note: str = "") -> Callable[[Rows], Any]:
    """The last year with a mark, and a note below the table."""

    def change(rows: Rows) -> None:
        heading(1, year)(rows)
        rows.append([note])

    return change


def spoil(row: int, column: int, cell: Any) -> Callable[[Rows], Any]:
    return lambda rows: rows[row].__setitem__(column, cell)


def column(index: int, *cells: Any) -> Callable[[Rows], Any]:
    """A column more, below the title."""

    def change(rows: Rows) -> None:
        for row, cell in zip(rows[1:], cells, strict=True):
            row.insert(index, cell)

    return change


def no_counties(path: Path) -> None:
    """The nation alone, without a variable that says so."""
    values = [PEOPLE["00", year] for year in YEARS]
    path.write_text(json.dumps(jsonstat("Folkmängd efter år", {"Innehall": {"A": "Folkmängd"}, "Tid": TIDS}, values)), encoding="utf-8")


def marked(mark: str) -> Callable[[Rows], Any]:
    return lambda rows: [row.__setitem__(6, f"{row[6]}{mark}") for row in rows[2:]]


def grouped(mark: str) -> Callable[[Rows], Any]:
    """Every figure with a mark between its thousands."""

    def change(rows: Rows) -> None:
        for row in rows[2:]:
            row[1:] = [f"{cell:,}".replace(",", mark) if isinstance(cell, int) else cell for cell in row[1:]]

    return change


def decimals(rows: Rows) -> None:
    """Figures with three decimals, as 539.880,378: one point, which the comma makes one between thousands."""
    for row in rows[2:]:
        row[1:] = [f"{cell / 1000:,.3f}".translate(str.maketrans(",.", ".,")) for cell in row[1:]]


DATES = [datetime.date(year, 1, 1) for year in YEARS]
YEAR_ENDS = [datetime.date(year, 12, 31) for year in YEARS]
ALL = {"population.population": ((("00", 2016), 9_995_153), (("25", 2020), 249_614))}
SERVICES_2021 = {"services_exports.exports": ((("00", 2016), 539_880_378), (("00", 2021), 711_175_562), (("25", 2020), 4_009_614))}
GOODS_2016 = {"goods_exports.exports": ((("00", 2016, "0–9"), 37_062_943),), "goods_exports.exporters": ((("00", 2016, "0–9"), 16_888),)}
TOTALS = {"Alder": {"tot": "totalt ålder"}, "Kon": {"1+2": "totalt"}}


IN_WORDS = dict(zip(LABELS, ("Mikroföretag (0–9)", "Små (10–49)", "Medelstora (50–249)", "Stora (250+)", "Alla"), strict=True))
SERVICES_SCALED = {
    factor: {"services_exports.exports": tuple((key, Decimal(value) / factor) for key, value in SERVICES_2021["services_exports.exports"])}
    for factor in (1, 1000, 10**6)
}


def scaled(title: str, factor: int) -> Callable[[Rows], Any]:
    """Services exports in another unit, under a title that says so."""

    def change(rows: Rows) -> None:
        rows[0] = [f"{title}, {PLACED}"]
        for row in rows[2:]:
            row[1:] = [str(Decimal(cell) / factor).replace(".", ",") if isinstance(cell, int) else cell for cell in row[1:]]

    return change


def remainder(label: str, *, within: bool) -> Callable[[Rows], Any]:
    """A row of no county with 7,000 each year, which the nation has or has not."""

    def change(rows: Rows) -> None:
        rows[2][1:] = [cell + 7000 * within for cell in rows[2][1:]]
        rows.append([label, *[7000] * 6])

    return change


def english_csv(path: Path) -> None:
    english = {
        code: "Sweden" if code == "00" else name.replace("s län", " county").replace(" län", " county") for code, name in NAMES.items()
    }
    rows = [["region", *YEARS], *([f"{code} {english[code]}", *(PEOPLE[code, year] for year in YEARS)] for code in NAMES)]
    path.write_text("\n".join(",".join(f'"{cell}"' for cell in row) for row in rows), encoding="utf-8")


def long_csv(path: Path, headings: str, row: Callable[[str, int], str]) -> None:
    path.write_text("\n".join([headings, *(row(code, year) for code in NAMES for year in YEARS)]), encoding="utf-8")


def long_excel(path: Path, headings: list[str], time: Callable[[int], Any], shift: int = 0, title: str = "") -> None:
    rows: Rows = [[title]] * bool(title) + [headings]
    write_workbook(path, {"Blad1": [*rows, *([NAMES[code], time(year), PEOPLE[code, year + shift]] for code in NAMES for year in YEARS)]})


def flagged(path: Path, name: str, text: Callable[[str, int], str]) -> None:
    """The population with a column more, which says something of each region and year."""
    rows: Rows = [["Region", "År", "Folkmängd", name]]
    write_workbook(
        path, {"Blad1": [*rows, *([NAMES[code], year, PEOPLE[code, year], text(code, year)] for code in NAMES for year in YEARS)]}
    )


def pxweb_excel(path: Path, *, apart: bool) -> None:
    """SCB's own download: no heading over the regions, a title, and notes below."""
    rows: Rows = [["Folkmängden efter region och år"], [], [*([None] * (1 + apart)), *map(str, YEARS)]]
    rows += [[*([code, name] if apart else [f"{code} {name}"]), *(PEOPLE[code, year] for year in YEARS)] for code, name in NAMES.items()]
    write_workbook(path, {"BE0101N1": [*rows, [], ["Folkmängd per den 31 december"], ["Källa: SCB"]]})


def pxweb_long(path: Path, *, apart: bool = False, change: Callable[[Rows], Any] = lambda rows: None) -> None:
    """SCB's own download with years in rows: a region stands on its first row alone."""
    rows: Rows = [["Folkmängden efter region och år"], [], [*([None] * (2 + apart)), "Folkmängd"]]
    for code, name in NAMES.items():
        for year in YEARS:
            region = [code, name] if apart else [f"{code} {name}"]
            rows.append([*(region if year == YEARS[0] else [None] * len(region)), str(year), PEOPLE[code, year]])
    change(rows)
    write_workbook(path, {"BE0101N1": [*rows, [], ["Folkmängd per den 31 december"], ["Källa: SCB"]]})


def two_statistics(path: Path) -> None:
    services: Rows = [[f"Tjänsteexport, tkr, {PLACED}"], ["Län", *YEARS], *([NAMES[code], *SERVICE_ROWS[code]] for code in NAMES)]
    write_workbook(path, {"Om": [["Beställning 2023"]], "Varor": goods_rows(), "Tjänster": services})


def merged(path: Path) -> None:
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("Blad1")
        for number, row in enumerate([[f"Tjänsteexport, tkr, {PLACED}"], ["Län", *YEARS], *([NAMES[c], *SERVICE_ROWS[c]] for c in NAMES)]):
            sheet.write_row(number, 0, row)
        sheet.merge_range(10, 1, 11, 1, 3_479_974)


def formulas(path: Path) -> None:
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("Blad1")
        for number, row in enumerate([[f"Tjänsteexport, tkr, {PLACED}"], ["Län", *YEARS], *([NAMES[c], *SERVICE_ROWS[c]] for c in NAMES)]):
            sheet.write_row(number, 0, row)
        sheet.write_formula(10, 1, "=Underlag!A1*1000")
        workbook.add_worksheet("Underlag").write(0, 0, 1)


def goods_json(path: Path, codes: Mapping[str, str] = NAMES, hidden: str | None = None) -> None:
    """Goods exports as JSON-stat 2; of a hidden county each value is 0 and its status "..", as some programs write it."""
    cells = [(code, GOODS_ROWS[code, y, size][place]) for code in NAMES for size in LABELS for place in (0, 1) for y in YEARS]
    status = {str(n): ".." if code == hidden else cell for n, (code, cell) in enumerate(cells) if code == hidden or isinstance(cell, str)}
    values = [0 if code == hidden else None if isinstance(cell, str) else cell for code, cell in cells]
    contents = {"EXP": "Exportvärde, tkr", "ANT": "Antal exporterande företag"}
    dimensions = {"Region": dict(zip(codes, NAMES.values(), strict=True)), "Storlek": SIZES, "Innehall": contents, "Tid": TIDS}
    path.write_text(json.dumps(jsonstat(f"Varuexport efter län, {PLACED}", dimensions, values, status=status)), encoding="utf-8")


def titled_people(title: str) -> Callable[[Path], None]:
    return lambda path: people_table(path, YEARS, title=[title])


def titled_services(title: str) -> Callable[[Path], None]:
    return lambda path: services_csv(path, spoil(0, 0, f"{title}, tkr, {PLACED}"))


READ: dict[str, tuple[Callable[[Path], Any], dict[str, Any], Any]] = {
    "a letter of each region": (lambda p: flagged(p, "Bokstav", lambda code, _: chr(65 + int(code))), {}, ALL),
    "flags of final figures": (lambda p: flagged(p, "OBS_STATUS", lambda _, year: "A" if year < 2020 else "p"), {}, ALL),
    "a status in words": (lambda p: flagged(p, "Status", lambda _, year: "Slutlig" if year < 2020 else "Preliminär"), {}, ALL),
    "labels of the years": (lambda p: people_json(p, times={str(year): f"År {year}" for year in YEARS}), {}, ALL),
    "a legend of signs": (lambda p: services_csv(p, noted(2021, "- = noll, .. = uppgift saknas")), {}, SERVICES_2021),
    "a legend of a sign": (lambda p: services_csv(p, noted(2021, "– Inget finns att redovisa (noll)")), {}, SERVICES_2021),
    "points between thousands and decimal commas": (
        lambda p: services_csv(p, decimals),
        {},
        {"services_exports.exports": ((("00", 2016), Decimal("539880.378")),)},
    ),
    "years below no heading, regions above": (
        lambda p: write_workbook(
            p, {"Blad1": [["Folkmängd"], ["", *NAMES.values()], *([year, *(PEOPLE[code, year] for code in NAMES)] for year in YEARS)]}
        ),
        {},
        ALL,
    ),
    "totals of one code": (lambda p: people_json(p, only=TOTALS), {}, ALL),
    "a column that says total": (lambda p: people_table(p, [f"Folkmängd {year}" for year in YEARS], kön="totalt"), {}, ALL),
    "a column of the unit": (lambda p: people_table(p, [f"Folkmängd {year}" for year in YEARS], Enhet="antal personer"), {}, ALL),
    "31 December in headings": (lambda p: people_table(p, YEAR_ENDS, title=["Folkmängd"]), {}, ALL),
    "31 December in words": (lambda p: people_table(p, [f"31 december {year}" for year in YEARS], title=["Folkmängd"]), {}, ALL),
    "31 December as refperiod": (lambda p: people_json(p, extension={"refperiod": {"A": "31 december respektive år"}}), {}, ALL),
    "a note on a border": (lambda p: people_json(p, note=["Fr.o.m. 2007-01-01 hör Heby till Uppsala län."]), {}, ALL),
    "dates as text (b48)": (lambda p: long_excel(p, ["Region", "Datum", "Folkmängd"], lambda year: f"{year}-12-31"), {}, ALL),
    "dates": (lambda p: long_excel(p, ["Region", "Datum", "Folkmängd"], lambda year: datetime.date(year, 12, 31)), {}, ALL),
    "headings without letters of Swedish": (lambda p: long_excel(p, ["LAN", "AR", "FOLKMANGD"], lambda year: year), {}, ALL),
    "classes in words and numbers": (
        lambda p: write_workbook(p, {"Blad1": [[IN_WORDS.get(cell, cell) for cell in row] for row in goods_rows()]}),
        {},
        GOODS_2016,
    ),
    "years in words": (lambda p: long_excel(p, ["Region", "Tid", "Folkmängd"], lambda year: f"År {year}"), {}, ALL),
    "years and marks": (lambda p: long_excel(p, ["Region", "År", "Folkmängd"], lambda y: "2021p" if y == 2021 else y), {}, ALL),
    "figures with p (b19)": (lambda p: services_csv(p, marked("p")), {}, SERVICES_2021),
    "figures with r": (lambda p: services_csv(p, marked(" r")), {}, SERVICES_2021),
    "the year with 1) (b21)": (lambda p: services_csv(p, noted("20211)", "1) Exklusive guld.")), {}, SERVICES_2021),
    "the year with (prel.)": (lambda p: services_csv(p, heading(1, "2021 (prel.)")), {}, SERVICES_2021),
    "a note on a preliminary year": (lambda p: services_csv(p, noted(2021, "Uppgifterna för 2021 är preliminära.")), {}, SERVICES_2021),
    "the year with ¹": (lambda p: services_csv(p, noted("2021¹", "¹ Exklusive guld.")), {}, SERVICES_2021),
    "the year with *": (lambda p: services_csv(p, noted("2021*", "* Preliminära uppgifter")), {}, SERVICES_2021),
    "the year with p": (lambda p: services_csv(p, heading(1, "2021p")), {}, SERVICES_2021),
    "the year with words": (lambda p: services_csv(p, heading(1, "2021 (preliminära uppgifter)")), {}, SERVICES_2021),
    "a date of something else": (lambda p: people_table(p, [f"Folkmängd {year}" for year in YEARS], Uppdaterad="2023-05-01"), {}, ALL),
    "År before one year": (lambda p: services_csv(p, heading(1, "År 2021")), {}, SERVICES_2021),
    "Riket1) first (b28)": (lambda p: services_csv(p, spoil(2, 0, "Riket1)")), {}, SERVICES_2021),
    "Hela Sverige first (b29)": (lambda p: services_csv(p, spoil(2, 0, "Hela Sverige")), {}, SERVICES_2021),
    "a county with ¹": (lambda p: services_csv(p, spoil(3, 0, "Stockholms län¹")), {}, SERVICES_2021),
    "thousands with commas (b33)": (lambda p: services_csv(p, grouped(",")), {}, SERVICES_2021),
    "thousands with points (b34)": (lambda p: services_csv(p, grouped(".")), {}, SERVICES_2021),
    "thousands with commas, and p": (lambda p: services_csv(p, lambda rows: (grouped(",")(rows), marked("p")(rows))), {}, SERVICES_2021),
    "zeros lost (b39)": (
        lambda p: services_csv(p, column(0, "Länskod", *map(int, NAMES))),
        {},
        SERVICES_2021,
    ),
    "SCB in English (b41)": (english_csv, {"table": "population"}, ALL),
    "Antal, and the table said (b42)": (
        lambda p: long_csv(p, "Region;År;Antal", lambda code, year: f"{NAMES[code]};{year};{PEOPLE[code, year]}"),
        {"table": "population"},
        ALL,
    ),
    "Kolada (b43)": (
        lambda p: long_csv(
            p,
            "kpi;municipality_id;municipality;type;period;gender;value",
            lambda code, year: f"N01951;00{code};{NAMES[code].replace(' län', '')};L;{year};T;{PEOPLE[code, year]}.0",
        ),
        {"table": "population"},
        ALL,
    ),
    "Totalt beside its parts (b49)": (
        lambda p: write_workbook(
            p,
            {
                "Blad1": [
                    ["Folkmängd 2016"],
                    ["Region", "Män", "Totalt"],
                    *([NAMES[c], PEOPLE[c, 2016] // 2, PEOPLE[c, 2016]] for c in NAMES),
                ]
            },
        ),
        {},
        {"population.population": ((("00", 2016), 9_995_153),)},
    ),
    **{
        f"the title {title!r}": (titled_people(title), {}, ALL)
        for title in (
            "Folkmängden efter region, civilstånd, ålder och kön. År 2016-2021",
            "Population 31 December by region and year",
            "Folkmängd per den sista december, efter län",
            "Tabell 1. Folkmängd i riket och länen",
            "Befolkningsstatistik: folkmängd efter region, källa: SCB",
            "Länens befolkning",
        )
    },
    **{
        f"the title {title!r}": (titled_services(title), {}, SERVICES_2021)
        for title in (
            "Tjänsteexport efter län 2016–2021, löpande priser",
            "SCB: specialbeställning för Tillväxtverket. Tjänsteexporten fördelad på län",
            "Tabell 2b. Värdet av tjänsteexporten per län",
        )
    },
    "PxWeb's Excel (b25)": (lambda p: pxweb_excel(p, apart=True), {}, ALL),
    "PxWeb's Excel, one column (b26)": (lambda p: pxweb_excel(p, apart=False), {}, ALL),
    "PxWeb's Excel, each region once": (pxweb_long, {}, ALL),
    "PxWeb's Excel, each region once, codes apart": (lambda p: pxweb_long(p, apart=True), {}, ALL),
    "two statistics": (two_statistics, {}, {**SERVICES_2021, **GOODS_2016}),
    "PX, time codes (b44)": (lambda p: goods_px(p, times=["0", "1", "2", "3", "4", "5"]), {}, GOODS_2016),
    "PX of DOS, names alone (b45)": (lambda p: goods_px(p, codes=False, head=['AXIS-VERSION="2013"'], encoding="cp850"), {}, GOODS_2016),
    "PX, DATASYMBOL1 (b50)": (
        lambda p: goods_px(p, 'DATASYMBOL1=".."', withheld='"."'),
        {},
        {**GOODS_2016, "goods_exports.exports": ((next(key for key, row in GOODS_ROWS.items() if row[0] == ".."), None),)},
    ),
    "PX, DATA in notes (b51)": (
        lambda p: goods_px(p, 'NOTEX="Storlek=x; DATA=ej här; (a)=b"', 'NOTE("region")="x=1;\nDATA=2;"'),
        {},
        GOODS_2016,
    ),
    "PX, a unit in a note (b56)": (lambda p: goods_px(p, 'NOTE="Företag med export över 4,5 miljoner kronor ingår."'), {}, GOODS_2016),
    "PX without the last semicolon": (lambda p: goods_px(p, end="\n"), {}, GOODS_2016),
    "PX, zeros of codes lost": (px_without_zeros, {}, GOODS_2016),
    "JSON-stat 2, codes of its own (b46)": (lambda p: goods_json(p, {f"SE{code}": "" for code in NAMES}), {}, GOODS_2016),
    "a sum in place of the nation": (lambda p: services_csv(p, lambda rows: rows.append(["Summa", *rows.pop(2)[1:]])), {}, SERVICES_2021),
    "thousands under another sign": (lambda p: services_csv(p, spoil(0, 0, f"Tjänsteexport i kkr, {PLACED}")), {}, SERVICES_2021),
    "thousands with points, and decimals": (
        lambda p: services_csv(p, lambda rows: (grouped(".")(rows), [row.__setitem__(1, f"{row[1]},00") for row in rows[2:]])),
        {},
        SERVICES_2021,
    ),
    "a threshold in a note": (lambda p: services_csv(p, noted(2021, "Företag med minst 4,5 miljoner kronor.")), {}, SERVICES_2021),
    "a heading of all years above": (
        lambda p: services_csv(p, lambda rows: rows.insert(1, ["", *["Export 2016–2021"] * 6])),
        {},
        SERVICES_2021,
    ),
    **{
        f"in {unit}": (partial(services_csv, change=scaled(title, factor)), {}, SERVICES_SCALED[factor])
        for unit, title, factor in (
            ("billions", "Tjänsteexport, miljarder kronor", 10**6),
            ("millions, in English", "Exports of services by county, SEK million", 1000),
            ("thousands, TSEK", "Tjänsteexport, TSEK", 1),
        )
    },
    "men and women beside all": (
        lambda p: people_table(p, [f"{text} {year}" for year in YEARS for text in ("Totalt", "Kvinnor")], title=["Folkmängd"], parts=2),
        {},
        ALL,
    ),
    "Parquet, bytes (b75)": (lambda p: parquet(p, [code.encode() for code in NAMES]), {}, ALL),
}


@pytest.mark.parametrize("case", READ)
def test_what_is_certain_is_read(tmp_path: Path, case: str) -> None:
    make, told, expected = READ[case]
    make(tmp_path / "levererad.dat")
    figures, doubts = received(tmp_path / "levererad.dat", **told)
    assert not doubts
    assert figures.keys() == expected.keys()
    for quantity, cells in expected.items():
        for key, value in cells:
            assert figures[quantity][*key[:2], *(CODES[size] for size in key[2:])] == (
                (value, "ok") if value is not None else (None, "withheld")
            ), (quantity, key)


DOUBTED: dict[str, tuple[Callable[[Path], Any], dict[str, Any], str]] = {
    "a part said beside every county and not the nation": (lambda p: flagged(p, "Bransch", lambda code, _: "" if code == "00" else "Tillverkning"), {}, "found Bransch = Tillverkning in 126 of 132 rows"),
    "a flag of one county beside normal ones": (lambda p: flagged(p, "OBS_STATUS", lambda code, _: "e" if code == "09" else "A"), {}, "found OBS_STATUS = e in 6 of 132 rows"),
    "a forecast in the label of a day": (lambda p: people_json(p, times={**TIDS, "2021": "31 december 2021 (prognos)"}), {}, "found the text '31 december 2021 (prognos)'"),
    "women, published every year": (lambda p: people_table(p, YEARS, title=["Folkmängd, kvinnor, publiceras årligen"]), {}, "says more than the statistic: kvinnor"),
    "a group of services above the table": (lambda p: services_csv(p, lambda rows: rows.insert(1, ["Telekommunikation"])), {}, "'Telekommunikation', which says more"),
    "flags of a break": (lambda p: flagged(p, "OBS_STATUS", lambda _, year: "B" if year == 2019 else "A"), {}, "cell D5: found OBS_STATUS = B in 22 of 132 rows"),
    "flags of some figures": (lambda p: flagged(p, "Flagga", lambda code, _: "e" if code == "09" else ""), {}, "found Flagga = e in 6 of 132 rows"),
    "a remark on one region": (lambda p: flagged(p, "Anm.", lambda code, _: "Utan öar" if code == "09" else ""), {}, "found Anm. = Utan öar in 6 of 132 rows"),
    "a remark on one year": (lambda p: flagged(p, "Anm.", lambda _, year: "Ny metod" if year == 2021 else "–"), {}, "found Anm. = "),
    "a flag of low reliability": (lambda p: people_json(p, status={"3": "u", "4": "u"}), {}, "value[3]: found the status 'u' beside 2 figures"),
    "a flag of a break": (lambda p: people_json(p, status={"3": "b"}), {}, "found the status 'b' beside 1 figure;"),
    "a forecast in a label": (lambda p: people_json(p, times={**TIDS, "2021": "2021 (prognos)"}), {}, "Tid 2021: found the text '2021 (prognos)'"),
    "classes of turnover": (lambda p: write_workbook(p, {"Blad1": [[text.replace("Storleksklass", "Omsättningsklass") if isinstance(text, str) else text for text in row] for row in goods_rows()]}), {}, "'Omsättningsklass', which says more than the statistic"),
    "sizes of workplaces": (lambda p: write_workbook(p, {"Blad1": [[text.replace("Storleksklass", "Arbetsställets storleksklass") if isinstance(text, str) else text for text in row] for row in goods_rows()]}), {}, "which says more than the statistic: Arbetsställets"),
    "a dash for what is secret": (lambda p: services_csv(p, noted(2021, "- = uppgift saknas eller sekretess")), {}, "by which a nil may not be one"),
    "nought for what is secret": (lambda p: services_csv(p, noted(2021, "Uppgifter som av sekretesskäl inte redovisas har satts till 0.")), {}, "by which a nil may not be one"),
    "women (b01)": (lambda p: people_json(p, only={"Kon": {"2": "kvinnor"}}), {}, "Kon = kvinnor (2) alone; expected the total of Kon"),
    "20–64 (b03)": (lambda p: people_json(p, only={**TOTALS, "Alder": {"a": "20-64 år"}}), {}, "Alder = 20-64 år (a) alone"),
    "all women": (lambda p: people_json(p, only={"Kon": {"2": "alla kvinnor"}}), {}, "Kon = alla kvinnor (2) alone"),
    "a column of women (b04)": (lambda p: people_table(p, [f"Folkmängd {y}" for y in YEARS], kön="kvinnor"), {}, "cell B2: found kön = kvinnor in every row"),
    "a column of a code": (lambda p: people_table(p, [f"Folkmängd {y}" for y in YEARS], kön=2), {}, "cell B2: found kön = 2 in every row"),
    "women in headings (b05)": (lambda p: people_table(p, [f"Folkmängd kvinnor {y}" for y in YEARS]), {}, "says more than the statistic: kvinnor"),
    "an age in headings": (lambda p: people_table(p, [f"Befolkning 20–64 år, {y}" for y in YEARS]), {}, "says more than the statistic: 20 64"),
    "women in the title": (lambda p: people_table(p, YEARS, title=["Folkmängd, kvinnor, efter region"]), {}, "says more than the statistic: kvinnor"),
    "born abroad in the title": (lambda p: people_json(p, title="Folkmängd utrikes födda efter region", contents="Antal"), {}, "utrikes"),
    "born abroad (b06)": (lambda p: people_json(p, contents="Utrikes födda invånare"), {}, "says more than the statistic: Utrikes födda"),
    **{
        f"the title {title!r}": (titled_people(title), {}, f"says more than the statistic: {beyond}")
        for title, beyond in (
            ("Folkmängd, utrikes födda, efter region", "utrikes"),
            ("Befolkning i tätorter efter region", "tätorter"),
            ("Medelfolkmängd efter region", "Medelfolkmängd"),
            ("Befolkningsframskrivning efter region", "framskrivning"),
            ("Befolkningstäthet efter region", "Befolkningstäthet"),
            ("Sysselsatt befolkning efter region", "Sysselsatt"),
            ("Folkmängd efter kommun", "kommun"),
            ("Folkmängd 1 november efter region", "1 november"),
        )
    },
    **{
        f"the title {title!r}": (titled_services(title),
            {},
            f"says more than the statistic: {beyond}",
        )
        for title, beyond in (
            ("Tjänsteexport till Norge", "till Norge"),
            ("Export av tjänster: resor", "resor"),
            ("Nettoexport av tjänster", "Nettoexport"),
            ("Återexport av tjänster", "Återexport"),
            ("Tjänsteexport, index 2016=100", "index"),
            ("Tjänsteexport, andel av riket", "andel"),
            ("Tjänsteexport, förändring", "förändring"),
            ("Tjänsteexport, fasta priser", "fasta priser"),
            ("Tjänsteexport, 2015 års priser", "2015 års priser"),
            ("Tjänsteexport, ackumulerat januari–september", "januari–september"),
            ("Tjänsteexport, rullande tolv månader", "rullande"),
            ("Tjänsteexport, treårsmedelvärde", "treårsmedelvärde"),
            ("Tjänsteexport i euro", "euro"),
            ("Tjänsteexport, säsongsrensad", "säsongsrensad"),
        )
    },
    "prices of a year in a heading": (
        lambda p: long_csv(p, "Region;År;Tjänsteexport (2015 års priser, tkr)", lambda code, year: f"{NAMES[code]};{year};1"),
        {"title": PLACED},
        "cell C1: found 'Tjänsteexport (2015 års priser, tkr)', which says more than the statistic: 2015 års priser",
    ),
    "imports": (
        lambda p: services_csv(p, spoil(0, 0, f"Tabell 3. Tjänsteimport efter län, tkr, {PLACED}")),
        {"table": "services_exports"},
        f"found the title 'Tabell 3. Tjänsteimport efter län, tkr, {PLACED}', which says more than the statistic: Tjänsteimport",
    ),
    "preliminary, of no year": (
        lambda p: services_csv(p, noted(2021, "p) Preliminära uppgifter")),
        {},
        "the note 'p) Preliminära uppgifter', which does not say of which years",
    ),
    "the country alone": (lambda p: people_json(p, only={"Fodelseland": {"S": "Sverige"}}), {}, "Fodelseland = Sverige (S) alone"),
    "men in a note": (lambda p: people_json(p, note=["Tabellen avser män."]), {}, "the note 'Tabellen avser män.', which says more than the statistic: män"),
    "both days": (
        lambda p: people_table(p, YEARS, title=["Folkmängd 31 december", "Avser förhållandena vid årets ingång."]),
        {},
        "found 'Folkmängd 31 december' and 'Avser förhållandena vid årets ingång.'; expected one day of each year",
    ),
    "a year in parentheses": (
        lambda p: services_csv(p, lambda rows: [row.__setitem__(6, f"({row[6]})") for row in rows[2:]]),
        {},
        "cell G3: found the text '(711175562)' below '2021'; expected a figure",
    ),
    "a year of empty cells": (lambda p: services_csv(p, lambda rows: [row.__setitem__(6, "") for row in rows[2:]]), {}, "cell G2: found nothing but empty cells below '2021'; expected a figure"),
    "a column of markets (b07)": (lambda p: goods_excel(p, Marknad="EU27"), {}, "cell E3: found Marknad = EU27 in every row"),
    "a column of countries (b08)": (
        lambda p: services_csv(p, column(1, "Land", *["EU27"] * len(NAMES))),
        {},
        "cell B3: found Land = EU27 in every row",
    ),
    "till EU (b09)": (lambda p: goods_excel(p, value="Exportvärde till EU, tkr"), {}, "says more than the statistic: till EU"),
    "employees of exporters": (lambda p: goods_excel(p, count="Exporterande företag med huvudkontor här"), {}, "says more than the statistic"),
    "refperiod 1 January (b15)": (lambda p: people_json(p, shift=-1, extension={"refperiod": {"A": "1 januari respektive år"}}), {}, "figures of 1 January"),
    "a note on 1 January": (lambda p: people_json(p, shift=-1, note=["Uppgifterna avser förhållandena den 1 januari."]), {}, "figures of 1 January"),
    "1 January in headings (b16)": (lambda p: people_table(p, DATES, title=["Folkmängd"], shift=-1), {}, "figures of 1 January"),
    "1 January in words": (lambda p: people_table(p, [f"1 januari {y}" for y in YEARS], title=["Folkmängd"], shift=-1), {}, "figures of 1 January"),
    "1 January in English": (lambda p: people_table(p, [f"1 January {y}" for y in YEARS], title=["Population"], shift=-1), {}, "figures of 1 January"),
    "1 January in cells": (lambda p: long_excel(p, ["Region", "Dag", "Folkmängd"], lambda y: datetime.date(y, 1, 1), -1), {}, "figures of 1 January"),
    "1 January as text": (lambda p: long_excel(p, ["Region", "Dag", "Folkmängd"], lambda y: f"{y}-01-01", -1), {}, "figures of 1 January"),
    "1 January in the title": (lambda p: long_excel(p, ["Region", "År", "Antal"], lambda y: y, -1, "Folkmängd den 1 januari"), {}, "figures of 1 January"),
    "20211 (b20)": (lambda p: services_excel(p, heading(1, "20211")), {}, "cell G2: found the heading '20211', which is not understood"),
    "a mark without a note": (lambda p: services_csv(p, noted("2021*")), {}, "found the mark '*' of '2021*', which is not explained in the file"),
    "a mark of another note": (lambda p: services_excel(p, noted("2021²", "1) Exklusive guld.")), {}, "found the mark '²' of '2021²', which is not"),
    "a mark in a column of years": (lambda p: long_excel(p, ["Region", "År", "Folkmängd"], lambda y: "2021*" if y == 2021 else y), {}, "the mark '*' of '2021*'"),
    "a break": (lambda p: services_csv(p, noted("2021¹", "¹ Tidsseriebrott")), {}, "found a break in the series: '¹ Tidsseriebrott'"),
    "a break, in words": (lambda p: services_excel(p, noted("2021*", "* Brott i tidsserien: ny metod från 2021")), {}, "found a break in the series"),
    "a new method": (lambda p: services_csv(p, noted("20211)", "1) Ny metod")), {}, "found a break in the series"),
    "a break in English": (lambda p: services_csv(p, noted("2021†", "† Break in time series")), {}, "found a break in the series"),
    "a break without a mark": (lambda p: people_json(p, note=["Tidsseriebrott 2020."]), {}, "found a break in the series"),
    "a year and more": (lambda p: services_csv(p, heading(1, "2021 osäker")), {}, "cell G2: found the heading '2021 osäker', which is not understood"),
    "a year in words": (lambda p: services_csv(p, heading(1, "tjugotjugoett")), {}, "cell G2: found the heading 'tjugotjugoett', which is not understood"),
    "thousands or decimals, commas": (lambda p: services_csv(p, lambda rows: [row.__setitem__(slice(1, None), ["1,234"] * 6) for row in rows[2:]]), {}, "cell B3: found the text '1,234', whose mark may stand between thousands or begin decimals"),
    "thousands or decimals, points": (lambda p: services_csv(p, lambda rows: [row.__setitem__(slice(1, None), ["1.234", "2.500", "17", "..", "-", "900.001"]) for row in rows[2:]]), {}, "cell B3: found the text '1.234', whose mark may stand between thousands or begin decimals"),
    "a remainder within the nation": (lambda p: services_csv(p, remainder("Län okänt", within=True)), {}, "found 'Län okänt' among counties, and no county; the counties add up to Riket only with them: they are a part of it"),
    "a remainder beside the nation": (lambda p: services_csv(p, remainder("Ej i Sverige", within=False)), {}, "the counties add up to Riket without them"),
    "a part of a county below it": (lambda p: services_csv(p, lambda rows: rows.insert(4, ["därav Stockholms stad", *[1] * 6])), {}, "found 'därav Stockholms stad' among counties"),
    "a code of no county": (lambda p: people_json(p, regions={**NAMES, "99": "Län okänt"}, more=[17] * 6), {}, "found 'Län okänt' among counties, and no county"),
    "a sum over years": (lambda p: services_csv(p, column(1, "Summa 2016–2021", *(sum(filter(lambda cell: isinstance(cell, int), row)) for row in SERVICE_ROWS.values()))), {}, "cell B2: found the heading 'Summa 2016–2021', which is not understood"),
    "thousands of people in a note": (lambda p: people_json(p, note=["Antal i 1 000-tal"]), {}, "says more than the statistic: 1 000-tal"),
    "constant prices in a note": (lambda p: services_csv(p, noted(2021, "Fasta priser, referensår 2015")), {}, "says more than the statistic: Fasta priser"),
    "euro in a note": (lambda p: services_csv(p, noted(2021, "Värden i tusental euro")), {}, "says more than the statistic: euro"),
    "Parquet, a struct (b24)": (lambda p: parquet(p, NAMES, x={"a": 1}), {}, "found x = {'a': 1} in every row"),
}  # fmt: skip


@pytest.mark.whole
@pytest.mark.parametrize("case", DOUBTED)
def test_what_may_be_something_else_is_asked_about(tmp_path: Path, case: str) -> None:
    make, told, said = DOUBTED[case]
    make(tmp_path / "levererad.dat")
    figures, doubts = received(tmp_path / "levererad.dat", **told)
    assert any(said in doubt for doubt in doubts), doubts
    if "1 January" in said:
        assert figures["population.population"]["00", 2015][0] == 9_851_017, "what is said of 1 January 2016 is of 31 December 2015"


REFUSED: dict[str, tuple[Callable[[Path], Any], dict[str, Any], str]] = {
    **{
        f"no years: {first}": (partial(long_excel, headings=["Region", "År", "Folkmängd"], time=time), {}, f"cell B2: found {first} among years; expected a year")
        for first, time in (
            ("2016/17", lambda year: f"{year}/{year % 100 + 1}"),
            ("30/6/2016", lambda year: f"30/6/{year}"),
            ("20160630", lambda year: f"{year}0630"),
        )
    },
    "years of business, PX": (lambda p: goods_px(p, times=[f"{year}/{year % 100 + 1}" for year in YEARS], codes=True), {}, "levererad.px, år: found 2016/17 among years; expected a year"),
    "years of business in full": (lambda p: services_csv(p, heading(1, *(f"{y - 1}/{y}" for y in YEARS))), {}, "no column for exports; the figures are called '2015/2016'"),
    "a second table below a line": (
        lambda p: services_csv(p, lambda rows: rows.extend([[], ["Tjänsteimport, tkr"], ["Landsting", *YEARS], *rows[2:]])), {},
        "cell A28: found Riket again, first in row 3, as of a second table; expected one table on a sheet",
    ),
    **{
        f"letters lost: {text}": (
            partial(services_csv, change=spoil(6, 0, text)), {}, f"cell A7 ({text}): found the text {text!r}, which is Östergötlands län decoded wrongly",
        )
        for text in ("™sterg”tlands l„n", "?sterg?tlands l?n", "�sterg�tland", "Ã–stergÃ¶tlands lÃ¤n")
    },
    "units by row": (lambda p: flagged(p, "Enhet", lambda code, _: "Mkr" if code == "09" else "tkr"), {}, "found more than one unit: thousand SEK, million SEK"),
    "a label of another year": (lambda p: people_json(p, times={**TIDS, "2016": "2015"}), {}, "Tid 2016: found the text '2015'; expected the year 2016, as the code says"),
    "a label of a part of a year": (lambda p: people_json(p, times={**TIDS, "2021": "2021 kv 1–3"}), {}, "Tid 2021, which is not a whole year"),
    "a figure with a flag of confidence": (lambda p: people_json(p, status={"3": "c"}), {}, "value[3] (Riket, 2019): found the text '10327589 ..'"),
    "employees (b10)": (lambda p: goods_excel(p, count="Antal anställda"), {}, "no column for exporters; the figures are called 'Exportvärde, tkr', 'Antal anställda'"),
    "workplaces (b12)": (lambda p: goods_excel(p, count="Antal arbetsställen"), {}, "no column for exporters"),
    "consignments": (lambda p: goods_excel(p, count="Antal varuposter"), {}, "no column for exporters"),
    "employees of exporters": (lambda p: goods_excel(p, count="Antal anställda i exporterande företag"), {}, "no column for exporters"),
    "codes exchanged (b13)": (
        lambda p: people_json(p, regions={**NAMES, "12": NAMES["13"], "13": NAMES["12"]}), {}, "the code 12 with the text 'Hallands län'; expected Skåne län",
    ),
    "a code of elsewhere": (lambda p: people_json(p, regions={**NAMES, "01": "Alabama"}), {}, "the code 01 with the text 'Alabama'; expected Stockholms län"),
    "sexes without their total": (
        lambda p: write_workbook(p, {"Blad1": [["Region", "kön", "Folkmängd 2016"], *([n, s, 1] for n in NAMES.values() for s in ("män", "kvinnor"))]}),
        {}, "cell B2: found rows that differ in kön (män, kvinnor), and none of its total",
    ),
    "quarters (b18)": (lambda p: people_table(p, [f"{y}K1" for y in YEARS], title=["Folkmängd"]), {}, "'2016K1' in column B, which is not a whole year"),
    "quarters in JSON-stat 2": (lambda p: people_json(p, times={f"{y}K1": f"{y}K1" for y in YEARS}), {}, "Tid 2016K1, which is not a whole year"),
    "months": (lambda p: people_table(p, [f"{y}M06" for y in YEARS], title=["Folkmängd"]), {}, "'2016M06' in column B, which is not a whole year"),
    "months in words": (lambda p: people_table(p, [f"juni {y}" for y in YEARS], title=["Folkmängd"]), {}, "'juni 2016' in column B, which is not a whole year"),
    "30 June": (lambda p: long_excel(p, ["Region", "Dag", "Folkmängd"], lambda y: datetime.date(y, 6, 30)), {}, "2016-06-30 in column B, which is not a whole year"),
    "formulas (b23)": (formulas, {}, "sheet Blad1, cell B11 (Gotlands län, 2016): found the formula =Underlag!A1*1000, which was never calculated"),
    "thousands with commas (b33)": (lambda p: services_csv(p, spoil(2, 1, "539,880,378")), {}, "cell B3 (Riket, 2016): found the text '539,880,378', with marks between thousands"),
    "thousands with points (b34)": (lambda p: services_csv(p, spoil(2, 1, "539.880.378")), {}, "cell B3 (Riket, 2016): found the text '539.880.378', with marks"),
    "a count of 1,000": (lambda p: long_csv(p, "Region;År;Folkmängd", lambda code, year: f"{NAMES[code]};{year};{'1,000' if code == '09' else '1,0'}"), {}, "Gotlands län, 2016): found the text '1,000', whose mark may stand between thousands or begin decimals"),
    "two ways to set thousands apart": (lambda p: services_csv(p, lambda rows: (grouped(",")(rows), spoil(3, 2, "1234567")(rows))), {}, "found the text '539,880,378', with marks between thousands"),
    "a region once, and a row missing": (lambda p: pxweb_long(p, change=lambda rows: rows.pop(5)), {}, "cell A5 (2017): found an empty cell; expected"),
    "decoded wrongly (b37)": (
        lambda p: services_csv(p, lambda rows: [row.__setitem__(0, row[0].encode().decode("cp1252")) for row in rows]), {}, "'Stockholms lÃ¤n', which is Stockholms län decoded wrongly",
    ),
    "figures with *": (lambda p: services_csv(p, marked("*")), {}, "cell G3 (Riket, 2021): found the text '711175562*', whose mark '*' refers to a note, which the sheet does not have; expected"),
    "figures with the mark of a note": (
        lambda p: services_csv(p, lambda rows: (spoil(2, 1, "539880378 1)")(rows), noted(2021, "1) Utan resor.")(rows))), {},
        "cell B3 (Riket, 2016): found the text '539880378 1)', whose mark '1)' refers to a note, which says '1) Utan resor.'",
    ),
    "a year among years": (lambda p: long_excel(p, ["Region", "År", "Folkmängd"], lambda y: 20211 if y == 2021 else y), {}, "cell B7: found 20211 among years"),
    "an unknown name first": (lambda p: services_csv(p, spoil(2, 0, "Kungariket")), {}, "cell A3 (Kungariket): found the text 'Kungariket'; expected the name of a county"),
    "another quantity (b47)": (lambda p: people_json(p, contents="Folkökning"), {"table": "population"}, "no column for population; the figures are called 'Folkökning'"),
    "more columns than a sheet has": (lambda p: services_csv(p, lambda rows: rows.append([""] * 16_385)), {}, "16,385 columns; expected at most 16,384"),
    "a heading without end": (lambda p: services_csv(p, heading(1, "å" * 20_000)), {}, "cell G2: found a heading of 20,000 letters"),
    "two tables on a sheet": (lambda p: services_csv(p, lambda rows: rows.extend([[], ["Tjänsteimport, tkr"], ["Län", *YEARS], *rows[2:]])), {}, "cell A27: found the heading 'Län' again, as of a second table"),
    "a county's name with another's code": (lambda p: services_csv(p, spoil(3, 0, "Stockholms län (03)")), {}, "beside the code 03; expected Uppsala län"),
    "a county misspelled": (lambda p: services_csv(p, spoil(6, 0, "Ostergotland")), {}, "cell A7 (Ostergotland): found the text 'Ostergotland'"),
    "women and men without all": (lambda p: people_table(p, [f"{text} {year}" for year in YEARS for text in ("Män", "Kvinnor")], title=["Folkmängd"], parts=2), {}, "no column for population; the figures are called 'Män 2016', 'Kvinnor 2016'"),
    "days as numbers": (lambda p: services_csv(p, heading(1, *range(42_735, 42_741))), {}, "no column for exports; the figures are called '42735'"),
    "years of business": (lambda p: services_csv(p, heading(1, *(f"{y - 1}/{y % 100}" for y in YEARS))), {}, "no column for exports; the figures are called '2015/16'"),
    "two statistics in a title": (lambda p: services_csv(p, spoil(0, 0, "Tjänsteexport per invånare")), {}, "that may be of population or of services_exports"),
    "thousands of people": (lambda p: long_csv(p, "Region;År;Folkmängd", lambda code, year: f"{NAMES[code]};{year};{PEOPLE[code, year] / 1000:.1f}"), {}, "counts in thousands are not read"),
    "no counties": (no_counties, {}, "no column, no heading and no variable of counties"),
    "no year": (lambda p: write_workbook(p, {"Blad1": [["Län", "Folkmängd"], *([n, 1] for n in NAMES.values())]}), {}, "no year in a column, a heading or a title"),
    "merged figures (b61)": (merged, {}, "cell B11 (Gotlands län, 2016): found the number 3479974, merged over several cells"),
    "PX cut in its last cell": (lambda p: goods_px(p, end=""), {}, "an incomplete PX file"),
    "a number beside ..": (
        lambda p: people_json(p, status={"3": ".."}), {}, "value[3] (Riket, 2019): found the text '10327589 ..'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_wrong_is_refused_with_its_cause(tmp_path: Path, case: str) -> None:
    make, told, said = REFUSED[case]
    make(tmp_path / "levererad.dat")
    with pytest.raises(DataRefused) as refused:
        received(tmp_path / "levererad.dat", **told)
    assert said in str(refused.value)


def test_a_zero_beside_a_symbol_is_withheld(tmp_path: Path) -> None:
    goods_json(tmp_path / "b22.dat", hidden="09")
    figures, _ = received(tmp_path / "b22.dat")
    assert {cell for key, cell in figures["goods_exports.exports"].items() if key[0] == "09"} == {(None, "withheld")}
    assert figures["goods_exports.exports"]["00", 2016, "0-9"] == (37_062_943, "ok")


def test_a_county_with_a_mark_is_shown_with_its_note(tmp_path: Path) -> None:
    services_csv(tmp_path / "x.csv", lambda rows: (spoil(3, 0, f"{rows[3][0]} 2)")(rows), noted(2021, "2) Utan resor.")(rows)))
    (known,) = recognise.recognise(tmp_path / "x.csv", WORDS)
    assert ("mark", "'Stockholms län 2)' refers to a note, 2): 2) Utan resor.") in known.findings


def test_a_threshold_is_no_title(tmp_path: Path) -> None:
    headings = "Region;År;Tjänsteexport (tkr);series;threshold"
    long_csv(tmp_path / "x.csv", headings, lambda code, year: f"{NAMES[code]};{year};1;production-place;1 SEK a year")
    (known,) = recognise.recognise(tmp_path / "x.csv", WORDS)
    assert known.title == WORDS.catalogue.statistics["services_exports"].sv.name


def test_a_slip_among_years_is_one_fault_and_no_missing_year(tmp_path: Path) -> None:
    long_excel(tmp_path / "x.xlsx", ["Region", "År", "Folkmängd"], lambda year: "2021 r)" if year == 2021 else year)
    with pytest.raises(DataRefused) as refused:
        recognise.recognise(tmp_path / "x.xlsx", WORDS)
    assert [fault.found for fault in refused.value.faults] == ["2021 r) among years"]


def test_a_mark_is_kept_with_its_years(tmp_path: Path) -> None:
    def change(rows: Rows) -> None:
        marked("p")(rows)
        spoil(1, 5, "2020 1)")(rows)
        rows.append(["1) reviderade uppgifter"])

    services_csv(tmp_path / "x.csv", change)
    (known,) = recognise.recognise(tmp_path / "x.csv", WORDS)
    ((layout, _),) = known.layouts
    assert layout["marks"] == {"revised": [2020], "preliminary": [2021]}
    assert known.covers == "21 län och riket, 2016–2021, preliminära uppgifter 2021, reviderade uppgifter 2020"


def cube(path: Path, **change: Any) -> Cube:
    people_json(path, **change)
    return read_jsonstat(path.read_bytes(), path.name)


FETCHED = {"region_code": "Region", "year": "Tid", "population": "A"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"only": {"Kon": {"2": "kvinnor"}}}, "Kon = kvinnor (2) alone"),
        ({"contents": "Utrikes födda invånare"}, "says more than the statistic: Utrikes födda"),
        ({"extension": {"refperiod": {"A": "1 januari"}}}, "figures of 1 January"),
    ],
)
def test_an_answer_that_was_not_asked_for_is_refused(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    statistic = AWARD.catalogue.statistics["population"]
    with pytest.raises(DataRefused) as refused:
        recognise.layout_of([cube(tmp_path / "x.json", **change)], statistic, WORDS, "population", FETCHED, ("Region", "Tid"))
    assert said in str(refused.value)


def test_an_answer_by_the_codes_that_were_asked_for_is_taken(tmp_path: Path) -> None:
    statistic = AWARD.catalogue.statistics["population"]
    given = cube(tmp_path / "x.json", only={"Alder": {"A65": "65 år och äldre"}})
    assert recognise.layout_of([given], statistic, WORDS, "population", FETCHED, ("Region", "Tid", "Alder"))["columns"] == FETCHED


def test_a_description_by_hand_says_which_day_its_figures_are_of() -> None:
    statistic = AWARD.catalogue.statistics["population"]
    columns = {"region_name": "Län", "population": "{year}-01-01"}
    (fault,) = describes(statistic, (Layout(columns=columns),), "sources.toml", AWARD.catalogue)
    assert "the heading '{year}-01-01' for population, which is 1 January; expected figures of 31 December" in str(fault)
    assert not describes(statistic, (Layout(columns=columns, reference_day="1 January"),), "sources.toml", AWARD.catalogue)


def test_a_mark_that_the_description_does_not_say_is_refused(tmp_path: Path) -> None:
    services_csv(tmp_path / "x.csv", marked("p"))
    columns = {"region_name": "Län", "exports": "{year}"}
    layout = Layout(columns=columns, header_row=(2,), delimiter=";", unit="thousand SEK", series="x")
    found = Found()
    statistic = AWARD.catalogue.statistics["services_exports"]
    read_table(statistic, read_sheet(tmp_path / "x.csv", layout), layout, NAMES, "regions.csv", found, AWARD.catalogue)
    assert len(found.faults) == len(NAMES)
    assert "cell G3 (Riket, 2021): found the text '711175562p', whose mark means preliminary" in str(found.faults[0])
    assert "marks = { preliminary = [2021] }" in str(found.faults[0])


def faults_of(path: Path, statistic: str, **layout: Any) -> list[str]:
    """What is said of a file that is described by hand."""
    described = Layout(**layout)
    found = Found()
    read_table(AWARD.catalogue.statistics[statistic], read_sheet(path, described), described, NAMES, "regions.csv", found, AWARD.catalogue)
    return list(map(str, found.faults))


@pytest.mark.parametrize("mark", ["*", "¹", " 1)"])
def test_a_mark_that_refers_to_a_note_is_refused_unless_the_description_says_what_it_means(tmp_path: Path, mark: str) -> None:
    services_csv(tmp_path / "x.csv", heading(1, f"2021{mark}"))
    long_excel(tmp_path / "y.xlsx", ["Region", "År", "Folkmängd"], lambda year: f"{year}{mark}" if year == 2021 else year)
    wide = {
        "columns": {"region_name": "Län", "exports": "{year}"},
        "header_row": (2,),
        "delimiter": ";",
        "unit": "thousand SEK",
        "series": "x",
    }
    long = {"columns": {"region": "Region", "year": "År", "population": "Folkmängd"}}
    for path, statistic, layout in ((tmp_path / "x.csv", "services_exports", wide), (tmp_path / "y.xlsx", "population", long)):
        for marks in ({}, {"preliminary": [2020]}):
            found = faults_of(path, statistic, **layout, marks=marks)
            assert f"'2021{mark}', whose mark refers to a note; expected what it means among marks for 2021" in found[0]
            assert "[2021] under marks as one of preliminary, revised, note" in found[0]
        for meaning in ("preliminary", "note"):
            assert not faults_of(path, statistic, **layout, marks={meaning: [2021]})


def test_a_yes_to_what_is_in_doubt_stands_with_the_vintage(raw: Raw, tmp_path: Path) -> None:
    """The figures are those that are shipped as illustrative ones: all 132 of services."""
    two_statistics(tmp_path / "levererad.xlsx")
    given = arrivals.Given(kind="official", publisher="SCB", page="https://example.org/", licence="CC0-1.0", title="En tabell")
    day = datetime.date(2027, 2, 22)
    arrivals.add_file(raw.folder, tmp_path / "levererad.xlsx", given, AWARD, day, lambda key: "de är utgivarens", lambda each: True)
    recorded = load_sources(raw.folder).entries["services_exports"]
    assert recorded.revision == "de är utgivarens"
    assert recorded.note == "1 in doubt, recorded with a yes: 132 of 132 figures that are those of the illustrative vintage"


def test_goods_and_services_in_one_workbook_become_a_vintage_of_each(raw: Raw, tmp_path: Path) -> None:
    two_statistics(tmp_path / "levererad.xlsx")
    given = arrivals.Given(
        kind="official", publisher="SCB", page="https://example.org/", licence="CC0-1.0", title="En tabell", revision="som de illustrativa"
    )
    day = datetime.date(2027, 2, 22)
    proposals = arrivals.add_file(
        raw.folder, tmp_path / "levererad.xlsx", given, AWARD, day, lambda key: None, lambda each: not each.doubts
    )
    assert [(each.name, each.rows) for each in proposals] == [("goods_exports", 660), ("services_exports", 132)]
    entries = load_sources(raw.folder).entries
    assert {name: entries[name].file for name in ("goods_exports", "services_exports")} == {
        "goods_exports": "goods_exports/2027-02-22.xlsx",
        "services_exports": "services_exports/2027-02-22.xlsx",
    }


def test_a_series_that_no_file_has_had_is_asked_about(raw: Raw, tmp_path: Path) -> None:
    services_excel(tmp_path / "levererad.xlsx", lambda rows: None)
    given = arrivals.Given(kind="official", publisher="SCB", page="https://example.org/", licence="CC0-1.0", title="T", series="produktion")
    seen: list[arrivals.Proposal] = []

    def agree(proposal: arrivals.Proposal) -> bool:
        seen.append(proposal)
        return not proposal.doubts

    assert not arrivals.add_file(raw.folder, tmp_path / "levererad.xlsx", given, AWARD, datetime.date(2027, 2, 22), lambda key: None, agree)
    assert "--series: found 'produktion', a series that no file has had; expected one of head-office, production-place" in str(
        seen[0].doubts[-1]
    )


@pytest.mark.whole
def test_a_mark_is_told_where_a_figure_is_traced(raw: Raw) -> None:
    raw.edit_sources(r'(sheet = "Varuexport"\n)', r"\1marks = { preliminary = [2020] }\n")
    told = report_text("2021", raw.folder)
    assert "2020, preliminära uppgifter)" in told
    assert "2016, preliminära" not in told
    assert "- Varuexport 2020: preliminära uppgifter." in told[: told.index("## Föreslagna")], "on the first page"


def test_a_long_line_of_capitals_is_read_through_once(tmp_path: Path) -> None:
    (tmp_path / "b77.px").write_text('CHARSET="ANSI";\n' + "A" * 400_000 + '\n="x";\nDATA=\n1 2;\n', encoding="ascii")
    with pytest.raises(DataRefused, match="no VALUES"):
        received(tmp_path / "b77.px")


def test_a_large_table_is_recognised_by_its_different_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each cell of a file is looked at many times; what it names is asked once."""
    asked: list[Any] = []
    by_either = Regions.by_either

    def counted(regions: Regions, cell: Any) -> str:
        asked.append(cell)
        return by_either(regions, cell)

    monkeypatch.setattr(Regions, "by_either", counted)
    long_csv(tmp_path / "x.csv", "Region,År,Folkmängd", lambda code, year: f"{NAMES[code]},{year},{PEOPLE[code, year]}")
    (known,) = recognise.recognise(tmp_path / "x.csv", recognise.Words(AWARD.catalogue, NAMES))
    cells = {cell for line in (tmp_path / "x.csv").read_text(encoding="utf-8").splitlines() for cell in line.split(",")}
    assert known.table == "population"
    assert len(asked) < 5 * len(cells), "a file of 40 000 rows takes a second or two"


def test_a_line_that_says_where_figures_come_from_is_no_title_that_limits_them() -> None:
    goods = AWARD.catalogue.statistics["goods_exports"]
    assert WORDS.beyond_in_title(goods, "Källa: SCB, utrikeshandel med varor") == ""
    assert WORDS.beyond_in_title(goods, "Source: Statistics Sweden, foreign-born") == ""
    assert WORDS.beyond_in_title(goods, "Varuexport till utrikes ägda företag") == "utrikes"
