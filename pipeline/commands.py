"""What the commands share: options, running a stage, printing a result, and ending with a refusal."""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer
from typer.core import TyperGroup

from pipeline.home import home

if TYPE_CHECKING:
    from pipeline.award import Award
    from pipeline.declarations import Code
    from pipeline.warehouse import Warehouse


class Commands(TyperGroup):
    """The commands. What they say of an option's value is in our words, not in those of the library that reads it."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            from pipeline.settings import in_plain_words

            error.message = in_plain_words(error.message)
            raise


def whole_number(least: int, most: int | None = None) -> Callable[[str | int], int]:
    """What reads an option's whole number. One with a separator is refused: 20.000 is 20 to some, and twenty thousand to others."""

    def read(text: str | int) -> int:
        if isinstance(text, str) and not re.fullmatch("[0-9]{1,18}", text):
            raise typer.BadParameter(f"{text!r} is not a whole number in plain digits, such as 20000, without separators or decimals")
        if int(text) < least or (most is not None and int(text) > most):
            raise typer.BadParameter(f"{text} is not {f'at least {least}' if most is None else f'between {least} and {most}'}")
        return int(text)

    return read


def utf8(path: Any) -> Any:
    """Refuse a path that is not valid UTF-8: databases and documents could not name it."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        readable = str(path).encode(errors="replace").decode()
        raise typer.BadParameter(f"{readable} is not a name in UTF-8. Rename the file or the folder.") from None
    return path


RESERVED = re.compile(r"(.+\.)?(example\.(org|com|net)|example)")


def real(page: str | None) -> str | None:
    """Refuse an address at a name that is reserved for examples: nothing is described there."""
    if page and RESERVED.fullmatch(urlsplit(page if "//" in page else f"//{page}").hostname or ""):
        raise typer.BadParameter(f"{page} is no real address, but a name that is kept for examples. Say where the table is described.")
    return page


LATEST = "the latest with nothing left to decide"
AwardOption = Annotated[
    str | None,
    typer.Option("--award", help="The round: a name in awards/, or the path of a .toml file.", show_default=LATEST, callback=utf8),
]
ReasonOption = Annotated[
    str | None,
    typer.Option("--accept-revision", help="Why figures are right that differ much from the vintage before. The reason is recorded."),
]
YardstickOption = Annotated[
    str | None,
    typer.Option(
        "--award", help="The round whose bounds and accepted exceptions the figures are checked with.", show_default=LATEST, callback=utf8
    ),
]
DataOption = Annotated[Path, typer.Option("--data", help="Folder of the raw files and sources.toml.", callback=utf8)]
OutOption = Annotated[Path, typer.Option("--out", help="Folder for results; each award gets a folder in it.", callback=utf8)]


class LanguageCode(StrEnum):
    """The languages that the report is written in."""

    sv = "sv"
    en = "en"


LanguageOption = Annotated[
    list[LanguageCode] | None,
    typer.Option(
        "--language",
        help="Language of the report. Repeat it for a report in each language.",
        show_default="sv, or en where the regions have no Swedish words",
    ),
]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Print only results and errors.")]
ReplaceOption = Annotated[bool, typer.Option("--replace", help="Replace also results of a later stage, or a report in other languages.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result, or the faults, as JSON.")]

DATA = home() / "data" / "raw"
OUT = home() / "data" / "processed"


def award_of(name: str | None, option: str = "--award") -> "Award":
    """The award that an option names, or the default round. A name without an award is wrong usage."""
    from pipeline.award import award_names, default_award, load_award

    try:
        return load_award(name or default_award())
    except FileNotFoundError as error:
        raise typer.BadParameter(f"no file {error.args[0]}; there are {', '.join(award_names())}", param_hint=option) from None


def round_of(name: str | None, option: str = "--award") -> "Award | Path":
    """The round that an argument names: an award, or the folder of an earlier run's results; by default the default round."""
    return Path(name) if name and Path(name).is_dir() else award_of(name, option)


def run_stage(
    last: str,
    award_name: str | None,
    data: Path,
    out: Path | None,
    quiet: bool,
    as_json: bool,
    languages: Sequence[LanguageCode] | None = None,
    show: str | None = None,
    replace: bool = False,
    further: "Callable[[Warehouse], None] | None" = None,
) -> None:
    """Run the pipeline up to and including a stage, ask what is to be asked further of its tables, and print what it made."""
    from pipeline import terminal
    from pipeline.progress import working
    from pipeline.run import begin, run_to

    award = award_of(award_name)
    in_order = languages_of(award, languages)
    with working(quiet=quiet or as_json) as say, run_to(last, award, data, out, in_order, begin(say, last), replace=replace) as done:
        if further:
            further(done.warehouse)
        say.end()
        what = show or last, done.warehouse, award, done.origins, done.files
        if as_json:
            print(terminal.as_json(*what))
        else:
            terminal.show(*what)


def languages_of(award: "Award", option: Sequence[LanguageCode] | None) -> "list[Code]":
    """The languages of a report, Swedish first: those of the option, or the first in which the award's regions have words."""
    languages = award.catalogue.geography.languages
    missing = [code.value for code in option or () if code.value not in languages]
    if missing:
        expected = f"one of {', '.join(languages)}, or [{missing[0]}] in catalogue/geographies/{award.geography}.toml"
        raise typer.BadParameter(f"{award.geography} has no words in {missing[0]!r}; expected {expected}", param_hint="--language")
    return [code for code in languages if code in option] if option else [languages[0]]


def write_new(path: Path, content: bytes) -> None:
    """Write a file that is not there yet. Raises DataRefused where it is, or where it cannot be written."""
    from pipeline.faults import unwritable

    try:
        with path.open("xb") as file:
            file.write(content)
    except OSError as error:
        raise unwritable(path, error, "--to", "a new name, and room for it", "Move the old one away, or name another: --to …") from None


def print_result(result: Any, as_json: bool, show: Callable[[], None]) -> None:
    """Print a result as JSON, or for people."""
    if as_json:
        from pipeline.faults import json_text

        print(json_text(result))
    else:
        show()


UNTOUCHED = "nothing was written. The last complete result is untouched."


@contextmanager
def refusals(as_json: bool | None, outcome: str = UNTOUCHED) -> Iterator[None]:
    """Print faults of the data, in words or as JSON, and end with exit code 1. as_json: None where the command has no --json."""
    from pipeline.faults import DataRefused, json_text

    try:
        yield
    except DataRefused as refused:
        if as_json:
            print(json_text({"faults": [vars(fault) for fault in refused.faults]}))
        else:
            count = len(refused.faults)
            ending = f"{count} fault{'s' if count > 1 else ''}; {outcome}"
            print(f"{refused.in_words('' if as_json is None else ' (--json lists them all)')}\n\n{ending}", file=sys.stderr)
        raise typer.Exit(1) from None
