"""The command exportregion: an interruption is one sentence from its first line on, while it imports its modules as well."""

import sys

INTERRUPTED = 130


def main() -> None:
    """Run the command. Exit code 130, as a shell gives it, after an interruption."""
    try:
        from pipeline.cli import main as command

        command()
    except (KeyboardInterrupt, SystemExit) as ended:
        # Typer makes exit code 130 of an interruption, without a word.
        if isinstance(ended, SystemExit) and ended.code != INTERRUPTED:
            raise
        print("\nInterrupted; nothing unfinished was kept.", file=sys.stderr)
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
