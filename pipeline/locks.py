"""Locks between processes, and links, on every operating system."""

import contextlib
import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

NO_LINKS = (errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP)
"""How a file system says that it has no links."""


@contextlib.contextmanager
def locked(path: Path, *, wait: bool = True, busy: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold a lock. Its file exists only while the lock is held, or after the process that held it was killed.

    busy is called once before a wait for another process. Raises TimeoutError when another process holds the lock and wait is false;
    OSError when the file cannot be made.
    """
    import filelock  # Most commands write nothing, and need no lock.

    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path.parent))
    lock = filelock.FileLock(path, timeout=0)
    try:
        held = lock.acquire()
    except TimeoutError:
        if not wait:
            raise
        busy()
        held = lock.acquire(timeout=-1)
    with held:
        try:
            yield
        finally:
            # A process that waits for this file sees that it is gone, and opens a new one. Windows removes no open file; there the
            # release removes it.
            with contextlib.suppress(OSError):
                path.unlink()


def can_link(link: Path, target: Path) -> bool:
    """Make a link to a folder; False where there are none, or where replacing one is not one step of the file system, as on Windows."""
    if os.name == "nt":
        return False
    try:
        link.symlink_to(target, target_is_directory=True)
    except OSError as error:
        if error.errno in NO_LINKS:
            return False
        raise
    return True
