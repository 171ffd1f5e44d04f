"""What stands beside the text of a document: talk, how far each person has read it, and pictures."""

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Message(Base):
    """One message of the chat of a document; `number` counts 1, 2, 3 ... there."""

    __tablename__ = 'messages'
    __table_args__ = {'sqlite_with_rowid': False}  # noqa: RUF012 (SQLAlchemy's own form)

    document_id: Mapped[str] = mapped_column(ForeignKey('documents.id'), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    author: Mapped[str]
    created_at: Mapped[int] = mapped_column(BigInteger)
    text: Mapped[str]


class Reading(Base):
    """The last message of a chat that one person has seen."""

    __tablename__ = 'readings'
    __table_args__ = {'sqlite_with_rowid': False}  # noqa: RUF012 (SQLAlchemy's own form)

    person_id: Mapped[str] = mapped_column(primary_key=True)
    document_id: Mapped[str] = mapped_column(ForeignKey('documents.id'), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)


class Image(Base):
    """A picture that the text of a document shows. Large: an ordinary table, as for updates."""

    __tablename__ = 'images'

    document_id: Mapped[str] = mapped_column(ForeignKey('documents.id'), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    """Made of its content: the same picture is kept once, and under an address nothing ever changes."""
    kind: Mapped[str]
    """Its media type, found in its content."""
    author: Mapped[str]
    created_at: Mapped[int] = mapped_column(BigInteger)
    data: Mapped[bytes]
