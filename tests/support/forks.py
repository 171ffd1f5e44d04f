"""Servers that begin in a moment: forks of a process that has read all the program's code already.

Reading it takes a second of the processor, and the tests start some hundred servers. Each fork is a process
like any other: it runs main.py from its first line, in an environment of its own, and can be killed. The
difference is that modules are there already when they are imported.
"""

import ast
import gc
import json
import os
import runpy
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
MAIN = ROOT / 'main.py'
AGAIN = 0.005
"""Seconds between two looks whether a server has ended."""


class Fork:
    """A server's process; it offers what is used here of a subprocess.Popen."""

    def __init__(self, forks: 'Forks', pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._forks = forks
        self._looking = threading.Lock()

    def poll(self) -> int | None:
        """How it ended; None while it runs."""
        with self._looking:
            if self.returncode is None:
                self.returncode = self._forks.ask(ended=self.pid)
            return self.returncode

    def wait(self, timeout: float = 60) -> int:
        """How it ended. Raises subprocess.TimeoutExpired."""
        until = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired(str(MAIN), timeout)
            time.sleep(AGAIN)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Forks:
    """The process from which servers are forked; it begins when the first one is wanted."""

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def start(self, environment: Mapping[str, str], log: Path) -> Fork:
        """A server with this environment; what it says of errors is added to `log`."""
        return Fork(self, self.ask(environment=dict(environment), log=str(log)))

    def ask(self, **question: object) -> Any:
        """The answer of that process: the number of a new server, or how one ended."""
        with self._asking:
            if self._process is None:
                self._process = _begin()
            assert self._process.stdin
            assert self._process.stdout
            print(json.dumps(question), file=self._process.stdin, flush=True)
            return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        if self._process is not None:
            self._process.communicate()


def _begin() -> 'subprocess.Popen[str]':
    return subprocess.Popen(
        [sys.executable, '-m', __name__],
        cwd=ROOT,
        env=outside(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def outside() -> dict[str, str]:
    """The environment, without what is of the tests themselves."""
    of_the_tests = ('COLLAB_', 'NICEGUI_', 'PYTEST_', 'COV_')
    return {name: value for name, value in os.environ.items() if not name.startswith(of_the_tests)}


def main() -> None:
    """Fork whenever asked, until nobody can ask any more; a fork goes on as a server."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for node in ast.walk(ast.parse(MAIN.read_text('utf-8'))):
        if isinstance(node, ast.ImportFrom) and node.module:
            __import__(node.module, fromlist=[name.name for name in node.names])
    gc.collect()
    gc.freeze()
    for line in iter(sys.stdin.readline, ''):
        question = json.loads(line)
        if 'ended' in question:
            answer = _ended(question['ended'])
        elif (answer := os.fork()) == 0:
            become(**question)
            return
        print(json.dumps(answer), flush=True)


def _ended(pid: int) -> int | None:
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def become(environment: dict[str, str], log: str) -> None:
    """Be as if `python main.py` had been typed, with this environment."""
    with open(os.devnull, 'r+b') as nothing, open(log, 'ab') as errors:
        for stream, target in enumerate((nothing, nothing, errors)):
            os.dup2(target.fileno(), stream)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[:] = [str(MAIN)]
    sys.orig_argv[:] = [sys.executable, str(MAIN)]
    sys.path[0] = str(ROOT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _keep_in(Path(environment['COLLAB_DATA_DIR']).resolve() / 'nicegui')
    runpy.run_path(str(MAIN), run_name='__main__')


def _keep_in(folder: Path) -> None:
    """Tell NiceGUI its folder, as main.py does before it is read."""
    from nicegui import app
    from nicegui.storage import Storage

    Storage.path = folder
    app.storage = Storage()


if __name__ == '__main__':
    main()
