"""Collab itself, started with `python main.py`, in a process and with a data folder of its own."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path

import httpx

from tests.support.forks import MAIN, ROOT, Fork, Forks, outside

START_WITHIN = 30.0

_PORTS = count(11_000 + os.getpid() * 1_009 % 20_000)


class Collab:
    """A running server, and the way to end it. What it logs is in the file `log`, of all its runs."""

    forks: Forks | None = None
    """From where servers are forked, if they are to begin in a moment; otherwise each reads its code anew."""

    def __init__(self, data: Path, port: int | None = None, **variables: object) -> None:
        """`variables` in small letters are settings (document_limit=9), others of the environment."""
        self.data = data
        self.environment = {
            name if name.isupper() else f'COLLAB_{name.upper()}': str(value)
            for name, value in variables.items()
        }
        self.log = data.parent / 'server.log'
        self.port = port or free_port()
        self.url = f'http://127.0.0.1:{self.port}'
        self.program = [str(MAIN)]
        """What Python is to run."""
        self.process: subprocess.Popen[str] | Fork | None = None

    async def start(self) -> None:
        settings = {'COLLAB_PORT': str(self.port), 'COLLAB_DATA_DIR': str(self.data)}
        self.process = self._begin(outside() | settings | self.environment)
        async with asyncio.timeout(START_WITHIN), web_client() as client:
            while True:
                if self.process.poll() is not None:
                    raise RuntimeError(f'Collab did not start: {self.log.read_text()}')
                try:
                    if (await client.get(f'{self.url}/readyz')).status_code == 200:
                        return
                except httpx.TransportError:
                    await asyncio.sleep(0.05)

    def _begin(self, environment: dict[str, str]) -> 'subprocess.Popen[str] | Fork':
        """Its process; what is for the interpreter, or another program, needs a new interpreter."""
        usual = self.program == [str(MAIN)] and all(name.startswith('COLLAB_') for name in self.environment)
        if self.forks is not None and usual:
            return self.forks.start(environment, self.log)
        with self.log.open('a') as log:
            return subprocess.Popen(
                [sys.executable, *self.program],
                cwd=ROOT,
                env=environment,
                text=True,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )

    def kill(self) -> None:
        """As a power cut would, or the kernel."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """As a person would; the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)
        return self.process.returncode

    async def text(self, document_id: str) -> str:
        """The text as the server has it."""
        async with web_client() as client:
            answer = await client.get(f'{self.url}/api/documents/{document_id}/text')
        assert answer.status_code == 200, answer.text
        return answer.text

    async def create(self, document_id: str, text: str = '', title: str = '') -> None:
        """Make a document."""
        new = {'id': document_id, 'text': text, 'title': title or document_id}
        async with web_client() as client:
            answer = await client.post(f'{self.url}/api/documents', json=new)
        assert answer.status_code == 201, answer.text


@asynccontextmanager
async def running(data: Path, **settings: object) -> AsyncIterator[Collab]:
    """A server for the length of a block, set up as said (`document_limit=1000`); it must end well."""
    collab = Collab(data, **settings)
    await collab.start()
    try:
        yield collab
    finally:
        code = collab.stop()
    assert code == 0


def web_client() -> httpx.AsyncClient:
    """For servers without TLS: it reads no certificates, which would take 30 ms each time."""
    return httpx.AsyncClient(verify=False, timeout=60)


def free_port() -> int:
    """A port that is free, and that nobody else is given soon.

    One that the system chooses may go to another test before the server of this one listens. These are below
    those that it chooses from, each is used once, and processes that run side by side begin far apart.
    """
    while True:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(('127.0.0.1', port := next(_PORTS)))
            return port
