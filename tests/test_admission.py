"""What would hurt a document, its other editors or the process never gets past the gate."""

from pathlib import Path

import pytest
from pycrdt import Doc, Text

from collab.document.admission import Incomplete, Ledger, Refused
from collab.document.protocol import read_state_vector, uint, var_string
from tests.support.forged import (
    STRING,
    deleted,
    deletions,
    section,
    text,
    update,
)

ALICE, MALLORY = 1, 2
# Alice wrote 'ab😀cd', clocks 0 to 5 of which 3 is a second half; Mallory 'xy' behind it.
BASE = update(section(MALLORY, 0, text('xy', origin=(ALICE, 5))), section(ALICE, 0, text('ab😀cd')))
CRASHERS = {file.stem: file for file in sorted(Path(__file__).with_name('crashers').glob('*.hex'))}


def not_alice(client: int) -> bool:
    return client != ALICE


def anybody(client: int) -> bool:
    return True


@pytest.fixture
def ledger() -> Ledger:
    ledger = Ledger()
    ledger.load(BASE)
    return ledger


def merged(*updates: bytes) -> 'Doc[Text]':
    doc: Doc[Text] = Doc()
    doc.get('content', type=Text)
    for one in updates:
        doc.apply_update(one)
    return doc


def read(name: str) -> bytes:
    lines = CRASHERS[name].read_text().splitlines()
    return bytes.fromhex(''.join(line for line in lines if not line.startswith('#')))


@pytest.mark.parametrize('held', [(), (BASE,)], ids=['empty', 'with-text'])
@pytest.mark.parametrize('name', CRASHERS)
def test_what_once_hurt_is_refused_or_harmless(name: str, held: tuple[bytes, ...]) -> None:
    ledger = Ledger()
    for known in held:
        ledger.load(known)
    try:
        admitted = ledger.admit(read(name), not_alice)
    except (Refused, Incomplete):
        return
    ledger.note(admitted)
    doc = merged(*held, read(name))
    stored = merged(doc.get_update())
    assert str(stored['content']) == str(doc['content'])
    assert read_state_vector(stored.get_state()) == read_state_vector(doc.get_state()) == ledger.clocks


@pytest.mark.parametrize('name', CRASHERS)
def test_no_attack_passes_where_it_was_aimed_at(name: str, ledger: Ledger) -> None:
    clocks = dict(ledger.clocks)
    with pytest.raises((Refused, Incomplete)):
        ledger.admit(read(name), not_alice)
    assert ledger.clocks == clocks


def test_nobody_writes_in_the_name_of_another(ledger: Ledger) -> None:
    with pytest.raises(Refused, match='somebody else') as refusal:
        ledger.admit(read('steal-next-clock'), not_alice)
    assert refusal.value.code == 'foreign'
    assert ledger.admit(read('steal-next-clock'), anybody).writers == (ALICE,)


def test_a_repetition_is_no_news_and_nobody_is_asked_about_it(ledger: Ledger) -> None:
    asked: list[int] = []

    def may_write(client: int) -> bool:
        asked.append(client)
        return False

    assert ledger.admit(BASE, may_write).writers == ()
    assert asked == []


def test_each_new_writer_is_asked_about_once(ledger: Ledger) -> None:
    asked: list[int] = []

    def may_write(client: int) -> bool:
        asked.append(client)
        return True

    fresh = update(section(9, 0, text('p', origin=(ALICE, 1))), section(MALLORY, 2, text('q', origin=(9, 0))))
    assert ledger.admit(fresh, may_write).writers == (9, MALLORY)
    assert asked == [9, MALLORY]


def test_an_update_that_misses_a_predecessor_is_asked_for_the_rest_and_then_let_in(ledger: Ledger) -> None:
    first = update(section(MALLORY, 2, text('one', origin=(MALLORY, 1))))
    second = update(section(MALLORY, 5, text('two', origin=(MALLORY, 4))))
    both = update(section(MALLORY, 2, text('onetwo', origin=(MALLORY, 1))))
    with pytest.raises(Incomplete):
        ledger.admit(second, not_alice)
    ledger.note(ledger.admit(first, not_alice))
    with pytest.raises(Incomplete):  # begins before what is known, ends after it
        ledger.admit(both, not_alice)
    ledger.note(ledger.admit(second, not_alice))
    assert ledger.clocks == {ALICE: 6, MALLORY: 8}


@pytest.mark.parametrize(
    'name', ['gap', 'skip', 'unknown-origin', 'unknown-right-origin', 'overlap', 'known-on-new']
)
def test_what_may_yet_become_complete_is_not_refused(name: str, ledger: Ledger) -> None:
    with pytest.raises(Incomplete):
        ledger.admit(read(name), not_alice)


def test_deleting_everything_is_fine_but_not_what_is_still_to_be_written(ledger: Ledger) -> None:
    assert (
        ledger.admit(
            update(deletes=[deletions(ALICE, (0, 6)), deletions(MALLORY, (0, 2))]), not_alice
        ).writers
        == ()
    )
    with pytest.raises(Incomplete):
        ledger.admit(update(deletes=[deletions(ALICE, (0, 7))]), not_alice)


def test_an_update_may_delete_what_it_brings(ledger: Ledger) -> None:
    typo = update(section(MALLORY, 2, text('ab', origin=(MALLORY, 1))), deletes=[deletions(MALLORY, (3, 1))])
    assert ledger.admit(typo, not_alice).writers == (MALLORY,)


@pytest.mark.parametrize(
    'cut',
    [
        section(MALLORY, 2, text('z', origin=(ALICE, 1), right=(ALICE, 2))),
        section(MALLORY, 2, text('z', origin=(ALICE, 3), right=(ALICE, 4))),
        section(MALLORY, 2, text('😀', origin=(ALICE, 5)), text('z', origin=(MALLORY, 3))),
        section(MALLORY, 2, deleted(2, origin=(ALICE, 5)), text('z', origin=(MALLORY, 2))),
    ],
)
def test_around_an_emoji_there_is_room(cut: bytes, ledger: Ledger) -> None:
    ledger.note(ledger.admit(update(cut), not_alice))


def test_an_emoji_of_an_earlier_edit_is_not_cut_either(ledger: Ledger) -> None:
    ledger.note(ledger.admit(update(section(MALLORY, 2, text('e😀', origin=(ALICE, 5)))), not_alice))
    ledger.note(ledger.admit(update(section(MALLORY, 5, text('😀', origin=(MALLORY, 4)))), not_alice))
    assert list(ledger.halves[MALLORY]) == [4, 6]
    for clock in (3, 5):
        with pytest.raises(Refused, match='parts a character'):
            ledger.admit(update(section(MALLORY, 7, text('z', origin=(MALLORY, clock)))), not_alice)


@pytest.mark.parametrize(
    'words',
    ['😀' * 50, 'a😀' * 50, 'plain ' * 50 + '\U0001d518', 'é日\ufffd' * 50, 'x' * 500 + '\U0010ffff' * 3],
)
def test_halves_are_found_in_sparse_and_in_dense_text(words: str) -> None:
    ledger = Ledger()
    ledger.load(update(section(7, 0, text('__'), text(words))))
    units = words.encode('utf-16-le')
    expected = [2 + i // 2 for i in range(0, len(units), 2) if 0xDC <= units[i + 1] <= 0xDF]
    assert list(ledger.halves.get(7, [])) == expected
    assert ledger.clocks == {7: 2 + len(units) // 2}


def test_two_clients_may_take_turns() -> None:
    one = section(1, 0, text('a'), text('c', origin=(2, 0)), text('e', right=(2, 1)))
    two = section(2, 0, text('b', origin=(1, 0)), text('d', origin=(1, 1)))
    assert Ledger().admit(update(one, two), anybody).writers == (1, 2)
    late = section(2, 0, text('b', origin=(1, 0)), text('d', origin=(1, 2)))
    with pytest.raises(Refused, match='wait for each other'):
        Ledger().admit(update(one, late), anybody)


def test_what_was_noted_is_not_noted_again(ledger: Ledger) -> None:
    admitted = ledger.admit(update(section(MALLORY, 2, text('z', origin=(ALICE, 5)))), not_alice)
    ledger.note(admitted)
    with pytest.raises(ValueError, match='out of turn'):
        ledger.note(admitted)


def test_a_clock_may_come_to_its_end_but_no_further() -> None:
    full = Ledger()
    full.load(update(section(9, 0, deleted(2**31))))
    with pytest.raises(Refused, match='counts too far'):
        full.admit(update(section(9, 2**31, text('x', origin=(9, 0)))), anybody)
    with pytest.raises(Refused, match='counts too far'):
        full.admit(update(section(9, 2**40, text('😀'))), anybody)


def test_a_struct_that_names_the_text_names_nothing_else(ledger: Ledger) -> None:
    by_number = update(
        section(MALLORY, 2, bytes([STRING]) + uint(2) + var_string('content') + var_string('z'))
    )
    with pytest.raises(Refused, match='not about the text'):
        ledger.admit(by_number, not_alice)
