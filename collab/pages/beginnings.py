"""What a new document may begin with when somebody does not begin with nothing."""

MEETING = """\
# Meeting notes

**Date:**
**Here:**

## Agenda

1.

## What was said

-

## Decided

-

## To do

- [ ] What, who, until when
"""
RETROSPECTIVE = """\
# Retrospective

**Period:**
**Here:**

## What went well

-

## What did not go well

-

## What puzzles us

-

## What we try next

- [ ] What, who, until when

## Thanks

-
"""

BEGINNINGS = (
    ('Plain', 'An empty page.', ''),
    ('Meeting notes', 'Agenda, what was said, what was decided, who does what.', MEETING),
    ('Retrospective', 'What went well, what did not, and what to try next.', RETROSPECTIVE),
)
"""Name, what it is for, and text."""
