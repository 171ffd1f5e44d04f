"""The page of all documents in a real browser: twenty files dropped at once, and found by keyboard alone."""

from playwright.async_api import expect

from tests.browser.conftest import WITHIN
from tests.browser.editors import Visitor
from tests.support.running import Collab

DROP = """(files) => {
    const dataTransfer = new DataTransfer();
    for (const [name, text] of files) dataTransfer.items.add(new File([text], name));
    for (const kind of ['dragover', 'drop']) {
        document.body.dispatchEvent(new DragEvent(kind, {dataTransfer, bubbles: true, cancelable: true}));
    }
}"""


async def test_twenty_files_are_dropped_and_one_is_found_by_keyboard_alone(
    collab: Collab, visitor: Visitor
) -> None:
    page = (await visitor()).page
    await page.goto(collab.url)
    await page.wait_for_function('window.collabDrop', timeout=WITHIN)  # now it takes what is dropped
    files = [[f'note-{number}.txt', f'This is note number {number}.'] for number in range(19)]
    await page.evaluate(DROP, [*files, ['photo.png', 'no text']])
    await expect(page.get_by_text('19 documents imported.')).to_be_visible(timeout=WITHIN)
    await expect(page.get_by_text('“photo.png” is neither a text nor a Markdown file')).to_be_visible()
    rows = page.get_by_test_id('document-row')
    await expect(rows).to_have_count(19, timeout=WITHIN)

    await page.keyboard.press('/')
    await page.keyboard.type('number 17')
    await expect(rows).to_have_count(1, timeout=WITHIN)
    await expect(rows.locator('mark')).to_have_text(['number', '17'])
    for _ in range(10):
        await page.keyboard.press('Tab')
        if await page.evaluate('document.activeElement.matches(".document-title")'):
            break
    await page.keyboard.press('Enter')
    await expect(page.locator('.cm-content')).to_contain_text('This is note number 17.', timeout=WITHIN)


async def test_nothing_of_the_list_lies_beside_a_very_small_screen(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', title='A long title that goes on and on and onandonandonandonandonandonandon')
    page = (await visitor()).page
    await page.set_viewport_size({'width': 320, 'height': 640})
    for address in (collab.url, f'{collab.url}/trash'):
        await page.goto(address)
        await expect(page.get_by_role('heading', level=1)).to_be_visible()
        assert await page.evaluate('document.documentElement.scrollWidth') <= 320
