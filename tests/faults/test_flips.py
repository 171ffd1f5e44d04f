"""Bytes of the stopped database change by themselves: no wrong text is ever shown."""

import hashlib
import random
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path

import pytest

from collab.rooms import chapters
from collab.rooms.hub import Hub
from collab.rooms.ports import DamagedDocument
from collab.rooms.snapshots import rebuild
from collab.storage.documents import Documents
from models import DatabaseUnusable, open_database
from models.folding import log_of

DOCUMENTS = 6
FLIPS = 30
"""Damaged copies in a round."""


@asynccontextmanager
async def hub_over(file: Path) -> AsyncIterator[Hub]:
    database = open_database(f'sqlite+aiosqlite:///{file}')
    hub = Hub(Documents(database), linger=0)
    hub.start()
    try:
        yield hub
    finally:
        await hub.drain()
        await database.dispose()


async def written(file: Path, chance: random.Random) -> dict[str, str]:
    """A database with documents of many sizes, with and without snapshots and chapters; their texts."""
    texts = {}
    async with hub_over(file) as hub:
        for number in range(DOCUMENTS):
            name = f'doc-{number}'
            await hub.create(f'Title {number}', document_id=name)
            async with hub.open(name) as room:
                for edit in range(chance.choice((1, 20, 250))):
                    room.insert(
                        chance.randrange(len(room.text) + 1), f'<{edit}é🙂{"x" * chance.randrange(60)}>'
                    )
                    if edit % 10 == 0:
                        await room.saved()
                await room.saved()
                texts[name] = room.text
                if number % 3 == 0:
                    await hub.healing.settle(room)  # one that has an earlier life, too
    forget_snapshots(file)
    return texts


def forget_snapshots(file: Path) -> None:
    """Let every other document be read from its chapters."""
    with closing(sqlite3.connect(file)) as connection, connection:
        assert connection.execute('SELECT count(*) FROM chapters').fetchone() > (0,)
        connection.execute(
            'DELETE FROM snapshots WHERE document_id IN (?, ?, ?)', ('doc-0', 'doc-2', 'doc-4')
        )


def flip(file: Path, chance: random.Random) -> list[int]:
    """Change one to eight bytes anywhere; where."""
    data = bytearray(file.read_bytes())
    places = [chance.randrange(len(data)) for _ in range(chance.randint(1, 8))]
    for place in places:
        data[place] ^= 1 << chance.randrange(8) if chance.random() < 0.5 else chance.randrange(1, 256)
    file.write_bytes(data)
    return places


async def look(file: Path, texts: dict[str, str]) -> dict[str, str | None]:
    """The text of each document, None for one that is refused as damaged. Raises DatabaseUnusable."""
    database = open_database(f'sqlite+aiosqlite:///{file}')
    try:
        store = Documents(database)
        return {name: await text_of(store, name) for name in texts}
    finally:
        await database.dispose()


async def text_of(store: Documents, name: str) -> str | None:
    try:
        document = rebuild(await store.load(name))
    except DamagedDocument:
        return None
    text = document.text
    document.close()
    return text


@pytest.mark.rounds(1)
async def test_flipped_bytes_are_found_and_hurt_no_other_document(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chapters, 'ROWS', 2)
    monkeypatch.setattr(chapters, 'KEPT_ROWS', 3)
    chance = random.Random(seed)
    sound = tmp_path / 'sound.db'
    texts = await written(sound, chance)
    assert not log_of(sound).exists()
    whole = 0
    for copy in range(FLIPS):
        file = tmp_path / 'copy.db'
        shutil.copyfile(sound, file)
        where = f'seed {seed}, copy {copy}, bytes {flip(file, chance)}'
        before = hashlib.sha256(file.read_bytes()).digest()
        with suppress(DatabaseUnusable):
            found = await look(file, texts)
            wrong = [name for name, text in found.items() if text not in (None, texts[name])]
            assert not wrong, f'{where}: these open with another text: {wrong}'
            whole += all(text is not None for text in found.values())
        assert hashlib.sha256(file.read_bytes()).digest() == before, f'{where}: the file was changed'
    assert whole < FLIPS, 'no damage was ever met'
