"""The folders of a project: its awards and raw data, and what is built in."""

from pathlib import Path

CODE = Path(__file__).resolve().parent
PROJECT = CODE / "built_in" if (CODE / "built_in").is_dir() else CODE.parent
"""The built-in folder: in a wheel below the code, else the checkout."""


def home() -> Path:
    """The project that commands work in: the current folder if it holds awards/, else the built-in one.

    A project holds awards/ and data/raw/. Its own catalogue/ replaces the built-in one, and a file in its own sql/ replaces the
    built-in file of the same name.
    """
    here = Path.cwd()
    return here if (here / "awards").is_dir() else PROJECT


def catalogue_folder() -> Path:
    """The catalogue of the project, or the built-in one."""
    own = home() / "catalogue"
    return own if own.is_dir() else PROJECT / "catalogue"


def sql_files(folder: str) -> dict[str, Path]:
    """The models of sql/<folder> by name: the built-in files, and those of the project, which replace them or add to them."""
    files = {path.stem: path for root in (PROJECT, home()) for path in (root / "sql" / folder).glob("*.sql")}
    return dict(sorted(files.items()))
