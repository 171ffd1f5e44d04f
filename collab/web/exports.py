"""Documents as files to take away: text, Markdown, a web page, Word, PDF."""

import re

from fastapi import Request, Response
from starlette.exceptions import HTTPException

from collab.files.kinds import MEDIA, Kind, disposition, file_name
from collab.files.workshop import NotMade, TooLarge, Workshop
from collab.rooms.hub import Hub
from collab.rooms.images import Images

LANGUAGE = re.compile(r'[a-z]{2,3}(-[a-z0-9]{2,8})*', re.IGNORECASE)


async def exported(
    hub: Hub, workshop: Workshop, images: Images | None, document_id: str, kind: Kind, request: Request
) -> Response:
    """The document as a file. Raises HTTPException 413 or 503, and as `hub.open` does."""

    async def find(address: str) -> bytes | None:
        picture = None if images is None else await images.at(address)
        return None if picture is None else picture.data

    async with hub.open(document_id) as room:
        title, text = room.title, room.text
    try:
        made = await workshop.export(kind, title, text, language_of(request), find)
    except TooLarge as error:
        raise HTTPException(413, str(error)) from None
    except NotMade as error:
        raise HTTPException(503, f'The file {error}. Please try again in a moment.') from None
    return Response(
        made,
        media_type=MEDIA[kind],
        headers={
            'Content-Disposition': disposition(file_name(title, kind)),
            'Content-Security-Policy': 'sandbox',  # however it is opened, it is none of our pages
            'X-Content-Type-Options': 'nosniff',
            'Cache-Control': 'no-store',
        },
    )


def language_of(request: Request) -> str:
    """The language that who asks reads first, as a guess at the one in which they write."""
    first = request.headers.get('accept-language', '').split(',')[0].split(';')[0].strip()
    return first if len(first) < 36 and LANGUAGE.fullmatch(first) else 'en'
