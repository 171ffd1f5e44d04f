"""The network freezes, or goes away without a word, while people type."""

import asyncio
import random
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.faults.scene import DOCUMENT, HASTE, Room, Scene, scene, until, within
from tests.support.foreign import Foreign
from tests.support.page import Device, Page
from tests.support.proxy import Proxy, bad_network
from tests.support.running import Collab

FROZEN, FROZEN_SHORT = 60.0, 4.0
PASTE, PASTES = 5_000_000, 12
"""Bytes of the huge text, and how often it is pasted while somebody does not read: 60 MB in all."""
TRUTHFUL = {'MALLOC_MMAP_THRESHOLD_': '65536', 'MALLOC_TRIM_THRESHOLD_': '65536'}
"""The C library gives back at once what is freed, so that resident memory is what the server holds."""
HELD = 60.0
"""Megabytes that the server may hold more than before. 20 to 35 were measured, a frozen reader or none: the
text itself, its last frame, a snapshot. Kept for the reader, the pastes would be 60 more."""
AT_ONCE = 200.0
"""Megabytes more at any moment; 110 were measured in the middle of a paste, a frozen reader or none."""
LOOK_EVERY, LOOK_FOR = 0.02, 1.5
"""Seconds between looks at the memory, and in which the least of it after the pastes counts as held."""
PRESENT_WITHIN = 30.0
"""Seconds until the presence is right, also of those whose connection ended without a word."""


class Memory:
    """How many megabytes of memory a server takes more than when this was made."""

    def __init__(self, collab: Collab) -> None:
        assert collab.process is not None
        self._file = Path(f'/proc/{collab.process.pid}/status')
        self._before = self._resident()
        self.seen: list[float] = []

    async def watch(self, seconds: float) -> list[float]:
        """Look at it for so long; what was seen."""
        first = len(self.seen)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    self.seen.append(self._resident() - self._before)
                    await asyncio.sleep(LOOK_EVERY)
        return self.seen[first:]

    def _resident(self) -> float:
        lines = self._file.read_text().splitlines()
        return int(next(line for line in lines if line.startswith('VmRSS')).split()[1]) / 1024


def behind(network: Proxy, room: Room, name: str, seed: int) -> tuple[Page, Foreign]:
    """A page and a foreign editor whose way to the server is this network; names end in 0 and 1."""
    heard, chance = room.recorder, random.Random(f'{seed} {name}')
    page = Page(f'{name}0', network.url, DOCUMENT, Device(), watcher=heard, patience=HASTE, chance=chance)
    foreign = Foreign(f'{name}1', network.url, DOCUMENT, watcher=heard, patience=HASTE, chance=chance)
    return page, foreign


async def paste(page: Page, room: Room) -> str:
    """Paste a huge text at the end; returns when it is saved."""
    token = room.recorder.token(page.name, PASTE)
    page.insert(len(page.text.encode()), token, token)
    await until(lambda: page.settled, 'the huge text is saved')
    return token


async def take_back(page: Page, room: Room, token: str) -> None:
    """Remove a huge text again; returns when that is saved."""
    at = page.text.encode().find(token.encode())
    page.delete(at, at + len(token.encode()), room.recorder.removal(page.name, token))
    await until(lambda: page.settled, 'the removal is saved')


async def fill_what_waits(stage: Scene, paster: Page) -> None:
    """Paste a huge text and take it back, again and again; the last one stays. The others type on."""
    for number in range(PASTES):
        token = await paste(paster, stage.room)
        if number < PASTES - 1:
            await take_back(paster, stage.room, token)
    await stage.other.goes_on()
    await stage.room.goes_on(20)


@pytest.mark.rounds(1)
async def test_a_frozen_reader_costs_little_and_catches_up_when_it_reads_again(
    tmp_path: Path, seed: int, long: bool
) -> None:
    async with (
        scene(tmp_path, seed, pace=0.05, **TRUTHFUL) as stage,
        bad_network(stage.collab.url) as network,
    ):
        room = stage.room
        paster = Page('b0', stage.collab.url, DOCUMENT, Device(), watcher=room.recorder, patience=HASTE)
        readers = behind(network, room, 'r', seed)
        await room.join(paster, *readers)
        stage.type()
        await room.goes_on()
        memory = Memory(stage.collab)
        watching = asyncio.create_task(memory.watch(3600))
        network.to_client.freeze()
        passed = network.to_client.passed
        frozen = asyncio.create_task(asyncio.sleep(FROZEN if long else FROZEN_SHORT))
        await fill_what_waits(stage, paster)
        await frozen
        held = min(await memory.watch(LOOK_FOR))
        watching.cancel()
        assert network.to_client.passed == passed
        assert not any(reader.text.endswith(paster.text[-PASTE:]) for reader in readers)
        assert held < HELD
        assert max(memory.seen) < AT_ONCE
        network.to_client.thaw()
        await stage.check()


async def present(stage: Scene, count: int) -> None:
    """Return when the server says that so many people are in the document."""

    async def so_many() -> bool:
        answer = await client.get(f'{stage.collab.url}/api/documents/{DOCUMENT}')
        return bool(answer.json()['people'] == count)

    async with httpx.AsyncClient(verify=False, timeout=PRESENT_WITHIN) as client:
        await within(PRESENT_WITHIN, so_many, f'{count} people are there')


@pytest.mark.rounds(1)
async def test_who_vanished_without_a_word_is_taken_out_and_comes_back_with_everything(
    tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    async with scene(tmp_path, seed, pace=0.03) as stage, bad_network(stage.collab.url) as network:
        room = stage.room
        page, foreign = behind(network, room, 'h', seed)
        await room.join(page, foreign, pace=0.03)
        await present(stage, len(room.writers))
        stage.type()
        await asyncio.sleep(chance.uniform(0.2, 1))
        network.swallow()
        await present(stage, len(room.writers) - 2)
        assert page.unsaved.labels()
        assert page.status in ('saving', 'offline')
        await stage.other.goes_on()
        await room.goes_on()
        stage.fault()
        network.heal()
        await stage.check()
