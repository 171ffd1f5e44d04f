"""Takes a valid update apart into its fields, spoils some of them, and puts it together again."""

import random
from dataclasses import dataclass, replace

from collab.document.lib0 import MAX_NUMBER, Reader, var_bytes
from tests.support import forged

NUMBERS = [0, 1, 2, 5, 127, 128, 300, 2**16, 2**31 - 1, 2**31, 2**32, MAX_NUMBER, MAX_NUMBER + 1, 2**63]
BAD_WORDS = [
    b'',
    b'\xff',
    b'\xed\xa0\xbd',
    b'\xed\xb8\x80',
    b'\xf0\x9f\x98',
    b'\xc0\x80',
    b'content',
    b'y' * 9000,
]
FURTHER = [b'\xff' * 9, b'\x80' * 12, b'\x00\x00', b'\xed\xa0\xbd', b'\x80\x00']
Place = tuple[forged.Id | None, ...]
"""What was on the left of a part, and what was on its right."""


def number(value: int) -> bytes:
    """A number as lib0 writes it, also one that is too large."""
    written = bytearray()
    while value > 127:
        written.append(value & 127 | 128)
        value >>= 7
    return bytes([*written, value])


@dataclass(frozen=True, slots=True)
class Field:
    """One value of an update: a number, an info byte, or words with their length in front."""

    kind: str
    value: int = 0
    words: bytes = b''

    @property
    def written(self) -> bytes:
        if self.kind == 'words':
            return var_bytes(self.words)
        return bytes([self.value]) if self.kind == 'info' else number(self.value)


class Taken:
    """An update of one text, taken apart. Raises ValueError for what is none."""

    def __init__(self, update: bytes) -> None:
        self.fields: list[Field] = []
        self.places: list[Place] = []
        """Between which units its parts stand; of those that go on where another one ended only the first."""
        self._reader = Reader(update)
        for _ in range(self._number()):
            self._section()
        for _ in range(self._number()):
            self._number()
            for _ in range(self._number()):
                self._id()
        if not self._reader.at_end():
            raise ValueError('it goes on after its end')

    def _number(self) -> int:
        self.fields.append(Field('number', self._reader.read_uint()))
        return self.fields[-1].value

    def _id(self) -> forged.Id:
        return self._number(), self._number()

    def _words(self) -> bytes:
        self.fields.append(Field('words', words=self._reader.read_bytes()))
        return self.fields[-1].words

    def _section(self) -> None:
        structs = self._number()
        client, clock = self._id()
        before: Place | None = None
        for _ in range(structs):
            info = self._reader.read_byte()
            self.fields.append(Field('info', info))
            place = tuple(self._id() if info & side else None for side in (0x80, 0x40))
            if not info & 0xC0:
                self._number(), self._words()
            if before is None or place != ((client, clock - 1), before[1]):
                self.places.append(place)
            before = place
            if info & 31 == forged.STRING:
                clock += len(self._words().decode().encode('utf-16-le')) // 2
            else:
                clock += self._number()


def spoiled(update: bytes, ids: list[int], chance: random.Random) -> bytes:
    """The update with one to three of its fields changed, left out, repeated or exchanged."""
    written = [(field, field.written) for field in Taken(update).fields]
    for _ in range(chance.choice([1, 1, 2, 3])):
        at = chance.randrange(len(written))
        match chance.randrange(10):
            case 0:
                del written[at]
            case 1:
                written.insert(at, written[chance.randrange(len(written))])
            case 2:
                other = chance.randrange(len(written))
                written[at], written[other] = written[other], written[at]
            case _:
                field = written[at][0]
                written[at] = field, _other_value(field, ids, chance)
        if not written:
            break
    return b''.join(data for _, data in written)


def _other_value(field: Field, ids: list[int], chance: random.Random) -> bytes:
    if field.kind == 'info':
        return bytes([chance.choice([field.value ^ 1 << chance.randrange(8), chance.randrange(256)])])
    if field.kind == 'number':
        near = [max(0, field.value + step) for step in (-1, 1, 2)]
        other = number(chance.choice([chance.choice(near), chance.choice(NUMBERS), chance.choice(ids)]))
        return other[:-1] + bytes([other[-1] | 128, 0]) if chance.random() < 0.05 else other  # too long
    words = chance.choice([chance.choice(BAD_WORDS), field.words[:-1], field.words * 2])
    if chance.random() < 0.3:  # the length is a lie
        return number(chance.choice([max(0, len(words) - 1), len(words) + 1, *NUMBERS])) + words
    return replace(field, words=words).written


def damaged(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """Bytes that were flipped, replaced, repeated, cut, or run into others."""
    out = bytearray(data)
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(out) + 1)
        match chance.randrange(7):
            case 0 if at < len(out):
                out[at] ^= 1 << chance.randrange(8)
            case 1 if at < len(out):
                out[at] = chance.randrange(256)
            case 2:
                out[at : at + 1] = number(chance.choice(NUMBERS))
            case 3:
                del out[at:]
            case 4:
                out[at:at] = out[at : at + chance.randrange(1, 40)]
            case 5:
                out += chance.choice(others)
            case _:
                out[at:at] = chance.choice(FURTHER)
    return bytes(out)
