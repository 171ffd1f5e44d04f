"""Transactions on a connection of SQLite itself, without the layers above it."""

import sqlite3
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar('Result')
PlainWork = Callable[[sqlite3.Connection], Result]


def at_once(connection: sqlite3.Connection, work: PlainWork[Result]) -> Result:
    """Do `work` in a transaction: durable on return, undone if it raises."""
    connection.execute('BEGIN IMMEDIATE')
    try:
        result = work(connection)
        connection.execute('COMMIT')
    except BaseException:
        connection.rollback()
        raise
    return result


def without_waiting(connection: sqlite3.Connection, work: PlainWork[Result], busy_timeout: float) -> Result:
    """Like at_once(), except that it raises without a wait when somebody else is writing."""
    connection.execute('PRAGMA busy_timeout = 0')
    try:
        return at_once(connection, work)
    finally:
        connection.execute(f'PRAGMA busy_timeout = {int(busy_timeout * 1000)}')


def is_locked(error: sqlite3.Error) -> bool:
    """Somebody else is writing just now."""
    return getattr(error, 'sqlite_errorcode', None) == sqlite3.SQLITE_BUSY
