"""Moves what SQLite's write-ahead log holds into the database file, and sees when the disk fails at that.

SQLite would do it by itself, and keep an error to itself: it tries again with the next commit. But the kernel
reports a failed sync once, and may drop what it could not write. To try again is sound for a commit, which
writes all of its pages again. It is not for folding: pages folded earlier, and not synced as a reader was at
work, are not written again. They are when SQLite begins anew, and reads its log from the beginning.
"""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from models.errors import is_full

EVERY = 300
"""Commits after which the log is folded; it is about as long then as SQLite would let it grow."""
BYTES = 4 * 1024 * 1024
"""It is folded sooner when its file has grown by so much."""


class DiskFailed(OSError):
    """The database file could not be synced: only a new process can make sure of what is in it."""


class Folding:
    """When to fold the log of one database. `fold` it whenever it is due."""

    def __init__(self, file: Path) -> None:
        self._log = log_of(file)
        self._size = 0
        self._commits = 0

    def is_due(self) -> bool:
        """Ask before every commit, and only then."""
        self._commits += 1
        return self._commits >= EVERY or _size(self._log) >= self._size + BYTES

    def fold(self, connection: sqlite3.Connection) -> None:
        """Fold as much as readers allow. Raises DiskFailed."""
        self._commits = 0
        _checkpoint(connection, 'PASSIVE')
        self._size = _size(self._log)


def fold_all(connection: sqlite3.Connection, file: Path) -> None:
    """Leave nothing in the log, before anything else is written. Raises DiskFailed.

    After a crash it may hold a commit that the disk refused: the kernel still shows it, although no sync will
    write it any more, and whatever is written behind it would be lost with it when the power fails.
    """
    _checkpoint(connection, 'TRUNCATE')
    with suppress(FileNotFoundError), log_of(file).open('rb') as log:
        try:
            os.fsync(log.fileno())  # or the old log may be back after a power cut, without its end
        except OSError as error:
            raise DiskFailed(str(error)) from error


def end_process() -> None:
    """How to begin anew if nobody knows better. Nothing is closed before: that would fold again."""
    os._exit(74)  # "input/output error" in sysexits.h


def log_of(file: Path) -> Path:
    """SQLite's write-ahead log of this database."""
    return file.with_name(f'{file.name}-wal')


def _checkpoint(connection: sqlite3.Connection, mode: str) -> None:
    """Raises DiskFailed; anything else that is wrong (a full disk, a reader) may be better the next time."""
    try:
        connection.execute(f'PRAGMA wal_checkpoint({mode})').close()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_IOERR and not is_full(error):
            raise DiskFailed(str(error)) from error


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
