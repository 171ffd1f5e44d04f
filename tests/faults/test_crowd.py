"""The server dies under a crowd, and everybody is back at once when it has started again."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.faults.counted import counted, loads
from tests.faults.recorder import Recorder
from tests.faults.scene import HASTE, Room, Writer, within
from tests.faults.stored import stored
from tests.support.foreign import Foreign
from tests.support.page import Device, Page
from tests.support.running import Collab

DOCUMENTS = [f'doc{number}' for number in range(20)]
CROWD, CROWD_SHORT = 200, 60
BACK_WITHIN = 30.0
"""Seconds until the last of the crowd is in step, from when the server answers."""


class Crowd:
    """Many people in many documents; in each, pages of Collab and foreign editors take turns."""

    def __init__(self, collab: Collab, seed: int, size: int) -> None:
        self.collab = collab
        self.rooms = [
            self._room(Recorder(seed, document), range(place, size, len(DOCUMENTS)))
            for place, document in enumerate(DOCUMENTS)
        ]

    @property
    def writers(self) -> list[Writer]:
        return [writer for room in self.rooms for writer in room.writers]

    async def come(self) -> None:
        for room in self.rooms:
            await self.collab.create(room.document)
        for writer in self.writers:
            writer.open()
        for room in self.rooms:
            await room.opened()

    def key(self) -> None:
        """Everybody makes one edit, at the same moment."""
        for room in self.rooms:
            for typist in room.typists:
                typist.key()

    def fault(self) -> None:
        """Now something goes wrong: who has unconfirmed edits must show it."""
        for room in self.rooms:
            room.recorder.fault()

    async def is_in_step(self) -> bool:
        """Whether all is saved, and everybody has the text that the server has."""
        for room in self.rooms:
            if not all(page.settled for page in room.pages) or len({w.text for w in room.writers}) > 1:
                return False
        there = await asyncio.gather(*(self.collab.text(room.document) for room in self.rooms))
        return there == [room.writers[0].text for room in self.rooms]

    async def check_stored(self) -> None:
        """While the server is dead: everything that it ever confirmed or showed to others is in its file."""
        for room in self.rooms:
            room.recorder.check_stored(await self._stored(room))

    async def check(self) -> None:
        """The end of a run: nobody lacks anything, and neither does a document that is loaded anew."""
        assert await asyncio.to_thread(self.collab.stop) == 0
        for room in self.rooms:
            room.recorder.check_open()
            texts = {writer.name: writer.text for writer in room.writers}
            room.recorder.check_end(texts | {'fresh load': await self._stored(room)})
        log = self.collab.log.read_text()
        assert 'Traceback' not in log, log[-4000:]

    async def _stored(self, room: Room) -> str:
        return (await stored(self.collab.data / 'collab.db', room.document)).text

    def _room(self, recorder: Recorder, numbers: range) -> Room:
        writers = [self._writer(recorder, number, turn % 2 == 0) for turn, number in enumerate(numbers)]
        return Room(recorder.room, recorder, writers, pace=1.0)

    def _writer(self, recorder: Recorder, number: int, page: bool) -> Writer:
        url, document, chance = self.collab.url, recorder.room, random.Random(f'{recorder.seed} {number}')
        if page:
            name = f'p{number}'
            return Page(name, url, document, Device(), watcher=recorder, patience=HASTE, chance=chance)
        return Foreign(f'y{number}', url, document, watcher=recorder, patience=HASTE, chance=chance)


@asynccontextmanager
async def crowd(folder: Path, seed: int, size: int) -> AsyncIterator[Crowd]:
    """So many people; everybody is there and has not typed yet."""
    collab = counted(Collab(folder / 'data'))
    await collab.start()
    made = Crowd(collab, seed, size)
    try:
        await made.come()
        yield made
    finally:
        await asyncio.gather(*(room.close() for room in made.rooms))
        if collab.process is not None and collab.process.poll() is None:
            collab.kill()


@pytest.mark.rounds(1)
async def test_a_crowd_that_comes_back_at_once_is_soon_in_step_and_loads_each_document_once(
    tmp_path: Path, seed: int, long: bool
) -> None:
    chance = random.Random(seed)
    async with crowd(tmp_path, seed, CROWD if long else CROWD_SHORT) as people:
        for _ in range(3):
            people.key()
            await asyncio.sleep(chance.uniform(0.1, 0.5))
        people.key()
        await asyncio.sleep(chance.uniform(0.0, 0.1))
        people.collab.kill()
        people.fault()
        await people.check_stored()
        people.key()
        before = len(loads(people.collab.log.read_text()))
        await people.collab.start()
        people.key()
        await within(BACK_WITHIN, people.is_in_step, 'everybody is in step')
        await people.check()
        loaded = Counter(loads(people.collab.log.read_text())[before:])
        assert loaded == Counter(DOCUMENTS)
