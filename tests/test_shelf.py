"""Lists of documents as the hub gives them: sorted, pinned, page by page, and by whom."""

import pytest

from collab.rooms.ports import UnknownDocument
from collab.rooms.shelf import Order, sort_key
from collab.rooms.trash import KEPT, Emptying
from tests.support.rooms import becomes, open_hub
from tests.support.store import MemoryStore


def test_titles_are_sorted_as_people_look_for_them() -> None:
    titles = ['Zoo', 'week 10', 'Week 9', 'ärger', 'Amt', 'Été', '']
    assert sorted(titles, key=sort_key) == ['', 'Amt', 'ärger', 'Été', 'Week 9', 'week 10', 'Zoo']


async def test_the_list_is_given_page_by_page_and_says_who_did_the_last_change() -> None:
    async with open_hub() as hub:
        for title in ('One', 'Two', 'Three'):
            await hub.create(title, document_id=title.lower(), author='ann', text='x')
        await hub.rename('two', 'Zwei', 'bob')
        first = await hub.page(Order.TITLE, 2)
        rest = await hub.page(Order.TITLE, 2, first[-1])
        assert [(info.title, info.changed_by) for info in [*first, *rest]] == [
            ('One', 'ann'),
            ('Three', 'ann'),
            ('Zwei', 'bob'),
        ]
        assert await hub.count() == 3


async def test_what_somebody_pins_is_theirs_until_they_do_not_want_it_any_more() -> None:
    async with open_hub() as hub:
        for title in ('One', 'Two'):
            await hub.create(title, document_id=title.lower())
        await hub.pin('ann', 'two', True)
        assert [info.id for info in await hub.pinned('ann')] == ['two']
        assert [info.id for info in await hub.page(Order.TITLE, 9, person='ann')] == ['one']
        await hub.pin('ann', 'two', False)
        assert list(await hub.pinned('ann')) == []


async def test_a_copy_has_the_text_of_now_and_a_life_of_its_own() -> None:
    async with open_hub() as hub:
        await hub.create('Plan', document_id='plan', text='one')
        copy = await hub.duplicate('plan', 'Copy of Plan', 'ann')
        async with hub.open('plan') as plan, hub.open(copy.id) as other:
            plan.insert(0, 'zero ')
            assert other.text == 'one'
        assert (copy.title, copy.changed_by) == ('Copy of Plan', 'ann')
        with pytest.raises(UnknownDocument):
            await hub.duplicate('none', 'Copy')


async def test_what_is_deleted_for_good_does_not_come_back() -> None:
    store = MemoryStore()
    async with open_hub(store) as hub:
        await hub.create('Plan', document_id='plan', text='one')
        with pytest.raises(UnknownDocument):
            await hub.discard('plan')  # it is not in the trash
        await hub.delete('plan')
        assert [one.info.title for one in await hub.trashed()] == ['Plan']
        await hub.discard('plan')
        assert list(await hub.trashed()) == []
        with pytest.raises(UnknownDocument):
            await hub.restore('plan')
        await becomes(lambda: 'plan' not in store.documents)


async def test_the_trash_keeps_everything_for_thirty_days() -> None:
    store = MemoryStore()
    await store.create('plan', 'Plan', 1)
    await store.delete('plan', 5)
    now = [KEPT + 5]
    emptying = Emptying(store, lambda: now[0])
    await emptying.empty()
    assert 'plan' in store.documents
    now[0] += 1
    await emptying.empty()
    assert 'plan' not in store.documents


async def test_a_trash_that_could_not_be_emptied_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore()
    purge, failures = store.purge, [OSError('the disk is full')]

    async def sometimes(before: int) -> bool:
        if failures:
            raise failures.pop()
        return await purge(before)

    monkeypatch.setattr(store, 'purge', sometimes)
    async with open_hub(store) as hub:
        await becomes(lambda: not failures)
        await hub.create('Plan', document_id='plan')
        await hub.delete('plan')
        await hub.discard('plan')
        await becomes(lambda: 'plan' not in store.documents)
