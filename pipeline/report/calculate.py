"""The sheet to calculate with: weights in cells, and scores and places by formulas that give what the engine gives.

Formulas are made of references to cells and of words of the report's own, never of text from data. What they show until someone
calculates anew is the round's own ranking. docs/method/ranking.md has the definitions.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from pipeline.report import columns
from pipeline.report.blocks import Cell
from pipeline.report.columns import PLACE as PLACE_UNIT
from pipeline.report.columns import SCORE as SCORE_UNIT
from pipeline.report.columns import Column
from pipeline.report.context import Context, Row

TIE = "1E-12"
"""As in the engine: the share of the largest score below which a difference is none."""
PLACE, CODE, NAME, SCORE, CANDIDATE, OWN, VALUES = range(7)
"""The columns of the table; from VALUES on, one an indicator, thrice: its value, the value that counts, and that normalised."""


METHODS = ("min-max", "z-score", "rank", "percentile-rank"), ("arithmetic", "geometric"), ("min", "max", "dense")
"""The normalisations, aggregations and rules for ties that the formulas have; a round with another one has no such sheet."""


def has_formulas(context: Context) -> bool:
    """Whether the round's method is one that the formulas have: they know neither goalposts nor regions of which a part is known."""
    chosen = context.award.ranking
    if chosen.partly_known or any(indicator.goalposts for indicator in context.award.indicators):
        return False
    return all(choice in every for choice, every in zip((chosen.normalisation, chosen.aggregation, chosen.ties), METHODS, strict=True))


class Formula(str):
    """A formula, and what it gives with the round's own weights."""

    value: float | str

    def __new__(cls, text: str, value: float | str) -> "Formula":
        formula = super().__new__(cls, text)
        formula.value = value
        return formula


@dataclass(frozen=True)
class Calculation:
    """The table of the sheet and the cells above it. top: the line of the weights; the table begins three lines further down."""

    context: Context
    top: int = 0

    @property
    def first(self) -> int:
        """The line of the first region, below three lines of weights, an empty one and two of headings."""
        return self.top + 6

    @property
    def rows(self) -> Sequence[Row]:
        return self.context.ranking

    @property
    def names(self) -> list[str]:
        """The indicators, weighing or not."""
        return [*self.context.labels]

    @property
    def counted(self) -> int:
        """The first column of the values that count."""
        return VALUES + len(self.names)

    @property
    def normalised(self) -> int:
        """The first column of the normalised values."""
        return VALUES + 2 * len(self.names)

    @property
    def ahead(self) -> int:
        """The column of how many regions score higher, and after it whether a region is the first of its score."""
        return VALUES + 3 * len(self.names)

    def shares(self) -> Iterator[Formula]:
        """Each weight's share of the whole weight."""
        weights, total = self._weights(), float(sum(indicator.weight for indicator in self.context.award.indicators))
        for number, indicator in enumerate(self.context.award.indicators):
            cell = xl_rowcol_to_cell(self.top, VALUES + number)
            yield Formula(f'=IF({self._is_usable()},{cell}/SUM({weights}),"")', float(indicator.weight) / total)

    def check(self) -> Formula:
        """What is said of the weights."""
        say, weights = self.context.say, self._weights()
        said = [say(f"calculate.{key}").replace('"', '""') for key in ("unusable", "scaled", "whole")]
        return Formula(f'=IF(NOT({self._is_usable()}),"{said[0]}",IF(ABS(SUM({weights})-1)>1E-9,"{said[1]}","{said[2]}"))', said[2])

    def is_candidate(self) -> str:
        """The condition that a line of the table is of a candidate."""
        return f'={xl_rowcol_to_cell(self.first, CANDIDATE, col_abs=True)}="{self.context.say("shared.yes")}"'

    def columns(self) -> list[Column]:
        """The columns by region code, in the order of the round's ranking."""
        context, say = self.context, self.context.say
        now, groups = say("calculate.now"), [say(f"calculate.{key}") for key in ("values", "counted", "normalised")]
        values, is_dense = columns.values(context), context.award.ranking.ties == "dense"
        return [
            Column(say("heading.place"), self._formulas(self._place), PLACE_UNIT),
            Column(say("heading.region_code"), {row["region_code"]: Cell(row["region_code"]) for row in self.rows}),
            columns.region(context),
            Column(say("heading.score"), self._formulas(self._score), SCORE_UNIT, group=now),
            Column(say("heading.proposed"), self._formulas(self._candidate), group=now),
            Column(say("calculate.own"), columns.place(context).cells, PLACE_UNIT),
            *(replace(value, group=groups[0]) for value in values),
            *(replace(value, cells=self._formulas(self._counts, at), group=groups[1]) for at, value in enumerate(values)),
            *(Column(value.heading, self._formulas(self._normal, at), SCORE_UNIT, group=groups[2]) for at, value in enumerate(values)),
            Column(say("calculate.ahead"), self._formulas(self._better), PLACE_UNIT),
            *([Column(say("calculate.first"), self._formulas(self._is_first), PLACE_UNIT)] if is_dense else []),
        ]

    def _formulas(self, formula: Callable[..., Formula], *of: Any) -> dict[str, Cell]:
        return {row["region_code"]: Cell("", formula(row, self.first + number, *of)) for number, row in enumerate(self.rows)}

    def _candidate(self, row: Row, line: int) -> Formula:
        """Whether fewer regions score higher than there are candidates."""
        yes, no = (self.context.say(f"shared.{key}") for key in ("yes", "no"))
        own, candidates = xl_rowcol_to_cell(line, self.ahead), xl_rowcol_to_cell(self.top + 1, SCORE, row_abs=True, col_abs=True)
        return Formula(f'=IF(ISNUMBER({own}),IF({own}<{candidates},"{yes}","{no}"),"{no}")', yes if row["is_candidate"] else no)

    def _counts(self, row: Row, line: int, place: int) -> Formula:
        """The value, where no indicator with a weight is unknown."""
        value = xl_rowcol_to_cell(line, VALUES + place)
        unknown = f"SUMPRODUCT(({self._weights()}<>0)*(1-ISNUMBER({_across(line, VALUES, self.counted)})))"
        name = self.names[place]
        shown = float(row[name]) if row["rank"] and row[name] is not None else ""
        return Formula(f'=IF(AND({self._is_usable()},{unknown}=0,ISNUMBER({value})),{value},"")', shown)

    def _normal(self, row: Row, line: int, place: int) -> Formula:
        """The normalised value, higher being better: the definitions of normalise() in the engine."""
        x, every = xl_rowcol_to_cell(line, self.counted + place), self._column(self.counted + place)
        lower = self.context.award.indicators[place].direction == "lower"
        match self.context.award.ranking.normalisation:
            case "min-max":
                above = f"MAX({every})-{x}" if lower else f"{x}-MIN({every})"
                formula = f"IF(MAX({every})=MIN({every}),0,({above})/(MAX({every})-MIN({every})))"
            case "z-score":
                above = f"AVERAGE({every})-{x}" if lower else f"{x}-AVERAGE({every})"
                formula = f"IF(MAX({every})=MIN({every}),0,({above})/STDEV({every}))"
            case method:
                formula = f"RANK({x},{every},{0 if lower else 1})" + (f"/COUNT({every})" if method == "percentile-rank" else "")
        value = row[f"{self.names[place]}_normalised"] if row["rank"] else None
        return Formula(f'=IF(ISNUMBER({x}),{formula},"")', "" if value is None else value)

    def _score(self, row: Row, line: int) -> Formula:
        """The score of a region of which an indicator with a weight is known: Σ w·x or Π x^w."""
        shares = [xl_rowcol_to_cell(self.top + 1, VALUES + place, row_abs=True) for place in range(len(self.names))]
        if self.context.award.ranking.aggregation == "geometric":
            terms = [f"IF({share}=0,1,{xl_rowcol_to_cell(line, self.normalised + place)}^{share})" for place, share in enumerate(shares)]
            score = f"PRODUCT({','.join(terms)})"
        else:
            every = xl_range_abs(self.top + 1, VALUES, self.top + 1, self.counted - 1)
            score = f"SUMPRODUCT({every},{_across(line, self.normalised, self.ahead)})"
        return Formula(f'=IF(COUNT({_across(line, self.counted, self.normalised)})>0,{score},"")', row["score"] if row["rank"] else "")

    def _place(self, row: Row, line: int) -> Formula:
        """The place by the award's rule for ties."""
        scores, ahead = self._column(SCORE), xl_rowcol_to_cell(line, self.ahead)
        match self.context.award.ranking.ties:
            case "max":
                place = f"SUMPRODUCT(ISNUMBER({scores})*({scores}>={self._own_score(line)}-{self._tie()}))"
            case "dense":
                place = f'1+SUMIF({self._column(self.ahead)},"<"&{ahead},{self._column(self.ahead + 1)})'
            case _:
                place = f"{ahead}+1"
        return Formula(f'=IF(ISNUMBER({self._own_score(line)}),{place},"")', row["rank"] or "")

    def _better(self, row: Row, line: int) -> Formula:
        """How many regions score higher."""
        scores, own = self._column(SCORE), self._own_score(line)
        better = sum(other["rank"] < row["rank"] for other in self.rows if other["rank"]) if row["rank"] else ""
        return Formula(f'=IF(ISNUMBER({own}),SUMPRODUCT(ISNUMBER({scores})*({scores}>{own}+{self._tie()})),"")', better)

    def _is_first(self, row: Row, line: int) -> Formula:
        """Whether it is the first of those that share its score."""
        own = xl_rowcol_to_cell(line, self.ahead)
        so_far = f"{xl_rowcol_to_cell(self.first, self.ahead, row_abs=True)}:{own}"
        first = next((other for other in self.rows if other["rank"] == row["rank"]), row)
        return Formula(f"=IF(ISNUMBER({own}),IF(COUNTIF({so_far},{own})=1,1,0),0)", int(bool(row["rank"]) and first is row))

    def _tie(self) -> str:
        scores = self._column(SCORE)
        return f"{TIE}*MAX(MAX({scores}),-MIN({scores}))"

    def _is_usable(self) -> str:
        """Whether the weights can be used: numbers from 0 up, and not all 0."""
        weights = self._weights()
        return f"AND(COUNT({weights})={len(self.names)},MIN({weights})>=0,SUM({weights})>0)"

    def _weights(self) -> str:
        return str(xl_range_abs(self.top, VALUES, self.top, self.counted - 1))

    def _own_score(self, line: int) -> str:
        return str(xl_rowcol_to_cell(line, SCORE))

    def _column(self, column: int) -> str:
        return str(xl_range_abs(self.first, column, self.first + len(self.rows) - 1, column))


def _across(line: int, first: int, end: int) -> str:
    """The cells of a line from a column up to another."""
    return f"{xl_rowcol_to_cell(line, first, col_abs=True)}:{xl_rowcol_to_cell(line, end - 1, col_abs=True)}"
