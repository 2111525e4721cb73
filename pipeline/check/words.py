"""A sentence as tokens: what it names and says, read by a lexicon."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Literal

from pipeline.check.lexicon import Entry, Lexicon, swedish
from pipeline.check.tokens import How, Number, Rank, Region, Token, Written, Years

BLANK = "\x1a"
"""Stands for what is read already."""
LONGEST_NUMBER = 25
"""Digits that are read of a number; one with more is not a figure of any statistic."""
SIGNS = {"+": 1, "−": -1, "-": -1, "–": -1, "plus": 1, "minus": -1}
STILL = 2
"""Per cent either way that "i stort sett oförändrad" leaves."""


def tokens(text: str, lexicon: Lexicon) -> list[Token]:
    """The tokens of a sentence, in order and apart."""
    taken: list[Token] = []
    reader = _Reader(lexicon)
    for read in (
        reader.fixed,
        reader.years,
        reader.quantities,
        reader.regions,
        reader.ranks,
        reader.plain,
        reader.bare,
    ):
        blanked = text
        for token in taken:
            blanked = blanked[: token.start] + BLANK * (token.end - token.start) + blanked[token.end :]
        for token in sorted(read(blanked), key=lambda token: (token.start, -token.end)):
            if all(token.end <= other.start or other.end <= token.start for other in taken):
                taken.append(token)
    return list(_with_units(sorted(taken, key=lambda token: token.start)))


def _with_units(found: Sequence[Token]) -> Iterator[Token]:
    """The tokens, where the number in "från 44,9 miljarder kronor till 47,6" has the unit of the one before."""
    before: Number | None = None
    for token in found:
        if isinstance(token, Number):
            if before and before.unit and not token.unit and (before.role, token.role) == ("från", "till"):
                yield replace(token, unit=before.unit, scale=before.scale)
                continue
            before = token
        yield token


def _matches(text: str, entries: Sequence[Entry]) -> Iterator[Token]:
    taken: list[tuple[int, int]] = []
    for pattern, make in entries:
        for match in pattern.finditer(text):
            if match.end() > match.start() and all(match.end() <= start or end <= match.start() for start, end in taken):
                taken.append(match.span())
                yield make(*match.span())


class _Reader:
    """What a lexicon finds in a text of which some is blanked out."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.pattern = lexicon.pattern

    def fixed(self, text: str) -> Iterator[Token]:
        yield from _matches(text, self.lexicon.fixed)

    def plain(self, text: str) -> Iterator[Token]:
        yield from _matches(text, self.lexicon.plain)

    def number_of(self, word: str) -> int:
        """The number that digits, a numeral or an ordinal say."""
        word = word.lower().partition(":")[0]
        return int(word) if word.isdigit() else self.lexicon.numbers[word]

    def years(self, text: str) -> Iterator[Token]:
        for match in self.pattern["window"].finditer(text):
            base = int(match["base"])
            is_short = len(match["final"]) == 2
            final = base - base % 100 + int(match["final"]) if is_short else int(match["final"])
            is_list = match["link"].startswith("och") and "mellan" not in (match["lead"] or "").lower()
            if final > base and not is_list and (not is_short or match["link"] in "–-−/"):
                yield Years(*match.span(), base, final)
        for match in self.pattern["since"].finditer(text):
            yield Years(*match.span(), base=int(match["base"]))
        for match in self.pattern["year_before"].finditer(text):
            yield Years(*match.span(), length=1)
        for match in self.pattern["length"].finditer(text):
            yield Years(*match.span(), length=self.number_of(match["length"] or match["other"]), latest=bool(match["length"]))
        for match in self.pattern["same"].finditer(text):
            yield Years(*match.span(), same=True)
        for match in self.pattern["single"].finditer(text):
            yield Years(*match.span(), final=int(match["year"]), forward=bool(match["forward"]))

    def quantities(self, text: str) -> Iterator[Token]:
        for match in itertools.chain(self.pattern["quantity"].finditer(text), self.pattern["in_words"].finditer(text)):
            yield from self.numbers(match, text, *self.unit(match))
        for match in self.pattern["share_in_words"].finditer(text):
            part = self.number_of(match["part"] or "en")
            value = Decimal(100 * part) / swedish()["shares"][match["words"].lower()]
            role, how = self.left(text[: match.start()])
            how = "above" if match["more"] else "below" if match["less"] else how
            yield Number(*match.span(), Written(value, value, Decimal(1), how or "roughly"), "%", role=role)
        for match in self.pattern["most"].finditer(text):
            yield Number(*match.span(), Written(Decimal(50), Decimal(50), Decimal(1), "over"), "%")
        for match in self.pattern["of_so_many"].finditer(text):
            part = 1 if match["every"] else self.number_of(match["part"])
            of = self.number_of(match["every"] or match["of"])
            role, how = self.left(text[: match.start()])
            value, step = Decimal(100 * part) / of, Decimal(100) / of
            # Of ten or a hundred the number is rounded; of three or four it is a fraction.
            written = Written(value, value, step, how) if of % 10 == 0 else Written(value, value, Decimal(1), how or "roughly")
            yield Number(*match.span(), written, "%", role=role)
        for match in self.pattern["fold"].finditer(text):
            change = swedish()["folds"][match["words"].lower()] if match["words"] else 100
            how = "over" if "mer än" in match[0].lower() else self.left(text[: match.start()])[1] or ("roughly" if change else "")
            size, step = Decimal(abs(change)), Decimal(1 if change or not how else STILL)
            sign = (change > 0) - (change < 0) or 1
            yield Number(*match.span(), Written(size, size, step, how), "%", sign=sign, is_growth=True)

    def bare(self, text: str) -> Iterator[Token]:
        for match in itertools.chain(self.pattern["bare"].finditer(text), self.pattern["bare_word"].finditer(text)):
            yield from self.numbers(match, text, "", 1)

    def unit(self, match: re.Match[str]) -> tuple[str, int]:
        """A number's unit, and how many of it one is."""
        for name, unit in (("points", "points"), ("percent", "%"), ("times", "times")):
            if match[name]:
                return unit, 1
        scale = (match["scale"] or "").rstrip(".")
        return "money", next((size for size, words in self.lexicon.scales.items() if scale and words.fullmatch(scale)), 1)

    def numbers(self, match: re.Match[str], text: str, unit: str, scale: int) -> Iterator[Number]:
        """The number of a match, or the two of "41 respektive 70 procent"."""
        role, how = self.left(text[: match.start()])
        groups = match.groupdict()
        link, second = (groups.get("link") or "").strip(), groups.get("second")
        sign = SIGNS.get((groups.get("sign") or "").strip().lower(), 0)
        growth = unit == "times" or bool(groups.get("percent") and "procentig" in groups["percent"].lower())
        low = self.written(match["first"], unit, how)
        if unit == "times":
            more = low.low - 1
            low = Written(abs(more) * 100, abs(more) * 100, low.step * 100, how)
            sign, unit = (1 if more >= 0 else -1), "%"
        if second is None:
            yield Number(*match.span(), low, unit, scale, sign, role, is_growth=growth)
            return
        high = self.written(second.lstrip("+−"), unit, how)
        middle = match.start("second")
        between = re.search(r"\bmellan\s+$", text[: match.start()], re.IGNORECASE)
        if link in ("–", "−", "-") or (link == "och" and between):
            least, most = sorted((low.low, high.low))
            span = Written(least, most, min(low.step, high.step), how)
            yield Number(*match.span(), span, unit, scale, sign, role, is_growth=growth)
        elif link == "till" and role == "med":
            yield Number(match.start(), match.end("first"), low, unit, scale, sign, role, is_growth=growth)
            yield Number(middle, match.end(), high, unit, scale, sign, "till", is_growth=growth)
        elif link == "till":
            yield Number(match.start(), match.end("first"), low, unit, scale, sign, "från", is_growth=growth)
            yield Number(middle, match.end(), high, unit, scale, sign, "till", is_growth=growth)
        else:
            yield Number(match.start(), match.end("first"), low, unit, scale, sign, role, 0, growth)
            yield Number(middle, match.end(), high, unit, scale, sign, role, 1, growth)

    def left(self, before: str) -> tuple[str, How]:
        """The word before a number, and how near the figure is."""
        match = self.pattern["left"].search(before)
        if not match:
            return "", ""
        said = match["how"] or ""
        how: How = next((how for how, words in swedish()["how"].items() if said and re.fullmatch(words, said, re.IGNORECASE)), "")
        return (match["role"] or "").lower().replace("ifrån", "från"), how

    def written(self, digits: str, unit: str, how: How) -> Written:
        """The number and the unit of its last printed place; amounts that end in 000 are rounded to thousands."""
        word = digits.lower()
        if word in self.lexicon.numbers:
            return Written(Decimal(self.lexicon.numbers[word]), Decimal(self.lexicon.numbers[word]), Decimal(1), how)
        plain = re.sub(self.lexicon.pieces["space"], "", digits)[:LONGEST_NUMBER]
        plain = plain.replace(".", "") if re.fullmatch(r"\d{1,3}(?:\.\d{3})+", plain) else plain.replace(",", ".")
        value = Decimal(plain)
        step = Decimal(1).scaleb(-len(plain.partition(".")[2]))
        while unit == "money" and step >= 1 and value % (step * 1000) == 0 and value >= step * 1000:
            step *= 1000
        return Written(value, value, step, how)

    def regions(self, text: str) -> Iterator[Token]:
        """Regions by name or adjective, those named together as one, and what stands for the region before."""
        named = sorted(self.names(text), key=lambda region: region.start)
        while named:
            group = [named.pop(0)]
            while named and re.fullmatch(r"\s*(?:,|och|samt|respektive|&)\s*", text[group[-1].end : named[0].start]):
                group.append(named.pop(0))
            yield Region(group[0].start, group[-1].end, tuple(code for region in group for code in region.codes))
        for match in self.pattern["anaphor"].finditer(text):
            yield Region(*match.span(), ())

    def names(self, text: str) -> Iterator[Region]:
        for pattern, code in self.lexicon.regions:
            for match in pattern.finditer(text):
                if code is not None:
                    yield Region(*match.span(), (code,))
                elif match["name"][0].isupper():
                    # A name may be a common word as well; only a capital tells them apart.
                    yield Region(*match.span(), (self.lexicon.codes[" ".join(match["name"].split()).casefold()],))

    def ranks(self, text: str) -> Iterator[Token]:
        for match in self.pattern["place"].finditer(text):
            place = match["noun"] or match["number"] or match["other"] or match["ordinal"]
            from_end = match["last"] or self.pattern["from_end"].match(text, match.end())
            yield Rank(*match.span(), self.number_of(place) if place else 1, below=bool(from_end), sure=True)
        for match in self.pattern["superlative"].finditer(text):
            within = match["top"] or match["within"] or match["group"]
            place = self.number_of(within or match["nth"] or "1")
            noun = self.pattern["of_noun"].match(text, match.end())
            grows = self.pattern["of_speed"].search(match[0]) or (noun and noun["growth"])
            of: Literal["growth", "level", ""] = "growth" if grows else "level" if noun else ""
            counts = match[0].lower().endswith(("flest", "färst"))
            yield Rank(*match.span(), place, bool(match["low"]), bool(within), place > 1, of, counts)
