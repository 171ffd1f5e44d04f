"""Servers that the tests fork are like those that people start, and know nothing of each other."""

import signal
import sys
from pathlib import Path

import pytest

from tests.support.forks import Fork
from tests.support.running import Collab, running

pytestmark = pytest.mark.skipif(sys.platform != 'linux', reason='elsewhere servers are not forked')


async def test_what_is_in_one_is_not_in_another(tmp_path: Path) -> None:
    (tmp_path / 'other').mkdir()
    async with running(tmp_path / 'data') as one, running(tmp_path / 'other' / 'data') as other:
        assert isinstance(one.process, Fork)
        assert isinstance(other.process, Fork)
        await one.create('doc', 'of the first')
        await other.create('doc', 'of the other')
        assert await one.text('doc') == 'of the first'
        assert await other.text('doc') == 'of the other'


async def test_one_is_killed_and_comes_back_with_what_it_stored(tmp_path: Path) -> None:
    async with running(tmp_path / 'data') as collab:
        await collab.create('doc', 'stored')
        before = collab.process
        assert before is not None
        assert before.poll() is None
        collab.kill()
        assert before.returncode == -signal.SIGKILL
        await collab.start()
        assert collab.process is not before
        assert await collab.text('doc') == 'stored'


async def test_one_that_cannot_start_ends_and_says_why(tmp_path: Path) -> None:
    collab = Collab(tmp_path / 'data', document_limit='many')
    with pytest.raises(RuntimeError, match='COLLAB_DOCUMENT_LIMIT'):
        await collab.start()
    assert collab.process is not None
    assert collab.process.returncode == 2
    assert not (tmp_path / 'data').exists()


async def test_nothing_of_the_tests_is_in_its_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('COLLAB_DOCUMENT_LIMIT', 'many')
    async with running(tmp_path / 'data') as collab:
        await collab.create('doc')
