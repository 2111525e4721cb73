"""The charts as they are drawn: what they say, what they must never say, and that they are the same every time."""

import itertools
import json
import math
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from conftest import spoken

from pipeline.award import load_award
from pipeline.declarations import MapLayout
from pipeline.report.charts.drawing import pngs
from pipeline.report.charts.lines import Levels, Panel, development, span, ticks
from pipeline.report.charts.look import (
    ACCENT,
    BORDER,
    FONT,
    INK,
    INTERVALS,
    NEGATIVE,
    OTHERS,
    PAPER,
    QUIET,
    SEQUENTIAL,
    SERIES,
    SHADE,
    UNKNOWN_FILL,
    UNKNOWN_LINE,
    WHOLE_LINE,
)
from pipeline.report.charts.maps import breaks, class_colours, region_map
from pipeline.report.charts.places import rank_intervals, shade, window_map
from pipeline.report.charts.scores import Among, Strip, among, contributions, strips
from pipeline.report.charts.words import fit
from pipeline.report.language import Language
from pipeline.report.outlines import Outlines, conic_equal_area, outlines

SWEDISH, ENGLISH = spoken("sv"), spoken("en")
CODES = ["01", "03", "04", "05", "06", "07", "08", "09", "10", "12", "13", "14", "17", "18", "19", "20", "21", "22", "23", "24", "25"]
UNKNOWN = ["09", "23"]
CANDIDATES = ["24", "13", "25"]
YEARS = list(range(2016, 2021))
NASTY = "A&B <script>alert(1)</script> ]]> \"q\" 'q' {{7*7}} datum.x \x00\x08\x1b\u202e\ud800\ufffe\nend"
INERT = "A&B <script>alert(1)</script> ]]> \"q\" 'q' {{7*7}} datum.x "
NAMES = {code: f"Län {code}" for code in CODES}
VALUES = {code: None if code in UNKNOWN else 0.05 + number / 50 for number, code in enumerate(CODES)}
LABELS = {code: f"{NAMES[code]}: +{number}\u202f%" for number, code in enumerate(CODES)}
LEVELS: dict[str, Levels] = {
    code: {year: 20_000.0 + 900 * number + 700 * (year - 2016) for year in YEARS} for number, code in enumerate([*CODES, "00"])
}
PARTS = {code: {"exports": number / 40, "exporters": 0.1} for number, code in enumerate(reversed(CODES), 1) if code not in UNKNOWN}
SCORES = {code: sum(parts.values()) for code, parts in PARTS.items()}
WINDOWS = [(base, final) for base, final in itertools.combinations(YEARS, 2)]


def counties() -> Outlines:
    """Those of the shipped rounds."""
    drawn = outlines(load_award("2021").catalogue)
    assert drawn
    return drawn


def window_rows(names: list[str], windows: list[tuple[int, int]]) -> list[dict[str, Any]]:
    return [
        {
            "region_code": code,
            "base_year": base,
            "final_year": final,
            "rank": None if code in UNKNOWN and final == 2020 else place,
            "is_candidate": place <= 3,
        }
        for base, final in windows
        for place, code in enumerate(names, 1)
    ]


def interval_rows(codes: list[str]) -> list[dict[str, Any]]:
    return [
        {
            "region_code": code,
            "rank": place,
            "weights_best_rank": max(1, place - 1),
            "weights_worst_rank": place + 1,
            "windows_best_rank": max(1, place - 2),
            "windows_worst_rank": place + 2,
            "methods_best_rank": None if code == "01" else place,
            "methods_worst_rank": None if code == "01" else place,
        }
        for place, code in enumerate(codes, 1)
    ]


def all_charts(names: dict[str, str], labels: dict[str, str], title: str, language: Language) -> dict[str, str]:
    order = [*CANDIDATES, *(code for code in CODES if code not in [*CANDIDATES, *UNKNOWN]), *UNKNOWN]
    of: dict[str, Any] = {"alternative": title}
    return {
        "map": region_map(counties(), VALUES, labels, title, "growth", language, outlined=CANDIDATES, **of),
        "linked": region_map(counties(), VALUES, labels, title, "growth", language, outlined=CANDIDATES, linked=True, **of),
        "development": grown(LEVELS, names, CANDIDATES, language, **of),
        "region": grown({code: LEVELS[code] for code in ("13", "00")}, names, ["13"], language, **of),
        "strips": strips([strip(title)], "13", names["13"], language, candidate=True, **of),
        "contributions": contributions(PARTS, SCORES, {"exports": title, "exporters": title}, names, CANDIDATES, language, **of),
        "among": among([Among(title, ["−99 %", "0 %", "+10 000 %"], [0.0, 0.5, 0.98])], language, **of),
        "windows": window_map(window_rows(order, WINDOWS), order, names, CANDIDATES, (2016, 2020), language, **of),
        "intervals": rank_intervals(interval_rows(order[:-2]), names, CANDIDATES, language, **of),
    }


def grown(levels: Mapping[str, Levels], names: Mapping[str, str], marked: list[str], language: Language, **of: Any) -> str:
    """The development of one measure from 2016."""
    panels = [Panel("Varuexport per invånare", "money", levels, 2016)]
    return development(panels, names, marked, CANDIDATES, "00", language, across=span(panels), **of)


def strip(label: str, *, lower: bool = False) -> Strip:
    known = {code: value for code, value in VALUES.items() if value is not None}
    return Strip(label, "+25\u202f%, plats 10 av 19", known, ("+5\u202f%", "+45\u202f%"), 0.2, lower)


@pytest.fixture(scope="module")
def drawn() -> dict[str, str]:
    return all_charts(NAMES, LABELS, "Rubrik", SWEDISH)


def tree(svg: str) -> ET.Element:
    return ET.fromstring(svg.replace(' xmlns="http://www.w3.org/2000/svg"', "", 1))


def texts(svg: str) -> list[str]:
    return texts_of(tree(svg))


def texts_of(root: ET.Element) -> list[str]:
    return [element.text or "" for element in root.iter("text")]


def fills(svg: str) -> dict[str, str]:
    return {element.attrib["data-region"]: element.attrib["fill"] for element in tree(svg).iter("path") if "data-region" in element.attrib}


# What they say


def test_every_county_is_once_on_the_map_with_its_label(drawn: dict[str, str]) -> None:
    marked = [element for element in tree(drawn["map"]).iter() if "data-label" in element.attrib]
    assert {element.attrib["data-region"]: element.attrib["data-label"] for element in marked} == LABELS
    assert len(marked) == 21
    assert not list(tree(drawn["map"]).iter("a"))


def test_unknown_counties_and_only_they_have_the_unknown_fill(drawn: dict[str, str]) -> None:
    assert {code for code, fill in fills(drawn["map"]).items() if fill == UNKNOWN_FILL} == set(UNKNOWN)
    assert "uppgift saknas" in drawn["map"]
    known = {**VALUES, "09": 0.1, "23": 0.1}
    assert UNKNOWN_FILL not in (region_map(counties(), known, LABELS, "", "share", SWEDISH, alternative=""))


def test_higher_is_darker_and_the_nation_is_left_out() -> None:
    colours = fills(region_map(counties(), {**VALUES, "00": 900.0}, LABELS, "", "share", SWEDISH, alternative=""))
    ordered = [SEQUENTIAL.index(colours[code]) for code in CODES if code not in UNKNOWN]
    assert ordered == sorted(ordered)
    assert (ordered[0], ordered[-1]) == (0, 4)


def test_below_zero_has_colours_of_its_own_only_when_values_lie_on_both_sides() -> None:
    both = fills(region_map(counties(), {"01": -0.1, "03": 0.0, "04": 0.2}, LABELS, "", "share", SWEDISH, alternative=""))
    assert both["01"] in NEGATIVE
    assert {both["03"], both["04"]} <= set(SEQUENTIAL)
    below = fills(region_map(counties(), {"01": -0.1, "03": -0.2}, LABELS, "", "share", SWEDISH, alternative=""))
    assert {below["01"], below["03"]} <= set(SEQUENTIAL)


@pytest.mark.parametrize(
    ("unit", "values", "language", "expected"),
    [
        ("growth", [-0.04, 0.02, 0.13], SWEDISH, ["10\u202f% eller mer", "0–10\u202f%", "under 0\u202f%"]),
        ("growth", [-0.04, 0.02, 0.13], ENGLISH, ["10% or more", "0–10%", "under 0%"]),
        ("money", [7_340_000, 31_280_000], SWEDISH, ["20\u202fmn kr eller mer", "under 20\u202fmn kr"]),
        ("money", [1_200, 35_000], SWEDISH, ["20\u202f000\u202fkr eller mer", "under 20\u202f000\u202fkr"]),
        ("score", [0.41, 0.43], SWEDISH, ["0,42 eller mer", "under 0,42"]),
        ("score", [0.41, 0.43], ENGLISH, ["0.42 or more", "under 0.42"]),
        ("share", [0.25, 0.25], SWEDISH, ["25\u202f%"]),
    ],
)
def test_the_legend_counts_in_the_unit_and_the_language(unit: str, values: list[float], language: Language, expected: list[str]) -> None:
    spec = region_map(counties(), dict(zip(CODES, values, strict=False)), LABELS, "", unit, language, alternative="")
    shown = " ".join(texts(spec))
    assert [shown.index(text) for text in expected] == sorted(shown.index(text) for text in expected)


def test_links_are_exact_and_have_names(drawn: dict[str, str]) -> None:
    root = tree(drawn["linked"])
    links = list(root.iter("a"))
    assert {link.attrib["href"]: link.attrib["aria-label"] for link in links} == {f"#region-{code}": LABELS[code] for code in CODES}
    assert len(links) == 21
    assert all([child.tag for child in link] == ["path"] for link in links)
    assert root.attrib["role"] == "group"


def test_candidates_are_ringed_on_the_map(drawn: dict[str, str]) -> None:
    (rings,) = [list(group) for group in tree(drawn["map"]).iter("g") if group.get("stroke") == ACCENT]
    assert len(rings) == len(CANDIDATES)


def test_classes_are_natural_and_their_bounds_round() -> None:
    assert breaks([1, 2, 3, 10, 11, 12, 30], 3) == [10, 20]
    assert breaks([0.126, 0.147]) == [0.14]
    assert breaks([-12.6, -12.1]) == [-12.5]
    assert breaks([-5, 3, 8], 3) == [0, 5]
    assert breaks([7.0, 7.0, None, float("nan")]) == []
    assert breaks([]) == []
    assert breaks([1.0, 1.0 + 1e-15]) == [1.0 + 1e-15]


def test_every_class_has_a_colour_of_its_own() -> None:
    for bounds in ([], [1.0], [1.0, 2.0], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0, 4.0], [0.0], [-2.0, 0.0, 3.0]):
        colours = class_colours(bounds)
        assert len(colours) == len(set(colours)) == len(bounds) + 1


def test_an_unknown_year_is_a_gap() -> None:
    levels: dict[str, Levels] = {
        **LEVELS,
        "01": {**LEVELS["01"], 2018: None},
        "03": {2016: 1.0, 2018: 2.0, 2020: 3.0, 2017: None, 2019: None},
        "24": {**LEVELS["24"], 2017: float("nan")},
        "05": {**LEVELS["05"], 2016: None},
    }
    root = tree(grown(levels, NAMES, CANDIDATES, SWEDISH, alternative=""))
    lines = {
        path.attrib["data-region"]: path.attrib["d"]
        for path in root.iter("path")
        if path.get("stroke") == OTHERS and "data-region" in path.attrib
    }
    assert re.findall("[ML]", lines["01"]) == list("MLML")
    assert re.findall("[ML]", lines["04"]) == list("MLLLL")
    assert "03" not in lines  # no two years beside each other: three dots
    assert len([dot for dot in root.iter("rect") if dot.get("fill") == OTHERS]) == 3
    assert "05" not in lines  # nothing to start from
    first = [path.attrib["d"] for path in root.iter("path") if path.get("stroke") == ACCENT and path.get("stroke-width") == "2.4"]
    assert re.findall("[ML]", first[1]) == list("MLL")  # after the legend's
    labels = {element.get("data-label") for element in root.iter() if element.get("data-region") == "24"}
    assert "Län 24 2016: 37\u202f100\u202fkr" in labels
    assert not any("2017" in label for label in labels if label)


def test_lines_start_from_100_and_share_one_scale() -> None:
    doubled: Levels = {2016: 10.0, 2017: 20.0}
    panels = [
        Panel("Ett", "money", {"01": doubled}, 2016),
        Panel("Två", "rate", {"01": {2016: 400.0, 2017: 800.0}, "03": {2016: 1.0, 2017: 0.5}}, 2016),
    ]
    assert span(panels) == (50, 200)
    root = tree(development(panels, NAMES, ["01"], [], None, SWEDISH, alternative="", across=(50, 200)))
    points = [(float(dot.attrib["cx"]), float(dot.attrib["cy"])) for dot in root.iter("circle") if "data-label" in dot.attrib]
    (_, start), (_, end), (_, other_start), (_, other_end) = points
    assert start == other_start > end == other_end
    assert "Index, 2016 = 100 för alla mått. Axeln börjar inte på noll." in " ".join(texts_of(root))
    assert "10\u202fkr → 20\u202fkr" in texts_of(root)
    nothing = texts_of(
        tree(
            development(
                [Panel("Ett", "money", {"01": {2016: 0.0, 2017: 5.0}}, 2016)],
                NAMES,
                ["01"],
                [],
                None,
                SWEDISH,
                alternative="",
                across=(90, 110),
            )
        )
    )
    assert "uppgift saknas" in nothing  # growth from zero is none


def test_measures_of_other_years_each_start_from_100_in_their_own() -> None:
    panels = [
        Panel("Varor", "money", {"01": {2019: 10.0, 2020: 15.0}}, 2019),
        Panel("Tjänster", "money", {"01": {2011: 4.0, 2016: 6.0}}, 2011),
    ]
    assert span(panels) == (100, 150)
    root = tree(development(panels, NAMES, ["01"], [], None, SWEDISH, alternative="", across=span(panels)))
    heights = [float(dot.attrib["cy"]) for dot in root.iter("circle") if "data-label" in dot.attrib]
    assert len(heights) == 4
    assert heights[:2] == heights[2:]
    assert {"2011", "2016", "2019", "2020"} <= {*texts_of(root)}
    assert "Index: 100 i det första av åren under varje mått." in " ".join(texts_of(root))


def test_an_axis_has_room_where_no_value_differs_but_by_the_noise_of_a_division() -> None:
    for high in (100, math.nextafter(100, 101)):
        marks = ticks(100, high, 4)
        assert 3 <= len(marks) <= 6
        assert marks[0] < 100 < marks[-1]


def test_candidates_have_colours_and_dashes_of_their_own(drawn: dict[str, str]) -> None:
    lines = [path for path in tree(drawn["development"]).iter("path") if path.get("stroke-width") == "2.4"]
    assert [path.attrib["stroke"] for path in lines] == SERIES[:3] * 2  # legend and plot
    assert len({path.get("stroke-dasharray") for path in lines}) == 3


def test_marks_among_very_many_stand_at_the_share_that_is_worse() -> None:
    row = Among("Ökning, mn kr", ["−5", "0", "7"], [0.0, 0.5, 1.0])
    root = tree(among([row], SWEDISH, alternative=""))
    marks = [path.attrib["d"] for path in root.iter("path") if path.get("stroke") == ACCENT][1]
    # 470 wide, with 8 at either side.
    assert [float(x) for x in re.findall(r"M([\d.]+),", marks)] == [8, 235, 462]
    ticks = [float(each.attrib["x"]) + 0.5 for each in root.iter("rect") if each.get("width") == "1"]
    assert ticks == [8, 235, 462]
    assert texts_of(root)[-4:] == ["Ökning, mn kr", "−5", "0", "7"]


def test_an_axis_from_zero_does_not_say_that_it_begins_elsewhere() -> None:
    panel = Panel("Export", "money", {"01": {2016: 10.0, 2017: 500.0}}, 2016)
    root = tree(development([panel], NAMES, ["01"], [], None, SWEDISH, alternative="", across=(100, 5000)))
    assert "0" in texts_of(root)
    assert "Axeln" not in " ".join(texts_of(root))


def test_a_strip_has_every_region_and_this_one_marked_better_to_the_right() -> None:
    for lower in (False, True):
        root = tree(strips([strip("Tillväxt", lower=lower)], "10", NAMES["10"], SWEDISH, candidate=False, alternative=""))
        (others,) = [path.attrib["d"] for path in root.iter("path") if path.get("stroke") == OTHERS][1:]
        assert others.count("M") == 18
        (dot,) = [dot for dot in root.iter("circle") if "data-label" in dot.attrib]
        assert dot.attrib["data-label"] == "Län 10: +25\u202f%, plats 10 av 19"
        share = (VALUES["10"] - 0.05) / (VALUES["25"] - 0.05)  # type: ignore[operator]
        assert float(dot.attrib["cx"]) == pytest.approx(8 + 324 * (1 - share if lower else share), abs=0.01)
        shown = texts_of(root)
        assert shown.index("+45\u202f%" if lower else "+5\u202f%") < shown.index("+5\u202f%" if lower else "+45\u202f%")
        assert "inte från noll" in " ".join(shown)


def test_contributions_are_as_long_as_they_are_and_begin_where_the_one_before_ends() -> None:
    parts = {"01": {"a": 0.5, "b": 0.25, "c": -0.1}, "03": {"a": 0.1, "b": 0.2}}
    scores = {"01": 0.65, "03": 0.3}
    root = tree(contributions(parts, scores, {"a": "A", "b": "B", "c": "C"}, NAMES, ["01"], SWEDISH, alternative=""))
    bars = {
        box.attrib["data-label"]: (float(box.attrib["x"]), float(box.attrib["width"]))
        for box in root.iter("rect")
        if "data-label" in box.attrib
    }
    (zero, a), (after, b), (left, c) = (bars[f"Län 01, {name}"] for name in ("A: 0,500", "B: 0,250", "C: \u22120,100"))
    assert (b + 1) / (a + 1) == pytest.approx(0.5, abs=0.01)
    assert after == pytest.approx(zero + a + 1, abs=0.02)
    assert left + c + 1 == pytest.approx(zero, abs=0.02)
    assert bars["Län 03, A: 0,100"][0] == zero
    assert {"0,650", "0,300"} <= set(texts_of(root))


def test_every_cell_of_the_window_map_says_its_place(drawn: dict[str, str]) -> None:
    cells = [element for element in tree(drawn["windows"]).iter("rect") if "data-label" in element.attrib]
    assert len(cells) == 21 * len(WINDOWS)
    said = {cell.attrib["data-label"]: cell.attrib["fill"] for cell in cells}
    assert said["Län 24, 2016–2020: plats 1"] == ACCENT
    assert said["Län 09, 2016–2020: kan inte rangordnas"] == UNKNOWN_FILL
    assert Counter(texts(drawn["windows"]))[".."] == 2 * 4
    assert Counter(texts(drawn["windows"]))["21"] == sum(final != 2020 for _, final in WINDOWS)


def test_intervals_are_as_long_as_the_places_they_span(drawn: dict[str, str]) -> None:
    bars = {element.attrib["data-label"]: element for element in tree(drawn["intervals"]).iter("rect") if "data-label" in element.attrib}
    assert "Län 24: plats 1" in bars
    assert "Län 24, alla fönster: plats 1–3" in bars
    assert "Län 13, alla metoder: plats 2" in bars
    assert not any(label.startswith("Län 01, alla metoder") for label in bars)
    assert Counter(bar.attrib["fill"] for bar in bars.values()) == {
        INTERVALS["weights"]: 19 + 16,
        INTERVALS["windows"]: 19,
        INTERVALS["methods"]: 18,
        ACCENT: 3,
    }


# What they must never do


@pytest.mark.parametrize("language", [SWEDISH, ENGLISH], ids=["sv", "en"])
def test_hostile_text_is_inert(language: Language) -> None:
    names = dict.fromkeys(NAMES, NASTY)
    for name, svg in all_charts(names, names, NASTY, language).items():
        root = tree(svg)
        assert {element.tag for element in root.iter()} <= {"svg", "g", "path", "rect", "circle", "text", "a"}, name
        assert root.attrib["aria-label"].startswith(INERT), name
        for element in root.iter():
            assert not any(attribute.startswith("on") for attribute in element.attrib)
            if label := element.get("data-label"):
                assert label.startswith((INERT, "Riket", "Sweden"))
        assert not re.search("[\x00-\x08\x0b-\x1f\u202e\ud800\ufffe]", svg)
        assert "A&amp;B &lt;script&gt;" in svg
        assert pngs({name: svg}, 1)[name].startswith(b"\x89PNG")


def test_nothing_is_fetched_named_or_too_small_to_read(drawn: dict[str, str]) -> None:
    for svg in drawn.values():
        assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")
        root = tree(svg)
        for element in root.iter():
            assert not {"id", "clip-path", "class", "aria-roledescription"} & set(element.attrib)
            assert float(element.get("font-size", "13")) >= 12.5
            if element.tag not in ("svg", "a"):
                assert not {"role", "aria-label"} & set(element.attrib), "a name needs a role"
        assert root.attrib["font-family"] == FONT
        assert root.attrib["role"] in ("img", "group")
        assert root.attrib["aria-label"] == "Rubrik"


@pytest.mark.whole
def test_the_same_data_gives_the_same_bytes_and_stays_as_it_was(drawn: dict[str, str]) -> None:
    before = json.dumps([LEVELS, VALUES, NAMES, LABELS])
    again = all_charts(NAMES, LABELS, "Rubrik", SWEDISH)
    assert again == drawn
    assert pngs(drawn, 2) == pngs(again, 2)
    assert json.dumps([LEVELS, VALUES, NAMES, LABELS]) == before


def test_charts_are_small(drawn: dict[str, str]) -> None:
    size = {name: len(svg.encode()) for name, svg in drawn.items()}
    assert size["map"] < 50_000
    assert size["linked"] < 50_000
    assert size["region"] < 6_000
    assert size["development"] < 20_000
    assert size["windows"] < 60_000
    assert size["intervals"] < 40_000
    largest = region_map(counties(), VALUES, LABELS, "", "share", SWEDISH, alternative="", outlined=["01", "14", "25"])
    assert len((largest).encode()) < 75_000


def test_worlds_at_the_edge_are_drawn_too() -> None:
    of: dict[str, Any] = {"alternative": "x"}
    long = {code: f"Ett län med ett mycket långt namn som aldrig tar slut nummer {code}" for code in CODES}
    decades = {code: {year: line.get(year) for year in range(1990, 2021)} for code, line in LEVELS.items()}
    many = list(itertools.combinations(range(2010, 2019), 2))
    specs = {
        "nothing known": region_map(counties(), {}, {}, "", "share", SWEDISH, **of),
        "one known": region_map(counties(), {"01": 0.0}, LABELS, long["01"] * 3, "share", SWEDISH, outlined=["99"], **of),
        "one year": grown({code: {2016: 5.0} for code in CODES}, NAMES, CANDIDATES, SWEDISH, **of),
        "no level": grown({"00": {}, "24": {}}, NAMES, CANDIDATES, SWEDISH, **of),
        "all candidates": grown(decades, long, CODES, SWEDISH, **of),
        "no nation": grown({"01": {2016: 0.0}}, long, ["01"], SWEDISH, **of),
        "no values": strips([Strip("x" * 200, "..", {}, ("", ""), None, lower=False)], "01", long["01"], SWEDISH, candidate=False, **of),
        "no scores": contributions({}, {}, {"a": "A"}, NAMES, [], SWEDISH, **of),
        "fifty indicators": contributions(
            {"01": dict.fromkeys(map(str, range(50)), 0.02)},
            {"01": 1.0},
            {str(one): long["01"] for one in range(50)},
            long,
            [],
            SWEDISH,
            **of,
        ),
        "no windows": window_map([], CODES, NAMES, [], (2016, 2020), SWEDISH, **of),
        "many windows": window_map(window_rows(CODES, many), CODES, long, CODES[:3], (2010, 2018), SWEDISH, **of),
        "no rows": rank_intervals([], NAMES, [], SWEDISH, **of),
        "unranked": rank_intervals([{**row, "rank": None} for row in interval_rows(CODES)], long, CODES, SWEDISH, **of),
    }
    for name, svg in specs.items():
        root = tree(svg)
        width, height = float(root.attrib["width"]), float(root.attrib["height"])
        assert 300 < width < 1200, name
        assert 20 < height < 1300, name
        assert "NaN" not in svg, name


# How they look


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def over_paper(colour: str, opacity: float) -> str:
    parts = [255 - opacity * (255 - int(colour[start : start + 2], 16)) for start in (1, 3, 5)]
    return "#" + "".join(f"{round(part):02x}" for part in parts)


def test_texts_and_lines_can_be_told_from_the_paper() -> None:
    for colour in (INK, QUIET, *SERIES):
        assert contrast(colour, PAPER) >= 4.5, colour
    for colour in (*INTERVALS.values(), BORDER, UNKNOWN_LINE, OTHERS, WHOLE_LINE):
        assert contrast(colour, PAPER) >= 3, colour
    for place in range(1, 22):
        assert contrast(INK, over_paper(SHADE, shade(place, 21))) >= 4.5
    assert contrast(QUIET, UNKNOWN_FILL) >= 4.5
    shades = [luminance(colour) for colour in SEQUENTIAL]
    assert shades == sorted(shades, reverse=True)


def test_the_projection_is_albers() -> None:
    # Snyder, Map Projections: A Working Manual (USGS Professional Paper 1395, 1987), p. 291: standard parallels 29.5 and 45.5 north,
    # origin 23 north 96 west, sphere of radius 1; the point 35 north 75 west is at x = 0.2952720, y = 0.2416774.
    layout = MapLayout(parallels=(29.5, 45.5), rotate=(96, 0), scale=1, translate=(0, 0), width=1, height=1, room=1)
    place = conic_equal_area(layout)
    (x, y), (_, origin) = place(-75, 35), place(-96, 23)
    assert (x, origin - y) == pytest.approx((0.2952720, 0.2416774), abs=1e-7)


def test_a_word_with_no_room_at_all_becomes_an_ellipsis() -> None:
    assert fit("Län", 0) == "…"
