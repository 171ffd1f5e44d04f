"""A page that shows something else than the server holds finds out by itself, and heals."""

from collections.abc import Awaitable, Callable

from collab.document import protocol
from tests.browser.conftest import EDITOR, SHOWN, Tab
from tests.support.foreign import Foreign
from tests.support.lives import LIES
from tests.support.rooms import becomes
from tests.support.running import Collab

HEALED_WITHIN = 20_000
"""Milliseconds; it takes five on a machine that does nothing else."""

LOSE_TEXT = f"""() => {{
    const {{doc}} = {EDITOR};
    const names = ['update', 'afterTransactionCleanup'];
    const listeners = names.map((name) => doc._observers.get(name));
    for (const name of names) doc._observers.delete(name);
    doc.getText('content').delete(0, 4);
    names.forEach((name, at) => listeners[at] && doc._observers.set(name, listeners[at]));
}}"""
NOT_RELOADED = 'window.notReloaded = true'


async def test_a_page_that_lost_text_is_healed_and_the_reader_stays_where_they_were(
    collab: Collab, visitor: Callable[[], Awaitable[Tab]]
) -> None:
    lines = '\n'.join(f'line {number}' for number in range(500))
    await collab.create('doc', text=lines)
    ann, bob = [await (await visitor()).open(f'{collab.url}/d/doc') for _ in range(2)]
    for tab in (ann, bob):
        await tab.page.evaluate(NOT_RELOADED)
    await bob.page.evaluate(f'() => {{ {EDITOR}?.view.scrollDOM.scrollTo(0, 3000) }}')
    await bob.page.wait_for_function(f'{EDITOR}?.view.scrollDOM.scrollTop > 2900')
    await bob.page.evaluate(LOSE_TEXT)
    await ann.content.click()
    await ann.page.keyboard.press('Control+End')
    await ann.page.keyboard.type('!')
    await bob.page.wait_for_function(
        'wanted => !window.notReloaded && document.querySelector(".collab-editor")?.__collab && '
        f'{SHOWN} === wanted',
        arg=f'{lines}!',
        timeout=HEALED_WITHIN,
    )
    await bob.page.wait_for_function(f'{EDITOR}?.view.scrollDOM.scrollTop > 2900')
    assert await ann.page.evaluate('window.notReloaded')
    assert await collab.text('doc') == f'{lines}!'
    await bob.saved()


async def test_a_document_that_no_two_can_load_alike_is_put_in_order(
    collab: Collab, visitor: Callable[[], Awaitable[Tab]]
) -> None:
    await collab.create('doc')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    liar = Foreign('liar', collab.url, 'doc')
    liar.open()
    await becomes(lambda: liar.online)
    await ann.page.evaluate(NOT_RELOADED)
    for length, lie in zip((1, 4, 7), LIES, strict=True):
        await ann.page.wait_for_function(f'!!{EDITOR}')
        liar.send(protocol.update(lie))
        await ann.page.wait_for_function(f'length => {SHOWN}.length === length', arg=length)
    bob = await (await visitor()).open(f'{collab.url}/d/doc')
    await ann.page.wait_for_function('!window.notReloaded', timeout=HEALED_WITHIN)
    for tab in (ann, bob):
        await tab.has('aefgbcd')
        await tab.saved()
        await tab.page.evaluate(NOT_RELOADED)
    await bob.content.click()
    await bob.page.keyboard.press('Control+End')
    await bob.page.keyboard.type('!')
    await bob.saved()
    cid = await (await visitor()).open(f'{collab.url}/d/doc')
    for tab in (ann, bob, cid):
        await tab.has('aefgbcd!')
    assert await ann.page.evaluate('window.notReloaded')
    assert await bob.page.evaluate('window.notReloaded')
    await liar.crash()


async def test_pages_that_show_the_same_are_left_alone(
    collab: Collab, visitor: Callable[[], Awaitable[Tab]]
) -> None:
    await collab.create('doc', text='Zoë 🙂 ' * 30_000)
    ann = await visitor()
    frames: list[str] = []
    ann.page.on(
        'websocket',
        lambda socket: [
            socket.on('framesent', lambda payload: frames.append(f'> {payload}')),
            socket.on('framereceived', lambda payload: frames.append(f'< {payload}')),
        ],
    )
    await ann.open(f'{collab.url}/d/doc')
    await ann.page.evaluate(NOT_RELOADED)
    async with ann.page.expect_event(
        'console', lambda message: message.text == 'agreed', timeout=HEALED_WITHIN
    ):
        await ann.page.evaluate(
            "window.socket.on('collab', (element, text) => text === 'aQ==' && console.log('agreed'))"
        )
    assert any(frame.startswith('> ') and ',"aA' in frame for frame in frames)
    assert await ann.page.evaluate('window.notReloaded')
