"""Large frames in pieces: put together whole, and never too many under way."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collab.editor import pieces as pieces_module
from collab.editor.pieces import MOST_UNDER_WAY, Incoming, Window, pieces
from tests.support.rooms import becomes


@given(st.lists(st.binary(max_size=300), max_size=5), st.integers(1, 50))
def test_frames_cut_anywhere_come_out_whole_and_in_order(frames: list[bytes], size: int) -> None:
    incoming = Incoming()
    for frame in frames:
        text = b64encode(frame).decode()
        for start in range(0, len(text), size):
            incoming.add(text[start : start + size])
        assert incoming.length == len(text)
        assert incoming.take() == frame
        assert incoming.length == 0


@given(st.binary(max_size=2_000))
def test_what_one_side_cuts_up_the_other_puts_together(frame: bytes) -> None:
    incoming = Incoming()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces_module, 'PIECE', 100)
        cut = list(pieces(frame))
    for piece, _ in cut:
        assert len(piece) <= 100
        incoming.add(piece)
    assert [more for _, more in cut] == [True] * (len(cut) - 1) + [False] * bool(cut)
    assert incoming.take() == frame


@pytest.mark.parametrize('text', ['no base64 ü', 'AA=', 'A', '===='])
def test_what_is_not_base64_is_no_frame(text: str) -> None:
    incoming = Incoming()

    def all_of_it() -> bytes:
        for letter in text:
            incoming.add(letter)
        return incoming.take()

    with pytest.raises(ValueError, match='not base64'):
        all_of_it()
    incoming.clear()
    incoming.add('AAAA')
    assert incoming.take() == bytes(3)


class Reader:
    """Somebody who is sent pieces, and says when they have arrived."""

    def __init__(self) -> None:
        self.pace = Window()
        self.under_way: list[Callable[..., None]] = []
        self.sending = asyncio.create_task(self._send())

    async def _send(self) -> None:
        while True:
            self.under_way.append(await self.pace.turn())

    async def has(self, count: int) -> None:
        """So many pieces are under way, and for now no more."""
        await becomes(lambda: len(self.under_way) >= count)
        for _ in range(5):
            await asyncio.sleep(0)
        assert len(self.under_way) == count


@pytest.fixture
async def reader() -> AsyncIterator[Reader]:
    reader = Reader()
    yield reader
    reader.sending.cancel()


async def test_the_sooner_pieces_arrive_the_more_may_be_under_way(reader: Reader) -> None:
    await reader.has(2)
    reader.under_way.pop()()
    await reader.has(3)
    for _ in range(3 * MOST_UNDER_WAY):
        reader.under_way.pop()('whatever the browser adds')
        await asyncio.sleep(0)
    await reader.has(MOST_UNDER_WAY)


async def test_on_a_slow_line_one_piece_waits_for_the_other(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    await reader.has(2)
    monkeypatch.setattr(pieces_module, 'SOON', -1.0)
    reader.under_way.pop()()
    await reader.has(1)
    reader.under_way.pop()()
    await reader.has(1)


async def test_a_reader_that_never_answers_is_not_waited_for_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pieces_module, 'PATIENCE', 0.01)
    reader = Reader()
    await becomes(lambda: len(reader.under_way) > 4)
    for arrived in reader.under_way:
        arrived()  # late, and of no harm
    reader.sending.cancel()
