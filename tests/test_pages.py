"""People at their browsers: what they do on the pages, and what the others then see."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from nicegui import Client, ElementFilter, ui
from nicegui.nicegui import _on_handshake
from nicegui.testing import User
from nicegui.testing.user_simulation import user_simulation

from collab.document.people import COLORS
from collab.editor.element import PeopleHere, SaveStatus, SharedEditor
from collab.pages.parts import Notice
from collab.pages.words import ago, exactly, initials
from collab.rooms.hub import Hub
from collab.rooms.room import Room
from collab.storage.backup import back_up
from tests.support.rooms import becomes

CreateUser = Callable[[], User]


async def test_two_people_write_in_one_document(user: User, create_user: CreateUser) -> None:
    amira, jonas = user, create_user()
    await amira.open('/')
    amira.find('New document').click()
    await amira.should_see(SharedEditor)
    await jonas.open(path_of(amira))

    amira.find(SharedEditor).type('hello')
    await jonas.should_see('hello')
    jonas.find(SharedEditor).type(' world')
    await amira.should_see('hello world')


async def test_the_number_of_people_goes_up_and_down(user: User, create_user: CreateUser) -> None:
    amira, jonas = user, create_user()
    await begin(amira)
    await amira.should_see(SaveStatus)
    await amira.should_see(marker='presence-count', content='1 here')

    await jonas.open(path_of(amira))
    await amira.should_see(marker='presence-count', content='2 here')
    await jonas.should_see(marker='presence-count', content='2 here')
    assert len(faces(amira)) == 2

    leave(jonas)
    await amira.should_see(marker='presence-count', content='1 here')
    assert len(faces(amira)) == 1


async def test_two_tabs_of_one_person_are_one_person(user: User) -> None:
    await begin(user)
    other_tab = User(user.http_client)
    await other_tab.open(path_of(user))
    await asyncio.sleep(0.2)
    await user.should_see(marker='presence-count', content='1 here')


async def test_a_new_title_is_seen_by_the_others(user: User, create_user: CreateUser) -> None:
    amira, jonas = user, create_user()
    await begin(amira)
    await jonas.open(path_of(amira))
    assert tab_title(jonas) == 'Untitled · Collab'

    amira.find(marker='title').type('Meeting notes').trigger('keydown.enter')
    await jonas.should_see(marker='title', content='Meeting notes')
    assert tab_title(jonas) == 'Meeting notes · Collab'


async def test_a_title_is_kept_after_a_pause_in_typing(user: User, create_user: CreateUser) -> None:
    amira, jonas = user, create_user()
    await begin(amira)
    await jonas.open(path_of(amira))
    amira.find(marker='title').type('Reading list')
    await jonas.should_see(marker='title', content='Reading list')


async def test_nobody_takes_the_title_from_under_the_hands_of_somebody_typing(
    user: User, create_user: CreateUser
) -> None:
    amira, jonas = user, create_user()
    await begin(amira)
    await jonas.open(path_of(amira))

    jonas.find(marker='title').trigger('focus').type('Jonas is still')
    amira.find(marker='title').type('Amira was quicker').trigger('keydown.enter')
    await asyncio.sleep(0.1)
    assert title_of(jonas) == 'Jonas is still'
    jonas.find(marker='title').type(' typing').trigger('blur')
    await amira.should_see(marker='title', content='Jonas is still typing')


async def test_a_title_follows_the_others_again_once_it_is_stored(
    user: User, create_user: CreateUser
) -> None:
    amira, jonas = user, create_user()
    await begin(amira)
    await jonas.open(path_of(amira))
    amira.find(marker='title').trigger('focus').type('One').trigger('keydown.enter')
    await jonas.should_see(marker='title', content='One')
    jonas.find(marker='title').clear().type('Two').trigger('keydown.enter')
    await amira.should_see(marker='title', content='Two')  # though the focus is still there
    amira.find(marker='title').type('!').trigger('keydown.enter')
    await jonas.should_see(marker='title', content='Two!')


async def test_a_title_is_seen_while_it_is_typed_and_keeps_the_space_before_the_next_word(
    user: User, create_user: CreateUser
) -> None:
    amira, jonas = user, create_user()
    await begin(amira)
    await jonas.open(path_of(amira))
    field = amira.find(marker='title').trigger('focus')
    for letter in 'Meeting ' * 5:
        field.type(letter)
        await asyncio.sleep(0.02)
    assert title_of(jonas).startswith('Meeting')
    await jonas.should_see(marker='title', content=('Meeting ' * 5).strip())
    assert title_of(amira) == 'Meeting ' * 5
    field.trigger('blur')
    await amira.should_see(marker='title', content=('Meeting ' * 5).strip())


async def test_whoever_only_looked_at_the_title_sees_the_new_one_afterwards(
    user: User, create_user: CreateUser
) -> None:
    amira, jonas = user, create_user()
    await begin(amira)
    await jonas.open(path_of(amira))
    jonas.find(marker='title').trigger('focus')
    amira.find(marker='title').type('Plan').trigger('keydown.enter')
    await asyncio.sleep(0.1)
    jonas.find(marker='title').trigger('blur')
    await jonas.should_see(marker='title', content='Plan')


async def test_the_text_is_there_after_a_restart() -> None:
    async with collab_running() as user:
        await begin(user)
        path = path_of(user)
        user.find(SharedEditor).type('kept')
        user.find(marker='title').type('Keepsake').trigger('keydown.enter')
        await user.should_see('kept')
    async with collab_running() as user:
        await user.open('/')
        await user.should_see('Keepsake')
        await user.open(path)
        await user.should_see('kept')


async def test_the_editor_is_a_value_element_like_any_other(user: User, create_user: CreateUser) -> None:
    amira, jonas = user, create_user()
    await begin(amira)
    await jonas.open(path_of(amira))
    heard: list[str] = []
    with editor_of(amira).parent_slot or pytest.fail('no place for a label'):
        ui.label().bind_text_from(editor_of(amira), 'value', lambda text: f'{len(text)} characters')
    editor_of(amira).on_value_change(lambda event: heard.append(event.value))

    jonas.find(SharedEditor).type('1234567')
    await amira.should_see('7 characters')
    await amira.should_see('1234567')
    assert heard == ['1234567']
    editor_of(amira).value = '1234'
    await jonas.should_see('1234')


async def test_who_may_only_read_does_not_write(user: User, create_user: CreateUser) -> None:
    amira, jonas = user, create_user()
    await begin(amira)
    await jonas.open(path_of(amira))
    editor_of(jonas).disable()
    jonas.find(SharedEditor).type('never')
    amira.find(SharedEditor).type('always')
    await jonas.should_see('always')
    await amira.should_not_see('never')
    editor_of(jonas).enable()
    jonas.find(SharedEditor).type(' and more')
    await amira.should_see('always and more')


async def test_people_change_their_own_name_and_colour(user: User, create_user: CreateUser) -> None:
    amira, jonas = user, create_user()
    await begin(amira)
    await jonas.open(path_of(amira))
    await change_name(amira, 'Amira', COLORS[2])

    await jonas.should_see('Amira')
    await amira.should_see('Amira (you)')
    assert [person.color for person in room_of(jonas).people() if person.name == 'Amira'] == [COLORS[2]]
    assert editor_of(amira).channel is not None
    assert editor_of(amira).channel.person.name == 'Amira'  # type: ignore[union-attr]
    await amira.open('/')
    await amira.should_see('Amira (you)')


async def test_a_name_that_cannot_be_seen_is_no_name(user: User) -> None:
    await begin(user)
    await change_name(user, '\u200b ')
    await user.should_see('A name needs at least one visible character.')


async def test_whoever_makes_a_document_goes_there_whatever_others_look_at(
    user: User, create_user: CreateUser
) -> None:
    amira, jonas = user, create_user()
    for somebody in (amira, jonas):
        await somebody.open('/')
    jonas.find(marker='new-document').click()
    await amira.should_see(marker='document-row')
    await jonas.should_see(SharedEditor)
    await amira.should_not_see(SharedEditor)


async def test_the_documents_are_listed_with_who_is_in_them(user: User, create_user: CreateUser) -> None:
    amira, jonas = user, create_user()
    await amira.open('/')
    await amira.should_see('Write together, at the same time')
    await begin(jonas)
    jonas.find(marker='title').type('Minutes').trigger('keydown.enter')

    await amira.should_see('Minutes')
    await amira.should_see('just now')
    await amira.should_not_see('Write together, at the same time')
    assert len(amira.find(marker='document-row').elements) == 1
    await amira.should_see(room_of(jonas).people()[0].name)


async def test_a_document_is_deleted_and_taken_back(user: User) -> None:
    await create_document(user, 'Minutes')
    await user.open('/')
    user.find('Delete').click()
    await user.should_see('“Minutes” was deleted.')
    await user.should_not_see(marker='document-row')
    await user.should_see('Write together, at the same time')
    user.find('Undo').click()
    await user.should_see(marker='document-row')
    await user.should_not_see('was deleted.')


async def test_two_documents_deleted_in_a_row_are_both_taken_back(user: User) -> None:
    await create_document(user, 'Minutes')
    await create_document(user, 'Minutes')
    await user.open('/')
    user.find('Delete').trigger('click')
    await user.should_not_see(marker='document-row')
    assert len(user.find('Undo').elements) == 2
    user.find('Undo').trigger('click')
    await user.should_not_see('was deleted.')
    await becomes(lambda: count_of(user, 'document-row') == 2)


async def test_a_notice_stays_while_somebody_is_at_it(user: User) -> None:
    await user.open('/')
    assert user.client
    with user.client, user.client.content:
        notice = Notice(user.client, seconds=0.05)
        notice.say('Come closer')
        notice.say('Look again', 'Now', lambda: None)
    user.find(marker='notice').trigger('mouseenter')
    await asyncio.sleep(0.15)
    await user.should_see('Look again')
    user.find(marker='notice').trigger('focusin').trigger('mouseleave')
    await asyncio.sleep(0.15)
    await user.should_see('Look again')
    user.find(marker='notice').trigger('focusout')
    await user.should_not_see('Look again')


async def test_what_is_said_again_takes_the_place_of_what_was_said_before(user: User) -> None:
    await user.open('/')
    assert user.client
    with user.client, user.client.content:
        notice = Notice(user.client)
    notice.say('Link copied')
    notice.say('Everybody sees your new look.')
    await user.should_see('Everybody sees your new look.')
    await user.should_not_see('Link copied')


async def test_a_document_is_renamed_in_its_row(user: User, create_user: CreateUser) -> None:
    amira, jonas = user, create_user()
    await create_document(amira, 'Minutes')
    await amira.open('/')
    amira.find('Rename').click()
    amira.find('rename-field').clear().type('Minutes of May')
    await create_document(jonas, 'Something new')  # the list changes, but not what is being renamed
    await amira.should_see('Something new')
    await amira.should_see(marker='rename-field', content='Minutes of May')
    await jonas.open('/')
    amira.find('rename-field').trigger('keydown.enter')
    await jonas.should_see('Minutes of May')
    await amira.should_not_see(marker='rename-field')


async def test_a_row_that_is_not_renamed_after_all_stays_as_it_was(user: User) -> None:
    await create_document(user, 'Minutes')
    await user.open('/')
    user.find('Rename').click()
    user.find('rename-field').type(' of nothing').trigger('keydown.escape')
    await user.should_see('Minutes')
    await user.should_not_see('Minutes of nothing')


async def test_who_is_in_a_deleted_document_is_told_and_can_take_it_back(
    user: User, create_user: CreateUser
) -> None:
    amira, jonas = user, create_user()
    await begin(jonas)
    jonas.find(SharedEditor).type('precious')
    await amira.open('/')
    amira.find('Delete').click()
    await jonas.should_see('This document was deleted')
    jonas.find('Take it back').click()
    await jonas.should_not_see('This document was deleted')
    await jonas.should_see('precious')


async def test_who_stayed_in_a_deleted_document_is_told_when_it_is_back(
    user: User, create_user: CreateUser
) -> None:
    amira, jonas = user, create_user()
    await begin(jonas)
    jonas.find(SharedEditor).type('precious')
    await amira.open('/')
    for _ in range(2):
        amira.find('Delete').click()
        await jonas.should_see('This document was deleted')
        amira.find('Undo').click()
        await jonas.should_see('This document was taken back')
        await jonas.should_not_see('This document was deleted')
        await amira.should_see(marker='document-row')
    jonas.find('Open it again').click()
    await jonas.should_not_see('This document was taken back')
    await jonas.should_see('precious')


async def test_an_unknown_document_can_be_made(user: User) -> None:
    response = await user.http_client.get('/d/team-notes')
    assert response.status_code == 404
    await look_at(user, response)
    await user.should_see('There is no document here')
    user.find('Make “team-notes”').click()
    await user.should_see(SharedEditor)
    assert path_of(user) == '/d/team-notes'


async def test_an_unknown_id_that_nobody_could_choose_leads_to_a_new_document(user: User) -> None:
    response = await user.http_client.get('/d/No_such-Document')
    assert response.status_code == 404
    await look_at(user, response)
    user.find('new-document').click()
    await user.should_see(SharedEditor)


@pytest.mark.parametrize('chosen', ['team', None])
async def test_a_deleted_document_says_so_at_its_address_and_is_taken_back_there(
    user: User, chosen: str | None
) -> None:
    new = {'title': 'Team', 'text': 'all of us'} | ({'id': chosen} if chosen else {})
    made = await user.http_client.post('/api/documents', json=new)
    document_id = made.json()['id']
    await user.http_client.delete(f'/api/documents/{document_id}')
    response = await user.http_client.get(f'/d/{document_id}')
    assert response.status_code == 404
    await look_at(user, response)
    await user.should_see('This document was deleted')
    await user.should_not_see('There is no document here')
    user.find('Take it back').click()
    await user.should_see('all of us')


async def test_a_name_that_somebody_else_was_quicker_to_take_is_opened(user: User) -> None:
    await look_at(user, await user.http_client.get('/d/team'))
    await user.http_client.post('/api/documents', json={'title': 'Team', 'id': 'team', 'text': 'all of us'})
    user.find('make-it').click()
    await user.should_see('all of us')


async def test_an_address_without_a_page_says_so(user: User) -> None:
    response = await user.http_client.get('/no/such/page')
    assert response.status_code == 404
    assert 'There is nothing at this address' in response.text


async def test_a_damaged_document_is_never_shown_as_empty(own_settings: Path) -> None:
    async with collab_running() as user:
        path = await create_document(user, 'Minutes', 'precious')
    sql(own_settings, "UPDATE updates SET checksum = x'00'; DELETE FROM snapshots")
    async with collab_running() as user:
        response = await user.http_client.get(path)
        assert response.status_code == 503
        assert 'This document is damaged' in response.text


async def test_a_damaged_document_offers_the_last_good_backup(own_settings: Path) -> None:
    async with collab_running() as user:
        path = await create_document(user, 'Minutes', 'precious')
    back_up(own_settings / 'collab.db', own_settings / 'backups' / 'daily-2026-11-24-101500.db')
    sql(own_settings, "UPDATE updates SET checksum = x'00'; DELETE FROM snapshots")
    async with collab_running() as user:
        await look_at(user, await user.http_client.get(path))
        await user.should_see('This document is damaged')
        await user.should_see('24 November 2026, 10:15 UTC')
        await user.should_see('restore')
        user.find(marker='open-backup').click()
        await user.should_see(SharedEditor)
        await user.should_see('precious')
        assert path_of(user) != path
        await user.open('/')
        await user.should_see('Minutes \u2013 backup of 24 November 2026')


async def test_a_store_that_does_not_answer_is_no_empty_page(user: User, own_settings: Path) -> None:
    await create_document(user, 'Minutes')
    sql(own_settings, 'ALTER TABLE documents RENAME TO hidden')
    response = await user.http_client.get('/')
    assert response.status_code == 503
    assert 'cannot read its documents' in response.text
    assert 'no such table' not in response.text
    sql(own_settings, 'ALTER TABLE hidden RENAME TO documents')
    await user.open('/')
    await user.should_see('Minutes')


async def test_a_page_that_nobody_looks_at_does_not_hold_its_document_open(user: User) -> None:
    await begin(user)
    hub, path = hub_of(user), path_of(user)
    hub._linger = 0
    await user.http_client.get(path)
    leave(user)
    assert len(pages_at(path)) == 2
    for client in pages_at(path):
        client.delete() if client is user.client else Client.prune_instances(client_age_threshold=0)
    assert pages_at(path) == []
    for _ in range(50):
        if hub.room(path.removeprefix('/d/')) is None:
            return
        await asyncio.sleep(0.02)
    pytest.fail('the room is still open')


async def test_the_page_of_a_document_that_was_restored_offers_to_load_it_anew(user: User) -> None:
    await begin(user)
    room_of(user).close('restored', 'This document was restored from a backup.')
    await user.should_see('This document was restored from a backup.')
    user.find('Reload').click()
    await user.should_not_see('Reload')
    await user.should_see(SharedEditor)


async def test_what_people_write_is_never_html(user: User) -> None:
    evil = '<img src=x onerror="alert(1)">'
    await create_document(user, evil, evil)
    for path in ('/', path_of(user)):
        response = await user.http_client.get(path)
        assert evil not in response.text
        assert '<img src=x' not in response.text


SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
MARCH = 1_741_600_000_000


@pytest.mark.parametrize(
    ('then', 'words'),
    [
        (MARCH + 5 * SECOND, 'just now'),
        (MARCH - 44 * SECOND, 'just now'),
        (MARCH - 50 * SECOND, '1 minute ago'),
        (MARCH - 3 * MINUTE, '3 minutes ago'),
        (MARCH - 1 * HOUR, '1 hour ago'),
        (MARCH - 23 * HOUR, '23 hours ago'),
        (MARCH - 25 * HOUR, '1 day ago'),
        (MARCH - 6 * DAY, '6 days ago'),
        (MARCH - 8 * DAY, 'on 2 March'),
        (MARCH - 100 * DAY, 'on 30 November 2024'),
    ],
)
def test_times_are_said_as_people_say_them(then: int, words: str) -> None:
    assert ago(then, MARCH) == words


def test_the_exact_time_can_be_had() -> None:
    assert exactly(MARCH) == '10 March 2025, 09:46 UTC'


@pytest.mark.parametrize(
    ('name', 'letters'),
    [
        ('Amber Beaver', 'AB'),
        ('Amber Beaver (2)', 'AB'),
        ('zoë', 'Z'),
        ('Anna Maria von Berg', 'AB'),
        ('💡', '💡'),
        ('王小明', '王'),
        ('', ''),
    ],
)
def test_names_have_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


# what the stories above are told with


@asynccontextmanager
async def collab_running() -> AsyncIterator[User]:
    """Collab from start to stop, and somebody who uses it."""
    async with user_simulation(main_file=Path(__file__).parent.parent / 'main.py') as user:
        yield user


async def begin(user: User) -> None:
    """Make a document and be in it."""
    await user.open('/')
    user.find(marker='new-document').click()
    await user.should_see(SharedEditor)


def faces(user: User) -> tuple[object, ...]:
    """Of whom somebody sees the face."""
    (here,) = user.find(PeopleHere).elements
    return tuple(here.props['faces'])


async def create_document(user: User, title: str, text: str = '') -> str:
    """Make a document with this title and text; returns its path."""
    await begin(user)
    user.find(marker='title').type(title).trigger('keydown.enter')
    user.find(SharedEditor).type(text)
    await room_of(user).saved()
    for _ in range(100):
        if room_of(user).title == title:
            return path_of(user)
        await asyncio.sleep(0.02)
    pytest.fail('the title was not stored')


async def change_name(user: User, name: str, color: str = '') -> None:
    """Click on oneself, type another name, choose another colour, save."""
    user.find(marker='myself-face').click()
    user.find(marker='my-name').clear().type(name)
    if color:
        user.find(marker=f'color-{color}').trigger('change')
    user.find(marker='myself').trigger('submit')
    await asyncio.sleep(0)


async def look_at(user: User, response: httpx.Response) -> None:
    """Be on a page that was answered with another status than 200, which `user.open` does not take."""
    found = re.search(r"'client_id': '([0-9a-f-]+)'", response.text)
    assert found
    user.client = Client.instances[found[1]]
    data = {'client_id': found[1], 'tab_id': user.tab_id, 'document_id': str(uuid4())}
    assert await _on_handshake(f'test-{uuid4()}', data)


def leave(user: User) -> None:
    """Close the tab."""
    assert user.client
    for socket in list(user.client._socket_to_document_id):
        user.client.handle_disconnect(socket)


def path_of(user: User) -> str:
    return user.back_history[-1]


def editor_of(user: User) -> SharedEditor:
    (editor,) = user.find(SharedEditor).elements
    return editor


def room_of(user: User) -> Room:
    return editor_of(user).room


def hub_of(user: User) -> Hub:
    hub = getattr(room_of(user)._journal._on_trouble, '__self__', None)
    assert isinstance(hub, Hub)
    return hub


def count_of(user: User, marker: str) -> int:
    assert user.client
    with user.client:
        return len(list(ElementFilter(marker=marker)))


def title_of(user: User) -> str:
    (field,) = user.find(kind=ui.input, marker='title').elements
    return field.value or ''


def tab_title(user: User) -> str:
    assert user.client
    return user.client.resolve_title()


def pages_at(path: str) -> list[Client]:
    return [client for client in Client.instances.values() if client.request.url.path == path]


def sql(data_dir: Path, script: str) -> None:
    with closing(sqlite3.connect(data_dir / 'collab.db')) as connection:
        connection.executescript(script)
