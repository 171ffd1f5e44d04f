"""Templates: texts that somebody kept to begin other documents with."""

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Template(Base):
    """A text of one person, who begins documents with it. It is no document, and has no history."""

    __tablename__ = 'templates'

    person_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    text: Mapped[str]
    created_at: Mapped[int] = mapped_column(BigInteger)
