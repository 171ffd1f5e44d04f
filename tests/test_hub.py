"""All open documents: opened once, closed when the last one left, and nothing lost in between."""

import asyncio
from collections.abc import Sequence

import pytest

from collab.document.news import News
from collab.document.people import Person
from collab.rooms import hub as hub_module
from collab.rooms import journal, opened, snapshots, tail
from collab.rooms.allowance import Rate
from collab.rooms.hub import DELETED, SMALLEST, Hub
from collab.rooms.paces import TooFast
from collab.rooms.ports import (
    DamagedDocument,
    DocumentExists,
    Record,
    RestoredDocument,
    StoredDocument,
    UnknownDocument,
)
from collab.rooms.room import RESTORED
from collab.rooms.watching import Happening
from tests.support.clock import Clock
from tests.support.rooms import becomes, open_hub, until
from tests.support.store import MemoryStore
from tests.support.tab import Tab


async def test_a_document_is_opened_once_however_many_ask_at_the_same_time() -> None:
    store = MemoryStore()
    async with open_hub(store) as hub:
        await hub.create(document_id='doc')
        rooms = []

        async def visit() -> None:
            async with hub.open('doc') as room:
                rooms.append(room)
                await asyncio.sleep(0)

        await asyncio.gather(*(visit() for _ in range(50)))
        assert len(rooms) == 50
        assert len(set(map(id, rooms))) == 1
        assert store.loads == 1


async def test_the_text_is_there_again_after_everybody_left() -> None:
    store = MemoryStore()
    async with open_hub(store) as hub:
        await hub.create('Notes', document_id='doc')
        async with hub.open('doc') as room:
            ann = Tab(room)
            ann.read()
            ann.type('kept')
            ann.close()
        await until(lambda: hub.room('doc') is None)
        async with hub.open('doc') as room:
            assert room.text == 'kept'
            assert room.title == 'Notes'
        assert store.loads == 2


async def test_who_comes_back_while_it_closes_finds_the_same_room() -> None:
    store = MemoryStore()
    async with open_hub(store) as hub:
        await hub.create(document_id='doc')
        async with hub.open('doc') as first:
            store.hold()
            first.insert(0, 'x')
        for _ in range(10):
            await asyncio.sleep(0)  # closing waits for the commit
        async with hub.open('doc') as second:
            assert second is first
            store.release()
            await second.saved()
            for _ in range(10):
                await asyncio.sleep(0)
            assert hub.room('doc') is second
        await until(lambda: hub.room('doc') is None)


async def test_a_document_stays_open_a_moment_after_the_last_one_left() -> None:
    async with open_hub(linger=60) as hub:
        await hub.create(document_id='doc')
        async with hub.open('doc') as first:
            pass
        for _ in range(10):
            await asyncio.sleep(0)
        async with hub.open('doc') as again:
            assert again is first


async def test_a_document_that_cannot_be_loaded_is_never_shown_as_empty_and_is_tried_again() -> None:
    store = MemoryStore()
    async with open_hub(store) as hub:
        await hub.create(document_id='doc', text='precious')
        await until(lambda: hub.room('doc') is None)
        store.damage('doc')
        for _ in range(2):
            with pytest.raises(DamagedDocument):
                async with hub.open('doc'):
                    pass
        store.damage('doc', '')
        async with hub.open('doc') as room:
            assert room.text == 'precious'


async def test_who_gives_up_waiting_for_a_document_does_not_spoil_it_for_the_others() -> None:
    class SlowStore(MemoryStore):
        async def load(self, document_id: str) -> StoredDocument:
            await self.gate.wait()
            return await super().load(document_id)

    store = SlowStore()
    store.gate = asyncio.Event()  # type: ignore[attr-defined]
    async with open_hub(store) as hub:
        await hub.create(document_id='doc')

        async def visit() -> str:
            async with hub.open('doc') as room:
                return room.id

        hasty, patient = asyncio.create_task(visit()), asyncio.create_task(visit())
        await asyncio.sleep(0)
        hasty.cancel()
        await asyncio.sleep(0)
        assert hub.room('doc') is None
        store.gate.set()  # type: ignore[attr-defined]
        assert await patient == 'doc'
        await until(lambda: hub._open == {})


async def test_who_is_the_only_one_to_ask_and_gives_up_leaves_nothing_open() -> None:
    class SlowStore(MemoryStore):
        async def load(self, document_id: str) -> StoredDocument:
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            return await super().load(document_id)

    async with open_hub(SlowStore()) as hub:
        await hub.create(document_id='doc')

        async def visit() -> None:
            async with hub.open('doc'):
                pass

        hasty = asyncio.create_task(visit())
        await asyncio.sleep(0)
        hasty.cancel()
        await until(lambda: hub._open == {})


async def test_a_document_deleted_while_it_closes_is_closed_only_once() -> None:
    store = MemoryStore()
    async with open_hub(store) as hub:
        await hub.create(document_id='doc')
        async with hub.open('doc') as room:
            store.hold()
            room.insert(0, 'x')
        await asyncio.sleep(0)
        deleting = asyncio.create_task(hub.delete('doc'))
        await asyncio.sleep(0)
        store.release()
        await deleting
        await until(lambda: not any(task.get_name() == 'close doc' for task in asyncio.all_tasks()))
        assert hub._open == {}


async def test_an_unknown_document_is_a_clear_error() -> None:
    async with open_hub() as hub:
        for attempt in (hub.describe('no'), hub.rename('no', 'x'), hub.delete('no'), hub.restore('no')):
            with pytest.raises(UnknownDocument, match="no document with the id 'no'"):
                await attempt
        with pytest.raises(UnknownDocument):
            async with hub.open('no'):
                pass


@pytest.mark.parametrize('bad', ['', '-x', 'Upper', 'a' * 64, 'ümlaut', 'a b', '../x'])
async def test_a_chosen_id_follows_the_rule(bad: str) -> None:
    async with open_hub() as hub:
        with pytest.raises(ValueError, match='small letters'):
            await hub.create(document_id=bad)


async def test_ids_are_random_or_taken_once() -> None:
    async with open_hub() as hub:
        one, two = await hub.create(' A\n title\x00 '), await hub.create()
        assert one.id != two.id
        assert len(one.id) >= 22
        assert (one.title, two.title) == ('A title', 'Untitled')
        await hub.create(document_id='mine')
        with pytest.raises(DocumentExists, match='already'):
            await hub.create(document_id='mine')


async def test_a_text_beyond_the_limit_is_refused_before_anything_is_made() -> None:
    async with open_hub(limit=5) as hub:
        with pytest.raises(ValueError, match='at most 5 bytes'):
            await hub.create(document_id='doc', text='ümläut')
        assert list(await hub.list()) == []


async def test_nobody_makes_more_documents_than_people_make(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(hub_module, 'MAKING', Rate(SMALLEST, 3 * SMALLEST))
    monkeypatch.setattr(hub_module, 'TOGETHER', Rate(SMALLEST, 5 * SMALLEST))
    async with open_hub(MemoryStore(), clock=clock) as hub:
        first = await hub.create('First', text='words', author='ann')
        await hub.rename(first.id, 'The first', 'ann')
        for again in (
            hub.create(text='x' * 3 * SMALLEST, author='ann'),
            hub.duplicate(first.id, 'Copy', 'ann'),
        ):
            with pytest.raises(TooFast, match='Wait'):
                await again
        assert await hub.count() == 1
        for number in range(4):
            await hub.create(author=f'bot {number}')
        with pytest.raises(TooFast):
            await hub.create(author='one more')
        clock.now += 10.0
        await hub.duplicate(first.id, 'Copy', 'ann')


async def test_what_makes_nothing_keeps_nobody_else_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, 'TOGETHER', Rate(SMALLEST, 2 * SMALLEST))
    async with open_hub(MemoryStore(), clock=Clock()) as hub:
        await hub.create(document_id='taken')
        for number in range(9):
            with pytest.raises(DocumentExists):
                await hub.create(document_id='taken', text='x' * SMALLEST, author=f'bot {number}')
        await hub.create(author='ann')


async def test_a_copy_counts_with_its_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, 'MAKING', Rate(1, 900))
    async with open_hub(MemoryStore(), clock=Clock()) as hub:
        await hub._store.create('doc', 'Doc', 1)
        with pytest.raises(TooFast):  # 1,000 bytes of them, as this store says
            await hub.duplicate('doc', 'Copy', 'ann')


async def test_nobody_names_a_document_anew_all_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, 'NAMES', Rate(1, 2))
    async with open_hub(MemoryStore(), clock=Clock()) as hub:
        info = await hub.create(author='ann')
        for title in ('One', 'Two'):
            await hub.rename(info.id, title, 'ann')
        with pytest.raises(TooFast):
            await hub.rename(info.id, 'Three', 'ann')
        assert (await hub.rename(info.id, 'Four', 'bob')).title == 'Four'


async def test_a_new_title_is_seen_by_everybody_at_once() -> None:
    async with open_hub() as hub:
        heard: list[Happening] = []
        hub.watch(heard.append)
        await hub.create('Old', document_id='doc')
        async with hub.open('doc') as room:
            await hub.rename('doc', 'New')
            assert room.title == 'New'
        assert (await hub.describe('doc')).title == 'New'
        assert heard == [Happening.TITLE] * 3


async def test_a_language_is_known_everywhere_and_goes_with_a_copy() -> None:
    async with open_hub() as hub:
        await hub.create('Script', document_id='doc', text='x = 1')
        async with hub.open('doc') as room:
            heard: list[Happening] = []
            room.watch(heard.append)
            await hub.set_language('doc', 'Python')
            assert (room.language, heard) == ('Python', [Happening.LANGUAGE])
        copy = await hub.duplicate('doc', 'Copy of Script')
        assert copy.language == (await hub.describe(copy.id)).language == 'Python'
        await hub.set_language(copy.id, '')  # nobody is in it
        with pytest.raises(ValueError, match='at most 40'):
            await hub.set_language('doc', 'P' * 41)


async def test_a_copy_has_the_pictures_and_needs_the_original_no_more() -> None:
    store = MemoryStore()
    async with open_hub(store) as hub:
        await hub.create(
            'Doc', document_id='doc', text='![a](/d/doc/images/a.png) ![b](/d/other/images/b.png)'
        )
        copy = await hub.duplicate('doc', 'Copy')
        assert store.copied == [('doc', copy.id)]
        async with hub.open(copy.id) as room:
            assert room.text == f'![a](/d/{copy.id}/images/a.png) ![b](/d/other/images/b.png)'


async def test_a_deleted_document_ends_for_everybody_and_can_be_taken_back_whole() -> None:
    async with open_hub() as hub:
        await hub.create(document_id='doc')
        async with hub.open('doc') as room:
            ann = Tab(room)
            ann.read()
            ann.type('everything')
            await hub.delete('doc')
            ann.read()
            assert ann.refused is not None
            assert ann.refused[0] == 'gone'
            with pytest.raises(UnknownDocument):
                async with hub.open('doc'):
                    pass
            await hub.restore('doc')
            async with hub.open('doc') as again:
                assert again is not room
                assert again.text == 'everything'
        await until(lambda: hub._open == {})
        await hub.delete('doc')
        assert list(await hub.list()) == []


async def test_a_document_deleted_while_it_opens_is_closed_for_who_came_in() -> None:
    class SlowStore(MemoryStore):
        gate: asyncio.Event | None = None

        async def load(self, document_id: str) -> StoredDocument:
            stored = await super().load(document_id)
            if self.gate is not None:
                await self.gate.wait()
            return stored

    store = SlowStore()
    async with open_hub(store) as hub:
        await hub.create(document_id='doc')
        store.gate = asyncio.Event()

        async def visit() -> tuple[str, str] | None:
            async with hub.open('doc') as room:
                await until(lambda: room.closed)
                return room.closed

        visiting = asyncio.create_task(visit())
        await asyncio.sleep(0)
        deleting = asyncio.create_task(hub.delete('doc'))
        await asyncio.sleep(0)
        store.gate.set()
        assert await visiting == DELETED
        await deleting


async def test_a_document_taken_back_while_its_last_edits_are_on_their_way_keeps_them() -> None:
    store = MemoryStore()
    async with open_hub(store) as hub:
        await hub.create(document_id='doc')
        async with hub.open('doc') as room:
            store.hold()
            room.insert(0, 'last words ')
            deleting = asyncio.create_task(hub.delete('doc'))
            await until(lambda: room.closed)
            await hub.restore('doc')

            async def visit() -> str:
                async with hub.open('doc') as again:
                    again.insert(len(again.text), 'first words')
                    await again.saved()
                    return again.text

            visiting = asyncio.create_task(visit())
            for _ in range(10):
                await asyncio.sleep(0)
            store.release()
            await deleting
            assert await visiting == 'last words first words'
        assert len(store.documents['doc'].log) == 2


async def test_a_log_that_does_not_fit_together_is_called_damaged() -> None:
    store = MemoryStore()
    async with open_hub(store) as hub:
        await hub.create(document_id='doc', text='x')
        await until(lambda: hub.room('doc') is None)
        gap = b'\x01\x01\x07\x05\x04\x01\x07content\x01x\x00'
        store.documents['doc'].log.append(Record('doc', 2, 'x', 1, gap))
        with pytest.raises(DamagedDocument, match='do not fit together'):
            async with hub.open('doc'):
                pass


async def test_the_text_of_a_stored_document_is_read_without_opening_it() -> None:
    store = MemoryStore()
    async with open_hub(store) as hub:
        await hub.create(document_id='doc', text='Zoë 🙂')
        await until(lambda: hub.room('doc') is None)
        assert snapshots.text_of(await store.load('doc')) == 'Zoë 🙂'
        store.documents['doc'].log.append(Record('doc', 2, 'x', 1, b'\x01'))
        with pytest.raises(DamagedDocument, match='do not fit together'):
            snapshots.text_of(await store.load('doc'))
        assert hub.room('doc') is None


async def test_half_a_character_is_refused_before_anything_is_made() -> None:
    async with open_hub() as hub:
        with pytest.raises(ValueError, match='half a character'):
            await hub.create(document_id='doc', text='a\ud800')
        assert list(await hub.list()) == []


async def test_a_failed_rebuild_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore()
    async with open_hub(store) as hub:
        await hub.create(document_id='doc', text='x')
        await until(lambda: hub.room('doc') is None)
        disposed: list[str] = []
        async with hub.open('doc') as room:
            monkeypatch.setattr(room, 'dispose', lambda: disposed.append(room.id))

            async def fail(_document_id: str) -> StoredDocument:
                raise OSError('no answer')

            monkeypatch.setattr(store, 'load', fail)
            hub.healing.rebuild(room)
            await until(lambda: room.closed)
        await until(lambda: disposed == ['doc'])


async def test_people_are_counted_per_document_and_renamed_everywhere() -> None:
    async with open_hub() as hub:
        await hub.create(document_id='one')
        await hub.create(document_id='two')
        async with hub.open('one') as one, hub.open('two') as two:
            Tab(one, 'ann'), Tab(two, 'ann')
            assert [person.id for person in hub.people('one')] == ['ann']
            hub.rename_person(Person('ann', 'Anna', '#1a4fc4'))
            assert [person.name for room in (one, two) for person in room.people()] == ['Anna', 'Anna']
        assert list(hub.people('nowhere')) == []


async def test_a_long_log_is_summed_up_while_people_type_and_opens_from_the_snapshot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tail, 'ROWS', 20)
    store = MemoryStore()
    async with open_hub(store) as hub:
        await hub.create(document_id='doc')
        async with hub.open('doc') as room:
            for i in range(45):
                room.insert(i, 'x')
                await room.saved()
            await becomes(lambda: store.documents['doc'].snapshots)
        await becomes(lambda: hub.room('doc') is None)
        assert max(store.documents['doc'].snapshots) >= 20
        assert len(store.documents['doc'].log) == 45
        async with hub.open('doc') as room:
            assert room.text == 'x' * 45
            assert room.tail.end == 45


async def test_a_document_is_summed_up_when_it_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore()
    async with open_hub(store) as hub:
        await hub.create(document_id='doc')
        async with hub.open('doc') as room:
            room.insert(0, 'hello')
            await room.saved()
            monkeypatch.setattr(opened, 'is_due', lambda room: True)
        await becomes(lambda: hub.room('doc') is None)
        assert list(store.documents['doc'].snapshots) == [1]


async def test_a_document_with_much_in_few_edits_is_summed_up_when_it_closes() -> None:
    store = MemoryStore()
    async with open_hub(store) as hub:
        await hub.create(document_id='doc')
        snapshots_then = []
        for size in (100, tail.LAST_BYTES, 1_000, 1_000):
            async with hub.open('doc') as room:
                room.insert(0, 'x' * size)
                await room.saved()
            await becomes(lambda: hub.room('doc') is None)
            snapshots_then.append(list(store.documents['doc'].snapshots))
        assert snapshots_then == [[], [2], [2], [2]]


async def test_a_document_that_closes_while_it_is_summed_up_leaves_no_long_log_behind_the_snapshot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class SlowStore(MemoryStore):
        slow: asyncio.Event | None = None

        async def load(self, document_id: str) -> StoredDocument:
            stored = await super().load(document_id)
            if self.slow is not None:
                await self.slow.wait()
            return stored

    monkeypatch.setattr(tail, 'ROWS', 20)
    store = SlowStore()
    async with open_hub(store) as hub:
        await hub.create(document_id='doc')
        async with hub.open('doc') as room:
            store.slow = asyncio.Event()
            for i in range(60):
                room.insert(i, 'x')
                await room.saved()
            assert room.tail.lock.locked()
        for _ in range(10):
            await asyncio.sleep(0)
        store.slow.set()
        await becomes(lambda: hub.room('doc') is None)
        assert 60 - max(store.documents['doc'].snapshots) < 20


async def test_a_snapshot_that_fails_costs_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: object) -> None:
        raise OSError('disk full')

    store = MemoryStore()
    async with open_hub(store) as hub:
        await hub.create(document_id='doc')
        async with hub.open('doc') as room:
            monkeypatch.setattr(store, 'compact', fail)
            room.insert(0, 'x')
            await room.saved()
            await snapshots.sum_up(store, room)
            assert 'its log is untouched' in caplog.text
            room.insert(1, 'y')
            assert room.text == 'xy'


async def test_a_snapshot_that_fails_is_not_tried_again_at_every_key(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise OSError('disk full')

    monkeypatch.setattr(tail, 'ROWS', 20)
    store = MemoryStore()
    async with open_hub(store) as hub:
        await hub.create(document_id='doc')
        monkeypatch.setattr(store, 'compact', fail)
        async with hub.open('doc') as room:
            loads = store.loads
            for i in range(100):
                room.insert(i, 'x')
                await room.saved()
                await becomes(lambda: not room.tail.lock.locked())
            assert 1 <= store.loads - loads <= 5


async def test_a_log_long_in_bytes_is_summed_up_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, 'BYTES', 10_000)
    store = MemoryStore()
    async with open_hub(store) as hub:
        await hub.create(document_id='doc')
        async with hub.open('doc') as room:
            for i in range(25):
                room.set_text(f'{i}' * 1000)
                await room.saved()
            await becomes(lambda: store.documents['doc'].snapshots)


async def test_everything_typed_before_the_server_stops_is_stored() -> None:
    store = MemoryStore()
    hub = Hub(store)
    hub.start()
    await hub.create(document_id='doc')
    async with hub.open('doc') as room:
        ann = Tab(room)
        ann.read()
        ann.type('the last word')
        assert await hub.drain()
    assert len(store.documents['doc'].log) == 1


async def test_a_server_that_stops_while_documents_open_and_close_leaves_no_task() -> None:
    hub = Hub(MemoryStore(), linger=60)
    hub.start()
    await hub.create(document_id='doc', text='x')
    assert await hub.drain()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_store_that_hangs_does_not_keep_the_server_from_stopping(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = MemoryStore()
    hub = Hub(store)
    hub.start()
    await hub.create(document_id='doc')
    async with hub.open('doc') as room:
        store.hold()
        room.insert(0, 'x')
        assert not await hub.drain(seconds=0.05)
    assert 'did not take the last edits of 1 documents' in caplog.text


async def test_trouble_of_the_store_is_told_and_everything_is_stored_when_it_is_over(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(journal, 'FIRST_WAIT', 0.001)
    store = MemoryStore()
    async with open_hub(store) as hub:
        await hub.create(document_id='doc')
        async with hub.open('doc') as room:
            ann = Tab(room)
            ann.read()
            troubles = []
            store.fail_next(OSError('disk full'), times=3)
            monkeypatch.setattr(room.company, 'trouble', troubles.append)
            ann.type('a')
            ann.type('b')
            await room.saved()
            ann.read()
            assert troubles == [True, False]
            assert [record.seq for record in store.documents['doc'].log] == [1]
            assert ann.all_saved()
            assert 'disk full' in caplog.text


async def test_a_tab_hears_of_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_hub() as hub:
        await hub.create(document_id='doc')
        async with hub.open('doc') as room:
            ann, program = Tab(room), Tab(room, 'program')
            ann.read(), program.read()
            assert program.peer is not None
            program.peer.tells_saved = False
            room.company.trouble(True)
            assert (ann.read(), program.read()) == (1, 0)
            assert ann.trouble


async def test_an_answer_that_was_lost_does_not_store_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, 'FIRST_WAIT', 0.001)
    store = MemoryStore()
    async with open_hub(store) as hub:
        await hub.create(document_id='doc')
        async with hub.open('doc') as room:
            store.fail_next(TimeoutError('no answer'), stored=True)
            room.insert(0, 'once')
            await room.saved()
        assert len(store.documents['doc'].log) == 1


async def test_a_room_that_cannot_show_what_is_stored_does_not_stop_the_journal(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_hub() as hub:
        await hub.create(document_id='one')
        await hub.create(document_id='two')
        async with hub.open('one') as one, hub.open('two') as two:

            def fail(_records: object) -> None:
                raise RuntimeError('no')

            monkeypatch.setattr(one, 'committed', fail)
            one.insert(0, 'x')
            two.insert(0, 'y')
            await two.saved()
            assert 'could not show' in caplog.text


async def test_a_document_that_cannot_be_built_again_is_closed_with_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = MemoryStore()
    async with open_hub(store) as hub:
        await hub.create(document_id='doc', text='x')
        async with hub.open('doc') as room:
            ann = Tab(room)
            ann.read()
            store.damage('doc')
            hub.healing.rebuild(room)
            await until(lambda: room.closed)
            ann.read()
            assert ann.refused is not None
            assert ann.refused[0] == 'damaged'


async def test_a_record_for_a_document_that_vanished_ends_only_that_document() -> None:
    store = MemoryStore()
    async with open_hub(store) as hub:
        await hub.create(document_id='doc')
        async with hub.open('doc') as room:
            del store.documents['doc']
            room.insert(0, 'x')
            with pytest.raises(UnknownDocument):
                await room.saved()
            assert room.closed
            room.record(News(b'\x00\x00', ()), 'x', None)
            await hub.ready()


async def test_a_restored_document_is_closed_for_who_types_and_who_only_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(opened, 'LOOK_EVERY', 0.001)
    store = MemoryStore()
    async with open_hub(store) as hub:
        for name in ('typed', 'read', 'other'):
            await hub.create(name, document_id=name, text='old')
        async with hub.open('typed') as typed, hub.open('read') as read, hub.open('other') as other:
            tabs = [Tab(room) for room in (typed, read, other)]
            for tab in tabs:
                await until(lambda tab=tab: tab.read() or tab.synced)  # type: ignore[misc]
            store.documents['typed'].epoch += 1
            tabs[0].type('lost otherwise')
            with pytest.raises(RestoredDocument):
                await typed.saved()
            store.documents['read'].epoch += 1
            await becomes(lambda: read.closed)
            for tab in tabs:
                tab.read()
            assert [tab.refused and tab.refused[0] for tab in tabs] == ['restored', 'restored', None]
            assert 'Reload' in RESTORED[1]
            tabs[2].type('!')
            await other.saved()
        assert len(store.documents['typed'].log) == 1
        async with hub.open('typed') as again:
            assert (again.text, again.epoch) == ('old', typed.epoch + 1)
            again.insert(3, ' and new')
            await again.saved()


async def test_a_store_that_does_not_answer_closes_nobodys_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened, 'LOOK_EVERY', 0.001)
    store = MemoryStore()
    looks = []

    async def fail(names: list[str]) -> dict[str, int]:
        looks.append(names)
        raise OSError('gone')

    monkeypatch.setattr(store, 'epochs', fail)
    async with open_hub(store) as hub:
        await hub.create('Doc', document_id='doc')
        async with hub.open('doc') as room:
            await becomes(lambda: len(looks) > 2)
            assert room.closed is None


async def test_a_snapshot_of_the_old_life_is_not_kept_in_the_new_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = MemoryStore()
    async with open_hub(store) as hub:
        await hub.create('Doc', document_id='doc', text='old')
        async with hub.open('doc') as room:
            summarise = snapshots.summarise

            def slow(updates: Sequence[bytes]) -> bytes:
                store.documents['doc'].epoch += 1
                return summarise(updates)

            monkeypatch.setattr(snapshots, 'summarise', slow)
            await snapshots.sum_up(store, room)
            assert store.documents['doc'].snapshots == {}


async def test_who_comes_while_the_store_fails_hears_of_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, 'FIRST_WAIT', 0.001)
    store = MemoryStore()
    async with open_hub(store) as hub:
        await hub.create(document_id='doc')
        async with hub.open('doc') as room:
            store.fail_next(OSError('disk full'), times=8)
            room.insert(0, 'x')
            await until(lambda: hub.journal.failing)
            ann = Tab(room)
            ann.read()
            assert ann.trouble
            await room.saved()
            ann.read()
            assert not ann.trouble
            assert ann.text == 'x'
