"""How sources.toml describes a file: what is missing or wrong in a layout, before the file is read."""

import re
from collections.abc import Iterator, Sequence

from pipeline.catalogue import Catalogue
from pipeline.declarations import TOTAL, Classes, Statistic
from pipeline.faults import Fault
from pipeline.ingest.cells import IGNORE, class_label
from pipeline.ingest.times import Day, day_of
from pipeline.sources import NOTE, Layout

REGION_FIELDS = ("region_code", "region_name", "region")


def describes(statistic: Statistic | None, layouts: tuple[Layout, ...], where: str, catalogue: Catalogue) -> list[Fault]:
    """What is missing in the description of a file, before the file is read; without a statistic, of the regions' file."""
    keys = statistic.keys if statistic else ("region_code",)
    quantities = tuple(statistic.quantities) if statistic else ("region_name",)
    faults = []
    known = {*keys, *quantities, *REGION_FIELDS}
    described = set().union(*({*layout.columns, *layout.constant} for layout in layouts))
    for unknown in sorted(described - known):
        faults.append(Fault(where, f"the column {unknown!r}", f"columns among {', '.join(sorted(known))}", "Correct its name."))
    for quantity in quantities:
        if quantity not in described and not (statistic is None and "region" in described):
            faults.append(Fault(where, f"no column for {quantity}", f"a heading for {quantity}", "Describe it under columns."))
    for layout in layouts:
        faults += [*_labels_described(layout, where, catalogue), *_keys_described(keys, layout, where)]
        if statistic and any(one.kind == "money" and name in layout.columns for name, one in statistic.quantities.items()):
            faults += _unit_described(layout, where, catalogue)
        faults += _days_described(statistic, layout, where, catalogue) if statistic else []
        if statistic and statistic.has_series and layout.series is None:
            options = f', such as "{next(iter(statistic.series))}"' if statistic.series else ""
            remedy = f"Add series = …{options}, or as the publisher says."
            faults.append(Fault(where, "no series", "how values are placed in regions", remedy))
    return faults


def unit_of(layout: Layout, catalogue: Catalogue) -> int:
    """How many whole units of the currency one unit of the file is."""
    return catalogue.units[layout.unit] if layout.unit else 1


def _unit_described(layout: Layout, where: str, catalogue: Catalogue) -> Iterator[Fault]:
    options = f"one of {', '.join(catalogue.units)}"
    if layout.unit is None:
        yield Fault(where, "no unit", options, "Add unit = … beside columns.")
    elif layout.unit not in catalogue.units:
        yield Fault(where, f"the unit {layout.unit!r}", options, "Correct it; other currencies are not converted.")


def _labels_described(layout: Layout, where: str, catalogue: Catalogue) -> Iterator[Fault]:
    for name, heading in layout.columns.items():
        for placeholder in dict.fromkeys(re.findall(r"\{\w+\}", heading)):
            if heading.count(placeholder) > 1:
                yield Fault(where, f"{placeholder} twice in the heading for {name}", "each placeholder once", "Correct it.")
    for label, region in layout.regions.items():
        if region != IGNORE and not re.fullmatch(catalogue.geography.code, region):
            expected = f"a code that matches {catalogue.geography.code}, or 'ignore'"
            yield Fault(where, f"the region {region!r} for {label!r}", expected, "Correct it.")
    for classification, labels in layout.labels.items():
        if classification not in catalogue.classes:
            known = ", ".join(catalogue.classes) or "none"
            yield Fault(where, f"labels of {classification!r}", f"a classification of the catalogue: {known}", "Correct its name.")
            continue
        codes = own_labels(catalogue.classes[classification])
        for label, code in labels.items():
            if code not in (*codes.values(), IGNORE):
                expected = f"one of {', '.join(dict.fromkeys(codes.values()))}, {IGNORE}"
                yield Fault(where, f"the class {code!r} for {label!r}", expected, "Correct it.")
            elif codes.get(class_label(label), code) != code:
                yield Fault(where, f"the label {label!r} for the class {code}", f"{label!r} to mean itself", "Remove the line.")


def _days_described(statistic: Statistic, layout: Layout, where: str, catalogue: Catalogue) -> Iterator[Fault]:
    """A heading of figures that are of a day which the layout does not say, and marks that mean nothing."""
    for name, heading in layout.columns.items():
        day = day_of(heading.replace("{year}", "2000"), catalogue.geography.files)
        if statistic.at_year_end and day not in days_of(statistic, layout):
            remedy = 'Say reference_day = "1 January" where the figures are of that day; of other days, ask for those of the year\'s end.'
            yield Fault(where, f"the heading {heading!r} for {name}, which is {day}", f"figures of {layout.reference_day}", remedy)
    for mark in layout.marks.keys() - {*catalogue.geography.files.marks, NOTE}:
        known = ", ".join((*catalogue.geography.files.marks, NOTE))
        yield Fault(where, f"marks of {mark!r}", f"one of {known}", "Correct its name.")


def days_of(statistic: Statistic, layout: Layout) -> tuple[Day, ...]:
    """The days that a year's figures may be said to be of: of a state, the layout's; of what happens in a year, its first or last."""
    return ("", layout.reference_day) if statistic.at_year_end else ("", "31 December", "1 January")


def own_labels(classes: Classes) -> dict[str, str]:
    """The labels that mean themselves, and the codes they mean."""
    return {class_label(code): code for code in (*classes.codes, TOTAL)}


def _keys_described(keys: Sequence[str], layout: Layout, where: str) -> Iterator[Fault]:
    placeholders = set(re.findall(r"\{(\w+)\}", " ".join(layout.columns.values())))
    options = [f"{{{name}}}" for name in (*(key for key in keys if key != "region_code"), "region")]
    for unknown in sorted(placeholders - {option.strip("{}") for option in options}):
        yield Fault(where, f"the placeholder {{{unknown}}}", f"one of {', '.join(options)}", "Correct it.")
    for key in keys:
        if key == "region_code" and not {*REGION_FIELDS} & {*layout.columns, *layout.constant, *placeholders}:
            yield Fault(where, "no column for the region", "region_code, region_name or region", "Describe it under columns.")
        elif key not in ("region_code", *layout.columns, *layout.constant, *placeholders):
            yield Fault(
                where, f"no column for {key}", f"a heading for {key}", f"Describe it under columns, or put {{{key}}} into a heading."
            )
