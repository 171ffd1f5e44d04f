"""The plain things that pages are made of: HTML elements with a class of the design system."""

from collections.abc import Callable
from typing import Any

from nicegui import Client, ui
from nicegui.elements.mixins.text_element import TextElement

from collab.pages.soon import Soon


class Words(TextElement):
    """An element that holds a text. Whatever the text says, a browser shows it and never runs it."""

    def __init__(self, tag: str, text: str, classes: str = '', **attributes: Any) -> None:
        super().__init__(tag=tag, text=text)
        dress(self, classes, attributes)


def part(tag: str, classes: str = '', **attributes: Any) -> ui.element:
    """An element that holds others."""
    element = ui.element(tag)
    dress(element, classes, attributes)
    return element


def dress(element: ui.element, classes: str, attributes: dict[str, Any]) -> None:
    """Give an element its classes and attributes (`aria_label` becomes aria-label).

    What tests find by `data_testid` in the browser they find by the same marker without one.
    """
    element.classes(classes)
    for name, value in attributes.items():
        element.props[name.rstrip('_').replace('_', '-')] = value
    if testid := attributes.get('data_testid'):
        element.mark(testid)


def button(text: str, on_click: Callable[..., Any], classes: str = '', **attributes: Any) -> Words:
    """A button with a word on it."""
    made = Words('button', text, f'button {classes}', type='button', **attributes)
    made.on('click', on_click, args=[])
    return made


def icon_button(icon: str, label: str, on_click: Callable[..., Any], classes: str = '') -> ui.element:
    """A button with a picture on it, and a name for those who do not see it."""
    made = part('button', f'icon-button {classes}', type='button', title=label, aria_label=label)
    with made:
        part('span', f'icon icon-{icon}', aria_hidden='true')
    made.mark(label)
    made.on('click', on_click, args=[])
    return made


class Notice:
    """A line at the foot of the page that says what happened, and may offer to do something about it."""

    def __init__(self, client: Client, seconds: float = 12) -> None:
        self._do: Callable[[], Any] | None = None
        with part('div', 'notice-place', role='status'), part('div', 'notice') as self._line:
            self._words = Words('span', '')
            self._action = button('', self._act, 'button-light')
            icon_button('close', 'Dismiss', self.clear)
        self._line.visible = False
        self._fading = Soon(client, seconds, self.clear, settle=True)

    def say(self, text: str, action: str = '', do: Callable[[], Any] | None = None) -> None:
        """Show a text for a while, with a button when there is something to do."""
        self._words.text, self._action.text, self._do = text, action, do
        self._action.visible = do is not None
        self._line.visible = True
        self._fading.ask()

    def clear(self) -> None:
        """Say nothing more."""
        self._line.visible = False

    def _act(self) -> Any:
        self.clear()
        return self._do() if self._do is not None else None
