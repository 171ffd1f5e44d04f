"""Who came and who went, said in one quiet line however many they are."""

from collections.abc import Callable, Sequence

from nicegui import Client

from collab.document.people import Person
from collab.pages.announcer import joined, left
from collab.pages.parts import Words
from collab.pages.soon import Soon

PAUSE = 2.0
"""Seconds in which comings and goings gather: who is back by then was never gone."""
SHOWN = 6.0
"""Seconds for which the line is shown."""


class Company:
    """A line of a page that says who came and went since it last said so.

    :param me: the id of whoever reads it, who is no news
    :param say: has it read aloud
    """

    def __init__(self, client: Client, me: str, say: Callable[[str], None], pause: float = PAUSE) -> None:
        self._me = me
        self._aloud = say
        self._line: Words | None = None
        self._said: Sequence[Person] | None = None  # the room's own, and so the same for all of its pages
        self._here: Sequence[Person] = ()
        self._soon = Soon(client, pause, self._say)
        self._fading = Soon(client, SHOWN, self._clear, settle=True)

    def show(self, people: Sequence[Person]) -> None:
        """These are here. Whom one found when one came is no news."""
        self._here = people
        if self._said is not None and self._others(people).keys() != self._others(self._said).keys():
            self._soon.ask()
        else:
            self._said = people  # whoever has another name now leaves by that

    def _say(self) -> None:
        before, now = self._others(self._said or ()), self._others(self._here)
        self._said = self._here
        came = [name for person, name in now.items() if person not in before]
        gone = [name for person, name in before.items() if person not in now]
        words = ' '.join(filter(None, (joined(came), left(gone))))
        if words:
            self._show(words)
            self._aloud(words)
            self._fading.ask()

    def _others(self, people: Sequence[Person]) -> dict[str, str]:
        return {person.id: person.name for person in people if person.id != self._me}

    def _clear(self) -> None:
        self._show('')

    def _show(self, words: str) -> None:
        if self._line is None:  # on many pages nobody ever comes or goes
            self._line = Words('p', words, 'company', aria_hidden='true', data_testid='company')
        self._line.text = words
