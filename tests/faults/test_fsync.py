"""The disk reports errors: nothing is confirmed that it did not take, also if the power fails afterwards.

The kernel tells of a failed sync once and may drop what it could not write (see tests/faults/disk.py).
"""

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from collab.storage.documents import Documents
from models import open_database
from tests.faults.disk import Disk, Luck
from tests.faults.scene import scene, until
from tests.faults.shim import Shim
from tests.faults.storing import NAME, Storing
from tests.faults.test_power import cut_power

Start = Callable[[], Storing]
MANY = 350
"""Updates that are enough for the log of SQLite to be folded into its file once."""


@pytest.fixture
def start(shim: Shim, tmp_path: Path) -> Iterator[Start]:
    """Starts a process that stores in the watched folder."""
    folder = tmp_path / 'watched'
    folder.mkdir()
    begun: list[Storing] = []

    def start() -> Storing:
        begun.append(Storing(folder / 'collab.db', os.environ | shim.environment))
        return begun[-1]

    yield start
    for storing in begun:
        storing.kill()


async def last_update(shim: Shim, folder: Path, luck: Luck, space: Path) -> int:
    """The last update that is found after a power cut now. Raises when the document is damaged."""
    disk = Disk(str(folder))
    disk.kept[str(folder)] = None
    for record in shim.records():
        disk.take(record)
    left = disk.crash(space, luck, random.Random(1))
    database = open_database(f'sqlite+aiosqlite:///{left}/collab.db')
    try:
        return (await Documents(database).load(NAME)).seq
    finally:
        await database.dispose()


async def test_a_commit_that_the_disk_refused_is_tried_again_as_a_whole(
    shim: Shim, start: Start, tmp_path: Path
) -> None:
    storing = start()
    storing.append(3)
    shim.fail('.db-wal', times=2)
    assert 'disk I/O error' in storing('append')
    assert 'disk I/O error' in storing('append')
    assert storing('append') == 'ok 4'
    storing.append(1)
    storing.kill()
    assert await last_update(shim, tmp_path / 'watched', Luck.NOTHING, tmp_path) == 5


async def test_a_start_after_a_refused_commit_does_not_build_on_what_the_disk_never_got(
    shim: Shim, start: Start, tmp_path: Path
) -> None:
    """The next start reads the refused commit out of the kernel's memory, where it looks like any other."""
    storing = start()
    storing.append(3)
    shim.fail('.db-wal', times=1)
    assert 'disk I/O error' in storing('append')
    storing.kill()
    shim.fail('.db', times=1)  # and the disk is not well yet
    assert 'cannot use the database' in (answer := start().began), answer
    again = start()
    assert again.began == 'ok 4'
    again.append(1)
    again.kill()
    assert await last_update(shim, tmp_path / 'watched', Luck.NOTHING, tmp_path) == 5


async def test_what_a_failed_folding_dropped_is_written_again(
    shim: Shim, start: Start, tmp_path: Path
) -> None:
    """A reader keeps SQLite from folding all of its log; that part is not synced, and the next sync fails."""
    storing = start()
    storing.append(100)
    storing('hold')
    storing.append(MANY)
    storing('release')
    shim.fail('.db', times=1)
    last = 100 + MANY
    for _ in range(MANY):
        answer = storing('append')
        if answer.startswith('ok'):
            last += 1
        elif not answer:  # it ended itself, to begin anew
            storing = start()
            assert storing.began == f'ok {last}'
    assert shim.failed == 1
    storing.kill()
    assert await last_update(shim, tmp_path / 'watched', Luck.NOTHING, tmp_path) == last


@pytest.mark.rounds(1)
async def test_a_failing_disk_is_told_and_everything_resumes(tmp_path: Path, seed: int, shim: Shim) -> None:
    chance = random.Random(seed)
    watched = tmp_path / 'watched'
    watched.mkdir()
    async with scene(watched, seed, pace=0.004, **shim.environment) as stage:
        assert stage.collab.process
        process = stage.collab.process.pid
        stage.type()
        await stage.room.goes_on()
        shim.fail('.db-wal', skip=chance.randrange(5), times=(times := chance.randrange(3, 6)))
        await until(lambda: all(page.status == 'error' for page in stage.room.pages), 'all pages say so')
        stage.fault()
        await stage.answers()
        await until(lambda: shim.failed == times, 'the disk is well again')
        await stage.room.goes_on()
        await stage.other.goes_on()

        shim.fail('.db', skip=chance.randrange(2), times=1)
        await until(lambda: shim.failed == 1, 'the log is folded, and the disk fails')
        await stage.room.goes_on()
        await stage.other.goes_on()
        assert stage.collab.process.poll() is None
        assert stage.collab.process.pid == process
        assert 'beginning anew' in stage.collab.log.read_text()

        stage.collab.kill()
        stage.fault()
        await cut_power(list(shim.records()), watched, stage.room.recorder, chance, tmp_path, count=6)
        await stage.collab.start()
        await stage.check()
