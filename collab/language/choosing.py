"""Which language somebody reads: the one they chose here, or one that their browser asks for."""

from functools import lru_cache

ENGLISH = 'en'
LANGUAGES = {'en': 'English', 'de': 'Deutsch', 'fr': 'Français', 'ar': 'العربية'}
"""Each language by its own name. All but English have a file in `locales`."""
RIGHT_TO_LEFT = frozenset({'ar', 'he', 'fa', 'ur'})

LONGEST = 500
"""Letters of a header that are read; no browser sends half as many."""


@lru_cache(maxsize=1024)
def choose(chosen: str, header: str) -> str:
    """The language that somebody chose, or the one they like most by their `Accept-Language` (RFC 9110).

    English when nothing fits or nothing is said.
    """
    if chosen in LANGUAGES:
        return chosen
    for wanted in preferred(header):
        if wanted == '*':
            break
        language = wanted.split('-')[0]
        if language in LANGUAGES:
            return language
    return ENGLISH


def preferred(header: str) -> list[str]:
    """The languages of an `Accept-Language` header, the most liked first, without the refused (q=0)."""
    liked = [_range(part) for part in header[:LONGEST].lower().split(',')]
    known = [(name, quality) for name, quality in liked if name and quality > 0]
    return [name for name, _ in sorted(known, key=lambda one: -one[1])]


def direction(language: str) -> str:
    """'rtl' or 'ltr', as HTML calls it."""
    return 'rtl' if language in RIGHT_TO_LEFT else 'ltr'


def _range(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip() for piece in part.split(';'))
    quality = next((piece[2:] for piece in parameters if piece.startswith('q=')), '1')
    try:
        number = float(quality)
    except ValueError:
        return name, 0.0
    return name, number if 0 <= number <= 1 else 0.0
