"""How a text reads: the preview beside it, in real browsers."""

import re
from collections.abc import Awaitable, Callable

from playwright.async_api import Locator, Request, Route, expect

from tests.browser.conftest import EDITOR, WITHIN, Tab
from tests.support.rooms import becomes
from tests.support.running import Collab

Visitor = Callable[[], Awaitable[Tab]]

MARKDOWN = """# Meeting

Some **bold** words, a note[^1] and a [link](https://example.org).

| who | what |
|:--|--:|
| Ann | tea |

- [ ] buy milk
- [x] write
  1. [ ] inner

```python
def f(): return 'x'
```

Euler: $e^{i\\pi} = -1$, for $5 and $6.

$$
\\int_0^1 x
$$

```mermaid
graph TD; A-->B
```

[^1]: The note.
"""

LATER = re.compile('formula-|diagram-|code-|mermaid')
"""In the addresses of what most texts can do without."""

PAYLOADS = [
    '<script>window.hacked = 1</script>',
    '<img src=x onerror="window.hacked = 1">',
    '<svg onload="window.hacked = 1"></svg>',
    '<iframe srcdoc="<script>parent.hacked = 1</script>"></iframe>',
    '[a](javascript:window.hacked=1)',
    '[a](JaVaScRiPt:window.hacked=1)',
    '[a](javascript&colon;window.hacked=1)',
    '[a](&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;window.hacked=1)',
    '[a](data:text/html;base64,PHNjcmlwdD5wYXJlbnQuaGFja2VkPTE8L3NjcmlwdD4=)',
    '[a](vbscript:msgbox)',
    '[a](file:///etc/passwd)',
    '<javascript:window.hacked=1>',
    '![a](javascript:window.hacked=1)',
    '![a](x"onerror="window.hacked=1)',
    '![" onerror="window.hacked=1](/nothing.png)',
    '![a](https://tracker.example/pixel.png)',
    '[a](https://example.org "onmouseover=window.hacked=1")',
    '[x]: javascript:window.hacked=1\n[x]',
    '```"><img src=x onerror=window.hacked=1>\ncode\n```',
    '```html\n<img src=x onerror=window.hacked=1>\n```',
    '$\\href{javascript:window.hacked=1}{x}$',
    '$\\htmlData{x=1}{x}\\includegraphics{https://tracker.example/p.png}$',
    '$</span><img src=x onerror=window.hacked=1>$',
    '```mermaid\ngraph TD; A["<img src=x onerror=window.hacked=1>"]-->B; '
    'click A "javascript:window.hacked=1"\n```',
    '```mermaid\n%%{init: {"securityLevel": "loose", '
    '"themeCSS": "*{background:url(https://tracker.example/c)}"}}%%\n'
    'graph TD; A-->B; click A call alert()\n```',
    '- [ ] <img src=x onerror=window.hacked=1>',
    '- [ ] " onclick="window.hacked=1',
    '[^a]\n\n[^a]: <img src=x onerror=window.hacked=1>',
    '| <svg/onload=window.hacked=1> |\n|--|\n| [a](javascript:window.hacked=1) |',
    '<a id=__collab></a><form name=body><input name=cookie>',
]


def preview(tab: Tab) -> Locator:
    return tab.page.get_by_test_id('preview')


async def choose(tab: Tab, mode: str) -> None:
    await tab.page.get_by_role('button', name=mode, exact=True).click()


async def test_a_text_is_shown_as_it_reads_and_follows_while_others_type(
    collab: Collab, visitor: Visitor
) -> None:
    await collab.create('doc', text=MARKDOWN)
    ann, bob = [await (await visitor()).open(f'{collab.url}/d/doc') for _ in range(2)]
    await expect(preview(ann)).to_be_hidden()
    await choose(ann, 'Both')
    shown = preview(ann)
    await expect(shown.get_by_role('heading', name='Meeting')).to_be_visible()
    await expect(shown.locator('strong')).to_have_text('bold')
    await expect(shown.locator('td[align=right]')).to_have_text('tea')
    await expect(shown.locator('sup a')).to_have_count(1)
    await expect(shown.get_by_role('link', name='link')).to_have_attribute('rel', 'noopener noreferrer')
    await expect(shown.locator('.hljs-keyword')).to_have_text(['def', 'return'])
    await expect(shown.locator('math')).to_have_count(2)
    await expect(shown.get_by_text('for $5 and $6.')).to_be_visible()
    await expect(shown.locator('img.preview-diagram')).to_be_visible()
    await bob.content.click()
    await bob.page.keyboard.press('Control+End')
    await bob.page.keyboard.type('\n\n## Later\n')
    await expect(shown.get_by_role('heading', name='Later')).to_be_visible()


async def test_the_chosen_way_is_kept_and_reading_hides_the_text(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', text='# Hello')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    await choose(ann, 'Read')
    await expect(ann.content).to_be_hidden()
    await expect(preview(ann).get_by_role('heading')).to_have_text('Hello')
    await ann.page.reload()
    await ann.saved()
    await expect(ann.content).to_be_hidden()
    await expect(preview(ann).get_by_role('heading')).to_have_text('Hello')
    await choose(ann, 'Write')
    await expect(ann.content).to_be_visible()
    await expect(preview(ann)).to_be_hidden()


async def test_a_ticked_task_is_one_edit_that_can_be_taken_back(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', text=MARKDOWN)
    ann, bob = [await (await visitor()).open(f'{collab.url}/d/doc') for _ in range(2)]
    await choose(ann, 'Both')
    boxes = preview(ann).get_by_role('checkbox')
    await expect(boxes).to_have_count(3)
    await expect(boxes.nth(1)).to_be_checked()
    await ann.content.click()
    await ann.page.keyboard.press('Control+Home')
    await ann.page.keyboard.type('Before ')
    await boxes.nth(2).click()
    ticked = 'Before ' + MARKDOWN.replace('[ ] inner', '[x] inner')
    await bob.has(ticked)
    await boxes.nth(1).click()
    await bob.has(ticked.replace('[x] write', '[ ] write'))
    await ann.content.focus()
    await ann.page.keyboard.press('Control+z')
    await bob.has(ticked)
    await ann.page.keyboard.press('Control+z')
    await bob.has('Before ' + MARKDOWN)
    await expect(boxes.nth(2)).not_to_be_checked()


async def test_a_task_is_ticked_where_it_is_by_now(collab: Collab, visitor: Visitor) -> None:
    """Others write above it between what is shown and the click."""
    await collab.create('doc', text='- [ ] one\n- [ ] two\n')
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    await choose(ann, 'Both')
    await expect(preview(ann).get_by_role('checkbox')).to_have_count(2)
    await ann.page.evaluate(
        f"""() => {{
            const box = document.querySelectorAll('.preview-task')[1];
            {EDITOR}.view.dispatch({{changes: {{from: 0, insert: '- [ ] zero\\n'}}}});
            box.click();
        }}"""
    )
    await ann.has('- [ ] zero\n- [ ] one\n- [x] two\n')


async def test_text_and_preview_scroll_in_step(collab: Collab, visitor: Visitor) -> None:
    sections = [f'## Section {n}\n\n' + 'Some words of it. ' * 40 for n in range(60)]
    await collab.create('doc', text='\n\n'.join(sections))
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    await choose(ann, 'Both')
    last = preview(ann).get_by_role('heading', name='Section 40', exact=True)
    await expect(last).to_be_attached()
    await expect(last).not_to_be_in_viewport()
    line = 40 * 4 + 1
    await ann.page.evaluate(
        f'getElement(document.querySelector(".collab-editor").id.slice(1)).revealLine({line})'
    )
    await expect(last).to_be_in_viewport()
    await preview(ann).hover()
    await ann.page.mouse.wheel(0, -1_000_000)
    await expect(ann.page.locator('.cm-line', has_text='Section 0')).to_be_in_viewport()


async def test_nothing_that_is_written_runs_or_fetches_anything(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', text='\n\n'.join([*PAYLOADS, 'The end.']))
    ann = await visitor()
    foreign: list[str] = []

    def asked(request: Request) -> None:
        if not request.url.startswith((collab.url, 'data:', 'blob:')):
            foreign.append(request.url)

    ann.page.on('request', asked)
    await ann.page.add_init_script("localStorage.setItem('collab-mode', 'both')")
    await ann.open(f'{collab.url}/d/doc')
    await expect(preview(ann).get_by_text('The end.')).to_be_visible()
    await expect(preview(ann).locator('img.preview-diagram')).to_have_count(2)
    links = (
        await preview(ann)
        .locator('a[href]')
        .evaluate_all('all => all.map(a => [a.protocol, a.rel, a.target])')
    )
    assert len(links) >= 4
    assert {protocol for protocol, *_ in links} <= {'http:', 'https:', 'mailto:'}
    bad = await preview(ann).evaluate(
        """root => [...root.querySelectorAll('*')].filter(element =>
            /^(script|iframe|svg|style|form|object|embed)$/i.test(element.tagName) ||
            [...element.attributes].some(({name}) =>
                /^on|^srcdoc|^style/.test(name) && !element.closest('math')
            )
        ).map(element => element.outerHTML)"""
    )
    assert bad == []
    for thing in await preview(ann).locator('.preview-block *').all():
        await thing.dispatch_event('mouseover')
    await ann.page.evaluate('new Promise(requestAnimationFrame)')
    assert await ann.page.evaluate('window.hacked') is None
    assert foreign == []


async def test_what_draws_formulas_diagrams_and_programs_is_fetched_when_there_is_one(
    collab: Collab, visitor: Visitor
) -> None:
    await collab.create('doc', text='# Plain\n\nOnly **words**, and `code` in a line.\n\n')
    ann = await visitor()
    asked: list[str] = []
    ann.page.on('request', lambda request: asked.append(request.url))
    await ann.open(f'{collab.url}/d/doc')
    await choose(ann, 'Both')
    await expect(preview(ann).locator('strong')).to_have_text('words', timeout=WITHIN)
    await ann.page.wait_for_load_state('networkidle')
    assert any('/blocks-' in url for url in asked)
    assert [url for url in asked if LATER.search(url)] == []
    await ann.content.click()
    await ann.page.keyboard.press('Control+End')
    await ann.page.keyboard.type('$a$')
    await expect(preview(ann).locator('math')).to_have_count(1, timeout=WITHIN)
    assert {kind for url in asked for kind in LATER.findall(url)} == {'formula-'}


async def test_on_a_phone_it_is_one_or_the_other(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', text='# Hello\n\n' + '| wide |' * 30 + '\n' + '|--|' * 30 + '\n')
    ann = await visitor()
    await ann.page.set_viewport_size({'width': 320, 'height': 640})
    await ann.page.add_init_script("localStorage.setItem('collab-mode', 'both')")
    await ann.open(f'{collab.url}/d/doc')
    await expect(ann.content).to_be_visible()
    await expect(preview(ann)).to_be_hidden()
    await expect(ann.page.get_by_role('button', name='Both', exact=True)).to_be_hidden()
    await choose(ann, 'Read')
    await expect(preview(ann).get_by_role('heading')).to_be_visible()
    assert await ann.page.evaluate('document.documentElement.scrollWidth') <= 320


async def test_typing_does_not_wait_for_the_preview_of_a_long_text(collab: Collab, visitor: Visitor) -> None:
    """Of 100 kB, only the paragraph that changed is made anew."""
    paragraph = 'Words **and** more [words](https://example.org) `of` it. ' * 4
    await collab.create('doc', text='\n\n'.join([paragraph] * 450))
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    await choose(ann, 'Both')
    blocks = preview(ann).locator('.preview-block')
    await expect(blocks).to_have_count(450)
    await ann.page.evaluate('document.querySelectorAll(".preview-block").forEach(block => block.kept = true)')
    await ann.content.click()
    await ann.page.keyboard.press('Control+Home')
    await ann.page.keyboard.type('typed')
    await expect(blocks.first).to_contain_text('typed', timeout=WITHIN)
    kept = await blocks.evaluate_all('all => all.filter(block => block.kept).length')
    assert kept == 449


async def test_where_it_cannot_be_loaded_the_text_is_read_as_it_is_written_until_it_can(
    collab: Collab, visitor: Visitor
) -> None:
    await collab.create('doc', text='# Hello')
    ann, bob = [await (await visitor()).open(f'{collab.url}/d/doc') for _ in range(2)]
    failed: list[str] = []
    warnings: list[str] = []

    async def fail(route: Route) -> None:
        failed.append(route.request.url)
        await route.abort()

    ann.page.on('console', lambda message: warnings.append(f'{message.type}: {message.text}'))
    await ann.page.route('**/blocks-*.js', fail)
    await choose(ann, 'Read')
    await expect(preview(ann)).to_have_text('# Hello')
    await bob.content.click()
    await bob.page.keyboard.press('Control+End')
    await bob.page.keyboard.type(' there')
    await expect(preview(ann)).to_have_text('# Hello there', timeout=WITHIN)
    await becomes(lambda: len(set(failed)) < len(failed))
    assert any(line.startswith('warning: Collab:') for line in warnings)
    await ann.page.unroute('**/blocks-*.js')
    await expect(preview(ann).get_by_role('heading')).to_have_text('Hello there', timeout=WITHIN)
