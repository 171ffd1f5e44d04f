"""What one connection and one person may ask of the server, by a clock that the test turns."""

import pytest

from collab.document import protocol
from collab.document.people import guest
from collab.rooms import allowance as limits
from collab.rooms import room as room_module
from collab.rooms.allowance import Allowance, Allowances, Bucket, Rate
from collab.rooms.unfinished import Unfinished
from tests.support.clock import Clock
from tests.support.rooms import open_room
from tests.support.tab import Tab

KEY = 40
"""Bytes of a frame with one key."""


class Everybody:
    """Connections that work, wait when they are told to, and say how long they waited."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.allowances = Allowances(self.clock)

    def arrive(self, person: str = 'ann', *, known: bool = True) -> Allowance:
        return self.allowances.seat(person, known=known)

    def sends(
        self, who: Allowance, *, size: int = KEY, work: float = 0.0001, question: bool = False
    ) -> float:
        """One frame, which costs the server so many seconds; returns how long the sender waits then."""
        began = self.clock.now
        self.clock.now += work
        return who.used(began, size, question=question)


def test_a_bucket_is_paid_for_by_waiting_exactly() -> None:
    bucket = Bucket(Rate(per_second=10, at_once=5), now=0)
    assert [bucket.take(1, 0) for _ in range(5)] == [0] * 5
    assert bucket.take(1, 0) == pytest.approx(0.1)
    assert bucket.take(2, 0.1) == pytest.approx(0.2)
    assert not bucket.is_full(0.7)
    assert bucket.is_full(0.9)
    assert bucket.take(5, 1_000) == 0


def test_nobody_waits_for_more_debt_than_is_remembered() -> None:
    bucket = Bucket(Rate(per_second=10, at_once=5), now=0, most_debt=1)
    assert bucket.take(1_000, 0) == pytest.approx(0.1)


def test_people_and_their_programs_never_wait() -> None:
    all_ = Everybody()
    typist, bot = all_.arrive('ann'), all_.arrive('bot')
    waits = []
    for _ in range(
        60
    ):  # a minute: a key held down with an input method, beside a program of 100 edits a second
        for _ in range(60):
            waits.append(all_.sends(typist))
        for _ in range(100):
            waits.append(all_.sends(bot))
        all_.clock.now += 1 - 160 * 0.0001
    waits.append(all_.sends(typist, size=10_000_000, work=0.15))  # a paste as large as a document may be
    waits += [all_.sends(typist) for _ in range(500)]  # and a macro after it
    assert set(waits) == {0.0}


def test_a_class_that_comes_back_at_once_does_not_wait() -> None:
    all_ = Everybody()
    for number in range(200):
        assert all_.allowances.knock(f'pupil-{number}') == 0
        assert all_.sends(all_.arrive(f'pupil-{number}'), work=0.005, question=True) == 0
    for _ in range(200):
        assert all_.allowances.knock('teacher') == 0
        assert all_.sends(all_.arrive('teacher'), work=0.005, question=True) == 0


def flood(all_: Everybody, seconds: float, who: Allowance, other: Allowance | None = None) -> int:
    """How many edits get through when one connection sends as fast as it can, beside another that types."""
    end, edits, key = all_.clock.now + seconds, 0, all_.clock.now
    while all_.clock.now < end:
        wait = all_.sends(who)
        edits += 1
        if other is not None and all_.clock.now > key:
            assert all_.sends(other) == 0
            key = all_.clock.now + 0.2
        all_.clock.now += wait
    return edits


def test_a_replay_that_is_alone_has_most_of_the_server() -> None:
    all_ = Everybody()
    assert flood(all_, 60, all_.arrive()) / 60 > 5_000


def test_who_sends_like_a_machine_yields_to_whoever_types() -> None:
    all_ = Everybody()
    machine, typist = all_.arrive('mallory'), all_.arrive('ann')
    flood(all_, 1, machine, typist)
    assert flood(all_, 10, machine, typist) * 0.0001 / 10 < limits.SHARE_BESIDE * 1.1
    assert flood(all_, 10, machine) / 10 > 5_000  # and has it all again when nobody does any more


def test_a_machine_that_paused_for_a_moment_is_no_person_for_another() -> None:
    all_ = Everybody()
    one, two = all_.arrive('one'), all_.arrive('two')
    flood(all_, 2, two)
    flood(all_, 1, one)  # and the other has had time for a few edits more
    assert all_.sends(two) == 0
    assert flood(all_, 1, one) / 1 > 5_000


def test_many_machines_share_what_one_may_have() -> None:
    all_ = Everybody()
    machines = [all_.arrive(f'm{number}') for number in range(10)]
    for machine in machines:
        all_.sends(machine, work=0.5)
    shares = [all_.allowances.share(machine, all_.clock.now) for machine in machines]
    assert shares[-1] == limits.SHARE_ALONE / 10
    all_.allowances.unseat(machines[0])
    assert all_.allowances.share(machines[1], all_.clock.now) == limits.SHARE_ALONE / 9
    all_.clock.now += 2
    assert all_.allowances.share(machines[1], all_.clock.now) == limits.SHARE_ALONE


def test_edits_bytes_and_questions_of_a_person_are_counted_over_all_tabs() -> None:
    all_ = Everybody()
    one, two = all_.arrive(), all_.arrive()
    for _ in range(4):
        assert all_.sends(one, size=8_000_000, work=0) == all_.sends(two, size=8_000_000, work=0) == 0
    assert all_.sends(one, size=8_000_000, work=0) == pytest.approx(1)
    all_.clock.now += 100
    for _ in range(300):
        assert all_.sends(one, work=0, question=True) == all_.sends(two, work=0, question=True) == 0
    assert all_.sends(two, work=0, question=True) == pytest.approx(0.1)
    assert all_.sends(all_.arrive('bob'), work=0, question=True) == 0


def test_programs_without_a_session_share_one_allowance_for_coming_in() -> None:
    all_ = Everybody()
    for number in range(500):
        assert all_.allowances.knock(None) == 0
        assert all_.sends(all_.arrive(f'x{number}', known=False), work=0, question=True) == 0
    assert all_.allowances.knock(None) > 0
    assert all_.sends(all_.arrive('one more', known=False), work=0, question=True) > 0
    assert all_.sends(all_.arrive('one more', known=False), work=0) == 0  # who is in may write
    assert all_.sends(all_.arrive('ann'), work=0, question=True) == 0


def test_programs_without_a_session_share_what_they_may_send() -> None:
    all_ = Everybody()
    many = [all_.arrive(f'x{number}', known=False) for number in range(4)]
    for number in range(40_000):
        assert all_.sends(many[number % 4], work=0) == 0
    assert all_.sends(all_.arrive('y', known=False), work=0) == pytest.approx(0.0001)
    assert all_.sends(all_.arrive('ann'), work=0) == 0


def test_a_stranger_who_comes_anew_for_every_frame_gets_no_further_than_one_who_stays() -> None:
    all_ = Everybody()
    staying = all_.arrive('x', known=False)
    while all_.sends(staying, work=0.005) == 0:
        pass
    all_.allowances.unseat(staying)
    for number in range(10):
        coming = all_.arrive(f'x{number}', known=False)
        assert all_.sends(coming, work=0.005) > 0
        all_.allowances.unseat(coming)
    beside = all_.arrive('y', known=False), all_.arrive('z', known=False)
    assert [all_.sends(who) == 0 for who in beside] == [False, True]  # there was one only
    all_.clock.now += 100
    for number in range(limits.MOST_LEFT + 10):
        assert all_.sends(all_.arrive(f'y{number}', known=False)) == 0


def test_only_so_many_strangers_who_left_are_remembered() -> None:
    all_ = Everybody()
    many = [all_.arrive(f'x{number}', known=False) for number in range(limits.MOST_LEFT + 10)]
    for one in many:
        while all_.sends(one, work=0.005) == 0:
            pass
    for one in many:
        all_.allowances.unseat(one)
    assert len(all_.allowances._left) == limits.MOST_LEFT


def test_who_is_gone_is_forgotten_but_not_what_they_used() -> None:
    all_ = Everybody()
    greedy = all_.arrive('mallory')
    all_.sends(greedy, size=64_000_000, work=0)
    all_.allowances.unseat(greedy)
    again = all_.arrive('mallory')
    assert all_.sends(again, size=8_000_000, work=0) > 0.9
    all_.allowances.unseat(again)
    for number in range(100):
        all_.clock.now += 10
        all_.allowances.unseat(all_.arrive(f'guest-{number}'))
    assert len(all_.allowances.purses) <= 3


def test_nobody_is_forgotten_who_is_here_although_another_of_their_connections_came_no_further() -> None:
    all_ = Everybody()
    ann = all_.arrive('ann')
    all_.allowances.knock('ann')  # of a document that cannot be opened
    all_.clock.now += 100
    for number in range(3):
        all_.allowances.unseat(all_.arrive(f'guest-{number}'))
    assert all_.sends(ann) == 0
    all_.allowances.unseat(ann)
    assert all_.allowances.purses['ann'].seats == 0


def test_who_only_knocks_is_forgotten_too() -> None:
    all_ = Everybody()
    for number in range(100):
        all_.clock.now += 10
        all_.allowances.knock(f'guest-{number}')
    assert len(all_.allowances.purses) <= 3


def test_halves_of_messages_never_take_more_than_they_may() -> None:
    thrown: list[str] = []
    unfinished = Unfinished(most=100)
    for name in ('old', 'young'):
        unfinished.has(name, 40, lambda name=name: thrown.append(name))  # type: ignore[misc]
    unfinished.has('young', 60, lambda: thrown.append('young'))
    assert thrown == []
    unfinished.has('new', 30, lambda: thrown.append('new'))
    assert (thrown, unfinished.total) == (['old'], 90)
    unfinished.done('young')
    unfinished.done('young')
    assert unfinished.total == 30


async def test_a_room_tells_the_transport_how_long_to_wait() -> None:
    async with open_room() as room:
        tab = Tab(room)
        question = protocol.step1(b'\x00')
        waits = [room.receive(tab.number, question) for _ in range(700)]
        assert waits[0] == 0
        assert waits[-1] > 0
        tab.cut()
        assert room.receive(tab.number, question) == 0
        assert room.allowances.purses['ann'].seats == 0


async def test_a_frame_that_did_not_come_through_is_asked_for() -> None:
    async with open_room() as room:
        tab = Tab(room)
        tab.read()
        tab.peer.take()  # type: ignore[union-attr]
        room.lost(tab.number)
        assert tab.peer is not None
        assert [frame[:2] for frame in tab.peer.take()] == [protocol.QUESTION]
        assert tab.peer.behind
        tab.peer.refuse('gone', 'Gone.')
        room.lost(tab.number)
        room.lost(999)


async def test_a_document_that_is_built_anew_is_not_touched_when_a_frame_is_lost() -> None:
    async with open_room() as room:
        tab = Tab(room)
        tab.read()
        assert tab.peer is not None
        tab.peer.take()
        room.broken = True  # after a panic, to read from it can end the process
        room.lost(tab.number)
        assert tab.peer.take() == []
        room.resume()
        assert [frame[:2] for frame in tab.peer.take()] == [protocol.QUESTION]


async def test_one_person_has_only_so_many_tabs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room_module, 'MOST_TABS', 2)
    async with open_room() as room:
        tabs = [Tab(room, 'ann') for _ in range(3)]
        other = Tab(room, 'bob')
        for tab in [*tabs, other]:
            tab.read()
        assert [tab.refused and tab.refused[0] for tab in [*tabs, other]] == [None, None, 'too-many', None]
        assert guest('ann') in room.people()


async def test_of_a_frame_full_of_presence_one_state_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    async with open_room() as room:
        tab = Tab(room)
        monkeypatch.setattr(room.company, 'move', lambda number, client, state: read.append(state))
        entries = [protocol.AwarenessEntry(client % 7, 1, str(client)) for client in range(4_000)]
        tab.send(protocol.awareness(entries))
    assert read == ['3997']
