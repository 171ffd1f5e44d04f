"""One open document and everyone in it."""

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from collab.document import protocol
from collab.document.broken import BrokenDocument
from collab.document.change import Change, growth
from collab.document.news import News
from collab.document.people import Person
from collab.document.shared import SharedDocument, merge
from collab.rooms.allowance import Allowances
from collab.rooms.company import Company
from collab.rooms.comparison import Comparison
from collab.rooms.delivery import Delivery
from collab.rooms.editing import CODE, Editing
from collab.rooms.gathering import Gathering
from collab.rooms.journal import Journal
from collab.rooms.ownership import Ownership
from collab.rooms.peer import Peer
from collab.rooms.ports import Record, RestoredDocument, SettledDocument, StoredDocument
from collab.rooms.reception import Reception
from collab.rooms.tail import Tail
from collab.rooms.watching import Happening, Watchers

if TYPE_CHECKING:
    from collab.rooms.healing import Healing

log = logging.getLogger(__name__)

MOST_TABS = 200
"""In so many tabs one person may have one document open."""
TOO_MANY = ('too-many', 'You have this document open in too many tabs. Close some, then reload this page.')
MOST_WRITERS = 20_000
"""After so many Yjs client ids a document begins anew: with 100,000, no editor could say what it holds."""
RESTORED = ('restored', 'This document was restored from a backup. Reload the page to see it.')
SETTLED = (
    'restored',
    'This document was put in order. Reload the page to go on.',
)
UNSTORABLE = ('damaged', 'This document can no longer be stored. What you see is kept on this page only.')


class Room(Editing, Watchers):
    """The crossroads of a document. `receive` never waits, so order is order of arrival.

    An edit is merged at once, handed to the journal, and shown to the others when it is durable;
    its author then hears that it is saved.
    """

    def __init__(
        self,
        stored: StoredDocument,
        document: SharedDocument,
        journal: Journal,
        allowances: Allowances,
        healing: 'Healing',
        *,
        now: Callable[[], int],
        limit: int,
    ) -> None:
        super().__init__()
        self.id = stored.info.id
        self.title = stored.info.title
        self.language = stored.info.language
        self.epoch = stored.epoch
        self.document = document
        self.edits = 0  # how many were merged since the document was opened; some may not be durable yet
        self.tail = Tail(stored)
        self.delivery = Delivery()
        self._gathering = Gathering()
        self._gathered = 0
        self._reception = Reception(self)
        self.company = Company(now(), self.is_durable, self._reception.hear)
        self.closed: tuple[str, str] | None = None  # code and words, when nobody may edit here any more
        self.allowances = allowances
        self._journal = journal
        self._now = now
        self.limit = limit
        self._healing = healing
        self.broken = False  # while it is built anew or put in order: nothing is taken in
        self.ownership = Ownership(stored.owners, stored.retired, document.client_id)
        self.comparison = Comparison(self, healing)

    def join(self, peer: Peer) -> int:
        """Take a seat; returns its number. The text follows when the peer asks with sync step 1."""
        number = self.company.seat(peer)
        if self._journal.failing and peer.tells_saved:
            peer.offer(protocol.trouble(True))
        peer.allowance = self.allowances.seat(peer.person.id, known=peer.author == peer.person.id)
        self.tell(Happening.PEOPLE)
        if self.closed:
            peer.refuse(*self.closed)
        elif self.company.tabs(peer.person) > MOST_TABS:
            peer.refuse(*TOO_MANY)
        return number

    def leave(self, number: int) -> None:
        """Give the seat back. Leaving twice does nothing."""
        peer = self.company.unseat(number)
        if peer is not None:
            peer.close()
            if peer.allowance is not None:
                self.allowances.unseat(peer.allowance)
            self.ownership.release(peer)
            self.delivery.forget(peer)
            self.tell(Happening.PEOPLE)

    def rename_person(self, person: Person) -> None:
        """Somebody changed their name or colour: show it at all of their seats."""
        if self.company.rename(person):
            self.tell(Happening.PEOPLE)

    def people(self) -> tuple[Person, ...]:
        """Who is here: each person once, however many tabs they have, namesakes told apart."""
        return self.company.presence.people()

    def retitle(self, title: str) -> None:
        """The document has a new title."""
        self.title = title
        self.tell(Happening.TITLE)

    def close(self, code: str, words: str) -> None:
        """End it for everybody who is here, and whoever comes."""
        self.closed = (code, words)
        for peer in self.company.peers.values():
            peer.refuse(code, words)
        self.tell(Happening.GONE)

    def dispose(self) -> None:
        """Let go of everything; the room is not used any more."""
        self.company.close()
        self.document.close()

    def receive(self, number: int, data: bytes) -> float:
        """Take in one frame from the peer at this seat. Bad input ends its connection and nobody else's.

        Returns for how many seconds its transport should read nothing more from it, so that the others
        have their turn: 0.0 for all that people do.
        """
        peer = self.company.peers.get(number)
        if peer is None or peer.allowance is None or peer.refusal is not None:
            return 0.0
        began = self.allowances.clock()
        self._reception.receive(number, peer, data)
        return peer.allowance.used(began, len(data), question=data.startswith(protocol.QUESTION))

    def lost(self, number: int) -> None:
        """A document frame of the peer at this seat was thrown away: ask for what was in it."""
        peer = self.company.peers.get(number)
        if peer is not None and peer.refusal is None:
            self._reception.lost(peer)

    @property
    def text(self) -> str:
        """The whole text as it is now, what is not yet durable included."""
        return self.document.text

    def edit(self, changes: Sequence[Change], author: str = CODE) -> None:
        """Edit as Python code: by the same way into the log and to the others as any peer's edit."""
        if self.closed or self.broken:
            raise PermissionError(self.closed[1] if self.closed else 'The document is being built again.')
        if (more := growth(changes, self.text)) > 0 and self.document.length + more > self.limit:
            raise ValueError(f'The document would grow beyond its limit of {self.limit:,} bytes.')
        try:
            news = self.document.edit(changes)
        except BrokenDocument as error:
            self.broke(error)
            raise
        if news is not None:
            self.record(news, author, None)

    def is_durable(self) -> bool:
        """Whether every edit merged so far is in the log."""
        return self.edits == self.delivery.durable

    async def saved(self) -> None:
        """Return when every edit merged so far is durable."""
        await self.delivery.until(self.edits)

    def record(self, news: News, author: str, peer: Peer | None) -> None:
        """An edit was merged: it goes into the log, and in time to the others."""
        self.edits += 1
        first = self.ownership.wrote(author, news.writers)
        self.delivery.wrote(self.edits, peer)
        self._gathering.add(news, author, self._now(), first)
        self._journal.wrote(self)
        if first and self.ownership.writers > MOST_WRITERS:
            self._healing.put_in_order(self)

    def broke(self, error: BrokenDocument) -> None:
        """The document in memory cannot be trusted any more: nothing is taken in until it is built anew."""
        log.error('Document %s is built again from its log after %s', self.id, error)
        self.broken = True
        self._healing.rebuild(self)

    def gather(self) -> Sequence[Record]:
        """All that was merged since the last time, as the next records of the log."""
        self._gathered = self.edits
        rows = enumerate(self._gathering.take(), self.tail.end + 1)
        return [
            Record(self.id, seq, row.author, row.at, row.updates[0], row.replicas, self.epoch)
            for seq, row in rows
        ]

    def committed(self, records: Sequence[Record]) -> None:
        """The journal has stored what was gathered last: show it to everybody, once, in one frame."""
        updates = [record.update for record in records]
        self.tail.grew(records[-1].seq, sum(map(len, updates)))
        try:
            updates = [merge(updates)]
        except BrokenDocument as error:
            log.error('Edits of %s are shown one by one after %s', self.id, error)
        frames = [protocol.update(update) for update in updates]
        with self.company.together():
            self.delivery.committed(self._gathered, frames, self.company.peers.values())
            self.company.settle()
        self.tell(Happening.TEXT)

    def fail(self, error: Exception) -> None:
        """The journal cannot store this document any more."""
        self.delivery.give_up(error)
        match error:
            case SettledDocument():
                self.close(*SETTLED)
            case RestoredDocument():
                self.close(*RESTORED)
            case _:
                self.close(*UNSTORABLE)

    def rebuilt(self, document: SharedDocument) -> None:
        """Go on with a document made anew from the log, and ask everybody for what it may lack."""
        self.document.close()
        self.document = document
        self.ownership.server = document.client_id
        self.resume()
        self.comparison.made_sure()

    def resume(self) -> None:
        """Take in edits again, and ask everybody for those that were not taken in meanwhile."""
        self.broken = False
        self._reception.catch_up()

    def mark_life(self) -> None:
        """Write a letter and delete it: who holds old letters but not this one knows only an earlier life."""
        for change in (Change(0, 0, '|'), Change(0, 1, '')):
            if (news := self.document.edit([change])) is not None:
                self.record(news, CODE, None)
