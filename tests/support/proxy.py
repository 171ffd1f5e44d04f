"""A bad network: a TCP proxy that delays, freezes one direction, swallows both, or cuts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tests.support.page_socket import small

CHUNK = 16 * 1024


class Direction:
    """One way through the proxy, for all connections that are open now and that will be."""

    def __init__(self) -> None:
        self.delay = 0.0
        """Seconds that every piece is held back."""
        self.swallowing = False
        """Whatever comes disappears, and nobody is told."""
        self.passed = 0
        """How many bytes went through."""
        self._open = asyncio.Event()
        self._open.set()

    def freeze(self) -> None:
        """Read nothing more from the sender, whose buffers fill up then."""
        self._open.clear()

    def thaw(self) -> None:
        """Go on reading."""
        self._open.set()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Bytes from one end to the other until one of them closes; then both are closed."""
        with suppress(OSError):
            while True:
                await self._open.wait()
                data = await reader.read(CHUNK)
                await self._open.wait()
                if not data:
                    break
                if self.delay:
                    await asyncio.sleep(self.delay)
                if not self.swallowing:
                    self.passed += len(data)
                    writer.write(data)
                    await writer.drain()
        if self.swallowing:
            await asyncio.Event().wait()  # not even the end is passed on
        writer.close()


class Proxy:
    """Between clients and one server, on a port of its own."""

    def __init__(self, target: str) -> None:
        self._target = target
        self.to_server = Direction()
        self.to_client = Direction()
        self.url = ''
        self._server: asyncio.Server | None = None
        self._links: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, '127.0.0.1', 0, limit=CHUNK)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f'http://127.0.0.1:{port}'

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        await asyncio.gather(*self._links, return_exceptions=True)

    def swallow(self) -> None:
        """The network is gone, and neither end is told; new connections meet the same."""
        self.to_server.swallowing = self.to_client.swallowing = True

    def heal(self) -> None:
        """The network is back; what was connected meanwhile is not."""
        self.to_server.swallowing = self.to_client.swallowing = False
        self.cut()

    def cut(self) -> None:
        """Every connection ends at once."""
        for link in self._links:
            link.cancel()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = asyncio.current_task()
        assert link is not None
        self._links.add(link)
        link.add_done_callback(self._links.discard)
        upstream = None
        try:
            there, upstream = await self._connect()
            await asyncio.gather(self.to_server.carry(reader, upstream), self.to_client.carry(there, writer))
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            for end in (writer, upstream):
                if end is not None:
                    end.transport.abort()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """To the server, with small buffers: a frozen client must be felt at once."""
        return await asyncio.open_connection(sock=await small(self._target, CHUNK), limit=CHUNK)


@asynccontextmanager
async def bad_network(target: str) -> AsyncIterator[Proxy]:
    """A proxy in front of the server at this address, for the length of a block."""
    proxy = Proxy(target)
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop()
