"""What the requests and the answers of the REST interface hold."""

from pydantic import BaseModel, Field


class NewDocument(BaseModel):
    """A document to be made."""

    title: str = Field('', max_length=1_000, examples=['Meeting notes'])
    id: str | None = Field(None, description='a readable id; a random one when left out', examples=['notes'])
    text: str = Field('', description='the text it begins with')


class NewTitle(BaseModel):
    """What a document is to be called."""

    title: str = Field(max_length=1_000)


class Edit(BaseModel):
    """Put `text` in place of the code points start:end of the text as it was before all edits."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str = ''


class Edits(BaseModel):
    """Edits made at once, in order of position, not overlapping."""

    edits: list[Edit] = Field(max_length=10_000)


class Log(BaseModel):
    """What is stored of all that was ever written in a document."""

    rows: int = Field(description='recent edits, kept one by one')
    since: int | None = Field(description='when the first of them was written')
    chapters: int = Field(description='stretches of older edits, merged by author and minute, compressed')
    bytes: int = Field(description='how many bytes all of these hold')


class Document(BaseModel):
    """A document; times are milliseconds since the epoch."""

    id: str
    title: str
    created_at: int
    changed_at: int
    people: int = Field(description='how many people are in it now')


class DescribedDocument(Document):
    """A document, and how much is stored of it."""

    log: Log


class FoundDocument(Document):
    """A document of the list, and where the words are that were searched for."""

    line: str | None = Field(
        None, description='with `q`: the line of the text that shows best what was found'
    )
    marks: list[tuple[int, int]] = Field([], description='places of the words in that line, in code points')
