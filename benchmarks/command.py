"""The command line that every benchmark has: measures, prints a table, and keeps it where asked."""

import argparse
import asyncio
import traceback
from collections.abc import Sequence
from pathlib import Path

from benchmarks import plot, table
from benchmarks.machine import here
from benchmarks.results import Benchmark, Report, Result, Scale, Section, Skipped, read, write


def main(*benchmarks: Benchmark, words: Sequence[str] | None = None) -> int:
    """Measure what the command line says; 1 if something could not be finished."""
    options = parser(benchmarks).parse_args(words)
    scale = Scale.SMOKE if options.smoke else Scale.QUICK if options.quick else Scale.FULL
    before = read(options.against) if options.against else {}
    out = options.out
    report = read(place(out, scale, 'json')) if out else {}
    measured: Report = {}
    for benchmark in benchmarks:
        if not options.only or benchmark.name in options.only.split(','):
            found = asyncio.run(measure(benchmark, scale, options.repeat, options.case))
            report[benchmark.name] = measured[benchmark.name] = found
            print('\n' + table.section(found), flush=True)
            if out:
                keep(report, benchmarks, out, scale)
    if before:
        print(table.comparison(before, measured))
    return int(any(result.failed for found in measured.values() for result in found.results))


def parser(benchmarks: Sequence[Benchmark]) -> argparse.ArgumentParser:
    """What the command takes."""
    made = argparse.ArgumentParser(description='; '.join(b.title for b in benchmarks))
    made.add_argument('--quick', action='store_true', help='one run of small sizes, not to be quoted')
    made.add_argument('--smoke', action='store_true', help='a breath of each, to see that it works')
    made.add_argument('--repeat', type=int, metavar='N', help='runs of each case (3; quick: 1)')
    made.add_argument('--only', metavar='NAMES', default='', help=', '.join(b.name for b in benchmarks))
    made.add_argument('--case', default='', help='only the cases with these words in their names')
    made.add_argument('--out', type=Path, metavar='FOLDER', help='keep tables and plots here')
    made.add_argument('--against', type=Path, metavar='FILE', help='print ratios against this earlier JSON')
    return made


async def measure(benchmark: Benchmark, scale: Scale, repeat: int | None = None, words: str = '') -> Section:
    """All its cases. One that fails is told, and the next one is measured."""
    repeat = repeat or (3 if scale is Scale.FULL else 1)
    command = f'.venv/bin/python benchmarks/{benchmark.name}.py'
    found = Section(benchmark.title, here(), scale.value, command, [])
    waiting = [case for case in benchmark.cases(scale) if words in case.name]
    while waiting:
        case = waiting.pop(0)
        result = Result.of(case)
        found.results.append(result)
        try:
            for run in range(repeat):
                result.runs.append(await case.measure())
                tell(benchmark, case.name, run, result.runs[-1])
        except Skipped as reason:
            result.skipped = str(reason)
        except Exception as error:
            traceback.print_exc()
            result.skipped, result.failed = f'it failed: {error!r}', True
        if result.runs and (more := case.then(result.values)):
            waiting.insert(0, more)
    return found


def tell(benchmark: Benchmark, case: str, run: int, values: dict[str, float]) -> None:
    """One run, as it comes."""
    shown = ', '.join(f'{name} {table.number(value)}' for name, value in values.items())
    print(f'{benchmark.name}, {case}, run {run + 1}: {shown}', flush=True)


def keep(report: Report, benchmarks: Sequence[Benchmark], folder: Path, scale: Scale) -> None:
    """Tables and plots of everything known so far."""
    folder.mkdir(parents=True, exist_ok=True)
    ordered = {b.name: report[b.name] for b in benchmarks if b.name in report}
    report = ordered | {name: found for name, found in report.items() if name not in ordered}
    write(report, place(folder, scale, 'json'))
    place(folder, scale, 'md').write_text(table.markdown(report))
    for benchmark in benchmarks:
        for chart in benchmark.charts:
            lines = plot.lines_of(chart, report[benchmark.name].results) if benchmark.name in report else {}
            if any(lines.values()):
                file = f'{chart.name}.svg' if scale is Scale.FULL else f'{scale.value}-{chart.name}.svg'
                (folder / file).write_text(plot.draw(chart, lines))


def place(folder: Path, scale: Scale, ending: str) -> Path:
    """Where the figures are; what is not to be quoted is kept apart."""
    return folder / f'{"latest" if scale is Scale.FULL else scale.value}.{ending}'
