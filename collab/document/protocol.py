"""The messages that editors and the server send each other, as bytes and as values.

Framing of y-websocket (github.com/yjs/y-protocols, PROTOCOL.md), numbers and strings of lib0 (encoding.js),
read strictly: what is not exactly a frame raises ProtocolError, in time proportional to its length at most.
Types from 100 on are Collab's own and go from the server to its own pages only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SYNC, AWARENESS, QUERY_AWARENESS = 0, 1, 3
SAVED, REFUSED, RESYNC, TROUBLE = 100, 101, 102, 103
STEP1, STEP2, UPDATE = 0, 1, 2

MAX_NUMBER = 2**53 - 1  # the largest integer that JavaScript counts exactly
MAX_CLOCK = 2**31  # text units one client may ever write: yrs counts them in 32 bits
MAX_PEOPLE = 4096  # presence entries in one frame: a y-websocket client passes on everybody's
MAX_REPLICAS = 100_000  # clients in one state vector


class ProtocolError(ValueError):
    """These bytes are not a message of the protocol."""


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


Frame = SyncStep1 | SyncStep2 | Update | AwarenessUpdate | QueryAwareness


class Reader:
    """Reads lib0 values one after the other; raises ProtocolError where the bytes do not hold one."""

    __slots__ = ('data', 'position')

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def read_uint(self) -> int:
        """The next number, 0 to MAX_NUMBER. No honest writer spends more bytes on it than need be."""
        data, position = self.data, self.position
        try:
            byte = data[position]
            if byte < 128:
                self.position = position + 1
                return byte
            value, shift = byte & 127, 7
            # At most 8 bytes: without this cap 200 kB of 0xff take seconds (T10).
            while byte >= 128 and shift < 56:
                position += 1
                byte = data[position]
                value |= (byte & 127) << shift
                shift += 7
        except IndexError:
            raise ProtocolError('the bytes end within a number') from None
        if not 0 < byte < 128 or value > MAX_NUMBER:
            raise ProtocolError('a number is too long')
        self.position = position + 1
        return value

    def read_byte(self) -> int:
        """The next byte, 0 to 255."""
        if self.position >= len(self.data):
            raise ProtocolError('the bytes end too soon')
        self.position += 1
        return self.data[self.position - 1]

    def read_bytes(self) -> bytes:
        """The next length-prefixed byte string."""
        length = self.read_uint()
        start, self.position = self.position, self.position + length
        if self.position > len(self.data):
            raise ProtocolError('the bytes end too soon')
        return self.data[start : self.position]

    def read_string(self) -> str:
        """The next length-prefixed string, strict UTF-8."""
        try:
            return self.read_bytes().decode()
        except UnicodeDecodeError:
            raise ProtocolError('a string is not UTF-8') from None

    def at_end(self) -> bool:
        """Whether everything has been read."""
        return self.position == len(self.data)


def uint(number: int) -> bytes:
    """A number from 0 on as lib0 writes it: seven bits a byte, the lowest first."""
    if number < 128:
        return bytes((number,))
    groups = bytearray()
    while number >= 128:
        groups.append(number & 127 | 128)
        number >>= 7
    groups.append(number)
    return bytes(groups)


def var_bytes(data: bytes) -> bytes:
    """Bytes, with their length in front."""
    return uint(len(data)) + data


def var_string(text: str) -> bytes:
    """A string in UTF-8, with its length in bytes (not characters) in front."""
    return var_bytes(text.encode())


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
    written = [uint(entry.client) + uint(entry.clock) + var_string(entry.state) for entry in entries]
    return uint(AWARENESS) + var_bytes(uint(len(written)) + b''.join(written))


def saved(count: int) -> bytes:
    """Frame: the first `count` document frames of this connection are in the database."""
    return uint(SAVED) + uint(count)


def refused(code: str, words: str) -> bytes:
    """Frame: what you sent was not accepted; a code for the page, words for the person."""
    return uint(REFUSED) + var_string(code) + var_string(words)


def resync() -> bytes:
    """Frame: send step 1 again."""
    return uint(RESYNC)


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
