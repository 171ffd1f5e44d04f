"""What can be done with the documents without opening them: back them up, bring them back, take them out."""

import argparse
import asyncio
import json
import logging
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from collab.rooms.ports import DamagedDocument, DocumentInfo, milliseconds
from collab.rooms.snapshots import text_of
from collab.settings import Settings
from collab.storage.backup import BackupFailed, Restored, back_up, is_readable, open_copy, restore
from collab.storage.backups import BEFORE, BY_HAND, name, newest_sound
from collab.storage.checking import DamagedFile
from collab.storage.copying import copied
from collab.storage.documents import Documents
from collab.storage.handover import ask
from collab.storage.images import Gallery
from collab.storage.lock import InUse, hold
from models import Database, DatabaseDamaged, DatabaseUnusable

log = logging.getLogger(__name__)

COMMANDS = ('backup', 'restore', 'export')
LONGEST_NAME = 80


class CommandFailed(Exception):
    """A command did not do all it should; `str` is what a person needs to know, and `code` the exit code."""

    def __init__(self, words: str, code: int = 2) -> None:
        super().__init__(words)
        self.code = code


def run(arguments: Sequence[str], settings: Settings) -> str:
    """Do what the command line says; returns what to print. Raises CommandFailed, SystemExit for --help."""
    asked = _parser().parse_args(arguments)
    try:
        if asked.command == 'backup':
            return _back_up(settings, asked.file)
        if asked.command == 'restore':
            return _restore(settings, asked.file, asked.document_id)
        return _export(settings, asked.folder)
    except BackupFailed as error:
        raise CommandFailed(str(error)) from error


async def back_up_apart(program: Path, target: Path) -> bool:
    """Make a backup in a process of its own, so that nobody who writes meanwhile waits for it.

    `program` is main.py. Returns whether all documents are whole. Raises BackupFailed.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, program, 'backup', target, stdout=DEVNULL, stderr=PIPE
    )
    try:
        _, words = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    if process.returncode not in (0, 1):
        raise BackupFailed(words.decode().strip() or f'exit code {process.returncode}')
    if process.returncode:
        log.error('The daily backup was made, but: %s', words.decode().strip())
    return process.returncode == 0


def backup_folder(settings: Settings) -> Path:
    """Where backups go that nobody named a file for."""
    return settings.data_dir / 'backups'


def advice(settings: Settings) -> str:
    """What to do about a database file that is damaged as a whole."""
    newest = newest_sound(backup_folder(settings))
    if newest is None:
        return f'Nothing was changed. There is no sound backup in {backup_folder(settings)}.'
    return f'Nothing was changed. The newest sound backup comes back with: python main.py restore {newest}'


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog='python main.py', epilog='All of them may be used while Collab runs.'
    )
    commands = parser.add_subparsers(dest='command', required=True)
    backup = commands.add_parser('backup', help='copy all documents into one file')
    backup.add_argument('file', nargs='?', type=Path, help='a new file; in the folder of backups if left out')
    restore = commands.add_parser('restore', help='bring documents back from a backup')
    restore.add_argument('file', type=Path, help='a file that backup has made')
    restore.add_argument('document_id', nargs='*', help='bring back only these; all if left out')
    export = commands.add_parser('export', help='write every document as a text file')
    export.add_argument('folder', type=Path, help='a new or empty folder')
    return parser


def _back_up(settings: Settings, file: Path | None) -> str:
    target = file or backup_folder(settings) / name(BY_HAND, milliseconds())
    findings = back_up(settings.database_file, target)
    done = f'{_count(len(findings.documents))} backed up to {target}'
    if findings.damaged:
        raise CommandFailed(f'{done}\nDamaged, and copied as they are: {_listed(findings.damaged)}', 1)
    return done


def _restore(settings: Settings, file: Path, wanted: Sequence[str]) -> str:
    if not file.is_file():
        raise BackupFailed(f'there is no file {file}')
    database = settings.database_file
    before = backup_folder(settings) / name(BEFORE, milliseconds())
    try:
        held = hold(database)
    except InUse:
        if not is_readable(database):
            raise BackupFailed(f'{database} is damaged, and Collab is running on it: stop it first') from None
        return _told(restore(database, file, wanted, before, partial(ask, database)), None)
    with held:  # no server can start meanwhile
        aside = None if is_readable(database) else _set_aside(database)
        try:
            return _told(restore(database, file, wanted, before), aside)
        except BackupFailed:
            if aside is not None:
                _move(aside, database)
            raise


def _told(done: Restored, aside: Path | None) -> str:
    words = [f'{_count(done.documents)} restored']
    if done.untouched:
        words.append(f'{_count(done.untouched)} left as before')
    if done.before is not None:
        words.append(f'what was there before is in {done.before}')
    if aside is not None:
        words.append(f'the damaged database is kept as {aside}')
    return '; '.join(words)


def _set_aside(database: Path) -> Path:
    """Move a database that cannot be read out of the way, with all that belongs to it."""
    aside = database.with_name(f'{database.name}.{name("damaged", milliseconds()).removesuffix(".db")}')
    _move(database, aside)
    return aside


def _move(file: Path, to: Path) -> None:
    for ending in ('-wal', '-shm', ''):
        part = file.with_name(file.name + ending)
        if part.exists():
            part.rename(to.with_name(to.name + ending))


def _export(settings: Settings, folder: Path) -> str:
    if not settings.database_file.is_file():
        raise CommandFailed(f'there is no database at {settings.database_file} yet')
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CommandFailed(f'{folder} is not an empty folder; name a new one')
    try:
        folder.mkdir(parents=True, exist_ok=True)
        written, damaged = _write_all(settings, folder)
    except DatabaseUnusable:
        raise
    except OSError as error:
        raise CommandFailed(f'cannot write to {folder}: {error.strerror}') from error
    done = f'{_count(written)} written to {folder}'
    if damaged:
        raise CommandFailed(f'{done}\nDamaged, and not written: {_listed(damaged)}', 1)
    return done


def _write_all(settings: Settings, folder: Path) -> tuple[int, dict[str, str]]:
    """How many documents were written, and what is wrong with those that could not be."""
    aside = backup_folder(settings)
    aside.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        # A copy, because an older database is brought up to date first, and a server may be writing to this.
        with copied(settings.database_file, aside) as copy:
            return asyncio.run(_write_each(open_copy(copy, settings.database_file), folder))
    except DamagedFile as error:
        raise DatabaseDamaged(f'the database {settings.database_file} is damaged: {error}') from error


async def _write_each(database: Database, folder: Path) -> tuple[int, dict[str, str]]:
    documents = Documents(database)
    damaged: dict[str, str] = {}
    names: set[str] = set()
    try:
        everything = await documents.list()
        for info in everything:
            try:
                text = text_of(await documents.load(info.id))
            except DamagedDocument as error:
                damaged[info.id] = str(error)
                continue
            _write(folder / _name(info, names), info, text)
            await Gallery(database).write(info.id, folder)
    finally:
        await database.dispose()
    return len(everything) - len(damaged), damaged


def _name(info: DocumentInfo, taken: set[str]) -> str:
    """A file name that every system takes, and that no other document of this export has."""
    safe = re.sub(r'[^\w .,()-]+', '_', info.title).strip(' ._')[:LONGEST_NAME] or info.id
    if safe.casefold() in taken:
        safe = f'{safe} ({info.id})'
    taken.add(safe.casefold())
    return f'{safe}.md'


def _write(file: Path, info: DocumentInfo, text: str) -> None:
    """The text, exactly, behind a front matter in YAML that ends with the second line `---`."""
    front = {
        'id': _quoted(info.id),
        'title': _quoted(info.title),
        'created': _moment(info.created_at),
        'changed': _moment(info.changed_at),
    }
    matter = ''.join(f'{key}: {value}\n' for key, value in front.items())
    file.write_bytes(f'---\n{matter}---\n{text}'.encode())


def _quoted(text: str) -> str:
    """A double-quoted scalar of YAML 1.2; JSON's strings are such."""
    return json.dumps(text, ensure_ascii=False)


def _moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec='seconds')


def _count(number: int) -> str:
    return f'{number} document{"" if number == 1 else "s"}'


def _listed(damaged: dict[str, str]) -> str:
    return ', '.join(f'{document_id} ({words})' for document_id, words in damaged.items())
