"""Editors that speak Hocuspocus: the same messages, with the document's name before each, and receipts.

The framing is that of `@hocuspocus/provider` 3 and 4 (github.com/ueberdosis/hocuspocus, packages/provider);
whatever it frames is for the room as it is. One connection is for one document.
"""

from collections import deque
from collections.abc import Callable
from functools import lru_cache, partial

from collab.document import protocol
from collab.document.lib0 import ProtocolError, Reader, uint, var_bytes, var_string
from collab.document.people import Person
from collab.document.roles import Act, may
from collab.rooms.peer import Peer
from collab.rooms.room import Room

AUTH, STATELESS, LEAVE, RECEIPT = 2, 5, 7, 8
TOKEN, DENIED, ADMITTED = 0, 1, 2
FOR_THE_ROOM = (protocol.SYNC, protocol.AWARENESS, protocol.QUERY_AWARENESS)
TEXT = bytes((protocol.SYNC, protocol.STEP2))
EDIT = bytes((protocol.SYNC, protocol.UPDATE))

LONGEST_NAME = 256
"""Bytes of the name that a message may bear; longer ones are not a document's."""
SMALL = 16 * 1024
"""Messages up to so many bytes are kept for the next reader."""


class HocuspocusPeer(Peer):
    """A seat for such an editor. What it calls synced is in the database."""

    def __init__(self, person: Person, *, author: str, room: Room) -> None:
        super().__init__(person, author=author, tells_saved=True)
        self._room = room
        self._head = var_string(room.id)
        self._receipts = Receipts()

    def begin(self, number: int) -> Callable[[bytes], float]:
        """It has taken seat `number`; returns what takes in its messages.

        First of all it is asked for its token, because Receipts goes by that.
        """
        super().offer(self._head + bytes((AUTH, TOKEN)))
        return partial(self._hear, number)

    def offer(self, frame: bytes) -> None:
        """Send a frame of the room in the words of this protocol, if it has any for it."""
        if frame[0] in FOR_THE_ROOM:
            self._receipts.asks(frame)
            super().offer(_named(self._head, frame) if len(frame) <= SMALL else self._head + frame)
        elif frame[0] == protocol.SAVED:
            for _ in range(self._receipts.due(Reader(frame[1:]).read_uint())):
                super().offer(self._head + bytes((RECEIPT, True)))

    def _hear(self, number: int, data: bytes) -> float:
        frame = data[len(self._head) :]
        if data.startswith(self._head) and frame and frame[0] in FOR_THE_ROOM:
            self._receipts.hears(frame)
            return self._room.receive(number, frame)
        began = self._room.allowances.clock()
        try:
            self._answer(Reader(data))
        except ProtocolError as error:
            self.refuse('update', f'This message cannot be read: {error}')
        return self.allowance.used(began, len(data), question=False) if self.allowance else 0.0

    def _answer(self, message: Reader) -> None:
        """What is not for the room. Of other documents' messages, only the first is answered: with no."""
        name = message.read_string().encode()
        kind = message.read_uint()
        mine = var_bytes(name) == self._head
        if len(name) > LONGEST_NAME or kind not in (*FOR_THE_ROOM, AUTH, STATELESS, LEAVE):
            raise ProtocolError('an unknown type of message')
        if kind == AUTH:
            _read_token(message)
            if not (mine and self._receipts.hears_token()):
                super().offer(var_bytes(name) + (self._admitted() if mine else self._denied()))
        elif mine and kind == STATELESS:
            message.read_string()  # for programs on the server, and there are none
            _read_end(message)
        elif mine and kind == LEAVE:
            _read_end(message)
            self.close()

    def _admitted(self) -> bytes:
        """There is no password yet: whoever may connect is in, whatever token it showed."""
        scope = 'read-write' if may(self.role, Act.EDIT) else 'readonly'
        return uint(AUTH) + uint(ADMITTED) + var_string(scope)

    def _denied(self) -> bytes:
        words = f'This connection is for the document {self._room.id} alone, without sessionAwareness.'
        return uint(AUTH) + uint(DENIED) + var_string(words)


class Receipts:
    """How many receipts a provider waits for: it is told no numbers, and counts down from what it sent.

    It counts from when it asks for the text: its edits, and its answer when it is asked back. It does not
    count what it typed while it was away. That it sends as soon as it hears the first word from us, which is
    to repeat its token, and before it does so. Only a provider that came late to its socket has not heard
    that word; it was not away either. A receipt is for what is durable, and so is all that came before it.
    """

    def __init__(self) -> None:
        self._questions: deque[bool] = deque()  # those it has not answered: does it count the answer?
        self._waiting: deque[int] = deque()  # for each frame with text that is not saved: receipts to give
        self._saved = 0
        self._tokens = 0
        self._text_sent = self._asked = self._is_back = False
        self._doubtful = 0
        """Edits of which it is not known yet whether it counts them."""

    def asks(self, frame: bytes) -> None:
        """A frame goes to it; a question right behind the text is the one whose answer it counts."""
        if frame.startswith(TEXT):
            self._text_sent = True
        elif frame.startswith(protocol.QUESTION):
            self._questions.append(self._text_sent)
            self._text_sent = False

    def hears_token(self) -> bool:
        """A token came; whether it is the repeated one."""
        self._tokens += 1
        if self._tokens == 2:
            self._is_back = True
            self._doubtful = 0
        return self._tokens == 2

    def hears(self, frame: bytes) -> None:
        """A frame came from it."""
        if frame.startswith(protocol.QUESTION):  # it begins to count anew
            self._asked = True
            self._doubtful = 0
            self._questions = deque(False for _ in self._questions)
            self._waiting = deque(0 for _ in self._waiting)
        elif frame.startswith(TEXT):
            counts = bool(self._questions) and self._questions.popleft()
            self._waiting.append(1 + self._doubtful if counts else 0)
            if counts:
                self._is_back = True
                self._doubtful = 0
        elif frame.startswith(EDIT):
            self._waiting.append(int(self._asked and self._is_back))
            self._doubtful += self._asked and not self._is_back

    def due(self, saved: int) -> int:
        """The first `saved` of its frames with text are in the database: how many receipts it gets now."""
        news, self._saved = saved - self._saved, saved
        return sum(self._waiting.popleft() for _ in range(news))


@lru_cache(maxsize=32)
def _named(head: bytes, frame: bytes) -> bytes:
    """A small frame with the name before it, made once for all who get it."""
    return head + frame


def _read_token(message: Reader) -> None:
    """A token, which nothing here goes by, and from version 4 on the version of the provider."""
    if message.read_uint() != TOKEN:
        raise ProtocolError('an unknown step of authentication')
    message.read_string()
    if not message.at_end():
        message.read_string()
    _read_end(message)


def _read_end(message: Reader) -> None:
    if not message.at_end():
        raise ProtocolError('bytes after the end of the message')
