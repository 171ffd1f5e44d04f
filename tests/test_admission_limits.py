"""Large updates: as many as people need, none that would take the memory or the time of everybody else."""

import pytest

from collab.document.admission import Admitted, Ledger, Limits, Refused
from collab.document.protocol import uint
from tests.support.forged import ANY, TYPE, deletions, section, struct, text, update


def anybody(client: int) -> bool:
    return True


@pytest.mark.parametrize(
    'attack',
    [
        update(section(2, 2, struct(uint(1) + b'\x75\x01' * 30_000 + b'\x7e', ANY, (1, 5)))),
        update(*[section(client, 0) for client in range(90_000)]),
        update(
            section(
                2,
                2,
                *[bytes([TYPE]) + uint(0) + uint(2) + uint(2 + i) + b'\x00' for i in range(33_000)],
            )
        ),
        uint(2**26),
        b'\xff' * 200_000,
        b'',
    ],
    ids=['nested arrays', 'empty sections', 'nested types', 'clients bomb', 'number without end', 'no bytes'],
)
def test_what_kills_the_process_by_its_size_is_refused(attack: bytes) -> None:
    with pytest.raises(Refused):
        Ledger().admit(attack, anybody)


def test_many_clients_may_build_on_each_other_in_any_order_but_not_in_a_circle() -> None:
    def chain(*first: bytes) -> list[bytes]:
        return [section(client, 0, text('x', origin=(client - 1, 0))) for client in range(1, 3000)]

    for order in (chain(), chain()[::-1]):
        assert len(Ledger().admit(update(section(0, 0, text('x')), *order), anybody).writers) == 3000
    with pytest.raises(Refused, match='wait for each other'):
        Ledger().admit(update(section(0, 0, text('x', origin=(2999, 0))), *chain()), anybody)


def typed(count: int, client: int = 7, word: str = 'x', start: int = 0) -> bytes:
    """A section as if nothing that was typed had ever been joined."""
    step = len(word.encode('utf-16-le')) // 2
    rest = [text(word, origin=(client, start + i * step - 1)) for i in range(1, count)]
    return section(client, start, text(word), *rest)


@pytest.mark.parametrize('word', ['x', '😀'])
def test_strings_that_would_fill_the_memory_when_joined_are_refused(word: str) -> None:
    assert Ledger().admit(update(typed(4000, word=word)), anybody).writers == (7,)
    for attack in (update(typed(20_000, word=word)), update(typed(600, word=word * 1000))):
        with pytest.raises(Refused, match='small pieces') as refusal:
            Ledger().admit(attack, anybody)
        assert refusal.value.code == 'too-large'


def test_strings_that_stay_apart_are_let_in_however_many() -> None:
    between = section(8, 0, *[text('y', origin=(7, i), right=(7, i + 1)) for i in range(19_999)])
    assert Ledger().admit(update(typed(20_000), between), anybody).writers == (7, 8)
    every_other = deletions(7, *[(i, 1) for i in range(0, 20_000, 2)])
    assert Ledger().admit(update(typed(20_000), deletes=[every_other]), anybody).writers == (7,)
    beside = section(8, 0, *[text('y', origin=(7, i)) for i in range(19_999)])
    with pytest.raises(Refused, match='small pieces'):  # 'y' may come to stand elsewhere
        Ledger().admit(update(typed(20_000), beside), anybody)


@pytest.mark.parametrize(
    ('limits', 'large'),
    [
        (Limits(update_bytes=5), update(section(9, 0, text('abc')))),
        (Limits(sections=1), update(section(9, 0, text('a')), section(8, 0, text('b')))),
        (Limits(structs=1), update(section(9, 0, text('a'), text('b')))),
        (Limits(deletes=1), update(deletes=[deletions(1, (0, 1), (4, 1))])),
        (Limits(sections=1), update(deletes=[deletions(1, (0, 1)), deletions(2, (0, 1))])),
    ],
)
def test_what_is_too_large_is_called_so(limits: Limits, large: bytes) -> None:
    ledger = Ledger()
    ledger.load(update(section(1, 0, text('abcdef')), section(2, 0, text('xy'))))
    assert isinstance(ledger.admit(large, anybody), Admitted)
    with pytest.raises(Refused) as refusal:
        ledger.admit(large, anybody, limits)
    assert refusal.value.code == 'too-large'


def test_parting_a_very_long_text_in_very_many_places_is_refused_but_not_when_words_are_replaced() -> None:
    ledger = Ledger()
    ledger.load(update(section(1, 0, text('x' * 10_000_000))))
    places = range(0, 10_000_000, 1_000)
    between = section(8, 0, *[text('y', origin=(1, at), right=(1, at + 1)) for at in places])
    with pytest.raises(Refused, match='too many places') as refusal:
        ledger.admit(update(between), anybody)
    assert refusal.value.code == 'too-large'
    some = section(8, 0, *[text('y', origin=(1, at), right=(1, at + 1)) for at in places[::10]])
    assert ledger.admit(update(some), anybody).writers == (8,)
    replaced = deletions(1, *[(at + 1, 4) for at in places])
    assert ledger.admit(update(between, deletes=[replaced]), anybody).writers == (8,)


def test_what_the_document_holds_is_loaded_without_limits() -> None:
    Ledger().load(update(*[section(client, 0, text('x')) for client in range(10_001)]))
