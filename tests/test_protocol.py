"""Every frame comes back as it went out, and nothing that is not a frame gets in."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from collab.document import protocol
from collab.document.digest import Digest
from collab.document.lib0 import MAX_NUMBER
from collab.document.protocol import (
    MAX_CLOCK,
    MAX_PEOPLE,
    AwarenessEntry,
    AwarenessUpdate,
    Check,
    Frame,
    ProtocolError,
    QueryAwareness,
    Reader,
    SyncStep1,
    SyncStep2,
    Update,
    decode,
    read_state_vector,
    uint,
    var_bytes,
    var_string,
    write_state_vector,
)

NUMBERS = st.integers(0, MAX_NUMBER)
ENTRIES = st.lists(st.builds(AwarenessEntry, NUMBERS, NUMBERS, st.text()), max_size=5)


@given(NUMBERS)
def test_a_number_comes_back(number: int) -> None:
    reader = Reader(uint(number))
    assert reader.read_uint() == number
    assert reader.at_end()


@pytest.mark.parametrize(
    ('number', 'written'),
    [(0, '00'), (127, '7f'), (128, '8001'), (2**32 - 1, 'ffffffff0f'), (2**53 - 1, 'ff' * 7 + '0f')],
)
def test_numbers_are_written_as_lib0_does(number: int, written: str) -> None:
    assert uint(number).hex() == written


@pytest.mark.parametrize(
    'data', ['', '80', 'ff' * 7, '8000', 'ff' * 7 + '1f', '80' * 8 + '01', 'ff' * 200_000]
)
def test_what_is_no_number_is_refused(data: str) -> None:
    with pytest.raises(ProtocolError, match='number'):
        Reader(bytes.fromhex(data)).read_uint()


@given(st.text())
def test_a_string_has_its_length_in_bytes(words: str) -> None:
    assert Reader(var_string(words)).read_string() == words
    assert var_string('é😀') == b'\x06' + 'é😀'.encode()


def test_bytes_and_strings_end_where_they_say() -> None:
    with pytest.raises(ProtocolError, match='too soon'):
        Reader(b'\x03ab').read_bytes()
    with pytest.raises(ProtocolError, match='too soon'):
        Reader(b'').read_byte()
    with pytest.raises(ProtocolError, match='UTF-8'):
        Reader(b'\x03\xed\xa0\xbd').read_string()


@given(st.binary())
def test_document_frames_come_back(content: bytes) -> None:
    assert decode(protocol.step1(content)) == SyncStep1(content)
    assert decode(protocol.step2(content)) == SyncStep2(content)
    assert decode(protocol.update(content)) == Update(content)


@given(ENTRIES)
def test_presence_frames_come_back(entries: list[AwarenessEntry]) -> None:
    assert decode(protocol.awareness(entries)) == AwarenessUpdate(tuple(entries))


def test_the_question_for_presence_is_one_byte() -> None:
    assert decode(b'\x03') == QueryAwareness()


def test_frames_of_the_server_are_written_as_planned_and_not_taken_from_editors() -> None:
    frames = {
        protocol.saved(300): b'\x64\xac\x02',
        protocol.refused('gone', 'Ö'): b'\x65\x04gone\x02' + 'Ö'.encode(),
        protocol.resync(): b'\x66',
        protocol.trouble(True): b'\x67\x01',
        protocol.trouble(False): b'\x67\x00',
    }
    for frame, written in frames.items():
        assert frame == written
        with pytest.raises(ProtocolError, match='unknown type'):
            decode(frame)


@pytest.mark.parametrize(
    'frame',
    [
        b'',
        b'\x00',
        b'\x00\x02',
        b'\x00\x03\x00',  # an unknown step
        b'\x00\x02\x00\x00',  # a byte too many
        b'\x00\x02\x05abc',  # bytes too few
        b'\x03\x00',
        b'\x02\x00',  # y-protocols' "auth", which editors never send
        b'\x01' + var_bytes(b'\x01\x05\x01'),  # a person cut off
        b'\x01' + var_bytes(b'\x00\x00'),
        b'\x01' + var_bytes(uint(MAX_PEOPLE + 1) + b'\x00' * 3 * (MAX_PEOPLE + 1)),
        b'\x01' + var_bytes(b'\x01\x05\x01\x01\xff'),
    ],
)
def test_what_is_no_frame_is_refused(frame: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode(frame)


@pytest.mark.parametrize('count', [0, 1, 2])
@pytest.mark.parametrize('state', ['null', 'x' * 300])
def test_it_is_seen_at_the_front_whether_a_short_frame_tells_of_one_person(count: int, state: str) -> None:
    frame = protocol.awareness([AwarenessEntry(client, 1, state) for client in range(count)])
    assert protocol.is_of_one(frame) is (count == 1)
    assert not protocol.is_of_one(frame[:1])


def _again(frame: Frame) -> bytes:
    match frame:
        case SyncStep1(content):
            return protocol.step1(content)
        case SyncStep2(content):
            return protocol.step2(content)
        case Update(content):
            return protocol.update(content)
        case AwarenessUpdate(entries):
            return protocol.awareness(entries)
        case QueryAwareness():
            return b'\x03'
        case Check(seen, digest):
            return protocol.check(seen, digest)


@example(protocol.check(0, Digest(0, 0, 0)))
@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda rest: b'\x01' + var_bytes(rest)))
def test_any_bytes_are_a_frame_written_in_one_way_only_or_refused(data: bytes) -> None:
    try:
        frame = decode(data)
    except ProtocolError:
        return
    assert _again(frame) == data


@given(st.dictionaries(NUMBERS, st.integers(0, MAX_CLOCK)))
def test_a_state_vector_comes_back(clocks: dict[int, int]) -> None:
    assert read_state_vector(write_state_vector(clocks)) == clocks


def test_a_state_vector_is_written_as_yjs_does_highest_client_first() -> None:
    assert write_state_vector({1: 2, 300: 4}) == b'\x02\xac\x02\x04\x01\x02'


@pytest.mark.parametrize(
    'data',
    [
        b'',
        b'\x01\x01',
        b'\x00\x00',
        b'\x02\x01\x01\x01\x01',  # a client twice
        b'\x01\x01' + uint(MAX_CLOCK + 1),
        uint(2**27),  # makes yrs reserve 240 MB
        b'\x04' + b'\x01\x01' * 4,
    ],
)
def test_what_is_no_state_vector_is_refused(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        read_state_vector(data, most=3)
