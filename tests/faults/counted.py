"""Collab as main.py starts it, except that its log also says which documents were read from the store."""

import runpy
import sys

from collab.rooms.ports import StoredDocument
from collab.storage.documents import Documents
from tests.support.running import ROOT, Collab

WORD = 'loaded:'


def counted(collab: Collab) -> Collab:
    """A server that is to be started so."""
    collab.program = ['-m', __name__]
    return collab


def loads(log: str) -> list[str]:
    """The documents that were read, in order, each as often as it was."""
    return [line.removeprefix(WORD).strip() for line in log.splitlines() if line.startswith(WORD)]


def run() -> None:
    """Serve until told to stop."""
    load = Documents.load

    async def counting(self: Documents, document_id: str) -> StoredDocument:
        print(WORD, document_id, file=sys.stderr, flush=True)
        return await load(self, document_id)

    Documents.load = counting  # type: ignore[method-assign]
    runpy.run_path(str(ROOT / 'main.py'), run_name='__main__')


if __name__ == '__main__':
    run()
