"""How every connection to the database is made: durable, strict, and with no transactions of its own."""

from typing import Any

from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


def the_engine(address: URL, busy_timeout: float, size: int, begin: str, *pragmas: str) -> AsyncEngine:
    """An engine of `size` connections, each set up with these pragmas; transactions start with `begin`."""
    engine = create_async_engine(address, **the_pool(busy_timeout, size))
    set_up(engine.sync_engine, begin, *pragmas)
    return engine


def the_pool(busy_timeout: float, size: int) -> dict[str, Any]:
    """What SQLAlchemy is told of the connections of an engine, of which there are `size`."""
    return {
        'pool_size': size,
        'max_overflow': 0,
        'pool_reset_on_return': None,  # every transaction here is ended by the code that began it
        # The driver must not begin transactions on its own: it would leave reads outside of them.
        # The writer is used in two threads, by turns.
        'connect_args': {'isolation_level': None, 'timeout': busy_timeout, 'check_same_thread': False},
    }


def set_up(engine: Engine, begin: str, *pragmas: str) -> None:
    """Have all connections of this engine set up with these pragmas, and begin transactions so."""
    # FULL: a commit is on the disk when it returns, also when the power fails. The pages that SQLite keeps
    # in memory (500 kB): a reader forgets them at the next commit anyway, and the system has them, too.
    always = ('PRAGMA synchronous = FULL', 'PRAGMA foreign_keys = ON', 'PRAGMA cache_size = -500')
    settings = (*always, *pragmas)

    def connected(connection: Any, _record: object) -> None:
        getattr(connection, 'driver_connection', connection).text_factory = _text
        try:
            for setting in settings:
                connection.execute(setting).close()
        except BaseException:
            connection.close()  # the pool forgets a connection that fails here, but does not close it
            raise

    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, 'connect', connected)
    event.listen(engine, 'begin', begun)


def _text(data: bytes) -> str:
    """Text of a row, also if it is damaged: then its checksum says so, and other rows can still be read."""
    return data.decode(errors='replace')
