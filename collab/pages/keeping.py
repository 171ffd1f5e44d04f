"""Keeps the text of a document as a template of somebody's own."""

import logging

from collab.pages.parts import Notice
from collab.rooms.hub import Hub
from collab.rooms.ports import UnknownDocument, milliseconds
from collab.storage.templates import Templates

log = logging.getLogger(__name__)

GONE = 'Somebody deleted this document meanwhile.'
NOT_NOW = 'This could not be stored just now. Please try again in a moment.'
KEPT = '“{}” is a template of yours now: “From a template” on the page of the documents offers it.'


async def keep_as_template(hub: Hub, templates: Templates, notice: Notice, me: str, document_id: str) -> None:
    """Keep the text that this document has now as a template of this person; the page says how that went."""
    try:
        async with hub.open(document_id) as room:
            title, text = room.title, room.text
        await templates.keep(me, title, text, milliseconds())
    except UnknownDocument:
        notice.say(GONE)
    except ValueError as error:
        notice.say(str(error))
    except Exception:
        log.exception('Document %s could not be kept as a template.', document_id)
        notice.say(NOT_NOW)
    else:
        notice.say(KEPT.format(title))
