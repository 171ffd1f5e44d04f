"""What people do around the text, in real browsers: titles, lists, deleting and taking back."""

from collections.abc import Awaitable, Callable

from playwright.async_api import Locator, expect

from tests.browser.conftest import WITHIN, Tab
from tests.support.running import Collab

Visitor = Callable[[], Awaitable[Tab]]

expect.set_options(timeout=WITHIN)


async def opacity(of: Locator) -> float:
    return float(await of.evaluate('element => getComputedStyle(element).opacity'))


async def test_what_cannot_be_known_or_changed_offline_does_not_look_as_if(
    collab: Collab, visitor: Visitor
) -> None:
    await collab.create('doc', title='Plan')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    title, people = ann.page.get_by_test_id('title'), ann.page.locator('.people')
    await title.focus()
    await ann.page.evaluate('window.socket.disconnect()')
    await ann.status('offline')
    await expect(title).not_to_be_focused()
    assert await opacity(people) < 1
    assert await opacity(ann.page.locator('.title-field')) < 1
    await ann.page.evaluate('document.querySelector("[data-testid=title]").focus()')
    await ann.page.keyboard.type('lost')
    await expect(title).to_have_value('Plan')

    await ann.page.evaluate('window.socket.connect()')
    await ann.saved()
    assert await opacity(people) == 1
    await title.fill('Plan B')
    await title.press('Enter')
    await expect(ann.page).to_have_title('Plan B · Collab')
