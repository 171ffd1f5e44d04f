"""What gathers for one commit: a row for each author, in an order that can be read back."""

import pytest
from pycrdt import Doc, Text

from collab.document import shared
from collab.document.news import News
from collab.document.shared import SharedDocument
from collab.rooms.gathering import Gathering, Row
from collab.rooms.ports import Record
from tests.support.rooms import open_hub, open_room
from tests.support.store import MemoryStore
from tests.support.tab import Tab

LIMIT = 1_000_000


class Writer:
    """Somebody whose edits come to the server, and who sees of others what a test tells them."""

    def __init__(self, document: SharedDocument, gathering: Gathering, name: str) -> None:
        self.document, self.gathering, self.name = document, gathering, name
        self.doc: Doc[Text] = Doc()
        self.content = self.doc.get('content', type=Text)
        self.at = 0

    def type(self, text: str, at: int | None = None) -> None:
        def change() -> None:
            self.content.insert(len(str(self.content)) if at is None else at, text)

        self._sends(change)

    def delete(self, start: int, end: int) -> None:
        def change() -> None:
            del self.content[start:end]

        self._sends(change)

    def sees(self, other: 'Writer') -> None:
        self.doc.apply_update(other.doc.get_update(self.doc.get_state()))

    def _sends(self, change) -> None:  # type: ignore[no-untyped-def]
        before = self.doc.get_state()
        change()
        news = self.document.apply(self.doc.get_update(before), lambda client: True, LIMIT)
        assert news is not None
        self.at += 1
        self.gathering.add(news, self.name, self.at, ())


class Scene:
    def __init__(self) -> None:
        self.document = SharedDocument()
        self.gathering = Gathering()
        self.ann, self.bob = (Writer(self.document, self.gathering, name) for name in ('ann', 'bob'))

    def rows(self) -> list[str]:
        """The authors of what gathered; read back, it is the document."""
        taken = self.gathering.take()
        again = SharedDocument()
        for row in taken:
            for update in row.updates:
                again.load(update)
        assert again.text == self.document.text
        return [row.author for row in taken]


def test_what_two_type_at_once_becomes_a_row_for_each() -> None:
    scene = Scene()
    for letter in 'abc':
        scene.ann.type(letter)
        scene.bob.type(letter.upper())
    assert scene.rows() == ['ann', 'bob']
    assert scene.gathering.take() == []


def test_who_builds_upon_what_another_typed_comes_behind_it() -> None:
    scene = Scene()
    scene.ann.type('one ')
    scene.bob.sees(scene.ann)
    scene.bob.type('two ')
    scene.ann.sees(scene.bob)
    scene.ann.type('three')
    assert scene.rows() == ['ann', 'bob', 'ann']


def test_who_deletes_what_another_typed_comes_behind_it() -> None:
    scene = Scene()
    scene.bob.type('mine')
    scene.ann.type('one')
    scene.bob.sees(scene.ann)
    text = str(scene.bob.content)
    scene.bob.delete(text.index('one'), text.index('one') + 3)
    assert scene.rows() == ['bob', 'ann', 'bob']


def test_building_upon_what_was_stored_before_parts_nothing() -> None:
    scene = Scene()
    scene.ann.type('old')
    first = scene.gathering.take()
    scene.bob.sees(scene.ann)
    scene.ann.type(' new')
    scene.bob.type('!', at=3)
    scene.ann.type('er')
    assert [row.author for row in (*first, *scene.gathering.take())] == ['ann', 'ann', 'bob']


def test_code_sees_everything_and_stands_alone() -> None:
    gathering = Gathering()
    document = SharedDocument()
    ann = Writer(document, gathering, 'ann')
    ann.type('one')
    news = document.set_text('one two')
    assert news is not None
    gathering.add(news, 'code', 5, (7,))
    ann.type('!')
    assert [(row.author, row.at, row.replicas) for row in gathering.take()] == [
        ('ann', 1, ()),
        ('code', 5, (7,)),
        ('ann', 2, ()),
    ]


def test_what_cannot_be_merged_is_stored_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def panic(*updates: bytes) -> bytes:
        raise RuntimeError('panicked')

    monkeypatch.setattr(shared, 'merge_updates', panic)
    gathering = Gathering()
    for number in range(3):
        gathering.add(News(bytes([number]), (), None), 'code', number, (number,))
    assert len(gathering.take()) == 3
    document = SharedDocument()
    ann = Writer(document, gathering, 'ann')
    for letter in 'abc':
        ann.type(letter)
    rows = gathering.take()
    assert [len(row.updates) for row in rows] == [1, 1, 1]
    assert isinstance(rows[0], Row)


async def test_a_burst_is_one_row_and_everybody_sees_all_of_it() -> None:
    store = MemoryStore()
    async with open_room(store) as room:
        ann, bob, cy = (Tab(room, name) for name in ('ann', 'bob', 'cy'))
        for tab in (ann, bob, cy):
            tab.read()
        for letter in 'hello':
            ann.type(letter)
            bob.type(letter.upper())
        await room.saved()
        for tab in (ann, bob, cy):
            tab.read()
        assert ann.text == bob.text == cy.text == room.text
        assert [record.author for record in store.documents['doc'].log] == ['ann', 'bob']
        assert ann.all_saved()
        assert bob.all_saved()


async def test_edits_that_cannot_be_merged_are_shown_and_saved_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = shared.merge_updates

    def panic(*updates: bytes) -> bytes:
        raise RuntimeError('panicked')

    async with open_room() as room:
        ann, bob = Tab(room, 'ann'), Tab(room, 'bob')
        ann.read(), bob.read()
        monkeypatch.setattr(shared, 'merge_updates', panic)
        for letter in 'abc':
            ann.type(letter)
        await room.saved()
        monkeypatch.setattr(shared, 'merge_updates', real)
        ann.type('d')
        await room.saved()
        ann.read(), bob.read()
        assert ann.text == bob.text == room.text == 'abcd'
        assert ann.all_saved()
        assert room.closed is None


async def test_a_room_that_fails_while_it_gathers_leaves_the_others_their_journal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with open_hub() as hub:
        for name in ('sick', 'well'):
            await hub.create(name, document_id=name)
        async with hub.open('sick') as sick, hub.open('well') as well:

            def fails() -> list[Record]:
                raise RuntimeError('no rows')

            monkeypatch.setattr(sick, 'gather', fails)
            sick.insert(0, 'x')
            with pytest.raises(RuntimeError):
                await sick.saved()
            assert sick.closed
            well.insert(0, 'y')
            await well.saved()
            assert well.text == 'y'
