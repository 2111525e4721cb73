"""From sentences to claims: what each number, place or direction says, of what.

What cannot be understood becomes a claim with an obstacle, so that nothing is passed over in silence.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence

from pipeline.check.accounts import COMPARES, strange, unread
from pipeline.check.claim import EVERY, Claim, Kind, may_turn
from pipeline.check.comparisons import Comparisons
from pipeline.check.counting import Counting
from pipeline.check.history import History
from pipeline.check.lexicon import Lexicon
from pipeline.check.maker import Maker
from pipeline.check.parts import PAIR, Context, Parts, Window
from pipeline.check.places import Places
from pipeline.check.references import References
from pipeline.check.senses import WHOLE_SCOPE, Form, Topic
from pipeline.check.subjects import Subject, Subjects
from pipeline.check.texts import Sentence
from pipeline.check.tokens import Concept, Direction, Number, Obstacle, Rank, Region, Several, Token, Years, replace
from pipeline.check.years import full_windows, is_spelled_out, printed_window, year_to_go_on_from
from pipeline.check.years import windows as windows_of
from pipeline.check.years import year as year_of

NO_FIGURE = "a number that is no figure of the data"
SINCE = "since when is not said"
OF_UNITS = "a number of what the figures are divided by, which is not checked"
OF_SOME = "what so many enterprises have is not in the data"
OF_MEMBERS = "whether these are the ones that the data count is not said"


def find(sentences: Iterable[Sentence], lexicon: Lexicon) -> list[Claim]:
    """Every claim of a text, in order."""
    context = Context()
    found: list[Claim] = []
    below_heading = False
    headed: str | None = None
    at = 0
    listed = [*sentences]
    for sentence, following in itertools.zip_longest(listed, listed[1:]):
        if sentence.begins and not below_heading:
            # Below the heading of one county, a paragraph is about it again, whichever others the one before has named.
            context = Context(region=headed or context.region, county=headed or context.county, scope=context.scope)
        if lexicon.pattern["today"].search(sentence.text):
            context.year = None
        below_heading = sentence.begins and not lexicon.pattern["stops"].search(sentence.text)
        reader = _Reader(Parts(sentence, lexicon, context))
        if below_heading and not sentence.in_table and (named := reader.parts.of(Region)):
            codes = named[0].codes if len(named) == 1 else ()
            headed = codes[0] if len(codes) == 1 and codes[0] != lexicon.whole else None
        claims = sorted(reader.told_ahead(following), key=lambda claim: claim.start)
        window = reader.window(claims)
        if window and window.base and window.final and not sentence.begins:  # "har utvecklats starkt. Mellan 2016 och 2021 …"
            of = {(topic, claim.region) for claim in claims for topic in claim.topics}
            since = [one.obstacle == SINCE and any((topic, one.region) in of for topic in one.topics) for one in found[at:]]
            found[at:] = [
                replace(one, obstacle="", windows=(window,)) if is_open else one for one, is_open in zip(found[at:], since, strict=True)
            ]
        at = len(found)
        found += claims
        if not sentence.in_table:
            context.claims = claims
            context.ratio = next((one for one in reversed(claims) if one.of_topic), None)
            context.bound = next((one for one in reversed(claims) if one.number and may_turn(one)), context.bound)
            counted = {claim.forms[0] for claim in claims if claim.number and claim.kind == "level" and claim.forms}
            year, form = year_to_go_on_from(reader.parts), counted.pop() if len(counted) == 1 else Form()
            reader.parts.pass_on([claim.kind for claim in claims], window, year, form)
    return found


class _Reader(Maker):
    """What a sentence claims."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts, Subjects(parts))
        self.comparing = Comparisons(parts, self.subjects)
        self.placing = Places(parts, self.subjects)
        self.telling = History(parts, self.subjects)
        self.referring = References(parts, self.subjects)
        self.counting = Counting(parts, self.subjects)

    def window(self, claims: Sequence[Claim]) -> Window | None:
        """The window that a sentence says, for the next to go on from; None where it says none."""
        years = self.parts.all_years()
        moved = [one for one in claims if one.kind in ("growth", "direction", "rank of growth") and one.windows]
        grown = {one.windows[0] for one in moved if "window" not in one.assumed}
        grown |= {one.windows[0] for one in claims if one.windows and one.number and one.number.role == "från" and not one.at}
        if said := next(iter(full_windows(self.parts)), None) or printed_window(self.parts):
            return said
        if not claims and years and any(self.pattern[name].search(self.text) for name in ("develops", "turn")):
            return Window(final=years[-1], length=1)  # "Efter det svaga 2020 återhämtade sig exporten 2021", "2020 kom bakslaget"
        ends = sorted({one.windows[0].final or 0 for one in claims if one.kind == "level" and one.windows})
        if len(ends) == len(claims) == 2 and all(ends) and len({one.region for one in claims}) == 1:
            return Window(*ends)  # "2016 var de 667 och 2021 var de 661"
        return grown.pop() if len(grown) == 1 and len(years) == 1 else None

    def told_ahead(self, following: Sentence | None) -> list[Claim]:
        """The claims of a sentence of which the next one says what it is about: "64 miljarder kronor. Så stor var Skånes varuexport …"."""
        claims, context = [*self.claims()], self.parts.context
        is_known = any(not one.obstacle for one in claims) or "statistic" in context.says
        is_headline = self.sentence.begins and not context.county and not any(one.region for one in claims)  # "Exporten rusar i norr."
        is_known = is_known or (self.parts.names_statistic() and not is_headline)
        if is_known or not claims or following is None or following.begins or following.in_table:
            return claims
        ahead = _Reader(Parts(following, self.parts.lexicon, replace(context)))
        made = [*ahead.claims()]
        ahead.parts.pass_on([one.kind for one in made], ahead.window(made), year_to_go_on_from(ahead.parts), Form())
        context = replace(ahead.parts.context, is_ahead=True, number=context.number, claims=())
        again = [*_Reader(Parts(self.sentence, self.parts.lexicon, context)).claims()]
        return again if ahead.parts.names_statistic() and not any(one.obstacle for one in again) else claims

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
        if self.pattern["asks"].match(self.text):
            return
        if self.pattern["wonders"].match(self.text):
            yield from [self.unclear(parts.tokens, "it is asked, and not said")] if parts.tokens else []
            return
        made: list[Claim] = []
        for number in parts.numbers:
            made += [self.unclear([number], OF_UNITS)] if self.subjects.units(number) == "" else self.number(number, made)
        names_class = any("scope" in said for said in parts.says)
        for rank in parts.of(Rank):
            if names_class and self.placing.of_enterprises(rank):
                continue  # "de största företagen, de med 250 anställda eller fler"
            made += (
                self.placing.place(rank, made)
                if self.placing.is_rank(rank)
                else [self.unclear([rank], "a superlative of no figure of the data")]
            )
        made = self.placing.apart(made)
        made += self.placing.elliptic(made)
        said = {claim.obstacle for claim in made}
        made += [self.unclear([one], one.reason) for one in parts.of(Obstacle) if one.reason not in said and self.holds_number(one)]
        made += self.comparing.comparisons(made)
        made += self.referring.references(made)
        starts = {claim.start - self.sentence.start for claim in made}
        compared = [(claim.start - self.sentence.start, claim.end - self.sentence.start) for claim in made if claim.compares]
        taken = {parts.own[id(token)] for token in [*parts.numbers, *parts.of(Rank)] if token.start in starts}
        taken |= {parts.at(claim.start - self.sentence.start) for claim in made if claim.compares and claim.region == EVERY}
        made += self.directions(taken, compared, [*made])
        made += [*self.counting.there_alone(made), *self.counting.members(made), *self.counting.rest(made)]
        made = self.telling.history(made)
        if all(claim.several is None for claim in made) and not self.pattern["stands_out"].search(self.text):
            made += [self.unclear([one], "so many of the regions, which is not taken apart") for one in parts.of(Several)]
        made += [] if made else itertools.islice(self.not_taken_apart(), 1)
        made += [self.unclear([one], reason) for one, reason in unread(parts, made)]
        unknown = strange(parts)
        for claim in made:
            segment = parts.at(claim.start - self.sentence.start)
            is_crowded = len(parts.of(Number, segment)) > 1
            names = {"region"} if parts.of(Region, segment) else set()
            names |= set() if is_crowded else {*parts.says[segment]}
            yield replace(claim, strange=unknown.get(segment, ()), names=frozenset(names))

    def not_taken_apart(self) -> Iterator[Claim]:
        """What a sentence says of which nothing is made: a superlative, a comparison or a number, so that it is not passed over."""
        parts, text = self.parts, self.text
        regions, years, names = parts.of(Region), parts.of(Years), parts.names_statistic()
        codes = {code for region in regions for code in region.codes}
        if regions and (word := self.pattern["superlative_of"].search(text)):
            yield self.unclear([Token(*word.span())], "a superlative of no figure of the data")
        if years and names and self.pattern["holds_years"].search(text):
            yield self.unclear(years[:1], "a comparison of years, which is not taken apart")
        if names and (len(codes) > 1 or (codes and self.pattern["tells"].search(text))):
            yield self.unclear(regions[:1], COMPARES)
        yield from (self.unclear([one], "years in a row, not taken apart") for one in parts.of(Concept) if names and "in_a_row" in one.says)
        if any(parts.says) and (word := self.pattern["compared"].search(text)):
            yield self.unclear([Token(*word.span())], COMPARES)
        if (regions or names) and (word := self.pattern["some_number"].search(text)):
            yield self.unclear([Token(*word.span())], NO_FIGURE)

    def holds_number(self, token: Token) -> bool:
        """Whether a number, a share or a superlative is among the words of a token, as in "ett av tre län"."""
        return bool(self.pattern["says_number"].search(self.text[token.start : token.end]))

    # Numbers

    def number(self, number: Number, made: Sequence[Claim]) -> list[Claim]:
        """The claims that a number makes; none for one in words, without a unit, where nothing that is measured is named."""
        parts = self.parts
        subject, unsaid = self.subjects.subject(number)
        reason = self.hindrance(number, subject)
        if reason == NO_FIGURE and not re.search(r"\d", self.text[number.start : number.end]) and not parts.names_statistic():
            return []
        subject = self.of_list(number, subject)
        if held := self.comparing.of_number(number, subject, made):
            return held
        if reason:
            return [self.unclear([number], parts.obstacle(number) or reason)]
        if number.unit == "%" and self.pattern["more_in_number"].match(self.text, number.end) and not self.subjects.units(number):
            subject = self.of_counts(number, subject)  # "varuexportörerna blev 8 procent fler"
        subject = self.of_last_count(number, subject, made)
        sign = parts.sign(number)
        of_change = self.is_of_change(number, subject, made)
        kind = "change" if of_change else self.goes_on_as_change(number, self.kind(number, subject, sign), made)
        if kind == "unclear":
            return [self.unclear([number], parts.obstacle(number) or "whether it is growth, a share or something else is not said")]
        claim = replace(
            self.claim([number], kind, subject), number=number, unless_right=OF_MEMBERS if self.counts_members(number, made) else ""
        )
        if of_change:
            counted = subject.forms[0].quantity
            claim, sign = replace(claim, of_change=True, of_whole=claim.of_whole or bool(counted), forms=(Form(counted),)), 1
        if kind == "level":
            windows, at, is_unsaid = year_of(parts, number)
            if claim.per_year and parts.context.is_ahead and parts.context.window:
                windows = (parts.context.window,)
            if claim.per_year and not (windows[0].base and windows[0].final):
                claim = replace(claim, per_year=False)  # "160 000 kronor per år" is what a year has
            claim = replace(claim, spelled_out=is_spelled_out(parts, number, windows))
            if added := self.added_up(claim, made):
                return added
            return self.make(number, replace(claim, windows=windows, at=at, assumed=(*unsaid, *(["year"] if is_unsaid else []))))
        windows, is_unsaid = windows_of(parts, number)
        if claim.per_year and self.pattern["together"].search(self.text, parts.starts[parts.own[id(number)]], number.start):
            claim = replace(claim, per_year=False)  # "i snitt 8,5 procent om året, vilket sammantaget ger 50,5 procent"
        claim = replace(claim, spelled_out=is_spelled_out(parts, number, windows))
        assumed = (*unsaid, *(["window"] if is_unsaid else []))
        return self.make(number, replace(claim, windows=windows, assumed=assumed, sign=sign or 1, printed=parts.printed()))

    def of_list(self, number: Number, subject: Subject) -> Subject:
        """The subject of one of as many numbers as statistics are named: "högre än varuexporten: 359 respektive 278", "359 mot 278"."""
        versus, pairs = self.pattern["versus"], itertools.pairwise(self.parts.of(Number))
        pair = next((two for two in pairs if number in two and versus.fullmatch(self.text, two[0].end, two[1].start)), (number,))
        place, places = (pair.index(number), len(pair)) if number.place is None else (number.place, number.places)
        codes = {code for one in self.parts.of(Region) for code in one.codes}
        alone = () if "statistic" in self.parts.says[self.parts.own[id(number)]] or len(codes) > 1 else self.parts.single
        listed = subject.together if number.place is not None else ()
        listed = listed or tuple(alone)
        return replace(subject, topics=((listed[place],),)) if len(listed) == places > 1 else subject

    def is_of_change(self, number: Number, subject: Subject, made: Sequence[Claim]) -> bool:
        """Whether a share is of what was added: "hälften av ökningen", "ökade med 31 miljarder, varav hälften …"."""
        before = made[-1] if made and made[-1].kind == "change" and any(subject.scopes) else None
        goes_on = before and (
            self.pattern["of_which"].match(self.text, self.parts.starts[self.parts.own[id(number)]])
            or (before.number and before.number.is_whole)
        )
        return number.unit == "%" and bool(goes_on or self.pattern["part_of_change"].match(self.text, number.end))

    def added_up(self, claim: Claim, made: Sequence[Claim]) -> list[Claim]:
        """The sum of the amounts before, of several statistics or regions: "varor för 117 miljarder, tjänster för 69, sammantaget 187"."""
        start, end = self.parts.starts[self.parts.at(claim.start - self.sentence.start)], claim.start - self.sentence.start
        levels = itertools.takewhile(
            lambda one: one.region and one.kind == "level" and one.number and one.number.unit == "money", reversed(made)
        )
        before = [*levels][::-1]
        if len(before) < PAIR or not self.pattern["in_sum"].fullmatch(self.text, start, end):
            return []
        topics = dict.fromkeys(topic for one in before for topic in one.topics)
        regions = dict.fromkeys(str(one.region) for one in before)
        if sorted((len(topics), len(regions))) != [1, len(before)]:
            return []
        summed = replace(before[-1], topics=(tuple(itertools.chain(*topics)),), region="+".join(regions))
        return [replace(summed, start=claim.start, end=claim.end, number=claim.number, doubts=())]

    def of_last_count(self, number: Number, subject: Subject, made: Sequence[Claim]) -> Subject:
        """The subject of a growth that goes on from a count: "från 816 till 997 företag, en ökning med 22 procent"."""
        last = made[-1] if made and made[-1].number and made[-1].forms else None
        if not last or not last.forms[0].quantity or self.parts.says[self.parts.own[id(number)]] or number.unit != "%":
            return subject
        return replace(subject, topics=last.topics, scopes=last.scopes, sides=last.sides, forms=last.forms)

    def goes_on_as_change(self, number: Number, kind: Kind, made: Sequence[Claim]) -> Kind:
        """The kind of a number: what seems a level is a change where it goes on from one, or from a place in growth."""
        own = self.parts.own[id(number)]
        if kind != "level" or "statistic" in self.parts.says[own]:
            return kind
        last = made[-1] if made else None
        is_end = last is not None and last.number is not None and last.number.role == "till"
        grew = is_end or (last.kind in ("growth", "change") if last else self.parts.context.is_growth)
        form = self.parts.says[own].get("form")
        is_same = form is None or form in (last.forms if last else [self.parts.context.says.get("form")])
        if grew and is_same and self.pattern["restates"].match(self.text, self.parts.starts[own]):
            return "change"  # "sjönk med tio procent, vilket motsvarar 13 miljarder kronor"
        starts = self.pattern["of_which"].match(self.text, self.parts.starts[own])
        is_change = made[-1].kind == "change" if made else self.parts.context.is_change and not self.parts.names_statistic()
        if (number.role == "med" or starts or self.pattern["these"].match(self.text, number.end)) and is_change:
            return "change"  # "ökade med 54 miljarder kronor och Stockholms med 19 miljarder"
        ranks = [rank for rank in self.parts.of(Rank) if self.parts.own[id(rank)] < own]
        is_bare = ranks and not (number.unit or number.role)
        return "change" if is_bare and self.placing.is_of_growth(ranks[-1], ()) else kind  # "har minskat mest i antal, 30 respektive 23"

    def counts_members(self, number: Number, made: Sequence[Claim]) -> bool:
        """Whether a number is of enterprises at large, not of those that the data count: "14 905 företag", "av 14 905 företag"."""
        if number.unit or not self.pattern["enterprises_after"].match(self.text, number.end):
            return False
        own = self.parts.own[id(number)]
        if any("members" in concept.says for concept in self.parts.of(Concept, own)):
            return False
        if made and made[-1].number and not made[-1].number.unit and not (made[-1].unless_right or made[-1].obstacle):
            return False  # "4 730 företag exporterade varor, en ökning med 410 företag"
        is_said = "statistic" in self.parts.says[own] or any("counted" in said for said in self.parts.says[:own])
        return not is_said or bool(self.pattern["part_of_enterprises"].search(self.text[: number.start]))

    def hindrance(self, number: Number, subject: Subject) -> str:
        """Why a number is no figure of the data that could be checked; empty where it may be one."""
        if not number.unit and not self.is_count(number, subject):
            return NO_FIGURE
        if any(self.is_within(rank) for rank in self.parts.of(Rank)):
            return "about one within the region"
        if any(one.says.get("each_note") == "to" for one in self.parts.of(Concept)) and any(subject.scopes):
            return "a ratio of classes, which is not calculated"
        is_whose = subject.of_whole or any(subject.scopes)
        if self.pattern["part_of_change"].match(self.text, number.end) and not (number.unit == "%" and is_whose):
            return "a part of a change, and whose part is not said"
        has_scope = any("scope" in said for said in self.parts.says)
        if number.unit == "money" and not (has_scope or number.is_whole) and self.pattern["part_of_amount"].match(self.text, number.end):
            return "a part of an amount, and whose part is not said"
        is_of_some = number.unit and not has_scope and not any("counted" in said for said in self.parts.says)
        if is_of_some and self.pattern["some_enterprises"].search(self.text[: number.start]):
            return OF_SOME
        chosen = [one for one in self.parts.of(Concept) if "scope" in one.says]
        of_part = any(self.text[number.end : one.start].strip() in ("av", "av de") for one in chosen)
        if number.unit == "%" and of_part and any(one.end <= number.start for one in chosen):
            return "a share of a part of the whole, which is not calculated"
        return "" if subject.topics else "what it measures is not said"

    def is_count(self, number: Number, subject: Subject) -> bool:
        """Whether a bare number counts what the sentence is about."""
        text = self.text
        if not self.parts.senses.counts([one for topic in subject.topics for one in topic], subject.forms[0]) or re.match(
            r"0\d|\d+/", text[number.start :]
        ):
            return False
        return bool(self.subjects.units(number) or self.pattern["more_after"].match(text, number.end) or self.subjects.may_count(number))

    def kind(self, number: Number, subject: Subject, sign: int) -> Kind:
        """Whether a number is growth, a change or a level."""
        parts, before = self.parts, self.text[: number.start]
        segment = parts.own[id(number)]
        words = [one for one in parts.of(Direction, segment) if one.finite or not self.is_way(one)]  # "seglade upp med 62 miljarder"
        moves = any(not self.pattern["bounds_number"].match(self.text, one.end) for one in words)
        if number.unit == "points":
            return "change"
        if number.unit == "%":
            may_be_level = subject.is_share and not number.is_growth
            if may_be_level and (number.role in ("från", "till") or not (moves or number.sign)):
                return "level"
            grows = any(rank.of == "growth" and parts.own[id(rank)] < segment for rank in parts.of(Rank))
            return "growth" if sign or number.is_growth or grows else "unclear"
        if before.rstrip().endswith(":") and any(not word.sign for word in parts.of(Direction)):
            return "change"
        # What stands before, without the word and the qualifier right before the number.
        cut = self.pattern["before_number"].sub("", before + " ").strip()
        by = (
            self.pattern["of_increase"].match(self.text)
            or (moves and self.pattern["changed_by"].match(self.text, number.end))
            or (number.role == "med" and moves)
            or number.sign
            or self.pattern["increase_was"].search(before)
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
                and any(parts.own[id(word)] < segment and (word.finite or word.noun) for word in parts.of(Direction))
            )
            or any(
                word.finite and not word.noun and self.pattern["moves_by"].fullmatch(self.text[word.end : number.start])
                for word in parts.of(Direction, segment)
                if word.end <= number.start
            )
        )
        return "change" if by else "level"

    # Directions

    def directions(self, taken: set[int], compared: Sequence[tuple[int, int]], made: Sequence[Claim]) -> Iterator[Claim]:
        """Claims without a number, "har ökat", one for each segment that makes no other; compared: where comparisons stand.

        made: the claims before; of those with numbers, the first after a colon says how what stands before it is meant.
        """
        parts = self.parts
        for word in parts.of(Direction):
            segment = parts.own[id(word)]
            units = self.subjects.units_after(word)
            lags = word.sign < 0 and self.pattern["develops"].search(self.text, word.start, word.end)  # "har inte återhämtat sig; …"
            is_about = units or self.is_of_it(word) or parts.names_statistic(None if lags else segment)
            is_told = word.finite or self.is_elliptic(word)
            start = self.start(word)
            is_taken = segment in taken and not any(self.pattern[name].match(self.text, word.start) for name in ("back", "not_back"))
            if not is_told or word.noun or not word.sign or (is_taken and not start) or not is_about:
                continue
            if any(start <= word.start < end for start, end in compared):
                continue
            taken.add(segment)
            subject, unsaid = (Subject(((units,),), (WHOLE_SCOPE,), (Form(),)), ()) if units else self.subjects.subject(word)
            classes = [one.end for one in parts.of(Concept, segment) if "scope" in one.says and one.start == word.end + 1]
            after = max([word.end, *classes]) + 1  # "har tappat små och medelstora exportörer"
            beside = [one.says["statistic"] for one in parts.of(Concept, segment) if "statistic" in one.says and one.start == after]
            if beside and "quantity" not in parts.says[segment] and self.pattern["participle"].fullmatch(self.text[word.start : word.end]):
                subject = Subject(tuple((one,) for one in beside[0].statistics), (WHOLE_SCOPE,), (Form(),))  # "den växande exporten"
            elif self.names_only_counts(segment):
                subject = self.of_counts(word, subject)  # "har tappat exportörer"
            windows, is_unsaid = windows_of(parts, word)
            for told in self.told_of(subject, segment, made):
                subject, windows = replace(subject, topics=told.topics, scopes=told.scopes, forms=told.forms), told.windows
            for told in (one for one in made if start and one.number is start and one.kind == "level"):
                subject = replace(subject, topics=told.topics, scopes=told.scopes, sides=told.sides, forms=told.forms)
            if in_a_row := self.streak(word):
                windows = (self.of_streak(word, windows[0], in_a_row),)
            each: list[tuple[Topic, ...]] = [((one,),) for one in subject.together]
            for topics in each or [subject.topics]:
                claim = replace(self.claim([word], "direction", replace(subject, topics=topics)), per_year=False)
                assumed = (*unsaid, *(["window"] if is_unsaid else []))
                in_any = bool(self.pattern["in_any_year"].search(self.text))  # "minskade inte något år", "sjönk aldrig"
                never = any("never" in one.says for one in parts.of(Concept, segment))
                each_year = claim.each_year or word.always or bool(in_a_row) or (in_any and word.or_nil)
                sign, or_nil = (-word.sign, True) if never else (word.sign, word.or_nil)
                claim = replace(claim, windows=windows[:1], sign=sign, or_nil=or_nil, each_year=each_year, assumed=assumed)
                is_dated = parts.context.window or windows[0].base or parts.of(Years) or in_a_row or each_year
                in_some = in_any and not each_year and not self.pattern["sole_year"].search(self.text)
                obstacle = SINCE if is_unsaid and not is_dated else "whether it is so in some year" if in_some else ""
                for one in self.make(word, claim):
                    yield replace(one, obstacle=one.obstacle or obstacle)

    def is_of_it(self, word: Direction) -> bool:
        """Whether a word that goes up or down is of what the sentence before is about: "är den tillbaka på …", "året därpå sjönk den"."""
        parts, text = self.parts, self.text
        if "statistic" not in parts.context.says or any(region.codes for region in parts.of(Region)) or parts.names_statistic():
            return False
        after, before = self.pattern["it_after"].match(text, word.end), self.pattern["it_before"].search(text[: word.start])
        return bool(after or before or self.pattern["of_it"].search(text[word.start : word.end]))

    def names_only_counts(self, segment: int) -> bool:
        """Whether all that a part names is what is counted: "har tappat exportörer", "exportörerna har minskat"."""
        named = [one for one in self.parts.of(Concept, segment) if "statistic" in one.says]
        return bool(named) and all("quantity" in one.says for one in named) and not self.parts.says[segment].get("form")

    def is_elliptic(self, word: Direction) -> bool:
        """Whether a word has happened, though its verb is left out: "gick upp 2017, ned 2018 och upp igen 2019", "färre fem år i rad"."""
        parts, segment = self.parts, self.parts.own[id(word)]
        if word.noun or word.aim or self.start(word):
            return bool(self.start(word))
        if parts.of(Number, segment):
            return False
        begins = self.text[parts.starts[segment] : word.start]
        is_told = parts.of(Years, segment) or self.pattern["gone"].search(begins)
        return bool((self.is_way(word) and is_told) or self.streak(word))

    def is_way(self, word: Direction) -> bool:
        """Whether a word is no more than "upp" or "ned"."""
        return self.pattern["up_or_down"].fullmatch(self.text, word.start, word.end) is not None

    def start(self, word: Direction) -> Number | None:
        """The number that something went up or down from, in a year that is said: "181 100 kronor, upp från 142 000 kronor 2016"."""
        is_dated = any(years.final for years in self.parts.of(Years, self.parts.own[id(word)]))
        numbers = self.parts.of(Number, self.parts.own[id(word)]) if is_dated else []
        return next((one for one in numbers if self.pattern["goes_from"].fullmatch(self.text, word.start, one.start)), None)

    def streak(self, word: Direction) -> int:
        """For how many years in a row something moved the way of a word, as its part says, or the only part that tells of such a move."""
        parts = self.parts
        rows = [one for one in parts.of(Concept) if "in_a_row" in one.says and not one.says["before"]]
        alone = len({parts.own[id(one)] for one in parts.of(Direction) if one.finite and not one.noun}) <= 1
        return max((one.says["in_a_row"] for one in rows if parts.own[id(one)] == parts.own[id(word)] or alone), default=0)

    def of_streak(self, word: Direction, window: Window, length: int) -> Window:
        """The window of a streak: from where it begins, or until the year before it ends: "steg tre år i rad innan den föll 2020"."""
        parts, segment = self.parts, self.parts.own[id(word)]
        if window.base and not window.final:
            return Window(window.base, window.base + length)
        ends = [years.final for one in range(segment + 1, len(parts.starts)) for years in parts.of(Years, one) if years.final]
        turns = [
            one for one in parts.of(Direction) if (at := parts.own[id(one)]) > segment and one.sign == -word.sign and not parts.says[at]
        ]
        is_before = ends and turns and window.final == ends[0] and not parts.of(Years, segment)
        return Window(final=ends[0] - 1 if is_before else window.final, length=length)

    def told_of(self, subject: Subject, segment: int, made: Sequence[Claim]) -> list[Claim]:
        """The first change after the colon that ends a segment, where it is of the same: "har tappat exportörer: 742, 23 färre än 2016"."""
        parts, end = self.parts, self.parts.starts[segment + 1] if segment + 1 < len(self.parts.starts) else 0
        if not self.text[:end].endswith(":") or parts.of(Years, segment) or "scope" in parts.says[segment]:
            return []
        after = [one for one in made if one.kind in ("growth", "change") and one.start >= end + self.sentence.start and not one.obstacle]
        counted = subject.forms[0].quantity if subject.forms else ""
        return [one for one in after[:1] if {*one.topics} <= {*subject.topics} and one.forms[0].quantity == counted]
