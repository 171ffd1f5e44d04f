"""What people do around the text, in real browsers: titles, lists, deleting and taking back."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Locator, Page, WebSocketRoute, expect

from tests.browser.conftest import RECONNECT, WITHIN, Tab
from tests.support.running import Collab

Visitor = Callable[[], Awaitable[Tab]]

GREY = 'rgb(86, 93, 107)'
OFFLINE = 'Offline. What you see may be out of date'

expect.set_options(timeout=WITHIN)


async def opacity(of: Locator) -> float:
    return float(await of.evaluate('element => getComputedStyle(element).opacity'))


async def test_what_cannot_be_known_or_changed_offline_does_not_look_as_if(
    collab: Collab, visitor: Visitor
) -> None:
    await collab.create('doc', title='Plan')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    title, face = ann.page.get_by_test_id('title'), ann.page.locator('.people .face')
    await title.focus()
    await ann.page.evaluate('window.socket.disconnect()')
    await ann.status('offline')
    await expect(title).not_to_be_focused()
    await expect(face).to_have_css('background-color', GREY)
    await expect(title).to_have_css('color', GREY)
    await ann.page.evaluate('document.querySelector("[data-testid=title]").focus()')
    await ann.page.keyboard.type('lost')
    await expect(title).to_have_value('Plan')

    await ann.page.evaluate(RECONNECT)
    await ann.saved()
    await expect(face).not_to_have_css('background-color', GREY)
    await expect(title).not_to_have_css('color', GREY)
    await title.fill('Plan B')
    await title.press('Enter')
    await expect(ann.page).to_have_title('Plan B · Collab')


@pytest.mark.parametrize('address', ['/', '/trash', '/d/nothing-here', '/no/such/page'])
async def test_a_page_without_a_text_says_when_it_is_offline_and_no_longer_when_it_is_back(
    collab: Collab, visitor: Visitor, address: str
) -> None:
    page = (await visitor()).page
    await page.goto(collab.url + address)
    await page.wait_for_function('window.socket?.connected')
    line = page.get_by_role('status').filter(has_text=OFFLINE)
    await expect(line).to_have_count(0)
    await page.evaluate('window.socket.disconnect()')
    await expect(line).to_be_in_viewport()
    await page.evaluate(RECONNECT)
    await expect(line).to_have_count(0)


async def test_a_page_goes_on_by_itself_when_the_server_is_back(collab: Collab, visitor: Visitor) -> None:
    page = (await visitor()).page
    await page.goto(collab.url)
    await page.wait_for_function('window.socket?.connected')
    collab.kill()
    line = page.get_by_text(OFFLINE)
    await expect(line).to_be_in_viewport()
    await collab.start()
    await expect(line).to_have_count(0)
    await page.get_by_test_id('new-document').click()
    await page.wait_for_url('**/d/*')


async def test_a_page_that_never_connects_says_so(collab: Collab, visitor: Visitor) -> None:
    page = (await visitor()).page
    await page.route_web_socket('**/_nicegui_ws/**', lambda socket: None)
    await page.goto(f'{collab.url}/trash')
    await expect(page.get_by_role('status').filter(has_text=OFFLINE)).to_be_visible()


@pytest.mark.parametrize('quiet', [False, True], ids=['aloud', 'quiet'])
async def test_a_moment_without_a_connection_is_not_worth_a_word(
    collab: Collab, visitor: Visitor, quiet: bool
) -> None:
    page = (await visitor()).page
    await page.context.add_cookies([{'name': 'collab_quiet', 'value': str(int(quiet)), 'url': collab.url}])
    await page.clock.install()
    await page.goto(collab.url)
    await page.wait_for_function('window.socket?.connected')
    await page.clock.pause_at(await page.evaluate('Date.now() / 1000 + 1'))
    line = page.get_by_text(OFFLINE)
    await page.evaluate('window.same = true; window.socket.disconnect()')  # what follows is only told
    await page.clock.run_for(900)
    await happen(page, 'connect', 2000)
    await expect(line).to_have_count(0)
    await happen(page, 'disconnect', 1100)
    await expect(line).to_have_count(1)
    await expect(line).to_have_attribute('aria-live', 'off' if quiet else 'polite')
    await happen(page, 'connect', 0)
    await expect(line).to_have_count(0)
    assert await page.evaluate('window.same')  # the line went by itself, not with the page


async def happen(page: Page, event: str, milliseconds: int) -> None:
    """Tell the page that this became of its connection, and let so much time pass on it."""
    await page.evaluate('event => window.socket.listeners(event).forEach((listen) => listen())', event)
    await page.clock.run_for(milliseconds)


async def test_the_page_of_a_document_says_once_that_it_is_offline(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', text='Our text')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    await ann.page.evaluate('window.socket.disconnect()')
    await ann.status('offline')
    await expect(ann.page.locator('.offline')).to_have_count(0)
    await expect(ann.page.get_by_text(OFFLINE)).to_have_count(0)


async def test_who_is_at_the_title_before_the_page_is_connected_stays_there(
    collab: Collab, visitor: Visitor
) -> None:
    await collab.create('doc', title='Plan', text='Our text')
    ann = await visitor()
    may_connect = asyncio.Event()

    async def wait(socket: WebSocketRoute) -> None:
        await may_connect.wait()
        socket.connect_to_server()

    await ann.page.route_web_socket('**/_nicegui_ws/**', wait)
    await ann.page.goto(f'{collab.url}/d/doc')
    await ann.page.get_by_test_id('title').click()
    may_connect.set()
    await ann.saved()
    await ann.page.keyboard.press('End')
    await ann.page.keyboard.type(' B')
    await expect(ann.page).to_have_title('Plan B · Collab')
    assert await ann.text() == 'Our text'


async def test_a_page_that_stayed_in_a_deleted_document_opens_by_itself_when_it_is_back(
    collab: Collab, visitor: Visitor
) -> None:
    await collab.create('doc', text='precious')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    bob = await visitor()
    await bob.page.goto(collab.url)
    await bob.page.get_by_role('button', name='Delete').click()
    await expect(ann.page.get_by_text('This document was deleted.').first).to_be_visible()
    await bob.page.get_by_role('button', name='Undo').click()
    await ann.saved()
    await ann.has('precious')
    await expect(ann.page.get_by_text('This document was')).to_have_count(0)


async def test_that_a_document_was_deleted_is_said_once(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', title='Plan', text='precious')
    ann = await visitor()
    await ann.page.set_viewport_size({'width': 768, 'height': 1024})
    await ann.open(f'{collab.url}/d/doc')
    status, spoken = ann.page.get_by_test_id('save-status'), ann.page.get_by_test_id('spoken-status')
    await expect(spoken).to_have_text('Saved')
    bob = await visitor()
    await bob.page.goto(collab.url)
    await bob.page.get_by_role('button', name='Delete').click()
    await expect(ann.page.locator('.gone')).to_contain_text('This document was deleted.')
    words = status.locator('> span').first
    await expect(words).to_contain_text('Editing has ended')
    lines = await words.evaluate('it => it.clientHeight / parseFloat(getComputedStyle(it).lineHeight)')
    assert round(lines) == 1
    await expect(spoken).to_have_text('')


async def test_the_keyboard_is_never_lost_in_the_list(collab: Collab, visitor: Visitor) -> None:
    await collab.create('one', title='One')
    await collab.create('two', title='Two')
    page = (await visitor()).page
    await page.goto(collab.url)
    rows = page.get_by_test_id('document-row')
    await rows.nth(1).get_by_role('button', name='Rename').press('Enter')
    field = page.get_by_label('New title')
    await expect(field).to_be_focused()
    await field.fill('First')
    await field.press('Enter')
    renamed = page.get_by_role('link', name='First')
    await expect(renamed).to_be_focused()
    await expect(rows.first).to_contain_text('First')  # what changed last stands first: the row moves
    await expect(renamed).to_be_focused()

    await rows.first.get_by_role('button', name='Rename').press('Enter')
    await expect(field).to_be_focused()
    await field.press('Escape')
    await expect(renamed).to_be_focused()

    await rows.first.get_by_role('button', name='Delete').press('Enter')
    undo = page.get_by_role('button', name='Undo')
    await expect(undo).to_be_focused()
    await expect(rows).to_have_count(1)
    await expect(undo).to_be_focused()
    await undo.press('Enter')
    await expect(rows).to_have_count(2)
    assert await page.evaluate('document.activeElement !== document.body')


async def test_what_can_be_done_with_a_row_is_seen_before_the_pointer_is_there(
    collab: Collab, visitor: Visitor
) -> None:
    await collab.create('doc', title='Plan')
    page = (await visitor()).page
    await page.goto(collab.url)
    actions = page.locator('.document-actions')
    assert 0.3 < await opacity(actions) < 1
    await page.get_by_test_id('document-row').hover()
    await page.wait_for_function(
        'getComputedStyle(document.querySelector(".document-actions")).opacity === "1"', timeout=WITHIN
    )


async def test_a_finger_finds_everything_on_a_small_screen(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', title='Plan')
    page = (await visitor()).page
    await page.set_viewport_size({'width': 360, 'height': 720})
    await page.emulate_media(reduced_motion='reduce')
    for address, count in ((collab.url, 5), (f'{collab.url}/d/doc', 4)):
        await page.goto(address)
        await expect(page.locator('button.face')).to_be_visible()
        await page.locator('button.face').click()
        await expect(page.get_by_role('dialog')).to_be_visible()
        await page.wait_for_function('document.querySelector(".color").getBoundingClientRect().width > 30')
        sizes = await page.evaluate(SIZES)
        assert len(sizes) >= count + 14
        assert {name: size for name, size in sizes.items() if min(size) < 44} == {}
        assert await page.evaluate('document.documentElement.scrollWidth') <= 360


WATCH_WHAT_MOVES = """addEventListener('DOMContentLoaded', function look() {
    window.moved ??= [];
    for (const {animationName, transitionProperty, effect} of document.getAnimations()) {
        const {target, pseudoElement} = effect, lasts = effect.getComputedTiming().activeDuration;
        const what = `${target.className} ${pseudoElement}: ${animationName ?? transitionProperty} ${lasts}`;
        const stated = target.matches('.cm-collab-flag');
        if (lasts > 1 && !stated && !moved.includes(what)) moved.push(what);
    }
    requestAnimationFrame(look);
})"""
"""Frame by frame; of names at cursors, which come and go in one step, base.css says so."""


async def test_nothing_moves_for_who_wants_that(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', text='words')
    other = await (await visitor()).open(f'{collab.url}/d/doc')
    for reduce in (False, True):
        tab = await visitor()
        page = tab.page
        await page.emulate_media(reduced_motion='reduce' if reduce else 'no-preference')
        await page.add_init_script(WATCH_WHAT_MOVES)
        await tab.open(f'{collab.url}/d/doc')
        await other.content.press('End')
        await expect(page.locator('.cm-collab-flag')).not_to_have_count(0)
        await page.locator('button.face').last.click()
        await expect(page.get_by_role('dialog', name='How others see you')).to_be_visible()
        await page.get_by_role('button', name='Cancel').click()
        await expect(page.get_by_role('dialog')).to_have_count(0)
        await page.get_by_role('button', name='More').click()
        await expect(page.get_by_text('Keep as template')).to_be_visible()
        await page.keyboard.press('Escape')
        await expect(page.get_by_text('Keep as template')).to_be_hidden()
        await page.get_by_role('button', name='Chat').first.click()
        await expect(page.get_by_role('button', name='Send')).to_be_visible()
        moved = await page.evaluate('moved')
        if reduce:
            assert moved == []
        else:
            assert len(moved) > 3  # it would be seen


SIZES = """() => Object.fromEntries(
    [...document.querySelectorAll('button, .button, .brand, .color, .title-field')]
        .filter((element) => element.checkVisibility())
        .map((element, i) => {
            const {width, height} = element.getBoundingClientRect();
            return [`${i} ${element.className} ${element.textContent}`, [width, height]];
        }))"""
