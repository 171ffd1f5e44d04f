"""The log of a recorded session of 259,778 edits: small when it is over, and nothing of it is lost."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from collab.document import protocol
from collab.document.shared import SharedDocument
from collab.rooms.chapters import BYTES, KEPT_BYTES, KEPT_ROWS, ROWS
from collab.rooms.history import history
from collab.rooms.hub import Hub
from collab.rooms.ports import Record
from collab.storage.documents import Documents
from models import open_database
from tests.support.running import Collab, running
from tests.test_traces import BURST, Replica, Trace, drain, greet

pytestmark = pytest.mark.traces

MOST_BYTES = 3_000_000
MOST_MEMORY = 120_000_000
"""Bytes by which the server may grow meanwhile: the document, and a few thousand edits on their way."""
EVERY = 200
"""Milliseconds between two keys of somebody who types fast."""


def resident(collab: Collab) -> int:
    """Bytes of memory that the server holds now."""
    assert collab.process is not None
    status = Path(f'/proc/{collab.process.pid}/status').read_text()
    return int(status.split('VmRSS:')[1].split()[0]) * 1024


async def log_of(collab: Collab, name: str) -> dict[str, Any]:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f'{collab.url}/api/documents/{name}', timeout=60)
    shown: dict[str, Any] = answer.json()['log']
    return shown


def prefixes(recorded: Any) -> Iterator[str]:
    """The text after each transaction of the recording."""
    text = recorded['startContent']
    for transaction in recorded['txns']:
        for at, deleted, words in transaction['patches']:
            text = text[:at] + words + text[at + deleted :]
        yield text


async def revisions(file: Path, name: str) -> AsyncIterator[tuple[int, str]]:
    """The last update of each revision that is stored, and the text after it."""
    database = open_database(f'sqlite+aiosqlite:///{file}')
    document = SharedDocument()
    try:
        async for revision in history(Documents(database), name):
            document.load(revision.update)
            yield max(entry.last_seq for entry in revision.entries), document.text
    finally:
        document.close()
        await database.dispose()


def kept_one_by_one(file: Path) -> int:
    """Bytes of the edits in no chapter, but for the largest: by so many the last of a chapter may go over."""
    rows = 'SELECT sum(length("update")) - max(length("update")) FROM updates'
    with closing(sqlite3.connect(f'{file.as_uri()}?mode=ro', uri=True)) as connection:
        return int(connection.execute(rows).fetchone()[0])


def size(file: Path) -> int:
    return sum(part.stat().st_size for part in file.parent.glob(f'{file.name}*'))


@pytest.mark.usefixtures('new_interpreters')
async def test_it_ends_in_its_text_and_is_stored_in_three_megabytes_with_every_revision(
    trace: Trace, tmp_path: Path
) -> None:
    """And the memory that the server takes for it is bounded."""
    recorded = trace('automerge-paper')
    name, file = 'automerge-paper', tmp_path / 'data' / 'collab.db'
    async with running(tmp_path / 'data') as collab:
        await collab.create(name)
        replica = Replica()
        before, most = resident(collab), 0
        async with connect(f'ws://127.0.0.1:{collab.port}/yjs/{name}', ping_interval=None) as socket:
            await greet(socket)
            reading = asyncio.create_task(drain(socket))
            for number, transaction in enumerate(recorded['txns']):
                await socket.send(protocol.update(replica.type(transaction['patches'])))
                if number % BURST == 0:
                    await asyncio.sleep(0)
                    most = max(most, resident(collab) - before)
            async with asyncio.timeout(300):
                while await collab.text(name) != recorded['endContent']:  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
            await socket.close()
            await reading
        async with asyncio.timeout(60):
            while kept_one_by_one(file) >= KEPT_BYTES + BYTES:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        log = await log_of(collab, name)
        most = max(most, resident(collab) - before)
    print(f'{log}, file {size(file):,} bytes, memory + {most:,} bytes')
    assert str(replica.content) == recorded['endContent']
    assert size(file) <= MOST_BYTES
    assert most <= MOST_MEMORY
    typed = prefixes(recorded)
    count = 0
    async for _, text in revisions(file, name):
        assert text in typed  # which goes on until it is found: in this order
        count += 1
    assert next(typed, None) is None
    assert count >= log['rows']
    print(count, 'revisions')
    async with running(tmp_path / 'data') as again:
        assert await again.text(name) == recorded['endContent']


async def test_a_row_for_every_edit_is_stored_in_three_megabytes_too(trace: Trace, tmp_path: Path) -> None:
    """As when each key is pressed alone: 14 hours of typing, in one document that was never closed."""
    recorded = trace('automerge-paper')
    count = len(recorded['txns'])
    now = time.time_ns() // 1_000_000
    replica = Replica()
    file = tmp_path / 'collab.db'
    database = open_database(f'sqlite+aiosqlite:///{file}')
    store = Documents(database)
    await store.create('paper', 'Paper', 1)
    updates = [replica.type(transaction['patches']) for transaction in recorded['txns']]
    for at in range(0, count, 5_000):
        await store.append(
            [
                Record('paper', seq, 'a' * 22, now - EVERY * (count - seq), update)
                for seq, update in enumerate(updates[at : at + 5_000], at + 1)
            ]
        )
    began = time.perf_counter()
    async with opened(Hub(store)) as hub:
        async with hub.open('paper') as room:
            assert room.text == recorded['endContent']
        async with asyncio.timeout(600):
            while hub.room('paper') is not None:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
    took = time.perf_counter() - began
    log = await store.log_size('paper')
    await database.dispose()
    print(f'{log}, {took:.1f} s, file {size(file):,} bytes')
    assert KEPT_ROWS <= log.rows < KEPT_ROWS + ROWS
    assert size(file) <= MOST_BYTES
    texts = prefixes(recorded)
    minutes = {seq: (now - EVERY * (count - seq)) // 60_000 for seq in range(1, count + 1)}
    ends = [seq for seq in range(1, log.bound) if seq % ROWS == 0 or minutes[seq] != minutes[seq + 1]]
    expected = iter([*ends, *range(log.bound, count + 1)])
    at = 0
    async for seq, text in revisions(file, 'paper'):
        assert seq == next(expected)
        while at < seq:
            wanted, at = next(texts), at + 1
        assert text == wanted
    assert at == count


@asynccontextmanager
async def opened(hub: Hub) -> AsyncIterator[Hub]:
    hub.start()
    try:
        yield hub
    finally:
        await hub.drain()
