"""Documents as files of other programs: what goes out, and what comes in."""
