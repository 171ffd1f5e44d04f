"""A real server on a port of its own, within the test's event loop."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI


@asynccontextmanager
async def serve(app: FastAPI, **settings: Any) -> AsyncIterator[str]:
    """Serve `app`, with more settings of uvicorn; the address without scheme, like 127.0.0.1:43210."""
    config = uvicorn.Config(app, port=0, log_level=logging.ERROR, ws='wsproto', lifespan='off', **settings)
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    serving = asyncio.create_task(server._serve())
    try:
        async with asyncio.timeout(5):
            while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
                await asyncio.sleep(0.002)
        host, port = server.servers[0].sockets[0].getsockname()[:2]
        yield f'{host}:{port}'
    finally:
        server.should_exit = True
        await serving
