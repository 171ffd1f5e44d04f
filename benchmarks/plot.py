"""Draws lines: a small chart as SVG, readable without a legend, with axes that may be logarithmic."""

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape

from benchmarks.results import Chart, Result

Points = list[tuple[float, float]]

WIDTH, HEIGHT = 720, 420
LEFT, RIGHT, TOP, BOTTOM = 70, 190, 50, 55
COLOURS = ('#1f6feb', '#d1480a', '#1a7f37', '#8250df', '#9a6700', '#57606a')
STYLE = 'font-family: system-ui, sans-serif; font-size: 12px; fill: #24292f'
LABEL_HEIGHT = 15


def lines_of(chart: Chart, results: Sequence[Result]) -> dict[str, Points]:
    """What the chart shows of these results, by what is written at the end of each line."""
    found: dict[str, Points] = {}
    if chart.columns:
        for result in results:
            values = result.values
            found[result.case] = [(x, values[name]) for name, x in chart.columns.items() if name in values]
        return {label: points for label, points in found.items() if points}
    for name in chart.values:
        points = [(r.x, r.values.get(name, math.inf)) for r in results if r.x is not None]
        found[name] = sorted((x, y) for x, y in points if math.isfinite(y))
    return {label: points for label, points in found.items() if points}


def draw(chart: Chart, lines: Mapping[str, Points]) -> str:
    """The whole SVG file. Raises ValueError when there is nothing to draw."""
    every = [point for points in lines.values() for point in points]
    if not every:
        raise ValueError(f'nothing to draw in {chart.title}')
    across = Axis([x for x, _ in every], LEFT, WIDTH - RIGHT, logarithmic=chart.log_x)
    up = Axis([y for _, y in every], HEIGHT - BOTTOM, TOP, logarithmic=chart.log_y)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" style="{STYLE}">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        _text(LEFT, 26, chart.title, 'font-weight="600" font-size="15"'),
        *(_grid_across(at, across) for at in across.ticks),
        *(_grid_up(at, up) for at in up.ticks),
        _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, chart.x, 'text-anchor="middle"'),
        _text(0, 0, chart.y, f'text-anchor="middle" transform="translate(18 {HEIGHT / 2}) rotate(-90)"'),
        *_lines(lines, across, up),
        '</svg>',
    ]
    return '\n'.join(parts) + '\n'


class Axis:
    """Where a value lies between two edges of the picture, and which values are written beside it."""

    def __init__(self, values: Sequence[float], start: float, end: float, *, logarithmic: bool) -> None:
        self._scale: Callable[[float], float] = _log if logarithmic else float
        self.ticks = _powers(values) if logarithmic else _round_steps(max(values))
        low, high = self._scale(self.ticks[0]), self._scale(self.ticks[-1])
        self._low, self._start, self._factor = low, start, (end - start) / (high - low)

    def at(self, value: float) -> float:
        """Pixels from the edge of the picture."""
        return round(self._start + (self._scale(value) - self._low) * self._factor, 1)


def _lines(lines: Mapping[str, Points], across: Axis, up: Axis) -> list[str]:
    parts = []
    order = sorted(lines, key=lambda label: up.at(lines[label][-1][1]))
    label_at = -math.inf
    for label in order:
        colour = COLOURS[list(lines).index(label) % len(COLOURS)]
        places = [(across.at(x), up.at(y)) for x, y in lines[label]]
        path = ' '.join(f'{x},{y}' for x, y in places)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>' for x, y in places]
        label_at = max(label_at + LABEL_HEIGHT, places[-1][1] + 4)
        parts.append(_text(places[-1][0] + 8, label_at, label, f'style="fill: {colour}"'))
    return parts


def _grid_across(value: float, axis: Axis) -> str:
    x = axis.at(value)
    line = f'<line x1="{x}" x2="{x}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" stroke="#eaeef2"/>'
    return line + _text(x, HEIGHT - BOTTOM + 18, f'{value:,.10g}', 'text-anchor="middle"')


def _grid_up(value: float, axis: Axis) -> str:
    y = axis.at(value)
    line = f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}" stroke="#eaeef2"/>'
    return line + _text(LEFT - 8, y + 4, f'{value:,.10g}', 'text-anchor="end"')


def _text(x: float, y: float, words: str, more: str = '') -> str:
    return f'<text x="{x}" y="{y}" {more}>{escape(words)}</text>'


def _log(value: float) -> float:
    return math.log10(max(value, 1e-9))


def _powers(values: Sequence[float]) -> list[float]:
    """Powers of ten, of two or five times them, around the values."""
    low, high = _log(min(values)), _log(max(values))
    steps = (1, 2, 5) if high - low < 2 else (1,)
    found = [f * 10.0**power for power in range(math.floor(low) - 1, math.ceil(high) + 2) for f in steps]
    first = max((i for i, v in enumerate(found) if _log(v) <= low + 1e-9), default=0)
    last = min(i for i, v in enumerate(found) if _log(v) >= high - 1e-9 and i > first)
    return found[first : last + 1]


def _round_steps(most: float) -> list[float]:
    """From nothing to beyond the most, in four to ten steps of round numbers."""
    power = 10.0 ** math.floor(_log(most or 1))
    step = next(power * f for f in (0.1, 0.2, 0.25, 0.5, 1, 2) if (most or 1) / (power * f) <= 8)
    return [round(step * i, 10) for i in range(math.ceil((most or 1) / step - 1e-9) + 1)]
