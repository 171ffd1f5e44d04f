"""Starts Collab: reads the settings, opens the storage, joins the parts, and serves until told to stop."""

import asyncio
import gc
import logging
import os
import signal
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from collab import commands
from collab.data_folder import prepare
from collab.settings import Settings, SettingsError, load, misspelt
from collab.storage.lock import hold
from models import Database, DatabaseDamaged, DatabaseUnusable, open_database

if TYPE_CHECKING:
    from collab.rooms.hub import Hub

YEAR = 365 * 24 * 60 * 60

HAND_OVER = 0.0005
"""Seconds a thread works before another may; a commit needs some turns of two, each 5 ms long by default."""

PATIENCE = 2.0
"""Seconds that a start waits for another Collab that is just ending."""

MARGIN = 2_000_000
"""Bytes by which a message may be longer than the longest text: what an update says besides it."""


def main() -> None:
    """Run Collab as the command line and the environment say."""
    arguments = sys.argv[1:]
    try:
        if arguments and arguments[0] in commands.COMMANDS:
            print(commands.run(arguments, load([])))
        else:
            serve(prepare(load(arguments)))
    except (SettingsError, DatabaseUnusable, commands.CommandFailed) as error:
        print(f'collab: {error}', file=sys.stderr)
        if isinstance(error, DatabaseDamaged):
            print(f'collab: {commands.advice(load([]))}', file=sys.stderr)
        raise SystemExit(getattr(error, 'code', 2)) from None
    except KeyboardInterrupt:
        raise SystemExit(130 if arguments else 0) from None  # a command is not done then


def serve(settings: Settings) -> None:
    """Serve until a signal says stop. Raises SettingsError, DatabaseUnusable."""
    sys.setswitchinterval(HAND_OVER)
    os.environ['NICEGUI_STORAGE_PATH'] = str(settings.data_dir / 'nicegui')  # read when NiceGUI is imported
    from nicegui import helpers, ui

    from collab.pages.frame import FAVICON
    from collab.rooms.unfinished import Unfinished
    from collab.web.listening import check_port
    from collab.web.upgrade import FairHttp

    if not helpers.is_user_simulation():
        check_port(settings)
        for stop in (signal.SIGINT, signal.SIGTERM):  # the server raises it once more when it has stopped
            signal.signal(stop, lambda *_: sys.exit(0))
        logging.basicConfig(level=logging.WARNING, format='%(asctime)s %(levelname)s %(name)s: %(message)s')
        logging.getLogger('collab').setLevel(settings.log_level.upper())
        for line in misspelt():
            logging.getLogger('collab').warning(line)
        hold(settings.database_file, PATIENCE)  # never let go: at last a commit may outlive all else here
    join(settings, open_database(settings.database_url, begin_anew=begin_anew))
    if not helpers.is_user_simulation():
        gc.collect()
        gc.freeze()  # all of this stays; looking through it again stops everybody for a tenth of a second
    ui.run(
        host=settings.host,
        port=settings.port,
        title='Collab',
        favicon=FAVICON,
        language='en-US',
        dark=None,  # as the system has it, until somebody chooses
        show=settings.open_browser,
        reload=False,
        tailwind=False,
        storage_secret=settings.secret,
        session_middleware_kwargs={'max_age': YEAR, 'same_site': 'lax'},
        show_welcome_message=False,
        uvicorn_logging_level='warning',
        access_log=False,
        http=cast(Any, partial(FairHttp, unfinished=Unfinished())),
        ws_max_size=settings.document_limit + MARGIN,
        ws_per_message_deflate=False,
        ws_ping_interval=6,  # a dead connection is found within 12 seconds
        ws_ping_timeout=6,
        timeout_graceful_shutdown=2,
    )


def begin_anew() -> None:
    """Become a new process of the same number; what every page has not got confirmed, it sends again."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def join(settings: Settings, database: Database) -> None:
    """Routes, sockets and pages over one hub, which lives as long as the server."""
    from nicegui import app

    from collab.editor.channel import Switchboard
    from collab.files.workshop import Workshop
    from collab.pages import document, frame, home, missing, trash
    from collab.pages.visitors import Visitors
    from collab.rooms.hub import Hub
    from collab.rooms.images import Images
    from collab.rooms.talk import Talk
    from collab.storage.backups import find_rescue
    from collab.storage.documents import Documents
    from collab.storage.images import Gallery
    from collab.storage.people import People
    from collab.storage.talk import Talks
    from collab.storage.templates import Templates
    from collab.web import api, health, images, limits, origin, sessions, yjs

    hub = Hub(Documents(database), limit=settings.document_limit)
    people = People(database)
    visitors, templates, workshop = Visitors(hub, people), Templates(database), Workshop()
    app.add_middleware(limits.UploadLimit)
    app.add_middleware(origin.SameOrigin)
    app.add_middleware(sessions.FutureSessions, secret=settings.secret)
    app.include_router(health.router(hub))
    app.include_router(yjs.router(hub, people))
    pictures = Images(Gallery(database))
    app.include_router(images.router(pictures))
    app.remove_route('/api')  # of an earlier test in this process
    app.mount('/api', api.application(hub, settings.document_limit, workshop, pictures))
    Switchboard().register()
    frame.register()
    home.register(hub, visitors, templates, workshop)
    trash.register(hub)
    backups = commands.backup_folder(settings)
    document.register(hub, visitors, templates, partial(find_rescue, backups), Talk(Talks(database)))
    missing.register()  # last: it answers for every other address
    live(settings, hub, database, backups)


def live(settings: Settings, hub: 'Hub', database: Database, backups: Path) -> None:
    """Begin with the server and end with it: everything stored, backups made, restores written."""
    from nicegui import app, helpers

    from collab.pages import frame
    from collab.storage.backups import DailyBackups
    from collab.storage.handover import Restores

    background: list[asyncio.Task[None]] = []

    async def stop() -> None:
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)
        await frame.close_pages()
        await hub.drain(2.0)
        await database.dispose(1.5)

    daily = DailyBackups(partial(commands.back_up_apart, Path(__file__).resolve()), backups, settings.backups)
    restores = Restores(database, settings.database_file)
    app.on_startup(hub.start)
    app.on_shutdown(stop)
    if not helpers.is_user_simulation():
        app.on_startup(lambda: announce(settings))
        app.on_startup(lambda: background.extend(map(asyncio.create_task, (daily.run(), restores.run()))))


async def announce(settings: Settings) -> None:
    """Say where Collab is, once it really is there."""
    from nicegui.server import Server

    while not Server.instance.started:  # noqa: ASYNC110 (the server tells nobody)
        await asyncio.sleep(0.01)
    host = f'[{settings.host}]' if ':' in settings.host else settings.host
    print(f'Collab is at http://{host}:{settings.port} — documents in {settings.database_file}', flush=True)


if __name__ == '__main__':
    main()
