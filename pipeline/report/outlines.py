"""The outlines of the regions on a map, and how a map of them is laid out."""

import functools
import itertools
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.catalogue import Catalogue

CENTRE = math.radians(33.6442)
"""The latitude whose place [map] translate gives, in radians: that of d3-geo."""
Ring = Sequence[Sequence[float]]
"""Longitudes and latitudes, in degrees."""


@dataclass(frozen=True)
class Outlines:
    """The path of each region's outline in SVG, by its code, and the same without lakes; a map's size and the room for its legend,
    in pixels."""

    shapes: Mapping[str, str]
    without_lakes: Mapping[str, str]
    width: int
    height: int
    room: int


def outlines(catalogue: Catalogue) -> Outlines | None:
    """Those of a catalogue's geography, if it has any. Their legend stands in the upper left corner."""
    geography = catalogue.geography
    if geography.outlines is None or geography.map is None:
        return None
    layout = geography.map
    file = catalogue.folder / "geographies" / geography.outlines
    shapes, without_lakes = _paths(file, layout.parallels, layout.rotate, layout.scale, layout.translate)
    return Outlines(shapes, without_lakes, layout.width, layout.height, layout.room)


@functools.lru_cache(maxsize=4)
def _paths(
    file: Path, parallels: tuple[float, float], rotate: tuple[float, float], scale: float, translate: tuple[float, float]
) -> tuple[dict[str, str], dict[str, str]]:
    features = json.loads(file.read_text(encoding="utf-8"))["features"]
    whole, without_lakes = {}, {}
    for feature in features:
        geometry = feature["geometry"]
        polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        drawn = [[_outline(_projected(ring, parallels, rotate) * scale + translate) for ring in polygon] for polygon in polygons]
        code = feature["properties"]["region_code"]
        whole[code] = "".join(itertools.chain.from_iterable(drawn))
        without_lakes[code] = "".join(rings[0] for rings in drawn)
    return whole, without_lakes


def _projected(ring: Ring, parallels: tuple[float, float], rotate: tuple[float, float], centre: float = CENTRE) -> Any:
    """Points of a ring in Albers' equal-area conic projection of the unit sphere, right and down from the centre.

    J. P. Snyder, Map Projections: A Working Manual (1987), equations 14-1 to 14-6. rotate turns the globe, as d3-geo does.
    """
    turned, tilted = np.radians(rotate)
    longitude, latitude = np.radians(np.asarray(ring, dtype=float)).T
    longitude = longitude + turned
    x, y, z = np.cos(longitude) * np.cos(latitude), np.sin(longitude) * np.cos(latitude), np.sin(latitude)
    longitude, latitude = np.arctan2(y, x * np.cos(tilted) - z * np.sin(tilted)), np.arcsin(z * np.cos(tilted) + x * np.sin(tilted))
    south, north = np.sin(np.radians(parallels))
    cone = (south + north) / 2
    constant = 1 + south * (2 * cone - south)
    distance, of_centre = (np.sqrt(constant - 2 * cone * np.sin(each)) / cone for each in (latitude, centre))
    return np.column_stack([distance * np.sin(cone * longitude), distance * np.cos(cone * longitude) - of_centre])


def _outline(points: Any) -> str:
    """A closed ring as a path, to a tenth of a pixel, each point relative to the one before; empty where it is smaller than that."""
    tenths = np.rint(points[:-1] * 10).astype(int).tolist()
    steps = [point for point, _ in itertools.groupby(tenths)]
    if len(steps) <= 2:
        return ""
    (x, y), *_ = steps
    moves = "".join(_tenths(to[axis] - at[axis]) for at, to in itertools.pairwise(steps) for axis in (0, 1))
    return f"M{_tenths(x)}{_tenths(y)}l{moves}Z".replace("M ", "M").replace("l ", "l")


@functools.lru_cache(maxsize=4096)
def _tenths(number: int) -> str:
    """A number of tenths, parted from the one before it."""
    text = f"{number / 10:g}".replace("0.", ".") if abs(number) < 10 else f"{number / 10:g}"
    return text if number < 0 else f" {text}"
