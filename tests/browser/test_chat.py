"""Talk beside the text, in real browsers."""

from collections.abc import Awaitable, Callable

from playwright.async_api import expect

from tests.browser.conftest import EDITOR, WITHIN, Tab
from tests.support.running import Collab

Visitor = Callable[[], Awaitable[Tab]]

PAYLOADS = [
    '<img src=x onerror="window.hacked = 1">',
    '<script>window.hacked = 1</script>',
    'javascript:window.hacked=1',
    '[x](javascript:window.hacked=1)',
    'https://x.example/"onmouseover="window.hacked=1',
    "https://x.example/'><svg/onload=window.hacked=1>",
    'https://user:pass@x.example/?<b>#javascript:window.hacked=1',
    '{{constructor.constructor("window.hacked=1")()}}',
    '</p></aside><iframe srcdoc="<script>parent.hacked=1</script>"></iframe>',
    '\u202egnp.egami\u202c',
]
PLACE = f"""() => [{EDITOR}.view.state.selection.main.head,
    Math.round({EDITOR}.view.scrollDOM.scrollTop), {EDITOR}.view.state.doc.toString().length]"""


async def open_chat(tab: Tab) -> None:
    await tab.page.get_by_role('button', name='Chat').first.click()
    await expect(tab.page.get_by_role('button', name='Send')).to_be_visible(timeout=WITHIN)


async def say(tab: Tab, text: str) -> None:
    """Type it and press Enter."""
    await tab.page.get_by_label('Message', exact=True).fill(text)
    await tab.page.get_by_label('Message', exact=True).press('Enter')


async def test_what_somebody_says_is_seen_by_all_and_nothing_in_it_runs(
    collab: Collab, visitor: Visitor
) -> None:
    await collab.create('doc')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    bob = await (await visitor()).open(f'{collab.url}/d/doc')
    await open_chat(ann)
    await open_chat(bob)
    for payload in PAYLOADS[:9]:
        await say(ann, payload)
        await expect(bob.page.locator('.chat-text').last).to_have_text(payload, timeout=WITHIN)
    for tab in (ann, bob):
        links = tab.page.locator('.chat-text a')
        for link in await links.all():
            address = await link.get_attribute('href') or ''
            assert address.startswith('https://x.example/') or address.startswith('https://user:pass@')
            assert '"' not in address
            assert await link.get_attribute('rel') == 'noopener noreferrer nofollow'
            await link.hover()
        assert await tab.page.evaluate('window.hacked') is None
        assert await tab.page.locator('.chat img, .chat script, .chat iframe, .chat svg').count() == 0


async def test_opening_it_disturbs_nobody_who_writes(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', text='\n\n'.join(f'Paragraph {number}.' for number in range(300)))
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    await ann.page.set_viewport_size({'width': 1440, 'height': 900})
    await ann.content.click()
    await ann.page.evaluate(f'{EDITOR}.view.dispatch({{selection: {{anchor: 3000}}, scrollIntoView: true}})')
    await ann.page.wait_for_function(f'{EDITOR}.view.scrollDOM.scrollTop > 500')
    before = await ann.page.evaluate(PLACE)
    await open_chat(ann)
    await expect(ann.page.get_by_label('Message', exact=True)).to_be_focused(timeout=WITHIN)
    assert await ann.page.evaluate(PLACE) == before
    await ann.page.keyboard.press('Escape')
    await expect(ann.page.get_by_test_id('chat')).to_be_hidden(timeout=WITHIN)
    await expect(ann.page.get_by_role('button', name='Chat').first).to_be_focused()
    assert await ann.page.evaluate(PLACE) == before
    await ann.content.focus()
    await ann.page.keyboard.type('Here')
    assert (await ann.text())[3000:3004] == 'Here'


async def test_it_is_a_sheet_on_a_phone_and_a_mark_says_what_is_new(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    bob = await visitor()
    await bob.page.set_viewport_size({'width': 390, 'height': 844})
    await bob.open(f'{collab.url}/d/doc')
    await open_chat(ann)
    await say(ann, 'Who brings the projector?')
    unread = bob.page.get_by_role('button', name='Chat: 1 unread')
    await expect(unread).to_be_visible(timeout=WITHIN)
    await expect(bob.page.get_by_test_id('announcements')).to_contain_text('Who brings the projector?')
    await open_chat(bob)
    await expect(bob.page.get_by_text('Who brings the projector?').last).to_be_visible(timeout=WITHIN)
    sheet = await bob.page.get_by_test_id('chat').bounding_box()
    assert sheet is not None
    assert (sheet['x'], sheet['width']) == (0, 390)
    assert sheet['y'] + sheet['height'] == 844
    assert await bob.page.evaluate('document.documentElement.scrollWidth') <= 390
    await say(bob, 'I do.\nAnd the cable.')
    await expect(ann.page.locator('.chat-text').last).to_have_text('I do.\nAnd the cable.', timeout=WITHIN)
    await bob.page.get_by_role('button', name='Close the chat').click()
    await expect(bob.page.get_by_role('button', name='Chat', exact=True)).to_be_focused(timeout=WITHIN)


async def test_words_that_could_not_be_said_stay_in_the_field(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    await open_chat(ann)
    for number in range(11):
        await say(ann, f'number {number}')
    await expect(ann.page.get_by_role('alert')).to_contain_text('Wait a few seconds', timeout=WITHIN)
    await expect(ann.page.get_by_label('Message', exact=True)).to_have_value('number 10')
    await ann.page.evaluate('window.socket.disconnect()')
    await ann.status('offline')
    assert await ann.page.evaluate('document.querySelector(".chat-form").inert')
