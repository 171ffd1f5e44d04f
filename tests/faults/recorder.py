"""Writes down what everybody typed, and says after a fault whether the promise was kept.

Every edit carries a token that no other edit carries, so a text is right if it is made of whole tokens only,
each of those that should be there stands in it once, and no other. Whoever writes may be a page without a
browser, a foreign Yjs editor, or a tab in a real browser: the recorder knows names, tokens and texts only.
"""

import re
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

TOKEN = re.compile(r'<[a-z]+\d*\.\d+[é🙂]?\.*>')
IN_BYTES = re.compile(TOKEN.pattern.replace('[é🙂]', '(?:é|🙂)').encode())
TAILS = ('', 'é', '🙂')
REMOVED = '-'
SHOWN_IN_A_MESSAGE, SHOWN_OF_EACH = 8, 40


class Broken(AssertionError):
    """The promise was not kept. Its text says how, and with which seed to see it again."""


class Recorder:
    """One document during one run. Labels: a token was typed; '-' and a token: it was removed."""

    def __init__(self, seed: int, room: str = 'doc') -> None:
        self.seed = seed
        self.room = room
        self.progress = 0
        """How many edits were confirmed so far."""
        self._numbers: Counter[str] = Counter()
        self._typed: dict[str, str] = {}
        self._removed: set[str] = set()
        self._confirmed: set[str] = set()
        self._promised_at: dict[str, int] = {}
        self._open: dict[str, set[str]] = {}
        self._status: dict[str, str] = {}
        self._wrong: list[str] = []
        self._late: set[str] = set()

    # What happens, told by whoever takes part.

    def token(self, who: str, padding: int = 0) -> str:
        """A new token, which this writer is about to type, or to paste if it is to be long."""
        self._numbers[who] += 1
        number = self._numbers[who]
        token = f'<{who}.{number}{TAILS[number % len(TAILS)]}{"." * padding}>'
        self._typed[token] = who
        self._open.setdefault(who, set()).add(token)
        return token

    def removal(self, who: str, token: str) -> str:
        """The label of a removal that this writer is about to make."""
        self._removed.add(token)
        self._open.setdefault(who, set()).add(REMOVED + token)
        return REMOVED + token

    def confirmed(self, who: str, labels: Sequence[str]) -> None:
        """The server has said that these are saved."""
        self.progress += len(labels)
        self._confirmed.update(labels)
        self._promise(labels)
        self._open.setdefault(who, set()).difference_update(labels)

    def all_confirmed(self, who: str) -> None:
        """A page, of which no more is known, says 'saved' after all that this writer typed so far."""
        self.confirmed(who, sorted(self._open.get(who, ())))

    def arrived(self, who: str, update: bytes) -> None:
        """This came from the server to `who`."""
        self._promise(token.decode() for token in IN_BYTES.findall(update))

    def sees(self, who: str, text: str) -> None:
        """This text is on the screen of `who`; what others wrote in it came from the server."""
        self._promise(token for token in TOKEN.findall(text) if self._typed.get(token) != who)

    def shown(self, who: str, status: str) -> None:
        """The page of `who` says this of its edits."""
        if status == 'saved' and (lied := self._open.get(who)):
            self._wrong.append(f'{who} says "saved" while these are not: {_some(lied)}')
        self._status[who] = status

    # What must hold, asked by the test.

    def fault(self) -> None:
        """Now: whoever has unconfirmed edits shows it. They are remembered, and must arrive in the end."""
        for who, labels in self._open.items():
            if labels and self._status.get(who) == 'saved':
                self._wrong.append(f'at the fault {who} says "saved" while these are not: {_some(labels)}')
            self._late |= labels
        self._raise_wrong('at the fault')

    def check_stored(self, text: str, where: str = 'stored', at: int | None = None) -> None:
        """`text` is what the server had on its disk, before anybody could send it anything again.

        With `at`, in nanoseconds of the monotonic clock, it is what it had at that moment.
        """
        found = self._tokens(text, where)
        promised = {label for label, when in self._promised_at.items() if at is None or when < at}
        gone = {label[1:] for label in promised if label.startswith(REMOVED)}
        lost = {label for label in promised if not label.startswith(REMOVED)} - self._removed - found
        self._wrong += _missing(where, 'confirmed or shown to others, but not', lost)
        self._wrong += _missing(where, 'removed and confirmed, but still', gone & found)
        self._raise_wrong(where)

    def check_end(self, texts: Mapping[str, str]) -> None:
        """Everybody is in step again. `texts` are all replicas, the server's and a fresh load, by name."""
        (first, text), *others = texts.items()
        for name, other in others:
            if other != text:
                self._wrong.append(f'{first} and {name} differ: {_difference(text, other)}')
        for name, each in texts.items():
            found = self._tokens(each, name)
            wanted = self._typed.keys() - self._removed
            self._wrong += _missing(name, 'confirmed, but lost and not', (wanted - found) & self._confirmed)
            self._wrong += _missing(name, 'unsaved at the fault, and never', (wanted - found) & self._late)
            rest = (wanted - found) - self._confirmed - self._late
            self._wrong += _missing(name, 'typed, but not', rest)
            self._wrong += _missing(name, 'removed, but still', found & self._removed)
        self._raise_wrong('in the end')

    def check_open(self) -> None:
        """Nobody still waits for a confirmation. Foreign editors, who never get one, do not count."""
        told = {who: labels for who, labels in self._open.items() if labels and who in self._status}
        for who, labels in told.items():
            self._wrong.append(f'never confirmed to {who}: {_some(labels)}')
        self._raise_wrong('in the end')

    def first_promise(self) -> int:
        """When the first edit was confirmed or shown, in nanoseconds of the monotonic clock."""
        return min(self._promised_at.values())

    def unconfirmed(self) -> int:
        """How many edits of pages are not confirmed just now."""
        return sum(len(labels) for who, labels in self._open.items() if who in self._status)

    def _promise(self, labels: Iterable[str]) -> None:
        now = time.monotonic_ns()
        for label in labels:
            self._promised_at.setdefault(label, now)

    def _tokens(self, text: str, where: str) -> set[str]:
        found = Counter(TOKEN.findall(text))
        if rest := TOKEN.sub('', text):
            self._wrong.append(f'{where} holds pieces of tokens: {rest[:200]!r}')
        if doubled := [token for token, count in found.items() if count > 1]:
            self._wrong.append(f'{where} holds more than once: {_some(doubled)}')
        if foreign := found.keys() - self._typed.keys():
            self._wrong.append(f'{where} holds what nobody typed: {_some(foreign)}')
        return set(found)

    def _raise_wrong(self, when: str) -> None:
        if self._wrong:
            wrong, self._wrong = '\n  '.join(self._wrong), []
            raise Broken(f'{self.room}, seed {self.seed}, {when}:\n  {wrong}')


def _missing(where: str, what: str, tokens: Iterable[str]) -> list[str]:
    missing = sorted(tokens)
    return [f'{what} in {where}: {_some(missing)}'] if missing else []


def _some(tokens: Iterable[str]) -> str:
    every = [token[:SHOWN_OF_EACH] for token in sorted(tokens)]
    shown = ' '.join(every[:SHOWN_IN_A_MESSAGE])
    return f'{shown} and {len(every) - SHOWN_IN_A_MESSAGE} more' if len(every) > SHOWN_IN_A_MESSAGE else shown


def _difference(one: str, other: str) -> str:
    at = next((i for i, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), len(one))
    parts = f'{one[at : at + 40]!r} and {other[at : at + 40]!r}'
    return f'{len(one)} and {len(other)} characters, from {at} on {parts}'
