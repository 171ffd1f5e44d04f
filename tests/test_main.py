"""How Collab starts and stops, seen from outside: as a process of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from collab.settings import VERSION
from tests.support.running import free_port
from tests.support.source import ROOT

LONGEST_START = 60
LONGEST_STOP = 5


@pytest.mark.parametrize('argument', ['--help', '-h'])
def test_help_lists_the_settings_and_starts_nothing(argument: str, tmp_path: Path) -> None:
    done = run(tmp_path, argument)
    assert (done.returncode, done.stderr) == (0, '')
    assert 'COLLAB_PORT' in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_version(tmp_path: Path) -> None:
    done = run(tmp_path, '--version')
    assert (done.returncode, done.stdout, done.stderr) == (0, f'Collab {VERSION}\n', '')


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(('127.0.0.1', 0)) as taken:
        port = taken.getsockname()[1]
        done = run(tmp_path, COLLAB_PORT=str(port))
    assert_one_line(done, f'127.0.0.1:{port}', 'COLLAB_PORT')


def test_a_data_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / 'data').write_text('a file, not a folder')
    assert_one_line(run(tmp_path), 'COLLAB_DATA_DIR', 'data')


def test_a_wrong_setting_is_one_clear_line(tmp_path: Path) -> None:
    assert_one_line(run(tmp_path, COLLAB_PORT='eighty'), 'COLLAB_PORT', 'eighty')


def test_a_database_that_is_none_is_said_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / 'data').mkdir()
    (tmp_path / 'data' / 'collab.db').write_bytes(b'This was never a database. ' * 100)
    done = run(tmp_path, COLLAB_PORT=str(free_port()))
    assert (done.returncode, done.stdout) == (2, '')
    wrong, advice = done.stderr.splitlines()
    assert 'collab.db: file is not a database' in wrong
    assert 'Nothing was changed. There is no sound backup' in advice


@pytest.mark.parametrize('stop', [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_quickly_and_loses_nothing(stop: signal.Signals, tmp_path: Path) -> None:
    with collab(tmp_path) as (process, address):
        request(address, 'POST', '/api/documents', json.dumps({'title': 'Minutes', 'id': 'minutes'}))
        request(address, 'PUT', '/api/documents/minutes/text', 'all of it, and 🙂')
        began = time.monotonic()
        process.send_signal(stop)
        out, err = process.communicate(timeout=30)
        assert time.monotonic() - began < LONGEST_STOP
    assert (process.returncode, out, err) == (0, '', '')

    with collab(tmp_path) as (process, address):
        assert request(address, 'GET', '/api/documents/minutes/text') == 'all of it, and 🙂'
        process.terminate()
        process.communicate(timeout=30)


@pytest.mark.parametrize('way', ['the same folder', 'a link', 'another data folder'])
def test_a_second_server_on_one_database_is_one_clear_line(way: str, tmp_path: Path) -> None:
    with collab(tmp_path) as (_, address):
        request(address, 'POST', '/api/documents', '{"title": "Minutes", "id": "minutes", "text": "first"}')
        other = tmp_path / 'other'
        variables = {'COLLAB_PORT': str(free_port())}
        if way == 'a link':
            other.symlink_to(tmp_path / 'data')
            variables['COLLAB_DATA_DIR'] = str(other)
        elif way == 'another data folder':
            variables['COLLAB_DATA_DIR'] = str(other)
            variables['COLLAB_DATABASE_URL'] = f'sqlite+aiosqlite:///{tmp_path}/data/collab.db'
        assert_one_line(run(tmp_path, **variables), 'collab.db is in use by another Collab')
        assert request(address, 'GET', '/api/documents/minutes/text') == 'first'


def test_a_killed_server_leaves_no_lock_behind(tmp_path: Path) -> None:
    with collab(tmp_path) as (process, _):
        assert (tmp_path / 'data' / 'collab.db.lock').exists()
        process.kill()
        process.communicate()
    with collab(tmp_path) as (_, address):
        assert request(address, 'GET', '/readyz')


@contextmanager
def collab(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running Collab and its address; it is killed if it still runs in the end."""
    port = free_port()
    process = begin(folder, COLLAB_PORT=str(port))
    try:
        assert process.stdout
        line = process.stdout.readline()
        database = folder / 'data' / 'collab.db'
        assert line == f'Collab is at http://127.0.0.1:{port} — documents in {database}\n', ended(process)
        yield process, f'http://127.0.0.1:{port}'
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def run(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    process = begin(folder, *arguments, **variables)
    try:
        out, err = process.communicate(timeout=LONGEST_START)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


def begin(folder: Path, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    """Start it in a folder of its own, with nothing set but this."""
    kept = {name: os.environ[name] for name in ('PATH', 'HOME', 'SYSTEMROOT') if name in os.environ}
    settings = {'COLLAB_DATA_DIR': str(folder / 'data'), 'PYTHONUTF8': '1', **variables}
    return subprocess.Popen(
        [sys.executable, str(ROOT / 'main.py'), *arguments],
        cwd=folder,
        env=kept | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding='utf-8',
    )


def ended(process: subprocess.Popen[str]) -> str:
    process.kill()
    return process.communicate()[1]


def assert_one_line(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert (done.returncode, done.stdout) == (2, ''), done.stderr
    assert done.stderr.count('\n') == 1
    assert 'Traceback' not in done.stderr
    for word in words:
        assert word in done.stderr


def request(address: str, method: str, path: str, body: str = '') -> str:
    kind = 'application/json' if body.startswith('{') else 'text/plain'
    asked = urllib.request.Request(
        address + path, method=method, data=body.encode() or None, headers={'Content-Type': kind}
    )
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return str(answer.read().decode())
