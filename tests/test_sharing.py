"""A document's address as a QR code."""

import re

import pytest
import segno
from nicegui import Client
from nicegui.awaitable_response import AwaitableResponse
from nicegui.testing import User

from collab.pages.sharing import BORDER, HERE, PATIENCE, outline


async def ask_for_a_code(user: User) -> None:
    """In a new document, from the notice that its link was copied."""
    await user.open('/')
    user.find('New document').click()
    await user.should_see(marker='presence-count', content='1 here')
    user.find('Share').trigger('click', '')
    await user.should_see('Link copied')
    user.find('Show a QR code').click()


async def test_the_code_of_a_document_is_shown_for_a_projector(user: User) -> None:
    user.javascript_rules[re.compile(re.escape('location.origin + location.pathname'))] = lambda _: (
        'https://collab.example/d/notes'
    )
    await ask_for_a_code(user)
    await user.should_see('Join with a phone')
    await user.should_see('https://collab.example/d/notes')


async def test_who_cannot_be_shown_a_code_is_told(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the browser that knows the address; on a slow line it needs more than a second to say it."""
    asked: list[float] = []
    run = Client.run_javascript

    def slow(client: Client, code: str, *, timeout: float = 1.0) -> AwaitableResponse:
        if code == HERE:
            asked.append(timeout)
            raise TimeoutError
        return run(client, code, timeout=timeout)

    monkeypatch.setattr(Client, 'run_javascript', slow)
    await ask_for_a_code(user)
    await user.should_see('The QR code could not be shown just now.')
    assert asked == [PATIENCE]
    await user.should_not_see('Join with a phone')


def test_the_outline_covers_exactly_the_dark_modules() -> None:
    rows = [
        [bool(module) for module in row] for row in segno.make_qr('https://collab.example/d/notes').matrix
    ]
    drawn = {
        (int(x) + step - BORDER, int(y) - BORDER)
        for x, y, length in re.findall(r'M(\d+) (\d+)h(\d+)v1h-\3z', outline(rows))
        for step in range(int(length))
    }
    assert drawn == {(x, y) for y, row in enumerate(rows) for x, dark in enumerate(row) if dark}
