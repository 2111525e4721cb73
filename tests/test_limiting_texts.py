"""Texts around a table, the units and the formats' own keys, by which its figures are of a part, of other prices or of another time.

Each file has the shipped figures; the text alone says that they are something else, and `add` asks about it. `--yes` records no doubt.
"""

import datetime
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Raw, write_workbook
from test_deliveries import (
    AWARD,
    NAMES,
    PEOPLE,
    PLACED,
    SERVICE_ROWS,
    WORDS,
    YEARS,
    Rows,
    goods_px,
    goods_rows,
    jsonstat,
    people_json,
    received,
    services_excel,
)

from pipeline import arrivals
from pipeline.faults import DataRefused
from pipeline.ingest import recognise
from pipeline.sources import load_sources

Make = Callable[[Path], Any]


def below(note: str) -> Make:
    """Services exports with a note below the table."""
    return lambda path: services_excel(path, lambda rows: rows.extend([[], [note]]))


def above(text: str) -> Make:
    """Services exports with a line between the title and the table."""
    return lambda path: services_excel(path, lambda rows: rows.insert(1, [text]))


def on_sheet(name: str) -> Make:
    rows: Rows = [[f"Tjänsteexport, tkr, {PLACED}"], ["Län", *YEARS], *([NAMES[code], *SERVICE_ROWS[code]] for code in NAMES)]
    return lambda path: write_workbook(path, {name: rows})


def goods(*texts: str, note: str = "") -> Make:
    title, *table = goods_rows()
    return lambda path: write_workbook(path, {"Tabell 1": [title, *([text] for text in texts), *table, [note]]})


def people(*texts: str, note: str = "") -> Make:
    rows: Rows = [["Folkmängd efter region och år"], *([text] for text in texts), ["Region", *YEARS]]
    rows += [[NAMES[code], *(PEOPLE[code, year] for year in YEARS)] for code in NAMES] + [[], [note]]
    return lambda path: write_workbook(path, {"Blad1": rows})


def services_json(unit: str = "tkr", **extension: str) -> Make:
    """Services exports as JSON-stat 2; extension: what the format's own keys say of the contents."""
    dimensions = {"Region": NAMES, "Innehall": {"A": "Tjänsteexport"}, "Tid": {str(year): str(year) for year in YEARS}}
    cells = [None if isinstance(cell, str) else cell for code in NAMES for cell in SERVICE_ROWS[code]]
    document = jsonstat(f"Tjänsteexport efter region och år. D{PLACED[1:]}", dimensions, cells)
    document["status"] = {str(number): ".." for number, cell in enumerate(cells) if cell is None}
    document["dimension"]["Innehall"]["category"]["unit"] = {"A": {"base": unit}}
    document["dimension"]["Innehall"]["extension"] = {key: {"A": said} for key, said in extension.items()}
    return lambda path: path.write_text(json.dumps(document), encoding="utf-8")


def people_px(*lines: str) -> Make:
    regions, years = ",".join(f'"{name}"' for name in NAMES.values()), ",".join(f'"{year}"' for year in YEARS)
    head = ['CHARSET="ANSI"', 'CODEPAGE="utf-8"', 'LANGUAGE="sv"', 'TITLE="Folkmängd efter region och år"', 'UNITS="antal"']
    head += ['STUB="region"', 'HEADING="år"', f'VALUES("region")={regions}', f'VALUES("år")={years}', *lines]
    data = " ".join(str(PEOPLE[code, year]) for code in NAMES for year in YEARS)
    return lambda path: path.write_text(";\n".join(head) + f";\nDATA=\n{data};\n", encoding="utf-8")


A_PART: dict[str, tuple[Make, str]] = {
    **{
        f"the line {text!r}": (above(text), f"found the title {text!r}, which says more than the statistic: {beyond}")
        for text, beyond in (
            ("Små och medelstora företag", "Små medelstora"),
            ("Tillverkningsindustri (SNI C)", "Tillverkningsindustri SNI C"),
            ("Svenskägda företag", "Svenskägda"),
            ("Mottagarland: Tyskland", "Mottagarland Tyskland"),
            ("Bransch: Data- och informationstjänster", "Bransch informationstjänster"),
            ("Varav till länder utanför Europa", "Varav till länder utanför Europa"),
            ("inklusive merchanting och royalties", "inklusive merchanting royalties"),
            ("Netto (export minus import)", "Netto minus import"),
            ("Förädlingsvärde i exporten", "Förädlingsvärde"),
            ("Småföretag", "Småföretag"),
            ("Datatjänster", "Datatjänster"),
            ("2016SMF", "SMF"),
            ("Varor och tjänster", "Varor"),
            ("Kunskapsintensiva företag", "Kunskapsintensiva"),
            ("Tysklandsexporten", "Tysklandsexporten"),
            ("Källa: SCB. Endast resor", "Endast"),
            ("Not: exklusive finansiella tjänster", "exkl"),
        )
    },
    "the sheet SMF": (on_sheet("SMF"), "found the title 'SMF', which says more than the statistic: SMF"),
    "the sheet Norden": (on_sheet("Norden"), "found the title 'Norden'"),
    **{
        f"the note {text!r}": (below(text), f"found the note {text!r}, which says more than the statistic: {beyond}")
        for text, beyond in (
            ("Uppgifterna avser företag med minst 10 anställda.", "minst 10 anställda"),
            ("Exklusive finansiella tjänster.", "Exkl"),
            ("Resor (turism) ingår inte.", "Resor turism inte"),
            ("Finansiella tjänster redovisas inte.", "Finansiella inte"),
            ("Finansiella tjänster har uteslutits.", "Finansiella har uteslutits"),
            ("Exporten till länder utanför Europa.", "till länder utanför Europa"),
            ("Uppräknat från ett urval; företag under cut-off ingår ej.", "Uppräknat urval"),
            ("Covers enterprises with at least 10 employees.", "Covers enterprises"),
            ("Exporten är netto.", "netto"),
            ("Storföretagen saknas.", "Storföretagen saknas"),
            ("Tabellen visar små och medelstora företag.", "visar små medelstora"),
            ("Siffrorna är för företag med över 50 anställda.", "Siffrorna över 50 anställda"),
            ("Förutom fartyg.", "Förutom fartyg"),
        )
    },
    "a note on industries, of goods": (
        goods(note="Avser företag i tillverkningsindustrin (SNI 10–33)."),
        "which says more than the statistic",
    ),
    "small enterprises, of goods": (goods("Småföretag"), "found the title 'Småföretag'"),
    "a line of citizens": (
        people("Svenska medborgare"),
        "found the title 'Svenska medborgare', which says more than the statistic: medborgare",
    ),
}
OF_A_YEAR: dict[str, tuple[Make, str]] = {
    "half a year above": (
        above("Första halvåret"),
        "found the title 'Första halvåret', which says more than the statistic: Första halvåret",
    ),
    "three quarters above": (goods("Årets första tre kvartal"), "which says more than the statistic: första tre kvartal"),
    "cumulated": (above("Ackumulerat januari till och med september"), "which says more than the statistic: Ackumulerat januari september"),
    "a code above": (above("2021K1"), "found the title '2021K1', which says more than the statistic: K1"),
    "three quarters in a note": (below("Uppgifterna avser kvartal 1–3 respektive år."), "which says more than the statistic: kvartal 1 3"),
    "without a word of limiting": (below("Årets första tre kvartal."), "the text 'Årets första tre kvartal.', so figures of 'kvartal'"),
    "another year of business": (below("Avser räkenskapsår som avslutas 30 juni."), "which says more than the statistic: räkenskapsår"),
    "a broken year": (below("Brutet räkenskapsår"), "found the note 'Brutet räkenskapsår'"),
}
PRICES: dict[str, tuple[Make, str]] = {
    "a level of prices": (below("Prisnivå 2020"), "found the note 'Prisnivå 2020', which says more than the statistic: Prisnivå"),
    "real amounts": (above("Reala belopp, referensår 2015"), "which says more than the statistic: Reala referensår"),
    "adjusted": (below("Värdena är inflationsjusterade."), "which says more than the statistic: inflationsjusterade"),
    "deflated": (below("Deflaterat med KPI."), "found the note 'Deflaterat med KPI.'"),
    "a unit of prices": (
        services_json("tkr, 2010 års priser"),
        "found 'tkr, 2010 års priser', which says more than the statistic: 2010 års priser",
    ),
    "a unit per employee": (services_json("tkr per anställd"), "found 'tkr per anställd', which says more than the statistic: anställd"),
    "a unit per inhabitant": (services_json("tkr per invånare"), "which says more than the statistic: invånare"),
    "JSON-stat 2": (services_json(priceType="Fixed"), "Innehall: found priceType = Fixed, which means fixed prices"),
    "adjusted, JSON-stat 2": (services_json(adjustment="WorkAndSes"), "which means figures adjusted for working days and seasons"),
    "PX": (lambda p: goods_px(p, 'CFPRICES("Exportvärde")="F"'), "innehåll: found CFPRICES = F, which means fixed prices"),
    "PX, of all": (lambda p: goods_px(p, 'CFPRICES="F"'), "found CFPRICES = F, which means fixed prices"),
}
ANOTHER_DAY: dict[str, tuple[Make, str]] = {
    "averages, PX": (people_px('STOCKFA="A"'), "found STOCKFA = A, which means averages"),
    "averages, JSON-stat 2": (lambda p: people_json(p, extension={"measuringType": {"A": "Average"}}), "measuringType = Average, which means averages"),
    "a flow": (lambda p: people_json(p, extension={"measuringType": "Flow"}), "measuringType = Flow, which means what happens in a year"),
    "a note": (people(note="Uppgifterna avser den 1 november respektive år."), "which says more than the statistic: 1 november"),
    "a note of people": (people(note="Avser befolkningen den 30 juni."), "which says more than the statistic: 30 juni"),
    "a note, JSON-stat 2": (lambda p: people_json(p, note=["Uppgifterna avser 1 november."]), "which says more than the statistic: 1 november"),
    "a day of measurement": (people(note="Mätdag: 30/6"), "found the note 'Mätdag: 30/6'"),
    "a line": (people("Kvartal 2"), "found the title 'Kvartal 2'"),
    "the reference, below": (people(note="Referenstid: 1 november"), "the text 'Referenstid: 1 november', so figures of '1 november'; expected figures of 31 December"),
    "the reference, JSON-stat 2": (lambda p: people_json(p, extension={"refperiod": {"A": "30 juni respektive år"}}), "so figures of '30 juni'; expected figures of 31 December"),
    "the reference, PX": (people_px('REFPERIOD="1 november"'), "so figures of '1 november'; expected figures of 31 December"),
}  # fmt: skip
DOUBTED = {
    f"{kind}: {case}": made
    for kind, cases in (("a part", A_PART), ("of a year", OF_A_YEAR), ("prices", PRICES), ("another day", ANOTHER_DAY))
    for case, made in cases.items()
}


@pytest.mark.parametrize("case", DOUBTED)
def test_a_text_that_is_not_understood_as_harmless_is_asked_about(tmp_path: Path, case: str) -> None:
    make, said = DOUBTED[case]
    make(tmp_path / "levererad.dat")
    _, doubts = received(tmp_path / "levererad.dat")
    assert any(said in doubt for doubt in doubts), doubts


@pytest.mark.parametrize(("make", "said"), [next(iter(cases.values())) for cases in (A_PART, OF_A_YEAR, PRICES, ANOTHER_DAY)])
def test_a_yes_that_was_given_beforehand_records_no_doubt(raw: Raw, tmp_path: Path, make: Make, said: str) -> None:
    make(tmp_path / "levererad.dat")
    suffix = recognise.format_of((tmp_path / "levererad.dat").read_bytes(), "levererad.dat")[1]
    path = (tmp_path / "levererad.dat").rename(tmp_path / f"levererad{suffix}")
    given = arrivals.Given(kind="official", publisher="SCB", page="https://example.org/", licence="CC0-1.0", title="En tabell")
    seen: list[str] = []

    def agree(proposal: arrivals.Proposal) -> bool:
        seen.extend(map(str, proposal.doubts))
        return not proposal.doubts

    before = load_sources(raw.folder).history
    assert not arrivals.add_file(raw.folder, path, given, AWARD, datetime.date(2027, 2, 22), lambda key: None, agree)
    assert any(said in doubt for doubt in seen), seen
    assert load_sources(raw.folder).history == before


HARMLESS_ABOVE = (
    "Källa: SCB, Utrikeshandel med tjänster",
    "Kontakt: Anna Andersson, tfn 010-479 50 00, anna.andersson@scb.se",
    "www.scb.se",
    "Senast uppdaterad: 22 februari 2023 kl. 08:00",
    "Uttag 2023-05-04",
    "Sveriges officiella statistik",
    "Specialbeställning för Tillväxtverket",
    "Beställning 2023:117",
    "Belopp i tkr, löpande priser",
    "Alla län och riket, 2016–2021",
    "Samtliga företag, hela landet",
    "Kalenderår",
    ".. = uppgift saknas",
    "Tillbaka till innehållsförteckning",
    "Diarienummer: 2023/117",
    "BE0101N1",
    "Slutliga uppgifter",
    "sep=;",
)
HARMLESS_BELOW = (
    "På grund av avrundning kan summan avvika från totalen.",
    "Figures may not add up due to rounding.",
    "Statistiken omfattar hela landet.",
    "Uppgifterna avser löpande priser.",
    "Uppgifterna avser samtliga företag i hela landet.",
    "Statistiken publiceras kvartalsvis.",
    "Uppgifterna samlas in månadsvis från företagen.",
    "0 Mindre än 0,5 av enheten",
    ".. Uppgift inte tillgänglig eller alltför osäker för att anges",
    "Nästa publicering: augusti 2024",
    "Fr.o.m. 2007-01-01 hör Heby till Uppsala län.",
    "Tröskelvärdet för Intrastat är 4,5 miljoner kronor.",
    "Företag med export över 4,5 miljoner kronor ingår.",
    "Länsindelningen är den som gällde 1 januari 2022.",
    "Exporten redovisas till FOB-värde.",
)
SHEETS = ("Blad1", "Sheet1", "Tabell 2.1", "Table 1", "Data", "Län", "2016–2021", "Tjänster")


def test_texts_that_limit_nothing_are_asked_about_by_nobody(tmp_path: Path) -> None:
    def change(rows: Rows) -> None:
        rows[1:1] = [[text] for text in HARMLESS_ABOVE]
        rows.extend([[], *([text] for text in HARMLESS_BELOW)])

    services_excel(tmp_path / "levererad.dat", change)
    figures, doubts = received(tmp_path / "levererad.dat")
    assert not doubts
    assert figures["services_exports.exports"]["00", 2021] == (711_175_562, "ok")


@pytest.mark.parametrize("name", SHEETS)
def test_the_name_of_a_sheet_may_limit_nothing(tmp_path: Path, name: str) -> None:
    on_sheet(name)(tmp_path / "levererad.dat")
    assert received(tmp_path / "levererad.dat")[1] == []


def test_scbs_own_notes_on_the_population_limit_nothing(tmp_path: Path) -> None:
    note = "Uppgifterna avser förhållandena den 31 december för valt/valda år enligt den regionala indelning som gäller den 1 januari året efter."
    people("Enhet: antal", "Referenstid: 31 december", note=note)(tmp_path / "levererad.dat")
    figures, doubts = received(tmp_path / "levererad.dat")
    assert not doubts
    assert figures["population.population"]["00", 2016] == (9_995_153, "ok")


def test_the_formats_keys_of_what_the_statistic_is_are_taken(tmp_path: Path) -> None:
    for make in (
        people_px('STOCKFA="S"', 'REFPERIOD="31 december respektive år"'),
        services_json(priceType="Current", measuringType="Flow"),
    ):
        make(tmp_path / "levererad.dat")
        assert received(tmp_path / "levererad.dat")[1] == []


def test_goods_and_services_in_one_title_are_not_the_one_or_the_other(tmp_path: Path) -> None:
    title = f"Export av varor och tjänster, tkr, {PLACED}"
    services_excel(tmp_path / "levererad.xlsx", lambda rows: rows[0].__setitem__(0, title))
    with pytest.raises(DataRefused) as refused:
        recognise.recognise(tmp_path / "levererad.xlsx", WORDS)
    assert f"Ask the publisher for figures of each by itself: '{title}' names them together." in str(refused.value)
    (known,) = recognise.recognise(tmp_path / "levererad.xlsx", WORDS, table="services_exports")
    assert f"found the title '{title}', which says more than the statistic: Export av varor" in str(known.doubts[0])


def test_a_note_of_marks_that_all_years_have_limits_all(tmp_path: Path) -> None:
    def change(rows: Rows) -> None:
        rows[1][1:] = [f"{year} 1)" for year in YEARS]
        rows.append(["1) Exklusive guld."])

    services_excel(tmp_path / "levererad.dat", change)
    assert any("found the note '1) Exklusive guld.'" in doubt for doubt in received(tmp_path / "levererad.dat")[1])
