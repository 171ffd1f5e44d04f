"""How long a letter takes to all others, when many type in one document or many more only read.

    .venv/bin/python benchmarks/fanout.py [--quick] [--case '100 writers']

Everybody is a connection to /yjs. The writers type five letters a second at moments of chance that wait for
nobody; the time runs from just before a letter is sent to its arrival at every other connection. The server
has one core and the program that types another. Every edit is committed before it is shown.
"""

import asyncio
import gc
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import command
from benchmarks.machine import cpu_seconds, megabytes
from benchmarks.results import Benchmark, Case, Chart, Scale, Values
from benchmarks.server import apart, pid, serving
from benchmarks.spread import Spread
from benchmarks.typist import Board, Typist, gather, start_text

LETTERS = 'abcdefghijklmnopqrstuvwxyz '
BUSY = 90.0
"""Percent of its core, above which the program that types adds to the times itself."""
CHECKED = 10
"""How many screens are compared with the server's text; of all others the letters are counted."""
QUIET, PATIENCE = 1.0, 30.0


@dataclass(frozen=True, slots=True)
class Load:
    """Who is there and how they type: letters a second each, for so many seconds after others to warm up."""

    writers: int
    readers: int = 0
    rate: float = 5.0
    seconds: float = 10.0
    warm_up: float = 3.0
    cursors: bool = False

    def __str__(self) -> str:
        words = f'{self.writers} writers' + (f', {self.readers} readers' if self.readers else '')
        words += ' with cursors' if self.cursors else ''
        return words + (f' at {self.rate:g} letters/s' if self.rate != 5.0 else '')


async def measure(load: Load) -> Values:
    """This load on a server of its own."""
    async with serving() as collab:
        await collab.create('doc', text=start_text(load.writers))
        return await apart(generate, collab.port, pid(collab), load)


async def generate(port: int, server: int, load: Load) -> Values:
    """Be everybody; what was found."""
    board = Board()
    typists = await gather(board, port, 'doc', load.writers, load.readers)
    empty = megabytes(server)
    gc.freeze()
    gc.disable()
    usage = await type_all(typists[: load.writers], server, load)
    most = megabytes(server)
    times, missing = await arrivals(typists, usage['began'], usage['ended'])
    times.never = missing
    fresh = Typist(board, -1)
    await fresh.join(port, 'doc')
    text = fresh.text()
    edits = sum(map(len, board.sent.values()))
    checked = typists[:: max(1, len(typists) // CHECKED)]
    for typist in [*typists, fresh]:
        typist.connection.transport.abort()
    return times.values() | {
        'server %': usage['server'],
        'us per delivery': usage['server'] * 1e4 * (usage['ended'] - usage['began']) / max(times.count, 1),
        'MB': most,
        'MB more': most - empty,
        'generator %': usage['generator'],
        'late ms': usage['late'],
        'letters': edits,
        'lost': edits - (len(text) - len(start_text(load.writers))),
        'missing': missing,
        'unequal': sum(typist.text() != text for typist in checked),
    }


async def type_all(writers: Sequence[Typist], server: int, load: Load) -> Values:
    """Type by the clock; how much of a core each side used, in percent, and how late the last key was."""
    due = schedule(load)
    begin = time.perf_counter() + 0.05
    began = ended = begin
    used, own, late = 0.0, 0.0, 0.0
    for at, number in due:
        if at >= load.warm_up and began == begin:
            used, own, late = cpu_seconds(server), time.process_time(), 0.0
            began = time.perf_counter()
        wait = begin + at - time.perf_counter()
        if wait > 0 or not number:  # also who is late has to read now and then
            await asyncio.sleep(max(wait, 0))
        late = max(late, -wait)
        writers[number].type(random.choice(LETTERS), cursor=load.cursors)
    ended = time.perf_counter()
    seconds = (ended - began) / 100
    return {
        'began': began,
        'ended': ended,
        'server': (cpu_seconds(server) - used) / seconds,
        'generator': (time.process_time() - own) / seconds,
        'late': late * 1000,
    }


def schedule(load: Load) -> list[tuple[float, int]]:
    """Who presses a key when, in seconds from the beginning: evenly, but for up to half a pause of chance."""
    keys = round((load.warm_up + load.seconds) * load.rate)
    return sorted(
        ((key + number / load.writers + random.random() / 2) / load.rate, number)
        for key in range(keys)
        for number in range(load.writers)
    )


async def arrivals(typists: Sequence[Typist], began: float, ended: float) -> tuple[Spread, int]:
    """How long the letters took, and how many never came, once all came or nothing more comes."""
    until = time.perf_counter() + PATIENCE
    while True:
        await still(typists)
        times = Spread()
        missing = sum(typist.tally(times, began, ended) for typist in typists)
        if not missing or time.perf_counter() > until:
            return times, missing


async def still(typists: Sequence[Typist]) -> None:
    """Return when nothing came for a while."""
    before = -1
    while (now := sum(typist.arrived for typist in typists)) != before:
        before = now
        await asyncio.sleep(QUIET)
    lost = [typist.connection.closed for typist in typists if typist.connection.closed]
    if lost:
        raise ConnectionError(f'{len(lost)} connections: {lost[0]}')


def again(load: Load, values: Values) -> Case | None:
    """Where the program that types was the limit, the same at half the rate."""
    if values['generator %'] <= BUSY or load.rate < 5.0:
        return None
    print(f'The program that types was {values["generator %"]:.0f} % busy: again, at half the rate.')
    return case(replace(load, rate=load.rate / 2))


def case(load: Load, **at_most: float) -> Case:
    """The load as a case; `p99=16` is what is wanted."""
    series = '' if load.readers or load.cursors or load.rate != 5.0 else 'all type'
    wanted = {f'{name} ms': most for name, most in at_most.items()}
    everybody = load.writers + load.readers
    return Case(str(load), partial(measure, load), everybody, series, wanted, then=partial(again, load))


def cases(scale: Scale) -> list[Case]:
    """By the number of writers, of readers, and with cursors."""
    if scale is Scale.SMOKE:
        return [case(Load(3, 2, seconds=0.5, warm_up=0.2, cursors=True))]
    if scale is Scale.QUICK:
        return [case(Load(n, seconds=2, warm_up=1)) for n in (10, 50)] + [
            case(Load(10, 90, seconds=2, warm_up=1))
        ]
    few = [case(Load(n), p50=6, p99=16) for n in (2, 10, 25)]
    crowds = [case(Load(50), p99=20), *(case(Load(n)) for n in (100, 200, 400))]
    readers = [case(Load(10, 190), p99=16), case(Load(50, 950))]
    return [*few, *crowds, *readers, case(Load(25, cursors=True), p99=16)]


CHARTS = (
    Chart(
        'fanout',
        'A letter to all others, everybody types in one document',
        'people who type',
        'milliseconds',
        ('p50 ms', 'p95 ms', 'p99 ms'),
        log_x=True,
        log_y=True,
    ),
    Chart(
        'fanout-server',
        'Load of the server while everybody types in one document',
        'people who type',
        '% of a core',
        ('server %',),
        log_x=True,
    ),
)
BENCHMARK = Benchmark('fanout', 'A letter to all others, through /yjs', cases, CHARTS)

if __name__ == '__main__':
    raise SystemExit(command.main(BENCHMARK))
