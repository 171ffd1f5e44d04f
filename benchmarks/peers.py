"""Collab beside other servers for the same purpose, measured by one yardstick in one run.

    .venv/bin/python benchmarks/peers.py [--quick] [--case '100 clients']

The yardstick is a folder of its own, in JavaScript: it starts each server, types into it with Yjs clients,
and prints what it found. It is looked for in $YARDSTICK, ../bench and ../shared/bench and has to be installed
there (see its README). The peers are Hocuspocus 4.7 and y-websocket. A ratio is Collab's value as a multiple
of the one of Hocuspocus in the same run; cost is the server's time for each edit that reaches somebody.
"""

import asyncio
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import command
from benchmarks.machine import ROOT
from benchmarks.results import Benchmark, Case, Chart, Scale, Skipped, Values
from tests.support.recorded import find_traces

PEERS = {'own': 'Collab', 'hocuspocus4': 'Hocuspocus', 'yws': 'y-websocket'}
BUSY = 90.0
TAKES = 900.0
OWN, ANCHOR = 'Collab', 'Hocuspocus'
LONG = 24
"""Seconds that many type: their slowest edits lie in few moments, and two runs of 12 s differ by a fifth. So
does what two of few cost: a snapshot is a tenth of it, and falls into one of them."""


def yardstick() -> Path:
    """Its folder. Raises Skipped with what is missing."""
    places = [os.environ.get('YARDSTICK'), ROOT.parent / 'bench', ROOT.parent / 'shared' / 'bench']
    found = [Path(place) for place in places if place and (Path(place) / 'bench.mjs').exists()]
    if not found:
        raise Skipped('no yardstick here: name its folder in $YARDSTICK')
    if not shutil.which('node'):
        raise Skipped('no Node here')
    installed = [folder for folder in found if (folder / 'node_modules').exists()]
    if not installed:
        raise Skipped(f'the yardstick in {found[0].name} is not installed: its README says how')
    return installed[0].resolve()


async def run(program: str, peer: str, words: Sequence[str]) -> str:
    """What a program of the yardstick says of this peer."""
    folder = yardstick()
    if peer == 'hocuspocus4' and not (folder / 'peers' / peer / 'node_modules').exists():
        raise Skipped(f'{peer} is not installed in the yardstick')
    own = {'OWN_CWD': str(ROOT), 'OWN_PYTHON': sys.executable, 'TRACES': str(find_traces() or '')}
    process = await asyncio.create_subprocess_exec(
        *('node', str(folder / f'{program}.mjs'), '--peer', peer, *words),
        cwd=folder,
        env=os.environ | own,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(TAKES):
        said, _ = await process.communicate()
    return said.decode()


def line_of(peer: str, said: str, kept: str = '') -> dict[str, Any]:
    """The last line of JSON in what it kept or said. Raises RuntimeError for none, or an error."""
    lines = [line for line in (kept or said).splitlines() if line.startswith('{')]
    found = dict(json.loads(lines[-1])) if lines else {'error': said[-500:]}
    if 'error' in found:
        raise RuntimeError(f'{peer}: {found["error"]}')
    return found


async def typed(peer: str, words: Sequence[str]) -> dict[str, Any]:
    """What the yardstick finds of a crowd that types."""
    with tempfile.NamedTemporaryFile('r', suffix='.jsonl') as file:
        said = await run('bench', peer, [*words, '--out', file.name])
        return line_of(peer, said, file.read())


async def fanout(peers: Sequence[str], words: Sequence[str]) -> Values:
    """How long an edit takes to all others."""
    found: Values = {}
    busiest = 0.0
    for peer in peers:
        line = await typed(peer, words)
        found |= of_fanout(PEERS[peer], line)
        busiest = max(busiest, line['genCpuPct'])
    return found | {
        'p99 ratio': ratio(found, 'p99 ms'),
        'cost ratio': ratio(found, 'server %') * ratio(found, 'deliveries/s') ** -1,
        'generator %': busiest,
    }


async def with_cursors(peers: Sequence[str], words: Sequence[str]) -> Values:
    """The same with cursors, and the time of Collab's server as a multiple of that without, just before."""
    alone = of_fanout(OWN, await typed('own', words))
    found = await fanout(peers, [*words, '--cursors'])
    return found | {'cursors ratio': found[f'{OWN} server s'] / alone[f'{OWN} server s']}


def ratio(found: Values, name: str) -> float:
    """Of Collab's value, as a multiple of the anchor's."""
    return found[f'{OWN} {name}'] / max(found[f'{ANCHOR} {name}'], 1e-9)


def of_fanout(name: str, line: Mapping[str, Any]) -> Values:
    """What the table shows of a line of the yardstick."""
    return {
        f'{name} p50 ms': float(line['p50']),
        f'{name} p99 ms': float(line['p99']),
        f'{name} server %': line['srvCpuPct'],
        f'{name} server s': line['srvCpuTotal'],
        f'{name} deliveries/s': line['deliveredPerSec'],
        f'{name} lost': line['lost'],
    }


async def other(program: str, peers: Sequence[str], words: Sequence[str], names: Mapping[str, str]) -> Values:
    """What another program of the yardstick finds: its names, and how they are called here."""
    found: Values = {}
    for peer in peers:
        line = line_of(peer, await run(program, peer, words))
        found |= {f'{PEERS[peer]} {ours}': float(line[theirs]) for theirs, ours in names.items()}
    return found


@dataclass(frozen=True, slots=True)
class Crowd:
    """So many clients of one document, some of whom type, for so many seconds."""

    clients: int
    writers: int
    rate: float = 5.0
    seconds: int = 12
    cursors: bool = False

    def __str__(self) -> str:
        typing = 'all typing' if self.writers == self.clients else f'{self.writers} typing'
        more = ', with cursors' if self.cursors else ''
        return f'{self.clients:,} clients, {typing}{more}' + (
            f' at {self.rate:g}/s' if self.rate != 5 else ''
        )

    def case(self) -> Case:
        """As a case; y-websocket, which breaks down with more, is there up to a hundred."""
        words = ['--n', str(self.clients), '--editors', str(self.writers), '--rate', str(self.rate)]
        words += ['--secs', str(self.seconds)]
        peers = list(PEERS)[: 3 if self.clients <= 100 else 2]
        everybody = self.writers == self.clients and self.rate == 5 and not self.cursors
        return Case(
            str(self),
            partial(with_cursors if self.cursors else fanout, peers, words),
            self.clients if everybody else None,
            at_most=self.wanted(),
            then=self.again,
        )

    def wanted(self) -> dict[str, float]:
        """Of Collab, in milliseconds for few, and beside the anchor of the same run for many."""
        if self.cursors or self.rate != 5:
            return {f'{OWN} lost': 0.0} | ({'cursors ratio': 1.2} if self.cursors else {})
        if self.clients < 100 or self.writers == 10:
            middle = {f'{OWN} p50 ms': 6.0} if self.clients <= 25 else {}
            return {f'{OWN} lost': 0.0, **middle, f'{OWN} p99 ms': 20.0 if self.clients == 50 else 16.0}
        return {f'{OWN} lost': 0.0, 'p99 ratio': 1.0} | ({'cost ratio': 1.0} if self.clients >= 200 else {})

    def again(self, values: Values) -> Case | None:
        """At half the rate, where the generator was the limit."""
        busy = values['generator %'] > BUSY and self.rate >= 5
        return replace(self, rate=self.rate / 2).case() if busy else None


OPENING = {'warmOpenMs': 'warm ms', 'coldOpenMs': 'cold ms', 'rssFilled': 'MB', 'diskKB': 'kB on disk'}


def cases(scale: Scale) -> list[Case]:
    """Crowds of all sizes; opening, replay, and a kill."""
    if scale is not Scale.FULL:
        return [Crowd(n, n, seconds=3).case() for n in ([2] if scale is Scale.SMOKE else [10, 50])]
    crowds = [Crowd(n, n) for n in (2, 10, 25, 50)] + [Crowd(n, n, seconds=LONG) for n in (100, 200, 400)]
    crowds += [Crowd(25, 25, seconds=LONG, cursors=True), Crowd(200, 10), Crowd(1_000, 50, seconds=LONG)]
    killed = partial(other, 'durability', list(PEERS), ['--reps', '1'], {'edits': 'edits', 'lost': 'lost'})
    replay = partial(other, 'replay', list(PEERS), ['--reps', '1'], {'editsPerSec': 'edits/s'})
    return [
        *(crowd.case() for crowd in crowds),
        Case('friendsforever by two', replay, at_least={f'{OWN} edits/s': 5_000}),
        Case('killed when all had seen it', killed, at_most={f'{OWN} lost': 0}),
        Case(
            'opening automerge-paper',
            partial(other, 'open', list(PEERS), [], OPENING),
            at_most={f'{OWN} warm ms': 35, f'{OWN} cold ms': 60},
        ),
    ]


CHART = Chart(
    'peers',
    'An edit to all others, everybody types in one document (99 %)',
    'people who type',
    'milliseconds',
    tuple(f'{name} p99 ms' for name in PEERS.values()),
    log_x=True,
    log_y=True,
)
COSTS = Chart(
    'peers-server',
    'Load of the server while everybody types in one document',
    'people who type',
    '% of a core',
    tuple(f'{name} server %' for name in PEERS.values()),
    log_x=True,
)
BENCHMARK = Benchmark('peers', 'Beside other servers', cases, (CHART, COSTS))

if __name__ == '__main__':
    raise SystemExit(command.main(BENCHMARK))
