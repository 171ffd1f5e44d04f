"""Finds the web addresses in what somebody wrote, so that they can be clicked and nothing else can happen."""

import re
from collections.abc import Iterator
from html import escape
from urllib.parse import urlsplit

ADDRESS = re.compile(r'\bhttps?://[^\s<>"\'`]+', re.IGNORECASE)
MOST = 20
"""Links in one text; nobody says more, and they are looked for while everybody waits."""
BEHIND = '.,;:!?*_~'
"""Signs that end a sentence rather than an address."""
PAIRS = {')': '(', ']': '[', '}': '{'}


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is a link: one of the first MOST addresses (http or https)."""
    last = links = 0
    for found in ADDRESS.finditer(text):
        address = _without_end(found[0])
        if not _has_host(address):
            continue
        if (links := links + 1) > MOST:
            break
        if found.start() > last:
            yield text[last : found.start()], False
        last = found.start() + len(address)
        yield address, True
    if last < len(text):
        yield text[last:], False


def linked(text: str) -> str:
    """The text as HTML that shows just it; an address opens in a tab that knows nothing of this one."""
    return ''.join(_link(piece) if is_address else escape(piece) for piece, is_address in pieces(text))


def _link(address: str) -> str:
    shown = escape(address)
    return f'<a href="{shown}" target="_blank" rel="noopener noreferrer nofollow">{shown}</a>'


def _without_end(address: str) -> str:
    while address:
        last = address[-1]
        if last in BEHIND or (last in PAIRS and address.count(last) > address.count(PAIRS[last])):
            address = address[:-1]
        else:
            break
    return address


def _has_host(address: str) -> bool:
    try:
        return bool(urlsplit(address).hostname)
    except ValueError:
        return False
