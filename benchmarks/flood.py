"""What a typist feels while others send edits as fast as the server takes them, into another document.

    .venv/bin/python benchmarks/flood.py [seconds]

One program types ten letters a second, another one in the same document notes when they arrive; every edit
is committed before it is shown. Beside them none, one, and four programs replay a long text letter by letter,
from a process of their own. Prints one line of JSON each: the typist's milliseconds, and the others' edits.
"""

import asyncio
import json
import multiprocessing
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path

from pycrdt import Doc, Text
from websockets.asyncio.client import connect

sys.path.insert(0, str(Path(__file__).parents[1]))

from collab.document import protocol
from collab.document.protocol import Reader
from tests.support.running import running

SECONDS = 10.0
FLOODS = (0, 1, 4)
PAUSE = 0.1
LETTERS = 20_000


def letters(count: int) -> list[bytes]:
    """The frames of somebody who types so many letters, one after the other."""
    doc: Doc[Text] = Doc()
    text = doc.get('content', type=Text)
    frames: list[bytes] = []
    doc.observe(lambda event: frames.append(protocol.update(event.update)))
    for number in range(count):
        text.insert(number, 'x')
    return frames


async def flood(port: int, number: int) -> None:
    """Send letters as fast as they are read, for ever."""
    frames = letters(LETTERS)
    round_ = 0
    while True:
        round_ += 1
        async with connect(f'ws://127.0.0.1:{port}/yjs/flood-{number}-{round_}', compression=None) as socket:
            await socket.send(protocol.step1(b'\x00'))
            reading = asyncio.create_task(drain(socket))
            for frame in frames:
                await socket.send(frame)
            reading.cancel()


async def drain(socket: object) -> None:
    async for _ in socket:  # type: ignore[attr-defined]
        pass


async def type_(port: int, seconds: float) -> list[float]:
    """Milliseconds from each letter's departure to its arrival at the reader."""
    doc: Doc[Text] = Doc()
    text = doc.get('content', type=Text)
    frames: list[bytes] = []
    doc.observe(lambda event: frames.append(protocol.update(event.update)))
    sent: list[float] = []
    seen: list[float] = []
    url = f'ws://127.0.0.1:{port}/yjs/honest'
    async with connect(url, compression=None) as writer, connect(url, compression=None) as reader:
        for socket in (writer, reader):
            await socket.send(protocol.step1(b'\x00'))

        async def read() -> None:
            replica: Doc[Text] = Doc()
            shown = replica.get('content', type=Text)
            async for message in reader:
                assert isinstance(message, bytes)
                frame = Reader(message)
                if frame.read_uint() == protocol.SYNC and frame.read_uint() != protocol.STEP1:
                    replica.apply_update(frame.read_bytes())
                    seen.extend([time.perf_counter()] * (len(shown) - len(seen)))

        reading = asyncio.create_task(read())
        writing = asyncio.create_task(drain(writer))
        for number in range(int(seconds / PAUSE)):
            text.insert(number, 'x')
            sent.append(time.perf_counter())
            await writer.send(frames[-1])
            await asyncio.sleep(PAUSE)
        async with asyncio.timeout(60):
            while len(seen) < len(sent):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        reading.cancel()
        writing.cancel()
    return [(b - a) * 1000 for a, b in zip(sent, seen, strict=True)]


async def floods(port: int, count: int) -> None:
    await asyncio.gather(*(flood(port, number) for number in range(count)))


def run_floods(port: int, count: int) -> None:
    """The process of those who flood."""
    asyncio.run(floods(port, count))


async def stored_edits(port: int) -> int:
    """How many edits the server has stored in documents of floods."""
    import httpx

    async with httpx.AsyncClient() as client:
        documents = (await client.get(f'http://127.0.0.1:{port}/api/documents')).json()
        ids = [d['id'] for d in documents if d['id'].startswith('flood-')]
        texts = [await client.get(f'http://127.0.0.1:{port}/api/documents/{i}/text') for i in ids]
    return sum(len(answer.text) for answer in texts)


async def measure(count: int, seconds: float) -> dict[str, object]:
    """The typist beside so many floods, on a server of their own."""
    with tempfile.TemporaryDirectory() as data:
        async with running(Path(data) / 'data') as collab:
            process = multiprocessing.Process(target=run_floods, args=(collab.port, count), daemon=True)
            began = time.perf_counter()
            if count:
                process.start()
                await asyncio.sleep(1.5)
            times = await type_(collab.port, seconds)
            if count:
                process.terminate()
            took = time.perf_counter() - began
            edits = await stored_edits(collab.port) if count else 0
    cuts = statistics.quantiles(times, n=100)
    return {
        'what': f'typist beside {count} floods, ms',
        'p50': round(statistics.median(times), 1),
        'p95': round(cuts[94], 1),
        'p99': round(cuts[98], 1),
        'flood edits/s': round(edits / took),
        'machine': f'{platform.machine()}, {platform.system()}, Python {platform.python_version()}',
    }


def main() -> None:
    """Measure and print."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    for count in FLOODS:
        print(json.dumps(asyncio.run(measure(count, seconds))), flush=True)


if __name__ == '__main__':
    multiprocessing.set_start_method('spawn')
    main()
