"""The peers of a region: context for its place, never part of the score."""

from collections.abc import Iterator
from typing import Any

from pipeline.report.blocks import Cell, Link, Paragraph
from pipeline.report.columns import NUMBER, PLACE, Column
from pipeline.report.context import Context


def peers(context: Context, code: str) -> list[Paragraph]:
    """The most similar regions with their places, and the region's place among them; nothing where the award declares no peers."""
    rows = context.of_region("robustness.peers", code)
    if context.award.peers is None or not rows:
        return []
    places = {row["region_code"]: row["rank"] for row in context.ranking}
    region = context.names[code]
    parts: list[Any] = [context.say("peers.are")]
    for row in rows:
        peer = row["peer_code"]
        key = "peers.at_place" if places[peer] else "peers.unranked"
        end = "." if row is rows[-1] else ","
        parts += [" ", Link(context.names[peer], f"#region-{peer}"), context.say(key, place=places[peer]) + end]
    above = [row["is_above"] for row in rows if row["is_above"] is not None]
    if above:
        parts.append(" " + context.say("peers.place", region=region, place=1 + sum(above), all=1 + len(above)))
    return [Paragraph(tuple(parts))]


def measures(context: Context) -> str:
    """The measures that make peers, in words."""
    return "; ".join(context.measure(name).name for name in context.award.peer_measures)


def peer_columns(context: Context) -> Iterator[Column]:
    """Region, number, peer, its place and its distance of each row of robustness.peers, by region code and number."""
    rows = {(row["region_code"], row["peer_number"]): row for row in context.tables["robustness.peers"]}
    places = {row["region_code"]: row["rank"] for row in context.ranking}
    yield Column(context.say("heading.region"), {key: Cell(context.names[row["region_code"]]) for key, row in rows.items()})
    yield Column(context.say("workbook.peer_number"), {key: Cell("", row["peer_number"]) for key, row in rows.items()}, PLACE)
    yield Column(context.say("workbook.peer"), {key: Cell(context.names[row["peer_code"]]) for key, row in rows.items()})
    yield Column(context.say("heading.place"), {key: Cell("–", places[row["peer_code"]]) for key, row in rows.items()}, PLACE)
    yield Column(context.say("workbook.peer_distance"), {key: Cell("", row["distance"]) for key, row in rows.items()}, NUMBER)
