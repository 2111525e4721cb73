"""Where each region stands under a choice of values, weights and method: what every challenge to a ranking compares."""

import difflib
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.award import Award, Indicator
from pipeline.declarations import Geography
from pipeline.method import MANY, Ranking
from pipeline.ranking.known import counted
from pipeline.ranking.score import Indicators, Reals, is_candidate, rank, score

Figures = Sequence[Mapping[str, Any]]
"""Rows of staging.figures."""
FiguresOf = Callable[[Sequence[str] | None], Figures]
"""Those of the regions with some codes and of the whole; without codes, those of each quantity and year of which something is unknown."""
Values = Mapping[str, Reals]
"""The values of each indicator by its name (regions,), NaN where unknown."""
Compute = Callable[[Award, Figures | None], Indicators | Values]
"""Indicators by name under an award's choices, with other figures where some are given."""
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Standing:
    """Where each region stands: rank 0 and score NaN for one that cannot be ranked. counts (regions, indicators): which values count."""

    rank: npt.NDArray[np.int64]
    score: Reals
    candidate: npt.NDArray[np.bool_]
    normalised: Reals
    counts: npt.NDArray[np.bool_]

    def is_partly_known(self, region: int) -> bool:
        """Whether a region is ranked by a part of the indicators, the others being unknown."""
        return bool(self.rank[region] and not self.counts[region].all())


@dataclass(frozen=True)
class Field:
    """The regions that are compared, in the order of their codes."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    geography: Geography

    def find(self, region: str) -> str | None:
        """The code of a region named by its code, its name or another name of it, in any case."""
        if region in self.codes:
            return region
        label = self.geography.label(region)
        others = {self.geography.label(name): code for code, names in self.geography.other_names.items() for name in names}
        own = {self.geography.label(name): code for code, name in zip(self.codes, self.names, strict=True)}
        code = (others | own).get(label)
        return code if code in self.codes else None

    def not_found(self, region: str) -> str:
        """What is said of a text that names no region: a region that begins with it or is nearest in letters, else all of them."""
        by_label = {self.geography.label(name).casefold(): name for name in self.names}
        text = self.geography.label(region).casefold()
        close = [label for label in by_label if text and label.startswith(text)]
        # A misspelt name begins as it should: Västergötland is no misspelling of Östergötland, nor Göteborg of Gävleborg.
        alike = [label for label in by_label if _first_letter(label) == _first_letter(text)]
        close = close or difflib.get_close_matches(text, alike, n=1, cutoff=0.75)
        nearest = f"did you mean {by_label[close[0]]}?" if close else f"there are {', '.join(self.names)}"
        return f"no {self.geography.en.noun} {region!r}; {nearest}"

    @property
    def are_many(self) -> bool:
        """Whether the geography is large."""
        return len(self.codes) > MANY

    def values(self, indicators: Indicators | Values, award: Award) -> Reals:
        """The weighing indicators' values (regions, indicators), NaN where unknown."""
        return np.column_stack([self.values_of(indicators, indicator.name) for indicator in weighing(award)])

    def values_of(self, indicators: Indicators | Values, name: str) -> Reals:
        """One indicator's values (regions,), NaN where unknown."""
        known = indicators[name]
        if isinstance(known, np.ndarray):
            return known
        values = [known[code]["indicator_value"] if code in known else None for code in self.codes]
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _first_letter(name: str) -> str:
    return unicodedata.normalize("NFD", name)[:1]


def field(regions: Sequence[Mapping[str, Any]], award: Award) -> Field:
    """The regions of the rows of staging.regions, without the whole."""
    own = sorted((row["region_code"], row["region_name"]) for row in regions if not row["is_whole"])
    return Field(tuple(code for code, _ in own), tuple(name for _, name in own), award.catalogue.geography)


def weighing(award: Award) -> list[Indicator]:
    """The award's indicators that count."""
    return [indicator for indicator in award.indicators if indicator.weight]


def stand(values: Reals, indicators: Sequence[Indicator], ranking: Ranking) -> Standing:
    """Rank regions by their values (regions, indicators), those with an unknown value, or too many, left out."""
    counts = counted(values, indicators, ranking)
    known = counts.any(axis=1)
    places = np.zeros(len(values), dtype=np.int64)
    scores = np.full(len(values), np.nan)
    candidate = np.zeros(len(values), dtype=bool)
    normalised = np.full(values.shape, np.nan)
    if known.any():
        normalised[known], scores[known] = score(np.where(counts, values, np.nan)[known], indicators, ranking)
        places[known] = rank(scores[known], ranking.ties)
        candidate[known] = is_candidate(scores[known], ranking.candidates)
    return Standing(places, scores, candidate, normalised, counts)


def scales(regions: Field, indicators: Indicators, award: Award) -> dict[str, tuple[float, float]]:
    """Between which values a round's own scores are measured, by indicator: its goalposts, else the lowest and the highest value of
    the ranked regions. Of an indicator that is known of none of them, nan."""
    here = stand(regions.values(indicators, award), weighing(award), award.ranking)
    counts = {one.name: here.counts[:, column] for column, one in enumerate(weighing(award))}
    ends = {}
    for one in award.indicators:
        values = regions.values_of(indicators, one.name)
        own = values[counts.get(one.name, here.rank > 0) & ~np.isnan(values)]
        ends[one.name] = one.goalposts.ends if one.goalposts else (float(own.min()), float(own.max())) if own.size else (np.nan, np.nan)
    return ends


def ranked(regions: Field, standing: Standing, own: Iterable[int] | None = None, **same: Any) -> Rows:
    """One row a region, or for each of some: rank (None when unranked) and whether it is a candidate."""
    places, chosen = standing.rank.tolist(), standing.candidate.tolist()
    return [
        {**same, "region_code": regions.codes[index], "rank": places[index] or None, "is_candidate": chosen[index]}
        for index in (range(len(places)) if own is None else own)
    ]


def extremes(values: Sequence[Reals], award: Award) -> tuple[Reals, Reals]:
    """The most and the least favourable of several values, indicator by indicator."""
    stacked = np.stack(values)
    best, worst = stacked.max(axis=0), stacked.min(axis=0)
    for column, indicator in enumerate(weighing(award)):
        if indicator.direction == "lower":
            best[:, column], worst[:, column] = worst[:, column].copy(), best[:, column].copy()
    return best, worst


def own_range(index: int, values: Reals, best: Reals, worst: Reals, award: Award) -> dict[str, Any]:
    """A region's best and worst place when its own values alone are the best or worst, all others' as they are."""
    standings = []
    for extreme in (best, worst):
        trial = values.copy()
        trial[index] = extreme[index]
        standings.append(stand(trial, weighing(award), award.ranking))
    count = int((standings[0].rank > 0).sum())
    return {
        "best_rank": int(standings[0].rank[index]) or 1,
        "worst_rank": int(standings[1].rank[index]) or count,
        "candidate_at_best": bool(standings[0].candidate[index]),
        "candidate_at_worst": bool(standings[1].candidate[index]),
    }
