"""A lock keeps processes apart, goes with the process that holds it, and leaves no file."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import PROJECT

from pipeline.locks import locked

COUNT = """
import sys
from pathlib import Path
from pipeline.locks import locked
counter = Path(sys.argv[1])
for _ in range(25):
    with locked(counter.with_name("lock")):
        counter.write_text(str(int(counter.read_text()) + 1))
"""
HOLD = """
import sys, time
from pathlib import Path
from pipeline.locks import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def start(code: str, path: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", code, str(path)], cwd=PROJECT, stdout=subprocess.PIPE, text=True)


def test_processes_that_take_turns_lose_no_count_and_leave_no_file(tmp_path: Path) -> None:
    counter = tmp_path / "counter"
    counter.write_text("0")
    processes = [start(COUNT, counter) for _ in range(4)]
    assert [process.wait() for process in processes] == [0, 0, 0, 0]
    for process in processes:
        process.communicate()
    assert counter.read_text() == "100"
    assert list(tmp_path.iterdir()) == [counter]


def test_a_lock_is_refused_while_a_process_holds_it_and_free_after_that_was_killed(tmp_path: Path) -> None:
    with start(HOLD, tmp_path / "lock") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(TimeoutError), locked(tmp_path / "lock", wait=False):
            pass
        os.kill(process.pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    with locked(tmp_path / "lock", wait=False):
        assert (tmp_path / "lock").exists()
    assert list(tmp_path.iterdir()) == []


def test_a_block_that_fails_lets_its_lock_go(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), locked(tmp_path / "lock"):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []
    with locked(tmp_path / "lock", wait=False):
        pass


def test_a_place_that_cannot_hold_a_lock_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), locked(tmp_path / "nowhere" / "lock"):
        pass
    assert list(tmp_path.iterdir()) == []
