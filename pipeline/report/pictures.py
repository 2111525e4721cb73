"""The pictures of a report, drawn."""

from collections.abc import Iterable, Iterator

from pipeline.report.blocks import Block, Document, Picture, Section
from pipeline.report.charts.drawing import render


def pictures(*documents: Document) -> dict[str, str]:
    """The SVG text of every picture of some documents by its name, and of the map that follows trials; those of one name are one."""
    maps = [document.trial_map for document in documents if document.trial_map]
    every = [*(picture for document in documents for picture in _pictures(document.sections)), *maps]
    return render({picture.name: picture.draw(alternative=picture.alternative) for picture in every})


def _pictures(blocks: Iterable[Block]) -> Iterator[Picture]:
    for block in blocks:
        if isinstance(block, Picture):
            yield block
        elif isinstance(block, Section):
            yield from _pictures(block.blocks)
