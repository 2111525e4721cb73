"""The outlines of the regions on a map, and how a map of them is laid out."""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.catalogue import Catalogue


@dataclass(frozen=True)
class Outlines:
    """Shapes by region code, as GeoJSON; their projection, as Vega has it; a map's size and the room for its legend, in pixels."""

    shapes: Mapping[str, dict[str, Any]]
    projection: Mapping[str, Any]
    width: int
    height: int
    room: int

    def without_lakes(self, code: str) -> dict[str, Any]:
        """A region's shape without its holes."""
        geometry = self.shapes[code]["geometry"]
        polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        return {"type": "Feature", "geometry": {"type": "MultiPolygon", "coordinates": [[polygon[0]] for polygon in polygons]}}


def outlines(catalogue: Catalogue) -> Outlines | None:
    """Those of a catalogue's geography, if it has any. Their legend stands in the upper left corner."""
    geography = catalogue.geography
    if geography.outlines is None or geography.map is None:
        return None
    layout = geography.map.model_dump(mode="json")
    width, height, room = (layout.pop(name) for name in ("width", "height", "room"))
    shapes = _shapes(catalogue.folder / "geographies" / geography.outlines)
    return Outlines(shapes, {"type": "conicEqualArea", **layout}, width, height, room)


@functools.lru_cache(maxsize=4)
def _shapes(path: Path) -> dict[str, dict[str, Any]]:
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return {feature["properties"]["region_code"]: {"type": "Feature", "geometry": feature["geometry"]} for feature in features}
