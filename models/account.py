"""People: the name and the colour that somebody chose, kept for the next visit."""

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Person(Base):
    """One person, known by the id that their browser holds."""

    __tablename__ = 'people'

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    color: Mapped[str]
    changed_at: Mapped[int] = mapped_column(BigInteger)
