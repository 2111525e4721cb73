"""Two rounds side by side, as a person reads them on the terminal."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from pipeline import printing
from pipeline.award import Award
from pipeline.faults import DataRefused, Fault
from pipeline.sources import Origins

LONGEST_HEADING = 10
"""Letters of a round's name that a column has room for."""
UNBOUNDED = 10_000
"""Letters in which any table has room."""


def show(
    result: Mapping[str, Any], awards: tuple[Award, Award], origins: tuple[Origins, Origins], doubts: Mapping[str, Sequence[Fault]]
) -> None:
    """Print two rounds side by side, the outcome first, with the labels of the first one's award; above that, what the audits doubt
    in either, and what is made up in one of them alone. awards, origins: of the first round and of the second.
    """
    console = printing.console(origins[0].beside(origins[1]))
    award = awards[0]
    for side, faults in doubts.items():
        if faults:
            console.print(Text(f"In doubt in the {side}, which a run would refuse:\n{DataRefused(faults)}\n", style="bold yellow"))
    for sentence in _of_two_kinds(result, awards, origins):
        console.print(Text(sentence, style="bold yellow"))
    console.print(f"{result['first']} → {result['second']}. {_candidates(result, '')}")
    _places(console, result)
    for sentence, names in _unranked(result).items():
        console.print(sentence.replace("{regions}", "all regions" if len(names) == len(result["regions"]) else ", ".join(names)))
    _revision(console, result, award)
    _errors(console, result["errors"], award)
    console.print(_joint_shares(result["regions"]))


def _candidates(result: Mapping[str, Any], by: str) -> str:
    """Who becomes a candidate, and who ceases to be one. by: "" in all, "_by_data" by the data alone."""
    enter, leave = (", ".join(result[f"{way}{by}"]) or "none" for way in ("enter", "leave"))
    return f"New candidates: {enter}. No longer candidates: {leave}."


def _of_two_kinds(result: Mapping[str, Any], awards: tuple[Award, Award], origins: tuple[Origins, Origins]) -> Iterator[str]:
    """What is illustrative in one round and official in the other: such a change is no revision."""
    sides = ("first", "second")
    for made_up, other in ((0, 1), (1, 0)):
        names = [name for name in origins[made_up].unpinned if name not in origins[other].unpinned and name in awards[other].statistics]
        if names:
            yield (
                f"{', '.join(names)}: illustrative in the {sides[made_up]} and official in the {sides[other]},"
                " so that what changes is not a revision of statistics."
            )


def _places(console: Console, result: Mapping[str, Any]) -> None:
    """Each region's places, and what each change brings that moves any region."""
    moving = [step for step in result["steps"] if any(_moves(row, step) for row in result["regions"])]
    # A narrow terminal has room for no brackets; a name is broken only where nothing else gives it room.
    table = _table_of_places(result, moving, brackets=(brackets := True), gap=1, whole=True)
    for whole in (True, False):
        if Measurement.get(console, console.options.update(width=UNBOUNDED), table).maximum > console.width:
            table = _table_of_places(result, moving, brackets=(brackets := False), gap=0, whole=whole)
    console.print("\nPlaces gained (+) or lost (−), and what each change brings:\n")
    console.print(table)
    still = [f"the {step}" for step in result["steps"] if step not in moving]
    if still:
        console.print(f"\nNo region is moved by {' or '.join([', '.join(still[:-1]), still[-1]] if still[1:] else still)}.")
    if len(moving) > 1:
        spans = [row[f"change_by_{step}_in_any_order"] for row in result["regions"] for step in moving]
        in_any = "; in brackets, the least and the most in any order" if brackets else "; --json has the least and the most in any order"
        in_any = in_any if any(span and span[0] != span[1] for span in spans) else ""
        console.print(
            "The changes can be made in any order, and what one brings depends on what was made before it. Each figure is the mean over"
            f" all orders (the Shapley value), so that a row adds up to its change{in_any}."
        )
    if any(row[f"partly_known_{side}"] for row in result["regions"] for side in ("first", "second")):
        console.print("* Ranked by the figures that are known.")
    partly: dict[str, list[str]] = {}
    for row in result["regions"]:
        if 0 < row["share_of_orders"] < 1:
            partly.setdefault(f"{row['share_of_orders']:.0%}", []).append(row["region_name"])
    if partly:
        everyone = sum(map(len, partly.values())) == len(result["regions"])
        parts = (f"{share} for {'all regions' if everyone and len(partly) == 1 else ', '.join(names)}" for share, names in partly.items())
        console.print(f"The mean is over the orders in which a region is ranked throughout: of all orders, {'; '.join(parts)}.")


def _table_of_places(result: Mapping[str, Any], moving: Sequence[str], *, brackets: bool, gap: int, whole: bool) -> Table:
    """Places and what moves them. gap: spaces beside the one between columns; whole: every region's name stays on one line."""
    rounds = [result["first"], result["second"]]
    headings = ("before", "after") if max(map(len, rounds)) > LONGEST_HEADING else rounds
    columns = ("region", *headings, "change", *moving)
    table = printing.table(*columns, whole=columns if whole else columns[1:])
    table.box, table.show_edge, table.padding = box.SIMPLE_HEAD, False, (0, gap, 0, 0)
    for row in result["regions"]:
        places = [_place(row, side) for side in ("first", "second")]
        change = "–" if row["change"] is None else f"{row['change']:+d}"
        table.add_row(row["region_name"], *places, change, *(_brought(row, step, brackets=brackets) for step in moving))
    return table


def _unranked(result: Mapping[str, Any]) -> dict[str, list[str]]:
    """Where regions are not ranked, and what alone would turn that: sentences with a place for their regions, and these."""
    sentences: dict[str, list[str]] = {}
    for row in result["regions"]:
        for side in ("first", "second"):
            if row[f"unknown_{side}"]:
                sentence = f"Not ranked in {result[side]}: {{regions}}. Unknown: {'; '.join(row[f'unknown_{side}'])}."
                sentences.setdefault(sentence, []).append(row["region_name"])
        if row["ranking_turned_by"]:
            steps, outcome = " or the ".join(row["ranking_turned_by"]), "ranked" if row["unknown_first"] else "not ranked"
            sentence = f"By the {steps} of {result['second']} alone these would be {outcome}: {{regions}}."
            sentences.setdefault(sentence, []).append(row["region_name"])
    return sentences


def _place(row: Mapping[str, Any], side: str) -> str:
    """A region's place in a round, marked where it is ranked by a part of its figures."""
    place = row[f"rank_{side}"]
    return f"{place}{'*' * row[f'partly_known_{side}']}" if place else "–"


def _moves(row: Mapping[str, Any], step: str) -> bool:
    """Whether a change moves a region, in any order."""
    return bool(row[f"change_by_{step}"]) or any(row[f"change_by_{step}_in_any_order"] or ())


def _brought(row: Mapping[str, Any], step: str, *, brackets: bool) -> str:
    """What a change brings a region; in brackets, on a line of its own, the least and the most."""
    mean, span = row[f"change_by_{step}"], row[f"change_by_{step}_in_any_order"]
    if mean is None:
        return "–"
    return f"{mean:+.1f}" + (f"\n({span[0]:+d}…{span[1]:+d})" if brackets and span[0] != span[1] else "")


def _revision(console: Console, result: Mapping[str, Any], award: Award) -> None:
    """What the second round's data change, under the first round's choices."""
    data = result["data"]
    tables = [row for row in data["tables"] if row["changed"] or row["new"] or row["gone"]]
    if not tables:
        console.print("The data are the same in every cell.")
        return
    counts = printing.table("statistic", "same", "changed", "new", "gone", title="Cells of the data")
    for row in tables:
        counts.add_row(_quantity(row, award), *(f"{row[key]:,}" for key in ("same", "changed", "new", "gone")))
    console.print(counts)
    if data["largest"]:
        largest = printing.table(
            "statistic", "place", "before", "after", "change", title="Largest changes of a cell", whole=("before", "after", "change")
        )
        for row in data["largest"]:
            place = ", ".join(str(row[key]) for key in ("region_name", "year", "class_code") if row[key] not in (None, ""))
            ratio = "–" if row["change_ratio"] is None else f"{row['change_ratio']:+.2%}"
            figures = (row[f"{side}_status"] if row[side] is None else f"{row[side]:,.15g}" for side in ("first", "second"))
            largest.add_row(_quantity(row, award), place, *figures, ratio)
        console.print(largest)
    title = f"Indicators, with the choices of {result['first']}"
    indicators = printing.table("indicator", "regions changed", "largest change", title=title)
    for row in data["indicators"]:
        most = row["regions"][0] if row["regions"] else None
        ends = " → ".join(printing.number(most[side], ".4g") for side in ("first", "second")) if most else ""
        change = f"{most['region_name']}: {ends}" if most else "–"
        indicators.add_row(award.labels("en")[row["indicator"]], str(row["regions_changed"]), change)
    console.print(indicators)
    console.print(f"By the data alone: {_candidates(result, '_by_data')}")


def _quantity(row: Mapping[str, Any], award: Award) -> str:
    words = award.catalogue.statistics[row["statistic"]].en
    return f"{words.name}: {words.quantities.get(row['quantity'], row['quantity'])}"


def _errors(console: Console, rows: Sequence[Mapping[str, Any]], award: Award) -> None:
    """Of each indicator with standard errors in both rounds, the regions whose difference is beyond them."""
    for name in dict.fromkeys(row["indicator"] for row in rows):
        own = [row for row in rows if row["indicator"] == name]
        beyond = [
            f"{row['region_name']} {row['indicator_value_after'] - row['indicator_value_before']:+.4g} ({row['standard_error']:.2g})"
            for row in own
            if row["is_significant"]
        ]
        listed = f": {', '.join(beyond)} (in brackets, the standard error at most)" if beyond else ""
        console.print(f"{award.labels('en')[name]}: {len(beyond)} of {len(own)} regions differ by more than chance explains{listed}.")


def _joint_shares(regions: Sequence[Mapping[str, Any]]) -> str:
    """The joint shares of two rounds' candidates, by the rows of a comparison."""
    chosen = [row for row in regions if row["candidate_first"] or row["candidate_second"]]
    shares = {row["region_name"]: [printing.number(row[f"joint_share_{side}"], ".1%") for side in ("first", "second")] for row in chosen}
    parts = ", ".join(f"{name} {' → '.join(pair)}" for name, pair in shares.items())
    return f"All choices at once, the share of combinations in which each of them is a candidate: {parts or 'none'}."
