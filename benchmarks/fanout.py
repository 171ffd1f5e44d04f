"""How long a letter takes to all others, when many type in one document or many more only read.

    .venv/bin/python benchmarks/fanout.py [--quick] [--case '100 writers']

Everybody is a connection to /yjs. The writers type five letters a second at moments of chance that wait for
nobody; the time runs from just before a letter is sent to its arrival at every other connection. The server
has one core and the program that types another. Every edit is committed before it is shown.
"""

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import command, plain
from benchmarks.load import Load, measure
from benchmarks.results import Benchmark, Case, Chart, Scale, Values

BUSY = 90.0
"""Percent of its core, above which the program that types adds to the times itself."""


def again(load: Load, values: Values) -> Case | None:
    """Where the program that types was the limit, the same at half the rate."""
    if values['generator %'] <= BUSY or load.rate < 5.0:
        return None
    print(f'The program that types was {values["generator %"]:.0f} % busy: again, at half the rate.')
    return case(replace(load, rate=load.rate / 2))


def case(load: Load, **at_most: float) -> Case:
    """The load as a case; `p99=16` is what is wanted."""
    simple = load == Load(load.writers, seconds=load.seconds, warm_up=load.warm_up)
    wanted = {f'{name} ms': most for name, most in at_most.items()}
    return Case(
        str(load),
        partial(measure, load, plain.join),
        load.writers if simple else None,
        at_most=wanted,
        then=partial(again, load),
    )


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
