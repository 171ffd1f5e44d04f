"""What is too large is refused before it is read."""

from collections.abc import AsyncIterator

import httpx
from fastapi import FastAPI, Request

from collab.web.limits import UploadLimit

UPLOAD = '/_nicegui/client/1/upload/2'


def program(read: list[int], most: int = 1_000) -> httpx.AsyncClient:
    """Talks to a server that counts what it reads of a body."""
    app = FastAPI()

    @app.post('/{path:path}')
    async def upload(request: Request) -> None:
        async for chunk in request.stream():
            read.append(len(chunk))

    app.add_middleware(UploadLimit, most=most)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url='http://collab')


async def endless(pieces: int) -> AsyncIterator[bytes]:
    for _ in range(pieces):
        yield bytes(100)


async def test_a_body_that_says_it_is_too_large_is_not_read_at_all() -> None:
    read: list[int] = []
    async with program(read) as client:
        answer = await client.post(UPLOAD, content=bytes(1_001))
    assert (answer.status_code, read) == (413, [])
    assert '100 MB' in answer.text


async def test_a_body_that_does_not_say_is_read_to_its_limit() -> None:
    read: list[int] = []
    async with program(read) as client:
        answer = await client.post(UPLOAD, content=endless(1_000))
    assert answer.status_code == 413
    assert sum(read) == 1_000


async def test_what_fits_goes_through_and_other_addresses_are_not_touched() -> None:
    read: list[int] = []
    async with program(read) as client:
        assert (await client.post(UPLOAD, content=bytes(1_000))).is_success
        assert (await client.post('/elsewhere', content=bytes(5_000))).is_success
    assert sum(read) == 6_000
