"""The process in which one file is made or read: what goes wrong in it harms nobody who is writing.

It is given its work as `python -m collab.files.worker KIND TITLE LANGUAGE` and on its standard input.
"""

import json
import os
import sys
from collections.abc import Callable

from collab.files.pictures import unpacked

MEMORY = 2_000_000_000
"""Bytes of address space; whatever needs more is given up."""
SECONDS = 150
"""Of work. Who asked gives up long before, and then ends it; but when the server is killed, nobody does."""
REFUSED = 3
"""The exit code of who says on standard error, in words for a person, why a file is refused."""


def main() -> None:
    """Do what the command line says."""
    _be_modest()
    work, *about = sys.argv[1:]
    data = sys.stdin.buffer.read()
    try:
        made = WORK[work](data, *about)
    except ValueError as error:
        sys.stderr.buffer.write(str(error).encode())
        raise SystemExit(REFUSED) from None
    sys.stdout.buffer.write(made)


def _be_modest() -> None:
    if sys.platform != 'win32':
        import resource

        os.nice(10)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def _html(data: bytes, title: str, language: str) -> bytes:
    from collab.files.web_page import web_page

    text, pictures = unpacked(data)
    return web_page(title, text, language, pictures).encode()


def _word(data: bytes, title: str, language: str) -> bytes:
    from collab.files.word import word

    text, pictures = unpacked(data)
    return word(title, text, language, pictures)


def _pdf(data: bytes, title: str, language: str) -> bytes:
    from collab.files.paper import pdf

    text, pictures = unpacked(data)
    return pdf(title, text, language, pictures)


def _from_html(data: bytes) -> bytes:
    from collab.files.page_in import from_html

    return json.dumps(from_html(data)).encode()


def _from_word(data: bytes) -> bytes:
    from collab.files.page_in import from_word

    return json.dumps(from_word(data)).encode()


WORK: dict[str, Callable[..., bytes]] = {
    'html': _html,
    'docx': _word,
    'pdf': _pdf,
    'from-html': _from_html,
    'from-docx': _from_word,
}

if __name__ == '__main__':
    main()
