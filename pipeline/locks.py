"""Locks between processes, on every operating system."""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

import filelock


@contextlib.contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold a lock. Its file is there only while the lock is held, or after the process that held it was killed.

    Raises TimeoutError when another process holds it and nobody waits; OSError when the file cannot be made.
    """
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path.parent))
    with filelock.FileLock(path, timeout=-1 if wait else 0):
        try:
            yield
        finally:
            # Whoever waits on the file that goes here sees that it is gone, and opens the next. Windows removes no file that is open;
            # there the release does it.
            with contextlib.suppress(OSError):
                path.unlink()
