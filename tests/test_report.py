"""The report's content: complete, in both languages, rounded only there, and never a decision."""

import csv
import datetime
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pypdfium2
import pytest
from conftest import FIVE, HOSTILE, RAW, Raw, exportregion, report_text, spoken, tables_before_the_report
from python_calamine import CalamineWorkbook

from pipeline.award import load_award
from pipeline.report import context as context_module
from pipeline.report import context_of, whatif, write
from pipeline.report.blocks import Bullets, Inline, Notes, Paragraph, Section
from pipeline.report.chapters import about, summary
from pipeline.report.markdown import literal, markdown
from pipeline.report.pictures import pictures_of
from pipeline.report.visible import unbroken, visible
from pipeline.sources import load_sources

SV, EN = spoken("sv"), spoken("en")
PROJECT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (25000.4, 0, "25\u202f000"),
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),
        (-2.5, 0, "−3"),
        (1234567.891, 1, "1\u202f234\u202f567,9"),
        (-0.4, 0, "0"),
    ],
)
def test_numbers_are_swedish_and_halves_go_away_from_zero(value: float, decimals: int, shown: str) -> None:
    assert SV.number(value, decimals) == shown
    assert EN.number(value, decimals) == shown.replace(",", ".")


@pytest.mark.parametrize(
    ("ratio", "shown"), [(0.405, "+41\u202f%"), (0.285, "+29\u202f%"), (-0.062, "−6\u202f%"), (0.0, "0\u202f%"), (0.004, "0\u202f%")]
)
def test_growth_is_printed_in_whole_per_cent_with_its_sign(ratio: float, shown: str) -> None:
    assert SV.percent(ratio, signed=True) == shown
    assert EN.percent(ratio, signed=True) == shown.replace("\u202f", "")


def test_a_share_does_not_round_certainty_into_it() -> None:
    assert [SV.share(share) for share in (0, 0.001, 0.5, 0.999, 1)] == [
        "0\u202f%",
        "mindre än 1\u202f%",
        "50\u202f%",
        "mer än 99\u202f%",
        "100\u202f%",
    ]
    assert EN.share(0.999) == "more than 99%"
    assert [SV.share(share, brief=True) for share in (0.004, 0.5, 0.999)] == ["<\u202f1\u202f%", "50\u202f%", ">\u202f99\u202f%"]
    assert (SV.share(-1e-17), SV.share(1 + 1e-16)) == ("0\u202f%", "100\u202f%"), "what arithmetic leaves is nothing"


def test_one_of_a_kind_is_not_several() -> None:
    assert [SV.counted("method", count) for count in (1, 14)] == ["1 metod", "14 metoder"]
    assert [EN.counted("window", count) for count in (1, 1024)] == ["1 window", "1\u202f024 windows"]
    assert SV.counted("method", 1, "1 av 1") == "1 av 1 metod"


def test_amounts_and_dates_are_as_readers_of_the_language_expect() -> None:
    assert SV.figure(34615.498, "money") == "34\u202f615\u202fkr"
    assert EN.figure(34615.498, "money") == "34\u202f615\u202fSEK"
    assert SV.figure(8_649_999.0, "money") == "8,6\u202fmiljoner\u202fkr"
    assert SV.figure(None, "money") == ".."
    assert SV.in_words(-0.41, "growth") == "41\u202fprocent"
    assert SV.date(datetime.date(2022, 8, 31)) == "31 augusti 2022"
    assert EN.date(datetime.date(2022, 8, 31)) == "31 August 2022"


def test_a_span_of_one_place_is_that_place() -> None:
    language = spoken("sv")
    assert [language.span(3, 3), language.span(1, 3), language.span(2020, 2020), language.span("5 %", "5 %")] == [
        "3",
        "1–3",
        "2020",
        "5 %",
    ]


def test_a_number_with_all_its_digits_has_the_decimals_of_the_language() -> None:
    assert [spoken(code).exact(0.4099998173456605) for code in ("sv", "en")] == ["0,4099998173456605", "0.4099998173456605"]
    assert [spoken("sv").exact(value) for value in (363.0, Decimal("12.50"), Decimal("1E+3"))] == ["363", "12,5", "1000"]


def test_levels_that_round_to_the_same_get_the_decimals_that_tell_them_apart() -> None:
    language = spoken("sv")
    # A fall by 0.4 from 260.3 to 259.9; both are 260 in whole numbers.
    finer = language.finer(260.3, 259.9, "rate")
    assert [language.in_words(value, "rate", finer) for value in (260.3, 259.9)] == ["260,3", "259,9"]
    assert language.finer(260.3, 250.9, "rate") == 0
    assert [language.figure(value, "money", finer=language.finer(9.61e6, 9.64e6, "money")) for value in (9.61e6, 9.64e6)] == [
        "9,61\u202fmiljoner\u202fkr",
        "9,64\u202fmiljoner\u202fkr",
    ]
    assert language.finer(260.0, 260.0, "rate") == 0
    assert "1 decimaler mer" not in language.rounding(260.3, "rate")


def test_a_number_in_a_text_is_held_together() -> None:
    assert unbroken("per 100 000 invånare") == "per 100\u202f000 invånare"
    assert unbroken("1 000 000 kr och 90 %") == "1\u202f000\u202f000 kr och 90\u202f%"
    for text in ("31 december 1999", "år 2016 250 företag", "1 2 3", "12,5 100", "10 0000", "https://example.org/1 23"):
        assert unbroken(text) == text


@pytest.mark.parametrize("ending", ["", "-en"])
def test_no_number_of_any_format_can_be_broken_over_lines(complete: Path, ending: str) -> None:
    folder, name = complete / "2021", f"exportregion-2021{ending}"
    book = CalamineWorkbook.from_path(folder / "report" / f"{name}.xlsx")
    with zipfile.ZipFile(folder / "report" / f"{name}.docx") as archive:
        word = plain(archive.read("word/document.xml").decode())
    texts = {
        "markdown": (folder / f"report{ending}.md").read_text(encoding="utf-8"),
        "page": (folder / "report" / f"{name}.html").read_text(encoding="utf-8"),
        "json-stat": (folder / "report" / f"{name}.jsonstat.json").read_text(encoding="utf-8"),
        "word": word,
        "workbook": " ".join(str(cell) for sheet in book.sheet_names for row in book.get_sheet_by_name(sheet).to_python() for cell in row),
        "sentences": (folder / "report" / "sentences.csv").read_text(encoding="utf-8"),
    }
    for format_, text in texts.items():
        assert "100\u202f000" in text or "100&#8239;000" in text or "100\\u202f000" in text, format_
        assert not re.search(r"100(?: |&#32;|\\u0020)000", text), format_


def test_a_sentence_says_a_small_change_with_levels_that_show_it(complete: Path) -> None:
    rows = csv.DictReader((complete / "2021" / "report" / "sentences.csv").read_text(encoding="utf-8").splitlines())
    texts = [row["sentence"] for row in rows]
    ends = [found for text in texts if (found := re.search(r"(?:från|from) ([\d,.\u202f]+) (?:till|to) ([\d,.\u202f]+)", text))]
    assert len(ends) > 20
    changed = [found for found in ends if not re.search("oförändrat|unchanged", found.string)]
    assert [found.string for found in changed if found[1].rstrip(".,") == found[2].rstrip(".,")] == []
    assert not any("It takes place" in text for text in texts)


def test_names_are_in_the_order_of_the_language() -> None:
    names = ["Örebro län", "Östergötlands län", "Åre", "Ängelholm", "Dalarnas län", "Zinkgruvan"]
    assert sorted(names, key=SV.order) == ["Dalarnas län", "Zinkgruvan", "Åre", "Ängelholm", "Örebro län", "Östergötlands län"]
    assert sorted(names, key=EN.order) == ["Ängelholm", "Åre", "Dalarnas län", "Örebro län", "Östergötlands län", "Zinkgruvan"]


@pytest.fixture(scope="module")
def report(complete: Path) -> str:
    return (complete / "2021" / "report.md").read_text(encoding="utf-8")


def test_candidates_with_the_same_strength_stand_in_the_order_of_their_places(complete: Path) -> None:
    text = (complete / "2022" / "report.md").read_text(encoding="utf-8")
    assert "Hallands län och Västerbottens län får mest poäng" in text
    assert "(plats 1 och 2 av 21)" in text


def part(report: str, heading: str) -> str:
    return report[report.index(f"\n## {heading}\n") :].split("\n## ", 2)[1]


def test_it_has_every_part_the_candidates_first(report: str) -> None:
    assert re.findall(r"^## (.*)$", report, re.MULTILINE) == [
        "I korthet",
        "Föreslagna kandidatregioner",
        "Hela rangordningen",
        "Hur säkert är det?",
        "Utveckling över tid",
        "Indikatorerna på karta",
        "Regioner som inte kan rangordnas",
        "Alla regioner",
        "Metod",
        "Källor",
        "Siffrornas spår",
    ]
    assert "från 24\u202f550\u202fkronor [45] till 34\u202f615\u202fkronor [46]" in report
    assert "| goods\\_exports\\_by\\_county.xlsx | illustrativ |" in report
    assert "De illustrativa uppgifterna är framtagna för att pröva verktyget och får inte tillskrivas någon." in report


def test_a_candidate_comes_with_figures_sentences_verdict_caveats_and_gaps(report: str) -> None:
    card = part(report, "Föreslagna kandidatregioner").split("\n### ")[3]
    assert card.startswith("3. Norrbottens län")
    assert "med 41\u202fprocent [" in card
    assert "**Hur säkert?** Förslaget om Norrbottens län är osäkert: det håller vid en mindre del av beräkningssätten." in card
    assert "Beloppen är i löpande priser: prisökningar ingår i tillväxten." in card
    assert "fönstret 2016–2020 ger Norrbottens län dess bästa plats (1)" in card
    assert "Inget är infört om företag som nås och regionens varumärke; det betyder inte att inget finns." in card


def test_it_lists_every_county_once_and_the_nation_without_a_place(report: str, complete: Path) -> None:
    places = re.findall(r"^\| (\d+|–|) \| ([^|]+) \| [\d,.]* \|", part(report, "Hela rangordningen"), re.MULTILINE)
    with (complete / "2021" / "ranking.csv").open(encoding="utf-8") as file:
        ranking = [(row["rank"] or "–", row["region_name"]) for row in csv.DictReader(file)]
    assert places == [*ranking, ("", "Riket")]


def test_every_county_has_a_page_in_the_order_of_the_alphabet(report: str) -> None:
    pages = re.findall(r"^### (.*)$", part(report, "Alla regioner"), re.MULTILINE)
    assert len(pages) == 21
    assert pages == sorted(pages, key=SV.order)
    assert pages[-2:] == ["Örebro län", "Östergötlands län"]


def test_a_region_that_is_not_proposed_sees_what_separates_it_from_those_that_are(report: str) -> None:
    page = part(report, "Alla regioner").split("### Västmanlands län")[1].split("\n### ")[0]
    assert "**Plats 4 av 19 rangordnade, poäng 0,631.**" in page
    assert "| Poäng, Västmanlands län (plats 4) | Poäng, Norrbottens län (plats 3) |" in page
    assert ". Ändras bara en sak i taget är den 3–9 i 90\u202f% av viktningarna" in page
    # 0,695 − 0,631; 0,333 − 0,117; and 0,119 − 0,236 + 0,242 − 0,278: the figures of the table.
    parts = (
        "0,064 poäng, mest i tillväxt i små och medelstora företags varuexport per invånare (0,216 poäng); övriga indikatorer"
        " drar åt andra hållet (−0,153 poäng)."
    )
    assert f"Till Norrbottens län på plats 3 skiljer {parts}" in page
    assert f"Försprånget till Västmanlands län på plats 4 är {parts}" in report[report.index("### Norrbottens län\n") :]


@pytest.mark.parametrize("weights", [(), ("4/7", "2/7", "1/7")])
def test_a_region_is_strongest_where_the_table_below_gives_most_for_the_weight(
    weights: tuple[str, ...], award: Callable[..., Path], report: str
) -> None:
    reasons = ("Anges för Norrbotten", "Anges för Halland (363)", 'Anges för Skåne 2021."')
    end = 'direction = "higher"\nreason = "'
    others = [
        (f'weight = "1/3"\n{end}{reason}', f'weight = "{weight}"\n{end}{reason}') for reason, weight in zip(reasons, weights, strict=False)
    ]
    changed = award(*others) if weights else None
    text = report_text(changed, RAW, (*FIVE, "14", "19")) if changed else report
    by_weight = " i förhållande till vikten" if changed else ""
    pages = part(text, "Alla regioner").split("\n### ")[1:]
    told = 0
    for page in pages:
        lines = re.findall(r"^\| ([^|]+) \| [^|]+ \| [^|]+ \| [^|]+ \| (\d)/(\d) \| (\d,\d{3}) \|", page, re.MULTILINE)
        points = {name[:1].lower() + name[1:]: Decimal(given.replace(",", ".")) * int(of) / int(one) for name, one, of, given in lines}
        if points and "rangordnade" in page:
            found = re.search(rf"Starkast i poängen{by_weight}: ([^;]*); svagast: ([^.]*)\.", page)
            assert found, page[:200]
            # Two may be told apart by what the table rounds away.
            assert (points[found[1]], points[found[2]]) == (max(points.values()), min(points.values()))
            told += 1
    assert told == (6 if changed else 19)


def test_the_first_page_has_the_rival_that_is_a_candidate_most_often(report: str) -> None:
    table = part(report, "I korthet").split(
        "**Kandidaterna, länet på platsen efter och länet utanför förslaget som oftast är kandidat, 2016–2020**"
    )[1]
    shown = re.findall(r"^\| (\d) \| (\w+) län \| .* \| (\d+)\u202f% \|$", table, re.MULTILINE)
    # 32,6 % of all combinations, against 33,3 of Norrbotten and 19,8 of Västmanland, which is on the next place.
    assert shown[2:] == [("3", "Norrbottens", "33"), ("4", "Västmanlands", "20"), ("5", "Västernorrlands", "33")]
    assert "Västernorrlands län, som inte föreslås, är kandidat lika ofta som Norrbottens län, på mindre än en procentenhet när." in part(
        report, "I korthet"
    )


@pytest.mark.parametrize(
    ("outside", "told"),
    [
        (0.389, ""),
        (0.395, "Norrbottens län, som inte föreslås, är kandidat lika ofta som Hallands län, på"),
        (0.405, "Norrbottens län, som inte föreslås, är kandidat lika ofta som Hallands län, på"),
        (0.411, "Norrbottens län, som inte föreslås, är kandidat oftare än Hallands län."),
    ],
)
def test_what_a_share_outside_says_of_a_candidates_begins_at_a_percentage_point(outside: float, told: str) -> None:
    chosen = load_award("2021")
    tables = tables_before_the_report(chosen, load_sources(RAW, chosen), ("00", "12", "13", "24", "25"))
    shares = {"13": 0.4, "24": 0.9, "12": 0.0, "25": outside}
    tables["ranking.ranking"] = [row | {"is_candidate": row["region_code"] in ("13", "24")} for row in tables["ranking.ranking"]]
    tables["robustness.joint_shares"] = [row | {"joint_share": shares[row["region_code"]]} for row in tables["robustness.joint_shares"]]
    context = context_of(tables, chosen, load_sources(RAW, chosen), spoken("sv", chosen))
    text = " ".join(summary.answers_as_text(context))
    assert told in text
    assert ("som inte föreslås" in text) == bool(told)


def test_what_is_unknown_begins_with_who_could_be_a_candidate(report: str) -> None:
    first, *_, last = re.findall(r"^- (.*)$", part(report, "I korthet"), re.MULTILINE)
    assert first.startswith("Jämtlands län kan inte rangordnas, men kan efter det publicerade ha plats 3–16")
    assert last == "Inget utöver statistiken är infört om Västerbottens län."


def test_a_year_that_goes_the_other_way_is_told_on_the_first_page(report: str) -> None:
    # From 41 735 to 34 615 kronor of goods; Västerbotten and Halland rose.
    told = re.findall(
        r"tillväxt i små och medelstora företags varuexport per invånare \(plats 1 av 19\)\. Sista året, 2019–2020, vände"
        r" det: Norrbottens län −17\u202f% \[(\d+)\]\.",
        part(report, "I korthet"),
    )
    assert len(told) == 1
    assert f"en minskning med 17\u202fprocent [{told[0]}]" in part(report, "Föreslagna kandidatregioner")


@pytest.mark.parametrize("caption", ["Så långt kan en vikt flyttas innan kandidaten faller ur", "Plats om länets egna siffror är fel"])
def test_regions_stand_by_their_places_in_every_table_of_the_challenges(caption: str, report: str, complete: Path) -> None:
    with (complete / "2021" / "ranking.csv").open(encoding="utf-8") as file:
        places = {row["region_name"]: int(row["rank"] or 99) for row in csv.DictReader(file)}
    table = part(report, "Hur säkert är det?").split(f"**{caption}**")[1].split("\n\n")[1]
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|", table, re.MULTILINE)[1:]
    by_place = [(places[region], scenario) for region, scenario in rows]
    assert len(rows) >= 9
    assert by_place == sorted(by_place, key=lambda row: (row[1], row[0]) if caption.startswith("Plats") else row[:1])


def test_an_unranked_region_is_named_with_the_reason_and_no_figure_for_it(report: str) -> None:
    told = part(report, "Regioner som inte kan rangordnas")
    assert (
        "[Gotlands län](<#gotlands-län>): Tillväxt i små och medelstora företags varuexport per invånare: en uppgift är sekretessbelagd"
        in told
    )
    assert "kan länet stå på plats" in told
    page = part(report, "Alla regioner").split("### Gotlands län")[1].split("\n### ")[0]
    assert re.search(
        r"^\| Tillväxt i små och medelstora företags varuexport per invånare \| \.\. \| \+16\u202f% \|  \|", page, re.MULTILINE
    )
    assert re.search(r"^\| – \| Gotlands län \| \.\. \|", part(report, "Hela rangordningen"), re.MULTILINE)


def test_sampled_shares_stand_with_their_error(report: str) -> None:
    assert re.search(r"\| Norrbottens län \| ja \| osäkert \| 33,3\u202f% ± 0,2 \| 48,2\u202f% \| 5 av 10 \| 12 av 14 \|", report)
    assert "7 metoder och 1\u202f024 viktningar sätts samman på alla sätt, till 143\u202f360 kombinationer" in report
    assert "Andelen av viktningarna är exakt." in report
    assert "Prövade metoder är alla som kan ge olika ordning: 14 (" in report


def test_how_often_a_proposal_holds_is_said_by_the_share_whatever_the_thresholds_are() -> None:
    """An award that calls robust what holds in two fifths of all combinations does not make them most."""
    award, sources = load_award("2021"), load_sources(RAW, load_award("2021"))
    tables = tables_before_the_report(award, sources, ("00", "12", "13", "24", "25"))
    context = context_of(tables, award, sources, spoken("sv", award))
    row = next(row for row in tables["robustness.verdicts"] if row["region_code"] == "13")

    def sentence(**other: object) -> str:
        return about.verdict(context, row | other).split(". ")[0]

    assert (
        sentence(verdict="robust", joint_share=0.4)
        == "Förslaget om Hallands län är säkert: det håller vid en mindre del av beräkningssätten"
    )
    assert sentence(verdict="marginal", joint_share=0.5) == "Förslaget om Hallands län är osäkert: det håller vid de flesta beräkningssätt"
    assert sentence(verdict="depends_on_weights", joint_share=0.9).endswith("beror på vikterna: det håller vid nästan alla beräkningssätt")
    other = sentence(verdict="depends_on_window", joint_share=0.6, is_candidate=False)
    assert other == "Hallands län föreslås inte, men vore kandidat vid de flesta beräkningssätt: det beror på fönstret"
    alone = sentence(verdict="marginal", joint_share=0.2, is_candidate=False)
    assert alone == "Hallands län föreslås inte, men är nära: kandidat vid en mindre del av beräkningssätten"
    nothing = dict.fromkeys(("weights_share", "windows_share", "methods_share"), 0.0)
    together = sentence(verdict="marginal", joint_share=0.2, is_candidate=False, **nothing)
    assert together == "Hallands län föreslås inte"


@pytest.mark.parametrize("language", ["", "-en"])
def test_nothing_in_it_reads_like_a_decision(complete: Path, language: str) -> None:
    text = (complete / "2021" / f"report{language}.md").read_text(encoding="utf-8").lower()
    for word in ("vinnare", "vinner", "utses", "ska nomineras", "har nominerats", "beslutar", "winner", "wins", "is nominated", "decides "):
        assert word not in text
    assert ("den nominerar ingen: det gör människor" in text) or ("it nominates nobody: people do" in text)


def test_the_english_report_says_the_same_figures(complete: Path, report: str) -> None:
    english = (complete / "2021" / "report-en.md").read_text(encoding="utf-8")
    assert "raised their goods exports per inhabitant by 41\u202fper\u202fcent [" in english
    assert "## Proposed candidate regions" in english

    def numbers(text: str) -> list[str]:
        tables = "".join(line for line in text.splitlines() if line.startswith("| "))
        return re.findall(r"\d+(?:[.,\u202f]\d+)*", tables.split("Norrbottens län")[1].replace(",", "."))[:20]

    assert numbers(english) == numbers(report)
    words_left = re.findall(r"\b(?:och|är|inte|länen|uppgift)\b", english.split("## Method")[0].split("#### Beyond statistics")[0])
    assert words_left == []


def test_a_wide_table_has_as_many_cells_in_every_row(report: str) -> None:
    for block in re.findall(r"(?:^\|.*\n)+", report, re.MULTILINE):
        widths = {len(re.split(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(widths) == 1, block


def test_the_ranking_says_in_itself_that_it_is_illustrative(complete: Path) -> None:
    with (complete / "2021" / "ranking.csv").open(encoding="utf-8") as file:
        assert {row["is_illustrative"] for row in csv.DictReader(file)} == {"true"}


# Every format


def pages(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [document[number].get_textpage().get_text_range() for number in range(len(document))]


def plain(xml: str) -> str:
    return re.sub(r"<[^>]*>", "", xml)


@pytest.mark.parametrize("name", ["exportregion-2021", "exportregion-2021-en"])
def test_illustrative_input_is_said_first_in_the_header_and_in_the_metadata_of_every_format(complete: Path, name: str) -> None:
    said = "Illustrative data" if name.endswith("-en") else "Illustrativa uppgifter"
    loud = said.upper()
    folder = complete / "2021" / "report"

    page = (folder / f"{name}.html").read_text(encoding="utf-8")
    assert page.index(loud) < page.index("<h1>")
    assert f'@top-center {{ content: "{said}' in page
    assert said in page[page.index("<title>") : page.index("</title>")]

    paper = (folder / f"{name}.pdf").read_bytes()
    texts = pages(paper)
    assert all(said in text for text in texts)
    assert loud in texts[0]
    with pypdfium2.PdfDocument(paper) as document:
        assert said in document.get_metadata_value("Keywords")

    with zipfile.ZipFile(folder / f"{name}.docx") as archive:
        header = next(member for member in archive.namelist() if member.startswith("word/header"))
        assert said in plain(archive.read(header).decode())
        assert said in archive.read("docProps/core.xml").decode()
        body = plain(archive.read("word/document.xml").decode())
    assert body.index(loud) < 400

    with zipfile.ZipFile(folder / f"{name}.xlsx") as archive:
        assert loud in archive.read("docProps/core.xml").decode().upper()
        sheets = [member for member in archive.namelist() if member.startswith("xl/worksheets/sheet")]
        assert all(loud in archive.read(sheet).decode().upper().split("<HEADERFOOTER")[1] for sheet in sheets)
    book = CalamineWorkbook.from_path(folder / f"{name}.xlsx")
    for sheet_name in book.sheet_names:
        first = " ".join(str(cell) for row in book.get_sheet_by_name(sheet_name).to_python()[:3] for cell in row)
        assert loud in first.upper()


def test_official_input_removes_the_notice(hostile: Path) -> None:
    read = [file for file in hostile.glob("report*/*.*") if file.suffix in (".html", ".pdf")]
    assert {file.name.removeprefix("exportregion-trial") for file in read} == {".html", ".pdf", "-notes.pdf", "-sheets.pdf"}
    for file in read:
        text = file.read_text(encoding="utf-8") if file.suffix == ".html" else "".join(pages(file.read_bytes()))
        assert "illustrativ" not in text.lower().replace(".illustrative", "")


SHOWN = [text.replace("\u0007", "\u2407").replace("\u202e", "\ufffd") for text in HOSTILE]


def test_text_from_data_stays_text_in_markdown(hostile: Path) -> None:
    text = (hostile / "report.md").read_text(encoding="utf-8")
    for shown in SHOWN:
        assert literal(shown) in text
    assert not re.search(r"(?<!\\)<script", text)


def test_text_from_data_stays_text_on_paper(hostile: Path) -> None:
    text = " ".join(" ".join(pages((hostile / "report" / "exportregion-trial.pdf").read_bytes())).split())
    for shown in SHOWN:
        assert "".join(shown.replace("\u2407", "[U+2407]").replace("\ufffd", "[U+FFFD]").split()) in "".join(text.split()), shown


def test_a_text_without_a_place_to_break_stays_on_the_paper(hostile: Path) -> None:
    beyond = []
    with pypdfium2.PdfDocument(hostile / "report" / "exportregion-trial.pdf") as document:
        for page in document:
            text = page.get_textpage()
            if "a" * 10 in text.get_text_range():
                ends = [text.get_charbox(number)[2] for number in range(text.count_chars())]
                # Punctuation may hang 3 points into the margin of 18 mm.
                beyond.append(max(ends) > page.get_width() - 18 * 72 / 25.4 + 3)
    assert len(beyond) > 1, "pages with such a text"
    assert not any(beyond)


def test_text_from_data_stays_text_in_word(hostile: Path) -> None:
    with zipfile.ZipFile(hostile / "report" / "exportregion-trial.docx") as archive:
        text = plain(archive.read("word/document.xml").decode()).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    for shown in SHOWN:
        assert shown in text


def test_text_from_data_is_no_formula_in_the_workbook(hostile: Path) -> None:
    with zipfile.ZipFile(hostile / "report" / "exportregion-trial.xlsx") as archive:
        formulas = b" ".join(found for member in archive.namelist() for found in re.findall(rb"<f>(.*?)</f>", archive.read(member)))
    assert b"SUMPRODUCT" in formulas
    assert not any(word in formulas for word in (b"cmd", b"script", b"let x", b"fet", b"a&amp;b"))
    book = CalamineWorkbook.from_path(hostile / "report" / "exportregion-trial.xlsx")
    cells = [str(cell) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row]
    assert any("=cmd()" in cell and "<script>alert(1)</script>" in cell for cell in cells)


def test_a_title_is_no_markup_on_the_terminal(award: Callable[..., Path], tmp_path: Path) -> None:
    ran = exportregion(
        "rank", "--award", award(('title = "Årets exportregion 2021"', 'title = "[/x] [utkast]"')), "--out", tmp_path / "out"
    )
    assert ran.exit_code == 0
    assert "[/x] [utkast]: ranking" in ran.stdout


def test_what_cannot_be_printed_gets_a_sign_and_nothing_else_changes() -> None:
    text: Inline = ("a\x00b\x1b\x7f\x85\u202ec\nd\te",)
    shown = visible(Section("x", "å\u202f1", (Paragraph(text), Bullets((text,)), Notes(()))))
    assert shown == Section("x", "å\u202f1", (Paragraph(("a␀b␛␡\ufffd\ufffdc d e",)), Bullets((("a␀b␛␡\ufffd\ufffdc d e",),)), Notes(())))


@pytest.mark.parametrize("name", ["2021/report.md", "2021/report-en.md", "2022/report.md"])
def test_links_in_markdown_lead_to_headings_and_no_heading_is_empty(complete: Path, name: str) -> None:
    lines = [line for line in (complete / name).read_text(encoding="utf-8").splitlines() if line.strip()]
    headings = [(line.index(" "), re.sub(r"\\(.)", r"\1", line.lstrip("# "))) if re.match("#+ ", line) else None for line in lines]
    for heading, after in zip(headings, [*headings[1:], (0, "")], strict=True):
        assert not heading or not after or after[0] > heading[0], heading
    anchors: Counter[str] = Counter()
    for heading in filter(None, headings):
        plain_name = re.sub(r"[^\w\- ]", "", heading[1].lower()).replace(" ", "-")
        anchors[f"{plain_name}-{anchors[plain_name]}" if anchors[plain_name] else plain_name] += 1
    wanted = re.findall(r"\]\(<#(.*?)>\)", "\n".join(lines))
    assert len(wanted) > 60
    assert set(wanted) <= set(anchors)
    assert re.search(r"^\[(Allt om|All about) Hallands län\]\(<#hallands-län>\)$", "\n".join(lines), re.MULTILINE)


def test_the_language_is_chosen_and_a_second_one_stands_beside(english: Path, complete: Path, tmp_path: Path) -> None:
    def made(results: Path) -> list[str]:
        return sorted(path.name for path in (results / "report").glob("exportregion-*"))

    in_english = [
        f"exportregion-2021-en{ending}"
        for ending in ("-notes.pdf", "-sheets.pdf", ".docx", ".html", ".jsonstat.json", ".pdf", ".pptx", ".xlsx")
    ]
    assert made(english / "out" / "2021") == in_english
    assert made(complete / "2021") == sorted([*in_english, *(name.replace("-en", "") for name in in_english)])
    assert (english / "out" / "2021" / "report-en.md").is_file()
    assert exportregion("report", "--language", "de", "--out", tmp_path).exit_code == 2


@pytest.mark.whole
def test_an_indicator_that_nobody_knows_is_shown_as_unknown_everywhere(raw: Raw, award: Callable[..., Path]) -> None:
    def withhold(rows: list[list[object]]) -> None:
        for row in rows[4:]:
            if str(row[0]).isdigit() and row[0] != "00":
                row[2:8] = [".."] * 6

    raw.edit_workbook("services_exports_by_county.xlsx", withhold)
    services = 'measure = "services_exports_per_capita"\nas = "growth"\nlabel = "Tillväxt i tjänsteexport per invånare"\nweight = '
    path = award(('weight = "1/3"', 'weight = "1/2"'), (services + '"1/2"', services + "0"))
    text = report_text(path, raw.folder, FIVE)
    assert text.count("Tillväxt i tjänsteexport per invånare i ") == 5
    assert not re.search(r"\bnan\b", text, re.IGNORECASE)


def test_the_page_is_small_enough_to_mail(complete: Path) -> None:
    assert (complete / "2021" / "report" / "exportregion-2021.html").stat().st_size < 3_000_000


def test_of_more_regions_than_have_pages_the_candidates_and_those_near_them_have_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of four counties two may have a page: the candidate and whoever is near it; the others are in the ranking, the index and the map."""
    monkeypatch.setattr(context_module, "MANY", 2)
    monkeypatch.setattr(context_module, "FIRST", 1)
    monkeypatch.setattr(whatif, "MANY", 2)
    award = load_award("2021")
    award = award.model_copy(update={"ranking": award.ranking.model_copy(update={"candidates": 1})})
    sources = load_sources(RAW, award)
    tables = tables_before_the_report(award, sources, ("00", "12", "13", "24", "25"))
    tables["robustness.verdicts"] = [row for row in tables["robustness.verdicts"] if row["is_candidate"]]
    first = tables["ranking.ranking"][0]["region_code"]
    others = {row["region_code"] for row in tables["ranking.ranking"]} - {first}
    asked = min(others)
    for also, pages in (("", {first}), (asked, {first, asked})):
        written = write(tables, award, sources, spoken("sv", award), also)
        sections = {section.anchor: section for section in written.document.sections}
        every = {one.anchor: one.role for one in sections["regions"].blocks if isinstance(one, Section)}
        assert every == {f"region-{code}": "region" if code in pages else "brief" for code in (first, *others)}
        assert {sentence.region_code for sentence in written.context.sentences} == pages
        assert f"Av de {len(pages)} län som" in markdown(written.document)
    written = write(tables, award, sources, spoken("sv", award))
    panel = whatif.whatif(tables, award, spoken("sv", award), written.context.labels, [])
    assert panel["windows"] == [(award.window.base, award.window.final)]
    (chart,) = (picture for picture in pictures_of(written.document.sections) if picture.name == "contributions")
    assert {row[1].anchor for row in chart.table.rows} == {f"region-{first}"}
