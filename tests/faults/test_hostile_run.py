"""Thousands of forged, damaged and mad messages through real sockets: their senders lose by it, nobody else.

`make faults ROUNDS=10` makes 20,000 of them and says what an honest typist in another document felt. Each is
followed by a question, and counts only when that was answered or the connection was closed: what is written
behind a message for which the server hangs up would never be read.
"""

import asyncio
import statistics
import time
from pathlib import Path

import pytest

from tests.faults.heartbeat import Heartbeat
from tests.faults.scene import until
from tests.faults.stored import stored
from tests.faults.storm import storm
from tests.support.foreign import Foreign
from tests.support.page import Page, Quiet
from tests.support.running import Collab, running, web_client

A_FEW, MANY = 1_000, 2_000
"""Mutations in a round, by default and in a long run; a quarter as many come before, to warm up."""
AGREED_WITHIN = 60
"""Seconds until a document that was attacked is the same everywhere."""
PAUSE = 0.05
STANDSTILL, NOISE = 0.05, 0.95
"""Seconds that the event loop may stand still, and what a busy machine may add to it."""
GROWTH = 40 * 1024 * 1024
LET_IN = 20
"""At least so many mutations of a round are stored edits; a storm that is all refused proves little."""


class Reader(Quiet):
    """Notes when something arrives."""

    def __init__(self) -> None:
        self.news = asyncio.Event()

    def arrived(self, who: str, update: bytes) -> None:
        self.news.set()


class Honest:
    """Somebody who types on a page of another document, and somebody who reads it."""

    def __init__(self, collab: Collab) -> None:
        watcher = Reader()
        self.news = watcher.news
        self.writer = Page('writer', collab.url, 'honest')
        self.reader = Foreign('reader', collab.url, 'honest', watcher=watcher)
        self.typed: list[str] = []
        self.times: list[float] = []

    async def open(self) -> None:
        self.writer.open()
        self.reader.open()
        await until(lambda: self.writer.settled and self.reader.online, 'honest people are there')

    async def type(self) -> None:
        """Type until cancelled, and note how long each word takes to the reader."""
        while True:
            self.news.clear()
            self.typed.append(f'{len(self.typed)} ')
            began = time.perf_counter()
            self.writer.insert(len(self.writer.content), self.typed[-1], self.typed[-1])
            async with asyncio.timeout(30):
                while not self.reader.text.endswith(self.typed[-1]):
                    await self.news.wait()
                    self.news.clear()
            self.times.append(time.perf_counter() - began)
            await asyncio.sleep(PAUSE)

    async def check(self, collab: Collab) -> None:
        """Every word arrived once, in its place, and is stored."""
        text = ''.join(self.typed)
        await until(lambda: self.reader.text == self.writer.text == text, 'every word arrived once')
        await until(lambda: self.writer.settled, 'all of it is saved')
        assert await collab.text('honest') == text

    async def close(self) -> None:
        await self.writer.crash()
        await self.reader.crash()
        await self.writer.device.http.aclose()


class Probe:
    """Asks the server again and again how it is, and notes how long the answer takes."""

    def __init__(self, collab: Collab) -> None:
        self._url = f'{collab.url}/healthz'
        self.worst = 0.0

    async def ask(self) -> None:
        async with web_client() as client:
            while True:
                began = time.perf_counter()
                assert (await client.get(self._url, timeout=30)).status_code == 200
                self.worst = max(self.worst, time.perf_counter() - began)
                await asyncio.sleep(0.1)


def memory(collab: Collab) -> int:
    """Resident bytes of the server."""
    assert collab.process is not None
    status = Path(f'/proc/{collab.process.pid}/status').read_text()
    return int(status.split('VmRSS:')[1].split()[0]) * 1024


async def felt(honest: Honest, during: 'asyncio.Future[object]') -> tuple[float, float]:
    """Milliseconds that honest words take meanwhile, at 50 and 95 percent."""
    honest.times.clear()
    typing = asyncio.create_task(honest.type())
    await during
    typing.cancel()
    await asyncio.gather(typing, return_exceptions=True)
    assert typing.cancelled()
    return statistics.median(honest.times) * 1000, statistics.quantiles(honest.times, n=20)[18] * 1000


async def left_alone(collab: Collab) -> None:
    """Wait until every attacker's seat was given back."""
    async with asyncio.timeout(30), web_client() as client:
        while (await client.get(f'{collab.url}/api/documents/victim')).json()['people'] != 1:  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def agreed(collab: Collab, witness: Foreign, visitor: Page) -> str:
    """The text of the victim, as the server, who was there all the time and who comes now have it.

    A text that is not made alike everywhere, and some of these are, has been put in order by then.
    """
    async with asyncio.timeout(AGREED_WITHIN):
        while True:
            visitor.check()
            await asyncio.sleep(0.5)
            text = await collab.text('victim')
            if visitor.settled and visitor.agreed and text == visitor.text == witness.text:
                return text


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
        honest, probe = Honest(collab), Probe(collab)
        witness = Foreign('witness', collab.url, 'victim', begins_anew=True)
        await honest.open()
        witness.open()
        await storm(collab.url, 'victim', f'{seed} before', count // 4)
        await left_alone(collab)
        alone = await felt(honest, asyncio.ensure_future(asyncio.sleep(3)))
        before, process = memory(collab), collab.process.pid
        heartbeat.forget()
        probing = asyncio.create_task(probe.ask())
        attack = asyncio.create_task(storm(collab.url, 'victim', str(seed), count))
        beside = await felt(honest, attack)
        stood, worked = heartbeat.worst()
        await left_alone(collab)
        grown = memory(collab) - before
        assert not probing.done()
        probing.cancel()
        assert (collab.process.poll(), collab.process.pid) == (None, process)
        visitor = Page('visitor', collab.url, 'victim')
        visitor.open()
        text = await agreed(collab, witness, visitor)
        late = Foreign('late', collab.url, 'victim')
        late.open()
        await until(lambda: late.text == text == witness.text, 'an honest client has the text of the victim')
        visitor.insert(0, 'on ', 'on')
        text = f'on {text}'
        assert await agreed(collab, witness, visitor) == text
        await honest.check(collab)
        await visitor.crash()
        await visitor.device.http.aclose()
        await late.crash()
        await witness.crash()
        await honest.close()
    fresh, outcomes = await stored(tmp_path / 'data' / 'collab.db', 'victim'), attack.result()
    if long:
        with capsys.disabled():
            print(
                f'\n{count} mutations, {fresh.seq} stored edits in all; the event loop stood still for '
                f'{stood * 1000:.0f} ms at most, of which it worked {worked * 1000:.0f}; a health probe took '
                f'{probe.worst * 1000:.0f} ms at most; {grown / 2**20:.1f} MB more. An honest word takes '
                f'{beside[0]:.1f} ms (p50) and {beside[1]:.1f} ms (p95), before {alone[0]:.1f} and '
                f'{alone[1]:.1f}. {dict(outcomes.most_common())}'
            )
    log = collab.log.read_text()
    assert 'Traceback' not in log, log[log.index('Traceback') - 500 :][:4000]
    assert 'Exception' not in log
    assert fresh.text == text
    assert fresh.seq > LET_IN
    assert (outcomes.total(), outcomes['nothing']) == (count, 0)
    assert max(worked, stood, probe.worst) < STANDSTILL + NOISE
    assert grown < GROWTH
    assert beside[0] < max(2 * alone[0], 100)
