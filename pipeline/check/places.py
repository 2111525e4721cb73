"""Claims of places among the regions: "näst högst i landet", "plats 4", "störst efter Skåne"."""

import itertools
import re
from collections.abc import Iterator, Sequence

from pipeline.check.claim import Claim, Kind
from pipeline.check.maker import Maker
from pipeline.check.parts import Window
from pipeline.check.senses import SHARE, WHOLE_SCOPE, Form
from pipeline.check.subjects import Subject
from pipeline.check.tokens import LAST_YEAR, Concept, Direction, Number, Rank, Region, Years, replace
from pipeline.check.years import full_windows
from pipeline.check.years import windows as windows_of
from pipeline.check.years import year as year_of

SHARED = "several regions share one place in the sentence"


class Places(Maker):
    """The places of a sentence."""

    def is_rank(self, rank: Rank) -> bool:
        """Whether a superlative places a region among regions, and is not about something else."""
        segment = self.parts.own[id(rank)]
        if not self.parts.of(Region) and not self.parts.context.region:
            return False
        if self.is_within(rank) or self.of_enterprises(rank):
            return False
        if self.is_of_its_years(rank):
            return self.parts.names_statistic() or "statistic" in self.parts.context.says
        counts_units = rank.counts and self.subjects.units_after(rank)
        if rank.sure or rank.of or counts_units or self.pattern["among"].search(self.text, self.parts.starts[segment]):
            return True
        is_attribute = rank.counts or self.text[: rank.end].endswith(("a", "e"))
        goes_on = any(self.is_rank(one) for one in self.parts.of(Rank) if one.end < rank.start)  # "störst på Gotland och minst i Kronoberg"
        goes_on = goes_on or ("statistic" in self.parts.context.says and any(word.finite for word in self.parts.of(Direction, segment)))
        return (self.parts.names_statistic() or self.parts.context.is_ahead or goes_on) and not (
            is_attribute and not self.pattern["compares"].match(self.text, rank.end)
        )

    def of_enterprises(self, rank: Rank) -> bool:
        """Whether a superlative is of enterprises, and not of a region: "de största företagen"."""
        return not rank.counts and bool(self.pattern["of_enterprises"].match(self.text, rank.end))

    def is_of_growth(self, rank: Rank, before: Sequence[Claim]) -> bool:
        """Whether a place is one in growth; before: the measured claims that the sentence makes before it."""
        if rank.of:
            return rank.of == "growth"
        is_year = self.is_top(rank) or (self.text[: rank.end].endswith("a") and self.is_of_its_years(rank))
        if is_year or self.pattern["end"].search(self.text[: rank.start]):
            return False  # "krympte och var den minsta sedan 2016", "från trettonde till tionde plats"
        segment = self.parts.own[id(rank)]
        ends = [start for start in self.parts.starts if start > rank.start]
        develops = self.pattern["develops"].search(self.text[self.parts.starts[segment] : min(ends, default=len(self.text))])
        moves = [word for word in self.parts.of(Direction, segment) if not rank.start <= word.start < rank.end]
        by_rate = self.pattern["by_rate"].search(self.text[: rank.start])  # "från 816 till 997, procentuellt mest i landet"
        if by_rate or develops or self.is_struck(rank) or any(word.finite and (not word.noun or word.start > rank.start) for word in moves):
            return True
        is_told_of = before and before[-1].number and before[-1].number.role == "till" and not self.parts.says[segment]
        if is_told_of and any(word.noun and word.start < rank.start for word in self.parts.of(Direction)):
            return True  # "nedgången, från 745 till 715 företag, är den största i landet"
        if before and not ("counted" in self.parts.says[segment] and rank.counts):
            return before[-1].kind != "level"
        goes_on = not self.parts.names_statistic() and self.parts.context.is_growth and not self.pattern["item"].match(self.text)
        elsewhere = [] if "statistic" in self.parts.says[segment] else self.parts.of(Direction)
        return goes_on or any(word.finite for word in [*moves, *elsewhere])

    def is_falling(self, rank: Rank) -> bool:
        """Whether a place is one in a fall: "minskade mest", but not "klarade sig bäst"."""
        if self.pattern["for_better"].match(self.text, rank.start):
            return False
        moves = next((words for segment in self.parts.around(rank, forward=False) if (words := self.parts.of(Direction, segment))), [])
        moves = [word for word in moves if word.finite or word.noun]  # "inget län hade en lägre ökning"
        return self.is_struck(rank) or any(word.sign < 0 for word in moves if not rank.start <= word.start < rank.end)

    def is_struck(self, rank: Rank) -> bool:
        """Whether a place is one among those that something struck: "drabbades hårdast"."""
        start = self.parts.starts[self.parts.own[id(rank)]]
        end = min((one for one in self.parts.starts if one > rank.start), default=len(self.text))
        return self.pattern["struck"].search(self.text, start, end) is not None

    def of_its_years(self, rank: Rank, levels: Sequence[Claim]) -> tuple[Window, ...]:
        """The year that is placed among those of its region, from the first of them, and the last: "den högsta nivån under perioden"."""
        if not self.is_of_its_years(rank):
            return ()
        words = self.pattern["of_its_years"].match(self.text, rank.end)
        since = next((one.base for one in self.parts.of(Years) if one.base), None)
        span = next(iter(full_windows(self.parts)), Window(since))
        own = self.parts.own[id(rank)]
        dated = [one for one in self.parts.of(Years) if one.final and not one.base]
        alone = sorted(dated, key=lambda one: (rank.of_own and self.parts.own[id(one)] != own, one.end > rank.start and not rank.of_own))
        is_dated = rank.of_own and any(self.parts.own[id(one)] == own for one in dated)  # "var 25 miljarder 2016 och som störst 2019"
        of_levels = [] if is_dated else [one.windows[0].final for one in levels[-1:]]
        final = next(iter([*of_levels, *(one.final for one in alone)]), self.parts.context.year) or span.final
        if rank.of_own and self.pattern["until_then"].search(self.text):
            span = Window(span.base, final)
        is_after = words and words["since"] and not words["begun"]  # "den lägsta sedan 2017", which was lower still
        if span.base and (is_after or (rank.of_own and self.pattern["not_since"].search(self.text))):
            span = replace(span, base=span.base + 1)
        return (Window(span.base, final), Window(span.base, span.final or (None if words and words["since"] else LAST_YEAR)))

    def of_its_steps(self, rank: Rank, before: Sequence[Claim]) -> tuple[Window, ...]:
        """The year whose growth is placed among those of its region: "steg 2021 med 16 procent, den största ökningen under perioden"."""
        last = before[-1] if before and before[-1].kind in ("growth", "change") else None
        window = last.windows[0] if last else Window()
        is_step = window.final and (window.length == 1 or window.base == window.final - 1)
        if not (is_step and self.pattern["of_its_steps"].match(self.text, rank.end)):
            return ()
        return (window, Window(final=LAST_YEAR))

    def is_of_its_years(self, rank: Rank) -> bool:
        """The words that make a superlative one among the region's own years: "den högsta nivån under perioden", "sin högsta nivå"."""
        return rank.of_own or self.is_top(rank)

    def is_top(self, rank: Rank) -> bool:
        """Whether a figure, and no region, is said to have been at its top: "tjänsteexporten toppade 2019"."""
        before = [one for one in self.parts.of(Concept) if one.end == rank.start - 1 and "statistic" in one.says]
        return bool(before) and self.pattern["topped"].match(self.text, rank.start) is not None

    def in_order(self, rank: Rank) -> tuple[int, int] | None:
        """Which of how many places that are listed one is: "ligger etta, tvåa och trea"."""
        ranks = self.parts.of(Rank)
        lists = [ranks[:1]]
        for before, one in itertools.pairwise(ranks):
            is_next = one.place > before.place and self.pattern["listed"].fullmatch(self.text[before.end : one.start])
            lists = [*lists[:-1], [*lists[-1], one]] if is_next else [*lists, [one]]
        return next(((listed.index(rank), len(listed)) for listed in lists if rank in listed and len(listed) > 1), None)

    def listed(self, rank: Rank) -> list[str]:
        """The other regions that a place is said of, as in "högst Skåne 44 %, Halland 43 % och Jönköping 42 %"."""
        parts, own = self.parts, self.parts.own[id(rank)]
        leads = any(region.codes for region in parts.of(Region, own) if region.start > rank.start)
        return self.names_from(own + 1) if leads else []

    def names_from(self, segment: int) -> list[str]:
        """The regions of segments that say no more than a name, and maybe a number, from one on."""
        parts = self.parts
        names: list[str] = []
        for here in range(segment, len(parts.starts)):
            codes = [code for region in parts.of(Region, here) for code in region.codes]
            others = [*parts.of(Rank, here), *parts.of(Direction, here)]
            if not codes or others or parts.says[here] or here in parts.asides | parts.others:
                break
            names += codes
        return names

    def listed_before(self, rank: Rank) -> list[str]:
        """The regions of a list with figures that a place is said of: "Gotland (8 procent) och Dalarna (26 procent) hade svagast …"."""
        before = [one for one in self.parts.tokens if one.end <= rank.start and isinstance(one, Region | Number | Rank)]
        listed: list[str] = []
        end = before[-1].end if before else 0
        while len(before) > 1 and isinstance(before[-1], Number) and isinstance(region := before[-2], Region) and len(region.codes) == 1:
            listed = [region.codes[0], *listed]
            before = before[:-2]
        return listed if len(listed) > 1 and self.pattern["list_ends"].match(self.text, end) else []

    def runners_up(self, rank: Rank) -> list[str]:
        """The regions that have the next places: "störst i Stockholm, följt av Skåne och Uppsala"."""
        parts = self.parts
        for segment in range(parts.own[id(rank)] + 1, len(parts.starts)):
            if self.pattern["followed"].search(self.text[: parts.starts[segment]]):
                return [code for region in parts.of(Region, segment) for code in region.codes] + self.names_from(segment + 1)
        return []

    def elliptic(self, made: Sequence[Claim]) -> Iterator[Claim]:
        """What "bara Norrbotten hade mer" says: the place of the region before, and of those that have more."""
        parts = self.parts
        for region in parts.of(Region):
            match = self.pattern["all_but"].search(self.text[: region.start])
            only = self.pattern["only"].search(self.text[: region.start])
            match = match or (self.pattern["only_more"].match(self.text, region.end) if only else None)
            beaten = self.pattern["only_beaten"].search(self.text[: region.start])
            before = [code for one in parts.of(Region) if one.start < region.start for code in parts.parts_of(one)]
            owner = before[-1] if before else parts.context.county
            found = match or beaten
            if not (found and owner) or owner in region.codes:
                continue
            codes = list(dict.fromkeys([*region.codes, *(self.names_from(parts.own[id(region)] + 1) if beaten else ())]))
            rank = Rank(*found.span(), len(codes) + 1, sure=True)  # "överträffas bara av Norrbottens 40 och Västerbottens 35 procent"
            if match:
                word = "beats" if match.groupdict().get("beats") else "more"
                rank = replace(rank, start=match.start(word), end=match.end(word), below=bool(match["less"]))
                rank = replace(rank, counts=match[word].lower() in ("fler", "färre"))
            parts.own[id(rank)] = parts.segment(rank)
            first, *_ = (replace(one, obstacle=one.obstacle.replace(SHARED, "")) for one in self.place(rank, made))
            ahead = replace(rank, place=len(codes), within=True)
            yield replace(first, region=owner, rank=rank, doubts=())
            yield from (replace(first, region=code, rank=ahead, doubts=()) for code in codes)

    def apart(self, made: Sequence[Claim]) -> list[Claim]:
        """The claims of a sentence, where one that is so many places from another says which place that has: "två platser efter X"."""
        for match in self.pattern["places_apart"].finditer(self.text):
            others = [one.codes for one in self.parts.of(Region) if one.start == match.end() and len(one.codes) == 1]
            start, end = (at + self.sentence.start for at in match.span("count"))
            before = [one for one in made if one.end <= start and one.rank and not (one.obstacle or one.rank.within)]
            if not (others and before and before[-1].rank):
                continue
            count = self.parts.number_of(match["count"]) * (1 if match["ahead"] else -1) * (-1 if before[-1].rank.below else 1)
            rank = replace(before[-1].rank, place=before[-1].rank.place + count)
            other = replace(before[-1], start=start, end=end, region=others[0][0], rank=rank, doubts=())
            made = [*(one for one in made if one.start not in (start, match.end() + self.sentence.start)), other]
        return [*made]

    def is_absolute(self, rank: Rank, before: Sequence[Claim], subject: Subject) -> bool:
        """Whether a place in growth is by what was added: in kronor or number, as what goes on from a change, or of a share."""
        parts, here = self.parts, self.parts.own[id(rank)]
        own = self.text[parts.starts[here] : parts.starts[here + 1] if here + 1 < len(parts.starts) else None]
        says_rate = self.pattern["in_per_cent"].search(own)  # "…, medan Östergötland växte snabbast i procent"
        goes_on = before and before[-1].kind == "change" and not parts.says[here] and not says_rate  # "ökade med 27, mest i landet"
        goes_on = goes_on or (not before and parts.context.is_change and not parts.names_statistic())
        said = any(self.pattern[name].search(own if says_rate else self.text) for name in ("absolute", "by_number"))
        return bool(goes_on) or said or subject.forms[:1] == (Form(over=SHARE),)  # a share's growth is told in percentage points

    def subject(self, rank: Rank, before: Sequence[Claim]) -> tuple[Subject, tuple[str, ...]]:
        """What a place is of, and what of it is unsaid; before: the measured claims that the sentence makes before it."""
        senses = self.parts.senses
        if units := (rank.counts and self.subjects.units_after(rank)):
            return Subject(((units,),), (WHOLE_SCOPE,), (Form(),)), ()
        subject, unsaid = self.subjects.subject(rank)
        if before and before[-1].forms[0].quantity and not self.parts.says[self.parts.own[id(rank)]]:
            last = before[-1]  # "tappade 30 företag, fler än något annat län"
            subject = replace(subject, topics=last.topics, scopes=last.scopes, forms=last.forms)
        elif rank.counts and not any(senses.counts(itertools.chain(*subject.topics), form) for form in subject.forms):
            subject = self.of_counts(rank, subject)
        if len(subject.topics) > 1 and self.pattern["foremost"].search(self.text, rank.start, rank.end):
            amounts = [one.form for one in senses.of(self.parts.single) if one.unit == "money" and not senses.is_own(one.form)]
            subject = replace(subject, forms=tuple(dict.fromkeys((*subject.forms, *amounts))))  # "de främsta exportlänen"
        return subject, unsaid

    def place(self, rank: Rank, made: Sequence[Claim]) -> list[Claim]:
        """The claim of a place among the regions; of the first places, one for each of the regions that are said to have them."""
        parts, begins = self.parts, rank.start + self.sentence.start
        if rank.place == 1 and not rank.within and self.pattern["one_of"].search(self.text[: rank.start]):
            rank = replace(rank, vague=True)
            parts.own[id(rank)] = parts.segment(rank)
        before = [claim for claim in made if claim.end <= begins and claim.kind in ("growth", "change", "level")]
        subject, unsaid = self.subject(rank, before)
        windows, is_unsaid = windows_of(parts, rank)
        after = parts.own[id(rank)] + 1
        between = self.text[rank.end : parts.starts[after]] if after in parts.others else ""
        is_next = "efter" in between and not re.search("[,;:.(]", between)
        further = sum(len(region.each) for region in parts.of(Region, after)) if is_next and rank.place == 1 else 0
        leading = parts.of(Region)[:1]
        if rank.place == 1 and leading and leading[0].end < rank.start and parts.leads(leading[0]):
            further += len(leading[0].each)
        levels = [claim for claim in before if claim.kind == "level"]
        of_growth, at = self.is_of_growth(rank, before), 1
        if not of_growth:
            windows, at, is_unsaid = year_of(parts, rank)
            dated = [one for one in parts.of(Years) if levels and levels[-1].end <= self.sentence.start + one.start < begins]
            if levels and at and not (dated or parts.of(Years, parts.own[id(rank)])):
                windows, is_unsaid = levels[-1].windows[:1], "year" in levels[-1].assumed
        of_years = self.of_its_steps(rank, before) if of_growth else self.of_its_years(rank, levels)
        assumed = (*unsaid, *(["window" if of_growth else "year"] if is_unsaid else []))
        absolute = self.is_absolute(rank, before, subject)
        in_per_cent = bool(
            self.pattern["in_per_cent"].search(self.text) or self.pattern["of_speed"].search(self.text[rank.start : rank.end])
        )
        claim = self.claim([rank], ("rank of change" if absolute else "rank of growth") if of_growth else "rank of level", subject)
        claim = replace(
            claim,
            windows=of_years[:1] or windows,
            at=at,
            rank=replace(rank, place=rank.place + further, of_years=max((one.final or 0 for one in of_years), default=0)),
            sign=-1 if of_growth and self.is_falling(rank) else 1,
            assumed=assumed,
            in_per_cent=in_per_cent,
            per_year=False,
        )
        claims = self.make(rank, claim)
        reason = ""
        if (order := self.in_order(rank)) is not None and len(claims) == order[1]:
            claims = [replace(claims[order[0]], doubts=())]
        claims += [replace(claims[0], region=code, doubts=()) for code in self.listed(rank)]
        if before_it := self.listed_before(rank):
            claims = [replace(claims[0], region=code, doubts=()) for code in before_it]
        runners_up = self.runners_up(rank)
        if (count := len({one.region for one in claims})) > 1 and not rank.within:
            first = replace(rank, place=count, within=True)
            claims = [replace(one, rank=first) for one in claims]
            reason = reason if rank.place in (1, count) else SHARED
        is_count = bool(subject.forms and subject.forms[0].quantity and self.text[rank.start : rank.end].lower() == "mest")
        if (
            (is_count and not of_growth)
            or not subject.topics
            or (rank.counts and not any(parts.senses.counts(itertools.chain(*subject.topics), form) for form in subject.forms))
        ):
            reason = "what is compared is not said"
        for code in runners_up:
            last = claims[-1].rank or rank
            claims.append(replace(claims[0], region=code, doubts=(), rank=replace(last, place=last.place + 1, within=False)))
        claims += self.beside(rank, claims[0]) if claims[0].kind != "rank of change" else []
        return [replace(one, obstacle=one.obstacle or reason) for one in claims]

    def beside(self, rank: Rank, claim: Claim) -> Iterator[Claim]:
        """What a place says of the regions before and after it: "tvåa efter Norrbotten", "femma, före Skåne"."""
        parts = self.parts
        ranks = [other.start for other in parts.of(Rank) if other.start > rank.start]
        for region in parts.of(Region) if claim.region else ():
            match = self.pattern["order"].search(self.text[: region.start])
            leads = bool(match) and region.end < rank.start and not self.text[: match.start()].strip(" –-") if match else False
            follows = rank.end <= region.start < min(ranks, default=len(self.text)) and not parts.of(Number, parts.own[id(region)])
            is_listed = rank.of_next and follows and not match and not parts.is_rival(region)
            if not (is_listed or (match and (leads or follows))):
                continue
            is_ahead = is_listed or bool(match and match["after"])
            from_top = not rank.below or "sist" in self.text[rank.start : rank.end].lower()  # "näst sist, före Gotland"
            sign = 1 if is_ahead == ((claim.sign > 0) == from_top) else -1
            kind: Kind = "comparison of growth" if claim.kind == "rank of growth" else "comparison of level"
            said = replace(claim, start=region.start + self.sentence.start, end=region.end + self.sentence.start)
            codes = [code for code in region.each if code not in (claim.region, parts.whole)]
            other = str(claim.region)
            for code in codes:
                one = replace(said, kind=kind, rank=None, sign=sign, region=code, against=other, doubts=())
                yield replace(
                    one, doubts=(replace(one, sign=-sign),) if rank.below else ()
                )  # "näst lägst, före Gotland": ahead of the last
