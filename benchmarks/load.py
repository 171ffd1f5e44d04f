"""People who type in one document by the clock, and how long each letter takes to all others."""

import asyncio
import gc
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.machine import busy_seconds, cpu_seconds, megabytes
from benchmarks.plain import Join
from benchmarks.results import Values
from benchmarks.server import apart, pid, serving
from benchmarks.spread import Spread
from benchmarks.typist import Board, Typist, gather, start_text

LETTERS = 'abcdefghijklmnopqrstuvwxyz '
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
    at_once: int = 20
    """How many come at the same time."""

    def __str__(self) -> str:
        words = f'{self.writers} writers' + (f', {self.readers} readers' if self.readers else '')
        words += ' with cursors' if self.cursors else ''
        return words + (f' at {self.rate:g} letters/s' if self.rate != 5.0 else '')


async def measure(load: Load, join: Join) -> Values:
    """This load on a server of its own; `join` is the way by which everybody comes."""
    async with serving() as collab:
        await collab.create('doc', text=start_text(load.writers))
        return await apart(generate, collab.port, pid(collab), load, join)


async def generate(port: int, server: int, load: Load, join: Join) -> Values:
    """Be everybody; what was found."""
    board = Board()
    typists = [Typist(board, name) for name in range(load.writers + load.readers)]
    await gather(typists, load.writers, port, join, load.at_once)
    empty = megabytes(server)
    gc.freeze()
    gc.disable()
    usage = await type_all(typists[: load.writers], server, load)
    most = megabytes(server)
    times, missing = await arrivals(typists, usage['began'], usage['ended'])
    times.never = missing
    fresh = Typist(board, -1)
    await fresh.join(port, join)
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
        'others %': usage['others'],
        'late ms': usage['late'],
        'letters': edits,
        'lost': edits - (len(text) - len(start_text(load.writers))),
        'missing': missing,
        'unequal': sum(typist.text() != text for typist in checked),
    }


async def type_all(writers: Sequence[Typist], server: int, load: Load) -> Values:
    """Type by the clock; the percent of a core that each side and all others used, and how late keys were."""
    due = schedule(load)
    begin = time.perf_counter() + 0.05
    began = ended = begin
    used = own = everybody = late = 0.0
    for at, number in due:
        if at >= load.warm_up and began == begin:
            used, own, everybody, late = cpu_seconds(server), time.process_time(), busy_seconds(), 0.0
            began = time.perf_counter()
        wait = begin + at - time.perf_counter()
        if wait > 0 or not number:  # also who is late has to read now and then
            await asyncio.sleep(max(wait, 0))
        late = max(late, -wait)
        writers[number].type(random.choice(LETTERS), cursor=load.cursors)
    ended = time.perf_counter()
    used, own = cpu_seconds(server) - used, time.process_time() - own
    percent = 100 / (ended - began)
    return {
        'began': began,
        'ended': ended,
        'server': used * percent,
        'generator': own * percent,
        'others': (busy_seconds() - everybody - used - own) * percent,
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
