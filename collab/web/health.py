"""Is the server alive, and does its store answer?"""

import asyncio
import logging

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from collab.rooms.hub import Hub

log = logging.getLogger(__name__)

READY_WITHIN = 3.0
"""Seconds the store may take to answer."""


def router(hub: Hub) -> APIRouter:
    """The routes for whoever watches over the server."""
    routes = APIRouter(tags=['operations'])

    @routes.get('/healthz')
    async def healthz() -> Response:
        """The process lives."""
        return JSONResponse({'status': 'ok'})

    @routes.get('/readyz')
    async def readyz() -> Response:
        """The store answers."""
        try:
            await asyncio.wait_for(hub.ready(), READY_WITHIN)
        except Exception as error:
            log.warning('The store does not answer: %r', error)
            return JSONResponse({'status': 'the store does not answer'}, status_code=503)
        return JSONResponse({'status': 'ok'})

    return routes
