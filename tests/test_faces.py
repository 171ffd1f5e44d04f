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


async def test_of_a_crowd_everybody_is_named_and_leads_to_where_they_are(user: User) -> None:
    people = [guest(str(number)) for number in range(MOST + 2)]
    me = people[0]
    await user.open('/')
    with user.client, user.client.content:
        faces = Faces(lambda: None)
        faces.show(people, me.id)
    assert len(user.find(marker='presence-person').elements) == MOST
    await user.should_see(marker='presence-count', content=f'{MOST + 2} here')
    names = faces._names.props['innerHTML']
    assert names.count('<li data-testid="presence-person">') == 2
    assert names.count('<button data-person=') == len(people) - 1
    assert f'{me.name} (you)' in names
    for person in people[1:]:
        assert f'<button data-person="{person.id}" style="--person: {person.color}">{person.name}<' in names
    with user.client:
        faces.show(people[:2], me.id)
    assert faces._names.props['innerHTML'].count('<li>') == 2
    assert not faces._more.visible


async def test_no_name_is_read_as_html(user: User) -> None:
    evil = replace(guest('1'), id='"><script>', name='<img src=x onerror=alert(1)>')
    await user.open('/')
    for me in ('0', evil.id):
        with user.client, user.client.content:
            faces = Faces(lambda: None)
            faces.show([guest('0'), evil], me)
        names = faces._names.props['innerHTML']
        assert '&lt;img src=x onerror=alert(1)&gt;' in names
        assert '<img' not in names
        assert '<script' not in names
