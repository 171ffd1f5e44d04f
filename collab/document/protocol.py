"""The messages that editors and the server send each other, as bytes and as values.

Framing of y-websocket (github.com/yjs/y-protocols, PROTOCOL.md), read strictly: what is not exactly a frame
raises ProtocolError, in time proportional to its length at most.
Types from 100 on are Collab's own and go between the server and its own pages only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from collab.document.digest import Digest
from collab.document.lib0 import ProtocolError, Reader, uint, var_bytes, var_string

SYNC, AWARENESS, QUERY_AWARENESS = 0, 1, 3
SAVED, REFUSED, RESYNC, TROUBLE, CHECK, SAME, RENEW = 100, 101, 102, 103, 104, 105, 106
STEP1, STEP2, UPDATE = 0, 1, 2
QUESTION = bytes((SYNC, STEP1))  # how every frame with sync step 1 begins
PRESENCE = bytes((AWARENESS,))  # how every frame with presence begins
HEAD = 12  # bytes in it before the first person, at most

MAX_CLOCK = 2**31  # text units one client may ever write: yrs counts them in 32 bits
MAX_REPLICAS = 100_000  # clients in one state vector
MAX_PEOPLE = 4096  # presence entries in one frame: a y-websocket client passes on everybody's


@dataclass(frozen=True, slots=True)
class SyncStep1:
    """What the sender holds, as a state vector; asks for everything else."""

    state_vector: bytes


@dataclass(frozen=True, slots=True)
class SyncStep2:
    """The answer to step 1: an update with what the asker lacks."""

    update: bytes


@dataclass(frozen=True, slots=True)
class Update:
    """An edit that just happened."""

    update: bytes


@dataclass(frozen=True, slots=True)
class AwarenessEntry:
    """The presence of one client: JSON, or "null" when it is gone. A higher clock replaces a lower."""

    client: int
    clock: int
    state: str


@dataclass(frozen=True, slots=True)
class AwarenessUpdate:
    """Who is where."""

    entries: tuple[AwarenessEntry, ...]


@dataclass(frozen=True, slots=True)
class QueryAwareness:
    """Asks for everybody's presence."""


@dataclass(frozen=True, slots=True)
class Check:
    """A page at rest says what it holds, after `seen` frames with text: its last step 2, and those since."""

    seen: int
    digest: Digest


Frame = Check | SyncStep1 | SyncStep2 | Update | AwarenessUpdate | QueryAwareness


def decode(frame: bytes) -> Frame:
    """The message in these bytes, all of them. Raises ProtocolError for anything an editor does not send."""
    reader = Reader(frame)
    kind = reader.read_uint()
    if kind == SYNC:
        message: Frame = _read_sync(reader)
    elif kind == AWARENESS:
        message = AwarenessUpdate(_read_entries(reader.read_bytes()))
    elif kind == QUERY_AWARENESS:
        message = QueryAwareness()
    elif kind == CHECK:
        message = Check(
            reader.read_uint(), Digest(reader.read_uint(), reader.read_uint(), reader.read_uint())
        )
    else:
        raise ProtocolError('an unknown type of message')
    if not reader.at_end():
        raise ProtocolError('bytes after the end of the message')
    return message


def _read_sync(reader: Reader) -> SyncStep1 | SyncStep2 | Update:
    step, content = reader.read_uint(), reader.read_bytes()
    if step == UPDATE:
        return Update(content)
    if step == STEP1:
        return SyncStep1(content)
    if step == STEP2:
        return SyncStep2(content)
    raise ProtocolError('an unknown step of synchronisation')


def _read_entries(data: bytes) -> tuple[AwarenessEntry, ...]:
    reader = Reader(data)
    if (count := reader.read_uint()) > MAX_PEOPLE:
        raise ProtocolError('too many people in one message')
    number = reader.read_uint
    entries = tuple(AwarenessEntry(number(), number(), reader.read_string()) for _ in range(count))
    if not reader.at_end():
        raise ProtocolError('bytes after the last person')
    return entries


def is_of_one(frame: bytes) -> bool:
    """Whether a frame with presence, shorter than 16 kB, says that it tells of one client."""
    return frame[2:3] == b'\x01' if frame[1:2] < b'\x80' else frame[3:4] == b'\x01'


def step1(state_vector: bytes) -> bytes:
    """Frame: this is what I hold, send me the rest."""
    return b'\x00\x00' + var_bytes(state_vector)


def step2(update: bytes) -> bytes:
    """Frame: this is what you lack."""
    return b'\x00\x01' + var_bytes(update)


def update(update: bytes) -> bytes:
    """Frame: this was just edited."""
    return b'\x00\x02' + var_bytes(update)


def awareness(entries: Iterable[AwarenessEntry]) -> bytes:
    """Frame: these people are here, or gone."""
    return Crowd(entries).frame


class Crowd:
    """The same people told to many readers: each person is encoded once.

    `frame` tells of all of them, `told(client)` of all but one.
    """

    def __init__(self, entries: Iterable[AwarenessEntry]) -> None:
        written = bytearray()
        self._count = 0
        self._spans: dict[int, tuple[int, int]] = {}
        for entry in entries:
            start = len(written)
            written += uint(entry.client) + uint(entry.clock) + var_string(entry.state)
            self._spans[entry.client] = start, len(written)
            self._count += 1
        self._parts = bytes(written)
        self.frame = _crowd(self._count, self._parts)
        longest = max((end - start for start, end in self._spans.values()), default=0)
        self._shortest = len(self.frame) - longest - HEAD

    def told(self, client: int | None) -> bytes:
        """Frame for the reader who is this client: all but itself. Empty when it alone is among them."""
        if client not in self._spans:
            return self.frame
        if self._count == 1:
            return b''
        start, end = self._spans[client]
        return _crowd(self._count - 1, self._parts[:start] + self._parts[end:])

    def is_told(self, client: int | None, frame: bytes) -> bool:
        """Whether this is that frame. Others cost nearly nothing, as most are shorter, or say so in front."""
        if len(frame) < self._shortest:
            return False
        start, end = self._spans.get(client, (0, 0)) if client is not None else (0, 0)
        head = _head(self._count - (end > start), len(self._parts) - (end - start))
        return frame.startswith(head) and frame == self.told(client)


def _crowd(count: int, parts: bytes) -> bytes:
    return _head(count, len(parts)) + parts


def _head(count: int, size: int) -> bytes:
    people = uint(count)
    return uint(AWARENESS) + uint(len(people) + size) + people


def saved(count: int) -> bytes:
    """Frame: the first `count` document frames of this connection are in the database."""
    return uint(SAVED) + uint(count)


def refused(code: str, words: str) -> bytes:
    """Frame: what you sent was not accepted; a code for the page, words for the person."""
    return uint(REFUSED) + var_string(code) + var_string(words)


def resync() -> bytes:
    """Frame: send step 1 again."""
    return uint(RESYNC)


def check(seen: int, digest: Digest) -> bytes:
    """Frame: this is what I hold after so many frames with text."""
    return uint(CHECK) + uint(seen) + b''.join(map(uint, digest))


def same() -> bytes:
    """Frame: what you hold is what the server holds."""
    return uint(SAME)


def renew() -> bytes:
    """Frame: your replica is wrong; throw it away and ask for the whole text."""
    return uint(RENEW)


def trouble(here: bool) -> bytes:
    """Frame: the server cannot store edits just now, or can again."""
    return uint(TROUBLE) + uint(here)


def read_state_vector(data: bytes, most: int = MAX_REPLICAS) -> dict[int, int]:
    """Client id -> number of its text units held. Raises ProtocolError for anything but a state vector."""
    reader = Reader(data)
    if (count := reader.read_uint()) > most:
        raise ProtocolError('too many clients in a state vector')
    clocks: dict[int, int] = {}
    for _ in range(count):
        client = reader.read_uint()
        clocks[client] = clock = reader.read_uint()
        if clock > MAX_CLOCK:
            raise ProtocolError('an impossible clock in a state vector')
    if len(clocks) != count or not reader.at_end():
        raise ProtocolError('a malformed state vector')
    return clocks


def write_state_vector(clocks: Mapping[int, int]) -> bytes:
    """The state vector as Yjs writes it, highest client id first."""
    pairs = (uint(client) + uint(clock) for client, clock in sorted(clocks.items(), reverse=True))
    return uint(len(clocks)) + b''.join(pairs)
