"""A server on one core of the machine, and the programs that use it on another."""

import asyncio
import multiprocessing
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import uvloop

from benchmarks.machine import cpu_seconds, megabytes
from tests.support.running import Collab

T = TypeVar('T')

CORES = sorted(os.sched_getaffinity(0))
SERVER, GENERATOR = CORES[0], CORES[-1]
"""The same one where the machine has only one."""

AT_REST = 0.02
"""Seconds of processor time in a second, up to which a server counts as doing nothing."""


@asynccontextmanager
async def serving(program: Path | None = None) -> AsyncIterator[Collab]:
    """A server on its core and with a data folder of its own, for the length of a block.

    It makes no daily backup, which would come a minute after the start, in a process of its own.
    """
    with tempfile.TemporaryDirectory() as folder:
        collab = Collab(Path(folder) / 'data', backups=0)
        if program is not None:
            collab.program = [str(program)]
        try:
            await start(collab)
            yield collab
        except Exception:
            print(collab.log.read_text()[-2_000:], file=sys.stderr)
            raise
        finally:
            collab.stop()


async def start(collab: Collab) -> None:
    """Start it (again) on its core."""
    with on(SERVER):
        await collab.start()


async def apart(function: Callable[..., Awaitable[T]], *arguments: object) -> T:
    """What this coroutine function of a module returns, run in a process and on a core of its own."""
    spawn = multiprocessing.get_context('spawn')
    with ProcessPoolExecutor(1, spawn, os.sched_setaffinity, (0, {GENERATOR})) as pool:
        return await asyncio.get_running_loop().run_in_executor(pool, _run, function, arguments)


def pid(collab: Collab) -> int:
    """Number of the server's process."""
    assert collab.process is not None
    return collab.process.pid


async def rest(number: int, quiet: float = 2.0, patience: float = 60.0) -> None:
    """Return when the server has done nothing for so many seconds, or when the patience is over."""
    still, used = 0.0, cpu_seconds(number)
    for _ in range(round(patience / 0.5)):
        await asyncio.sleep(0.5)
        before, used = used, cpu_seconds(number)
        still = still + 0.5 if used - before <= AT_REST / 2 else 0.0
        if still >= quiet:
            return


async def memory(collab: Collab) -> float:
    """Megabytes of the server at rest."""
    await rest(pid(collab))
    return megabytes(pid(collab))


@contextmanager
def on(core: int) -> Iterator[None]:
    """What is started in this block, before it waits for anything, runs on that core."""
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, CORES)


def _run(function: Callable[..., Any], arguments: tuple[object, ...]) -> Any:
    return uvloop.run(function(*arguments))
