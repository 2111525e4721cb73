"""The outlines of the regions on a map, and how a map of them is laid out."""

import functools
import itertools
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.catalogue import Catalogue
from pipeline.declarations import MapLayout

CENTRE = 33.6442
"""The latitude that stands at translate."""


Point = tuple[float, float]


@dataclass(frozen=True)
class Outlines:
    """The outline of each region by its code as an SVG path, and the same without lakes; a map's size, and the room for its legend on
    the left, in pixels."""

    paths: Mapping[str, str]
    coasts: Mapping[str, str]
    width: int
    height: int
    room: int


def outlines(catalogue: Catalogue) -> Outlines | None:
    """Those of a catalogue's geography, if it has any. Their legend stands in the upper left corner."""
    geography = catalogue.geography
    if geography.outlines is None or geography.map is None:
        return None
    return _outlines(catalogue.folder / "geographies" / geography.outlines, geography.map)


@functools.lru_cache(maxsize=4)
def _outlines(path: Path, layout: MapLayout) -> Outlines:
    place = conic_equal_area(layout)
    polygons = _polygons(path)
    rings = {code: [[[place(*point) for point in ring] for ring in polygon] for polygon in every] for code, every in polygons.items()}
    paths = {code: "".join(_path(ring) for polygon in every for ring in polygon) for code, every in rings.items()}
    coasts = {code: "".join(_path(polygon[0]) for polygon in every) for code, every in rings.items()}
    return Outlines(paths, coasts, layout.width, layout.height, layout.room)


def conic_equal_area(layout: MapLayout) -> Callable[[float, float], Point]:
    """Albers' projection of longitude and latitude to pixels (Snyder, Map Projections, 1987, equations 14-3 to 14-6), on the sphere.

    rotate turns the globe first; a point at 0 degrees east and CENTRE degrees north then is at translate.
    """
    south, north = (math.sin(math.radians(parallel)) for parallel in layout.parallels)
    cone = (south + north) / 2
    constant = 1 + south * (2 * cone - south)
    east, tilt = (math.radians(angle) for angle in layout.rotate)

    def raw(longitude: float, latitude: float) -> Point:
        radius = math.sqrt(constant - 2 * cone * math.sin(latitude)) / cone
        return radius * math.sin(cone * longitude), -radius * math.cos(cone * longitude)

    middle = raw(0, math.radians(CENTRE))

    def place(longitude: float, latitude: float, *_: float) -> Point:
        along, up = (math.radians(longitude) + east + math.pi) % math.tau - math.pi, math.radians(latitude)
        if tilt:
            x, y, z = math.cos(along) * math.cos(up), math.sin(along) * math.cos(up), math.sin(up)
            along = math.atan2(y, x * math.cos(tilt) - z * math.sin(tilt))
            up = math.asin(max(-1.0, min(1.0, z * math.cos(tilt) + x * math.sin(tilt))))
        x, y = raw(along, up)
        return layout.translate[0] + layout.scale * (x - middle[0]), layout.translate[1] - layout.scale * (y - middle[1])

    return place


def _path(ring: list[Point]) -> str:
    """A ring to a tenth of a pixel, each point relative to the one before; nothing of what is smaller."""
    points = [point for point, _ in itertools.groupby((round(10 * x), round(10 * y)) for x, y in ring)]
    if len(points) < 4:
        return ""
    steps = [(to[0] - at[0], to[1] - at[1]) for at, to in itertools.pairwise(points[:-1])]
    return f"M{_tenths(points[0])}l{''.join(map(_tenths, steps))}Z".replace("M ", "M").replace("l ", "l")


def _tenths(point: tuple[int, int]) -> str:
    """Two numbers of tenths, each parted from the one before it."""
    return "".join(f"{'-' if number < 0 else ' '}{_short(abs(number))}" for number in point)


@functools.cache
def _short(tenths: int) -> str:
    return f"{tenths / 10:g}".removeprefix("0") or "0"


def _polygons(path: Path) -> dict[str, list[Any]]:
    """The polygons of each region: rings of points, the coast first."""
    shapes = {}
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        geometry = feature["geometry"]
        of_many = geometry["type"] == "MultiPolygon"
        shapes[feature["properties"]["region_code"]] = geometry["coordinates"] if of_many else [geometry["coordinates"]]
    return shapes
