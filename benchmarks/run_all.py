"""Measures everything, three times each, and keeps tables and plots: what `make bench` does.

    .venv/bin/python benchmarks/run_all.py [--quick] [--only fanout,memory] [--against FILE]

It takes about an hour; `--quick` two minutes, and its figures are marked as what they are. What is kept of
benchmarks that are not run again stays.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import (
    command,
    documents_page,
    durability,
    fanout,
    flood,
    key_to_screen,
    keystroke,
    log_size,
    memory,
    opening,
    page,
    pages,
    peers,
    replay,
)

RESULTS = Path(__file__).parent / 'results'
BENCHMARKS = tuple(
    module.BENCHMARK
    for module in (
        fanout,
        page,
        documents_page,
        pages,
        key_to_screen,
        keystroke,
        opening,
        replay,
        durability,
        memory,
        log_size,
        flood,
        peers,
    )
)


def main(words: Sequence[str] | None = None) -> int:
    """Measure and keep."""
    words = list(sys.argv[1:] if words is None else words)
    return command.main(*BENCHMARKS, words=['--out', str(RESULTS), *words])


if __name__ == '__main__':
    raise SystemExit(main())
