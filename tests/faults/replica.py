"""A live copy of a document, in the hands of somebody who makes valid edits only to spoil them."""

import random

from pycrdt import Doc, Text

from collab.document.lib0 import MAX_NUMBER
from collab.document.protocol import read_state_vector
from tests.support import forged

SIGNS = ['a', ' ', '\n', 'é', '🙂', '👩\u200d🚀', 'שׁ', '\u0301']
MOST_SIGNS = 2_000


class Replica:
    """What the server holds, as the attacker has it: each edit is made in a copy, and then spoiled."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.begin_anew()

    def begin_anew(self) -> None:
        """The document has begun another life: what is held of it is worth nothing any more."""
        self.doc: Doc[Text] = Doc()
        self.doc.get('content', type=Text)
        self.become_another()

    def become_another(self) -> None:
        """Write under an id that is nobody's yet, or a strange one."""
        strange = self._chance.random() < 0.05
        self.client = MAX_NUMBER if strange else self._chance.randrange(1, 2**32)

    @property
    def clocks(self) -> dict[int, int]:
        return read_state_vector(self.doc.get_state())

    def id(self) -> forged.Id:
        """One unit of the text, or of what was deleted."""
        client, clock = self._chance.choice([*self.clocks.items(), (self.client, 1)])
        return client, self._chance.randrange(max(1, clock))

    def learn(self, update: bytes) -> None:
        """Merge what the server sent."""
        try:
            self.doc.apply_update(update)
        except BaseException as error:
            self._survive(error)

    def edit(self, *, insert: bool = False) -> bytes:
        """A valid edit, which nobody has merged."""
        try:
            return self._edit(insert=insert)
        except BaseException as error:
            self._survive(error)
            return self._edit(insert=insert)

    def _survive(self, error: BaseException) -> None:
        """What attackers put together makes their own library panic now and then: they begin anew."""
        if type(error).__name__ != 'PanicException':
            raise error
        self.begin_anew()

    def _edit(self, *, insert: bool) -> bytes:
        twin: Doc[Text] = Doc(client_id=self.client)
        content = twin.get('content', type=Text)
        twin.apply_update(self.doc.get_update(b'\x00'))
        made: list[bytes] = []
        subscription = twin.observe(lambda event: made.append(event.update))
        signs = str(content)
        start = self._chance.randrange(len(signs) + 1)
        most = len(signs) if len(signs) > MOST_SIGNS else 9
        stop = min(len(signs), start + self._chance.randrange(1, most + 1))
        first, last = (len(signs[:end].encode()) for end in (start, stop))
        if start < stop and not insert and self._chance.random() < 0.4:
            del content[first:last]
        else:
            content.insert(first, ''.join(self._chance.choices(SIGNS, k=self._chance.randrange(1, 8))))
        twin.unobserve(subscription)
        return made[-1]
