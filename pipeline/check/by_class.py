"""Measures of every class: what the data have of classes that no measure of the catalogue is of, so that texts about them are checked."""

from collections.abc import Iterator

from pipeline.award import Award
from pipeline.catalogue import Catalogue
from pipeline.declarations import TOTAL, Cells, Measure, Words

MARK = "["
"""Stands in the name of a measure that is made here, as in goods_exports.exports[250+]."""


def with_every_class(award: Award) -> Award:
    """An award whose catalogue has each of its measures for every class and group, and for all, where the data have them."""
    catalogue = award.catalogue
    measures = dict(catalogue.measures)
    names = {_key(one.cells): name for name, one in measures.items() if one.cells}
    for measure in catalogue.measures.values():
        for code, cells in _of_each(catalogue, measure.cells):
            if _key(cells) not in names:
                names[_key(cells)] = name = f"{cells.statistic}.{cells.quantity}{MARK}{code}]"
                measures[name] = _called(measure, _words(catalogue, cells), cells=cells)
    divided = {(one.over.measure, one.over.by, one.over.times) for one in measures.values() if one.over}
    for measure in catalogue.measures.values():
        if over := measure.over:
            above, below = catalogue.cells_of(over.measure), catalogue.cells_of(over.by)
            by_class = dict(_of_each(catalogue, below)) if below.statistic == above.statistic and below.classes == above.classes else {}
            for code, cells in _of_each(catalogue, above):
                by = by_class.get(code, below)
                parts = names[_key(cells)], names[_key(by)], over.times
                if parts not in divided and parts[0] != parts[1]:
                    divided.add(parts)
                    words = f"{_words(catalogue, cells)} per {over.times} {_words(catalogue, by)}".replace(" 1 ", " ")
                    new = over.model_copy(update={"measure": parts[0], "by": parts[1]})
                    measures[f"{parts[0]}/{parts[1]}"] = _called(measure, words, over=new)
    share = next((one for one in catalogue.measures.values() if one.unit == "share" and one.over), None)
    for cells in {_key(one.cells): one.cells for one in catalogue.measures.values() if one.cells}.values():
        units = Cells(statistic=cells.statistic, quantity=cells.quantity)
        if share is None or share.over is None or not catalogue.quantity(cells.statistic, cells.quantity).units_behind:
            continue
        for _, part in _of_each(catalogue, units):
            if part.classes:
                new = share.over.model_copy(update={"measure": names[_key(part)], "by": names[_key(units)]})
                measures[f"{new.measure}/{new.by}"] = _called(share, f"share of exporters, {_words(catalogue, part)}", over=new)
    return award.model_copy(update={"catalogue": catalogue.model_copy(update={"measures": measures})})


def _of_each(catalogue: Catalogue, cells: Cells | None) -> Iterator[tuple[str, Cells]]:
    """The cells of the same quantity in each class and group, and in all."""
    for name in catalogue.statistics[cells.statistic].classes if cells else ():
        for code in (*catalogue.classes[name].codes, *catalogue.classes[name].groups, TOTAL):
            if cells:
                chosen = {key: one for key, one in {**cells.classes, name: code}.items() if one != TOTAL}
                yield code, Cells(statistic=cells.statistic, quantity=cells.quantity, **chosen)


def _key(cells: Cells) -> tuple[object, ...]:
    return cells.statistic, cells.quantity, frozenset(cells.classes.items())


def _words(catalogue: Catalogue, cells: Cells) -> str:
    """What cells are called: a quantity, and the classes that it is of."""
    words = catalogue.statistics[cells.statistic].en
    classes = [catalogue.classes[key].en for key in cells.classes]
    named = [one.names.get(code, f"{one.class_} {code}") for one, code in zip(classes, cells.classes.values(), strict=True)]
    quantity = words.quantities.get(cells.quantity, cells.quantity)
    return ", ".join([f"{words.name} ({quantity})" if len(words.quantities) > 1 else quantity, *named])


def _called(measure: Measure, name: str, **parts: object) -> Measure:
    """A measure of other parts, under another name."""
    words = Words(name=name, unit=measure.en.unit)
    return measure.model_copy(update={**parts, "sv": words, "en": words})
