"""A statistical table, JSON-stat 2 or PX: what each of its variables holds for a statistic."""

from collections.abc import Mapping

from pipeline.cubes import Cube
from pipeline.faults import Fault
from pipeline.ingest.cells import IGNORE
from pipeline.ingest.recognise.readings import Reading
from pipeline.ingest.recognise.sheets import FEWEST_REGIONS
from pipeline.ingest.recognise.words import YEAR, Words

VALUE = "value"
"""The column of the figures of a table that holds one thing."""


def read_into(reading: Reading, cube: Cube, words: Words, columns: Mapping[str, str] | None = None) -> None:
    """Note in a reading what each variable and content of a table holds; columns say of fields which they are."""
    described = {variable: name for name, variable in (columns or {}).items()}
    texts = [cube.title, *cube.notes, *cube.units.values()]
    reading.titles, reading.texts = [cube.title], [text for text in texts if text]
    for variable, codes in cube.codes.items():
        if variable != cube.contents:
            labels = {code: cube.labels[variable].get(code, code) for code in codes}
            field = described.get(variable) if columns else _field(variable, labels, reading, words)
            if field:
                _keep(variable, labels, field, reading, words)
            elif len(labels) > 1:
                _choose(variable, labels, reading, words)
    _contents(cube, described, reading, words)


def _field(variable: str, labels: Mapping[str, str], reading: Reading, words: Words) -> str | None:
    """What a variable holds, by its codes and their labels: years, regions, a classification of the statistic; else None."""
    if all(YEAR.fullmatch(code) for code in labels):
        return "year"
    own = [code for code in labels if any(code.startswith(region) for region in words.names)]
    if any(code in words.names for code in own) and 2 * len(own) >= len(labels):
        return "region" if any(map(words.is_elsewhere, labels.values())) else "region_code"
    if sum(words.region(code) is not None for code in labels) >= FEWEST_REGIONS:
        return "region"
    free = (name for name in reading.statistic.classes if name not in reading.columns)
    return next((name for name in free if _are_classes(variable, labels, name, words)), None)


def _are_classes(variable: str, labels: Mapping[str, str], name: str, words: Words) -> bool:
    classes = words.catalogue.classes[name]
    return any(words.are_classes(list(texts), variable, classes) for texts in (labels, labels.values()))


def _keep(variable: str, labels: Mapping[str, str], field: str, reading: Reading, words: Words) -> None:
    """Note a variable that is a field, and what its codes mean."""
    reading.columns.setdefault(field, {})[variable] = None
    if field == "year":
        reading.years |= {int(code) for code in labels if YEAR.fullmatch(code)}
    elif field in reading.statistic.classes:
        reading.named.add(field)
        for code, label in labels.items():
            reading.keep_class(words, field, code, label)
    else:
        reading.regions |= {region for code in labels if (region := words.region(code))}
        reading.aliases |= {code: IGNORE for code, label in labels.items() if words.is_elsewhere(label)}


def _choose(variable: str, labels: Mapping[str, str], reading: Reading, words: Words) -> None:
    """Choose one code of a variable that the statistic does not have."""
    others = [name for name in words.catalogue.classes if name not in reading.statistic.classes]
    if any(_are_classes(variable, labels, name, words) for name in others):
        reading.strangers.append(variable)
    chosen = words.rows_of(reading.statistic, labels.values())
    if chosen:
        reading.where[variable] = next(code for code, label in labels.items() if label == chosen)
        return
    found = f"the variable {variable} with {len(labels)} codes, and not one of them its total"
    expected = "regions, years, contents, classes of the statistic, and variables with a total"
    remedy = f"Ask for the table with one code of {variable}."
    reading.faults.append(Fault(reading.place, found, expected, remedy))


def _contents(cube: Cube, described: Mapping[str, str], reading: Reading, words: Words) -> None:
    """Note each quantity's code among the contents; of a table of one thing its one column."""
    statistic = reading.statistic
    codes = cube.codes[cube.contents] if cube.contents else (VALUE,)
    for code in codes:
        text = cube.labels[cube.contents].get(code, code) if cube.contents else cube.title
        quantity = described.get(code) or words.quantity(statistic, text)
        if quantity:
            reading.named.add(quantity)
        elif len(codes) == 1:
            quantity = next(iter(words.quantities(statistic, text)), None)
        if quantity is None or reading.columns.get(quantity, {code: None}) != {code: None}:
            reading.ignored[code] = None
            continue
        reading.columns[quantity] = {code: None}
        reading.values += [cube.units[code]] if statistic.quantities[quantity].kind == "money" and cube.units.get(code) else []
