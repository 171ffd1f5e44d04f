"""Other processes that touch the same database, and a way to let this one's tasks run."""

import asyncio
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from collab.rooms.ports import Record
from tests.support.store_contract import records

ROOT = Path(__file__).parent.parent.parent


async def turn() -> None:
    """Let everything that is ready run once."""
    for _ in range(3):
        await asyncio.sleep(0)


def to_three(n: int) -> list[Record]:
    """The n-th update of each of three documents."""
    return [record for name in ('a', 'b', 'c') for record in records(name, b'%d' % n, after=n - 1)]


def python(source: str) -> 'subprocess.Popen[str]':
    """A process that runs this source, with pipes to talk to it."""
    return subprocess.Popen(
        [sys.executable, '-c', textwrap.dedent(source)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@contextmanager
def lock(file: Path) -> Iterator[None]:
    """Another process is in the middle of writing to the file."""
    child = python(
        f"""
        import sqlite3
        connection = sqlite3.connect({str(file)!r})
        connection.execute('BEGIN IMMEDIATE')
        print('locked', flush=True)
        input()
        """
    )
    assert child.stdout
    assert child.stdout.readline() == 'locked\n'
    try:
        yield
    finally:
        child.communicate('go\n')
