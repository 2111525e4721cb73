"""The charts as they are drawn: what they say, what they must never say, and that they are the same every time."""

import itertools
import json
import math
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import spoken

from pipeline.award import load_award
from pipeline.report.charts.drawing import pngs, render
from pipeline.report.charts.lines import development, region_development
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
    UNKNOWN_FILL,
    UNKNOWN_LINE,
)
from pipeline.report.charts.maps import breaks, class_colours, region_map
from pipeline.report.charts.parts import Spec
from pipeline.report.charts.places import rank_intervals, shade, window_map
from pipeline.report.language import Language
from pipeline.report.outlines import Outlines, _projected, outlines

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
LEVELS: dict[str, dict[int, float | None]] = {
    code: {year: 20_000.0 + 900 * number + 700 * (year - 2016) for year in YEARS} for number, code in enumerate([*CODES, "00"])
}
UNIT = ("money", "kronor per invånare")
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


def all_charts(names: dict[str, str], labels: dict[str, str], title: str, language: Language) -> dict[str, Spec]:
    order = [*CANDIDATES, *(code for code in CODES if code not in [*CANDIDATES, *UNKNOWN]), *UNKNOWN]
    of: dict[str, Any] = {"alternative": title}
    return {
        "map": region_map(counties(), VALUES, labels, title, "growth", language, outlined=CANDIDATES, **of),
        "linked": region_map(counties(), VALUES, labels, title, "growth", language, outlined=CANDIDATES, linked=True, **of),
        "development": development(LEVELS, names, CANDIDATES, UNIT, language, "00", **of),
        "region": region_development(LEVELS["13"], LEVELS["00"], names["13"], UNIT, language, candidate=True, **of),
        "windows": window_map(window_rows(order, WINDOWS), order, names, CANDIDATES, (2016, 2020), language, **of),
        "intervals": rank_intervals(interval_rows(order[:-2]), names, CANDIDATES, language, **of),
    }


@pytest.fixture(scope="module")
def drawn() -> dict[str, str]:
    return render(all_charts(NAMES, LABELS, "Rubrik", SWEDISH))


def tree(svg: str) -> ET.Element:
    return ET.fromstring(svg.replace(' xmlns="http://www.w3.org/2000/svg"', "", 1))


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in tree(svg).iter("text")]


def drawn_one(spec: Spec) -> str:
    return render({"one": spec})["one"]


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
    assert UNKNOWN_FILL not in drawn_one(region_map(counties(), known, LABELS, "", "share", SWEDISH, alternative=""))


def test_higher_is_darker_and_the_nation_is_left_out() -> None:
    colours = fills(drawn_one(region_map(counties(), {**VALUES, "00": 900.0}, LABELS, "", "share", SWEDISH, alternative="")))
    ordered = [SEQUENTIAL.index(colours[code]) for code in CODES if code not in UNKNOWN]
    assert ordered == sorted(ordered)
    assert (ordered[0], ordered[-1]) == (0, 4)


def test_below_zero_has_colours_of_its_own_only_when_values_lie_on_both_sides() -> None:
    both = fills(drawn_one(region_map(counties(), {"01": -0.1, "03": 0.0, "04": 0.2}, LABELS, "", "share", SWEDISH, alternative="")))
    assert both["01"] in NEGATIVE
    assert {both["03"], both["04"]} <= set(SEQUENTIAL)
    below = fills(drawn_one(region_map(counties(), {"01": -0.1, "03": -0.2}, LABELS, "", "share", SWEDISH, alternative="")))
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
    shown = " ".join(texts(drawn_one(spec)))
    assert [shown.index(text) for text in expected] == sorted(shown.index(text) for text in expected)


def test_links_are_exact_and_have_names(drawn: dict[str, str]) -> None:
    root = tree(drawn["linked"])
    links = list(root.iter("a"))
    assert {link.attrib["href"]: link.attrib["aria-label"] for link in links} == {f"#region-{code}": LABELS[code] for code in CODES}
    assert len(links) == 21
    assert all([child.tag for child in link] == ["path"] for link in links)
    assert root.attrib["role"] == "group"


def test_candidates_are_ringed_on_the_map(drawn: dict[str, str]) -> None:
    rings = [path for path in tree(drawn["map"]).iter("path") if path.get("stroke") == ACCENT and len(path.attrib["d"]) > 100]
    assert len(rings) == len(CANDIDATES)


def test_a_map_is_an_equal_area_conic_projection_as_snyder_computes_it() -> None:
    """Map Projections: A Working Manual, page 291: parallels 29.5 and 45.5, origin 23 N 96 W, the point 35 N 75 W."""
    ((x, down),) = _projected([(-75.0, 35.0)], (29.5, 45.5), (96.0, 0.0), math.radians(23))
    assert (round(x, 7), round(-down, 7)) == (0.2952720, 0.2416774)
    # A globe tilted by its latitude has the point where the tilted pole would put it: on the middle meridian, at the sum of both.
    (tilted, plain) = (_projected([(-96.0, north)], (29.5, 45.5), (96.0, tilt), 0.4)[0] for north, tilt in ((30.0, 5.0), (35.0, 0.0)))
    assert tilted == pytest.approx(plain)


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
    levels: dict[str, dict[int, float | None]] = {
        **LEVELS,
        "01": {**LEVELS["01"], 2018: None},
        "03": {2016: 1.0, 2018: 2.0, 2020: 3.0},
        "24": {**LEVELS["24"], 2017: float("nan")},
    }
    svg = drawn_one(development(levels, NAMES, CANDIDATES, UNIT, SWEDISH, "00", alternative=""))
    root = tree(svg)
    lines = {path.attrib["data-region"]: path.attrib["d"] for path in root.iter("path") if path.get("stroke") == OTHERS}
    assert re.findall("[ML]", lines["01"]) == list("MLML")
    assert re.findall("[ML]", lines["03"]) == list("MMM")
    assert re.findall("[ML]", lines["04"]) == list("MLLLL")
    assert len([path for path in root.iter("path") if path.get("fill") == OTHERS]) == 3
    first = next(path.attrib["d"] for path in root.iter("path") if path.get("stroke") == ACCENT and path.get("stroke-width") == "2.4")
    assert re.findall("[ML]", first) == list("MMLL")
    labels = {element.get("data-label") for element in root.iter() if element.get("data-region") == "24"}
    assert "Län 24 2016: 37\u202f100\u202fkr" in labels
    assert not any("2017" in label for label in labels if label)
    small = drawn_one(region_development(levels["03"], LEVELS["00"], "Län 03", UNIT, SWEDISH, alternative=""))
    line = next(path.attrib["d"] for path in tree(small).iter("path") if path.get("stroke") == INK and path.get("stroke-width") == "2.6")
    assert re.findall("[ML]", line) == list("MMM")
    pointed = [label for element in tree(small).iter() if (label := element.get("data-label"))]
    assert pointed == ["Län 03 2016: 1\u202fkr", "Län 03 2018: 2\u202fkr", "Län 03 2020: 3\u202fkr"]


def test_candidates_have_colours_dashes_and_labels_of_their_own(drawn: dict[str, str]) -> None:
    lines = [path for path in tree(drawn["development"]).iter("path") if path.get("stroke-width") == "2.4"]
    assert [path.attrib["stroke"] for path in lines] == SERIES[:3]
    assert len({path.get("stroke-dasharray") for path in lines}) == 3
    heights = sorted(
        float(text.attrib["y"])
        for group in tree(drawn["development"]).iter("g")
        if group.get("font-weight") == "600"
        for text in group.iter("text")
    )
    assert len(heights) == 4
    assert all(below - above >= 15.9 for above, below in itertools.pairwise(heights))


def test_every_cell_of_the_window_map_says_its_place(drawn: dict[str, str]) -> None:
    cells = [element for element in tree(drawn["windows"]).iter("path") if "data-label" in element.attrib]
    assert len(cells) == 21 * len(WINDOWS)
    said = {cell.attrib["data-label"]: cell.attrib["fill"] for cell in cells}
    assert said["Län 24, 2016–2020: plats 1"] == ACCENT
    assert said["Län 09, 2016–2020: kan inte rangordnas"] == UNKNOWN_FILL
    assert Counter(texts(drawn["windows"]))[".."] == 2 * 4
    assert Counter(texts(drawn["windows"]))["21"] == sum(final != 2020 for _, final in WINDOWS)


def test_intervals_are_as_long_as_the_places_they_span(drawn: dict[str, str]) -> None:
    bars = {element.attrib["data-label"]: element for element in tree(drawn["intervals"]).iter("path") if "data-label" in element.attrib}
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
    for name, svg in render(all_charts(names, names, NASTY, language)).items():
        root = tree(svg)
        assert {element.tag for element in root.iter()} <= {"svg", "g", "path", "rect", "text", "a"}, name
        assert root.attrib["aria-label"].startswith(INERT), name
        for element in root.iter():
            assert not any(attribute.startswith("on") for attribute in element.attrib)
            if label := element.get("data-label"):
                assert label.startswith((INERT, "Riket", "Sweden"))
        assert not re.search("[\x00-\x08\x0b-\x1f\u202e\ud800\ufffe]", svg)
        assert "A&amp;B &lt;script&gt;" in svg
        assert pngs({name: svg}, 1)[name].startswith(b"\x89PNG")


def strings(spec: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(spec, dict):
        for key, child in spec.items():
            yield path, key
            yield from strings(child, (*path, key))
    elif isinstance(spec, list):
        for child in spec:
            yield from strings(child, path)
    elif isinstance(spec, str):
        yield path, spec


def test_text_from_data_stands_only_among_data() -> None:
    names = dict.fromkeys(NAMES, "HOSTILE")
    for spec in all_charts(names, names, "HOSTILE", SWEDISH).values():
        places = {path for path, text in strings(spec) if "HOSTILE" in text}
        assert places
        assert all(path in (("alternative",), ("texts", "text")) or (path[0], path[-1]) == ("marks", "label") for path in places)


def test_nothing_is_fetched_named_or_too_small_to_read(drawn: dict[str, str]) -> None:
    for svg in drawn.values():
        assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")
        root = tree(svg)
        for element in root.iter():
            assert not {"id", "clip-path", "class", "aria-roledescription"} & set(element.attrib)
            assert float(element.get("font-size", "13")) >= 9
            if element.tag not in ("svg", "a"):
                assert not {"role", "aria-label"} & set(element.attrib), "a name needs a role"
        assert root.attrib["font-family"] == FONT
        assert root.attrib["role"] in ("img", "group")
        assert root.attrib["aria-label"] == "Rubrik"


def test_the_same_data_gives_the_same_bytes_whatever_was_drawn_before(drawn: dict[str, str]) -> None:
    specs = all_charts(NAMES, LABELS, "Rubrik", SWEDISH)
    again = render(dict(reversed(specs.items())))
    assert again == drawn
    assert pngs(drawn, 2) == {name: pngs(again, 2)[name] for name in drawn}


def test_specs_are_plain_json_and_arguments_stay_as_they_were() -> None:
    before = json.dumps([LEVELS, VALUES, NAMES, LABELS])
    for spec in all_charts(NAMES, LABELS, "Rubrik", SWEDISH).values():
        assert json.loads(json.dumps(spec, allow_nan=False)) == json.loads(json.dumps(spec))
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
    assert len(drawn_one(largest).encode()) < 75_000


def test_worlds_at_the_edge_are_drawn_too() -> None:
    of: dict[str, Any] = {"alternative": "x"}
    long = {code: f"Ett län med ett mycket långt namn som aldrig tar slut nummer {code}" for code in CODES}
    decades = {code: {year: line.get(year) for year in range(1990, 2021)} for code, line in LEVELS.items()}
    many = list(itertools.combinations(range(2010, 2019), 2))
    specs = {
        "nothing known": region_map(counties(), {}, {}, "", "share", SWEDISH, **of),
        "one known": region_map(counties(), {"01": 0.0}, LABELS, long["01"] * 3, "share", SWEDISH, outlined=["99"], **of),
        "one year": development({code: {2020: 5.0} for code in CODES}, NAMES, CANDIDATES, UNIT, SWEDISH, "00", **of),
        "no level": development({"00": {}, "24": {}}, NAMES, CANDIDATES, UNIT, SWEDISH, "00", **of),
        "all candidates": development(decades, long, CODES, UNIT, SWEDISH, "00", **of),
        "no nation": region_development({2016: 0.0}, {}, long["01"], UNIT, SWEDISH, **of),
        "no windows": window_map([], CODES, NAMES, [], (2016, 2020), SWEDISH, **of),
        "many windows": window_map(window_rows(CODES, many), CODES, long, CODES[:3], (2010, 2018), SWEDISH, **of),
        "no rows": rank_intervals([], NAMES, [], SWEDISH, **of),
        "unranked": rank_intervals([{**row, "rank": None} for row in interval_rows(CODES)], long, CODES, SWEDISH, **of),
    }
    for name, svg in render(specs).items():
        root = tree(svg)
        width, height = float(root.attrib["width"]), float(root.attrib["height"])
        assert 300 < width < 1200, name
        assert 60 < height < 900, name
        assert "NaN" not in svg, name


# How they look


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_texts_and_lines_can_be_told_from_the_paper() -> None:
    for colour in (INK, QUIET, *SERIES):
        assert contrast(colour, PAPER) >= 4.5, colour
    for colour in (*INTERVALS.values(), BORDER, UNKNOWN_LINE):
        assert contrast(colour, PAPER) >= 3, colour
    for place in range(1, 22):
        assert contrast(INK, shade(place, 21)) >= 4.5
    assert contrast(QUIET, UNKNOWN_FILL) >= 4.5
    shades = [luminance(colour) for colour in SEQUENTIAL]
    assert shades == sorted(shades, reverse=True)
