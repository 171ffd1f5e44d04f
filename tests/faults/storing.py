"""A process that only stores, and does so step by step: told by lines on its input, it answers in lines.

`append`: one more update, which is answered with its number when it is durable; `hold` and `release`: a
reader that stays at the state of one moment, as a backup does.
"""

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from collab.storage.documents import Documents
from models import DatabaseUnusable, open_database
from tests.support.source import ROOT
from tests.support.store_contract import records

NAME = 'doc'


class Storing:
    """Such a process, seen from the test."""

    def __init__(self, file: Path, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, '-m', 'tests.faults.storing', str(file)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.began = self._answer()

    def __call__(self, order: str) -> str:
        """Do this; returns 'ok' and the number of the last update, or what went wrong, or '' if it died."""
        assert self._process.stdin
        self._process.stdin.write(order + '\n')
        self._process.stdin.flush()
        return self._answer()

    def append(self, count: int) -> None:
        """So many updates, all of which must succeed."""
        for _ in range(count):
            assert self('append').startswith('ok')

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _answer(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()


async def obey(file: Path) -> None:
    try:
        database = open_database(f'sqlite+aiosqlite:///{file}')
    except DatabaseUnusable as error:
        print(error, flush=True)
        return
    store = Documents(database)
    if not await store.list():
        await store.create(NAME, NAME, 1)
    last = (await store.load(NAME)).seq
    held: Any = None
    print('ok', last, flush=True)
    while order := await asyncio.to_thread(sys.stdin.readline):
        if order == 'hold\n':
            held = sqlite3.connect(file, isolation_level=None)
            held.execute('BEGIN')
            held.execute('SELECT count(*) FROM updates').fetchall()
        elif order == 'release\n':
            held.close()
        else:
            try:
                await store.append(records(NAME, b'%d' % (last + 1) * 400, after=last))
                last += 1
            except SQLAlchemyError as error:
                print(getattr(error, 'orig', error), flush=True)
                continue
        print('ok', last, flush=True)


if __name__ == '__main__':
    asyncio.run(obey(Path(sys.argv[1])))
