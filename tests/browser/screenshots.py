"""Pictures of every page in every state, in light and dark and on three screens, for people to look at.

    .venv/bin/python -m tests.browser.screenshots [state | readme ...]

writes docs/screenshots/{state}-{scheme}-{width}.png, and with no state given also some of them in the other
languages and the pictures of the README.
"""

import asyncio
import sys
import tempfile
from itertools import product
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, async_playwright

from collab.language.choosing import ENGLISH, LANGUAGES
from tests.browser.conftest import CHROMIUM_FLAGS
from tests.browser.states import (
    STATES,
    Scene,
    State,
    document_people,
    document_preview,
    home,
    together,
    trash,
    two_servers,
)
from tests.conftest import find_chromium
from tests.support.running import Collab
from tests.support.source import ROOT

SIZES = {1440: 900, 768: 1024, 390: 844}
"""A laptop, a tablet and a phone: width and height in px."""
FOLDER = ROOT / 'docs' / 'screenshots'

Servers = tuple[Collab, Collab]


async def main(names: list[str]) -> None:
    """Take the pictures of these states, or of all."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with two_servers(Path(folder)) as servers, async_playwright() as playwright:
            chromium = find_chromium() or sys.exit('no Chromium here: apt install chromium')
            browser = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
            for state in STATES:
                if not names or state.__name__ in names:
                    await picture(browser, servers, state)
            if not names:
                for language in LANGUAGES.keys() - {ENGLISH}:
                    await in_another_language(browser, servers, language)
            if not names or 'readme' in names:
                await for_the_readme(browser, servers)
            await browser.close()


async def picture(browser: Browser, servers: Servers, state: State) -> None:
    """One state on every screen, each time made anew: a window that changes its size is another story."""
    for width in SIZES:
        await on_screen(browser, servers, state, width, f'{state.__name__}-{{}}-{width}.png')


async def in_another_language(browser: Browser, servers: Servers, language: str) -> None:
    """The pages that people see most, as they are in this language."""
    for state, width in product((home, document_preview, document_people, trash), SIZES):
        name = f'{state.__name__}-{language}-{{}}-{width}.png'
        await on_screen(browser, servers, state, width, name, locale=language)


async def for_the_readme(browser: Browser, servers: Servers) -> None:
    """Several people in one document, on a laptop and on a phone, sharp on good screens, too."""
    for width, name in ((1440, 'readme'), (390, 'readme-phone')):
        await on_screen(browser, servers, together, width, f'{name}-{{}}.png', device_scale_factor=2)


async def on_screen(
    browser: Browser, servers: Servers, state: State, width: int, name: str, **more: Any
) -> None:
    """A state on a screen of this width, light and dark: that stands in the name of the file for {}."""
    context = await browser.new_context(
        viewport={'width': width, 'height': SIZES[width]},
        has_touch=width < 1000,
        reduced_motion='reduce',
        **more,
    )
    scene = Scene(browser, await context.new_page(), *servers)
    await state(scene)
    for scheme in ('light', 'dark'):
        await take(scene, scheme, FOLDER / name.format(scheme))
    await scene.end()
    await context.close()


async def take(scene: Scene, scheme: str, file: Path) -> None:
    await scene.page.emulate_media(color_scheme=scheme, reduced_motion='reduce')
    await scene.page.screenshot(path=file)
    print(file.relative_to(ROOT))


if __name__ == '__main__':
    asyncio.run(main(sys.argv[1:]))
