"""What benchmarks found is kept, compared and shown as it was: medians, tables, plots, the README."""

import math
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import plot, readme, table
from benchmarks.results import Case, Chart, Report, Result, Scale, Section, Values, read, write
from benchmarks.spread import Spread
from tests.support.source import ROOT


def of(*runs: Values, case: str = 'a case', **more: object) -> Result:
    return Result(case, runs=list(runs), **more)  # type: ignore[arg-type]


def report(*results: Result, scale: Scale = Scale.FULL) -> Report:
    where = {'processor': 'one', 'memory': '1 GB', 'python': '3', 'date': '2026-01-01 00:00 UTC'}
    return {'speed': Section('How fast', where, scale.value, 'python speed.py', list(results))}


def test_the_median_stands_for_the_runs_but_the_worst_for_what_must_be_nothing() -> None:
    result = of({'ms': 3, 'lost': 0}, {'ms': 1, 'lost': 2}, {'ms': 2, 'lost': 0})
    assert result.values == {'ms': 2, 'lost': 2}


def test_what_was_wanted_is_held_or_not() -> None:
    result = of({'ms': 3, 'edits/s': 5}, at_most={'ms': 3}, at_least={'edits/s': 6})
    assert result.wanted() == [('ms', '<= 3', True), ('edits/s', '>= 6', False)]


def test_a_case_that_loses_something_does_not_hold_though_nobody_said_so() -> None:
    async def nothing() -> Values:
        return {}

    result = Result.of(Case('a case', nothing))
    result.runs.append({'lost': 1})
    assert result.wanted() == [('lost', '<= 0', False)]


def test_results_come_back_as_they_were_kept(tmp_path: Path) -> None:
    kept = report(of({'ms': math.inf, 'n': 1.5}, at_most={'ms': 3}, x=2.0), of(skipped='no'))
    write(kept, tmp_path / 'r.json')
    assert read(tmp_path / 'r.json') == kept


def test_another_file_is_no_file_of_results(tmp_path: Path) -> None:
    (tmp_path / 'other.json').write_text('{"a": 1}')
    with pytest.raises(ValueError, match='no results'):
        read(tmp_path / 'other.json')
    assert read(tmp_path / 'none.json') == {}


def test_a_table_says_what_was_not_reached_and_what_is_not_to_be_quoted() -> None:
    words = table.markdown(report(of({'ms': 5}, at_most={'ms': 3}), of(skipped='no Node'), scale=Scale.QUICK))
    assert '**5** (wanted <= 3)' in words
    assert 'not measured, no Node' in words
    assert 'Not to be quoted' in words
    assert 'Not to be quoted' not in table.markdown(report(of({'ms': 5})))


def test_cases_with_nothing_in_common_stand_in_tables_of_their_own() -> None:
    words = table.markdown(report(of({'ms': 1}, case='one'), of({'MB': 2}, case='other')))
    assert '| case | ms |' in words
    assert '| case | MB |' in words


def test_a_comparison_shows_how_many_times_as_much_it_is() -> None:
    before, now = report(of({'ms': 4, 'gone': 1, 'none': 0})), report(of({'ms': 6, 'new': 1, 'none': 0}))
    lines = table.comparison(before, now).splitlines()[2:]
    assert lines == ['| speed | a case | ms | 4 | 6 | 1.50 |', '| speed | a case | none | 0 | 0 | 1 |']


@pytest.mark.parametrize(
    ('value', 'shown'),
    [(0, '0'), (0.1234, '0.123'), (12.34, '12.3'), (1234.5, '1,234'), (math.inf, 'never'), (math.nan, '-')],
)
def test_a_number_has_the_digits_that_mean_something(value: float, shown: str) -> None:
    assert table.number(value) == shown


def test_the_readme_takes_the_figures_between_its_marks() -> None:
    text = (ROOT / 'README.md').read_text('utf-8')
    filled = readme.filled(text, report(of({'ms': 5}, at_most={'ms': 6})))
    assert '| How fast: a case | ms | 5 | <= 6 | yes | `python speed.py` |' in filled
    assert filled.partition(readme.BEGIN)[0] == text.partition(readme.BEGIN)[0]
    assert filled.partition(readme.END)[2] == text.partition(readme.END)[2]
    with pytest.raises(ValueError, match='no full results'):
        readme.filled(text, report(of({'ms': 5}), scale=Scale.QUICK))


def test_the_readme_shows_the_servers_side_by_side_and_what_was_missed() -> None:
    crowd = of(
        {'Collab p99 ms': 5, 'Hocuspocus p99 ms': 4, 'Collab lost': 0, 'p99 ratio': 1.25},
        {'Collab p99 ms': 5, 'Hocuspocus p99 ms': 4, 'Collab lost': 2, 'p99 ratio': 1.25},
        case='100 clients',
        at_most={'p99 ratio': 1},
    )
    peers = {
        'peers': replace(report(crowd, of({'Collab edits/s': 6}, case='replay'))['speed'], title='Beside')
    }
    words = readme.figures(peers)
    assert 'lost in all runs: 2.' in words
    assert '| 100 clients, **p99 ratio <= 1 wanted** | 5 | 4 |  |' in words
    assert 'Beside: 100 clients' not in words


def test_the_readme_names_the_machine_of_what_was_measured_elsewhere() -> None:
    one = report(of({'ms': 1}))['speed']
    other = replace(one, title='Beside', where=one.where | {'processor': 'another'})
    assert readme.places({'a': one}) == 'one, 1 GB, Python 3'
    both = readme.places({'b': other, 'a': one, 'c': one})
    assert both == 'one, 1 GB, Python 3, but “Beside” with another, 1 GB, Python 3'


CHART = Chart('c', 'A <title>', 'x', 'y', ('ms',), log_x=True, log_y=True)


def test_a_plot_is_a_picture_with_a_line_and_a_name_for_each_value() -> None:
    chart = replace(CHART, values=('a', 'b', 'c'))
    results = [
        of({'a': 900.0}, x=100),
        of({'a': 2.0, 'b': 5.0}, x=1),
        of({'a': 7.0}),
        of({'a': math.inf}, x=1000),
    ]
    lines = plot.lines_of(chart, results)
    assert lines == {'a': [(1, 2), (100, 900)], 'b': [(1, 5)]}
    picture = ElementTree.fromstring(plot.draw(chart, lines))
    space = '{http://www.w3.org/2000/svg}'
    words = [text.text for text in picture.iter(f'{space}text')]
    assert {'A <title>', 'x', 'y', 'a', 'b', '1', '10', '100', '1,000'} <= set(words)
    assert len(list(picture.iter(f'{space}polyline'))) == 2
    for point in picture.iter(f'{space}circle'):
        assert 0 < float(point.attrib['cx']) < plot.WIDTH
        assert 0 < float(point.attrib['cy']) < plot.HEIGHT


@pytest.mark.parametrize('values', [[0.0], [0.0, 0.0], [3.0], [0.001, 7.0], [150.0, 149.0]])
@pytest.mark.parametrize('logarithmic', [False, True])
def test_every_value_lies_on_its_axis(values: list[float], logarithmic: bool) -> None:
    axis = plot.Axis(values, 0, 100, logarithmic=logarithmic)
    positive = [value for value in values if value or not logarithmic]
    assert [value for value in positive if not -0.1 <= axis.at(value) <= 100.1] == []
    assert 2 <= len(axis.ticks) <= 12


def test_a_line_can_go_through_the_columns_of_one_case() -> None:
    chart = Chart('c', 't', 'x', 'y', columns={'at 1': 1, 'at 2': 2, 'at 3': 3})
    assert plot.lines_of(chart, [of({'at 1': 5, 'at 3': 7})]) == {'a case': [(1, 5), (3, 7)]}


def test_percentiles_are_those_of_the_times_and_what_never_came_is_longest() -> None:
    times = Spread()
    for milliseconds in range(1, 101):
        times.add(milliseconds)
    assert [round(times.percentile(p)) for p in (50, 95, 99, 100)] == [50, 95, 99, 100]
    times.never = 2
    assert times.percentile(99) == math.inf
    assert math.isnan(Spread().percentile(50))
