"""Every page in every state can be used without seeing it, by finger, by keyboard, on the smallest screen."""

from collections.abc import AsyncIterator, Iterator
from typing import Any, Literal

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import WITHIN
from tests.browser.states import STATES, Scene, State, two_servers
from tests.support.running import Collab

OPTIONS = {'resultTypes': ['violations'], 'preload': False}  # it would load what the page has loaded
LOOKS: tuple[tuple[Literal['light', 'dark'], int], ...] = (('light', 1280), ('dark', 1280), ('light', 390))
"""Colours and widths in px; the last is a phone's, on which other parts are shown."""
NARROWEST = 320
"""Width in px that no page may exceed."""
FINGER = 44
"""Least px, either way, of what a finger is to hit."""

CAN_BE_PRESSED = (
    'button, .button, .brand, .choice, .color, textarea, label:has(input), input:not(label input)'
)
SHOWN = f"""[...document.querySelectorAll("{CAN_BE_PRESSED}")]
    .filter((element) => element.checkVisibility({{visibilityProperty: true}}))
    .filter((element) => !element.closest('[inert]'))
    .map((element) => [`${{element.className}} "${{element.textContent}}"`, element.getBoundingClientRect()])
    .filter(([, {{width}}]) => width > 1)"""
TOO_SMALL = f"""least => {SHOWN}
    .filter(([, {{width, height}}]) => Math.min(width, height) < least)
    .map(([name, {{width, height}}]) => `${{name}} ${{width}} x ${{height}}`)"""
OUTSIDE = f"""() => {SHOWN.replace('[inert]', '[inert], .collab-toolbar')}
    .filter(([, {{left, right}}]) => left < 0 || right > innerWidth)
    .map(([name, {{left, right}}]) => `${{name}} from ${{left}} to ${{right}}`)"""
"""The toolbar is a row that scrolls by itself."""
WITHOUT_MARK = """() => {
    const element = document.activeElement;
    const marked = [element, ...element.querySelectorAll('*')].flatMap((e) => ['', '::before', '::after']
        .map((pseudo) => getComputedStyle(e, pseudo)));
    const around = [element.closest('.q-field__control'), element.closest('.choice')].filter(Boolean)
        .flatMap((e) => ['', '::after'].map((pseudo) => getComputedStyle(e, pseudo)));
    const seen = [...marked, ...around].some(({outlineStyle, outlineWidth, boxShadow}) =>
        (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2) || boxShadow.endsWith('2px inset'));
    const isText = element.matches('.cm-content');
    return seen || isText ? '' : element.outerHTML.slice(0, 200);
}"""

pytestmark = pytest.mark.xdist_group('states')  # one after the other, with the same two servers

Servers = tuple[Collab, Collab]


@pytest_asyncio.fixture(scope='module', loop_scope='session')
async def servers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Servers]:
    async with two_servers(tmp_path_factory.mktemp('states')) as servers:
        yield servers


@pytest_asyncio.fixture(loop_scope='session')
async def scene(browser: Browser, servers: Servers) -> AsyncIterator[Scene]:
    context = await browser.new_context(reduced_motion='reduce')
    asked: list[str] = []
    context.on('request', lambda request: asked.append(request.url))
    scene = Scene(browser, await context.new_page(), *servers)
    yield scene
    await scene.end()
    await context.close()
    own = tuple(f'{server.url}/' for server in servers)
    assert any(url.startswith(own) for url in asked)
    assert [url for url in asked if not url.startswith((*own, 'data:', 'blob:'))] == []


@pytest.mark.parametrize('state', STATES, ids=lambda state: state.__name__)
async def test_everybody_can_use_it_in_light_and_dark_and_on_the_smallest_screen(
    scene: Scene, state: State
) -> None:
    await state(scene)
    found: list[str] = []
    for scheme, width in LOOKS:
        await scene.page.emulate_media(color_scheme=scheme, reduced_motion='reduce')
        await become(scene.page, width)
        results = await Axe().run(scene.page, options=OPTIONS)
        found += [f'{scheme}, {width} px: {violation}' for violation in violations(results)]
    assert not found, '\n'.join(found)
    await become(scene.page, NARROWEST)
    assert await scene.page.evaluate(TOO_SMALL, FINGER) == []
    assert await scene.page.evaluate(OUTSIDE) == []
    assert await scene.page.evaluate('document.documentElement.scrollWidth') <= NARROWEST


async def become(page: Page, width: int) -> None:
    """Return when the page is so wide, and has been drawn so."""
    await page.set_viewport_size({'width': width, 'height': 720})
    await page.wait_for_function(f'innerWidth === {width}')
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')


def violations(results: Any) -> Iterator[str]:
    for violation in results.response['violations']:
        for node in violation['nodes']:
            yield f'{violation["id"]}: {node["target"]} {node["failureSummary"]}'


async def test_whoever_goes_by_keyboard_sees_where_they_are(scene: Scene) -> None:
    for address in (scene.full.url, f'{scene.full.url}/d/plan', f'{scene.full.url}/d/deleted'):
        await scene.page.goto(address)
        await expect(scene.page.get_by_role('button', name='Display')).to_be_visible(timeout=WITHIN)
        if '/d/plan' in address:  # the text takes the focus when it is there
            await expect(scene.page.locator('.cm-content')).to_be_focused()
        await scene.page.locator('.nicegui-skip-link').focus()
        reached, unmarked = 0, []
        while not await scene.page.evaluate('document.activeElement.matches(".cm-content, body")'):
            reached += 1
            unmarked.append(await scene.page.evaluate(WITHOUT_MARK))
            await scene.page.keyboard.press('Tab')
        assert reached >= 4
        assert [html for html in unmarked if html] == []


async def test_the_look_is_chosen_by_keyboard_and_comes_back_without_the_other_one(scene: Scene) -> None:
    page = scene.page
    await scene.open()
    opener = page.get_by_role('button', name='Display')
    await opener.press('Enter')
    system = page.get_by_role('radio', name='As the system')
    await page.keyboard.press('Tab')
    await expect(system).to_be_focused()
    await page.keyboard.press('ArrowUp')  # from the first to the last
    await expect(page.get_by_role('radio', name='Dark')).to_be_checked()
    await expect(page.locator('body.body--dark')).to_be_attached()
    await page.keyboard.press('Escape')
    await expect(system).to_be_hidden()
    await expect(opener).to_be_focused()

    html = await (await page.request.get(f'{scene.full.url}/d/plan')).text()
    assert 'html:root { color-scheme: dark }' in html
    await page.goto(scene.full.url)
    assert await page.evaluate('getComputedStyle(document.body).backgroundColor') == 'rgb(20, 21, 25)'
    await expect(page.locator('body.body--dark')).to_be_attached()


async def test_being_offline_and_saved_again_is_read_aloud_unless_somebody_wants_quiet(scene: Scene) -> None:
    page, spoken = scene.page, scene.find('spoken-status')
    await scene.open()
    await page.evaluate('window.socket.disconnect()')
    await expect(spoken).to_have_text('Offline', timeout=WITHIN)
    await page.evaluate('window.socket.connect()')
    await expect(spoken).to_have_text('Saved', timeout=WITHIN)
    await page.get_by_role('button', name='Display').click()
    await page.get_by_text('Read news aloud').click()
    await page.keyboard.press('Escape')
    await page.evaluate('window.socket.disconnect()')
    await expect(spoken).to_have_text('', timeout=WITHIN)
    await scene.status('offline')
