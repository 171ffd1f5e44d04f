"""The shared text: edits by Python code and from outside, and what happens when the library fails."""

import gc
import weakref

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collab.document import shared
from collab.document.admission import Incomplete, Refused
from collab.document.broken import Ambiguous, BrokenDocument, Overgrown, too_large
from collab.document.change import Change
from collab.document.shared import SharedDocument, merge
from collab.document.summary import equal, proven_snapshot, summarise

LIMIT = 10_000_000
TEXTS = st.text(st.characters(codec='utf-8'), max_size=30)


def anyone(_client: int) -> bool:
    return True


def document(text: str = '') -> SharedDocument:
    made = SharedDocument()
    made.edit([Change(0, 0, text)])
    return made


def copy_of(original: SharedDocument) -> SharedDocument:
    copy = SharedDocument()
    copy.load(original.snapshot())
    return copy


def test_an_edit_returns_exactly_what_was_news() -> None:
    one, other = document(), SharedDocument()
    news = one.edit([Change(0, 0, 'hello')])
    assert news is not None
    assert news.writers == (one.client_id,)
    again = other.apply(news.update, anyone, LIMIT)
    assert again is not None
    assert (again.update, again.writers) == (news.update, news.writers)
    assert other.text == 'hello'


def test_what_is_known_already_is_no_news() -> None:
    one = document('hello')
    copy = copy_of(one)
    assert copy.apply(one.snapshot(), anyone, LIMIT) is None
    assert one.edit([]) is None
    assert one.edit([Change(2, 2, '')]) is None


@given(TEXTS, TEXTS, st.data())
def test_positions_are_right_for_every_character(old: str, new: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(old)))
    end = data.draw(st.integers(start, len(old)))
    one = document(old)
    one.edit([Change(start, end, new)])
    assert one.text == old[:start] + new + old[end:]
    assert equal(one, copy_of(one))
    assert copy_of(one).text == one.text


@given(TEXTS, TEXTS)
def test_making_the_text_this_makes_it_this(old: str, new: str) -> None:
    one = document(old)
    one.set_text(new)
    assert one.text == new
    assert copy_of(one).text == new
    assert one.length == len(new.encode())


@given(st.lists(st.tuples(TEXTS, st.integers(0, 30), st.integers(0, 30)), max_size=6))
def test_a_proven_snapshot_tells_the_gate_all_that_reading_it_would(
    edits: list[tuple[str, int, int]],
) -> None:
    one = document('ab🙂c')
    for text, start, end in edits:
        end = min(end, len(one.text))
        other = copy_of(one)  # another client id
        news = other.edit([Change(min(start, end), end, text)])
        if news is not None:
            one.load(news.update)
    quick, gated = SharedDocument(), copy_of(one)
    quick.load_snapshot(one.snapshot())
    assert equal(quick, gated)
    assert quick.text == one.text
    assert quick._ledger == gated._ledger


def test_a_snapshot_that_cannot_be_merged_breaks_the_document() -> None:
    with pytest.raises(BrokenDocument):
        SharedDocument().load_snapshot(b'\x01\x01')


@given(st.lists(st.tuples(TEXTS, st.integers(0, 30), st.integers(0, 30)), max_size=6), st.integers(1, 300))
def test_a_log_replayed_makes_what_its_rows_make_one_by_one(
    edits: list[tuple[str, int, int]], short: int
) -> None:
    gated, log = SharedDocument(), []
    for text, start, end in edits:
        other = copy_of(gated)  # another client id
        end = min(end, len(gated.text))
        news = other.edit([Change(min(start, end), end, text)])
        if news is not None:
            log.append(news.update)
            gated.load(news.update)
    replayed = SharedDocument()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shared, 'SHORT', short)
        replayed.replay(log)
    assert equal(replayed, gated)


FORGED = (
    '0104ac0200040107636f6e74656e740a' + 10 * '61' + '84ac0209a202' + 290 * '61'
    + '84ac02090161c4ac02ac02ac02390678f09f98807900',
    '0103ac02b102040107636f6e74656e740161040107636f6e74656e7408f09f9880f09f988084ac02b50204f09f988000',
    '0201ac02b8028401020678f09f988079010100040107636f6e74656e7408626378f09f98807900',
    '0202010681ac021d03c40105ac02530364656601ac02bc02c4010501030364656601ac02017302',
)  # fmt: skip
"""Updates that pass the gate and that no honest editor would write; one of eight found among 12,912 logs."""


def test_a_forged_log_replayed_is_the_document_that_everybody_saw(monkeypatch: pytest.MonkeyPatch) -> None:
    """Merged in one transaction, it made another text, which its own copy proved right."""
    monkeypatch.setattr(shared, 'SHORT', 1_000)
    one_by_one, replayed = SharedDocument(), SharedDocument()
    for row in FORGED:
        one_by_one.apply(bytes.fromhex(row), anyone, LIMIT)
    replayed.replay(map(bytes.fromhex, FORGED))
    assert replayed.text == one_by_one.text
    for document in (one_by_one, replayed):
        with pytest.raises(Ambiguous):
            proven_snapshot(document)


def test_a_log_with_a_gap_makes_no_document() -> None:
    one = document('')
    first, second = (one.edit([Change(0, 0, key)]) for key in 'ab')
    assert first
    assert second
    for rows in ([second.update], [second.update, b'\x00\x00']):
        with pytest.raises(Incomplete):
            SharedDocument().replay(rows)
    SharedDocument().replay([first.update, second.update])


def test_making_the_text_this_does_not_disturb_what_others_type() -> None:
    server = document('alpha\nbeta\ngamma\n')
    other = copy_of(server)
    typed = other.edit([Change(10, 10, ' two')])  # at the end of 'beta', on another screen
    server.set_text('Alpha\nbeta\ngamma delta\n')
    assert typed is not None
    server.apply(typed.update, anyone, LIMIT)
    assert server.text == 'Alpha\nbeta two\ngamma delta\n'


@pytest.mark.parametrize(
    ('start', 'end'),
    [(-1, 0), (0, 6), (4, 3), (6, 6)],
)
def test_a_position_outside_the_text_is_a_clear_error_and_changes_nothing(start: int, end: int) -> None:
    one = document('hello')
    with pytest.raises(ValueError, match='Positions go from 0 to 5'):
        one.edit([Change(start, end, 'x')])
    assert one.text == 'hello'


def test_half_a_character_is_refused() -> None:
    one = document('hello')
    with pytest.raises(ValueError, match='half a character'):
        one.edit([Change(0, 0, 'ok'), Change(1, 1, '\ud83d')])
    assert one.text == 'hello'


def test_what_the_sender_may_not_write_is_refused_and_changes_nothing() -> None:
    one, other = document('hello'), SharedDocument()
    with pytest.raises(Refused):
        other.apply(one.snapshot(), lambda client: False, LIMIT)
    with pytest.raises(Refused) as refused:
        other.apply(one.snapshot(), anyone, 4)
    assert refused.value.code == 'too-large'
    assert other.text == ''


def replaced(old: SharedDocument, text: str) -> bytes:
    """All of the text replaced by another, elsewhere, in one edit."""
    elsewhere = copy_of(old)
    news = elsewhere.edit([Change(0, len(elsewhere.text), text)])
    assert news is not None
    return news.update


def typed(old: SharedDocument, text: str) -> bytes:
    """A text typed in front of the other, elsewhere."""
    elsewhere = copy_of(old)
    news = elsewhere.edit([Change(0, 0, text)])
    assert news is not None
    return news.update


def test_what_an_edit_deletes_makes_room_for_what_it_brings() -> None:
    one = document('0123456789')
    assert one.apply(replaced(one, '漢漢漢'), anyone, 10) is not None
    assert one.text == '漢漢漢'
    shrunk = document('0123456789')
    assert shrunk.apply(replaced(shrunk, 'abcdefghi'), anyone, 5) is not None
    assert shrunk.text == 'abcdefghi'


def test_an_edit_that_cannot_fit_whatever_it_deletes_changes_nothing() -> None:
    one = document('0123456789')
    with pytest.raises(Refused, match='at most 10 bytes') as refused:
        one.apply(replaced(one, 'x' * 31), anyone, 10)
    assert refused.value.code == 'too-large'
    assert one.text == '0123456789'


def test_deleting_what_is_gone_already_makes_no_room() -> None:
    one = document('0123456789')
    first, second = replaced(one, 'abcdefghij'), replaced(one, 'ABCDEFGHIJ')
    one.apply(first, anyone, 10)
    with pytest.raises(Overgrown, match='10 bytes') as broken:
        one.apply(second, anyone, 10)
    assert broken.value.code == 'too-large'
    assert 'at most 10 bytes' in broken.value.words


def test_what_was_deleted_before_leaves_room_again() -> None:
    one = document('0123456789')
    for _ in range(5):
        one.edit([Change(0, 10, '')])
        assert one.apply(typed(one, 'abcdefghij'), anyone, 10) is not None
        assert one.apply(replaced(one, ''), anyone, 10) is not None
        assert one.apply(typed(one, 'klmnopqrst'), anyone, 10) is not None
        with pytest.raises(Refused):
            one.apply(typed(one, '!'), anyone, 10)


def test_the_limit_is_named_in_words_that_fit_where_a_socket_is_closed() -> None:
    assert 'at most 10 MB,' in too_large(10_000_000)
    assert all(len(too_large(limit)) <= 123 for limit in (1, 999_999, 29_999_999))


def test_an_update_that_misses_its_predecessor_is_not_taken_in() -> None:
    one, other = document('a'), SharedDocument()
    second = one.edit([Change(1, 1, 'b')])
    assert second is not None
    with pytest.raises(Incomplete):
        other.apply(second.update, anyone, LIMIT)
    assert other.text == ''
    assert other.apply(one.missing(other.state_vector()), anyone, LIMIT) is not None
    assert other.text == 'ab'


class Panic(BaseException):
    """What a panic of the library looks like from Python."""


@pytest.mark.parametrize('failure', [Panic('unwrap on None'), RuntimeError('half done')])
def test_whatever_the_library_raises_the_document_is_called_broken(
    failure: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = document('hello')

    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr(one._doc, 'apply_update', fail)
    with pytest.raises(BrokenDocument, match=str(failure)):
        one.apply(document('x').snapshot(), anyone, LIMIT)


def test_ctrl_c_is_not_mistaken_for_a_broken_document(monkeypatch: pytest.MonkeyPatch) -> None:
    one = document('hello')

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(one._doc, 'apply_update', interrupt)
    with pytest.raises(KeyboardInterrupt):
        one.apply(document('x').snapshot(), anyone, LIMIT)


def test_merged_updates_hold_all_of_them() -> None:
    one = SharedDocument()
    updates = [news.update for i in range(5) if (news := one.edit([Change(i, i, 'abcde'[i])]))]
    other = SharedDocument()
    other.apply(merge(updates), anyone, LIMIT)
    assert other.text == 'abcde'
    assert merge(updates[:1]) == updates[0]


def test_a_summary_equals_the_updates_it_is_made_of() -> None:
    one = SharedDocument()
    updates = [news.update for i in range(50) if (news := one.edit([Change(0, min(i, 2), f'{i}🙂')]))]
    assert len(summarise(updates)) < sum(map(len, updates))
    other = SharedDocument()
    other.load(summarise(updates))
    assert equal(one, other)


def test_a_summary_that_does_not_hold_everything_is_never_given_out(monkeypatch: pytest.MonkeyPatch) -> None:
    updates = [document('hello').snapshot()]
    monkeypatch.setattr(SharedDocument, 'snapshot', lambda self: b'\x00\x00')
    with pytest.raises(BrokenDocument, match='does not hold'):
        summarise(updates)


def test_replicas_that_differ_in_one_deletion_are_not_equal() -> None:
    one = document('aXb')
    other = copy_of(one)
    other.edit([Change(1, 2, '')])
    assert not equal(one, other)


def test_a_closed_document_is_freed() -> None:
    one = document('hello')
    alive = weakref.ref(one._doc)
    one.close()
    del one
    gc.collect()
    assert alive() is None
