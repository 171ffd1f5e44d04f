"""A document as the database keeps it: its line in the list, its log, its snapshots, its authors."""

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Document(Base):
    """One document. Deleted ones stay, with the time of their deletion: the trash."""

    __tablename__ = 'documents'

    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    created_at: Mapped[int] = mapped_column(BigInteger)
    changed_at: Mapped[int] = mapped_column(BigInteger)
    deleted_at: Mapped[int | None] = mapped_column(BigInteger)
    epoch: Mapped[int] = mapped_column(BigInteger, default=1, server_default='1')
    seq: Mapped[int] = mapped_column(BigInteger, default=0, server_default='0')
    """Number of the last update in the log, written in the same transaction as that update."""
    base: Mapped[int] = mapped_column(BigInteger, default=0, server_default='0')
    """Number of the last update of earlier lives: the text is made of those after it, all are history."""
    changed_by: Mapped[str] = mapped_column(default='', server_default='')
    """Who did that at `changed_at`; empty when nobody knows."""
    sort_key: Mapped[str] = mapped_column(default='', server_default='')
    """By this a list of titles is in the order in which people look for one."""
    language: Mapped[str] = mapped_column(default='Markdown', server_default='Markdown')
    """What its text is written in, as CodeMirror calls it; empty for plain text."""


class Update(Base):
    """One update of the log, which is the document: added at the end, never changed, in time in a chapter.

    An ordinary table with an index rather than one stored in key order: updates reach 10 MB, and
    large values in the leaves of an index would make every search in it slow.
    """

    __tablename__ = 'updates'

    document_id: Mapped[str] = mapped_column(ForeignKey('documents.id'), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    author: Mapped[str]
    created_at: Mapped[int] = mapped_column(BigInteger)
    update: Mapped[bytes]
    checksum: Mapped[bytes]


class Chapter(Base):
    """What stands in the log in place of the updates `first_seq` to `last_seq`, which are gone."""

    __tablename__ = 'chapters'

    document_id: Mapped[str] = mapped_column(ForeignKey('documents.id'), primary_key=True)
    last_seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    first_seq: Mapped[int] = mapped_column(BigInteger)
    begins_life: Mapped[int] = mapped_column(BigInteger)
    """1 when its first update began a new life of the document, else 0; no chapter goes on into another."""
    created_at: Mapped[int] = mapped_column(BigInteger)
    """When update `last_seq` was made."""
    content: Mapped[bytes]
    checksum: Mapped[bytes]


class Snapshot(Base):
    """The state of a document after update `seq`: a cache of the log, for opening quickly."""

    __tablename__ = 'snapshots'

    document_id: Mapped[str] = mapped_column(ForeignKey('documents.id'), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    created_at: Mapped[int] = mapped_column(BigInteger)
    """When update `seq` was made."""
    state: Mapped[bytes]
    checksum: Mapped[bytes]


class Replica(Base):
    """Whose edits carry which Yjs client id. Small rows that are all key: stored in key order."""

    __tablename__ = 'replicas'
    __table_args__ = {'sqlite_with_rowid': False}  # noqa: RUF012 (SQLAlchemy's own form)

    document_id: Mapped[str] = mapped_column(ForeignKey('documents.id'), primary_key=True)
    client_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    author: Mapped[str]
    epoch: Mapped[int] = mapped_column(BigInteger, server_default='0')
    """The life of the document in which it wrote first; in a later one nobody may write under it."""


class Pin(Base):
    """A document that one person wants at the top of their list."""

    __tablename__ = 'pins'
    __table_args__ = {'sqlite_with_rowid': False}  # noqa: RUF012 (SQLAlchemy's own form)

    person_id: Mapped[str] = mapped_column(primary_key=True)
    document_id: Mapped[str] = mapped_column(ForeignKey('documents.id'), primary_key=True)
    created_at: Mapped[int] = mapped_column(BigInteger)
