"""Who may import whom, where the outside world is touched, and how large things may grow."""

import ast
import re
import sys
from pathlib import Path

import pytest

from tests.support.source import (
    OURS,
    ROOT,
    Complaints,
    Rule,
    Source,
    complaints,
    imports,
    is_constant,
    own_lines,
    sources,
    within,
)

# package or module: (what of ours it may import, what from outside the standard library).
# The row with the longest fitting name counts; everybody may import from the own package.
TABLE: dict[str, tuple[set[str], set[str]]] = {
    'models': (set(), {'sqlalchemy', 'alembic'}),
    'collab': (set(), set()),
    'collab.aside': (set(), set()),
    'collab.settings': (set(), {'dotenv', 'pydantic', 'pydantic_settings'}),
    'collab.commands': ({'collab.rooms', 'collab.settings', 'collab.storage', 'models'}, set()),
    'collab.data_folder': ({'collab.settings'}, set()),
    'collab.document': (set(), set()),
    'collab.document.change': ({'collab.document'}, {'rapidfuzz'}),
    'collab.document.shared': ({'collab.document'}, {'pycrdt'}),
    'collab.files': (set(), set()),
    'collab.files.markdown': ({'collab.files'}, {'markdown_it', 'mdit_py_plugins'}),
    'collab.files.page_in': ({'collab.files'}, {'bs4', 'mammoth', 'markdownify', 'nh3'}),
    'collab.files.paper': ({'collab.files'}, {'markdown_it', 'typst'}),
    'collab.files.web_page': ({'collab.files'}, {'markdown_it', 'nh3'}),
    'collab.files.word': ({'collab.files'}, {'docx', 'markdown_it'}),
    'collab.files.word_letters': ({'collab.files'}, {'docx', 'markdown_it'}),
    'collab.rooms': ({'collab.aside', 'collab.document'}, set()),
    'collab.storage': (
        {
            'models',
            'collab.aside',
            'collab.rooms.images',
            'collab.rooms.ports',
            'collab.rooms.shelf',
            'collab.rooms.talk',
        },
        {'sqlalchemy'},
    ),
    'collab.web': (
        {'collab.document', 'collab.files', 'collab.rooms', 'collab.storage', 'collab.settings'},
        {'fastapi', 'pydantic', 'starlette'},  # pydantic: how FastAPI describes the body of a request
    ),
    'collab.web.whole': (set(), {'wsproto'}),
    # It makes uvicorn's own WebSocket fair.
    'collab.web.fair': ({'collab.rooms', 'collab.web.patience', 'collab.web.whole'}, {'uvicorn', 'wsproto'}),
    'collab.web.patience': (set(), {'uvicorn'}),
    'collab.web.upgrade': ({'collab.rooms', 'collab.web.fair', 'collab.web.patience'}, {'uvicorn'}),
    'collab.language': (set(), {'babel'}),
    'collab.language.core': ({'collab.language'}, set()),
    'collab.language.speaking': ({'collab.language'}, {'babel', 'nicegui'}),
    'collab.editor': ({'collab.document', 'collab.language', 'collab.rooms'}, {'nicegui'}),
    'collab.pages': (
        {
            'collab.document',
            'collab.editor',
            'collab.files',
            'collab.language',
            'collab.rooms',
            'collab.storage',
            'collab.web.auth',
            'collab.settings',
        },
        {'nicegui', 'fastapi'},
    ),
    'collab.pages.words': ({'collab.language', 'collab.rooms'}, {'babel'}),
    'collab.pages.sharing': ({'collab.language', 'collab.pages'}, {'nicegui', 'segno'}),
    'main': ({'collab', 'models'}, {'nicegui'}),
}

# Parts of the standard library that a ring does without, so that it can be tested without them.
NOT_EVEN_STANDARD: dict[str, set[str]] = {
    'collab.document': {'asyncio', 'datetime', 'os', 'pathlib', 'socket', 'sqlite3', 'threading', 'time'},
    'collab.rooms': {'http', 'os', 'pathlib', 'socket', 'sqlite3'},
}

MAX_FILE, MAX_FUNCTION, MAX_TYPESCRIPT = 250, 50, 200
RUN_AT_IMPORT = {'main.py', 'models/migrations/env.py'}  # nobody imports them: Python and Alembic run them


def test_everybody_imports_only_what_the_table_allows() -> None:
    assert_nothing_wrong(foreign_imports)


def test_only_settings_reads_the_environment() -> None:
    assert_nothing_wrong(environment)


def test_no_module_keeps_state_or_works_at_import() -> None:
    assert_nothing_wrong(module_state)


def test_every_module_opens_with_a_sentence_and_stays_small() -> None:
    assert_nothing_wrong(size)


def test_browser_source_stays_small() -> None:
    sources = sorted((ROOT / 'collab' / 'editor' / 'src').rglob('*.ts'))
    lines = {str(path.relative_to(ROOT)): len(path.read_text('utf-8').splitlines()) for path in sources}
    assert {path: count for path, count in lines.items() if count > MAX_TYPESCRIPT} == {}


FOUND = [
    ('collab/rooms/room.py', 'from collab.storage import documents', 'imports collab.storage.documents'),
    ('collab/rooms/room.py', 'from collab import storage', 'imports collab.storage'),
    ('collab/rooms/room.py', 'from ..storage.documents import load', 'imports collab.storage.documents.load'),
    ('collab/rooms/room.py', 'import nicegui', 'imports nicegui'),
    ('collab/rooms/room.py', 'def f():\n    import nicegui.ui', 'imports nicegui.ui'),
    ('collab/rooms/room.py', 'if 1:\n    from main import x', 'imports main.x'),
    ('collab/rooms/room.py', 'import sqlite3', 'imports sqlite3'),
    ('collab/rooms/room.py', 'X = __import__(name)', 'imports what it computes'),
    ('collab/document/gate.py', 'import pycrdt', 'imports pycrdt'),
    ('collab/document/gate.py', 'from time import time', 'imports time.time'),
    ('collab/document/gate.py', 'import datetime', 'imports datetime'),
    ('collab/document/shared.py', 'import nicegui', 'imports nicegui'),
    ('collab/storage/documents.py', 'from collab.rooms.hub import Hub', 'imports collab.rooms.hub.Hub'),
    ('collab/pages/home.py', 'from collab.web.api import x', 'imports collab.web.api.x'),
    ('collab/pages/home.py', 'import sqlalchemy', 'imports sqlalchemy'),
    ('models/base.py', 'import collab.document', 'imports collab.document'),
    ('collab/settings.py', 'import nicegui', 'imports nicegui'),
    ('collab/__init__.py', 'from . import settings', 'imports collab.settings'),
    ('collab/new.py', 'import numpy', 'imports numpy'),
    ('collab/web/api.py', 'import os\nX = os.environ["A"]', 'touches the environment'),
    ('collab/web/api.py', 'import os\nX = os.getenv("A")', 'touches the environment'),
    ('collab/web/api.py', 'from os import environ', 'touches the environment'),
    ('main.py', 'import os\nos.environ["OTHER"] = "1"', 'touches the environment'),
    ('main.py', 'import os\nX = os.environ["NICEGUI_STORAGE_PATH"]', 'touches the environment'),
    ('collab/web/api.py', 'router = make()', 'router is state of the module'),
    ('collab/web/api.py', 'rooms: dict[str, int] = {}', 'rooms is state of the module'),
    ('collab/web/api.py', 'N = 0\ndef f():\n    global N\n    N += 1', 'N is state of the module'),
    ('collab/web/api.py', 'def f(): ...\nf()', 'works at import'),
    ('collab/pages/home.py', '@ui.page("/")\ndef home(): ...', 'works at import'),
    ('collab/web/api.py', 'x = 1\n' * 249, '251 lines'),
    ('collab/web/api.py', 'def f():\n' + '    x = 1\n' * 50, 'f has 51 lines'),
    ('collab/rooms/room.py', 'import collab.web.api', 'imports collab.web.api'),
]


@pytest.mark.parametrize(('path', 'source', 'complaint'), FOUND)
def test_the_rules_find_what_is_wrong(tmp_path: Path, path: str, source: str, complaint: str) -> None:
    write(tmp_path, path, source)
    found = [line for rule in RULES for line in complaints(rule, tmp_path)]
    lines = source.count('\n') + 2
    assert len(found) == 1, found
    assert re.fullmatch(rf'{re.escape(path)}:\d+: {re.escape(complaint)}\b.*', found[0])
    assert 1 <= int(found[0].split(':')[1]) <= lines


STORAGE_PATH = 'os.environ["NICEGUI_STORAGE_PATH"] = "x"\nos.environ.setdefault("NICEGUI_STORAGE_PATH", "x")'
FINE = [
    ('main.py', f'import os\n{STORAGE_PATH}'),
    (
        'main.py',
        'import collab.pages.home, models\nfrom nicegui import ui\nif __name__ == "__main__":\n    run()',
    ),
    ('collab/settings.py', 'import os\nx = 1\ny = ("a", None)\nA = os.environ["A"]'),
    ('collab/document/shared.py', 'import pycrdt\nfrom . import roles\nfrom collab.document.roles import X'),
    ('collab/storage/documents.py', 'from collab.rooms.ports import Store\nfrom models import document'),
    ('collab/pages/home.py', 'from collab.web import auth\nfrom collab.editor.element import SharedEditor'),
    (
        'collab/web/api.py',
        'import logging\nlog = logging.getLogger(__name__)\nLIMITS = {"a": 1}\nPath = str | int',
    ),
    ('collab/web/api.py', 'def f():\n    def g():\n' + '        x = 1\n' * 49 + '    return g\n'),
    ('models/migrations/env.py', 'from alembic import context\ncontext.run_migrations()'),
]


@pytest.mark.parametrize(('path', 'source'), FINE)
def test_the_rules_leave_what_is_right(tmp_path: Path, path: str, source: str) -> None:
    write(tmp_path, path, source)
    assert [line for rule in RULES for line in complaints(rule, tmp_path)] == []


def test_the_whole_program_is_checked() -> None:
    seen = {tuple(source.path.split('/')[:2]) for source in sources()}
    assert {('main.py',), ('collab', 'settings.py'), ('collab', 'document'), ('collab', 'pages')} <= seen


def assert_nothing_wrong(rule: Rule) -> None:
    found = complaints(rule)
    assert not found, '\n'.join(found)


def write(root: Path, path: str, source: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(f'"""A module."""\n{source}\n', 'utf-8')


def foreign_imports(source: Source) -> Complaints:
    module = source.module
    row = max((name for name in TABLE if within(module, {name})), key=len)
    # The root `collab` belongs to nobody: its own package would be everything.
    ours, outside = TABLE[row][0] | ({row} - {'collab'}), TABLE[row][1]
    banned = {
        name
        for package in NOT_EVEN_STANDARD
        if within(module, {package})
        for name in NOT_EVEN_STANDARD[package]
    }
    for line, name in imports(source):
        top = name.split('.')[0]
        if top in OURS:
            allowed = within(name, ours)
        else:
            allowed = top in outside or (top in sys.stdlib_module_names and top not in banned)
        if not allowed:
            yield line, f'imports {name}, which {row} may not'


def environment(source: Source) -> Complaints:
    if source.path == 'collab/settings.py':
        return
    names = {'environ', 'environb', 'getenv', 'getenvb', 'putenv', 'unsetenv'}
    allowed = re.compile(
        r"""os\.environ(\['NICEGUI_STORAGE_PATH'\] = |\.setdefault\('NICEGUI_STORAGE_PATH', )"""
    )
    permitted = {
        inner
        for node in ast.walk(source.tree)
        if source.path == 'main.py'
        and isinstance(node, ast.Assign | ast.Expr)
        and allowed.match(ast.unparse(node))
        for inner in ast.walk(node)
    }
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in names and ast.unparse(node.value) == 'os':
            if node not in permitted:
                yield node.lineno, 'touches the environment, which only collab/settings.py may'
        elif (
            isinstance(node, ast.ImportFrom) and node.module == 'os' and names & {a.name for a in node.names}
        ):
            yield node.lineno, 'touches the environment, which only collab/settings.py may'


def module_state(source: Source) -> Complaints:
    """Names that are neither CONSTANTS nor Types nor loggers, `global`, and calls at the top level."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Global):
            yield node.lineno, f'{node.names[0]} is state of the module'
    for statement in source.tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            names = [] if is_constant(statement.value) else [ast.unparse(target) for target in targets]
            for name in names:
                if not re.fullmatch(r'__\w+__|_?[A-Z]\w*', name):
                    yield statement.lineno, f'{name} is state of the module'
        elif source.path not in RUN_AT_IMPORT and calls(statement):
            yield statement.lineno, 'works at import: do it in a function'


def calls(statement: ast.stmt) -> bool:
    """Does it do something when the module is imported, such as `start()` or `@ui.page(...)`?"""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        return any(isinstance(d, ast.Call) and '.' in ast.unparse(d.func) for d in statement.decorator_list)
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call | ast.Await)


def size(source: Source) -> Complaints:
    """Lines of a file; lines of a function without those of the functions in it; and the opening sentence."""
    lines = len(source.text.splitlines())
    if lines > MAX_FILE:
        yield 1, f'{lines} lines, more than {MAX_FILE}'
    if source.text.strip() and not (ast.get_docstring(source.tree) or '').split('\n\n')[0].endswith(
        ('.', '?', '!')
    ):
        yield 1, 'does not open with a sentence'
    for node in ast.walk(source.tree):
        if (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and (own := own_lines(node)) > MAX_FUNCTION
        ):
            yield node.lineno, f'{node.name} has {own} lines, more than {MAX_FUNCTION}'


RULES: tuple[Rule, ...] = (foreign_imports, environment, module_state, size)
