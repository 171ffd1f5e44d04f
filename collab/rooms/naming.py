"""What documents may be called, and hold."""

import re

TITLE_LENGTH = 200
UNTITLED = 'Untitled'
LANGUAGE_LENGTH = 40

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


def clean_language(name: str) -> str:
    """The name of a language as it may be kept; empty for plain text. Raises ValueError."""
    if len(name) > LANGUAGE_LENGTH or not name.isprintable():
        raise ValueError(f'The name of a language has at most {LANGUAGE_LENGTH} characters.')
    return name


def check_text(text: str, limit: int) -> int:
    """Its size in bytes. Raises ValueError when that is more than `limit`, or it holds half a character."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise ValueError('The text holds half a character (a lone surrogate).') from None
    if size > limit:
        raise ValueError(f'A document holds at most {limit:,} bytes of text.')
    return size
