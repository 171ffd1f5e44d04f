"""Thousands of forged, damaged and mad messages through real sockets: their senders lose by it, nobody else.

`make faults ROUNDS=10` makes 20,000 of them and says what an honest typist in another document felt.
"""

import asyncio
import statistics
import time
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from tests.faults.heartbeat import Heartbeat
from tests.faults.mutations import Mutator
from tests.faults.scene import until
from tests.faults.stored import stored
from tests.support.foreign import Foreign
from tests.support.page_socket import Broken, Html, Unavailable, Unknown, page_socket
from tests.support.running import Collab, running

A_FEW, MANY = 600, 2_000
"""Messages in a round, by default and in a long run."""
AT_ONCE = 4
"""Attackers at the same time."""
IN_A_ROW = 40
"""Most messages on one connection; most end after a few."""
PAUSE = 0.05
STANDSTILL, NOISE = 0.05, 0.45
"""Seconds that the event loop may stand still, and what a busy machine may add to it."""
GROWTH = 40 * 1024 * 1024


class Honest:
    """Somebody who types in another document, and somebody who reads it."""

    def __init__(self, collab: Collab) -> None:
        self.writer, self.reader = (
            Foreign('writer', collab.url, 'honest'),
            Foreign('reader', collab.url, 'honest'),
        )
        self.times: list[float] = []

    async def open(self) -> None:
        for client in (self.writer, self.reader):
            client.open()
        await until(lambda: self.writer.online and self.reader.online, 'honest people are there')
        await asyncio.sleep(0.2)

    async def type(self) -> None:
        """Type until cancelled, and note how long each letter takes to the reader."""
        while True:
            began = time.perf_counter()
            size = len(self.writer.content)
            self.writer.insert(size, 'x', '')
            async with asyncio.timeout(30):
                while len(self.reader.content) <= size:  # noqa: ASYNC110
                    await asyncio.sleep(0.0005)
            self.times.append(time.perf_counter() - began)
            await asyncio.sleep(PAUSE)

    async def close(self) -> None:
        for client in (self.writer, self.reader):
            await client.crash()


def memory(collab: Collab) -> int:
    """Resident bytes of the server."""
    assert collab.process is not None
    status = Path(f'/proc/{collab.process.pid}/status').read_text()
    return int(status.split('VmRSS:')[1].split()[0]) * 1024


async def attack_as_program(collab: Collab, mutator: Mutator, count: int) -> None:
    """Send so many frames to /yjs, over as many connections as that takes."""
    sent = 0
    while sent < count:
        try:
            async with connect(
                f'ws://127.0.0.1:{collab.port}/yjs/victim', compression=None, proxy=None
            ) as socket:
                for _ in range(min(IN_A_ROW, count - sent)):
                    sent += 1
                    await socket.send(mutator.frame())
                    if sent % 5 == 0:
                        await asyncio.sleep(0)
        except (WebSocketException, OSError):
            continue


async def attack_as_page(collab: Collab, mutator: Mutator, count: int) -> None:
    """Send so many messages on NiceGUI's socket, as pages of the document."""
    sent = 0
    async with httpx.AsyncClient() as browser:
        while sent < count:
            html = Html.read(await browser.get(f'{collab.url}/d/victim'))
            cookies = '; '.join(f'{name}={value}' for name, value in browser.cookies.items())
            try:
                async with page_socket(collab.url, html, cookies) as page:
                    await page.emit('handshake', html.query)
                    reading = asyncio.create_task(page.read(lambda event, arguments: None))
                    for _ in range(min(IN_A_ROW, count - sent)):
                        sent += 1
                        await page._connection.send(mutator.page_message(html.element))
                    await asyncio.sleep(0.05)
                    reading.cancel()
            except (WebSocketException, OSError, Broken, Unknown, Unavailable):
                continue


async def attack(collab: Collab, seed: int, count: int) -> None:
    programs = count * 3 // 4
    async with asyncio.TaskGroup() as group:
        for number in range(AT_ONCE):
            mutator = Mutator(f'{seed} program {number}')
            group.create_task(attack_as_program(collab, mutator, programs // AT_ONCE))
        group.create_task(attack_as_page(collab, Mutator(f'{seed} page'), count - programs))


def quantiles(times: list[float]) -> tuple[float, float]:
    """Milliseconds at 50 and 95 percent."""
    return statistics.median(times) * 1000, statistics.quantiles(times, n=20)[18] * 1000


async def felt(honest: Honest, during: 'asyncio.Future[None]') -> tuple[float, float]:
    honest.times.clear()
    typing = asyncio.create_task(honest.type())
    await during
    typing.cancel()
    await asyncio.gather(typing, return_exceptions=True)
    assert typing.cancelled()
    return quantiles(honest.times)


@pytest.mark.rounds(2)
async def test_a_storm_of_mutations_costs_nobody_but_its_senders(
    tmp_path: Path, seed: int, long: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    count = MANY if long else A_FEW
    heartbeat = Heartbeat(tmp_path)
    async with running(tmp_path / 'data', PYTHONPATH=str(heartbeat.path)) as collab:
        for name in ('victim', 'honest'):
            await collab.create(name)
        assert collab.process is not None
        honest = Honest(collab)
        await honest.open()
        await attack(collab, -1 - seed, count // 4)  # to warm up
        await asyncio.sleep(1)
        alone = await felt(honest, asyncio.ensure_future(asyncio.sleep(3)))
        before, process = memory(collab), collab.process.pid
        heartbeat.forget()
        beside = await felt(honest, asyncio.ensure_future(attack(collab, seed, count)))
        await asyncio.sleep(1)
        grown = memory(collab) - before
        worst = heartbeat.worst
        assert (collab.process.poll(), collab.process.pid) == (None, process)
        text = await collab.text('victim')
        late = Foreign('late', collab.url, 'victim')
        late.open()
        await until(lambda: late.text == text, 'an honest client has the text of the victim')
        assert await collab.text('honest') == honest.writer.text == honest.reader.text
        await late.crash()
        await honest.close()
    assert (await stored(tmp_path / 'data' / 'collab.db', 'victim')).text == text
    if long:
        with capsys.disabled():
            print(f'\n{count} mutations: the loop stood still for {worst * 1000:.0f} ms at most, ', end='')
            print(
                f'{grown / 2**20:.1f} MB more; an honest typist waits {beside[0]:.1f} ms (p50) and ', end=''
            )
            print(f'{beside[1]:.1f} ms (p95), without it {alone[0]:.1f} and {alone[1]:.1f}')
    assert 'Traceback' not in collab.log.read_text()
    assert worst < STANDSTILL + NOISE
    assert grown < GROWTH
    assert beside[0] < max(2 * alone[0], 20)
