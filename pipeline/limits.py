"""What the shell must allow a command: with less, libraries fail without a clear message."""

import sys

OPEN_FILES = 64
ADDRESS_SPACE = 5_000_000_000


def lack() -> str:
    """A sentence about a limit that is too low; empty if none is."""
    if sys.platform == "win32":
        return ""
    import resource

    files, space = (resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_NOFILE, resource.RLIMIT_AS))
    if 0 <= files < OPEN_FILES and files != resource.RLIM_INFINITY:
        return f"{files} open files are allowed and {OPEN_FILES} needed; raise the limit: ulimit -n {OPEN_FILES}"
    if 0 <= space < ADDRESS_SPACE and space != resource.RLIM_INFINITY:
        return (
            f"{space / 1e9:,.1f} GB of address space are allowed and {ADDRESS_SPACE / 1e9:,.0f} GB needed;"
            f" raise the limit: ulimit -v {ADDRESS_SPACE // 1000}"
        )
    return ""
