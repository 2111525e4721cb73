"""The measures of the catalogue as prose speaks of them: of a statistic, for some classes, in a form."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from pipeline.catalogue import Catalogue
from pipeline.check.by_class import MARK
from pipeline.declarations import TOTAL

SHARE = "share"
Scope = frozenset[tuple[str, str]]
"""The classes or groups chosen, each with its classification."""
WHOLE_SCOPE: Scope = frozenset()


@dataclass(frozen=True)
class Form:
    """How a figure is made of a statistic's quantity ("" for its first): alone, as a share, or over units of a quantity.

    over: "share", or <statistic>.<quantity>. times: of how many of those units; 0 where a sentence does not say.
    """

    quantity: str = ""
    over: str = ""
    times: int = 1

    def __str__(self) -> str:
        units = f"per {self.times} {self.over.partition('.')[2]}".replace(" 1 ", " ")
        return " ".join([self.quantity, self.over if self.over in ("", SHARE) else units]).strip() or "total"


Topic = tuple[str, ...]
"""What a figure is of: a statistic, or several added up."""


@dataclass(frozen=True)
class Sense:
    """A measure, or the sum of several, as prose speaks of it.

    name: in a sentence. unit: of its levels, "money", "%" or "" for bare numbers. adds_up: over regions, so that it can be a share of what
    the whole has.
    """

    measures: tuple[str, ...]
    topic: Topic
    scope: Scope
    form: Form
    name: str
    unit: str
    adds_up: bool

    @property
    def measure(self) -> str:
        return " + ".join(self.measures)

    @cached_property
    def is_declared(self) -> bool:
        """Whether the catalogue has the measure, and it is not made of a class that it has none of."""
        return not any(MARK in name for name in self.measures)


class Senses:
    """The measures of the statistics that have words, and what follows from there being no others."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.all = [sense for name in catalogue.measures if (sense := self._sense(name))]
        self._about: dict[tuple[str, Form | None], list[Sense]] = {}
        for sense in self.all:
            for form in (None, sense.form):
                self._about.setdefault((sense.topic[0], form), []).append(sense)
        self.classes = {chosen for sense in self.all for chosen in sense.scope}

    def _sense(self, name: str) -> Sense | None:
        measure = self.catalogue.measures[name]
        cells = self.catalogue.cells_of(self.catalogue.parts(name)[0])
        statistic = self.catalogue.statistics[cells.statistic]
        if not (statistic.words or statistic.quantities[cells.quantity].words):
            return None
        quantity = "" if cells.quantity == next(iter(statistic.quantities)) else cells.quantity
        form = Form(quantity, SHARE) if measure.unit == SHARE else Form(quantity)
        by = self.catalogue.cells_of(measure.over.by) if measure.over else cells
        if measure.unit == SHARE and quantity and by.statistic != cells.statistic:
            form = self.share_of_members()  # of the enterprises that there are, not of those that the statistic counts
        elif measure.over and measure.unit != SHARE:
            form = Form(quantity, f"{by.statistic}.{by.quantity}", measure.over.times)
        label = measure.en.name
        label = label[0].lower() + label[1:] if label[1:2].islower() else label
        unit = {"money": "money", SHARE: "%"}.get(measure.unit, "")
        adds_up = not measure.over and "regions" in statistic.quantities[cells.quantity].adds_up_over
        return Sense((name,), (statistic.name,), frozenset(cells.classes.items()), form, label, unit, adds_up)

    def of(self, statistics: Iterable[str], form: Form | None = None) -> list[Sense]:
        """The senses of some statistics, of all where none is named; of one form or of any."""
        wanted = tuple(statistics)
        if len(wanted) == 1:
            return self._about.get((wanted[0], form), [])
        return [one for one in self.all if form in (None, one.form) and (not wanted or one.topic[0] in wanted)]

    def about(self, topic: Topic, form: Form) -> list[Sense]:
        """The senses of a topic in a form; of several statistics added up, one, where each has an amount of all that it counts."""
        if len(topic) == 1:
            return self.of(topic, form)
        whole = [one for one in self.of(topic, form) if one.unit == "money" and not one.scope and not self.is_own(form)]
        if len(whole) < len(topic):
            return []
        names = " and ".join(one.name for one in whole)
        return [
            Sense(
                tuple(one.measure for one in whole),
                topic,
                WHOLE_SCOPE,
                form,
                f"{names} together",
                "money",
                all(one.adds_up for one in whole),
            )
        ]

    def groups(self, statistics: Iterable[str]) -> tuple[Scope, ...]:
        """The parts of the whole that measures of some statistics are of."""
        return tuple(dict.fromkeys(one.scope for one in self.of(statistics) if one.scope and one.is_declared))

    def counts(self, statistics: Iterable[str], form: Form) -> bool:
        """Whether figures of some statistics in a form are bare numbers."""
        named = tuple(statistics)
        return bool(named) and any(not one.unit for one in self.of(named, form))

    def is_own(self, form: Form) -> bool:
        """Whether a form is over units of the statistic itself."""
        statistic, _, quantity = form.over.partition(".")
        return bool(quantity and self.catalogue.quantity(statistic, quantity).units_behind)

    def weight(self, form: Form) -> int:
        """Which of several forms named together counts: the one that says most."""
        return 4 if form.times > 1 else 3 if self.is_own(form) else 2 if form.over == SHARE else 1 if form.over else 0

    def whole_form(self, form: Form | None, quantity: str) -> Form:
        """The form that words make together; quantity: what they count, if anything."""
        if form is None or not form.over:
            return Form(quantity)
        forms = [one.form for one in self.all if one.form.over == form.over and form.times in (0, one.form.times)]
        exact = [one for one in forms if one.quantity == quantity]
        return (exact or (forms if form.times > 1 else []) or [Form(quantity, form.over, max(form.times, 1))])[0]

    @staticmethod
    def share_of_members() -> Form:
        """The form of a share of those in the classes: "8 procent av företagen exporterar", which is no share of what they export."""
        return Form("members", SHARE)

    def counted(self, statistics: Iterable[str]) -> str:
        """The quantity that counts the members of statistics; empty if none."""
        return min((one.form.quantity for one in self.of(statistics) if one.form.quantity), default="")

    def statistics_of(self, form: Form) -> tuple[str, ...]:
        """The statistic that a form alone names: it is the only one over so many units, or over units of its own."""
        statistics = tuple(dict.fromkeys(one.topic[0] for one in self.of((), form)))
        return statistics if len(statistics) == 1 and self.weight(form) > self.weight(Form(over=SHARE)) else ()

    def scope_name(self, statistic: str, scope: Scope) -> str:
        """A scope of a statistic in English words; empty where the statistic has no other."""
        if not scope and not self.groups([statistic]):
            return ""
        chosen = dict(scope)
        names = {key: self.catalogue.classes[key].en.names for key in self.catalogue.statistics[statistic].classes}
        codes = {key: chosen.get(key, TOTAL) for key in names if key in chosen or not chosen}
        return ", ".join(names[key].get(code, code) for key, code in codes.items()) or "all"
