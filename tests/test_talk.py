"""What is said beside a document is kept with it, reaches everybody there, and has its limits."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from collab.document.roles import Role
from collab.rooms import paces
from collab.rooms.paces import TooFast
from collab.rooms.ports import DeletedDocument, UnknownDocument
from collab.rooms.talk import CROWD, LENGTH, PACE, Message, Talk, clean_message
from collab.storage.backup import back_up, restore
from collab.storage.documents import Documents
from collab.storage.talk import Talks
from models import Database, open_database
from tests.support.clock import Clock


@pytest.fixture
async def database(database: Database) -> Database:
    await Documents(database).create('plan', 'Plan', 1)
    await Documents(database).create('other', 'Other', 1)
    return database


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def talk(database: Database, clock: Clock) -> Talk:
    return Talk(Talks(database), now=lambda: 5_000, clock=clock)


async def say(talk: Talk, text: str, author: str = 'ann', document_id: str = 'plan') -> Message:
    return await talk.say(document_id, author, Role.EDITOR, text)


async def test_a_message_is_kept_first_and_then_told_to_everybody_who_listens(talk: Talk) -> None:
    heard: list[Message] = []
    others: list[Message] = []
    leave = talk.listen('plan', heard.append)
    talk.listen('other', others.append)
    message = await say(talk, ' Hello\r\nall ')
    assert message == Message('plan', 1, 'ann', 5_000, 'Hello\nall')
    assert heard == list(await talk.messages.before('plan', None, 10)) == [message]
    leave()
    leave()
    await say(talk, 'Anybody?')
    assert len(heard) == 1
    assert others == []


async def test_one_who_cannot_hear_keeps_nobody_from_hearing(
    talk: Talk, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[Message] = []
    talk.listen('plan', lambda _: 1 / 0 and None)
    talk.listen('plan', heard.append)
    await say(talk, 'Hello')
    assert [message.text for message in heard] == ['Hello']
    assert 'could not hear' in caplog.text


async def test_everybody_hears_them_in_the_order_in_which_they_are_kept(talk: Talk) -> None:
    heard: list[int] = []
    talk.listen('plan', lambda message: heard.append(message.number))
    await asyncio.gather(*(say(talk, f'{number}', f'person {number}') for number in range(30)))
    assert heard == list(range(1, 31))


async def test_it_is_read_page_by_page_from_the_end(talk: Talk) -> None:
    for number in range(1, 8):
        await say(talk, str(number), author=f'p{number}')
    await say(talk, 'elsewhere', document_id='other')
    last = await talk.messages.before('plan', None, 3)
    assert [message.text for message in last] == ['5', '6', '7']
    before = await talk.messages.before('plan', last[0].number, 3)
    assert [message.text for message in before] == ['2', '3', '4']
    assert len(await talk.messages.before('plan', before[0].number, 3)) == 1


async def test_what_others_said_is_new_until_it_was_seen(talk: Talk) -> None:
    for text in ('one', 'two', 'three'):
        await say(talk, text)
    messages = talk.messages
    assert await messages.unseen('plan', 'bob', 100) == 3
    assert await messages.unseen('plan', 'bob', 2) == 2
    assert await messages.unseen('plan', 'ann', 100) == 0  # her own
    await messages.saw('plan', 'bob', 2)
    assert await messages.unseen('plan', 'bob', 100) == 1
    await messages.saw('plan', 'bob', 1)  # an older page of his does not make it new again
    assert await messages.unseen('plan', 'bob', 100) == 1
    await messages.saw('gone', 'bob', 3)
    assert await messages.unseen('other', 'bob', 100) == 0


async def test_nothing_is_said_where_nothing_is(talk: Talk, database: Database) -> None:
    with pytest.raises(UnknownDocument):
        await say(talk, 'Hello', document_id='none')
    await Documents(database).delete('plan', 9)
    with pytest.raises(UnknownDocument):
        await say(talk, 'Hello')
    with pytest.raises(DeletedDocument):
        await talk.messages.before('plan', None, 10)


async def test_who_only_reads_does_not_talk(talk: Talk) -> None:
    with pytest.raises(PermissionError):
        await talk.say('plan', 'ann', Role.VIEWER, 'Hello')
    assert (await talk.say('plan', 'ann', Role.COMMENTER, 'Hello')).number == 1


@pytest.mark.parametrize('text', ['', ' \n\t ', '\x00\x1b', '\u202e', 'x' * (LENGTH + 1), ' ' * 5 * LENGTH])
async def test_what_is_no_message_is_refused_in_words(talk: Talk, text: str) -> None:
    with pytest.raises(ValueError, match=r'A message (needs|has at most 2,000)'):
        await say(talk, text)


def test_a_message_holds_words_and_line_ends_only() -> None:
    assert clean_message('a\x00b\x1b[31m\r\n\u202ec\ud800 👩\u200d🔬') == 'ab[31m\nc 👩\u200d🔬'


async def test_nobody_says_more_than_people_say(talk: Talk, clock: Clock) -> None:
    for _ in range(int(PACE.at_once)):
        await say(talk, 'spam')
    for _ in range(5):
        with pytest.raises(TooFast, match='Wait'):
            await say(talk, 'spam')
    await say(talk, 'Hello', 'bob')
    clock.now += 1.0
    with pytest.raises(TooFast):
        await say(talk, 'spam')
    clock.now += 5.0
    await say(talk, 'One thing more')


async def test_whoever_comes_with_ever_new_names_fills_no_chat(talk: Talk, clock: Clock) -> None:
    for number in range(int(CROWD.at_once)):
        await say(talk, 'spam', f'bot {number}')
    with pytest.raises(TooFast, match='Wait'):
        await say(talk, 'spam', 'one more')
    clock.now += 1.0
    await say(talk, 'Hello', 'ann')


async def test_the_pace_of_those_who_were_slow_is_forgotten(
    talk: Talk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paces, 'MOST_KNOWN', 2)
    for author in ('a', 'b', 'c'):
        await say(talk, 'Hello', author)
    clock.now += 60.0
    await say(talk, 'Hello', 'd')
    assert talk._people._buckets.keys() == {'d'}


async def test_it_goes_when_its_document_is_deleted_for_good(
    talk: Talk, database: Database, file: Path
) -> None:
    for text in ('one', 'two'):
        await say(talk, text)
    await talk.messages.saw('plan', 'bob', 1)
    store = Documents(database)
    await store.delete('plan', 9)
    while await store.purge(10):
        pass
    with closing(sqlite3.connect(file)) as connection:
        for table in ('documents', 'messages', 'readings'):
            rows = connection.execute(
                f"SELECT * FROM {table} WHERE 'plan' IN (id)"
                if table == 'documents'
                else f'SELECT * FROM {table}'
            ).fetchall()
            assert rows == []


async def test_it_is_in_a_backup_and_a_restore_takes_nothing_of_it_away(
    talk: Talk, database: Database, file: Path, tmp_path: Path
) -> None:
    await say(talk, 'before')
    back_up(file, tmp_path / 'backup.db')
    await say(talk, 'after')
    await database.dispose()
    restore(file, tmp_path / 'backup.db', ['plan'], tmp_path / 'before.db')
    again = open_database(f'sqlite+aiosqlite:///{file}')
    assert [message.text for message in await Talks(again).before('plan', None, 9)] == ['before', 'after']
    await again.dispose()
    new = tmp_path / 'new.db'
    restore(new, tmp_path / 'backup.db', [], tmp_path / 'nothing.db')
    other = open_database(f'sqlite+aiosqlite:///{new}')
    assert [message.text for message in await Talks(other).before('plan', None, 9)] == ['before']
    await other.dispose()
