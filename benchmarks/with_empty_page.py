"""Collab with one page more, on which there is nothing: what a page of NiceGUI costs by itself."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import main
from collab.settings import Settings
from models import Database

PATH = '/empty'
join = main.join


def join_and_add(settings: Settings, database: Database) -> None:
    """Register the empty page before the one that answers for every other address."""
    from nicegui import ui

    @ui.page(PATH)
    def empty() -> None:
        """Nothing."""

    join(settings, database)


if __name__ == '__main__':
    main.join = join_and_add
    main.main()
