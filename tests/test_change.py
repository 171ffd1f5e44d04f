"""What differs between two texts, and no more than that."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collab.document import change
from collab.document.change import Change, difference

LINES = st.lists(st.sampled_from(['', 'alpha', 'beta', 'gamma', '  indented', '🙂']), max_size=12)


def made(old: str, changes: tuple[Change, ...]) -> str:
    for one in reversed(changes):
        old = old[: one.start] + one.text + old[one.end :]
    return old


@given(LINES, LINES)
def test_the_changes_make_the_new_text_of_the_old(old: list[str], new: list[str]) -> None:
    before, after = '\n'.join(old), '\n'.join(new)
    changes = difference(before, after)
    assert made(before, changes) == after
    assert all(a.end <= b.start for a, b in pairwise(changes))


def test_equal_texts_do_not_differ() -> None:
    assert difference('same', 'same') == ()


def test_two_words_far_apart_are_two_changes() -> None:
    old = 'one\n' + 'between\n' * 500 + 'two\n'
    new = 'ONE\n' + 'between\n' * 500 + 'TWO\n'
    assert [(c.start, c.text) for c in difference(old, new)] == [(0, 'ONE'), (4004, 'TWO')]


def test_a_line_that_is_only_added_leaves_its_neighbours_alone() -> None:
    assert difference('a\nc\n', 'a\nb\nc\n') == (Change(2, 2, 'b\n'),)


def test_what_takes_too_long_to_match_is_replaced_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = 'same 1\nx\nsame 2\nx\nend', 'same 1\ny\nsame 2\ny\nend'
    assert len(difference(old, new)) == 2
    monkeypatch.setattr(change, 'EFFORT', 3)
    assert difference(old, new) == (Change(7, 17, 'y\nsame 2\ny'),)


def test_a_line_that_has_little_in_common_is_replaced_and_not_shredded() -> None:
    assert difference('the quick brown fox\n', 'a lazy dog sleeps\n') == (Change(0, 19, 'a lazy dog sleeps'),)


def test_every_second_line_of_a_long_text_is_found_soon() -> None:
    old = [f'line {i}' for i in range(8_000)]
    new = [line if i % 2 else f'changed {i}' for i, line in enumerate(old)]
    changes = difference('\n'.join(old), '\n'.join(new))
    assert made('\n'.join(old), changes) == '\n'.join(new)
    assert len(changes) == 4_000
