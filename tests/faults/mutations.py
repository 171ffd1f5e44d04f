"""Messages that no honest editor would send: valid ones, changed where it hurts. Each seed makes its own."""

import json
import random
from base64 import b64encode
from collections.abc import Callable

from pycrdt import Doc, Text, TransactionEvent

from collab.document import protocol
from collab.document.lib0 import MAX_NUMBER
from tests.support import forged

SIGNS = ['a', ' ', '\n', 'é', '🙂', '👩\u200d🚀', 'שׁ', '\u0301']
NUMBERS = [0, 1, 2, 5, 127, 128, 300, 2**16, 2**31 - 1, 2**31, 2**32, MAX_NUMBER, MAX_NUMBER + 1, 2**63]
STATES = [
    'null',
    '{}',
    '{"cursor":null}',
    '{"user":{"name":"<script>alert(1)</script>","color":"red;background:url(//x)"}}',
    '[' * 900 + ']' * 900,
    '{"cursor":{"anchor":{"item":{"client":1e308,"clock":-1}},"head":NaN}}',
    '{"a":' * 200 + '1' + '}' * 200,
    '"' + 'y' * 70_000 + '"',
    '{"user":{"name":"\\ud83d"}}',
    'not json',
    '',
]
MOST_UNITS = 400


def number(value: int) -> bytes:
    """A number as lib0 writes it, also one that is too large."""
    written = bytearray()
    while value > 127:
        written.append(value & 127 | 128)
        value >>= 7
    return bytes([*written, value])


class Mutator:
    """Makes hostile frames around the edits of a replica."""

    def __init__(self, seed: str) -> None:
        self._chance = random.Random(seed)
        self._doc: Doc[Text] = Doc()
        self._content = self._doc.get('content', type=Text)
        self._updates = [b'\x00\x00']
        self._subscription = self._doc.observe(self._observe)
        self._makers: list[tuple[int, Callable[[], bytes]]] = [
            (4, lambda: protocol.update(self._edit())),
            (8, lambda: protocol.update(self._damaged(self._edit()))),
            (8, lambda: protocol.update(self._forged())),
            (2, lambda: protocol.step2(self._damaged(self._doc.get_update(b'\x00')))),
            (2, lambda: protocol.step1(self._damaged(self._doc.get_state()))),
            (4, self._presence),
            (2, lambda: self._damaged(protocol.update(self._edit()))),
            (1, lambda: self._chance.randbytes(self._chance.randrange(1, 200))),
            (1, lambda: bytes([protocol.CHECK]) + b''.join(number(self._number()) for _ in range(4))),
        ]
        self._weights = [weight for weight, _ in self._makers]

    def frame(self) -> bytes:
        """The next one."""
        ((_, make),) = self._chance.choices(self._makers, self._weights)
        return make()

    def page_message(self, element: int) -> str:
        """The next one as a message on NiceGUI's socket, with its envelope changed as well."""
        text = b64encode(self.frame()).decode()
        cut = self._chance.randrange(len(text) + 1)
        arguments = self._chance.choice(
            [
                [element, text, False],
                [element, text, False],
                [element, text[:cut], True],
                [element, text[:cut] + '?' + text[cut:], False],
                [element + 1, text, False],
                [-1, text, False],
                [element, text],
                [str(element), text, 'yes'],
                [{'id': element}, [text] * 3, None],
                [],
            ]
        )
        event = self._chance.choice(
            ['collab', 'collab', 'collab', 'collab', 'event', 'javascript_response', 'x']
        )
        message = '42' + json.dumps([event, *arguments])
        return message if self._chance.random() < 0.9 else message[: self._chance.randrange(2, len(message))]

    def _observe(self, event: TransactionEvent) -> None:
        self._updates.append(event.update)

    def _number(self) -> int:
        return self._chance.choice([*NUMBERS, self._doc.client_id])

    def _edit(self) -> bytes:
        """A valid edit of the replica."""
        size = len(self._content)
        if size > MOST_UNITS or (size and self._chance.random() < 0.2):
            self._content.clear()
        else:
            self._content += ''.join(self._chance.choices(SIGNS, k=self._chance.randrange(1, 8)))
        return self._updates[-1]

    def _damaged(self, data: bytes) -> bytes:
        """Bytes that were flipped, replaced, repeated, cut, or run into others."""
        out = bytearray(data)
        for _ in range(self._chance.randrange(1, 4)):
            at = self._chance.randrange(len(out) + 1)
            match self._chance.randrange(7):
                case 0 if at < len(out):
                    out[at] ^= 1 << self._chance.randrange(8)
                case 1 if at < len(out):
                    out[at] = self._chance.randrange(256)
                case 2:
                    out[at : at + 1] = number(self._number())
                case 3:
                    del out[at:]
                case 4:
                    out[at:at] = out[at : at + self._chance.randrange(1, 40)]
                case 5:
                    out += self._chance.choice(self._updates)
                case _:
                    out[at:at] = self._chance.choice(
                        [b'\xff' * 9, b'\xed\xa0\xbd', b'\x00\x00', b'\x80' * 12]
                    )
        return bytes(out)

    def _forged(self) -> bytes:
        """An update that is well-formed in parts, with numbers and kinds from anywhere."""
        chance = self._chance

        def id_() -> tuple[int, int]:
            return chance.choice([self._doc.client_id, 1, 7]), chance.randrange(12)

        def struct() -> bytes:
            beside = {side: id_() for side in ('origin', 'right') if chance.random() < 0.5}
            words = ''.join(chance.choices(SIGNS, k=chance.randrange(4)))
            content = chance.choice(
                [protocol.var_string(words), protocol.uint(chance.randrange(9)), b'\x00' * 3]
            )
            return forged.struct(
                content, chance.randrange(16), root=chance.choice(['content', 'x']), **beside
            )

        sections = [
            forged.section(
                id_()[0], chance.choice([0, 0, 1, 5, 2**31]), *[struct() for _ in range(chance.randrange(4))]
            )
            for _ in range(chance.randrange(3))
        ]
        gone = [
            forged.deletions(
                id_()[0], *[(chance.randrange(9), chance.randrange(9)) for _ in range(chance.randrange(4))]
            )
            for _ in range(chance.randrange(3))
        ]
        return forged.update(*sections, deletes=gone)

    def _presence(self) -> bytes:
        chance = self._chance
        entries = [
            number(chance.choice([self._doc.client_id, 1, 7]))
            + number(chance.choice([0, 1, 2, 2**31, MAX_NUMBER]))
            + protocol.var_string(chance.choice(STATES))
            for _ in range(chance.choice([0, 1, 1, 1, 2, 30]))
        ]
        said = chance.choice([len(entries)] * 6 + [0, 5000, MAX_NUMBER])
        return b'\x01' + protocol.var_bytes(number(said) + b''.join(entries))
