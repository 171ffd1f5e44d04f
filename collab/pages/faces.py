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
    :param leads: a click on it leads to where they are, as whatever holds it cares for
    """

    def __init__(
        self,
        person: Person,
        on_click: Callable[[], Any] | None = None,
        you: bool = False,
        leads: bool = False,
    ) -> None:
        self._you = you
        self._does = _('change name and colour') if on_click else _('go to their cursor') if leads else ''
        tag, attributes = ('button', {'type': 'button'}) if on_click or leads else ('span', {})
        self._circle = Words(tag, '', 'face', **attributes)
        if on_click is not None:
            self._circle.on('click', on_click, args=[]).mark('myself-face')
        if leads:
            self._circle.props['data-person'] = person.id
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
"""Faces on one page, of which a wide screen shows six. Each takes ten kilobytes of memory on each page; the
names of all are in one list, which is a single element."""

LEAD = """(event) => {
    const one = event.target.closest('[data-person]');
    if (!one) return;
    GO(one.dataset.person, one.textContent);
    one.closest('[popover]')?.hidePopover();
}"""


class Faces:
    """Faces that follow who is there, changing only what changed, and the list of all names behind them."""

    def __init__(self, on_me: Callable[[], Any]) -> None:
        self._on_me = on_me
        self._shown: dict[str, tuple[Person, Face, ui.element]] = {}
        with part('div', 'people') as self._people:
            self._list = part('ul', 'faces', aria_label=_('People here'), data_testid='presence')
            self._more = Words('span', '', 'faces-more', aria_hidden='true')
            self._count = Words('button', '', 'people-count', type='button', data_testid='presence-count')
            with part(
                'div', 'people-list', popover='auto', role='dialog', aria_label=_('People here')
            ) as box:
                self._names = part('ul')
        self._count.props['popovertarget'] = box.html_id

    def lead(self, go: str) -> None:
        """Let a click on somebody else call this function of the browser with their id and their name."""
        self._people.on('click', js_handler=LEAD.replace('GO', go))

    def show(self, people: Sequence[Person], me: str) -> None:
        """Show these people, each once; the one with the id `me` may change how they look."""
        faces = some_of(people, me)
        gone = self._shown.keys() - {person.id for person in faces}
        for person_id in gone:
            self._shown.pop(person_id)[2].delete()
        for person in faces:
            self._show(person, person.id == me)
        more = len(people) - len(faces)
        self._more.text = f'+{more}'
        self._more.visible = more > 0
        self._count.text = ngettext('{number} here', '{number} here', len(people))
        faced = {person.id for person in faces}
        self._names.props['innerHTML'] = ''.join(named(person, me, person.id in faced) for person in people)

    def _show(self, person: Person, is_me: bool) -> None:
        if person.id not in self._shown:
            with self._list, part('li', 'me' if is_me else '', data_testid='presence-person') as item:
                face = Face(person, self._on_me, you=True) if is_me else Face(person, leads=True)
            self._shown[person.id] = (person, face, item)
        known, face, item = self._shown[person.id]
        if known != person:
            face.show(person)
            self._shown[person.id] = (person, face, item)


def named(person: Person, me: str, has_face: bool) -> str:
    """A name as a line of HTML, in which nothing of it is read as such; others lead to where they are."""
    name, color = escape(person.name), escape(person.color)
    if person.id == me:
        line = f'<span style="--person: {color}">{_("{name} (you)", name=name)}</span>'
    else:
        line = f'<button data-person="{escape(person.id)}" style="--person: {color}">{name}</button>'
    return f'<li>{line}</li>' if has_face else f'<li data-testid="presence-person">{line}</li>'


def some_of(people: Sequence[Person], me: str) -> list[Person]:
    """Those whose faces are shown: the first to come, and whoever looks at them."""
    first = list(people[:MOST])
    late = [person for person in people[MOST:] if person.id == me]
    return first[: MOST - len(late)] + late
