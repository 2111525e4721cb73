"""Nomination sentences by stated rules, each figure with its trace, and the caveats that come along.

For each indicator of the award, in its order:
  statement    what the figure says. Growth that rounds to zero is "in the main unchanged"; an unknown figure is said to be unknown, and why
  place        where the indicator weighs: among the counties whose figure is known; the five highest in words, as the motivations put it
  nation       the nation's growth or share beside it. Not for numbers of exporters, since the nation counts an enterprise once
  small base   where growth starts below a share, set in the award, of the median county's level
  best window, worst window   where no other window gives the region a better or a worse place
And once a region: nominal, where a growth is in current prices.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

import pandas as pd

from pipeline.report.language import Language
from pipeline.report.traces import Figure, Traces, unit
from pipeline.schemas import NATION
from pipeline.settings import Award, Indicator
from pipeline.warehouse import records

Parts = tuple[str | Figure, ...]
CAVEATS = ("small base", "best window", "worst window", "nominal")


@dataclass(frozen=True)
class Sentence:
    """One sentence about a region: the rule it comes from, and its text with the figures in it."""

    region_code: str
    rule: str
    indicator: str | None
    parts: Parts

    @property
    def text(self) -> str:
        """The sentence as plain text."""
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)


BETWEEN = ("mellan {base_year} och {final_year}", "between {base_year} and {final_year}")
FROM_TO = ("från {base} till {final}", "from {base} to {final}")

STATEMENTS: dict[str, dict[str, tuple[str, str]]] = {
    "sme_goods_exports_per_capita_growth": {
        "up": (
            f"De små och medelstora företagen i {{region}} har ökat sin varuexport per invånare med {{value}} {BETWEEN[0]}, {FROM_TO[0]}.",
            f"Small and medium-sized enterprises in {{region}} raised their goods exports per inhabitant by {{value}} {BETWEEN[1]}, {FROM_TO[1]}.",
        ),
        "down": (
            f"De små och medelstora företagen i {{region}} har minskat sin varuexport per invånare med {{value}} {BETWEEN[0]}, {FROM_TO[0]}.",
            f"Goods exports per inhabitant of small and medium-sized enterprises in {{region}} fell by {{value}} {BETWEEN[1]}, {FROM_TO[1]}.",
        ),
        "same": (
            f"De små och medelstora företagens varuexport per invånare i {{region}} var i stort sett oförändrad {BETWEEN[0]}, {FROM_TO[0]}.",
            f"Goods exports per inhabitant of small and medium-sized enterprises in {{region}} were in the main unchanged {BETWEEN[1]}, {FROM_TO[1]}.",
        ),
    },
    "services_exports_per_capita_growth": {
        "up": (
            f"Tjänsteexporten per invånare i {{region}} ökade med {{value}} {BETWEEN[0]}, {FROM_TO[0]}.",
            f"Services exports per inhabitant in {{region}} grew by {{value}} {BETWEEN[1]}, {FROM_TO[1]}.",
        ),
        "down": (
            f"Tjänsteexporten per invånare i {{region}} minskade med {{value}} {BETWEEN[0]}, {FROM_TO[0]}.",
            f"Services exports per inhabitant in {{region}} fell by {{value}} {BETWEEN[1]}, {FROM_TO[1]}.",
        ),
        "same": (
            f"Tjänsteexporten per invånare i {{region}} var i stort sett oförändrad {BETWEEN[0]}, {FROM_TO[0]}.",
            f"Services exports per inhabitant in {{region}} were in the main unchanged {BETWEEN[1]}, {FROM_TO[1]}.",
        ),
    },
    "sme_goods_exporters_per_100k_change": {
        "up": (
            f"Antalet små och medelstora varuexportörer per 100\u202f000 invånare i {{region}} ökade med {{value}} {BETWEEN[0]}, {FROM_TO[0]}.",
            f"The number of goods-exporting SMEs per 100\u202f000 inhabitants in {{region}} grew by {{value}} {BETWEEN[1]}, {FROM_TO[1]}.",
        ),
        "down": (
            f"Antalet små och medelstora varuexportörer per 100\u202f000 invånare i {{region}} minskade med {{value}} {BETWEEN[0]}, {FROM_TO[0]}.",
            f"The number of goods-exporting SMEs per 100\u202f000 inhabitants in {{region}} fell by {{value}} {BETWEEN[1]}, {FROM_TO[1]}.",
        ),
        "same": (
            f"Antalet små och medelstora varuexportörer per 100\u202f000 invånare i {{region}} var i stort sett oförändrat {BETWEEN[0]}, {FROM_TO[0]}.",
            f"The number of goods-exporting SMEs per 100\u202f000 inhabitants in {{region}} was in the main unchanged {BETWEEN[1]}, {FROM_TO[1]}.",
        ),
    },
    "sme_goods_exporters_per_100k": {
        "level": (
            "År {final_year} fanns {value} små och medelstora varuexportörer per 100\u202f000 invånare i {region}.",
            "In {final_year} there were {value} goods-exporting SMEs per 100\u202f000 inhabitants in {region}.",
        ),
    },
    "sme_share_of_goods_exports": {
        "level": (
            "Små och medelstora företag stod för {value} av varuexporten från {region} år {final_year}.",
            "SMEs accounted for {value} of goods exports from {region} in {final_year}.",
        ),
    },
    "sme_goods_exports_per_exporter": {
        "level": (
            "De små och medelstora varuexportföretagen i {region} exporterade i genomsnitt varor för {value} vardera år {final_year}.",
            "Each goods-exporting SME in {region} exported goods for {value} on average in {final_year}.",
        ),
    },
}
OTHERS: dict[str, tuple[str, str]] = {
    "up": (f"{{label}} i {{region}}: plus {{value}} {BETWEEN[0]}.", f"{{label}} in {{region}}: plus {{value}} {BETWEEN[1]}."),
    "down": (f"{{label}} i {{region}}: minus {{value}} {BETWEEN[0]}.", f"{{label}} in {{region}}: minus {{value}} {BETWEEN[1]}."),
    "same": (
        f"{{label}} i {{region}}: i stort sett oförändrat {BETWEEN[0]}.",
        f"{{label}} in {{region}}: in the main unchanged {BETWEEN[1]}.",
    ),
    "level": ("{label} i {region}: {value}.", "{label} in {region}: {value}."),
}
UNKNOWN: dict[str, tuple[str, str]] = {
    "withheld": (
        "{label} i {region} kan inte anges: en uppgift är sekretessbelagd.",
        "{label} in {region} cannot be told: a figure is withheld.",
    ),
    "missing": ("{label} i {region} kan inte anges: en uppgift saknas.", "{label} in {region} cannot be told: a figure is missing."),
    "undefined": (
        "{label} i {region} kan inte beräknas: nämnaren är noll.",
        "{label} in {region} cannot be computed: it would divide by zero.",
    ),
    "series-break": (
        "{label} i {region} kan inte beräknas: fönstret går över två statistikserier.",
        "{label} in {region} cannot be computed: the window joins two series.",
    ),
}
ORDINALS = (
    ("största", "näst största", "tredje största", "fjärde största", "femte största"),
    ("largest", "second-largest", "third-largest", "fourth-largest", "fifth-largest"),
)
HIGHEST = (
    ("högsta", "näst högsta", "tredje högsta", "fjärde högsta", "femte högsta"),
    ("highest", "second-highest", "third-highest", "fourth-highest", "fifth-highest"),
)
PLACES = {
    "lowest": (
        "Räknat från det lägsta är det plats {place} bland de {known} län vars uppgift är känd.",
        "Counted from the lowest it takes place {place} among the {known} counties with a known figure.",
    ),
    "same": (
        "Sett till förändringen är det plats {place} bland de {known} län vars uppgift är känd.",
        "By its change it takes place {place} among the {known} counties with a known figure.",
    ),
    "up": (
        "Det är den {place} ökningen bland de {known} län vars uppgift är känd.",
        "It is the {place} increase among the {known} counties with a known figure.",
    ),
    "level": (
        "Det är den {place} nivån bland de {known} län vars uppgift är känd.",
        "It is the {place} level among the {known} counties with a known figure.",
    ),
    "shared": (
        "Länet delar plats {place} bland de {known} län vars uppgift är känd.",
        "The county shares place {place} among the {known} counties with a known figure.",
    ),
    "other": (
        "Det är plats {place} bland de {known} län vars uppgift är känd.",
        "It takes place {place} among the {known} counties with a known figure.",
    ),
}
NATIONS = {
    "up": ("I hela riket var ökningen {value}.", "For Sweden as a whole the growth was {value}."),
    "down": ("I hela riket var minskningen {value}.", "For Sweden as a whole the fall was {value}."),
    "same": ("I hela riket var den i stort sett oförändrad.", "For Sweden as a whole it was in the main unchanged."),
    "level": ("I hela riket var andelen {value}.", "For Sweden as a whole the share was {value}."),
}
SMALL_BASE = (
    "Tillväxten räknas från en liten bas: {base} år {base_year} är mindre än {share} av nivån i länens mitt (medianen).",
    "The growth is from a small base: {base} in {base_year} is less than {share} of the median county's level.",
)
NOMINAL = (
    "Beloppen är i löpande priser: prisökningar ingår i tillväxten.",
    "Amounts are at current prices: rises in prices are part of the growth.",
)
WINDOW = {
    "best": "{label}: the window {base_year}–{final_year} gives {region} its best place ({place}) of all {windows} windows; among counties whose figure is known its places run from {low} to {high}.",
    "worst": "{label}: the window {base_year}–{final_year} gives {region} its worst place ({place}) of all {windows} windows; among counties whose figure is known its places run from {low} to {high}.",
}


def sentences(tables: Mapping[str, pd.DataFrame], award: Award, traces: Traces) -> list[Sentence]:
    """Every sentence about every county, in the order of the ranking and of the rules."""
    regions = {row["region_code"]: row["region_name"] for row in records(tables["staging.regions"])}
    places: dict[str, dict[str, int]] = {}
    windows: dict[tuple[str, str], list[int]] = {}
    for row in records(tables["robustness.windows"]):
        if row["rank"]:
            windows.setdefault((row["indicator"], row["region_code"]), []).append(row["rank"])
            if (row["base_year"], row["final_year"]) == (award.window.base, award.window.final):
                places.setdefault(row["indicator"], {})[row["region_code"]] = row["rank"]
    extremes = {
        (row["indicator"], row["region_code"], row["extreme"]): row["sentence"] for row in records(tables["robustness.window_sentences"])
    }
    found: list[Sentence] = []
    for code in tables["ranking.ranking"]["region_code"]:
        nominal = False
        for indicator in award.indicators:
            about = _About(indicator, code, regions[code], traces.labels[indicator.name], traces, award)
            found += about.sentences(places.get(indicator.name, {}), windows.get((indicator.name, code), []), extremes)
            nominal = nominal or about.is_nominal
        if nominal:
            found.append(Sentence(code, "nominal", None, (NOMINAL[traces.language.column],)))
    return found


@dataclass
class _About:
    """The sentences about one indicator of one region."""

    indicator: Indicator
    code: str
    region: str
    label: str
    traces: Traces
    award: Award

    def __post_init__(self) -> None:
        self.name = self.indicator.name
        self.language: Language = self.traces.language
        self.row = self.traces.row(self.name, self.code)
        self.value = self.row.get(self.name)
        self.unit = unit(self.name, self.name)

    @property
    def is_nominal(self) -> bool:
        """Whether it is a known growth of an amount of money."""
        return self.value is not None and "base" in self.row and unit(self.name, "base").startswith("SEK")

    def sentences(self, places: Mapping[str, int], windows: Sequence[int], extremes: Mapping[tuple[str, str, str], str]) -> list[Sentence]:
        if self.value is None:
            return [self._said("statement", UNKNOWN[self.row.get("status", "missing")], label=self.label)]
        case = self._case(self.row)
        known = STATEMENTS.get(self.name, OTHERS)
        found = [
            self._said(
                "statement", known.get(case, OTHERS[case]), label=self.label, value=self._figure(self.code, self.name), **self._span()
            )
        ]
        if self.code in places and self.indicator.weight:
            found.append(self._place(case, places))
        found += self._nation()
        found += self._small_base()
        for extreme in ("best", "worst"):
            if (self.name, self.code, extreme) in extremes:
                found.append(self._window(extreme, extremes[self.name, self.code, extreme], places[self.code], windows))
        return found

    def _case(self, row: Mapping[str, Any]) -> str:
        if "base" not in row:
            return "level"
        shown = self.language.figure(row[self.name], self.unit)
        return "same" if not shown.strip("0,.% \u202f") else "up" if row[self.name] > 0 else "down"

    def _figure(self, code: str, column: str) -> Figure:
        value = self.traces.row(self.name, code)[column]
        return self.traces.figure(self.name, code, column, self.language.in_words(float(value), unit(self.name, column)))

    def _span(self) -> dict[str, Any]:
        years = {key: str(self.row[key]) for key in ("base_year", "final_year") if key in self.row}
        ends = {key: self._figure(self.code, key) for key in ("base", "final") if self.row.get(key) is not None}
        return years | ends

    def _place(self, case: str, places: Mapping[str, int]) -> Sentence:
        place, known = places[self.code], len(places)
        shared = sum(other == place for other in places.values()) > 1
        ordinals = (ORDINALS if case == "up" else HIGHEST)[self.language.column]
        if shared:
            case, shown = "shared", str(place)
        elif self.indicator.direction == "lower":
            case, shown = "lowest", str(place)
        elif case == "same":
            shown = str(place)
        elif case in ("up", "level") and place <= len(ordinals):
            shown = ordinals[place - 1]
        else:
            case, shown = "other", str(place)
        figure = self.traces.place(self.name, self.code, place, known, shown)
        return self._said("place", PLACES[case], place=figure, known=str(known))

    def _nation(self) -> list[Sentence]:
        row = self.traces.row(self.name, NATION)
        if row.get(self.name) is None or self.unit not in ("relative change", "share"):
            return []
        return [self._said("nation", NATIONS[self._case(row)], value=self._figure(NATION, self.name))]

    def _small_base(self) -> list[Sentence]:
        share = self.award.report.small_base_share
        if self.unit != "relative change" or self.row["base"] >= share * self.traces.median(self.name, "base"):
            return []
        return [self._said("small base", SMALL_BASE, share=self.language.percent(share), **self._span())]

    def _window(self, extreme: str, swedish: str, place: int, windows: Sequence[int]) -> Sentence:
        english = WINDOW[extreme].format(
            label=self.label,
            region=self.region,
            base_year=self.award.window.base,
            final_year=self.award.window.final,
            place=place,
            windows=len(windows),
            low=min(windows),
            high=max(windows),
        )
        return Sentence(self.code, f"{extreme} window", self.name, ((swedish, english)[self.language.column],))

    def _said(self, rule: str, template: tuple[str, str], **values: str | Figure) -> Sentence:
        parts: list[str | Figure] = []
        for literal, name, _, _ in Formatter().parse(template[self.language.column]):
            parts += [literal] if literal else []
            if name:
                parts.append(self.region if name == "region" else values[name])
        return Sentence(self.code, rule, self.name, tuple(parts))


def rows(found: Sequence[Sentence], language: Language) -> list[dict[str, Any]]:
    """The rows of report.sentences."""
    counts: dict[str, int] = {}
    table = []
    for sentence in found:
        counts[sentence.region_code] = number = counts.get(sentence.region_code, 0) + 1
        traced = [str(part.trace) for part in sentence.parts if isinstance(part, Figure)]
        table.append(
            {
                "language": language.code,
                "region_code": sentence.region_code,
                "sentence_number": number,
                "rule": sentence.rule,
                "indicator": sentence.indicator,
                "sentence": sentence.text,
                "traces": "; ".join(traced) or None,
            }
        )
    return table
