"""Claims of regions among those that are counted, and of the rest."""

import itertools
from collections.abc import Iterator, Sequence

from pipeline.check.accounts import OF_REGION
from pipeline.check.claim import EVERY, Claim, turned
from pipeline.check.maker import Maker
from pipeline.check.tokens import Region, replace


class Counting(Maker):
    """What a sentence says of regions among those that are counted in it, or in the one before."""

    def members(self, made: Sequence[Claim]) -> Iterator[Claim]:
        """The claim of regions that are among those counted: "däribland Skåne", and, in the next sentence, "Ett av dem är Skåne"."""
        counted = [one for one in made if one.region == EVERY and one.several]
        is_next = not counted and not self.parts.names_statistic() and not self.parts.numbers
        words = self.pattern["one_of_them"].search(self.text) if is_next else None
        exception = self.pattern["exceptions"].match(self.text) if is_next else None
        earlier = self.parts.context.claims if words or exception else ()
        before = next((one for one in reversed(earlier) if one.region == EVERY and one.several), None)
        read = {code for one in made for code in (*str(one.region).split("+"), one.against, *one.besides)}
        for region in self.parts.of(Region):
            includes = self.pattern["including"].search(self.text[: region.start])
            claim = counted[-1] if counted and (includes or counted[-1].several != (0, 0)) else before
            denied = self.pattern["not_one_of_them"].match(self.text, region.end)
            start, end = region.start + self.sentence.start, region.end + self.sentence.start
            for code in region.each if claim else ():
                if claim and (includes or code not in {*read, self.parts.whole}):
                    # "det enda län, vid sidan av Gotland, där …": it is one of them where it holds of it
                    unless = "" if includes or before else OF_REGION
                    one = replace(claim, sentence=self.sentence, start=start, end=end, several=None, region=code, unless_right=unless)
                    yield replace(turned(one), or_nil=True) if exception or denied else one

    def there_alone(self, made: Sequence[Claim]) -> Iterator[Claim]:
        """The claim that what is said of a region is so of no other: "men bara där"."""
        for match in itertools.islice(self.pattern["only_there"].finditer(self.text), 1):
            start, end = (at + self.sentence.start for at in match.span())
            before = [one for one in made if one.end <= start and (one.compares or one.kind == "direction")]
            yield from (replace(one, start=start, end=end, region=EVERY, several=(1, 1), doubts=()) for one in before[-1:])

    def rest(self, made: Sequence[Claim]) -> Iterator[Claim]:
        """What is said of all regions but those counted before: "i övriga elva var den lägre"."""
        match = self.pattern["the_rest"].search(self.text)
        counted = [one for one in made if match and one.region == EVERY and one.several and one.end <= match.start() + self.sentence.start]
        if not (match and counted):
            return
        least, most = counted[-1].several or (0, 0)
        several = (self.parts.count - most, self.parts.count - least)
        if match["count"]:
            several = (self.parts.number_of(match["count"]),) * 2
        start, end = (at + self.sentence.start for at in match.span())
        yield replace(turned(counted[-1]), start=start, end=end, several=several)
