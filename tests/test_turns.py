"""Of the tests that run side by side, one that is to be alone is alone."""

import threading
import time
from pathlib import Path

import pytest

from tests.support.turns import turn

fcntl = pytest.importorskip('fcntl', reason='without it, nobody waits')


class Visit:
    """Somebody in another thread, who comes in and stays until told to go."""

    def __init__(self, folder: Path, *, alone: bool = False) -> None:
        self.inside, self.go = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._stay, args=(folder, alone))
        self._thread.start()

    def _stay(self, folder: Path, alone: bool) -> None:
        with turn(folder, alone=alone):
            self.inside.set()
            self.go.wait(30)

    def leave(self) -> None:
        self.go.set()
        self._thread.join()


def test_many_are_there_at_once_and_who_is_alone_waits_for_all_of_them(tmp_path: Path) -> None:
    first, second = Visit(tmp_path), Visit(tmp_path)
    assert first.inside.wait(30)
    assert second.inside.wait(30)
    alone = Visit(tmp_path, alone=True)
    first.leave()
    assert not alone.inside.wait(0.1)
    second.leave()
    assert alone.inside.wait(30)
    late = Visit(tmp_path)
    assert not late.inside.wait(0.1)
    alone.leave()
    assert late.inside.wait(30)
    late.leave()


def test_who_comes_later_does_not_go_before_who_waits_to_be_alone(tmp_path: Path) -> None:
    first = Visit(tmp_path)
    assert first.inside.wait(30)
    alone = Visit(tmp_path, alone=True)
    until = time.monotonic() + 30
    while not is_taken(tmp_path / 'door'):
        assert time.monotonic() < until
    late = Visit(tmp_path)
    assert not late.inside.wait(0.1)
    first.leave()
    for visit in (alone, late):
        assert visit.inside.wait(30)
        visit.leave()


def is_taken(door: Path) -> bool:
    with door.open('a') as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
