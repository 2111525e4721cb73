"""A build puts its tables and its record in their places in one step: whenever it is killed, what stands there is of one build."""

from pathlib import Path
from typing import Any

import pytest

from pipeline.microdata import output
from pipeline.microdata.output import _places, _swap_in


class Killed(BaseException):
    """The end of a process, where nothing is tidied up."""


def files(folder: Path, of: str, out: Path) -> Path:
    """A build's files, each with the name of its build."""
    folder.mkdir()
    for place in _places(out):
        (folder / place.name).write_text(of, encoding="utf-8")
    return folder


def stands(out: Path) -> list[str | None]:
    """What stands in each place of a build."""
    return [place.read_text(encoding="utf-8") if place.exists() else None for place in _places(out)]


def swap_in(folder: Path, out: Path) -> None:
    _swap_in(_places(out), folder, out.with_name(f"{out.stem}-builds"))


@pytest.mark.parametrize("before", ["nothing", "files of an earlier version", "one file", "a build"])
def test_a_build_that_is_killed_at_any_change_leaves_all_of_one_build(before: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = ("replace", "symlink_to", "mkdir")
    for last in range(40):
        own = tmp_path / f"{before}-{last}"
        own.mkdir()
        out = own / "table.csv"
        if before == "a build":
            swap_in(files(own / "work0", "old", out), out)
        elif before != "nothing":
            for place in _places(out)[: None if before == "files of an earlier version" else 1]:
                place.write_text("old", encoding="utf-8")
        old = stands(out)
        folder = files(own / "work", "new", out)
        left = [last]
        with monkeypatch.context() as patch:
            for name in changes:
                patch.setattr(Path, name, dying(getattr(Path, name), left))
            try:
                swap_in(folder, out)
            except Killed:
                assert stands(out) in (old, ["new"] * 6), last
            else:
                assert stands(out) == ["new"] * 6
                assert last > 5
                break
        # The next one comes through, and clears away what the killed one left.
        swap_in(files(own / "work2", "newest", out), out)
        assert stands(out) == ["newest"] * 6
        assert len(list((own / "table-builds").iterdir())) == 2
    else:
        pytest.fail("it never came through")


def dying(change: Any, left: list[int]) -> Any:
    """A change of the file system that happens so many times, and then no more."""

    def changed(*arguments: Any, **options: Any) -> Any:
        if left[0] == 0:
            raise Killed
        left[0] -= 1
        return change(*arguments, **options)

    return changed


def test_a_table_of_another_format_beside_it_keeps_standing(tmp_path: Path) -> None:
    csv, parquet = tmp_path / "table.csv", tmp_path / "table.parquet"
    swap_in(files(tmp_path / "work", "first", csv), csv)
    swap_in(files(tmp_path / "work2", "second", parquet), parquet)
    assert csv.read_text(encoding="utf-8") == "first"
    assert stands(parquet) == ["second"] * 6


def test_where_there_are_no_links_the_files_are_renamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "can_link", lambda *_: False)
    out = tmp_path / "table.csv"
    for name in ("first", "second"):
        swap_in(files(tmp_path / name, name, out), out)
        assert stands(out) == [name] * 6
        assert not any(place.is_symlink() for place in _places(out))
    assert not (tmp_path / "table-builds").exists()
