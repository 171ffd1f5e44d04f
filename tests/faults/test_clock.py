"""The clock of the machine is set forward and back while people type."""

import asyncio
import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.clock import Clock
from tests.faults.scene import DOCUMENT, Scene, scene

HOUR, DAY = 3600.0, 86400.0
NEAR = 60.0


def log_of(stage: Scene) -> list[tuple[int, str, float]]:
    """Number, author, and time in seconds of every update that is stored."""
    query = 'SELECT seq, author, created_at / 1000.0 FROM updates WHERE document_id = ? ORDER BY rowid'
    with closing(sqlite3.connect(f'file:{stage.file}?mode=ro', uri=True)) as database:
        return database.execute(query, (DOCUMENT,)).fetchall()


async def set_clock(stage: Scene, clock: Clock, ahead: float) -> None:
    """People type on at the new time, and it is the new time."""
    clock.set(ahead)
    for room in stage.rooms:
        await room.goes_on(20)
    assert abs(log_of(stage)[-1][2] - ahead - time.time()) < NEAR


@pytest.mark.rounds(2)
async def test_nothing_is_lost_or_shuffled_when_the_clock_jumps(
    tmp_path: Path, seed: int, clock: Clock
) -> None:
    chance = random.Random(seed)
    async with scene(tmp_path, seed, **clock.environment) as stage:
        stage.type()
        await stage.room.goes_on()
        for ahead in (*chance.sample((-HOUR, DAY), 2), 0.0):
            await asyncio.sleep(chance.uniform(0.1, 1))
            await set_clock(stage, clock, ahead)
        await stage.check()
        numbers = [number for number, _, _ in log_of(stage)]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


@pytest.mark.rounds(2)
async def test_everybody_is_still_themselves_after_the_clock_was_set_back(
    tmp_path: Path, seed: int, clock: Clock
) -> None:
    """A server whose clock was wrong starts again when it is right: nobody's session is from the future."""
    chance = random.Random(seed)
    async with scene(tmp_path, seed, **clock.environment) as stage:
        stage.type()
        await asyncio.sleep(chance.uniform(0.1, 1))
        await stage.room.goes_on(20)
        authors = {author for _, author, _ in log_of(stage)}
        stage.collab.kill()
        stage.fault()
        await stage.check_stored()
        clock.set(-HOUR)
        await stage.collab.start()
        await set_clock(stage, clock, -HOUR)
        await stage.check()
        assert {author for _, author, _ in log_of(stage)} == authors
