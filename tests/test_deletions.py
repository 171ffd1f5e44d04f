"""Very many deletions in one update: merged in a cheap order, with the same result as in any other."""

import random

import pytest
from pycrdt import Doc, Text

from collab.document.deletions import MANY, Deleted, cheaply
from collab.document.shared import SharedDocument
from collab.document.update import Deletion
from tests.support.forged import deletions, section, text, update


def anybody(client: int) -> bool:
    return True


def base(length: int = 30_000) -> bytes:
    return update(section(7, 0, text('abc' * (length // 3))), section(9, 0, text('other')))


def some_ranges(chance: random.Random, count: int, end: int) -> list[tuple[int, int]]:
    borders = sorted(chance.sample(range(end), 2 * count))
    return [(start, stop - start) for start, stop in zip(borders[::2], borders[1::2], strict=True)]


@pytest.mark.parametrize('seed', range(5))
def test_taken_apart_an_update_does_exactly_what_it_does_as_one(seed: int) -> None:
    chance = random.Random(seed)
    gone = some_ranges(chance, MANY + seed, 30_000)
    typed = section(8, 0, *[text(f'<{at}>', origin=(7, at), right=(7, at + 1)) for at, _ in gone if at % 3])
    own = deletions(8, (0, 2), (5, 1))
    update_ = update(typed, deletes=[own, deletions(7, *gone), deletions(9, (1, 2))])
    document, plain = SharedDocument(), Doc[Text]()
    document.load(base())
    news = document.apply(update_, anybody, 10**9)
    for part in (base(), update_):
        plain.apply_update(part)
    assert document.text == str(plain.get('content', type=Text))
    assert document.snapshot() == plain.get_update()
    assert news is not None
    assert news.writers == (8,)
    copy = SharedDocument()
    copy.load(base())
    copy.load(news.update)  # what the others get, and what the log keeps
    assert copy.snapshot() == document.snapshot()
    assert document.apply(update_, anybody, 10**9) is None
    for one in (document, copy):
        one.close()


def test_the_middle_comes_first_and_what_the_update_brings_itself_last() -> None:
    gone = [Deletion(7, at, at + 1) for at in range(0, 2_000, 2)]
    own = [Deletion(8, 0, 1)] * MANY
    steps = cheaply(b'sections' + b'rest', 8, [*gone, *own], {7: 2_000, 8: 0})
    assert steps[0] == update(deletes=[deletions(7, (1_000, 1))])
    assert steps[1] == update(deletes=[deletions(7, (500, 1), (1_500, 1))])
    assert steps[10] == b'sections\x00'
    assert len(steps) == 10 + 1 + 8


def test_few_deletions_stay_as_they_are() -> None:
    assert cheaply(b'update', 3, [Deletion(7, 0, 1)] * (MANY - 1), {7: 9}) == [b'update']


def test_what_is_deleted_is_found_however_much_that_is() -> None:
    deleted = Deleted([Deletion(7, 10, 20), Deletion(7, 30, 40), Deletion(8, 0, 5)])
    inside = [Deletion(7, 10, 20), Deletion(7, 12, 13), Deletion(7, 39, 40), Deletion(8, 0, 1)]
    outside = [
        Deletion(7, 9, 11),
        Deletion(7, 19, 31),
        Deletion(7, 20, 21),
        Deletion(9, 0, 1),
        Deletion(7, 0, 1),
    ]
    assert all(map(deleted.has, inside))
    assert not any(map(deleted.has, outside))


def test_a_reader_who_repeats_what_is_deleted_changes_nothing() -> None:
    document = SharedDocument()
    document.load(base())
    gone = update(deletes=[deletions(7, *[(at, 1) for at in range(0, 30_000, 3)])])
    assert document.would_change(gone)
    document.apply(gone, anybody, 0)
    assert not document.would_change(gone)
    assert document.would_change(update(deletes=[deletions(7, (1, 1))]))
    assert not document.would_change(update())
    document.close()
