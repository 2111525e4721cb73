"""The words by which a file says what it holds, as the catalogue has them: regions, classes, quantities, units, series."""

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial

from pipeline.catalogue import Catalogue
from pipeline.declarations import NOTHING, TOTAL, Classes, Quantity, Statistic
from pipeline.ingest.cells import Cell, Regions, Unreadable, class_label, plain
from pipeline.ingest.descriptions import own_labels
from pipeline.ingest.times import CODE_WITHIN_YEAR, DATE, YEAR, day_of, mark_of

LONGEST_NAME = 60
LONGEST_SENTENCE = 500
LONGEST_ENDING = 4
"""Letters by which a word is inflected and not made another: "exporten", "länens"."""


class Words:
    """The catalogue's words, to be asked of a file's texts. names: region code -> name, the whole among them."""

    def __init__(self, catalogue: Catalogue, names: Mapping[str, str]) -> None:
        self.catalogue = catalogue
        self.geography = catalogue.geography
        self.files = self.geography.files
        self.names = names
        self.regions = Regions(names, {}, self.geography)
        self._regions_by_cell: dict[tuple[type, Cell], str | None] = {}
        self._width = max((len(code) for code in names if code.isdigit()), default=0)
        self._elsewhere = {label.casefold() for label in self.geography.elsewhere}
        self._other_names = {self.geography.label(name) for listed in self.geography.other_names.values() for name in listed}

    def region(self, cell: Cell) -> str | None:
        """The code of a cell that is a region; the code may be a number, and so lack its leading zero."""
        key = (type(cell), cell)
        if key not in self._regions_by_cell:
            self._regions_by_cell[key] = self._region(cell)
        return self._regions_by_cell[key]

    def _region(self, cell: Cell) -> str | None:
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            code = f"{cell:0{self._width}.0f}" if 0 <= cell < 10**self._width and cell == int(cell) else ""
            return code if code in self.names else None
        # Most cells of a large file are figures: they are passed over before anything is looked up.
        if not isinstance(cell, str) or not 0 < len(cell) < LONGEST_NAME:
            return None
        if cell[0].isdigit() and cell.split()[0].zfill(self._width) not in self.names:
            return None
        try:
            return self.regions.by_either(plain(cell)) if plain(cell) else None
        except Unreadable:
            return None

    def padded(self, code: str) -> str:
        """A code with the leading zero that it may have lost."""
        return code.zfill(self._width)

    def is_code(self, cell: Cell) -> bool:
        """Whether a cell is a region's code alone, perhaps without its leading zero."""
        return self.padded(plain(cell)) in self.names

    def is_elsewhere(self, text: str) -> bool:
        """Whether a text stands among regions and is not one."""
        return text.casefold() in self._elsewhere

    def is_other_name(self, text: str) -> bool:
        """Whether a text is another name of a region than the file of the regions has."""
        return self.geography.label(text) in self._other_names

    def class_code(self, text: Cell, classes: Classes) -> str | None:
        """The class that a label means: its own code, the total, or what the catalogue's patterns say."""
        label = class_label(text)
        own = own_labels(classes).get(label)
        labels = classes.labels
        if own or not labels:
            return own
        if re.fullmatch(labels.total, label, re.I):
            return TOTAL
        for code, pattern in labels.codes.items():
            if re.fullmatch(pattern, label, re.I):
                return code
        if labels.pattern and re.fullmatch(labels.pattern, label, re.I):
            numbers = tuple(map(int, re.findall(r"\d+", label)))
            return next((code for code, bounds in classes.bounds.items() if bounds == numbers), None)
        return None

    def class_in(self, heading: str, classes: Classes) -> str | None:
        """The label of a class in a heading, as it is written there: one of the heading's rows, or a part of it."""
        for part in heading.split(" / "):
            if self.class_code(part, classes):
                return part
        label = class_label(heading)
        patterns = [f"(?<!\\w)(?:{pattern})(?!\\w)" for pattern in classes.labels.codes.values()] if classes.labels else []
        patterns += [classes.labels.pattern] if classes.labels and classes.labels.pattern else []
        match = re.search("|".join(patterns), label, re.I) if patterns else None
        # The label is cut out of the heading, so both must be as long.
        if match is None or len(label) != len(heading.casefold()):
            return None
        return heading[match.start() : match.end()].strip()

    def are_classes(self, labels: Sequence[str], heading: str, classes: Classes, *, are_figures: bool = False) -> bool:
        """Whether a column's different labels are classes: two at least, or any below the classification's own heading.

        Of figures, which may be codes such as 1 and 2, all must be, and the heading must say so too.
        """
        is_named = heading == classes.name or bool(classes.labels and re.search(classes.labels.heading, heading, re.I))
        if are_figures and not is_named:
            return False
        codes = [code for label in labels if (code := self.class_code(label, classes))]
        if are_figures:
            return len(codes) == len(labels) > 0
        return len(set(codes)) > 1 or (is_named and bool(labels))

    def is_total(self, label: str) -> bool:
        """Whether a label means all together: "Totalt", "totalt ålder", not "alla kvinnor"."""
        patterns = [TOTAL, self.files.total, *(classes.labels.total for classes in self.catalogue.classes.values() if classes.labels)]
        found = (re.match(f"(?:{pattern})(?!\\w)", class_label(label), re.I) for pattern in patterns)
        return any(match and not self._limiting(class_label(label)[match.end() :]) for match in found)

    def rows_of(self, statistic: Statistic, labels: Iterable[str]) -> str | None:
        """The one label of a variable that names the statistic, else the one that is the total over the variable."""
        of_it = [label for label in labels if self.names_statistic(statistic, [label])]
        totals = [label for label in labels if self.is_total(label)]
        return next((chosen[0] for chosen in (of_it, totals) if len(chosen) == 1), None)

    def limits(self, statistic: Statistic, text: str) -> str:
        """The words of a heading, or of a column's only text, beyond the statistic, its units, its classes, years and what limits nothing.

        They may say that the figures are of a part: "Folkmängd kvinnor 2016" gives "kvinnor".
        """
        units = self.geography.units
        classes = [self.catalogue.classes[name].labels for name in statistic.classes]
        # Units first: an amount's own words hold a part of them.
        patterns: list[str | None] = [units.billion, units.million, units.thousand, units.one] if units else []
        patterns += [statistic.named, statistic.own, *(one.heading for one in statistic.quantities.values()), *statistic.series.values()]
        patterns += [
            pattern for labels in classes if labels for pattern in (labels.legend, labels.pattern, *labels.codes.values(), labels.heading)
        ]
        patterns += [DATE.pattern, self.files.year_end, self.files.year_start]
        # As a program writes headings: exports_sek.
        text = _shorter(text.replace("_", " "))
        for pattern in filter(None, patterns):
            text = re.sub(f"\\w*(?:{pattern})\\w*", partial(self._without_own, pattern), text, flags=re.I)
        return self._limiting(re.sub(rf"{YEAR.pattern}[pr]?", " ", text))

    def _without_own(self, own: str, word: re.Match[str]) -> str:
        """Nothing of a word that is the statistic's own, perhaps inflected; all of one that is another figure: "Nettoexport"."""
        *before, after = re.sub(own, "\n", word[0], flags=re.I).split("\n")
        is_own = not any(map(self._limiting, before)) and (len(after) <= LONGEST_ENDING or not self._limiting(after))
        return " " if is_own else word[0]

    def _limiting(self, text: str) -> str:
        rest = re.sub(rf"(?<!\w)(?:{self.files.neutral})(?!\w)", " ", text, flags=re.I)
        return " ".join(re.findall(r"\w+", rest))

    def beyond_in_title(self, statistic: Statistic, text: str) -> str:
        """The words of a text above a table, or of a sheet's name, that are not understood as harmless: by them its table may be of a part,
        or of another figure. A line that says where the figures come from says nothing of them.
        """
        text = " ".join(self._sentences(text))
        listed = self.listed_part(text)
        if listed:
            return listed[0]
        another = self.other_statistic(statistic, text)
        knows = self.files.neutral != NOTHING or self.names_statistic(statistic, [text])
        return another or (self.limits(statistic, text) or self.within_year_in(text) if knows else "")

    def other_statistic(self, statistic: Statistic, text: str) -> str:
        """The words of a text that name another statistic of the catalogue, beside this one or alone."""
        others = (other.named for other in self.catalogue.statistics.values() if other is not statistic and other.named)
        return next((found[0] for named in others if (found := re.search(f"\\w*(?:{named})\\w*", text, re.I))), "")

    def _sentences(self, text: str) -> list[str]:
        """The sentences of a text but those that the catalogue knows as harmless: sources, dates of publication, legends of signs."""
        sentences = re.split(r"(?<=[.;!?])(?<!kl\.)\s+|\n+", _shorter(text))
        return [one for one in sentences if self._limits_by_word(one) or not self._is_harmless(one)]

    def _is_harmless(self, sentence: str) -> bool:
        return len(sentence) <= LONGEST_SENTENCE and re.fullmatch(self.files.harmless, sentence.strip(" .;"), re.I) is not None

    def _limits_by_word(self, text: str) -> bool:
        return re.search(self.files.limiting, text, re.I) is not None

    def beyond_in_heading(self, statistic: Statistic, text: str) -> str:
        """The words of a heading, or of a column's only text, by which its figures are of a part, or other figures."""
        listed = self.listed_part(text)
        return self.limits(statistic, text) or (listed[0] if listed else self.other_statistic(statistic, text))

    def mark_in(self, text: str) -> str:
        """What a note calls figures, as the catalogue has it, such as preliminary; nothing of one that does not."""
        marks = (mark_of(word, self.files) for word in re.findall(r"\w{5,}", text))
        return next((mark for mark in marks if mark), "")

    def is_own(self, statistic: Statistic, label: str) -> bool:
        """Whether the only text of a column or variable names the statistic and nothing else: "Folkmängd", not "Sverige"."""
        return not self.limits(statistic, label) and self._limiting(label) != ""

    def listed_part(self, text: str) -> re.Match[str] | None:
        """The first words of a text that the catalogue lists as those of a part, or of another figure: "2015 års priser"."""
        return re.search(self.files.parts, text, re.I)

    def beyond_in_note(self, statistic: Statistic, text: str) -> str:
        """The words of a note by which its table may be of a part, or of another figure: of a sentence with a word of limiting, such as
        "avser", "exklusive" or "inflationsjusterad", all that is not understood as harmless. A threshold in money is harmless.
        """
        for sentence in map(self._without_threshold, self._sentences(text)):
            listed = self.listed_part(sentence)
            if self._limits_by_word(sentence) or (listed and not sentence[: listed.start()].strip()):
                beyond = listed[0] if listed else self.limits(statistic, sentence)
                if beyond:
                    return beyond
        return ""

    def _without_threshold(self, text: str) -> str:
        units = self.geography.units
        if units is None:
            return text
        amount = rf"\d[\d\s.,]{{0,20}}(?:{units.billion}|{units.million}|{units.thousand}|{units.one})"
        return re.sub(rf"(\b(\w+ (än|than)|\w+) )?(?<!\d){amount}", " ", text, flags=re.I)

    def within_year_in(self, text: str) -> str:
        """The first word by which a note is of a part of a year, or of a day that is neither its first nor its last."""
        for sentence in self._sentences(text):
            rest = re.sub(f"{self.files.year_end}|{self.files.year_start}|{DATE.pattern}", self._other_day, sentence, flags=re.I)
            found = re.search(rf"(?:\d{{1,2}}\W{{1,2}})?(?:{self.files.within_year})", rest, re.I) or CODE_WITHIN_YEAR.search(rest)
            if found or (found := DATE.search(rest)):
                return found[0]
        return ""

    def _other_day(self, day: re.Match[str]) -> str:
        return day[0] if day_of(day[0], self.files) == "another day" else " "

    def scale_in(self, text: str) -> str:
        """The words by which a text says that figures are in thousands or more."""
        scale = re.search(self.files.scaled, text, re.I)
        return scale[0] if scale else ""

    def quantities(self, statistic: Statistic, heading: str) -> dict[str, Quantity]:
        """The quantities that a column of figures may hold: shares, growth and the like are read as an index or not at all."""
        pattern = self.geography.other_figures or NOTHING
        rest = {
            name: re.sub(one.heading, " ", heading, flags=re.I) if one.heading else heading for name, one in statistic.quantities.items()
        }
        return {name: one for name, one in statistic.quantities.items() if one.kind == "index" or not re.search(pattern, rest[name], re.I)}

    def quantity(self, statistic: Statistic, heading: str) -> str | None:
        """The quantity that a heading names: the one whose words come first, and of those the longest."""
        places = {}
        for name, one in self.quantities(statistic, heading).items():
            match = re.search(one.heading, heading, re.I) if one.heading else None
            if match:
                places[name] = (match.start(), -len(match[0]))
        return min(places, key=places.__getitem__) if places else None

    def names_statistic(self, statistic: Statistic, texts: Iterable[str]) -> bool:
        """Whether texts say that a file is of a statistic."""
        return statistic.named is not None and any(re.search(statistic.named, text, re.I) for text in texts)

    def units(self, *places: Sequence[str]) -> list[str]:
        """The units that the first of some places names; none where no place names one, or where the currency has another scale."""
        units = self.geography.units
        for texts in map(self._without_amounts, places) if units else ():
            scaled = {f"{scale} {self.catalogue.currency}": getattr(units, scale) for scale in ("billion", "million", "thousand")}
            named = [unit for unit, pattern in scaled.items() if any(re.search(pattern, text, re.I) for text in texts)]
            ones = [text for text in texts if units and re.search(units.one, text, re.I)]
            if named or ones:
                is_scaled = any(map(self.scale_in, ones))
                return named or ([] if is_scaled else [self.catalogue.currency])
        return []

    def _without_amounts(self, texts: Sequence[str]) -> list[str]:
        """Texts without the amounts in them, whose unit is not that of figures: a threshold of 4.5 million."""
        units = self.geography.units
        pattern = f"({units.thousand})|\\d\\s?(?:{units.billion}|{units.million}|{units.thousand}|{units.one})" if units else NOTHING
        return [re.sub(pattern, lambda amount: amount[1] or "", text, flags=re.I) for text in texts]

    def series(self, statistic: Statistic, texts: Sequence[str]) -> list[str]:
        """The series that texts name, but for what they deny."""
        said = [re.sub(r"\b(inte|ej|not)\b.*?(?=[.;,]|\b(utan|but)\b|$)", "", text, flags=re.I) for text in texts]
        return [name for name, pattern in statistic.series.items() if any(re.search(pattern, text, re.I) for text in said)]

    def published_in(self, texts: Iterable[str]) -> datetime.date | None:
        """The one day that texts name as that of publication; None where they name none, or two."""
        denied = "".join(f"(?<!{word} )" for word in ("nästa", "ej", "inte", "next", "not"))
        pattern = rf"{denied}\b(?:{self.files.published})\W{{0,3}}(?:den |on )?(\d{{4}})-?(\d\d)-?(\d\d)(?!\d)"
        days = set()
        for found in re.finditer(pattern, "\n".join(texts), re.I):
            with suppress(ValueError):
                days.add(datetime.date(*map(int, found.groups()[-3:])))
        return days.pop() if len(days) == 1 else None

    def publisher_in(self, texts: Iterable[str]) -> str | None:
        """The one publisher that texts name, as in "Källa: SCB"; None where they name none, or two."""
        found = re.findall(rf"^\W*(?:{self.files.publisher}):\s*([^.;\n]+)", "\n".join(texts), re.I | re.M)
        named = dict.fromkeys(text.strip() for text in found)
        return next(iter(named)) if len(named) == 1 else None


def _shorter(text: str) -> str:
    """A text without the ends of what is longer than any word, which would be searched through for each of its letters."""
    return re.sub(r"\w{60,}", lambda word: word[0][:LONGEST_NAME], text)


def year_in(texts: Iterable[str]) -> int | None:
    """The one year that texts name; None where they name none, or two."""
    years = {int(year) for text in texts for year in YEAR.findall(text)}
    return years.pop() if len(years) == 1 else None
