"""The bundle that browsers load is the one its sources make, and it fits NiceGUI's CodeMirror."""

import hashlib
import re
from pathlib import Path

from nicegui.elements import codemirror

EDITOR = Path(__file__).parent.parent / 'collab' / 'editor'
BUILD_INPUTS = ('build.mjs', 'package.json', 'package-lock.json', 'tsconfig.json')
REMEDY = 'run `npm ci && npm run build` in collab/editor'


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def sources_hash() -> str:
    """The hash that build.mjs writes into the bundle: over lines as `sha256sum` prints them."""
    names = sorted([f'src/{path.name}' for path in (EDITOR / 'src').iterdir()] + list(BUILD_INPUTS))
    return sha256(''.join(f'{sha256((EDITOR / name).read_bytes())}  {name}\n' for name in names).encode())


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


def names_in_braces(code: str, keyword: str, side: int) -> set[str]:
    """The names in `import{name as local}from"nicegui-codemirror"` or `export{local as name}from"..."`."""
    statements = re.findall(keyword + r'\{([^}]*)\}from"(?:nicegui-codemirror|\./[^"]*)"', code)
    pairs = [entry.split(' as ') for statement in statements for entry in statement.split(',')]
    return {pair[side if len(pair) > 1 else 0].strip() for pair in pairs}
