"""Random edits, late, twice and out of order, with reloads in between: all texts end equal.

The oracle is that of Yjs's own tests: text, state vector, delete set, and nothing pending.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from pycrdt import Doc, Text

from collab.document.protocol import read_state_vector
from collab.document.shared import SharedDocument
from collab.document.summary import equal
from tests.support.rooms import open_hub
from tests.support.store import MemoryStore
from tests.support.tab import Tab

T = TypeVar('T')
LETTERS = st.text(st.sampled_from('ab \n🙂👩‍🚀é\u0301שׁ'), min_size=1, max_size=6)
TABS = 3


@dataclass
class Wire:
    """Frames of a tab on their way to the server, which a test may delay, repeat and shuffle."""

    frames: list[bytes] = field(default_factory=list)


class Collaboration(RuleBasedStateMachine):
    """Several people write in one document over bad connections."""

    @initialize()
    def begin(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.store = MemoryStore()
        self.opened = self._do(self._open())
        self.tabs = [self._now(Tab, self.room, f'person-{i}') for i in range(TABS)]
        self.wires = [Wire() for _ in self.tabs]
        for tab, wire in zip(self.tabs, self.wires, strict=True):
            tab.send = wire.frames.append  # type: ignore[method-assign]
        self._do(asyncio.sleep(0))

    @rule(who=st.integers(0, TABS - 1), text=LETTERS, where=st.floats(0, 1))
    def somebody_types(self, who: int, text: str, where: float) -> None:
        tab = self.tabs[who]
        self._now(tab.type, text, int(where * len(tab.text)))

    @rule(who=st.integers(0, TABS - 1), where=st.floats(0, 1), length=st.integers(1, 5))
    def somebody_deletes(self, who: int, where: float, length: int) -> None:
        tab = self.tabs[who]
        start = int(where * len(tab.text))
        self._now(tab.delete, start, min(len(tab.text), start + length))

    @rule(text=LETTERS, where=st.floats(0, 1), length=st.integers(0, 4))
    def the_server_edits(self, text: str, where: float, length: int) -> None:
        start = int(where * len(self.room.text))
        self._now(self.room.replace, start, min(len(self.room.text), start + length), text)

    @rule(who=st.integers(0, TABS - 1), data=st.data())
    def some_frame_arrives_at_the_server(self, who: int, data: st.DataObject) -> None:
        frames = self.wires[who].frames
        if frames:
            which = data.draw(st.integers(0, len(frames) - 1))
            frame = frames[which] if data.draw(st.booleans()) else frames.pop(which)
            self._to_server(who, frame)

    @rule(who=st.integers(0, TABS - 1))
    def everything_arrives_at_a_tab(self, who: int) -> None:
        self._now(self.tabs[who].read)

    @rule(one=st.integers(0, TABS - 1), other=st.integers(0, TABS - 1))
    def two_tabs_talk_without_the_server(self, one: int, other: int) -> None:
        """As y-websocket's tabs of one browser do; the server has the edits, and may not have stored them."""
        teller, hearer = self.tabs[one], self.tabs[other]
        frames = [*self.wires[one].frames]
        self.wires[one].frames.clear()
        for frame in frames:
            self._to_server(one, frame)
        known = read_state_vector(self.room.document.state_vector())
        held = read_state_vector(teller.doc.get_state())
        if all(known.get(client, 0) >= clock for client, clock in held.items()):
            self._now(hearer.hear, teller.doc.get_update())

    @rule()
    def the_journal_commits(self) -> None:
        self._do(self.room.saved())

    @rule(who=st.integers(0, TABS - 1))
    def a_connection_is_cut_and_comes_back(self, who: int) -> None:
        self._now(self.tabs[who].cut)
        self.wires[who].frames.clear()
        self._now(self.tabs[who].connect)

    @precondition(lambda self: self.store.commits)
    @rule()
    def the_server_restarts(self) -> None:
        self._do(self.room.saved())
        for tab, wire in zip(self.tabs, self.wires, strict=True):
            self._now(tab.cut)
            wire.frames.clear()
        self._do(self._close())
        self.opened = self._do(self._open())
        for tab in self.tabs:
            tab.room = self.room
            self._now(tab.connect)

    @invariant()
    def nobody_is_refused(self) -> None:
        assert all(tab.refused is None for tab in getattr(self, 'tabs', []))

    def teardown(self) -> None:
        if not hasattr(self, 'tabs'):
            return
        for _ in range(4):  # questions, answers, and answers to those
            for who, tab in enumerate(self.tabs):
                frames = [*self.wires[who].frames]
                self.wires[who].frames.clear()
                for frame in frames:
                    self._to_server(who, frame)
                self._do(self.room.saved())
                self._now(tab.read)
        for who, tab in enumerate(self.tabs):
            self._now(tab.cut)
            self.wires[who].frames.clear()
            self._now(tab.connect)
        for _ in range(4):
            for who, tab in enumerate(self.tabs):
                for frame in [*self.wires[who].frames]:
                    self._to_server(who, frame)
                self.wires[who].frames.clear()
                self._do(self.room.saved())
                self._now(tab.read)
        self._compare()
        self._do(self._close())
        self.loop.close()

    def _compare(self) -> None:
        stored = SharedDocument()
        for record in self.store.documents['doc'].log:
            stored.load(record.update)
        assert equal(stored, self.room.document)
        for tab in self.tabs:
            replica = SharedDocument()
            replica.load(tab.doc.get_update())
            assert tab.text == self.room.text
            assert equal(replica, self.room.document)
            assert tab.all_saved()
            assert read_state_vector(tab.doc.get_state()) == read_state_vector(
                self.room.document.state_vector()
            )

    def _to_server(self, who: int, frame: bytes) -> None:
        tab = self.tabs[who]
        self._now(tab.room.receive, tab.number, frame)

    def _now(self, call: Callable[..., T], *arguments: object) -> T:
        """Call something within the event loop."""

        async def within() -> T:
            return call(*arguments)

        return self._do(within())  # type: ignore[no-any-return]

    async def _open(self):  # type: ignore[no-untyped-def]
        self.hub_context = open_hub(self.store)
        self.hub = await self.hub_context.__aenter__()
        if not self.store.documents:
            await self.hub.create(document_id='doc')
        self.room_context = self.hub.open('doc')
        self.room = await self.room_context.__aenter__()

    async def _close(self) -> None:
        await self.room_context.__aexit__(None, None, None)
        await self.hub_context.__aexit__(None, None, None)

    def _do(self, work):  # type: ignore[no-untyped-def]
        return self.loop.run_until_complete(work)


TestCollaboration = Collaboration.TestCase
TestCollaboration.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@given(st.lists(st.tuples(st.integers(0, 2), LETTERS, st.floats(0, 1)), max_size=25), st.randoms())
@settings(max_examples=50, deadline=None)
def test_updates_delivered_twice_and_shuffled_end_equal(edits, random) -> None:  # type: ignore[no-untyped-def]
    """Straight between replicas, without a server: late ones are asked for again."""
    replicas = [SharedDocument() for _ in range(3)]
    for who, text, where in edits:
        replica = replicas[who]
        at = int(where * len(replica.text))
        replica.set_text(replica.text[:at] + text + replica.text[at:])
        other = random.choice(replicas)
        if other is not replica:
            other.apply(replica.missing(other.state_vector()), lambda _: True, 10**6)
    for one in replicas * 2:
        for other in replicas:
            other.apply(one.missing(other.state_vector()), lambda _: True, 10**6)
            other.apply(one.snapshot(), lambda _: True, 10**6)
    assert all(equal(replicas[0], other) for other in replicas[1:])
    fresh: Doc[Text] = Doc()
    fresh.apply_update(replicas[0].snapshot())
    assert str(fresh.get('content', type=Text)) == replicas[0].text
