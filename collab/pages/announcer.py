"""News for those who do not see the page: read aloud by their screen reader, if they want that."""

from collections.abc import Sequence

from nicegui import Client

from collab.language.speaking import _, ngettext
from collab.pages.look import is_quiet
from collab.pages.parts import Words


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


def joined(names: Sequence[str]) -> str:
    """'Ann joined.', 'Ann and Bob joined.', 'Ann, Bob and 3 others joined.'; nothing of nobody."""
    match names:
        case []:
            return ''
        case [name]:
            return _('{name} joined.', name=name)
        case [name, other]:
            return _('{name} and {other} joined.', name=name, other=other)
    return ngettext(
        '{name}, {other} and {number} other joined.',
        '{name}, {other} and {number} others joined.',
        len(names) - 2,
        name=names[0],
        other=names[1],
    )


def left(names: Sequence[str]) -> str:
    """'Ann left.', 'Ann and Bob left.', 'Ann, Bob and 3 others left.'; nothing of nobody."""
    match names:
        case []:
            return ''
        case [name]:
            return _('{name} left.', name=name)
        case [name, other]:
            return _('{name} and {other} left.', name=name, other=other)
    return ngettext(
        '{name}, {other} and {number} other left.',
        '{name}, {other} and {number} others left.',
        len(names) - 2,
        name=names[0],
        other=names[1],
    )
