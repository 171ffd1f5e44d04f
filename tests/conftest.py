"""What every test gets: settings of its own, and a clear word when something it needs is missing."""

import os
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from nicegui import Client, ui
from nicegui.testing import User
from nicegui.testing.user_navigate import UserNavigate

from collab.settings import Settings
from models import Database, open_database
from tests.support.forks import Forks
from tests.support.recorded import find_traces, load
from tests.support.running import Collab
from tests.support.turns import turn

ROOT = Path(__file__).parent.parent
CHROMIUM = ('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable')
IN_CI = os.environ.get('CI', '').lower() in {'1', 'true', 'yes'}


def find_chromium() -> str | None:
    """Path of the Chromium that the browser tests drive."""
    return next((path for name in CHROMIUM if (path := shutil.which(name))), None)


NEEDS: dict[str, tuple[Callable[[], object], str]] = {
    'browser': (find_chromium, 'no Chromium here: apt install chromium'),
    'node': (lambda: shutil.which('node') and shutil.which('npm'), 'no Node here: apt install nodejs npm'),
    'traces': (
        find_traces,
        'no recorded editing sessions here: put the *.json.gz of https://github.com/josephg/editing-traces '
        'into tests/traces, or name their folder in COLLAB_TRACES',
    ),
}

LONG = ('traces', 'faults', 'browser')
"""Tests marked so take seconds, some of them a minute; the others mostly do not."""


def pytest_configure() -> None:
    """Forget what the developer has set, before even a fixture of the whole session starts a server."""
    for name in [name for name in os.environ if name.upper().startswith('COLLAB_')]:
        del os.environ[name]


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """All tests run side by side, one on each core: with more, stories in the browser wait too long for it.
    Files that are named run alone, as what one is looking at should."""
    everything = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return (os.cpu_count() or 1) if everything else 0


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first, so that at the end nobody waits for one last test."""
    items.sort(key=lambda item: not any(map(item.get_closest_marker, LONG)))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what cannot run here and say how it could; under CI nothing may be skipped, so it fails."""
    for marker, (find, otherwise) in NEEDS.items():
        if item.get_closest_marker(marker) and not find():
            (pytest.fail if IN_CI else pytest.skip)(otherwise)


@pytest.fixture(scope='session', autouse=True)
def forks() -> Iterator[None]:
    """Servers begin as forks: the code that they run is read once, and not some hundred times."""
    if sys.platform == 'linux':
        Collab.forks = Forks()
        yield
        Collab.forks.close()
        Collab.forks = None
    else:
        yield


@pytest.fixture
def new_interpreters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers begin as people start them, where it is promised how soon that is, or what it takes."""
    monkeypatch.setattr(Collab, 'forks', None)


@pytest.fixture(autouse=True)
def own_turn(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Who is marked `alone` waits for the tests that run beside, and those behind wait for it."""
    here = tmp_path_factory.getbasetemp()
    folder = here.parent if hasattr(request.config, 'workerinput') else here
    with turn(folder, alone=request.node.get_closest_marker('alone') is not None):
        yield


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Every test has a data folder of its own (returned) and does not see the developer's .env."""
    monkeypatch.setitem(Settings.model_config, 'env_file', None)
    monkeypatch.setattr(
        sys, 'argv', ['main.py']
    )  # the `user` fixture runs main.py with pytest's own arguments
    monkeypatch.setenv('COLLAB_DATA_DIR', str(tmp_path / 'data'))
    return tmp_path / 'data'


@pytest.fixture(autouse=True)
def patient_users(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow machine must not fail a story: users look for fifteen seconds, not for three tenths of one."""
    for look in (User.should_see, User.should_not_see):
        monkeypatch.setitem(look.__kwdefaults__, 'retries', 150)


@pytest.fixture(autouse=True)
def own_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that goes elsewhere takes along who is on it; NiceGUI would take who was looked at last."""
    ways: dict[str, UserNavigate] = {}
    open_page, go = User.open, UserNavigate.to

    async def open_and_note(user: User, path: str, **options: Any) -> Client:
        client = await open_page(user, path, **options)
        ways[client.id] = user.navigate
        return client

    def to(way: UserNavigate, target: Any, new_tab: bool = False) -> None:
        go(ways.get(ui.context.client.id, way), target, new_tab)

    monkeypatch.setattr(User, 'open', open_and_note)
    monkeypatch.setattr(UserNavigate, 'to', to)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where `database` is."""
    return tmp_path / 'collab.db'


@pytest.fixture
async def database(file: Path) -> AsyncIterator[Database]:
    """An empty database; closed at the end."""
    opened = open_database(f'sqlite+aiosqlite:///{file}')
    yield opened
    await opened.dispose()


@pytest.fixture(scope='session')
def chromium() -> str:
    """Path of Chromium, for tests marked `browser`."""
    path = find_chromium()
    assert path, 'mark the test with pytest.mark.browser'
    return path


@pytest.fixture(scope='session')
def trace() -> Callable[[str], Any]:
    """`trace(name)` is a recorded editing session as its JSON says, for tests marked `traces`."""
    folder = find_traces()
    assert folder, 'mark the test with pytest.mark.traces'

    return partial(load, folder)
