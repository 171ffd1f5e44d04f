"""What a typist feels while others send edits as fast as the server takes them, into another document.

    .venv/bin/python benchmarks/flood.py [--quick]

One program types ten letters a second, another one in the same document notes when they arrive; every edit
is committed before it is shown. Beside them none, one, and four programs replay a long text letter by letter,
from a process of their own.
"""

import asyncio
import multiprocessing
import sys
import time
from functools import cache, partial
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import command, plain
from benchmarks.results import Benchmark, Case, Scale, Values
from benchmarks.server import apart, serving
from benchmarks.spread import Spread
from benchmarks.typist import Board, Typist, gather, start_text
from collab.document import protocol
from tests.support import forged

PAUSE = 0.1
LETTERS = 20_000
BEGINS_WITHIN = 1.5
"""Seconds after which those who flood are under way."""


async def measure(count: int, seconds: float) -> Values:
    """The typist beside so many floods."""
    async with serving() as collab:
        await collab.create('doc', text=start_text(1))
        floods = multiprocessing.get_context('spawn').Process(target=run_floods, args=(collab.port, count))
        began = time.perf_counter()
        if count:
            floods.start()
            await asyncio.sleep(BEGINS_WITHIN)
        times = await apart(type_alone, collab.port, seconds)
        took = time.perf_counter() - began
        if count:
            floods.terminate()
            floods.join()
        edits = await stored_edits(collab.url) if count else 0
    return times.values() | {'letters': times.count, 'lost': times.never, 'flood edits/s': edits / took}


async def type_alone(port: int, seconds: float) -> Spread:
    """Milliseconds from each letter's departure to its arrival at the one who reads."""
    board = Board()
    typists = [Typist(board, number) for number in range(2)]
    await gather(typists, 1, port, plain.join)
    writer, reader = typists
    began = time.perf_counter()
    for _ in range(round(seconds / PAUSE)):
        writer.type('x')
        await asyncio.sleep(PAUSE)
    async with asyncio.timeout(60):
        while reader.tally(Spread(), 0, 0):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    times = Spread()
    times.never = reader.tally(times, began, time.perf_counter())
    return times


def run_floods(port: int, count: int) -> None:
    """The process of those who flood; it is ended from outside."""

    async def run() -> None:
        await asyncio.gather(*(flood(port, number) for number in range(count)))

    asyncio.run(run())


async def flood(port: int, number: int) -> None:
    """Send letters as fast as they are read, for ever, into one new document after the other."""
    round_ = 0
    while True:
        round_ += 1
        client = await plain.join(port, f'flood-{number}-{round_}')
        for at, frame in enumerate(letters(LETTERS)):
            client.send(frame)
            if at % 100 == 0:
                await client.drain()
                await asyncio.sleep(0)
        await client.close()


@cache
def letters(count: int) -> list[bytes]:
    """The frames of somebody who types so many letters, one after the other."""
    edits = (forged.text('x', (7, clock - 1) if clock else None) for clock in range(count))
    return [
        protocol.update(forged.update(forged.section(7, clock, edit))) for clock, edit in enumerate(edits)
    ]


async def stored_edits(url: str) -> int:
    """How many edits the server has stored in documents of floods."""
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        documents = (await client.get('/api/documents')).json()
        ids = [d['id'] for d in documents if d['id'].startswith('flood-')]
        texts = [(await client.get(f'/api/documents/{i}/text')).text for i in ids]
    return sum(map(len, texts))


def cases(scale: Scale) -> list[Case]:
    """By the number of floods."""
    seconds = {Scale.FULL: 10.0, Scale.QUICK: 3.0, Scale.SMOKE: 0.5}[scale]
    counts = {Scale.FULL: (0, 1, 4), Scale.QUICK: (0, 4), Scale.SMOKE: (1,)}[scale]
    return [Case(f'beside {count} floods', partial(measure, count, seconds)) for count in counts]


BENCHMARK = Benchmark('flood', 'A letter to the one who reads, beside programs that flood', cases)

if __name__ == '__main__':
    raise SystemExit(command.main(BENCHMARK))
