"""HTTP that becomes a WebSocket of ours."""

from functools import partial
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from collab.rooms.unfinished import Unfinished
from collab.web.fair import FairWebSocket
from collab.web.patience import Watched


class FairHttp(Watched, HttpToolsProtocol):
    """uvicorn's HTTP, with fair WebSockets, and an end for who does not read; for its setting `http`."""

    def __init__(self, *args: Any, unfinished: Unfinished, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ws_protocol_class = cast(Any, partial(FairWebSocket, unfinished=unfinished))
        self._upgrades = False

    def ends(self) -> bool:
        """Whether all that was asked for is answered."""
        return self.transport.is_closing() or self.cycle is None or self.cycle.response_complete

    def data_received(self, data: bytes) -> None:
        """Bytes came; none may before the welcome of a WebSocket."""
        if self._upgrades:
            self.transport.abort()
        else:
            super().data_received(data)

    def handle_websocket_upgrade(self) -> None:
        """From here on it is a WebSocket, as soon as all that was asked for before is answered.

        The welcome waits until the other end has made room for it. That it has gone is seen when something is
        written to it.
        """
        if self.cycle is not None and not self.cycle.response_complete:
            self._upgrades = True
            self.flow.pause_reading()
            return
        self.watch.end()
        super().handle_websocket_upgrade()
        socket = cast(FairWebSocket, self.transport.get_protocol())
        socket.watch.begin()  # of what was not read before
        if self.flow.write_paused:
            socket.pause_writing()

    def on_response_complete(self) -> None:
        """An answer was given; perhaps the last."""
        super().on_response_complete()
        self.watch.begin()
        if self._upgrades and self.cycle.response_complete and not self.transport.is_closing():
            self._upgrades = False
            self._unset_keepalive_if_required()
            self.handle_websocket_upgrade()
