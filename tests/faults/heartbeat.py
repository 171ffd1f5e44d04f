"""Looks from inside a server's event loop how long it ever stood still."""

from pathlib import Path

BEAT = 0.005

PROGRAM = """
import asyncio, time
from asyncio.runners import Runner

run = Runner.run

async def beat():
    worst = 0.0
    while True:
        before = time.perf_counter()
        await asyncio.sleep({beat})
        gap = time.perf_counter() - before - {beat}
        if gap > worst or not open({asked!r}).read():
            worst = gap if open({asked!r}).read() else 0.0
            open({asked!r}, 'a').write('.')
            open({file!r}, 'w').write(str(worst))

def run_with_heartbeat(self, main, **options):
    async def both():
        beating = asyncio.create_task(beat())
        return await main
    return run(self, both(), **options)

Runner.run = run_with_heartbeat
"""


class Heartbeat:
    """Put `path` into PYTHONPATH of the server; `worst` is the longest pause since `forget`, in seconds."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / 'heartbeat'
        self.path.mkdir()
        self._file, self._asked = self.path / 'worst', self.path / 'asked'
        self._asked.touch()
        program = PROGRAM.format(beat=BEAT, file=str(self._file), asked=str(self._asked))
        (self.path / 'sitecustomize.py').write_text(program)

    @property
    def worst(self) -> float:
        return float(self._file.read_text() or 0)

    def forget(self) -> None:
        """Begin anew."""
        self._asked.write_text('')
