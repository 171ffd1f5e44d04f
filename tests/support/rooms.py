"""Rooms for tests: a hub over a store in memory, and turns of the event loop instead of sleeps."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from collab.rooms.hub import Hub
from collab.rooms.room import Room
from tests.support.store import MemoryStore


@asynccontextmanager
async def open_hub(
    store: MemoryStore | None = None, *, index: bool = False, **options: Any
) -> AsyncIterator[Hub]:
    """A hub that runs, over `store` or a new one; documents close at once when the last one left.

    Without `index` it loads nothing by itself to make it searchable.
    """
    hub = Hub(store or MemoryStore(), now=lambda: 1_000, **{'linger': 0, **options})
    hub.start()
    if not index:
        stop_indexing(hub)
    try:
        yield hub
    finally:
        await hub.drain(seconds=1)


def stop_indexing(hub: Hub) -> None:
    for task in [task for task in hub._tasks if task.get_name() == 'index']:
        task.cancel()


@asynccontextmanager
async def open_room(store: MemoryStore | None = None, text: str = '', **options: Any) -> AsyncIterator[Room]:
    """A room of a new document named 'doc', with a text if one is given."""
    async with open_hub(store, **options) as hub:
        await hub.create('Doc', document_id='doc', text=text)
        async with hub.open('doc') as room:
            yield room


async def until(true: Callable[[], object]) -> None:
    """Let the event loop turn until `true()`; fails after five seconds."""
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - what happens has no event to wait for
            await asyncio.sleep(0)


async def becomes(true: Callable[[], object]) -> None:
    """Wait for something that takes a timer or a thread; fails after five seconds."""
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - what happens has no event to wait for
            await asyncio.sleep(0.002)


async def presence_shown(room: Room) -> None:
    """Return once what moved has been shown to the others."""
    await becomes(lambda: room.company._due is None)
