"""A person as others see them: a name and a colour that can be read."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

NAME_LENGTH = 40
"""Longest name, in characters."""

MOST_READ = 10 * NAME_LENGTH
"""Characters of what somebody wants to be called that are looked at, and remembered."""

PATTERNS = 4
"""Ways to draw one colour."""

CONTRAST = 4.5
"""Least contrast of a person's colour against white (WCAG 2.2, level AA, for text)."""

COLORS = (
    '#b3261e', '#9c3d10', '#855300', '#5b6300', '#33691e', '#00695c', '#006978',
    '#01579b', '#1a4fc4', '#4a3fc9', '#6a35b8', '#8e2a9e', '#ad1457', '#6d4c41',
)  # fmt: skip

ADJECTIVES = (
    'Amber', 'Bold', 'Brave', 'Bright', 'Calm', 'Clever', 'Cosy', 'Curious', 'Eager', 'Gentle', 'Golden',
    'Happy', 'Honest', 'Jolly', 'Kind', 'Lively', 'Lucky', 'Merry', 'Mellow', 'Nimble', 'Patient', 'Quick',
    'Quiet', 'Silver', 'Steady', 'Sunny', 'Swift', 'Warm', 'Wise', 'Witty',
)  # fmt: skip
ANIMALS = (
    'Badger', 'Beaver', 'Bison', 'Crane', 'Dolphin', 'Falcon', 'Ferret', 'Finch', 'Fox', 'Gecko', 'Hare',
    'Heron', 'Ibex', 'Koala', 'Lark', 'Lemur', 'Lynx', 'Marmot', 'Mole', 'Newt', 'Otter', 'Owl', 'Panda',
    'Puffin', 'Raven', 'Robin', 'Seal', 'Sparrow', 'Stork', 'Swan', 'Tapir', 'Turtle', 'Walrus', 'Wren',
)  # fmt: skip

HEX_COLOR = re.compile(r'#[0-9a-f]{6}')


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody is. `id` is public, stable for one browser, and tells nobody who may log in as them."""

    id: str
    name: str
    color: str
    pattern: int = 0
    """0 for the first here who bears a colour, 1 to PATTERNS - 1 for the next ones: they are told apart."""


def guest(
    person_id: str,
    adjectives: Sequence[str] = ADJECTIVES,
    animals: Sequence[str] = ANIMALS,
    order: str = '{adjective} {animal}',
) -> Person:
    """The friendly name and the colour that belong to this id, the same at every visit."""
    number = int.from_bytes(blake2b(person_id.encode(), digest_size=8).digest())
    number, adjective = divmod(number, len(adjectives))
    number, animal = divmod(number, len(animals))
    name = order.format(adjective=adjectives[adjective], animal=animals[animal])
    return Person(person_id, name, COLORS[number % len(COLORS)])


def clean_name(text: str) -> str:
    """A name fit to show: no control or direction characters, single spaces, at most NAME_LENGTH characters.

    Raises ValueError when nothing visible is left in the first MOST_READ characters.
    """
    return _visible(text[:MOST_READ])


def clean_color(text: str) -> str:
    """A colour '#rrggbb' that can be read on white. Raises ValueError for any other."""
    return _readable(text.strip().lower())


def contrast_on_white(color: str) -> float:
    """Contrast ratio of '#rrggbb' against white, 1 to 21.

    Source: WCAG 2.2, relative luminance and contrast ratio.
    """
    red, green, blue = (_linear(int(color[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


@lru_cache(maxsize=1024)
def _visible(text: str) -> str:
    visible = ''.join(' ' if char.isspace() else char for char in text if char.isspace() or _shows(char))
    name = ' '.join(visible.split())[:NAME_LENGTH].strip()
    if not any(unicodedata.category(char)[0] in 'LNPS' for char in name):
        raise ValueError('A name needs at least one visible character.')
    return name


@lru_cache(maxsize=1024)  # it remembers what it was asked: nothing that is longer than a colour ends well
def _readable(color: str) -> str:
    if not HEX_COLOR.fullmatch(color):
        raise ValueError(f'A colour is written like #1a4fc4, not {color[:20]!r}.')
    if contrast_on_white(color) < CONTRAST:
        raise ValueError('This colour is too light to be read on white; choose a darker one.')
    return color


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _shows(char: str) -> bool:
    return unicodedata.category(char) not in {'Cc', 'Cf', 'Cs', 'Co', 'Cn'} or char == '\u200d'
