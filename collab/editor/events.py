"""Tells the events that a page's own script sends from those that only somebody else would.

NiceGUI hands on to a handler whatever comes, and what the handler cannot use ends as a traceback in the log.
"""

import json
from typing import Any
from urllib.parse import urlsplit

from nicegui import Client, ui
from nicegui.elements.mixins.openable_element import OpenableElement

OVER = 4
"""So many times what a field lets people type may come from it: what fills in forms does not ask how much."""
ADDRESS = 8_000
"""Longest address of a page, in characters; NiceGUI sends it back."""
USUAL = 200
"""What a field that does not say so lets people type, in characters."""


class Outdated(Exception):
    """The element does not listen to this any more; the page did not know that yet."""


class TooMuch(Exception):
    """A field says more than anybody types into it. NiceGUI would keep that, and each copy it sends back."""


def check(message: Any) -> None:
    """Raise Outdated or TooMuch for what nobody is to hear; any other exception for what no script sends."""
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
            return value is None or (isinstance(value, str) and _could_be_typed(element, value))
        case 'update:modelValue' if isinstance(element, OpenableElement):
            return isinstance(value, bool)
        case 'sub_pages_open' | 'sub_pages_navigate':
            return isinstance(value, str) and _is_address(value)
        case 'keybinding':
            return isinstance(value, dict) and isinstance(value.get('key'), str)
        case 'anchorPositions':
            return isinstance(value, dict) and _are_lines(value.get('anchors'))
    return True  # handlers of ours are told that something happened, and nothing else


def _could_be_typed(field: ui.input, value: str) -> bool:
    if len(value) > OVER * int(field.props.get('maxlength', USUAL)):
        raise TooMuch
    return True


def _is_address(text: str) -> bool:
    return len(text) <= ADDRESS and urlsplit(text) is not None  # which raises ValueError


def _are_lines(anchors: object) -> bool:
    return isinstance(anchors, dict) and all(type(line) is int and line > 0 for line in anchors.values())
