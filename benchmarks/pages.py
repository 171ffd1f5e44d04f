"""How long a key takes through NiceGUI's own socket, with hundreds of pages that all type in one document.

    .venv/bin/python benchmarks/pages.py [writers ...]

Every writer is a page of its own without a browser: it loads the HTML, shakes hands on NiceGUI's WebSocket,
types five letters a second at moments of chance, and throws away what it is sent. Two more pages apply all to
a replica, and note when each letter is in it. Every edit is committed before it is shown. Prints one line of
JSON for each number of writers: milliseconds, and how busy the server and this program were, of a core.
"""

import asyncio
import json
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from pycrdt import Doc, Text, TransactionEvent
from websockets.asyncio.client import ClientConnection

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.keystroke import cpu_seconds
from collab.document import protocol
from collab.document.admission import UNLIMITED
from collab.document.update import decode
from tests.support.page import Device, Page
from tests.support.page_socket import Html, page_socket
from tests.support.running import Collab, running

WRITERS = (25, 100, 200)
SECONDS, WARM_UP = 10.0, 3.0
PAUSE = 0.2
PING, PONG = b'\x81\x012', '3'
"""What engine.io asks, and what it wants to hear."""
ASKED = b'\x89\x04'
"""How a ping of the WebSocket itself begins; in the text around it there is no such byte."""

Letter = tuple[int, int]
"""Client id and clock."""


def masked(text: str) -> bytes:
    """A text message as a client sends it; the mask is zero."""
    data = text.encode()
    size = len(data)
    head = bytes([0x81, 0x80 | size]) if size < 126 else bytes([0x81, 0xFE]) + size.to_bytes(2, 'big')
    return head + bytes(4) + data


class Light(asyncio.Protocol):
    """Takes in what comes, and answers pings."""

    def __init__(self, before: ClientConnection) -> None:
        self._before = before

    def data_received(self, data: bytes) -> None:
        if PING in data:
            self._before.transport.write(masked(PONG))
        if (at := data.find(ASKED)) >= 0:
            self._before.transport.write(b'\x8a\x84' + bytes(4) + data[at + 2 : at + 6])

    def connection_lost(self, error: Exception | None) -> None:
        self._before.connection_lost(error)


class Writer:
    """A page in which somebody types, without looking at what the others do."""

    def __init__(self, collab: Collab, sent: dict[Letter, float]) -> None:
        self._collab = collab
        self._sent = sent
        self._doc: Doc[Text] = Doc()
        self._text = self._doc.get('content', type=Text)
        self._subscription = self._doc.observe(self._observe)
        self._update = b''
        self._device = Device()

    async def open(self, stack: AsyncExitStack) -> None:
        """Load the page, shake hands, ask for the text."""
        html = Html.read(await self._device.http.get(f'{self._collab.url}/d/doc'))
        socket = await stack.enter_async_context(page_socket(self._collab.url, html, self._device.cookies))
        self._element = html.element
        await socket.emit('collab', self._element, b64encode(protocol.step1(b'\x00')).decode(), False)
        self._transport = socket._connection.transport
        self._transport.set_protocol(Light(socket._connection))

    async def type_on(self) -> None:
        """Type until cancelled."""
        while True:
            await asyncio.sleep(random.uniform(0.5, 1.5) * PAUSE)
            clock = len(self._text)
            self._text.insert(clock, 'x')
            text = b64encode(protocol.update(self._update)).decode()
            self._sent[self._doc.client_id, clock] = time.perf_counter()
            self._transport.write(masked(f'42["collab",{self._element},"{text}",false]'))

    async def close(self) -> None:
        self._transport.abort()
        await self._device.http.aclose()

    def _observe(self, event: TransactionEvent) -> None:
        self._update = event.update


class Watch:
    """Notes when letters arrive at the two pages that read."""

    def __init__(self, sent: dict[Letter, float]) -> None:
        self._sent = sent
        self.times: list[float] = []

    def confirmed(self, who: str, labels: Sequence[str]) -> None:
        """Nothing."""

    def shown(self, who: str, status: str) -> None:
        """Nothing."""

    def arrived(self, who: str, update: bytes) -> None:
        now = time.perf_counter()
        for client, section in decode(update, UNLIMITED).sections.items():
            for clock in range(section.start, section.end):
                if (sent := self._sent.get((client, clock))) is not None:
                    self.times.append((now - sent) * 1000)


async def measure(count: int) -> dict[str, object]:
    """So many writers, on a server of their own."""
    sent: dict[Letter, float] = {}
    watch = Watch(sent)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        collab = await stack.enter_async_context(running(folder / 'data'))
        await collab.create('doc')
        readers = [Page(name, collab.url, 'doc', watcher=watch) for name in ('one', 'two')]
        for reader in readers:
            reader.open()
        writers = [Writer(collab, sent) for _ in range(count)]
        for writer in writers:
            await writer.open(stack)
        typing = [asyncio.create_task(writer.type_on()) for writer in writers]
        await asyncio.sleep(WARM_UP)
        sent.clear()
        watch.times.clear()
        before, began = cpu_seconds(collab), time.perf_counter()
        own = time.process_time()
        await asyncio.sleep(SECONDS)
        took = time.perf_counter() - began
        server, generator = (cpu_seconds(collab) - before) / took, (time.process_time() - own) / took
        for task in typing:
            task.cancel()
        await asyncio.sleep(2)
        missing = 2 * len(sent) - len(watch.times)
        for writer in writers:
            await writer.close()
        for reader in readers:
            await reader.crash()
    cuts = statistics.quantiles(watch.times, n=100)
    return {
        'what': f'{count} pages that type, ms',
        'p50': round(cuts[49], 1),
        'p95': round(cuts[94], 1),
        'p99': round(cuts[98], 1),
        'letters': len(sent),
        'missing': missing,
        'server': f'{server:.0%}',
        'generator': f'{generator:.0%}',
        'machine': f'{os.cpu_count()} cores {platform.machine()}, Python {platform.python_version()}',
    }


def main() -> None:
    """Measure and print."""
    for count in [int(argument) for argument in sys.argv[1:]] or WRITERS:
        print(json.dumps(asyncio.run(measure(count))), flush=True)


if __name__ == '__main__':
    main()
