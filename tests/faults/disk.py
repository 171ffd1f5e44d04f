"""A disk that loses its power: what of everything written would still be there.

The model is Linux's page cache at its least kind. A write changes the cache; a page (4 kB) of it is on the
disk for sure once a sync of its file has succeeded, and before that it may be there, or not, or be torn
between two sectors. After a sync that failed, the pages that it should have written are as good as clean: no
later sync writes them, unless they are written to again. A name is there once its folder was synced.
"""

import random
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path, PurePosixPath

from tests.faults.shim import MKDIR, OPEN, RENAME, SYNC, TRUNCATE, UNLINK, WRITE, Record

PAGE, SECTOR = 4096, 512


class Luck(Enum):
    """What becomes of that which was not synced."""

    NOTHING = 'nothing of it is there'
    EVERYTHING = 'all of it is there'
    PAGES = 'some pages of it are there'
    SECTORS = 'some sectors of it are there'


@dataclass(slots=True, eq=False)
class File:
    """One file: what its readers see, what is on the disk, and which pages differ in between."""

    cache: bytearray = field(default_factory=bytearray)
    disk: bytearray = field(default_factory=bytearray)
    size: int = 0
    """Its size on the disk."""
    dirty: set[int] = field(default_factory=set)

    def write(self, offset: int, data: bytes) -> None:
        end = offset + len(data)
        if len(self.cache) < end:
            self.cache.extend(bytes(end - len(self.cache)))
        self.cache[offset:end] = data
        self.dirty.update(range(offset // PAGE, (end + PAGE - 1) // PAGE))

    def truncate(self, size: int) -> None:
        self.cache = self.cache[:size].ljust(size, b'\0')
        self.dirty = {page for page in self.dirty if page * PAGE < size}

    def sync(self) -> None:
        for page in self.dirty:
            self.keep(page * PAGE, PAGE)
        self.dirty.clear()
        self.size = len(self.cache)

    def fail(self) -> None:
        """A sync failed: nobody writes these pages any more."""
        self.dirty.clear()

    def keep(self, offset: int, length: int) -> None:
        """This part of the cache gets to the disk."""
        part = self.cache[offset : offset + length]
        if len(self.disk) < offset + len(part):
            self.disk.extend(bytes(offset + len(part) - len(self.disk)))
        self.disk[offset : offset + len(part)] = part

    def after(self, luck: Luck, chance: random.Random) -> bytes:
        """What is found when the power is back."""
        left = File(self.cache, bytearray(self.disk), self.size)
        for page in sorted(self.dirty if luck is not Luck.NOTHING else ()):
            for offset in range(page * PAGE, (page + 1) * PAGE, SECTOR if luck is Luck.SECTORS else PAGE):
                if luck is Luck.EVERYTHING or chance.random() < 0.5:
                    left.keep(offset, SECTOR if luck is Luck.SECTORS else PAGE)
        grown = luck is Luck.EVERYTHING or (luck is not Luck.NOTHING and chance.random() < 0.5)
        size = len(self.cache) if grown else self.size
        return bytes(left.disk[:size].ljust(size, b'\0'))


@dataclass(slots=True)
class Disk:
    """All files below a folder. `take` the records of a process in order; `crash` between any two."""

    root: str
    files: dict[int, File] = field(default_factory=dict)
    names: dict[str, File | None] = field(default_factory=dict)
    """What names stand for now; None is a folder."""
    kept: dict[str, File | None] = field(default_factory=dict)
    """What they stand for on the disk."""
    folders: dict[int, str] = field(default_factory=dict)
    unsynced: list[tuple[str, File | None, bool]] = field(default_factory=list)
    """Names that were given (True) or taken away since their folder was last synced, in order."""

    def take(self, record: Record) -> None:
        if record.kind == OPEN:
            self._open(record)
        elif record.kind == MKDIR:
            self._name(record.path, None)
        elif record.kind == UNLINK:
            self._unname(record.path)
        elif record.kind == RENAME:
            before, after = record.path.split('\0')
            file = self.names.get(before)
            self._unname(before)
            self._name(after, file)
        elif record.kind == SYNC and record.inode in self.folders:
            if record.result == 0:
                self._sync_names(self.folders[record.inode])
        elif record.inode in self.files:
            self._change(self.files[record.inode], record)

    def crash(self, folder: Path, luck: Luck, chance: random.Random) -> Path:
        """Lay out in `folder` what is left; where the root of the recorded files is now."""
        names = dict(self.kept)
        for path, file, given in self.unsynced:
            if luck is Luck.NOTHING or (luck is not Luck.EVERYTHING and chance.random() < 0.5):
                break  # a journal keeps such changes in order: none without those before it
            if given:
                names[path] = file
            else:
                names.pop(path, None)
        for path, file in sorted(names.items()):
            place = folder / PurePosixPath(path).relative_to(self.root)
            if file is None:
                place.mkdir(exist_ok=True)
            elif place.parent.is_dir():
                place.write_bytes(file.after(luck, chance))
        return folder

    def _open(self, record: Record) -> None:
        path = record.path
        if record.offset:
            self.folders[record.inode] = path
        elif not isinstance(self.names.get(path), File):
            self.files[record.inode] = File()
            self._name(path, self.files[record.inode])

    @staticmethod
    def _change(file: File, record: Record) -> None:
        if record.kind == WRITE:
            file.write(record.offset, record.data)
        elif record.kind == TRUNCATE:
            file.truncate(record.offset)
        elif record.kind == SYNC:
            if record.result == 0:
                file.sync()
            else:
                file.fail()

    def _name(self, path: str, file: File | None) -> None:
        self.names[path] = file
        self.unsynced.append((path, file, True))

    def _unname(self, path: str) -> None:
        file = self.names.pop(path, None)
        self.unsynced.append((path, file, False))

    def _sync_names(self, folder: str) -> None:
        within = [change for change in self.unsynced if str(PurePosixPath(change[0]).parent) == folder]
        for path, file, given in within:
            if given:
                self.kept[path] = file
            else:
                self.kept.pop(path, None)
        self.unsynced = [change for change in self.unsynced if change not in within]
