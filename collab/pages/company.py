"""Who came and who went, said in one quiet line however many they are."""

from collections.abc import Sequence

from nicegui import Client

from collab.document.people import Person
from collab.pages.parts import Words
from collab.pages.soon import Soon

PAUSE = 2.0
"""Seconds in which comings and goings gather: who is back by then was never gone."""
SHOWN = 6.0
"""Seconds for which the line is shown."""
MOST_NAMES = 3


class Company:
    """A line of a page that says who came and went since it last said so; screen readers read it."""

    def __init__(self, client: Client, pause: float = PAUSE) -> None:
        self._line = Words('p', '', 'company', role='status', data_testid='company')
        self._said: dict[str, str] | None = None
        self._here: dict[str, str] = {}
        self._soon = Soon(client, pause, self._say)
        self._fading = Soon(client, SHOWN, self._clear, settle=True)

    def show(self, others: Sequence[Person]) -> None:
        """These are here besides oneself. Whom one found when one came is no news."""
        self._here = {person.id: person.name for person in others}
        if self._said is None:
            self._said = self._here
        elif self._here.keys() != self._said.keys():
            self._soon.ask()

    def _say(self) -> None:
        before, self._said = self._said or {}, self._here
        came = [name for person, name in self._here.items() if person not in before]
        left = [name for person, name in before.items() if person not in self._here]
        news = [f'{_names(names)} {what}.' for names, what in ((came, 'joined'), (left, 'left')) if names]
        if news:
            self._line.text = ' '.join(news)
            self._fading.ask()

    def _clear(self) -> None:
        self._line.text = ''


def _names(names: list[str]) -> str:
    if len(names) > MOST_NAMES:
        return f'{len(names)} people'
    return ' and '.join([', '.join(names[:-1]), names[-1]] if len(names) > 1 else names)
