"""The report's content from the tables alone: what every format shows, in the order a reader needs it.

Nothing is computed here. Rounding happens in language.py and nowhere else.
"""

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.report.blocks import (
    Block,
    Bullets,
    Cell,
    Document,
    Fact,
    Facts,
    Inline,
    Link,
    Notes,
    Paragraph,
    Picture,
    Section,
    Strong,
    Table,
)
from pipeline.report.evidence import EVIDENCE, grounds
from pipeline.report.language import UNKNOWN, Language
from pipeline.report.sentences import CAVEATS, Sentence
from pipeline.report.traces import Traces, counts_exporters, unit
from pipeline.report.words import words
from pipeline.schemas import NATION, schemas
from pipeline.settings import Award, Indicator, Sources
from pipeline.warehouse import records

Row = dict[str, Any]
LEVELS = "sme_goods_exports_per_capita_sek"


def labels(award: Award, language: Language) -> dict[str, str]:
    """Each indicator's name in the language: the award's own label in Swedish, the meaning of its column in English."""
    if language.code == "sv":
        return {indicator.name: indicator.label for indicator in award.indicators}
    return {indicator.name: _description(indicator.name) for indicator in award.indicators}


def _description(name: str) -> str:
    return str(schemas()[f"indicators.{name}"].columns[name].description)


def document(
    tables: Mapping[str, pd.DataFrame],
    award: Award,
    sources: Sources,
    language: Language,
    sentences: Sequence[Sentence],
    traces: Traces,
) -> Document:
    """The whole report. tables: every table by name; sentences and traces: of this language."""
    whole: Document = visible(_Report(tables, award, sources, language, sentences, traces).document())
    return whole


UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""Control characters, those that turn the direction of text, and what is no character at all."""


def visible(value: Any) -> Any:
    """A block with what cannot be printed shown by a sign of its own; breaks of lines become spaces."""
    if isinstance(value, str):
        return UNPRINTABLE.sub(_sign, re.sub(r"[\r\n\t]+", " ", value))
    if isinstance(value, tuple):
        return tuple(visible(item) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.replace(value, **{field.name: visible(getattr(value, field.name)) for field in dataclasses.fields(value)})
    return value


def _sign(found: re.Match[str]) -> str:
    number = ord(found[0])
    return chr(0x2400 + number) if number < 0x20 else "\u2421" if number == 0x7F else "\ufffd"


class _Report:
    """The tables of one award as plain rows, and the sections made from them."""

    def __init__(
        self,
        tables: Mapping[str, pd.DataFrame],
        award: Award,
        sources: Sources,
        language: Language,
        sentences: Sequence[Sentence],
        traces: Traces,
    ) -> None:
        self.award, self.sources, self.language, self.traces = award, sources, language, traces
        self.say: Callable[..., str] = words(language)
        self.labels = labels(award, language)
        self.weighing = [indicator for indicator in award.indicators if indicator.weight]
        self.tables = {name: records(tables[name]) for name in tables if not name.startswith("ingested.")}
        self.ranking = self.tables["ranking.ranking"]
        self.names = {row["region_code"]: row["region_name"] for row in self.tables["staging.regions"]}
        self.sentences: dict[str, list[Sentence]] = {}
        for sentence in sentences:
            self.sentences.setdefault(sentence.region_code, []).append(sentence)
        self.verdicts = {row["region_code"]: row for row in self.tables["robustness.verdicts"]}
        self.shares = {row["region_code"]: row for row in self.tables["robustness.candidate_shares"]}
        self.intervals = {row["region_code"]: row for row in self.tables["robustness.rank_intervals"]}
        self.unranked = {row["region_code"]: row for row in self.tables["robustness.unranked"]}
        self.illustrative = tuple(source.file for source in sources.entries.values() if source.kind == "illustrative")
        self.windows = sorted({(row["base_year"], row["final_year"]) for row in self.tables["robustness.window_rankings"]})

    def document(self) -> Document:
        sections = (
            self._candidates(),
            self._ranking(),
            Section("whatif", self.say("whatif_title"), (Paragraph((self.say("whatif_elsewhere"),)),)),
            self._robustness(),
            self._development(),
            self._maps(),
            *self._not_ranked(),
            self._regions(),
            self._method(),
            self._sources(),
            Section("notes", self.say("notes"), (Paragraph((self.say("notes_intro"),)), Notes(tuple(self.traces.found.values())))),
        )
        notice = self.say("illustrative_notice", files=", ".join(self.illustrative)) if self.illustrative else ""
        return Document(
            self.language.code,
            f"{self.award.title}: {self.say('basis')}",
            self.say("subject", base=self.award.window.base, final=self.award.window.final),
            notice,
            self.illustrative,
            sections,
        )

    # Candidates

    def _candidates(self) -> Section:
        proposed = [row for row in self.ranking if row["is_candidate"]]
        lead = self.say("lead", regions=self._listed(row["region_name"] for row in proposed))
        last = max(row["rank"] for row in proposed)
        possible = [
            self.say("could_take_place", region=self.names[code], best=row["best_rank"])
            for code, row in self.unranked.items()
            if (row["best_rank"] or last + 1) <= last
        ]
        cards = tuple(self._candidate(row) for row in proposed)
        waived = {row["reason"]: row["year"] for row in self.tables["validation.exceptions"] if row["audit"] == "growth_across_series"}
        blocks: list[Block] = [Paragraph((lead,), "lead"), *(Paragraph((Strong(text),)) for text in possible)]
        blocks += [Paragraph((self.say("across_series", year=year, reason=reason),), "caveat") for reason, year in waived.items()]
        blocks += [Paragraph((self.say("people_nominate"),)), *cards]
        near = [row for code, row in self.verdicts.items() if not row["is_candidate"]]
        if near or possible:
            blocks.append(
                Section(
                    "near",
                    self.say("near"),
                    (
                        Paragraph((self.say("near_intro"),)),
                        Bullets((*((self._verdict(row),) for row in near), *((text,) for text in possible))),
                    ),
                )
            )
        return Section("candidates", self.say("candidates"), tuple(blocks))

    def _candidate(self, row: Row) -> Section:
        code = row["region_code"]
        verdict = self.verdicts.get(code)
        facts = Facts(tuple(self._fact(indicator, code) for indicator in self.weighing))
        blocks: list[Block] = [facts, *self._said(code, weighing=True)]
        if verdict:
            blocks.append(Paragraph((Strong(self.say("how_sure") + " "), self._verdict(verdict)), "verdict"))
        blocks += self._caveats(code)
        blocks += self._evidence(code)
        blocks.append(Paragraph((Link(self.say("more_about", region=row["region_name"]), f"#region-{code}"),)))
        return Section(f"candidate-{code}", f"{row['rank']}. {row['region_name']}", tuple(blocks), "candidate")

    def _fact(self, indicator: Indicator, code: str) -> Fact:
        row = self.traces.row(indicator.name, code)
        value = row.get(indicator.name)
        if value is None:
            return Fact(self.labels[indicator.name], UNKNOWN, self.say(f"status_{row.get('status', 'missing')}"))
        shown = self.traces.figure(indicator.name, code, indicator.name, self._shown(indicator.name, value))
        detail = ""
        if row.get("base") is not None and row.get("final") is not None:
            ends = [self.language.figure(row[end], unit(indicator.name, end)) for end in ("base", "final")]
            detail = self.say("from_to", base=ends[0], final=ends[1], base_year=row["base_year"], final_year=row["final_year"])
        elif "final_year" in row:
            detail = str(row["final_year"])
        return Fact(self.labels[indicator.name], shown, detail)

    def _shown(self, name: str, value: float | None) -> str:
        signed = unit(name, name) == "relative change" or "base" in schemas()[f"indicators.{name}"].columns
        return self.language.figure(value, unit(name, name), signed=signed)

    def _said(self, code: str, *, weighing: bool) -> list[Block]:
        names = {indicator.name for indicator in (self.weighing if weighing else self.award.indicators)}
        paragraphs: list[Block] = []
        for indicator in self.award.indicators:
            parts: list[Any] = []
            for sentence in self.sentences[code]:
                if sentence.indicator == indicator.name and indicator.name in names and sentence.rule not in CAVEATS:
                    parts += [" ", *sentence.parts] if parts else sentence.parts
            if parts:
                paragraphs.append(Paragraph(tuple(parts)))
        return paragraphs

    def _caveats(self, code: str) -> list[Block]:
        found = [sentence for sentence in self.sentences[code] if sentence.rule in CAVEATS]
        return [Bullets(tuple(sentence.parts for sentence in found), "caveat")] if found else []

    def _evidence(self, code: str) -> list[Block]:
        """Statements that are no statistics, ground by ground; a ground without one is shown as a gap."""
        items: list[Inline] = []
        for ground, said in grounds(self.tables[EVIDENCE], code).items():
            heading = Strong(self.say(f"ground_{ground.replace(' ', '_').replace('-', '_')}") + ": ")
            items += [(heading, *self._statement(row)) for row in said] or [(heading, self.say("no_evidence"))]
        blocks = (Paragraph((self.say("evidence_note"),), "note"), Bullets(tuple(items), "evidence"))
        return [Section(f"evidence-{code}", self.say("evidence"), blocks, "evidence")]

    def _statement(self, row: Mapping[str, Any]) -> Inline:
        source = Link(row["source"], row["page"]) if row["page"] else row["source"]
        entered = f", {self.language.date(row['date'])}; {self.say('entered_by', who=row['entered_by'])})"
        return (f"{row['statement']} (", source, entered)

    def _verdict(self, row: Row) -> str:
        if self.language.code == "sv":
            return str(row["sentence"])
        code = row["region_code"]
        standing = "is a proposed candidate" if row["is_candidate"] else "is not proposed"
        marginal_of_others = row["verdict"] == "marginal" and not row["is_candidate"]
        verdict = "a candidate in a minority of the trials only" if marginal_of_others else row["verdict"]
        windows, methods = self._times("robustness.window_rankings", code), self._times("robustness.methods", code)
        share = self.language.share(row["weights_share"])
        return (
            f"{self.names[code]} {standing}: {verdict}. Among the candidates in {share} of all weightings, in {windows} windows"
            f" and with {methods} methods."
        )

    def _times(self, table: str, code: str) -> str:
        then = [row["is_candidate"] for row in self.tables[table] if row["region_code"] == code]
        return f"{sum(then)} {'av' if self.language.code == 'sv' else 'of'} {len(then)}"

    # The whole ranking

    def _ranking(self) -> Section:
        window = self.award.window
        ranked = [row for row in self.ranking if row["rank"]]
        blocks: list[Block] = [
            Paragraph((self.say("ranking_intro", base=window.base, final=window.final),)),
            self._map(
                "score",
                self.say("score"),
                {row["region_code"]: row["score"] for row in ranked},
                lambda value: self.language.number(value, 3),
            ),
            self._full_table(),
        ]
        return Section("ranking", self.say("ranking"), tuple(blocks))

    def _full_table(self) -> Table:
        headings = (self.say("place"), self.say("region"), self.say("score"), *self.labels.values())
        rows = []
        for row in self.ranking:
            place = Cell(str(row["rank"] or "–"), row["rank"])
            score = Cell(self.language.number(row["score"], 3) if row["rank"] else UNKNOWN, row["score"])
            rows.append((place, self._region_cell(row["region_code"]), score, *self._figures(row["region_code"])))
        rows.append((Cell(""), Cell(self.say("nation"), self.language.order(self.say("nation"))), Cell(""), *self._figures(NATION)))
        weights = "; ".join(f"{self.labels[indicator.name]}: {indicator.weight}" for indicator in self.weighing)
        return Table(
            "table-ranking",
            self.say("ranking_caption", base=self.award.window.base, final=self.award.window.final),
            headings,
            (True, False, *[True] * (1 + len(self.labels))),
            tuple(rows),
            self.say("ranking_note", weights=weights),
            sortable=True,
            row_heading=1,
        )

    def _region_cell(self, code: str) -> Cell:
        return Cell(self.names[code], self.language.order(self.names[code]), f"region-{code}")

    def _figures(self, code: str) -> list[Cell]:
        cells = []
        for indicator in self.award.indicators:
            value = self.traces.row(indicator.name, code).get(indicator.name)
            if code == NATION and counts_exporters(indicator.name):
                cells.append(Cell("–"))
            else:
                cells.append(Cell(self._shown(indicator.name, value), None if value is None else float(value)))
        return cells

    def _map(self, name: str, label: str, values: Mapping[str, float], shown: Callable[[float], str]) -> Picture:
        ordered = sorted(values.items(), key=lambda item: (-item[1], item[0]))
        unknown = [self.names[code] for code in self.names if code != NATION and code not in values]

        def listed(items: Iterable[tuple[str, float]]) -> str:
            return self._listed(f"{self.names[code]} {shown(value)}" for code, value in items)

        told = [self.say("map_alternative", label=label, highest=listed(ordered[:3]), lowest=listed(ordered[-3:]))] if ordered else []
        told += [self.say("map_unknown", regions=self._listed(unknown))] if unknown else []
        rows = [(self._region_cell(code), Cell(shown(value), value)) for code, value in ordered]
        rows += [(self._region_cell(code), Cell(UNKNOWN)) for code in self.names if code != NATION and code not in values]
        table = Table(f"data-map-{name}", label, (self.say("region"), label), (False, True), tuple(rows))
        return Picture(f"map-{name}", self.say("map_caption", label=label), " ".join(told), table)

    def _listed(self, items: Iterable[str]) -> str:
        """Items in a sentence: a, b och c."""
        every = list(items)
        last = "och" if self.language.code == "sv" else "and"
        return f"{', '.join(every[:-1])} {last} {every[-1]}" if len(every) > 1 else "".join(every)

    # How sure

    def _robustness(self) -> Section:
        sampled = next((row["draws"] for row in self.shares.values() if row["draws"]), None)
        blocks: list[Block] = [
            Paragraph((self.say("robustness_intro"),)),
            self._shares_table(sampled),
            Paragraph((self.say("sampled", draws=self.language.number(sampled, 0)) if sampled else self.say("exact"),), "note"),
            Paragraph((self._methods_note(),), "note"),
            self._interval_picture(),
            self._window_picture(),
        ]
        codes = {row["region_code"] for row in self.ranking if row["is_candidate"]}
        windows = [
            sentence.parts
            for code in self.names
            for sentence in self.sentences.get(code, [])
            if sentence.rule.endswith("window") and code in codes
        ]
        if windows:
            blocks += [Paragraph((self.say("window_matters"),)), Bullets(tuple(windows))]
        blocks += [self._without_table()] if len(self.weighing) > 1 else []
        blocks += [self._weights_table(), self._scenario_table()]
        return Section("robustness", self.say("robustness"), tuple(blocks))

    def _shares_table(self, sampled: int | None) -> Table:
        rows = []
        for code, row in self.verdicts.items():
            share = self.shares[code]
            error = f" ± {self.language.number(100 * share['standard_error'], 1)}" if share["standard_error"] else ""
            rows.append(
                (
                    Cell(str(row["rank"]), row["rank"]),
                    self._region_cell(code),
                    Cell(self.say("yes") if row["is_candidate"] else self.say("no")),
                    Cell(self._verdict_word(row)),
                    Cell(self.language.percent(share["weights_share"], 1) + error, share["weights_share"]),
                    Cell(self._times("robustness.window_rankings", code), share["windows_share"]),
                    Cell(self._times("robustness.methods", code), share["methods_share"]),
                )
            )
        headings = ("place", "region", "proposed", "verdict", "of_weightings", "of_windows", "of_methods")
        return Table(
            "table-shares",
            self.say("shares_caption"),
            tuple(self.say(key) for key in headings),
            (True, False, False, False, True, True, True),
            tuple(rows),
            self.say(
                "verdicts_note",
                **{kind: self.language.percent(getattr(self.award.robustness, f"{kind}_share")) for kind in ("robust", "marginal", "near")},
            ),
            sortable=True,
            row_heading=1,
        )

    def _without_table(self) -> Table:
        """Where candidates and those near them stand when one indicator is left out."""
        dropped = [indicator.name for indicator in self.weighing]
        then = {
            (row["dropped"], row["region_code"]): row
            for row in self.tables["robustness.leave_one_out"]
            if row["dropped_kind"] == "indicator"
        }
        rows = []
        for code, row in self.verdicts.items():
            found = [then[name, code] for name in dropped]
            places = [Cell(f"{other['rank']}{'*' if other['is_candidate'] else ''}", other["rank"]) for other in found]
            rows.append((Cell(str(row["rank"]), row["rank"]), self._region_cell(code), *places))
        headings = (self.say("place"), self.say("region"), *(self.say("without", label=self.labels[name]) for name in dropped))
        numeric = (True, False, *[True] * len(dropped))
        return Table("table-without", self.say("without_caption"), headings, numeric, tuple(rows), self.say("without_note"), row_heading=1)

    def _verdict_word(self, row: Row) -> str:
        if row["verdict"] == "marginal" and not row["is_candidate"]:
            return self.say("verdict_near")
        return self.say("verdict_" + row["verdict"].replace(" ", "_"))

    def _methods_note(self) -> str:
        methods = {
            tuple(row[key] for key in ("normalisation", "aggregation", "ties", "denominator")) for row in self.tables["robustness.methods"]
        }
        pairs = {method[:2] for method in methods}
        return self.say("methods_note", methods=len(methods), pairs=len(pairs), windows=len(self.windows))

    def _interval_picture(self) -> Picture:
        kinds = ("weights", "windows", "methods")
        rows = []
        for row in self.ranking:
            interval = self.intervals[row["region_code"]]
            spans = []
            for kind in kinds:
                best, worst = interval[f"{kind}_best_rank"], interval[f"{kind}_worst_rank"]
                spans.append(Cell(UNKNOWN if best is None else f"{best}–{worst}", best))
            rows.append((Cell(str(row["rank"] or "–"), row["rank"]), self._region_cell(row["region_code"]), *spans))
        headings = tuple(self.say(key) for key in ("place", "region", "in_most_weightings", "in_all_windows", "with_all_methods"))
        table = Table(
            "data-intervals", self.say("intervals_caption"), headings, (True, False, True, True, True), tuple(rows), row_heading=1
        )
        told = []
        for row in self.ranking:
            if row["is_candidate"]:
                interval = self.intervals[row["region_code"]]
                told.append(
                    self.say(
                        "interval_of",
                        region=row["region_name"],
                        place=row["rank"],
                        **{f"{kind}_{end}": interval[f"{kind}_{end}_rank"] for kind in kinds for end in ("best", "worst")},
                    )
                )
        return Picture("intervals", self.say("intervals_caption"), " ".join(told), table)

    def _window_picture(self) -> Picture:
        places = {
            (row["region_code"], row["base_year"], row["final_year"]): row["rank"] for row in self.tables["robustness.window_rankings"]
        }
        rows = []
        for row in self.ranking:
            then = [places[(row["region_code"], *window)] for window in self.windows]
            rows.append((self._region_cell(row["region_code"]), *(Cell(str(place) if place else UNKNOWN, place) for place in then)))
        headings = (self.say("region"), *(f"{base}–{final}" for base, final in self.windows))
        table = Table("data-windows", self.say("windows_caption"), headings, (False, *[True] * len(self.windows)), tuple(rows))
        told = []
        for row in self.ranking:
            if row["is_candidate"]:
                times = self._times("robustness.window_rankings", row["region_code"])
                told.append(self.say("windows_of", region=row["region_name"], times=times))
        return Picture("windows", self.say("windows_caption"), " ".join(told), table)

    def _weights_table(self) -> Table:
        rows = []
        for row in self.tables["robustness.weight_intervals"]:
            span = [self.language.percent(row[end]) for end in ("lowest_weight", "highest_weight")]
            rows.append(
                (
                    self._region_cell(row["region_code"]),
                    Cell(self.labels[row["indicator"]]),
                    Cell(self.language.percent(row["weight"]), row["weight"]),
                    Cell(f"{span[0]}–{span[1]}", row["lowest_weight"]),
                )
            )
        headings = tuple(self.say(key) for key in ("region", "indicator", "weight", "stays_candidate"))
        return Table(
            "table-weights", self.say("weights_caption"), headings, (False, False, True, True), tuple(rows), self.say("weights_note")
        )

    def _scenario_table(self) -> Table:
        near = set(self.verdicts)
        rows = []
        for row in self.tables["robustness.scenarios"]:
            if row["region_code"] in near:
                span = f"{row['best_rank']}–{row['worst_rank']}"
                rows.append((self._region_cell(row["region_code"]), Cell(row["scenario"]), Cell(span, row["best_rank"])))
        rows.sort(key=lambda cells: (cells[1].text, cells[2].order))
        headings = tuple(self.say(key) for key in ("region", "scenario", "places"))
        return Table(
            "table-scenarios", self.say("scenarios_caption"), headings, (False, False, True), tuple(rows), self.say("scenarios_note")
        )

    # Development, maps, unranked

    def _levels(self, codes: Sequence[str]) -> tuple[list[int], dict[str, dict[int, float | None]]]:
        years = list(range(self.award.years.first, self.award.years.last + 1))
        levels: dict[str, dict[int, float | None]] = {code: dict.fromkeys(years) for code in codes}
        for row in self.tables["indicators.sme_goods_exports_per_capita"]:
            if row["region_code"] in levels:
                levels[row["region_code"]][row["year"]] = row[LEVELS]
        return years, levels

    def _level_table(self, anchor: str, codes: Sequence[str]) -> Table:
        years, levels = self._levels(codes)
        rows = []
        for code in codes:
            first = self._region_cell(code) if code != NATION else Cell(self.say("nation"))
            cells = [Cell(UNKNOWN if level is None else self.language.number(level, 0), level) for level in levels[code].values()]
            rows.append((first, *cells))
        headings = (self.say("region"), *(str(year) for year in years))
        return Table(
            anchor, self.say("development_caption"), headings, (False, *[True] * len(years)), tuple(rows), self.say("development_note")
        )

    def _development(self) -> Section:
        proposed = [row["region_code"] for row in self.ranking if row["is_candidate"]]
        years, levels = self._levels([*proposed, NATION])
        told = []
        for code, by_year in levels.items():
            first, last = by_year[years[0]], by_year[years[-1]]
            ends = [self.language.figure(level, "SEK per inhabitant") for level in (first, last)]
            name = self.names[code] if code != NATION else self.say("nation")
            told.append(self.say("development_of", region=name, first=ends[0], last=ends[1], first_year=years[0], last_year=years[-1]))
        table = self._level_table("data-development", [*(row["region_code"] for row in self.ranking), NATION])
        picture = Picture("levels", self.say("development_caption"), " ".join(told), table)
        return Section("development", self.say("development"), (Paragraph((self.say("development_intro"),)), picture))

    def _maps(self) -> Section:
        pictures = []
        for indicator in self.award.indicators:
            values = {}
            for code in self.names:
                value = self.traces.row(indicator.name, code).get(indicator.name)
                if value is not None and code != NATION:
                    values[code] = float(value)
            pictures.append(
                self._map(indicator.name, self.labels[indicator.name], values, lambda value, name=indicator.name: self._shown(name, value))  # type: ignore[misc]
            )
        return Section("maps", self.say("maps"), tuple(pictures), "maps")

    def _not_ranked(self) -> tuple[Section, ...]:
        items: list[Inline] = []
        for row in self.ranking:
            if not row["rank"]:
                items.append((Link(row["region_name"], f"#region-{row['region_code']}"), ": ", self._why_not_ranked(row)))
        if not items:
            return ()
        return (Section("unranked", self.say("unranked"), (Bullets(tuple(items)), Paragraph((self.say("unknown_is_not_zero"),)))),)

    def _why_not_ranked(self, row: Row) -> str:
        reasons = [reason.split(": ") for reason in row["not_ranked_reason"].split("; ")]
        told = "; ".join(f"{self.labels[name]}: {self.say(f'status_{status}')}" for name, status in reasons)
        span = self.unranked[row["region_code"]]
        if span["best_rank"] is None:
            return f"{told}. {self.say('nothing_bounds')}"
        return f"{told}. {self.say('could_stand', best=span['best_rank'], worst=span['worst_rank'])}"

    # Every region

    def _regions(self) -> Section:
        codes = sorted((code for code in self.names if code != NATION), key=lambda code: self.language.order(self.names[code]))
        by_code = {row["region_code"]: row for row in self.ranking}
        index = Bullets(tuple((Link(self.names[code], f"#region-{code}"),) for code in codes), "index")
        pages = (self._region(by_code[code]) for code in codes)
        return Section("regions", self.say("regions"), (Paragraph((self.say("regions_intro"),)), index, *pages))

    def _region(self, row: Row) -> Section:
        code, name = row["region_code"], row["region_name"]
        ranked = sum(other["rank"] is not None for other in self.ranking)
        blocks: list[Block] = []
        if row["rank"]:
            key = "region_proposed" if row["is_candidate"] else "region_place"
            blocks.append(
                Paragraph((Strong(self.say(key, place=row["rank"], ranked=ranked, score=self.language.number(row["score"], 3))),))
            )
        else:
            blocks.append(Paragraph((Strong(self.say("region_unranked") + " "), self._why_not_ranked(row))))
        blocks.append(Facts(tuple(self._fact(indicator, code) for indicator in self.award.indicators)))
        blocks += self._said(code, weighing=False)
        blocks.append(self._region_picture(code, name))
        if row["rank"]:
            blocks.append(self._parts_table(row))
            blocks.append(self._turning_points(row))
            interval = self.intervals[code]
            spans = {key: value for key, value in interval.items() if key.endswith("_rank")}
            blocks.append(Paragraph((self.say("region_intervals", **spans),)))
        if code in self.verdicts:
            blocks.append(Paragraph((self._verdict(self.verdicts[code]),), "verdict"))
        blocks += self._caveats(code)
        if not row["is_candidate"]:
            blocks += self._evidence(code)
        return Section(f"region-{code}", name, tuple(blocks), "region")

    def _region_picture(self, code: str, name: str) -> Picture:
        _, levels = self._levels([code, NATION])
        known = [(year, level) for year, level in levels[code].items() if level is not None]
        if known:
            ends = [self.language.figure(level, "SEK per inhabitant") for _, level in (known[0], known[-1])]
            told = self.say("development_of", region=name, first=ends[0], last=ends[1], first_year=known[0][0], last_year=known[-1][0])
        else:
            told = self.say("nothing_known", region=name)
        return Picture(
            f"levels-{code}",
            self.say("region_development", region=name),
            told,
            self._level_table(f"data-development-{code}", [code, NATION]),
        )

    def _parts_table(self, row: Row) -> Table:
        """What the score is made of, beside the region on the other side of the line: the answer to "why not us"."""
        ranked = [other for other in self.ranking if other["rank"]]
        across = [other for other in ranked if other["is_candidate"] != row["is_candidate"]]
        sides = [row, *((across[0] if row["is_candidate"] else across[-1],) if across else ())]
        rows: list[tuple[Cell, ...]] = []
        for indicator in self.weighing:
            own = [row[f"{indicator.name}{suffix}"] for suffix in ("_normalised", "_weighted")]
            rows.append(
                (
                    Cell(self.labels[indicator.name]),
                    Cell(self._shown(indicator.name, row[indicator.name]), row[indicator.name]),
                    Cell(self.language.number(own[0], 3), own[0]),
                    Cell(str(indicator.weight)),
                    *(
                        Cell(self.language.number(side[f"{indicator.name}_weighted"], 3), side[f"{indicator.name}_weighted"])
                        for side in sides
                    ),
                )
            )
        scores = (Cell(self.language.number(region["score"], 3), region["score"]) for region in sides)
        rows.append((Cell(self.say("score")), *[Cell("")] * 3, *scores))
        headings = [self.say(key) for key in ("indicator", "value", "normalised", "weight")]
        headings += [self.say("at_place", region=region["region_name"], place=region["rank"]) for region in sides]
        return Table(
            f"table-parts-{row['region_code']}",
            self.say("parts_caption"),
            tuple(headings),
            (False, *[True] * (3 + len(sides))),
            tuple(rows),
        )

    def _turning_points(self, row: Row) -> Block:
        """What would have to be otherwise for the county to be proposed, or no longer so."""
        items: list[Inline] = []
        for point in self.tables["robustness.turning_points"]:
            if point["region_code"] == row["region_code"]:
                name = point["indicator"]
                now = self._shown(name, point["indicator_value"])
                turns = point["turns_at"]
                told = self.say("turns_never", now=now)
                if turns is not None:
                    told = self.say("turns_at", value=self._finer(name, turns), now=now)
                items.append((Strong(f"{self.labels[name]}: "), told))
        title = self.say("would_leave" if row["is_candidate"] else "would_enter")
        return Section(f"turning-{row['region_code']}", title, (Bullets(tuple(items)),), "turning")

    def _finer(self, name: str, value: float) -> str:
        """A turning point, with a decimal where the figure itself has none: rounded to whole per cent it may not turn yet."""
        if unit(name, name) in ("relative change", "share"):
            return self.language.percent(value, 1, signed=unit(name, name) == "relative change")
        return self.language.number(value, 1)

    # Method and sources

    def _method(self) -> Section:
        choice = self.award.ranking
        method = self.say(
            "method",
            normalisation=self.say(f"normalisation_{choice.normalisation}"),
            aggregation=self.say(f"aggregation_{choice.aggregation}"),
            ties=self.say(f"ties_{choice.ties}"),
            candidates=choice.candidates,
            denominator=self.say(f"denominator_{choice.denominator}"),
        )
        foreign = "" if self.language.code == "sv" else "sv"
        rows = tuple(
            (
                Cell(self.labels[indicator.name]),
                Cell(indicator.name),
                Cell(str(indicator.weight) if indicator.weight else self.say("shown_only")),
                Cell(self.say(f"direction_{indicator.direction}")),
                Cell(indicator.reason),
            )
            for indicator in self.award.indicators
        )
        headings = tuple(self.say(key) for key in ("indicator", "name", "weight", "best_is", "reason"))
        blocks: list[Block] = [
            Paragraph((method,)),
            Paragraph((choice.reason,), "", foreign),
            Paragraph((self.award.window.reason,), "", foreign),
            Table("table-indicators", self.say("indicators_caption"), headings, (False, False, True, False, False), rows),
            Section("definitions", self.say("definitions"), (Bullets(tuple(_terms(self.say("definition_list"))), "definitions"),)),
            Section(
                "rules",
                self.say("rules"),
                (Bullets(tuple(_terms(self.say("rule_list", share=self.language.percent(self.award.report.small_base_share))))),),
            ),
            Section("exceptions", self.say("exceptions"), (self._exceptions(),)),
            Section("limits", self.say("limits"), (Bullets(tuple((line,) for line in self.say("limit_list").split("\n"))),)),
        ]
        return Section("method", self.say("method_title"), tuple(blocks))

    def _exceptions(self) -> Block:
        rows = tuple(
            tuple(Cell(str(row[key] or "")) for key in ("audit", "region_code", "year", "size_class", "found", "reason"))
            for row in self.tables["validation.exceptions"]
        )
        if not rows:
            return Paragraph((self.say("none"),))
        headings = tuple(self.say(key) for key in ("audit", "region", "year", "size_class", "found", "reason"))
        return Table("table-exceptions", self.say("exceptions"), headings, (False,) * 6, rows)

    def _sources(self) -> Section:
        rows = tuple(
            (
                Cell(source.file),
                Cell(self.say(f"kind_{source.kind}")),
                Cell(source.publisher),
                Cell(f"{source.title} ({source.table_id})" if source.table_id else source.title),
                Cell(source.covers),
                Cell(self.language.date(source.published) if source.published else self.say("not_stated")),
                Cell(self.language.date(source.retrieved)),
                Cell(source.licence),
            )
            for source in self.sources.entries.values()
        )
        headings = tuple(self.say(key) for key in ("file", "kind", "publisher", "title", "covers", "published", "retrieved", "licence"))
        blocks = (
            Table("table-sources", self.say("sources_caption"), headings, (False,) * 8, rows),
            Paragraph((self.say("credit_illustrative" if self.illustrative else "credit"),)),
            Paragraph((self.say("map_credit"),)),
        )
        return Section("sources", self.say("sources"), blocks)


def _terms(text: str) -> list[Inline]:
    """Lines of "term: meaning" with the term standing out."""
    return [(Strong(f"{term}:"), f" {meaning}") for term, meaning in (line.split(": ", 1) for line in text.split("\n"))]
