"""Whose typing is whose: no one writes in another's name."""

from collections.abc import Iterable, Mapping, Set

from collab.rooms.peer import Peer

MOST_CLAIMS = 10_000
"""How many client ids that wrote nothing are remembered; the oldest are forgotten first."""


class Ownership:
    """Binds Yjs client ids to their authors for ever, and to one connection while that lives.

    Without this, eleven bytes with somebody else's public client id make all they type next vanish.
    `server` is the client id of edits made by Python code here; it is nobody else's. Ids that wrote in an
    earlier life of the document are `retired`: who goes on under one would bring back what is gone.
    """

    def __init__(self, owners: Mapping[int, str], retired: Set[int], server: int) -> None:
        self._owners = dict(owners)
        self._retired = retired
        self._claims: dict[int, str] = {}
        self._holders: dict[int, Peer] = {}
        self.server = server

    def may_write(self, peer: Peer, client: int) -> bool:
        """Whether this connection may write under this client id.

        Two tabs of one identified person may speak for each other, as they share what their browser keeps;
        strangers who share one author may not.
        """
        if client in self._retired:
            return False
        author = self._owners.get(client) or self._claims.get(client, peer.author)
        if client == self.server or author != peer.author:
            return False
        holder = self._holders.get(client, peer)
        return holder is peer or peer.author == peer.person.id

    def is_retired(self, client: int) -> bool:
        """Whether this client id belongs to an earlier life of the document."""
        return client in self._retired

    @property
    def writers(self) -> int:
        """How many client ids have written in this life of the document."""
        return len(self._owners)

    def is_past(self, held: Mapping[int, int]) -> bool:
        """Whether a replica with this state vector was loaded in an earlier life of the document.

        In each life something is written before anybody loads it (`Room.mark_life`), so it would hold that.
        """
        return not self._retired.isdisjoint(held) and self._owners.keys().isdisjoint(held)

    def wrote(self, author: str, clients: Iterable[int]) -> tuple[int, ...]:
        """These clients brought text; returns those that did so for the first time, now the author's."""
        first = tuple(client for client in clients if client not in self._owners)
        self._owners.update(dict.fromkeys(first, author))
        return first

    def hold(self, peer: Peer, clients: Iterable[int]) -> None:
        """This connection types, or has its cursor, under these client ids just now.

        An id that wrote nothing yet is claimed all the same, and for a while after the connection is gone,
        because whoever is cut off goes on typing under it.
        """
        for client in clients:
            self._holders[client] = peer
            if client not in self._owners:
                self._claims[client] = self._claims.pop(client, peer.author)
        while len(self._claims) > MOST_CLAIMS:
            oldest = next(iter(self._claims))
            del self._claims[oldest]
            self._holders.pop(oldest, None)

    def release(self, peer: Peer) -> None:
        """The connection is gone."""
        self._holders = {client: holder for client, holder in self._holders.items() if holder is not peer}
