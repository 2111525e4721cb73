"""The command exportregion. Whatever its surroundings lack, it ends with a sentence, not a traceback."""

import io
import os
import sys
from pathlib import Path

from pipeline.limits import lack

INTERRUPTED = 130


def main() -> None:
    """Run the command. After an interruption, even during imports, the exit code is 130, as in a shell."""
    _open_streams()
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
    main()
