"""The pictures of a report, drawn."""

from collections.abc import Iterable, Iterator

from pipeline.report.blocks import Block, Document, Picture, Section


def pictures(*documents: Document) -> dict[str, str]:
    """The SVG text of every picture of some documents by its name, and of the map that follows trials; those of one name are one."""
    maps = [document.trial_map for document in documents if document.trial_map]
    every = [*(picture for document in documents for picture in pictures_of(document.sections)), *maps]
    return {picture.name: picture.draw(alternative=picture.alternative) for picture in every}


def copied(text: Document, deck: Document) -> list[str]:
    """The names of the pictures that Word or the slides show."""
    of_word = [picture.name for picture in pictures_of(text.sections) if picture.width.word]
    return list(dict.fromkeys([*of_word, *(picture.name for picture in pictures_of(deck.sections))]))


def pictures_of(blocks: Iterable[Block]) -> Iterator[Picture]:
    """The pictures among these blocks, and in sections of theirs."""
    for block in blocks:
        if isinstance(block, Picture):
            yield block
        elif isinstance(block, Section):
            yield from pictures_of(block.blocks)
