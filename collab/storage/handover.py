"""Hands a restore to the server that has the database open, so that nobody writes to it but the server.

The command makes a folder for its request beside the database, for its owner only, and holds a file in it:
a request lives no longer than its command. Then it waits for the answer. The server looks every second.
A request is carried out once or never: whoever is the first to rename or to delete it has decided that.
"""

import asyncio
import json
import logging
import os
import shutil
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from collab.storage.backup import BackupFailed, Snapshots, replace
from collab.storage.lock import PAUSE, Hold, beside, give, is_held
from models import Database

log = logging.getLogger(__name__)

LOOK_EVERY = 1.0
LIMIT = 30.0
"""Seconds that the server may take to begin."""

ALIVE, COPY, DRAFT = 'alive', 'copy.db', 'draft.json'
ASKED, TAKEN, ANSWER = 'asked.json', 'taken.json', 'answer.json'
PERHAPS = 'Either all of it is restored or nothing; to be sure, restore it once more'


def ask(
    database: Path, copy: Path, chosen: Sequence[str], lost_snapshots: Snapshots, limit: float = LIMIT
) -> int:
    """Be a `Writer` by letting the server do it that runs on the database; `copy` is moved to where it looks.

    Raises BackupFailed, also when the server has not begun within `limit` seconds; then it never will.
    """
    folder = beside(database, 'requests')
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        with TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as name, Hold(Path(name, ALIVE)):
            request = Path(name)
            shutil.move(copy, request / COPY)
            for path in (folder, request, request / ALIVE, request / COPY):
                give(path, database)
            _put(request / ASKED, {'documents': chosen, 'lost_snapshots': lost_snapshots}, database)
            return _answered(database, request, limit)
    except OSError as error:
        raise BackupFailed(f'Collab runs on {database}, and could not be asked: {error}') from error


class Restores:
    """Carries out what commands ask the server for that has the database in `file` open."""

    def __init__(self, database: Database, file: Path) -> None:
        self._database = database
        self._file = file
        self._folder = beside(file, 'requests')

    async def run(self) -> None:
        """Go on until cancelled."""
        await asyncio.to_thread(_clear, self._folder, self._file)
        while True:
            for request in await asyncio.to_thread(_waiting, self._folder):
                await self._decide(request)
            await asyncio.sleep(LOOK_EVERY)

    async def _decide(self, request: Path) -> None:
        try:
            if await asyncio.to_thread(_take, request):
                answer = await self._carry_out(request)
                await asyncio.to_thread(_put, request / ANSWER, answer, self._file)
        except FileNotFoundError:
            log.warning('Whoever asked in %s is gone and was not answered.', request)
        except Exception:  # of one request; the next one may be sound
            log.exception('What was asked for in %s could not be answered.', request)

    async def _carry_out(self, request: Path) -> dict[str, object]:
        try:
            chosen, lost = await asyncio.to_thread(_read, request, self._file)
        except (ValueError, TypeError, OSError) as error:
            log.warning('What was asked for in %s was not done: %s.', request, error)
            return {'error': f'Collab did not understand what it was asked for: {error}'}
        try:
            untouched = await self._database.visit(
                partial(replace, copy=request / COPY, chosen=chosen, lost_snapshots=lost)
            )
        except Exception as error:  # whatever it is, somebody waits to hear of it
            log.error('%d documents could not be restored: %s', len(chosen), error)
            return {'error': f'{self._file} could not be written, and is as it was: {error}'}
        log.info('Restored %d documents, as a command had asked.', len(chosen))
        return {'untouched': untouched}


def _answered(database: Path, request: Path, limit: float) -> int:
    until = time.monotonic() + limit
    while True:
        running = is_held(beside(database, 'lock'))  # looked at first: the answer comes before the end
        if (request / ANSWER).exists():
            break
        if not running:
            untouched = 'nothing was changed' if _withdraw(request) else PERHAPS
            raise BackupFailed(f'Collab, which ran on {database}, has ended: {untouched}')
        if time.monotonic() >= until and _withdraw(request):
            raise BackupFailed(
                f'Collab runs on {database}, but did not begin within {limit:g} seconds; nothing was changed'
            )
        time.sleep(PAUSE)
    answer = json.loads((request / ANSWER).read_text('utf-8'))
    if 'error' in answer:
        raise BackupFailed(answer['error'])
    return int(answer['untouched'])


def _withdraw(request: Path) -> bool:
    """Whether the server has not begun; then it will not."""
    try:
        (request / ASKED).unlink()
    except FileNotFoundError:
        return False
    return True


def _waiting(folder: Path) -> list[Path]:
    with suppress(OSError):
        return [asked.parent for asked in folder.glob(f'*/{ASKED}')]
    return []


def _take(request: Path) -> bool:
    """Whether it is for the server to decide on this request now; nobody else will any more."""
    try:
        (request / ASKED).rename(request / TAKEN)
    except FileNotFoundError:
        return False
    if _is_wanted(request):
        return True
    log.warning('What was asked for in %s was not done: whoever asked is gone.', request)
    shutil.rmtree(request, ignore_errors=True)
    return False


def _is_wanted(request: Path) -> bool:
    try:
        return is_held(request / ALIVE)
    except OSError:
        return False


def _read(request: Path, database: Path) -> tuple[list[str], list[tuple[str, int]]]:
    """The documents and the lost snapshots. Raises ValueError, TypeError, OSError for any other request."""
    for path in (request, request / TAKEN, request / COPY):
        found = path.lstat()
        if os.name == 'posix' and found.st_uid not in (os.geteuid(), database.stat().st_uid):
            raise ValueError(f'{path.name} belongs to somebody else')
        if os.name == 'posix' and found.st_mode & 0o077:
            raise ValueError(f'{path.name} is not for its owner only')
    match json.loads((request / TAKEN).read_text('utf-8')):
        case {'documents': [*documents], 'lost_snapshots': [*lost]}:
            return [_text(name) for name in documents], [(_text(name), int(seq)) for name, seq in lost]
        case _:
            raise ValueError('it is not a request')


def _text(found: object) -> str:
    if not isinstance(found, str):
        raise ValueError(f'{found!r} is not an id')
    return found


def _put(file: Path, content: object, database: Path) -> None:
    """Write a file that is there as a whole or not at all."""
    draft = file.with_name(DRAFT)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), 'w', encoding='utf-8') as aside:
        json.dump(content, aside)
    give(draft, database)
    draft.rename(file)


def _clear(folder: Path, database: Path) -> None:
    """Remove what earlier commands have left; say to who still waits that the server began anew."""
    for request in folder.glob('*'):
        with suppress(OSError):
            if not _is_wanted(request):
                shutil.rmtree(request)
            elif (request / TAKEN).exists() and not (request / ANSWER).exists():
                _put(request / ANSWER, {'error': f'Collab began anew meanwhile. {PERHAPS}'}, database)
