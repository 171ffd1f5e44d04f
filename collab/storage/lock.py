"""Says who has the database to themselves: the server while it runs, or else a restore while it lasts."""

import os
import sys
import time
from pathlib import Path
from types import TracebackType

from models import DatabaseUnusable

if sys.platform == 'win32':
    import msvcrt
else:
    import fcntl

PAUSE = 0.05


class InUse(DatabaseUnusable):
    """Another process has it."""


class Hold:
    """A file that this process has to itself until `release`, or until it ends in whatever way.

    A lock of the process, as SQLite's own: children do not inherit it, the program that takes this one's
    place does, and it is lost when this process closes the file anywhere: hold each file once.
    Raises InUse, OSError.
    """

    def __init__(self, file: Path) -> None:
        self._handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(self._handle)
        except (BlockingIOError, PermissionError):
            os.close(self._handle)
            raise InUse(f'{file} is held by another process') from None
        except OSError:
            os.close(self._handle)
            raise
        if os.name == 'posix':
            os.set_inheritable(self._handle, True)  # a process that begins anew goes on holding it

    def release(self) -> None:
        """Let the next one have it; to be called once."""
        os.close(self._handle)

    def __enter__(self) -> 'Hold':
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def hold(database: Path, patience: float = 0.0) -> Hold:
    """Be the only one who writes to a database, among all who hold it; makes its folder when it is missing.

    SQLite before 3.51.3 can corrupt a write-ahead log that two connections write. Who only reads need not
    hold it. Waits `patience` seconds for who has it. Raises InUse, DatabaseUnusable.
    """
    until = time.monotonic() + patience
    while True:
        try:
            database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = beside(database, 'lock')
            held = Hold(file)
            give(file, database)
            return held
        except InUse:
            if time.monotonic() >= until:
                raise InUse(
                    f'the database {database} is in use by another Collab, or by a restore; '
                    'stop that, or set COLLAB_DATA_DIR to another folder'
                ) from None
            time.sleep(PAUSE)
        except OSError as error:
            raise DatabaseUnusable(f'cannot lock the database {database}: {error.strerror}') from error


def is_held(file: Path) -> bool:
    """Whether another process holds this file. Raises OSError."""
    try:
        Hold(file).release()
    except InUse:
        return True
    return False


def beside(database: Path, ending: str) -> Path:
    """A file that belongs to the database, by whatever links it is reached."""
    real = database.resolve()
    return real.with_name(f'{real.name}.{ending}')


def give(path: Path, database: Path) -> None:
    """What root makes belongs to the owner of the database (or of its folder): the server may not be root."""
    if os.name == 'posix' and os.geteuid() == 0:
        like = (database if database.exists() else database.parent).stat()
        os.chown(path, like.st_uid, like.st_gid)


def _lock(handle: int) -> None:
    """Raises BlockingIOError or PermissionError, depending on the system, when another process has it."""
    if sys.platform == 'win32':
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
