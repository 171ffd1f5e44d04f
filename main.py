"""Starts Collab: reads the settings, opens the storage, joins the parts, and serves until told to stop."""

import asyncio
import logging
import os
import signal
import socket
import sys
from typing import Any

from collab.settings import Settings, SettingsError, load, prepare
from models import Database, DatabaseUnusable, open_database

YEAR = 365 * 24 * 60 * 60


def main() -> None:
    """Run Collab as the command line and the environment say."""
    try:
        serve(prepare(load(sys.argv[1:])))
    except (SettingsError, DatabaseUnusable) as error:
        print(f'collab: {error}', file=sys.stderr)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        raise SystemExit(0) from None


def serve(settings: Settings) -> None:
    """Serve until a signal says stop. Raises SettingsError, DatabaseUnusable."""
    os.environ['NICEGUI_STORAGE_PATH'] = str(settings.data_dir / 'nicegui')  # read when NiceGUI is imported
    from nicegui import app, helpers, ui

    from collab.pages.frame import FAVICON

    tested = helpers.is_user_simulation()
    if not tested:
        check_port(settings)
        for stop in (signal.SIGINT, signal.SIGTERM):  # the server raises it once more when it has stopped
            signal.signal(stop, lambda *_: sys.exit(0))
        logging.basicConfig(level=logging.WARNING, format='%(asctime)s %(levelname)s %(name)s: %(message)s')
        logging.getLogger('collab').setLevel(settings.log_level.upper())
    collab = Collab(settings, tested)
    app.add_middleware(collab.door)
    app.on_startup(collab.start)
    app.on_shutdown(collab.stop)
    ui.run(
        host=settings.host,
        port=settings.port,
        title='Collab',
        favicon=FAVICON,
        language='en-US',
        show=settings.open_browser,
        reload=False,
        tailwind=False,
        storage_secret=settings.secret,
        session_middleware_kwargs={'max_age': YEAR, 'same_site': 'lax'},
        show_welcome_message=False,
        uvicorn_logging_level='warning',
        access_log=False,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=2,
    )
    if collab.failure is not None:
        raise collab.failure


class Collab:
    """The running program. Tests start and stop it more than once; only the first time counts."""

    def __init__(self, settings: Settings, tested: bool) -> None:
        self.failure: Exception | None = None
        self._settings = settings
        self._tested = tested
        self._started = False
        self._opened = asyncio.Event()
        self._database: Database | None = None
        self._hub: Any = None

    async def start(self) -> None:
        """Open the storage and join everything to it; until then, requests wait at the door."""
        if self._started:
            return
        self._started = True
        try:
            self._database = await open_database(self._settings.database_url)
            self._hub = join(self._settings, self._database)
            self._hub.start()
        except Exception as error:
            self.failure = error
        self._opened.set()
        if not self._tested:
            await announce(self._settings, self.failure)

    async def stop(self) -> None:
        """Let go of the pages, store what is not stored yet, and close."""
        from collab.pages.frame import close_pages

        await close_pages()
        if self._hub is not None:
            await self._hub.drain(2.0)
        database, self._database, self._hub = self._database, None, None
        if database is not None:
            await database.dispose(1.5)

    def door(self, inside: Any) -> Any:
        """ASGI middleware that lets requests wait until everything is open."""

        async def enter(scope: Any, receive: Any, send: Any) -> None:
            if scope['type'] != 'lifespan':
                await self._opened.wait()
            await inside(scope, receive, send)

        return enter


def join(settings: Settings, database: Database) -> Any:
    """Routes, sockets and pages over one hub, which is returned."""
    from nicegui import app

    from collab.editor.channel import Switchboard
    from collab.pages import document, frame, home, missing
    from collab.pages.visitors import Visitors
    from collab.rooms.hub import Hub
    from collab.storage.documents import Documents
    from collab.storage.people import People
    from collab.web import api, health, yjs

    hub = Hub(Documents(database), limit=settings.document_limit)
    people = People(database)
    visitors = Visitors(hub, people)
    app.include_router(health.router(hub))
    app.include_router(yjs.router(hub, people))
    app.remove_route('/api')  # of an earlier test in this process
    app.mount('/api', api.application(hub, settings.document_limit))
    Switchboard().register()
    frame.register()
    home.register(hub, visitors)
    document.register(hub, visitors)
    missing.register()  # last: it answers for every other address
    return hub


async def announce(settings: Settings, failure: Exception | None) -> None:
    """Say where Collab is, once it really is there; or let the server end when it cannot be."""
    from nicegui.server import Server

    while not Server.instance.started:  # noqa: ASYNC110 (the server tells nobody)
        await asyncio.sleep(0.01)
    if failure is not None:
        Server.instance.should_exit = True
        return
    host = f'[{settings.host}]' if ':' in settings.host else settings.host
    print(f'Collab is at http://{host}:{settings.port} — documents in {settings.database_file}', flush=True)


def check_port(settings: Settings) -> None:
    """Raises SettingsError when nobody can listen at this host and port."""
    try:
        places = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
        for family, kind, protocol, _, place in places:
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(place)
    except OSError as error:
        raise SettingsError(
            f'cannot listen on {settings.host}:{settings.port} ({error.strerror}); '
            'stop what uses it, or set COLLAB_PORT or COLLAB_HOST to another'
        ) from None


if __name__ == '__main__':
    main()
