"""Puts what was promised and what was measured into the README, between its two marks.

    .venv/bin/python benchmarks/readme.py [FILE]

Takes benchmarks/results/latest.json unless another file of results is named, which must be of a full run.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import table
from benchmarks.machine import ROOT
from benchmarks.results import Report, Scale, read

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
    """On what it was measured, and the table."""
    where = next(iter(report.values())).where
    dates = sorted({found.where['date'][:10] for found in report.values()})
    days = ' and '.join(dict.fromkeys((dates[0], dates[-1])))
    place = f'{where["processor"]}, {where["memory"]}, Python {where["python"]}'
    chart = 'peers' if 'peers' in report else 'fanout'
    return (
        f'Measured on {days} with {place}; server and load on a core each, every edit committed before it is '
        'shown, medians of three runs. All is in [benchmarks/results](benchmarks/results/latest.md).\n\n'
        f'![An edit to all others, by the number of people](benchmarks/results/{chart}.svg)\n\n'
        f'{table.highlights(report)}'
    )


if __name__ == '__main__':
    raise SystemExit(main())
