"""Whose typing is whose: no one writes in another's name."""

from collections.abc import Iterable, Mapping

from collab.rooms.peer import Peer


class Ownership:
    """Binds Yjs client ids to their authors for ever, and to one connection while that lives.

    Without this, eleven bytes with somebody else's public client id make all they type next vanish.
    `server` is the client id of edits made by Python code here; it is nobody else's.
    """

    def __init__(self, owners: Mapping[int, str], server: int) -> None:
        self._owners = dict(owners)
        self._holders: dict[int, Peer] = {}
        self.server = server

    def may_write(self, peer: Peer, client: int) -> bool:
        """Whether this connection may write under this client id.

        Two tabs of one identified person may speak for each other, as they share what their browser keeps;
        strangers who share one author may not.
        """
        if client == self.server or self._owners.get(client, peer.author) != peer.author:
            return False
        return self._holders.get(client, peer) is peer or peer.author == peer.person.id

    def wrote(self, author: str, clients: Iterable[int]) -> tuple[int, ...]:
        """These clients brought text; returns those that did so for the first time, now the author's."""
        first = tuple(client for client in clients if client not in self._owners)
        self._owners.update(dict.fromkeys(first, author))
        return first

    def hold(self, peer: Peer, clients: Iterable[int]) -> None:
        """This connection types under these client ids just now."""
        self._holders.update(dict.fromkeys(clients, peer))

    def release(self, peer: Peer) -> None:
        """The connection is gone."""
        self._holders = {client: holder for client, holder in self._holders.items() if holder is not peer}
