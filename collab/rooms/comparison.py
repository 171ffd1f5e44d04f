"""Finds out whether a page shows what the server holds, and the server holds what is in the log."""

import logging
from typing import TYPE_CHECKING

from collab.document import protocol
from collab.document.broken import BrokenDocument
from collab.document.digest import Digest
from collab.document.protocol import Check
from collab.document.roles import Act, may
from collab.document.shared import SharedDocument
from collab.rooms.peer import Peer

if TYPE_CHECKING:
    from collab.rooms.healing import Healing
    from collab.rooms.room import Room
    from collab.rooms.snapshots import Proof

log = logging.getLogger(__name__)

PATIENCE = 10.0
"""Seconds between two times that a document is proven by its log because a page says something else: a page
that lies, or is broken for good, costs no more than that."""


class Comparison:
    """Compares replicas that must be equal: nothing is on its way between them, and everything is durable.

    Where they differ, the document is proven by its log, and `proven` hears the outcome. Then the page is
    right, or told to take the text anew, or no page can be: a document that is not made alike everywhere is
    put in order.
    """

    def __init__(self, room: 'Room', healing: 'Healing') -> None:
        self._room = room
        self._healing = healing
        self._own: tuple[SharedDocument, int, Digest] | None = None
        self._proven = -1
        """How many edits there were when the document was last proven to be what its log says."""
        self._doubted_at = float('-inf')
        self._renewed = False
        """Some page was told to take the whole text anew."""
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
            if self._proven != self._room.edits:
                self._healing.look(self._room)
        elif check.digest.vector != self.own.vector:
            peer.offer(protocol.resync())  # one of us lacks something: each tells the other what it has
            peer.offer(protocol.step1(self._room.document.state_vector()))
        elif self._proven == self._room.edits:
            self._renew(peer, check)
        else:
            self._doubt(peer, check)

    def proven(self, seq: int, proof: 'Proof') -> None:
        """The log up to update `seq` makes this; if the live document differs, that is wrong."""
        room = self._room
        if room.broken or room.closed:
            self._waiting = None
        elif proof.ambiguous:
            self._waiting = None
            log.error('Document %s does not look the same everywhere after update %d.', room.id, seq)
            self._healing.put_in_order(room)
        elif room.tail.end != seq or not room.is_durable():
            self._waiting = None  # somebody types: the page asks again when it is at rest
        elif proof.digest == self.own:
            self.made_sure()
        else:
            room.broke(
                BrokenDocument(f'it differed from its log, which makes {proof.digest.size} bytes of text')
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

    def _renew(self, peer: Peer, check: Check) -> None:
        """It is to take the whole text anew; if that has not helped and it may edit, it is believed."""
        in_vain = self._renewed and peer.whole_at == self._room.edits and may(peer.role, Act.EDIT)
        if not (in_vain and self._healing.believe(self._room, check.digest)):
            self._renewed = True
            peer.whole_at = None
            peer.offer(protocol.renew())

    def _doubt(self, peer: Peer, check: Check) -> None:
        room, now = self._room, self._room.allowances.clock()
        if now - self._doubted_at < PATIENCE:
            return
        self._doubted_at = now
        self._waiting = (peer, check)
        words = 'Document %s, update %d: a page holds another text, of %d bytes; the server has %d.'
        log.error(words, room.id, room.tail.end, check.digest.size, self.own.size)
        self._healing.prove(room)
