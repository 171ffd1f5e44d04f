"""What people paste and drop into a text, in real browsers."""

import struct
import zlib
from base64 import b64encode
from collections.abc import Awaitable, Callable

import httpx
import pytest
from playwright.async_api import Route, expect

from tests.browser.conftest import EDITOR, WITHIN, Tab
from tests.support.running import Collab

Visitor = Callable[[], Awaitable[Tab]]

PASTE = """([html, text, kind]) => {
    const data = new DataTransfer();
    if (html) data.setData('text/html', html);
    data.setData('text/plain', text);
    if (kind) data.setData(kind, '{}');
    document.querySelector('.cm-content').dispatchEvent(
        new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
}"""
DROP = f"""([files, at]) => {{
    const data = new DataTransfer();
    for (const [name, type, bytes] of files) {{
        data.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name, {{type}}));
    }}
    const view = {EDITOR}.view;
    const {{left, top}} = view.coordsAtPos(at);
    const where = {{clientX: left + 1, clientY: top + 5, bubbles: true, cancelable: true}};
    view.contentDOM.dispatchEvent(new DragEvent('drop', {{...where, dataTransfer: data}}));
}}"""
OVER = """(selector) => {
    const data = new DataTransfer();
    data.items.add(new File(['words'], 'notes.txt', {type: 'text/plain'}));
    const over = new DragEvent('dragover', {dataTransfer: data, bubbles: true, cancelable: true});
    return !document.querySelector(selector).dispatchEvent(over);
}"""
PASTE_PICTURE = """([name, type, bytes]) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name, {type}));
    document.querySelector('.cm-content').dispatchEvent(
        new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
}"""


def png() -> bytes:
    """A red pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))

    head = chunk(b'IHDR', struct.pack('>IIBBBBB', 1, 1, 8, 2, 0, 0, 0))
    return (
        b'\x89PNG\r\n\x1a\n' + head + chunk(b'IDAT', zlib.compress(b'\x00\xff\x00\x00')) + chunk(b'IEND', b'')
    )


def file(name: str, kind: str = 'image/png', data: bytes | None = None) -> list[str]:
    return [name, kind, b64encode(png() if data is None else data).decode()]


GOOGLE = (
    '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr">'
    '<span style="font-weight:700;">Bold</span><span style="font-weight:400;"> and </span>'
    '<span style="font-style:italic;">slanted</span></p></b>'
)
TABLE = '<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>'
RICH = [
    ('<h2>A</h2><p><b>Bold</b>, <i>slant</i>, <s>gone</s>.</p>', '## A\n\n**Bold**, *slant*, ~~gone~~.'),
    ('<ul><li>one</li><li>two<ul><li>three</li></ul></li></ul>', '- one\n- two\n  - three'),
    ('<ol><li>one</li><li>two</li></ol>', '1. one\n2. two'),
    ('<p><a href="https://a.example/x">here</a></p>', '[here](https://a.example/x)'),
    (TABLE, '| a   | b   |\n| --- | --- |\n| 1   | 2   |'),
    ('<p>x</p><pre><code>a = 1\nb = 2</code></pre>', 'x\n\n```\na = 1\nb = 2\n```'),
    ('<blockquote><p>said</p></blockquote>', '> said'),
    (GOOGLE, '**Bold** and *slanted*'),
]  # fmt: skip
EVIL = [
    '<b>x</b><img src=x onerror="window.hacked=1">',
    '<b>x</b><script>window.hacked=1</script>',
    '<b>x</b><a href="javascript:window.hacked=1">click</a>',
    '<b>x</b><svg onload="window.hacked=1"></svg>',
    '<b>x</b><iframe srcdoc="<script>parent.hacked=1</script>"></iframe>',
    '<b onmouseover="window.hacked=1">x</b>',
    '<b>x</b><style>*{background:url(/stolen)}</style><link rel=stylesheet href=/stolen><img src=/stolen>',
    '<b>x</b>&lt;img src=x onerror=window.hacked=1&gt;',
]


EVIL_NAMES = (
    '](javascript:window.hacked=1).png',
    '"onerror=window.hacked=1 x=".png',
    '<svg onload=window.hacked=1>.png',
)


async def paste(tab: Tab, html: str, text: str, kind: str = '') -> None:
    await tab.content.focus()
    await tab.page.evaluate(PASTE, [html, text, kind])


async def test_formatted_text_becomes_markdown_in_one_step(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    for html, markdown in RICH:
        await ann.content.fill('before ')
        await ann.page.keyboard.press('Control+End')
        await paste(ann, html, 'plain')
        await ann.has(f'before {markdown}')
        await ann.page.keyboard.type('!')
        await ann.has(f'before {markdown}!')
        await ann.page.keyboard.press('Control+z')
        await ann.page.keyboard.press('Control+z')
        await ann.has('before ')


@pytest.mark.parametrize(
    ('html', 'kind'),
    [
        ('', ''),
        ('<meta charset="utf-8"><span>plain *words*</span>', ''),
        ('<div style="font-family: Consolas, monospace; white-space: pre;"><b>x</b></div>', ''),
        ('<pre style="color:#080"><b>x</b></pre>', ''),
        ('<b>x</b>', 'vscode-editor-data'),
    ],
)
async def test_what_is_plain_or_a_program_stays_as_it_is(
    collab: Collab, visitor: Visitor, html: str, kind: str
) -> None:
    await collab.create('doc')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    await paste(ann, html, 'plain *words*', kind)
    await ann.has('plain *words*')


async def test_within_code_and_in_other_languages_it_stays_plain(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', text='```\n\n```\n')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    await expect(ann.page.locator('.cm-line span').first).to_be_visible()  # its grammar is there
    await ann.content.focus()
    await ann.page.evaluate(f'{EDITOR}.view.dispatch({{selection: {{anchor: 4}}}})')
    await paste(ann, '<b>x</b>', 'x')
    await ann.has('```\nx\n```\n')
    await ann.page.locator('.collab-language').click()
    await ann.page.get_by_role('option', name='Plain text').click()
    await expect(ann.page.locator('.collab-language')).to_have_text('Plain text', timeout=WITHIN)
    await ann.content.fill('')
    await paste(ann, '<b>y</b>', 'y')
    await ann.has('y')


async def test_nothing_in_what_is_pasted_runs_or_is_fetched(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    asked: list[str] = []
    ann.page.on('request', lambda request: asked.append(request.url))
    await ann.page.get_by_role('button', name='Both', exact=True).click()
    for html in EVIL:
        await ann.content.fill('')
        await paste(ann, html, 'plain')
        await ann.page.wait_for_function(f'{EDITOR}.view.state.doc.toString().includes("x")')
    await ann.page.wait_for_function(
        'document.querySelector(".collab-preview").textContent.includes("onerror")'
    )
    assert await ann.page.evaluate('window.hacked') is None
    assert 'javascript:' not in await ann.text()
    assert [url for url in asked if 'stolen' in url or url.endswith('/x')] == []


async def test_a_picture_is_put_where_it_was_dropped_while_another_writes(
    collab: Collab, visitor: Visitor
) -> None:
    await collab.create('doc', text='one two three')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    bob = await (await visitor()).open(f'{collab.url}/d/doc')
    held: list[Route] = []

    async def hold(route: Route) -> None:
        held.append(route)

    await ann.page.route('**/images', hold)
    await ann.page.evaluate(DROP, [[file('my [photo]_1.png')], 4])
    await expect(ann.page.locator('.cm-collab-pending')).to_contain_text('Uploading my [photo]_1.png')
    await expect(ann.page.get_by_role('status').filter(has_text='Uploading my')).to_be_visible()
    await bob.content.focus()
    await bob.page.keyboard.press('Control+Home')
    await bob.page.keyboard.type('zero ')
    await ann.has('zero one two three')
    await ann.page.wait_for_function('true')
    assert len(held) == 1
    await held[0].continue_()
    await expect(ann.page.locator('.cm-collab-pending')).to_have_count(0, timeout=WITHIN)
    await ann.saved()
    text = await ann.text()
    before, link, behind = text.partition('![my photo 1](/d/doc/images/')
    assert (before, bool(link)) == ('zero one ', True)
    assert behind.endswith('.png)two three')
    await bob.has(text)

    await bob.page.get_by_role('button', name='Both', exact=True).click()
    picture = bob.page.get_by_test_id('preview').get_by_role('img', name='my photo 1')
    await expect(picture).to_be_visible(timeout=WITHIN)
    await bob.page.wait_for_function('document.querySelector(".collab-preview img").naturalWidth === 1')
    await ann.content.focus()
    await ann.page.keyboard.press('Control+z')
    for tab in (ann, bob):
        await tab.has('zero one two three')


async def test_a_picture_is_pasted_and_the_cursor_goes_behind_it(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', text='one')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    await ann.content.focus()
    await ann.page.keyboard.press('Control+End')
    await ann.page.evaluate(PASTE_PICTURE, file('image.png'))
    await ann.page.wait_for_function(f'{EDITOR}.view.state.doc.toString().endsWith(".png)")')
    await ann.page.keyboard.type(' two')
    await ann.saved()
    text = await ann.text()
    assert text.startswith('one![image](/d/doc/images/')
    assert text.endswith('.png) two')
    address = text.split('(')[1].split(')')[0]
    async with httpx.AsyncClient() as client:
        assert (await client.get(collab.url + address)).content == png()


async def test_several_pictures_come_in_their_order(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', text='ab')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    files = [file(f'{name}.png', data=png() + name.encode()) for name in ('first', 'second', 'third')]
    await ann.page.evaluate(DROP, [files, 1])
    await ann.page.wait_for_function(f'{EDITOR}.view.state.doc.toString().split("![").length === 4')
    text = await ann.text()
    assert text[0] == 'a'
    assert text[-1] == 'b'
    assert text.index('![first]') < text.index('![second]') < text.index('![third]')


async def test_what_cannot_be_uploaded_is_said_in_words_and_leaves_the_text_alone(
    collab: Collab, visitor: Visitor
) -> None:
    await collab.create('doc', text='one')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    alert = ann.page.get_by_role('alert')
    await ann.page.evaluate(DROP, [[file('x.svg', 'image/svg+xml', b'<svg/>')], 1])
    await expect(alert).to_have_text('x.svg was not uploaded: only PNG, JPEG, GIF and WebP can be shown.')
    evil = '<img src=x onerror=window.hacked=1>.png'
    await ann.page.evaluate(DROP, [[file(evil, data=b'<script>')], 1])
    await expect(alert).to_have_text(
        f'{evil} was not uploaded: only PNG, JPEG, GIF and WebP can be shown.', timeout=WITHIN
    )
    await ann.page.evaluate(DROP, [[file('big.png', data=png() + bytes(5_000_000))], 1])
    await expect(alert).to_have_text('big.png was not uploaded: it is larger than 5 MB.')
    await ann.page.route('**/images', lambda route: route.abort())
    await ann.page.evaluate(DROP, [[file('y.png')], 1])
    await expect(alert).to_have_text('y.png was not uploaded: the connection was lost. Try again.')
    await expect(ann.page.locator('.cm-collab-pending')).to_have_count(0)
    await ann.has('one')
    assert await ann.page.evaluate('window.hacked') is None
    assert await collab.text('doc') == 'one'


async def test_a_name_of_a_file_is_words_and_nothing_else(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    await ann.page.get_by_role('button', name='Both', exact=True).click()
    for name in (
        '](javascript:window.hacked=1).png',
        '"onerror=window.hacked=1 x=".png',
        '<svg onload=window.hacked=1>.png',
    ):
        await ann.content.fill('')
        await expect(ann.page.locator('.collab-preview img')).to_have_count(0)
        await ann.page.evaluate(DROP, [[file(name)], 0])
        await ann.page.wait_for_function('document.querySelector(".collab-preview img")')
        assert (await ann.text()).count('(') == 1
    assert await ann.page.evaluate('window.hacked') is None


async def test_a_file_held_beside_the_text_does_not_take_the_page_away(
    collab: Collab, visitor: Visitor
) -> None:
    await collab.create('doc')
    page = (await (await visitor()).open(f'{collab.url}/d/doc')).page
    assert await page.evaluate(OVER, '[data-testid="title"]')
    assert await page.evaluate(OVER, 'body')
    assert not await page.evaluate(OVER, '.cm-content')
