"""Finds out whether a page shows what the server holds, and the server holds what is in the log."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from collab.document import protocol
from collab.document.broken import BrokenDocument
from collab.document.digest import Digest
from collab.document.protocol import Check
from collab.document.shared import SharedDocument
from collab.rooms.peer import Peer

if TYPE_CHECKING:
    from collab.rooms.room import Room

log = logging.getLogger(__name__)

PATIENCE = 60.0
"""Seconds between two times that a document is proven by its log because a page says something else: a page
that lies, or is broken for good, costs no more than that."""


class Comparison:
    """Compares replicas that must be equal: nothing is on its way between them, and everything is durable.

    Where they differ, `on_doubt` is called to have the document proven by its log, which tells `proven` the
    outcome. Then the page is right, or told to take the text anew.
    """

    def __init__(self, room: 'Room', on_doubt: Callable[['Room'], None]) -> None:
        self._room = room
        self._on_doubt = on_doubt
        self._own: tuple[SharedDocument, int, Digest] | None = None
        self._proven = -1
        """How many edits there were when the document was last proven to be what its log says."""
        self._doubted_at = float('-inf')
        self._waiting: tuple[Peer, Check] | None = None

    @property
    def own(self) -> Digest:
        """The digest of the live document; worked out once after each change, however many pages ask."""
        document, edits = self._room.document, self._room.edits
        if self._own is None or self._own[:2] != (document, edits):
            self._own = (document, edits, document.digest())
        return self._own[2]

    def check(self, peer: Peer, check: Check) -> None:
        """A page at rest says what it holds. It says so again after a while if nobody answers."""
        if not self._is_comparable(peer, check):
            return
        if check.digest == self.own:
            peer.offer(protocol.same())
        elif check.digest.vector != self.own.vector:
            peer.offer(protocol.resync())  # one of us lacks something: each tells the other what it has
            peer.offer(protocol.step1(self._room.document.state_vector()))
        elif self._proven == self._room.edits:
            peer.offer(protocol.renew())
        else:
            self._doubt(peer, check)

    def proven(self, seq: int, stored: Digest) -> None:
        """The log up to update `seq` makes this digest; if the live document differs, that is wrong."""
        if self._room.tail.end != seq or not self._room.is_durable():
            self._waiting = None  # somebody types: the page asks again when it is at rest
        elif stored == self.own:
            self.made_sure()
        else:
            self._room.broke(
                BrokenDocument(f'it differed from its log, which makes {stored.size} bytes of text')
            )

    def made_sure(self) -> None:
        """The live document is what its log says: whether a page is, can be said now."""
        self._proven = self._room.edits
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self.check(*waiting)

    def _is_comparable(self, peer: Peer, check: Check) -> bool:
        room = self._room
        settled = room.is_durable() and not room.broken and not room.closed
        return settled and peer.synced and not peer.behind and peer.told == check.seen

    def _doubt(self, peer: Peer, check: Check) -> None:
        room, now = self._room, self._room.allowances.clock()
        if now - self._doubted_at < PATIENCE:
            return
        self._doubted_at = now
        self._waiting = (peer, check)
        words = 'Document %s, update %d: a page holds another text, of %d bytes; the server has %d.'
        log.error(words, room.id, room.tail.end, check.digest.size, self.own.size)
        self._on_doubt(room)
