"""Bounds on what a request may bring, which hold before it is read."""

import re

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from collab.rooms.hub import UPLOAD_LIMIT

UPLOAD = re.compile(r'/_nicegui/client/[^/]+/upload/[^/]+')
MULTIPART = 1_000_000
"""Bytes in which a form wraps its files."""


class BodyLimit:
    """ASGI middleware that reads no more of a request than it must to know that it is too large."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; HTTPException 413 is raised where its body grows too large."""
        left = self._most

        async def bounded() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get('body', b''))
            if left < 0:
                raise HTTPException(413, f'A request holds at most {self._most:,} bytes.')
            return message

        await self._app(scope, bounded, send)


class UploadLimit:
    """ASGI middleware: files that are dropped on a page are refused before they are read, if too large.

    NiceGUI, which receives them, takes any number of bytes.
    """

    def __init__(self, app: ASGIApp, most: int = UPLOAD_LIMIT + MULTIPART) -> None:
        self._app = app
        self._bounded = BodyLimit(app, most)
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 413, or pass the request on."""
        if scope['type'] != 'http' or not UPLOAD.fullmatch(scope['path']):
            await self._app(scope, receive, send)
        elif told(scope) > self._most:
            words = f'At most {UPLOAD_LIMIT // 1_000_000} MB can be brought at once.'
            await PlainTextResponse(words, 413, {'Connection': 'close'})(scope, receive, send)
        else:
            await self._bounded(scope, receive, send)


def told(scope: Scope) -> int:
    """How many bytes the request says it brings; 0 when it does not say."""
    length = dict(scope['headers']).get(b'content-length', b'')
    return int(length) if length.isdigit() and len(length) < 20 else 0
