"""The pictures of a report, drawn."""

from collections.abc import Iterable, Iterator

from pipeline.report.blocks import Block, Document, Picture, Section
from pipeline.report.charts.drawing import render


def pictures(document: Document) -> dict[str, str]:
    """The SVG text of every picture of a document by its name, and of the map that follows trials."""
    every = [*_pictures(document.sections), *([document.trial_map] if document.trial_map else [])]
    return render({picture.name: picture.draw(alternative=picture.alternative) for picture in every})


def _pictures(blocks: Iterable[Block]) -> Iterator[Picture]:
    for block in blocks:
        if isinstance(block, Picture):
            yield block
        elif isinstance(block, Section):
            yield from _pictures(block.blocks)
