"""How pages put moments and names into words."""

import unicodedata
from datetime import UTC, datetime

MINUTE, HOUR, DAY = 60, 3_600, 86_400
MONTHS = (
    'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August',
    'September', 'October', 'November', 'December',
)  # fmt: skip


def ago(then: int, now: int) -> str:
    """How long ago it was, as somebody would say it. Both in milliseconds since the epoch."""
    seconds = max(0, (now - then) // 1000)
    if seconds < 45:
        return 'just now'
    if seconds < HOUR:
        return _many(max(1, round(seconds / MINUTE)), 'minute')
    if seconds < DAY:
        return _many(max(1, round(seconds / HOUR)), 'hour')
    if seconds < 7 * DAY:
        return _many(round(seconds / DAY), 'day')
    date, today = _moment(then), _moment(now)
    day = f'on {date.day} {MONTHS[date.month - 1]}'
    return day if date.year == today.year else f'{day} {date.year}'


def exactly(then: int) -> str:
    """The moment itself, for whoever asks. In milliseconds since the epoch."""
    date = _moment(then)
    return f'{date.day} {MONTHS[date.month - 1]} {date.year}, {date:%H:%M} UTC'


def machine_time(then: int) -> str:
    """The moment as HTML's <time> wants it."""
    return _moment(then).isoformat(timespec='seconds')


def initials(name: str) -> str:
    """One or two letters that stand for a name; its first sign when it has no letters."""
    words = [word for word in name.split() if unicodedata.category(word[0])[0] in 'LN']
    if not words:
        return name[:1]
    chosen = words[:1] if len(words) == 1 else [words[0], words[-1]]
    return ''.join(word[0] for word in chosen).upper()


def count(number: int, thing: str) -> str:
    """'1 document', '2 documents'."""
    return f'{number} {thing}' if number == 1 else f'{number} {thing}s'


def _many(number: int, unit: str) -> str:
    return f'{count(number, unit)} ago'


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
