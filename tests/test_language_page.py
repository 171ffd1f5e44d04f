"""People who choose what a text is written in: what the others see on their pages."""

from collections.abc import Callable

from nicegui.testing import User

from collab.document.roles import Role
from collab.editor.element import SharedEditor
from tests.support.rooms import becomes
from tests.test_pages import begin, path_of

CreateUser = Callable[[], User]


def language(user: User) -> object:
    (editor,) = user.find(SharedEditor).elements
    return editor.language


async def test_a_language_is_chosen_for_everybody_and_stays(user: User, create_user: CreateUser) -> None:
    amira, jonas = user, create_user()
    await begin(amira)
    await jonas.open(path_of(amira))
    assert language(amira) == language(jonas) == 'Markdown'
    amira.find(SharedEditor).trigger('language', 'Python')
    await becomes(lambda: language(jonas) == language(amira) == 'Python')
    jonas.find(SharedEditor).trigger('language', '')
    await becomes(lambda: language(amira) == '')
    await jonas.open(path_of(amira))
    assert language(jonas) == ''


async def test_only_languages_that_there_are_are_chosen_by_those_who_may(user: User) -> None:
    await begin(user)
    (editor,) = user.find(SharedEditor).elements
    for nonsense in ('Klingon', '<script>', 7, None, ['Python'], 'x' * 100_000):
        user.find(SharedEditor).trigger('language', nonsense)
    assert editor.channel is not None
    editor.channel.set_role(Role.VIEWER)
    user.find(SharedEditor).trigger('language', 'Python')
    editor.channel.set_role(Role.EDITOR)
    user.find(SharedEditor).trigger('language', 'YAML')
    await becomes(lambda: language(user) != 'Markdown')
    assert language(user) == 'YAML'
