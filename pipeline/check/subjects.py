"""What a number, place or direction of a sentence is about: statistic, classes, and form, as far as the sentence says."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.check.lexicon import Naming
from pipeline.check.parts import Parts, Says
from pipeline.check.senses import SHARE, WHOLE_SCOPE, Form, Scope, Topic
from pipeline.check.tokens import Concept, Number, Rank, Region, Token, replace
from pipeline.declarations import TOTAL
from pipeline.phrases import alternatives

KEYS = {"statistic": "statistic", "scope": "scope", "form": "measure"}
"""What a segment says of a subject, and how a finding calls it where it is taken from elsewhere."""


@dataclass(frozen=True)
class Subject:
    """What a claim can be about: topics, scopes and forms, of which no one is likelier than another.

    sides: scopes that the words may mean, though they say another first. together: the topics are named together, in their order.
    of_whole: as a share of what the whole has. of_topic: as a share of these statistics together.
    """

    topics: tuple[Topic, ...]
    scopes: tuple[Scope, ...]
    forms: tuple[Form, ...]
    sides: tuple[Scope, ...] = ()
    together: Topic = ()
    of_whole: bool = False
    of_topic: Topic = ()

    @property
    def is_share(self) -> bool:
        """Whether it is a share of something."""
        return bool(self.of_whole or self.of_topic or (self.forms and self.forms[0].over == SHARE))


class Subjects:
    """What the tokens of a sentence are about."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def subject(self, token: Token) -> tuple[Subject, tuple[str, ...]]:
        """What a claim can be about, and what of it the sentence leaves unsaid."""
        parts, here = self.parts, self.parts.own[id(token)]
        own, near, context = parts.says[here], self.near(token), parts.context.says
        if not own and isinstance(token, Number):
            own = next((said for said in reversed(parts.says[:here]) if said), own)  # "…, hela 98 procent" is of what the part before is of
        if isinstance(token, Number) and (units := self.units(token)):
            own = near = {"statistic": Naming((units,)), **{key: own[key] for key in ("of_whole",) if key in own}}
        for key, is_of_another in (("form", self.of_another_scale), ("scope", self.of_another_class)):
            if isinstance(token, Number) and is_of_another(token):
                own, near = ({name: value for name, value in said.items() if name != key} for said in (own, near))
        of_it = self.statistic_of_it(token)
        own, near = {**own, **of_it}, {**near, **of_it}
        if (scope := self.scope_after(token)) is not None:
            own, near = {**own, "scope": scope}, {**near, "scope": scope}
        speaks_anew = "statistic" in own
        if speaks_anew and near.get("form") == Form(over=SHARE) and not {"form", "scope"} & {*own}:
            near = {
                key: value for key, value in near.items() if key not in ("form", "scope")
            }  # "… svarar för 43 procent; exporten har ökat"
        unsaid = [name for key, name in KEYS.items() if key not in near]
        before = Naming(()) if "statistic" in near else context.get("statistic", Naming(()))
        if "statistic" not in near:
            near = {**context, **near}
        naming = near.get("statistic", Naming(()))
        narrower = (
            self.narrower(naming, here)
            if naming.is_open and not (own.get("counted") and not context.get("form", Form()).quantity)
            else None
        )
        if narrower:
            naming, unsaid = narrower, [*unsaid, "statistic"]
        goes_on = naming in (before, context.get("statistic")) or {*naming.statistics} < {*context.get("statistic", Naming(())).statistics}
        forms = self.forms(own, near, speaks_anew=speaks_anew, goes_on=goes_on)
        statistics = naming.statistics or parts.senses.statistics_of(forms[0])
        if {*statistics} & {*parts.units}:
            forms = (Form(),)  # "trots att befolkningen minskade"
        counted = self.counted(token, near) if isinstance(token, Number) else None
        if counted and not (statistics and parts.senses.counts(statistics, forms[0])):
            statistics, forms = counted[0], (Form(counted[1]),)
        owner = near.get("scope", context.get("scope"))
        if speaks_anew and "scope" not in own and owner and self.names_owners(token):
            own = {**own, "scope": owner}
        scopes, sides = self.scopes(own, near, parts.says[:here], statistics, speaks_anew=speaks_anew, goes_on=goes_on)
        forms += self.averages(token, forms, statistics)
        topics: tuple[Topic, ...] = (statistics,) if naming.together else tuple((one,) for one in statistics)
        if naming.is_open and len(statistics) > 1 and not forms[0].quantity and not parts.senses.is_own(forms[0]):
            topics = (*topics, statistics)
        subject = Subject(topics, scopes, forms, sides, statistics if naming.together else ())
        return self.shared(token, subject, of_whole="of_whole" in own), tuple(dict.fromkeys(unsaid))

    def statistic_of_it(self, token: Token) -> Says:
        """The statistic of which a number is the amount, right before it: "av exporten på 83 miljarder var en femtedel tjänster"."""
        said = [one for one in self.parts.of(Concept) if isinstance(token, Number) and "statistic" in one.says and one.end <= token.start]
        is_beside = said and self.parts.pattern["amount_of_it"].fullmatch(self.parts.sentence.text, said[-1].end, token.start)
        return {"statistic": said[-1].says["statistic"]} if is_beside and "quantity" not in said[-1].says else {}

    def of_another_scale(self, number: Number) -> bool:
        """Whether "per invånare" is said of a later number: "7,5 miljarder kronor, motsvarande 20 600 kronor per invånare"."""
        inside = [one for one in self.parts.inside(self.parts.own[id(number)]) if one.start >= number.end]
        is_count = not number.unit and number.role not in ("från", "till") and self.names_counted(number)
        later = [
            one.start
            for one in inside
            if isinstance(one, Number) and one.unit == number.unit and (is_count or (one.unit == "money" and one.scale < number.scale))
        ]
        forms = [one.start for one in inside if isinstance(one, Concept) and "form" in one.says]
        return bool(later and forms) and later[0] < forms[0]

    def of_another_class(self, number: Number) -> bool:
        """Whether a class is said of a later, or another, count: "av 742 exportörer hade 17 minst 250 anställda"."""
        inside = self.parts.inside(self.parts.own[id(number)])
        chosen = [one.start for one in inside if isinstance(one, Concept) and "scope" in one.says]
        if number.unit or len(chosen) != 1 or chosen[0] < number.end or self.is_beside(number, chosen[0]):
            return False
        between = [one for one in inside if isinstance(one, Number) and not one.unit and number.end <= one.start < chosen[0]]
        return number.is_whole or (self.names_counted(number) and any(not one.is_whole for one in between))

    def is_beside(self, number: Number, start: int) -> bool:
        """Whether what starts there is what a number counts: no more than adjectives stand between."""
        return start >= number.end and bool(self.parts.pattern["only_adjectives"].fullmatch(self.parts.sentence.text, number.end, start))

    def is_part(self, number: Number) -> bool:
        """Whether a number is a part of the next: "tolv av Kronobergs 673 exportörer"."""
        text, part_and_whole = self.parts.sentence.text, self.parts.pattern["part_and_whole"]
        wholes = [one for one in self.parts.numbers if one.is_whole and self.names_counted(one)]
        return any(part_and_whole.fullmatch(text, number.end, one.start) for one in wholes)

    def names_counted(self, number: Number) -> bool:
        """Whether what a number counts stands right after it."""
        return bool(self.parts.pattern["counts_these"].match(self.parts.sentence.text, number.end))

    def scope_after(self, token: Token) -> Scope | None:
        """The one of several scopes that follows a bare number: "av 4 730 små och medelstora företag har 2 813 färre än tio anställda"."""
        chosen = [one for one in self.parts.of(Concept, self.parts.own[id(token)]) if "scope" in one.says]
        after = [one.says["scope"] for one in chosen if one.start >= token.end]
        which = self.parts.pattern["which"].match(self.parts.sentence.text, token.end)  # "av de 9,7 miljarder som de … exporterade"
        if not isinstance(token, Number) or (token.unit and not (token.is_whole and which)) or len(chosen) < 2 or not after:
            return None
        mine = after[-1:] if self.is_part(token) else after[:1]  # "788 av Hallands 1 254 små och medelstora … hade färre än tio anställda"
        return frozenset(one for one in mine if one[1] != TOTAL)

    def averages(self, token: Token, forms: tuple[Form, ...], statistics: tuple[str, ...]) -> tuple[Form, ...]:
        """What a total may mean beside the total where it is "i snitt": that of each of those that are counted.

        So may a place or a comparison after such an amount: "för i snitt 7,6 miljoner kronor, det lägsta värdet".
        """
        is_number = isinstance(token, Number) and token.unit != "money"
        amounts = [one for one in self.parts.of(Number) if one.unit == "money" and one.start <= token.start]
        if is_number or not amounts or forms[0] != Form() or not self.parts.pattern["on_average"].search(self.parts.sentence.text):
            return ()
        return tuple(dict.fromkeys(one.form for one in self.parts.senses.of(statistics) if self.parts.senses.is_own(one.form)))

    def narrower(self, naming: Naming, here: int) -> Naming | None:
        """The goods, or the services, named before, of which "export" goes on to speak."""
        text, starts = self.parts.sentence.text, self.parts.starts
        is_told_next = any(text[:end].endswith(":") or self.parts.pattern["where"].match(text, end) for end in starts[here + 1 : here + 2])
        after = self.parts.says[here + 1 : here + 2] if is_told_next else []
        said = (*reversed(self.parts.says[:here]), *after, self.parts.context.says)
        named = (one["statistic"] for one in said if "statistic" in one)
        return next((one for one in named if set(one.statistics) < set(naming.statistics)), None)

    def names_owners(self, token: Token) -> bool:
        """Whether a segment speaks of "deras varuexport", up to a token."""
        start = self.parts.starts[self.parts.own[id(token)]]
        return bool(self.parts.pattern["theirs"].search(self.parts.sentence.text[start : token.start + 60]))

    def shared(self, token: Token, subject: Subject, *, of_whole: bool) -> Subject:
        """The subject as a share: of what the whole has, of several statistics, or of all classes; or as what a share is of."""
        parts, forms, is_money = self.parts, subject.forms, isinstance(token, Number) and token.unit == "money"
        of_whole = of_whole and not (isinstance(token, Number) and token.unit in ("money", ""))
        here = parts.own[id(token)]
        end = parts.starts[here + 1] if here + 1 < len(parts.starts) else None
        if not isinstance(token, Number) and parts.pattern["absolute"].search(parts.sentence.text[parts.starts[here] : end]):
            return replace(subject, forms=tuple(Form() if one.over == SHARE else one for one in forms))  # "ökade i kronor räknat"
        if of_topic := self.whole_topic(token, forms):
            part = next(one for one in self.single(token) if (one,) != of_topic)
            subject = replace(subject, topics=((part,),), forms=(Form(),), together=(), of_topic=of_topic)
        elif (quantity := self.counted_alone(subject)) and self.is_part_of_whole(token, subject, of_whole=of_whole):
            subject = replace(subject, of_whole=True, forms=(Form(quantity),))
        elif forms[0] == Form(over=SHARE) and not (
            subject.scopes[0]
            or is_money
            or subject.sides
            or (
                len({one.statistics for one in parts.namings if not one.is_open}) > 1
                and not any("of_whole" in said for said in parts.says[:here])
            )
        ):
            # "Skåne står för 9 procent av varuexporten": nobody's part, so the region's
            subject = replace(subject, of_whole=True, forms=(Form(),))
        elif (
            of_whole
            and (scope := subject.scopes[0] or parts.context.scope)
            and parts.regions(token)[0] == (parts.whole,)
            and not self.is_of_their_whole(token)
        ):
            subject = replace(
                subject, forms=(Form(quantity, SHARE),), scopes=(scope,), sides=()
            )  # "svarade de för 28 procent av landets varuexport"
        elif of_whole or (is_money and forms[0].over == SHARE):
            counted = forms[0].quantity if of_whole and forms[0].quantity != parts.senses.share_of_members().quantity else ""
            subject = replace(subject, of_whole=of_whole, forms=(Form(counted),))
        if isinstance(token, Number) and token.is_whole and token.unit and self.parts.regions(token)[0] != (self.parts.whole,):
            subject = replace(subject, scopes=(self.scope_after(token) or WHOLE_SCOPE,), sides=())
        return subject

    def is_of_their_whole(self, token: Token) -> bool:
        """Whether the whole is named as that of a class: "17 procent av varuexporten från små och medelstora företag i riket"."""
        return self.parts.pattern["of_their_whole"].search(self.parts.sentence.text, token.end) is not None

    def is_part_of_whole(self, token: Token, subject: Subject, *, of_whole: bool) -> bool:
        """Whether a share of those that are counted is one of all that the whole has: "en femtedel av landets exportörer"."""
        if of_whole:
            is_one_of_all = self.parts.pattern["one_in_the_whole"].match(self.parts.sentence.text, token.start)
            return bool(not subject.scopes[0] or is_one_of_all or self.parts.regions(token)[0] != (self.parts.whole,))
        form, names_whole = subject.forms[0], any(self.parts.whole in one.codes for one in self.parts.of(Region))
        return bool(form.over == SHARE and form.quantity) and names_whole and not subject.scopes[0]

    def counted_alone(self, subject: Subject) -> str:
        """What is counted, where a sentence names nothing else that is measured."""
        named = [one for one in self.parts.of(Concept) if "statistic" in one.says]
        is_alone = named and all("quantity" in one.says for one in named)
        return self.parts.senses.counted(one for topic in subject.topics for one in topic) if is_alone else ""

    def whole_topic(self, token: Token, forms: tuple[Form, ...]) -> Topic:
        """The statistics of which a share is one: "tjänster utgör 37 procent av den totala exporten"."""
        said_here = self.parts.says if isinstance(token, Number) else [self.parts.says[self.parts.own[id(token)]]]
        is_share = any(said.get("form") == Form(over=SHARE) for said in said_here)
        single = self.single(token)
        if not is_share or not single or any("scope" in said for said in self.parts.says):
            return ()
        if isinstance(token, Number) and (token.unit != "%" or token.is_growth):
            return ()
        if len(single) > 1:
            return self.other_topic(token)
        part = self.parts.pattern["part_of"].match(self.parts.sentence.text, token.end)
        if part and any(
            len(one.says["statistic"].statistics) == 1
            for one in self.parts.of(Concept)
            if one.end == part.end() and "statistic" in one.says
        ):
            return ()  # "52 procent av varuexporten"
        wholes = [one.statistics for one in self.parts.namings if len(one.statistics) > 1 and single[0] in one.statistics]
        wholes += [one.says["in_all"] for one in self.parts.of(Concept) if "in_all" in one.says]
        return wholes[0] if wholes else ()

    def single(self, token: Token) -> list[str]:
        """The statistics that are named alone: by a token's own part, where all of them together are named too, or by the sentence."""
        own = self.parts.says[self.parts.own[id(token)]].get("statistic", Naming(()))
        is_part = len(own.statistics) == 1 and any(one.is_open for one in self.parts.namings)
        return [*own.statistics] if is_part else self.parts.single

    def other_topic(self, token: Token) -> Topic:
        """The other statistic that a share is of: "tjänsteexporten är mindre än en tiondel av varuexporten"."""
        named = [one for one in self.parts.of(Concept) if "statistic" in one.says and len(one.says["statistic"].statistics) == 1]
        text, part_of = self.parts.sentence.text, self.parts.pattern["part_of"]
        parts = [one for number in self.parts.numbers if number.unit == "%" and (one := part_of.match(text, number.end))]
        part = part_of.match(text, token.end) or (parts[0] if parts and self.parts.own[id(token)] in self.parts.asides else None)
        for note in (one for one in self.parts.of(Concept) if "each_note" in one.says and named):
            # "för varje krona i varuexport kom 58 öre i tjänsteexport"
            own = min(named, key=lambda one: max(one.start - token.end, token.start - one.end)).says["statistic"]
            after = [one.says["statistic"] for one in named if one.start >= note.end]
            return next((one.statistics for one in after if one != own), ())
        if len({one.end() for one in parts}) > 1 or len(named) != 2 or not part or named[1].end != part.end() or named[0].end > token.start:
            return ()
        return tuple(named[1].says["statistic"].statistics)

    def near(self, token: Token) -> Says:
        """What a token's segment says, completed from those around it."""
        here = self.parts.own[id(token)]
        near: Says = {}
        for segment in self.parts.around(token):
            said = self.parts.says[segment]
            anew = "statistic" in said or self.parts.sentence.text[: self.parts.starts[segment]].rstrip().endswith(" men")
            if segment > here and "statistic" in near and anew:
                break
            if here in self.parts.asides and segment != here and "rival" in said:
                said = {**said, "statistic": said["rival"]}
            others = [*self.parts.of(Number, segment), *(self.parts.of(Rank, segment) if isinstance(token, Rank) else ())]
            if segment > here and "statistic" in near and others:
                continue  # "355 miljarder kronor, eller 204 000 kronor per invånare": what follows is of another number, or place
            near = {**said, **near}
        if "statistic" in near or "statistic" in self.parts.context.says:
            return near
        return {
            **next((self.parts.says[number] for number in sorted(self.parts.asides) if "statistic" in self.parts.says[number]), {}),
            **near,
        }

    def forms(self, own: Says, near: Says, *, speaks_anew: bool, goes_on: bool) -> tuple[Form, ...]:
        """The forms that a claim can have; own, near: what its segment and those around it say."""
        if "form" in own or not speaks_anew:
            return (own.get("form") or near.get("form", Form()),)
        if "form" in near:
            return tuple(dict.fromkeys((near["form"], Form())))
        return tuple(dict.fromkeys((self.parts.context.says.get("form", Form()) if goes_on else Form(), Form())))

    def scopes(
        self, own: Says, near: Says, before: Sequence[Says], statistics: tuple[str, ...], *, speaks_anew: bool, goes_on: bool
    ) -> tuple[tuple[Scope, ...], tuple[Scope, ...]]:
        """The scopes that a claim can have, and those that it may have though the words say another first.

        own, near, before: what its segment says, that and those around it, and those before it.
        """
        groups = self.parts.senses.groups(statistics)
        chosen = (own if speaks_anew else near).get("scope")
        if chosen is not None:
            return (chosen if groups or "scope" in own else WHOLE_SCOPE,), ()
        earlier = near.get("scope") if "scope" in near else self.parts.context.says.get("scope") if goes_on else None
        said = self.parts.context.says
        earlier = said.get("scope") if earlier is None and "statistic" not in said else earlier
        if earlier is not None and groups and own.get("form") != Form():
            # "små och medelstora företag har …, med en ökning av varuexporten": the subject of the sentence
            is_subject = any("scope" in said and "statistic" not in said for said in before)
            return (earlier,) if is_subject else tuple(dict.fromkeys((earlier, WHOLE_SCOPE))), ()
        names_members = self.parts.names_members or (goes_on and self.parts.context.may_be_either) or self.parts.context.scope is not None
        return (WHOLE_SCOPE,), groups if names_members else ()

    def counted(self, number: Number, near: Says) -> tuple[tuple[str, ...], str] | None:
        """What a bare number is said to be the count of: "finns 340 exportörer", "12 fler än 2020"."""
        text, segment = self.parts.sentence.text, self.parts.own[id(number)]
        if number.unit:
            return None
        after = [concept for concept in self.parts.of(Concept, segment) if concept.start >= number.end]
        follows = after and self.is_beside(number, after[0].start)
        counts: tuple[tuple[str, ...], str] | None = near.get("counted")
        if follows and "quantity" in after[0].says and "statistic" in after[0].says:
            return after[0].says["statistic"].statistics, after[0].says["quantity"]  # "de 299 varuexporterande företagen"
        if counts is None and follows and "members" in after[0].says:
            statistic, quantity = after[0].says["members"]
            return (statistic,), quantity
        if counts is None and follows and "scope" in after[0].says:
            counts = self.members_of(near)
            return counts if self.may_count(number) or not text[: number.start].strip() else None
        if any(self.parts.pattern[name].match(text, number.end) for name in ("enterprises_after", "in_number")):
            counts = counts or self.members_of(near)
            return counts if self.may_count(number) else None  # "en ökning med 410 företag"
        if counts is None and self.parts.pattern["are_they"].search(text[: number.start]):
            return self.members_of(near)  # "Allt fler SMF säljer varor. I hela landet var de 28 643 år 2020"
        if (counts is None or number.role == "till") and self.may_count(number):
            before = [one for one in self.parts.of(Number) if one.end < number.start and not one.unit]
            return self.counted(before[-1], near) if before else None  # "av de 29 043 företagen fanns 5 776 i Stockholms län"
        named = [concept for concept in self.parts.of(Concept) if "statistic" in concept.says]
        is_beside = segment in self.parts.asides or any(other.is_whole and not other.unit for other in self.parts.of(Number))
        if is_beside or self.parts.pattern["counts_alone"].match(text, number.end):
            return counts
        goes_before = text[: number.start].rstrip().endswith(":") or (follows and "counted" in self.parts.says[segment])
        only_counts = named and all("quantity" in concept.says for concept in named)
        return counts if (goes_before or only_counts) and self.may_count(number) else None

    def may_count(self, number: Number) -> bool:
        """Whether what follows a number leaves it a count of what the sentence is about, and is not the noun of something else."""
        text = self.parts.sentence.text
        chosen = [one.start for one in self.parts.of(Concept, self.parts.own[id(number)]) if "scope" in one.says]
        if self.is_part(number) or any(self.is_beside(number, start) for start in chosen):
            return True  # "tolv av Kronobergs 673 exportörer", "17 minst 250 anställda"
        name = "counts_these" if text[: number.start].endswith(" av ") else "counts_on"
        return bool(self.parts.pattern[name].match(text, number.end))

    def units(self, number: Number) -> str | None:
        """The statistic of which a number counts the units, as in "336 748 invånare", "folkmängden är 336 748".

        None where it counts none; empty where no measure is of them alone, as they only divide other figures.
        """
        text = self.parts.sentence.text
        after = self.parts.pattern["units_after"].match(text, number.end)
        after = self.parts.pattern["part_of_units"].match(text, number.end) if number.unit == "%" and not after else after
        said = [concept for concept in self.parts.of(Concept) if concept.start < number.start and {*concept.says} & {"statistic", "form"}]
        last = max((concept.end for concept in said if not self.names_units(concept)), default=0)
        is_per = any(one.start == number.end + 1 and "form" in one.says for one in self.parts.of(Concept))  # "369 per 100 000 invånare"
        before = None if number.unit or is_per else self.parts.pattern["units_before"].search(text[last : number.start])
        if not (after or before) or number.unit == "money":
            return None
        words = (after or before or [""])[0]
        named = [one for one, units in self.parts.units.items() if re.search(alternatives(units), words, re.IGNORECASE)]
        statistic = [*named, *self.parts.units][0]
        return statistic if self.parts.senses.counts((statistic,), Form()) else ""

    def units_after(self, token: Token) -> str:
        """The statistic of which a word counts the units: "flest invånare", "färre invånare"; empty if none that are measured."""
        after = self.parts.pattern["units_after"].match(self.parts.sentence.text, token.end)
        named = [one for one, words in self.parts.units.items() if after and re.search(alternatives(words), after[0], re.IGNORECASE)]
        return next((one for one in named if self.parts.senses.counts((one,), Form())), "")

    def names_units(self, concept: Concept) -> bool:
        """Whether a concept is the statistic of what other figures are divided by."""
        return "statistic" in concept.says and concept.says["statistic"].statistics[0] in self.parts.units

    def members_of(self, near: Says) -> tuple[tuple[str, ...], str] | None:
        """What is counted of the classes that a sentence is about, where it names a statistic: "6 000 små företag exporterade varor"."""
        if not ("statistic" in near and "scope" in near):
            return None
        counted = {
            (one.topic, one.form.quantity)
            for one in self.parts.senses.of(near["statistic"].statistics)
            if one.form.quantity and not one.form.over
        }
        return counted.pop() if len(counted) == 1 else None
