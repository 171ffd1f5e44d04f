"""A meeting of three, and a document written without a mouse: whole stories, in real browsers."""

from collections.abc import Awaitable, Callable

from playwright.async_api import Page, expect

from tests.browser.conftest import EDITOR, WITHIN, Tab
from tests.support.running import Collab

Visitor = Callable[[], Awaitable[Tab]]

NOTES = """\
# Meeting

- [ ] Ask Mina for the room
- [ ] Order chairs

## Notes

"""

expect.set_options(timeout=WITHIN)


async def called(tab: Tab, name: str) -> None:
    """Take this name."""
    await tab.page.locator('.me > button.face').click()
    field = tab.page.get_by_role('dialog').get_by_label('Name')
    await field.fill(name)
    await field.press('Enter')
    await expect(tab.page.get_by_role('dialog')).to_have_count(0)


async def say(page: Page, words: str) -> None:
    await page.get_by_label('Message', exact=True).fill(words)
    await page.get_by_label('Message', exact=True).press('Enter')


async def test_a_meeting_of_three_one_of_them_on_a_phone(collab: Collab, visitor: Visitor) -> None:
    await collab.create('meeting', title='Meeting', text=NOTES + 'Words said before.\n\n' * 60)
    mina = await (await visitor()).open(f'{collab.url}/d/meeting')
    jonas = await (await visitor()).open(f'{collab.url}/d/meeting')
    phone = await visitor()
    await phone.page.set_viewport_size({'width': 390, 'height': 844})
    await phone.open(f'{collab.url}/d/meeting')
    await called(mina, 'Mina')
    await called(jonas, 'Jonas')
    await called(phone, 'Pia')
    for tab in (mina, jonas, phone):
        await tab.people(3)

    # Mina writes, and sees beside it how it reads; so does Jonas, on his own screen.
    await mina.page.get_by_role('button', name='Both', exact=True).click()
    await jonas.page.get_by_role('button', name='Both', exact=True).click()
    await mina.content.click()
    place = (await mina.text()).index('Words said')
    await mina.page.evaluate(f'at => {EDITOR}.view.dispatch({{selection: {{anchor: at}}}})', place)
    await mina.page.keyboard.type('We open on **Monday**.\n\n')
    for tab in (mina, jonas):
        preview = tab.page.get_by_test_id('preview')
        await expect(preview.locator('strong', has_text='Monday')).to_be_visible()

    # Pia ticks a task where she reads it; it is ticked for all.
    await phone.page.get_by_role('button', name='Read', exact=True).click()
    await phone.page.get_by_test_id('preview').get_by_role('checkbox').first.check()
    for tab in (mina, jonas):
        await tab.page.wait_for_function(
            f'{EDITOR}.view.state.doc.toString().includes("- [x] Ask Mina for the room")'
        )
        await expect(tab.page.get_by_test_id('preview').get_by_role('checkbox').first).to_be_checked()

    # Jonas follows Mina to where she goes on writing.
    await jonas.page.get_by_role('button', name='Mina').first.click()
    await jonas.page.get_by_role('button', name='Follow').click()
    await expect(jonas.page.get_by_text('Following Mina')).to_be_visible()
    await mina.content.focus()
    await mina.page.keyboard.press('Control+End')
    await mina.page.keyboard.type('The last word.')
    await expect(jonas.page.locator('.cm-line', has_text='The last word.')).to_be_in_viewport()
    await expect(jonas.page.get_by_text('Mina is writing')).to_be_visible()

    # They talk beside the text, Pia on her phone.
    await jonas.page.get_by_role('button', name='Chat', exact=True).click()
    await say(jonas.page, 'Who orders the chairs? https://chairs.example')
    await phone.page.get_by_role('button', name='Chat: 1 unread').click()
    await expect(phone.page.get_by_role('link', name='https://chairs.example')).to_be_visible()
    await say(phone.page, 'I do.')
    await expect(jonas.page.locator('.chat-who', has_text='Pia')).to_be_visible()
    await expect(jonas.page.get_by_text('I do.', exact=True)).to_be_visible()
    await phone.page.get_by_role('button', name='Close the chat').click()

    # Jonas takes the notes away as a file, while the others are still there.
    await palette(jonas.page, 'export')
    async with jonas.page.expect_download(timeout=2 * WITHIN) as download:
        await jonas.page.get_by_role('link', name='exactly as it stands').click()
    notes = (await (await download.value).path()).read_text('utf-8')
    assert notes == await jonas.text()

    # In the end all three have the same text, and so has the server.
    await phone.page.get_by_role('button', name='Write', exact=True).click()
    text = await mina.text()
    for tab in (mina, jonas, phone):
        await tab.has(text)
        await tab.saved()
    assert await collab.text('meeting') == text


async def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the keyboard is there."""
    for _ in range(60):
        if await page.evaluate(f'document.activeElement?.matches({selector!r})'):
            return
        await page.keyboard.press('Tab')
    raise AssertionError(f'{selector} cannot be reached by Tab')


async def palette(page: Page, words: str) -> None:
    await page.keyboard.press('Control+k')
    await page.keyboard.type(words)
    await page.keyboard.press('Enter')


async def test_everything_by_keyboard_alone(collab: Collab, visitor: Visitor) -> None:
    other = await visitor()
    ann = await visitor()
    page = ann.page
    await page.goto(collab.url)
    await tab_to(page, '[data-testid=new-document]')
    await page.keyboard.press('Enter')
    await page.wait_for_url('**/d/*')
    await ann.saved()
    await expect(ann.content).to_be_focused()
    await other.open(page.url)

    # Write, format, and see how it reads.
    await page.keyboard.press('Control+Shift+H')
    await page.keyboard.type('Plan')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Control+Shift+9')
    await page.keyboard.type('Buy bread')
    await other.has('# Plan\n- [ ] Buy bread')
    await page.keyboard.press('Control+Shift+E')
    await page.keyboard.press('Control+Shift+E')  # write, both, read
    box = page.get_by_test_id('preview').get_by_role('checkbox')
    await expect(box).to_be_visible()
    await tab_to(page, '.preview-task')
    await page.keyboard.press('Space')
    await other.has('# Plan\n- [x] Buy bread')
    await palette(page, 'write')

    # Give it a title.
    await palette(page, 'rename')
    await expect(page.get_by_test_id('title')).to_be_focused()
    await page.keyboard.type('Weekend')
    await page.keyboard.press('Enter')
    await expect(other.page).to_have_title('Weekend · Collab')

    # Talk, and come back to the text.
    await palette(page, 'chat')
    await expect(page.get_by_label('Message', exact=True)).to_be_focused()
    await page.keyboard.type('Is it fresh?')
    await page.keyboard.press('Enter')
    await expect(other.page.get_by_role('button', name='Chat: 1 unread')).to_be_visible()
    await page.keyboard.press('Escape')
    await expect(page.get_by_role('button', name='Chat', exact=True)).to_be_focused()

    # Find a word, choose a language, look at the keys, and leave.
    await ann.content.focus()
    await page.keyboard.press('Control+f')
    await page.keyboard.type('bread')
    await expect(page.locator('.cm-searchMatch').first).to_be_visible()
    await page.keyboard.press('Escape')
    await expect(ann.content).to_be_focused()
    await palette(page, 'language')
    await page.keyboard.type('plain')
    await page.keyboard.press('Enter')
    await expect(other.page.locator('.collab-language')).to_have_text('Plain text')
    await palette(page, 'help')
    await expect(page.get_by_role('dialog', name='Keys and Markdown')).to_be_visible()
    await page.keyboard.press('Escape')
    await ann.saved()
    await palette(page, 'all doc')
    await page.wait_for_url(f'{collab.url}/')
    await tab_to(page, '.document-title')
    await expect(page.locator('.document-title')).to_have_text('Weekend')
