"""Claims of years beside the one that is told: that something was so for the first time, and has been so since."""

import re
from collections.abc import Iterator, Sequence

from pipeline.check.claim import Claim, may_turn, turned
from pipeline.check.maker import Maker
from pipeline.check.parts import Window
from pipeline.check.tokens import Concept, Direction, Region, Token, Years, replace
from pipeline.check.years import year as year_of


class History(Maker):
    """What a sentence says of the years before and after those of its claims."""

    def history(self, made: Sequence[Claim]) -> list[Claim]:
        """The claims of a sentence with what they say of the years before, and those of later years."""
        later = [one for match in self.pattern["again"].finditer(self.text) for one in self.again(match, made)]
        later += [one for claim in made if claim.rank and not claim.obstacle for one in self.taken_over(claim)]
        years = [one.windows[0].final or 0 for one in made if one.kind == "direction" and one.windows]
        return [replace(one, also=(*one.also, *self.before(one, years))) for one in made] + later

    def taken_over(self, claim: Claim) -> Iterator[Claim]:
        """Who had a place the year before: "tog över förstaplatsen från Västmanland"."""
        match, final = self.pattern["taken_over"].search(self.text), claim.windows[0].final
        for region in self.parts.of(Region):
            if match and final and region.start == match.end() and len(region.codes) == 1:
                yield replace(claim, region=region.codes[0], windows=(Window(final=final - 1),), doubts=())

    def before(self, claim: Claim, years: Sequence[int]) -> Iterator[Claim]:
        """What was otherwise: before the first year, the year before a bound is passed, in a streak that ends, in all years but one.

        years: those in which something moves.
        """
        final = claim.windows[0].final if may_turn(claim) and not claim.each_year else None
        if not final:
            return
        if claim.kind == "direction" and self.is_sole(final):
            yield replace(turned(claim), each_year=True, besides=(str(final),), windows=(Window(),), doubts=())
        first = self.pattern["first_then"].search(self.text)
        before = replace(turned(claim), windows=(Window(final=final - 1),), doubts=())
        if first and first["year"] in (None, str(final)):
            since = max((one.says.get("first_since", 0) for one in self.parts.of(Concept)), default=0)
            base = since + (claim.kind != "direction") if since else None
            yield replace(before, each_year=True, windows=(Window(base, final - 1),))
        elif self.crosses(claim):
            yield before
        rows = [one for one in self.parts.of(Concept) if one.says.get("before")]
        nouns = [one for one in self.parts.of(Direction) if one.noun and rows and rows[0].end < one.start]
        if nouns and claim.kind == "direction" and final == min(years):  # "efter tre raka år av tillväxt"
            window = Window(final - 1 - rows[0].says["in_a_row"], final - 1)
            yield replace(claim, sign=nouns[0].sign, each_year=True, windows=(window,), doubts=())

    def is_sole(self, year: int) -> bool:
        """Whether something is said to be so in one year alone: "bara ett enda år, 2020"."""
        match = self.pattern["sole_year"].search(self.text)
        return match is not None and match["year"] in (None, str(year)) and not self.pattern["never"].search(self.text)

    def crosses(self, claim: Claim) -> bool:
        """Whether a bound is said to be passed, and not only to be lower or higher than the figure."""
        found = self.pattern["crosses"].search(self.text[: claim.start - self.sentence.start])
        return bool(found and found["across"]) and claim.number is not None and claim.number.written.how == "over"

    def again(self, match: re.Match[str], made: Sequence[Claim]) -> Iterator[Claim]:
        """What goes on after a claim, or has ended: "sedan dess har det legat före", "så var det alltjämt 2021", "under strecket"."""
        parts, token = self.parts, Token(*match.span())
        segment = parts.own[id(token)] = parts.segment(token)
        begins = token.start + self.sentence.start
        earlier = [
            one for one in made if one.end <= begins and (one.rank or one.number or may_turn(one)) and one.windows and not one.obstacle
        ]
        earlier = earlier or [one for one in [parts.context.bound] if one and (match["up"] or match["down"])]
        if not earlier:
            return
        last = max(earlier, key=lambda one: (one.windows[0].final or 0, one.end))
        window, each = self.later(match, last, token)
        below = any(match[name] for name in ("below", "low", "down"))
        above = any(match[name] for name in ("above", "over", "up"))
        named = [code for region in parts.of(Region, segment) for code in parts.parts_of(region)]
        for one in earlier:
            if one.windows != last.windows or one.kind != last.kind or (match["place"] and not (one.rank and len(named) == 1)):
                continue
            said = replace(one, sentence=self.sentence, start=begins, end=begins + len(match[0]), doubts=(), also=())
            said = replace(said, windows=(window,), each_year=each, at=1)
            if "statistic" in parts.says[segment]:
                subject, _ = self.subjects.subject(token)
                said = replace(said, topics=subject.topics, scopes=subject.scopes, forms=subject.forms)
            if (one.rank and one.rank.of_years) or (one.kind == "level" and one.number and not may_turn(one)):
                since = replace(said, kind="direction", rank=None, number=None, from_first=True)
                since = replace(since, each_year=True, windows=(replace(window, base=one.windows[0].final),))
                yield from [replace(since, sign=-1 if below else 1)] if above or below else []
            elif match["place"]:
                yield replace(said, region=named[0])
            elif may_turn(one):
                is_above = one.number.written.how == "over" if one.number else one.sign > 0
                yield turned(said) if match["reversed"] or (below and is_above) or (above and not is_above) else said

    def later(self, match: re.Match[str], last: Claim, token: Token) -> tuple[Window, bool]:
        """The years of which something is said again, and whether it is said of each of them."""
        dated = [one for one in self.parts.of(Years, self.parts.own[id(token)]) if one.base or one.final]
        if dated and dated[0].base:
            return Window(dated[0].base, dated[0].final), True
        if match["until"]:
            begins = last.windows[0].base if last.each_year else last.windows[0].final
            return Window(final=begins - 1 if begins else None), True
        if any(match[name] for name in ("since", "ever", "keeps")):
            return Window((last.windows[0].final or 0) + 1 or None), True
        windows, _, _ = year_of(self.parts, token)
        return Window(final=windows[0].final), False
