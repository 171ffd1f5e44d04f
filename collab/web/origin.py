"""Pages of other sites must not speak over NiceGUI's socket with a visitor's cookie."""

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from collab.web.auth import same_origin

SOCKET = '/_nicegui_ws'
"""Where NiceGUI's socket is; NiceGUI itself lets every origin in."""


class SameOrigin:
    """ASGI middleware that refuses the socket to a page whose Origin is not this server.

    Other routes ask `same_origin` themselves, to say it in the words of their protocol.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on whatever comes from here; answer 403 to the rest."""
        guarded = scope['type'] in ('http', 'websocket') and scope['path'].startswith(SOCKET)
        if not guarded or same_origin(HTTPConnection(scope)):
            await self._app(scope, receive, send)
        elif scope['type'] == 'websocket':
            await receive()
            await send({'type': 'websocket.close', 'code': 4403})
        else:
            await PlainTextResponse('This page is not part of this server.', 403)(scope, receive, send)
