"""A tab for tests: a CRDT with a seat in a room, whose connection a test can cut, delay and repeat."""

from pycrdt import Doc, Text, TransactionEvent

from collab.document import protocol
from collab.document.digest import digest
from collab.document.people import Person, guest
from collab.document.protocol import AwarenessEntry, Reader
from collab.document.roles import Role
from collab.rooms.peer import Peer
from collab.rooms.room import Room


class Tab:
    """What a browser does, without a browser. Frames from the server wait until `read()`."""

    def __init__(
        self,
        room: Room,
        name: str = 'ann',
        *,
        role: Role = Role.EDITOR,
        author: str | None = None,
        foreign: bool = False,
    ) -> None:
        self.room = room
        self.person: Person = guest(name)
        self.author = author or name
        self.role = role
        self.foreign = foreign
        self.doc: Doc[Text] = Doc()
        self.content = self.doc.get('content', type=Text)
        self.peer: Peer | None = None
        self.number = 0
        self.saved = 0
        self.sent = 0
        self.trouble = False
        self.synced = False
        self.refused: tuple[str, str] | None = None
        self.states: dict[int, str] = {}
        self.frames_read = 0
        self.seen = 0
        self.verdicts: list[int] = []
        self._remote = False
        self._subscription = self.doc.observe(self._typed)
        self.connect()

    @property
    def text(self) -> str:
        return str(self.content)

    def connect(self) -> None:
        self.peer = Peer(self.person, author=self.author, role=self.role, tells_saved=not self.foreign)
        self.peer.knows_itself = not self.foreign
        self.number = self.room.join(self.peer)
        self.saved = self.sent = 0
        self.synced = False
        self.states.clear()
        self.send(protocol.step1(self.doc.get_state()))

    def cut(self) -> None:
        """The connection is gone, with all that was on its way."""
        self.room.leave(self.number)
        self.peer = None

    def close(self) -> None:
        self.cut()
        self.doc.unobserve(self._subscription)

    def send(self, frame: bytes) -> None:
        if self.peer is not None:
            self.room.receive(self.number, frame)

    def type(self, text: str, at: int | None = None) -> None:
        """Insert before code point number `at`, or at the end."""
        now = self.text
        self.content.insert(len(now[: len(now) if at is None else at].encode()), text)

    def delete(self, start: int, end: int) -> None:
        now = self.text
        begin, stop = len(now[:start].encode()), len(now[:end].encode())
        del self.content[begin:stop]

    def point(self, client: int | None = None, state: str = '{"cursor":null}') -> None:
        """Say where the cursor is."""
        entry = AwarenessEntry(self.doc.client_id if client is None else client, 1, state)
        self.send(protocol.awareness([entry]))

    def check(self) -> list[int]:
        """Say what this replica holds, as a page at rest does; the verdicts so far."""
        vector = protocol.write_state_vector(protocol.read_state_vector(self.doc.get_state()))
        self.send(protocol.check(self.seen, digest(vector, self.text)))
        self.read()
        return self.verdicts

    def corrupt(self, start: int, end: int) -> None:
        """Lose some text here without telling anybody, as an error in a library would."""
        self._remote = True
        self.delete(start, end)
        self._remote = False

    def hear(self, update: bytes) -> None:
        """Take in an update from somewhere else than the server."""
        self._remote = True
        try:
            self.doc.apply_update(update)
        finally:
            self._remote = False

    def read(self) -> int:
        """Take in what the server sent, and what it answers to that; how many frames that were."""
        read = 0
        while self.peer is not None and (frames := self.peer.take()):
            for frame in frames:
                self._read(frame)
            read += len(frames)
        if self.peer is not None and self.peer.refusal is not None:
            self.refused = self.peer.refusal
        self.frames_read += read
        return read

    def all_saved(self) -> bool:
        return self.synced and self.saved == self.sent

    def _typed(self, event: TransactionEvent) -> None:
        if not self._remote and self.synced:
            self.sent += 1
            self.send(protocol.update(event.update))

    def _read(self, frame: bytes) -> None:
        reader = Reader(frame)
        kind = reader.read_uint()
        if kind == protocol.SYNC:
            self._sync(reader.read_uint(), reader.read_bytes())
        elif kind == protocol.AWARENESS:
            message = protocol.decode(frame)
            assert isinstance(message, protocol.AwarenessUpdate)
            self.states.update({entry.client: entry.state for entry in message.entries})
        elif kind == protocol.SAVED:
            self.saved = reader.read_uint()
        elif kind in (protocol.SAME, protocol.RENEW, protocol.RESYNC):
            self.verdicts.append(kind)
        elif kind == protocol.TROUBLE:
            self.trouble = bool(reader.read_uint())

    def _sync(self, step: int, body: bytes) -> None:
        if step == protocol.STEP1:
            self.synced = True
            self.sent += 1
            self.send(protocol.step2(self.doc.get_update(body)))
            return
        self.seen = 1 if step == protocol.STEP2 else self.seen + 1
        self.hear(body)
