"""Takes in what the peers of a room send: edits, questions, and where their cursors are."""

import logging
import time
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from collab.document import protocol
from collab.document.admission import Incomplete, Refused
from collab.document.broken import BrokenDocument
from collab.document.lib0 import ProtocolError
from collab.document.news import News
from collab.document.people import Person
from collab.document.presence import introduction
from collab.document.protocol import AwarenessUpdate, Check, Frame, SyncStep1, SyncStep2, Update
from collab.document.roles import Act, may
from collab.rooms.peer import Peer

if TYPE_CHECKING:
    from collab.rooms.room import Room

log = logging.getLogger(__name__)

NOTHING = protocol.write_state_vector({})
"""The state vector of a replica that holds nothing yet."""

PAST = (
    'restored',
    'This document was restored or put in order since. Load it anew: what you hold is from before.',
)

LONGEST_MERGE = 2.0
"""Seconds of the processor for merging one frame. 10,000 places in ten megabytes take 0.4; only such copying
as the gate just admits (see Limits.parting in the admission) may come to this."""


class Reception:
    """The way in. While the document is built anew, questions wait, and edits are asked for once more."""

    def __init__(self, room: 'Room') -> None:
        self._room = room
        self._asked: dict[int, bytes] = {}

    def receive(self, number: int, peer: Peer, data: bytes) -> None:
        """Take in one frame from the peer at this seat. Bad input ends its connection."""
        if data[:1] == protocol.PRESENCE:
            company = self._room.company
            if company.is_echo(peer, data) or company.keeps(number, data):
                return
        self._take_in(number, peer, data)

    def hear(self, number: int, data: bytes) -> None:
        """Take in a frame with presence that was kept for a moment. Costs nobody but its sender anything."""
        peer = self._room.company.peers[number]
        if peer.refusal is not None or peer.allowance is None:
            return
        began = self._room.allowances.clock()
        try:
            self._take_in(number, peer, data)
        except Exception:
            log.exception('A frame with presence could not be taken in.')
            peer.refuse('presence', 'This message cannot be read.')
        peer.allowance.worked(began)

    def _take_in(self, number: int, peer: Peer, data: bytes) -> None:
        try:
            self._receive(number, peer, protocol.decode(data))
        except Refused as error:
            peer.refuse(error.code, str(error))
        except ProtocolError as error:
            peer.refuse('update', f'This message cannot be read: {error}')
        except BrokenDocument as error:
            peer.refuse(error.code, error.words)
            self._room.broke(error)

    def lost(self, peer: Peer) -> None:
        """A document frame of this peer did not come through whole."""
        peer.received += 1
        if self._room.broken:
            peer.behind = True
        elif peer.lacks(answered=True):
            peer.offer(protocol.step1(self._room.document.state_vector()))

    def catch_up(self) -> None:
        """The document was built anew: ask everybody for what it may lack, and answer who asked meanwhile."""
        peers = self._room.company.peers
        question = protocol.step1(self._room.document.state_vector())
        for peer in peers.values():
            peer.whole_at = None
            peer.offer(question)
        asked, self._asked = self._asked, {}
        for number, vector in asked.items():
            if number in peers:
                self._welcome(peers[number], vector)

    def _receive(self, number: int, peer: Peer, frame: Frame) -> None:
        match frame:
            case SyncStep1(vector):
                if self._room.ownership.is_past(protocol.read_state_vector(vector)):
                    raise Refused(*PAST)
                if self._room.broken:
                    self._asked[number] = vector
                else:
                    self._welcome(peer, vector)
            case SyncStep2(update):
                self._merge(peer, update, live=False)
            case Update(update):
                self._merge(peer, update, live=True)
            case AwarenessUpdate(entries):
                self._hear(number, peer, {entry.client: entry.state for entry in entries})
            case Check() if peer.tells_saved:
                self._room.comparison.check(peer, frame)
            case Check():
                raise ProtocolError('only pages of this server compare what they hold')
            case _:
                peer.offer(self._room.company.everyone(peer))

    def _merge(self, peer: Peer, update: bytes, *, live: bool) -> None:
        room = self._room
        peer.received += 1
        if room.broken:
            peer.behind = True
            return
        try:
            news = self._apply(peer, update)
        except Incomplete:
            if peer.lacks(answered=not live):
                peer.offer(protocol.step1(room.document.state_vector()))
            return
        if not live:
            peer.told_everything()
        if news is not None:
            room.record(news, peer.author, peer)
            if live:
                room.ownership.hold(peer, news.writers)
        room.delivery.say_saved(room.edits, peer)
        room.delivery.release()

    def _apply(self, peer: Peer, update: bytes) -> News | None:
        document = self._room.document
        if may(peer.role, Act.EDIT):
            until = time.thread_time() + LONGEST_MERGE  # however busy the machine is
            return document.apply(
                update, partial(self._may_write, peer), self._room.limit, lambda: time.thread_time() > until
            )
        if document.would_change(update):  # a reader's answer to step 1 may repeat what is known
            raise Refused('read-only', 'You may read this document, but not change it.')
        return None

    def _may_write(self, peer: Peer, client: int) -> bool:
        if self._room.ownership.is_retired(client):
            raise Refused(*PAST)
        return self._room.ownership.may_write(peer, client)

    def _hear(self, number: int, peer: Peer, states: Mapping[int, str]) -> None:
        """Believe a peer only what it says of itself, and of that the latest.

        y-protocols' own clients repeat what they heard of others; that is no offence, and costs no work here.
        """
        mine = self._room.company.presence.client_of(number)
        client = mine if mine in states else None
        if mine is None:
            client = next((c for c in states if self._room.ownership.may_write(peer, c)), None)
        if client is not None and self._room.ownership.may_write(peer, client):
            self._move(number, peer, client, states[client])

    def _move(self, number: int, peer: Peer, client: int, state: str) -> None:
        room = self._room
        try:
            if peer.author != peer.person.id:  # a program without a session may say what it is called
                self._introduce(peer, introduction(state, peer.person))
            room.company.move(number, client, state)
        except ValueError as error:
            raise Refused('presence', str(error)) from None
        room.ownership.hold(peer, [client])

    def _introduce(self, peer: Peer, person: Person) -> None:
        if person != peer.person:
            peer.person = person
            self._room.rename_person(person)

    def _welcome(self, peer: Peer, vector: bytes) -> None:
        room = self._room
        peer.whole_at = room.edits if vector == NOTHING else None
        text = protocol.step2(room.document.missing(vector))
        question = protocol.step1(room.document.state_vector())
        room.delivery.welcome(room.edits, peer, (text, question, room.company.everyone(peer)))
        room.delivery.release()
