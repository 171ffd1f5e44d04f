"""What every store promises of chapters, as tests that each implementation runs against itself."""

from dataclasses import replace

import pytest

from collab.rooms.ports import (
    Chapter,
    DamagedDocument,
    LogRow,
    LogSize,
    Record,
    RestoredDocument,
    Store,
    UnknownDocument,
)
from tests.support.store_contract import records


def chapter(first: int, last: int, content: bytes = b'', *, begins: bool = False) -> Chapter:
    """A chapter of updates as `records` makes them."""
    return Chapter(first, last, 1000 * last, content or b'%d to %d' % (first, last), begins)


class ChaptersContract:
    """Subclass it as `Test...` with a fixture `store` that gives an empty store."""

    @pytest.fixture
    async def epoch(self, store: Store) -> int:
        """That of a document of nine updates."""
        await store.create('plan', 'Our plan', 5)
        await store.append(records('plan', *(b'%d' % n for n in range(1, 10))))
        return (await store.load('plan')).epoch

    async def test_a_chapter_stands_in_place_of_its_updates(self, store: Store, epoch: int) -> None:
        await store.bind('plan', chapter(1, 3), epoch)
        loaded = await store.load('plan')
        assert (loaded.seq, loaded.snapshot, loaded.snapshot_seq) == (9, None, 0)
        assert (loaded.chapters, loaded.tail) == ((b'1 to 3',), (b'4', b'5', b'6', b'7', b'8', b'9'))
        await store.bind('plan', chapter(4, 4), epoch)
        await store.bind('plan', chapter(5, 9), epoch)
        loaded = await store.load('plan')
        assert (loaded.seq, loaded.chapters, loaded.tail) == (9, (b'1 to 3', b'4 to 4', b'5 to 9'), ())
        await store.append(records('plan', b'10', after=9))
        assert (await store.load('plan')).tail == (b'10',)

    async def test_the_log_is_read_in_order(self, store: Store, epoch: int) -> None:
        await store.bind('plan', chapter(1, 3), epoch)
        await store.bind('plan', chapter(4, 5), epoch)
        found = [await store.chapter('plan', after, epoch) for after in (0, 3, 5)]
        assert found == [chapter(1, 3), chapter(4, 5), None]
        assert list(await store.rows('plan')) == [LogRow(n, 'ada', 1000 * n, b'%d' % n) for n in range(6, 10)]
        with pytest.raises(DamagedDocument, match='update 3 is missing'):
            await store.chapter('plan', 2, epoch)
        with pytest.raises(RestoredDocument):
            await store.chapter('plan', 0, epoch + 1)

    @pytest.mark.parametrize(
        ('most', 'size', 'last'),
        [(2, None, 2), (None, 1, 1), (None, 5, 1), (None, 6, 2), (3, 99, 3), (99, 12, 4), (99, 99, 5)],
    )
    async def test_as_much_of_it_is_read_as_is_wanted(
        self, store: Store, most: int | None, size: int | None, last: int
    ) -> None:
        await store.create('plan', 'Our plan', 5)
        assert list(await store.rows('plan', most, size)) == []
        await store.append(records('plan', b'12345', b'6', b'789', b'abc', b'd'))
        assert [row.seq for row in await store.rows('plan', most, size)] == list(range(1, last + 1))

    async def test_the_size_of_a_log_is_told(self, store: Store, epoch: int) -> None:
        assert await store.log_size('plan') == LogSize(epoch, 0, 0, 0, 9, 9, 1000)
        await store.bind('plan', chapter(1, 3, b'x' * 50), epoch)
        assert await store.log_size('plan') == LogSize(epoch, 3, 1, 50, 6, 6, 4000)
        await store.bind('plan', chapter(4, 9, b'y' * 5), epoch)
        assert await store.log_size('plan') == LogSize(epoch, 9, 2, 55, 0, 0, None)

    @pytest.mark.parametrize(('first', 'last'), [(1, 2), (2, 5), (5, 5), (4, 10), (10, 10), (11, 11)])
    async def test_a_chapter_of_what_is_not_there_is_refused(
        self, store: Store, epoch: int, first: int, last: int
    ) -> None:
        await store.bind('plan', chapter(1, 3), epoch)
        before = await store.load('plan')
        with pytest.raises(DamagedDocument, match=f'plan: updates {first} to {last} are not all there'):
            await store.bind('plan', chapter(first, last), epoch)
        assert await store.load('plan') == before

    async def test_a_chapter_of_another_life_is_refused(self, store: Store, epoch: int) -> None:
        before = await store.load('plan')
        with pytest.raises(RestoredDocument):
            await store.bind('plan', chapter(1, 3), epoch + 1)
        assert await store.load('plan') == before

    async def test_an_update_in_a_chapter_is_taken(self, store: Store, epoch: int) -> None:
        await store.bind('plan', chapter(1, 9), epoch)
        with pytest.raises(DamagedDocument, match='plan: update 9 '):
            await store.append(records('plan', b'other', after=8))

    async def test_snapshots_within_a_chapter_go_and_those_beside_it_stay(
        self, store: Store, epoch: int
    ) -> None:
        await store.compact('plan', 4, b'state of 4')
        await store.compact('plan', 5, b'state of 5')
        await store.bind('plan', chapter(1, 5), epoch)
        loaded = await store.load('plan')
        assert (loaded.snapshot, loaded.chapters, loaded.tail) == (
            b'state of 5',
            (),
            (b'6', b'7', b'8', b'9'),
        )
        await store.bind('plan', chapter(6, 8), epoch)
        loaded = await store.load('plan')
        assert (loaded.snapshot, loaded.chapters, loaded.tail) == (b'state of 5', (b'6 to 8',), (b'9',))

    async def test_the_document_after_the_last_chapter_is_what_the_next_one_is_made_upon(
        self, store: Store, epoch: int
    ) -> None:
        nothing = await store.load_bound('plan')
        assert (nothing.seq, nothing.snapshot, nothing.chapters, nothing.tail) == (0, None, (), ())
        await store.bind('plan', chapter(1, 3), epoch)
        bound = await store.load_bound('plan')
        assert (bound.seq, bound.snapshot, bound.chapters, bound.tail) == (3, None, (b'1 to 3',), ())
        await store.compact('plan', 3, b'state of 3', epoch)
        for seq in (7, 8, 9):
            await store.compact('plan', seq, b'state of %d' % seq, epoch)
        bound = await store.load_bound('plan')
        assert (bound.snapshot, bound.snapshot_seq, bound.chapters) == (b'state of 3', 3, ())
        await store.bind('plan', chapter(4, 5), epoch)
        bound = await store.load_bound('plan')
        assert (bound.seq, bound.snapshot, bound.chapters) == (5, b'state of 3', (b'4 to 5',))
        assert (await store.load('plan')).snapshot == b'state of 9'

    async def test_each_life_has_chapters_of_its_own(self, store: Store, epoch: int) -> None:
        await store.bind('plan', chapter(1, 3), epoch)
        await store.begin_life(Record('plan', 10, 'python', 10_000, b'all', (9,), epoch))
        young = (await store.load('plan')).epoch
        await store.append(records('plan', b'11', b'12', after=10))
        assert [row.begins_life for row in await store.rows('plan')] == [False] * 6 + [True, False, False]
        await store.bind('plan', chapter(4, 9), young)
        await store.compact('plan', 9, b'old state', young)
        bound = await store.load_bound('plan')
        assert (bound.seq, bound.snapshot, bound.chapters) == (9, b'old state', ())
        loaded = await store.load('plan')
        assert (loaded.snapshot, loaded.chapters, loaded.tail) == (None, (), (b'all', b'11', b'12'))
        await store.bind('plan', chapter(10, 11, begins=True), young)
        loaded = await store.load('plan')
        assert (loaded.snapshot, loaded.chapters, loaded.tail) == (None, (b'10 to 11',), (b'12',))
        bound = await store.load_bound('plan')
        assert (bound.seq, bound.snapshot, bound.chapters) == (11, None, (b'10 to 11',))
        assert await store.chapter('plan', 9, young) == chapter(10, 11, begins=True)

    async def test_an_unknown_document_has_no_chapters(self, store: Store) -> None:
        await store.create('gone', 'Gone', 5)
        await store.delete('gone', 6)
        for name in ('none', 'gone'):
            for attempt in (
                store.log_size(name),
                store.rows(name),
                store.chapter(name, 0, 1),
                store.load_bound(name),
            ):
                with pytest.raises(UnknownDocument):
                    await attempt
        with pytest.raises(UnknownDocument):
            await store.bind('none', chapter(1, 1), 1)

    async def test_a_document_in_the_trash_keeps_its_chapters(self, store: Store, epoch: int) -> None:
        await store.delete('plan', 6)
        await store.bind('plan', chapter(1, 3), epoch)
        await store.restore('plan')
        assert (await store.load('plan')).chapters == (b'1 to 3',)
        with pytest.raises(DamagedDocument):
            await store.append([replace(record) for record in records('plan', b'two', after=1)])
