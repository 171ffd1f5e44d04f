"""A real server, people who type in it, another room beside theirs, and the recorder that watches."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from tests.faults.recorder import Recorder
from tests.faults.stored import Stored, stored
from tests.support.foreign import Foreign
from tests.support.page import Device, Page, Patience
from tests.support.running import Collab

HASTE = Patience(first=0.1, longest=0.5)
"""Pages come back sooner than real ones, so that a round is short; what they do then is the same."""
WITHIN = 30.0
"""Seconds that anything may take before a run counts as failed."""
OFTEN = 0.01
DOCUMENT, OTHER, QUIET = 'doc', 'other', 'quiet'
END = b'>'

Writer = Page | Foreign


async def until(true: Callable[[], object], what: str, within: float = WITHIN) -> None:
    """Wait for something that nobody announces; fails with its name."""
    try:
        async with asyncio.timeout(within):
            while not true():  # noqa: ASYNC110
                await asyncio.sleep(OFTEN)
    except TimeoutError:
        raise AssertionError(f'not within {within:g} s: {what}') from None


class Typist:
    """Somebody who types at one writer, and takes some of it back."""

    def __init__(self, writer: Writer, recorder: Recorder, seed: int, pace: float) -> None:
        self.writer = writer
        self._recorder = recorder
        self._chance = random.Random(f'{seed} {writer.name}')
        self._pace = pace
        self._own: list[str] = []

    async def type_on(self) -> None:
        """Type until cancelled."""
        while True:
            self.key()
            await asyncio.sleep(self._chance.expovariate(1 / self._pace))

    def key(self) -> None:
        """One edit: mostly a token somewhere between others, sometimes one of the own is removed."""
        text = self.writer.text.encode()
        if self._own and self._chance.random() < 0.2:
            token = self._own.pop(self._chance.randrange(len(self._own)))
            at = text.find(token.encode())
            if at >= 0:
                label = self._recorder.removal(self.writer.name, token)
                self.writer.delete(at, at + len(token.encode()), label)
                return
        token = self._recorder.token(self.writer.name)
        at = text.find(END, self._chance.randrange(len(text) + 1)) + 1  # 0: the beginning
        self.writer.insert(at, token, token)
        self._own.append(token)


class Room:
    """One document, who writes in it, and what the recorder knows of it."""

    def __init__(self, document: str, recorder: Recorder, writers: Sequence[Writer], pace: float) -> None:
        self.document = document
        self.recorder = recorder
        self.writers = [*writers]
        self.typists = [Typist(writer, recorder, recorder.seed, pace) for writer in writers]
        self._typing: list[asyncio.Task[None]] = []

    @property
    def pages(self) -> list[Page]:
        return [writer for writer in self.writers if isinstance(writer, Page)]

    async def join(self, *writers: Writer, pace: float = 0.0) -> None:
        """These are here too; they type when everybody does, at this pace, or only read."""
        self.writers += writers
        if pace:
            seed = self.recorder.seed
            self.typists += [Typist(writer, self.recorder, seed, pace) for writer in writers]
        for writer in writers:
            writer.open()
        await self.opened()

    def type(self) -> None:
        """Everybody begins to type."""
        self._typing = [
            asyncio.create_task(typist.type_on(), name=f'typing {typist.writer.name}')
            for typist in self.typists
        ]

    async def rest(self) -> None:
        """Everybody stops."""
        for task in self._typing:
            task.cancel()
        for outcome in await asyncio.gather(*self._typing, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome
        self._typing = []

    async def opened(self) -> None:
        """Everybody is there."""
        await until(self._all_here, f'everybody in {self.document}')

    def _all_here(self) -> bool:
        foreign = (writer.online for writer in self.writers if isinstance(writer, Foreign))
        return all(page.settled for page in self.pages) and all(foreign)

    async def goes_on(self, edits: int = 3) -> None:
        """Return when so many more edits were confirmed here."""
        wanted = self.recorder.progress + edits
        await until(lambda: self.recorder.progress >= wanted, f'{self.document} goes on')

    async def close(self) -> None:
        await self.rest()
        for writer in self.writers:
            await writer.crash()
        for page in self.pages:
            await page.device.http.aclose()


class Scene:
    """The server, the room in which the fault is felt, and another one."""

    def __init__(self, collab: Collab, room: Room, other: Room) -> None:
        self.collab = collab
        self.room = room
        self.other = other
        self.expected_errors = False
        """Whether the fault makes the server log errors; otherwise any traceback fails the run."""

    @property
    def rooms(self) -> tuple[Room, Room]:
        return self.room, self.other

    @property
    def file(self) -> Path:
        return self.collab.data / 'collab.db'

    def type(self) -> None:
        for room in self.rooms:
            room.type()

    async def rest(self) -> None:
        for room in self.rooms:
            await room.rest()

    async def answers(self) -> None:
        """The server goes on answering: another document can be opened and read."""
        async with asyncio.timeout(WITHIN):
            assert await self.collab.text(QUIET) == QUIET

    def fault(self) -> None:
        """Now something goes wrong: who has unconfirmed edits must show it."""
        for room in self.rooms:
            room.recorder.fault()

    async def check_stored(self) -> list[Stored]:
        """While the server is dead: everything that it ever confirmed or showed to others is in its files."""
        found = [await stored(self.file, room.document) for room in self.rooms]
        for room, document in zip(self.rooms, found, strict=True):
            room.recorder.check_stored(document.text)
        return found

    async def in_step(self) -> None:
        """Nobody types any more: wait until all is confirmed and everybody has the server's text."""
        await self.rest()
        for room in self.rooms:
            await until(
                lambda room=room: all(page.settled for page in room.pages), f'{room.document} is saved'
            )
            async with asyncio.timeout(WITHIN):
                while not await self._equal(room):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)

    async def check(self) -> None:
        """The end of a run: everybody in step, then the server stopped and the documents loaded anew."""
        try:
            await self.in_step()
        except (TimeoutError, AssertionError):
            for room in self.rooms:
                room.recorder.check_open()
                room.recorder.check_end(await self._texts(room))
            raise
        texts = [await self._texts(room) for room in self.rooms]
        assert await asyncio.to_thread(self.collab.stop) == 0
        for room, named in zip(self.rooms, texts, strict=True):
            room.recorder.check_open()
            named['fresh load'] = (await stored(self.file, room.document)).text
            room.recorder.check_end(named)
        log = self.collab.log.read_text()
        assert self.expected_errors or 'Traceback' not in log, log[-4000:]

    async def _equal(self, room: Room) -> bool:
        try:
            text = await self.collab.text(room.document)
        except httpx.TransportError:
            return False
        return all(writer.text == text for writer in room.writers)

    async def _texts(self, room: Room) -> dict[str, str]:
        texts = {writer.name: writer.text for writer in room.writers}
        return texts | {'server': await self.collab.text(room.document)}


@asynccontextmanager
async def scene(
    folder: Path,
    seed: int,
    *,
    pages: int = 2,
    foreign: int = 1,
    url: Callable[[str], str] = str,
    pace: float = 0.01,
    data: Path | None = None,
    **environment: str,
) -> AsyncIterator[Scene]:
    """Everybody is there and has not typed yet. `url` makes another address of the server's, for the room."""
    collab = Collab(data or folder / 'data', **environment)
    collab.log = folder / 'server.log'
    await collab.start()
    made: Scene | None = None
    try:
        for document in (DOCUMENT, OTHER):
            await collab.create(document)
        await collab.create(QUIET, text=QUIET)
        made = Scene(
            collab,
            _room(DOCUMENT, seed, url(collab.url), pages, foreign, pace),
            _room(OTHER, seed, collab.url, 2, 0, 5 * pace),
        )
        for room in made.rooms:
            for writer in room.writers:
                writer.open()
        for room in made.rooms:
            await room.opened()
        yield made
    finally:
        for room in made.rooms if made else ():
            await room.close()
        if collab.process is not None and collab.process.poll() is None:
            collab.kill()


def _room(document: str, seed: int, url: str, pages: int, foreign: int, pace: float) -> Room:
    recorder = Recorder(seed, document)
    letter = 'p' if document == DOCUMENT else 'o'
    writers: list[Writer] = []
    for number in range(pages + foreign):
        chance = random.Random(f'{seed} {document} {number}')
        if number < pages:
            name = f'{letter}{number}'
            writers.append(
                Page(name, url, document, Device(), watcher=recorder, patience=HASTE, chance=chance)
            )
        else:
            name = f'y{number}'
            writers.append(Foreign(name, url, document, watcher=recorder, patience=HASTE, chance=chance))
    return Room(document, recorder, writers, pace)


async def within(seconds: float, wanted: Callable[[], Awaitable[bool]], what: str) -> None:
    """Ask until the answer is yes."""
    try:
        async with asyncio.timeout(seconds):
            while not await wanted():  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f'not within {seconds:g} s: {what}') from None
