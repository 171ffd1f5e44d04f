"""How pages put moments and names into words, in the language of whoever looks at them."""

import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Literal

from babel.dates import format_date, format_skeleton, format_time, format_timedelta

from collab.language.speaking import _, locale
from collab.rooms.naming import UNTITLED

Unit = Literal['minute', 'hour', 'day']
UNITS: tuple[tuple[Unit, int, int], ...] = (
    ('minute', 60, 3_600),
    ('hour', 3_600, 86_400),
    ('day', 86_400, 604_800),
)
"""Each with its seconds, and below how many seconds it is the one to count in."""
ALWAYS = 1_000_000
"""For Babel: as many of a unit as there are, never fewer of a larger one."""


def ago(then: int, now: int) -> str:
    """How long ago it was, as somebody would say it. Both in milliseconds since the epoch."""
    seconds = max(0, (now - then) // 1000)
    if seconds < 45:
        return _('just now')
    for unit, length, limit in UNITS:
        if seconds < limit:
            return _ago(max(1, round(seconds / length)) * length, unit)
    date, today = _moment(then), _moment(now)
    if date.year != today.year:
        return _('on {date}', date=format_date(date, 'long', locale=locale()))
    return _('on {date}', date=format_skeleton('MMMMd', date, locale=locale()))


def exactly(then: int) -> str:
    """The moment itself, for whoever asks. In milliseconds since the epoch."""
    date = _moment(then)
    day, time = format_date(date, 'long', locale=locale()), format_time(date, 'HH:mm', locale=locale())
    return _('{date}, {time} UTC', date=day, time=time)


def machine_time(then: int) -> str:
    """The moment as HTML's <time> wants it."""
    return _moment(then).isoformat(timespec='seconds')


def shown(title: str) -> str:
    """What pages call a document with this title: what has none says so in every language."""
    return _(title) if title == UNTITLED else title


def initials(name: str) -> str:
    """One or two letters that stand for a name; its first sign when it has no letters."""
    words = [word for word in name.split() if unicodedata.category(word[0])[0] in 'LN']
    if not words:
        return name[:1]
    chosen = words[:1] if len(words) == 1 else [words[0], words[-1]]
    return ''.join(word[0] for word in chosen).upper()


def _ago(seconds: int, unit: Unit) -> str:
    then = timedelta(seconds=-seconds)
    return format_timedelta(then, unit, threshold=ALWAYS, add_direction=True, locale=locale())


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
