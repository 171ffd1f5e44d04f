"""Whose faces are shown where very many people are."""

from nicegui.testing import User

from collab.document.people import guest
from collab.editor.element import PeopleHere
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


async def test_of_a_crowd_everybody_is_named_once(user: User) -> None:
    people = [guest(str(number)) for number in range(MOST + 2)]
    await user.open('/')
    assert user.client
    with user.client.content:
        faces = Faces(lambda: None)
        faces.show(people, people[0])
    (here,) = user.find(PeopleHere).elements
    assert [name for _, name, *_ in here.props['faces']] == [person.name for person in people[:MOST]]
    others = tuple((person.id, person.name, person.color) for person in people[MOST:])
    assert here.props['others'] == others
    await user.should_see(others[-1][1])
    await user.should_see(f'{people[0].name} (you)')
    await user.should_see(marker='presence-count', content=f'{MOST + 2} here')
    with user.client:
        faces.show(people[:2], people[0])
    assert here.props['others'] == ()


async def test_what_is_shown_already_does_not_travel_again(user: User) -> None:
    people = [guest(str(number)) for number in range(3)]
    await user.open('/')
    assert user.client
    with user.client.content:
        faces = Faces(lambda: None)
        faces.show(people, people[0])
        user.client.outbox.updates.clear()
        faces.show(people, people[0])
    assert not user.client.outbox.updates
