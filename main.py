"""Starts Collab: reads the settings, opens the storage, joins the parts, and serves until told to stop."""

import asyncio
import logging
import os
import signal
import socket
import sys

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
    from nicegui import helpers, ui

    from collab.pages.frame import FAVICON

    if not helpers.is_user_simulation():
        check_port(settings)
        for stop in (signal.SIGINT, signal.SIGTERM):  # the server raises it once more when it has stopped
            signal.signal(stop, lambda *_: sys.exit(0))
        logging.basicConfig(level=logging.WARNING, format='%(asctime)s %(levelname)s %(name)s: %(message)s')
        logging.getLogger('collab').setLevel(settings.log_level.upper())
    join(settings, open_database(settings.database_url))
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
        ws_ping_interval=6,  # a dead connection is found within 12 seconds
        ws_ping_timeout=6,
        timeout_graceful_shutdown=2,
    )


def join(settings: Settings, database: Database) -> None:
    """Routes, sockets and pages over one hub, which lives as long as the server."""
    from nicegui import app, helpers

    from collab.editor.channel import Switchboard
    from collab.pages import document, frame, home, missing
    from collab.pages.visitors import Visitors
    from collab.rooms.hub import Hub
    from collab.storage.documents import Documents
    from collab.storage.people import People
    from collab.web import api, health, origin, yjs

    hub = Hub(Documents(database), limit=settings.document_limit)
    people = People(database)
    visitors = Visitors(hub, people)
    app.add_middleware(origin.SameOrigin)
    app.include_router(health.router(hub))
    app.include_router(yjs.router(hub, people))
    app.remove_route('/api')  # of an earlier test in this process
    app.mount('/api', api.application(hub, settings.document_limit))
    Switchboard().register()
    frame.register()
    home.register(hub, visitors)
    document.register(hub, visitors)
    missing.register()  # last: it answers for every other address

    async def stop() -> None:
        await frame.close_pages()
        await hub.drain(2.0)
        await database.dispose(1.5)

    app.on_startup(hub.start)
    app.on_shutdown(stop)
    if not helpers.is_user_simulation():
        app.on_startup(lambda: announce(settings))


async def announce(settings: Settings) -> None:
    """Say where Collab is, once it really is there."""
    from nicegui.server import Server

    while not Server.instance.started:  # noqa: ASYNC110 (the server tells nobody)
        await asyncio.sleep(0.01)
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
