"""People who talk beside a text: what each of them sees on their page."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nicegui import Client
from nicegui.testing import User

from collab.pages.conversation import Conversation, html_of
from collab.pages.links import MOST, pieces
from collab.pages.visitors import Visitors
from collab.rooms.talk import Message
from collab.storage.talk import Talks
from tests.test_pages import begin, leave, path_of

CreateUser = Callable[[], User]


async def two_in_a_document(user: User, create_user: CreateUser) -> tuple[User, User]:
    amira, jonas = user, create_user()
    await begin(amira)
    await jonas.open(path_of(amira))
    return amira, jonas


async def open_chat(user: User) -> None:
    user.find(marker='Chat').click()
    await user.should_see('Send')


def say(user: User, text: str) -> None:
    user.find(marker='chat-form').trigger('submit', text)


def remember(own_settings: Path, path: str, messages: int) -> None:
    """So much was said in this document long ago."""
    document_id = path.rsplit('/', 1)[1]
    with closing(sqlite3.connect(own_settings / 'collab.db')) as database, database:
        database.executemany(
            'INSERT INTO messages VALUES (?, ?, ?, ?, ?)',
            [
                (document_id, number, 'ann', number * 1_000, f'word {number}.')
                for number in range(1, messages + 1)
            ],
        )


async def test_two_people_talk_beside_the_text(user: User, create_user: CreateUser) -> None:
    amira, jonas = await two_in_a_document(user, create_user)
    await open_chat(amira)
    await amira.should_see('Nobody has said anything here yet.')
    await open_chat(jonas)

    say(amira, 'Shall we meet at ten?')
    await jonas.should_see('Shall we meet at ten?')
    await amira.should_see('Shall we meet at ten?')
    say(jonas, 'Yes: https://meet.example/ten')
    await amira.should_see('https://meet.example/ten')
    await amira.should_not_see('Nobody has said anything here yet.')


async def test_what_was_said_meanwhile_is_counted_until_it_is_read(
    user: User, create_user: CreateUser
) -> None:
    amira, jonas = await two_in_a_document(user, create_user)
    await open_chat(amira)
    say(amira, 'One')
    await jonas.should_see(marker='chat-unread', content='1')
    say(amira, 'Two')
    await jonas.should_see(marker='chat-unread', content='2')
    await amira.should_not_see(marker='chat-unread')

    leave(jonas)
    await jonas.open(path_of(amira))
    await jonas.should_see(marker='chat-unread', content='2')
    await open_chat(jonas)
    await jonas.should_see('Two')
    await jonas.should_not_see(marker='chat-unread')
    jonas.find(marker='Close the chat').click()
    leave(jonas)
    await jonas.open(path_of(amira))
    await jonas.should_see(marker='presence-count', content='2 here')
    await jonas.should_not_see(marker='chat-unread')


async def test_a_screen_reader_hears_who_said_what(user: User, create_user: CreateUser) -> None:
    amira, jonas = await two_in_a_document(user, create_user)
    await open_chat(amira)
    say(amira, 'Lunch?')
    await jonas.should_see(marker='announcements', content=': Lunch?')


async def test_what_was_said_long_ago_is_read_when_somebody_asks(user: User, own_settings: Path) -> None:
    await begin(user)
    remember(own_settings, path_of(user), 65)
    await open_chat(user)
    await user.should_see('word 65.')
    await user.should_not_see('word 35.')
    user.find('Earlier messages').click()
    await user.should_see('word 6.')
    user.find('Earlier messages').click()
    await user.should_see('word 1.')
    await user.should_not_see('Earlier messages')


async def test_what_is_said_while_the_panel_opens_is_there(
    user: User, create_user: CreateUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    amira, jonas = await two_in_a_document(user, create_user)
    await open_chat(jonas)
    say(jonas, 'Before.')
    await jonas.should_see('Before.')
    read = Talks.before

    async def meanwhile(talks: Talks, *wanted: Any) -> Sequence[Message]:
        found = await read(talks, *wanted)
        say(jonas, 'Meanwhile.')
        await jonas.should_see('Meanwhile.')
        return found

    monkeypatch.setattr(Talks, 'before', meanwhile)
    await open_chat(amira)
    await amira.should_see(marker='chat-message', content='Before.')
    await amira.should_see(marker='chat-message', content='Meanwhile.')


async def test_who_asks_twice_is_shown_once_what_was_said(user: User, own_settings: Path) -> None:
    await begin(user)
    remember(own_settings, path_of(user), 40)
    await open_chat(user)
    await user.should_see('word 40.')
    earlier = user.find('Earlier messages')
    earlier.click()
    earlier.click()
    await user.should_see('word 1.')
    await user.should_not_see('Earlier messages')
    assert len(user.find('word 1.').elements) == 1


async def test_what_cannot_be_read_is_not_called_nothing(
    user: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await begin(user)
    with monkeypatch.context() as broken:
        broken.setattr(Talks, 'before', unreadable)
        user.find(marker='Chat').click()
        await user.should_see('What was said could not be read just now.')
        await user.should_not_see('Nobody has said anything here yet.')
        await user.should_not_see('Earlier messages')
    user.find(marker='Close the chat').click()
    await open_chat(user)
    await user.should_see('Nobody has said anything here yet.')
    await user.should_not_see('What was said could not be read just now.')
    assert [record.getMessage()[:8] for record in caplog.get_records('call')] == ['The chat']
    caplog.clear()


@pytest.mark.parametrize(('reader', 'fails'), [(Talks, 'before'), (Visitors, 'names')])
async def test_who_could_not_read_on_can_ask_again(
    user: User,
    own_settings: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    reader: type,
    fails: str,
) -> None:
    await begin(user)
    remember(own_settings, path_of(user), 40)
    await open_chat(user)
    await user.should_see('word 40.')
    with monkeypatch.context() as broken:
        broken.setattr(reader, fails, unreadable)
        user.find('Earlier messages').click()
        await user.should_see('What was said could not be read just now.')
    user.find('Earlier messages').click()
    await user.should_see('word 1.')
    await user.should_not_see('What was said could not be read just now.')
    assert [record.getMessage()[:8] for record in caplog.get_records('call')] == ['The chat']
    caplog.clear()


async def unreadable(*_: object) -> Any:
    raise OSError('The disk does not answer.')


async def test_who_says_too_much_is_told_and_keeps_their_words(user: User) -> None:
    await begin(user)
    await open_chat(user)
    for number in range(12):
        say(user, f'number {number}')
    await user.should_see('Wait a few seconds')
    say(user, 'x' * 2_001)
    await user.should_see('at most 2,000 characters')


async def test_time_passes_only_where_something_is_shown(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    await user.open('/')
    sent: list[str] = []
    monkeypatch.setattr(Client, 'run_javascript', lambda _, code: sent.append(code))
    assert user.client
    with user.client.content:
        talk = Conversation()
    talk.refresh()
    assert sent == []
    talk.add(Message('doc', 1, 'ann', 0, 'Hello'), 'Ann')
    talk.refresh()
    assert len(sent) == 1
    talk.clear()
    talk.refresh()
    assert len(sent) == 1


@pytest.mark.parametrize(
    ('text', 'addresses'),
    [
        ('see https://a.example/x?y=1#z.', ['https://a.example/x?y=1#z']),
        ('(http://a.example/b_(c)) and more', ['http://a.example/b_(c)']),
        ('HTTPS://A.example, https://b.example!', ['HTTPS://A.example', 'https://b.example']),
        ('javascript:alert(1) data:text/html,x file:///etc/passwd', []),
        ('https:// http://[ https://?x', []),
        ('xhttps://a.example', []),
        ('"https://a.example"onmouseover="alert(1)"', ['https://a.example']),
        ('<a href="https://a.example">x</a>', ['https://a.example']),
    ],
)
def test_only_addresses_of_the_web_become_links(text: str, addresses: list[str]) -> None:
    found = list(pieces(text))
    assert ''.join(piece for piece, _ in found) == text
    assert [piece for piece, is_address in found if is_address] == addresses


class Read(HTMLParser):
    """What a browser reads in a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, set[str]]] = []
        self.text = ''
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name for name, _ in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data


HOSTILE = st.lists(
    st.sampled_from(['<', '>', '"', "'", '&', '&lt;', '<img src=x onerror=alert(1)>', '</p>', '<!--', ']]>'])
    | st.sampled_from(['http://a.example/', 'javascript:', ' ', '\n'])
    | st.text(max_size=5),
    max_size=12,
).map(''.join)


@given(HOSTILE, HOSTILE)
def test_whatever_is_said_is_shown_and_nothing_of_it_is_read_as_html(name: str, words: str) -> None:
    message = Message('doc', 1, 'ann', 0, words)
    read = Read(html_of(message, name, goes_on=False))
    assert read.text.startswith(name)
    assert read.text.endswith(words)
    links = [attributes for tag, attributes in read.tags if tag == 'a']
    assert all(attributes == {'href', 'target', 'rel'} for attributes in links)
    assert len(links) == sum(is_address for _, is_address in pieces(words))
    others = [tag for tag, _ in read.tags if tag != 'a']
    assert others == ['p', 'strong', 'time', 'p']


def test_a_message_full_of_addresses_makes_few_elements() -> None:
    """222 links took 65 ms of everybody's time on each page that showed them."""
    text = 'http://a ' * 222
    found = list(pieces(text))
    assert ''.join(piece for piece, _ in found) == text
    assert sum(is_address for _, is_address in found) == MOST
    assert len(found) <= 2 * MOST + 1
