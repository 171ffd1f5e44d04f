"""What the benchmarks found, for people to read: Markdown tables, and a comparison with an earlier time."""

import math
from collections.abc import Iterable, Sequence

from benchmarks.results import WORST, Report, Result, Scale, Section

QUICK = '**Not to be quoted: {} measurement, one run of small sizes.**'


def markdown(report: Report) -> str:
    """A table for each benchmark, under what it was measured on."""
    return '# What was measured\n\n' + '\n'.join(section(one) for one in report.values())


def section(found: Section) -> str:
    """One benchmark: its title, its table, the command that makes it, and the machine."""
    parts = [f'## {found.title}\n']
    if found.scale != Scale.FULL.value:
        parts.append(QUICK.format(f'a {found.scale}') + '\n')
    parts += [table(*_rows(alike)) for alike in _alike(found.results)]
    parts += [f'- {r.case}: not measured, {r.skipped}' for r in found.results if r.skipped]
    runs = max((len(r.runs) for r in found.results), default=0)
    place = '; '.join(f'{name} {value}' for name, value in found.where.items())
    parts.append(f'\n`{found.command}`, medians of {runs}: {place}.\n')
    return '\n'.join(parts)


def highlights(report: Report) -> str:
    """What was promised, what it is, and the command: the table for the README."""
    rows = [
        [
            f'{found.title}: {result.case}',
            name,
            number(result.values[name]),
            bound,
            'yes' if held else '**no**',
            f'`{found.command}`',
        ]
        for found in report.values()
        for result in found.results
        for name, bound, held in result.wanted()
        if name not in WORST or not held
    ]
    return table(['what', 'value', 'median', 'wanted', '', 'command'], rows)


def comparison(before: Report, now: Report) -> str:
    """Every value that both have: then, now, and how many times as much it is."""
    rows = []
    for name, found in now.items():
        old = {r.case: r.values for r in before[name].results} if name in before else {}
        for result in found.results:
            for value, new in result.values.items():
                if (was := old.get(result.case, {}).get(value)) is not None:
                    rows.append([name, result.case, value, number(was), number(new), ratio(was, new)])
    return table(['benchmark', 'case', 'value', 'before', 'now', 'ratio'], rows)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The table in Markdown."""
    lines = [head, ['---'] * len(head), *rows]
    return (
        '\n'.join('| ' + ' | '.join(cell.replace('|', '/') for cell in line) + ' |' for line in lines) + '\n'
    )


def number(value: float) -> str:
    """As many digits as mean something."""
    if not math.isfinite(value):
        return 'never' if value > 0 else '-'
    if value == round(value) or abs(value) >= 100:
        return f'{value:,.0f}'
    return f'{value:.1f}' if abs(value) >= 10 else f'{value:.3g}'


def ratio(was: float, now: float) -> str:
    """How many times as much it is now."""
    if was == now:
        return '1'
    return f'{now / was:.2f}' if was and math.isfinite(was) and math.isfinite(now) else '-'


def _alike(results: Sequence[Result]) -> list[list[Result]]:
    """What was measured, in tables of cases that have something in common."""
    found: list[list[Result]] = []
    for result in results:
        if result.runs and found and result.values.keys() & found[-1][0].values.keys() - set(WORST):
            found[-1].append(result)
        elif result.runs:
            found.append([result])
    return found


def _rows(measured: Sequence[Result]) -> tuple[list[str], list[list[str]]]:
    names = list(dict.fromkeys(name for result in measured for name in result.values))
    rows = []
    for result in measured:
        values, wanted = result.values, {name: (bound, held) for name, bound, held in result.wanted()}
        cells = [_cell(name, values, wanted) for name in names]
        rows.append([result.case, *cells])
    return ['case', *names], rows


def _cell(name: str, values: dict[str, float], wanted: dict[str, tuple[str, bool]]) -> str:
    if name not in values:
        return ''
    bound, held = wanted.get(name, ('', True))
    shown = number(values[name])
    if not held:
        return f'**{shown}** (wanted {bound})'
    return f'{shown} ({bound})' if bound and bound != '<= 0' else shown
