"""Keeps the text of a document as a template of somebody's own."""

import logging

from collab.language.speaking import N_, _, ngettext
from collab.pages.parts import Notice
from collab.pages.words import shown
from collab.rooms.hub import Hub
from collab.rooms.ports import UnknownDocument, milliseconds
from collab.storage.templates import LONGEST, MOST, Templates, TooLong, TooMany

log = logging.getLogger(__name__)

GONE = N_('Somebody deleted this document meanwhile.')
NOT_NOW = N_('This could not be stored just now. Please try again in a moment.')
KEPT = N_('“{title}” is a template of yours now: “From a template” on the page of the documents offers it.')


async def keep_as_template(hub: Hub, templates: Templates, notice: Notice, me: str, document_id: str) -> None:
    """Keep the text that this document has now as a template of this person; the page says how that went."""
    try:
        async with hub.open(document_id) as room:
            title, text = room.title, room.text
        await templates.keep(me, title, text, milliseconds())
    except UnknownDocument:
        notice.say(_(GONE))
    except TooLong:
        notice.say(_('A template holds at most {size} kB of text.', size=LONGEST // 1_000))
    except TooMany:
        notice.say(
            ngettext(
                'You have {number} template already. Remove it to keep another.',
                'You have {number} templates already. Remove one to keep another.',
                MOST,
            )
        )
    except Exception:
        log.exception('Document %s could not be kept as a template.', document_id)
        notice.say(_(NOT_NOW))
    else:
        notice.say(_(KEPT, title=shown(title)))
