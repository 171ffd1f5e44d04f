"""The server dies, or is told to end, while people type."""

import asyncio
import random
import time
from pathlib import Path

import pytest

from tests.faults.scene import WITHIN, scene

KILLS = 2
BACK_WITHIN = 5.0
ENDED_WITHIN = 10.0


@pytest.mark.alone
@pytest.mark.usefixtures('new_interpreters')
@pytest.mark.rounds(3)
async def test_what_was_confirmed_survives_kill_9_and_the_rest_arrives(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    async with scene(tmp_path, seed) as stage:
        epochs: set[tuple[int, ...]] = set()
        stage.type()
        for _ in range(KILLS):
            await asyncio.sleep(chance.uniform(0.05, 1.0))
            stage.collab.kill()
            stage.fault()
            found = await stage.check_stored()
            epochs.add(tuple(document.epoch for document in found))
            async with asyncio.timeout(BACK_WITHIN):
                await stage.collab.start()
            await stage.room.goes_on()
            await stage.other.goes_on()
        await stage.check()
        assert len(epochs) == 1
        assert {page.epoch for page in stage.room.pages} == {str(next(iter(epochs))[0])}


@pytest.mark.rounds(3)
async def test_sigterm_in_a_burst_ends_soon_and_well_and_loses_nothing(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    async with scene(tmp_path, seed, pace=0.002) as stage:
        stage.type()
        await asyncio.sleep(chance.uniform(0.05, 1.0))
        began = time.monotonic()
        assert await asyncio.to_thread(stage.collab.stop) == 0
        assert time.monotonic() - began < ENDED_WITHIN
        stage.fault()
        await stage.check_stored()
        await stage.collab.start()
        async with asyncio.timeout(WITHIN):
            await stage.room.goes_on()
        await stage.check()
