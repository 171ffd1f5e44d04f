"""How long a letter takes through NiceGUI's own socket, with hundreds of pages that all type in one document.

    .venv/bin/python benchmarks/pages.py [--quick] [--case '100 pages']

Every writer is a page of its own and somebody else's, without a browser: it loads the HTML, shakes hands on
NiceGUI's WebSocket, and types as the writers of fanout.py do. The time runs from just before a letter is
sent to its arrival at every other page.
"""

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import command, paged
from benchmarks.load import Load, measure
from benchmarks.results import Benchmark, Case, Chart, Scale

AT_ONCE = 1
"""Pages that come at the same time; a page costs the server more the more people are there."""
P99 = {100: 80.0, 200: 250.0}
"""Milliseconds wanted, by how many type."""


def case(load: Load) -> Case:
    """So many pages."""
    wanted = {'p99 ms': P99[load.writers]} if load.writers in P99 and not load.readers else {}
    load = replace(load, at_once=AT_ONCE)
    name = f'{load.writers} pages that type' + (f', {load.readers} that read' if load.readers else '')
    measured = partial(measure, load, paged.join)
    return Case(name, measured, None if load.readers else load.writers, wanted)


def cases(scale: Scale) -> list[Case]:
    """By the number of pages."""
    if scale is Scale.SMOKE:
        return [case(Load(3, seconds=0.5, warm_up=0.2))]
    if scale is Scale.QUICK:
        return [case(Load(20, seconds=2, warm_up=1))]
    return [*(case(Load(n)) for n in (2, 25, 100, 200)), case(Load(10, 190))]


CHART = Chart(
    'pages',
    "A letter to all others through NiceGUI's socket, everybody types in one document",
    'pages',
    'milliseconds',
    ('p50 ms', 'p95 ms', 'p99 ms'),
    log_x=True,
    log_y=True,
)
BENCHMARK = Benchmark('pages', "A letter to all other pages, through NiceGUI's socket", cases, (CHART,))

if __name__ == '__main__':
    raise SystemExit(command.main(BENCHMARK))
