"""Claims that point back to another: "så är det också i Halland", "2016 var förhållandet det omvända", "i Örebro var den högre"."""

from collections.abc import Iterator, Sequence

from pipeline.check.claim import EVERY, Claim, Kind
from pipeline.check.maker import Maker
from pipeline.check.parts import Window
from pipeline.check.senses import WHOLE_SCOPE
from pipeline.check.tokens import LAST_YEAR, Number, Region, Token, Years, replace
from pipeline.check.years import year as year_of

REPEATED: tuple[Kind, ...] = ("comparison of level", "comparison of growth", "direction", "growth", "change")
"""What can be so again; of a growth, that it went up or down."""


class References(Maker):
    """What a sentence says of what it has said, or the one before it."""

    def references(self, made: Sequence[Claim]) -> list[Claim]:
        """The claims that repeat another, or hold their own figure against another's; made: those that the sentence makes itself."""
        again = [*self.again(made)]
        return [*again, *self.implied([*made, *again])]

    def earlier(self, made: Sequence[Claim], start: int) -> list[Claim]:
        """The claims before a place of the sentence: its own, or those of the sentence before."""
        own = [one for one in made if one.end <= start + self.sentence.start]
        return [one for one in own or self.parts.context.claims if not one.obstacle and one.region not in (None, EVERY)]

    def again(self, made: Sequence[Claim]) -> Iterator[Claim]:
        """The comparison or direction before, of another region, year or statistic: as it was, or the other way round."""
        for segment, (start, end) in self.parts.repeats.items():
            is_own = any(one.end <= start + self.sentence.start for one in made)
            if is_own and self.pattern["again"].search(self.text, start, end):
                continue  # what goes on in later years
            told = [one for one in self.earlier(made, start) if one.kind in REPEATED and not (one.compares and one.number)]
            last = max(
                told, key=lambda one: one.windows[0].final or LAST_YEAR, default=None
            )  # of one that overtakes, the year in which it does
            if last and (claim := self.moved(last, segment)):
                place = start + self.sentence.start, end + self.sentence.start
                kind = claim.kind if claim.compares else "direction"
                claim = replace(claim, sentence=self.sentence, start=place[0], end=place[1], doubts=(), kind=kind, number=None)
                is_turned = self.pattern["turned_round"].search(self.text, start, end)
                yield replace(claim, sign=-claim.sign, or_nil=True) if is_turned else claim

    def moved(self, claim: Claim, segment: int) -> Claim | None:
        """A claim as one of the region, year and statistic that a segment names; None where it names no others."""
        parts, first = self.parts, claim
        if codes := [code for region in parts.of(Region, segment) for code in region.codes]:
            claim = replace(claim, region=codes[-1])
        if years := [year for one in parts.of(Years, segment) if (year := one.final or max(one.shift, 0))]:
            is_level = claim.kind == "comparison of level"
            claim = replace(claim, windows=(Window(final=years[-1], length=None if is_level else 1),), at=1)
        if naming := parts.says[segment].get("statistic"):
            can_be = not (claim.rival or naming.is_open or claim.forms[0].quantity)
            claim = replace(claim, topics=((naming.statistics),), scopes=(WHOLE_SCOPE,), sides=()) if can_be else first
        is_other = (claim.region, claim.windows, claim.topics) != (first.region, first.windows, first.topics)
        return claim if is_other and claim.region != claim.against else None

    def implied(self, made: Sequence[Claim]) -> Iterator[Claim]:
        """A comparison without "än", of the region or statistic spoken of before: "var varuexporten högre i Örebro", "låg Halland före"."""
        parts = self.parts
        for match in self.pattern["more_than_it"].finditer(self.text):
            token = Token(*match.span())
            segment = parts.own[id(token)] = parts.segment(token)
            regions = [one for one in parts.of(Region) if one.codes and one.start < match.end() + len(" i X")]
            after = [one for one in parts.of(Region) if one.codes and match.end() <= one.start <= match.end() + len(" i ")]
            own = after or [one for one in regions if parts.own[id(one)] == segment]
            told = [one for one in self.earlier(made, match.start()) if one.kind in ("level", "growth") or one.compares]
            subject, unsaid = self.subjects.subject(token)
            if self.pattern["so_many_more"].search(match[0]):
                subject = self.of_counts(token, subject)
            if (
                parts.of(Number, segment)
                or not subject.topics
                or any(one.start < token.end + self.sentence.start and one.end > token.start + self.sentence.start for one in made)
            ):
                continue
            windows, at, is_unsaid = year_of(parts, token)
            kind: Kind = "comparison of level"
            claim = replace(
                self.claim([token], kind, subject), windows=windows[:1], at=at, sign=-1 if match["less"] or match["behind"] else 1
            )
            claim = replace(claim, per_year=False, assumed=(*unsaid, *(["year"] if is_unsaid else [])))
            codes = [code for region in own for code in region.codes]
            before = [code for one in regions if one not in own and one.start < match.end() for code in one.codes] if own else []
            before = before or [str(code) for one in told[-1:] for code in (one.against, one.region) if code and code not in codes]
            if len(codes) == 1 and before and before[-1] != codes[0]:
                yield replace(claim, region=codes[0], against=before[-1])
                continue
            last = told[-1] if told and not codes and "statistic" in parts.says[segment] else None
            is_alike = last and last.kind == "level" and last.topics != subject.topics and last.forms[0].over == subject.forms[0].over
            if last and is_alike and len(subject.topics) == 1 == len(last.topics):
                yield replace(claim, region=last.region, rival=last.topics[0], windows=last.windows)
