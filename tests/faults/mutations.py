"""Messages that no honest editor would send: valid ones, changed where it hurts. Each seed makes its own."""

import json
import random
from base64 import b64encode
from collections.abc import Callable

from collab.document import protocol
from collab.document.lib0 import MAX_NUMBER
from tests.faults.fields import FURTHER, NUMBERS, Taken, damaged, number, spoiled
from tests.faults.replica import SIGNS, Replica
from tests.support import forged

STATES = [
    'null',
    '{}',
    '{"cursor":null}',
    '{"cursor":{"anchor":{"tname":"content"},"head":{"tname":"content","assoc":-1}}}',
    '{"user":{"name":"<script>alert(1)</script>","color":"red;background:url(//x)"}}',
    '{"user":{"name":["a"],"color":{"b":1}}}',
    '{"cursor":{"anchor":{"item":{"client":1e308,"clock":-1}},"head":NaN}}',
    '{"cursor":{"anchor":{"item":{"client":7,"clock":true}},"head":{"item":[]}}}',
    '{"a":' * 200 + '1' + '}' * 200,
    '[' * 500 + ']' * 500,
    '[' * 100_000,
    '"' + 'y' * 70_000 + '"',
    '9' * 1000,
    '{"user":{"name":"\\ud83d"}}',
    'not json',
    '',
]
ARGUMENTS = [
    'null',
    '0',
    '-1e999',
    '"x"',
    '"\\ud83d"',
    '[]',
    '[[]]',
    '{}',
    '{"a":{"b":[1]}}',
    'true',
    '{',
    '',
]
Listener = tuple[int, str]
"""An element of a page, and one of the things that it listens to."""


class Mutator:
    """Makes hostile messages around the edits of a replica."""

    def __init__(self, seed: str) -> None:
        self._chance = random.Random(seed)
        self.replica = Replica(self._chance)
        self._updates = [b'\x00\x00']
        self._makers: list[tuple[int, Callable[[], bytes]]] = [
            (3, lambda: protocol.update(self._edit())),
            (6, lambda: protocol.update(self._spoiled())),
            (3, lambda: protocol.update(self._damaged())),
            (8, lambda: protocol.update(self._forged())),
            (2, lambda: protocol.step2(self._spoiled())),
            (2, lambda: protocol.step1(damaged(self.replica.doc.get_state(), self._updates, self._chance))),
            (4, self._presence),
            (2, self._misframed),
            (1, lambda: self._chance.randbytes(self._chance.randrange(1, 200))),
            (1, lambda: bytes([protocol.CHECK]) + b''.join(number(self._number()) for _ in range(4))),
        ]
        self._weights = [weight for weight, _ in self._makers]

    def frame(self) -> bytes:
        """The next one."""
        ((_, make),) = self._chance.choices(self._makers, self._weights)
        return make()

    def page_message(self, element: int, page: str, listeners: list[Listener]) -> str:
        """The next one as a message on NiceGUI's socket, with its envelope changed as well."""
        chance = self._chance
        if chance.random() < 0.6:
            event, arguments = 'collab', self._envelope(element)
        else:
            event, arguments = self._event(page, listeners)
        message = '42' + json.dumps([event, *arguments], separators=(',', ':'))
        if chance.random() < 0.9:
            return message
        cut = chance.randrange(len(message))
        return chance.choice(
            [
                '',
                'x',
                '🙂',
                '-1',
                message[:cut],
                message[:cut] + message[cut + 1 :],
                f'{chance.choice("02356789")}{message}',
                message[:2] + '[' * 900,
            ]
        )

    def _envelope(self, element: int) -> list[object]:
        text = b64encode(self.frame()).decode()
        cut = self._chance.randrange(len(text) + 1)
        whole: list[object] = [element, text, False]
        others: list[list[object]] = [
            [element, text[:cut], True],
            [element, text[:cut] + '?é🙂'[self._chance.randrange(3)] + text[cut:], False],
            [element, text[:cut], False],
            [self._chance.choice([element + 1, -1, 2**70]), text, False],
            [element, text],
            [str(element), text, 'yes'],
            [{'id': element}, [text] * 3, None],
            [],
        ]
        return whole if self._chance.random() < 0.6 else self._chance.choice(others)

    def _event(self, page: str, listeners: list[Listener]) -> tuple[str, list[object]]:
        chance = self._chance
        element, listener = chance.choice(listeners)
        arguments: list[object] = chance.choices(ARGUMENTS, k=chance.choice([0, 1, 1, 1, 2]))
        event: dict[str, object] = {
            'client_id': page,
            'id': element,
            'listener_id': listener,
            'args': arguments,
        }
        event[chance.choice(['args', 'args', 'id', 'listener_id', 'client_id'])] = (
            arguments if chance.random() < 0.7 else chance.choice([None, 7, 'x', [1], {'a': 1}])
        )
        response = {'client_id': page, 'request_id': chance.choice(['x', None, []]), 'result': arguments}
        return chance.choice(
            [
                *[('event', [event])] * 6,
                ('event', [arguments]),
                ('javascript_response', [response]),
                ('ack', [{'client_id': page, 'next_message_id': chance.choice([-1, 10**30, 'x', None])}]),
                ('log', [{'client_id': page, 'level': 'debug', 'message': arguments}]),
                ('handshake', [{'client_id': chance.choice([page, 'x', None]), 'tab_id': arguments}]),
                ('disconnect', []),
                ('x', [arguments]),
            ]
        )

    def _number(self) -> int:
        return self._chance.choice([*NUMBERS, self.replica.client])

    def _edit(self) -> bytes:
        update = self.replica.edit()
        self._updates = [*self._updates[-50:], update]
        return update

    def _spoiled(self) -> bytes:
        ids = [*self.replica.clocks, self.replica.client]
        return spoiled(self._edit(), ids, self._chance)

    def _damaged(self) -> bytes:
        return damaged(self._edit(), self._updates, self._chance)

    def _misframed(self) -> bytes:
        chance, body = self._chance, self._edit()
        kind = chance.choice([0, 0, 0, 1, 2, 3, 4, *range(100, 108), *NUMBERS])
        step = chance.choice([0, 1, 2, 2, 3, 4, *NUMBERS])
        length = chance.choice([len(body)] * 3 + [len(body) + 1, max(0, len(body) - 1), *NUMBERS])
        return number(kind) + number(step) + number(length) + body + chance.choice([b'', b'', *FURTHER])

    def _forged(self) -> bytes:
        """An update that fits the server's text, in parts that no editor would have made; some do not fit."""
        chance, clocks = self._chance, self.replica.clocks

        def wrong(likelihood: float = 0.03) -> bool:
            return chance.random() < likelihood

        def section(client: int) -> bytes:
            start = clock = clocks.get(client, 0)
            (left, right), *_ = Taken(self.replica.edit(insert=True)).places
            parts = []
            for _ in range(chance.randrange(1, 5)):
                words = ''.join(chance.choices(SIGNS, k=chance.randrange(1, 6)))
                length = len(words.encode('utf-16-le')) // 2
                kind = chance.randrange(32) if wrong() else forged.STRING
                root = 'x' if wrong() else 'content'
                left = (client, clock + chance.choice(NUMBERS)) if wrong() else left
                parts.append(
                    forged.deleted(length, left, right)
                    if chance.random() < 0.2
                    else forged.struct(protocol.var_string(words), kind, left, right, root)
                )
                clock += length
                left = (client, clock - 1)
            return forged.section(client, start + (chance.choice(NUMBERS[1:]) if wrong() else 0), *parts)

        writers = [self.replica.client]
        if chance.random() < 0.1:
            writers.append(chance.choice([1, *clocks]))
        gone = {
            client: (clock, 2**31 if wrong() else chance.choice([1, 1, 2, 5]))
            for client, clock in [self.replica.id() for _ in range(chance.choice([0, 0, 1, 2]))]
        }
        deletes = [forged.deletions(client, one) for client, one in gone.items()]
        return forged.update(*(section(client) for client in writers), deletes=deletes)

    def _presence(self) -> bytes:
        chance = self._chance
        entries = [
            number(chance.choice([self.replica.client, 1, 7, *self.replica.clocks]))
            + number(chance.choice([0, 1, 2, 2**31, MAX_NUMBER]))
            + (protocol.var_string(chance.choice(STATES)) if chance.random() < 0.9 else b'\x02\xff\xfe')
            for _ in range(chance.choice([0, 1, 1, 1, 1, 2, 30]))
        ]
        said = chance.choice([len(entries)] * 12 + [0, 5000, MAX_NUMBER])
        return b'\x01' + protocol.var_bytes(number(said) + b''.join(entries))
