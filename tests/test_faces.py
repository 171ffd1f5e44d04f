"""Whose faces are shown where very many people are."""

from dataclasses import replace

from nicegui.testing import User

from collab.document.people import guest
from collab.pages.faces import MOST, Faces, some_of


def test_few_are_all_shown() -> None:
    people = [guest(str(number)) for number in range(MOST)]
    assert some_of(people, '0') == people
    assert some_of(people, 'somebody else') == people


def test_of_many_the_first_are_shown_and_oneself() -> None:
    people = [guest(str(number)) for number in range(MOST + 60)]
    assert some_of(people, '3') == people[:MOST]
    mine = str(MOST + 50)
    assert some_of(people, mine) == [*people[: MOST - 1], people[MOST + 50]]


async def test_of_a_crowd_everybody_is_named_and_no_name_is_read_as_html(user: User) -> None:
    people = [guest(str(number)) for number in range(MOST + 2)]
    evil = replace(people[-1], name='<img src=x onerror=alert(1)>')
    await user.open('/')
    with user.client, user.client.content:
        faces = Faces(lambda: None)
        faces.show([*people[:-1], evil], people[0].id)
    assert len(user.find(marker='presence-person').elements) == MOST
    others = faces._others
    assert others.visible
    assert others.props['innerHTML'].count('<li data-testid="presence-person">') == 2
    assert '&lt;img src=x onerror=alert(1)&gt;' in others.props['innerHTML']
    assert '<img' not in others.props['innerHTML']
    with user.client:
        faces.show(people[:2], people[0].id)
    assert not others.visible
    assert others.props['innerHTML'] == ''
