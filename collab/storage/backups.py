"""The folder of backups: one made every day, the last few kept, and the newest that can help is found."""

import asyncio
import logging
import re
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from collab.rooms.ports import DamagedDocument, StoredDocument, UnknownDocument, milliseconds
from collab.storage.backup import BackupFailed, brought_up
from collab.storage.checking import DamagedFile, check
from collab.storage.documents import Documents
from models import Database

log = logging.getLogger(__name__)

DAY = 24 * 60 * 60 * 1000
LOOK_EVERY = 10 * 60
"""Seconds between looks whether a backup is due."""
FIRST_LOOK = 60
"""Seconds before the first look: a start has enough to do."""

DAILY, BY_HAND, BEFORE = 'daily', 'collab', 'before-restore'
"""How the names begin of backups made by themselves, by a person, and ahead of a restore."""

NAME = re.compile(r'[a-z-]+-(\d{4}-\d\d-\d\d-\d{6})\.db')
STAMP = '%Y-%m-%d-%H%M%S'


def name(kind: str, at: int) -> str:
    """What a backup made at `at` (milliseconds) is called: the kind and the time in UTC."""
    return f'{kind}-{datetime.fromtimestamp(at / 1000, UTC).strftime(STAMP)}.db'


def made_at(file: Path) -> int:
    """When a backup was made, in milliseconds: by its name, or if that does not tell by its date."""
    if match := NAME.fullmatch(file.name):
        return round(datetime.strptime(match[1], STAMP).replace(tzinfo=UTC).timestamp() * 1000)
    return file.stat().st_mtime_ns // 1_000_000


def all_backups(folder: Path) -> Sequence[Path]:
    """The backups in a folder, newest first; none when there is no folder."""
    return sorted(folder.glob('*.db'), key=made_at, reverse=True)


@dataclass(frozen=True, slots=True)
class Rescue:
    """A document as a backup holds it."""

    file: Path
    made_at: int
    stored: StoredDocument


async def find_rescue(folder: Path, document_id: str) -> Rescue | None:
    """The document out of the newest backup that holds it whole, or None. Nothing is changed by looking."""
    for file in await asyncio.to_thread(all_backups, folder):
        try:
            with TemporaryDirectory(prefix='collab-') as aside:
                readable = await asyncio.to_thread(brought_up, file, Path(aside))
                return Rescue(file, made_at(file), await _load(readable, document_id))
        except (UnknownDocument, DamagedDocument, SQLAlchemyError, sqlite3.Error, OSError) as error:
            log.debug('The backup %s does not help with %s: %s', file, document_id, error)
    return None


async def _load(file: Path, document_id: str) -> StoredDocument:
    database = Database(make_url(f'sqlite+aiosqlite:///{file}'), busy_timeout=1.0)
    try:
        return await Documents(database).load(document_id)
    finally:
        await database.dispose()


def newest_sound(folder: Path) -> Path | None:
    """The newest backup in which every checksum is right; None when there is none."""
    for file in all_backups(folder):
        try:
            with closing(sqlite3.connect(f'{file.absolute().as_uri()}?mode=ro', uri=True)) as connection:
                if not check(connection).damaged:
                    return file
        except (sqlite3.Error, DamagedFile):
            continue
    return None


class DailyBackups:
    """Lets a backup be made once a day and keeps the last `keep`; of other backups it deletes none.

    `make(file)` makes one and says whether all documents in it are whole; it raises BackupFailed.
    """

    def __init__(
        self,
        make: Callable[[Path], Awaitable[bool]],
        folder: Path,
        keep: int,
        now: Callable[[], int] = milliseconds,
    ) -> None:
        self._make = make
        self._folder = folder
        self._keep = keep
        self._now = now
        self._failing = False

    async def run(self) -> None:
        """Go on until cancelled."""
        pause = FIRST_LOOK
        while self._keep:
            await asyncio.sleep(pause)
            await self.look()
            pause = LOOK_EVERY

    async def look(self) -> None:
        """Make a backup if one is due. A failure is logged, and the next look tries again."""
        try:
            await self._make_if_due()
            self._failing = False
        except (BackupFailed, OSError) as error:
            if not self._failing:
                log.error('The daily backup could not be made: %s', error)
            self._failing = True

    async def _make_if_due(self) -> None:
        daily = [file for file in all_backups(self._folder) if file.name.startswith(f'{DAILY}-')]
        now = self._now()
        if daily and 0 <= now - made_at(daily[0]) < DAY:
            return
        if await self._make(self._folder / name(DAILY, now)):  # else older ones may be all that is left
            for old in daily[self._keep - 1 :]:
                old.unlink()
