"""The kinds of files that a document can be taken out as, and what such a file is called."""

import re
from enum import StrEnum
from urllib.parse import quote

LONGEST_NAME = 100
"""Characters of a file's name before its ending; some disks take 255 bytes."""
FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]+')
"""What some disk or browser does not take in a name, or what would let it look like another one."""
DEVICES = re.compile(r'(con|prn|aux|nul|com\d|lpt\d)(\.|$)', re.IGNORECASE)
"""Names that Windows keeps for itself."""


class Kind(StrEnum):
    """A kind of file, named by its ending."""

    MARKDOWN = 'md'
    TEXT = 'txt'
    HTML = 'html'
    WORD = 'docx'
    PDF = 'pdf'


MEDIA = {
    Kind.MARKDOWN: 'text/markdown; charset=utf-8',
    Kind.TEXT: 'text/plain; charset=utf-8',
    Kind.HTML: 'text/html; charset=utf-8',
    Kind.WORD: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    Kind.PDF: 'application/pdf',
}


def file_name(title: str, kind: Kind) -> str:
    """A name for the file that every disk takes, whatever the document is called."""
    name = FORBIDDEN.sub('-', title)[:LONGEST_NAME].strip(' .-') or 'document'
    return f'{"_" if DEVICES.match(name) else ""}{name}.{kind}'


def disposition(name: str) -> str:
    """The header by which a browser saves an answer under this name (RFC 6266)."""
    plain = re.sub(r'[^ !#$&+\-.0-9A-Z^_`a-z|~]', '_', name)
    return f'attachment; filename="{plain}"; filename*=UTF-8\'\'{quote(name, safe="")}'
