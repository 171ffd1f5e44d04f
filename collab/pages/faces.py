"""People as small round initials in their colour, with their names for whoever asks."""

from collections.abc import Callable, Sequence
from typing import Any

from nicegui import ui

from collab.document.people import Person
from collab.language.speaking import _, ngettext
from collab.pages.parts import Words, part
from collab.pages.words import initials


class Face:
    """One person: initials in a circle; a button if there is something to be done with it.

    :param on_click: called with a click on oneself
    :param you: say that it is oneself
    :param script: what a click on somebody else does in the browser
    """

    def __init__(
        self,
        person: Person,
        on_click: Callable[[], Any] | None = None,
        you: bool = False,
        script: Callable[[Person], str] | None = None,
    ) -> None:
        self._you = you
        self._does = _('change name and colour') if on_click else _('go to their cursor') if script else ''
        tag, attributes = ('button', {'type': 'button'}) if on_click or script else ('span', {})
        self._circle = part(tag, 'face', **attributes)
        with self._circle:
            self._initials = Words('span', '', aria_hidden='true')
            self._name = Words('span', '', 'aside')
        if on_click is not None:
            self._circle.on('click', on_click, args=[]).mark('myself-face')
        if script is not None:
            self._circle.on('click', js_handler=script(person))
        self.show(person)

    def show(self, person: Person) -> None:
        """Wear this name and colour from now on."""
        name = _('{name} (you)', name=person.name) if self._you else person.name
        self._initials.text, self._name.text = initials(person.name), name
        self._circle.props['title'] = f'{name} — {self._does}' if self._does else name
        self._circle.style(f'--person: {person.color}')
        self._circle.props['data-pattern'] = str(person.pattern)


MOST = 40
"""Faces on one page; more people are a number. Each takes 20 kB of the server's memory, on each page."""


class Faces:
    """A list of faces that follows who is there, changing only what changed."""

    def __init__(
        self,
        on_me: Callable[[], Any],
        on_other: Callable[[Person], str] | None = None,
        label: str = '',
    ) -> None:
        """`on_other` gives the script that a click on somebody else runs."""
        self._on_me = on_me
        self._on_other = on_other
        self._shown: dict[str, tuple[Person, Face, ui.element]] = {}
        with part('div', 'people'):
            self._list = part('ul', 'faces', aria_label=label or _('People here'), data_testid='presence')
            self._more = Words('span', '', 'faces-more')
            self._count = Words('span', '', 'people-count', data_testid='presence-count')

    def show(self, people: Sequence[Person], me: str) -> None:
        """Show these people, each once; the one with the id `me` may change how they look."""
        faces = some_of(people, me)
        gone = self._shown.keys() - {person.id for person in faces}
        for person_id in gone:
            self._shown.pop(person_id)[2].delete()
        for person in faces:
            self._show(person, person.id == me)
        self._more.text = f'+{len(people) - len(faces)}'
        self._more.visible = len(people) > len(faces)
        self._count.text = ngettext('{number} here', '{number} here', len(people))
        self._count.props['title'] = ', '.join(person.name for person in people)

    def _show(self, person: Person, is_me: bool) -> None:
        if person.id not in self._shown:
            with self._list, part('li', 'me' if is_me else '', data_testid='presence-person') as item:
                face = Face(person, self._on_me, you=True) if is_me else Face(person, script=self._on_other)
            self._shown[person.id] = (person, face, item)
        known, face, item = self._shown[person.id]
        if known != person:
            face.show(person)
            self._shown[person.id] = (person, face, item)


def some_of(people: Sequence[Person], me: str) -> list[Person]:
    """Those whose faces are shown: the first to come, and whoever looks at them."""
    first = list(people[:MOST])
    late = [person for person in people[MOST:] if person.id == me]
    return first[: MOST - len(late)] + late
