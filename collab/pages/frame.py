"""What is around every page: the header, the landmarks, the one design."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

from fastapi import Response
from nicegui import Client, app, ui

from collab.language.catalogue import browser_script, browser_version, translations
from collab.language.choosing import LANGUAGES
from collab.language.speaking import WORDS_URL, _, speak
from collab.pages.look import look_menu
from collab.pages.offline import FOLLOW, offline_line
from collab.pages.parts import Html, Words, part

DESIGN = Path(__file__).parent / 'design'
FIRST = ('tokens', 'base', 'parts')
"""What everything else in the folder builds on and may say otherwise."""
THEME_URL = '/theme.css'
FOR_EVER = {'Cache-Control': 'public, max-age=31536000, immutable'}
"""What is served under an address that changes with it."""
POLICY = (
    "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; "
    "style-src 'self' 'unsafe-inline'; frame-src 'self'; object-src 'none'; "
    "base-uri 'self'; form-action 'self'"
)
"""What browsers fetch for a page comes from this server, whatever people write in it."""
BRAND = '<span class="brand-mark" aria-hidden="true"></span><span class="brand-name">Collab</span>'
SKIP = """() => {
    const content = document.querySelector('.nicegui-content');
    content.tabIndex = -1;
    content.focus();
}"""
"""A main part is no place for the keyboard otherwise."""
FAVICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" '
    'fill="#24479c"/><path d="M10 7.5v17M7 7.5h6M7 24.5h6" stroke="#fff" stroke-width="2.4" '
    'stroke-linecap="round" fill="none"/><path d="M21.5 10.5v11M19 10.5h5M19 21.5h5" stroke="#f5b942" '
    'stroke-width="2.4" stroke-linecap="round" fill="none"/></svg>'
)


def register() -> None:
    """Give all pages the design, served by this server and kept by browsers until it changes."""
    for language in LANGUAGES:  # now, or the first who reads it would keep everybody waiting for that
        translations(language)
        browser_version(language)
    css = stylesheet()
    version = blake2b(css.encode(), digest_size=6).hexdigest()
    ui.add_head_html(f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">', shared=True)
    ui.add_head_html(f'<link rel="stylesheet" href="{THEME_URL}?v={version}">', shared=True)

    @app.get(THEME_URL, include_in_schema=False)
    def theme() -> Response:
        return Response(css, media_type='text/css', headers=FOR_EVER)

    @app.get(WORDS_URL, include_in_schema=False)
    def words(language: str) -> Response:
        script = browser_script(language) if language in LANGUAGES else ''
        return Response(script, media_type='text/javascript', headers=FOR_EVER)


def stylesheet() -> str:
    """The whole design: the files that all others build on, then every other one in the order of its name."""
    files = sorted(DESIGN.glob('*.css'), key=lambda file: (_place(file.stem), file.name))
    return '\n'.join(file.read_text('utf-8') for file in files)


def _place(name: str) -> int:
    return FIRST.index(name) if name in FIRST else len(FIRST)


@contextmanager
def frame(title: str, kind: str) -> Iterator[ui.element]:
    """A page of this kind (a class for the design); what is made inside is its main part.

    Yields the part of the header that the page may fill.
    """
    client = ui.context.client
    speak(client)
    ui.page_title(title)
    client.layout.classes(f'page page-{kind}')
    with client.layout:
        skip = Words('a', _('Skip to the content'), 'nicegui-skip-link', href=f'#{client.content.html_id}')
        with part('header', 'bar') as header:
            Html('a', 'brand', BRAND, href='/', aria_label=_('Collab: all documents'))
            tools = part('div', 'bar-tools')
            look_menu(client)
        if kind != 'document':  # its save status says it
            offline_line().move(target_index=0)
            ui.add_body_html(FOLLOW)
    skip.on('click', js_handler=SKIP)
    skip.move(target_index=0)
    header.move(target_index=1)
    yield tools


async def close_pages() -> None:
    """Let go of every page that is open, and of what each holds."""
    for client in list(Client.instances.values()):
        client.delete()
    await asyncio.sleep(0)  # what they let go of is let go in tasks of its own


def heading(title: str) -> str:
    """What the browser's tab says of a page with this title."""
    return f'{title} · Collab'
