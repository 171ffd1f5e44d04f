"""What a key costs the server in a small and in a huge document: CPU time, everything included.

    .venv/bin/python benchmarks/keystroke.py [keys]

One program types letters at random places of a document of 1 kB, another one of 10 MB, each on a server of
its own that stores every key before a second program sees it; its CPU time is what the operating system
says. Prints one line of JSON: microseconds a key (medians of five rounds, taken in turns), and their ratio.
"""

import asyncio
import json
import os
import platform
import random
import statistics
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.support.foreign import Foreign
from tests.support.running import Collab, running

KEYS = 400
ROUNDS = 5
PAUSE = 0.005
SIZES = {'1 kB': 1_000, '10 MB': 9_900_000}
WORDS = 'the quick brown fox jumps over the lazy dog, and then it rests for a while\n'


def cpu_seconds(collab: Collab) -> float:
    """What the server's process has used so far, in the kernel and outside."""
    assert collab.process is not None
    fields = Path(f'/proc/{collab.process.pid}/stat').read_text().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


class Place:
    """A server with one document, somebody who types in it and somebody who reads."""

    def __init__(self, collab: Collab, size: int) -> None:
        self.collab = collab
        self.size = size
        self.writer, self.reader = (Foreign(name, collab.url, 'doc') for name in ('writer', 'reader'))
        self.chance = random.Random(1)

    async def open(self) -> None:
        await self.collab.create('doc', text=(WORDS * (self.size // len(WORDS) + 1))[: self.size])
        for client in (self.writer, self.reader):
            client.open()
        await self.equal(self.size)

    async def equal(self, size: int) -> None:
        async with asyncio.timeout(120):
            while not all(len(client.content) == size for client in (self.writer, self.reader)):  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def type(self, keys: int) -> float:
        """Microseconds of the server's time for each key."""
        before = cpu_seconds(self.collab)
        size = len(self.writer.content)
        for _ in range(keys):
            self.writer.insert(self.chance.randrange(size), 'x', '')
            await asyncio.sleep(PAUSE)
        await self.equal(size + keys)
        return (cpu_seconds(self.collab) - before) / keys * 1e6


async def measure(keys: int) -> dict[str, list[float]]:
    """Microseconds a key, in each round, by the size of the document."""
    costs: dict[str, list[float]] = {name: [] for name in SIZES}
    async with AsyncExitStack() as stack:
        places = {}
        for name, size in SIZES.items():
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            places[name] = Place(await stack.enter_async_context(running(folder / 'data')), size)
            await places[name].open()
        for place in places.values():
            await place.type(keys)  # to warm up
        for _ in range(ROUNDS):
            for name, place in places.items():
                costs[name].append(await place.type(keys))
        for place in places.values():
            await place.writer.crash()
            await place.reader.crash()
    return costs


def main() -> None:
    """Measure and print."""
    costs = asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else KEYS))
    medians = {name: round(statistics.median(found)) for name, found in costs.items()}
    small, large = medians.values()
    print(
        json.dumps(
            {
                'what': 'server time of a key, us',
                **medians,
                'ratio': round(large / small, 2),
                'machine': f'{platform.machine()}, {platform.system()}, Python {platform.python_version()}',
            }
        )
    )


if __name__ == '__main__':
    main()
