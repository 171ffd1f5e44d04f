"""The bundle that browsers load is the one its sources make, and it fits NiceGUI's CodeMirror."""

import hashlib
import json
import re
from pathlib import Path

from nicegui.elements import codemirror

EDITOR = Path(__file__).parent.parent / 'collab' / 'editor'
FOREIGN = Path(__file__).parent / 'browser' / 'foreign'
BUILD_INPUTS = ('build.mjs', 'package.json', 'package-lock.json', 'tsconfig.json')
REMEDY = 'run `npm ci && npm run build` in collab/editor'


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def sources_hash() -> str:
    """The hash that build.mjs writes into the bundle."""
    sources = [path for path in (EDITOR / 'src').rglob('*') if path.is_file()]
    names = [path.relative_to(EDITOR).as_posix() for path in sources] + list(BUILD_INPUTS)
    return hash_of(EDITOR, names)


def hash_of(folder: Path, names: list[str]) -> str:
    """The hash of these files together: over lines as `sha256sum` prints them."""
    lines = [f'{sha256((folder / name).read_bytes())}  {name}\n' for name in sorted(names)]
    return sha256(''.join(lines).encode())


def read_bundle(name: str = 'index.js') -> tuple[str, str, bytes]:
    """The hashes in the two opening comments of a file of the bundle, and the code below them."""
    sources, bundle, code = (EDITOR / 'dist' / name).read_bytes().split(b'\n', 2)
    return sources.decode().removeprefix('// sources '), bundle.decode().removeprefix('// bundle '), code


def bundled() -> list[str]:
    """The names of the bundle's files: the editor, and what it loads when it is used."""
    return [path.name for path in (EDITOR / 'dist').glob('*.js')]


def test_the_bundle_is_made_of_the_sources_beside_it() -> None:
    assert 'index.js' in bundled()
    assert {read_bundle(name)[0] for name in bundled()} == {sources_hash()}, f'dist is stale: {REMEDY}'


def test_nobody_edited_the_bundle_by_hand() -> None:
    for name in bundled():
        _, bundle, code = read_bundle(name)
        assert bundle == sha256(code), f'dist/{name} was changed after it was built: {REMEDY}'


def test_what_only_some_texts_need_is_not_in_what_every_page_loads() -> None:
    editor = read_bundle()[2]
    assert len(editor) < 300_000
    others = b''.join(read_bundle(name)[2] for name in bundled() if name != 'index.js')
    # Formulas, colours, the sanitiser, and what makes Markdown of formatted text.
    for word in (b'\\textcircled', b'hljs-', b'ALLOWED_TAGS', b'x-turndown'):
        assert word in others
        assert word not in editor


def test_the_bundle_asks_of_codemirror_only_what_nicegui_exports() -> None:
    nicegui = Path(codemirror.__file__).parent / 'dist' / 'index.js'
    exported = names_in_braces(nicegui.read_text(), 'export', 1)
    imported = names_in_braces(read_bundle()[2].decode(), 'import', 0)
    assert 'EditorView' in imported
    assert imported <= exported


def test_the_licences_of_what_is_in_the_bundle_come_with_it() -> None:
    notices = (EDITOR / 'dist' / 'LICENSES.txt').read_text()
    assert all(
        f'{name} ' in notices for name in json.loads((EDITOR / 'package.json').read_text())['dependencies']
    )


def test_the_foreign_clients_are_made_of_the_sources_beside_them() -> None:
    """Those of the browser tests, as their own build.mjs made them."""
    bundle = (FOREIGN / 'client.bundle.js').read_text().split('\n', 1)[0]
    expected = hash_of(FOREIGN, ['build.mjs', 'client.js', 'package-lock.json', 'package.json'])
    assert bundle == f'// sources {expected}', 'run `npm ci && npm run build` in tests/browser/foreign'


def names_in_braces(code: str, keyword: str, side: int) -> set[str]:
    """The names in `import{name as local}from"nicegui-codemirror"` or `export{local as name}from"..."`."""
    source = 'nicegui-codemirror' if keyword == 'import' else r'\./[^"]*'
    statements = re.findall(rf'{keyword}\{{([^}}]*)\}}from"{source}"', code)
    pairs = [entry.split(' as ') for statement in statements for entry in statement.split(',')]
    return {pair[side if len(pair) > 1 else 0].strip() for pair in pairs}
