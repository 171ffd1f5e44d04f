"""Looks from inside a server's event loop how long it ever stood still."""

from pathlib import Path

BEAT = 0.005

PROGRAM = """
import asyncio, os, time
from asyncio.runners import Runner

run = Runner.run

async def beat():
    stood = worked = 0.0
    while True:
        began, busy = time.perf_counter(), time.thread_time()
        await asyncio.sleep({beat})
        gap, work = time.perf_counter() - began - {beat}, time.thread_time() - busy
        if not os.path.getsize({asked!r}):
            stood = worked = gap = work = 0.0
            with open({asked!r}, 'w') as asked:
                asked.write('.')
        if gap >= stood or work >= worked:
            stood, worked = max(stood, gap), max(worked, work)
            with open({file!r} + '.new', 'w') as file:
                file.write(f'{{stood}} {{worked}}')
            os.replace({file!r} + '.new', {file!r})

def run_with_heartbeat(self, main, **options):
    async def both():
        beating = asyncio.create_task(beat())
        return await main
    return run(self, both(), **options)

Runner.run = run_with_heartbeat
"""


class Heartbeat:
    """Put `path` into PYTHONPATH of the server."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / 'heartbeat'
        self.path.mkdir()
        self._file, self._asked = self.path / 'worst', self.path / 'asked'
        self._asked.touch()
        program = PROGRAM.format(beat=BEAT, file=str(self._file), asked=str(self._asked))
        (self.path / 'sitecustomize.py').write_text(program)

    def worst(self) -> tuple[float, float]:
        """The longest that a beat came late since `forget`, in seconds, and the most that the thread of the
        event loop worked between two beats, which other programs on the machine do not lengthen.
        """
        stood, worked = self._file.read_text().split()
        return float(stood), float(worked)

    def forget(self) -> None:
        """Begin anew."""
        self._asked.write_text('')
