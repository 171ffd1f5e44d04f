"""Tells the events that a page's own script sends from those that only somebody else would.

NiceGUI hands on to a handler whatever comes, and what the handler cannot use ends as a traceback in the log.
"""

import json
from typing import Any
from urllib.parse import urlsplit

from nicegui import Client, ui


class Outdated(Exception):
    """The element does not listen to this any more; the page did not know that yet."""


def check(message: Any) -> None:
    """Raise Outdated, or any exception for an event that the script of its element does not send."""
    client = Client.instances.get(message['client_id'])
    element = client.elements.get(message['id']) if client is not None else None
    if element is None:
        return  # gone meanwhile
    listener = element._event_listeners.get(str(message['listener_id']))
    if listener is None:
        raise Outdated
    kind = listener.type
    arguments = [None if argument is None else json.loads(argument) for argument in message.get('args', [])]
    if not _fits(element, kind, arguments[0] if len(arguments) == 1 else arguments):
        raise ValueError(f'{kind} of {type(element).__name__} does not say that')


def _fits(element: ui.element, kind: str, value: Any) -> bool:
    match kind:
        case 'update:value' if isinstance(element, ui.input):
            return value is None or isinstance(value, str)
        case 'sub_pages_open' | 'sub_pages_navigate':
            return isinstance(value, str) and urlsplit(value) is not None  # which raises ValueError
        case 'keybinding':
            return isinstance(value, dict) and isinstance(value.get('key'), str)
        case 'anchorPositions':
            return isinstance(value, dict) and _are_lines(value.get('anchors'))
    return True  # handlers of ours are told that something happened, and nothing else


def _are_lines(anchors: object) -> bool:
    return isinstance(anchors, dict) and all(type(line) is int and line > 0 for line in anchors.values())
