"""Telling those who look on that something happened."""

import logging
from collections.abc import Callable
from enum import Enum

log = logging.getLogger(__name__)


class Happening(Enum):
    """What a watcher of a room, or of all documents, may want to hear of."""

    TEXT = 'text'
    PEOPLE = 'people'
    TITLE = 'title'
    LANGUAGE = 'language'
    GONE = 'gone'
    INDEX = 'index'
    """What was written some seconds ago can be searched now."""


Watcher = Callable[[Happening], None]


class Watchers:
    """Something that can be watched. A watcher is called at once and must return soon."""

    def __init__(self) -> None:
        self._watchers: dict[int, Watcher] = {}
        self._watched = 0

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Call `watcher` at every happening, until the function that is returned is called."""
        self._watched += 1
        key = self._watched
        self._watchers[key] = watcher
        return lambda: self._watchers.pop(key, None) and None

    def tell(self, happening: Happening) -> None:
        """Tell everyone; one watcher's error is logged and costs the others nothing."""
        for watcher in list(self._watchers.values()):
            try:
                watcher(happening)
            except Exception:
                log.exception('A watcher failed.')
