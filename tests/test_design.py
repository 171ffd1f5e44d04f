"""The design of the pages keeps what it promises: one order, and colours that can be read."""

import re
from collections.abc import Iterator

import pytest

from collab.document.people import COLORS, contrast_on_white
from collab.pages.frame import DESIGN, FIRST, stylesheet
from collab.pages.look import EDGES
from tests.support.colors import contrast, toned
from tests.support.source import ROOT

TEXT = 4.5
"""Least contrast of text (WCAG 2.2, level AA)."""
SIGN = 3.0
"""Least contrast of what is to be seen but is no text."""

GROUNDS = ('paper', 'desk', 'hover')
ON: dict[str, tuple[str, ...]] = {
    'ink': (*GROUNDS, 'accent-soft', 'danger-soft', 'warning-soft', 'mark', 'selection', 'selection-blurred'),
    'ink-soft': (*GROUNDS, 'accent-soft', 'mark'),
    'accent': (*GROUNDS, 'accent-soft', 'mark'),
    'danger': (*GROUNDS, 'danger-soft'),
    'warning': (*GROUNDS, 'warning-soft'),
    'success': GROUNDS,
    'on-fill': ('accent-fill', 'accent-fill-hover', 'danger-fill', 'danger-fill-hover'),
    'on-notice': ('notice', 'notice-hover', 'notice-press'),
}
"""Which text stands on what."""

HUES = [
    f'#{r:02x}{g:02x}{b:02x}' for r in range(0, 256, 51) for g in range(0, 256, 51) for b in range(0, 256, 51)
]
READABLE = [color for color in HUES if contrast_on_white(color) >= TEXT]


def test_every_file_of_the_folder_is_in_the_one_stylesheet_and_what_others_build_on_comes_first() -> None:
    css = stylesheet()
    found = {file.stem: css.find(file.read_text('utf-8')) for file in DESIGN.glob('*.css')}
    assert -1 not in found.values()
    in_order = sorted(found, key=lambda name: found[name])
    assert in_order == [*FIRST, *sorted(found.keys() - set(FIRST))]


def test_each_file_of_the_design_stays_small() -> None:
    lines = {file.name: len(file.read_text('utf-8').splitlines()) for file in DESIGN.glob('*.css')}
    assert {name: count for name, count in lines.items() if count > 250} == {}


def test_no_page_styles_itself() -> None:
    """But for the colour of a person. (What is drawn, an icon and a QR code, is no style.)"""
    style = re.compile(r"""\.style\((?!f'--person: )|\bstyle=|\.classes\(.*\[|\.props\(.*color=""")
    found = [
        f'{file.name}: {line.strip()}'
        for file in (ROOT / 'collab' / 'pages').rglob('*.py')
        for line in file.read_text('utf-8').splitlines()
        if style.search(line)
    ]
    assert found == []


def test_only_the_tokens_name_colours() -> None:
    """Whatever else did would look the same on a dark page. (What a picture is drawn in is none.)"""
    colour = re.compile(r'#[0-9a-f]{3,8}\b|\brgba?\(|(?<![\w-])(?:white|black)(?![\w-])')
    found = [
        f'{file.name}: {line.strip()}'
        for file in DESIGN.glob('*.css')
        if file.name != 'tokens.css'
        for line in file.read_text('utf-8').splitlines()
        if colour.search(re.sub(r"url\('data:.*?'\)|mask: .*", '', line))
    ]
    assert found == []


def test_every_token_that_is_used_exists() -> None:
    css = stylesheet()
    used = set(re.findall(r'var\((--[\w-]+)\)', css))
    set_by_python = {'--person'}
    assert used - set(re.findall(r'(--[\w-]+):', css)) - set_by_python == set()


@pytest.mark.parametrize('scheme', [0, 1], ids=['light', 'dark'])
@pytest.mark.parametrize(('text', 'ground'), [(text, ground) for text in ON for ground in ON[text]])
def test_all_text_can_be_read(scheme: int, text: str, ground: str) -> None:
    colors = tokens()
    assert contrast(colors[text][scheme], colors[ground][scheme]) >= TEXT


@pytest.mark.parametrize('scheme', [0, 1], ids=['light', 'dark'])
@pytest.mark.parametrize('ground', ['paper', 'desk'])
def test_the_edges_of_fields_and_the_mark_of_the_focus_can_be_seen(scheme: int, ground: str) -> None:
    colors = tokens()
    for sign in ('line-strong', 'accent'):
        assert contrast(colors[sign][scheme], colors[ground][scheme]) >= SIGN


@pytest.mark.parametrize('color', [*COLORS, *READABLE])
def test_everybody_can_be_told_in_the_dark_whatever_their_colour(color: str) -> None:
    colors = tokens()
    tone = toned(color, 0.78, 0.11)
    assert contrast(colors['on-person'][1], tone) >= TEXT
    assert contrast(tone, colors['paper'][1]) >= TEXT


def test_pages_and_editor_tone_people_alike() -> None:
    tone = 'min(c, 0.11) h)'
    assert f'oklch(from var(--person) 0.78 {tone}' in stylesheet()
    assert f'oklch(from var(--collab-color) 0.78 {tone}' in editor_colors()


@pytest.mark.parametrize('scheme', [0, 1], ids=['light', 'dark'])
def test_highlighted_text_can_be_read(scheme: int) -> None:
    pairs = re.findall(r"'#\w+': \['(#\w{6})', '(#\w{6})'\]", editor_colors())
    assert len(pairs) > 10
    paper = tokens()['paper'][scheme]
    assert {pair[scheme]: ratio for pair in pairs if (ratio := contrast(pair[scheme], paper)) < TEXT} == {}


def test_the_browser_paints_the_same_around_the_page() -> None:
    assert tuple(EDGES.values()) == tokens()['desk']


def tokens() -> dict[str, tuple[str, str]]:
    """The colours by name: on light pages, on dark ones."""
    return dict(_pairs((DESIGN / 'tokens.css').read_text('utf-8')))


def _pairs(css: str) -> Iterator[tuple[str, tuple[str, str]]]:
    for name, light, dark in re.findall(r'--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);', css):
        yield name, (light, dark)
    for name, color in re.findall(r'--([\w-]+): (#\w{6});', css):
        yield name, (color, color)


def editor_colors() -> str:
    return (ROOT / 'collab' / 'editor' / 'src' / 'colors.ts').read_text('utf-8')
