"""What the core says to people in English, and pages in their language: it knows of no languages itself."""

from collab.language.speaking import N_

SAID = (
    N_('A name needs at least one visible character.'),
    N_('This colour is too light to be read on white; choose a darker one.'),
    N_('This document was deleted. Open its link again to take it back.'),
    N_('This document was restored or put in order since. Load it anew: what you hold is from before.'),
    N_('You have this document open in too many tabs. Close some, then reload this page.'),
    N_('This document was restored from a backup. Reload the page to see it.'),
    N_('This document was put in order. Reload the page to go on.'),
    N_('This document can no longer be stored. What you see is kept on this page only.'),
    N_('This page builds on text that the server does not have.'),
    N_('You may read this document, but not change it.'),
    N_('This edit is too large to be sent at once.'),
    N_('The text holds half a character (a lone surrogate).'),
    N_('Untitled'),
    N_('You may read this document, but not talk in it.'),
    N_('That was much at once. Wait a few seconds, then send it again.'),
    N_('That was much at once. Wait a few seconds, then try again.'),
    N_('A message needs at least one visible character.'),
    N_('takes too long'),
    N_('could not be dealt with just now'),
    N_('holds something else than a web page'),
    N_('is in an encoding that nobody knows'),
    N_('is not a Word document that can be read (.docx, without a password)'),
    N_('grows too large when it is unpacked'),
    N_('is too large to be read'),
    N_('is nested too deeply'),
)
"""Each stands so in `document`, `rooms`, `editor` or `files`; what only programs come to read is not here."""
