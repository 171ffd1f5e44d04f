"""Pictures in documents: told by their content, bounded, kept with them, and served as nothing else."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from collab.document.roles import Role
from collab.rooms import images as images_module
from collab.rooms.allowance import Rate
from collab.rooms.images import LIMIT, Images, kind_of
from collab.rooms.paces import TooFast
from collab.rooms.ports import UnknownDocument
from collab.storage.backup import back_up, restore
from collab.storage.documents import Documents
from collab.storage.images import Gallery
from collab.web.images import router
from models import Database, open_database
from tests.support.clock import Clock
from tests.support.store_contract import records

PNG = b'\x89PNG\r\n\x1a\n' + b'picture'
WEBP = b'RIFF\x00\x00\x00\x00WEBPVP8 '
SAMPLES = {'png': PNG, 'jpg': b'\xff\xd8\xff\xe0', 'gif': b'GIF89a...', 'webp': WEBP}


@pytest.fixture
async def database(database: Database) -> Database:
    await Documents(database).create('plan', 'Plan', 1)
    return database


@pytest.fixture
def images(database: Database) -> Images:
    return Images(Gallery(database), now=lambda: 5_000, clock=lambda: 0.0)


@pytest.fixture
async def client(images: Images) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(router(images))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url='http://collab.example') as client:
        yield client


@pytest.mark.parametrize('end', SAMPLES)
async def test_a_picture_is_kept_and_served_as_what_it_is(client: httpx.AsyncClient, end: str) -> None:
    """Whatever its sender calls it."""
    headers = {'Content-Type': 'text/html'}
    answer = await client.post('/d/plan/images', content=SAMPLES[end], headers=headers)
    assert answer.status_code == 201
    address = answer.json()['address']
    assert address.startswith('/d/plan/images/')
    assert address.endswith(f'.{end}')
    shown = await client.get(address)
    assert shown.content == SAMPLES[end]
    assert shown.headers['content-type'] == {'jpg': 'image/jpeg'}.get(end, f'image/{end}')
    assert shown.headers['x-content-type-options'] == 'nosniff'
    assert 'sandbox' in shown.headers['content-security-policy']
    assert 'immutable' in shown.headers['cache-control']
    assert (await client.post('/d/plan/images', content=SAMPLES[end])).json()['address'] == address


@pytest.mark.parametrize(
    'data', [b'', b'<svg xmlns="http://www.w3.org/2000/svg"/>', b'<script>', b'RIFF1234AVI ', b'BM', b'%PDF-']
)
async def test_what_is_no_picture_is_refused_in_words(client: httpx.AsyncClient, data: bytes) -> None:
    answer = await client.post('/d/plan/images', content=data, headers={'Content-Type': 'image/png'})
    assert answer.status_code == 415
    assert answer.json()['detail'] == 'only PNG, JPEG, GIF and WebP can be shown.'


async def test_what_says_that_it_is_too_large_is_refused_before_it_is_read(images: Images) -> None:
    app = FastAPI()
    app.include_router(router(images))
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        raise AssertionError('the body was read')

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {
        'type': 'http', 'method': 'POST', 'path': '/d/plan/images', 'raw_path': b'', 'query_string': b'',
        'headers': [(b'content-length', str(LIMIT + 1).encode())], 'http_version': '1.1', 'scheme': 'http',
        'server': ('collab.example', 80), 'client': ('127.0.0.1', 1), 'root_path': '',
    }  # fmt: skip
    await app(scope, receive, send)  # type: ignore[arg-type]
    assert sent[0]['status'] == 413


async def test_what_does_not_say_how_large_it_is_is_read_no_further_than_allowed(
    client: httpx.AsyncClient,
) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while read < 10 * LIMIT:
            read += 100_000
            yield PNG + b'x' * 100_000

    answer = await client.post('/d/plan/images', content=endless())
    assert answer.status_code == 413
    assert answer.json()['detail'] == 'it is larger than 5 MB.'


async def test_a_page_of_another_site_cannot_bring_one(client: httpx.AsyncClient) -> None:
    answer = await client.post('/d/plan/images', content=PNG, headers={'Origin': 'https://evil.example'})
    assert answer.status_code == 403


async def test_only_the_right_name_in_the_right_document_finds_it(
    client: httpx.AsyncClient, database: Database
) -> None:
    address = (await client.post('/d/plan/images', content=PNG)).json()['address']
    await Documents(database).create('other', 'Other', 1)
    for wrong in (
        address.replace('plan', 'other'),
        address.replace('plan', 'none'),
        address.replace('.png', '.html'),
        address.replace('.png', ''),
        '/d/plan/images/x.png',
    ):
        assert (await client.get(wrong)).status_code == 404
    await Documents(database).delete('plan', 9)
    assert (await client.get(address)).status_code == 404
    assert (await client.post('/d/plan/images', content=PNG)).status_code == 404


async def test_one_that_was_damaged_is_not_shown(client: httpx.AsyncClient, file: Path) -> None:
    address = (await client.post('/d/plan/images', content=PNG)).json()['address']
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute('UPDATE images SET data = ?', (PNG + b'<script>',))
    assert (await client.get(address)).status_code == 404


async def test_who_only_reads_brings_none_and_nobody_brings_too_many(images: Images) -> None:
    with pytest.raises(PermissionError):
        await images.add('plan', 'ann', Role.VIEWER, PNG)
    with pytest.raises(ValueError, match='larger than 5 MB'):
        await images.add('plan', 'ann', Role.EDITOR, PNG + bytes(LIMIT))
    large = PNG + bytes(LIMIT - len(PNG))
    for _ in range(10):
        await images.add('plan', 'ann', Role.EDITOR, large)
    with pytest.raises(TooFast, match='Wait'):
        await images.add('plan', 'ann', Role.EDITOR, large)
    await images.add('plan', 'bob', Role.EDITOR, PNG)
    with pytest.raises(UnknownDocument):
        await images.add('none', 'bob', Role.EDITOR, PNG)


async def test_whoever_comes_with_ever_new_names_does_not_fill_the_disk(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(images_module, 'TOGETHER', Rate(len(PNG), 3 * len(PNG)))
    images = Images(Gallery(database), clock=clock)
    for number in range(4):
        await images.add('plan', f'bot {number}', Role.EDITOR, PNG)
    with pytest.raises(TooFast, match='Wait'):
        await images.add('plan', 'one more', Role.EDITOR, PNG)
    clock.now += 4.0
    await images.add('plan', 'ann', Role.EDITOR, PNG)


async def test_too_much_and_a_full_disk_are_said_in_words(
    client: httpx.AsyncClient, images: Images, monkeypatch: pytest.MonkeyPatch
) -> None:
    for error, status in ((TooFast('wait'), 429), (PermissionError('no'), 403), (OSError('full'), 503)):

        async def fail(*_: object, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr(images, 'add', fail)
        answer = await client.post('/d/plan/images', content=PNG)
        assert answer.status_code == status
        assert answer.json()['detail']


async def test_they_go_when_their_document_is_deleted_for_good(
    images: Images, database: Database, file: Path
) -> None:
    for number in range(3):
        await images.add('plan', 'ann', Role.EDITOR, PNG + bytes([number]))
    store = Documents(database)
    await store.delete('plan', 9)
    while await store.purge(10):
        pass
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute('SELECT id FROM images').fetchall() == []


async def test_whoever_types_does_not_wait_for_a_copy_of_many_pictures(
    images: Images, database: Database
) -> None:
    store = Documents(database)
    await store.create('copy', 'Copy', 1)
    for number in range(20):
        await images.add('plan', 'ada', Role.EDITOR, PNG + bytes([number]))
    copying = asyncio.create_task(store.copy_images('plan', 'copy'))
    await asyncio.sleep(0)  # it has begun
    await store.append(records('plan', b'typed meanwhile'))
    assert not copying.done()
    await copying


async def test_a_copy_of_the_document_has_them_for_itself(images: Images, database: Database) -> None:
    picture = await images.add('plan', 'ann', Role.EDITOR, PNG)
    store = Documents(database)
    await store.create('copy', 'Copy', 1)
    for _ in range(2):
        await store.copy_images('plan', 'copy')
    await store.delete('plan', 9)
    while await store.purge(10):
        pass
    found = await images.find('copy', picture.id)
    assert found is not None
    assert found.data == PNG


async def test_they_are_exported_under_their_addresses_and_nowhere_else(
    images: Images, database: Database, file: Path, tmp_path: Path
) -> None:
    picture = await images.add('plan', 'ann', Role.EDITOR, PNG)
    damaged = await images.add('plan', 'ann', Role.EDITOR, WEBP)
    await Documents(database).create('../../evil', 'Evil', 1)
    await images.add('../../evil', 'ann', Role.EDITOR, PNG)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE images SET data = x'00' WHERE id = ?", (damaged.id,))
    for document_id in ('plan', '../../evil', 'none'):
        await Gallery(database).write(document_id, tmp_path / 'out')
    assert pictures_in(tmp_path) == [Path(f'out{picture.address}')]


def pictures_in(folder: Path) -> list[Path]:
    return [one.relative_to(folder) for one in folder.rglob('*') if one.suffix in ('.png', '.webp')]


async def test_they_are_in_a_backup_and_come_back_with_it(
    images: Images, database: Database, file: Path, tmp_path: Path
) -> None:
    picture = await images.add('plan', 'ann', Role.EDITOR, PNG)
    back_up(file, tmp_path / 'backup.db')
    await database.dispose()
    new = tmp_path / 'new.db'
    restore(new, tmp_path / 'backup.db', [], tmp_path / 'before.db')
    again = open_database(f'sqlite+aiosqlite:///{new}')
    assert await Gallery(again).find('plan', picture.id) == picture
    await again.dispose()


def test_a_picture_is_told_by_how_it_begins() -> None:
    assert [kind_of(data) for data in SAMPLES.values()] == [
        'image/png',
        'image/jpeg',
        'image/gif',
        'image/webp',
    ]
