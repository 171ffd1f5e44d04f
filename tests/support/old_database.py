"""A database as the first Collab left it, before documents could have several lives, and chapters."""

import sqlite3
from contextlib import closing
from pathlib import Path

from models import open_database

BACK_TO_0001 = """
    ALTER TABLE documents DROP COLUMN base;
    ALTER TABLE replicas DROP COLUMN epoch;
    ALTER TABLE documents DROP COLUMN changed_by;
    ALTER TABLE documents DROP COLUMN sort_key;
    DROP TABLE chapters;
    DROP TABLE pins;
    DROP TABLE templates;
    ALTER TABLE documents DROP COLUMN language;
    DROP TABLE messages;
    DROP TABLE readings;
    DROP TABLE images;
    UPDATE alembic_version SET version_num = '0001';
"""


async def make_old(file: Path) -> None:
    """Take back what later versions brought, in a database that nobody has open."""
    await open_database(f'sqlite+aiosqlite:///{file}').dispose()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.executescript(BACK_TO_0001)
        connection.execute('PRAGMA journal_mode = DELETE')
