"""The store of templates: each person has their own, and no more than is good for them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from collab.storage.templates import LONGEST, MOST, Kept, Templates, TooLong, TooMany
from models import open_database


@pytest.fixture
async def templates(tmp_path: Path) -> AsyncIterator[Templates]:
    database = open_database(f'sqlite+aiosqlite:///{tmp_path / "collab.db"}')
    yield Templates(database)
    await database.dispose()


async def test_everybody_has_their_own(templates: Templates) -> None:
    weekly = await templates.keep('ada', 'Weekly', '# Weekly\r\n', 1)
    daily = await templates.keep('ada', 'Daily', '', 2)
    assert (
        await templates.list('ada') == [weekly, daily] == [Kept(weekly.id, 'Weekly'), Kept(daily.id, 'Daily')]
    )
    assert await templates.list('grace') == []
    assert await templates.text('ada', weekly.id) == '# Weekly\r\n'
    assert await templates.text('grace', weekly.id) is None
    await templates.remove('grace', weekly.id)
    assert await templates.list('ada') == [weekly, daily]
    await templates.remove('ada', weekly.id)
    assert await templates.list('ada') == [daily]
    assert await templates.text('ada', weekly.id) is None


async def test_one_too_many_and_one_too_long_are_refused(templates: Templates) -> None:
    with pytest.raises(TooLong):
        await templates.keep('ada', 'Long', 'é' * (LONGEST // 2 + 1), 1)
    for number in range(MOST):
        await templates.keep('ada', f'Number {number}', '', number)
    with pytest.raises(TooMany):
        await templates.keep('ada', 'One more', '', 99)
    await templates.keep('grace', 'Her first', '', 99)
