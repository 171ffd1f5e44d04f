"""Pictures that people brought into a document are in its file, too: within bounds, and from nowhere else."""

import io
import re
import struct
import zipfile
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable

import httpx
import pytest
from fastapi import FastAPI

from collab.document.roles import Role
from collab.files import pictures
from collab.files.kinds import Kind
from collab.files.markdown import tree
from collab.files.paper import Setting, as_png, pdf
from collab.files.pictures import Album, addresses_in, gathered, packed, pixels_of, unpacked
from collab.files.web_page import web_page
from collab.files.word import word
from collab.files.workshop import Workshop
from collab.rooms.images import Images
from collab.storage.documents import Documents
from collab.storage.images import Gallery
from collab.web import api
from models import Database
from tests.support.rooms import open_hub

MAKERS: dict[str, Callable[..., bytes]] = {
    'html': lambda *about: web_page(*about).encode(),
    'docx': word,
    'pdf': pdf,
}


def png(width: int = 3, height: int = 2, color: bytes = b'\x12\x34\x56') -> bytes:
    """A picture of one colour."""
    lines = (b'\0' + color * width) * height
    head = struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)
    chunks = ((b'IHDR', head), (b'IDAT', zlib.compress(lines)), (b'IEND', b''))
    sealed = (kind + data for kind, data in chunks)
    return b'\x89PNG\r\n\x1a\n' + b''.join(
        struct.pack('>I', len(one) - 4) + one + struct.pack('>I', zlib.crc32(one)) for one in sealed
    )


def address(number: int, end: str = 'png', document_id: str = 'plan') -> str:
    return f'/d/{document_id}/images/{number:032x}.{end}'


PNG = png()
GIF = b64decode('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7')
JPEG = b64decode(
    '/9j/4AAQSkZJRgABAQAAAQABAAD/4gHYSUNDX1BST0ZJTEUAAQEAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH4AABAAEAAAAA'
    'AABhY3NwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAlkZXNjAAAA8AAAACRyWFlaAAABFAAAABRnWFlaAAABKAAAABRiWFlaAAABPAAA'
    'ABR3dHB0AAABUAAAABRyVFJDAAABZAAAAChnVFJDAAABZAAAAChiVFJDAAABZAAAAChjcHJ0AAABjAAAADxtbHVjAAAAAAAA'
    'AAEAAAAMZW5VUwAAAAgAAAAcAHMAUgBHAEJYWVogAAAAAAAAb6IAADj1AAADkFhZWiAAAAAAAABimQAAt4UAABjaWFlaIAAA'
    'AAAAACSgAAAPhAAAts9YWVogAAAAAAAA9tYAAQAAAADTLXBhcmEAAAAAAAQAAAACZmYAAPKnAAANWQAAE9AAAApbAAAAAAAA'
    'AABtbHVjAAAAAAAAAAEAAAAMZW5VUwAAACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMALgAgADIAMAAxADb/2wBDAFA3PEY8'
    'MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////////////////////////2wBDAVVaWnhpeOuC'
    'guv/////////////////////////////////////////////////////////////////////////wAARCAADAAQDASIAAhEB'
    'AxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAP/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFAEBAAAAAAAAAAAAAAAAAAAAAf/E'
    'ABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAMAwEAAhEDEQA/AIgEP//Z'
)
WEBP = b64decode(
    'UklGRgoCAABXRUJQVlA4WAoAAAAgAAAAAwAAAgAASUNDUMgBAAAAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH4AABAAEAAAAA'
    'AABhY3NwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAlkZXNjAAAA8AAAACRyWFlaAAABFAAAABRnWFlaAAABKAAAABRiWFlaAAABPAAA'
    'ABR3dHB0AAABUAAAABRyVFJDAAABZAAAAChnVFJDAAABZAAAAChiVFJDAAABZAAAAChjcHJ0AAABjAAAADxtbHVjAAAAAAAA'
    'AAEAAAAMZW5VUwAAAAgAAAAcAHMAUgBHAEJYWVogAAAAAAAAb6IAADj1AAADkFhZWiAAAAAAAABimQAAt4UAABjaWFlaIAAA'
    'AAAAACSgAAAPhAAAts9YWVogAAAAAAAA9tYAAQAAAADTLXBhcmEAAAAAAAQAAAACZmYAAPKnAAANWQAAE9AAAApbAAAAAAAA'
    'AABtbHVjAAAAAAAAAAEAAAAMZW5VUwAAACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMALgAgADIAMAAxADZWUDggHAAAAHAB'
    'AJ0BKgQAAwAHQJYljAJ0AUAAAP7oK/pJcAA='
)
SAMPLES = {'png': PNG, 'gif': GIF, 'jpg': JPEG, 'webp': WEBP}


def shows(made: bytes, data: bytes) -> bool:
    """Whether a file holds this very picture, in whatever way it does."""
    if made.startswith(b'PK'):
        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            return data in [archive.read(name) for name in archive.namelist() if 'media/' in name]
    return b64encode(data) in made or data in made


def pixels_in(made: bytes) -> list[bytes]:
    """What the streams of a PDF hold; a PNG is there as its colours only."""
    found = []
    for stream in re.findall(rb'stream\r?\n(.*?)\r?\nendstream', made, re.DOTALL):
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return found


@pytest.mark.parametrize('end', SAMPLES)
def test_a_web_page_holds_every_kind_of_picture_with_its_words(end: str) -> None:
    made = web_page('x', f'![a <chart>]({address(1, end)})', 'en', {address(1, end): SAMPLES[end]})
    kind = {'jpg': 'jpeg'}.get(end, end)
    data = b64encode(SAMPLES[end]).decode()
    assert f'<img src="data:image/{kind};base64,{data}" alt="a &lt;chart&gt;">' in made


@pytest.mark.parametrize('end', SAMPLES)
def test_a_file_of_word_holds_every_kind_of_picture_with_its_words(end: str) -> None:
    made = word('x', f'![a <chart>]({address(1, end)})', 'en', {address(1, end): SAMPLES[end]})
    drawn = as_png(address(1, end), SAMPLES[end]) if end == 'webp' else SAMPLES[end]
    assert drawn is not None
    assert shows(made, drawn)
    assert b'descr="a &lt;chart&gt;"' in zipfile.ZipFile(io.BytesIO(made)).read('word/document.xml')


@pytest.mark.parametrize('end', SAMPLES)
def test_a_pdf_holds_every_kind_of_picture(end: str) -> None:
    text, data = f'![chart]({address(1, end)})', SAMPLES[end]
    with_it, without = pdf('x', text, 'en', {address(1, end): data}), pdf('x', text, 'en')
    assert b'/Subtype/Image' in with_it
    assert b'/Subtype/Image' not in without
    assert b'chart' in with_it
    if end == 'jpg':
        assert shows(with_it, data)
    if end == 'png':
        assert b'\x12\x34\x56' * 6 in pixels_in(with_it)


@pytest.mark.parametrize('kind', MAKERS)
@pytest.mark.parametrize(
    'damaged',
    [b'', PNG[:20], PNG[:40], PNG[:-30], b'\x89PNG\r\n\x1a\npicture', GIF[:12], JPEG[:200], b'RIFF'],
)
def test_one_that_is_missing_or_damaged_leaves_its_words_and_the_others(kind: str, damaged: bytes) -> None:
    text = f'![missing]({address(1)})\n\n![damaged]({address(2)})\n\n![sound]({address(3)})'
    made = MAKERS[kind]('x', text, 'en', {address(2): damaged, address(3): PNG})
    if kind == 'pdf':
        assert made.count(b'/Subtype/Image') == 1
        return
    if kind == 'docx':
        made, holds = zipfile.ZipFile(io.BytesIO(made)).read('word/document.xml'), shows(made, PNG)
        assert holds
    else:
        assert shows(made, PNG)
    for words in (b'missing', b'damaged', b'sound'):
        assert words in made


@pytest.mark.parametrize('kind', MAKERS)
def test_what_is_elsewhere_is_never_in_it(kind: str) -> None:
    """Nor is a file of this server's disk, and nothing becomes a picture that is only linked."""
    places = (
        f'https://elsewhere.example{address(1)}', f'//elsewhere.example{address(1)}',
        'data:image/png;base64,AAAA', '/etc/passwd', 'file:///etc/passwd',
        f'..{address(1)}', f'{address(1)}/..', f'{address(1)}?x', f'{address(1)}#x',
    )  # fmt: skip
    text = '\n\n'.join([*(f'![x]({place})' for place in places), f'[linked]({address(1)})'])
    made = MAKERS[kind]('x', text, 'en', {address(1): PNG})
    assert not shows(made, PNG)
    assert b'/Subtype/Image' not in made
    assert b'<img' not in made


@pytest.mark.parametrize('kind', MAKERS)
def test_a_picture_may_stand_anywhere(kind: str) -> None:
    one = f'![chart]({address(1)})'
    text = f"""# {one}

- {one}
  > {one}

| {one} | b |
|-------|---|
| c     | [{one}](https://example.org) |

ملاحظات {one} **{one}**[^1]

[^1]: {one}
"""
    made = MAKERS[kind]('x', text, 'en', {address(1): png(2_000, 1_000)})
    assert shows(made, png(2_000, 1_000)) or b'/Subtype/Image' in made


def test_a_picture_is_no_wider_than_its_place() -> None:
    def room(text: str) -> list[float]:
        setting = Setting(Album({address(1): PNG}))
        found = re.findall(r"'room': ([\d.]+)", str(setting.blocks(tree(text))))
        return [float(one) for one in found]

    one = f'![x]({address(1)})'
    assert room(one) == [459.0]
    assert room(f'> - {one}') == [411.0]
    assert room(f'| {one} | b |\n|---|---|\n\n{one}') == [153.0, 459.0]


@pytest.mark.parametrize('kind', MAKERS)
def test_a_small_text_cannot_show_a_large_picture_without_end(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, 'MOST', 3)
    text = f'![chart]({address(1)})\n\n' * 5
    made = MAKERS[kind]('x', text, 'en', {address(1): PNG})
    if kind == 'docx':
        made = zipfile.ZipFile(io.BytesIO(made)).read('word/document.xml')
    shown = {'html': b'<img ', 'docx': b'<pic:pic', 'pdf': b'/S/Figure'}[kind]
    assert made.count(shown) == 3


def test_a_file_has_bounds_in_number_bytes_and_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, 'BYTES', 2 * len(PNG))
    album = Album({address(1): PNG})
    assert [album.take(address(1)) for _ in range(3)] == [PNG, PNG, None]
    monkeypatch.setattr(pictures, 'PIXELS', 11)
    album = Album({address(1): PNG, address(2): png(1, 1)})
    assert [album.take(address(number)) is not None for number in (1, 1, 2)] == [True, False, True]
    assert pictures.Album({address(1): png(1, 1)[:16] + b'\xff' * 8 + PNG[24:]}).take(address(1)) is None


async def test_only_so_many_pictures_are_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, 'MOST', 2)
    text = ''.join(f'![x]({address(number)})' * 2 for number in (3, 1, 2))
    assert addresses_in(text) == [address(3), address(1)]
    monkeypatch.setattr(pictures, 'BYTES', 10)
    sizes = {address(3): 11, address(1): 10}

    async def find(address: str) -> bytes:
        return b'x' * sizes[address]

    assert await gathered(text, find) == {address(1): b'x' * 10}


def test_a_text_and_its_pictures_travel_together() -> None:
    sent = {address(1): PNG, address(2): b'\n\n'}
    assert unpacked(packed('a\nü🙂'.encode(), sent)) == ('a\nü🙂', sent)
    assert unpacked(packed(b'', {})) == ('', {})


@pytest.mark.parametrize('end', SAMPLES)
def test_how_large_a_picture_is_stands_at_its_beginning(end: str) -> None:
    assert pixels_of(SAMPLES[end]) == {'png': 6, 'gif': 1, 'jpg': 12, 'webp': 12}[end]
    for cut in range(len(SAMPLES[end])):
        pixels_of(SAMPLES[end][:cut])


@pytest.mark.parametrize(
    'data',
    [
        b'RIFF....WEBPVP8X' + bytes(8) + b'\2\0\0' + b'\3\0\0',
        b'RIFF....WEBPVP8L' + bytes(5) + (2 | 3 << 14).to_bytes(4, 'little'),
        b'\xff\xd8\xff\xff\xe0\0\4..\xff\xc2\0\x11\x08\0\3\0\4',
    ],
)
def test_so_it_is_in_their_other_forms(data: bytes) -> None:
    assert pixels_of(data) == 12


async def test_a_document_is_exported_with_what_was_brought_into_it(database: Database) -> None:
    """From the bytes that somebody dropped to the file that somebody else takes away."""
    store, images = Documents(database), Images(Gallery(database), clock=lambda: 0.0)
    async with open_hub(store) as hub:  # type: ignore[arg-type]
        await hub.create('Plan', document_id='plan')
        brought = await images.add('plan', 'ann', Role.EDITOR, PNG)
        async with hub.open('plan') as room:
            room.set_text(f'![chart]({brought.address})\n\n![gone]({address(7)})', author='ann')
        app = FastAPI()
        app.mount('/api', api.application(hub, 1_000, Workshop(), images))
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url='http://collab.example') as client:
            made = {
                kind: (await client.get(f'/api/documents/plan/export/{kind}')).raise_for_status()
                for kind in Kind
            }
    assert made[Kind.MARKDOWN].text == f'![chart]({brought.address})\n\n![gone]({address(7)})'
    assert shows(made[Kind.HTML].content, PNG)
    assert shows(made[Kind.WORD].content, PNG)
    assert b'\x12\x34\x56' * 6 in pixels_in(made[Kind.PDF].content)
    assert 'Image: gone' in made[Kind.HTML].text
