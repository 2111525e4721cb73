"""Where a project lies: its awards and raw data, and what is built in."""

from pathlib import Path

CODE = Path(__file__).resolve().parent
PROJECT = CODE / "built_in" if (CODE / "built_in").is_dir() else CODE.parent
"""The folder of what is built in: in a wheel below the code, else the checkout."""


def home() -> Path:
    """The project that commands work in: the current folder where it holds awards/, else the built-in one.

    A home holds awards/ and data/raw/; its own catalogue/ goes in place of the built-in one, and a file of its own sql/ in place of
    the built-in file of that name.
    """
    here = Path.cwd()
    return here if (here / "awards").is_dir() else PROJECT


def catalogue_folder() -> Path:
    """The catalogue that awards are read by: the home's, or the built-in one."""
    own = home() / "catalogue"
    return own if own.is_dir() else PROJECT / "catalogue"


def sql_files(folder: str) -> dict[str, Path]:
    """The models of sql/<folder> by name: the built-in files, and those that the home has in their place or beside them."""
    files = {path.stem: path for root in (PROJECT, home()) for path in (root / "sql" / folder).glob("*.sql")}
    return dict(sorted(files.items()))
