"""What differs between two texts, and no more than that."""

from itertools import pairwise

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


def test_a_stretch_too_long_to_match_is_replaced_as_one() -> None:
    many = int(change.LINE_PAIRS**0.5) + 10
    old, new = 'x\nsame\n' * many + 'end', 'y\nsame\n' * many + 'fin'
    assert made(old, difference(old, new)) == new
    assert len(difference(old, new)) == 1
    long = int(change.CHARACTER_PAIRS**0.5) + 10
    assert len(difference('b' + 'a' * long + 'b', 'c' + 'a' * (long - 1) + 'c')) == 1
