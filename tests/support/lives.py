"""A document and those who write in it, while it begins another life; and edits that make it do so."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from collab.document import protocol
from collab.document.protocol import RENEW, RESYNC, SAME
from collab.document.roles import Role
from collab.document.shared import SharedDocument
from collab.document.summary import proven_snapshot
from collab.rooms.comparison import PATIENCE
from collab.rooms.hub import Hub
from collab.rooms.ports import RestoredDocument
from collab.rooms.room import Room
from tests.support import forged
from tests.support.clock import Clock
from tests.support.rooms import becomes, open_hub, until
from tests.support.store import MemoryStore
from tests.support.tab import Tab

WRITER = 689
LIES = [
    forged.update(forged.section(WRITER, 0, forged.text('a'))),
    forged.update(forged.section(WRITER, 1, forged.text('bcd', (WRITER, 0)))),
    forged.update(forged.section(WRITER, 4, forged.text('efg', (WRITER, 3), (WRITER, 1)))),
]
"""The last stands behind d and before b: live it is put behind a, and behind d when all is loaded at once."""


class Scene:
    """A hub, a document in it, and the tabs of people who do what pages do."""

    def __init__(self, hub: Hub, store: MemoryStore, clock: Clock, stack: AsyncExitStack) -> None:
        self.hub = hub
        self.store = store
        self.clock = clock
        self._stack = stack
        self._visitors = 0

    async def open(self) -> Room:
        return await self._stack.enter_async_context(self.hub.open('doc'))

    async def tab(self, name: str = '', **options: Role) -> Tab:
        """Somebody comes, loads the text, and is settled."""
        self._visitors += 1
        tab = Tab(await self.open(), name or f'visitor {self._visitors}', **options)
        await until(lambda: tab.read() or tab.synced or tab.refused)
        return tab

    async def lie(self, tab: Tab) -> None:
        """Send the forged example, each update in a commit of its own."""
        for update in LIES:
            tab.send(protocol.update(update))
            await tab.room.saved()

    async def idle(self) -> None:
        """All that goes on by itself is done, but for the look at epochs."""
        always = {'watch epochs', 'index', 'empty the trash'}
        await becomes(lambda: {task.get_name() for task in self.hub._tasks} <= always)

    async def rest(self, tabs: list[Tab]) -> None:
        """Everybody asks at rest, and loads the document anew when told to, until all agree."""
        for _ in range(8):
            for at, tab in enumerate(tabs):
                tab.read()
                if RESYNC in tab.verdicts:
                    tab.send(protocol.step1(tab.doc.get_state()))
                if tab.refused or RENEW in tab.verdicts:
                    tab.cut()
                    tabs[at] = await self.tab()
            for tab in tabs * 2:
                with suppress(RestoredDocument):
                    await tab.room.saved()
                tab.read()
            for tab in tabs:
                tab.verdicts.clear()
                tab.check()
            await self.idle()
            for tab in tabs:
                tab.read()
            if all(tab.verdicts == [SAME] for tab in tabs) and not any(tab.room.closed for tab in tabs):
                return
            self.clock.now += PATIENCE
        raise AssertionError('they do not agree')


@asynccontextmanager
async def scene(text: str = '') -> AsyncIterator[Scene]:
    store, clock = MemoryStore(), Clock()
    async with open_hub(store, clock=clock) as hub, AsyncExitStack() as stack:  # type: ignore[arg-type]
        await hub.create('Doc', document_id='doc', text=text)
        yield Scene(hub, store, clock, stack)


def fresh(room: Room) -> str:
    """The text as whoever loads it now gets it."""
    copy = SharedDocument()
    copy.load(proven_snapshot(room.document))
    text = copy.text
    copy.close()
    return text


async def settled(s: Scene) -> None:
    """The document begins a new life, by itself."""
    await s.hub.healing.settle(await s.open())


async def restored(s: Scene) -> None:
    """The document begins a new life with what it was, as a restore does it, and is loaded from there."""
    s.store.documents['doc'].epoch += 1
    (await s.open()).fail(RestoredDocument('doc'))
