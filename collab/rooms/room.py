"""One open document and everyone in it."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import partial

from collab.document import protocol
from collab.document.admission import Incomplete, Refused
from collab.document.change import Change
from collab.document.people import Person
from collab.document.presence import introduction
from collab.document.protocol import AwarenessUpdate, Frame, ProtocolError, SyncStep1, SyncStep2, Update
from collab.document.roles import Act, may
from collab.document.shared import BrokenDocument, News, SharedDocument, merge
from collab.rooms.company import Company
from collab.rooms.delivery import Delivery
from collab.rooms.editing import CODE, Editing
from collab.rooms.journal import Journal
from collab.rooms.ownership import Ownership
from collab.rooms.peer import Peer
from collab.rooms.ports import Record, StoredDocument
from collab.rooms.watching import Happening, Watchers

log = logging.getLogger(__name__)


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
        *,
        now: Callable[[], int],
        limit: int,
        on_broken: Callable[['Room'], None],
    ) -> None:
        super().__init__()
        self.id = stored.info.id
        self.title = stored.info.title
        self.document = document
        self.seq = stored.seq  # number of the last edit that was merged; it may not be durable yet
        self.snapshot_seq = stored.snapshot_seq
        self.snapshot_bytes = len(stored.snapshot or b'')
        self.tail_bytes = sum(map(len, stored.tail))  # of the log behind the snapshot
        self.no_snapshot_seq = 0  # where a snapshot failed
        self.summing_up = asyncio.Lock()  # held while a snapshot is being made
        self.delivery = Delivery(stored.seq)
        self.company = Company(now(), lambda: self.seq == self.delivery.durable)
        self.closed: tuple[str, str] | None = None  # code and words, when nobody may edit here any more
        self._journal = journal
        self._now = now
        self._limit = limit
        self._on_broken = on_broken
        self._broken = False
        self._ownership = Ownership(stored.owners, document.client_id)
        self._asked: dict[int, bytes] = {}

    def join(self, peer: Peer) -> int:
        """Take a seat; returns its number. The text follows when the peer asks with sync step 1."""
        number = self.company.seat(peer)
        self.tell(Happening.PEOPLE)
        if self.closed:
            peer.refuse(*self.closed)
        return number

    def leave(self, number: int) -> None:
        """Give the seat back. Leaving twice does nothing."""
        peer = self.company.unseat(number)
        if peer is not None:
            peer.close()
            self._ownership.release(peer)
            self.delivery.forget(peer)
            self.tell(Happening.PEOPLE)

    def rename_person(self, person: Person) -> None:
        """Somebody changed their name or colour: show it at all of their seats."""
        if self.company.rename(person):
            self.tell(Happening.PEOPLE)

    def people(self) -> list[Person]:
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

    def receive(self, number: int, data: bytes) -> None:
        """Take in one frame from the peer at this seat. Bad input ends its connection and nobody else's."""
        peer = self.company.peers.get(number)
        if peer is None or peer.refusal is not None:
            return
        try:
            self._receive(number, peer, protocol.decode(data))
        except Refused as error:
            peer.refuse(error.code, str(error))
        except ProtocolError as error:
            peer.refuse('update', f'This message cannot be read: {error}')
        except BrokenDocument as error:
            peer.refuse('update', 'The server could not take in an edit of this page.')
            self._break(error)

    @property
    def text(self) -> str:
        """The whole text as it is now, what is not yet durable included."""
        return self.document.text

    def edit(self, changes: Sequence[Change], author: str = CODE) -> None:
        """Edit as Python code: by the same way into the log and to the others as any peer's edit."""
        if self.closed or self._broken:
            raise PermissionError(self.closed[1] if self.closed else 'The document is being built again.')
        if (growth := self.document.growth(changes)) > 0 and self.document.length + growth > self._limit:
            raise ValueError(f'The document would grow beyond its limit of {self._limit:,} bytes.')
        try:
            news = self.document.edit(changes)
        except BrokenDocument as error:
            self._break(error)
            raise
        if news is not None:
            self._record(news, author, None)

    async def saved(self) -> None:
        """Return when every edit merged so far is durable."""
        await self.delivery.until(self.seq)

    def committed(self, records: Sequence[Record]) -> None:
        """The journal has stored these: show them to everybody, once, in one frame."""
        news = merge([record.update for record in records])
        self.delivery.committed(records[-1].seq, protocol.update(news), self.company.peers.values())
        self.tail_bytes += len(news)
        self.company.show()
        self.tell(Happening.TEXT)

    def fail(self, error: Exception) -> None:
        """The journal cannot store this document any more."""
        self.delivery.give_up(error)
        self.close(
            'damaged', 'This document can no longer be stored. What you see is kept on this page only.'
        )

    def rebuilt(self, document: SharedDocument) -> None:
        """Go on with a document made anew from the log, and ask everybody for what it may lack."""
        self.document.close()
        self.document = document
        self._ownership.server = document.client_id
        self._broken = False
        question = protocol.step1(document.state_vector())
        for peer in self.company.peers.values():
            peer.offer(question)
        asked, self._asked = self._asked, {}
        for number, vector in asked.items():
            if number in self.company.peers:
                self._welcome(self.company.peers[number], vector)

    def _receive(self, number: int, peer: Peer, frame: Frame) -> None:
        match frame:
            case SyncStep1(vector):
                protocol.read_state_vector(vector)
                if self._broken:
                    self._asked[number] = vector
                else:
                    self._welcome(peer, vector)
            case SyncStep2(update):
                self._merge(peer, update, live=False)
            case Update(update):
                self._merge(peer, update, live=True)
            case AwarenessUpdate(entries):
                for entry in entries:
                    self._move(number, peer, entry.client, entry.state)
            case _:
                peer.offer(self.company.everyone(peer))

    def _merge(self, peer: Peer, update: bytes, *, live: bool) -> None:
        peer.received += 1
        if self._broken:
            peer.behind = True
            return
        try:
            news = self._apply(peer, update)
        except Incomplete:
            if peer.lacks(answered=not live):
                peer.offer(protocol.step1(self.document.state_vector()))
            return
        if not live:
            peer.told_everything()
        if news is not None:
            self._record(news, peer.author, peer)
            if live:
                self._ownership.hold(peer, news.writers)
        self.delivery.say_saved(self.seq, peer)
        self.delivery.release()

    def _apply(self, peer: Peer, update: bytes) -> News | None:
        if may(peer.role, Act.EDIT):
            space = self._limit - self.document.length
            return self.document.apply(update, partial(self._ownership.may_write, peer), space)
        if self.document.would_change(update):  # a reader's answer to step 1 may repeat what is known
            raise Refused('read-only', 'You may read this document, but not change it.')
        return None

    def _break(self, error: BrokenDocument) -> None:
        log.error('Document %s is built again from its log after %s', self.id, error)
        self._broken = True
        self._on_broken(self)

    def _record(self, news: News, author: str, peer: Peer | None) -> None:
        self.seq += 1
        first = self._ownership.wrote(author, news.writers)
        self.delivery.wrote(self.seq, peer)
        self._journal.record(self, Record(self.id, self.seq, author, self._now(), news.update, first))

    def _move(self, number: int, peer: Peer, client: int, state: str) -> None:
        mine = self.company.presence.client_of(number)
        if (mine is not None and mine != client) or not self._ownership.may_write(peer, client):
            return  # y-protocols' own clients repeat what they heard of others; that is no offence
        try:
            if peer.author != peer.person.id:  # a program without a session may say what it is called
                peer.person = introduction(state, peer.person)
                self.rename_person(peer.person)
            self.company.move(number, client, state)
        except ValueError as error:
            raise Refused('presence', str(error)) from None
        self._ownership.hold(peer, [client])

    def _welcome(self, peer: Peer, vector: bytes) -> None:
        text = protocol.step2(self.document.missing(vector))
        question = protocol.step1(self.document.state_vector())
        self.delivery.welcome(self.seq, peer, (text, question, self.company.everyone(peer)))
        self.delivery.release()
