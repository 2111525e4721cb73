"""The HTML report in a real Chromium: no error, no request, accessible, readable on a phone and in print, its figures traceable."""

import csv
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from browser import WORDED, accessibility_violations, opened
from conftest import HOSTILE, UNBROKEN
from fontTools.ttLib import TTFont
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from pipeline.report import fonts
from pipeline.report.charts.look import FONTS

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}
BESIDE = "compare?25&13"
"""Where the address leads when two regions stand beside each other."""


def page_of(folder: Path, ending: str = "") -> str:
    return (folder / "report" / f"exportregion-2021{ending}.html").as_uri()


@pytest.fixture(scope="module")
def on_a_desktop(browser: Browser, complete: Path) -> Iterator[Page]:
    with opened(browser, viewport=DESKTOP) as page:
        page.goto(page_of(complete / "2021"))
        yield page


@pytest.fixture
def width() -> int:
    """Of the window, where a test names no other: it is laid out anew only where it must."""
    return DESKTOP["width"]


@pytest.fixture
def report(on_a_desktop: Page, width: int) -> Page:
    """The Swedish report, loaded once for all tests of this file: each leaves what the others look at as it was."""
    on_a_desktop.set_viewport_size({"width": width, "height": DESKTOP["height"]})
    return on_a_desktop


@pytest.fixture(scope="module", params=["", "-en"])
def on_a_phone(request: pytest.FixtureRequest, browser: Browser, complete: Path) -> Iterator[Page]:
    """The report on a phone, in each language."""
    with opened(browser, viewport=PHONE, is_mobile=True, has_touch=True) as page:
        page.goto(page_of(complete / "2021", request.param))
        yield page


@pytest.fixture(scope="module")
def in_all_its_kinds(browser: Browser, five: Path) -> Iterator[Page]:
    with opened(browser, viewport=DESKTOP) as page:
        show_every_kind(page, page_of(five))
        yield page


def show_every_kind(page: Page, address: str) -> None:
    """Open the report of five counties, two of them beside each other, with all open that can be, and one of all that is made alike: it
    stands for all, which takes axe a fifth of the time."""
    page.goto(address)
    assert page.locator(".share").count() > 20
    page.evaluate(
        """() => {
            for (const all of [".region:not(#region-13, #region-25)", ".notes li + li", "tr:not(:first-child, :last-child)"])
                document.querySelectorAll(all).forEach(one => one.remove());
            for (const all of [".share", "figure > details:not(.share)"])
                [...document.querySelectorAll(all)].slice(1).forEach(one => one.remove());
            document.querySelectorAll("details").forEach(box => box.open = true);
        }"""
    )
    for side, code in (("one", "25"), ("other", "13")):
        page.locator(f"#compare [data-side={side}]").select_option(f"region-{code}")
    assert page.evaluate("location.href") == f"{address}#{BESIDE}"
    assert page.locator(".share").is_visible()


def test_no_violation_of_wcag(in_all_its_kinds: Page) -> None:
    assert accessibility_violations(in_all_its_kinds) == []
    in_all_its_kinds.locator("a.figure[href='#trace-1']").first.click()
    assert accessibility_violations(in_all_its_kinds, "dialog") == []
    in_all_its_kinds.locator("dialog button").click()


def test_no_violation_of_wcag_in_english(browser: Browser, five: Path) -> None:
    with opened(browser, viewport=DESKTOP) as page:
        show_every_kind(page, page_of(five, "-en"))
        assert accessibility_violations(page, rules=WORDED) == []
        page.locator("a.figure[href='#trace-1']").first.click()
        assert accessibility_violations(page, "dialog", WORDED) == []


def test_the_dark_scheme_has_enough_contrast(in_all_its_kinds: Page) -> None:
    in_all_its_kinds.emulate_media(color_scheme="dark")
    # The stricter rule of AAA passes over what is below the threshold of AA: both are asked.
    assert accessibility_violations(in_all_its_kinds, "main", ("cat.color",)) == []
    in_all_its_kinds.emulate_media(color_scheme="null")


def test_a_phone_does_not_scroll_sideways(on_a_phone: Page) -> None:
    assert on_a_phone.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    on_a_phone.locator("a.figure[href='#trace-1']").first.click()
    box = on_a_phone.locator("dialog").bounding_box()
    on_a_phone.locator("dialog button").click()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]


def test_every_region_is_reached_by_keyboard_from_the_map(report: Page) -> None:
    first = report.locator("#map-score svg a").first
    first.focus()
    reached = []
    for _ in range(21):
        link, told = report.evaluate("[document.activeElement.getAttribute('href'), document.getElementById('tip').checkVisibility()]")
        reached.append(link)
        assert told
        report.keyboard.press("Tab")
    assert len(set(reached)) == 21
    first.focus()
    name = report.locator("#tip").inner_text().split(":")[0]
    report.keyboard.press("Enter")
    shown = report.evaluate("document.querySelector(':target h3').textContent")
    assert shown == f"{name} #"


def test_every_link_inside_the_page_leads_somewhere(report: Page) -> None:
    lost = report.evaluate(
        "[...document.querySelectorAll('a[href^=\"#\"]')].map(a => a.getAttribute('href').slice(1)).filter(id => !document.getElementById(id))"
    )
    assert lost == []
    twice = report.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id).filter((id, n, all) => all.indexOf(id) < n)")
    assert twice == []


def test_a_figure_opens_its_trace_and_gives_the_focus_back(report: Page) -> None:
    figure = report.locator("#candidate-25 a.figure", has_text="41\u202fprocent")
    figure.focus()
    report.keyboard.press("Enter")
    dialog = report.locator("dialog")
    assert dialog.is_visible()
    text = dialog.inner_text()
    assert "0,4099998173456605" in text
    assert "catalogue/measures/sme_goods_exports_per_capita.toml" in text
    assert "Varuexport!E637" in text
    report.keyboard.press("Escape")
    assert dialog.is_hidden()
    assert report.evaluate("document.activeElement.textContent") == "41\u202fprocent"


def test_without_scripts_a_figure_still_leads_to_its_note(browser: Browser, five: Path) -> None:
    with opened(browser, java_script_enabled=False) as page:
        page.goto(page_of(five))
        page.locator("#candidate-25 a.figure").first.click()
        assert re.search(r"#trace-\d+$", page.url)
        assert page.locator(":target").is_visible()


def column(page: Page, number: int) -> list[str]:
    return [text.strip() for text in page.locator(f"#table-ranking tbody tr > :nth-child({number})").all_inner_texts()]


def test_the_ranking_sorts_by_number_and_by_swedish_name_unknown_last(report: Page) -> None:
    heads = report.locator("#table-ranking thead button")
    before = column(report, 2)
    heads.nth(1).click()
    names = column(report, 2)
    assert names[0] == "Blekinge län"
    assert names[-2:] == ["Örebro län", "Östergötlands län"]
    assert report.locator("#table-ranking thead th").nth(1).get_attribute("aria-sort") == "ascending"
    heads.nth(3).focus()
    report.keyboard.press("Enter")
    growth = column(report, 4)
    assert growth[0] == "+6\u202f%"
    assert growth[-2:] == ["..", ".."]
    report.keyboard.press("Enter")
    growth = column(report, 4)
    assert growth[0] == "+41\u202f%"
    assert growth[-2:] == ["..", ".."]
    assert report.locator("#table-ranking [aria-sort]").count() == 1
    heads.nth(0).click()
    assert column(report, 2) == before


def test_marks_of_every_kind_of_chart_answer_to_the_pointer(report: Page) -> None:
    for chart, said in (
        ("map-score", "Poäng|län: "),
        ("map-sme_share_of_goods_exports", r"län: \d+"),
        ("windows", r"\d{4}"),
        ("intervals", "län"),
        ("levels", "län"),
    ):
        mark = report.locator(f"#{chart} svg [data-label], #{chart} svg a[aria-label]").first
        mark.scroll_into_view_if_needed()
        mark.dispatch_event("pointermove", {"bubbles": True, "clientX": 50, "clientY": 50})
        assert report.locator("#tip").is_visible()
        assert re.search(said, report.locator("#tip").inner_text()), chart


def test_every_chart_has_an_alternative_and_its_data_within_reach(report: Page) -> None:
    charts = report.locator("figure").evaluate_all(
        """figures => figures.map(figure => {
            const summary = figure.querySelector("details:not(.share) summary");
            summary.focus();
            return [figure.querySelector("svg").getAttribute("aria-label"), document.activeElement === summary,
                figure.querySelectorAll("details:not(.share) table tbody tr").length];
        })"""
    )
    assert len(charts) == 7 + 4 + 2 * 21
    for alternative, reached, rows in charts:
        assert len(alternative) > 20
        assert reached
        assert rows >= 2


@pytest.fixture(scope="module")
def spoilt(browser: Browser, hostile: Path) -> Iterator[Page]:
    with opened(browser) as page:
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        page.goto((hostile / "report" / "exportregion-trial.html").as_uri())
        yield page


def test_text_from_data_stays_text_on_the_page(spoilt: Page) -> None:
    shown = spoilt.locator("h1").inner_text()
    for text in HOSTILE[:-1]:
        assert " ".join(text.split()) in " ".join(shown.split())
    assert spoilt.evaluate("document.querySelectorAll('main script:not([type]), h1 *, fet, em').length") == 0
    assert "<script>alert(1)</script>" in spoilt.locator("#region-25").inner_text()


@pytest.mark.parametrize("width", [PHONE["width"], 1280])
def test_a_text_without_a_place_to_break_makes_the_page_no_wider(spoilt: Page, width: int) -> None:
    spoilt.set_viewport_size({"width": width, "height": 900})
    assert UNBROKEN in spoilt.locator("body").inner_text()
    assert spoilt.evaluate("document.documentElement.scrollWidth") == width


def test_print_has_every_note_and_no_furniture(browser: Browser, five: Path) -> None:
    with opened(browser) as page:
        page.goto(page_of(five))
        notes = page.locator(".notes li").count()
        with pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True)) as paper:
            texts = [paper[number].get_textpage().get_text_range() for number in range(len(paper))]
    whole = "\n".join(texts)
    assert all("Illustrativa uppgifter" in text for text in texts)
    assert whole.index("Föreslagna kandidatregioner") < whole.index("Hela rangordningen")
    assert "sql/indicators/indicators_by_region.sql" in whole
    assert whole.count("Formel:") == notes > 50
    assert "Siffrorna som tabell" not in whole
    assert 10 < len(texts) < 30


def test_the_panel_and_the_map_follow_each_other(report: Page) -> None:
    fills = "[...document.querySelectorAll('#whatif-map a path')].map(path => getComputedStyle(path).fill)"
    before = report.evaluate(fills)
    report.locator("[data-whatif='window']").select_option("2019-2020")
    assert "PRÖVNING" in report.locator("[data-whatif='mark']").inner_text()
    after = report.evaluate(fills)
    assert len(after) == 21
    assert sum(one != other for one, other in zip(before, after, strict=True)) > 5
    report.locator("[data-whatif='reset']").click()


def test_a_trial_stands_in_the_address_and_is_restored_from_it(browser: Browser, five: Path) -> None:
    with opened(browser) as page:
        page.goto(page_of(five))
        page.locator("[data-whatif='window']").select_option("2017-2020")
        page.locator("[data-whatif='normalisation']").select_option("rank")
        page.locator("[data-whatif='number']").nth(1).fill("7")
        address, ranked = page.evaluate("location.href"), page.locator("[data-whatif='ranked']").inner_text()
    with opened(browser) as page:
        page.goto(address)
        assert page.locator("[data-whatif='window']").input_value() == "2017-2020"
        assert page.locator("[data-whatif='number']").nth(1).input_value() == "7"
        assert page.locator("[data-whatif='ranked']").inner_text() == ranked
        assert "PRÖVNING" in page.locator("[data-whatif='mark']").inner_text()
        page.locator("[data-whatif='reset']").click()
        assert page.evaluate("location.href") == f"{page_of(five)}#whatif"


def test_the_keyboard_stops_only_where_there_is_something_to_do(report: Page) -> None:
    assert report.locator(".scroll").count() > 40
    report.evaluate("document.querySelectorAll('details').forEach(box => box.open = true)")
    wrong = report.evaluate(
        "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done([...document.querySelectorAll('.scroll')]"
        ".filter(box => (box.tabIndex === 0) !== box.scrollWidth > box.clientWidth).map(box => box.outerHTML.slice(0, 80))))))"
    )
    report.evaluate("document.querySelectorAll('details').forEach(box => box.open = false)")
    assert wrong == []
    assert report.locator("main > section[aria-labelledby]").count() == report.locator("section[aria-labelledby]").count() == 12


@pytest.mark.parametrize("width", [1000, 1280, 1700])
def test_the_contents_stay_in_view_and_over_nothing_that_one_goes_to(report: Page) -> None:
    report.evaluate("location.hash = ''; location.hash = 'region-25'")
    contents, title = (report.locator(what).bounding_box() for what in ("nav", "#region-25-title"))
    assert contents
    assert title
    assert 0 <= contents["y"] < 200
    assert contents["y"] + contents["height"] <= title["y"] or contents["x"] + contents["width"] <= title["x"]
    assert title["y"] < 450
    assert report.evaluate("[...document.querySelectorAll('nav, nav ul')].every(box => box.scrollWidth <= box.clientWidth)"), "cut"
    report.evaluate("document.querySelector('.whatif-screen').scrollIntoView({ block: 'start', behavior: 'instant' })")
    mark = report.locator(".whatif-head").bounding_box()
    assert mark
    assert contents["x"] + contents["width"] <= mark["x"] or contents["y"] + contents["height"] <= mark["y"] + 3


def test_a_table_that_is_cut_has_a_shadow_at_the_edge_and_narrow_columns_on_a_phone(on_a_phone: Page) -> None:
    cut = on_a_phone.locator("#ranking .scroll[tabindex='0']").first
    cut.scroll_into_view_if_needed()
    assert cut.evaluate("box => getComputedStyle(box).backgroundImage").count("linear-gradient") == 2
    whole = "cells => cells.slice(0, 4).every(cell => cell.getBoundingClientRect().right <= innerWidth)"
    assert on_a_phone.locator("#ranking tbody tr:first-child > *").evaluate_all(whole), "place, region, score and the first indicator"


@pytest.mark.parametrize("width", [1000, 1280])
def test_the_first_pages_table_is_whole_on_a_desktop(report: Page) -> None:
    assert report.locator("#summary .below .scroll").evaluate("box => box.scrollWidth <= box.clientWidth")


def test_the_picker_leads_to_a_region(report: Page) -> None:
    report.locator("#region-picker").select_option("region-13")
    assert report.evaluate("document.querySelector(':target h3').textContent").startswith("Hallands län")


def test_a_table_is_saved_with_units_and_source(report: Page) -> None:
    box = report.locator("#ranking .share").first
    box.locator("summary").click()
    assert (
        box.locator("[data-share=cite]")
        .inner_text()
        .startswith("Länens plats, poäng och indikatorer, 2016–2020. Årets exportregion 2021: ")
    )
    with report.expect_download() as saved:
        box.locator("[data-share=csv]").click()
    assert saved.value.suggested_filename == "exportregion-2021-table-ranking.csv"
    text = Path(saved.value.path()).read_bytes().decode("utf-8-sig")
    headings, *rows = csv.reader(text.splitlines(), delimiter=";")
    growth = "Tillväxt i små och medelstora företags varuexport per invånare (förändring, %)"
    assert headings[3] == growth
    assert headings[-1] == "Källa"
    norrbotten = next(row for row in rows if row[1] == "Norrbottens län")
    assert float(norrbotten[3].replace(",", ".")) == pytest.approx(40.99998173456605)  # README's table of one number
    assert "Illustrativa uppgifter, ingen statistik" in norrbotten[-1]
    assert rows[-1][1] == "Riket"
    assert next(row for row in rows if row[1] == "Gotlands län")[3] == ".."


def test_what_a_spreadsheet_would_run_is_saved_as_text(report: Page) -> None:
    text = report.evaluate(
        "() => { const table = document.getElementById('table-sources').cloneNode(true); table.tBodies[0].rows[0].cells[0].textContent = '=1;\"+1';"
        " return exportregion.csv(table); }"
    )
    assert '\r\n"\'=1;""+1";' in text


def test_a_picture_is_saved_with_its_title_and_source(report: Page) -> None:
    report.locator("#intervals .share summary").click()
    with report.expect_download() as saved:
        report.locator("#intervals [data-share=svg]").click()
    svg = ET.fromstring(Path(saved.value.path()).read_text(encoding="utf-8"))
    shown = " ".join(text.text or "" for text in svg.iter("{http://www.w3.org/2000/svg}text"))
    assert saved.value.suggested_filename == "exportregion-2021-intervals.svg"
    assert "90 % av alla kombinationer" in shown.replace("\u202f", " ").replace("\n", " ")
    assert all(name in shown for name in ("Västerbottens län", "Kronobergs län")), "the chart itself"
    assert "ILLUSTRATIVA UPPGIFTER" in shown
    assert "exportregion 0." in shown
    assert "@font-face" in ET.tostring(svg, encoding="unicode")
    with report.expect_download() as saved:
        report.locator("#intervals [data-share=png]").click()
    with Image.open(saved.value.path()) as picture:
        assert picture.size == tuple(int(2 * float(svg.attrib[side])) for side in ("width", "height"))
        colours = {colour: count for count, colour in picture.convert("RGB").getcolors(2**24) or ()}
    assert colours[255, 255, 255] < 0.97 * picture.width * picture.height, "the chart is drawn on it"
    assert len(colours) > 100, "and letters with soft edges"


def test_two_regions_stand_beside_each_other_as_the_address_says(browser: Browser, five: Path) -> None:
    with opened(browser) as page:
        page.goto(f"{page_of(five)}#{BESIDE}")
        assert page.locator("#compare h4").all_inner_texts() == ["Norrbottens län", "Hallands län"]
        assert page.locator("#compare svg").count() == 4
        assert "+41\u202f%" in page.locator("#compare .beside > div").first.inner_text()
        page.evaluate("location.hash = '#compare?13&25'")
        expect(page.locator("#compare h4")).to_have_text(["Hallands län", "Norrbottens län"])
        assert page.evaluate(
            "new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size == document.querySelectorAll('[id]').length"
        )


@pytest.mark.parametrize("spacing", ["0", "0.06em"])
def test_no_text_of_a_chart_is_cut_off_or_too_small_on_a_phone(on_a_phone: Page, spacing: str) -> None:
    """spacing: as if the font were a tenth wider."""
    on_a_phone.set_viewport_size({"width": 390, "height": 844})
    faults = on_a_phone.evaluate(
        """async spacing => {
            const style = document.head.appendChild(document.createElement("style"));
            style.textContent = `svg text { letter-spacing: ${spacing}; }`;
            await document.fonts.ready;
            const faults = [...document.querySelectorAll('figure svg')].flatMap(svg => {
                const drawn = svg.getBoundingClientRect();
                return [...svg.querySelectorAll('text')].filter(text => {
                    const box = text.getBoundingClientRect();
                    const size = parseFloat(getComputedStyle(text).fontSize) * drawn.width / svg.viewBox.baseVal.width;
                    return size < 9 || box.left < drawn.left - 0.5 || box.right > drawn.right + 0.5 || box.bottom > drawn.bottom + 0.5;
                }).map(text => `${svg.closest('figure').id}: ${text.textContent}`);
            });
            style.remove();
            return faults;
        }""",
        spacing,
    )
    on_a_phone.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert faults == []
    assert on_a_phone.evaluate("document.fonts.check('600 13px \"Source Sans Pro\"', 'åäö\u202f') && document.fonts.size") == 2


@pytest.mark.parametrize("name", fonts.WEIGHTS.values())
def test_the_cut_font_beside_the_program_is_the_font_of_today_with_every_letter(name: str) -> None:
    kept, now = TTFont(fonts.cut_file(name)), TTFont(io.BytesIO(fonts.cut(name)))
    whole = TTFont(FONTS / f"SourceSansPro-{name}.ttf").getBestCmap()
    assert set(kept.getBestCmap()) == set(whole) & set(fonts.LETTERS)
    assert {tag: kept.reader[tag] for tag in kept.reader.keys()} == {tag: now.reader[tag] for tag in now.reader.keys()}  # noqa: SIM118
    assert "Source" not in kept["name"].getDebugName(1)  # the licence reserves the name
