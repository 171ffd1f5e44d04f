"""Copies of a database that may be in use: consistent, for their owner only, gone when nobody needs them."""

import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from collab.storage.checking import DamagedFile

PATIENCE = 10.0
"""Seconds to wait for a database that somebody else is writing to."""
COPY = '.collab-copy-'
"""How the names of copies begin."""
ABANDONED = 86_400.0
"""Seconds after which a copy that nobody wrote to was left behind by who was killed."""


@contextmanager
def copied(source: Path, folder: Path) -> Iterator[Path]:
    """A consistent copy of a database that may be in use; it goes away afterwards unless it was renamed.

    Raises DamagedFile, OSError.
    """
    _sweep(folder)
    handle, name = tempfile.mkstemp(dir=folder, prefix=COPY)  # mkstemp gives mode 0600
    os.close(handle)
    try:
        try:
            with closing(reading(source)) as original, closing(sqlite3.connect(name)) as copy:
                original.backup(copy)  # all in one step: a writer does not make it begin again
        except sqlite3.DatabaseError as error:
            raise DamagedFile(str(error)) from error
        yield Path(name)
    finally:
        for left in (name, f'{name}-wal', f'{name}-shm', f'{name}-journal'):
            with suppress(FileNotFoundError):
                os.unlink(left)


def reading(file: Path) -> sqlite3.Connection:
    """Open a database to read from it and for nothing else."""
    # Read-only, for a server may be writing: so it never writes to the file or to its log, and does
    # not fold the log when it is the last to close, as it would with `query_only`.
    return sqlite3.connect(f'file:{quote(str(file.absolute()))}?mode=ro', uri=True, timeout=PATIENCE)


def _sweep(folder: Path) -> None:
    """Remove copies that nobody works on any more, each as large as the database."""
    for left in folder.glob(f'{COPY}*'):
        with suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > ABANDONED:
                left.unlink()
