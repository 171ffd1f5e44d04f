"""What somebody chooses about the look of the pages, and what screen readers are told."""

from collections.abc import Callable

import pytest
from nicegui.testing import User

from collab.pages.announcer import joined
from collab.pages.look import Look, head, look_of

CreateUser = Callable[[], User]


def test_without_a_choice_pages_are_as_the_system_is() -> None:
    assert look_of({}) == Look('system', quiet=False)
    assert 'html:root { color-scheme: light dark }' in head(look_of({}))


def test_a_choice_is_known_before_anything_is_painted() -> None:
    look = look_of({'collab_theme': 'dark', 'collab_quiet': '1'})
    assert (look.dark, look.quiet) == (True, True)
    assert 'html:root { color-scheme: dark }' in head(look)
    assert '#f7f6f3' not in head(look)


@pytest.mark.parametrize('said', ['', 'blue', '</style><script>alert(1)</script>', 'system'])
def test_a_cookie_that_says_anything_else_counts_as_nothing(said: str) -> None:
    assert head(look_of({'collab_theme': said})) == head(Look())


async def test_every_page_comes_as_the_cookie_says(user: User) -> None:
    user.http_client.cookies.set('collab_theme', 'dark')
    await open_new(user)
    for address in ('/', user.back_history[-1]):
        await user.open(address)
        assert user.client
        assert user.client.page.resolve_dark() is True
        await user.should_see('value="dark" checked')
    user.http_client.cookies.delete('collab_theme')
    await user.open('/')
    assert user.client.page.resolve_dark() is None
    await user.should_see('value="system" checked')


async def test_screen_readers_hear_who_joins_and_who_leaves(user: User, create_user: CreateUser) -> None:
    amira, jonas = user, create_user()
    await open_new(amira)
    await jonas.open(path_of(amira))
    await amira.should_see(marker='announcements', content='joined.')
    await jonas.should_not_see(marker='announcements', content='joined.')  # who was there before is no news
    leave(jonas)
    await amira.should_see(marker='announcements', content='left.')


async def test_who_wants_quiet_hears_nothing(user: User, create_user: CreateUser) -> None:
    amira, jonas = user, create_user()
    await open_new(amira)
    amira.find(marker='look').trigger('change', False)
    await jonas.open(path_of(amira))
    await amira.should_see(marker='presence-count', content='2 here')
    await amira.should_not_see(marker='announcements', content='joined.')


@pytest.mark.parametrize(
    ('names', 'words'),
    [
        ([], ''),
        (['Ann'], 'Ann joined.'),
        (['Ann', 'Bob'], 'Ann and Bob joined.'),
        (['Ann', 'Bob', 'Cy'], 'Ann, Bob and 1 other joined.'),
        (['Ann', 'Bob', 'Cy', 'Di'], 'Ann, Bob and 2 others joined.'),
    ],
)
def test_many_at_once_are_one_sentence(names: list[str], words: str) -> None:
    assert joined(names) == words


async def open_new(user: User) -> None:
    await user.open('/')
    user.find('New document').click()
    await user.should_see(marker='presence-count', content='1 here')


def path_of(user: User) -> str:
    return user.back_history[-1]


def leave(user: User) -> None:
    """Close the tab."""
    assert user.client
    user.client.delete()
