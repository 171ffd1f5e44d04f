"""Who has the database to themselves: one process at a time, until it ends in whatever way."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from collab.storage.lock import InUse, beside, hold, is_held
from models import DatabaseUnusable
from tests.support.processes import python


@contextmanager
def holder(database: Path, more: str = '') -> Iterator['subprocess.Popen[str]']:
    """A process that has the database, and says so; then it does `more`."""
    source = f"""
        import os, sys, threading
        from pathlib import Path
        from collab.storage.lock import hold
        held = hold(Path({str(database)!r}))
        print('held', flush=True)
        {more}
        input()
        """
    child = python(source)
    try:
        assert child.stdout
        assert child.stdout.readline() == 'held\n'
        yield child
    finally:
        child.kill()
        child.communicate()


def test_one_process_has_a_database_until_it_is_gone(tmp_path: Path) -> None:
    database = tmp_path / 'new' / 'collab.db'
    with holder(database) as child:
        with pytest.raises(InUse, match=r'collab\.db is in use by another Collab'):
            hold(database)
        assert is_held(beside(database, 'lock'))
        child.kill()
        child.wait()
        with hold(database):
            assert not database.exists()
    assert not is_held(beside(database, 'lock'))
    assert beside(database, 'lock').stat().st_mode & 0o777 == 0o600


async def test_whoever_is_just_ending_is_waited_for(tmp_path: Path) -> None:
    with holder(tmp_path / 'collab.db') as child:
        waiting = asyncio.create_task(asyncio.to_thread(hold, tmp_path / 'collab.db', 30.0))
        assert child.stdin
        child.stdin.write('end\n')
        child.stdin.flush()
        (await waiting).release()


def test_a_process_that_begins_anew_goes_on_holding_it(tmp_path: Path) -> None:
    thread = 'threading.Thread(target=threading.Event().wait, daemon=True).start()'
    anew = """os.execv(sys.executable, [sys.executable, '-c', 'print("anew", flush=True); input()'])"""
    with holder(tmp_path / 'collab.db', f'{thread}; {anew}') as child:
        assert child.stdout
        assert child.stdout.readline() == 'anew\n'
        assert is_held(beside(tmp_path / 'collab.db', 'lock'))


def test_children_do_not_keep_it(tmp_path: Path) -> None:
    child_of_it = 'print(os.fork() or os.read(0, 1), flush=True)'
    with holder(tmp_path / 'collab.db', child_of_it) as child:
        assert child.stdout
        assert int(child.stdout.readline()) > 0
        child.kill()
        child.wait()
        with hold(tmp_path / 'collab.db'):
            pass


def test_what_cannot_be_locked_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / 'file').touch()
    with pytest.raises(DatabaseUnusable, match='cannot lock the database'):
        hold(tmp_path / 'file' / 'collab.db')


def test_what_root_makes_belongs_to_the_owner_of_the_database(tmp_path: Path) -> None:
    (tmp_path / 'collab.db').touch()
    owner = os.geteuid() or 12345
    os.chown(tmp_path / 'collab.db', owner, -1)
    with hold(tmp_path / 'collab.db'):
        assert beside(tmp_path / 'collab.db', 'lock').stat().st_uid == owner
