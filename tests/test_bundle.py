"""The bundle that browsers load is the one its sources make, and it fits NiceGUI's CodeMirror."""

import hashlib
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
    names = [f'src/{path.name}' for path in (EDITOR / 'src').iterdir()] + list(BUILD_INPUTS)
    return hash_of(EDITOR, names)


def hash_of(folder: Path, names: list[str]) -> str:
    """The hash of these files together: over lines as `sha256sum` prints them."""
    lines = [f'{sha256((folder / name).read_bytes())}  {name}\n' for name in sorted(names)]
    return sha256(''.join(lines).encode())


def read_bundle() -> tuple[str, str, bytes]:
    """The hashes in the two opening comments of the bundle, and the code below them."""
    sources, bundle, code = (EDITOR / 'dist' / 'index.js').read_bytes().split(b'\n', 2)
    return sources.decode().removeprefix('// sources '), bundle.decode().removeprefix('// bundle '), code


def test_the_bundle_is_made_of_the_sources_beside_it() -> None:
    assert read_bundle()[0] == sources_hash(), f'collab/editor/dist is stale: {REMEDY}'


def test_nobody_edited_the_bundle_by_hand() -> None:
    _, bundle, code = read_bundle()
    assert bundle == sha256(code), f'collab/editor/dist was changed after it was built: {REMEDY}'


def test_the_bundle_asks_of_codemirror_only_what_nicegui_exports() -> None:
    nicegui = Path(codemirror.__file__).parent / 'dist' / 'index.js'
    exported = names_in_braces(nicegui.read_text(), 'export', 1)
    imported = names_in_braces(read_bundle()[2].decode(), 'import', 0)
    assert 'EditorView' in imported
    assert imported <= exported


def test_the_licences_of_what_is_in_the_bundle_come_with_it() -> None:
    notices = (EDITOR / 'dist' / 'LICENSES.txt').read_text()
    assert all(name in notices for name in ('yjs ', 'lib0 ', 'y-codemirror.next ', '@codemirror/search '))


def test_the_foreign_clients_are_made_of_the_sources_beside_them() -> None:
    """Those of the browser tests, as their own build.mjs made them."""
    bundle = (FOREIGN / 'client.bundle.js').read_text().split('\n', 1)[0]
    expected = hash_of(FOREIGN, ['build.mjs', 'client.js', 'package-lock.json', 'package.json'])
    assert bundle == f'// sources {expected}', 'run `npm ci && npm run build` in tests/browser/foreign'


def names_in_braces(code: str, keyword: str, side: int) -> set[str]:
    """The names in `import{name as local}from"nicegui-codemirror"` or `export{local as name}from"..."`."""
    statements = re.findall(keyword + r'\{([^}]*)\}from"(?:nicegui-codemirror|\./[^"]*)"', code)
    pairs = [entry.split(' as ') for statement in statements for entry in statement.split(',')]
    return {pair[side if len(pair) > 1 else 0].strip() for pair in pairs}
