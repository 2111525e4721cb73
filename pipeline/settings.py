"""Choices and facts that are not figures: awards/<year>.toml and data/raw/sources.toml, as frozen, closed models."""

import datetime
import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal, Self, TypeVar

import tomlkit
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from pipeline.faults import DataRefused, Fault

PROJECT = Path(__file__).resolve().parents[1]
AWARDS = PROJECT / "awards"
MICRODATA = PROJECT / "microdata.toml"
EVIDENCE = "-evidence"
"""What the name of an award's file has more when it holds the award's evidence."""


class Closed(BaseModel):
    """A model that never changes and knows all its keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _exact(weight: Any) -> Fraction:
    if isinstance(weight, bool) or not isinstance(weight, int | str | Decimal):
        raise ValueError('a weight is a number or a fraction such as "1/3"')
    try:
        return Fraction(weight)
    except (ValueError, ZeroDivisionError, OverflowError):
        raise ValueError('a weight is a number or a fraction such as "1/3"') from None


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("a text that says something")
    return text


def on_the_web(address: str) -> bool:
    """Whether a text is an address on the web, with no sign that such an address cannot have."""
    return bool(re.fullmatch(r'https?://[^\s<>"{}|\\^`]+', address))


def _on_the_web(address: str) -> str:
    if not on_the_web(address):
        raise ValueError("an address that begins with https:// or http:// and has no spaces")
    return address


def _folder(address: str) -> str:
    if not address.endswith("/"):
        raise ValueError("the address of the folder of results, which ends with /")
    return address


def _county(code: str) -> str:
    if code == "00":
        raise ValueError("a county; 00 is the nation, which is never nominated")
    return code


def source_name(name: str) -> str:
    """A source's name, which is a folder's too. Raises ValueError."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ValueError("a source's name: small letters, digits and _, first a letter")
    return name


def _day(vintage: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(vintage[:10])
    except ValueError:
        return None


def _first(entry: dict[str, Any]) -> str:
    """The name of the vintage that an entry itself is; one without a day is refused for that, under any name."""
    retrieved = entry.get("retrieved")
    return retrieved.isoformat()[:10] if isinstance(retrieved, datetime.date) else "1900-01-01"


def _vintage(name: str) -> str:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d(-\d+)?", name) or _day(name) is None:
        raise ValueError("a vintage is named by the day of its retrieval, 2027-02-22; the second of a day 2027-02-22-2")
    return name


def _vintage_order(name: str) -> tuple[str, int]:
    return name[:10], int(name[11:] or 1)


EXPRESSION = re.compile(r"(?:FROM|TO)\(([^(),]+)\)|RANGE\(([^(),]+),([^(),]+)\)")


def _code(code: str) -> str:
    if not code or ("(" in code and re.match(r"[A-Z]+\(", code) and not EXPRESSION.fullmatch(code)):
        raise ValueError("a code of the table, or *, ?, FROM(a), TO(a), RANGE(a,b)")
    return code


Weight = Annotated[Fraction, BeforeValidator(_exact)]
Text = Annotated[str, Field(min_length=1)]
RegionCode = Annotated[str, Field(pattern=r"^\d\d$")]
Year = Annotated[int, Field(ge=1900, le=2100, strict=True)]
Said = Annotated[str, AfterValidator(_said)]
WebAddress = Annotated[str, Field(max_length=2000), AfterValidator(_on_the_web)]
Day = Annotated[datetime.date, Field(strict=True, ge=datetime.date(1900, 1, 1), le=datetime.date(2100, 12, 31))]


class Years(Closed):
    """The years of data that the round uses, both included."""

    first: Year
    last: Year

    @model_validator(mode="after")
    def in_order(self) -> Self:
        if self.first >= self.last:
            raise ValueError("the first year must come before the last")
        return self


class Window(Closed):
    """The base and final year between which growth is measured."""

    base: Year
    final: Year
    reason: Text

    @model_validator(mode="after")
    def in_order(self) -> Self:
        if self.base >= self.final:
            raise ValueError("the base year must come before the final year")
        return self


class Ranking(Closed):
    """How indicators become a ranking; docs/method.md defines each choice."""

    candidates: int = Field(ge=1, strict=True)
    denominator: Literal["year-end", "mean"]
    normalisation: Literal["min-max", "z-score", "percentile-rank", "rank"]
    aggregation: Literal["arithmetic", "geometric"]
    ties: Literal["min", "max", "dense"]
    reason: Text

    @model_validator(mode="after")
    def positive_scores(self) -> Self:
        if self.aggregation == "geometric" and self.normalisation in ("min-max", "z-score"):
            raise ValueError(
                f'the geometric mean needs positive scores, and {self.normalisation} gives zero or less: choose normalisation "rank" or'
                ' "percentile-rank", or aggregation "arithmetic"'
            )
        return self


class Indicator(Closed):
    """An indicator of the award: its name is its file in sql/indicators. Weight 0: shown, not counted."""

    name: str
    label: Text
    weight: Weight = Field(ge=0, le=1)
    direction: Literal["higher", "lower"]
    reason: Text


class Bounds(Closed):
    """Factors beyond which a figure is questioned before it is used."""

    largest_yearly_factor: float = Field(gt=1)
    largest_population_factor: float = Field(gt=1)
    largest_published_factor: float = Field(gt=1)


class Scenario(Closed):
    """A relative error that figures may have: 0.02 is 2 % up or down."""

    name: Text
    reason: Text
    exports_relative_error: float = Field(default=0, ge=0, lt=1)
    population_relative_error: float = Field(default=0, ge=0, lt=1)

    @model_validator(mode="after")
    def errs(self) -> Self:
        if not self.exports_relative_error + self.population_relative_error:
            raise ValueError("a scenario has an exports_relative_error or a population_relative_error above zero")
        return self


class Robustness(Closed):
    """What challenges to the ranking are measured with, and what the verdicts mean."""

    draws: int = Field(ge=1, strict=True)
    seed: int = Field(ge=0, strict=True)
    robust_share: float = Field(ge=0, le=1)
    marginal_share: float = Field(ge=0, le=1)
    near_share: float = Field(ge=0, le=1)
    scenarios: tuple[Scenario, ...] = ()

    @model_validator(mode="after")
    def in_order(self) -> Self:
        if not self.near_share <= self.marginal_share <= self.robust_share:
            raise ValueError("near_share, marginal_share and robust_share rise in this order")
        names = [scenario.name for scenario in self.scenarios]
        if len(set(names)) < len(names):
            raise ValueError(
                f"the scenario {next(name for name in names if names.count(name) > 1)!r} is there twice; each has a name of its own"
            )
        return self


class Report(Closed):
    """When the report adds a caveat to a sentence."""

    small_base_share: float = Field(default=0.5, gt=0, le=1)


class AcceptedException(Closed):
    """A row of an audit that is known and right. A key left out means any."""

    audit: str
    reason: Text
    region_code: RegionCode | None = None
    year: Year | None = None
    size_class: str | None = None


class Publication(Closed):
    """What a data portal asks for and only the publisher knows; docs/publishing.md tells what each key becomes."""

    publisher: Said
    publisher_page: WebAddress
    publisher_type: Literal["NationalAuthority", "RegionalAuthority", "LocalAuthority"]
    contact: Said
    email: Annotated[str, Field(pattern=r"^[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+$")]
    address: Annotated[WebAddress, AfterValidator(_folder)]
    licence: WebAddress | None = None
    issued: datetime.date | None = None


class Award(Closed):
    """Every choice of one award round."""

    name: str
    file: Path
    title: str
    years: Years
    window: Window
    ranking: Ranking
    indicators: tuple[Indicator, ...] = Field(min_length=1)
    validation: Bounds
    robustness: Robustness
    report: Report = Report()
    accepted_exceptions: tuple[AcceptedException, ...] = ()
    publication: Publication | None = None
    vintages: dict[str, str] = {}

    @model_validator(mode="after")
    def consistent(self) -> Self:
        if not self.years.first <= self.window.base < self.window.final <= self.years.last:
            raise ValueError(
                f"the window {self.window.base}–{self.window.final} must lie within the years {self.years.first}–{self.years.last}"
            )
        total = sum((indicator.weight for indicator in self.indicators), Fraction(0))
        if total != 1:
            raise ValueError(f"the weights add up to {_plain(total)}; they must add up to 1")
        names = [indicator.name for indicator in self.indicators]
        if len(set(names)) < len(names):
            raise ValueError(f"the indicator {next(name for name in names if names.count(name) > 1)} is listed twice")
        return self


class Statement(Closed):
    """What is known of a county's work with exports, beyond trade figures: one ground, as one source states it."""

    region_code: Annotated[RegionCode, AfterValidator(_county)]
    kind: Literal["collaboration", "cross-border partners", "companies reached", "brand"]
    statement: Said
    source: Said
    page: WebAddress | None = None
    date: Day
    entered_by: Said


class Evidence(Closed):
    """awards/<year>-evidence.toml: statements that stand beside the figures and never enter the score."""

    file: Path
    statements: tuple[Statement, ...] = ()

    @model_validator(mode="after")
    def nothing_twice(self) -> Self:
        seen: dict[tuple[str, str, str], int] = {}
        for number, given in enumerate(self.statements, 1):
            first = seen.setdefault((given.region_code, given.kind, given.statement), number)
            if first != number:
                raise ValueError(f"statements {first} and {number} say the same of {given.region_code} on {given.kind}")
        return self


ALLOCATION_BASES = ("production-place", "workplace-share", "head-office")


class SizeDefinition(Closed):
    """Whose employees decide the size class of an enterprise."""

    definition: Literal["enterprise", "group"]
    reason: Said


class Allocation(Closed):
    """How an enterprise's value is placed in regions. Industries are codes of SNI 2007, or their first digits."""

    basis: Literal["production-place", "workplace-share", "head-office"]
    goods_producing: tuple[Annotated[str, Field(pattern=r"^\d\d$")], ...] = Field(min_length=1)
    head_office_industry: Annotated[str, Field(pattern=r"^\d{2,5}$")]
    reason: Said


class ExporterThreshold(Closed):
    """From which value in a year an enterprise counts as an exporter."""

    threshold_sek: Decimal = Field(gt=0, max_digits=18, decimal_places=2)
    reason: Said


class Disclosure(Closed):
    """When a cell is unsafe to publish. Without control the table is for nobody outside the room where the microdata are."""

    control: bool = Field(strict=True)
    fewest_groups: int = Field(ge=2, le=100, strict=True)
    p_percent: Decimal = Field(gt=0, le=100)
    reason: Said


class Dominance(Closed):
    """From which share of a county's change one enterprise group is said to carry it."""

    share: Decimal = Field(gt=0, lt=1)
    reason: Said


class MicrodataMethod(Closed):
    """Every choice by which firm-level records become the county table."""

    file: Path
    size: SizeDefinition
    allocation: Allocation
    exporters: ExporterThreshold
    disclosure: Disclosure
    dominance: Dominance


class Break(Closed):
    """What holds from a year on, within one file: figures before and after do not join."""

    since: Year
    series: Text | None = None
    size_definition: Text | None = None
    threshold: Text | None = None

    @model_validator(mode="after")
    def breaks(self) -> Self:
        if not (self.series or self.size_definition or self.threshold):
            raise ValueError("a break says what is new from its year on: series, size_definition or threshold")
        return self


class Layout(Closed):
    """How to read one table out of a file. Rows count from 1.

    series says how values are placed in regions, size_definition whose employees a size class counts, threshold from which
    value an enterprise is included. Growth over two that differ is refused. noise is the most that a publisher may have added to
    or taken from each population, to disclose nobody.
    """

    columns: dict[str, str] = Field(min_length=1)
    sheet: str | None = None
    header_row: tuple[int, ...] = (1,)
    unit: Literal["SEK", "thousand SEK", "million SEK"] | None = None
    series: Text | None = None
    size_definition: Text | None = None
    threshold: Text | None = None
    noise: int = Field(default=0, ge=0, strict=True)
    breaks: tuple[Break, ...] = ()
    size_classes: dict[str, str] = {}
    regions: dict[str, str] = {}
    ignore: tuple[str, ...] = ()
    year_stored_as: Literal["number", "text", "date"] = "number"
    decimal: Literal[",", "."] = ","
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    encoding: str = "utf-8"

    @model_validator(mode="before")
    @classmethod
    def one_header_row(cls, given: Any) -> Any:
        if isinstance(given, dict) and isinstance(given.get("header_row"), int):
            return given | {"header_row": [given["header_row"]]}
        return given

    @model_validator(mode="after")
    def rows_in_order(self) -> Self:
        if not self.header_row or self.header_row[0] < 1 or list(self.header_row) != sorted(set(self.header_row)):
            raise ValueError("header_row counts from 1, downwards")
        return self

    @model_validator(mode="after")
    def breaks_in_order(self) -> Self:
        years = [each.since for each in self.breaks]
        if years != sorted(set(years)):
            raise ValueError("breaks stand in the order of their years, each year once")
        return self

    def series_in(self, year: int) -> str | None:
        """The series that a year's figures belong to: the basis of allocation, and what else is stated of it."""
        stated = {"series": self.series, "size_definition": self.size_definition, "threshold": self.threshold}
        for each in self.breaks:
            if each.since <= year:
                stated |= {key: value for key, value in each.model_dump(exclude={"since"}).items() if value}
        series = stated.pop("series")
        return (
            "; ".join([series or "", *(f"{key.replace('_', ' ')} {value}" for key, value in stated.items() if value)]).strip("; ") or None
        )


class Fetch(Closed):
    """How an open table is asked for from a PxWebApi 2: its codes by variable, and what each variable becomes.

    A code may be * or ? (any), FROM(a), TO(a) or RANGE(a,b): they become explicit codes, in the table's order, before the
    table is asked.
    """

    base_url: Annotated[WebAddress, Field(pattern=r"^[^?#]*$")]
    note: Text | None = None
    selection: dict[str, Annotated[tuple[Annotated[str, AfterValidator(_code)], ...], Field(min_length=1)]]
    columns: dict[str, str] = Field(min_length=1)
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] = "sv"
    noise: int = Field(default=0, ge=0, strict=True)


class Source(Closed):
    """One vintage of a source: a raw file, where it comes from, what it covers, and how to read it."""

    table: Literal["regions", "population", "goods_exports", "services_exports", "published_export_totals"]
    file: str
    kind: Literal["official", "illustrative"]
    publisher: Text
    title: Text
    page: Text
    covers: Text
    retrieved: datetime.date
    licence: Text
    sha256: str
    read: tuple[Layout, ...]
    table_id: str | None = None
    published: datetime.date | None = None
    note: str | None = None

    @model_validator(mode="before")
    @classmethod
    def one_layout(cls, given: Any) -> Any:
        if isinstance(given, dict) and isinstance(given.get("read"), dict):
            return given | {"read": [given["read"]]}
        return given

    @model_validator(mode="after")
    def stays_in_place(self) -> Self:
        path = PurePosixPath(self.file)
        if path.is_absolute() or ".." in path.parts or "\\" in self.file:
            raise ValueError("file is a path inside the folder of sources.toml")
        return self


UNDECIDED = "ATT BESLUTA"
"""What stands in an award, first in a text, where a round has to decide."""
OF_THE_FILE = ("file", "kind", "covers", "retrieved", "published", "sha256", "note")
"""What is said of one file and never holds for the next."""


class Entry(Closed):
    """A source: its vintages, the newest last, and how the next one is fetched.

    In sources.toml the entry itself is the first vintage, named by its day of retrieval. Each later one is a table of its
    own, [source.vintages.2027-02-22], and says of the file all that OF_THE_FILE names, and of the rest what differs.
    An entry without a file is a source that has not been fetched yet.
    """

    vintages: dict[Annotated[str, AfterValidator(_vintage)], Source]
    first: str | None = None
    fetch: Fetch | None = None
    table_id: str | None = None
    table: str | None = None

    @model_validator(mode="before")
    @classmethod
    def inherited(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        own = {key: value for key, value in given.items() if key not in ("vintages", "fetch")}
        later = given.get("vintages", {})
        vintages = {_first(own): own} if "file" in own or not (later or "fetch" in given) else {}
        if isinstance(later, dict):
            shared = {key: value for key, value in own.items() if key not in OF_THE_FILE}
            for name, vintage in later.items():
                if not isinstance(vintage, dict) or "retrieved" in vintage or name in vintages:
                    raise ValueError(f"the vintage {name} is a table that says what differs, named by the day of its retrieval, each once")
                vintages[name] = {**shared, "retrieved": _day(name), **vintage}
        elif later:
            raise ValueError("vintages are tables named by the day of their retrieval")
        first = _first(own) if _first(own) in vintages and vintages[_first(own)] is own else None
        return {"vintages": vintages, "first": first} | {key: given[key] for key in ("fetch", "table_id", "table") if key in given}

    @model_validator(mode="after")
    def in_order(self) -> Self:
        if self.fetch and not self.table_id:
            raise ValueError("a source that is fetched says its table_id")
        # The dictionary stays the same object: the model is frozen, and vintages are read newest last everywhere.
        ordered = {name: self.vintages[name] for name in sorted(self.vintages, key=_vintage_order)}
        self.vintages.clear()
        self.vintages.update(ordered)
        return self


class Sources(Closed):
    """All raw files: every source's history, and of each the vintage that is used."""

    folder: Path
    history: dict[str, Entry] = {}
    entries: dict[str, Source]


def award_names() -> list[str]:
    """The rounds there is an award file for."""
    return sorted(path.stem for path in AWARDS.glob("*.toml") if not path.stem.endswith(EVIDENCE))


def load_award(award: str) -> Award:
    """Read an award by name ("2021", in awards/) or by the path of its file.

    Raises DataRefused with every fault of the file; FileNotFoundError when there is none.
    """
    path = Path(award) if award.endswith(".toml") else AWARDS / f"{award}.toml"
    try:
        missing = not path.is_file()
    except OSError:
        missing = True
    if missing:
        raise FileNotFoundError(path)
    return _load(Award, path, {"name": path.stem, "file": path})


def load_microdata_method(path: Path) -> MicrodataMethod:
    """Read the choices of a build from microdata. Raises DataRefused with every fault of the file."""
    return _load(MicrodataMethod, path, {"file": path})


def undecided(award: Award) -> list[Fault]:
    """Every text of an award that is still to decide, a fault each."""

    def walk(value: Any, place: str) -> Iterator[Fault]:
        if isinstance(value, dict):
            for key, inner in value.items():
                yield from walk(inner, f"{place}.{key}" if place else key)
        elif isinstance(value, list | tuple):
            for number, inner in enumerate(value, 1):
                yield from walk(inner, f"{place}.{number}")
        elif isinstance(value, str) and _open(value):
            yield Fault(f"{award.file}, {place}", UNDECIDED, f"what the round decides for {place}", "Write it in place of the mark.")

    return list(walk(award.model_dump(), ""))


def next_award(text: str, name: str, before: str) -> str:
    """The text of a round's award file, made from an earlier round's, whose names are years.

    The last year of data and the window's final year move by as many years as lie between the rounds; the first year and the
    base stay, as the series allows and the earlier rounds had it. Every reason and every pinned vintage is marked: to decide.
    """
    moved = int(name) - int(before)
    document: Any = tomlkit.parse(text)

    def mark(table: Any, key: str) -> None:
        table[key] = UNDECIDED if key != "reason" else f"{UNDECIDED}. {before}: {table[key]}"

    def reasons(value: Any) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                mark(value, key) if key == "reason" else reasons(inner)
        elif isinstance(value, list):
            for inner in value:
                reasons(inner)

    reasons(document)
    document["title"] = str(document["title"]).replace(before, name)
    document["years"]["last"] += moved
    document["window"]["final"] += moved
    for source in document.get("vintages", {}):
        mark(document["vintages"], source)
    if "publication" in document:
        document["publication"].pop("issued", None)
        document["publication"]["address"] = str(document["publication"]["address"]).replace(before, name)
    head = f"# Made from {before}.toml. What is marked {UNDECIDED} is to decide anew; `exportregion run --award {name}` lists it.\n"
    return head + tomlkit.dumps(document)


def _open(text: str) -> bool:
    return text.startswith(UNDECIDED)


def evidence_file(award: Award) -> Path:
    """Where an award's evidence stands, if there is any: beside its file, with a longer name."""
    return award.file.with_name(f"{award.file.stem}{EVIDENCE}.toml")


def load_evidence(award: Award) -> Evidence:
    """Read an award's evidence; an award without the file has none. Raises DataRefused with every fault of the file."""
    path = evidence_file(award)
    return _load(Evidence, path, {"file": path}) if path.exists() else Evidence(file=path)


def load_sources(folder: Path, award: Award | None = None) -> Sources:
    """Read sources.toml of a raw-data folder; entries are the vintages that the award uses, without an award the newest.

    An award uses the vintage that it pins, and of a source that it does not pin the first, the entry itself: so a later vintage
    changes no award until the award says so. Raises DataRefused with every fault of the file and of the pins.
    """
    path = folder / "sources.toml"
    if not path.is_file():
        raise DataRefused(
            [Fault(str(path), "no such file", "an entry for each raw file", "Point --data at the folder that holds sources.toml.")]
        )
    history = _load(History, path, {}, within="sources").sources
    faults = list(_pins(award, history)) if award else []
    if faults:
        raise DataRefused(faults)
    entries = {}
    for name, entry in history.items():
        newest = next(reversed(entry.vintages), None)
        used = newest if award is None or _open(award.vintages.get(name, "")) else award.vintages.get(name, entry.first)
        if used is not None:
            entries[name] = entry.vintages[used]
    return Sources(folder=folder, history=history, entries=entries)


def _pins(award: Award, history: Mapping[str, Entry]) -> Iterator[Fault]:
    """The vintages that an award pins and that are not there."""
    for name, vintage in award.vintages.items():
        where = f"{award.file}, vintages.{name}"
        if name not in history:
            yield Fault(where, f"the source {name!r}", f"one of {', '.join(history)}", "Correct its name, or describe it in sources.toml.")
        elif vintage not in history[name].vintages and not _open(vintage):
            known = ", ".join(history[name].vintages) or "none yet"
            yield Fault(where, f"the vintage {vintage!r}", f"one of those there are: {known}", "`exportregion vintages` lists them.")


class History(Closed):
    """What sources.toml holds."""

    sources: dict[Annotated[str, AfterValidator(source_name)], Entry]


Model = TypeVar("Model", bound=Closed)


def _load(model: type[Model], path: Path, given: dict[str, Any], within: str | None = None) -> Model:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataRefused([Fault(str(path), f"a fault of TOML: {error}", "a TOML file in UTF-8", "Correct the line.")]) from None
    except OSError as error:
        is_none = isinstance(error, FileNotFoundError | IsADirectoryError)
        remedy = "Name one that is there." if is_none else "Check its permissions."
        raise DataRefused([Fault(str(path), error.strerror or str(error), "a readable file", remedy)]) from None
    clash = sorted(set(given) & set(content)) if within is None else []
    if clash:
        raise DataRefused([Fault(f"{path}, {clash[0]}", f"unknown key {clash[0]!r}", "only known keys", "Remove it.")])
    try:
        return model.model_validate({**given, within: content} if within else {**content, **given})
    except ValidationError as error:
        raise DataRefused([_fault(path, model, problem, within, content) for problem in error.errors()]) from None


def _fault(path: Path, model: type[Closed], problem: Any, within: str | None, content: dict[str, Any]) -> Fault:
    loc = [part for part in problem["loc"] if part not in (within, "[key]")]
    if loc[1:2] == ["vintages"] and loc[2] not in content[loc[0]].get("vintages", {}):
        del loc[1:3]
    where = f"{path}, {'.'.join(str(part + 1) if isinstance(part, int) else part for part in loc)}" if loc else str(path)
    if problem["type"] == "extra_forbidden":
        known = _keys(model, problem["loc"][:-1])
        close = difflib.get_close_matches(str(loc[-1]), known, n=1)
        hint = f"Did you mean {close[0]!r}?" if close else "Remove it, or correct its name."
        return Fault(where, f"unknown key {loc[-1]!r}", f"one of {', '.join(known)}", hint)
    if problem["type"] == "missing":
        return Fault(where, "nothing", f"the key {loc[-1]!r}", "Add it.")
    said = problem["msg"].removeprefix("Value error, ")
    if isinstance(problem["input"], dict | list | tuple):
        return Fault(where, said, "values of the kind and choices that fit together", "Correct the file.")
    return Fault(where, repr(problem["input"]), said[0].lower() + said[1:], "Correct the value.")


def _keys(model: Any, loc: tuple[Any, ...]) -> list[str]:
    """The keys that the model at loc knows."""
    for part in loc:
        if isinstance(part, int):
            continue
        field = model.model_fields.get(part)
        if field is None:
            continue
        arguments = [argument for argument in getattr(field.annotation, "__args__", (field.annotation,)) if isinstance(argument, type)]
        model = next((argument for argument in arguments if issubclass(argument, Closed)), model)
    return sorted(set(model.model_fields) - {"name", "file"} if model in (Award, Evidence, MicrodataMethod) else model.model_fields)


def _plain(number: Fraction) -> str:
    return str(number.numerator) if number.denominator == 1 else f"{number} ({float(number):.12g})"
