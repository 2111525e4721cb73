"""How the report looks: fonts, colours and sizes, of its charts and of the formats around them."""

import importlib.resources
from pathlib import Path

FONTS = Path(str(importlib.resources.files("font_source_sans_pro"))) / "files"
FONT = '"Source Sans Pro", "Segoe UI", "Helvetica Neue", Arial, sans-serif'
PAPER = "#ffffff"
INK = "#1b3a57"
"""Text and what matters."""
QUIET = "#595f66"
"""Text beside the point."""
ACCENT = "#b35400"
"""Candidates."""
ACCENT_TINT = "#fbeadb"
GRID = "#e1e5e9"
BORDER = "#5f7890"
WHOLE_LINE = "#3d444b"
OTHERS = "#8b939b"
"""Lines of regions that are only there for comparison."""
SEQUENTIAL = ["#d9e7f2", "#a9c8e0", "#6fa0c9", "#3a719f", "#17406a"]
"""From low to high: one hue, ever darker, so that it prints in grey."""
NEGATIVE = ["#f1c9bd", "#cf7f6c", "#93392f"]
"""Below zero, from near to far."""
UNKNOWN_FILL = "#efedea"
UNKNOWN_LINE = "#6b7076"
DASHED = "3,2"
SERIES = [ACCENT, "#00707a", "#7a3b8f", "#7d6200", "#a3195b", "#3f6b1f"]
"""Candidates that share a chart, told apart by dash and shape as well."""
DASHES = [None, "7,3", "2,2.5", "9,3,2,3", "4,4", "12,3"]
SHAPES = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down"]
INTERVALS = {"weights": INK, "windows": "#3f86b8", "methods": "#858d95"}
SHADE = "#8fb5d6"
"""Cells of the map of windows, the more the better the place."""

SIZE = 13.0
"""Of text, in pixels of the SVG. Charts are 340 or about 480 wide, so that a phone shows it at 9 pixels or more."""
SMALL = 12.5
"""The smallest."""
WIDTH = 470
FALLBACK = 1.15
"""How much wider a text may be in a fallback font."""

INKS = {"ink": INK, "muted": QUIET, "accent": ACCENT, "tint": ACCENT_TINT, "line": GRID, "paper": PAPER}
"""The colours of the page and of the paper, by the names that their style sheets use."""

DARK = {
    PAPER: "#14191f",
    INK: "#dbe7f3",
    QUIET: "#a6b1bc",
    ACCENT: "#f0a35e",
    ACCENT_TINT: "#3a2a1c",
    GRID: "#3b4651",
    BORDER: "#9fb4c8",
    WHOLE_LINE: "#cfd6dd",
    OTHERS: "#7f8a95",
    UNKNOWN_FILL: "#2b3138",
    UNKNOWN_LINE: "#9aa3ab",
    SHADE: "#2f6391",
    **dict(zip(SEQUENTIAL, ["#1f3d57", "#2c5d84", "#427fae", "#7db0d8", "#c5def2"], strict=True)),
    **dict(zip(NEGATIVE, ["#5b2d25", "#a3574a", "#eaa596"], strict=True)),
    **dict(zip(SERIES[1:], ["#45bdc7", "#c794d9", "#d6b653", "#f283b3", "#93c870"], strict=True)),
    INTERVALS["windows"]: "#5fa8dc",
    INTERVALS["methods"]: "#8f98a1",
}
"""What the page shows on a dark screen in place of each colour; from low to high it grows lighter there."""
