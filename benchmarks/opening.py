"""How long it takes to open a document, by its size and by its history: from connecting to the whole text.

    .venv/bin/python benchmarks/opening.py [--quick] [--case history]

The client speaks the Yjs protocol and has a CRDT of its own, which holds the text at the end. Warm: the
document is open, because somebody is in it. Cold: the server has just been started, and nobody has asked for
the document yet.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from pycrdt import merge_updates

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import command, plain, sessions
from benchmarks.results import Benchmark, Case, Chart, Scale, Values
from benchmarks.server import apart, memory, pid, rest, serving, start
from benchmarks.typist import PROSE
from collab.document import protocol
from tests.support.running import Collab

WARM, COLD = 7, 3
"""How often a document is opened in one run; the medians count."""
TOGETHER = 50
"""Edits in one update, where a history is made: typing arrives at the store about so."""
SIZES = {'1 kB': 1_000, '10 kB': 10_000, '100 kB': 100_000, '1 MB': 1_000_000, '10 MB': 9_900_000}
KILOBYTE = 1_000

Fill = Callable[[Collab], Awaitable[str]]
"""Makes the document; its text."""


async def measure(fill: Fill, times: int) -> Values:
    """Make the document, and open it warm, and so many times cold."""
    async with serving() as collab:
        text = await fill(collab)
        await rest(pid(collab))
        warm = await apart(open_often, collab.port, text, WARM)
        cold = []
        for _ in range(times):
            collab.stop()
            await start(collab)
            await rest(pid(collab))
            cold += await apart(open_often, collab.port, text, 1)
        held = await memory(collab)
    return {
        'warm ms': statistics.median(warm),
        'cold ms': statistics.median(cold),
        'kB': len(text) / KILOBYTE,
        'MB': held,
    }


async def open_often(port: int, text: str, times: int) -> list[float]:
    """Milliseconds of each opening; where it is more than one, the first one counts not and stays."""
    sessions.text_of([b'\x00\x00'])  # what the client needs is in memory
    found = []
    stays = await plain.join(port, 'doc') if times > 1 else None
    for _ in range(times):
        began = time.perf_counter()
        client = await plain.join(port, 'doc')
        opened = sessions.text_of([client.whole])
        found.append((time.perf_counter() - began) * 1000)
        if opened != text:
            raise ValueError('another text was opened')
        client.transport.abort()
        await asyncio.sleep(0.1)
    if stays is not None:
        stays.transport.abort()
    return found


async def with_text(size: int, collab: Collab) -> str:
    """A document that was written at once."""
    text = (PROSE * (size // len(PROSE) + 1))[:size]
    await collab.create('doc', text=text)
    return text


async def with_history(most: int | None, rounds: int, more: int, collab: Collab) -> str:
    """A document that was typed: so many edits of the recorded session (None: all), and so often; and so many
    times as many edits that left nothing."""
    frames, text = sessions.updates(sessions.PAPER, most, TOGETHER, rounds)
    if more:
        edits = len(frames) * TOGETHER * more
        frames = frames + sessions.paragraphs(edits, text, merge_updates(*frames), TOGETHER)
    writer = await plain.join(collab.port, 'doc')
    for frame in frames:
        writer.send(protocol.update(frame))
        await writer.drain()
    async with asyncio.timeout(300):
        while await collab.text('doc') != text:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    await writer.close()
    return text


def cases(scale: Scale) -> list[Case]:
    """By size, and by history."""
    if scale is Scale.SMOKE:
        sizes = ['1 kB']
        histories: dict[str, tuple[int | None, int, int]] = {'a short history': (200, 2, 1)}
    elif scale is Scale.QUICK:
        sizes, histories = ['1 MB'], {'automerge-paper, 20,000 edits of history': (20_000, 1, 0)}
    else:
        sizes = list(SIZES)
        histories = {
            'automerge-paper, all its history': (None, 1, 0),
            'automerge-paper, ten times its edits': (None, 1, 9),
            'automerge-paper, written ten times': (None, 10, 0),
        }
    wanted = {'warm ms': 35.0, 'cold ms': 60.0} if scale is Scale.FULL else {}
    times = COLD if scale is Scale.FULL else 1
    return [
        *(sized(name, times) for name in sizes),
        *(
            Case(name, partial(measure, partial(with_history, *what), times), at_most=wanted)
            for name, what in histories.items()
        ),
    ]


def sized(name: str, times: int) -> Case:
    """A document of this size."""
    fill = partial(with_text, SIZES[name])
    return Case(name, partial(measure, fill, times), SIZES[name] / KILOBYTE)


CHART = Chart(
    'opening',
    'From connecting to the whole text, by the size of the document',
    'kilobytes',
    'milliseconds',
    ('warm ms', 'cold ms'),
    log_x=True,
    log_y=True,
)
BENCHMARK = Benchmark('opening', 'From connecting to the whole text', cases, (CHART,))

if __name__ == '__main__':
    raise SystemExit(command.main(BENCHMARK))
