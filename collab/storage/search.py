"""Finds documents by the words in their titles and texts.

The index is a file of its own beside the database, made of what that holds: whoever types never waits for
it, no backup carries it, and one that is damaged is made again. It is full text search of SQLite (FTS5).
"""

import asyncio
import logging
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from collab.aside import aside
from collab.rooms.shelf import DocumentInfo, Found, Indexed, Lag, Ranges

log = logging.getLogger(__name__)

PATIENCE = 5.0
"""Seconds to wait for somebody else who has the index."""
MOST_WORDS, LONGEST_WORD = 8, 60
"""What is asked for beyond these is left out."""
LONGEST_TEXT = 1_000_000
"""So many characters of a text can be found."""
TOKENS = 24
"""Words of a line that are shown around a match."""

BEGIN, END, JOINT = '\x01', '\x02', '\u200b'
"""Around a match; and between signs of scripts that write no spaces, so that each can be found by itself."""
UNSPACED = re.compile(r'([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])')
MARK = re.compile(f'{BEGIN}([^{END}]*){END}')

TABLES = """
    CREATE TABLE IF NOT EXISTS indexed (
        id INTEGER PRIMARY KEY, document_id TEXT NOT NULL UNIQUE, epoch INTEGER NOT NULL,
        seq INTEGER NOT NULL, title TEXT NOT NULL);
    CREATE VIRTUAL TABLE IF NOT EXISTS texts
        USING fts5(title, text, prefix = '1 2 3', tokenize = 'unicode61 remove_diacritics 2');
"""
GONE = """
    SELECT id FROM indexed WHERE NOT EXISTS (
        SELECT 1 FROM documents WHERE documents.id = indexed.document_id AND deleted_at IS NULL)
"""
BEHIND = """
    SELECT documents.id, documents.title, documents.epoch, documents.seq
    FROM documents LEFT JOIN indexed ON indexed.document_id = documents.id
    WHERE deleted_at IS NULL AND (indexed.id IS NULL OR indexed.epoch != documents.epoch
        OR indexed.seq != documents.seq OR indexed.title != documents.title)
    ORDER BY documents.changed_at DESC
"""
PUT = 'INSERT INTO indexed (document_id, epoch, seq, title) VALUES (?, ?, ?, ?) RETURNING id'
BEST = """
    SELECT indexed.document_id, texts.rowid AS row FROM texts JOIN indexed ON indexed.id = texts.rowid
    JOIN documents ON documents.id = indexed.document_id AND documents.deleted_at IS NULL
    WHERE texts MATCH ? ORDER BY bm25(texts, 5.0, 1.0), documents.changed_at DESC LIMIT ?
"""
LINES = f"""
    SELECT documents.id, documents.title, documents.created_at, documents.changed_at,
        documents.changed_by,
        highlight(texts, 0, '{BEGIN}', '{END}'), snippet(texts, 1, '{BEGIN}', '{END}', '…', {TOKENS})
    FROM texts JOIN indexed ON indexed.id = texts.rowid JOIN documents ON documents.id = indexed.document_id
    WHERE texts MATCH ? AND texts.rowid = ?
"""


class SearchIndex:
    """The index that belongs to the database in `database`. Each call opens it, and closes it again."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._file = database.with_name(f'{database.name}.search')

    async def search(self, query: str, limit: int) -> Sequence[Found]:
        """The documents that hold all words of the query, as the port says."""
        wanted = _expression(query)
        return await asyncio.to_thread(self._search, wanted, limit) if wanted else ()

    async def behind(self) -> Sequence[Lag]:
        """The documents that the index does not hold as they are; it forgets those that are gone."""
        return await aside(self._behind)

    async def index(self, documents: Sequence[Indexed]) -> None:
        """Let these be found by their titles and texts as they are now."""
        await aside(self._index, documents)

    def _search(self, wanted: str, limit: int) -> Sequence[Found]:
        if not self._file.exists():
            return ()
        with self._opened() as connection:
            best = connection.execute(BEST, (wanted, limit)).fetchall()
            return [_found(connection.execute(LINES, (wanted, row)).fetchone()) for _, row in best]

    def _behind(self) -> Sequence[Lag]:
        with self._opened() as connection, connection:
            _remove(connection, connection.execute(GONE).fetchall())
            return [Lag(*row) for row in connection.execute(BEHIND)]

    def _index(self, documents: Sequence[Indexed]) -> None:
        with self._opened() as connection, connection:
            for document in documents:
                row = document.lag
                known = 'SELECT id FROM indexed WHERE document_id = ?'
                _remove(connection, connection.execute(known, (row.document_id,)).fetchall())
                place = connection.execute(PUT, (row.document_id, row.epoch, row.seq, row.title)).fetchone()
                content = (place[0], _spaced(row.title), _spaced(document.text[:LONGEST_TEXT]))
                connection.execute('INSERT INTO texts (rowid, title, text) VALUES (?, ?, ?)', content)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """A connection to the index that also reads the database. A damaged index is thrown away."""
        try:
            with closing(sqlite3.connect(_address(self._file), uri=True, timeout=PATIENCE)) as connection:
                connection.execute('ATTACH ? AS source', (f'{_address(self._database)}?mode=ro',))
                if connection.execute('PRAGMA main.auto_vacuum').fetchone() == (0,):  # to set it is to write
                    connection.execute('PRAGMA main.auto_vacuum = FULL')  # of a new file only
                connection.executescript(TABLES)
                yield connection
        except sqlite3.OperationalError:
            raise  # somebody else has it, or the disk is full
        except sqlite3.DatabaseError as error:
            log.warning('The search index is made again, as it was damaged: %s', error)
            for end in ('', '-journal'):
                with suppress(FileNotFoundError):
                    self._file.with_name(self._file.name + end).unlink()
            raise


def _address(file: Path) -> str:
    return f'file:{quote(str(file.absolute()))}'


def _remove(connection: sqlite3.Connection, rows: Sequence[tuple[int]]) -> None:
    connection.executemany('DELETE FROM texts WHERE rowid = ?', rows)
    connection.executemany('DELETE FROM indexed WHERE id = ?', rows)


def _expression(query: str) -> str:
    """All words of the query, each as a beginning, in the language of FTS5; every sign in it is quoted.

    Empty when there is no letter or digit to look for.
    """
    words = [word for word in query.split() if any(sign.isalnum() for sign in word)][:MOST_WORDS]
    return ' AND '.join('"{}"*'.format(_spaced(word[:LONGEST_WORD]).replace('"', ' ')) for word in words)


def _spaced(text: str) -> str:
    clean = re.sub(f'[\0{BEGIN}{END}\ud800-\udfff]', ' ', text)
    return UNSPACED.sub(f'{JOINT}\\1{JOINT}', clean)


def _found(row: Sequence[Any]) -> Found:
    document_id, title, created_at, changed_at, by, shown_title, shown = row
    line, marks = _marked(_best_line(shown))
    _, title_marks = _marked(shown_title)
    return Found(
        DocumentInfo(document_id, title, created_at, changed_at, by),
        title_marks,
        line if marks or not title_marks else '',
        marks,
    )


def _best_line(shown: str) -> str:
    """The first of the lines with the most matches."""
    return max(shown.splitlines() or [''], key=lambda line: line.count(BEGIN)).strip()


def _marked(shown: str) -> tuple[str, Ranges]:
    """The line without what marks the matches, and where they are in it."""
    plain, marks = '', []
    for number, piece in enumerate(MARK.split(shown.replace(JOINT, ''))):
        if number % 2 and piece:
            marks.append((len(plain), len(plain) + len(piece)))
        plain += piece
    return plain, tuple(marks)
