"""News for those who do not see the page: read aloud by their screen reader, if they want that."""

from collections.abc import Sequence

from nicegui import Client

from collab.pages.look import is_quiet
from collab.pages.parts import Words

NAMED = 2
"""People of one moment that are called by name; more are a number."""


class Announcer:
    """A place on the page that nobody sees; what is said there waits until the reader has finished."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._place = Words('div', '', 'aside', aria_live='polite', data_testid='announcements')

    def say(self, text: str) -> None:
        """Have it read, unless the person wants quiet."""
        if text and not is_quiet(self._client):
            again = '\u00a0' if self._place.text == text else ''  # the same words twice would not be news
            self._place.text = text + again


def news(names: Sequence[str], what: str) -> str:
    """'Ann joined.', 'Ann and Bob joined.', 'Ann, Bob and 3 others joined.'; nothing of nobody."""
    if not names:
        return ''
    rest = len(names) - NAMED
    parts = [*names[:NAMED], *([f'{rest} other{"s" if rest > 1 else ""}'] if rest > 0 else [])]
    words = parts[0] if len(parts) == 1 else f'{", ".join(parts[:-1])} and {parts[-1]}'
    return f'{words} {what}.'
