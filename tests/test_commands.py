"""The commands as a person types them, beside a server that runs and without one."""

import asyncio
import re
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect

from tests.support.running import ROOT, Collab, running

WATCHED = """
import os, runpy, subprocess, sys

del sys.argv[0]
sys.path[0] = os.path.dirname(sys.argv[0])
ASK = 'import pathlib, sys; from collab.storage import lock; print(lock.is_held(pathlib.Path(sys.argv[1])))'

def note(event, arguments):
    if event == 'sqlite3.connect':
        name, held = str(arguments[0]), ''
        if name.endswith('/collab.db'):
            ask = [sys.executable, '-c', ASK, name + '.lock']
            held = subprocess.check_output(ask, cwd=sys.path[0], text=True)
        print('opened', name, held.strip(), file=sys.stderr)

sys.addaudithook(note)
runpy.run_path(sys.argv[0], run_name='__main__')
"""
"""Runs a program, and says which databases it opens, and whether those it can write to are held."""


def command(data: Path, *arguments: str, python: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """Run `python main.py` with these arguments on this data folder."""
    done = subprocess.run(
        [sys.executable, *python, ROOT / 'main.py', *arguments],
        cwd=data.parent,
        env={'PATH': '/usr/bin:/bin', 'COLLAB_DATA_DIR': str(data), 'COLLAB_PORT': '1', 'PYTHONUTF8': '1'},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert 'Traceback' not in done.stderr, done.stderr
    return done


async def put(collab: Collab, document_id: str, text: str) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.put(f'{collab.url}/api/documents/{document_id}/text', content=text.encode())
    assert answer.is_success, answer.text


async def test_a_document_is_restored_under_the_hands_of_those_who_write_in_it(tmp_path: Path) -> None:
    data = tmp_path / 'data'
    async with running(data) as collab:
        await collab.create('plan', text='the good text')
        assert command(data, 'backup', 'good.db').stdout == '1 document backed up to good.db\n'
        await put(collab, 'plan', 'all spoilt')
        await collab.create('younger', text='younger')
        async with connect(f'ws://127.0.0.1:{collab.port}/yjs/plan') as writer:
            done = command(data, 'restore', 'good.db')
            async with asyncio.timeout(10):
                await writer.wait_closed()
            assert 'restored from a backup' in str(writer.close_reason)
        assert re.fullmatch(
            r'1 document restored; 1 document left as before; what was there before is in \S+\n', done.stdout
        )
        assert await collab.text('plan') == 'the good text'
        assert await collab.text('younger') == 'younger'
        await put(collab, 'plan', 'the good text, continued')
    (before,) = (data / 'backups').glob('before-restore-*.db')
    assert command(data, 'restore', str(before), 'plan').returncode == 0
    async with running(data) as collab:
        assert await collab.text('plan') == 'all spoilt'


@pytest.mark.parametrize('arguments', [('backup', 'new.db'), ('export', 'out'), ('restore', 'good.db')])
async def test_no_command_opens_a_database_for_writing_that_a_server_has(
    arguments: tuple[str, str], tmp_path: Path
) -> None:
    data = tmp_path / 'data'
    async with running(data) as collab:
        await collab.create('plan', text='the good text')
        assert command(data, 'backup', 'good.db').returncode == 0
        await put(collab, 'plan', 'all spoilt')
        done = command(data, *arguments, python=('-c', WATCHED))
        assert done.returncode == 0, done.stderr
        opened = [line for line in done.stderr.splitlines() if f'{data}/collab.db' in line]
        assert opened
        assert [line for line in opened if not line.endswith('?mode=ro ')] == []
        expected = 'the good text' if arguments[0] == 'restore' else 'all spoilt'
        async with asyncio.timeout(10):  # rooms look for it every second
            while await collab.text('plan') != expected:  # noqa: ASYNC110
                await asyncio.sleep(0.02)


async def test_no_server_can_start_while_a_restore_writes(tmp_path: Path) -> None:
    data = tmp_path / 'data'
    async with running(data) as collab:
        await collab.create('plan', text='the good text')
        assert command(data, 'backup', 'good.db').returncode == 0
    done = command(data, 'restore', 'good.db', python=('-c', WATCHED))
    assert done.returncode == 0, done.stderr
    writing = [line for line in done.stderr.splitlines() if line.startswith(f'opened {data}/collab.db ')]
    assert writing
    assert [line for line in writing if not line.endswith(' True')] == []


async def test_what_only_reads_leaves_every_byte_as_a_killed_server_left_it(tmp_path: Path) -> None:
    data = tmp_path / 'data'
    collab = Collab(data)
    await collab.start()
    await collab.create('plan', text='the good text')
    collab.kill()
    files = [data / 'collab.db', data / 'collab.db-wal']
    before = [file.read_bytes() for file in files]
    assert before[1]
    assert command(data, 'backup', 'new.db').returncode == 0
    assert command(data, 'export', 'out').returncode == 0
    assert (tmp_path / 'out' / 'plan.md').read_text().endswith('the good text')
    assert [file.read_bytes() for file in files] == before
    assert [file for file in data.rglob('.collab-copy-*')] == []


async def test_every_document_is_exported_exactly(tmp_path: Path) -> None:
    data = tmp_path / 'data'
    text = 'Zoë 🙂\r\n---\n\ttab, and no newline at the end'
    async with running(data) as collab:
        await collab.create('one', text, title='Plan: "a/b" \\ c')
        await collab.create('two', 'second', title='Plan: "a/b" \\ c')
        await collab.create('three', '', title='...')
        await collab.create('broken', 'lost')
        await collab.create('gone', 'in the trash')
        async with httpx.AsyncClient() as client:
            await client.delete(f'{collab.url}/api/documents/gone')
    with closing(sqlite3.connect(data / 'collab.db')) as connection, connection:
        connection.execute("UPDATE updates SET author = 'eve' WHERE document_id = 'broken'")
    done = command(data, 'export', 'out')
    assert (done.returncode, done.stdout) == (1, '')
    assert done.stderr.startswith('collab: 3 documents written to out\nDamaged, and not written: broken (')
    files = {file.name: file.read_bytes().decode() for file in (tmp_path / 'out').iterdir()}
    assert len(files) == 3
    for document_id, expected in {'one': text, 'two': 'second', 'three': ''}.items():
        (content,) = (content for content in files.values() if f'id: "{document_id}"' in content)
        front, body = content.removeprefix('---\n').split('\n---\n', 1)
        assert body == expected
        assert re.search(r'^created: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$', front, re.M)
    assert command(data, 'export', 'out').stderr == 'collab: out is not an empty folder; name a new one\n'


def test_what_cannot_be_done_is_one_clear_line(tmp_path: Path) -> None:
    data = tmp_path / 'data'
    for arguments, words in {
        ('backup',): 'there is no database',
        ('export', 'out'): 'there is no database',
        ('restore', 'none.db'): 'there is no file none.db',
    }.items():
        done = command(data, *arguments)
        assert (done.returncode, done.stdout) == (2, '')
        assert words in done.stderr
        assert done.stderr.count('\n') == 1
    assert not data.exists()


async def test_a_database_that_cannot_be_read_is_set_aside_and_replaced(tmp_path: Path) -> None:
    data = tmp_path / 'data'
    async with running(data) as collab:
        await collab.create('plan', 'the good text')
    assert command(data, 'backup').returncode == 0
    (data / 'collab.db').write_bytes(b'This is no database any more. ' * 500)
    start = command(data)
    assert start.returncode == 2
    wrong, advice = start.stderr.splitlines()
    assert 'file is not a database' in wrong
    restoring = advice.partition('python main.py ')[2].split()
    assert restoring[0] == 'restore'
    assert (data / 'collab.db').read_bytes().startswith(b'This is no database')
    done = command(data, *restoring)
    assert '1 document restored; the damaged database is kept as' in done.stdout
    (aside,) = (file for file in data.glob('collab.db.damaged-*') if not file.name.endswith(('-wal', '-shm')))
    assert aside.read_bytes().startswith(b'This is no database')
    async with running(data) as collab:
        assert await collab.text('plan') == 'the good text'
