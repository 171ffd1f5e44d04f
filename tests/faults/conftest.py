"""Faults are made in rounds: few by default, as many as you like with --rounds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import IN_CI
from tests.faults.clock import Clock
from tests.faults.shim import Shim, compiled, compiler


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption('--rounds', type=int, default=None, help='rounds of each fault, one seed each')


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test with a `seed` runs once for each round; `@pytest.mark.rounds(n)` says how many by default."""
    if 'seed' in metafunc.fixturenames:
        marker = metafunc.definition.get_closest_marker('rounds')
        usual = marker.args[0] if marker else 2
        rounds = metafunc.config.getoption('rounds', None)
        metafunc.parametrize('seed', range(usual if rounds is None else rounds))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.faults)


@pytest.fixture
def long(request: pytest.FixtureRequest) -> bool:
    """Whether this is a long run, in which a fault lasts as long as it says."""
    return request.config.getoption('rounds', None) is not None


@pytest.fixture(scope='session')
def shim_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that stands between a program and its disk."""
    need_compiler()
    return compiled(tmp_path_factory.mktemp('shim'))


@pytest.fixture
def shim(shim_library: Path, tmp_path: Path) -> Iterator[Shim]:
    """Watches the folder `watched` in the test's own; not made yet."""
    made = Shim(shim_library, tmp_path, tmp_path / 'watched')
    yield made
    made.close()


@pytest.fixture
def clock(tmp_path: Path) -> Iterator[Clock]:
    """The clock on a server's wall, which can be set."""
    need_compiler()
    made = Clock(tmp_path)
    yield made
    made.close()


def need_compiler() -> None:
    """Without one there are no libraries to preload."""
    if compiler() is None:
        (pytest.fail if IN_CI else pytest.skip)('no C compiler here: apt install gcc libc6-dev')
