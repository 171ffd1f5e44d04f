"""Old updates of a log in few bytes: who wrote what in which minute, and every minute can be read again."""

import random
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from pycrdt import Doc, Text

from collab.document import binding, chapter
from collab.document.admission import Incomplete
from collab.document.binding import bind
from collab.document.broken import Ambiguous, BrokenDocument
from collab.document.chapter import Entry, gather, minutes, read, steps, write
from collab.document.joining import contents_of, joined
from collab.document.lib0 import ProtocolError, uint, var_bytes, var_string
from collab.document.shared import SharedDocument, merge
from collab.document.summary import equal, summarise
from tests.support.forged import BINARY, deleted, deletions, section, struct, text, update
from tests.support.typed import TypedLog


def document_of(updates: Sequence[bytes]) -> SharedDocument:
    document = SharedDocument()
    for one in updates:
        document.load(one)
    return document


def keys(words: str, client: int = 7, after: str = '') -> list[bytes]:
    """An update for each letter, typed on end."""
    ends = [len((after + words[:n]).encode('utf-16-le')) // 2 for n in range(len(words))]
    return [
        update(section(client, end, text(letter, (client, end - 1) if end else None)))
        for letter, end in zip(words, ends, strict=True)
    ]


class TestJoining:
    def test_what_was_typed_on_end_is_one_string(self) -> None:
        assert joined(keys('hello 🙂 you')) == update(section(7, 0, text('hello 🙂 you')))
        assert joined(keys('lo', after='hel')) == update(section(7, 3, text('lo', (7, 2))))

    def test_what_was_put_between_others_stays_apart(self) -> None:
        one = update(section(7, 0, text('ac')))
        two = update(section(7, 2, text('b', (7, 0), (7, 1))))
        assert joined([one, two]) == update(section(7, 0, text('ac'), text('b', (7, 0), (7, 1))))

    def test_what_is_deleted_is_joined_with_what_is_deleted_only(self) -> None:
        parts = [
            update(section(7, 0, text('a'))),
            update(section(7, 1, deleted(2, (7, 0)))),
            update(section(7, 3, deleted(1, (7, 2)))),
        ]
        assert joined(parts) == update(section(7, 0, text('a'), deleted(3, (7, 0))))

    def test_clients_come_in_the_order_of_yjs_and_deletions_in_few_ranges(self) -> None:
        parts = [
            update(section(7, 0, text('abcd')), section(9, 0, text('x'))),
            update(deletes=[deletions(7, (2, 1)), deletions(9, (0, 1))]),
            update(deletes=[deletions(7, (0, 2))]),
        ]
        assert joined(parts) == update(
            section(9, 0, text('x')),
            section(7, 0, text('abcd')),
            deletes=[deletions(9, (0, 1)), deletions(7, (0, 3))],
        )

    @pytest.mark.parametrize('missing', [keys('hello')[:2] + keys('hello')[3:], keys('hello') + keys('h')])
    def test_a_gap_and_a_repetition_are_refused(self, missing: list[bytes]) -> None:
        with pytest.raises(BrokenDocument, match='client 7 goes on at'):
            joined(missing)

    @pytest.mark.parametrize(
        'forged',
        [
            update(section(7, 0, text('a', root='other'))),
            update(section(7, 0, struct(var_bytes(b'a'), BINARY))),
            update(section(7, 0, text('a'))) + b'\0',
            update(section(7, 0, text('a')))[:-3],
        ],
    )
    def test_what_is_no_update_of_the_text_is_refused(self, forged: bytes) -> None:
        with pytest.raises(ProtocolError):
            joined([forged])

    @pytest.mark.parametrize('seed', range(12))
    def test_it_makes_what_the_library_makes_of_the_same_updates(self, seed: int) -> None:
        log = TypedLog(seed).type(120)
        updates = [row.update for row in log.rows]
        ours, theirs = joined(updates), merge(updates)
        assert len(ours) < len(theirs)
        assert contents_of([ours]) == contents_of([theirs]) == contents_of(updates)
        for made in (document_of([ours]), document_of([theirs])):
            assert equal(made, log.document)
            made.close()
        plain: Doc[Text] = Doc()
        plain.apply_update(ours)
        assert str(plain.get('content', type=Text)) == log.texts[-1]
        log.close()


class TestGathering:
    def entry(self, seq: int, author: str, at: int, update: bytes) -> Entry:
        return Entry(seq, seq, at, author, update)

    def test_the_edits_of_a_minute_are_one_entry_for_each_author(self) -> None:
        ann, bob = keys('hello', 7), keys('HI', 8)
        rows = [
            self.entry(1, 'ann', 59_000, ann[0]),
            self.entry(2, 'bob', 59_500, bob[0]),
            self.entry(3, 'ann', 59_999, ann[1]),
            self.entry(4, 'ann', 60_000, ann[2]),
            self.entry(5, 'bob', 60_500, bob[1]),
            self.entry(6, 'ann', 61_000, joined(ann[3:])),
        ]
        assert gather(rows) == [
            Entry(1, 3, 59_999, 'ann', joined(ann[:2])),
            Entry(2, 2, 59_500, 'bob', bob[0]),
            Entry(4, 6, 61_000, 'ann', joined(ann[2:])),
            Entry(5, 5, 60_500, 'bob', bob[1]),
        ]

    def test_a_clock_that_is_set_back_puts_nothing_out_of_order(self) -> None:
        rows = [
            self.entry(n, 'ann', at, key)
            for n, (at, key) in enumerate(zip((5, 60_001, 6), keys('abc'), strict=True), 1)
        ]
        assert gather(rows) == rows

    def test_authors_under_one_client_id_do_not_leave_each_other_gaps(self) -> None:
        typed = keys('abcd')
        rows = [
            self.entry(n, author, 5, key)
            for n, (author, key) in enumerate(zip('xyxx', typed, strict=True), 1)
        ]
        assert gather(rows) == [*rows[:2], Entry(3, 4, 5, 'x', joined(typed[2:]))]


ENTRIES = [
    Entry(5, 9, 1_700_000_000_000, 'ann', b'one'),
    Entry(6, 6, 3, 'Zoë 🙂', b''),
    Entry(7, 8, 5, 'ann', b'x'),
]


class TestFormat:
    def test_what_is_written_is_read(self) -> None:
        assert list(read(write(ENTRIES))) == ENTRIES

    def test_it_is_written_as_described(self) -> None:
        entry = uint(0) + uint(5) + uint(4) + uint(1_700_000_000_000) + var_bytes(b'one')
        plain = uint(1) + var_string('ann') + uint(1) + entry
        content = write(ENTRIES[:1])
        assert (content[:1], zlib.decompress(content[1:])) == (b'\x01', plain)

    def test_anything_else_is_refused(self) -> None:
        content = write(ENTRIES)
        plain = zlib.decompress(content[1:])
        wrong = [b'', b'\x03' + content[1:], content[:-1], content + b'\0', b'\x01' + plain]
        nobody = uint(0) + uint(1) + uint(0) * 4 + var_bytes(b'')
        wrong += [b'\x01' + zlib.compress(changed) for changed in (plain + b'\0', plain[:-1], nobody)]
        for one in wrong:
            with pytest.raises(ProtocolError):
                read(one)


@pytest.mark.parametrize('seed', range(12))
def test_every_minute_of_a_chapter_can_be_read_and_what_follows_fits(seed: int) -> None:
    log = TypedLog(seed, people=1 + seed % 4, first_seq=1 + 1_000 * (seed % 2)).type(150)
    chance = random.Random(seed)
    before: list[bytes] = []
    state: Sequence[bytes] = ()
    at = 0
    while at < len(log.rows):
        stretches = []
        for _ in range(chance.choice([1, 1, 3])):
            done = sum(map(len, stretches))
            stretches.append(log.rows[at + done : at + done + chance.choice([1, 2, 7, 50])])
        stretches = [rows for rows in stretches if rows]
        bound = bind(state, stretches)
        read_again = document_of(before)
        for rows, content in zip(stretches, bound.contents, strict=True):
            ends = iter(minutes(rows))
            for step in steps(content):
                read_again.load(step)
                at += len(next(ends))
                assert read_again.text == log.texts[at]
            assert next(ends, None) is None
            assert {e.author for e in read(content)} == {row.author for row in rows}
            before += steps(content)
        live = document_of([bound.state])
        assert equal(read_again, live)
        state = (bound.state,)
        read_again.close()
        live.close()
    assert summarise(before) == summarise([row.update for row in log.rows])
    log.close()


Damage = Callable[[list[Entry]], list[Entry]]
MORE = update(deletes=[deletions(7, (0, 1))])
DAMAGE: dict[str, Damage] = {
    'one is missing': lambda e: [e[0], *e[2:]],
    'another author': lambda e: [replace(e[0], author='eve'), *e[1:]],
    'a deletion more': lambda e: [*e[:-1], replace(e[-1], update=joined([e[-1].update, MORE]))],
    'two changed places': lambda e: [
        replace(e[0], update=e[1].update),
        replace(e[1], update=e[0].update),
        *e[2:],
    ],
}


@pytest.mark.parametrize('change', DAMAGE.values(), ids=DAMAGE)
def test_updates_that_a_merged_chapter_would_not_hold_are_kept_one_by_one(
    change: Damage, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [Entry(n, n, 5, name, keys(name, n)[0]) for n, name in enumerate(['ann', 'bob', 'zoe'], 7)]
    assert bind((), [rows]).failure == ''
    monkeypatch.setattr(binding, 'gather', lambda rows: change(list(chapter.gather(rows))))
    assert_apart(rows, 'does not hold what each author wrote')


def test_so_are_those_of_a_chapter_that_ends_too_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [Entry(n, n, 5, 'ann', key) for n, key in enumerate(keys('abc'), 1)]
    monkeypatch.setattr(binding, 'gather', lambda rows: chapter.gather(rows[:-1]))
    assert_apart(rows, 'does not reach as far')


def test_and_of_one_that_makes_another_text(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [Entry(n, n, 5, 'ann', key) for n, key in enumerate(keys('ab'), 1)]
    real = binding.steps
    monkeypatch.setattr(binding, 'steps', lambda content: [*real(content), MORE])
    assert_apart(rows, 'does not make the document')


def assert_apart(rows: list[Entry], words: str) -> None:
    bound = bind((), [rows])
    assert words in bound.failure
    (content,) = bound.contents
    assert list(read(content)) == rows
    assert list(steps(content)) == [row.update for row in rows]
    assert bound.state == summarise([row.update for row in rows])


def test_a_document_that_no_snapshot_can_hold_has_chapters_but_no_state(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [Entry(n, n, 5, 'ann', key) for n, key in enumerate(keys('ab'), 1)]

    def ambiguous(_: object) -> bytes:
        raise Ambiguous('it depends')

    monkeypatch.setattr(binding, 'proven_snapshot', ambiguous)
    monkeypatch.setattr(binding, 'summarise', ambiguous)
    bound = bind((), [rows])
    assert (bound.state, bound.failure) == (None, 'it depends')
    assert list(read(bound.contents[0])) == rows


def test_updates_that_do_not_fit_together_make_no_chapter(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [Entry(n, n, 5, 'ann', key) for n, key in enumerate(keys('abc'), 1)]
    with pytest.raises(Incomplete):
        bind((), [[rows[0], replace(rows[2], first_seq=2, last_seq=2)]])
    monkeypatch.setattr(binding, 'read', lambda content: rows[:1])
    with pytest.raises(BrokenDocument, match='does not hold the updates'):
        bind((), [rows])
