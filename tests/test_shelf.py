"""Lists of documents as the hub gives them: sorted, pinned, page by page, and by whom."""

from collab.rooms.shelf import Order, sort_key
from tests.support.rooms import open_hub


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
