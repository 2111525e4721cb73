"""The command exportregion. Whatever its surroundings lack, it ends with a sentence, not a traceback."""

import gc
import io
import os
import sys
import tempfile
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

from pipeline.limits import lack

INTERRUPTED = 130
FAULT_OF_THE_PROGRAM = 70
"""The exit code of a fault of our own, as sysexits.h has it."""


def process() -> None:
    """The command as a process of its own. It leaves when all is written: Python would take a tenth of a second to take itself down."""
    code: Any = 0
    try:
        main()
    except SystemExit as ended:
        code = ended.code or 0
    with suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
        if isinstance(code, int):
            os._exit(code)
    sys.exit(code)


def main() -> None:
    """Run the command. After an interruption, even during imports, the exit code is 130, as in a shell."""
    _open_streams()
    gc.disable()  # What a command makes has little that refers to itself, and lives to its end.
    need = _need()
    if need:
        print(f"exportregion: {need}.", file=sys.stderr)
        sys.exit(1)
    try:
        from pipeline.cli import main as command

        command()
    except (KeyboardInterrupt, SystemExit) as ended:
        # Typer ends with exit code 130 after an interruption, without a message.
        if isinstance(ended, SystemExit) and ended.code != INTERRUPTED:
            raise
        print("\nInterrupted; nothing unfinished was kept.", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except MemoryError:
        print("exportregion: not enough memory. Nothing unfinished was kept.", file=sys.stderr)
        sys.exit(1)
    except Exception as error:
        print(_own_fault(error), file=sys.stderr)
        sys.exit(FAULT_OF_THE_PROGRAM)


def _own_fault(error: Exception) -> str:
    """A fault of the program in a sentence. The traceback is kept in a file, for those who mend it."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    with tempfile.NamedTemporaryFile("w", prefix="exportregion-fault-", suffix=".txt", encoding="utf-8", delete=False) as details:
        traceback.print_exception(error, file=details)
    where = f"{type(error).__name__} in {Path(place.filename).name}, line {place.lineno}"
    return (
        f"exportregion: a fault of the program ({where}), not of your settings. "
        f"Nothing unfinished was kept. Send {details.name} to those who maintain it."
    )


def _open_streams() -> None:
    """Open the standard streams that the shell has closed; else the next open file would take their place."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)
    sys.stdin = sys.stdin or io.TextIOWrapper(io.FileIO(0))
    sys.stdout = sys.stdout or io.TextIOWrapper(io.FileIO(1, "w"))
    sys.stderr = sys.stderr or io.TextIOWrapper(io.FileIO(2, "w"))


def _need() -> str:
    """A sentence about what every command needs and is missing; empty if nothing is."""
    try:
        Path.cwd()
    except OSError:
        return "the working folder is gone; change to a folder that exists"
    return lack()


if __name__ == "__main__":
    process()
