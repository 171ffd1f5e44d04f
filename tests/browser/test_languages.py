"""A browser that asks for German, French or Arabic gets all of Collab in it, Arabic from right to left."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import WITHIN
from tests.browser.states import DROP_A_DRAWING, read, two_servers
from tests.browser.test_accessibility import NARROWEST, OPTIONS, OUTSIDE, Servers, violations

SAID = {
    'de': ('Dokumente', 'Gespeichert', 'Was möchtest du tun?', 'Fett', 'Tasten und Markdown', 'Zeichen'),
    'fr': ('Documents', 'Enregistré', 'Que voulez-vous faire ?', 'Gras', 'Touches et Markdown', 'caractères'),
    'ar': ('المستندات', 'محفوظ', 'ماذا تريد أن تفعل؟', 'غامق', 'المفاتيح وMarkdown', 'محرف'),
}
BESIDE = {
    'de': (
        'Neu aus einer Vorlage',
        'Besprechungsnotizen',
        'Hier hat noch niemand',
        'Reiner Text',
    ),
    'fr': ('Nouveau à partir', 'Notes de réunion', 'encore rien dit ici', 'Texte brut'),
    'ar': ('جديد من قالب', 'محضر اجتماع', 'لم يقل أحد شيئًا هنا بعد', 'نص عادي'),
}
"""The choice of templates and one of them, an empty chat, and what else a text may be written in."""
NOT_SHOWN = {'de': 'nur PNG', 'fr': 'seuls les formats PNG', 'ar': 'لا يمكن عرض غير PNG'}
"""What is said of a picture that is none."""
EMPTY = {'de': 'Noch ist nichts', 'fr': 'est encore écrit', 'ar': 'لم يُكتب شيء بعد'}
"""What is read where nothing is written."""
EXPORT = {'de': 'Exportieren …', 'fr': 'Exporter…', 'ar': 'تصدير…'}
ENGLISH = """() => {
    const own = '.cm-content, .cm-line, .preview-block, kbd, code, pre, [lang], ' +
        '.brand, .face, .title-field, .document-title';
    const walk = document.createTreeWalker(document.querySelector('.nicegui-layout'), NodeFilter.SHOW_TEXT);
    const found = [];
    while (walk.nextNode()) {
        const {parentElement, textContent} = walk.currentNode;
        if (/[a-z]{3}/.test(textContent) && !parentElement.closest(own)) found.push(textContent);
    }
    return found;
}"""
"""Letters of English in a page that is to speak another language in other letters."""


@pytest_asyncio.fixture(scope='module', loop_scope='session')
async def servers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Servers]:
    async with two_servers(tmp_path_factory.mktemp('languages')) as servers:
        yield servers


@pytest.fixture(params=list(SAID))
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest_asyncio.fixture(loop_scope='session')
async def page(browser: Browser, language: str) -> AsyncIterator[Page]:
    context = await browser.new_context(locale=language, reduced_motion='reduce')
    page = await context.new_page()
    errors: list[str] = []
    page.on('pageerror', lambda error: errors.append(str(error)))
    yield page
    await context.close()
    assert errors == []


async def test_a_document_speaks_the_language_of_the_browser(
    page: Page, language: str, servers: Servers
) -> None:
    _, saved, ask, bold, keys, characters = SAID[language]
    await page.goto(f'{servers[0].url}/d/plan')
    await expect(page.get_by_test_id('save-status')).to_contain_text(saved, timeout=WITHIN)
    direction = 'rtl' if language == 'ar' else 'ltr'
    await expect(page.locator('html')).to_have_attribute('lang', language)
    await expect(page.locator('html')).to_have_attribute('dir', direction)
    await expect(page.get_by_role('toolbar').get_by_role('button').first).to_have_attribute(
        'aria-label', bold
    )
    await expect(page.locator('.collab-counts')).to_contain_text(characters)
    await page.keyboard.press('Control+k')
    await expect(page.get_by_placeholder(ask)).to_be_focused()
    await page.keyboard.type(bold)
    await expect(page.get_by_role('option').first).to_contain_text(bold)
    await usable(page)
    await page.keyboard.press('Escape')
    await page.locator('[data-action=help]').click()
    await expect(page.get_by_role('heading', name=keys)).to_be_visible()
    await usable(page)
    await page.get_by_role('dialog').get_by_role('button').first.click()
    await page.locator('.cm-content').press('Control+f')
    await expect(page.locator('.cm-search')).to_be_visible()
    await usable(page)


async def test_an_empty_preview_speaks_it_too(page: Page, language: str, servers: Servers) -> None:
    await servers[0].create(f'empty-{language}', title='x')
    await page.add_init_script("localStorage.setItem('collab-mode', 'read')")
    await page.goto(f'{servers[0].url}/d/empty-{language}')
    await expect(page.locator('.collab-preview.empty')).to_be_visible(timeout=WITHIN)
    said = await page.get_by_test_id('preview').evaluate('it => getComputedStyle(it, "::before").content')
    assert EMPTY[language] in said


async def test_lines_keep_the_direction_of_their_letters(page: Page, language: str, servers: Servers) -> None:
    arabic, latin, neither, task = 'مرحبا بالعالم', 'Hello world', '---', '- [x] مهمة'
    lines = (neither, arabic, neither, latin, neither, task)
    await servers[0].create(f'lines-{language}', title='x', text='\n'.join(lines))
    await page.goto(f'{servers[0].url}/d/lines-{language}')
    shown = page.locator('.cm-line')
    await expect(shown.nth(1)).to_have_text(arabic, timeout=WITHIN)
    directions = await shown.evaluate_all('(lines) => lines.map((line) => getComputedStyle(line).direction)')
    assert directions == ['rtl' if language == 'ar' else 'ltr', 'rtl', 'rtl', 'ltr', 'ltr', 'rtl']


async def test_the_other_pages_speak_it_too(page: Page, language: str, servers: Servers) -> None:
    heading = SAID[language][0]
    for path in ('/', '/trash', '/d/nowhere', '/d/damaged', '/d/deleted', '/somewhere/else'):
        await page.goto(f'{servers[0].url}{path}')
        await expect(page.get_by_role('heading').first).to_be_attached(timeout=WITHIN)
        if path == '/':
            await expect(page.get_by_role('heading', name=heading)).to_be_visible()
        await usable(page)
        if language == 'ar':
            assert await page.evaluate(ENGLISH) == [], path


async def test_what_opens_beside_a_page_speaks_it_too(page: Page, language: str, servers: Servers) -> None:
    templates, meeting, silence, plain = BESIDE[language]
    await page.goto(servers[0].url)
    await page.locator('.title-tools button').nth(1).click(timeout=WITHIN)
    await expect(page.get_by_role('dialog', name=templates)).to_be_visible()
    await usable(page)
    await page.get_by_role('dialog').get_by_role('button', name=meeting).click()
    await expect(page.locator('.cm-content')).to_contain_text(meeting, timeout=WITHIN)
    await page.locator('.chat-button').click()
    await expect(page.get_by_text(silence)).to_be_visible(timeout=WITHIN)
    await usable(page)
    if language == 'ar':
        assert await page.evaluate(ENGLISH) == []
    await page.locator('.collab-language').click()
    await expect(page.get_by_role('option', name=plain)).to_be_visible()
    await page.keyboard.press('Escape')
    await page.locator('.cm-content').evaluate(DROP_A_DRAWING)
    await expect(page.get_by_text(NOT_SHOWN[language])).to_be_visible()
    await page.locator('.icon-more').click()
    await page.get_by_role('button', name=EXPORT[language]).click()
    await expect(page.locator('.offer')).to_have_count(5)
    await usable(page)


async def test_the_language_is_chosen_in_the_menu_and_remembered(browser: Browser, servers: Servers) -> None:
    page = await browser.new_page(locale='de')
    await page.goto(servers[0].url)
    await expect(page.get_by_role('heading', name='Dokumente')).to_be_visible(timeout=WITHIN)
    await page.get_by_role('button', name='Darstellung und Ansagen').click()
    async with page.expect_navigation():
        await page.get_by_label('Sprache').select_option('ar')
    await expect(page.get_by_role('heading', name='المستندات')).to_be_visible(timeout=WITHIN)
    await page.goto(f'{servers[0].url}/trash')
    await expect(page.locator('html')).to_have_attribute('dir', 'rtl')
    await page.get_by_role('button', name='المظهر والإعلانات الصوتية').click()
    await usable(page)
    async with page.expect_navigation():
        await page.get_by_label('اللغة').select_option('')
    await expect(page.get_by_role('heading', name='Papierkorb')).to_be_visible(timeout=WITHIN)
    await page.close()


@pytest.mark.parametrize(('width', 'height'), [(1440, 900), (390, 844)])
async def test_what_is_read_from_right_to_left_is_for_everybody_in_light_and_dark(
    browser: Browser, servers: Servers, width: int, height: int
) -> None:
    """The list, its menus and its dialogs; a document with its preview, its people, its chat and its menu."""
    context = await browser.new_context(
        locale='ar', viewport={'width': width, 'height': height}, reduced_motion='reduce'
    )
    page = await context.new_page()
    await page.goto(f'{servers[0].url}/')
    await expect(page.get_by_test_id('document-row').first).to_be_visible(timeout=WITHIN)
    await reads_well(page)
    await page.locator('.look button').click()
    await expect(page.locator('.look-menu')).to_be_visible()
    await reads_well(page)
    await page.keyboard.press('Escape')
    await page.locator('.document-actions .icon-more').first.click()
    await expect(page.locator('.q-menu')).to_be_visible()
    await reads_well(page)
    await page.goto(f'{servers[0].url}/d/plan')
    await expect(page.get_by_test_id('save-status')).to_have_attribute('data-state', 'saved', timeout=WITHIN)
    await read(page)
    await reads_well(page)
    await page.get_by_test_id('presence-count').click()
    await expect(page.locator('.people-list')).to_be_visible()
    await reads_well(page)
    await page.keyboard.press('Escape')
    await page.locator('.icon-more').click()
    await expect(page.locator('.q-menu')).to_be_visible()
    await reads_well(page)
    await page.keyboard.press('Escape')
    await page.locator('.chat-button').click()
    await expect(page.locator('.chat-form')).to_be_visible(timeout=WITHIN)
    await reads_well(page)
    await context.close()


async def reads_well(page: Page) -> None:
    """Axe finds nothing in either scheme, and nothing stands out of the screen."""
    for scheme in ('light', 'dark'):
        await page.emulate_media(color_scheme=scheme, reduced_motion='reduce')
        results = await Axe().run(page, options=OPTIONS)
        assert [f'{scheme}: {violation}' for violation in violations(results)] == []
    assert await page.evaluate(OUTSIDE) == []
    assert await page.evaluate('document.documentElement.scrollWidth <= innerWidth')


async def usable(page: Page) -> None:
    """Axe finds nothing, and nothing is outside of the smallest screen."""
    results = await Axe().run(page, options=OPTIONS)
    assert list(violations(results)) == []
    before = page.viewport_size
    await page.set_viewport_size({'width': NARROWEST, 'height': 640})
    await page.wait_for_function(f'innerWidth === {NARROWEST}')
    assert await page.evaluate(OUTSIDE) == []
    assert await page.evaluate('document.documentElement.scrollWidth') <= NARROWEST
    assert await page.evaluate('Math.abs(document.scrollingElement.scrollLeft)') == 0
    if before is not None:
        await page.set_viewport_size(before)
