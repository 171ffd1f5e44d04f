"""Where files are made and read, each in a process of its own with bounds: whoever types never waits."""

import asyncio
import json
import logging
import sys
from asyncio.subprocess import PIPE
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from collab.files.kinds import Kind
from collab.files.pictures import Find, Pictures, gathered, packed

log = logging.getLogger(__name__)

ROOT = Path(__file__).parents[2]
SECONDS = 60.0
"""How long a file may take, the wait for others included."""
AT_ONCE = 2
REFUSED = 3
LONGEST = {Kind.HTML: 3_000_000, Kind.PDF: 1_000_000, Kind.WORD: 600_000}
"""Bytes of text of which such a file can be made in that time; Markdown and text are the text itself."""


class TooLarge(ValueError):
    """A text is too long for a file of this kind; made with words that say so."""


class NotMade(RuntimeError):
    """A file could not be made or read just now; made with words that say so."""


class Workshop:
    """Makes files of documents, and documents of files."""

    def __init__(self, seconds: float = SECONDS, at_once: int = AT_ONCE) -> None:
        self._seconds = seconds
        self._places = asyncio.Semaphore(at_once)

    async def export(
        self, kind: Kind, title: str, text: str, language: str = 'en', find: Find | None = None
    ) -> bytes:
        """The document as a file, with the pictures that `find` finds in it. Raises TooLarge, NotMade."""
        if kind in (Kind.MARKDOWN, Kind.TEXT):
            return plain(text)
        data = text.encode()
        if len(data) > LONGEST[kind]:
            raise TooLarge(
                f'This document is too long for a file of this kind ({LONGEST[kind]:,} bytes at most). '
                'It can be exported as Markdown.'
            )
        return await self._run(
            data, kind.value, title, language, pictures=partial(gathered, text, find or _nothing)
        )

    async def read_page(self, data: bytes) -> tuple[str, str]:
        """The title and the text of a web page. Raises ValueError, NotMade."""
        title, text = json.loads(await self._run(data, 'from-html'))
        return title, text

    async def read_word(self, data: bytes) -> tuple[str, str]:
        """The title and the text of a file of Word. Raises ValueError, NotMade."""
        title, text = json.loads(await self._run(data, 'from-docx'))
        return title, text

    async def _run(
        self, data: bytes, *work: str, pictures: Callable[[], Awaitable[Pictures]] | None = None
    ) -> bytes:
        try:
            async with asyncio.timeout(self._seconds), self._places:
                if pictures is not None:  # not before: who waits for a place holds none of them
                    data = packed(data, await pictures())
                code, made, words = await _worked(data, *work)
        except TimeoutError:
            raise NotMade('takes too long') from None
        if code == REFUSED:
            raise ValueError(words.decode(errors='replace'))
        if code:
            said = words.decode(errors='replace')[-2_000:]
            log.error('A file could not be made (%s, exit code %s): %s', work[0], code, said)
            raise NotMade('could not be dealt with just now')
        return made


async def _nothing(_address: str) -> None:
    return None


async def _worked(data: bytes, *work: str) -> tuple[int | None, bytes, bytes]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, '-m', 'collab.files.worker', *work, stdin=PIPE, stdout=PIPE, stderr=PIPE, cwd=ROOT
    )
    try:
        made, words = await process.communicate(data)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode, made, words


def plain(text: str) -> bytes:
    """The text as a file that becomes the same text again, sign for sign, when it is imported.

    A file may begin with a mark that it is UTF-8, which is no part of its text; a text that begins with
    that very sign is given the mark before it.
    """
    return text.encode('utf-8-sig' if text.startswith('\ufeff') else 'utf-8')
