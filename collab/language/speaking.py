"""What pages say, in the language of whoever looks at them.

The language belongs to the page in whose name code runs, as NiceGUI knows it: in what builds a page, in the
handlers of its events, and wherever else somebody wrote `with client:`. Elsewhere, as in logs and for
programs, it is English.
"""

from copy import copy
from typing import Any, cast

from babel.numbers import format_decimal
from nicegui import Client, ui
from nicegui.slot import Slot, get_task_id

from collab.language.catalogue import browser_version, translations
from collab.language.choosing import ENGLISH, RIGHT_TO_LEFT, choose, direction

WORDS_URL = '/words/{language}.js'
COOKIE = 'collab_language'
KEPT = 'language'
"""Where NiceGUI keeps it for an open page."""
LOCALES = {ENGLISH: 'en_GB'}
"""How moments and numbers are written, where the name of the language does not say it all."""
ISOLATED = '\u2068{}\u2069'
"""Keeps a name from shuffling the sentence around it, which is written the other way (UAX 9)."""


def language_of(client: Client) -> str:
    """The language of a page."""
    if KEPT not in client.storage:
        request = client._request
        cookies, headers = ({}, {}) if request is None else (request.cookies, request.headers)
        client.storage[KEPT] = choose(cookies.get(COOKIE, ''), headers.get('accept-language', ''))
    return str(client.storage[KEPT])


def speak(client: Client) -> None:
    """Let a page, before it is sent, say in its HTML which language it speaks, and where its words are."""
    spoken = language_of(client)
    if spoken == ENGLISH:
        return
    client.page = copy(client.page)  # the route's own is for everybody
    client.page.language = cast(Any, spoken)
    address = f'{WORDS_URL.format(language=spoken)}?v={browser_version(spoken)}'
    with client:
        ui.add_head_html(f'<script>document.documentElement.dir = "{direction(spoken)}"</script>')
        ui.add_head_html(f'<script src="{address}"></script>')


def language() -> str:
    """The language of the page in whose name this runs; English where there is none."""
    stack = Slot.stacks.get(get_task_id())
    return language_of(stack[-1].parent.client) if stack else ENGLISH


def locale() -> str:
    """How Babel calls this language."""
    return LOCALES.get(language(), language())


def _(words: str, **values: Any) -> str:
    """These words in the language of the page, with each {name} in them replaced by its value."""
    spoken = language()
    return fill(translations(spoken).gettext(words), spoken, values)


def ngettext(one: str, many: str, number: int, **values: Any) -> str:
    """The words for one thing or for several, of which {number} is how many."""
    spoken = language()
    words = translations(spoken).ngettext(one, many, number)
    return fill(words, spoken, values | {'number': format_decimal(number, locale=locale())})


def N_(words: str) -> str:
    """Marks words that are said later, by `_`."""
    return words


def fill(words: str, spoken: str, values: dict[str, Any]) -> str:
    """Put the values in their places; each keeps its own direction."""
    if not values:
        return words
    if spoken in RIGHT_TO_LEFT:
        values = {name: ISOLATED.format(value) for name, value in values.items()}
    return words.format(**values)
