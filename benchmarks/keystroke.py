"""What a key costs the server in a small and in a huge document: processor time, everything included.

    .venv/bin/python benchmarks/keystroke.py [--quick]

In a document of each size, each on a server of its own, a program types letters at random places; the server
stores every key before a second program sees it. Its time is what the operating system says, in microseconds
a key: medians of several rounds, taken in turns.
"""

import asyncio
import random
import statistics
import sys
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import command
from benchmarks.machine import cpu_seconds
from benchmarks.results import Benchmark, Case, Chart, Scale, Values
from benchmarks.server import apart, pid, serving
from benchmarks.typist import PROSE
from tests.support.foreign import Foreign

ROUNDS = 5
PAUSE = 0.005
SIZES = {'1 kB': 1_000, '10 kB': 10_000, '100 kB': 100_000, '1 MB': 1_000_000, '10 MB': 9_900_000}
SMALL, LARGE = '1 kB', '10 MB'


class Place:
    """A server with one document, somebody who types in it and somebody who reads."""

    def __init__(self, port: int, server: int, size: int) -> None:
        self.server = server
        self.size = size
        url = f'http://127.0.0.1:{port}'
        self.writer, self.reader = (Foreign(name, url, 'doc') for name in ('writer', 'reader'))
        self.chance = random.Random(1)

    async def open(self) -> None:
        for client in (self.writer, self.reader):
            client.open()
        await self.equal(self.size)

    async def equal(self, size: int) -> None:
        async with asyncio.timeout(120):
            while not all(len(client.content) == size for client in (self.writer, self.reader)):  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def type(self, keys: int) -> float:
        """Microseconds of the server's time for each key."""
        before = cpu_seconds(self.server)
        size = len(self.writer.content)
        for _ in range(keys):
            self.writer.insert(self.chance.randrange(size), 'x', '')
            await asyncio.sleep(PAUSE)
        await self.equal(size + keys)
        return (cpu_seconds(self.server) - before) / keys * 1e6

    async def close(self) -> None:
        for client in (self.writer, self.reader):
            await client.crash()


async def measure(sizes: list[str], keys: int, rounds: int) -> Values:
    """Microseconds a key by the size of the document, and what the largest costs for each of the smallest."""
    async with AsyncExitStack() as stack:
        servers = []
        for name in sizes:
            collab = await stack.enter_async_context(serving())
            await collab.create('doc', text=(PROSE * (SIZES[name] // len(PROSE) + 1))[: SIZES[name]])
            servers.append((collab.port, pid(collab), SIZES[name]))
        costs = await apart(in_turns, servers, keys, rounds)
    medians = {f'{name} us': statistics.median(found) for name, found in zip(sizes, costs, strict=True)}
    return medians | {'ratio': medians[f'{sizes[-1]} us'] / medians[f'{sizes[0]} us']}


async def in_turns(servers: list[tuple[int, int, int]], keys: int, rounds: int) -> list[list[float]]:
    """Microseconds a key, in each round, of each server."""
    places = [Place(*server) for server in servers]
    for place in places:
        await place.open()
        await place.type(keys)  # to warm up
    costs = [[await place.type(keys) for place in places] for _ in range(rounds)]
    for place in places:
        await place.close()
    return [list(found) for found in zip(*costs, strict=True)]


def cases(scale: Scale) -> list[Case]:
    """All sizes in one."""
    if scale is Scale.SMOKE:
        return [Case('a key', partial(measure, ['1 kB', '10 kB'], 100, 1))]
    sizes = [SMALL, LARGE] if scale is Scale.QUICK else list(SIZES)
    keys, rounds = (100, 2) if scale is Scale.QUICK else (400, ROUNDS)
    return [Case('a key', partial(measure, sizes, keys, rounds), at_most={'ratio': 1.2})]


CHART = Chart(
    'keystroke',
    'Time of the server for a key, by the size of the document',
    'kilobytes',
    'microseconds',
    columns={f'{name} us': size / 1_000 for name, size in SIZES.items()},
    log_x=True,
)
BENCHMARK = Benchmark('keystroke', 'Time of the server for a key', cases, (CHART,))

if __name__ == '__main__':
    raise SystemExit(command.main(BENCHMARK))
