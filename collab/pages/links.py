"""Finds the web addresses in what somebody wrote, so that they can be clicked and nothing else can happen."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from collab.pages.parts import Words

ADDRESS = re.compile(r'\bhttps?://[^\s<>"\'`]+', re.IGNORECASE)
BEHIND = '.,;:!?*_~'
"""Signs that end a sentence rather than an address."""
PAIRS = {')': '(', ']': '[', '}': '{'}


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is an address of the web (http or https)."""
    last = 0
    for found in ADDRESS.finditer(text):
        address = _without_end(found[0])
        if not _has_host(address):
            continue
        if found.start() > last:
            yield text[last : found.start()], False
        last = found.start() + len(address)
        yield address, True
    if last < len(text):
        yield text[last:], False


def with_links(text: str) -> None:
    """Put the text on the page here; what is an address opens in a tab that knows nothing of this one."""
    for piece, is_address in pieces(text):
        if is_address:
            Words('a', piece, href=piece, target='_blank', rel='noopener noreferrer nofollow')
        else:
            Words('span', piece)


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
