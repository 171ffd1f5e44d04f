"""What is lost when the server is killed at the moment at which everybody has seen the last letter.

    .venv/bin/python benchmarks/durability.py [--quick]

Ten people type for some seconds. As soon as the last letter is at every other connection, the server gets
SIGKILL; it is started again on the same data, nobody connects again, and its text is counted.
"""

import asyncio
import os
import signal
import sys
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import command, plain
from benchmarks.load import Load, type_all
from benchmarks.results import Benchmark, Case, Scale, Values
from benchmarks.server import apart, pid, serving, start
from benchmarks.spread import Spread
from benchmarks.typist import Board, Typist, gather, start_text

WRITERS = 10
SEEN_WITHIN = 30.0


async def measure(rounds: int, load: Load) -> Values:
    """So many kills, each of a server of its own."""
    letters = lost = 0
    for _ in range(rounds):
        async with serving() as collab:
            before = start_text(load.writers)
            await collab.create('doc', text=before)
            typed = await apart(type_and_kill, collab.port, pid(collab), load)
            collab.kill()  # is dead already; this waits until it is gone
            await start(collab)
            lost += typed - (len(await collab.text('doc')) - len(before))
            letters += typed
    return {'kills': rounds, 'letters': letters, 'lost': lost}


async def type_and_kill(port: int, server: int, load: Load) -> int:
    """Kill the server when everybody has seen everything; how many letters that was."""
    board = Board()
    typists = [Typist(board, name) for name in range(load.writers)]
    await gather(typists, load.writers, port, plain.join)
    await type_all(typists, server, load)
    async with asyncio.timeout(SEEN_WITHIN):
        while sum(typist.tally(Spread(), 0, 0) for typist in typists):  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    os.kill(server, signal.SIGKILL)
    return sum(map(len, board.sent.values()))


def cases(scale: Scale) -> list[Case]:
    """One, of several kills."""
    rounds = {Scale.FULL: 5, Scale.QUICK: 2, Scale.SMOKE: 1}[scale]
    seconds = 3.0 if scale is Scale.FULL else 0.5
    load = Load(WRITERS, seconds=seconds, warm_up=0.2)
    return [Case('killed when all had seen it', partial(measure, rounds, load), at_most={'lost': 0})]


BENCHMARK = Benchmark('durability', 'Killed with SIGKILL', cases)

if __name__ == '__main__':
    raise SystemExit(command.main(BENCHMARK))
