"""The README knows every setting, every address and every word of the Makefile, and its two commands."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from collab.settings import Settings
from tests.support.source import ROOT, sources

# Calls that make an address: `@router.get('/x')`, `@ui.page('/x')`, `add_api_route('/x', ...)` and the like.
METHODS = {'get', 'post', 'put', 'patch', 'delete', 'websocket'}
MAKERS = METHODS | {'page', 'add_api_route', 'add_api_websocket_route'}
RUN = 'python3 -m venv .venv && .venv/bin/pip install -r requirements.txt && .venv/bin/python main.py'
TEST = 'python3 -m venv .venv && .venv/bin/pip install -r requirements-dev.txt && .venv/bin/pytest'


@pytest.fixture(scope='module')
def readme() -> str:
    return (ROOT / 'README.md').read_text('utf-8')


@pytest.mark.parametrize('name', [f'COLLAB_{name.upper()}' for name in Settings.model_fields])
def test_every_setting_is_in_the_readme(readme: str, name: str) -> None:
    assert re.search(rf'\b{name}\b', readme)


def test_every_address_is_in_the_readme(readme: str) -> None:
    written = plain(readme)
    missing = [route for route in sorted(routes()) if not mentions(written, plain(route))]
    assert not missing, f'not in README.md: {", ".join(missing)}'


def test_every_word_of_the_makefile_is_in_the_readme(readme: str) -> None:
    words = re.findall(r'^([a-z][\w-]*):', (ROOT / 'Makefile').read_text('utf-8'), re.MULTILINE)
    assert {'run', 'test', 'lint', 'format', 'build', 'clean'} <= set(words)
    missing = [word for word in words if f'make {word}' not in readme]
    assert not missing, f'not in README.md: {", ".join(missing)}'


@pytest.mark.parametrize('command', [RUN, TEST])
def test_the_two_commands_stand_on_a_line_of_their_own(readme: str, command: str) -> None:
    assert [line.strip() for line in readme.splitlines()].count(command) == 1


def test_the_program_has_the_addresses_that_others_rely_on() -> None:
    promised = {
        '/',
        '/d/{}',
        '/yjs/{}',
        '/hocuspocus/{}',
        '/healthz',
        '/readyz',
        '/api/docs',
        '/api/documents',
        '/api/documents/{}',
    }
    assert promised | {'/api/documents/{}/text'} <= {plain(route) for route in routes()}


SAMPLE = """
def register(hub, app):
    router = APIRouter(prefix='/api')
    @router.get('/documents/{document_id}')
    async def read(): ...
    @router.post('', status_code=201)
    async def make(): ...
    router.add_api_route('/edits', edit)
    {}.get('not an address')
"""


def test_addresses_are_found_in_the_source(tmp_path: Path) -> None:
    for name, source in {
        'web/api.py': SAMPLE,
        'pages/home.py': '@ui.page("/d/{document_id}/")\ndef f(): ...\n',
        'web/yjs.py': '@app.websocket("/yjs/{path:path}")\ndef g(): ...',
        'web/sub.py': 'sub = FastAPI(docs_url="/docs", redoc_url=None)\nsub.add_api_route("/x", f)',
        'rooms/room.py': 'x.get("/not-a-page")',
    }.items():
        (tmp_path / 'collab' / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / 'collab' / name).write_text(source)
    (tmp_path / 'main.py').write_text('app.mount("/sub", application())')
    assert {plain(route) for route in routes(tmp_path)} == {
        *('/api', '/api/documents/{}', '/api/edits', '/d/{}/', '/yjs/{}', '/sub/docs', '/sub/x'),
    }


def test_an_address_is_not_found_in_a_longer_one() -> None:
    written = plain('`GET /api/documents/{id}/text` and http://127.0.0.1:8080/d/{id}.')
    assert mentions(written, '/api/documents/{}/text')
    assert not mentions(written, '/api/documents/{}')
    assert not mentions(written, '/documents/{}/text')
    assert mentions(written, '/d/{}')
    assert not mentions(written, '/')
    assert mentions(plain('`/`: the documents'), '/')


def routes(root: Path = ROOT) -> set[str]:
    """Every address that the web, the pages and main.py answer at, as written in the source."""
    program = [
        source for source in sources(root) if source.module.startswith(('collab.web', 'collab.pages', 'main'))
    ]
    mounts = [path for source in program for path in made(source.tree, {'mount'})]
    found: set[str] = set()
    for source in program:
        router = next(keywords(source.tree, {'prefix'}), '')
        mounted = mounts[0] if 'FastAPI(' in source.text and len(mounts) == 1 else ''
        paths = {router + path for path in made(source.tree, MAKERS)}
        paths |= set(keywords(source.tree, {'docs_url', 'openapi_url', 'redoc_url'}))
        found |= {mounted + path for path in paths if path}
    return found


def made(tree: ast.AST, makers: set[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in makers:
            path = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
            if isinstance(path, str) and (path == '' or path.startswith('/')):
                yield path


def keywords(tree: ast.AST, names: set[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in names:
            value = node.value.value if isinstance(node.value, ast.Constant) else None
            if isinstance(value, str) and value.startswith('/'):
                yield value


def plain(text: str) -> str:
    """Without the names of what varies: `/d/{document_id}` and `/d/{id}` are one address."""
    return re.sub(r'\{[^{}\n]*\}', '{}', text)


def mentions(text: str, route: str) -> bool:
    """Does it stand there as a whole, by itself or after `http://some.host`?"""
    host = r'|://[\w.:-]+' if route != '/' else ''
    return re.search(rf'((?<![\w/}}.]){host}){re.escape(route)}(?![\w/{{-])', text) is not None
