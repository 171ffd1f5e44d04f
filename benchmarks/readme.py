"""Puts what was promised and what was measured into the README, between its two marks.

    .venv/bin/python benchmarks/readme.py [FILE]

Takes benchmarks/results/latest.json unless another file of results is named, which must be of a full run.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import table
from benchmarks.machine import ROOT
from benchmarks.peers import ANCHOR, OWN, PEERS
from benchmarks.results import Report, Result, Scale, Section, read

LATEST = ROOT / 'benchmarks' / 'results' / 'latest.json'
BEGIN, END = '<!-- figures: made by benchmarks/readme.py -->\n', '<!-- end of figures -->\n'


def main(words: Sequence[str] | None = None) -> int:
    """Write the README anew."""
    words = sys.argv[1:] if words is None else words
    readme = ROOT / 'README.md'
    report = read(Path(words[0]) if words else LATEST)
    readme.write_text(filled(readme.read_text('utf-8'), report), 'utf-8')
    return 0


def filled(readme: str, report: Report) -> str:
    """The README with these figures. Raises ValueError for no report, a quick one, and no marks."""
    if not report or any(found.scale != Scale.FULL.value for found in report.values()):
        raise ValueError('there are no full results to put into the README')
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError('the README has no marks between which figures belong')
    return f'{before}{begin}\n{figures(report)}\n{end}{after}'


def figures(report: Report) -> str:
    """On what it was measured, the crowds beside other servers, and what else was promised."""
    dates = sorted({found.where['date'][:10] for found in report.values()})
    days = ' and '.join(dict.fromkeys((dates[0], dates[-1])))
    runs = max(len(result.runs) for found in report.values() for result in found.results)
    chart = 'peers' if 'peers' in report else 'fanout'
    parts = [
        f'Measured on {days} with {places(report)}; server and load on a core each, every edit committed '
        f'before it is shown, medians of {runs} runs. '
        'All is in [benchmarks/results](benchmarks/results/latest.md).\n',
        f'![An edit to all others, by the number of people](benchmarks/results/{chart}.svg)\n',
    ]
    if 'peers' in report:
        parts.append(beside(report['peers']))
        rest = [result for result in report['peers'].results if not is_crowd(result)]
        report = report | {'peers': replace(report['peers'], results=rest)}
    return '\n'.join([*parts, table.highlights(report)])


def places(report: Report) -> str:
    """The machine, and those that some of it was measured with instead, by its title."""
    titles: dict[str, list[str]] = {}
    for found in report.values():
        where = found.where
        place = f'{where["processor"]}, {where["memory"]}, Python {where["python"]}'
        titles.setdefault(place, []).append(found.title)
    first, *others = sorted(titles, key=lambda place: -len(titles[place]))
    instead = [f'“{title}” with {place}' for place in others for title in titles[place]]
    return ', but '.join([first, *instead])


def beside(found: Section) -> str:
    """The crowds, with the servers side by side."""
    names = [f'{server} {value}' for value in ('p99 ms', 'server %') for server in PEERS.values()]
    names.append('p99 ratio')
    rows = []
    for result in filter(is_crowd, found.results):
        missed = [f'**{name} {bound} wanted**' for name, bound, held in result.wanted() if not held]
        values = [table.number(result.values[name]) if name in result.values else '' for name in names]
        rows.append([', '.join([result.case, *missed]), *values])
    lost = sum(run[f'{OWN} lost'] for result in filter(is_crowd, found.results) for run in result.runs)
    words = (
        f'{found.title}, from a key to all others (99 %) and the part of a core that it took; '
        f'the ratio is the median of those of {OWN} and {ANCHOR} in each run, one after the other; '
        f'edits that {OWN} lost in all runs: {lost:.0f}. `{found.command}`'
    )
    return f'{words}\n\n{table.table(["people in one document", *names], rows)}'


def is_crowd(result: Result) -> bool:
    """Whether it is one of people who type to each other."""
    return f'{OWN} p99 ms' in result.values


if __name__ == '__main__':
    raise SystemExit(main())
