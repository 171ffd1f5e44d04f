"""Tests run side by side, but while one of them measures seconds, the others wait."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform != 'win32':
    import fcntl


@contextmanager
def turn(folder: Path, *, alone: bool) -> Iterator[None]:
    """For the length of a block be one of many in this folder, or the only one. Nothing yet on Windows.

    Who wants to be alone stands in the door meanwhile, so that those who come later do not go first for ever.
    """
    if sys.platform == 'win32':
        yield
        return
    with (folder / 'room').open('a') as room:
        with (folder / 'door').open('a') as door:
            fcntl.flock(door, fcntl.LOCK_EX)
            fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
