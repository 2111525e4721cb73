"""Claims that hold one figure against another: more, or less, or so many times what another region or year has."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from pipeline.check.claim import EVERY, Claim, Kind
from pipeline.check.lexicon import Naming
from pipeline.check.maker import Maker
from pipeline.check.parts import PAIR, Window
from pipeline.check.senses import SHARE, WHOLE_SCOPE, Form, Topic
from pipeline.check.subjects import Subject
from pipeline.check.tokens import TURNED, Concept, Direction, Number, Rank, Region, Token, Years, replace
from pipeline.check.years import full_windows
from pipeline.check.years import windows as windows_of
from pipeline.check.years import year as year_of
from pipeline.declarations import TOTAL

LESS = ("less", "under", "below", "falls", "short_of", "not_up_to", "behind", "beneath")
"""Groups of the pattern of comparisons that say that it is less."""
EQUALLY, NEARLY = Decimal("0.03"), Decimal("0.1")
"""The part of the larger by which what is "lika stor", or "ungefär lika stor", may differ."""
ALIKE_IN_WHAT = "whether it is alike in how much, or only in which way it moves, is not said"
LONGEST_BETWEEN = len("regionens ")
"""Letters that can stand between a comparison and that with which it compares."""


class Comparisons(Maker):
    """The comparisons of a sentence."""

    def comparisons(self, made: Sequence[Claim]) -> Iterator[Claim]:
        """Claims of more, or less, than another region has: "högre än i riket", "över rikssnittet"."""
        taken = {claim.end for claim in made if claim.compares}
        against = [rank.start for rank in self.parts.of(Rank) if rank.of_next]
        before: Sequence[Claim] = ()
        for match in self.pattern["comparison"].finditer(self.text):
            if against and against[0] <= match.start():
                continue
            if match.start() + self.sentence.start - 1 not in taken:
                goes_on = before and not self.pattern["stands"].search(self.text[: match.start()])
                claims = self.compared(Token(*match.span()), match, made=before if goes_on else made)
                before = [claim for claim in claims if claim.kind == "comparison of growth"]
                yield from claims
                yield from self.further(claims, match.end())
                yield from self.elsewhere(claims, match.end())
        yield from self.alike(made)
        yield from self.still_more(made)

    def alike(self, made: Sequence[Claim]) -> Iterator[Claim]:
        """Claims of as much as another has: "lika stor som varuexporten", "i nivå med riket", and, of a number, "precis som i riket"."""
        taken = [match.span() for match in self.pattern["comparison"].finditer(self.text)]
        taken += [(rank.start, len(self.text)) for rank in self.parts.of(Rank) if rank.of_next]
        for match in self.pattern["alike"].finditer(self.text):
            before = [one for one in made if one.end <= match.start() + self.sentence.start and one.number and not one.obstacle][-1:]
            is_of_number = match["just"] or match["like"]  # "precis som i riket ökade den" is of the way that it moves
            if any(start <= match.start() < end for start, end in taken) or (is_of_number and not before):
                continue
            alike: dict[str, Any] = {"in_times": True, "alike": EQUALLY if match["as_much"] and not match["about"] else NEARLY}
            for claim in self.compared(Token(*match.span()), match, made=before):
                doubts = tuple(replace(one, **alike) for one in claim.doubts)
                yield replace(claim, **alike, doubts=doubts, unless_right=ALIKE_IN_WHAT if match["just"] or match["follows"] else "")
        for match in self.pattern["alike_both"].finditer(self.text):
            token = Token(*match.span())
            segment = self.parts.own[id(token)] = self.parts.segment(token)
            pairs = [one.codes for one in self.parts.of(Region, segment) if one.end <= match.start() and len(one.codes) == PAIR]
            subject, _ = self.subjects.subject(token)
            subject = self.of_counts(token, subject) if self.pattern["so_many_more"].search(match[0]) else subject
            grows = any(word.finite and word.end <= match.start() for word in self.parts.of(Direction, segment))
            if pairs and subject.topics:
                windows = windows_of(self.parts, token)[0] if grows else year_of(self.parts, token)[0]
                claim = self.claim([token], "comparison of growth" if grows else "comparison of level", subject)
                claim = replace(claim, in_times=True, alike=NEARLY if match["about"] else EQUALLY, windows=windows[:1])
                yield replace(claim, region=pairs[0][0], against=pairs[0][1])

    def elsewhere(self, claims: Sequence[Claim], start: int) -> Iterator[Claim]:
        """The same comparison of regions that follow: "över rikssnittet, medan Halland hamnade strax under"."""
        parts = self.parts
        for match in self.pattern["above_alone"].finditer(self.text, start):
            named = [code for one in parts.of(Region, parts.at(match.start())) for code in parts.parts_of(one)]
            token = Token(*match.span())
            for code in named if claims and claims[0].against else ():
                first = replace(claims[0], region=code, start=token.start + self.sentence.start, end=token.end + self.sentence.start)
                yield replace(first, sign=-1 if match["less"] else 1, doubts=())

    def further(self, claims: Sequence[Claim], start: int) -> Iterator[Claim]:
        """The same comparison of another form, of which no other region is named: "men färre per invånare"."""
        parts = self.parts
        for segment, begins in enumerate(parts.starts):
            match = self.pattern["more_alone"].match(self.text, begins)
            if begins <= start or not match or not claims or not claims[0].compares or parts.of(Number, segment):
                continue
            first, form = claims[0], parts.says[segment].get("form")
            token = Token(match.start("word"), match.end("word"))
            parts.own[id(token)] = segment
            if "statistic" in parts.says[segment]:  # "större varuexport och fler exportörer"
                subject = self.subjects.subject(token)[0]
                subject = self.of_counts(token, subject) if self.pattern["so_many_more"].search(match[0]) else subject
                first = replace(first, topics=subject.topics, scopes=subject.scopes, forms=subject.forms)
            counted = first.forms[0].quantity if first.forms else ""
            forms = (self.form_of_counts(form, counted),) if form else first.forms
            if "statistic" in parts.says[segment] and not first.rival:  # "på båda fronterna: större varuexport och fler företag"
                subject, _ = self.subjects.subject(token)
                subject = self.of_counts(token, subject) if self.pattern["so_many_more"].search(match["word"]) else subject
                first, forms = replace(first, topics=subject.topics, scopes=subject.scopes, sides=subject.sides), subject.forms
            first = replace(first, start=token.start + self.sentence.start, end=token.end + self.sentence.start)
            yield replace(first, forms=forms, sign=-1 if match["less"] else 1, doubts=())

    def still_more(self, made: Sequence[Claim]) -> Iterator[Claim]:
        """What another region has, held against the one before: "och i Skåne var den ännu lägre"."""
        parts = self.parts
        for match in self.pattern["still_more"].finditer(self.text):
            token = Token(*match.span())
            named = [code for region in parts.of(Region, parts.segment(token)) for code in region.codes]
            before = [
                one for one in made if one.kind in ("level", "growth") and one.end <= token.start + self.sentence.start and not one.obstacle
            ]
            if len(named) == 1 and before and before[-1].region not in (None, EVERY, *named):
                kind: Kind = "comparison of level" if before[-1].kind == "level" else "comparison of growth"
                one = replace(self.claim([token], kind), topics=before[-1].topics, scopes=before[-1].scopes, forms=before[-1].forms)
                one = replace(one, windows=before[-1].windows, at=before[-1].at, region=named[0], against=str(before[-1].region))
                yield replace(one, sign=-1 if match["less"] else 1)

    def of_number(self, number: Number, subject: Subject, made: Sequence[Claim]) -> list[Claim]:
        """What a number says by which one figure is held against another; none where it is no such number."""
        form = self.subjects.near(number).get("form", Form())
        forms = made[-1].forms if made and made[-1].kind == "level" and form.over in ("", SHARE) else (form,)
        if any(one.over not in ("", SHARE) for one in forms) and (of_its := self.pattern["of_its"].match(self.text, number.end)):
            return self.likened(number, of_its, replace(subject, forms=forms, of_whole=False), made)  # of totals it is a share
        if likened := self.pattern["likened"].match(self.text, number.end):
            return self.likened(number, likened, subject, made)
        if number.unit == "%" and self.pattern["so_much"].match(self.text, number.end):
            is_growth = bool(full_windows(self.parts))  # "blev dubbelt så många mellan 2016 och 2020"
            unclear = [] if is_growth else [self.unclear([number], "with what it is compared is not said")]
            return self.with_before(number, subject, made) or unclear
        compared = self.held_against(number)
        return self.apart(number, subject) or (self.compared(number, compared, number) if compared else [])

    def held_against(self, number: Number) -> re.Match[str] | None:
        """The words that make a number a difference: "överstiger … med 9", "9 högre än", "ett försprång på 9 till Skåne"."""
        before, after = self.text[: number.start], number.end + 1
        lead = self.pattern["lead"].search(before) and self.pattern["to_region"].match(self.text, after)
        return self.pattern["exceeds"].search(before) or lead or self.pattern["comparison"].match(self.text, after)

    def apart(self, number: Number, subject: Subject) -> list[Claim]:
        """The difference of two regions, whichever has more: "avståndet mellan Norrbotten och Kronoberg var 30 000", "skillnaden är …"."""
        parted = self.pattern["apart"].search(self.text[: number.start])  # "det skiljer 30 000 kronor mellan X och Y"
        match = self.pattern["distance"].search(self.text[: number.start])
        match = self.pattern["between"].match(self.text, number.end) if parted else match
        pairs = [one.codes for one in self.parts.of(Region) if match and one.start == match.end() and len(one.codes) > 1]
        moves = [word for word in self.parts.of(Direction) if word.noun or (word.finite and not match)]
        differs = not match and (parted or self.pattern["differ"].search(self.text[: number.start]))
        if differs and (number.unit != "%" or (number.in_times and not moves)):
            codes = tuple(dict.fromkeys(code for one in self.parts.of(Region) if one.end <= number.start for code in one.codes))
            pairs = [codes] if len(codes[1:]) == 1 else []
        is_ahead = self.pattern["ahead_by"].search(self.text[: number.start]) and not self.held_against(number)
        if not pairs and ((differs and number.in_times) or is_ahead):
            return [self.unclear([number], "with what it is compared is not said")]
        if not (pairs and subject.topics and number.unit):
            return []
        of_growth = number.unit == "points" and bool(moves)
        windows, is_unsaid = windows_of(self.parts, number)
        if not of_growth:
            windows, _, is_unsaid = year_of(self.parts, number)
        claim = replace(
            self.claim([number], "comparison of growth" if of_growth else "comparison of level", subject), number=number, sign=0
        )
        return [
            replace(
                claim,
                region=pairs[0][0],
                against=pairs[0][1],
                windows=windows[:1],
                assumed=(("window" if of_growth else "year"),) * is_unsaid,
            )
        ]

    def compared(self, token: Token, match: re.Match[str], number: Number | None = None, made: Sequence[Claim] = ()) -> list[Claim]:
        """A comparison; number: by how much."""
        parts = self.parts
        parts.own.setdefault(id(token), parts.segment(token))
        near = self.rivals(match)
        others = [one for one in near if isinstance(one, Region) and one.codes]
        namings = [one for one in near if isinstance(one, Concept) and "statistic" in one.says]
        after = [one for one in parts.of(Region) if one.codes and one.start >= match.end()]
        is_pair = others[:1] == after[:1] and after[1:] and self.pattern["pair"].fullmatch(self.text, after[0].end, after[1].start)
        is_first = not any(named.end <= match.start() for named in parts.of(Region))
        is_of_rival = is_first and bool(others and namings) and namings[0].start < others[0].start  # "än varorna i Stockholms län"
        ahead = others[:1] if is_of_rival or (is_pair and is_first) else []  # "2020 passerade Halland Östergötland"
        others = [] if is_of_rival else after[1:] if ahead else others
        subject, unsaid = self.subjects.subject(token)
        named = [one for one in parts.of(Concept) if "statistic" in one.says]
        comes_after = not parts.names_statistic(parts.own[id(token)]) and all("quantity" in one.says for one in named)
        if self.pattern["so_many_more"].search(match[0]) or (named and comes_after):
            subject = self.of_counts(token, subject)  # "gick om Östergötland: 1 274 exportörer mot 1 249"
        levels = [one for one in made if one.kind == "level" and one.end <= token.start + self.sentence.start and not one.obstacle]
        if levels and not (number or parts.says[parts.own[id(token)]]):  # "sålde i snitt för 15,7 miljoner, mer än rikets 14,4"
            subject = replace(subject, **{key: getattr(levels[-1], key) for key in ("topics", "scopes", "sides", "forms")})
        classes = self.classes_after(match.end())
        subject, rival = self.of_rival(match, subject, namings)
        if not (others or rival or classes) or not subject.topics:
            return [self.unclear([token], "what is compared is not said")]
        grows = any(
            word.finite or word.noun
            for word in parts.of(Direction, parts.own[id(token)])
            if word.start < (match.end() if match.groupdict().get("short_of") else match.start())
        )
        # "högre tillväxt än i riket", "en större minskning än Hallands"
        moves = [
            word
            for word in parts.of(Direction, parts.own[id(token)])
            if word.noun
            and match.start() < word.start < match.end()
            and self.pattern["of_move"].fullmatch(self.text[match.start() : word.start])
        ]
        # "ökade mer än Skånes men mindre än Norrbottens"
        goes_on = bool(made) and made[0].kind in ("growth", "comparison of growth") and "statistic" not in parts.says[parts.own[id(token)]]
        says_rate = goes_on or parts.context.in_per_cent or self.pattern["in_per_cent"].search(match[0])
        if moves and not (says_rate or number):
            return [self.unclear([token], "whether growth or an amount is compared is not said")]
        of_growth = (
            goes_on
            or bool(self.pattern["copes"].search(self.text[: match.start()]) and not number)
            or bool(self.pattern["develops"].search(self.text, parts.starts[parts.own[id(token)]], match.start()) and not number)
            or bool(self.pattern["faster"].search(match[0]) or match.groupdict().get("follows"))
            or ((grows or bool(moves)) and number is None)
            or bool(number and number.unit == "points" and (grows or not subject.is_share))
        )
        if of_growth and number and number.unit != "points":
            return [self.unclear([token], "a comparison of growth by per cent of per cent, or by an amount, is not taken apart")]
        (windows, is_unsaid), at = windows_of(parts, token), 1
        if not of_growth:
            windows, at, is_unsaid = year_of(parts, number or token)
        claim = replace(self.claim([token], "comparison of growth" if of_growth else "comparison of level", subject), per_year=False)
        assumed = (*unsaid, *(["window" if of_growth else "year"] if is_unsaid else []))
        is_denied = bool(self.pattern["just_not"].search(self.text[: match.start()]))
        sign = self.sign(token, match, moves, of_growth=of_growth, is_denied=is_denied)
        claim = replace(claim, windows=(windows[0],), at=at, assumed=assumed, sign=sign, or_nil=is_denied, number=number, rival=rival)
        claim = self.against_classes(claim, classes)
        claims = self.against_each(token, claim, others, ahead)
        if (overtakes := self.pattern["overtakes"].match(match[0])) and not of_growth:
            claims = [replace(one, windows=claim.windows, each_year=False) for one in claims]
            is_unsaid = is_unsaid or bool(overtakes["has"])  # "har passerat": since the first year
            claims += [replace(one, sign=-sign, doubts=(), **self.before(one, is_unsaid=is_unsaid)) for one in claims if not one.obstacle]
        return claims

    def sign(self, token: Token, match: re.Match[str], moves: Sequence[Direction], *, of_growth: bool, is_denied: bool) -> int:
        """Whether more (1) or less (−1) is said."""
        sign = -1 if any(match.groupdict().get(name) for name in LESS) else 1
        before = [word for word in self.parts.of(Direction, self.parts.own[id(token)]) if word.start < match.start()]
        is_judged = self.pattern["for_better"].match(match[0])  # "klarade sig bättre än"
        falls = of_growth and not is_judged and any(word.sign < 0 for word in [*before, *moves])  # "minskade mindre än i riket"
        return sign * (-1 if falls else 1) * (-1 if is_denied else 1)

    def rivals(self, match: re.Match[str]) -> list[Token]:
        """What stands right after a comparison, and what that is of: "tjänsteexporten i Skåne", "Västra Götalands tjänsteexport"."""
        near = [
            one
            for one in self.parts.tokens
            if one.end > match.end() >= one.start - LONGEST_BETWEEN
            and one.start > match.start()
            and not re.search("[,;:.]", self.text[match.end() : one.start])
        ]
        named = [one for one in near if isinstance(one, Region) or (isinstance(one, Concept) and "statistic" in one.says)]
        if len(named) != 1 or not any(one.codes and one.end <= match.start() for one in self.parts.of(Region)):
            return near
        after = [one for one in self.parts.tokens if one.start >= named[0].end and type(one) is not type(named[0])][:1]
        is_of_it = after and self.pattern["of_region"].fullmatch(self.text, named[0].end, after[0].start)
        return [*near, *after] if is_of_it and isinstance(after[0], Region | Concept) else near

    def classes_after(self, start: int) -> list[Concept]:
        """The classes that others are held against, where they come next: "än storföretagens", "än länets totala varuexport"."""
        said = [one for one in self.parts.of(Concept) if "scope" in one.says]
        next_to = [one for one in said if self.pattern["owner"].fullmatch(self.text[start : max(start, one.start)]) and one.end > start]
        of_all = self.pattern["of_all_of_it"].match(self.text, start)
        before = [one.says["scope"][0] for one in said if one.end <= start]
        return next_to or [Concept(*of_all.span(), {"scope": (before[-1], TOTAL)})] if of_all and before else next_to

    def against_classes(self, claim: Claim, classes: Sequence[Concept]) -> Claim:
        """A comparison as one with other classes of the same region."""
        if not classes:
            return claim
        said = [one.says["scope"] for one in self.parts.of(Concept) if "scope" in one.says and one.start < classes[0].start]
        own = frozenset(said[-1:]) if said else self.parts.context.says.get("scope", WHOLE_SCOPE)
        chosen = frozenset(one for one in (classes[0].says["scope"],) if one[1] != TOTAL)
        return replace(claim, scopes=(own,), sides=(), rival_scope=chosen)

    def of_rival(self, match: re.Match[str], subject: Subject, namings: Sequence[Concept]) -> tuple[Subject, Topic]:
        """What is compared, and the statistic with which it is, if any; namings: those that are named after a comparison."""
        named: list[Naming] = [one.says["statistic"] for one in namings]
        said = [one for one in self.parts.of(Concept) if "statistic" in one.says]
        after = [
            one.says["statistic"] for one in said if namings and self.pattern["maybe_year"].fullmatch(self.text, namings[0].end, one.start)
        ]
        if after:  # "I inget annat län översteg tjänsteexporten varuexporten"
            return replace(subject, topics=(named[0].statistics,)), after[0].statistics
        if named and subject.topics == tuple((one,) for one in named[0].statistics):
            # "tjänsteexporten uppgick till … och översteg därmed varuexporten"
            before = [one.says["statistic"] for one in said if one.start < match.start()]
            subject = replace(subject, topics=tuple((one,) for one in before[-1].statistics)) if before else subject
        is_other = named and not named[0].is_open and (named[0].statistics,) != subject.topics
        return subject, named[0].statistics if is_other else ()

    def against_each(self, token: Token, claim: Claim, others: Sequence[Region], ahead: Sequence[Region]) -> list[Claim]:
        """A comparison with each of the regions that are named together, or with their sum; ahead: the region that has more."""
        codes = others[0].codes if others else ("",)
        is_sum = bool(others) and (
            self.pattern["together"].match(self.text, others[0].end + 1)
            or self.pattern["summed"].search(self.text, others[0].start, others[0].end)
        )
        each = [replace(claim, against=code) for code in (["+".join(codes)] if is_sum else codes)]
        after = [code for one in self.parts.of(Region) if one.start >= token.end for code in one.codes]
        if claim.rival and not others and len(after) == 1 and self.parts.regions(token)[0] == (None,):
            return [replace(claim, region=after[0])]  # "Tjänsteexporten är större än varuexporten i Stockholm"
        if ahead:
            return [replace(one, region=ahead[0].codes[0]) for one in each]
        made = [one for rival in each for one in self.make(token, rival)]
        if claims := [one for one in made if one.region != one.against or one.rival or one.rival_scope is not None]:
            return claims
        # "högst i landet, 75 procent över rikssnittet"
        parts = self.parts
        named = {code for one in parts.of(Region) if one not in others for code in parts.parts_of(one)} or {
            *filter(None, [parts.context.county])
        }
        return [replace(each[0], region=named.pop())] if len(named) == 1 else [self.unclear([token], "what is compared is not said")]

    def before(self, claim: Claim, *, is_unsaid: bool) -> dict[str, Any]:
        """The year in which a region was not yet ahead of the one that it "gick om": that since when, or the one before."""
        since = [years.base for years in self.parts.of(Years) if years.base]
        final = claim.windows[0].final
        if since:
            return {"windows": (Window(final=since[0]),)}
        return {"windows": (Window(final=final - 1),)} if final and not is_unsaid else {"windows": (Window(),), "at": 0}

    def likened(self, number: Number, match: re.Match[str], subject: Subject, made: Sequence[Claim]) -> list[Claim]:
        """So many times what another region has, or what the region had in another year: "dubbelt så stor som i Halland"."""
        parts, written = self.parts, number.written
        end = owner.end() if (owner := self.pattern["owner"].match(self.text, match.end())) else match.end()
        wholes = [one.says["statistic"].statistics for one in parts.of(Concept) if one.start == end and "statistic" in one.says]
        grows = any(word.finite for word in parts.of(Direction, parts.own[id(number)])) or (made and made[-1].kind == "growth")
        if wholes and subject.topics and len(wholes[0]) == 1 and not (grows and number.in_times):
            return self.share_of_another(number, subject, wholes[0])
        if self.pattern["so_many"].match(self.text, number.end):
            subject = self.of_counts(number, subject)
        named = [region for region in parts.of(Region) if len(region.codes) == 1]
        others = [region for region in named if region.end > match.end() >= region.start - 1 and region.start > number.start]
        if match.re is self.pattern["of_its"]:
            others = [Region(*match.span(), (str(parts.whole),))]
        if made and made[-1].kind == "level" and made[-1].topics == subject.topics and not parts.says[parts.own[id(number)]]:
            subject = replace(
                subject, forms=made[-1].forms, scopes=made[-1].scopes
            )  # "i snitt för 31 miljoner, dubbelt så mycket som i riket"
        dated = [years for years in parts.of(Years) if years.start <= match.end() <= years.end]
        since = [year for years in dated if (year := years.base or years.final or max(years.shift, 0))]
        if wholes and subject.topics:
            said = [one.says["statistic"].statistics for one in parts.of(Concept) if "statistic" in one.says and one.start < match.end()]
            windows, is_unsaid = windows_of(parts, number)
            claim = replace(self.claim([number], "comparison of growth", subject), number=number, sign=number.sign or 1, in_times=True)
            claim = replace(claim, topics=tuple((one,) for one in said[-1]), windows=windows[:1], assumed=("window",) * is_unsaid)
            return self.make(number, replace(claim, rival=wholes[0]))
        if (classes := self.classes_after(match.end())) and subject.topics and not (others or since or grows):
            windows, at, is_unsaid = year_of(parts, number)
            claim = replace(self.claim([number], "comparison of level", subject), number=number, sign=number.sign or 1)
            claim = replace(claim, windows=windows[:1], at=at, assumed=("year",) * is_unsaid)
            return self.make(number, self.against_classes(replace(claim, in_times=True), classes))
        if self.pattern["any_other"].match(self.text, match.end()) and written.how == "over" and number.sign >= 0 and not grows:
            return self.than_any_other(number, subject)
        if not subject.topics or len([*others[:1], *since[:1]]) != 1 or (grows and since):
            return [self.unclear([number], "a comparison, which is not taken apart")]
        if grows:
            beside = [region for region in named if match.start() <= region.start < match.end() and region not in others]
            return self.so_many_times(number, subject, others[0], made, beside)
        claim = replace(
            self.claim([number], "growth" if since else "comparison of level", subject),
            number=number,
            sign=number.sign or 1,
            per_year=False,
            of_topic=(),
            in_times=True,
        )
        if since and not number.is_growth:  # "hälften av vad den var 2016"
            how = TURNED.get(written.how, written.how)
            written = replace(written, low=abs(written.low - 100), high=abs(written.high - 100), how=how)
            claim = replace(claim, number=replace(number, written=written), sign=-1)
        if since:
            finals = [year for year in parts.all_years() if year > since[0]]
            return self.make(number, replace(claim, windows=(Window(since[0], finals[-1] if finals else None),)))
        windows, at, is_unsaid = year_of(parts, number)
        final = next((Window(final=year) for year in parts.all_years()), windows[0]) if is_unsaid else windows[0]
        own = [region for region in named if match.start() <= region.start < match.end() and region not in others]
        own += [region for region in reversed(named) if region.start < number.start and region.codes != others[0].codes]
        region = own[0].codes[0] if own else parts.context.county
        return [replace(claim, region=region, windows=(final,), at=at if final is windows[0] else 1, against=others[0].codes[0])]

    def than_any_other(self, number: Number, subject: Subject) -> list[Claim]:
        """More than so many times what any other region has, each of which has less than that part of it: "mer än dubbelt så mycket"."""
        windows, at, is_unsaid = year_of(self.parts, number)
        claim = replace(self.claim([number], "comparison of level", subject), windows=windows[:1], at=at, assumed=("year",) * is_unsaid)
        less = 100 - 100 * 100 / (100 + number.written.low)
        written = replace(number.written, low=less, high=less)
        claim = replace(claim, number=replace(number, written=written), sign=-1)
        owners = self.parts.regions(number)[0]
        each = (replace(claim, region=EVERY, besides=(owner,), against=owner) for owner in owners if owner)
        return [*each] if subject.topics else [self.unclear([number], "a comparison, which is not taken apart")]

    def with_before(self, number: Number, subject: Subject, made: Sequence[Claim]) -> list[Claim]:
        """So many times what the region named before has, in the sentence or the one before: "I Norrbotten var den sju gånger så hög"."""
        parts = self.parts
        named = [code for region in parts.of(Region, parts.own[id(number)]) for code in region.codes]
        others = list(dict.fromkeys(code for region in parts.of(Region) for code in region.codes if code not in named))
        others = others or [str(code) for code in [parts.context.county] if code and not parts.names_statistic()]
        if len(named) != 1 or len(others) != 1 or not subject.topics or others == named:
            return []
        ratio = made[-1] if made else parts.context.ratio
        if ratio and ratio.of_topic and "statistic" not in parts.says[parts.own[id(number)]]:
            # "sju gånger så stor som tjänsteexporten, medan den i riket var dubbelt så stor"
            own = self.claim([number], "level", subject)
            return [replace(ratio, sentence=self.sentence, start=own.start, end=own.end, number=in_all(number), region=named[0], doubts=())]
        windows, at, is_unsaid = year_of(parts, number)
        claim = replace(
            self.claim([number], "comparison of level", subject), number=number, sign=number.sign or 1, per_year=False, in_times=True
        )
        assumed = ("year",) if is_unsaid else ()
        return [replace(claim, region=named[0], windows=windows[:1], at=at, against=others[0], assumed=assumed)]

    def so_many_times(
        self, number: Number, subject: Subject, other: Region, made: Sequence[Claim], beside: Sequence[Region]
    ) -> list[Claim]:
        """A growth that is so many times another region's: "ökade dubbelt så snabbt som rikets"."""
        parts = self.parts
        before = made[-1] if made and made[-1].kind == "growth" and "statistic" not in parts.says[parts.own[id(number)]] else None
        claim = replace(self.claim([number], "comparison of growth", subject), number=number, sign=number.sign or 1, per_year=False)
        named = [region for region in parts.of(Region) if region.end <= number.start and region.codes != other.codes]
        named += beside
        region = before.region if before else named[-1].codes[0] if named and named[-1].codes else parts.context.county
        windows, is_unsaid = (before.windows, False) if before else windows_of(parts, number)
        assumed = ("window",) if is_unsaid else ()
        return [replace(claim, region=region, windows=windows[:1], assumed=assumed, against=other.codes[0], in_times=True)]

    def share_of_another(self, number: Number, subject: Subject, whole: Topic) -> list[Claim]:
        """What a statistic is of another: "hälften så stor som tjänsteexporten"."""
        parts = self.parts
        others = [naming.statistics for naming in parts.namings if naming.statistics != whole and len(naming.statistics) == 1]
        if not others:
            return [self.unclear([number], "a comparison, which is not taken apart")]
        claim = replace(self.claim([number], "level", subject), topics=(others[0],), forms=(Form(),), of_topic=whole)
        windows, at, is_unsaid = year_of(parts, number)
        claim = replace(claim, number=in_all(number), windows=windows, at=at, assumed=("year",) if is_unsaid else ())
        return self.make(number, claim)


def in_all(number: Number) -> Number:
    """So many times, or a part, in per cent of the other: "dubbelt så stor" is 200 per cent of it."""
    more = 100 if number.is_growth else -100
    return replace(
        number, written=replace(number.written, low=abs(number.written.low + more), high=abs(number.written.high + more)), is_growth=False
    )
