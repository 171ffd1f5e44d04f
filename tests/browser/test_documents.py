"""Files in a real browser: twenty dropped at once and found by keyboard alone, and taken along again."""

from base64 import b64encode
from pathlib import Path
from zipfile import ZipFile

from playwright.async_api import expect

from collab.files.word import word
from tests.browser.conftest import WITHIN
from tests.browser.editors import Visitor
from tests.support.injections import INJECTIONS
from tests.support.running import Collab

DROP = """(files) => {
    const dataTransfer = new DataTransfer();
    for (const [name, text, base64] of files) {
        const data = base64 ? Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)) : text;
        dataTransfer.items.add(new File([data], name));
    }
    for (const kind of ['dragover', 'drop']) {
        document.body.dispatchEvent(new DragEvent(kind, {dataTransfer, bubbles: true, cancelable: true}));
    }
}"""

HOLD = """(kind) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['words'], 'note.txt'));
    document.body.dispatchEvent(new DragEvent(kind, {dataTransfer, bubbles: true, cancelable: true}));
}"""
VEIL = """() => {
    const {content, backgroundColor, width} =
        getComputedStyle(document.querySelector('.nicegui-content'), '::after');
    const opaque = Number(backgroundColor.match(/[/,] *([0-9.]+)\\)$/)?.[1] ?? 1);
    return [content, opaque, parseFloat(width) > 0.8 * innerWidth];
}"""

SAVE = """async () => {
    const answer = await fetch(location.pathname.replace('/d/', '/api/documents/') + '/export/html');
    const href = URL.createObjectURL(await answer.blob());
    Object.assign(document.createElement('a'), {href, download: 'x.html'}).click();
}"""


async def test_who_holds_files_over_the_page_reads_what_becomes_of_them(
    collab: Collab, visitor: Visitor
) -> None:
    page = (await visitor()).page
    await page.goto(collab.url)
    await page.wait_for_function('window.collabDrop', timeout=WITHIN)
    await page.evaluate(HOLD, 'dragover')
    content, opaque, wide = await page.evaluate(VEIL)
    assert content == '"Let go, and each file becomes a document."'
    assert opaque > 0.9
    assert wide
    await page.evaluate(HOLD, 'dragleave')
    assert (await page.evaluate(VEIL))[0] == 'none'


async def test_twenty_files_are_dropped_and_one_is_found_by_keyboard_alone(
    collab: Collab, visitor: Visitor
) -> None:
    page = (await visitor()).page
    await page.goto(collab.url)
    await page.wait_for_function('window.collabDrop', timeout=WITHIN)  # now it takes what is dropped
    files = [[f'note-{number}.txt', f'This is note number {number}.'] for number in range(19)]
    await page.evaluate(DROP, [*files, ['photo.png', 'no text']])
    await expect(page.get_by_text('19 documents imported.')).to_be_visible(timeout=WITHIN)
    await expect(page.get_by_text('“photo.png” is no text, Markdown, web page or Word file')).to_be_visible()
    rows = page.get_by_test_id('document-row')
    await expect(rows).to_have_count(19, timeout=WITHIN)

    await page.keyboard.press('/')
    await page.keyboard.type('number 17')
    await expect(rows).to_have_count(1, timeout=WITHIN)
    await expect(rows.locator('.document-line mark')).to_have_text(['number', '17'])
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


async def test_twenty_files_of_every_kind_at_once_and_what_is_refused_is_named(
    collab: Collab, visitor: Visitor
) -> None:
    page = (await visitor()).page
    await page.goto(collab.url)
    await page.wait_for_function('window.collabDrop')
    files = [[f'page-{number}.html', f'<h1>Page {number}</h1><p>Tea'] for number in range(6)]
    files += [[f'text-{number}.txt', f'Text {number}'] for number in range(10)]
    plan = b64encode(word('', '# The plan\n\n- [x] bought\n', 'en')).decode()
    files += [
        ['plan.docx', plan, 'base64'],
        ['broken.docx', 'PK'],
        ['photo.png', 'no text'],
        ['old.doc', 'x'],
    ]
    await page.evaluate(DROP, files)
    await expect(page.get_by_text('17 documents imported.')).to_be_visible(timeout=4 * WITHIN)
    for words in ('“broken.docx” is not a Word document', '“photo.png” is no text', '“old.doc” is no text'):
        await expect(page.get_by_text(words)).to_be_visible()
    await expect(page.get_by_test_id('document-row')).to_have_count(17, timeout=WITHIN)
    await page.get_by_role('link', name='The plan').click()
    await expect(page.locator('.cm-content')).to_contain_text('☑ bought', timeout=WITHIN)


async def test_a_document_is_taken_along_as_markdown_word_and_pdf(
    collab: Collab, visitor: Visitor, tmp_path: Path
) -> None:
    await collab.create('plan', title='Our plan', text='# Plan\n\n- [x] tea \t\n')
    tab = await (await visitor()).open(f'{collab.url}/d/plan')
    page = tab.page
    for name, file in (('Markdown', 'Our plan.md'), ('Word', 'Our plan.docx'), ('PDF', 'Our plan.pdf')):
        await page.get_by_role('button', name='More').click()
        await page.get_by_text('Export…').click()
        async with page.expect_download(timeout=2 * WITHIN) as download:
            await page.locator('.offer').filter(has=page.get_by_text(name, exact=True)).click()
        found = await download.value
        assert found.suggested_filename == file
        await found.save_as(tmp_path / file)
        await expect(page.get_by_role('dialog')).to_be_hidden(timeout=WITHIN)
    assert (tmp_path / 'Our plan.md').read_bytes() == b'# Plan\n\n- [x] tea \t\n'
    assert (tmp_path / 'Our plan.pdf').read_bytes().startswith(b'%PDF')
    with ZipFile(tmp_path / 'Our plan.docx') as archive:
        assert '☑'.encode() in archive.read('word/document.xml')


async def test_a_document_too_long_for_a_pdf_is_not_saved_as_an_error(
    collab: Collab, visitor: Visitor
) -> None:
    await collab.create('long', title='Long', text='x' * 1_000_001)
    page = (await visitor()).page
    await page.goto(collab.url)
    await page.get_by_role('button', name='More').click()
    await page.get_by_text('Export…').click()
    await page.locator('.offer', has_text='PDF').click()
    await expect(page.get_by_text('too long for a file of this kind')).to_be_visible(timeout=WITHIN)


async def test_nothing_in_names_pages_or_templates_runs(
    collab: Collab, visitor: Visitor, tmp_path: Path
) -> None:
    tab = await visitor()
    page = tab.page
    ran: list[str] = []
    await page.expose_function('ran', lambda *words: ran.append(str(words)))
    await page.goto(collab.url)
    await page.wait_for_function('window.collabDrop')
    whole = ''.join(f'<p>{evil}</p>' for evil in INJECTIONS)
    names = [evil.replace('/', '|') for evil in INJECTIONS[:12]]
    await page.evaluate(
        DROP, [['all.html', f'<h1>Everything</h1>{whole}'], *([f'{name}.txt', name] for name in names)]
    )
    await expect(page.get_by_text('13 documents imported.')).to_be_visible(timeout=4 * WITHIN)
    row = page.get_by_test_id('document-row').filter(has_text='<script>').first
    await row.get_by_role('button', name='More').click()
    await page.get_by_text('Keep as template').click()
    await expect(page.get_by_text('is a template of yours now')).to_be_visible(timeout=WITHIN)
    await page.get_by_role('button', name='From a template').click()
    await page.get_by_role('button', name='Remove').click()
    await expect(page.get_by_role('button', name='Remove')).to_have_count(0, timeout=WITHIN)
    await expect(page.get_by_role('button', name='Close')).to_be_focused()  # and not the page behind
    await page.keyboard.press('Escape')
    await page.get_by_role('link', name='Everything').click()
    await tab.saved()
    await page.keyboard.press('Control+k')
    await page.keyboard.type('preview')
    await page.keyboard.press('Enter')
    await expect(page.get_by_test_id('preview')).to_contain_text('Everything', timeout=WITHIN)
    async with page.expect_download(timeout=2 * WITHIN) as download:
        await page.evaluate(SAVE)
    await (await download.value).save_as(tmp_path / 'x.html')
    requests: list[str] = []
    page.on('request', lambda request: requests.append(request.url))
    await page.goto((tmp_path / 'x.html').as_uri())
    await expect(page.get_by_role('heading', name='Everything')).to_be_visible()
    assert [url for url in requests if not url.endswith('/x.html')] == []
    assert ran == []
