"""Documents come and go and leave nothing behind: no task, no thread, no descriptor, no CRDT."""

import asyncio
import gc
import os
import threading
from collections import Counter
from pathlib import Path

import pytest
from pycrdt import Doc

from collab.rooms.hub import Hub
from collab.storage.documents import Documents
from models.engine import open_database
from tests.support.rooms import becomes
from tests.support.tab import Tab

DESCRIPTORS = Path('/proc/self/fd')


def documents_in_memory() -> int:
    gc.collect()
    return sum(isinstance(thing, Doc) for thing in gc.get_objects())


async def come_and_go(hub: Hub, name: str) -> None:
    await hub.create(document_id=name)
    async with hub.open(name) as room:
        tabs = [Tab(room, f'{name}-{i}') for i in range(3)]
        for tab in tabs:
            tab.read()
            tab.type('hello 🙂')
            tab.point()
        await room.saved()
        for tab in tabs:
            tab.read()
            tab.close()
    await becomes(lambda: hub.room(name) is None and not is_closing(name))


def is_closing(name: str) -> bool:
    """Closing goes on for a moment after nobody can have the room any more."""
    return any(task.get_name() == f'close {name}' for task in asyncio.all_tasks())


def what_runs() -> Counter[str]:
    """Tasks, and threads but for those that are kept for whoever needs one."""
    kept = ('asyncio_', 'aside_')
    threads = (thread.name for thread in threading.enumerate() if not thread.name.startswith(kept))
    return Counter(task.get_name() for task in asyncio.all_tasks()) + Counter(threads)


@pytest.mark.skipif(not DESCRIPTORS.exists(), reason='counts descriptors in /proc, which only Linux has')
async def test_fifty_documents_opened_and_closed_leave_nothing(tmp_path: Path) -> None:
    database = open_database(f'sqlite+aiosqlite:///{tmp_path}/collab.db')
    hub = Hub(Documents(database), linger=0)
    hub.start()
    await asyncio.gather(*(come_and_go(hub, f'warm-{i}') for i in range(5)))  # pools and caches fill
    await asyncio.gather(hub.indexing.catch_up(), hub.list(), hub.list(), hub.list())
    before, descriptors, documents = what_runs(), len(os.listdir(DESCRIPTORS)), documents_in_memory()
    for i in range(50):
        await come_and_go(hub, f'doc-{i}')
    # To look for documents in memory takes so long that the index, which reads them all, would hardly get on.
    await hub.indexing.catch_up()
    await becomes(lambda: not what_runs() - before)
    await becomes(lambda: len(os.listdir(DESCRIPTORS)) <= descriptors)
    await becomes(lambda: documents_in_memory() <= documents)
    assert await hub.drain()
    await database.dispose()
    assert asyncio.all_tasks() == {asyncio.current_task()}
