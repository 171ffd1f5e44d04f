"""People who write together notice each other, in real browsers."""

import asyncio
from collections.abc import Awaitable, Callable

from playwright.async_api import Browser, expect

from tests.browser.conftest import WITHIN, Tab
from tests.support.running import Collab

Visitor = Callable[[], Awaitable[Tab]]
FLAG = 'opacity => getComputedStyle(document.querySelector(".cm-collab-flag")).opacity === opacity'
LONG = '# Top\n\n' + 'A line of words.\n\n' * 150 + '## Bottom\n\nThe end.'


async def be(tab: Tab, name: str) -> None:
    """Take this name."""
    await tab.page.locator('.me button.face').click()
    await tab.page.get_by_label('Your name').fill(name)
    await tab.page.get_by_role('button', name='Save').click()
    await expect(tab.page.locator('.me')).to_contain_text(name, timeout=WITHIN)
    await expect(tab.page.locator('.q-dialog')).to_have_count(0, timeout=WITHIN)


async def test_a_face_leads_to_its_cursor_and_one_can_stay_with_it(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', text=LONG)
    ann, bob = [await (await visitor()).open(f'{collab.url}/d/doc') for _ in range(2)]
    await be(bob, 'Bob')
    await bob.content.click()
    await bob.page.keyboard.press('Control+End')
    flag, end = ann.page.locator('.cm-collab-caret'), ann.page.locator('.cm-line', has_text='The end.')
    await expect(ann.page.get_by_role('button', name='Bob')).to_be_visible(timeout=WITHIN)
    mine = ann.page.get_by_test_id('presence-person').last  # for the eye and for the Tab key
    await expect(mine).to_contain_text('(you)')
    await expect(ann.page.locator('.collab-edge.below')).to_have_text('↓ Bob', timeout=WITHIN)
    await expect(end).to_have_count(0)

    await ann.page.get_by_role('button', name='Bob').click()
    await expect(end).to_be_in_viewport(timeout=WITHIN)
    await expect(flag).to_be_in_viewport()
    await expect(ann.page.locator('.collab-edge.below')).to_be_empty()
    note = ann.page.locator('.collab-following')
    await expect(note).to_contain_text('Here is Bob')
    await note.get_by_role('button', name='Follow').click()
    await expect(note).to_contain_text('Following Bob')
    await bob.page.keyboard.press('Control+Home')
    await expect(ann.page.locator('.cm-line', has_text='# Top')).to_be_in_viewport(timeout=WITHIN)

    await ann.content.click()
    await ann.page.keyboard.type('!')
    await expect(note).to_contain_text('No longer following Bob')
    await bob.page.keyboard.press('Control+End')
    await expect(ann.page.locator('.collab-edge.below')).to_have_text('↓ Bob', timeout=WITHIN)
    await ann.page.locator('.collab-edge.below button').click()
    await expect(end).to_be_in_viewport(timeout=WITHIN)


async def test_beyond_the_faces_every_name_leads_to_a_cursor_by_click_and_by_keyboard(
    collab: Collab, visitor: Visitor
) -> None:
    await collab.create('doc', text=LONG)
    ann = await (await visitor()).open(f'{collab.url}/d/doc')
    await ann.page.set_viewport_size({'width': 360, 'height': 740})  # there is room for no other face
    bob = await (await visitor()).open(f'{collab.url}/d/doc')
    await be(bob, '<b>Bob</b>')
    await bob.content.click()
    await bob.page.keyboard.press('Control+End')
    end, top = (
        ann.page.locator('.cm-line', has_text='The end.'),
        ann.page.locator('.cm-line', has_text='# Top'),
    )
    count = ann.page.get_by_test_id('presence-count')
    name = ann.page.get_by_role('dialog', name='People here').get_by_role('button', name='<b>Bob</b>')
    await expect(ann.page.locator('.collab-edge.below')).to_have_text('↓ <b>Bob</b>', timeout=WITHIN)

    await count.click()
    await name.click()
    await expect(end).to_be_in_viewport(timeout=WITHIN)
    await expect(name).to_be_hidden()
    note = ann.page.locator('.collab-following')
    await expect(note).to_contain_text('Here is <b>Bob</b>')

    await bob.page.keyboard.press('Control+Home')
    await expect(ann.page.locator('.collab-edge.above')).to_have_text('↑ <b>Bob</b>', timeout=WITHIN)
    await count.press('Enter')
    await expect(name).to_be_visible()
    await ann.page.keyboard.press('Tab')
    await expect(name).to_be_focused()
    await ann.page.keyboard.press('Enter')
    await expect(top).to_be_in_viewport(timeout=WITHIN)
    await expect(count).to_be_focused()
    await note.get_by_role('button', name='Follow').press('Enter')
    await expect(note).to_contain_text('Following <b>Bob</b>')


async def test_a_meeting_of_three_writes_ticks_and_follows(
    collab: Collab, visitor: Visitor, browser: Browser
) -> None:
    """Ann writes, Bob reads beside her, and Cem has a phone."""
    await collab.create('doc', title='Meeting')
    ann, bob, cem = [await visitor() for _ in range(3)]
    await cem.page.set_viewport_size({'width': 390, 'height': 844})
    for tab, name in ((ann, 'Ann'), (bob, 'Bob'), (cem, 'Cem')):
        await tab.open(f'{collab.url}/d/doc')
        await be(tab, name)
    await expect(ann.page.get_by_test_id('company')).to_contain_text('joined', timeout=WITHIN)
    await bob.page.get_by_role('button', name='Both', exact=True).click()
    await cem.page.get_by_role('button', name='Read', exact=True).click()

    await ann.content.click()
    await ann.page.keyboard.type('# Agenda\n\n')
    await ann.page.keyboard.press('Control+Shift+9')
    await ann.page.keyboard.type('call the baker', delay=60)
    await expect(bob.page.locator('.collab-typing')).to_have_text('Ann is writing…', timeout=WITHIN)
    task = cem.page.get_by_test_id('preview').get_by_role('checkbox')
    await expect(task).not_to_be_checked(timeout=WITHIN)
    await task.click()
    for tab in (ann, bob, cem):
        await tab.has('# Agenda\n\n- [x] call the baker')
    await expect(bob.page.get_by_test_id('preview').get_by_role('checkbox')).to_be_checked(timeout=WITHIN)

    await ann.page.keyboard.press('Enter')
    await ann.page.keyboard.press('Enter')
    await ann.page.keyboard.insert_text('words\n\n' * 100 + '## Decisions\n\n')
    await bob.page.get_by_test_id('presence').get_by_role('button', name='Ann').click()
    await bob.page.locator('.collab-following').get_by_role('button', name='Follow').click()
    decided = bob.page.get_by_test_id('preview').get_by_role('heading', name='Decisions')
    await expect(decided).to_be_in_viewport(timeout=WITHIN)
    await cem.page.context.close()
    await expect(bob.page.get_by_test_id('company')).to_contain_text('Cem left.', timeout=2 * WITHIN)
    await expect(bob.page.locator('.collab-typing')).to_be_empty(timeout=WITHIN)


async def test_the_name_at_a_cursor_is_shown_when_it_moves_and_fades(
    collab: Collab, visitor: Visitor
) -> None:
    await collab.create('doc', text='one two')
    ann, bob = [await (await visitor()).open(f'{collab.url}/d/doc') for _ in range(2)]
    await bob.content.click()
    await expect(ann.page.locator('.cm-collab-flag')).to_have_count(1, timeout=WITHIN)
    await ann.page.mouse.move(0, 0)  # a name is shown near the pointer, too
    await ann.page.wait_for_function(FLAG, arg='0', timeout=WITHIN)
    seen = asyncio.create_task(ann.page.wait_for_function(FLAG, arg='1', timeout=WITHIN))
    await bob.page.keyboard.press('Home')
    await seen
    await ann.page.wait_for_function(FLAG, arg='0', timeout=WITHIN)
    await expect(ann.page.locator('.cm-collab-caret')).to_be_in_viewport()


async def test_a_name_is_shown_to_the_others_and_never_run(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc')
    ann, eve = [await (await visitor()).open(f'{collab.url}/d/doc') for _ in range(2)]
    evil = '<img src=x onerror=window.hacked=1>'
    await be(eve, evil)
    face = ann.page.get_by_test_id('presence').get_by_role('button', name=evil)
    await expect(face).to_have_attribute('title', f'{evil} — go to their cursor', timeout=WITHIN)
    for tab in (ann, eve):
        await expect(tab.page.locator('.people-list li').filter(has_text=evil)).to_have_count(1)
        assert await tab.page.locator('.people img').count() == 0
        assert await tab.page.evaluate('window.hacked') is None


async def test_people_of_one_colour_are_told_apart_by_its_pattern(collab: Collab, visitor: Visitor) -> None:
    await collab.create('doc', text='one\ntwo\nthree')
    tabs = [await (await visitor()).open(f'{collab.url}/d/doc') for _ in range(3)]
    for number, tab in enumerate(tabs):
        await tab.page.locator('.me button.face').click()
        await tab.page.get_by_label('Your name').fill(f'Person {number}')
        await tab.page.get_by_role('radio', name='Blue', exact=True).check()
        await tab.page.get_by_role('button', name='Save').click()
        await expect(tab.page.locator('.q-dialog')).to_have_count(0, timeout=WITHIN)
    for number, tab in enumerate(tabs):
        await tab.content.click()
        await tab.page.keyboard.press('Control+Home')
        for _ in range(number):
            await tab.page.keyboard.press('ArrowDown')
    for me, tab in enumerate(tabs):
        faces = tab.page.locator('.people .face')
        await expect(faces).to_have_count(3, timeout=WITHIN)
        patterns = {
            (await face.inner_text()).splitlines()[-1][:8]: await face.get_attribute('data-pattern')
            for face in await faces.all()
        }
        assert len(set(patterns.values())) == 3
        for number in {0, 1, 2} - {me}:
            caret = tab.page.locator(
                '.cm-collab-caret', has=tab.page.locator(f'[data-name="Person {number}"]')
            )
            await expect(caret).to_have_attribute(
                'data-pattern', patterns[f'Person {number}'] or '', timeout=WITHIN
            )
