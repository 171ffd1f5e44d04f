"""An edit in many places is merged in small steps, and one that would take for ever is stopped."""

import random

import pytest
from pycrdt import Doc, Text

from collab.document import protocol
from collab.document.admission import UNLIMITED
from collab.document.broken import Wearisome
from collab.document.deletions import cheaply
from collab.document.shared import SharedDocument
from collab.document.steps import PLACES, in_steps
from collab.document.summary import equal
from collab.document.update import decode
from collab.rooms import reception
from tests.support import forged
from tests.support.rooms import becomes, open_room
from tests.support.tab import Tab

LIMIT = 10_000_000


def anyone(_client: int) -> bool:
    return True


def scattered(client: int, count: int) -> bytes:
    """So many letters, all said to be in the same place by somebody who knew of none of them."""
    return forged.update(forged.section(client, 0, *[forged.text('x')] * count))


def typed_by_many(seed: int, edits: int) -> tuple[bytes, bytes]:
    """A text, and what three authors who hear of each other now and then did to it, as one update."""
    rng = random.Random(seed)
    docs = [Doc[Text]() for _ in range(3)]
    texts = [doc.get('content', type=Text) for doc in docs]
    texts[0] += 'Ada wrote 😀 this first. ' * 20
    before = docs[0].get_update()
    for doc in docs[1:]:
        doc.apply_update(before)
    for _ in range(edits):
        who = rng.randrange(3)
        now = str(texts[who])
        at = len(now[: rng.randrange(len(now) + 1)].encode())
        if rng.random() < 0.3 and now:
            first = rng.randrange(len(now))
            start = len(now[:first].encode())
            del texts[who][start : start + len(now[first : first + 3].encode())]
        else:
            texts[who].insert(at, rng.choice(('x', 'yz', '😀', 'é')))
        if rng.random() < 0.1:
            docs[who].apply_update(docs[(who + 1) % 3].get_update())
    for doc in docs[1:]:
        docs[0].apply_update(doc.get_update())
    known: Doc[Text] = Doc()
    known.apply_update(before)
    return before, docs[0].get_update(known.get_state())


@pytest.mark.parametrize('edits', [30, 300, 3_000])
def test_in_small_steps_an_update_makes_the_same_as_at_once(edits: int) -> None:
    before, update = typed_by_many(edits, edits)
    stepwise, at_once = SharedDocument(), SharedDocument()
    for document in (stepwise, at_once):
        document.load(before)
    admitted = at_once._ledger.admit(update, anyone, UNLIMITED)
    end, deletions = admitted.sections_end, admitted.deletions
    at_once_steps = cheaply(update, end, deletions, at_once._ledger.clocks)
    steps = in_steps(at_once_steps, update, end, admitted.news, deletions)
    assert len(steps) > edits // (2 * PLACES)
    news = stepwise.apply(update, anyone, LIMIT)
    at_once._doc.apply_update(update)
    assert equal(stepwise, at_once)
    copy = SharedDocument()
    assert news is not None
    copy.load(before)
    copy.load(news.update)
    assert equal(copy, stepwise)
    whole = SharedDocument()
    whole.apply(stepwise.snapshot(), anyone, LIMIT)
    assert equal(whole, stepwise)


def test_what_goes_on_where_it_was_is_one_step() -> None:
    one = [forged.text('a')] + [forged.text('b', (7, clock)) for clock in range(500)]
    update = forged.update(forged.section(7, 0, *one))
    decoded = decode(update, UNLIMITED)
    assert in_steps([update], update, decoded.sections_end, [*decoded.sections.values()], []) == [update]


def test_what_is_built_upon_comes_first() -> None:
    below = forged.section(5, 0, *[forged.text('x')] * (2 * PLACES))
    above = forged.section(9, 0, *[forged.text('y', (5, 2 * PLACES - 1))] * PLACES)
    document = SharedDocument()
    document.apply(forged.update(above, below), anyone, LIMIT)
    assert (document.text.count('x'), document.text.count('y')) == (2 * PLACES, PLACES)


def test_merging_stops_when_it_is_enough() -> None:
    answers = iter([False, True])
    document = SharedDocument()
    with pytest.raises(Wearisome):
        document.apply(scattered(7, 3 * PLACES), anyone, LIMIT, lambda: next(answers))
    assert document.text == 'x' * PLACES


async def test_who_lies_about_places_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_room() as room:
        honest, mallory = Tab(room, 'ann'), Tab(room, 'mallory')
        mallory.send(protocol.update(scattered(5, 5_000)))
        await room.saved()
        with monkeypatch.context() as patch:
            patch.setattr(reception, 'LONGEST_MERGE', 0.1)
            mallory.send(protocol.update(scattered(9, 20_000)))
        mallory.read()
        assert mallory.refused is not None
        assert mallory.refused[0] == 'too-large'
        await becomes(lambda: not room.broken)
        assert room.text == 'x' * 5_000
        honest.read()
        honest.type('Hello')
        await room.saved()
        assert 'Hello' in room.text
