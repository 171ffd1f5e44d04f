"""How much log lies behind a room's last snapshot, and whether a new one is worth its cost."""

import asyncio

from collab.rooms.ports import StoredDocument

ROWS, BYTES_PER_ROW = 1_000, 1_000
"""A new snapshot is worth its cost after so many updates, and one more for each so many bytes of the last:
reading a row at the opening costs about as much as writing a kilobyte of snapshot. Only after a crash are so
many to be read; whoever types meanwhile feels each snapshot that is made."""

BYTES = 4_000_000
"""So many bytes of updates behind the last snapshot, and its own size again, are also worth a new one."""

LAST_BYTES, LAST_PART = 32_000, 32
"""When a document closes, so many bytes of updates and such a part of the last snapshot are worth a new one:
an update is read in Python, which takes fifteen times as long as merging a snapshot."""


class Tail:
    """The log of one open document behind its last snapshot."""

    def __init__(self, stored: StoredDocument) -> None:
        self.lock = asyncio.Lock()
        """Held while a snapshot is being made."""
        self.end = stored.seq
        """Number of the last update in it; it is durable."""
        self._bytes = sum(map(len, stored.tail))
        self._snapshot_seq = stored.snapshot_seq
        self.snapshot_bytes = len(stored.snapshot or b'')
        """Size of the last snapshot."""
        self._failed_at = 0

    @property
    def is_summed_up(self) -> bool:
        """Nothing came since the last snapshot."""
        return self.end == self._snapshot_seq

    def grew(self, end: int, size: int) -> None:
        """It ends at update number `end` now, so many bytes later."""
        self.end = end
        self._bytes += size

    def is_due(self) -> bool:
        """Whether the log has grown enough for a new snapshot."""
        rows = self.end - max(self._snapshot_seq, self._failed_at)
        long = self._bytes >= BYTES + self.snapshot_bytes and rows >= ROWS // 50
        return long or rows >= ROWS + self.snapshot_bytes // BYTES_PER_ROW

    def is_due_at_last(self) -> bool:
        """Whether the next opening would take so much longer without a new snapshot that it is made now."""
        rows = self.end - max(self._snapshot_seq, self._failed_at)
        return rows > 0 and self._bytes >= max(LAST_BYTES, self.snapshot_bytes // LAST_PART)

    def summed_up(self, seq: int, size: int) -> None:
        """There is a snapshot of so many bytes after update `seq` now."""
        self._snapshot_seq, self.snapshot_bytes, self._bytes = seq, size, 0

    def failed(self) -> None:
        """No snapshot could be made: not again at the next key, but after as many more."""
        self._failed_at = self.end
