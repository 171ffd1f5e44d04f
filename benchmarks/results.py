"""What a benchmark is, and what it found: medians of several runs, with what they were measured on."""

import json
import math
import statistics
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import Enum
from pathlib import Path
from typing import Any

Values = dict[str, float]
"""What one run found, by names that say the unit: {'p99 ms': 12.5, 'lost': 0}."""

WORST = ('lost', 'missing', 'unequal')
"""What must be nothing in every run: of these the worst counts, and no median."""


class Skipped(Exception):
    """This cannot be measured here. Made with the reason."""


class Scale(Enum):
    """How much is measured: all of it, as much as two minutes allow, or a breath of each."""

    FULL, QUICK, SMOKE = 'full', 'quick', 'smoke'


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to be measured, again and again.

    `x` is where it stands in a chart, if it does. `at_most` and `at_least` say what is wanted of the medians.
    `then` is asked, with the medians, for what else is to be measured because of them.
    """

    name: str
    measure: Callable[[], Awaitable[Values]]
    x: float | None = None
    at_most: Mapping[str, float] = field(default_factory=dict)
    at_least: Mapping[str, float] = field(default_factory=dict)
    then: Callable[[Values], 'Case | None'] = lambda _: None


@dataclass(frozen=True, slots=True)
class Chart:
    """A plot of these values by the `x` of the cases, a line for each value.

    With `columns` it is a line for each case instead: the values of these names, each at the x said.
    """

    name: str
    title: str
    x: str
    y: str
    values: tuple[str, ...] = ()
    columns: Mapping[str, float] = field(default_factory=dict)
    log_x: bool = False
    log_y: bool = False


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Something that is measured, in several cases."""

    name: str
    title: str
    cases: Callable[[Scale], list[Case]]
    charts: tuple[Chart, ...] = ()


@dataclass(slots=True)
class Result:
    """What was found in one case; or why nothing was."""

    case: str
    x: float | None = None
    runs: list[Values] = field(default_factory=list)
    at_most: dict[str, float] = field(default_factory=dict)
    at_least: dict[str, float] = field(default_factory=dict)
    skipped: str = ''
    failed: bool = False

    @classmethod
    def of(cls, case: Case) -> 'Result':
        """Of this case nothing is known yet."""
        at_most = {name: 0.0 for name in WORST} | dict(case.at_most)
        return cls(case.name, case.x, [], at_most, dict(case.at_least))

    @property
    def values(self) -> Values:
        """The median of each value, and the worst of those that must be nothing."""
        names = dict.fromkeys(name for run in self.runs for name in run)
        return {name: middle(name, [run[name] for run in self.runs if name in run]) for name in names}

    def wanted(self) -> list[tuple[str, str, bool]]:
        """What was to be shown: name, bound in words, and whether it holds."""
        values = self.values
        bounds = [(n, f'<= {b:g}', values[n] <= b) for n, b in self.at_most.items() if n in values]
        return bounds + [(n, f'>= {b:g}', values[n] >= b) for n, b in self.at_least.items() if n in values]


@dataclass(slots=True)
class Section:
    """All that a benchmark found, with where, when and how."""

    title: str
    where: dict[str, str]
    scale: str
    command: str
    results: list[Result]


Report = dict[str, Section]
"""By the names of the benchmarks."""


def middle(name: str, values: list[float]) -> float:
    """What stands for all runs."""
    return max(values) if name in WORST else statistics.median(values)


def write(report: Report, file: Path) -> None:
    """Keep it as JSON."""
    made = {name: _plain(section) for name, section in report.items()}
    file.write_text(json.dumps(made, indent=1) + '\n')


def read(file: Path) -> Report:
    """What `write` kept; nothing if there is no such file. Raises ValueError for another kind of file."""
    if not file.exists():
        return {}
    try:
        return {name: _section(kept) for name, kept in json.loads(file.read_text()).items()}
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f'{file} holds no results of benchmarks') from error


def _plain(section: Section) -> dict[str, Any]:
    results = [
        asdict(result) | {'values': _finite(result.values), 'runs': [_finite(run) for run in result.runs]}
        for result in section.results
    ]
    return {**{f.name: getattr(section, f.name) for f in fields(section)}, 'results': results}


def _section(kept: dict[str, Any]) -> Section:
    results = [{name: value for name, value in r.items() if name != 'values'} for r in kept['results']]
    made = [Result(**r | {'runs': [_infinite(run) for run in r['runs']]}) for r in results]
    return Section(**kept | {'results': made})


def _finite(values: Values) -> dict[str, float | str]:
    """JSON knows no infinity: what never came is written 'never'."""
    return {name: round(value, 3) if math.isfinite(value) else 'never' for name, value in values.items()}


def _infinite(values: dict[str, float | str]) -> Values:
    return {name: math.inf if value == 'never' else float(value) for name, value in values.items()}
