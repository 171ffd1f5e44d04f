"""Gathers all that Collab says from its sources, and brings the files of the translators up to date.

`python -m collab.language.gather` does so; a new language needs its line in `choosing.LANGUAGES` first.
"""

import ast
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from collab.language.catalogue import IN_THE_BROWSER, LOCALES, read
from collab.language.choosing import ENGLISH, LANGUAGES

ROOT = Path(__file__).parent.parent.parent
NOT_OURS = {'node_modules', 'dist', 'speaking.py', 'words.ts', 'gather.py'}
"""Folders and files that say nothing of their own."""
WIDTH = 110

Said = str | tuple[str, str]
"""What is said; of one thing and of several, where the number matters."""

SAYING = re.compile(r"""(?<![\w.$])(?<!function )(?:t|tn)\(\s*""")
STRING = r"""('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")"""
SAID = re.compile(rf"""(?<![\w.$])(?:t\(\s*{STRING}\s*[,)]|tn\(\s*{STRING}\s*,\s*{STRING}\s*,)""")


class Unreadable(ValueError):
    """Words that are made while the program runs, so that nobody can translate them."""


def main() -> None:
    """Bring every language up to date; what is new in it waits for its translator."""
    for language in LANGUAGES:
        if language != ENGLISH:
            (LOCALES / f'{language}.po').write_bytes(written(updated(language)))


def updated(language: str) -> Catalog:
    """The file of a language, with all that is said now and nothing that is not said any more."""
    exists = (LOCALES / f'{language}.po').exists()
    catalog = read(language) if exists else Catalog(locale=language, fuzzy=False)
    catalog.update(template(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    return catalog


def written(catalog: Catalog) -> bytes:
    """The file, without what would make two branches differ for nothing."""
    out = BytesIO()
    write_po(out, catalog, width=WIDTH, omit_header=True, sort_output=False, include_lineno=False)
    header = f'Language: {catalog.locale_identifier}', f'Plural-Forms: {catalog.plural_forms}'
    lines = ['msgid ""', 'msgstr ""', '"Content-Type: text/plain; charset=utf-8\\n"']
    return '\n'.join([*lines, *(f'"{line}\\n"' for line in header), '', '']).encode() + out.getvalue()


def template() -> Catalog:
    """All that is said, in the order of the sources. Raises Unreadable."""
    catalog = Catalog(fuzzy=False)
    for path in sources():
        for said in says(path.name, path.read_text('utf-8')):
            catalog.add(said, locations=[(path.relative_to(ROOT).as_posix(), 0)])
    return catalog


def sources() -> list[Path]:
    """Every file that may say something."""
    found = (path for path in (ROOT / 'collab').rglob('*') if path.suffix in ('.py', *IN_THE_BROWSER))
    return sorted(path for path in found if not NOT_OURS & set(path.relative_to(ROOT).parts))


def says(name: str, text: str) -> Iterator[Said]:
    """What a file of this name and content says. Raises Unreadable."""
    return _python(text) if name.endswith('.py') else _browser(text)


def _python(text: str) -> Iterator[Said]:
    calls = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    named = [(node.func.id, node) for node in calls if isinstance(node.func, ast.Name)]
    for name, node in sorted(named, key=lambda one: (one[1].lineno, one[1].col_offset)):
        words = [one.value if isinstance(one, ast.Constant) else None for one in node.args]
        match name, words:
            case (('_' | 'N_'), [str(said)]):
                yield said
            case 'ngettext', [str(one), str(many), _]:
                yield one, many
            case (('N_' | 'ngettext'), _):
                raise Unreadable(ast.unparse(node))
            case '_', _ if not isinstance(node.args[0], ast.Name | ast.Subscript | ast.Attribute | ast.Call):
                raise Unreadable(ast.unparse(node))  # what N_ marked may come by a name


def _browser(text: str) -> Iterator[Said]:
    for call in SAYING.finditer(text):
        found = SAID.match(text, call.start())
        if found is None:
            line = text[call.start() :].split('\n')[0]
            if not re.match(r't\([a-z][\w.]*\)', line):  # what t() marked may come by a name
                raise Unreadable(line)
            continue
        alone, one, many = (None if said is None else str(ast.literal_eval(said)) for said in found.groups())
        yield alone if alone is not None else (one or '', many or '')


if __name__ == '__main__':
    main()
