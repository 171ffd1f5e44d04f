"""What an error of SQLite tells of the disk and of what is on it."""

import sqlite3

from sqlalchemy.exc import DBAPIError

DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}
"""The last of them: a table or column that was there at the start is not to be found."""


def is_full(error: BaseException | None) -> bool:
    """Whether it is only room on the disk that is missing."""
    return _code(error) in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE)


def is_damage(error: BaseException | None) -> bool:
    """Whether what was read is not what was written; to read again does not help."""
    return isinstance(_cause(error), UnicodeDecodeError) or _code(error) & 0xFF in DAMAGE


def reason(error: BaseException) -> str:
    """What SQLite said, without what SQLAlchemy adds."""
    cause = _cause(error)
    if isinstance(cause, UnicodeDecodeError):  # it quotes a name of a table that is not even text any more
        return 'database disk image is malformed'
    return 'the disk is full' if is_full(cause) else str(cause)


def _cause(error: BaseException | None) -> BaseException | None:
    return error.orig if isinstance(error, DBAPIError) else error


def _code(error: BaseException | None) -> int:
    return getattr(_cause(error), 'sqlite_errorcode', 0)
