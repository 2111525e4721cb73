"""The choices for making the table of regions from firm-level records: microdata.toml, and the catalogue that it refers to."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, model_validator

from pipeline.catalogue import Catalogue, load_catalogue
from pipeline.declarations import TOTAL, Classes, Code
from pipeline.faults import Fault, refuse
from pipeline.home import PROJECT
from pipeline.settings import Closed, Prose, ShortText, load

MICRODATA = PROJECT / "microdata.toml"
AllocationBasis = Literal["production-place", "workplace-share", "head-office"]
ALLOCATION_BASES: tuple[str, ...] = get_args(AllocationBasis)
UNKNOWN_SIZE = "unknown"
REST = "rest"


@dataclass(frozen=True)
class Sizes:
    """The codes of a table's size classes: all, those of the group that indicators use, and those outside it."""

    codes: tuple[str, ...]
    group: str
    inside: tuple[str, ...]
    outside: tuple[str, ...]

    @property
    def rest(self) -> str:
        """The name of the classes outside the group; of a single class, its code."""
        return self.outside[0] if len(self.outside) == 1 else REST

    @property
    def parts(self) -> dict[str, tuple[str, ...]]:
        """The two parts of the total, and the classes of each."""
        return {self.group: self.inside, self.rest: self.outside}

    @property
    def sums(self) -> tuple[str, ...]:
        """The sums by which bases are compared: the two parts, and the total."""
        return (*self.parts, TOTAL)

    @property
    def cells(self) -> tuple[str, ...]:
        """Every size class and every sum, each once."""
        return tuple(dict.fromkeys((*self.codes, *self.sums)))


class SizeDefinition(Closed):
    """The classification of the size classes, its group that indicators use, and whose employees decide the class."""

    classes: str
    group: str
    definition: Literal["enterprise", "group"]
    reason: Prose


class Allocation(Closed):
    """How an enterprise's value is placed in regions. Industries are codes of SNI 2007, or their first digits."""

    basis: AllocationBasis
    goods_producing: tuple[Annotated[str, Field(pattern=r"^\d\d$")], ...] = Field(min_length=1)
    head_office_industry: Annotated[str, Field(pattern=r"^\d{2,5}$")]
    reason: Prose


class ExporterThreshold(Closed):
    """The value in a year from which an enterprise counts as an exporter."""

    threshold_sek: Decimal = Field(gt=0, max_digits=18, decimal_places=2)
    reason: Prose


class Disclosure(Closed):
    """When a cell is unsafe to publish. Without control the table may not leave the room where the microdata are."""

    control: bool = Field(strict=True)
    fewest_groups: int = Field(ge=2, le=100, strict=True)
    p_percent: Decimal = Field(gt=0, le=100)
    reason: Prose


class Dominance(Closed):
    """The share of a region's change from which one enterprise group carries it."""

    share: Decimal = Field(gt=0, lt=1)
    reason: Prose


class Errors(Closed):
    """The steps by which standard errors are published: upper bounds, as shares of the figure."""

    steps: tuple[Annotated[Decimal, Field(gt=0, le=1)], ...] = Field(min_length=1)
    reason: Prose

    @model_validator(mode="after")
    def far_apart(self) -> Self:
        if any(higher < lower * Decimal("1.5") for lower, higher in itertools.pairwise(self.steps)):
            raise ValueError("steps that rise, each at least half as large again as the one before: finer ones would disclose too much")
        return self


class MicrodataMethod(Closed):
    """Every choice for making the table of regions from firm-level records, and the catalogue that they refer to.

    industries: by language, the names of the divisions of SNI 2007.
    """

    file: Path
    geography: str
    size: SizeDefinition
    allocation: Allocation
    exporters: ExporterThreshold
    disclosure: Disclosure
    dominance: Dominance
    errors: Errors | None = None
    industries: dict[Code, dict[Annotated[str, Field(pattern=r"^\d\d$")], ShortText]] = Field(default={})
    catalogue: Catalogue = Field(default=None, exclude=True, repr=False)  # type: ignore[assignment]

    @property
    def classes(self) -> Classes:
        """The classification of size classes."""
        return self.catalogue.classes[self.size.classes]

    @cached_property
    def sizes(self) -> Sizes:
        """The size classes, in their order, and the group of them."""
        codes, group = self.classes.codes, self.classes.groups[self.size.group]
        inside, outside = (tuple(code for code in codes if (code in group) == is_in) for is_in in (True, False))
        return Sizes(codes, self.size.group, inside, outside)


def load_method(path: Path, folder: Path | None = None) -> MicrodataMethod:
    """Read the choices of a build from microdata, with the catalogue of their geography.

    folder: by default, the catalogue of the project that commands work in. Raises DataRefused with every fault of the file.
    """
    method = load(MicrodataMethod, path, file=path)
    catalogue = load_catalogue(method.geography, folder, f"{path}, geography")
    faults = list(_faults(method, catalogue))
    refuse(faults)
    return method.model_copy(update={"catalogue": catalogue})


def _faults(method: MicrodataMethod, catalogue: Catalogue) -> Iterator[Fault]:
    """Faults of the size classes: unknown names, a group with every class, reserved codes, and bounds with gaps."""
    size, where = method.size, f"{method.file}, size"

    def unknown(key: str, name: str, options: Mapping[str, Any]) -> Fault:
        remedy = f"Correct the name, or declare it in {catalogue.folder}."
        return Fault(f"{where}.{key}", repr(name), f"one of {', '.join(options) or 'none'}", remedy)

    classes = catalogue.classes.get(size.classes)
    if classes is None:
        yield unknown("classes", size.classes, catalogue.classes)
        return
    declared = f"{catalogue.folder / 'classes' / size.classes}.toml"
    if size.group not in classes.groups:
        yield unknown("group", size.group, classes.groups)
    elif {*classes.codes} == {*classes.groups[size.group]}:
        yield Fault(f"{where}.group", f"{size.group!r}, which has every class", "a group that leaves classes out", "Name another.")
    for code in {*classes.codes, size.group} & {UNKNOWN_SIZE, REST, TOTAL}:
        yield Fault(declared, f"a class or group called {code!r}", "another name", f"Rename it: {code} has another meaning here.")
    ends = sorted(classes.bounds.values())
    begins = [0, *(bound[1] + 1 for bound in ends if len(bound) > 1)]
    if [bound[0] for bound in ends if bound] != begins or len(ends) != len(classes.codes):
        expected = "bounds of each class, beginning at 0, each one above the end of the one before, the last without an end"
        yield Fault(f"{declared}, bounds", "bounds that leave out numbers of employees, or overlap", expected, "Correct them.")
