"""One connection as its room sees it: what waits to be sent, and never makes anybody else wait."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable

from collab.document.people import Person
from collab.document.roles import Role
from collab.rooms.allowance import Allowance

log = logging.getLogger(__name__)

OUTBOX_BYTES = 4 * 1024 * 1024
"""Most bytes that may wait for a slow reader behind the first frame, which may be a whole document."""


MOST_QUESTIONS = 5
"""How often a peer is asked in vain for what is missing before it is given up."""


class Peer:
    """A seat in a room. The room offers frames; the transport takes them, `while not peer.over`.

    `author` is written into the log and owns the client ids this connection uses; `person` is shown to
    others. `tells_saved`: it understands Collab's own frames and wants to hear what is durable.
    """

    def __init__(
        self, person: Person, *, author: str, role: Role = Role.EDITOR, tells_saved: bool = False
    ) -> None:
        self.person = person
        self.author = author
        self.role = role
        self.tells_saved = tells_saved
        self.knows_itself = False
        """It leaves out what it hears of itself; other editors would take that for their newest state."""
        self.client: int | None = None
        """The Yjs client id of its presence, once it has told one."""
        self.synced = False
        """It has had the text; from then on it gets every change."""
        self.behind = False
        """A frame of its was not taken in; nothing counts as saved until it sent what is missing."""
        self.received = 0
        """How many document frames it sent on this connection."""
        self.told = 0
        """How many frames with text it was sent: its last answer to step 1, and the edits since."""
        self.whole_at: int | None = None
        """How many edits there were when it took the whole text anew, and not only what it lacked."""
        self.fell_behind = False
        """It read too slowly; what waited was thrown away and it must ask again with its state vector."""
        self.refusal: tuple[str, str] | None = None
        """Code and words, when the room refused it and the connection is to end."""
        self.allowance: Allowance | None = None
        """What it may ask of the server, while it has a seat."""
        self.send_at_once: Callable[[bytes], bool] | None = None
        """The transport's shortest way, where it has one: takes a frame that need not wait, or says False."""
        self._questions = 0
        self._taken = False
        self._outbox: deque[bytes] = deque()
        self._waiting = 0
        self._wake = asyncio.Event()
        self._closed = False

    def offer(self, frame: bytes) -> None:
        """Send a frame, or put it into the outbox; returns at once, whatever the reader does."""
        if self._closed or self.fell_behind:
            return
        if not self._outbox and not self._taken and self._went_at_once(frame):
            return
        if self._outbox and self._waiting - len(self._outbox[0]) + len(frame) > OUTBOX_BYTES:
            self._fall_behind()
            return
        self._outbox.append(frame)
        self._waiting += len(frame)
        self._wake.set()

    def _went_at_once(self, frame: bytes) -> bool:
        if self.send_at_once is None:
            return False
        try:
            return self.send_at_once(frame)
        except Exception as error:  # a transport that has just ended: the others in the room must not miss it
            log.info('A frame waits, as its transport failed: %r', error)
            self.send_at_once = None
            return False

    def refuse(self, code: str, words: str) -> None:
        """End this connection, and tell it why."""
        if self.refusal is None:
            self.refusal = (code, words)
        self.close()

    def close(self) -> None:
        """No more frames will be taken in; those that wait can still be had."""
        self._closed = True
        self._wake.set()

    def lacks(self, *, answered: bool) -> bool:
        """A frame of its builds on what is not here; whether to ask it for that with sync step 1.

        It is asked once, and again only when its answer lacked something too, but not for ever.
        """
        if self.behind and not answered:
            return False
        self.behind = True
        self._questions += 1
        if self._questions > MOST_QUESTIONS:
            self.refuse('update', 'This page builds on text that the server does not have.')
        return self.refusal is None

    def told_everything(self) -> None:
        """Its answer to sync step 1 was taken in: nothing of it is missing here."""
        self.behind = False
        self._questions = 0

    def caught_up(self) -> None:
        """The transport has told the slow reader to ask again; frames are taken once more."""
        self.fell_behind = False

    @property
    def over(self) -> bool:
        """Nothing waits and nothing more will come."""
        return self._closed and not self._outbox

    def take(self) -> list[bytes]:
        """The frames that wait, in order; they wait no more."""
        frames = list(self._outbox)
        self._outbox.clear()
        self._waiting = 0
        return frames

    async def frames(self) -> list[bytes]:
        """The frames that wait, as soon as there are any. None when it is over, or the reader fell behind."""
        self._taken = False
        while not (self._outbox or self._closed or self.fell_behind):
            self._wake.clear()
            await self._wake.wait()
        self._taken = True  # until they are on their way, nothing may overtake them
        return self.take()

    def _fall_behind(self) -> None:
        self._outbox.clear()
        self._waiting = 0
        self.fell_behind = True
        self.synced = False
        self._wake.set()
