"""Documents go out as files of other programs, and files of other programs come in; nothing in them runs."""

import asyncio
import io
import re
import sys
import zipfile
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collab.files import page_in
from collab.files.kinds import Kind, disposition, file_name
from collab.files.markdown import tree
from collab.files.page_in import from_html, from_word, markdown_of
from collab.files.paper import Setting, pdf
from collab.files.web_page import web_page
from collab.files.word import word
from collab.files.workshop import LONGEST, NotMade, TooLarge, Workshop, plain
from collab.pages.importing import content_of
from tests.support.injections import INJECTIONS

SAMPLE = """\
# A *plan*

- [x] done
- [ ] to do
  1. first
  2. second

> said by **somebody**

| what | when |
|:-----|-----:|
| tea  | 9:00 |

Text[^1] with `code`, ~~no~~, $a^2$ and [a link](https://example.org).

```python
print('hello')
```

---

[^1]: a note
"""
NASTY = (
    '', '\n', ' ', 'a', 'a\n', 'a\n\n\n', '\ta  \n  b\t\n', 'e\u0301 é 👩‍👩‍👧 🇩🇪', '\ufeffa', '\ufeff\ufeff',
    'a\ufeff', 'a\u2028b\x85c\x0c',
    'עברית\u200f ملاحظات', '\x1f', '---\ntitle: x\n---\n', '<script>\n', '\\', '\u200b',
)  # fmt: skip


@pytest.mark.parametrize('text', NASTY)
def test_a_text_is_the_same_after_it_was_exported_and_imported(text: str) -> None:
    assert content_of('notes.md', plain(text))[1] == text


@given(st.text(st.characters(exclude_categories=['Cs'], exclude_characters='\r\0')))
def test_any_text_is_the_same_after_it_was_exported_and_imported(text: str) -> None:
    assert content_of('notes.md', plain(text))[1] == text


@given(st.text(st.characters(exclude_categories=['Cs'], exclude_characters='\r\0')))
def test_any_file_is_the_same_after_it_was_imported_and_exported(text: str) -> None:
    file = text.encode()
    assert plain(content_of('notes.md', file)[1]) == file.removeprefix(b'\xef\xbb\xbf')


def test_of_a_file_only_its_mark_and_its_ends_of_lines_are_normalised() -> None:
    """Editors count the end of a line as one sign, whatever the file wrote."""
    assert content_of('notes.md', b'\xef\xbb\xbfa \r\nb\t\rc')[1] == 'a \nb\t\nc'


@pytest.mark.parametrize(
    ('title', 'name'),
    [
        ('Launch plan', 'Launch plan.md'),
        ('a/b\\c:d*e?f"g<h>i|j', 'a-b-c-d-e-f-g-h-i-j.md'),
        ('../../etc/passwd', 'etc-passwd.md'),
        ('con', '_con.md'),
        ('...', 'document.md'),
        ('x' * 300, 'x' * 100 + '.md'),
        ('photo\u202egnp.exe', 'photo-gnp.exe.md'),
        ('ملاحظات', 'ملاحظات.md'),
    ],
)
def test_a_file_is_called_like_the_document_as_far_as_disks_allow(title: str, name: str) -> None:
    assert file_name(title, Kind.MARKDOWN) == name


def test_the_name_of_a_file_cannot_break_out_of_its_header() -> None:
    header = disposition('a"; filename=evil.exe\r\nSet-Cookie: x.md')
    assert '\r' not in header
    assert header.count('"') == 2


def test_a_web_page_holds_everything_and_fetches_nothing() -> None:
    page = web_page('Our <plan>', SAMPLE + '![photo](https://example.org/x.png)', 'de')
    assert '<html lang="de">' in page
    assert '<meta charset="utf-8">' in page
    assert '<title>Our &lt;plan&gt;</title>' in page
    assert '<td align="right">9:00</td>' in page
    assert 'checked' in page
    assert '<a href="https://example.org/x.png"' in page
    assert Fetching.found_in(page) == []


@pytest.mark.parametrize('evil', INJECTIONS)
def test_nothing_that_somebody_writes_runs_in_an_exported_page(evil: str) -> None:
    assert Fetching.found_in(web_page(evil, evil, evil)) == []


@pytest.mark.parametrize('evil', INJECTIONS)
def test_nothing_in_an_imported_page_survives_as_something_that_runs(evil: str) -> None:
    _, text = from_html(f'<title>{evil}</title><p>before</p>{evil}<p>after</p>'.encode())
    assert Fetching.found_in(web_page('', text, 'en')) == []
    assert not re.search(r'(?<!\\)\]\(\s*(?!https?:|mailto:)', text)


def test_a_page_written_from_right_to_left_stays_so() -> None:
    assert '<html lang="en" dir="rtl">' in web_page('x', 'ملاحظات', 'en')
    assert b'w:bidi' in unzipped(word('x', 'ملاحظات', 'en'))


def test_a_file_of_word_holds_everything() -> None:
    _, text = from_word(word('Our plan', SAMPLE, 'en'))
    for piece in ('# A *plan*', '☑ done', '☐ to do', '1. first', '> said by **somebody**', '| tea | 9:00 |'):
        assert piece in text
    assert '[a link](https://example.org)' in text
    assert "```\nprint('hello')\n```" in text
    assert 'a note' in text


def test_each_numbered_list_of_word_counts_for_itself() -> None:
    xml = unzipped(word('x', '1. a\n2. b\n\nx\n\n4. c\n', 'en'), 'word/numbering.xml').decode()
    assert re.findall(r'startOverride w:val="(\d+)"', xml) == ['1', '4']


@pytest.mark.parametrize(
    'evil', [*INJECTIONS, '#sys.inputs #panic("x") $#eval("1")$ `#x` \\#import "x"', '\x01\x08\ufffe\uffff']
)
@pytest.mark.parametrize('make', [word, pdf])
def test_no_text_is_too_strange_for_a_file(make: Callable[[str, str, str], bytes], evil: str) -> None:
    assert make(evil, evil, 'en')


@pytest.mark.parametrize(
    'deep', ['> ' * 60 + 'x', ''.join(f'{"  " * n}- {n}\n' for n in range(60)), '*a ' * 200]
)
def test_what_lies_deep_in_other_things_is_there(deep: str) -> None:
    assert pdf('x', deep, 'en')
    assert word('x', deep, 'en')


def test_a_pdf_says_what_it_is_called_and_in_which_language() -> None:
    made = pdf('Our plan', SAMPLE, 'pt-BR')
    assert made.startswith(b'%PDF')
    assert b'/Lang' in made
    assert b'Our plan' in made


def test_text_is_no_code_for_who_sets_the_pdf() -> None:
    assert Setting().blocks(tree('#panic("x")')) == [{'k': 'p', 'c': ['#panic("x")']}]


@pytest.mark.parametrize(
    ('html', 'text'),
    [
        ('<h2>1. Tea &amp; cake</h2><p>a<br>b</p>', '## 1\\. Tea & cake\n\na  \nb\n'),
        ('<ul><li>a<ul><li>b</ul></ul>', '- a\n  - b\n'),
        ('<p># no heading, *no* stars, a_b, &lt;b&gt;</p>', '\\# no heading, \\*no\\* stars, a\\_b, \\<b>\n'),
        ('<pre><code class="language-py">x = 1\n```\n</code></pre>', '````py\nx = 1\n```\n````\n'),
        ('<a href="javascript:alert(1)">x</a> <a href="/here">y</a> <a href="https://a.example">z</a>',
         'x y [z](https://a.example)\n'),
        ('<table><tr><th>a</th></tr><tr><td>b</td></tr></table>', '| a |\n| --- |\n| b |\n'),
        ('<ul><li><input type="checkbox" checked> done</li></ul>', '- [x] done\n'),
        ('', ''),
    ],
)  # fmt: skip
def test_a_web_page_becomes_markdown_that_says_the_same(html: str, text: str) -> None:
    assert markdown_of(html) == text


@pytest.mark.parametrize('charset', ['utf-8', 'utf-16', 'iso-8859-1', 'windows-1252'])
def test_a_web_page_may_be_written_in_any_encoding_that_it_names(charset: str) -> None:
    page = f'<meta charset="{charset}"><title>Grüße</title><p>Grüße'.encode(charset)
    assert from_html(page) == ('Grüße', 'Grüße\n')


def bomb() -> bytes:
    file = io.BytesIO()
    with (
        zipfile.ZipFile(file, 'w', zipfile.ZIP_DEFLATED) as archive,
        archive.open('word/document.xml', 'w') as part,
    ):
        for _ in range(page_in.UNPACKED // 1_000_000 + 1):
            part.write(bytes(1_000_000))
    return file.getvalue()


@pytest.mark.parametrize(
    'data',
    [
        b'',
        b'PK\x03\x04',
        b'%PDF',
        b'\xd0\xcf\x11\xe0',
    ],
)
def test_what_is_no_file_of_word_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(ValueError, match='is not a Word document'):
        from_word(data)


@pytest.mark.parametrize('end', [900, -50])
def test_half_a_file_of_word_is_refused_in_words(end: int) -> None:
    with pytest.raises(ValueError, match='is not a Word document'):
        from_word(word('x', 'x', 'en')[:end])


async def test_a_bomb_is_refused_before_it_grows() -> None:
    with pytest.raises(ValueError, match='grows too large'):
        await Workshop().read_word(bomb())


async def test_files_are_made_and_read_in_other_processes() -> None:
    workshop = Workshop()
    made = await asyncio.gather(*(workshop.export(kind, 'Our plan', SAMPLE) for kind in Kind))
    assert [bytes(file[:4]) for file in made[3:]] == [b'PK\x03\x04', b'%PDF']
    assert (await workshop.read_page(made[2]))[0] == 'Our plan'
    assert (await workshop.read_word(made[3]))[1].startswith('# A *plan*')
    heavy = {'markdown_it', 'docx', 'typst', 'mammoth', 'nh3'}
    script = f'import collab.pages.home, collab.web.api, sys; print(sorted({heavy} & set(sys.modules)))'
    process = await asyncio.create_subprocess_exec(
        sys.executable, '-c', script, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert out.decode().strip() == '[]'


async def test_a_document_too_long_for_a_kind_is_refused_and_names_another() -> None:
    with pytest.raises(TooLarge, match='as Markdown'):
        await Workshop().export(Kind.PDF, 'x', 'x' * (LONGEST[Kind.PDF] + 1))


async def test_what_takes_too_long_is_ended() -> None:
    with pytest.raises(NotMade, match='too long'):
        await Workshop(seconds=0.01).export(Kind.PDF, 'x', 'x')


async def test_what_nobody_foresaw_is_said_without_its_details(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(NotMade, match='could not be dealt with'):
        await Workshop()._run(b'\xff', 'no such work')
    assert 'KeyError' in caplog.text


def unzipped(data: bytes, name: str = 'word/document.xml') -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


class Fetching(HTMLParser):
    """Finds what a browser would run or fetch when it shows a page."""

    TAGS = frozenset(
        'script img iframe object embed link svg math base form video audio template'.split()  # noqa: SIM905
    )

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    @classmethod
    def found_in(cls, page: str) -> list[str]:
        parser = cls()
        parser.feed(page)
        return parser.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.TAGS or (tag == 'meta' and dict(attrs).get('http-equiv') == 'refresh'):
            self.found.append(tag)
        for name, value in attrs:
            links = name in ('href', 'src', 'action', 'formaction', 'xlink:href')
            leads = re.match(r'https?:|mailto:|#', value or '')
            if name.startswith('on') or name == 'style' or (links and not leads):
                self.found.append(f'{tag} {name}={value}')
