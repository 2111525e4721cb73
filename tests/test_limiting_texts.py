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
    column,
    goods_excel,
    goods_px,
    goods_rows,
    jsonstat,
    long_excel,
    noted,
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


def people_corner(path: Path, corner: str) -> None:
    rows: Rows = [["Folkmängd efter region och år"], [corner, *YEARS]]
    write_workbook(path, {"Blad1": rows + [[NAMES[code], *(PEOPLE[code, year] for year in YEARS)] for code in NAMES]})


def changed_json(change: Callable[[dict[str, Any]], Any]) -> Make:
    """The population as JSON-stat 2, changed."""

    def make(path: Path) -> None:
        people_json(path)
        document = json.loads(path.read_text(encoding="utf-8"))
        change(document)
        path.write_text(json.dumps(document), encoding="utf-8")

    return make


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
            ("Per företag", "Per företag"),
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
            ("Beloppen är i norska kronor.", "norska"),
            ("Valuta: EUR", "EUR"),
            ("Omräknat från euro.", "euro"),
            ("Bygger på ett stickprov.", "Bygger stickprov"),
            ("Datatjänster har räknats bort.", "Datatjänster har räknats bort"),
            ("Tysklandsexporten.", "Tysklandsexporten"),
            ("Värdet är före skatt.", "före skatt"),
            ("Värdena är per exportör.", "per exportör"),
            ("Värdena är fastprisberäknade.", "fastprisberäknade"),
            ("Årlig förändring från året före.", "Årlig förändring före"),
        )
    },
    "a note on industries, of goods": (
        goods(note="Avser företag i tillverkningsindustrin (SNI 10–33)."),
        "which says more than the statistic",
    ),
    "a corner that says of whom": (
        lambda p: people_corner(p, "Utrikes födda"),
        "cell A2: found 'Utrikes födda', which says more than the statistic: Utrikes",
    ),
    "a heading of years that says of whom": (
        lambda p: long_excel(p, ["Region", "År (kvinnor)", "Folkmängd"], lambda year: year),
        "cell B1: found 'År (kvinnor)', which says more than the statistic: kvinnor",
    ),
    "a count of units": (lambda p: goods_excel(p, count="Antal exporterande enheter"), "which says more than the statistic: enheter"),
    "a count of another statistic's": (
        lambda p: goods_excel(p, count="Antal tjänsteexportörer"),
        "found 'Antal tjänsteexportörer', which says more than the statistic: tjänsteexportörer",
    ),
    "a note on a variable, JSON-stat 2": (
        changed_json(lambda document: document["dimension"]["Region"].update(note=["Tabellen avser kvinnor."])),
        "found the note 'Tabellen avser kvinnor.'",
    ),
    "a note on a code, JSON-stat 2": (
        changed_json(lambda document: document["dimension"]["Tid"]["category"].update(note={"2021": ["Exklusive utrikes födda."]})),
        "found the note '2021: Exklusive utrikes födda.'",
    ),
    "a note that is no list, JSON-stat 2": (
        lambda p: people_json(p, note="Tabellen avser kvinnor."),
        "found the note 'Tabellen avser kvinnor.'",
    ),
    "the contents, JSON-stat 2": (
        changed_json(lambda document: document.update(extension={"px": {"contents": "Folkmängd, kvinnor"}})),
        "found the title 'Folkmängd, kvinnor'",
    ),
    "the contents, PX": (people_px('CONTENTS="Folkmängd, utrikes födda"'), "found the title 'Folkmängd, utrikes födda'"),
    "the description, PX": (
        people_px('DESCRIPTION="Folkmängd i tätorter efter region"'),
        "found the title 'Folkmängd i tätorter efter region'",
    ),
    "a note on a cell, PX": (
        people_px('CELLNOTEX("Riket","2021")="Exklusive utrikes födda."'),
        "found the note '2021: Exklusive utrikes födda.'",
    ),
    "the second of two years' notes, PX": (
        people_px('VALUENOTE("år","2020")="Ny folkräkning."', 'VALUENOTE("år","2021")="Avser kvinnor."'),
        "found the note '2021: Avser kvinnor.'",
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
    "the months of one year, by its mark": (
        lambda path: services_excel(path, noted("2021*", "* Januari–september")),
        "the text '* Januari–september', so figures of 'Januari'; expected figures of whole years",
    ),
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


@pytest.mark.parametrize(
    "text",
    [
        "Små och medelstora företag: färre än 250 anställda",
        "Med små och medelstora företag (SMF) avses företag med färre än 250 anställda.",
    ],
)
def test_what_explains_a_group_of_the_tables_classes_limits_nothing(tmp_path: Path, text: str) -> None:
    goods(note=text)(tmp_path / "levererad.dat")
    assert received(tmp_path / "levererad.dat")[1] == []
    below(text)(tmp_path / "utan_klasser.dat")
    assert any("Små" in doubt or "små" in doubt for doubt in received(tmp_path / "utan_klasser.dat")[1]), (
        "a table without classes may be of the group"
    )


def test_a_column_of_one_text_that_is_all_or_in_doubt_is_asked_about_once(tmp_path: Path) -> None:
    for heading, text, times in (
        ("Land", "Alla länder", 0),
        ("Motpart", "Världen", 0),
        ("Valuta", "SEK", 0),
        ("Priser", "Löpande priser", 0),
        ("Land", "Länder utanför Europa", 1),
    ):
        services_excel(tmp_path / "levererad.dat", column(1, heading, *[text] * len(NAMES)))
        assert len(received(tmp_path / "levererad.dat")[1]) == times, text


def test_a_series_that_a_note_denies_is_not_the_files(tmp_path: Path) -> None:
    for note in (
        "Värdet ligger där produktionen sker, inte vid huvudkontoret.",
        "Värdet ligger inte vid huvudkontoret utan där produktionen sker.",
    ):
        below(note)(tmp_path / "levererad.xlsx")
        (known,) = recognise.recognise(tmp_path / "levererad.xlsx", WORDS)
        assert known.layouts[0][0]["series"] == "production-place"


def test_a_title_and_a_heading_in_two_units_are_not_the_one_or_the_other(tmp_path: Path) -> None:
    write_workbook(tmp_path / "levererad.xlsx", {"Tabell 1": [[f"Varuexport, mkr, {PLACED}"], *goods_rows()[1:]]})
    (known,) = recognise.recognise(tmp_path / "levererad.xlsx", WORDS)
    assert known.undecided["unit"] == "million SEK and thousand SEK"


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
