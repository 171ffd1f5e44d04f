"""The way to the database: one writer, a few readers, opened and closed with care."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, TypeVarTuple, cast

from sqlalchemy import URL, Row, Select, create_engine
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.base import DatabaseDamaged, DatabaseUnusable
from models.connecting import set_up, the_engine, the_pool
from models.errors import is_damage, reason
from models.folding import DiskFailed, Folding, end_process, fold_all
from models.haste import Haste
from models.migrations import migrate
from models.place import file_address, make_folder
from models.plain import PlainWork, at_once, is_locked, without_waiting

Result = TypeVar('Result')
Columns = TypeVarTuple('Columns')
Work = Callable[[AsyncConnection], Awaitable[Result]]

READERS = 2
log = logging.getLogger(__name__)


def open_database(
    url: str, busy_timeout: float = 2.0, begin_anew: Callable[[], None] = end_process
) -> 'Database':
    """Make or update the tables of the database at an `sqlite+aiosqlite:///` address; return it ready.

    Makes the folder when it is missing. Whoever else holds the file is waited for `busy_timeout`
    seconds, now and at every write. Raises DatabaseUnusable; then nothing is left open. Nothing is
    open on return either: the connections come with the first use, in the event loop that uses them.
    `begin_anew` ends this process, as only a new one can mend what the disk did.
    """
    address = file_address(url)
    path = Path(str(address.database))
    make_folder(path.parent)
    engine = create_engine(address.set(drivername='sqlite'), **the_pool(busy_timeout, 1))
    new = () if path.exists() else ('PRAGMA auto_vacuum = INCREMENTAL',)  # it can give free pages back
    set_up(engine, 'BEGIN IMMEDIATE', *new, 'PRAGMA journal_mode = WAL')
    try:
        with engine.begin() as connection:
            migrate(connection)
        with closing(engine.raw_connection()) as raw:
            fold_all(cast(sqlite3.Connection, raw.driver_connection), path)
    except (DatabaseUnusable, DiskFailed, SQLAlchemyError, sqlite3.Error, UnicodeDecodeError) as error:
        kind = DatabaseDamaged if is_damage(error) else DatabaseUnusable
        raise kind(f'cannot use the database {path}: {reason(error)}') from error
    finally:
        engine.dispose()
    return Database(address, busy_timeout, begin_anew)


class Database:
    """An open database: `write` and `read` run a piece of work in a transaction of its own.

    A caller that is cancelled leaves at once, and the transaction that it had begun still ends by itself,
    as a whole: a connection is never abandoned between two statements.
    """

    def __init__(
        self, address: URL, busy_timeout: float, begin_anew: Callable[[], None] = end_process
    ) -> None:
        # One writer only: before 3.51.3, SQLite can corrupt a write-ahead log that several connections write.
        pragmas = ('PRAGMA journal_mode = WAL', 'PRAGMA wal_autocheckpoint = 0')
        self._writer = the_engine(address, busy_timeout, 1, 'BEGIN IMMEDIATE', *pragmas)
        self._readers = the_engine(address, busy_timeout, READERS, 'BEGIN', 'PRAGMA query_only = ON')
        self.file = Path(str(address.database))
        self._folding = Folding(self.file)
        self._haste = Haste()
        self._busy_timeout = busy_timeout
        self._begin_anew = begin_anew
        self._driver: Any = None  # the writer's connection itself, once it is open
        self._turn = asyncio.Lock()
        self._running: set[asyncio.Task[Any]] = set()
        self._closed = False

    async def write(self, work: Work[Result]) -> Result:
        """Do `work` in a transaction after all earlier writes; durable on return, undone if it raises.

        Cancelled while it waits for its turn, it has done nothing.
        """
        return await self._in_turn(partial(_transact, self._writer, work))

    async def write_at_once(self, work: PlainWork[Result]) -> Result:
        """Like `write`, but all of `work` runs in one visit to the connection's thread.

        Statement by statement, a busy event loop has to come round twenty times for one commit.
        """
        return await self._in_turn(partial(self._transact_at_once, work))

    async def write_soon(self, work: PlainWork[Result]) -> Result:
        """Like `write_at_once`, for little that is written often: on a quick disk it is done right here."""
        connection = self._idle_writer() if self._haste.is_quick else None
        if connection is not None:
            try:
                return self._haste.time(partial(without_waiting, connection, work, self._busy_timeout))
            except sqlite3.Error as error:
                if not is_locked(error):
                    raise OperationalError(None, None, error) from error
        return await self._in_turn(partial(self._transact_at_once, work, self._haste))

    async def visit(self, work: PlainWork[Result]) -> Result:
        """Like `write_at_once`, but `work` begins and ends its transactions. Raises what that raises."""
        return await self._in_turn(partial(self._visit, work))

    async def read(self, work: Work[Result]) -> Result:
        """Do `work` on the state of one moment, beside any write."""
        return await asyncio.shield(self._start(partial(_transact, self._readers, work)))

    async def select(self, wanted: Select[*Columns]) -> Sequence[Row[*Columns]]:
        """All rows that `wanted` selects."""

        async def work(connection: AsyncConnection) -> Sequence[Row[*Columns]]:
            return (await connection.execute(wanted)).all()

        return await self.read(work)

    async def settled(self) -> None:
        """Return when every write asked for so far is done, also one whose caller has given up on it."""
        async with self._turn:
            pass

    async def dispose(self, limit: float = 3.0) -> None:
        """Refuse new work, let what runs finish, close all connections. Never raises.

        It is back within `limit` seconds, which should be more than the busy timeout. What still runs then
        stays open, and does not keep the process from ending.
        """
        self._closed = True
        try:
            async with asyncio.timeout(limit):
                # Waiting, not cancelling: a driver that is cancelled twice while it closes never ends.
                while self._running:
                    await asyncio.wait(self._running)
                await self._readers.dispose()
                await self._writer.dispose()  # the last to leave folds the write-ahead log into the file
        except TimeoutError:
            log.warning('the database did not close within %g seconds', limit)

    async def _in_turn(self, transaction: Callable[[], Awaitable[Result]]) -> Result:
        await self._turn.acquire()
        task = self._start(partial(self._with_a_short_log, transaction))
        task.add_done_callback(lambda _: self._turn.release())
        return await asyncio.shield(task)

    async def _with_a_short_log(self, transaction: Callable[[], Awaitable[Result]]) -> Result:
        if self._folding.is_due():
            try:
                await self._visit(self._folding.fold)
            except DiskFailed as error:
                log.critical('The disk failed (%s): beginning anew, to write once more what it lacks.', error)
                self._begin_anew()
                raise
        return await transaction()

    async def _transact_at_once(self, work: PlainWork[Result], haste: Haste | None = None) -> Result:
        def commit(connection: sqlite3.Connection) -> Result:
            transaction = partial(at_once, connection, work)
            return transaction() if haste is None else haste.time(transaction)

        try:
            return await self._visit(commit)
        except sqlite3.Error as error:
            raise OperationalError(None, None, error) from error

    def _idle_writer(self) -> sqlite3.Connection | None:
        """The writer's connection, if it is open and nobody needs it just now."""
        idle = not (self._closed or self._turn.locked() or self._folding.is_due())
        return cast(sqlite3.Connection, self._driver._conn) if idle and self._is_open() else None

    def _is_open(self) -> bool:
        return self._driver is not None and self._driver._connection is not None

    async def _visit(self, work: PlainWork[Result]) -> Result:
        """Do `work` in the thread of the writer's connection, without a transaction around it."""
        # Asking the pool each time, which has only this one, takes longer than a commit. aiosqlite has no
        # public way to run a function in its thread; its version is pinned.
        if not self._is_open():
            async with self._writer.connect() as connection:
                self._driver = (await connection.get_raw_connection()).driver_connection
        return cast(Result, await self._driver._execute(work, self._driver._conn))

    def _start(self, transaction: Callable[[], Awaitable[Result]]) -> 'asyncio.Task[Result]':
        task = asyncio.create_task(self._run(transaction))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def _run(self, transaction: Callable[[], Awaitable[Result]]) -> Result:
        if self._closed:
            raise DatabaseUnusable('the database is closed')
        return await transaction()


async def _transact(engine: AsyncEngine, work: Work[Result]) -> Result:
    async with engine.begin() as connection:
        return await work(connection)
