"""The clock on a server's wall: it can be set, as people and time servers do."""

import mmap
import struct
from pathlib import Path

from tests.faults.shim import compiled

SOURCE = Path(__file__).with_name('clock.c')
AHEAD = struct.Struct('<d')


class Clock:
    """A preloaded library and its control; `environment` is what a process needs to look at this clock."""

    def __init__(self, folder: Path) -> None:
        shared = folder / 'clock.control'
        shared.write_bytes(AHEAD.pack(0.0))
        with shared.open('r+b') as file:
            self._control = mmap.mmap(file.fileno(), AHEAD.size)
        self.environment = {'LD_PRELOAD': str(compiled(folder, SOURCE)), 'FAULTS_CLOCK': str(shared)}

    def set(self, ahead: float) -> None:
        """From now on it is so many seconds ahead of the true time, or behind; no interval changes."""
        self._control[:] = AHEAD.pack(ahead)

    def close(self) -> None:
        self._control.close()
