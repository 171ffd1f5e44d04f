"""A page without a browser: to the server exactly what the editor of a browser's page is, and light.

It behaves as collab/editor/src does: an edit is unsaved until the server says that it is committed; what is
unsaved is sent again with the answer to sync step 1, over any number of connections, and is left on the
device for the next page when this one ends.
"""

import asyncio
import random
from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

import httpx
from pycrdt import Doc, Text, TransactionEvent, get_update, merge_updates

from collab.document import protocol
from collab.document.digest import digest
from collab.document.protocol import Reader, read_state_vector
from tests.support.page_socket import Broken, Html, PageSocket, Unavailable, Unknown, page_socket

NOTHING = b'\x00\x00'
PIECE_BYTES = 375_000
MERGE_AT = 100


@dataclass(frozen=True, slots=True)
class Batch:
    """Some edits as one update, each with the label that its maker gave it."""

    labels: tuple[str, ...]
    update: bytes


class Watcher(Protocol):
    """Who hears what happens to a page's edits."""

    def confirmed(self, who: str, labels: Sequence[str]) -> None:
        """The server has said that these are saved."""

    def arrived(self, who: str, update: bytes) -> None:
        """The server has sent this; others wrote it, or an earlier page did."""

    def shown(self, who: str, status: str) -> None:
        """What the page says of its edits now."""


class Quiet:
    """Nobody listens."""

    def confirmed(self, who: str, labels: Sequence[str]) -> None:
        """Nothing."""

    def arrived(self, who: str, update: bytes) -> None:
        """Nothing."""

    def shown(self, who: str, status: str) -> None:
        """Nothing."""


@dataclass(slots=True)
class Device:
    """A person's browser: its cookies, and the unsaved edits that ended pages left, by document and epoch."""

    http: httpx.AsyncClient = field(default_factory=lambda: httpx.AsyncClient(verify=False, timeout=30))
    left: dict[tuple[str, str], list[Batch]] = field(default_factory=dict)

    @property
    def cookies(self) -> str:
        return '; '.join(f'{name}={value}' for name, value in self.http.cookies.items())


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a page waits before it connects again, in seconds; socket.io's own values."""

    first: float = 1.0
    longest: float = 5.0
    jitter: float = 0.5


class Unsaved:
    """Edits go from waiting to sent to forgotten, and from sent back to waiting when a connection breaks."""

    def __init__(self) -> None:
        self._waiting: list[Batch] = []
        self._sent: deque[tuple[int, Batch]] = deque()

    def __len__(self) -> int:
        return sum(len(batch.labels) for batch in self._batches())

    def labels(self) -> list[str]:
        return [label for batch in self._batches() for label in batch.labels]

    def all(self) -> Batch:
        return _merge(self._batches())

    def keep(self, batch: Batch) -> None:
        self._waiting.append(batch)
        if len(self._waiting) >= MERGE_AT:
            self._waiting = [_merge(self._waiting)]

    def note_sent(self, frame: int, batch: Batch) -> None:
        self._sent.append((frame, batch))

    def answered(self, frame: int, everything: Batch) -> None:
        self._waiting = []
        self._sent = deque([(frame, everything)])

    def confirm(self, frames: int) -> list[str]:
        """The first `frames` document frames are saved; the labels that are saved with them."""
        labels: list[str] = []
        while self._sent and self._sent[0][0] <= frames:
            labels += self._sent.popleft()[1].labels
        return labels

    def take_back(self) -> None:
        everything = self.all()
        self._sent.clear()
        self._waiting = [everything] if everything.labels else []

    def _batches(self) -> list[Batch]:
        return [*(batch for _, batch in self._sent), *self._waiting]


class Page:
    """A tab at /d/{document}. `open()`, then write; it reconnects and reloads by itself until `crash()`.

    Positions are bytes of UTF-8, as the CRDT library counts them. `refusal` is what the server said when it
    refused the page, after which a page sends nothing more. One that is refused since the document began a
    new life, or is told that its text is wrong, loads itself anew; what is unsaved is left to the old epoch.
    """

    def __init__(
        self,
        name: str,
        url: str,
        document: str,
        device: Device | None = None,
        *,
        watcher: Watcher | None = None,
        patience: Patience | None = None,
        chance: random.Random | None = None,
        receive_buffer: int = 0,
    ) -> None:
        self.name = name
        self.url = url
        self.document = document
        self.device = device or Device()
        self.unsaved = Unsaved()
        self.refusal: tuple[str, str] | None = None
        self.trouble = False
        self.epoch = ''
        self.loads = 0
        """How often the page was loaded."""
        self.frames = 0
        """How many frames of the server were taken in."""
        self.others: dict[int, str] = {}
        """The presence of everybody else, by client id."""
        self._watcher = watcher or Quiet()
        self._patience = patience or Patience()
        self._chance = chance or random.Random()
        self._receive_buffer = receive_buffer
        self._living: asyncio.Task[None] | None = None
        self._clear()

    def _clear(self) -> None:
        self.doc: Doc[Text] = Doc()
        self.content = self.doc.get('content', type=Text)
        self._update = b''
        self._subscription = self.doc.observe(self._observe)
        self._joined = self._outdated = False
        self._seen = 0
        self.agreed = False
        """The server has said that this is what it holds."""
        self._closed()

    @property
    def text(self) -> str:
        return str(self.content)

    @property
    def settled(self) -> bool:
        """Both have told each other everything, and all that was sent is committed."""
        return self.received and self._answered and self._confirmed >= self._sent and not len(self.unsaved)

    @property
    def status(self) -> str:
        """What the page shows about its edits, by the rules of collab/editor/src/status.ts."""
        if self.refusal:
            return 'error'
        if not self.online:
            return 'offline' if self._joined or len(self.unsaved) else 'saving'
        if self.trouble and len(self.unsaved):
            return 'error'
        return 'saved' if self.settled else 'saving'

    def open(self) -> None:
        """Begin to live."""
        self._living = asyncio.create_task(self._live(), name=f'page {self.name}')

    async def crash(self) -> None:
        """The tab ends without a word; what is unsaved stays on the device for the next page."""
        if self._living is not None:
            self._living.cancel()
            with suppress(asyncio.CancelledError):
                await self._living
        self._leave_edits()
        self.doc.unobserve(self._subscription)

    def insert(self, at: int, text: str, label: str) -> None:
        """Type before byte number `at`."""
        self.content.insert(at, text)
        self._edited(label)

    def delete(self, start: int, stop: int, label: str) -> None:
        """Delete the bytes start:stop."""
        del self.content[start:stop]
        self._edited(label)

    def point(self) -> None:
        """Put the cursor somewhere."""
        entry = protocol.AwarenessEntry(self.doc.client_id, 1, '{"cursor":null}')
        self._send(protocol.awareness([entry]))

    def check(self) -> None:
        """Say what this page holds, as one at rest does."""
        self.agreed = False
        vector = protocol.write_state_vector(read_state_vector(self.doc.get_state()))
        self._send(protocol.check(self._seen, digest(vector, self.text)))

    async def _live(self) -> None:
        while True:
            try:
                html = await self._load()
                await self._stay(html)
            except Unknown:
                self._leave_edits()
                self.doc.unobserve(self._subscription)
                self._clear()

    async def _load(self) -> Html:
        """Load the page, as often as it takes, and take over what earlier pages left."""
        tries = 0
        while True:
            try:
                html = Html.read(await self.device.http.get(f'{self.url}/d/{self.document}'))
                break
            except (httpx.TransportError, Unavailable):
                await self._pause(tries)
                tries += 1
        self.loads += 1
        self.epoch = html.epoch
        for batch in self.device.left.pop((self.document, self.epoch), []):
            self.doc.apply_update(batch.update)
            self._offer(batch)
        return html

    async def _stay(self, html: Html) -> None:
        """Be connected, over one socket after the other. Raises Unknown when the page is to be reloaded."""
        tries = 0
        while True:
            with suppress(Broken):
                async with page_socket(self.url, html, self.device.cookies, self._receive_buffer) as socket:
                    tries = 0
                    await self._converse(socket, html)
            self._closed()
            await self._pause(tries)
            tries += 1

    async def _converse(self, socket: PageSocket, html: Html) -> None:
        pieces: list[str] = []
        reload = False

        def hear(event: str, arguments: list[object]) -> None:
            nonlocal reload
            if event == 'collab' and arguments[0] == html.element:
                pieces.append(str(arguments[1]))
                if not arguments[2]:
                    frame = b64decode(''.join(pieces))
                    pieces.clear()
                    self._take(frame)
                    if self._outdated:
                        reload = True
                        socket.abort()
            elif event == 'try_reconnect' or (
                event == 'run_javascript' and 'location.reload' in str(arguments)
            ):
                reload = True
                socket.abort()

        sending = asyncio.create_task(self._drain(socket, html.element), name=f'sending {self.name}')
        self._opened()
        try:
            await socket.read(hear)
        finally:
            sending.cancel()
        if reload:
            raise Unknown

    async def _drain(self, socket: PageSocket, element: int) -> None:
        """Send what waits to be sent. Only this task writes, so frames leave in order."""
        with suppress(Exception):  # the reading side finds out that the connection is gone
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._outbox:
                    frame = self._outbox.popleft()
                    for start in range(0, len(frame), PIECE_BYTES):
                        more = start + PIECE_BYTES < len(frame)
                        piece = b64encode(frame[start : start + PIECE_BYTES]).decode()
                        await socket.emit('collab', element, piece, more)

    async def _pause(self, tries: int) -> None:
        wait = min(self._patience.longest, self._patience.first * 2**tries)
        await asyncio.sleep(wait * (1 + self._patience.jitter * self._chance.uniform(-1, 1)))

    def _opened(self) -> None:
        self._closed()
        self.online = self._joined = True
        self._send(protocol.step1(self.doc.get_state()))
        self._show()

    def _closed(self) -> None:
        self.online = self.received = self._answered = self.trouble = False
        self._sent = self._confirmed = 0
        self._outbox: deque[bytes] = deque()
        self._wake = asyncio.Event()
        self.others.clear()
        self.unsaved.take_back()
        self._show()

    def _leave_edits(self) -> None:
        everything = self.unsaved.all()
        if everything.labels and self.refusal is None:
            self.device.left.setdefault((self.document, self.epoch), []).append(everything)
        self.unsaved = Unsaved()

    def _take(self, frame: bytes) -> None:
        self.frames += 1
        reader = Reader(frame)
        kind = reader.read_uint()
        if kind == protocol.SYNC:
            self._take_sync(reader.read_uint(), reader.read_bytes())
        elif kind == protocol.SAVED:
            self._confirmed = max(self._confirmed, reader.read_uint())
            labels = self.unsaved.confirm(self._confirmed)
            self._watcher.confirmed(self.name, labels)
        elif kind == protocol.AWARENESS:
            message = protocol.decode(frame)
            assert isinstance(message, protocol.AwarenessUpdate)
            self.others |= {entry.client: entry.state for entry in message.entries}
            return
        elif kind == protocol.REFUSED:
            refusal = (reader.read_string(), reader.read_string())
            if refusal[0] == 'restored':
                self._outdated = True
            else:
                self.refusal = refusal
        elif kind == protocol.RENEW:
            self._outdated = True
        elif kind == protocol.SAME:
            self.agreed = True
        elif kind == protocol.RESYNC:
            self._send(protocol.step1(self.doc.get_state()))
        elif kind == protocol.TROUBLE:
            self.trouble = bool(reader.read_uint())
        self._show()

    def _take_sync(self, step: int, body: bytes) -> None:
        if step == protocol.STEP1:
            self._answer(body)
            return
        self.doc.apply_update(body)
        self._seen = 1 if step == protocol.STEP2 else self._seen + 1
        self._watcher.arrived(self.name, body)
        if step == protocol.STEP2:
            self.received = True

    def _answer(self, vector: bytes) -> None:
        """Tell the server all that it lacks: what is unsaved, and should it have lost anything, that too."""
        if self.refusal:
            return
        self._sent += 1
        everything = self.unsaved.all()
        self.unsaved.answered(self._sent, everything)
        answer = NOTHING
        if everything.labels or read_state_vector(vector) != read_state_vector(self.doc.get_state()):
            answer = get_update(merge_updates(self.doc.get_update(vector), everything.update), vector)
        self._send(protocol.step2(answer))
        self._answered = True

    def _observe(self, event: TransactionEvent) -> None:
        self._update = event.update

    def _edited(self, label: str) -> None:
        self._offer(Batch((label,), self._update))
        self._show()

    def _offer(self, batch: Batch) -> None:
        if self.online and self._answered and not self.refusal:
            self._sent += 1
            self.unsaved.note_sent(self._sent, batch)
            self._send(protocol.update(batch.update))
        else:
            self.unsaved.keep(batch)

    def _send(self, frame: bytes) -> None:
        if self.online:
            self._outbox.append(frame)
            self._wake.set()

    def _show(self) -> None:
        self._watcher.shown(self.name, self.status)


def _merge(batches: list[Batch]) -> Batch:
    labels = tuple(label for batch in batches for label in batch.labels)
    updates = [batch.update for batch in batches if batch.labels]
    if len(updates) < 2:
        return Batch(labels, updates[0] if updates else NOTHING)
    return Batch(labels, merge_updates(*updates))
