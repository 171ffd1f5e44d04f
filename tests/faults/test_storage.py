"""The store takes nothing for a while: the disk is full, or another process holds the database."""

import asyncio
import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import IN_CI
from tests.faults.scene import Scene, scene, until
from tests.support.processes import lock

ROOM, MORE_ROOM = 3 * 1024 * 1024, 64 * 1024 * 1024
LOCKED, LOCKED_SHORT = 10.0, 3.0


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of a few megabytes, at `folder`."""
    folder.mkdir()
    try:
        _mount(folder, ROOM)
    except (OSError, subprocess.CalledProcessError):
        (pytest.fail if IN_CI else pytest.skip)('only root may mount a small disk')
    try:
        yield folder
    finally:
        subprocess.run(['umount', '--lazy', folder], check=True)


def _mount(folder: Path, size: int, *options: str) -> None:
    words = ','.join([*options, f'size={size}'])
    subprocess.run(['mount', '-t', 'tmpfs', '-o', words, 'tmpfs', folder], check=True, capture_output=True)


def fill(folder: Path) -> None:
    """Take all the room that is left."""
    with (folder / 'filler').open('ab', buffering=0) as filler:
        for size in (64 * 1024, 4096, 1):
            try:
                while filler.write(bytes(size)) == size:
                    pass
            except OSError:
                continue


async def told(stage: Scene) -> None:
    """Every page says that its edits are not saved, and the server goes on answering."""
    await until(lambda: all(page.status == 'error' for page in stage.room.pages), 'all pages say so')
    stage.fault()
    await stage.answers()


async def resumed(stage: Scene) -> None:
    """Everything is well again, by itself, and nothing was lost."""
    await stage.room.goes_on()
    await stage.other.goes_on()
    assert not any(page.trouble for page in stage.room.pages)
    await stage.check()


async def nothing_is_confirmed(stage: Scene, seconds: float) -> None:
    """For so long, while people type on."""
    before = [room.recorder.progress for room in stage.rooms]
    await asyncio.sleep(seconds)
    assert [room.recorder.progress for room in stage.rooms] == before
    stage.fault()


@pytest.mark.rounds(1)
async def test_a_full_disk_is_told_and_everything_resumes_when_there_is_room(
    tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    with small_disk(tmp_path / 'disk') as disk:
        async with scene(tmp_path, seed, data=disk / 'data') as stage:
            stage.type()
            await asyncio.sleep(chance.uniform(0.05, 0.5))
            fill(disk)
            await told(stage)
            await nothing_is_confirmed(stage, chance.uniform(0.2, 2))
            _mount(disk, MORE_ROOM, 'remount')
            await resumed(stage)


@pytest.mark.rounds(1)
async def test_a_death_on_a_full_disk_breaks_nothing(tmp_path: Path, seed: int) -> None:
    """What SQLite needs for a start is there already: documents can be read, and pages say what is wrong."""
    chance = random.Random(seed)
    with small_disk(tmp_path / 'disk') as disk:
        async with scene(tmp_path, seed, data=disk / 'data') as stage:
            stage.type()
            await asyncio.sleep(chance.uniform(0.05, 0.5))
            fill(disk)
            await told(stage)
            stage.collab.kill()
            stage.fault()
            await stage.check_stored()
            fill(disk)
            await stage.collab.start()
            await told(stage)
            await stage.check_stored()
            _mount(disk, MORE_ROOM, 'remount')
            await resumed(stage)


@pytest.mark.rounds(1)
async def test_a_start_that_finds_no_room_says_so_and_changes_nothing(tmp_path: Path, seed: int) -> None:
    with small_disk(tmp_path / 'disk') as disk:
        async with scene(tmp_path, seed, data=disk / 'data') as stage:
            stage.type()
            await stage.room.goes_on()
            assert await asyncio.to_thread(stage.collab.stop) == 0
            stage.fault()
            before = stage.file.read_bytes()
            fill(disk)
            with pytest.raises(RuntimeError, match=r'collab: .*collab\.db: the disk is full\n$'):
                await stage.collab.start()
            assert stage.file.read_bytes() == before
            await stage.check_stored()
            _mount(disk, MORE_ROOM, 'remount')
            await stage.collab.start()
            await resumed(stage)


@pytest.mark.rounds(1)
async def test_a_locked_database_is_told_and_everything_resumes(
    tmp_path: Path, seed: int, long: bool
) -> None:
    chance = random.Random(seed)
    async with scene(tmp_path, seed) as stage:
        stage.type()
        await asyncio.sleep(chance.uniform(0.05, 0.5))
        with lock(stage.file):
            began = asyncio.get_running_loop().time()
            await told(stage)
            rest = (LOCKED if long else LOCKED_SHORT) - (asyncio.get_running_loop().time() - began)
            await nothing_is_confirmed(stage, max(0.1, rest))
        await resumed(stage)
