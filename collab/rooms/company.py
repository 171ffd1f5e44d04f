"""Everybody in a room: their seats, and where their cursors are, shown to each other."""

import asyncio
import math
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from collab.document import protocol
from collab.document.people import Person
from collab.document.presence import Presence
from collab.document.protocol import Crowd
from collab.rooms.peer import Peer
from collab.rooms.wire import CORK

PRESENCE_PAUSE, FOR_EACH, FOR_ALL = 0.07, 0.003, 0.18
"""Seconds in which the movements of cursors gather before the others see them, at most: for two seats, for
each one more, and the most that these add. All movements go to all seats, so that a crowd has very many."""
TAKEN_ALONG = 0.02
"""So many seconds earlier a commit takes them along: all that is written in one turn goes out at once."""
STEP_BYTES, MOST_STEPS = 600, 4
"""Frames up to so many bytes are kept until the movements are shown, fewer than so many of one seat. What is
needed to take in one is at hand for the next one then: 55 microseconds instead of 76 with 25 who type."""

Hear = Callable[[int, bytes], None]
"""Takes in a frame with presence from the seat of this number."""


class Company:
    """The seats of a room. Presence goes out in one frame for all, the latest state of each.

    `settled()` says that everything typed is durable; until then presence waits for `settle()`, because a
    cursor must not arrive before the text it stands in. Frames that were kept until then go to `hear`.
    """

    def __init__(self, now: int, settled: Callable[[], bool], hear: Hear) -> None:
        self.peers: dict[int, Peer] = {}
        self.presence = Presence(now)
        self._settled = settled
        self._hear = hear
        self._kept: dict[int, list[bytes]] = {}
        self._shown = Crowd(())
        self._last_number = 0
        self._due: asyncio.TimerHandle | None = None

    def seat(self, peer: Peer) -> int:
        """Give the peer a seat of its own and return its number, which is never used again."""
        self._last_number += 1
        self.peers[self._last_number] = peer
        self.presence.join(self._last_number, peer.person)
        return self._last_number

    def tabs(self, person: Person) -> int:
        """How many seats this person has."""
        return sum(peer.person.id == person.id for peer in self.peers.values())

    def unseat(self, number: int) -> Peer | None:
        """Take the seat back; the peer that sat there, or None."""
        peer = self.peers.pop(number, None)
        self._kept.pop(number, None)
        if peer is not None:
            self.presence.leave(number)
            self.show_soon()
        return peer

    def rename(self, person: Person) -> bool:
        """Show a person's new name and colour at all of their seats; whether they have any."""
        here = self.presence.rename(person)
        if here:
            self.show_soon()
        return here

    def move(self, number: int, client: int, state: str) -> None:
        """Take in the presence a peer sent for its own client id. Raises ValueError for a bad state."""
        self.presence.move(number, client, state)
        self.peers[number].client = self.presence.client_of(number)
        self.show_soon()

    def keeps(self, number: int, frame: bytes) -> bool:
        """Whether this frame with presence can wait until the movements of all are shown."""
        is_step = len(frame) <= STEP_BYTES and protocol.is_of_one(frame)
        if self.peers[number].client is None or not is_step:
            self._hear_seat(number)
            return False
        kept = self._kept.setdefault(number, [])
        kept.append(frame)
        self.show_soon()
        if len(kept) == MOST_STEPS:
            self._hear_seat(number)
        return True

    def everyone(self, reader: Peer) -> bytes:
        """One frame for this reader with the presence of all others."""
        self._hear_kept()
        return protocol.awareness(
            entry for entry in self.presence.everyone() if entry.client != reader.client
        )

    def trouble(self, failing: bool) -> None:
        """The store fails, or works again; those who want to know hear it."""
        frame = protocol.trouble(failing)
        for peer in self.peers.values():
            if peer.tells_saved:
                peer.offer(frame)

    def show_soon(self) -> None:
        """Something moved; show it with whatever else moves within the pause."""
        if self._due is None:
            more = min(FOR_EACH * max(0, len(self.peers) - 2), FOR_ALL)
            self._due = asyncio.get_running_loop().call_later(PRESENCE_PAUSE + more, self._show_if_settled)

    def together(self) -> AbstractContextManager[None]:
        """For a commit: what moved, if that is nearly due, goes to each reader in one go with the text."""
        return CORK if self._pause_left() <= TAKEN_ALONG else nullcontext()

    def is_echo(self, reader: Peer, frame: bytes) -> bool:
        """Whether this is what was just shown to this reader; y-websocket's clients send it all back."""
        return self._shown.is_told(reader.client, frame)

    def settle(self) -> None:
        """What was typed is durable and being shown: so is what moved, if its pause is over, or nearly."""
        left = self._pause_left()
        if left <= 0 or (left <= TAKEN_ALONG and self._settled()):
            self.close()
            self._show()

    def _pause_left(self) -> float:
        """Seconds until what moved is due; endless if nothing did."""
        return math.inf if self._due is None else self._due.when() - asyncio.get_running_loop().time()

    def _show_if_settled(self) -> None:
        if self._settled():
            self._show()

    def _hear_kept(self) -> None:
        for number in list(self._kept):
            self._hear_seat(number)

    def _hear_seat(self, number: int) -> None:
        for frame in self._kept.pop(number, ()):
            self._hear(number, frame)

    def _show(self) -> None:
        self._hear_kept()
        self._due = None
        moved = self.presence.changes()
        if not moved:
            return
        self._shown = crowd = Crowd(moved)
        for peer in self.peers.values():
            if peer.synced and (frame := crowd.frame if peer.knows_itself else crowd.told(peer.client)):
                peer.offer(frame)

    def close(self) -> None:
        """No more showing."""
        if self._due is not None:
            self._due.cancel()
