"""Measures text the way browsers count it, where an emoji is two units that must never be parted.

JavaScript, and with it Yjs, counts UTF-16 code units: a character beyond U+FFFF is a surrogate pair.
"""

import re
from array import array
from itertools import compress, count

_ASTRAL = re.compile('[\U00010000-\U0010ffff]')
_BELOW_ASTRAL_LEADS = bytes(range(0xF0))
_IS_SECOND_HALF = bytes(0xDC <= byte <= 0xDF for byte in range(256))


def measure(raw: bytes, clock: int = 0, halves: 'array[int] | None' = None) -> int:
    """Length in UTF-16 units of a string in UTF-8 that begins at `clock`; adds its second halves to `halves`.

    Raises UnicodeDecodeError. Never loops over characters in Python but for the ones beyond U+FFFF.
    """
    if raw.isascii():
        return len(raw)
    text = raw.decode()
    pairs = len(raw.translate(None, _BELOW_ASTRAL_LEADS))
    length = len(text) + pairs
    if pairs and halves is not None:
        halves.extend(_second_halves(text, clock, dense=pairs * 8 > length))
    return length


def has_pairs(text: str) -> bool:
    """Whether a text holds characters that are two units."""
    return not text.isascii() and len(text.encode('utf-16-le')) > 2 * len(text)


def _second_halves(text: str, clock: int, dense: bool) -> 'array[int]':
    if dense:  # 20 ns a unit, where the search takes 150 ns a pair
        high_bytes = text.encode('utf-16-le')[1::2]
        return array('I', compress(count(clock), high_bytes.translate(_IS_SECOND_HALF)))
    found = enumerate(_ASTRAL.finditer(text), clock + 1)
    return array('I', [match.start() + earlier for earlier, match in found])
