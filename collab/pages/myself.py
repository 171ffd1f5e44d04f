"""The dialog in which people change their own name and colour."""

import logging
from typing import Any

from nicegui import events, ui

from collab.document.people import COLORS, NAME_LENGTH, Person
from collab.language.speaking import N_, _
from collab.pages.faces import Face
from collab.pages.parts import Dialog, Notice, Words, button, part
from collab.pages.visitors import Visitors

log = logging.getLogger(__name__)

COLOR_NAMES = (
    N_('Red'), N_('Rust'), N_('Ochre'), N_('Olive'), N_('Green'), N_('Teal'), N_('Petrol'),
    N_('Azure'), N_('Blue'), N_('Indigo'), N_('Violet'), N_('Purple'), N_('Pink'), N_('Brown'),
)  # fmt: skip

SUBMIT = '(event) => { event.preventDefault(); emit(); }'


class MyselfDialog:
    """Opened by clicking on oneself. Nothing changes before "Save"; it belongs to one page."""

    def __init__(self, visitors: Visitors, person: Person, notice: Notice) -> None:
        self._visitors = visitors
        self._person = self._draft = person
        self._notice = notice
        self._dialog = Dialog(ui.context.client, _('How others see you'))

    def become(self, person: Person) -> None:
        """The person is called so now, by whatever page they changed it on."""
        self._person = person

    def open(self) -> None:
        """Show it, as the person looks now."""
        self._draft = self._person
        with self._dialog.filled(), part('form', 'dialog').mark('myself') as sheet:
            sheet.on('submit', self._save, args=[], js_handler=SUBMIT)
            self._fill()

    def _fill(self) -> None:
        with part('div', 'dialog-title'):
            self._face = Face(self._draft)
            Words('h2', _('How others see you'))
        self._name = ui.input(_('Your name'), value=self._draft.name, on_change=self._named)
        self._name.props(f'outlined dense autofocus maxlength={NAME_LENGTH} autocomplete=off dir=auto').mark(
            'my-name'
        )
        self._error = Words('p', '', 'field-error', role='alert')
        with part('fieldset', 'colors'):
            Words('legend', _('Your colour'))
            for color, name in zip(COLORS, COLOR_NAMES, strict=True):
                self._color(color, _(name))
        with part('div', 'dialog-actions'):
            button(_('Cancel'), self._dialog.close)
            Words('button', _('Save'), 'button button-main', type='submit').mark('save-myself')

    def _color(self, color: str, name: str) -> None:
        chosen = {'checked': True} if color == self._draft.color else {}
        swatch = part(
            'input', 'color', type='radio', name='color', value=color, aria_label=name, title=name, **chosen
        )
        swatch.style(f'--person: {color}').mark(f'color-{color}')
        swatch.on('change', lambda: self._look(self._draft.name, color), args=[])

    def _named(self, event: events.ValueChangeEventArguments[str | None]) -> None:
        self._error.text = ''
        self._look(event.value or '', self._draft.color)

    def _look(self, name: str, color: str) -> None:
        self._draft = Person(self._draft.id, name, color)
        self._face.show(self._draft)

    async def _save(self) -> Any:
        try:
            await self._visitors.rename(self._person, self._draft.name, self._draft.color)
        except ValueError as error:
            self._error.text = _(str(error))
        except Exception:
            log.exception('The name of a visitor could not be stored.')
            self._error.text = _('This could not be stored just now. Please try again in a moment.')
        else:
            self._dialog.close()
            self._notice.say(_('Everybody sees your new look.'))
