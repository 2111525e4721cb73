"""The check of what people write: the published motivations, every verdict and kind, and the rates of its two errors.

The figures in tests/texts/motivations-*.md are the published ones of tests/reference/published_figures.csv; the sentences are our own,
in the manner of the motivations. The illustrative data agree with every published figure.
"""

import functools
import itertools
import json
import random
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import docx
import pytest
from conftest import RAW, exportregion
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings, strategies

from pipeline.check import texts
from pipeline.check.by_class import with_every_class
from pipeline.check.claims import find
from pipeline.check.judge import NOT_RIGHT, Finding, as_row, judge
from pipeline.check.patterns import whole_words
from pipeline.check.readings import Tables
from pipeline.check.texts import Sentence
from pipeline.commands import round_of
from pipeline.run import indicators_of
from pipeline.sources import Origins
from pipeline.terminal import show_check

TEXTS = Path(__file__).parent / "texts"


class World:
    """An award's tables, and the check of a text against them."""

    def __init__(self, name: str) -> None:
        with indicators_of(round_of(name), RAW, widened=with_every_class) as (warehouse, award, _):
            levels, growth = (warehouse.read(f"indicators.{table}") for table in ("levels_by_year", "growth_by_window"))
            self.tables = Tables(levels, growth, warehouse.read("staging.regions"), award)
        self.names = self.tables.names
        self.level = {(row["measure"], row["region_code"], row["year"]): row["level"] for row in levels}
        self.years = range(award.years.first, award.years.last + 1)

    def check(self, text: str) -> list[Finding]:
        return judge(find(texts.of_text(text), self.tables.lexicon), self.tables)


@functools.cache
def of_award(name: str) -> World:
    return World(name)


@pytest.fixture(scope="module", params=["2021", "2022"])
def world(request: pytest.FixtureRequest) -> World:
    return of_award(request.param)


# Sentences made from the data, and sentences spoilt

PHRASINGS = [
    line.split(" | ", 1) for line in (TEXTS / "phrasings.txt").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")
]
WORDS = {
    "ökat": ("ökat", "minskat"),
    "ökade": ("ökade", "minskade"),
    "ökning": ("ökning", "minskning"),
    "ökningen": ("ökningen", "minskningen"),
    "mer": ("mer", "mindre"),
}
ORDINALS = "fjärde femte sjätte sjunde åttonde nionde tionde elfte tolfte trettonde fjortonde femtonde sextonde sjuttonde artonde nittonde tjugonde"
PLACES = dict(enumerate(["", "näst", "tredje", *ORDINALS.split(), "tjugoförsta"], 1))


def plain(value: float, decimals: int = 0) -> str:
    rounded = Decimal(repr(abs(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{rounded:,}".replace(",", "\u00a0").replace(".", ",")


class Unknown(Exception):
    """A figure that the data withhold."""


@dataclass
class Sentences:
    """Fills phrasings from the data; spoilt: which of a sentence's numbers, counted from 0, and by how many printed steps or per cent."""

    world: World
    code: str
    base: int
    final: int
    spoilt: int = -1
    by: int = 0
    numbers: int = 0

    def known(self, measure: str, year: int, code: str | None = None) -> float:
        value = self.world.level[measure, code or self.code, year]
        if value is None:
            raise Unknown
        return float(value)

    def growth(self, measure: str, code: str | None = None) -> float:
        base, final = (self.known(measure, year, code) for year in (self.base, self.final))
        return 100 * (final / base - 1)

    def place(self, measure: str, *, of_growth: bool) -> int:
        values = []
        for code in self.world.names:
            try:
                values.append((self.growth(measure, code) if of_growth else self.known(measure, self.final, code), code))
            except Unknown:
                continue
        own = next(value for value, code in values if code == self.code)
        return 1 + sum(value > own for value, code in values if code != "00")

    def print(self, value: float, decimals: int = 0) -> str:
        """A number as it is printed; the one that is spoilt is off by some of its last printed places, or per cent."""
        is_spoilt = self.numbers == self.spoilt
        self.numbers += 1
        return plain(abs(value) + self.by * max(10.0**-decimals, abs(value) / 100) * is_spoilt, decimals)

    def fill(self, measures: str, phrasing: str) -> str:
        first, *others = measures.split()
        name = self.world.names[self.code]
        short = str(name).removesuffix(" län").removesuffix("s")
        given: dict[str, str] = {"län": str(name), "region": short, "regions": short + "s", "b": str(self.base), "f": str(self.final)}
        for number, measure in enumerate([first, *others]):
            growth = self.growth(measure)
            end = "" if not number else str(number + 1)
            given |= {word + end: forms[growth < 0] for word, forms in WORDS.items()}
        if self.growth(first) * self.growth(first, "00") < 0 and "{gr}" in phrasing:
            raise Unknown
        if others and "{ökade2}" not in phrasing and self.growth(first) * self.growth(others[0]) < 0:
            raise Unknown
        given["ökader"] = WORDS["ökade"][self.growth(first, "00") < 0]
        pieces = []
        for piece in phrasing.replace("}", "{").split("{"):
            pieces.append(given.get(piece) or self.number(piece, first, others, phrasing) or piece)
        return "".join(pieces)

    def number(self, piece: str, first: str, others: list[str], phrasing: str) -> str:
        measure = others[0] if piece.endswith("2") else first
        is_growth = "tillväxt" in phrasing
        scale, decimals = self.scale(measure, phrasing)
        match piece.removesuffix("2"):
            case "g":
                return self.print(self.growth(measure))
            case "gr":
                return self.print(self.growth(measure, "00"))
            case "from":
                return self.print(self.known(measure, self.base) * scale, decimals)
            case "to":
                return self.print(self.known(measure, self.final) * scale, decimals)
            case "diff":
                return self.print((self.known(measure, self.final) - self.known(measure, self.base)) * scale, decimals)
            case "place":
                return str((int(self.print(self.place(measure, of_growth=is_growth))) - 1) % 21 + 1)
            case "placeth":
                place = (int(self.print(self.place(measure, of_growth=is_growth))) - 1) % 21 + 1
                return {1: "första", 2: "andra"}.get(place, PLACES[place]) if "plats" in phrasing else PLACES[place] or "allra"
        return ""

    @staticmethod
    def scale(measure: str, phrasing: str) -> tuple[float, int]:
        if measure == "sme_share_of_goods_exports":
            return 100, 0
        if "miljarder" in phrasing or "mdkr" in phrasing:
            return 1e-9, 1
        return (1e-6, 1) if "miljoner" in phrasing else (1, 0)


def corpus(world: World, seed: int, *, each: int, by: tuple[int, ...] = ()) -> Iterator[tuple[str, list[Finding], str]]:
    """Filled phrasings, their findings, and the number that was spoilt, if any."""
    chance = random.Random(seed)
    codes = [code for code in world.names if code != "00"]
    windows = list(itertools.combinations(world.years, 2))
    for measures, phrasing in PHRASINGS:
        made = 0
        while made < each:
            writer = Sentences(world, chance.choice(codes), *chance.choice(windows))
            try:
                writer.fill(measures, phrasing)
                if by:
                    count = writer.numbers
                    writer = Sentences(world, writer.code, writer.base, writer.final, chance.randrange(count), chance.choice(by))
                text = writer.fill(measures, phrasing)
            except Unknown:
                continue
            made += 1
            yield text, world.check(text), phrasing


@pytest.mark.whole
@pytest.mark.parametrize("award", ["2021", "2022"])
def test_right_sentences_are_exact_in_every_phrasing(award: str) -> None:
    alarms = [
        (text, finding.explanation)
        for text, findings, _ in corpus(of_award(award), seed=1, each=3)
        for finding in findings
        if finding.verdict != "exact"
    ]
    assert len(PHRASINGS) > 120
    assert not alarms


@pytest.mark.whole
def test_every_phrasing_makes_a_claim() -> None:
    assert all(findings for _, findings, _ in corpus(of_award("2021"), seed=3, each=1))


@pytest.mark.whole
@pytest.mark.parametrize("by", [(-7, -3, 3, 7), (-1, 1)])
def test_spoilt_sentences_do_not_pass(by: tuple[int, ...]) -> None:
    """At least 99 of 100 are flagged; the rest stay open, or say what they assume."""
    made = list(corpus(of_award("2022"), seed=2, each=3, by=by))
    flagged = [text for text, findings, _ in made if any(finding.verdict in NOT_RIGHT for finding in findings)]
    passed = [
        text
        for text, findings, _ in made
        if all(finding.verdict == "exact" and "scope" not in finding.claim.assumed for finding in findings)
    ]
    assert len(flagged) >= 0.98 * len(made)
    assert not passed


@settings(max_examples=60, deadline=None)
@given(data=strategies.data())
def test_any_region_measure_and_window_rounded_is_exact_and_a_step_off_is_not(data: strategies.DataObject) -> None:
    world = of_award("2022")
    measure = data.draw(
        strategies.sampled_from(["sme_goods_exports_per_capita", "services_exports_per_capita", "sme_goods_exporters_per_100k"])
    )
    code = data.draw(strategies.sampled_from(list(world.names)))
    base, final = data.draw(strategies.sampled_from(list(itertools.combinations(world.years, 2))))
    off = data.draw(strategies.sampled_from([-1, 0, 1]))
    values = [world.level[measure, code, year] for year in (base, final)]
    if values[0] is None or values[1] is None:
        return
    growth = 100 * (values[1] / values[0] - 1)
    written = int(Decimal(repr(growth)).quantize(Decimal(1), ROUND_HALF_UP)) + off
    what = {
        "sme_goods_exports_per_capita": "små och medelstora företags varuexport per invånare",
        "services_exports_per_capita": "tjänsteexporten per invånare",
        "sme_goods_exporters_per_100k": "antalet exporterande SMF per 100 000 invånare",
    }[measure]
    verb = "minskade" if written < 0 else "ökade"
    (finding,) = world.check(f"Mellan {base} och {final} {verb} {what} i {world.names[code]} med {abs(written)} procent.")
    assert (finding.verdict == "exact") == (off == 0), finding.explanation
    assert finding.figure == pytest.approx(growth)


@pytest.mark.parametrize(
    ("listed", "text", "found"),
    [
        ("export*, exporten av varor", "Exporten av varor", "Exporten av varor"),  # the longest first, whatever begins alike
        ("växte, växer, vuxit", "det växer", "växer"),
        ("SCB*, se", "SCB:s", "SCB"),
        ("på, per", "kr/på", "på"),
        ("*industrins, stål", "skogsindustrins", "skogsindustrins"),  # what can begin with any letter
        ("(till|mot) EU, dit", "mot EU", "mot EU"),
        ("[den det] ökande, ökat", "det ökande", "det ökande"),
        ("ökat, ökade", "de öka de", None),
    ],
)
def test_phrases_are_found_as_whole_words_whatever_they_begin_with(listed: str, text: str, found: str | None) -> None:
    match = whole_words(listed).search(text, 0)
    assert (match and match[0]) == found


# The published motivations


def checked(file: str | Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    ran = exportregion("check", file, "--json", *arguments)
    assert ran.stderr == ""
    return ran.exit_code, json.loads(ran.stdout)


def test_the_motivations_of_2021_hold() -> None:
    code, told = checked(TEXTS / "motivations-2021.md")
    claims = [(row["written"], row["region_code"], row["concept"], row["verdict"]) for row in told["claims"]]
    assert code == 0
    assert claims == [
        ("41 procent", "25", "sme_goods_exports_per_capita", "exact"),
        ("70 procent", "25", "sme_goods_exports_per_capita", "exact"),
        ("27 %", "13", "sme_goods_exports_per_capita", "exact"),
        ("363", "13", "sme_goods_exporters_per_100k", "exact"),
        ("ökade", "12", "goods_exports", "exact"),
        ("ökade", "12", "services_exports", "exact"),
        ("ökande", "12", "sme_goods_exporters_per_100k", "exact"),
    ]
    assert [(row["base_year"], row["final_year"]) for row in told["claims"][:3]] == [(2016, 2020), (2016, 2019), (2016, 2020)]
    assert told["claims"][3]["year"] == 2020
    assert told["claims"][3]["assumed"] == ["year"]
    assert told["illustrative"]


def test_the_motivation_of_2022_does_not_say_which_enterprises_and_programmes_are_not_checkable() -> None:
    """The levels are those of small and medium-sized enterprises; the text says "företagen"."""
    code, told = checked(TEXTS / "motivations-2022.md", "--award", "2022")
    claims = [(row["written"], row["kind"].split()[0], row["verdict"]) for row in told["claims"]]
    assert code == 0
    assert claims == [
        ("25 000 kronor", "level", "ambiguous"),
        ("44 000 kronor", "level", "ambiguous"),
        ("80 procent", "growth", "ambiguous"),
        ("största", "rank", "exact"),
        ("fjärde bäst", "rank", "not checkable"),
    ]
    readings = [(row["concept"], row["figure_shown"], row["verdict"]) for row in told["claims"][2]["readings"]]
    assert readings == [("goods_exports_per_capita", "+99%", "wrong"), ("sme_goods_exports_per_capita", "+80%", "exact")]
    assert all(shown in told["claims"][2]["explanation"] for _, shown, _ in readings)
    assert "programmes" in told["claims"][4]["explanation"]


@pytest.mark.whole
@pytest.mark.parametrize(("award", "file"), [("2021", "motivations-2021.md"), ("2022", "motivations-2022.md")])
def test_each_number_of_a_motivation_changed_is_caught(award: str, file: str, tmp_path: Path) -> None:
    """One number changed at a time, the years and the heading left: never all right."""
    text = (TEXTS / file).read_text(encoding="utf-8")
    numbers = [match for match in re.finditer(r"\b(?:\d\d ?000 kr|363|\d\d (?:procent|%))", text) if match[0][:2] != "20"]
    assert len(numbers) == {"2021": 4, "2022": 3}[award]
    for match in numbers:
        number = re.match(r"[\d ]*\d", match[0])
        assert number
        changed = str(round(int(number[0].replace(" ", "")) * 1.3))
        spoilt = tmp_path / "spoilt.md"
        spoilt.write_text(text[: match.start()] + changed + text[match.start() + number.end() :], encoding="utf-8")
        code, told = checked(spoilt, "--award", award)
        assert code == 1, changed
        assert sum(row["verdict"] in NOT_RIGHT for row in told["claims"]) >= 1


# Verdicts, one by one


SME = "De små och medelstora företagen i Norrbotten ökade sin varuexport per invånare"


@pytest.mark.parametrize(
    ("award", "text", "verdicts"),
    [
        ("2022", f"{SME} med 80 procent 2016–2021.", ["exact"]),
        ("2022", f"{SME} med 85 procent 2016–2021.", ["wrong"]),
        ("2022", f"{SME} med 98 procent 2016–2021.", ["other concept"]),
        ("2022", f"{SME} med 41 procent 2016–2021.", ["other concept"]),
        ("2022", "Norrbottens varuexport ökade med 98 procent 2016–2021.", ["exact"]),
        ("2022", "Norrbottens varuexport per invånare ökade med 98 procent 2016–2021.", ["other concept"]),
        ("2022", f"{SME} från 25 000 kronor 2016 till 44 000 kronor 2021, eller 76 procent.", ["exact", "exact", "within the rounding"]),
        ("2022", f"{SME} från 25 000 kronor 2016 till 44 000 kronor 2021, eller 85 procent.", ["exact", "exact", "wrong"]),
        ("2022", f"{SME} från 25 000 kronor 2016 till 45 000 kronor 2021.", ["exact", "wrong"]),
        ("2022", f"{SME} från 25 000 kronor 2015 till 44 000 kronor 2021.", ["not checkable", "exact"]),
        ("2021", f"{SME} med cirka 40 procent 2016–2020.", ["within the rounding"]),
        ("2021", f"{SME} med drygt 40 procent 2016–2020.", ["within the rounding"]),
        ("2021", f"{SME} med nästan 45 procent 2016–2020.", ["within the rounding"]),
        ("2021", f"{SME} med nästan 40 procent 2016–2020.", ["wrong"]),
        ("2021", f"{SME} med mer än 40 procent 2016–2020.", ["exact"]),
        ("2021", f"{SME} med mer än 45 procent 2016–2020.", ["wrong"]),
        ("2021", f"{SME} med 40–42 procent 2016–2020.", ["exact"]),
        ("2021", f"{SME} med fyrtioen procent 2016–2020.", ["exact"]),
        ("2021", f"{SME} med 41,0 procent 2016–2020.", ["exact"]),
        ("2021", f"{SME} med 41,5 procent 2016–2020.", ["wrong"]),
        ("2021", f"{SME} med 41 procentenheter 2016–2020.", ["not checkable"]),
        ("2021", "De små och medelstora företagen i Norrbotten minskade sin varuexport per invånare med 41 procent 2016–2020.", ["wrong"]),
        ("2022", "De små och medelstora företagens varuexport per invånare i Norrbotten nästan fördubblades 2016–2021.", ["wrong"]),
        ("2022", "Norrbottens varuexport har nästan fördubblats mellan 2016 och 2021.", ["within the rounding"]),
        ("2022", f"{SME} med 32 procent 2019–2022.", ["not checkable"]),
        ("2021", "De små och medelstora företagen i Gotland ökade sin varuexport per invånare med 3 procent 2016–2020.", ["not checkable"]),
        ("2021", "Tjänsteexporten per invånare minskade i Norrbotten 2016–2020.", ["wrong"]),
        ("2021", "Tjänsteexporten per invånare ökade i Norrbotten 2016–2020.", ["exact"]),
        ("2021", "Tjänsteexporten per invånare har ökat i Norrbotten.", ["not checkable"]),
        ("2021", "Västra Götalands varuexport var 300 miljarder kronor 2020.", ["within the rounding"]),
        ("2021", "Västra Götalands varuexport var 301 miljarder kronor 2019.", ["other concept"]),
        ("2021", "Skånes varuexport var 301 miljarder kronor 2020, mer än i Västra Götaland.", ["wrong", "wrong"]),
        ("2021", "Halland har 363 exporterande företag per 100 000 invånare.", ["exact"]),
        ("2021", "Halland har 36 exporterande små och medelstora företag per 10 000 invånare.", ["not checkable"]),
        ("2021", "De exporterande små och medelstora företagen i Halland är 1 211.", ["wrong"]),
        ("2021", "De exporterande små och medelstora företagen i Halland är 1 222.", ["exact"]),
        ("2021", "I riket ökade små och medelstora företags varuexport per invånare med 16 procent 2016–2020.", ["exact"]),
        (
            "2021",
            "I Skåne har det skett en positiv utveckling i både varuexporten och tjänsteexporten mellan 2016 och 2020.",
            ["exact"] * 2,
        ),
        ("2021", "I Skåne var det en negativ utveckling av tjänsteexporten mellan 2016 och 2020.", ["wrong"]),
        # "Företagen" are all of them first, and may be a group: where only the group's figure fits, no one can tell which is meant.
        (
            "2022",
            "Norrbottens företag har haft en positiv utveckling av varuexporten 2016–2021. Under denna period steg varuexporten från 25 000 kr"
            " till 44 000 kr per invånare, trots en svacka under pandemiåret 2020. Tillsammans är det en ökning med 80 procent.",
            ["exact", "ambiguous", "ambiguous", "ambiguous"],
        ),
        (
            "2022",
            "Norrbottens företag har haft en positiv utveckling av varuexporten 2016–2021. Under denna period steg varuexporten från 25 000 kr"
            " till 45 000 kr per invånare.",
            ["exact", "ambiguous", "wrong"],
        ),
    ],
)
def test_a_verdict(award: str, text: str, verdicts: list[str]) -> None:
    findings = of_award(award).check(text)
    assert [finding.verdict for finding in findings] == verdicts, [finding.explanation for finding in findings]


def test_a_mix_up_is_named_with_the_right_figure_and_its_table() -> None:
    (finding,) = of_award("2022").check(f"{SME} med 98 procent 2016–2021.")
    assert finding.shown == "+80%"
    assert finding.figure == pytest.approx(80.30, abs=0.01)
    for words in ("goods exports of all enterprises,", "+80%", "indicators.growth_by_window, sme_goods_exports_per_capita, 25"):
        assert words in finding.explanation


def test_a_withheld_figure_is_told_as_withheld() -> None:
    (finding,) = of_award("2021").check("Små och medelstora företags varuexport per invånare i Jämtland ökade med 9 procent 2016–2020.")
    assert finding.figure is None
    assert "withheld: it exists and is not published" in finding.explanation


def test_of_two_concepts_that_a_number_is_of_the_one_of_its_own_statistic_is_named() -> None:
    """Services per inhabitant, not goods, which grew as much: 14 026 to 16 498 kronor, and 24.6 to 29.0 billion."""
    (finding,) = of_award("2021").check("Hallands tjänsteexport ökade med 18 procent mellan 2016 och 2020.")
    assert finding.verdict == "other concept"
    assert finding.explanation.startswith("The number is that of growth of services exports per inhabitant, Hallands län, 2016–2020")


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Norrbotten hade 2020 den högsta varuexporten per invånare i landet.", "exact"),
        ("Västra Götaland har den fjärde högsta varuexporten per invånare 2020.", "exact"),
        ("Västra Götaland är en av de regioner som är bland de fyra högsta i varuexport per invånare 2020.", "exact"),
        ("Skåne har den fjärde högsta varuexporten per invånare 2020.", "other concept"),
        ("Dalarna har den andra högsta varuexporten per invånare 2020.", "wrong"),
        ("Gotland har den lägsta varuexporten av alla 21 regioner 2020.", "exact"),
        ("Norrbottens varuexport ökade mest i landet mellan 2016 och 2020.", "exact"),
        ("Hallands varuexport ökade mest i landet mellan 2016 och 2020.", "wrong"),
        ("Norrbotten ligger på plats 2 i tillväxt av varuexporten 2016–2020.", "wrong"),
        ("De små och medelstora företagen i Norrbotten har 2020 landets tjugonde högsta varuexport per invånare.", "wrong"),
        ("De små och medelstora företagen i Norrbotten hade den största ökningen av varuexporten per invånare 2016–2020.", "exact"),
        (
            "De små och medelstora företagen i Norrbotten hade den näst största ökningen av varuexporten per invånare 2016–2020.",
            "not checkable",
        ),
        ("De små och medelstora företagen i Gotland hade den största ökningen av varuexporten per invånare 2016–2020.", "not checkable"),
    ],
)
def test_a_place_among_the_counties(text: str, verdict: str) -> None:
    findings = of_award("2021").check(text)
    assert [finding.verdict for finding in findings] == [verdict], [finding.explanation for finding in findings]


def test_what_the_data_cannot_tell_is_said_and_never_judged() -> None:
    for line in (TEXTS / "not-in-the-data.txt").read_text(encoding="utf-8").splitlines():
        findings = of_award("2021").check(line)
        assert not [finding.explanation for finding in findings if finding.verdict in NOT_RIGHT], line
        has_number = re.search(r"\d", re.sub(r"\b(?:19|20)\d\d\b", "", line))
        assert findings or not has_number, line
        assert all(finding.explanation.startswith("Not checkable: ") for finding in findings if finding.verdict == "not checkable")


def test_what_a_sentence_leaves_unsaid_comes_from_the_one_before() -> None:
    findings = of_award("2021").check(
        "De små och medelstora företagen i Norrbotten ökade sin varuexport per invånare med 41 procent 2016–2020. Ökningen 2016–2019 var"
        " 70 procent. I Halland var den 27 procent 2016–2020. I riket ökade tjänsteexporten med 23 procent 2016–2020. Regionen har 363"
        " exporterande företag per 100 000 invånare."
    )
    told = [(finding.claim.region, finding.verdict, finding.claim.written) for finding in findings]
    assert told == [
        ("25", "exact", "41 procent"),
        ("25", "exact", "70 procent"),
        ("13", "exact", "27 procent"),
        ("00", "exact", "23 procent"),
        ("13", "exact", "363"),
    ]


def test_a_comparison_with_another_region_leaves_the_subject_alone() -> None:
    findings = of_award("2021").check(
        "De små och medelstora företagens varuexport per invånare i Norrbotten har ökat starkt sedan 2016. Mellan 2016 och 2020 var ökningen"
        " 41 procent, jämfört med 16 procent i riket."
    )
    assert [(finding.claim.region, finding.verdict) for finding in findings] == [("25", "exact"), ("25", "exact"), ("00", "exact")]


def test_a_paragraph_does_not_take_its_subject_from_another() -> None:
    parts = [
        Sentence("line 1", 0, f"{SME} med 41 procent 2016–2020.", begins=True),
        Sentence("line 3", 90, "Ökningen var 12 procent.", begins=True),
    ]
    world = of_award("2021")
    assert [finding.verdict for finding in judge(find(parts, world.tables.lexicon), world.tables)] == ["exact", "not checkable"]


# Files


def test_offsets_lead_back_to_the_words(tmp_path: Path) -> None:
    text = "\ufeff# Norrbotten\r\n\r\nFörst något annat. De små och medelstora företagen ökade sin varuexport per invånare\r\nmed **41\u00a0procent** 2016–\r\n2020.\r\n"
    file = tmp_path / "a.md"
    file.write_bytes(text.encode("utf-8"))
    _, told = checked(file)
    (row,) = told["claims"]
    assert text.removeprefix("\ufeff")[row["start"] : row["end"]] == "41\u00a0procent"
    assert (row["place"], row["verdict"], row["assumed"]) == ("line 3", "exact", ["region"])


def test_markdown_adds_nothing_and_hides_nothing() -> None:
    file = TEXTS / "marked.md"
    _, told = checked(file)
    assert [(row["written"], row["verdict"], row["place"]) for row in told["claims"]] == [
        ("41 procent", "exact", "line 5"),
        ("27&nbsp;%", "exact", "line 6"),
        ("363", "exact", "line 8"),
        ("Norrbotten | 41 %", "not checkable", "line 12"),
    ]


def test_a_word_file_is_read_with_its_tables_changes_and_controls(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("Norrbotten", 1)
    paragraph = document.add_paragraph("De små och medelstora företagen ökade sin varuexport per invånare med ")
    inserted = parse_xml(f'<w:ins {nsdecls("w")} w:id="1" w:author="A"><w:r><w:t xml:space="preserve">41 procent </w:t></w:r></w:ins>')
    deleted = parse_xml(f'<w:del {nsdecls("w")} w:id="2" w:author="A"><w:r><w:delText>14 procent</w:delText></w:r></w:del>')
    moved = parse_xml(f'<w:moveFrom {nsdecls("w")} w:id="3" w:author="A"><w:r><w:t>15 procent</w:t></w:r></w:moveFrom>')
    paragraph._p.append(deleted)
    paragraph._p.append(moved)
    paragraph._p.append(inserted)
    paragraph.add_run("mellan 2016 och 2020.")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text = "Halland har 363 exporterande små och medelstora företag per 100 000 invånare."
    table.cell(0, 1).text = "27 %"
    document.element.body.insert(
        2,
        parse_xml(
            f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>Tjänsteexporten i Skåne var 1 miljard kronor 2020.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        ),
    )
    file = tmp_path / "a.docx"
    document.save(str(file))
    code, told = checked(file)
    assert [(row["place"], row["written"], row["verdict"]) for row in told["claims"]] == [
        ("paragraph 2", "41 procent", "exact"),
        ("paragraph 3", "1 miljard kronor", "wrong"),
        ("paragraph 4 (in a table)", "363", "exact"),
        ("paragraph 5 (in a table)", "27 %", "not checkable"),
    ]
    assert code == 1


def bomb(file: Path) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (texts.LARGEST_UNPACKED_BYTES + 1))


def broken(file: Path) -> None:
    docx.Document().save(str(file))
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["word/document.xml"] = b"<w:document"
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


BAD_FILES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "folder": ("a.md", lambda file: file.mkdir()),
    "empty": ("a.txt", lambda file: file.write_bytes(b"")),
    "blank": ("a.md", lambda file: file.write_text(" \n\n")),
    "english": (
        "a.md",
        lambda file: file.write_text(
            "Exports of goods from Norrbotten grew by 98 percent between 2016 and 2021. It was the highest growth."
        ),
    ),
    "latin-1": ("a.txt", lambda file: file.write_bytes("Å\nökade".encode("latin-1"))),
    "binary": ("a.txt", lambda file: file.write_bytes(b"a\0b")),
    "old word": ("a.doc", lambda file: file.write_bytes(b"\xd0\xcf\x11\xe0")),
    "pdf": ("a.pdf", lambda file: file.write_bytes(b"%PDF-1.7")),
    "not a zip": ("a.docx", lambda file: file.write_bytes(b"PK\x03\x04 broken")),
    "encrypted word": ("a.docx", lambda file: file.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")),
    "empty word": ("a.docx", lambda file: file.write_bytes(b"")),
    "other zip": (
        "a.docx",
        lambda file: shutil.make_archive(str(file.with_suffix("")), "zip", TEXTS) and file.with_suffix(".zip").rename(file),
    ),
    "broken xml": ("a.docx", broken),
    "bomb": ("a.docx", bomb),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_file_that_is_no_text_is_one_clear_fault(kind: str, tmp_path: Path) -> None:
    name, make = BAD_FILES[kind]
    file = tmp_path / name
    make(file)
    ran = exportregion("check", file, "--json")
    (fault,) = json.loads(ran.stdout)["faults"]
    assert ran.exit_code == 1
    assert fault["where"] == str(file)
    assert "Traceback" not in exportregion("check", file).stderr


# The command


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    ran = exportregion("check", tmp_path / "a.md")
    assert ran.exit_code == 2
    assert "does not exist" in ran.words


def test_words_for_people_and_exit_codes(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(f"{SME} med 14 procent mellan 2016 och 2020.", encoding="utf-8")
    ran = exportregion("check", file)
    assert ran.exit_code == 1
    assert "ILLUSTRATIVE DATA" in ran.stdout
    assert "WRONG  14 procent" in ran.stdout
    assert "+41%" in ran.stdout
    file.write_text("Ett öppet landskap.", encoding="utf-8")
    ran = exportregion("check", file)
    assert ran.exit_code == 0
    assert "0 claims" in ran.stdout


def test_a_folder_of_results_can_be_the_yardstick(tmp_path: Path) -> None:
    assert exportregion("indicators", "--out", tmp_path, "--quiet").exit_code == 0
    code, told = checked(TEXTS / "motivations-2021.md", "--award", str(tmp_path / "2021"))
    assert code == 0
    assert told["illustrative"]


def test_the_same_text_gives_the_same_bytes() -> None:
    runs = {exportregion("check", TEXTS / "motivations-2021.md", "--json").stdout for _ in range(2)}
    assert len(runs) == 1


@pytest.mark.parametrize("file", ["report.md", "report/exportregion-2021.docx"])
def test_the_reports_own_sentences_are_exact_as_they_come_and_wrong_once_changed(file: str, complete: Path, tmp_path: Path) -> None:
    """The text that is handed on to be edited: numbers of notes, tables and traces in it are no claims."""
    ran = exportregion("check", complete / "2021" / file, "--json")
    found = Counter(claim["verdict"] for claim in json.loads(ran.stdout)["claims"] if not claim["in_table"])
    assert ran.exit_code == 0
    assert found["exact"] > 380  # tables, which hold most figures, are not counted
    assert set(found) == {"exact", "not checkable"}
    if file.endswith(".docx"):
        document = docx.Document(str(complete / "2021" / file))
        run = next(run for paragraph in document.paragraphs for run in paragraph.runs if run.text == "41\u202fprocent")
        run.text = "43\u202fprocent"
        document.save(str(tmp_path / "edited.docx"))
        ran = exportregion("check", tmp_path / "edited.docx", "--json")
        assert ran.exit_code == 1
        (wrong,) = [claim for claim in json.loads(ran.stdout)["claims"] if claim["verdict"] not in ("exact", "not checkable")]
        assert wrong["written"] == "43 procent"


# Our own report, and long lists

TRACE = """1. 31 procent: Tillväxt i varuexport, Hallands län.
   `indicators.indicators_by_region`, `region_code = '13'`, `indicator_value`: 0,31 = `final / base − 1 = 31 619 / 24 155 − 1`.
   sql/indicators/growth_by_window.sql, catalogue/measures/goods_exports.toml
   goods\\_exports.xlsx Varuexport!E22 = 24155 tkr (0-9, 2016)
2. 18 procent: Tillväxt i varuexport, Hallands län.

   `indicators.indicators_by_region`, `region_code = '13'`, `indicator_value`: 0,18.

Hallands varuexport var 29,0 miljarder kronor 2020.
"""


def test_the_traces_of_our_own_report_are_no_prose() -> None:
    (finding,) = of_award("2021").check(TRACE)
    assert (finding.claim.written, finding.verdict, finding.claim.sentence.place) == ("29,0 miljarder kronor", "exact", "line 9")


def test_a_numbered_list_is_no_trace() -> None:
    text = "1. Hallands varuexport var 29,0 miljarder kronor 2020.\n2. Hallands varuexport var 39,0 miljarder kronor 2020.\n"
    assert [finding.verdict for finding in of_award("2021").check(text)] == ["exact", "wrong"]


def test_a_reason_that_many_claims_share_is_listed_once(capsys: pytest.CaptureFixture[str]) -> None:
    world = of_award("2021")
    text = "\n\n".join([f"Halland har plats {place} med {place} poäng." for place in range(2, 30)] + ["Halland har 17 kommuner."])
    rows = [as_row(finding, world.tables) for finding in world.check(text)]
    show_check(rows, "text.md", world.tables.award, Origins([], []))
    printed = capsys.readouterr().out
    assert printed.count("about the ranking itself") == 1
    assert "line 1, line 3, line 5, line 7, line 9, …" in printed
    assert "Halland har 17 kommuner" in printed
    assert f"{len(rows)} not checkable" in printed
