"""The command exportregion: whatever is missing around it, it ends in a sentence and not in a traceback."""

import io
import os
import sys
from pathlib import Path

from pipeline.limits import lack

INTERRUPTED = 130


def main() -> None:
    """Run the command. Exit code 130, as a shell gives it, after an interruption; that it imports its modules makes no difference."""
    _open_streams()
    need = _need()
    if need:
        print(f"exportregion: {need}.", file=sys.stderr)
        sys.exit(1)
    try:
        from pipeline.cli import main as command

        command()
    except (KeyboardInterrupt, SystemExit) as ended:
        # Typer makes exit code 130 of an interruption, without a word.
        if isinstance(ended, SystemExit) and ended.code != INTERRUPTED:
            raise
        print("\nInterrupted; nothing unfinished was kept.", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except MemoryError:
        print("exportregion: not enough memory. Nothing unfinished was kept.", file=sys.stderr)
        sys.exit(1)


def _open_streams() -> None:
    """Open what the shell has closed of input, output and errors: else the next file that is opened would be taken for it."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)
    sys.stdin = sys.stdin or io.TextIOWrapper(io.FileIO(0))
    sys.stdout = sys.stdout or io.TextIOWrapper(io.FileIO(1, "w"))
    sys.stderr = sys.stderr or io.TextIOWrapper(io.FileIO(2, "w"))


def _need() -> str:
    """What is missing for any command, in a sentence; empty when nothing is."""
    try:
        Path.cwd()
    except OSError:
        return "the working folder is gone; change to a folder that exists"
    return lack()


if __name__ == "__main__":
    main()
