"""How somebody wants the pages to be: light, dark or as their system is; with news read aloud or without.

It is kept in cookies, so that the server sends a page as it is wanted and nothing flickers while it loads.
"""

import json
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from nicegui import Client, events, ui

from collab.language.choosing import LANGUAGES
from collab.language.speaking import COOKIE, N_, _, language
from collab.pages.parts import Html

THEMES = {'system': N_('As the system'), 'light': N_('Light'), 'dark': N_('Dark')}
SCHEMES = {'system': 'light dark', 'light': 'light', 'dark': 'dark'}
EDGES = {'light': '#f7f6f3', 'dark': '#141519'}
"""What browsers paint around a page: the token --desk."""

THEME_COOKIE, QUIET_COOKIE = 'collab_theme', 'collab_quiet'
QUIET = 'quiet'
"""Where NiceGUI keeps for an open page what was chosen on it."""

LOOK = '[popovertarget=look-menu]'
"""The button that opens the menu, as CSS names it."""

CHOSEN = f"""({{target}}) => {{
    const keep = (name, value, age = 31536000) => {{
        document.cookie = `${{name}}=${{value}}; Path=/; Max-Age=${{age}}; SameSite=Lax`;
    }};
    if (target.name === 'theme') {{
        const edges = {json.dumps(EDGES)};
        keep('{THEME_COOKIE}', target.value);
        document.documentElement.style.colorScheme = {json.dumps(SCHEMES)}[target.value];
        for (const edge of document.querySelectorAll('meta[name=theme-color]')) {{
            edge.content = edges[target.value] ?? edges[edge.dataset.scheme];
        }}
        setDark(target.value === 'system' ? null : target.value === 'dark');
    }} else if (target.name === 'announce') {{
        keep('{QUIET_COOKIE}', Number(!target.checked));
        emit(target.checked);
    }} else {{
        keep('{COOKIE}', target.value, target.value ? 31536000 : 0);
        location.reload();
    }}
}}"""
"""Done by the browser itself, which need not have a connection for it; the server hears who wants quiet.

A page speaks one language from its first word to its last; what is not saved yet survives a reload.
"""


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
    return bool(client.storage.get(QUIET, look_of(client.request.cookies).quiet))


def look_menu(client: Client) -> None:
    """A button of the header, and what it opens: all that one can choose about the look of the pages.

    It is one element, whose inside everybody shares who chose the same: on every page it costs little.
    """
    cookies = client.request.cookies
    look = look_of(cookies)
    ui.add_head_html(head(look))
    if look.dark is not None:
        client.page = copy(client.page)  # the route's own is for everybody
        client.page.dark = look.dark
    chosen = cookies.get(COOKIE, '')
    menu = Html('div', 'look', _inside(language(), look, chosen if chosen in LANGUAGES else ''))
    menu.mark('look').on('change', _hush, js_handler=CHOSEN)


def _hush(event: events.GenericEventArguments) -> None:
    event.client.storage[QUIET] = event.args is False


@lru_cache(maxsize=256)
def _inside(spoken: str, look: Look, chosen: str) -> str:
    """The button and the menu, in the language that is `spoken`; `chosen` is the one that was asked for."""
    label = escape(_('Display and announcements'))
    return (
        '<button class="icon-button icon-alone icon-look" type="button" popovertarget="look-menu" '
        f'title="{label}" aria-label="{label}"></button>'
        f'<div class="look-menu" id="look-menu" popover="auto" role="group" aria-label="{label}">'
        f'<fieldset class="choices"><legend>{escape(_("Appearance"))}</legend>{_themes(look)}</fieldset>'
        '<label class="choice choice-apart">'
        f'<input type="checkbox" name="announce"{_said("checked", not look.quiet)}>'
        f'<span><span>{escape(_("Read news aloud"))}</span><small>'
        + escape(_('Tells screen readers who joins, and when all is saved or you are offline.'))
        + '</small></span></label><label class="choice choice-apart choice-language">'
        f'<span>{escape(_("Language"))}</span>'
        f'<select name="language">{_languages(chosen)}</select></label></div>'
    )


def _themes(look: Look) -> str:
    return ''.join(
        f'<label class="choice"><input type="radio" name="theme" value="{theme}"'
        f'{_said("checked", theme == look.theme)}><span>{escape(_(words))}</span></label>'
        for theme, words in THEMES.items()
    )


def _languages(chosen: str) -> str:
    options = ''.join(
        f'<option value="{name}" lang="{name}"{_said("selected", name == chosen)}>{escape(words)}</option>'
        for name, words in LANGUAGES.items()
    )
    return f'<option value="">{escape(_("As the browser"))}</option>{options}'


def _said(attribute: str, true: bool) -> str:
    return f' {attribute}' if true else ''
