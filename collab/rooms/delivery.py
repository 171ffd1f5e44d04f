"""Who may see what: nothing is shown to anybody before it is durable."""

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence

from collab.document import protocol
from collab.rooms.peer import Peer


class Delivery:
    """Holds back news, the texts of those who join, and the word 'saved', until the commit that covers them.

    Everything waits for a number of edits; `committed` lets go of all that have been reached.
    """

    def __init__(self) -> None:
        self.durable = 0
        """How many edits are committed."""
        self._authors: dict[int, Peer | None] = {}
        self._saved: deque[tuple[int, Peer, int]] = deque()
        self._texts: dict[Peer, tuple[int, tuple[bytes, ...]]] = {}
        self._waiters: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._given_up: Exception | None = None

    def wrote(self, edits: int, author: Peer | None) -> None:
        """Edit number `edits` came from this peer, or from Python code (None)."""
        self._authors[edits] = author

    def say_saved(self, edits: int, peer: Peer) -> None:
        """Tell the peer that all frames it sent so far are saved, once edit `edits` is durable."""
        if peer.tells_saved and not peer.behind:
            self._saved.append((edits, peer, peer.received))

    def welcome(self, edits: int, peer: Peer, frames: tuple[bytes, ...]) -> None:
        """Give a joining peer its text, made when `edits` was the last edit merged, once that is durable.

        Only the last text that a peer asked for is kept for it.
        """
        self._texts.pop(peer, None)
        self._texts[peer] = (edits, frames)

    def forget(self, peer: Peer) -> None:
        """The peer is gone."""
        self._texts.pop(peer, None)

    async def until(self, edits: int) -> None:
        """Return when edit `edits` is durable. Raises what give_up() was called with."""
        if edits > self.durable:
            if self._given_up is not None:
                raise self._given_up
            waiter = asyncio.get_running_loop().create_future()
            self._waiters.append((edits, waiter))
            await waiter

    def committed(self, edits: int, frames: Sequence[bytes], peers: Iterable[Peer]) -> None:
        """Everything up to edit `edits` is durable; `frames` hold what became so just now."""
        authors = {self._authors.pop(number, None) for number in range(self.durable + 1, edits + 1)}
        only = authors.pop() if len(authors) == 1 else None
        self.durable = edits
        self._release_texts()
        for peer in peers:
            if peer.synced and peer is not only:
                for frame in frames:
                    peer.told += 1
                    peer.offer(frame)
        self.release()

    def release(self) -> None:
        """Let go of whatever waits for nothing more."""
        self._release_texts()
        self._release_saved()
        while self._waiters and self._waiters[0][0] <= self.durable:
            waiter = self._waiters.popleft()[1]
            if not waiter.done():
                waiter.set_result(None)

    def give_up(self, error: Exception) -> None:
        """What waits, and all that comes, will never be durable."""
        self._given_up = error
        while self._waiters:
            waiter = self._waiters.popleft()[1]
            if not waiter.done():
                waiter.set_exception(error)

    def _release_texts(self) -> None:
        due = [peer for peer, (edits, _) in self._texts.items() if edits <= self.durable]
        for peer in due:
            frames = self._texts.pop(peer)[1]
            peer.synced = True
            peer.told = 1
            for frame in frames:
                peer.offer(frame)

    def _release_saved(self) -> None:
        last: dict[Peer, int] = {}
        while self._saved and self._saved[0][0] <= self.durable:
            _, peer, number = self._saved.popleft()
            last[peer] = number
        for peer, number in last.items():
            peer.offer(protocol.saved(number))
