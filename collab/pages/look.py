"""How somebody wants the pages to be: light, dark or as their system is; with news read aloud or without.

It is kept in cookies, so that the server sends a page as it is wanted and nothing flickers while it loads.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from nicegui import Client, events, ui

from collab.language.choosing import LANGUAGES
from collab.language.speaking import COOKIE, N_, _
from collab.pages.parts import Words, part

THEMES = {'system': N_('As the system'), 'light': N_('Light'), 'dark': N_('Dark')}
SCHEMES = {'system': 'light dark', 'light': 'light', 'dark': 'dark'}
EDGES = {'light': '#f7f6f3', 'dark': '#141519'}
"""What browsers paint around a page: the token --desk."""

THEME_COOKIE, QUIET_COOKIE = 'collab_theme', 'collab_quiet'
LOOK = 'look'
"""Where NiceGUI keeps it for an open page."""

WEAR = """() => {
    document.cookie = 'NAME=VALUE; Path=/; Max-Age=31536000; SameSite=Lax';
    document.documentElement.style.colorScheme = 'SCHEME';
    for (const edge of document.querySelectorAll('meta[name=theme-color]')) {
        edge.content = EDGES['VALUE'] ?? EDGES[edge.dataset.scheme];
    }
    emit();
}"""
HUSH = """(event) => {
    document.cookie = `NAME=${Number(!event.target.checked)}; Path=/; Max-Age=31536000; SameSite=Lax`;
    emit(event.target.checked);
}"""
"""Done by the browser itself, which need not have a connection for it; the server hears of it."""
SPEAK = """(event) => {
    const age = event.target.value ? 31536000 : 0;
    document.cookie = `NAME=${event.target.value}; Path=/; Max-Age=${age}; SameSite=Lax`;
    location.reload();
}"""
"""A page speaks one language from its first word to its last; what is not saved yet survives a reload."""


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody chose; `theme` is one of THEMES, `quiet` keeps screen readers from reading news aloud."""

    theme: str = 'system'
    quiet: bool = False

    @property
    def dark(self) -> bool | None:
        """As NiceGUI has it: None follows the system."""
        return None if self.theme == 'system' else self.theme == 'dark'


def look_of(cookies: Mapping[str, str]) -> Look:
    """What this browser chose before; anything else that a cookie says counts as nothing."""
    theme = cookies.get(THEME_COOKIE, '')
    return Look(theme if theme in THEMES else 'system', cookies.get(QUIET_COOKIE) == '1')


def head(look: Look) -> str:
    """What the browser has to know before it paints anything."""
    edges = ''.join(
        f'<meta name="theme-color" media="(prefers-color-scheme: {scheme})" data-scheme="{scheme}" '
        f'content="{EDGES.get(look.theme, color)}">'
        for scheme, color in EDGES.items()
    )
    return f'{edges}<style>html:root {{ color-scheme: {SCHEMES[look.theme]} }}</style>'


def is_quiet(client: Client) -> bool:
    """Whether this page is to keep its news to the eyes."""
    return look_of(client.request.cookies).quiet if LOOK not in client.storage else client.storage[LOOK].quiet


class LookMenu:
    """A button of the header, and what it opens: all that one can choose about the look of the pages."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._look = look_of(client.request.cookies)
        client.storage[LOOK] = self._look
        ui.add_head_html(head(self._look))
        self._dark = ui.dark_mode(self._look.dark)
        label = _('Display and announcements')
        with part('div', 'look'):
            opener = part('button', 'icon-button', type='button', title=label, aria_label=label)
            with opener:
                part('span', 'icon icon-look', aria_hidden='true')
            with part('div', 'look-menu', popover='auto', role='group', aria_label=label) as menu:
                self._fill()
        opener.props['popovertarget'] = menu.html_id
        opener.mark('look')

    def _fill(self) -> None:
        with part('fieldset', 'choices'):
            Words('legend', _('Appearance'))
            for theme, words in THEMES.items():
                self._choice(theme, _(words))
        with part('label', 'choice choice-apart'):
            box = part('input', type='checkbox', **_checked(not self._look.quiet))
            with part('span'):
                Words('span', _('Read news aloud'))
                Words('small', _('Tells screen readers who joins, and when all is saved or you are offline.'))
        self._choose_language()
        box.on('change', self._hush, js_handler=HUSH.replace('NAME', QUIET_COOKIE)).mark('announce')

    def _choice(self, theme: str, words: str) -> None:
        chosen = _checked(theme == self._look.theme)
        with part('label', 'choice'):
            choice = part('input', type='radio', name='theme', value=theme, **chosen)
            Words('span', words)
        wear = WEAR.replace('NAME', THEME_COOKIE).replace('VALUE', theme).replace('SCHEME', SCHEMES[theme])
        wear = wear.replace('EDGES', json.dumps(EDGES))
        choice.on('change', lambda: self._wear(theme), args=[], js_handler=wear).mark(f'theme-{theme}')

    def _choose_language(self) -> None:
        chosen = self._client.request.cookies.get(COOKIE, '')
        with part('label', 'choice choice-apart choice-language'):
            Words('span', _('Language'))
            with part('select') as choice:
                Words('option', _('As the browser'), value='', selected=chosen not in LANGUAGES)
                for language, name in LANGUAGES.items():
                    Words('option', name, value=language, lang=language, selected=language == chosen)
        choice.on('change', js_handler=SPEAK.replace('NAME', COOKIE)).mark('language')

    def _wear(self, theme: str) -> None:
        self._become(replace(self._look, theme=theme))
        self._dark.value = self._look.dark

    def _hush(self, event: events.GenericEventArguments) -> None:
        self._become(replace(self._look, quiet=event.args is False))

    def _become(self, look: Look) -> None:
        self._look = self._client.storage[LOOK] = look


def _checked(chosen: bool) -> dict[str, Any]:
    return {'checked': True} if chosen else {}
