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


def quiet() -> float:
    """Seconds for which a server must have done nothing before it counts as being at rest.

    In the environment, for the processes of `apart` have that too.
    """
    return float(os.environ.get('BENCHMARK_QUIET', '2'))


async def rest(number: int, patience: float = 30) -> None:
    """Return when the server is at rest, or when that took so many times as long as it has to be quiet."""
    step, still, used = quiet() / 4, 0, cpu_seconds(number)
    for _ in range(round(patience * 4)):
        await asyncio.sleep(step)
        before, used = used, cpu_seconds(number)
        still = still + 1 if used - before <= AT_REST * step else 0
        if still >= 4:
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
