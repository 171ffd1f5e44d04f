"""People as small round initials in their colour, with their names for whoever asks."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from collab.document.people import Person
from collab.editor.element import PeopleHere
from collab.language.speaking import _, ngettext
from collab.pages.parts import Words
from collab.pages.words import initials

PEOPLE = '[popovertarget=people-list]'
"""The button that opens the list of all names, as CSS names it."""
MOST = 8
"""Faces on one page, of which a wide screen shows six; the names of all are in a list behind them."""


class Face:
    """One person: initials in a circle; a button if there is something to be done with it.

    :param on_click: called with a click on oneself
    :param you: say that it is oneself
    """

    def __init__(self, person: Person, on_click: Callable[[], Any] | None = None, you: bool = False) -> None:
        self._you = you
        self._does = _('change name and colour') if on_click else ''
        tag, attributes = ('button', {'type': 'button'}) if on_click else ('span', {})
        self._circle = Words(tag, '', 'face', **attributes)
        if on_click is not None:
            self._circle.on('click', on_click, args=[]).mark('myself-face')
        self.show(person)

    def show(self, person: Person) -> None:
        """Wear this name and colour from now on. The style sheet shows the initials in place of the name."""
        name = _('{name} (you)', name=person.name) if self._you else person.name
        self._circle.text = name
        self._circle.props['data-initials'] = initials(person.name)
        self._circle.props['title'] = f'{name} — {self._does}' if self._does else name
        self._circle.style(f'--person: {person.color}')
        self._circle.props['data-pattern'] = str(person.pattern)


class Faces:
    """A list of faces that follows who is there. It is one element on each page, however many they are.

    :param on_me: called with a click on oneself
    """

    def __init__(self, on_me: Callable[[], Any]) -> None:
        words = {
            'label': _('People here'),
            'change': _('change name and colour'),
            'go': _('go to their cursor'),
        }
        self._here = PeopleHere(words).mark('presence presence-count myself-face')
        self._here.on('click', on_me, args=[])

    def on_other(self, script: str) -> None:
        """Let a click on somebody else do this in the browser; the script takes their id and name."""
        self._here.on('go', js_handler=script)

    def show(self, people: Sequence[Person], me: Person) -> None:
        """Show these people, each once; `me` may change how they look."""
        faces = some_of(people, me.id)
        self._here.show(
            faces=tuple(map(_face, faces)),
            others=tuple(_name(person) for person in people if person not in faces),
            me=me.id,
            you=_('{name} (you)', name=me.name),
            count=ngettext('{number} here', '{number} here', len(people)),
        )


@lru_cache(maxsize=4096)
def _face(person: Person) -> tuple[str, str, str, str, int]:
    """What the browser needs of it; the same one serves every page."""
    return person.id, person.name, initials(person.name), person.color, person.pattern


@lru_cache(maxsize=4096)
def _name(person: Person) -> tuple[str, str, str]:
    """The same of somebody whose face is not shown."""
    return person.id, person.name, person.color


def some_of(people: Sequence[Person], me: str) -> list[Person]:
    """Those whose faces are shown: the first to come, and whoever looks at them."""
    first = list(people[:MOST])
    late = [person for person in people[MOST:] if person.id == me]
    return first[: MOST - len(late)] + late
