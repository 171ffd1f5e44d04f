"""Takes pictures for documents, and serves them so that they are pictures and nothing else."""

import logging
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import JSONResponse

from collab.document.roles import Role
from collab.rooms.images import LIMIT, Images, images_of
from collab.rooms.paces import TooFast
from collab.rooms.ports import UnknownDocument
from collab.web.api import problem
from collab.web.auth import author_of, same_origin

log = logging.getLogger(__name__)

TOO_LARGE = f'it is larger than {LIMIT // 1_000_000} MB.'
HEADERS = {
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': 'private, max-age=31536000, immutable',
}
"""It is what it is called, by itself it can do nothing, other sites do not get it, and it never changes."""

DocumentId = Annotated[str, Path(max_length=64)]
Name = Annotated[str, Path(max_length=64)]


def router(images: Images) -> APIRouter:
    """POST a picture to /d/{document_id}/images, and GET it where the answer says."""
    router = APIRouter(include_in_schema=False)

    @router.post('/d/{document_id}/images')
    async def bring(document_id: DocumentId, request: Request) -> Response:
        """Take the body as a picture of this document; answers with its address."""
        if not same_origin(request):
            return problem(403, 'this request comes from a page of another site.')
        try:
            data = await _body(request)
            # As everybody who has a document's address may write in it.
            picture = await images.add(document_id, author_of(request), Role.EDITOR, data)
        except UnknownDocument:
            return problem(404, 'this document was deleted.')
        except _TooLarge:
            return problem(413, TOO_LARGE)
        except TooFast as error:
            return problem(429, str(error))
        except ValueError as error:
            return problem(415, str(error))
        except PermissionError as error:
            return problem(403, str(error))
        except Exception:
            log.exception('A picture for document %s could not be stored.', document_id)
            return problem(503, 'it could not be stored just now. Try again.')
        return JSONResponse({'address': picture.address}, 201, headers={'Location': picture.address})

    @router.get('/d/{document_id}/images/{name}')
    async def show(document_id: DocumentId, name: Name) -> Response:
        """A picture of a document that is there; whoever may read that may see it."""
        picture = await images.at(f'{images_of(document_id)}{name}')
        if picture is None:
            return problem(404, 'There is no such picture.')
        return Response(picture.data, media_type=picture.kind, headers=HEADERS)

    return router


class _TooLarge(Exception):
    """The body is larger than a picture may be."""


async def _body(request: Request) -> bytes:
    """The body, refused before it is read when it says that it is too large, else as soon as it is."""
    said = request.headers.get('content-length', '0')
    if not said.isdecimal() or int(said) > LIMIT:
        raise _TooLarge
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LIMIT:
            raise _TooLarge
    return bytes(body)
