"""The language of the pages: which one somebody reads, and the words of it."""
