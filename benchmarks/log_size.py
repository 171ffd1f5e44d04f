"""What a long editing session takes on the disk, as it comes in and when the server has tidied up after it.

    .venv/bin/python benchmarks/log_size.py [--quick]

The recorded session `automerge-paper` is sent edit by edit into one document, which is then left. The sizes
are those of the database: its file, with what is not merged into it yet, and rows and bytes of each table.
The write-ahead log, which all documents share, keeps its greatest length while the server runs; so what the
session takes by itself is said when the server has ended.
"""

import asyncio
import sqlite3
import sys
import time
from contextlib import closing
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import command, sessions
from benchmarks.results import Benchmark, Case, Scale, Values
from benchmarks.server import apart, pid, quiet, rest, serving
from tests.support.running import Collab

MEGABYTE = 1_000_000
SETTLES_WITHIN = 120.0
STEADY = 5
"""When the sizes have not changed for so many times as long as a server at rest is quiet, that was all."""


async def measure(most: int | None) -> Values:
    """Sizes right after the last edit, when the document was left and all is quiet, and after the end."""
    sessions.session(sessions.PAPER)
    async with serving() as collab:
        await collab.create('doc')
        edits = await apart(stream, collab.port, most)
        sent = sizes(collab)
        waited = await settle(collab)
        settled = sizes(collab)
        collab.stop()
        ended = sizes(collab)
    return {
        'edits': edits,
        'rows': sent['updates rows'],
        'MB sent': sent['MB'],
        'rows settled': settled['updates rows'],
        'MB settled': settled['MB'],
        **{f'{name} settled': value for name, value in settled.items() if name.endswith(' kB')},
        'MB ended': ended['MB'],
        'settled after s': waited,
    }


async def stream(port: int, most: int | None) -> int:
    """Send the session; how many edits it has."""
    frames, _ = sessions.updates(sessions.PAPER, most)
    await sessions.send(port, 'doc', frames)
    return len(frames)


async def settle(collab: Collab) -> float:
    """Return when the server is at rest and the sizes have not changed for a while; seconds it took."""
    steady, began = STEADY * quiet(), time.perf_counter()
    changed = began
    before = sizes(collab)
    while (now := time.perf_counter()) - changed < steady and now - began < SETTLES_WITHIN:
        await rest(pid(collab), patience=STEADY)
        if (after := sizes(collab)) != before:
            before, changed = after, time.perf_counter()
        await asyncio.sleep(quiet() / 4)
    return changed - began


def sizes(collab: Collab) -> Values:
    """Of the database, in megabytes, and of its tables, in rows and kilobytes of their contents."""
    file = collab.data / 'collab.db'
    parts = [file, *(file.with_name(file.name + ending) for ending in ('-wal', '-journal'))]
    found = {'MB': sum(part.stat().st_size for part in parts if part.exists()) / MEGABYTE}
    with closing(sqlite3.connect(f'file:{file}?mode=ro', uri=True)) as database:
        names = [n for (n,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            rows, size = _table(database, name)
            if size >= 1_000 or name == 'updates':
                found |= {f'{name} rows': rows, f'{name} kB': size / 1_000}
    return found


def _table(database: sqlite3.Connection, name: str) -> tuple[int, int]:
    columns = [column for _, column, *_ in database.execute(f'PRAGMA table_info("{name}")')]
    total = ' + '.join(f'coalesce(length(CAST("{column}" AS BLOB)), 0)' for column in columns)
    rows, size = database.execute(f'SELECT count(*), coalesce(sum({total}), 0) FROM "{name}"').fetchone()
    return int(rows), int(size)


def cases(scale: Scale) -> list[Case]:
    """The whole session, or its beginning."""
    most = {Scale.FULL: None, Scale.QUICK: 10_000, Scale.SMOKE: 300}[scale]
    wanted = {'MB ended': 3.0}
    return [Case('automerge-paper, edit by edit', partial(measure, most), at_most=wanted)]


BENCHMARK = Benchmark('log_size', 'What a long session takes on the disk', cases)

if __name__ == '__main__':
    raise SystemExit(command.main(BENCHMARK))
