"""Talk beside a document: kept with it, and told at once to everybody who listens."""

import asyncio
import logging
import time
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from collab.document.roles import Act, Role, may
from collab.rooms.allowance import Rate
from collab.rooms.paces import Paces
from collab.rooms.ports import milliseconds

log = logging.getLogger(__name__)

LENGTH = 2_000
"""Longest message, in characters."""
PACE = Rate(0.5, 10)
"""Messages of one person."""
CROWD = Rate(20, 500)
"""Messages in one document, whoever says them: a school says good morning, and nobody can read more."""
MOST_DEBT = 1.0
SLOWER = 'That was much at once. Wait a few seconds, then send it again.'
TURNS = frozenset('\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069')
"""Signs that turn what is around them to the other direction; with them words can be made to lie."""


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody said; `number` counts 1, 2, 3 ... within the document."""

    document_id: str
    number: int
    author: str
    created_at: int
    """Milliseconds since the epoch, for people to read."""
    text: str


class Messages(Protocol):
    """Where talk is kept."""

    async def add(self, document_id: str, author: str, text: str, at: int) -> Message:
        """Keep it as the next message; durable on return. Raises UnknownDocument."""

    async def before(self, document_id: str, number: int | None, limit: int) -> Sequence[Message]:
        """The last messages before this one (None: of all), first said first. Raises UnknownDocument."""

    async def unseen(self, document_id: str, person: str, most: int) -> int:
        """How many messages of others this person has not seen, counted up to `most`."""

    async def saw(self, document_id: str, person: str, number: int) -> None:
        """This person has seen all messages up to this one. What is gone meanwhile is no error."""


class TooLong(ValueError):
    """A message has more than LENGTH characters."""


Listener = Callable[[Message], None]


class Talk:
    """The chats of all documents. `now` is in milliseconds, `clock` in seconds that only rise."""

    def __init__(
        self,
        messages: Messages,
        now: Callable[[], int] = milliseconds,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.messages = messages
        self._now = now
        self._listeners: dict[str, dict[int, Listener]] = {}
        self._numbered = 0
        self._people = Paces(PACE, clock, MOST_DEBT, words=SLOWER)
        self._documents = Paces(CROWD, clock, MOST_DEBT, words=SLOWER)
        self._turn = asyncio.Lock()

    def listen(self, document_id: str, listener: Listener) -> Callable[[], None]:
        """Call at every new message of this document, in order, until the function returned is called."""
        self._numbered += 1
        number = self._numbered
        self._listeners.setdefault(document_id, {})[number] = listener
        return lambda: self._leave(document_id, number)

    async def say(self, document_id: str, author: str, role: Role, text: str) -> Message:
        """Keep a message, then tell it to everybody who listens.

        Raises PermissionError, ValueError for one that cannot be taken, TooFast, UnknownDocument.
        """
        if not may(role, Act.CHAT):
            raise PermissionError('You may read this document, but not talk in it.')
        words = clean_message(text)
        self._people.take(author)
        self._documents.take(document_id)
        async with self._turn:  # whoever listens hears them in the order in which they are kept
            message = await self.messages.add(document_id, author, words, self._now())
            self._tell(message)
        return message

    def _tell(self, message: Message) -> None:
        for listener in list(self._listeners.get(message.document_id, {}).values()):
            try:
                listener(message)
            except Exception:
                log.exception('Somebody could not hear a message.')

    def _leave(self, document_id: str, number: int) -> None:
        listeners = self._listeners.get(document_id, {})
        listeners.pop(number, None)
        if not listeners:
            self._listeners.pop(document_id, None)


def clean_message(text: str) -> str:
    """A message fit to show: no control characters but line ends. Raises ValueError with the reason."""
    if len(text) > 4 * LENGTH:  # so much is not even looked at
        raise TooLong(f'A message has at most {LENGTH:,} characters; this one has {len(text):,}.')
    lines = text.replace('\r\n', '\n').replace('\r', '\n')
    words = ''.join(char for char in lines if char in '\n\t' or _shows(char)).strip()
    if not any(unicodedata.category(char)[0] in 'LNPS' for char in words):
        raise ValueError('A message needs at least one visible character.')
    if len(words) > LENGTH:
        raise TooLong(f'A message has at most {LENGTH:,} characters; this one has {len(words):,}.')
    return words


def _shows(char: str) -> bool:
    return unicodedata.category(char) not in {'Cc', 'Cs'} and char not in TURNS
