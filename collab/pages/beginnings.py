"""What a new document may begin with when somebody does not begin with nothing."""

from collab.language.speaking import N_

MEETING = N_("""\
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
""")
RETROSPECTIVE = N_("""\
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
""")

BEGINNINGS = (
    (N_('Plain'), N_('An empty page.'), ''),
    (N_('Meeting notes'), N_('Agenda, what was said, what was decided, who does what.'), MEETING),
    (N_('Retrospective'), N_('What went well, what did not, and what to try next.'), RETROSPECTIVE),
)
"""Name, what it is for, and text."""
