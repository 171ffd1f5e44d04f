"""The plain things that pages are made of: HTML elements with a class of the design system."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from nicegui import Client, ui
from nicegui.elements.mixins.text_element import TextElement

from collab.language.speaking import N_, _
from collab.pages.soon import Soon
from collab.rooms.shelf import Ranges

BY_KEYBOARD = '(event) => event.target.matches(":focus-visible") && emit()'
"""Whoever clicked has the focus there too, and goes on elsewhere with the pointer."""
TO_THE_CONTENT = """if (document.activeElement === document.body) {
    const content = document.querySelector('.nicegui-content');
    content.tabIndex = -1;
    content.focus({preventScroll: true});
}"""
"""Who pressed a button that is gone does not begin again at the top of the page."""


class Words(TextElement):
    """An element that holds a text. Whatever the text says, a browser shows it and never runs it."""

    def __init__(self, tag: str, text: str, classes: str = '', **attributes: Any) -> None:
        super().__init__(tag=tag, text=text)
        dress(self, classes, attributes)


class Html(ui.element):
    """An element with HTML of ours inside: however much that is, it costs little. Escape what people say."""

    def __init__(self, tag: str, classes: str, inside: str = '', **attributes: Any) -> None:
        super().__init__(tag)
        dress(self, classes, attributes)
        self._props['innerHTML'] = inside

    def show(self, inside: str) -> None:
        """Have this inside; what is there already travels no more."""
        if self._props['innerHTML'] != inside:
            self._props['innerHTML'] = inside

    def _displayed_contents(self, *, only_visible: bool) -> list[Any]:
        return [*super()._displayed_contents(only_visible=only_visible), self._props['innerHTML']]


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


class Marked:
    """A line in which some places are marked: by elements around them, so that it is never read as HTML."""

    def __init__(self, tag: str, classes: str = '', **attributes: Any) -> None:
        self.element = Words(tag, '', classes, **attributes)
        self._shown: tuple[str, Ranges] = ('', ())

    def show(self, line: str, marks: Ranges) -> None:
        """Show this line, marked at these places."""
        if self._shown == (line, marks):
            return
        self._shown = (line, marks)
        self.element.clear()
        self.element.text = '' if marks else line
        if marks:
            with self.element:
                self._show_marks(line, marks)

    def _show_marks(self, line: str, marks: Ranges) -> None:
        last = 0
        for start, end in marks:
            Words('span', line[last:start])
            Words('mark', line[start:end])
            last = end
        Words('span', line[last:])


def button(text: str, on_click: Callable[..., Any], classes: str = '', **attributes: Any) -> Words:
    """A button with a word on it."""
    made = Words('button', text, f'button {classes}', type='button', **attributes)
    made.on('click', on_click, args=[])
    return made


def icon_button(icon: str, label: str, on_click: Callable[..., Any], classes: str = '') -> ui.element:
    """A button with a picture on it, and a name (marked by N_) for those who do not see it."""
    look = f'icon-button icon-alone icon-{icon} {classes}'
    made = part('button', look, type='button', title=_(label), aria_label=_(label))
    made.mark(label)
    made.on('click', on_click, args=[])
    return made


def focus(element: ui.element) -> None:
    """Let the keyboard go on at this element."""
    element.client.run_javascript(f'getElement({element.id})?.focus()')


class Dialog:
    """A sheet over the page, called `label`, that is made when it is first opened."""

    def __init__(self, client: Client, label: str) -> None:
        self._client = client
        self._label = label
        self._dialog: ui.dialog | None = None

    @contextmanager
    def filled(self) -> Iterator[None]:
        """Open it with what is made in this block, in place of what was in it."""
        if self._dialog is None:
            with self._client:
                self._dialog = ui.dialog()
            self._dialog.props['aria-label'] = self._label
        self._dialog.clear()
        with self._dialog:
            yield
        self._dialog.open()

    def close(self) -> None:
        """Put it away."""
        if self._dialog is not None:
            self._dialog.close()


class Notice:
    """Lines at the foot of the page that say what happened, and may offer to do something about it."""

    def __init__(self, client: Client, seconds: float = 12) -> None:
        self._client = client
        self._seconds = seconds
        self._lines: list[Line] = []
        self._place = part('div', 'notice-place', role='status')

    def say(
        self, text: str, action: str = '', do: Callable[[], Any] | None = None, *, go: bool = False
    ) -> None:
        """Show a text for a while, with a button when there is something to do; `go` there by keyboard.

        It takes the place of a line that offers the same, or as little; whatever else is offered stays.
        """
        if self._place.is_deleted:
            return
        for line in self._lines:
            if line.do == do:
                line.close()
        with self._place:
            new = Line(self._client, self._seconds, text, action, do)
        if go and new.button is not None:
            focus(new.button)
        self._lines = [*(line for line in self._lines if not line.closed), new]


class Line:
    """One thing that a notice says. It fades, but not while a pointer or the keyboard is at it."""

    def __init__(
        self, client: Client, seconds: float, text: str, action: str, do: Callable[[], Any] | None
    ) -> None:
        self.do = do
        self._held: set[str] = set()
        self._fading = Soon(client, seconds, self.close, settle=True)
        with part('div', 'notice', data_testid='notice') as self._line:
            Words('span', text)
            self.button = button(action, self._act, 'button-light') if do is not None else None
            icon_button('close', N_('Dismiss'), self._dismiss)
        self._line.on('mouseenter', lambda: self._hold('pointer'), args=[])
        self._line.on('mouseleave', lambda: self._let_go('pointer'), args=[])
        self._line.on('focusin', lambda: self._hold('keyboard'), js_handler=BY_KEYBOARD)
        self._line.on('focusout', lambda: self._let_go('keyboard'), args=[])
        self._fading.ask()

    @property
    def closed(self) -> bool:
        """It is not shown any more."""
        return self._line.is_deleted

    def close(self) -> None:
        """Say it no more."""
        self._fading.cancel()
        if not self.closed:
            self._line.delete()

    def _hold(self, by: str) -> None:
        self._held.add(by)
        self._fading.cancel()

    def _let_go(self, by: str) -> None:
        self._held.discard(by)
        if not self._held and not self.closed:
            self._fading.ask()

    def _dismiss(self) -> None:
        self.close()
        self._line.client.run_javascript(TO_THE_CONTENT)

    def _act(self) -> Any:
        self._dismiss()
        return self.do() if self.do is not None else None
