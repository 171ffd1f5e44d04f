"""Documents for programs: REST under /api, described at /api/docs."""

import asyncio
import logging
from typing import Annotated

from fastapi import Depends, FastAPI, Path, Request, Response
from fastapi import Query as InQuery
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.exceptions import HTTPException

from collab.document.change import Change
from collab.files.kinds import Kind
from collab.files.workshop import Workshop
from collab.rooms.hub import Hub
from collab.rooms.images import Images
from collab.rooms.paces import TooFast
from collab.rooms.ports import DamagedDocument, DocumentExists, DocumentInfo, UnknownDocument
from collab.rooms.room import Room
from collab.web.auth import author_of, same_origin
from collab.web.bodies import DescribedDocument, Document, Edits, FoundDocument, Log, NewDocument, NewTitle
from collab.web.exports import exported
from collab.web.limits import BodyLimit

log = logging.getLogger(__name__)

STORED_WITHIN = 10.0
"""Seconds that a request waits for the store before it says that this takes too long."""

DocumentId = Annotated[str, Path(description='Id of the document', max_length=64)]
Query = Annotated[str | None, InQuery(description='words to search for', max_length=1_000)]


def application(
    hub: Hub, limit: int, workshop: Workshop | None = None, images: Images | None = None
) -> FastAPI:
    """The API as an application of its own, to be mounted at /api. `limit` bounds a text, in bytes."""
    api = FastAPI(
        title='Collab', version='1', docs_url='/docs', redoc_url=None, dependencies=[Depends(_from_here)]
    )
    api.add_middleware(BodyLimit, most=6 * limit + 1_000_000)  # JSON may write a character as six
    _explain_errors(api)

    _serve_documents(api, hub)
    _serve_texts(api, hub, limit)
    _serve_files(api, hub, workshop or Workshop(), images)
    return api


def _serve_documents(api: FastAPI, hub: Hub) -> None:
    def shown(info: DocumentInfo) -> Document:
        return Document(
            id=info.id,
            title=info.title,
            created_at=info.created_at,
            changed_at=info.changed_at,
            people=len(hub.people(info.id)),
        )

    @api.post('/documents', status_code=201)
    async def create(new: NewDocument, request: Request, response: Response) -> Document:
        """Make a document."""
        info = await hub.create(new.title, document_id=new.id, text=new.text, author=author_of(request))
        response.headers['Location'] = f'/api/documents/{info.id}'
        return shown(info)

    @api.get('/documents', response_model_exclude_unset=True)
    async def documents(q: Query = None) -> list[FoundDocument]:
        """All documents, last changed first; with `q` those that hold all of its words, best first."""
        if q is None:
            return [FoundDocument(**shown(info).model_dump()) for info in await hub.list()]
        return [
            FoundDocument(**shown(found.info).model_dump(), line=found.line, marks=list(found.marks))
            for found in await hub.search(q)
        ]

    @api.get('/documents/{document_id}')
    async def document(document_id: DocumentId) -> DescribedDocument:
        """One document, and how much is stored of all that was ever written in it."""
        info, size = await hub.describe(document_id), await hub.log_size(document_id)
        stored = size.row_bytes + size.chapter_bytes
        log = Log(rows=size.rows, since=size.since, chapters=size.chapters, bytes=stored)
        return DescribedDocument(**shown(info).model_dump(), log=log)

    @api.patch('/documents/{document_id}')
    async def rename(document_id: DocumentId, new: NewTitle, request: Request) -> Document:
        """Give it a new title, on every screen at once."""
        return shown(await hub.rename(document_id, new.title, author_of(request)))

    @api.delete('/documents/{document_id}', status_code=204)
    async def delete(document_id: DocumentId) -> None:
        """Move it to the trash."""
        await hub.delete(document_id)


def _serve_texts(api: FastAPI, hub: Hub, limit: int) -> None:
    @api.get('/documents/{document_id}/text', response_class=PlainTextResponse)
    async def text(document_id: DocumentId) -> PlainTextResponse:
        """The text, every character of it stored."""
        async with hub.open(document_id) as room:
            now = room.text
            await _stored(room)
        return PlainTextResponse(now)

    @api.put('/documents/{document_id}/text', status_code=204)
    async def set_text(document_id: DocumentId, request: Request) -> None:
        """Make the text this (text/plain, UTF-8), as a minimal edit merged into what others type."""
        wanted = await _read_text(request, limit)
        async with hub.open(document_id) as room:
            room.set_text(wanted, author_of(request))
            await _stored(room)

    @api.post('/documents/{document_id}/edits', status_code=204)
    async def edit(document_id: DocumentId, request: Request, new: Edits) -> None:
        """Edit at code-point positions; stored when this answers."""
        changes = [Change(edit.start, edit.end, edit.text) for edit in new.edits]
        async with hub.open(document_id) as room:
            room.edit(changes, author_of(request))
            await _stored(room)


def _serve_files(api: FastAPI, hub: Hub, workshop: Workshop, images: Images | None) -> None:
    @api.get('/documents/{document_id}/export/{kind}', response_class=Response)
    async def export(document_id: DocumentId, kind: Kind, request: Request) -> Response:
        """The document as a file: text, Markdown, a web page, Word or PDF; 413 if it is too long for one."""
        return await exported(hub, workshop, images, document_id, kind, request)


async def _stored(room: Room) -> None:
    """Return when everything in the room is stored; 503 if that takes too long."""
    try:
        async with asyncio.timeout(STORED_WITHIN):
            await room.saved()
    except TimeoutError:
        raise HTTPException(
            503, 'The server cannot store edits just now. Those it has are stored as soon as it can.'
        ) from None


async def _read_text(request: Request, limit: int) -> str:
    """The body as text, read no further than `limit` bytes."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise HTTPException(413, f'A document holds at most {limit:,} bytes of text.')
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise ValueError(f'The text is not UTF-8: byte {error.start} does not fit.') from None


def _from_here(request: Request) -> None:
    """A page of another site must not act with the session of a visitor."""
    if not same_origin(request):
        raise HTTPException(403, 'This request comes from a page of another site.')


def _explain_errors(api: FastAPI) -> None:
    """Every error as a problem detail (RFC 9457)."""

    @api.exception_handler(HTTPException)
    async def http(_request: Request, error: HTTPException) -> Response:
        return problem(error.status_code, str(error.detail))

    @api.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> Response:
        where = '; '.join(f'{".".join(map(str, e["loc"]))}: {e["msg"]}' for e in error.errors())
        return problem(422, where)

    for kind, status in (
        (UnknownDocument, 404),
        (DocumentExists, 409),
        (ValueError, 422),
        (PermissionError, 403),
        (TooFast, 429),
        (DamagedDocument, 503),
    ):
        api.add_exception_handler(kind, _answer(status))

    @api.exception_handler(Exception)
    async def unforeseen(_request: Request, error: Exception) -> Response:
        log.error('The store or the server failed.', exc_info=error)
        return problem(503, 'The server cannot do this just now; nothing was lost. Try again.')


def _answer(status: int):  # type: ignore[no-untyped-def]
    async def handler(_request: Request, error: Exception) -> Response:
        return problem(status, str(error))

    return handler


def problem(status: int, detail: str) -> JSONResponse:
    """An error that says what was wrong, in the format of RFC 9457."""
    title = {403: 'Not allowed', 404: 'No such document', 409: 'The id is taken', 413: 'Too large'}
    content = {
        'type': 'about:blank',
        'title': title.get(status, 'Not possible'),
        'status': status,
        'detail': detail,
    }
    return JSONResponse(content, status_code=status, media_type='application/problem+json')
