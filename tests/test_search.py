"""Searching as the rooms see it: the index follows what people write, and never gets in their way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from collab.document.broken import BrokenDocument
from collab.rooms.indexing import AT_HAND, REST, Indexing
from collab.rooms.watching import Happening
from tests.support.rooms import becomes, open_hub
from tests.support.store import MemoryStore


@asynccontextmanager
async def running(indexing: Indexing) -> AsyncIterator[None]:
    task = asyncio.create_task(indexing.run())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def found(store: MemoryStore, query: str) -> list[str]:
    return [one.info.id for one in await store.search(query, 10)]


async def test_what_was_there_before_the_start_is_found() -> None:
    store = MemoryStore()
    async with open_hub(store) as hub:
        await hub.create('Plan', document_id='plan', text='Bring the ladder')
        await Indexing(store, lambda: 0.0).catch_up()
        assert [one.line for one in await hub.search('ladder')] == ['Bring the ladder']


async def test_what_is_made_renamed_and_typed_is_found_by_and_by() -> None:
    store = MemoryStore()
    now = [0.0]
    async with open_hub(store) as hub:
        indexing = Indexing(store, lambda: now[0], pause=0)
        hub.watch(indexing.happened)
        async with running(indexing):
            await hub.create('Plan', document_id='plan')
            await becomes(lambda: 'plan' in store.indexed)
            now[0] += REST + 1
            async with hub.open('plan') as room:
                room.insert(0, 'Bring the ladder')
            await becomes(lambda: store.indexed['plan'].text == 'Bring the ladder')
            now[0] += REST + 1
            await hub.rename('plan', 'Minutes')
            await becomes(lambda: store.indexed['plan'].lag.title == 'Minutes')
            assert await found(store, 'minutes') == ['plan']


async def test_a_document_that_people_type_in_is_looked_at_every_few_seconds_and_not_at_every_key() -> None:
    store = MemoryStore()
    now = [0.0]
    async with open_hub(store) as hub:
        await hub.create('Plan', document_id='plan', text='word ')
        indexing = Indexing(store, lambda: now[0])
        await indexing.catch_up()
        async with hub.open('plan') as room:
            loads = store.loads
            for _ in range(20):
                room.insert(0, 'more ')
                await room.saved()
                assert REST <= await indexing.catch_up() < REST + 0.1
            assert store.loads == loads
            now[0] += REST + 0.1
            await indexing.catch_up()
        assert await found(store, 'more') == ['plan']


async def test_what_is_open_is_not_read_from_the_store_unless_it_is_long() -> None:
    store = MemoryStore()
    now = [0.0]
    async with open_hub(store, clock=lambda: now[0], index=False) as hub:
        await hub.create('Plan', document_id='plan')
        async with hub.open('plan') as room:
            loads = store.loads
            room.insert(0, 'Bring the ladder')
            await room.saved()
            await hub.indexing.catch_up()
            assert (await found(store, 'ladder'), store.loads) == (['plan'], loads)
            now[0] += REST + 1
            room.insert(0, 'x' * AT_HAND)
            await room.saved()
            await hub.indexing.catch_up()
            assert (store.indexed['plan'].text, store.loads) == (room.text, loads + 1)


async def test_what_is_not_stored_yet_is_looked_at_again() -> None:
    store = MemoryStore()
    now = [0.0]
    async with open_hub(store, clock=lambda: now[0], index=False) as hub:
        await hub.create('Plan', document_id='plan')
        async with hub.open('plan') as room:
            room.insert(0, 'Bring the ladder')
            await room.saved()
            store.hold()
            room.insert(0, 'Do not ')
            await hub.indexing.catch_up()
            assert store.indexed['plan'].text == 'Do not Bring the ladder'
            assert [lag.document_id for lag in await store.behind()] == ['plan']
            store.release()
            await room.saved()
            now[0] += REST + 1
            await hub.indexing.catch_up()
            assert not await store.behind()


async def test_a_live_text_that_cannot_be_built_is_read_from_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore()
    async with open_hub(store, index=False) as hub:
        await hub.create('Plan', document_id='plan', text='Bring the ladder')
        async with hub.open('plan') as room:

            class Broken:
                @property
                def length(self) -> int:
                    raise BrokenDocument('as a test wants it')

            with monkeypatch.context() as patch:
                patch.setattr(room, 'document', Broken())
                await hub.indexing.catch_up()
        assert await found(store, 'ladder') == ['plan']


async def test_a_long_document_is_looked_at_rarely() -> None:
    store = MemoryStore()
    now = [0.0]
    async with open_hub(store) as hub:
        await hub.create('Plan', document_id='plan', text='word ' * 200_000)
        indexing = Indexing(store, lambda: now[0])
        await indexing.catch_up()
        await hub.rename('plan', 'Minutes')
        now[0] += REST + 9
        assert 0.5 < await indexing.catch_up() < 1.5
        now[0] += 1
        await indexing.catch_up()
        assert await found(store, 'minutes') == ['plan']


async def test_a_damaged_document_is_found_by_its_title_and_holds_up_nothing() -> None:
    store = MemoryStore()
    async with open_hub(store) as hub:
        await hub.create('Broken', document_id='broken', text='ladder')
        await hub.create('Plan', document_id='plan', text='ladder')
        store.damage('broken')
        await Indexing(store, lambda: 0.0).catch_up()
        assert await found(store, 'ladder') == ['plan']
        assert await found(store, 'broken') == ['broken']
        assert list(await store.behind()) == []


async def test_an_index_that_fails_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore()
    await store.create('plan', 'Plan', 1)
    indexing = Indexing(store, lambda: 0.0, pause=0)
    index, failures = store.index, [OSError('the disk is full')]

    async def sometimes(*args: object) -> None:
        if failures:
            raise failures.pop()
        await index(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(store, 'index', sometimes)
    async with running(indexing):
        await becomes(lambda: not failures)
        indexing.happened(Happening.PEOPLE)
        assert store.indexed == {}
        indexing.happened(Happening.TEXT)
        await becomes(lambda: 'plan' in store.indexed)
