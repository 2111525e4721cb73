"""The what-if panel, in a real Chromium: it ranks as the engine ranks, it can be used, and it says that it is a trial."""

import copy
import json
import math
import random
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from browser import RULES, VIEWPORT, WORDED, accessibility_violations, opened
from conftest import PROJECT, exportregion, spoken
from markupsafe import Markup
from playwright.sync_api import Browser, Page, expect

from pipeline.award import Award, Window, load_award
from pipeline.method import METHODS, Goalposts, Ranking
from pipeline.ranking.standing import stand
from pipeline.report.whatif import whatif
from pipeline.report.words import Code

REPORT = PROJECT / "pipeline" / "report"
PALETTE = ("#e3ecf4", "#b9cfe2", "#8aaecb", "#5b8ab0", "#336791", "#1b3a57")
PAGE = """<!doctype html>
<html lang="{{ whatif.language }}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ whatif.award }}</title>
<style>body { margin: 1rem auto; max-width: 76rem; padding: 0 0.75rem; font-family: sans-serif }
{% include "whatif.css" %}</style></head>
<body><p class="illustrative" style="position: sticky; top: 0; z-index: 5; background: #fff3d6">Illustrativa uppgifter</p><main><h1>Årets exportregion {{ whatif.award }}</h1>{% include "whatif.html.j2" %}</main>
<script>{% include "whatif.js" %}</script></body></html>"""
GROWTH, EXPORTERS, SERVICES = "sme_goods_exports_per_capita_growth", "sme_goods_exporters_per_100k", "services_exports_per_capita_growth"

TOLD = {
    GROWTH: {"measure": "sme_goods_exports_per_capita", "as": "growth"},
    EXPORTERS: {"measure": "sme_goods_exporters_per_100k", "as": "level"},
    SERVICES: {"measure": "services_exports_per_capita", "as": "growth"},
}
"""What tells these indicators in an award file."""

Data = dict[str, Any]


def table(folder: Path, name: str) -> pd.DataFrame:
    schema, file = name.split(".")
    return pd.read_parquet(folder / schema / f"{file}.parquet", dtype_backend="pyarrow")


def embedded(complete: Path, award: Award, language: Code = "sv") -> Data:
    tables = {
        name: pq.read_table(complete / award.name / f"{name.replace('.', '/')}.parquet").to_pylist()
        for name in ("staging.regions", "robustness.windows")
    }
    return whatif(tables, award, spoken(language), {indicator.name: str(indicator.label) for indicator in award.indicators}, PALETTE)


@cache
def of_round(complete: Path, name: str = "2021", language: Code = "sv") -> Data:
    """What the panel of a round knows. Read only."""
    return embedded(complete, load_award(name), language)


def county_map(data: Data) -> Markup:
    """A map as the report's: each county's path within a link, and a legend and an outline that are the award's."""
    shapes = {}
    for feature in json.loads((PROJECT / "catalogue" / "geographies" / "swedish_counties.geojson").read_text(encoding="utf-8"))["features"]:
        polygons = feature["geometry"]["coordinates"]
        polygons = polygons if feature["geometry"]["type"] == "MultiPolygon" else [polygons]
        rings = [[f"{(x - 10) * 20:.1f},{(70 - y) * 40:.1f}" for x, y in ring] for polygon in polygons for ring in polygon]
        shapes[feature["properties"]["region_code"]] = "".join(f"M{'L'.join(ring)}Z" for ring in rings)
    links = [
        Markup(
            '<a href="#region-{code}" aria-label="{name}"><path d="{d}" fill="#eeeeee" stroke="#ffffff"><title>{name}</title></path></a>'
        ).format(d=shapes[region["code"]], **region)
        for region in data["regions"]
        if region["code"] in shapes
    ]
    of_award = Markup('<path d="M0 0L900 900" fill="none" stroke="#b35400"/><text x="700" y="20">0,5 eller mer</text>')
    return Markup('<svg viewBox="0 0 300 620" width="300" height="620">{}{}</svg>').format(Markup().join(links), of_award)


def written(data: Data, folder: Path) -> str:
    """A page around the panel, as the report is one; its address."""
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(REPORT), autoescape=True, undefined=jinja2.StrictUndefined)
    say = spoken(data["language"]).say
    html = environment.from_string(PAGE).render(whatif=data, say=say, whatif_map=county_map(data))
    path = folder / f"{data['award']}-{data['language']}.html"
    path.write_text(html, encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def address(complete: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """The address of the panel's page of a round."""
    return cache(lambda name="2021", language="sv": written(of_round(complete, name, language), tmp_path_factory.mktemp("panel")))


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """One page for all tests of this file: each opens its own address in it, and gives back the window as it was."""
    with opened(browser) as page_:
        yield page_


@pytest.fixture
def show(page: Page, address: Callable[..., str]) -> Callable[..., Page]:
    """Open the panel of a round."""

    def open_(*of: str) -> Page:
        page.goto(address(*of))
        return page

    return open_


def part(page: Page, name: str) -> Any:
    return page.locator(f'[data-whatif="{name}"]')


def shown(page: Page) -> dict[str, tuple[int, bool]]:
    """Each ranked region's place and whether it is marked as a candidate, as the table shows it."""
    rows = (
        part(page, "ranked")
        .locator("tr")
        .evaluate_all(
            "rows => rows.map(row => [row.cells[2].childNodes[1].data.trim(), Number(row.cells[0].textContent), row.matches('.whatif-candidate')])"
        )
    )
    return {name: (place, chosen) for name, place, chosen in rows}


def picked(page: Page, **choice: str) -> dict[str, tuple[int, bool]]:
    """What is shown after choices from lists."""
    page.evaluate(
        """choice => {
            for (const [name, value] of Object.entries(choice)) {
                const list = document.querySelector(`[data-whatif=${name}]`);
                list.value = value;
                list.dispatchEvent(new Event("change", { bubbles: true }));
            }
        }""",
        choice,
    )
    return shown(page)


def expected(frame: pd.DataFrame, names: Mapping[str, str]) -> dict[str, tuple[int, bool]]:
    """The same of rows of a table of the engine."""
    rows = frame[frame["rank"].notna()].itertuples()
    return {names[str(row.region_code)]: (int(row.rank), bool(row.is_candidate)) for row in rows}  # type: ignore[arg-type]


def names(folder: Path) -> dict[str, str]:
    regions = table(folder, "staging.regions")
    return dict(zip(regions["region_code"], regions["region_name"], strict=True))


# The engine's own ranking

Choice = dict[str, Any]


def engine(data: Data, award: Award, choice: Choice) -> tuple[list[int], list[float | None], list[bool]]:
    """Rank, score and candidate of each region, by pipeline/ranking/score.py."""
    window, total = "-".join(map(str, choice["window"])), sum(choice["weights"])
    indicators, columns = [], []
    for indicator, weight, direction in zip(data["indicators"], choice["weights"], choice["directions"], strict=True):
        if weight:
            posts = Goalposts.model_validate({**indicator["goalposts"], "reason": "-"}) if indicator["goalposts"] else None
            update = {"weight": Fraction(weight, total), "direction": direction, "goalposts": posts}
            indicators.append(award.indicators[0].model_copy(update=update))
            columns.append(np.array(data["values"][indicator["name"]][window], dtype=np.float64))
    method = {key: choice[key] for key in ("normalisation", "aggregation", "ties", "candidates")}
    standing = stand(np.column_stack(columns), indicators, Ranking.model_validate(award.ranking.model_dump() | method))
    scores = [None if math.isnan(score) else score for score in standing.score.tolist()]
    return standing.rank.tolist(), scores, standing.candidate.tolist()


def synthetic(real: Data, number: int, dice: random.Random) -> Data:
    """A world with what real tables seldom have: ties, constants, unknowns, sums that differ by noise alone, few regions."""
    data = copy.deepcopy(real)
    regions = data["regions"] = real["regions"][: dice.choice([1, 2, 5, 21])]
    kinds: list[Callable[[], float | None]] = [
        lambda: float(dice.randint(0, 3)),
        lambda: 7.25,
        lambda: dice.choice([None, 1.5, -2.5, 0.0, -0.0]),
        lambda: dice.choice([0.1 + 0.2, 0.3, 0.1 * 3]),
        lambda: dice.gauss(0, 1) * 10.0 ** dice.randint(-12, 12),
        lambda: None if dice.random() < 0.05 else dice.random(),
    ]
    for indicator in data["indicators"]:
        ends = {"lowest": dice.uniform(-2, 0), "highest": dice.uniform(1, 3), "clip": dice.random() < 0.5}
        indicator["goalposts"] = ends if number % 3 == 0 else None
    for place, name in enumerate(data["values"]):
        kind = kinds[(place + number) % len(kinds)]
        for window in data["values"][name]:
            data["values"][name][window] = [kind() for _ in regions]
    return data


def random_choice(data: Data, dice: random.Random) -> Choice:
    def weight() -> int:
        return dice.choice([0, 0, 1, 33, 50, 100, dice.randint(0, 100), dice.randint(0, 100)])

    weights = [weight() for _ in data["indicators"]]
    if not any(weights):
        weights[dice.randrange(len(weights))] = dice.randint(1, 100)
    if dice.random() < 0.3:
        dropped = dice.randrange(len(weights))
        weights[dropped] = 0 if sum(weights) > weights[dropped] else weights[dropped]
    return {
        "window": dice.choice(data["windows"]),
        "weights": weights,
        "directions": [dice.choice(["higher", "higher", "lower"]) for _ in weights],
        **dice.choice(data["methods"]),
        "ties": dice.choice(["min", "max", "dense"]),
        "candidates": dice.randint(1, 6),
    }


RANK = """([worlds, trials]) => {
    worlds = worlds.map(JSON.parse);
    return trials.map(([world, choice]) => {
        const indicators = worlds[world].indicators.map((indicator, column) => ({...indicator, direction: choice.directions[column]}));
        return exportregion.rank({...worlds[world], indicators}, choice);
    });
}"""


def test_200_random_choices_rank_as_the_engine_ranks(show: Callable[..., Page], complete: Path) -> None:
    dice = random.Random(20211022)
    award = load_award("2021")
    real = [of_round(complete), of_round(complete, "2022")]
    worlds = real + [synthetic(real[0], number, dice) for number in range(12)]
    trials = [(place, random_choice(worlds[place], dice)) for place in (dice.choice([0, 1, dice.randrange(2, 14)]) for _ in range(200))]
    assert {(choice["normalisation"], choice["aggregation"]) for _, choice in trials} == {tuple(m.values()) for m in real[0]["methods"]}
    assert len(real[0]["methods"]) == 9
    found = show().evaluate(RANK, [[json.dumps(world) for world in worlds], trials])
    unranked = tied = 0
    for (place, choice), result in zip(trials, found, strict=True):
        ranks, scores, candidates = engine(worlds[place], award, choice)
        assert result["rank"] == ranks, choice
        assert result["candidate"] == candidates, choice
        for mine, score in zip(result["score"], scores, strict=True):
            if score is None or choice["aggregation"] == "arithmetic":
                assert mine == score, choice
            else:
                assert mine == pytest.approx(score, rel=1e-12), choice
        unranked += 0 in ranks
        tied += len(set(ranks)) < len(ranks)
    assert min(unranked, tied) > 20


def test_sums_are_exactly_rounded(show: Callable[..., Page]) -> None:
    dice = random.Random(1)
    lists = [[dice.gauss(0, 1) * 2.0 ** dice.randint(-80, 80) for _ in range(dice.randint(0, 30))] for _ in range(300)]
    lists += [[1e16, 1.0, 1e-16], [1.0, 2.0**-53, 2.0**-106], [-1.0, -(2.0**-53), -(2.0**-106)], [1e100, 1.0, -1e100], [0.1] * 10, []]
    found = show().evaluate("lists => lists.map(numbers => exportregion.fsum(numbers).toString())", lists)
    assert [float(digits) for digits in found] == [math.fsum(numbers) for numbers in lists]


def test_a_combination_that_the_engine_refuses_is_refused(show: Callable[..., Page], complete: Path) -> None:
    data = of_round(complete)
    choice = {**data["ranking"], "window": [2016, 2020], "weights": [1] * 6, "aggregation": "geometric"}
    tried = "([data, choice]) => { try { exportregion.rank(data, choice) } catch (error) { return error.name } }"
    assert show().evaluate(tried, [data, choice]) == "RangeError"


# The panel as it is used


def score_shown(page: Page, name: str) -> str:
    return str(part(page, "ranked").locator("tr", has_text=name).locator("td").last.inner_text())


@pytest.mark.parametrize("language", ["sv", "en"])
def test_untouched_it_shows_the_award_s_ranking(show: Callable[..., Page], complete: Path, language: Code) -> None:
    page = show("2021", language)
    ranking = table(complete / "2021", "ranking.ranking")
    assert shown(page) == expected(ranking, names(complete / "2021"))
    for row in ranking[ranking["rank"].notna()].itertuples():
        assert score_shown(page, str(row.region_name)) == spoken(language).number(float(row.score), 3)  # type: ignore[arg-type]
    expect(part(page, "mark")).to_have_text(("Omgångens val", "The award's choice")[language == "en"])
    expect(part(page, "reset")).to_be_disabled()
    unranked = ranking[ranking["rank"].isna()]["region_name"]
    reasons = part(page, "reasons").locator("li").all_inner_texts()
    assert [reason.split(":")[0] for reason in reasons] == sorted(unranked)
    assert ("okänt i fönstret 2016–2020", "unknown in the window 2016–2020")[language == "en"] in reasons[0]


@pytest.mark.parametrize("award", ["2021", "2022"])
def test_every_window_can_be_picked(show: Callable[..., Page], complete: Path, award: str) -> None:
    page = show(award)
    rankings = table(complete / award, "robustness.window_rankings")
    windows = sorted(set(zip(rankings["base_year"], rankings["final_year"], strict=True)))
    assert part(page, "window").locator("option").count() == len(windows)
    for base, final in windows:
        rows = rankings[(rankings["base_year"] == base) & (rankings["final_year"] == final)]
        assert picked(page, window=f"{base}-{final}") == expected(rows, names(complete / award))
    part(page, "window").select_option("-".join(map(str, windows[0])))
    assert shown(page) == picked(page, window="-".join(map(str, windows[0])))
    assert "NaN" not in page.content()


def test_an_indicator_can_be_dropped_and_all_taken_back(show: Callable[..., Page], complete: Path) -> None:
    page = show()
    left_out = table(complete / "2021", "robustness.leave_one_out")
    own = shown(page)
    for place, indicator in enumerate((GROWTH, EXPORTERS, SERVICES)):
        part(page, "count").nth(place).uncheck()
        assert shown(page) == expected(left_out[left_out["dropped"] == indicator], names(complete / "2021"))
        expect(part(page, "mark")).to_have_text("PRÖVNING, inte omgångens val")
        expect(part(page, "share").nth(place)).to_have_text("0,0\u202f%")
        expect(part(page, "slider").nth(place)).to_have_value("33")
        part(page, "count").nth(place).check()
        expect(part(page, "mark")).to_have_text("Omgångens val")
    part(page, "window").select_option("2017-2018")
    part(page, "aggregation").select_option("geometric")
    part(page, "normalisation").select_option("rank")
    part(page, "number").nth(3).fill("80")
    assert shown(page) != own
    page.get_by_role("button", name="Tillbaka till omgångens val").click()
    assert shown(page) == own
    assert [part(page, "number").nth(place).input_value() for place in range(6)] == ["33", "33", "33", "0", "0", "0"]
    expect(part(page, "mark")).to_have_text("Omgångens val")
    expect(part(page, "window")).to_be_focused()


def test_every_method_can_be_picked_and_no_other(show: Callable[..., Page], complete: Path) -> None:
    page = show()
    methods = table(complete / "2021", "robustness.methods")
    methods = methods[methods["denominator"] == "year-end"]
    offered = [name for name in dict.fromkeys(name for fitting in METHODS.values() for name in fitting) if name != "none"]
    for aggregation, fitting in METHODS.items():
        part(page, "aggregation").select_option(aggregation)
        for normalisation in fitting:
            if normalisation != "none":
                same = "rank" if normalisation == "percentile-rank" else normalisation
                rows = methods[(methods["normalisation"] == same) & (methods["aggregation"] == aggregation)]
                assert picked(page, normalisation=normalisation) == expected(rows, names(complete / "2021"))
        refused = page.locator("option:disabled").evaluate_all("options => options.map(option => option.value)")
        assert refused == [name for name in offered if name not in fitting]


def test_weights_move_by_keyboard_slider_and_number(show: Callable[..., Page], complete: Path) -> None:
    page = show()
    data, award = of_round(complete), load_award("2021")
    choice = {**data["ranking"], "window": [2016, 2020], "directions": ["higher"] * 6}

    def check(*weights: int) -> None:
        ranks, _, candidates = engine(data, award, {**choice, "weights": weights})
        rows = zip(data["regions"], ranks, candidates, strict=True)
        assert shown(page) == {region["name"]: (place, chosen) for region, place, chosen in rows if place}

    slider = page.get_by_role("slider", name="Vikt, reglage: Tillväxt i tjänsteexport per invånare")
    slider.focus()
    page.keyboard.press("End")
    expect(part(page, "number").nth(2)).to_have_value("100")
    check(33, 33, 100, 0, 0, 0)
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    check(33, 33, 97, 0, 0, 0)
    assert slider.get_attribute("aria-valuetext") == "97, 59,5\u202f%"
    page.keyboard.press("Home")
    expect(part(page, "count").nth(2)).not_to_be_checked()
    check(33, 33, 0, 0, 0, 0)
    page.get_by_role("spinbutton", name="Vikt, 0 till 100: Små och medelstora företags andel av varuexporten").fill("70")
    expect(part(page, "count").nth(4)).to_be_checked()
    check(33, 33, 0, 0, 70, 0)
    part(page, "count").nth(5).check()  # without a weight of its own it gets the mean of the others
    expect(part(page, "number").nth(5)).to_have_value("45")
    check(33, 33, 0, 0, 70, 45)
    for nonsense in ("", "101", "-1", "2.5"):
        part(page, "number").nth(5).fill(nonsense)
        check(33, 33, 0, 0, 70, 45)
    part(page, "number").nth(5).blur()
    expect(part(page, "number").nth(5)).to_have_value("45")


def test_it_says_who_comes_in_and_who_goes_out(show: Callable[..., Page], complete: Path) -> None:
    page = show()
    sentence = page.locator("[aria-live=polite]")
    expect(sentence).to_have_text("Kandidater: Västerbottens län, Hallands län, Norrbottens län.")
    for place in (0, 1):
        part(page, "count").nth(place).uncheck()
    left = shown(page)
    own = expected(table(complete / "2021", "ranking.ranking"), names(complete / "2021"))
    enter = [name for name, (_, chosen) in left.items() if chosen and not own.get(name, (0, False))[1]]
    leave = [name for name, (_, chosen) in own.items() if chosen and not left[name][1]]
    assert enter
    assert leave
    expect(sentence).to_have_text(re.compile(rf"In: {', '.join(enter)}\. Ut: "))
    for name in enter:
        expect(part(page, "ranked").locator("tr", has_text=name)).to_contain_text("Ny kandidat")
    for name in leave:
        row = part(page, "ranked").locator("tr", has_text=name)
        expect(row).to_contain_text("Ej längre kandidat")
        expect(row).to_contain_text(f"ner {left[name][0] - own[name][0]}, från plats {own[name][0]}")
    part(page, "count").nth(2).uncheck()
    expect(sentence).to_have_text("Ingen ranking: ingen indikator har vikt. Bocka för minst en.")
    assert shown(page) == {}
    assert part(page, "toml").input_value() == ""
    expect(part(page, "copy")).to_be_disabled()
    assert not re.search(r"NaN|undefined|null|Infinity", str(page.locator("main").inner_text()))


def test_it_says_when_nobody_can_be_ranked(page: Page, complete: Path, tmp_path: Path) -> None:
    data = copy.deepcopy(of_round(complete))
    data["values"][GROWTH]["2016-2017"] = [None] * 21
    page.goto(written(data, tmp_path))
    part(page, "window").select_option("2016-2017")
    expect(part(page, "sentence")).to_contain_text("Ingen ranking: varje region saknar någon uppgift")
    assert shown(page) == {}
    assert "NaN" not in page.content()
    part(page, "count").first.uncheck()
    assert len(shown(page)) > 15


def test_the_map_follows(show: Callable[..., Page], complete: Path) -> None:
    page = show()

    def region(code: str) -> tuple[str, str]:
        link = page.locator(f'#whatif-map a[href="#region-{code}"]')
        colour = str(link.locator("path").evaluate("path => getComputedStyle(path).fill"))
        assert link.locator("path").get_attribute("data-label") == link.get_attribute("aria-label") == link.locator("title").text_content()
        return colour, str(link.get_attribute("aria-label"))

    def outlined() -> list[str]:
        return sorted(
            page.locator("#whatif-map path.whatif-outline").evaluate_all("paths => paths.map(path => path.dataset.outline.slice(8))")
        )

    assert region("24") == ("rgb(27, 58, 87)", "Västerbottens län: plats 1, poäng 0,808, kandidat")
    assert region("09") == ("rgb(217, 217, 217)", "Gotlands län: utan plats")
    assert outlined() == ["13", "24", "25"]
    part(page, "window").select_option("2016-2019")
    last, code = list(shown(page).items())[-1], {name: code for code, name in names(complete / "2021").items()}
    said = f"{last[0]}: plats {last[1][0]}, poäng {score_shown(page, last[0])}"
    assert region(code[last[0]]) == ("rgb(227, 236, 244)", said)
    for place in (0, 1):
        part(page, "count").nth(place).uncheck()
    chosen = {name for name, (_, is_candidate) in shown(page).items() if is_candidate}
    assert {region(code)[1].split(":")[0] for code in outlined()} == chosen
    part(page, "reset").click()
    assert outlined() == ["13", "24", "25"]
    # What the map was drawn with beside the counties is true of the award alone: it goes, and makes room.
    assert page.locator("#whatif-map text, #whatif-map svg > path:not(.whatif-outline)").count() == 0
    assert float(str(page.locator("#whatif-map svg").get_attribute("viewBox")).split()[2]) < 400


def test_weights_that_no_slider_has_are_kept_exactly(page: Page, complete: Path, award: Callable[..., Path], tmp_path: Path) -> None:
    parts = [("1/7", GROWTH), ("0.3333", EXPORTERS), (str(1 - Fraction(1, 7) - Fraction("0.3333")), SERVICES)]
    told = {name: "\n".join(f'{key} = "{value}"' for key, value in lines.items()) for name, lines in TOLD.items()}
    path = award(*((f"{told[name]}\nlabel", f"{told[name]}\nlabel") for _, name in parts), name="2021")
    text = path.read_text(encoding="utf-8")
    for weight, _ in parts:
        text = text.replace('weight = "1/3"', f'weight = "{weight}"', 1)
    path.write_text(text, encoding="utf-8")
    odd = load_award(str(path))
    data = embedded(complete, odd)
    page.goto(written(data, tmp_path))
    choice = {
        **data["ranking"],
        "window": [2016, 2020],
        "directions": ["higher"] * 6,
        "weights": [each["parts"] for each in data["indicators"]],
    }
    ranks, scores, _ = engine(data, odd, choice)
    assert page.evaluate("([data, choice]) => exportregion.rank(data, choice).score", [data, choice]) == scores
    assert [part(page, "number").nth(place).input_value() for place in range(3)] == ["14", "33", "52"]
    expect(part(page, "mark")).to_have_text("Omgångens val")
    assert [place for place, _ in shown(page).values()] == sorted(filter(None, ranks))
    assert all(f'weight = "{indicator.weight}"' in part(page, "toml").input_value() for indicator in odd.indicators[:3])


@pytest.mark.parametrize(
    "broken", ["window=1999-2020&", "normalisation=none&", "weights=1.2&", "weights=-1.1.1.0.0.0&", "weights=1e9.1.1.0.0.0&"]
)
def test_an_address_that_is_no_trial_of_this_page_is_passed_over(page: Page, address: Callable[..., str], broken: str) -> None:
    page.goto("about:blank")
    trial = dict(
        part.split("=")
        for part in f"window=2017-2020&normalisation=rank&aggregation=geometric&weights=1.1.1.0.0.0&{broken}".strip("&").split("&")
    )
    page.goto(f"{address()}#whatif?" + "&".join(f"{key}={value}" for key, value in trial.items()))
    assert part(page, "mark").inner_text() == "Omgångens val"


def test_an_address_that_is_pasted_into_the_open_page_is_the_trial_that_it_shows(page: Page, address: Callable[..., str]) -> None:
    page.goto("about:blank")
    page.goto(address())
    expect(part(page, "mark")).to_have_text("Omgångens val")
    sent = "#whatif?window=2017-2020&normalisation=rank&aggregation=arithmetic&weights=100.0.50.0.0.0"
    page.evaluate("hash => { location.hash = hash; }", sent)
    expect(part(page, "mark")).to_have_text("PRÖVNING, inte omgångens val")
    assert part(page, "window").input_value() == "2017-2020"
    assert [part(page, "number").nth(place).input_value() for place in range(3)] == ["100", "0", "50"]
    assert [part(page, "count").nth(place).is_checked() for place in range(3)] == [True, False, True]
    page.evaluate("location.hash = '#whatif?window=1999'")
    assert part(page, "window").input_value() == "2017-2020", "no trial of this page"


# Into an award file


def applied(lines: str, award: str) -> str:
    """The award file with the lines that the panel gives in place of its own."""
    text = (PROJECT / "awards" / f"{award}.toml").read_text(encoding="utf-8")
    top, *indicators = lines.split("[[indicators]]\n")

    def replace(pattern: str, line: str) -> None:
        nonlocal text
        text, count = re.subn(pattern, lambda _: line, text, count=1, flags=re.MULTILINE | re.DOTALL)
        assert count == 1, pattern

    for key in ("window", "normalisation", "aggregation"):
        (line,) = re.findall(rf"^{key} = .*$", top, re.MULTILINE)
        replace(rf"^{key} = [^\n]*$", line)
    for lines_of_one in indicators:
        *name, weight = lines_of_one.strip().splitlines()
        (before,) = re.findall(rf"^{re.escape(chr(10).join(name))}\nlabel = [^\n]*\n", text, re.MULTILINE)
        replace(rf"^{re.escape(before)}weight = [^\n]*$", before + weight)
    return text


@pytest.mark.parametrize(
    ("award", "window", "normalisation", "aggregation", "weights"),
    [
        ("2021", "2016-2020", "min-max", "arithmetic", None),
        ("2021", "2016-2019", "z-score", "arithmetic", [30, 40, 30, 0, 0, 0]),
        ("2022", "2018-2021", "percentile-rank", "geometric", [17, 0, 100, 5, 60, 0]),
    ],
)
def test_the_lines_to_copy_give_the_same_ranking_from_the_engine(
    show: Callable[..., Page],
    tmp_path: Path,
    award: str,
    window: str,
    normalisation: str,
    aggregation: str,
    weights: list[int] | None,
) -> None:
    page = show(award)
    part(page, "window").select_option(window)
    part(page, "aggregation").select_option(aggregation)
    part(page, "normalisation").select_option(normalisation)
    part(page, "number").evaluate_all(
        "(boxes, weights) => weights.forEach((weight, place) => {"
        " boxes[place].value = weight; boxes[place].dispatchEvent(new Event('input', { bubbles: true })); })",
        weights or [],
    )
    lines = part(page, "toml").input_value()
    assert ("Prövning i rapporten" in lines) == bool(weights)
    trial = tmp_path / "trial.toml"
    trial.write_text(applied(lines, award), encoding="utf-8")
    ran = exportregion("rank", "--award", trial, "--out", tmp_path / "out", "--quiet")
    assert ran.exit_code == 0, ran.stderr
    assert shown(page) == expected(table(tmp_path / "out" / "trial", "ranking.ranking"), names(tmp_path / "out" / "trial"))


def test_the_lines_are_copied_or_else_selected(show: Callable[..., Page]) -> None:
    page = show()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    part(page, "copy").click()
    expect(part(page, "copied")).to_have_text("Kopierat.")
    assert page.evaluate("navigator.clipboard.readText()") == part(page, "toml").input_value()
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refused')) }")
    part(page, "copy").click()
    expect(part(page, "copied")).to_have_text("Markerat: kopiera med tangentbordet.")
    assert page.evaluate("document.activeElement.selectionEnd") == len(part(page, "toml").input_value())
    page.context.clear_permissions()


# A guest in the report


HOSTILE = """</script><script>window.broken = 1</script><!--<script><img src=x onerror="broken = 2">\u2028'{{ 7 * 7 }}{region}&amp;"""


def test_text_from_data_stays_text(page: Page, complete: Path, tmp_path: Path) -> None:
    data = copy.deepcopy(of_round(complete))
    for entry in [*data["regions"], *data["indicators"]]:
        entry["name" if "code" in entry else "label"] = HOSTILE
    data["window_reason"] = HOSTILE
    page.goto(written(data, tmp_path))
    part(page, "window").select_option("2016-2019")
    part(page, "count").nth(0).uncheck()
    part(page, "reset").click()
    plain = " ".join(HOSTILE.split())
    assert page.evaluate("window.broken") is None
    assert page.locator("main img, main script:not([type])").count() == 0
    assert part(page, "ranked").locator("th").first.inner_text().startswith(plain[:40])
    assert plain[:40] in page.locator(".whatif-count").first.inner_text()
    assert "{region}" in str(page.locator("#whatif-map a").first.get_attribute("aria-label"))
    (line,) = re.findall("^window = .*$", part(page, "toml").input_value(), re.MULTILINE)
    assert Window.model_validate(tomllib.loads(line)["window"]).reason == HOSTILE


def test_it_takes_one_global_name(show: Callable[..., Page], page: Page, tmp_path: Path) -> None:
    empty = tmp_path / "empty.html"
    empty.write_text("<title>empty</title>", encoding="utf-8")
    mine = show().evaluate("Object.keys(window)")
    page.goto(empty.as_uri())
    assert set(mine) - set(page.evaluate("Object.keys(window)")) == {"exportregion"}


def test_its_files_hold_nothing_that_ends_a_script_or_starts_a_template() -> None:
    for name in ("whatif.js", "whatif.css"):
        text = (REPORT / name).read_text(encoding="utf-8")
        assert not re.search(r"\{\{|\{%|\{#|</|innerHTML|\beval\b|new Function|https?:|@import|url\(", text), name


@pytest.mark.parametrize(("language", "rules"), [("sv", RULES), ("en", WORDED)])
def test_it_is_accessible(show: Callable[..., Page], language: Code, rules: tuple[str, ...]) -> None:
    page = show("2021", language)
    assert accessibility_violations(page, rules=rules) == []
    part(page, "aggregation").select_option("geometric")
    part(page, "normalisation").select_option("rank")
    part(page, "number").nth(4).fill("90")
    part(page, "count").nth(0).uncheck()
    assert accessibility_violations(page, rules=rules) == []
    for place in (1, 2, 4):
        part(page, "count").nth(place).uncheck()
    assert accessibility_violations(page, rules=rules) == []


def test_every_control_is_reached_by_keyboard_and_shows_its_focus(show: Callable[..., Page]) -> None:
    page = show()
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        found = page.evaluate(
            "(() => { const at = document.activeElement; return [at.dataset.whatif ?? at.tagName, getComputedStyle(at).outlineStyle] })()"
        )
        if found[0] == "BODY":
            break
        reached.append(found[0])
        assert found[1] != "none", found
    assert reached == ["window", "aggregation", "normalisation", *["count", "slider", "number"] * 6, *["a"] * 21, "toml", "copy"]


@pytest.mark.parametrize("language", ["sv", "en"])
def test_it_fits_a_phone(show: Callable[..., Page], page: Page, language: Code) -> None:
    page.set_viewport_size({"width": 340, "height": 700})
    show("2021", language)
    part(page, "count").nth(0).uncheck()
    part(page, "count").nth(1).uncheck()
    expect(part(page, "sentence")).to_contain_text("In: ")
    assert page.evaluate("document.documentElement.scrollWidth") <= 340
    part(page, "slider").last.scroll_into_view_if_needed()
    edges = "['.illustrative', '.whatif-mark'].map(name => document.querySelector(name).getBoundingClientRect())"
    notice, mark = page.evaluate(f"{edges}.map(({{top, bottom}}) => [top, bottom])")
    assert 0 == notice[0] < notice[1] <= mark[0] < mark[1] < 200  # always in sight
    page.set_viewport_size(VIEWPORT)


def test_on_paper_and_without_script_it_says_what_it_is(show: Callable[..., Page], browser: Browser, address: Callable[..., str]) -> None:
    page = show()
    page.emulate_media(media="print")
    assert page.locator("#whatif").inner_text().split("\n")[-1].startswith("I rapportens HTML-fil finns här en panel")
    expect(part(page, "panel")).to_be_hidden()
    page.emulate_media(media="null")
    with opened(browser, java_script_enabled=False) as still:
        still.goto(address())
        expect(still.locator("#whatif")).to_contain_text("Panelen räknar med JavaScript")
        expect(part(still, "panel")).to_be_hidden()
