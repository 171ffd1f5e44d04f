"""The words of a language, from its file in `locales`: for the server, and those that browsers show."""

import gettext
import json
from functools import cache
from hashlib import blake2b
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from collab.language.choosing import ENGLISH

LOCALES = Path(__file__).parent / 'locales'
IN_THE_BROWSER = ('.ts', '.js')
"""What a file is called whose words the browser puts on the page."""
CORE = 'collab/language/core.py'
"""What is said there reaches the browser by its socket, too."""
EVERY_FORM = 200
"""Numbers among which each plural form of any language occurs."""


@cache
def translations(language: str) -> gettext.NullTranslations:
    """What gettext needs to translate into a language; English is what the sources say."""
    if language == ENGLISH:
        return gettext.NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, read(language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def read(language: str) -> Catalog:
    """The file of a language, with all that translators wrote in it."""
    with open(LOCALES / f'{language}.po', 'rb') as file:
        return read_po(file, locale=language)


@cache
def browser_script(language: str) -> str:
    """A script for the head of a page: in which language its browser speaks, and the words for it."""
    words = json.dumps(browser_words(language), ensure_ascii=False, separators=(',', ':'), sort_keys=True)
    return f'window.collabLanguage={json.dumps(language)};window.collabWords={words};'


@cache
def browser_version(language: str) -> str:
    """What changes when the script does."""
    return blake2b(browser_script(language).encode(), digest_size=6).hexdigest()


def browser_words(language: str) -> dict[str, str | dict[str, str]]:
    """What the browser says in this language, by what it says in English; plurals by CLDR's names."""
    if language == ENGLISH:
        return {}
    catalog = read(language)
    names = plural_names(catalog)
    shown = (message for message in catalog if message.id and _for_browser(message))
    return {_key(message): _said(message, names) for message in shown}


def plural_names(catalog: Catalog) -> list[str]:
    """How CLDR (and `Intl.PluralRules`) names each plural form of a file, in the order of the file."""
    form_of, locale = gettext.c2py(catalog.plural_expr), Locale.parse(catalog.locale_identifier)
    names: dict[int, str] = {}
    for number in range(EVERY_FORM):
        names.setdefault(form_of(number), locale.plural_form(number))
    return [names[form] for form in range(catalog.num_plurals)]


def _for_browser(message: Message) -> bool:
    return any(place.endswith((*IN_THE_BROWSER, CORE)) for place, _ in message.locations)


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _said(message: Message, names: list[str]) -> str | dict[str, str]:
    said = message.string or ''
    return said if isinstance(said, str) else dict(zip(names, said, strict=True))
