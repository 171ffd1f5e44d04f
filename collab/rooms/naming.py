"""What documents may be called, and hold."""

import re

TITLE_LENGTH = 200
UNTITLED = 'Untitled'

CHOSEN_ID = re.compile(r'[a-z0-9][a-z0-9-]{0,62}')


def clean_id(document_id: str) -> str:
    """A readable id that somebody chose. Raises ValueError with the rule."""
    if not CHOSEN_ID.fullmatch(document_id):
        raise ValueError(
            'A document id has 1 to 63 characters: small letters a-z, digits and hyphens, not a hyphen first.'
        )
    return document_id


def clean_title(title: str) -> str:
    """A title on one line, without control characters, at most TITLE_LENGTH long; 'Untitled' when empty."""
    printable = ''.join(char if char.isprintable() else ' ' for char in title)
    return ' '.join(printable.split())[:TITLE_LENGTH].strip() or UNTITLED


def check_text(text: str, limit: int) -> None:
    """Raises ValueError for a text that is longer than `limit` bytes, or holds half a character."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise ValueError('The text holds half a character (a lone surrogate).') from None
    if size > limit:
        raise ValueError(f'A document holds at most {limit:,} bytes of text.')
