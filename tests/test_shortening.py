"""Old edits go into chapters while people type; nothing is lost by it, and everything can be read again."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from collab.document import binding
from collab.document.broken import Ambiguous, BrokenDocument
from collab.document.shared import SharedDocument
from collab.document.summary import equal, summarise
from collab.rooms import chapters, tail
from collab.rooms.history import history
from collab.rooms.hub import Hub
from collab.rooms.ports import (
    Chapter,
    DamagedDocument,
    Record,
    RestoredDocument,
    Store,
    UnknownDocument,
)
from collab.rooms.snapshots import rebuild, text_of
from collab.storage.documents import Documents
from models import open_database
from tests.support.rooms import becomes
from tests.support.store import MemoryStore
from tests.support.typed import TypedLog

DAY = chapters.KEPT_FOR
ROWS, KEPT = 20, 50


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chapters, 'ROWS', ROWS)
    monkeypatch.setattr(chapters, 'KEPT_ROWS', KEPT)
    monkeypatch.setattr(chapters, 'TOGETHER', 3)
    monkeypatch.setattr(tail, 'ROWS', 200)


@pytest.fixture(params=['memory', 'sqlite'])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    if request.param == 'memory':
        yield MemoryStore()
        return
    database = open_database(f'sqlite+aiosqlite:///{tmp_path / "collab.db"}')
    yield Documents(database)
    await database.dispose()


@asynccontextmanager
async def hub_over(store: Store, now: int = 0) -> AsyncIterator[Hub]:
    hub = Hub(store, now=lambda: now, linger=0)
    hub.start()
    try:
        yield hub
    finally:
        await hub.drain(seconds=5)


async def write(store: Store, log: TypedLog, name: str = 'doc', after: int = 0) -> None:
    rows = log.rows[after:]
    await store.append([Record(name, row.last_seq, row.author, row.at, row.update) for row in rows])


async def shorten(store: Store, now: int = 0) -> None:
    """Open the document and close it again."""
    async with hub_over(store, now) as hub:
        async with hub.open('doc'):
            pass
        await becomes(lambda: hub.room('doc') is None)


async def texts(store: Store) -> tuple[list[int], list[str]]:
    """The last update of each revision, and the text after it."""
    ends, found = [0], ['']
    document = SharedDocument()
    async for revision in history(store, 'doc'):
        if revision.begins_life:
            document.close()
            document = SharedDocument()
        document.load(revision.update)
        ends.append(max(entry.last_seq for entry in revision.entries))
        found.append(document.text)
    document.close()
    return ends, found


@pytest.mark.parametrize('seed', range(4))
async def test_what_is_old_enough_goes_into_chapters_and_every_revision_is_read_again(
    store: Store, seed: int
) -> None:
    log = TypedLog(seed).type(230)
    await store.create('doc', 'Doc', 1)
    await write(store, log)
    await shorten(store)
    size = await store.log_size('doc')
    assert (size.bound, size.chapters) == (len(log.rows) - size.rows, size.bound // ROWS)
    assert KEPT <= size.rows < KEPT + ROWS
    ends, found = await texts(store)
    assert found == [log.texts[end] for end in ends]
    assert ends[-1] == len(log.rows)
    assert ends[-size.rows :] == list(range(size.bound + 1, len(log.rows) + 1))  # the recent ones one by one
    loaded = rebuild(await store.load('doc'))
    assert equal(loaded, log.document)
    loaded.close()
    wrote = {row.author for row in log.rows}
    assert {entry.author async for revision in history(store, 'doc') for entry in revision.entries} == wrote
    log.close()


async def test_the_text_is_made_of_chapters_when_all_snapshots_are_lost() -> None:
    store = MemoryStore()
    log = TypedLog(7).type(200)
    await store.create('doc', 'Doc', 1)
    await write(store, log)
    await shorten(store)
    assert store.documents['doc'].snapshots
    store.documents['doc'].snapshots.clear()
    stored = await store.load('doc')
    assert len(stored.chapters) > 5
    assert text_of(stored) == log.texts[-1]
    log.type(100)
    await write(store, log, after=len(store.documents['doc'].log))
    await shorten(store)  # upon all chapters before
    assert (await store.log_size('doc')).rows < KEPT + ROWS
    assert (await texts(store))[1][-1] == log.texts[-1]
    log.close()


async def test_edits_of_the_last_day_stay_one_by_one_and_older_ones_do_not(store: Store) -> None:
    log = TypedLog(3).type(45)
    rows = [replace(row, at=1_000 * row.last_seq) for row in log.rows]
    log.rows[:] = rows
    await store.create('doc', 'Doc', 1)
    await write(store, log)
    await shorten(store, DAY + 1_000 * ROWS - 1)
    assert (await store.log_size('doc')).chapters == 0
    await shorten(store, DAY + 1_000 * ROWS)
    assert (await store.log_size('doc')).bound == ROWS
    await shorten(store, DAY * 9)
    assert (await store.log_size('doc')).bound == 2 * ROWS  # fewer make no chapter
    assert (await texts(store))[1][-1] == log.texts[-1]
    log.close()


async def test_many_bytes_are_as_good_a_reason(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chapters, 'BYTES', 10_000)
    monkeypatch.setattr(chapters, 'KEPT_BYTES', 40_000)
    async with hub_over(store) as hub:
        await hub.create('Doc', document_id='doc')
        async with hub.open('doc') as room:
            for n in range(14):
                room.set_text(f'{n:x}' * 6_000)
                await room.saved()
    await shorten(store)
    size = await store.log_size('doc')
    assert 40_000 <= size.row_bytes < 50_000
    assert (size.bound, size.chapters) == (6, 3)
    assert size.chapter_bytes < 1_000
    assert (await texts(store))[1][-9:] == [f'{n:x}' * 6_000 for n in range(5, 14)]


async def test_each_life_has_its_chapters_to_its_end(store: Store) -> None:
    old = TypedLog(1).type(90)
    await store.create('doc', 'Doc', 1)
    await write(store, old)
    epoch = (await store.load('doc')).epoch
    end = len(old.rows)
    whole = SharedDocument()
    whole.set_text('a new beginning')
    await store.begin_life(Record('doc', end + 1, 'python', 5, whole.snapshot(), (), epoch))
    young = TypedLog(2, first_seq=end + 2)
    young.document.load(whole.snapshot())
    young.texts = ['a new beginning']
    young.type(100)
    await write(store, young)
    await shorten(store)
    expected = [*old.texts, *young.texts]
    ends, found = await texts(store)
    assert found == [expected[at] for at in ends]
    assert end in ends
    assert end + 1 in ends or (await store.log_size('doc')).bound > end
    assert text_of(await store.load('doc')) == young.texts[-1]
    for log in (old, young):
        log.close()
    whole.close()


async def test_people_type_on_while_chapters_are_made() -> None:
    """And what they type meanwhile stays as it is."""
    store = MemoryStore()
    async with hub_over(store) as hub:
        await hub.create('Doc', document_id='doc')
        async with hub.open('doc') as room:
            expected = ''
            for n in range(800):
                expected += f'{n} '
                room.insert(len(room.text), f'{n} ')
                await room.saved()
            assert room.text == expected
            await becomes(lambda: not room.tail.lock.locked())
            size = await hub.log_size('doc')
            assert size.chapters > 0  # while it was open
    assert text_of(await store.load('doc')) == expected
    assert (await texts(store))[1][-1] == expected


async def test_whoever_comes_while_a_closing_document_is_made_shorter_types_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = MemoryStore()
    log = TypedLog(5).type(100)
    await store.create('doc', 'Doc', 1)
    await write(store, log)
    reached, go = asyncio.Event(), asyncio.Event()
    bind = store.bind

    async def slow(*arguments: Any) -> None:
        reached.set()
        await go.wait()
        await bind(*arguments)

    monkeypatch.setattr(store, 'bind', slow)
    async with hub_over(store) as hub:
        async with hub.open('doc'):
            pass
        await reached.wait()
        async with hub.open('doc') as room:
            room.insert(0, 'at once: ')
            await room.saved()
            assert (await store.log_size('doc')).chapters == 0
            go.set()
            await becomes(lambda: not room.tail.lock.locked())
        assert (await hub.log_size('doc')).chapters > 0
    assert text_of(await store.load('doc')) == f'at once: {log.texts[-1]}'
    log.close()


async def test_what_the_journal_has_no_answer_for_stays_as_it_is() -> None:
    store = MemoryStore()
    log = TypedLog(5).type(100)
    await store.create('doc', 'Doc', 1)
    async with hub_over(store) as hub, hub.open('doc') as room:
        await write(store, log)  # stored, as far as the store knows
        await chapters.shorten(store, room, DAY * 9, wholly=True)
        assert (await store.log_size('doc')).chapters == 0
        room.tail.grew(len(log.rows), 0)
        await chapters.shorten(store, room, DAY * 9, wholly=True)
        assert (await store.log_size('doc')).chapters == len(log.rows) // ROWS
    log.close()


FAILURES: dict[str, Callable[[pytest.MonkeyPatch, MemoryStore], object]] = {
    'proving': lambda patch, store: patch.setattr(chapters, 'bind', _raise(BrokenDocument('it differs'))),
    'storing': lambda patch, store: patch.setattr(store, 'bind', _raise_later(OSError('the disk is full'))),
    'reading': lambda patch, store: patch.setattr(store, 'rows', _raise_later(DamagedDocument('a row'))),
}


def _raise(error: Exception) -> Callable[..., object]:
    def fail(*_: object) -> object:
        raise error

    return fail


def _raise_later(error: Exception) -> Callable[..., Awaitable[object]]:
    async def fail(*_: object) -> object:
        raise error

    return fail


@pytest.mark.parametrize('fail', FAILURES.values(), ids=FAILURES)
async def test_a_failure_keeps_the_log_as_it_is_and_says_so_once(
    fail: Callable[[pytest.MonkeyPatch, MemoryStore], object],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = MemoryStore()
    log = TypedLog(5).type(100)
    await store.create('doc', 'Doc', 1)
    await write(store, log)
    fail(monkeypatch, store)
    with caplog.at_level(logging.ERROR, 'collab.rooms.chapters'):
        await shorten(store)
    assert [
        line.startswith('No chapter of document doc, its log is as it was: ') for line in caplog.messages
    ] == [True]
    monkeypatch.undo()
    assert (await store.log_size('doc')).chapters == 0
    assert text_of(await store.load('doc')) == log.texts[-1]
    log.close()


@pytest.mark.parametrize('error', [UnknownDocument('doc'), RestoredDocument('doc')])
async def test_a_document_that_is_gone_meanwhile_is_nothing_to_tell(
    error: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store = MemoryStore()
    log = TypedLog(5).type(100)
    await store.create('doc', 'Doc', 1)
    await write(store, log)
    monkeypatch.setattr(store, 'bind', _raise_later(error))
    await shorten(store)
    assert caplog.messages == []
    log.close()


class Stopping:
    """A store that ends with the process after so many steps."""

    def __init__(self, store: Store, steps: int) -> None:
        self._store = store
        self.left = steps

    def __getattr__(self, name: str) -> object:
        real = getattr(self._store, name)

        async def call(*arguments: object) -> object:
            self.left -= 1
            if self.left < 0:
                raise ConnectionError('the process was killed')
            return await real(*arguments)

        return call


async def test_it_goes_on_where_it_was_stopped(store: Store) -> None:
    """Stopped after each step there is: the log is whole, and the next one goes on."""
    log = TypedLog(6).type(160)
    await store.create('doc', 'Doc', 1)
    await write(store, log)
    whole = summarise([row.update for row in log.rows])
    async with hub_over(store) as hub, hub.open('doc') as room:
        for steps in range(30):
            stopping = Stopping(store, steps)
            await chapters.shorten(stopping, room, 0, wholly=True)  # type: ignore[arg-type]
            ends, found = await texts(store)
            assert found == [log.texts[end] for end in ends]
            assert ends[-1] == len(log.rows)
            loaded = rebuild(await store.load('doc'))
            assert loaded.snapshot() == whole
            loaded.close()
        assert stopping.left > 0
    assert (await store.log_size('doc')).rows < KEPT + ROWS
    log.close()


async def test_history_that_is_read_while_chapters_are_made_misses_nothing() -> None:
    store = MemoryStore()
    log = TypedLog(8).type(200)
    await store.create('doc', 'Doc', 1)
    await write(store, log)
    reading = history(store, 'doc')
    first = await anext(reading)
    await shorten(store)
    assert (await store.log_size('doc')).chapters
    rest = [revision async for revision in reading]
    assert [revision.update for revision in [first, *rest]] == [row.update for row in log.rows]
    assert len([revision async for revision in history(store, 'doc')]) < len(log.rows)
    log.close()


async def test_edits_that_cannot_be_merged_stay_one_by_one_in_their_chapters(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    log = TypedLog(9).type(160)
    await store.create('doc', 'Doc', 1)
    await write(store, log)
    monkeypatch.setattr(binding, '_merged', _raise(Ambiguous('it depends')))
    monkeypatch.setattr(binding, 'summarise', _raise(Ambiguous('it depends')))
    await shorten(store)
    assert {line.split(':')[-1] for line in caplog.messages} == {' it depends'}
    size = await store.log_size('doc')
    assert size.rows < KEPT + ROWS
    assert (await store.load('doc')).snapshot is None
    ends, found = await texts(store)
    assert (ends, found) == (list(range(len(log.rows) + 1)), log.texts)
    assert text_of(await store.load('doc')) == log.texts[-1]
    log.close()


async def test_history_of_chapters_only_is_whole() -> None:
    store = MemoryStore()
    log = TypedLog(8)
    log.type(ROWS * 3)
    del log.rows[ROWS * 3 :]
    await store.create('doc', 'Doc', 1)
    await write(store, log)
    await shorten(store, DAY * 9)
    assert (await store.log_size('doc')).rows == 0
    assert (await texts(store))[1][-1] == log.texts[ROWS * 3]
    log.close()


async def test_a_chapter_that_cannot_be_read_is_a_damaged_document() -> None:
    store = MemoryStore()
    await store.create('doc', 'Doc', 1)
    log = TypedLog(8).type(10)
    await write(store, log)
    await store.bind('doc', Chapter(1, 5, 1, b'nonsense'), (await store.load('doc')).epoch)
    with pytest.raises(DamagedDocument, match='the chapter of updates 1 to 5 cannot be read'):
        await texts(store)
    with pytest.raises(DamagedDocument, match='do not fit together'):
        rebuild(await store.load('doc'))
    store.documents['doc'].chapters.clear()
    store.documents['doc'].chapters.append(Chapter(3, 5, 1, b'nonsense'))
    with pytest.raises(DamagedDocument, match='update 1 is missing'):
        await texts(store)
    log.close()


async def test_history_of_another_life_is_not_mixed_in() -> None:
    store = MemoryStore()
    log = TypedLog(8).type(200)
    await store.create('doc', 'Doc', 1)
    await write(store, log)
    await shorten(store)
    reading = history(store, 'doc')
    await anext(reading)
    store.documents['doc'].epoch += 1
    with pytest.raises(RestoredDocument):
        async for _ in reading:
            pass
    log.close()


async def test_a_missing_chapter_is_found() -> None:
    store = MemoryStore()
    log = TypedLog(8).type(100)
    await store.create('doc', 'Doc', 1)
    await write(store, log)
    await shorten(store)
    kept = store.documents['doc']
    rows = await store.rows('doc')

    async def as_before(*_: object) -> object:
        return rows

    store.rows = as_before  # type: ignore[method-assign, assignment]
    kept.chapters.pop()
    with pytest.raises(DamagedDocument, match='is missing'):
        await texts(store)
    log.close()


async def test_an_empty_document_has_no_history(store: Store) -> None:
    async with hub_over(store) as hub:
        await hub.create('Doc', document_id='doc')
        assert [revision async for revision in hub.history('doc')] == []
