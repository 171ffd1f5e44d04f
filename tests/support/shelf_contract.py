"""What every store promises of lists and of searching, as tests that each implementation runs."""

import pytest

from collab.rooms.ports import Store, UnknownDocument
from collab.rooms.shelf import Found, Indexed, Order
from tests.support.store_contract import records


async def put(store: Store, document_id: str, title: str, text: str = '') -> None:
    """Make a document that can be found by this text, whatever its log holds."""
    await store.create(document_id, title, 1)
    await put_into_index(store, {document_id: text})


async def put_into_index(store: Store, texts: dict[str, str]) -> None:
    behind = {lag.document_id: lag for lag in await store.behind()}
    await store.index([Indexed(behind[name], text) for name, text in texts.items()])


async def found(store: Store, query: str) -> set[str]:
    return {one.info.id for one in await store.search(query, 10)}


def marked(line: str, places: tuple[tuple[int, int], ...]) -> list[str]:
    return [line[start:end] for start, end in places]


class SearchContract:
    """Subclass it as `Test...` with a fixture `store` that gives an empty store."""

    async def test_nothing_is_found_where_nothing_is(self, store: Store) -> None:
        assert list(await store.search('plan', 10)) == []

    async def test_a_document_is_found_by_its_title_and_by_its_text(self, store: Store) -> None:
        await put(store, 'a', 'Our plan', 'Buy milk\nBring the ladder')
        await put(store, 'b', 'Minutes', 'What we plan')
        assert await found(store, 'ladder') == {'a'}
        assert await found(store, 'plan') == {'a', 'b'}
        assert await found(store, 'nothing') == set()

    async def test_it_shows_the_best_line_and_where_the_words_are(self, store: Store) -> None:
        await put(store, 'a', 'Notes', 'A ladder.\nBring the ladder of Zoë today\nand then rest')
        (one,) = await store.search('zoe LADDER', 10)
        assert one.line == 'Bring the ladder of Zoë today'
        assert marked(one.line, one.marks) == ['ladder', 'Zoë']
        assert one.title_marks == ()

    async def test_it_shows_where_in_the_title_a_word_is(self, store: Store) -> None:
        await put(store, 'a', 'The Ladder', 'No such thing')
        (one,) = await store.search('lad', 10)
        assert marked(one.info.title, one.title_marks) == ['Ladder']

    async def test_titles_come_before_texts(self, store: Store) -> None:
        await put(store, 'a', 'Notes', 'ladder')
        await put(store, 'b', 'Ladder', 'notes')
        assert [one.info.id for one in await store.search('ladder', 10)] == ['b', 'a']
        assert [one.info.id for one in await store.search('ladder', 1)] == ['b']

    @pytest.mark.parametrize('query', ['uber', 'ÜBER', 'Über', 'üb', 'prufung', 'übe prü'])
    async def test_case_accents_and_ends_of_words_do_not_count(self, store: Store, query: str) -> None:
        await put(store, 'a', 'Notes', 'Alles über die Prüfung')
        assert await found(store, query) == {'a'}

    @pytest.mark.parametrize('query', ['会議', '今日', '議', '会議 今日', 'ไทย'])
    async def test_scripts_without_spaces_are_found_in_the_middle(self, store: Store, query: str) -> None:
        await put(store, 'a', 'Notes', '今日の会議は三時 ภาษาไทย')
        (one,) = await store.search(query, 10)
        assert one.line == '今日の会議は三時 ภาษาไทย'
        assert set(marked(one.line, one.marks)) == set(query.split())

    @pytest.mark.parametrize(
        'query',
        [
            *(
                '"',
                "'",
                '""""',
                '(',
                'NEAR(',
                '*',
                '-',
                '^',
                'title:',
                '{title}: x',
                'a\0b',
                '\ud800',
                'é\u0301',
            ),
            *(';--', 'AND', 'OR OR', 'NOT', '\u200b', '…', '\x01', '', ' ', 'x' * 10_000, 'x ' * 5_000),
            *('%', '_', '+ +', '\U0001d518', '\U0001f642', '\u0663'),
        ],
    )
    async def test_no_query_is_an_error(self, store: Store, query: str) -> None:
        await put(store, 'a', 'Quiet', 'zzz')
        assert await found(store, query) == set()

    async def test_words_that_mean_something_to_a_database_are_words(self, store: Store) -> None:
        await put(store, 'a', 'Notes', 'this OR that AND "quoted"')
        assert await found(store, 'or') == await found(store, '"quoted"') == {'a'}

    async def test_what_is_in_a_line_does_not_break_its_marks(self, store: Store) -> None:
        await put(store, 'a', 'Notes', 'a \x01b\x02 <b>ladder</b> \ud83d\u200bend')
        (one,) = await store.search('ladder', 10)
        assert marked(one.line, one.marks) == ['ladder']

    async def test_the_store_says_what_cannot_be_found_as_it_is(self, store: Store) -> None:
        await store.create('a', 'Notes', 1)
        (lag,) = await store.behind()
        stored = await store.load('a')
        assert (lag.document_id, lag.title, lag.epoch, lag.seq) == ('a', 'Notes', stored.epoch, 0)
        await store.index([Indexed(lag, '')])
        assert list(await store.behind()) == []
        await store.append(records('a', b'one'))
        assert [lag.seq for lag in await store.behind()] == [1]
        await put_into_index(store, {'a': 'one'})
        await store.rename('a', 'Other', 2)
        assert [lag.title for lag in await store.behind()] == ['Other']

    async def test_the_trash_is_not_searched(self, store: Store) -> None:
        await put(store, 'a', 'Notes', 'ladder')
        await store.delete('a', 2)
        assert await found(store, 'ladder') == set()
        assert list(await store.behind()) == []
        await store.restore('a')
        for _ in await store.behind():
            await put_into_index(store, {'a': 'ladder'})
        assert await found(store, 'ladder') == {'a'}

    async def test_a_text_that_changed_is_found_by_what_it_is_now(self, store: Store) -> None:
        await put(store, 'a', 'Notes', 'ladder')
        await store.append(records('a', b'one'))
        await put_into_index(store, {'a': 'stairs'})
        assert await found(store, 'ladder') == set()
        (one,) = await store.search('stairs', 10)
        assert isinstance(one, Found)
        assert one.info == await store.describe('a')


class ListContract:
    """Subclass it as `Test...` with a fixture `store` that gives an empty store."""

    @pytest.mark.parametrize(
        ('order', 'wanted'),
        [
            (Order.CHANGED, ['b', 'a', 'c', 'e', 'd']),
            (Order.CREATED, ['e', 'd', 'a', 'b', 'c']),
            (Order.TITLE, ['c', 'b', 'd', 'a', 'e']),  # Amt, ärger, week 9, Week 10, Zoo
        ],
    )
    @pytest.mark.parametrize('size', [1, 2, 10])
    async def test_a_list_is_read_page_by_page(
        self, store: Store, order: Order, wanted: list[str], size: int
    ) -> None:
        titles = {'a': 'Week 10', 'b': 'ärger', 'c': 'Amt', 'd': 'week 9', 'e': 'Zoo'}
        for name, at in {'a': 2, 'b': 2, 'c': 1, 'd': 3, 'e': 4}.items():
            await store.create(name, titles[name], at)
        await store.append(records('b', b'x'))
        await store.rename('a', 'Week 10', 4)
        await store.rename('c', 'Amt', 4)
        found: list[str] = []
        after = None
        while page := await store.page(order, size, after):
            assert len(page) <= size
            found += [info.id for info in page]
            after = page[-1]
        assert found == wanted
        assert await store.count() == 5

    async def test_the_list_says_who_changed_a_document_last(self, store: Store) -> None:
        made = await store.create('plan', 'Our plan', 1, 'ann')
        assert made.changed_by == (await store.describe('plan')).changed_by == 'ann'
        await store.append([*records('plan', b'x', author='bob'), *records('plan', b'y', after=1)])
        assert (await store.describe('plan')).changed_by == 'ada'
        assert (await store.rename('plan', 'Minutes', 9, 'eve')).changed_by == 'eve'
        await put_into_index(store, {'plan': 'ladder'})
        (found,) = await store.search('ladder', 1)
        assert found.info == (await store.page(Order.TITLE, 1))[0] == await store.describe('plan')

    async def test_everybody_pins_for_themselves(self, store: Store) -> None:
        for name in ('a', 'b', 'c'):
            await store.create(name, name, 1)
        await store.pin('ann', 'c', 1)
        await store.pin('ann', 'a', 2)
        await store.pin('ann', 'c', 3)  # once more
        await store.pin('bob', 'b', 1)
        assert [info.id for info in await store.pinned('ann')] == ['c', 'a']
        assert [info.id for info in await store.page(Order.TITLE, 9, person='ann')] == ['b']
        assert [info.id for info in await store.page(Order.TITLE, 9)] == ['a', 'b', 'c']
        await store.unpin('ann', 'c')
        await store.unpin('ann', 'c')
        await store.delete('a', 5)
        assert list(await store.pinned('ann')) == []
        assert [info.id for info in await store.page(Order.TITLE, 9, person='ann')] == ['b', 'c']
        with pytest.raises(UnknownDocument):
            await store.pin('ann', 'none', 1)


class TrashContract:
    """Subclass it as `Test...` with a fixture `store` that gives an empty store."""

    async def test_the_trash_is_listed_last_deleted_first(self, store: Store) -> None:
        for at, name in enumerate(('a', 'b', 'c'), 1):
            await store.create(name, name.upper(), at)
        await store.delete('b', 10)
        await store.delete('a', 20)
        assert [(one.info.id, one.info.title, one.deleted_at) for one in await store.trashed(9)] == [
            ('a', 'A', 20),
            ('b', 'B', 10),
        ]
        assert [one.info.id for one in await store.trashed(1)] == ['a']
        await store.restore('a')
        assert [one.info.id for one in await store.trashed(9)] == ['b']

    async def test_only_what_is_old_enough_is_purged_and_all_of_it(self, store: Store) -> None:
        for name in ('a', 'b', 'c'):
            await put(store, name, name, 'ladder')
            await store.append(records(name, *[b'x'] * 120))
            await store.compact(name, 120, b'state')
            await store.pin('ann', name, 1)
        await store.delete('a', 10)
        await store.delete('b', 20)
        while await store.purge(20):
            pass
        for attempt in (store.load('a'), store.restore('a'), store.describe('a'), store.discard('a')):
            with pytest.raises(UnknownDocument):
                await attempt
        assert (await store.restore('b')).id == 'b'
        assert (await store.load('b')).seq == (await store.load('c')).seq == 120
        assert [info.id for info in await store.pinned('ann')] == ['b', 'c']
        assert await found(store, 'ladder') <= {'b', 'c'}
        await store.create('a', 'Another', 30)  # its name is free again
        assert (await store.load('a')).seq == 0

    async def test_what_is_discarded_does_not_come_back_even_before_it_is_purged(self, store: Store) -> None:
        await store.create('a', 'a', 1)
        await store.append(records('a', *[b'x'] * 120))
        for attempt in (store.discard('a'), store.discard('none')):
            with pytest.raises(UnknownDocument):
                await attempt
        await store.delete('a', 10)
        await store.discard('a')
        assert await store.purge(5)
        for attempt in (store.load('a'), store.restore('a'), store.describe('a'), store.discard('a')):
            with pytest.raises(UnknownDocument):
                await attempt
        assert list(await store.trashed(9)) == []
