"""HTTP that becomes a WebSocket of ours."""

from functools import partial
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from collab.rooms.unfinished import Unfinished
from collab.web.fair import FairWebSocket


class FairHttp(HttpToolsProtocol):
    """uvicorn's HTTP, with fair WebSockets; for its setting `http`."""

    def __init__(self, *args: Any, unfinished: Unfinished, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ws_protocol_class = cast(Any, partial(FairWebSocket, unfinished=unfinished))

    def handle_websocket_upgrade(self) -> None:
        """From here on it is a WebSocket, which may have to wait until an answer before it was read.

        Who does not wait for the end of an answer is cut off: the rest of it would be said on the WebSocket.
        """
        if self.cycle is not None and not self.cycle.response_complete:
            self.transport.abort()
            return
        super().handle_websocket_upgrade()
        if self.flow.write_paused:
            cast(FairWebSocket, self.transport.get_protocol()).pause_writing()
