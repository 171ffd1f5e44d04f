"""What every store promises, as tests that each implementation runs against itself."""

import asyncio
from dataclasses import replace

import pytest

from collab.rooms.ports import (
    DamagedDocument,
    DeletedDocument,
    DocumentExists,
    DocumentInfo,
    Record,
    RestoredDocument,
    Store,
    UnknownDocument,
)


def records(document_id: str, *updates: bytes, after: int = 0, author: str = 'ada') -> list[Record]:
    """Records that continue the log of a document after update `after`, one each second."""
    return [
        Record(document_id, seq, author, 1000 * seq, update) for seq, update in enumerate(updates, after + 1)
    ]


class StoreContract:
    """Subclass it as `Test...` with a fixture `store` that gives an empty store."""

    async def test_a_new_document_is_listed_and_empty(self, store: Store) -> None:
        made = await store.create('plan', 'Our plan', 5)
        assert made == DocumentInfo('plan', 'Our plan', created_at=5, changed_at=5)
        assert await store.describe('plan') == made
        assert list(await store.list()) == [made]
        loaded = await store.load('plan')
        assert (loaded.info, loaded.seq) == (made, 0)
        assert (loaded.snapshot, loaded.snapshot_seq, loaded.tail, loaded.owners) == (None, 0, (), {})

    async def test_no_two_documents_share_an_epoch(self, store: Store) -> None:
        for name in ('one', 'two'):
            await store.create(name, name, 5)
        epochs = [(await store.load(name)).epoch for name in ('one', 'two', 'one')]
        assert epochs[0] == epochs[2] != epochs[1]

    async def test_an_id_is_given_once_even_when_its_document_lies_in_the_trash(self, store: Store) -> None:
        await store.create('plan', 'Our plan', 5)
        with pytest.raises(DocumentExists):
            await store.create('plan', 'Another', 6)
        await store.delete('plan', 7)
        with pytest.raises(DocumentExists):
            await store.create('plan', 'Another', 8)
        assert (await store.restore('plan')).title == 'Our plan'

    async def test_an_unknown_document_is_unknown_to_every_method(self, store: Store) -> None:
        for attempt in (
            store.describe('none'),
            store.rename('none', 'A name', 1),
            store.set_language('none', 'Python'),
            store.delete('none', 1),
            store.restore('none'),
            store.load('none'),
            store.append(records('none', b'a')),
            store.compact('none', 1, b'state'),
            store.begin_life(Record('none', 1, 'python', 1, b'all', (), 1)),
        ):
            with pytest.raises(UnknownDocument) as unknown:
                await attempt
            assert unknown.type is UnknownDocument

    async def test_the_list_begins_with_what_changed_last(self, store: Store) -> None:
        for at, name in enumerate(['first', 'second', 'third'], 1):
            await store.create(name, name, at)
        await store.append(records('first', b'a'))
        await store.rename('second', 'Renamed', 500)
        assert [info.id for info in await store.list()] == ['first', 'second', 'third']
        assert [info.changed_at for info in await store.list()] == [1000, 500, 3]

    async def test_a_new_title_is_seen_everywhere(self, store: Store) -> None:
        await store.create('plan', 'Our plan', 5)
        renamed = await store.rename('plan', 'Zoë und ein 🙂 plan', 9)
        assert renamed == DocumentInfo('plan', 'Zoë und ein 🙂 plan', created_at=5, changed_at=9)
        assert await store.describe('plan') == (await store.load('plan')).info == renamed

    async def test_a_language_is_kept_and_is_no_change_of_the_document(self, store: Store) -> None:
        made = await store.create('plan', 'Our plan', 5)
        assert made.language == 'Markdown'
        await store.set_language('plan', 'Python')
        assert await store.describe('plan') == replace(made, language='Python')
        assert (await store.load('plan')).info.language == 'Python'
        await store.set_language('plan', '')
        assert (await store.list())[0].language == ''

    async def test_a_deleted_document_comes_back_with_all_its_text(self, store: Store) -> None:
        await store.create('plan', 'Our plan', 5)
        await store.append(records('plan', b'one', b'two'))
        before = await store.load('plan')
        await store.delete('plan', 9)
        assert list(await store.list()) == []
        for attempt in (store.describe('plan'), store.load('plan'), store.rename('plan', 'Other', 9)):
            with pytest.raises(DeletedDocument):
                await attempt
        with pytest.raises(UnknownDocument):
            await store.delete('plan', 9)
        assert await store.restore('plan') == before.info
        assert await store.load('plan') == before
        assert await store.restore('plan') == before.info  # a second click changes nothing

    async def test_what_was_typed_while_it_was_deleted_is_kept(self, store: Store) -> None:
        await store.create('plan', 'Our plan', 5)
        await store.delete('plan', 6)
        await store.append(records('plan', b'last words'))
        await store.compact('plan', 1, b'state')
        await store.restore('plan')
        assert (await store.load('plan')).seq == 1

    async def test_updates_come_back_in_order_byte_for_byte(self, store: Store) -> None:
        await store.create('plan', 'Our plan', 5)
        updates = [b'', b'\0', bytes(range(256)), b'x' * 300_000]
        await store.append(records('plan', *updates[:1]))
        await store.append(records('plan', *updates[1:], after=1))
        loaded = await store.load('plan')
        assert loaded.tail == tuple(updates)
        assert loaded.seq == 4

    async def test_an_append_of_nothing_is_nothing(self, store: Store) -> None:
        await store.append([])

    async def test_many_documents_share_a_commit(self, store: Store) -> None:
        for name in ('a', 'b', 'c'):
            await store.create(name, name, 1)
        mixed = zip(*(records(name, b'1', b'2', b'3') for name in ('a', 'b', 'c')), strict=True)
        await store.append([record for turn in mixed for record in turn])
        for name in ('a', 'b', 'c'):
            assert (await store.load(name)).tail == (b'1', b'2', b'3')

    @pytest.mark.parametrize(
        'wrong', [records('none', b'x'), records('b', b'x', after=7), records('b', b'other')]
    )
    async def test_a_commit_of_many_documents_is_all_or_nothing(
        self, store: Store, wrong: list[Record]
    ) -> None:
        for name in ('a', 'b', 'c'):
            await store.create(name, name, 1)
        await store.append(records('b', b'first'))
        before = [await store.load(name) for name in ('a', 'b', 'c')]
        with pytest.raises((UnknownDocument, DamagedDocument)):
            await store.append([*records('a', b'x', b'y'), *wrong, *records('c', b'z')])
        assert [await store.load(name) for name in ('a', 'b', 'c')] == before
        await store.append(records('c', b'z'))
        assert (await store.load('c')).tail == (b'z',)

    async def test_a_retry_after_a_lost_answer_stores_once(self, store: Store) -> None:
        await store.create('plan', 'Our plan', 5)
        sent = records('plan', b'one', b'two')
        await store.append(sent)
        await store.append(sent)
        await store.append([*sent, *records('plan', b'three', after=2)])
        await store.append(sent[1:])
        assert (await store.load('plan')).tail == (b'one', b'two', b'three')

    async def test_the_same_record_twice_in_a_commit_is_stored_once(self, store: Store) -> None:
        await store.create('plan', 'Our plan', 5)
        await store.append(records('plan', b'one') * 2)
        assert (await store.load('plan')).tail == (b'one',)

    @pytest.mark.parametrize(
        'other', [Record('plan', 1, 'ada', 1000, b'eno'), Record('plan', 1, 'bob', 1000, b'one')]
    )
    async def test_another_record_under_a_taken_number_is_refused(self, store: Store, other: Record) -> None:
        await store.create('plan', 'Our plan', 5)
        await store.append(records('plan', b'one'))
        with pytest.raises(DamagedDocument, match=r'plan: update 1 '):
            await store.append([other])
        assert (await store.load('plan')).tail == (b'one',)

    async def test_a_log_has_no_holes(self, store: Store) -> None:
        await store.create('plan', 'Our plan', 5)
        with pytest.raises(DamagedDocument, match=r'plan: update 2 '):
            await store.append(records('plan', b'two', after=1))
        assert (await store.load('plan')).seq == 0

    async def test_a_client_id_belongs_to_whoever_wrote_with_it_first(self, store: Store) -> None:
        await store.create('plan', 'Our plan', 5)
        largest = 2**53 - 1
        await store.append(
            [Record('plan', 1, 'ada', 1, b'a', (7, largest)), Record('plan', 2, 'bob', 2, b'b', (8,))]
        )
        await store.append(
            [Record('plan', 3, 'eve', 3, b'c', (7, 9)), Record('plan', 4, 'ada', 4, b'd', (7,))]
        )
        assert (await store.load('plan')).owners == {7: 'ada', largest: 'ada', 8: 'bob', 9: 'eve'}

    async def test_a_snapshot_shortens_the_tail(self, store: Store) -> None:
        await store.create('plan', 'Our plan', 5)
        await store.append(records('plan', b'1', b'2', b'3'))
        await store.compact('plan', 2, b'state of 2')
        loaded = await store.load('plan')
        assert (loaded.snapshot, loaded.snapshot_seq, loaded.tail, loaded.seq) == (
            b'state of 2',
            2,
            (b'3',),
            3,
        )
        await store.compact('plan', 3, b'state of 3')
        await store.compact('plan', 3, b'state of 3 again')
        loaded = await store.load('plan')
        assert (loaded.snapshot, loaded.snapshot_seq, loaded.tail, loaded.seq) == (
            b'state of 3 again',
            3,
            (),
            3,
        )
        assert loaded.info.changed_at == 3000  # a snapshot is no change

    @pytest.mark.parametrize('seq', [-1, 0, 2])
    async def test_a_snapshot_never_runs_ahead_of_the_log(self, store: Store, seq: int) -> None:
        await store.create('plan', 'Our plan', 5)
        await store.append(records('plan', b'1'))
        with pytest.raises(ValueError, match=f'after update {seq}'):
            await store.compact('plan', seq, b'state')
        assert (await store.load('plan')).snapshot is None

    async def test_appends_at_the_same_time_all_arrive(self, store: Store) -> None:
        for name in ('a', 'b', 'c', 'd'):
            await store.create(name, name, 1)
        await asyncio.gather(
            *(
                store.append(records(name, b'%d' % n, after=n))
                for n in range(10)
                for name in ('a', 'b', 'c', 'd')
            )
        )
        for name in ('a', 'b', 'c', 'd'):
            assert (await store.load(name)).tail == tuple(b'%d' % n for n in range(10))

    async def test_an_update_of_another_life_is_not_taken_among_others(self, store: Store) -> None:
        await store.create('plan', 'Our plan', 5)
        epoch = (await store.load('plan')).epoch
        one, two = records('plan', b'one', b'two')
        with pytest.raises(RestoredDocument):
            await store.append([replace(one, epoch=epoch), replace(two, epoch=epoch + 1)])
        assert (await store.load('plan')).seq == 0

    async def test_what_belongs_to_another_life_of_a_document_is_not_taken(self, store: Store) -> None:
        for name in ('plan', 'other'):
            await store.create(name, name, 5)
        old = (await store.load('plan')).epoch + 1
        with pytest.raises(RestoredDocument, match="'plan' was restored"):
            await store.append([*records('other', b'one'), replace(records('plan', b'one')[0], epoch=old)])
        await store.append([*records('plan', b'one')])
        with pytest.raises(RestoredDocument):
            await store.compact('plan', 1, b'state', old)
        assert [(await store.load(name)).tail for name in ('plan', 'other')] == [(b'one',), ()]
        await store.compact('plan', 1, b'state', old - 1)
        assert (await store.load('plan')).snapshot == b'state'
        assert await store.epochs(['plan', 'none']) == {'plan': old - 1}

    async def test_a_new_life_begins_with_one_update_and_the_old_one_stays_in_the_log(
        self, store: Store
    ) -> None:
        await store.create('plan', 'Our plan', 5)
        await store.append([Record('plan', 1, 'ada', 1, b'a', (7,)), Record('plan', 2, 'bob', 2, b'b', (8,))])
        await store.compact('plan', 2, b'old state')
        old = (await store.load('plan')).epoch
        await store.begin_life(Record('plan', 3, 'python', 3, b'all', (9,), old))
        young = await store.load('plan')
        assert young.epoch != old
        assert (young.seq, young.snapshot, young.snapshot_seq, young.tail) == (3, None, 2, (b'all',))
        assert (young.owners, young.retired) == ({9: 'python'}, {7, 8})
        await store.append([Record('plan', 4, 'eve', 4, b'd', (7, 10), young.epoch)])
        loaded = await store.load('plan')
        assert (loaded.seq, loaded.tail) == (4, (b'all', b'd'))
        assert (loaded.owners, loaded.retired) == ({9: 'python', 10: 'eve'}, {7, 8})
        await store.compact('plan', 4, b'state', young.epoch)
        loaded = await store.load('plan')
        assert (loaded.snapshot, loaded.snapshot_seq, loaded.tail) == (b'state', 4, ())
        await store.begin_life(Record('plan', 5, 'python', 5, b'again', (11,), young.epoch))
        oldest = await store.load('plan')
        assert (oldest.tail, oldest.owners, oldest.retired) == ((b'again',), {11: 'python'}, {7, 8, 9, 10})

    async def test_a_new_life_begins_only_where_the_old_one_was_known_to_end(self, store: Store) -> None:
        await store.create('plan', 'Our plan', 5)
        await store.append(records('plan', b'a', b'b'))
        before = await store.load('plan')
        for seq in (1, 2, 4):
            with pytest.raises(DamagedDocument):
                await store.begin_life(Record('plan', seq, 'python', 3, b'all', (9,), before.epoch))
        for epoch in (None, before.epoch + 1):
            with pytest.raises(RestoredDocument):
                await store.begin_life(Record('plan', 3, 'python', 3, b'all', (9,), epoch))
        assert await store.load('plan') == before
        whole = Record('plan', 3, 'python', 3, b'all', (9,), before.epoch)
        await store.begin_life(whole)
        with pytest.raises(RestoredDocument):
            await store.begin_life(whole)
        with pytest.raises(RestoredDocument):
            await store.append([Record('plan', 4, 'ada', 4, b'late', (7,), before.epoch)])
        assert (await store.load('plan')).tail == (b'all',)

    async def test_it_answers_a_ping(self, store: Store) -> None:
        await store.ping()
