"""The power fails: what was confirmed is on the disk, and not only in the memory of the machine."""

import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from collab.rooms.ports import UnknownDocument
from tests.faults.disk import Disk, Luck
from tests.faults.recorder import Recorder
from tests.faults.scene import DOCUMENT, scene, until
from tests.faults.shim import OPEN, SYNC, Record, Shim
from tests.faults.stored import load

CUTS = 16
"""Power cuts per round, all of one recording."""
ENOUGH = 6_000_000
"""Bytes written before and after the restart: more than until the log of SQLite is folded into its file."""
WRITTEN_WITHIN = 120.0
"""Seconds; nobody promises how fast that is."""


@pytest.mark.rounds(2)
async def test_what_was_confirmed_survives_a_power_cut(tmp_path: Path, seed: int, shim: Shim) -> None:
    chance = random.Random(seed)
    watched = tmp_path / 'watched'
    watched.mkdir()
    async with scene(watched, seed, pace=0.004, **shim.environment) as stage:
        stage.type()
        await until(lambda: shim.recorded > ENOUGH, 'enough is written', WRITTEN_WITHIN)
        stage.collab.kill()
        await stage.collab.start()
        await until(lambda: shim.recorded > 2 * ENOUGH, 'enough is written again', WRITTEN_WITHIN)
        await stage.rest()
        stage.collab.kill()
        records = list(shim.records())
        assert folded(records, stage.room.recorder.first_promise())
        await cut_power(records, watched, stage.room.recorder, chance, tmp_path)


def folded(records: Sequence[Record], since: int) -> bool:
    """Whether the write-ahead log was folded into the file meanwhile, so that cuts met that too."""
    inodes = {record.inode for record in records if record.kind == OPEN and record.path.endswith('.db')}
    return any(record.kind == SYNC and record.inode in inodes and record.at > since for record in records)


async def cut_power(
    records: Sequence[Record],
    watched: Path,
    recorder: Recorder,
    chance: random.Random,
    space: Path,
    count: int = CUTS,
) -> None:
    """At random moments: what is left on the disk holds all that had been confirmed by then."""
    began = recorder.first_promise()
    moments = [number for number, record in enumerate(records) if record.at > began]
    cuts = sorted(chance.sample(moments, count))
    disk = Disk(str(watched))
    done = 0
    for cut in cuts:
        for record in records[done : cut + 1]:
            disk.take(record)
        done = cut + 1
        for luck in Luck:
            left = space / f'cut-{cut}-{luck.name}'
            left.mkdir()
            disk.crash(left, luck, chance)
            where = f'left after record {cut} of {len(records)}, when {luck.value}'
            recorder.check_stored(await found(left), where, at=records[cut].at)
            shutil.rmtree(left)


async def found(left: Path) -> str:
    """The text that a server finds which starts with what is left; nothing if there is no such document."""
    if not (left / 'data').is_dir():
        return ''
    try:
        return (await load(left / 'data' / 'collab.db', DOCUMENT)).text
    except UnknownDocument:
        return ''
