"""People as small round initials in their colour, with their names for whoever asks."""

from collections.abc import Callable, Sequence
from html import escape
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
        self._circle = Words(tag, '', 'face', **attributes)
        if on_click is not None:
            self._circle.on('click', on_click, args=[]).mark('myself-face')
        if script is not None:
            self._circle.on('click', js_handler=script(person))
        self.show(person)

    def show(self, person: Person) -> None:
        """Wear this name and colour from now on. The style sheet shows the initials in place of the name."""
        name = _('{name} (you)', name=person.name) if self._you else person.name
        self._circle.text = name
        self._circle.props['data-initials'] = initials(person.name)
        self._circle.props['title'] = f'{name} — {self._does}' if self._does else name
        self._circle.style(f'--person: {person.color}')
        self._circle.props['data-pattern'] = str(person.pattern)


MOST = 8
"""Faces on one page, of which a wide screen shows six. Each takes ten kilobytes of memory on each page; of
everybody else there are only the names, in one list."""


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
            self._more = Words('span', '', 'faces-more', aria_hidden='true')
            self._others = part('ul', 'aside', aria_label=_('More people here'))
            self._count = Words('span', '', 'people-count', data_testid='presence-count')

    def show(self, people: Sequence[Person], me: str) -> None:
        """Show these people, each once; the one with the id `me` may change how they look."""
        faces = some_of(people, me)
        gone = self._shown.keys() - {person.id for person in faces}
        for person_id in gone:
            self._shown.pop(person_id)[2].delete()
        for person in faces:
            self._show(person, person.id == me)
        self._show_others([person for person in people if person not in faces])
        self._count.text = ngettext('{number} here', '{number} here', len(people))
        self._count.props['title'] = ', '.join(person.name for person in people)

    def _show_others(self, others: Sequence[Person]) -> None:
        """Their names as one piece of HTML, in which nothing of a name is read as such."""
        self._more.text = f'+{len(others)}'
        self._more.visible = self._others.visible = bool(others)
        named = (f'<li data-testid="presence-person">{escape(person.name)}</li>' for person in others)
        self._others.props['innerHTML'] = ''.join(named)

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
