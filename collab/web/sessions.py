"""Knows people again although the clock was set back: their sessions seem to come from the future then."""

import time

from starlette.middleware.sessions import SessionMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

CENTURY = 100 * 365 * 24 * 60 * 60


class FutureSessions:
    """ASGI middleware that gives a request the session of its cookie if that was signed later than now.

    Starlette takes such a cookie for a forgery and NiceGUI makes a new person, who has neither the name nor
    the right to the unsent edits. This one stands behind both, so the answer brings a cookie of now.
    """

    def __init__(self, app: ASGIApp, secret: str) -> None:
        self._app = app
        self._reader = SessionMiddleware(_nothing, secret_key=secret, max_age=CENTURY)
        # A century from now all that was signed until now is too old, and what is of later is not.
        setattr(self._reader.signer, 'get_timestamp', lambda: int(time.time()) + CENTURY)  # noqa: B010

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on whatever comes."""
        if 'session' in scope:
            looked_at: Scope = {'type': 'http', 'headers': scope['headers']}
            await self._reader(looked_at, receive, send)
            if looked_at['session']:
                scope['session'].clear()
                scope['session'].update(looked_at['session'])
        await self._app(scope, receive, send)


async def _nothing(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """The reader is only to read."""
