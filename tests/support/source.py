"""The program read as text: its modules, and what each of them imports."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
OURS = ('collab', 'models', 'main')


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file; `path` is relative to the root of the project, with slashes."""

    path: str
    text: str
    tree: ast.Module

    @property
    def module(self) -> str:
        """Its dotted name, as in an import."""
        return self.path.removesuffix('.py').replace('/', '.').removesuffix('.__init__')


Complaints = Iterator[tuple[int, str]]
Rule = Callable[[Source], Complaints]


def sources(root: Path = ROOT) -> list[Source]:
    """Every module of the program under `root`; tests and tools are not the program."""
    files = [file for top in OURS for file in [root / f'{top}.py', *sorted((root / top).rglob('*.py'))]]
    return [_read(root, file) for file in files if file.is_file() and 'node_modules' not in file.parts]


def complaints(rule: Rule, root: Path = ROOT) -> list[str]:
    """`file:line: what is wrong`, for every module under `root`."""
    return [f'{source.path}:{line}: {what}' for source in sources(root) for line, what in rule(source)]


def within(name: str, packages: set[str]) -> bool:
    """Is this one of the packages, or in one of them?"""
    return any(name == package or name.startswith(package + '.') for package in packages)


def imports(source: Source) -> Complaints:
    """Line and full name of everything that is imported, also inside functions and behind conditions."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = source.path.split('/')[: -node.level] if node.level else []
            base = '.'.join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f'{base}.{alias.name}') for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(('__import__', 'import_module')):
            yield node.lineno, 'what it computes'


def is_constant(value: ast.expr | None) -> bool:
    """Literals, tuples of them, and loggers."""
    if isinstance(value, ast.Tuple):
        return all(map(is_constant, value.elts))
    is_logger = isinstance(value, ast.Call) and ast.unparse(value.func).endswith('getLogger')
    return value is None or isinstance(value, ast.Constant) or is_logger


def own_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How long a function is, without the functions in it."""
    functions = [n for n in ast.walk(function) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    outer, *inner = (set(range(f.lineno, (f.end_lineno or f.lineno) + 1)) for f in functions)
    return len(outer.difference(*inner))


def _read(root: Path, file: Path) -> Source:
    path, text = file.relative_to(root).as_posix(), file.read_text('utf-8')
    return Source(path, text, ast.parse(text, path))
