"""Claims of what the tokens of a sentence say, for each region that they are about."""

import re
from collections.abc import Sequence

from pipeline.check.claim import EVERY, Claim, Kind, turned
from pipeline.check.doubts import doubts
from pipeline.check.parts import Parts, Window
from pipeline.check.senses import Form
from pipeline.check.subjects import Subject, Subjects
from pipeline.check.tokens import BOUNDS, Area, Concept, Number, Rank, Region, Several, Token, Years, replace
from pipeline.check.years import of_every_year

MANY = 1_000_000
"""More than there are regions: what is said of those in a list can be so of others."""


class Maker:
    """What makes claims of a sentence taken apart."""

    def __init__(self, parts: Parts, subjects: Subjects) -> None:
        self.parts = parts
        self.subjects = subjects
        self.sentence = parts.sentence
        self.text = parts.sentence.text
        self.pattern = parts.pattern

    def claim(self, tokens: Sequence[Token], kind: Kind, subject: Subject | None = None) -> Claim:
        """A claim without its region and years."""
        start, end = tokens[0].start + self.sentence.start, tokens[-1].end + self.sentence.start
        of_known = self.pattern["of_the_known"].search(self.text) is not None
        claim = Claim(self.sentence, start, end, kind, among=self.parts.among, of_known=of_known)
        if subject is None:
            return claim
        claim = replace(claim, topics=subject.topics, scopes=subject.scopes, sides=subject.sides, forms=subject.forms)
        per_year, each_year = (self.parts.is_said(name, tokens[0]) for name in ("per_year", "each_year"))
        if self.pattern["each_year"].search(self.text):
            excepted = [match["year"] for match in self.pattern["but_for_years"].finditer(self.text)]
            alone = [str(one.final) for one in self.parts.of(Years) if one.final and not one.base and one.end < tokens[0].start]
            claim = replace(claim, besides=(*excepted, *(alone if self.pattern["otherwise"].search(self.text) else [])))
        return replace(claim, of_whole=subject.of_whole, of_topic=subject.of_topic, per_year=per_year, each_year=each_year)

    def unclear(self, tokens: Sequence[Token], reason: str) -> Claim:
        return replace(self.claim(tokens, "unclear"), obstacle=reason)

    def make(self, token: Token, claim: Claim) -> list[Claim]:
        """A claim for each of the regions that its token is about, and for each of the years that it is said of."""
        both = self.pattern["both_years"].search(self.text)
        of_levels = claim.kind in ("level", "rank of level", "comparison of level")
        is_of_both = not isinstance(token, Number) or bool(both and both.start() == token.end + 1)  # "794 såväl 2019 som 2020"
        if both and ((of_levels and is_of_both) or claim.kind in ("direction", "growth")):
            # "växte både 2018 och 2019" is each year's growth
            windows = [Window(None if of_levels else int(year) - 1, int(year)) for year in both.groups() if year]
            each = (replace(claim, windows=(window,), at=1, spelled_out=True) for window in windows)
            return [one for of_year in each for one in self.make_of(token, of_year, exactly=True)]
        both_forms = self.pattern["both_forms"].search(self.text)
        over = [one.says["form"] for one in self.parts.of(Concept) if both_forms and one.start == both_forms.end() and "form" in one.says]
        if over and not isinstance(token, Number):
            quantity = claim.forms[0].quantity
            forms = (Form(quantity), self.form_of_counts(over[0], quantity))
            return [one for form in forms for one in self.make_of(token, replace(claim, forms=(form,)), exactly=True)]
        return self.make_of(token, claim)

    def make_of(self, token: Token, claim: Claim, *, exactly: bool = False) -> list[Claim]:
        """A claim for each of the regions that its token is about; exactly: of its years and no others."""
        claim = self.of_years(token, claim)
        claim = replace(claim, doubts=() if exactly else tuple(doubts(self.parts, token, claim)))
        regions, from_before = self.parts.regions(token)
        if claim.of_whole and regions == (self.parts.whole,):
            regions = self.of_whole(regions)
        if others := self.pattern["with_others"].search(self.text):
            before = [code for one in self.parts.of(Region) if one.end <= others.start() for code in one.codes]
            regions = (*before[-1:], *(code for code in regions if code not in before))  # "Skåne stod tillsammans med Halland för …"
        if isinstance(token, Number) and token.place is not None and len(regions) == token.places:
            regions = (regions[token.place],)
            claim = replace(claim, doubts=())
        is_bound = claim.kind == "direction" or (claim.number is not None and claim.number.written.how in BOUNDS)
        if counted := self.counted(token, claim, regions, is_bound=is_bound or claim.compares):
            return counted
        assumed = (*(["region"] if from_before else []), *claim.assumed)
        obstacle = claim.obstacle or self.parts.obstacle(token)
        senses = [one for topic in claim.topics for one in self.parts.senses.about(topic, claim.forms[0])]
        only = [
            region.codes
            for region in self.parts.of(Region)
            if self.pattern["only"].search(self.text[: region.start]) and not self.pattern["only_more"].match(self.text, region.end)
        ]
        is_sole = bool(self.pattern["sole"].search(self.text))
        is_each = is_bound and (regions in only or is_sole)  # "bara X och Y hade över 20 miljarder"
        is_sum = claim.of_change or (claim.kind == "level" and (claim.of_whole or any(one.adds_up for one in senses)) and not is_each)
        is_sum = is_sum and not self.pattern["each_of_both"].search(self.text)
        if len(regions) > 1 and (is_sum or self.pattern["together"].search(self.text)) and None not in regions:
            regions = ("+".join(map(str, regions)),)
        claims = [self.in_region(claim, region, assumed, obstacle) for region in regions]
        if (
            (is_bound or claim.compares or (claim.number and claim.number.in_times))
            and None not in regions
            and (regions in only or is_sole)
        ):
            named = [code for region in self.parts.of(Region) if not self.parts.is_rival(region) for code in self.parts.parts_of(region)]
            count = len({*regions, *named}) if is_sole else len(regions)
            claims.append(replace(claim, region=EVERY, several=(count, count), obstacle=obstacle, doubts=()))
        return claims

    def of_years(self, token: Token, claim: Claim) -> Claim:
        """A claim of a level as one of every year of which it is said; a number can only bound them all."""
        is_bound = claim.number is None or claim.number.written.how in BOUNDS
        if claim.kind not in ("level", "rank of level", "comparison of level") or not is_bound or (claim.rank and claim.rank.of_years):
            return replace(claim, each_year=claim.each_year and claim.kind in ("growth", "change", "direction"))
        window = of_every_year(self.parts, token)
        claim = replace(claim, each_year=True, windows=(window,), at=1) if window else replace(claim, each_year=False)
        is_never = any("never" in one.says for one in self.parts.of(Concept, self.parts.own[id(token)]))
        return turned(claim) if window and is_never and not claim.rank else claim

    def of_whole(self, regions: tuple[str | None, ...]) -> tuple[str | None, ...]:
        """Whose part of the whole a share is: of the regions that the sentence names, or goes on to speak of."""
        named = [code for one in self.parts.of(Region) if not self.parts.is_rival(one) for code in self.parts.parts_of(one)]
        before = self.parts.context.counties if self.pattern["theirs"].search(self.text) else (self.parts.context.county,)
        return tuple(dict.fromkeys(named)) or tuple(filter(None, before)) or regions

    def counted(self, token: Token, claim: Claim, regions: Sequence[str | None], *, is_bound: bool) -> list[Claim]:
        """A claim of so many of all regions, of each of them or of none, and of those that are named; none where it is of a region."""
        every = replace(claim, region=EVERY, obstacle=self.parts.obstacle(token), doubts=())
        if (several := self.several(token)) and not claim.rank:
            count = several[-1].count
            listed = [one.codes for one in self.parts.of(Region) if len(one.codes) == count > 1]
            is_all = self.pattern["only"].search(self.text[: several[-1].start]) or self.pattern["list_of_them"].search(self.text)
            every = replace(every, several=(count, MANY) if listed and not is_all else _range(count, several[-1].most))
            members = listed[0] if listed else regions if several[-1].has_named else ()
            return [every, *(replace(every, region=code, several=None) for code in members)]
        if is_bound and (besides := self.all_but(token)) is not None:
            return [replace(every, besides=besides)]
        nowhere = self.nowhere()
        others = [region for region in self.parts.of(Region) if not self.parts.is_rival(region)]
        if not (nowhere and is_bound) or any(self.parts.own[id(region)] == self.parts.own[id(token)] for region in others):
            return []
        named = {code for region in others for code in region.each} or {str(self.parts.context.county)}
        return [replace(every, several=(0, 0), besides=tuple(named) if nowhere["other"] or nowhere["others"] else ())]

    def several(self, token: Token) -> list[Several]:
        """The numbers of regions of which a token's part says something, or the part before with a list of their names between."""
        parts, own = self.parts, self.parts.own[id(token)]
        may_follow = not isinstance(token, Number) or token.written.how in BOUNDS
        found = [one for one in parts.of(Several, own) if one.start < token.start or may_follow]
        before = [one for one in parts.of(Several) if parts.own[id(one)] < own]
        if found or not before:
            return found
        between = [one for one in parts.tokens if before[-1].end <= one.start and parts.own[id(one)] < own]
        return before[-1:] if may_follow and all(isinstance(one, Region) for one in between) else []

    def nowhere(self) -> re.Match[str] | None:
        """The words by which something is so of none of the regions, which place no region among them."""
        ranks = self.parts.of(Rank)
        found = self.pattern["nowhere"].finditer(self.text)
        return next((match for match in found if not any(rank.start < match.end() and match.start() < rank.end for rank in ranks)), None)

    def all_but(self, token: Token) -> tuple[str, ...] | None:
        """The regions that are excepted where something is said of all the others; None where it is not said of all."""
        if self.pattern["all_others"].search(self.text):
            named = [one for one in self.parts.of(Region) if self.parts.parts_of(one)]
            named = [one for one in named if not self.parts.is_rival(one)] or named  # "i alla andra län var den lägre än i Halland"
            return tuple(code for one in named for code in self.parts.parts_of(one)) or self.parts.context.named
        if not (self.pattern["everywhere"].search(self.text) or any(area.of_each for area in self.parts.of(Area))):
            return None
        named = [region for region in self.parts.of(Region, self.parts.own[id(token)]) if region.codes]
        excepted = [region for region in self.parts.of(Region) if self.pattern["excepted"].search(self.text[: region.start])]
        is_of_all = all(region in excepted or self.parts.is_rival(region) for region in named)
        return tuple(code for region in excepted for code in region.codes) if is_of_all else None

    @staticmethod
    def in_region(claim: Claim, region: str | None, assumed: tuple[str, ...], obstacle: str) -> Claim:
        doubts = tuple(replace(doubt, region=doubt.region or region) for doubt in claim.doubts)
        return replace(claim, region=region, assumed=assumed, obstacle=obstacle, doubts=doubts)

    def is_within(self, rank: Rank) -> bool:
        """Whether a superlative is one within a region: "Hallands största exportföretag"."""
        owners = [region for region in self.parts.of(Region) if region.end == rank.start - 1 and region.codes != (self.parts.whole,)]
        return bool(owners) and self.text[: owners[0].end].endswith("s")

    def of_counts(self, token: Token, subject: Subject) -> Subject:
        """The subject as a count, where there are "fler", or "färre", of it."""
        near = self.subjects.near(token)
        counted = near.get("counted") or self.subjects.members_of(near)
        counted = counted or (None if self.parts.names_statistic() else self.parts.context.says.get("counted"))
        if not counted:
            return Subject((), (), ())
        form = near.get("form")
        return replace(subject, topics=tuple((one,) for one in counted[0]), forms=(self.form_of_counts(form, counted[1]),))

    def form_of_counts(self, form: Form | None, quantity: str) -> Form:
        """The form of a count, "per invånare" being per as many as the data count by."""
        return self.parts.senses.whole_form(replace(form, times=0 if form.times == 1 else form.times) if form else None, quantity)


def _range(least: int, most: int | None) -> tuple[int, int]:
    return least, least if most is None else most
