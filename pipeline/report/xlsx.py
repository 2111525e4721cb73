"""The workbook: typed and unrounded cells, units in the headings, nothing that Excel would compute. Only the display rounds."""

import datetime
import io
import itertools
import math
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.report.document import labels, visible
from pipeline.report.evidence import evidence_rows, grounds
from pipeline.report.language import UNKNOWN, Language
from pipeline.report.words import WORDS, words
from pipeline.schemas import GROUNDS, NATION, schemas
from pipeline.settings import Award, Evidence, Indicator, Scenario, Sources
from pipeline.warehouse import records

Row = dict[str, Any]
Say = Callable[..., str]

DARK, RULE, GREY = "#1b3a57", "#6d8296", "#5b6670"
BAND, STRONG, LINE, WARNING = "#f4f7fa", "#dfe9f2", "#d5dee6", "#fdf0d5"
LONGEST_CELL = 32_767
LONGEST_HEADER = 255
LINE_HEIGHT = 15
LETTERS_IN_A_NOTE = 175
LETTERS_ON_A4 = 260
A3, A4 = 8, 9

# Kinds of cells: their number formats, and how wide they are.
TEXT, NAME, LONG_TEXT, WIDE_TEXT = "text", "name", "long text", "wide text"
WRAPPED = (LONG_TEXT, WIDE_TEXT)
WIDEST = {TEXT: 48, NAME: 48, LONG_TEXT: 48, WIDE_TEXT: 110}
NUMBERS = {
    "whole": ("#,##0", 9),
    "plain": ("0", 8),
    "amount": ("#,##0", 17),
    "decimal": ("#,##0.0", 11),
    "signed decimal": ("+#,##0.0;-#,##0.0;0.0", 11),
    "score": ("0.000", 9),
    "percent": ("0.0%", 10),
    "signed percent": ("+0.0%;-0.0%;0.0%", 10),
    "fine percent": ("0.00%", 10),
    "general": ("General", 20),
    "date": ("yyyy-mm-dd", 12),
}

FORMULAS = {
    "sme_goods_exports_per_capita_growth": "(X_f / P_f) / (X_b / P_b) − 1",
    "sme_goods_exporters_per_100k": "100 000 · N_f / P_f",
    "sme_goods_exporters_per_100k_change": "100 000 · (N_f / P_f − N_b / P_b)",
    "services_exports_per_capita_growth": "(S_f / P_f) / (S_b / P_b) − 1",
    "sme_share_of_goods_exports": "X_f / A_f",
    "sme_goods_exports_per_exporter": "X_f / N_f",
}
"""As in docs/method.md; a test compares them."""


class _Exact(float):
    """A number that is written with all its digits, where xlsxwriter would write sixteen."""

    def __format__(self, spec: str) -> str:
        return repr(float(self)).removesuffix(".0")


@dataclass(frozen=True)
class Column:
    """A column: its heading with the unit, the kind of its cells, and the heading above that it shares with its neighbours."""

    heading: str
    kind: str = TEXT
    group: str = ""


@dataclass(frozen=True)
class Table:
    """Rows below a heading. strong: the numbers of the rows that stand out."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    strong: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Sheet:
    """A sheet: its notes, its table, how many columns stay in sight, and tables with a title below it."""

    name: str
    notes: Sequence[str]
    table: Table
    fixed: int = 1
    below: Sequence[tuple[str, Table]] = ()


def xlsx(tables: Mapping[str, pd.DataFrame], award: Award, sources: Sources, evidence: Evidence, language: Language) -> bytes:
    """The workbook as bytes, the same from run to run. tables: every table of the run, by name."""
    say = words(language)
    illustrative = [source.file for source in sources.entries.values() if source.kind == "illustrative"]
    notice = say("xlsx_notice", files=", ".join(illustrative)) if illustrative else ""
    content = _Content({name: records(frame) for name, frame in tables.items()}, award, sources, evidence, language)
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as workbook:
        short = say("xlsx_notice_short") if illustrative else ""
        subject = f"{say('basis')}; {say('subject', base=award.window.base, final=award.window.final)}"
        latest = max(source.retrieved for source in sources.entries.values())
        workbook.set_properties(
            {
                "title": _visible(f"{award.title}. {short}" if short else award.title),
                "subject": _visible(subject[0].upper() + subject[1:]),
                "author": "exportregion",
                "keywords": _visible(short),
                "comments": _visible(notice),
                "status": _visible(short),
                "created": datetime.datetime.combine(latest, datetime.time()),
            }
        )
        pen = _Pen(workbook, language)
        for sheet in content.sheets():
            pen.sheet(sheet, f"{award.title}: {sheet.name}", notice, short)
    return buffer.getvalue()


# What stands in the sheets


@dataclass
class _Content:
    """The sheets' tables, out of the run's."""

    tables: Mapping[str, list[Row]]
    award: Award
    sources: Sources
    evidence: Evidence
    language: Language
    say: Say = field(init=False)

    def __post_init__(self) -> None:
        self.say = words(self.language)
        self.labels = labels(self.award, self.language)
        self.names = {row["region_code"]: row["region_name"] for row in self.tables["staging.regions"]}
        self.ranking = self.tables["ranking.ranking"]
        self.weighing = [indicator for indicator in self.award.indicators if indicator.weight]

    def sheets(self) -> Iterable[Sheet]:
        yield self._candidates()
        yield self._ranking()
        yield self._indicators()
        yield self._windows()
        yield self._robustness()
        if self.evidence.statements:
            yield self._evidence()
        yield self._sources()
        yield self._method()
        if "report.traces" in self.tables:
            yield self._traces()

    def _candidates(self) -> Sheet:
        verdicts = self._by_region("robustness.verdicts")
        columns = [*self._place_columns(), Column(self.say("score"), "score"), *self._value_columns(self.award.indicators)]
        columns += [Column(self.say("verdict")), *self._share_columns()]
        rows = []
        for row in self.tables["ranking.candidates"]:
            values = [row[indicator.name] for indicator in self.award.indicators]
            verdict = verdicts.get(row["region_code"])
            rows.append([*self._place_cells(row), row["score"], *values, self._verdict(verdict), *self._shares(row["region_code"])])
        notes = (self.say("people_nominate"), self.say("xlsx_unknown"))
        return Sheet(self.say("xlsx_sheet_candidates"), notes, Table(columns, rows), 3)

    def _ranking(self) -> Sheet:
        columns = [*self._place_columns(), Column(self.say("score"), "score"), Column(self.say("xlsx_proposed"))]
        columns += self._value_columns(self.award.indicators)
        for suffix in ("normalised", "weighted"):
            columns += [Column(self.labels[one.name], "score", self.say(f"xlsx_group_{suffix}")) for one in self.weighing]
        columns.append(Column(self.say("xlsx_not_ranked"), LONG_TEXT))
        rows = []
        for row in self.ranking:
            cells = [*self._place_cells(row), row["score"], self._yes(row["is_candidate"])]
            cells += [row[indicator.name] for indicator in self.award.indicators]
            cells += [row[f"{indicator.name}_{suffix}"] for suffix in ("normalised", "weighted") for indicator in self.weighing]
            rows.append([*cells, self._not_ranked(row["not_ranked_reason"])])
        window = self.award.window
        notes = (self.say("xlsx_note_ranking", base=window.base, final=window.final), self.say("xlsx_unknown"))
        return Sheet(self.say("xlsx_sheet_ranking"), notes, Table(columns, rows, self._candidates_among(self.ranking)), 3)

    def _indicators(self) -> Sheet:
        columns = self._place_columns()
        parts: list[tuple[str, str]] = []
        details = {indicator.name: self._by_region(f"indicators.{indicator.name}") for indicator in self.award.indicators}
        for indicator in self.award.indicators:
            for name in schemas()[f"indicators.{indicator.name}"].columns:
                if name not in ("region_code", "base_year", "final_year"):
                    parts.append((indicator.name, name))
                    columns.append(self._part_column(indicator.name, name))
        nation = {"region_code": NATION, "region_name": self.names[NATION], "rank": None}
        rows = []
        for row in [*self.ranking, nation]:
            cells = self._place_cells(row, none="")
            for indicator_name, name in parts:
                value = details[indicator_name].get(row["region_code"], {}).get(name)
                cells.append(self._status(value) if name == "status" else value)
            rows.append(cells)
        notes = (self.say("xlsx_note_indicators"), self.say("xlsx_unknown"))
        return Sheet(self.say("xlsx_sheet_indicators"), notes, Table(columns, rows, self._candidates_among(self.ranking)), 3)

    def _windows(self) -> Sheet:
        columns = [Column(self.say(f"xlsx_{key}"), "plain") for key in ("base_year", "final_year")]
        columns += [*self._place_columns(), Column(self.say("score"), "score"), Column(self.say("xlsx_candidate_then"))]
        for indicator in self.award.indicators:
            label = self.labels[indicator.name]
            columns += [self._valued(self.say("value"), indicator.name, indicator.name, label), Column(self.say("place"), "whole", label)]
        alone = {
            (row["indicator"], row["base_year"], row["final_year"], row["region_code"]): (row["indicator_value"], row["rank"])
            for row in self.tables["robustness.windows"]
        }
        last = len(self.ranking) + 1
        found = sorted(
            self.tables["robustness.window_rankings"],
            key=lambda row: (row["base_year"], row["final_year"], row["rank"] or last, row["region_code"]),
        )
        rows: list[list[Any]] = []
        strong = set()
        for row in found:
            window = (row["base_year"], row["final_year"])
            if window == (self.award.window.base, self.award.window.final):
                strong.add(len(rows))
            cells = [*window, *self._place_cells(row), row["score"], self._yes(row["is_candidate"])]
            for indicator in self.award.indicators:
                cells += alone.get((indicator.name, *window, row["region_code"]), (None, None))
            rows.append(cells)
        notes = (self.say("xlsx_note_windows"), self.say("xlsx_unknown"))
        return Sheet(self.say("xlsx_sheet_windows"), notes, Table(columns, rows, frozenset(strong)), 5)

    def _robustness(self) -> Sheet:
        verdicts, intervals, unranked = (self._by_region(f"robustness.{name}") for name in ("verdicts", "rank_intervals", "unranked"))
        scenarios = {(row["scenario"], row["region_code"]): row for row in self.tables["robustness.scenarios"]}
        best, worst = self.say("xlsx_best"), self.say("xlsx_worst")
        kinds = (("weights", "weightings"), ("windows", "windows"), ("methods", "methods"))
        groups = [self.say(f"xlsx_group_{group}") for _, group in kinds]
        groups += [scenario.name for scenario in self.award.robustness.scenarios] + [self.say("xlsx_group_unranked")]
        columns = [*self._place_columns(), Column(self.say("verdict")), Column(self.say("xlsx_proposed")), *self._share_columns()]
        columns += [Column(end, "whole", group) for group in groups for end in (best, worst)]
        rows = []
        for row in self.ranking:
            code = row["region_code"]
            cells = [*self._place_cells(row), self._verdict(verdicts.get(code)), self._yes(row["is_candidate"]), *self._shares(code)]
            for kind, _ in kinds:
                cells += [intervals.get(code, {}).get(f"{kind}_{end}_rank") for end in ("best", "worst")]
            for scenario in self.award.robustness.scenarios:
                cells += [scenarios.get((scenario.name, code), {}).get(f"{end}_rank") for end in ("best", "worst")]
            cells += [unranked[code][f"{end}_rank"] if code in unranked else "" for end in ("best", "worst")]
            rows.append(cells)
        draws = [row["draws"] for row in self.tables["robustness.candidate_shares"] if row["draws"]]
        notes = [self.say("xlsx_note_robustness"), self._methods_note()]
        notes.append(self.say("xlsx_note_draws", draws=self.language.number(draws[0], 0)) if draws else self.say("exact"))
        table = Table(columns, rows, self._candidates_among(self.ranking))
        below = [(self.say("weights_caption"), self._weight_intervals())]
        return Sheet(self.say("xlsx_sheet_robustness"), [*notes, self.say("xlsx_unknown")], table, 3, below)

    def _weight_intervals(self) -> Table:
        columns = [*self._place_columns(), Column(self.say("indicator"), LONG_TEXT)]
        columns += [Column(self.say(f"xlsx_{key}"), "percent") for key in ("weight", "lowest", "highest")]
        places = {row["region_code"]: row for row in self.ranking}
        found = sorted(self.tables["robustness.weight_intervals"], key=lambda row: places[row["region_code"]]["rank"])
        rows = []
        for row in found:
            numbers = [row[key] for key in ("weight", "lowest_weight", "highest_weight")]
            rows.append([*self._place_cells(places[row["region_code"]]), self.labels[row["indicator"]], *numbers])
        return Table(columns, rows)

    def _methods_note(self) -> str:
        keys = ("normalisation", "aggregation", "ties", "denominator")
        methods = {tuple(row[key] for key in keys) for row in self.tables["robustness.methods"]}
        windows = {(row["base_year"], row["final_year"]) for row in self.tables["robustness.window_rankings"]}
        return self.say("methods_note", windows=len(windows), methods=len(methods), pairs=len({method[:2] for method in methods}))

    def _evidence(self) -> Sheet:
        found = evidence_rows(self.evidence)
        stated = {row["region_code"] for row in found}
        shown = [row["region_code"] for row in self.ranking if row["is_candidate"] or row["region_code"] in stated]
        columns = [Column(self.say("region_code")), Column(self.say("region")), Column(self.say("xlsx_ground"))]
        columns += [Column(self.say("xlsx_statement"), LONG_TEXT), Column(self.say("xlsx_source"), LONG_TEXT)]
        columns += [Column(self.say("xlsx_date"), "date"), Column(self.say("xlsx_entered_by")), Column(self.say("xlsx_web"), LONG_TEXT)]
        gap = self.say("no_evidence").capitalize()
        rows = []
        for code in shown:
            for kind, statements in grounds(found, code).items():
                place = [code, self.names[code], self.say(GROUND_WORDS[kind])]
                for row in statements:
                    rows.append([*place, row["statement"], row["source"], row["date"], row["entered_by"], row["page"] or ""])
                if not statements:
                    rows.append([*place, gap, "", "", "", ""])
        others = [self.names[code] for code in sorted(self.names) if code not in (*shown, NATION)]
        notes = [self.say("xlsx_note_evidence")]
        notes += [self.say("xlsx_note_evidence_none", regions=", ".join(others))] if others else []
        return Sheet(self.say("xlsx_sheet_evidence"), notes, Table(columns, rows), 2)

    def _sources(self) -> Sheet:
        kinds = {"published": "date", "retrieved": "date", "title": LONG_TEXT, "covers": LONG_TEXT, "page": LONG_TEXT, "sha256": LONG_TEXT}
        keys = ("file", "kind", "publisher", "title", "table_id", "covers", "published", "retrieved", "licence", "page", "sha256")
        headings = {"table_id": "xlsx_table_id", "page": "xlsx_web", "sha256": "xlsx_sha256"}
        columns = [Column(self.say(headings.get(key, key)), kinds.get(key, TEXT)) for key in keys]
        rows: list[list[Any]] = []
        strong = set()
        for source in self.sources.entries.values():
            if source.kind == "illustrative":
                strong.add(len(rows))
            cells = [getattr(source, key) for key in keys]
            cells[1] = self.say(f"kind_{source.kind}")
            cells[4] = source.table_id or ""
            cells[6] = source.published or self.say("not_stated")
            rows.append(cells)
        return Sheet(self.say("xlsx_sheet_sources"), (self.say("credit"),), Table(columns, rows, frozenset(strong)), 1)

    def _method(self) -> Sheet:
        columns = [Column(self.say("xlsx_part")), Column(self.say("xlsx_what"), LONG_TEXT), Column(self.say("xlsx_choice"), LONG_TEXT)]
        columns += [Column(self.say("xlsx_formula"), LONG_TEXT), Column(self.say("reason"), LONG_TEXT)]
        rows = [*self._choices(), *map(self._indicator, self.award.indicators), *self._challenges(), *self._checks()]
        notes = (self.say("xlsx_note_method"), self.say("xlsx_letters"))
        return Sheet(self.say("xlsx_sheet_method"), notes, Table(columns, rows), 2)

    def _choices(self) -> Iterable[list[Any]]:
        years, window, choice = self.award.years, self.award.window, self.award.ranking
        part = self.say("xlsx_part_award")
        yield [part, self.say("xlsx_what_years"), f"{years.first}–{years.last}", "", ""]
        yield [part, self.say("xlsx_what_window"), f"{window.base}–{window.final}", "", window.reason]
        yield [part, self.say("xlsx_what_candidates"), choice.candidates, "", choice.reason]
        for key in ("normalisation", "aggregation", "ties", "denominator"):
            name = getattr(choice, key)
            formula = self.say(f"xlsx_formula_{name}") if f"xlsx_formula_{name}" in WORDS else ""
            yield [part, self.say(f"xlsx_what_{key}"), self.say(f"{key}_{name}"), formula, choice.reason]

    def _indicator(self, indicator: Indicator) -> list[Any]:
        direction = self.say(f"direction_{indicator.direction}")
        weight = self.say("xlsx_weight_is", weight=indicator.weight, direction=direction)
        formula = FORMULAS.get(indicator.name, f"sql/indicators/{indicator.name}.sql")
        choice = weight if indicator.weight else self.say("xlsx_weight_none")
        return [self.say("indicator"), self.labels[indicator.name], choice, formula, indicator.reason]

    def _challenges(self) -> Iterable[list[Any]]:
        for key in ("draws", "seed", "robust_share", "marginal_share", "near_share"):
            yield [self.say("xlsx_sheet_robustness"), self.say(f"xlsx_what_{key}"), getattr(self.award.robustness, key), "", ""]
        for scenario in self.award.robustness.scenarios:
            yield [self.say("scenario"), scenario.name, self._errors(scenario), "", scenario.reason]

    def _errors(self, scenario: Scenario) -> str:
        errors = (("exports", scenario.exports_relative_error), ("population", scenario.population_relative_error))
        return "; ".join(self.say(f"xlsx_error_{of}", error=self.language.percent(error, 1)) for of, error in errors if error)

    def _checks(self) -> Iterable[list[Any]]:
        for key, bound in self.award.validation.model_dump().items():
            yield [self.say("xlsx_part_bounds"), self.say(f"xlsx_what_{key}"), bound, "", ""]
        for row in self.tables["validation.exceptions"]:
            about = [self.names.get(row["region_code"]), row["year"], row["size_class"]]
            place = ", ".join(str(part) for part in about if part is not None)
            yield [self.say("xlsx_part_exception"), ": ".join(filter(None, [row["audit"], place])), row["found"], "", row["reason"]]
        for limit in self.say("limit_list").split("\n"):
            yield [self.say("xlsx_part_limit"), limit, "", "", ""]

    def _traces(self) -> Sheet:
        keys = (
            "shown",
            "unrounded",
            "quantity",
            "table_name",
            "row_key",
            "column_name",
            "trace_formula",
            "rounding",
            "sql_files",
            "raw_cells",
        )
        kinds = {
            "unrounded": "general",
            "shown": TEXT,
            "table_name": TEXT,
            "column_name": TEXT,
            "sql_files": WIDE_TEXT,
            "raw_cells": WIDE_TEXT,
        }
        columns = [Column(self.say("xlsx_trace"), "plain"), Column(self.say("region"))]
        columns += [Column(self.say(f"xlsx_{key}"), kinds.get(key, LONG_TEXT)) for key in keys]
        rows = []
        for row in self.tables["report.traces"]:
            if row["language"] == self.language.code:
                cells = [row[key.removeprefix("trace_")] for key in keys]
                rows.append([row["trace"], self.names.get(row["region_code"], row["region_code"]), *cells[:-1], cells[-1] or ""])
        return Sheet(self.say("xlsx_sheet_traces"), (self.say("xlsx_note_traces"),), Table(columns, rows), 2)

    # Columns and cells that several sheets share

    def _place_columns(self) -> list[Column]:
        return [Column(self.say("place"), "whole"), Column(self.say("region_code")), Column(self.say("region"), NAME)]

    def _place_cells(self, row: Row, none: str | None = None) -> list[Any]:
        place = row["rank"] if row["rank"] is not None else none
        return [place, row["region_code"], self.names[row["region_code"]]]

    def _share_columns(self) -> list[Column]:
        group = self.say("xlsx_group_shares")
        kinds = (("weightings", "percent"), ("error", "fine percent"), ("windows", "percent"), ("methods", "percent"))
        return [Column(self.say(f"xlsx_{key}"), kind, group) for key, kind in kinds]

    def _shares(self, code: str) -> list[Any]:
        row = self._by_region("robustness.candidate_shares").get(code, {})
        return [row.get(key) for key in ("weights_share", "standard_error", "windows_share", "methods_share")]

    def _value_columns(self, indicators: Iterable[Indicator]) -> list[Column]:
        return [self._valued(self.labels[indicator.name], indicator.name, indicator.name) for indicator in indicators]

    def _part_column(self, indicator: str, name: str) -> Column:
        """A column of an indicator's table; its Swedish heading stands in words.py, else its meaning in the schema."""
        table = schemas()[f"indicators.{indicator}"]
        label = self.labels[indicator]
        if name == "status":
            return Column(self.say("xlsx_known"), TEXT, label)
        if name == indicator:
            return self._valued(self.say("value"), indicator, name, label)
        year = self.award.window.base if name == "base" else self.award.window.final
        known = f"xlsx_column_{name}"
        heading = self.say(known, year=year) if known in WORDS else str(table.columns[name].description)
        return self._valued(heading, indicator, name, label)

    def _valued(self, heading: str, indicator: str, name: str, group: str = "") -> Column:
        columns = schemas()[f"indicators.{indicator}"].columns
        unit = (columns[name].metadata or {}).get("unit")
        signed = name == indicator and "base" in columns
        if unit is None:
            return Column(heading, "general", group)
        if unit in ("relative change", "share"):
            kind = "signed percent" if signed else "percent"
        elif unit.startswith("SEK") or unit in ("persons", "enterprises"):
            kind = "amount" if unit in ("SEK", "SEK per enterprise") else "whole"
        else:
            kind = "signed decimal" if signed else "decimal"
        shown = self.say(f"xlsx_unit_{unit}") if f"xlsx_unit_{unit}" in WORDS else unit
        return Column(f"{heading} ({shown})", kind, group)

    def _by_region(self, table: str) -> dict[str, Row]:
        return {row["region_code"]: row for row in self.tables[table]}

    def _verdict(self, row: Row | None) -> str:
        if row is None:
            return ""
        if row["verdict"] == "marginal" and not row["is_candidate"]:
            return self.say("verdict_near")
        return self.say("verdict_" + row["verdict"].replace(" ", "_"))

    def _not_ranked(self, reasons: str | None) -> str:
        found = [reason.split(": ") for reason in (reasons or "").split("; ") if reason]
        return "; ".join(f"{self.labels[name]}: {self._status(status)}" for name, status in found)

    def _status(self, status: str | None) -> str:
        return self.say(f"xlsx_status_{status or 'missing'}")

    def _yes(self, flag: bool) -> str:
        return self.say("yes" if flag else "no")

    @staticmethod
    def _candidates_among(rows: Sequence[Row]) -> frozenset[int]:
        return frozenset(number for number, row in enumerate(rows) if row["is_candidate"])


GROUND_WORDS = {kind: "ground_" + re.sub(r"[ -]", "_", kind) for kind in GROUNDS}


# How it is written


@dataclass
class _Pen:
    """Writes sheets into a workbook."""

    workbook: xlsxwriter.Workbook
    language: Language
    formats: dict[str, Format] = field(default_factory=dict)

    def sheet(self, sheet: Sheet, title: str, notice: str, short: str) -> None:
        """A sheet from its title to its page set-up."""
        page = self.workbook.add_worksheet(sheet.name)
        widths = _widths(sheet)
        for number, wide in enumerate(widths):
            page.set_column(number, number, wide)
        letters = int(min(max(sum(widths) * 0.85, 60), LETTERS_IN_A_NOTE))
        line = self._lines(page, 0, [title], self._format(bold=True, font_size=15, font_color=DARK))
        if notice:
            warning = self._format(bold=True, bg_color=WARNING, font_color="#5c3a00")
            line = self._lines(page, line, textwrap.wrap(notice, int(letters * 0.9)), warning, len(widths))
        for note in sheet.notes:
            line = self._lines(page, line, textwrap.wrap(note, letters), self._format(font_color=GREY))
        heading = line + 1
        body = self._table(page, heading, sheet.table, widths, filtered=True)
        page.freeze_panes(body, sheet.fixed)
        line = body + len(sheet.table.rows)
        for caption, table in sheet.below:
            line = self._lines(page, line + 1, [caption], self._format(bold=True, font_size=12, font_color=DARK))
            line = self._table(page, line, table, widths) + len(table.rows)
        page.hide_gridlines(2)
        page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        page.set_landscape()
        page.set_paper(A4 if sum(widths) <= LETTERS_ON_A4 else A3)
        page.fit_to_pages(1, 0)
        page.repeat_rows(heading, body - 1)
        page.print_area(0, 0, max(line - 1, 0), len(widths) - 1)
        page.set_margins(0.4, 0.4, 0.7, 0.6)
        page.set_header(_header(f"&L{_unmarked(title)}", f"&R&B{_unmarked(short)}" if short else ""))
        page.set_footer(_header("&Lexportregion", f"&R{words(self.language)('xlsx_page')}"))

    def _lines(self, page: Worksheet, at: int, lines: Sequence[str], style: Format, filled: int = 1) -> int:
        """Lines of text one below the other, filled over so many columns; gives the line after them."""
        for number, text in enumerate(lines):
            page.write_string(at + number, 0, _visible(text), style)
            for column in range(1, filled):
                page.write_blank(at + number, column, None, style)
        return at + len(lines)

    def _table(self, page: Worksheet, at: int, table: Table, widths: Sequence[float], *, filtered: bool = False) -> int:
        """A table with its heading; gives the line of its first row."""
        look: dict[str, Any] = {"bold": True, "bg_color": DARK, "font_color": "white"}
        if any(column.group for column in table.columns):
            self._groups(page, at, table, widths, look)
            at += 1
        lines = 1
        for number, column in enumerate(table.columns):
            style = self._format(**look, text_wrap=True, valign="top", left=1, left_color=RULE, **_aligned(column.kind))
            page.write_string(at, number, _visible(column.heading), style)
            lines = max(lines, _lines_of(column.heading, widths[number]))
        page.set_row(at, LINE_HEIGHT * lines + (16 if filtered else 4))
        for number, row in enumerate(table.rows):
            texts = [(value, wide) for column, value, wide in zip(table.columns, row, widths, strict=False) if column.kind in WRAPPED]
            page.set_row(at + 1 + number, LINE_HEIGHT * max([1, *(_lines_of(str(value), wide) for value, wide in texts)]) + 2)
            for place, (column, value) in enumerate(zip(table.columns, row, strict=True)):
                self._cell(page, at + 1 + number, place, value, column.kind, strong=number in table.strong, band=number % 2 == 1)
        if filtered:
            page.autofilter(at, 0, at + max(len(table.rows), 1), len(table.columns) - 1)
        return at + 1

    def _groups(self, page: Worksheet, at: int, table: Table, widths: Sequence[float], look: dict[str, Any]) -> None:
        """The line of headings that columns share."""
        lines = 1
        for group, members in itertools.groupby(enumerate(table.columns), key=lambda pair: pair[1].group):
            numbers = [number for number, _ in members]
            style = self._format(**look, text_wrap=True, valign="vcenter", align="center", left=1 if group else 0, left_color=RULE)
            if len(numbers) > 1 and group:
                page.merge_range(at, numbers[0], at, numbers[-1], "", style)
            for number in numbers[: 1 if group else None]:
                page.write_string(at, number, _visible(group), style)
            lines = max(lines, _lines_of(group, sum(widths[number] for number in numbers)) if group else 1)
        page.set_row(at, LINE_HEIGHT * lines + 6)

    def _cell(self, page: Worksheet, line: int, place: int, value: Any, kind: str, *, strong: bool, band: bool) -> None:
        look: dict[str, Any] = {"valign": "top", "bottom": 1, "bottom_color": LINE, **_aligned(kind)}
        look |= {"bg_color": STRONG} if strong else {"bg_color": BAND} if band else {}
        if isinstance(value, int | float | Decimal) and not math.isfinite(value):
            value = None
        if value is None:
            page.write_string(line, place, UNKNOWN, self._format(**look, font_color=GREY))
        elif isinstance(value, datetime.date):
            page.write_datetime(line, place, value, self._format(**look, num_format=self._number_format("date")))
        elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            page.write_number(line, place, _Exact(value), self._format(**look, num_format=self._number_format(kind)))
        else:
            style = self._format(**look, text_wrap=kind in WRAPPED, bold=strong and kind == NAME)
            page.write_string(line, place, _visible(str(value)), style)

    def _number_format(self, kind: str) -> str:
        shown = NUMBERS[kind][0] if kind in NUMBERS else "General"
        return shown.replace("%", " %") if self.language.code == "sv" else shown

    def _format(self, **look: Any) -> Format:
        key = repr(sorted(look.items()))
        if key not in self.formats:
            self.formats[key] = self.workbook.add_format(look)
        return self.formats[key]


def _aligned(kind: str) -> dict[str, Any]:
    return {"align": "right"} if kind in NUMBERS else {"align": "left", "indent": 1}


def _lines_of(text: str, wide: float) -> int:
    """How many lines a text takes in a column."""
    return sum(len(textwrap.wrap(line, max(int(wide) - 2, 4))) or 1 for line in text.split("\n"))


def _widths(sheet: Sheet) -> list[float]:
    """Each column as wide as its longest cell, the longest word of its heading and its part of the heading above need."""
    widths = [_width(column, [row[number] for row in sheet.table.rows]) for number, column in enumerate(sheet.table.columns)]
    for _, table in sheet.below:
        for number, column in enumerate(table.columns):
            widths[number] = max(widths[number], _width(column, ()))
    for group in {column.group for column in sheet.table.columns} - {""}:
        members = [number for number, column in enumerate(sheet.table.columns) if column.group == group]
        lacking = len(group) * 0.6 + 6 - sum(widths[number] for number in members)
        for number in members:
            widths[number] += math.ceil(max(lacking, 0) / len(members))
    return widths


def _width(column: Column, values: Sequence[Any]) -> float:
    word = math.ceil(max(map(len, column.heading.split()), default=0) * 1.15) + 4
    if column.kind in NUMBERS:
        return max(word, NUMBERS[column.kind][1], min(len(column.heading) / 4, 18))
    longest = max((len(str(value)) for value in values if value is not None), default=0) * 1.05 + 3
    return min(max(word, longest), WIDEST[column.kind])


def _visible(text: str) -> str:
    """Text that any reader shows, its breaks of lines kept; what is too long for a cell ends in dots."""
    shown = "\n".join(str(visible(line)) for line in text.split("\n"))
    return shown if len(shown) <= LONGEST_CELL else shown[: LONGEST_CELL - 1] + "…"


def _unmarked(text: str) -> str:
    """Text for a header or a footer, where & marks a code."""
    return _visible(text).replace("&", "&&").replace("\n", " ")


def _header(left: str, right: str) -> str:
    """A header's left and right part; the left one gives way where both are too long for it."""
    room = LONGEST_HEADER - len(right)
    return left[:room].rstrip("&") + right
