"""The disk between a server and its files: writes down what it does, and fails when it is told to."""

import mmap
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name('shim.c')
OPEN, WRITE, TRUNCATE, SYNC, UNLINK, RENAME, MKDIR = range(1, 8)
HEAD = struct.Struct('<5Qq')
CONTROL = struct.Struct('<4i48s')


def compiler() -> str | None:
    """The C compiler that makes the shim."""
    return shutil.which('cc') or shutil.which('gcc')


def compiled(folder: Path, source: Path = SOURCE) -> Path:
    """The shim, or another source, as a library that can be preloaded."""
    made = folder / source.with_suffix('.so').name
    command = [
        compiler() or 'cc',
        '-Wall',
        '-Wextra',
        '-Werror',
        '-O1',
        '-shared',
        '-fPIC',
        '-o',
        made,
        source,
    ]
    subprocess.run([*command, '-ldl', '-lpthread'], check=True)
    return made


@dataclass(frozen=True, slots=True)
class Record:
    """Something that was done to a file. `at` is in nanoseconds of the monotonic clock, just after it."""

    at: int
    kind: int
    inode: int
    offset: int
    result: int
    data: bytes

    @property
    def path(self) -> str:
        return self.data.decode()


class Shim:
    """One preloaded library, its log and its control; `environment` is what a process needs to meet it."""

    def __init__(self, library: Path, folder: Path, watched: Path) -> None:
        self._log = folder / 'disk.log'
        shared = folder / 'disk.control'
        shared.write_bytes(bytes(CONTROL.size))
        with shared.open('r+b') as file:
            self._control = mmap.mmap(file.fileno(), CONTROL.size)
        self.environment = {
            'LD_PRELOAD': str(library),
            'FAULTS_FOLDER': str(watched),
            'FAULTS_LOG': str(self._log),
            'FAULTS_CONTROL': str(shared),
        }

    def fail(self, ending: str, *, skip: int = 0, times: int) -> None:
        """Let the next `times` syncs of files whose name ends like this fail, after `skip` that do not."""
        self._control[:] = CONTROL.pack(skip, times, 0, self.synced, ending.encode())

    @property
    def failed(self) -> int:
        """How many syncs failed since the last order to."""
        return int(CONTROL.unpack(self._control[:])[2])

    @property
    def synced(self) -> int:
        """How many syncs succeeded so far."""
        return int(CONTROL.unpack(self._control[:])[3])

    @property
    def recorded(self) -> int:
        """How many bytes the records have so far; about as many as were written."""
        return self._log.stat().st_size

    def records(self) -> Iterator[Record]:
        """What was done so far, in order; the last one may be cut off and is left out then."""
        with self._log.open('rb') as log:
            while len(head := log.read(HEAD.size)) == HEAD.size:
                at, kind, inode, offset, length, result = HEAD.unpack(head)
                data = log.read(length)
                if len(data) == length:
                    yield Record(at, kind, inode, offset, result, data)

    def close(self) -> None:
        self._control.close()
        os.unlink(self._log)
