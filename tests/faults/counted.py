"""Collab as main.py starts it, except that its log also says which documents were loaded to be written in.

The index of the search reads documents, too, in its own time and by itself.
"""

import runpy
import sys

from collab.rooms.opened import OpenDocuments
from collab.rooms.room import Room
from tests.support.running import ROOT, Collab

WORD = 'opened:'


def counted(collab: Collab) -> Collab:
    """A server that is to be started so."""
    collab.program = ['-m', __name__]
    return collab


def loads(log: str) -> list[str]:
    """The documents that were loaded, in order, each as often as it was."""
    return [line.removeprefix(WORD).strip() for line in log.splitlines() if line.startswith(WORD)]


def run() -> None:
    """Serve until told to stop."""
    load = OpenDocuments._load

    async def counting(self: OpenDocuments, document_id: str) -> Room:
        print(WORD, document_id, file=sys.stderr, flush=True)
        return await load(self, document_id)

    OpenDocuments._load = counting  # type: ignore[method-assign]
    runpy.run_path(str(ROOT / 'main.py'), run_name='__main__')


if __name__ == '__main__':
    run()
