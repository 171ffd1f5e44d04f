"""Cursors that move: what is shown of them, and when."""

import asyncio
import json

import pytest

from collab.document import protocol
from collab.document.protocol import AwarenessEntry
from collab.rooms import company
from tests.support.clock import Clock
from tests.support.rooms import open_room, presence_shown
from tests.support.tab import Tab


def at(client: int, clock: int) -> str:
    """The state of somebody whose cursor is behind this letter."""
    position = {'type': None, 'tname': None, 'item': {'client': client, 'clock': clock}, 'assoc': 0}
    return json.dumps({'cursor': {'anchor': position, 'head': position}})


async def test_of_a_cursor_that_moves_on_only_where_it_came_to_is_shown() -> None:
    async with open_room(text='hello') as room:
        ann, bob = Tab(room, 'ann'), Tab(room, 'bob')
        ann.read(), bob.read()
        me = ann.doc.client_id
        ann.point()
        await presence_shown(room)
        bob.read()
        assert bob.peer is not None
        for clock in range(company.MOST_STEPS - 1):
            ann.point(state=at(7, clock))
        assert len(room.company._kept[ann.number]) == company.MOST_STEPS - 1
        await presence_shown(room)
        (frame,) = bob.peer.take()
        assert frame.count(b'"clock":2') == 2
        assert frame.count(b'"clock"') == 2
        ann.point(state=at(7, 3))
        ann.point(state='null')  # the editor is gone, and another one takes its place
        ann.point(client=me + 1, state=at(7, 4))
        await presence_shown(room)
        bob.read()
        assert bob.states[me] == 'null'
        assert '"clock":4' in bob.states[me + 1]


async def test_who_moves_without_end_has_little_kept_and_it_is_theirs_alone_that_is_heard() -> None:
    async with open_room(text='hello') as room:
        ann, bob = Tab(room, 'ann'), Tab(room, 'bob')
        for tab in (ann, bob):
            tab.read()
            tab.point()
        bob.point(state=at(7, 5))
        for clock in range(company.MOST_STEPS):
            ann.point(state=at(7, clock))
        assert list(room.company._kept) == [bob.number]
        assert '"clock":3' in room.company.presence.everyone()[0].state


@pytest.mark.parametrize('more', [[AwarenessEntry(3, 1, 'null')], [AwarenessEntry(3, 1, 'x' * 1_000)]])
async def test_what_is_more_than_a_step_is_heard_at_once_behind_what_is_kept(
    more: list[AwarenessEntry],
) -> None:
    async with open_room(text='hello') as room:
        ann = Tab(room, 'ann')
        ann.read()
        ann.point()
        ann.point(state=at(7, 8))
        ann.send(protocol.awareness([*more, AwarenessEntry(ann.doc.client_id, 1, at(7, 9))]))
        assert room.company._kept == {}
        assert '"clock":9' in room.company.presence.everyone()[0].state


async def test_whose_movements_are_work_waits_for_it_and_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with open_room(text='hello') as room:
        clock = Clock()
        monkeypatch.setattr(room.allowances, 'clock', clock)
        ann, bob = Tab(room, 'ann'), Tab(room, 'bob')
        for tab in (ann, bob):
            tab.read()
            tab.point()
        move = room.company.presence.move

        def slowly(number: int, client: int, state: str) -> None:
            clock.now += 1
            move(number, client, state)

        monkeypatch.setattr(room.company.presence, 'move', slowly)
        ann.point(state=at(7, 3))
        await presence_shown(room)
        question = protocol.awareness([])
        assert room.receive(ann.number, question) > 0
        assert room.receive(bob.number, question) == 0


async def test_a_movement_that_fails_as_nobody_foresaw_ends_its_own_connection_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with open_room(text='hello') as room:
        ann, bob, cy = Tab(room, 'ann'), Tab(room, 'bob'), Tab(room, 'cy')
        for tab in (ann, bob, cy):
            tab.read()
            tab.point()
        move = room.company.presence.move

        def fails(number: int, client: int, state: str) -> None:
            if number == ann.number:
                raise RuntimeError('unforeseen')
            move(number, client, state)

        monkeypatch.setattr(room.company.presence, 'move', fails)
        ann.point(state=at(7, 3))
        bob.point(state=at(7, 4))
        await presence_shown(room)
        cy.read()
        assert ann.peer is not None
        assert ann.peer.refusal == ('presence', 'This message cannot be read.')
        assert '"clock":4' in cy.states[bob.doc.client_id]


async def test_who_comes_hears_where_everybody_is_and_of_who_left_nothing_is_kept() -> None:
    async with open_room(text='hello') as room:
        ann, bob = Tab(room, 'ann'), Tab(room, 'bob')
        for tab in (ann, bob):
            tab.read()
            tab.point()
        for tab in (ann, bob):
            tab.point(state=at(7, 3))
        bob.cut()
        assert list(room.company._kept) == [ann.number]
        cy = Tab(room, 'cy')
        cy.read()
        assert '"clock":3' in cy.states[ann.doc.client_id]
        assert bob.doc.client_id not in cy.states


async def test_who_was_refused_is_not_heard_further() -> None:
    async with open_room(text='hello') as room:
        ann = Tab(room, 'ann')
        ann.read()
        ann.point()
        ann.point(state='nonsense')
        ann.point(state=at(7, 3))
        await presence_shown(room)
        assert ann.peer is not None
        assert ann.peer.refusal is not None
        assert 'clock' not in room.company.presence.everyone()[0].state


async def test_nothing_is_said_of_who_stays_where_they_are() -> None:
    async with open_room(text='hello') as room:
        ann, bob = Tab(room, 'ann'), Tab(room, 'bob')
        ann.read(), bob.read()
        ann.point(state=at(7, 3))
        await presence_shown(room)
        assert bob.peer is not None
        assert len(bob.peer.take()) == 1
        ann.point(state=at(7, 3))
        await presence_shown(room)
        assert bob.peer.take() == []


@pytest.mark.parametrize(('people', 'pause'), [(1, 0.07), (2, 0.07), (25, 0.139), (200, 0.25)])
async def test_the_more_are_here_the_longer_their_movements_gather(people: int, pause: float) -> None:
    async with open_room() as room:
        tabs = [Tab(room, f'someone-{number}') for number in range(people)]
        room.company.close()
        room.company._due = None
        begin = asyncio.get_running_loop().time()
        tabs[0].point()
        due = room.company._due
        assert due is not None
        assert due.when() - begin == pytest.approx(pause, abs=0.01)
