"""What a server that starts now would find: a document loaded anew from a copy of the database's files."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from collab.rooms.snapshots import text_of
from collab.storage.documents import Documents
from models import open_database

FILES = ('', '-wal')  # not -shm: it is made anew from the log


@dataclass(frozen=True, slots=True)
class Stored:
    """A document as the database has it."""

    text: str
    epoch: int
    seq: int


async def stored(file: Path, document: str) -> Stored:
    """The document, from a copy: the files stay as they are. Raises what opening and loading do."""
    with copy(file) as copied:
        return await load(copied, document)


async def load(file: Path, document: str) -> Stored:
    """The document from this very file."""
    database = open_database(f'sqlite+aiosqlite:///{file}')
    try:
        loaded = await Documents(database).load(document)
    finally:
        await database.dispose()
    return Stored(text_of(loaded), loaded.epoch, loaded.seq)


@contextmanager
def copy(file: Path) -> Iterator[Path]:
    """A copy of the database and its write-ahead log, for the length of a block."""
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(folder) / file.name
        for ending in FILES:
            if (original := file.with_name(file.name + ending)).exists():
                shutil.copyfile(original, copied.with_name(copied.name + ending))
        yield copied
