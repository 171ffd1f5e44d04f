"""The benchmarks run, each a breath of it, lose nothing, and measure what they say.

Nothing here is asserted about time: how fast anything is, `make bench` says.
"""

import asyncio
import math
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import command, machine, peers, run_all, server
from benchmarks.load import Load, schedule
from benchmarks.plain import BINARY, CLOSE, CONTINUATION, LAST, PING, Plain, framed
from benchmarks.results import WORST, Benchmark, Case, Chart, Scale, Skipped, Values, read
from benchmarks.spread import Spread
from benchmarks.typist import Board, Typist
from collab.document import protocol
from tests.support import forged
from tests.support.source import ROOT

FOLDER = ROOT / 'benchmarks'
PROGRAMS = sorted(f for f in FOLDER.glob('*.py') if '\nBENCHMARK = ' in f.read_text('utf-8'))
AT_ONCE = 2
MARKS = {
    'documents_page': pytest.mark.browser,
    'key_to_screen': pytest.mark.browser,
    'log_size': pytest.mark.traces,
    'memory': pytest.mark.traces,
    'opening': pytest.mark.traces,
    'page': pytest.mark.browser,
    'replay': pytest.mark.traces,
}


@pytest.fixture
def soon_at_rest(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Figures of servers that are not quite at rest do here; what was bound to a core is not any more."""
    monkeypatch.setenv('BENCHMARK_QUIET', '0.2')
    yield
    os.sched_setaffinity(0, server.CORES)


async def measured(cases: list[Case]) -> dict[str, Values | Exception]:
    """What is found in each case, or why nothing is."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def measure(case: Case) -> Values | Exception:
        async with gate:
            try:
                return await case.measure()
            except Exception as error:
                return error

    found = await asyncio.gather(*map(measure, cases))
    return dict(zip([case.name for case in cases], found, strict=True))


@pytest.mark.usefixtures('soon_at_rest')
@pytest.mark.parametrize(
    'name', [pytest.param(f.stem, marks=MARKS.get(f.stem, ())) for f in PROGRAMS if f.stem != 'peers']
)
async def test_every_benchmark_runs_and_finds_nothing_lost(name: str) -> None:
    (benchmark,) = (b for b in run_all.BENCHMARKS if b.name == name)
    all_found = await measured(benchmark.cases(Scale.SMOKE))
    assert all_found
    for case, found in all_found.items():
        assert isinstance(found, dict), f'{case}: {found!r}'
        assert found
        assert [value for value, number in found.items() if not math.isfinite(number)] == []
        assert {value: found[value] for value in WORST if found.get(value)} == {}
    for chart in benchmark.charts:  # shows only values that exist
        assert any(
            set(chart.values) <= found.keys() for found in all_found.values() if isinstance(found, dict)
        )


def test_everything_that_can_be_measured_is_part_of_all() -> None:
    assert [b.name for b in sorted(run_all.BENCHMARKS, key=lambda b: b.name)] == [f.stem for f in PROGRAMS]


def test_every_benchmark_is_a_command_that_explains_itself() -> None:
    asked = [
        subprocess.Popen([sys.executable, f, '--help'], stdout=subprocess.PIPE, text=True) for f in PROGRAMS
    ]
    for program, process in zip(PROGRAMS, asked, strict=True):
        said, _ = process.communicate(timeout=60)
        assert process.returncode == 0, program
        assert '--quick' in said
        assert f'benchmarks/{program.name}' in program.read_text('utf-8')


def test_no_case_has_the_name_of_another_of_its_benchmark() -> None:
    for benchmark in run_all.BENCHMARKS:
        for scale in Scale:
            names = [case.name for case in benchmark.cases(scale)]
            assert len(set(names)) == len(names) > 0


CHART = Chart('c', 'A title', 'x', 'y', ('ms',))


async def nothing() -> Values:
    return {'ms': 1.0}


async def test_what_fails_is_told_and_the_rest_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    async def fails() -> Values:
        raise ZeroDivisionError('by design')

    async def skips() -> Values:
        raise Skipped('no Chromium')

    again = Case('again', nothing)
    cases = [Case('bad', fails), Case('not here', skips), Case('good', nothing, then=lambda values: again)]
    found = await command.measure(Benchmark('b', 'B', lambda scale: cases), Scale.FULL)
    assert [(r.case, len(r.runs), r.failed) for r in found.results] == [
        ('bad', 0, True),
        ('not here', 0, False),
        ('good', 3, False),
        ('again', 3, False),
    ]
    assert 'by design' in capsys.readouterr().err


def test_a_quick_run_touches_no_figures_of_a_full_one(tmp_path: Path) -> None:
    benchmark = Benchmark('b', 'B', lambda scale: [Case('a case', nothing, x=1)], (CHART,))
    for words in ([], ['--quick']):
        assert command.main(benchmark, words=['--out', str(tmp_path), *words]) == 0
    names = {file.name for file in tmp_path.iterdir()}
    assert names == {'latest.json', 'latest.md', 'c.svg', 'quick.json', 'quick.md', 'quick-c.svg'}


def test_results_of_other_benchmarks_stay(tmp_path: Path) -> None:
    both = [Benchmark(name, name, lambda scale: [Case('a case', nothing)]) for name in ('one', 'two')]
    for name in ('two', 'one'):
        command.main(*both, words=['--out', str(tmp_path), '--only', name])
    assert list(read(tmp_path / 'latest.json')) == ['one', 'two']


def test_every_figure_has_the_machine_and_the_versions_beside_it() -> None:
    where = machine.here()
    assert {'processor', 'memory', 'kernel', 'python', 'pycrdt', 'nicegui', 'uvicorn', 'sqlite'} <= set(where)
    assert {'commit', 'date', 'disk'} <= set(where)
    assert all(where.values())


def test_the_time_and_memory_of_a_process_include_those_it_started() -> None:
    before = machine.megabytes(os.getpid())
    with subprocess.Popen([sys.executable, '-c', 'input()'], stdin=subprocess.PIPE) as child:
        assert child.pid in machine.family(os.getpid())
        assert machine.megabytes(os.getpid()) > before
        assert machine.cpu_seconds(os.getpid()) >= machine.cpu_seconds(child.pid)
        child.communicate(b'\n')


def test_everybody_types_as_often_as_said_and_the_clock_waits_for_nobody() -> None:
    due = schedule(Load(4, rate=5, seconds=10, warm_up=2))
    assert [sum(number == who for _, number in due) for who in range(4)] == [60] * 4
    assert due == sorted(due)
    assert due[-1][0] < 12.4


@pytest.mark.parametrize('size', [1, 2, 7, 1_000])
async def test_messages_are_cut_out_of_whatever_the_network_makes_of_them(size: int) -> None:
    taken: list[bytes] = []
    plain = Plain(lambda message, now: taken.append(message))
    plain.transport = Wire()  # type: ignore[assignment]
    messages = [b'a', b'b' * 125, b'c' * 126, b'd' * 70_000]
    stream = b'HTTP/1.1 101 Switching Protocols\r\n\r\n' + b''.join(map(sent, messages))
    stream += sent(b'ping', LAST | PING) + sent(b'be', BINARY) + sent(b'gun', LAST | CONTINUATION)
    for at in range(0, len(stream), size):
        plain.data_received(stream[at : at + size])
    assert taken == [*messages, b'begun']
    plain.data_received(sent(b'\x10\x6cgo', LAST | CLOSE))
    assert plain.closed == 'closed by the server: 4204 go'


def sent(payload: bytes, first: int = LAST | BINARY) -> bytes:
    """A message as a server sends it: as a client does, but not masked."""
    masked = framed(payload)
    head = len(masked) - len(payload) - 4
    return bytes((first, masked[1] & 0x7F)) + masked[2:head] + payload


class Wire:
    """A network that takes everything."""

    def write(self, data: bytes) -> None:
        """Nothing."""

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        """Nothing."""


def test_every_letter_of_the_others_counts_once_and_those_that_never_came_are_missed() -> None:
    board = Board()
    me, other = Typist(board, 0), Typist(board, 1)
    board.sent = {me.client: [5.0], other.client: [1.0, 2.0, 3.0, 4.0]}
    for at, (start, letters) in ((2.5, (0, 'ab')), (3.5, (1, 'bc'))):
        own = forged.section(me.client, 0, forged.text('x'))
        theirs = forged.section(other.client, start, forged.text(letters))
        me._take(protocol.update(forged.update(theirs, own)), at)
    times = Spread()
    assert me.tally(times, 0.0, 10.0) == 1
    assert [round(times.percentile(p), 1) for p in (1, 50, 99)] == [500.0, 500.0, 1500.0]
    assert times.count == 3


def test_a_line_of_the_yardstick_becomes_values_and_an_error_is_raised() -> None:
    line = {'p50': 1.5, 'p99': 'inf', 'srvCpuPct': 50, 'srvCpuTotal': 6.0, 'deliveredPerSec': 1000, 'lost': 0}
    assert peers.of_fanout('Collab', line)['Collab p99 ms'] == math.inf
    assert peers.line_of('own', 'noise\n{"a": 1}\n') == {'a': 1}
    with pytest.raises(RuntimeError, match='own: broken'):
        peers.line_of('own', '{"error": "broken"}')
    with pytest.raises(RuntimeError, match='no line'):
        peers.line_of('own', 'no line')
