"""From sentences to claims: what each number, place or direction says, of what.

What cannot be understood becomes a claim with an obstacle, so that nothing is passed over in silence.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline.check.claim import EVERY, Claim, Kind
from pipeline.check.doubts import doubts
from pipeline.check.lexicon import Lexicon
from pipeline.check.parts import Context, Parts, Subject, Window
from pipeline.check.senses import SHARE, Form, Topic
from pipeline.check.texts import Sentence
from pipeline.check.tokens import Concept, Direction, How, Number, Obstacle, Rank, Region, Several, Token, Written, Years
from pipeline.check.years import full_windows, printed_window
from pipeline.check.years import windows as windows_of
from pipeline.check.years import year as year_of

TURNED: dict[How, How] = {"over": "under", "under": "over", "above": "below", "below": "above"}
"""How near a figure is to a number, of what is missing to the whole: "mindre än hälften" is more than 50 per cent less."""
NO_FIGURE = "a number that is no figure of the data"
OF_UNITS = "a number of what the figures are divided by, which is not checked"
OF_MEMBERS = "whether these are the ones that the data count is not said"


def find(sentences: Iterable[Sentence], lexicon: Lexicon) -> list[Claim]:
    """Every claim of a text, in order."""
    context = Context()
    found: list[Claim] = []
    below_heading = False
    for sentence in sentences:
        if sentence.begins and not below_heading:
            context = Context(region=context.region, county=context.county, scope=context.scope)
        below_heading = sentence.begins and not lexicon.pattern["stops"].search(sentence.text)
        reader = _Reader(Parts(sentence, lexicon, context))
        claims = sorted(reader.claims(), key=lambda claim: claim.start)
        found += claims
        if not sentence.in_table:
            window = next(iter(full_windows(reader.parts)), None) or printed_window(reader.parts)
            reader.parts.pass_on([claim.kind for claim in claims], window)
    return found


class _Reader:
    """What a sentence claims."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.sentence = parts.sentence
        self.text = parts.sentence.text
        self.pattern = parts.pattern

    def claims(self) -> Iterator[Claim]:
        """Every claim of the sentence."""
        parts = self.parts
        if self.sentence.in_table:
            if parts.numbers:
                yield self.unclear(parts.tokens, "it stands in a table; sentences are checked")
            return
        if self.sentence.is_foreign:
            if parts.numbers:
                yield self.unclear(parts.tokens, "the sentence is not in Swedish")
            return
        made: list[Claim] = []
        for number in parts.numbers:
            made += [self.unclear([number], OF_UNITS)] if self.counts_units(number) else self.number(number, made)
        for rank in parts.of(Rank):
            made += self.place(rank, made) if self.is_rank(rank) else [self.unclear([rank], "a superlative of no figure of the data")]
        said = {claim.obstacle for claim in made}
        made += [self.unclear([one], one.reason) for one in parts.of(Obstacle) if one.reason not in said and self.holds_number(one)]
        made += self.comparisons(made)
        starts = {claim.start - self.sentence.start for claim in made}
        made += self.directions({parts.own[id(token)] for token in [*parts.numbers, *parts.of(Rank)] if token.start in starts})
        if not any(claim.several for claim in made):
            made += [self.unclear([one], "so many of the regions, which is not taken apart") for one in parts.of(Several)]
        if not made and parts.of(Years) and parts.names_statistic() and self.pattern["holds_years"].search(self.text):
            made.append(self.unclear(parts.of(Years)[:1], "a comparison of years, which is not taken apart"))
        yield from made

    def holds_number(self, token: Token) -> bool:
        """Whether a number, a share or a superlative is among the words of a token, as in "ett av tre län"."""
        return bool(self.pattern["says_number"].search(self.text[token.start : token.end]))

    def claim(self, tokens: Sequence[Token], kind: Kind, subject: Subject | None = None) -> Claim:
        """A claim without its region and years."""
        start, end = tokens[0].start + self.sentence.start, tokens[-1].end + self.sentence.start
        claim = Claim(self.sentence, start, end, kind)
        if subject is None:
            return claim
        claim = replace(claim, topics=subject.topics, scopes=subject.scopes, sides=subject.sides, forms=subject.forms)
        per_year, each_year = (self.parts.is_said(name, tokens[0]) for name in ("per_year", "each_year"))
        return replace(claim, of_whole=subject.of_whole, of_topic=subject.of_topic, per_year=per_year, each_year=each_year)

    def unclear(self, tokens: Sequence[Token], reason: str) -> Claim:
        return replace(self.claim(tokens, "unclear"), obstacle=reason)

    def make(self, token: Token, claim: Claim) -> list[Claim]:
        """A claim for each of the regions that its token is about."""
        claim = replace(claim, doubts=tuple(doubts(self.parts, token, claim)))
        regions, from_before = self.parts.regions(token)
        if isinstance(token, Number) and token.place is not None and len(regions) == token.places:
            regions = (regions[token.place],)
            claim = replace(claim, doubts=())
        several = [
            one.count
            for one in self.parts.of(Several, self.parts.own[id(token)])
            if one.start < token.start or not isinstance(token, Number)
        ]
        if several and not claim.rank:
            return [replace(claim, region=EVERY, several=several[-1], obstacle=self.parts.obstacle(token), doubts=())]
        assumed = (*(["region"] if from_before else []), *claim.assumed)
        obstacle = claim.obstacle or self.parts.obstacle(token)
        if (
            len(regions) > 1
            and (
                self.pattern["together"].search(self.text) or (claim.kind == "level" and not self.pattern["each_of_both"].search(self.text))
            )
            and None not in regions
        ):
            regions = ("+".join(map(str, regions)),)
        claims = [self.in_region(claim, region, assumed, obstacle) for region in regions]
        is_bound = claim.kind == "direction" or (claim.number is not None and claim.number.written.how in ("over", "under"))
        only = [region.codes for region in self.parts.of(Region) if self.pattern["only"].search(self.text[: region.start])]
        if is_bound and regions in only:
            claims.append(replace(claim, region=EVERY, several=len(regions), obstacle=obstacle, doubts=()))
        return claims

    @staticmethod
    def in_region(claim: Claim, region: str | None, assumed: tuple[str, ...], obstacle: str) -> Claim:
        doubts = tuple(replace(doubt, region=doubt.region or region) for doubt in claim.doubts)
        return replace(claim, region=region, assumed=assumed, obstacle=obstacle, doubts=doubts)

    # Numbers

    def number(self, number: Number, made: Sequence[Claim]) -> list[Claim]:
        """The claims that a number makes; none for one in words, without a unit, where nothing that is measured is named."""
        parts = self.parts
        subject, unsaid = parts.subject(number)
        reason = self.hindrance(number, subject)
        if reason == NO_FIGURE and not re.search(r"\d", self.text[number.start : number.end]) and not parts.names_statistic():
            return []
        if subject.together and number.place is not None and len(subject.together) == number.places:
            subject = replace(subject, topics=((subject.together[number.place],),))
        elif subject.together and self.pattern["each_of_both"].search(self.text):
            subject = replace(subject, topics=tuple((one,) for one in subject.together))
        if likened := self.pattern["likened"].match(self.text, number.end):
            return self.likened(number, likened, subject, made)
        exceeds = self.pattern["exceeds"].search(self.text[: number.start])
        if compared := exceeds or self.pattern["comparison"].match(self.text, number.end + 1):
            return self.compared(number, compared, number)
        if reason:
            return [self.unclear([number], parts.obstacle(number) or reason)]
        sign = parts.sign(number)
        kind = self.kind(number, subject, sign)
        own = parts.own[id(number)]
        if kind == "level" and number.role == "med" and made and made[-1].kind == "change" and "statistic" not in parts.says[own]:
            kind = "change"  # "ökade med 54 miljarder kronor och Stockholms med 19 miljarder"
        if kind == "unclear":
            return [self.unclear([number], parts.obstacle(number) or "whether it is growth, a share or something else is not said")]
        claim = replace(self.claim([number], kind, subject), number=number, unless_right=OF_MEMBERS if self.counts_members(number) else "")
        if kind == "level":
            windows, at, is_unsaid = year_of(parts, number)
            if claim.per_year and not (windows[0].base and windows[0].final):
                claim = replace(claim, per_year=False)  # "160 000 kronor per år" is what a year has
            return self.make(number, replace(claim, windows=windows, at=at, assumed=(*unsaid, *(["year"] if is_unsaid else []))))
        windows, is_unsaid = windows_of(parts, number)
        full = full_windows(parts)
        if number.place is not None and len(full) == 2:
            windows = (full[number.place],)
        printed = printed_window(parts)
        if is_unsaid and printed:
            windows = (printed,)
        assumed = (*unsaid, *(["window"] if is_unsaid and not printed else []))
        return self.make(number, replace(claim, windows=windows, assumed=assumed, sign=sign or 1, printed=parts.printed()))

    def counts_units(self, number: Number) -> bool:
        """Whether a number is one of what other figures are divided by: "336 748 invånare", "folkmängden är 336 748"."""
        if self.pattern["units_after"].match(self.text, number.end):
            return True
        said = [concept for concept in self.parts.of(Concept) if concept.start < number.start and {*concept.says} & {"statistic", "form"}]
        last = max((concept.end for concept in said), default=0)
        return bool(self.pattern["units_before"].search(self.text[last : number.start]))

    def counts_members(self, number: Number) -> bool:
        """Whether a number is of enterprises at large, not of those that the data count: "14 905 företag", "av 14 905 företag"."""
        if number.unit or not self.pattern["enterprises_after"].match(self.text, number.end):
            return False
        own = self.parts.own[id(number)]
        if any("members" in concept.says for concept in self.parts.of(Concept, own)):
            return False
        is_said = "statistic" in self.parts.says[own] or any("counted" in said for said in self.parts.says[:own])
        return not is_said or bool(self.pattern["part_of_enterprises"].search(self.text[: number.start]))

    def hindrance(self, number: Number, subject: Subject) -> str:
        """Why a number is no figure of the data that could be checked; empty where it may be one."""
        if not number.unit and not self.is_count(number, subject):
            return NO_FIGURE
        if any(self.is_within(rank) for rank in self.parts.of(Rank)):
            return "about one within the region"
        return "" if subject.topics else "what it measures is not said"

    def is_count(self, number: Number, subject: Subject) -> bool:
        """Whether a bare number counts what the sentence is about."""
        text = self.text
        if not self.parts.counts(tuple(one for topic in subject.topics for one in topic), subject.forms[0]) or re.match(
            r"0\d|\d+/", text[number.start :]
        ):
            return False
        if self.pattern["more_after"].match(text, number.end):
            return True
        named = any(
            region.end <= number.start and text[region.end : number.start].strip() in ("", "bara", "endast")
            for region in self.parts.of(Region)
        )
        after = self.pattern["counts_after"].match(text, number.end)
        segment = self.parts.own[id(number)]
        end = next((start for start in self.parts.starts if start > number.start), len(text))
        around = text[self.parts.starts[segment] : number.start] + self.pattern["alone"].sub("", text[number.end : end])
        is_alone = segment > 0 and not around.strip(" .,;:()") and any(self.parts.own[id(rank)] < segment for rank in self.parts.of(Rank))
        return named or is_alone or bool(after or self.pattern["counts_before"].search(text[: number.start]))

    def kind(self, number: Number, subject: Subject, sign: int) -> Kind:
        """Whether a number is growth, a change or a level."""
        parts, before = self.parts, self.text[: number.start]
        segment = parts.own[id(number)]
        restates = self.pattern["restates"].match(self.text, parts.starts[segment])
        moves = any(parts.of(Direction, near) for near in (range(segment + 1) if restates else [segment]))
        if number.unit == "points":
            return "change"
        if number.unit == "%":
            may_be_level = (subject.forms[0].over == SHARE or subject.of_whole or subject.of_topic) and not number.is_growth
            if may_be_level and (number.role in ("från", "till") or not (moves or number.sign)):
                return "level"
            grows = any(rank.of == "growth" and parts.own[id(rank)] < segment for rank in parts.of(Rank))
            return "growth" if sign or number.is_growth or grows else "unclear"
        if before.rstrip().endswith(":") and any(not word.sign for word in parts.of(Direction)):
            return "change"
        if not parts.names_statistic(segment) and parts.context.sign and "motsvarar" in before[-25:].lower():
            return "change"
        # What stands before, without the word and the qualifier right before the number.
        cut = self.pattern["before_number"].sub("", before + " ").strip()
        by = (
            self.pattern["of_increase"].match(self.text)
            or (number.role == "med" and moves)
            or number.sign
            or self.pattern["more_after"].match(self.text, number.end)
            or (number.role in ("", "på", "om", "med") and self.pattern["changes_by"].search(cut))
            or (
                number.unit == "money"
                and number.role not in ("från", "till")
                and self.pattern["absolute"].search(self.text)
                and parts.of(Direction)
            )
            or (
                number.role == "med"
                and self.pattern["goes_on_by"].fullmatch(before[parts.starts[segment] :])
                and any(parts.own[id(word)] < segment for word in parts.of(Direction))
            )
            or any(word.finite and not word.noun and not before[word.end :].strip() for word in parts.of(Direction, segment))
        )
        return "change" if by else "level"

    # Comparisons

    def comparisons(self, made: Sequence[Claim]) -> Iterator[Claim]:
        """Claims of more, or less, than another region has: "högre än i riket", "över rikssnittet"."""
        taken = {claim.end for claim in made if claim.against}
        against = [rank.start for rank in self.parts.of(Rank) if rank.of_next]
        for match in self.pattern["comparison"].finditer(self.text):
            if against and against[0] < match.start():
                continue
            if match.start() + self.sentence.start - 1 not in taken:
                claims = self.compared(Token(*match.span()), match, made=made)
                yield from claims
                yield from self.only(claims, match)

    def only(self, claims: Sequence[Claim], match: re.Match[str]) -> Iterator[Claim]:
        """The place of the region than which only those that are named have more: "bara i Skåne är den högre än i Halland"."""
        named = [region for region in self.parts.of(Region) if self.pattern["only"].search(self.text[: region.start])]
        if named and claims and claims[0].against:
            first = claims[0]
            rank = Rank(*match.span(), len(named[0].codes) + 1, below=bool(match["less"]), sure=True)
            kind: Kind = "rank of growth" if first.kind == "comparison of growth" else "rank of level"
            yield replace(first, kind=kind, region=first.against, against="", rank=rank, sign=1, doubts=())

    def compared(self, token: Token, match: re.Match[str], number: Number | None = None, made: Sequence[Claim] = ()) -> list[Claim]:
        """A comparison; number: by how much."""
        parts = self.parts
        parts.own.setdefault(id(token), parts.segment(token))
        others = [region for region in parts.of(Region) if 0 <= region.start - match.end() <= len("hela ") and len(region.codes) == 1]
        subject, unsaid = parts.subject(token)
        if not others or not subject.topics:
            return [self.unclear([token], "what is compared is not said")]
        grows = any(word.finite or word.noun for word in parts.of(Direction, parts.own[id(token)]) if word.start < match.start())
        goes_on = bool(made) and made[0].kind == "growth" and "statistic" not in parts.says[parts.own[id(token)]]
        of_growth = goes_on or bool(self.pattern["faster"].search(match[0])) or (grows and number is None)
        if not of_growth and number and number.unit == "points":
            of_growth = True
        if of_growth and number and number.unit != "points":
            return [self.unclear([token], "a comparison of growth by per cent of per cent, or by an amount, is not taken apart")]
        windows, is_unsaid = windows_of(parts, token)
        if not of_growth:
            windows, _, is_unsaid = year_of(parts, number or token)
        beside = [years.final for years in parts.of(Years, parts.own[id(others[0])]) if years.final]
        if is_unsaid and beside:
            windows, is_unsaid = (Window(final=beside[0], length=1 if of_growth else None),), False
        claim = replace(self.claim([token], "comparison of growth" if of_growth else "comparison of level", subject), per_year=False)
        assumed = (*unsaid, *(["window" if of_growth else "year"] if is_unsaid else []))
        sign = 1 if match["more"] or match["over"] else -1
        if of_growth and any(word.sign < 0 and word.start < match.start() for word in parts.of(Direction, parts.own[id(token)])):
            sign = -sign  # "minskade mindre än i riket"
        claim = replace(claim, windows=(windows[0],), assumed=assumed, sign=sign, number=number, against=others[0].codes[0])
        return [one for one in self.make(token, claim) if one.region != one.against]

    def likened(self, number: Number, match: re.Match[str], subject: Subject, made: Sequence[Claim]) -> list[Claim]:
        """So many times what another region has, or what the region had in another year: "dubbelt så stor som i Halland"."""
        parts, written = self.parts, number.written
        wholes = [one.says["statistic"].statistics for one in parts.of(Concept) if one.start == match.end() and "statistic" in one.says]
        if wholes and subject.topics and len(wholes[0]) == 1:
            more = 100 if number.is_growth else -100
            written = replace(number.written, low=abs(written.low + more), high=abs(written.high + more))
            return self.share_of_another(number, written, subject, wholes[0])
        if not number.is_growth:
            how = TURNED.get(written.how, written.how)
            written = replace(written, low=abs(written.low - 100), high=abs(written.high - 100), how=how)
            number = replace(number, written=written, sign=-1)
            parts.own[id(number)] = parts.segment(number)
        near = parts.near(number)
        counted = near.get("counted") or parts.members_of(near)
        if self.pattern["so_many"].match(self.text, number.end):
            subject = (
                replace(subject, topics=tuple((one,) for one in counted[0]), forms=(Form(counted[1]),)) if counted else Subject((), (), ())
            )
        named = [region for region in parts.of(Region) if len(region.codes) == 1]
        others = [region for region in named if 0 <= region.start - match.end() <= 1]
        since = [years for years in parts.of(Years) if years.start <= match.end() <= years.end and (years.base or years.final)]
        grows = any(word.finite for word in parts.of(Direction, parts.own[id(number)])) or (made and made[-1].kind == "growth")
        if not subject.topics or grows or len([*others[:1], *since[:1]]) != 1:
            return [self.unclear([number], "a comparison, which is not taken apart")]
        claim = replace(self.claim([number], "growth" if since else "comparison of level", subject), number=number, sign=number.sign or 1)
        if since:
            base = since[0].base or since[0].final
            finals = [year for year in parts.all_years() if base and year > base]
            return self.make(number, replace(claim, windows=(Window(base, finals[-1] if finals else None),)))
        windows, _, is_unsaid = year_of(parts, number)
        final = next((Window(final=year) for year in parts.all_years()), windows[0]) if is_unsaid else windows[0]
        own = [region for region in named if match.start() <= region.start < match.end()]
        own += [region for region in reversed(named) if region.start < number.start and region.codes != others[0].codes]
        region = own[0].codes[0] if own else parts.context.county
        return [replace(claim, region=region, windows=(final,), against=others[0].codes[0])]

    def share_of_another(self, number: Number, written: Written, subject: Subject, whole: Topic) -> list[Claim]:
        """What a statistic is of another: "hälften så stor som tjänsteexporten"."""
        parts = self.parts
        others = [naming.statistics for naming in parts.namings if naming.statistics != whole and len(naming.statistics) == 1]
        if not others:
            return [self.unclear([number], "a comparison, which is not taken apart")]
        claim = replace(self.claim([number], "level", subject), topics=(others[0],), forms=(Form(),), of_topic=whole)
        windows, at, is_unsaid = year_of(parts, number)
        share = replace(number, written=written, is_growth=False)
        claim = replace(claim, number=share, windows=windows, at=at, assumed=("year",) if is_unsaid else ())
        return self.make(number, claim)

    # Places and directions

    def is_within(self, rank: Rank) -> bool:
        """Whether a superlative is one within a region: "Hallands största exportföretag"."""
        owners = [region for region in self.parts.of(Region) if region.end == rank.start - 1 and region.codes != (self.parts.whole,)]
        return bool(owners) and self.text[: owners[0].end].endswith("s")

    def is_rank(self, rank: Rank) -> bool:
        """Whether a superlative places a region among regions, and is not about something else."""
        segment = self.parts.own[id(rank)]
        if not self.parts.of(Region) and not self.parts.context.region:
            return False
        if self.is_within(rank):
            return False
        if rank.sure or rank.of or self.pattern["among"].search(self.text, self.parts.starts[segment]):
            return True
        is_attribute = rank.counts or self.text[: rank.end].endswith(("a", "e"))
        return self.parts.names_statistic() and not (is_attribute and not self.pattern["compares"].match(self.text, rank.end))

    def is_of_growth(self, rank: Rank, before: Sequence[Claim]) -> bool:
        """Whether a place is one in growth; before: the measured claims that the sentence makes before it."""
        if rank.of:
            return rank.of == "growth"
        if self.pattern["end"].search(self.text[: rank.start]):
            return False  # "från trettonde till tionde plats"
        segment = self.parts.own[id(rank)]
        ends = [start for start in self.parts.starts if start > rank.start]
        develops = self.pattern["develops"].search(self.text[self.parts.starts[segment] : min(ends, default=len(self.text))])
        moves = self.parts.of(Direction, segment)
        if develops or any(word.finite and (not word.noun or word.start > rank.start) for word in moves):
            return True
        if before and not ("counted" in self.parts.says[segment] and rank.counts):
            return before[-1].kind != "level"
        goes_on = not self.parts.names_statistic() and self.parts.context.is_growth
        elsewhere = [] if "statistic" in self.parts.says[segment] else self.parts.of(Direction)
        return goes_on or any(word.finite for word in [*moves, *elsewhere])

    def listed(self, rank: Rank) -> list[str]:
        """The other regions that a place is said of, as in "högst Skåne 44 %, Halland 43 % och Jönköping 42 %"."""
        parts, own = self.parts, self.parts.own[id(rank)]
        listed: list[str] = []
        if any(region.codes for region in parts.of(Region, own) if region.start > rank.start):
            for segment in range(own + 1, len(parts.starts)):
                codes = [code for region in parts.of(Region, segment) for code in region.codes]
                others = [token for token in parts.tokens if isinstance(token, Rank | Direction) and parts.own[id(token)] == segment]
                if not codes or others or parts.says[segment] or segment in parts.asides | parts.others:
                    break
                listed += codes
        return listed

    def runners_up(self, rank: Rank) -> list[str]:
        """The regions that have the next places: "störst i Stockholm, följt av Skåne och Uppsala"."""
        parts = self.parts
        for segment in range(parts.own[id(rank)] + 1, len(parts.starts)):
            if self.pattern["followed"].search(self.text[: parts.starts[segment]]):
                return [code for region in parts.of(Region, segment) for code in region.codes]
        return []

    def place(self, rank: Rank, made: Sequence[Claim]) -> list[Claim]:
        """The claim of a place among the regions; of the first places, one for each of the regions that are said to have them."""
        parts, begins = self.parts, rank.start + self.sentence.start
        if rank.place == 1 and not rank.within and self.pattern["one_of"].search(self.text[: rank.start]):
            return [self.unclear([rank], "among how many it is first is not said")]
        before = [claim for claim in made if claim.end <= begins and claim.kind in ("growth", "change", "level")]
        subject, unsaid = parts.subject(rank)
        windows, is_unsaid = windows_of(parts, rank)
        after = parts.own[id(rank)] + 1
        between = self.text[rank.end : parts.starts[after]] if after in parts.others else ""
        is_next = after in parts.others and not self.pattern["among"].sub("", between).replace("efter", "").strip()
        further = sum(len(region.codes) for region in parts.of(Region, after)) if is_next and rank.place == 1 else 0
        leading = parts.of(Region)[:1]
        if rank.place == 1 and leading and leading[0].end < rank.start and self.pattern["behind"].fullmatch(self.text[: leading[0].start]):
            further += len(leading[0].codes)
        of_growth, at = self.is_of_growth(rank, before), 1
        moves = next((words for segment in parts.around(rank, forward=False) if (words := parts.of(Direction, segment))), [])
        falling = of_growth and any(word.sign < 0 for word in moves)
        if not of_growth:
            levels = [claim for claim in before if claim.kind == "level"]
            windows, at, is_unsaid = year_of(parts, rank)
            if levels and not parts.of(Years, parts.own[id(rank)]):
                windows, is_unsaid = levels[-1].windows[:1], "year" in levels[-1].assumed
        assumed = (*unsaid, *(["window" if of_growth else "year"] if is_unsaid else []))
        absolute, in_per_cent = (bool(self.pattern[name].search(self.text)) for name in ("absolute", "in_per_cent"))
        claim = self.claim([rank], ("rank of change" if absolute else "rank of growth") if of_growth else "rank of level", subject)
        claim = replace(
            claim,
            windows=windows,
            at=at,
            rank=replace(rank, place=rank.place + further),
            sign=-1 if falling else 1,
            assumed=assumed,
            in_per_cent=in_per_cent,
            per_year=False,
        )
        claims = self.make(rank, claim)
        reason = ""
        claims += [replace(claims[0], region=code, doubts=()) for code in self.listed(rank)]
        runners_up = self.runners_up(rank)
        if len(claims) > 1 and not rank.within:
            first = replace(rank, place=len(claims), within=True)
            claims = [replace(one, rank=first) for one in claims]
            reason = reason if rank.place in (1, len(claims)) else "several regions share one place in the sentence"
        if not subject.topics or (rank.counts and not any(parts.senses.counts(form) for form in subject.forms)):
            reason = "what is compared is not said"
        for code in runners_up:
            last = claims[-1].rank or rank
            claims.append(replace(claims[0], region=code, doubts=(), rank=replace(last, place=last.place + 1, within=False)))
        return [replace(one, obstacle=one.obstacle or reason) for one in claims]

    def directions(self, taken: set[int]) -> Iterator[Claim]:
        """Claims without a number, "har ökat", one for each segment that makes no other."""
        parts = self.parts
        for word in parts.of(Direction):
            segment = parts.own[id(word)]
            if not word.finite or word.noun or not word.sign or segment in taken or "statistic" not in parts.says[segment]:
                continue
            taken.add(segment)
            subject, unsaid = parts.subject(word)
            windows, is_unsaid = windows_of(parts, word)
            vague = is_unsaid and not parts.context.window and not windows[0].base
            each: list[tuple[Topic, ...]] = [((one,),) for one in subject.together]
            for topics in each or [subject.topics]:
                claim = replace(self.claim([word], "direction", replace(subject, topics=topics)), per_year=False)
                assumed = (*unsaid, *(["window"] if is_unsaid else []))
                claim = replace(claim, windows=windows[:1], sign=word.sign, assumed=assumed)
                if self.pattern["everywhere"].search(self.text) and not any(region.codes for region in parts.of(Region, segment)):
                    yield replace(claim, region=EVERY)
                    continue
                for made in self.make(word, claim):
                    yield replace(made, obstacle=made.obstacle or ("since when is not said" if vague else ""))
