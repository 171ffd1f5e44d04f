"""Who is here: one entry a connection, one name a person, and nothing believed but the cursor."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collab.document.people import COLORS, CONTRAST, Person, clean_color, clean_name, contrast_on_white, guest
from collab.document.presence import STATE_LENGTH, Presence, introduction, read_cursor
from collab.document.roles import Act, Role, may

CURSOR = '{"cursor":{"anchor":{"item":{"client":1,"clock":2},"assoc":0},"head":{"tname":"content"}}}'
ANN = Person('a', 'Ann', '#1a4fc4')
BOB = Person('b', 'Bob', '#b3261e')


def test_two_tabs_of_one_person_are_one_person_with_two_cursors() -> None:
    presence = Presence(0)
    presence.join(1, ANN)
    presence.join(2, ANN)
    presence.move(1, 11, CURSOR)
    presence.move(2, 12, CURSOR)
    assert presence.people() == (ANN,)
    assert {entry.client for entry in presence.everyone()} == {11, 12}


def test_namesakes_are_told_apart() -> None:
    presence = Presence(0)
    presence.join(1, ANN)
    presence.join(2, Person('m', 'ANN', '#1a4fc4'))
    presence.join(3, BOB)
    assert [person.name for person in presence.people()] == ['Ann', 'ANN (2)', 'Bob']
    presence.leave(1)
    assert [person.name for person in presence.people()] == ['ANN', 'Bob']


def test_who_shares_a_colour_is_told_apart_by_its_pattern() -> None:
    presence = Presence(0)
    for number in range(5):
        presence.join(number, Person(str(number), f'Person {number}', '#1a4fc4'))
    presence.join(9, BOB)
    assert [person.pattern for person in presence.people()] == [0, 1, 2, 3, 0, 0]
    presence.move(0, 10, CURSOR)
    presence.move(1, 11, CURSOR)
    first, second = (json.loads(entry.state)['user'] for entry in presence.changes())
    assert 'pattern' not in first
    assert second['pattern'] == 1
    presence.leave(0)
    assert [person.pattern for person in presence.people()] == [0, 1, 2, 3, 0]


def test_clocks_only_rise_even_over_a_restart() -> None:
    presence = Presence(1_000)
    presence.join(1, ANN)
    presence.move(1, 11, CURSOR)
    first = presence.everyone()[0].clock
    presence.move(1, 11, '{"cursor":null}')
    second = presence.changes()[0].clock
    presence.leave(1)
    gone = presence.changes()[0]
    assert 1_000 < first < second < gone.clock
    assert gone.state == 'null'
    assert presence.changes() == ()


def test_an_editor_that_goes_while_its_connection_stays_makes_room_for_the_next() -> None:
    presence = Presence(0)
    presence.join(1, ANN)
    presence.move(1, 11, CURSOR)
    presence.changes()
    presence.move(1, 11, 'null')
    presence.move(1, 12, CURSOR)
    assert [(entry.client, entry.state == 'null') for entry in presence.changes()] == [
        (11, True),
        (12, False),
    ]
    assert presence.client_of(1) == 12
    assert presence.people() == (ANN,)


def test_what_did_not_change_is_not_said_again() -> None:
    presence = Presence(0)
    presence.join(1, ANN)
    presence.move(1, 11, CURSOR)
    presence.changes()
    presence.move(1, 11, CURSOR)
    assert presence.changes() == ()


def test_a_seat_without_a_client_id_says_nothing_when_it_leaves() -> None:
    presence = Presence(0)
    presence.join(1, ANN)
    assert presence.client_of(1) is None
    presence.leave(1)
    presence.leave(1)
    assert presence.changes() == ()
    assert not presence.rename(ANN)


def test_a_new_name_is_shown_at_every_seat() -> None:
    presence = Presence(0)
    presence.join(1, ANN)
    presence.move(1, 11, CURSOR)
    assert presence.rename(Person('a', 'Anna', '#b3261e'))
    state = json.loads(presence.changes()[0].state)
    assert state['user'] == {'id': 'a', 'name': 'Anna', 'color': '#b3261e', 'colorLight': '#b3261e33'}


@pytest.mark.parametrize('state', ['null', '{}', '{"cursor":null}', '{"user":{"name":"x"}}'])
def test_no_cursor_is_fine(state: str) -> None:
    assert read_cursor(state) == 'null'


@pytest.mark.parametrize(
    'state',
    [
        '',
        'x',
        '[]',
        '3',
        '{"cursor":3}',
        '{"cursor":{}}',
        '{"cursor":{"anchor":{},"head":{}}}',
        '{"cursor":{"anchor":NaN,"head":1}}',
        '{"cursor":{"anchor":{"tname":"content"},"head":{"tname":"other"}}}',
        '{"cursor":{"anchor":{"tname":"content","assoc":7},"head":{"tname":"content"}}}',
        '{"cursor":{"anchor":{"tname":"content"},"head":{"tname":"content","evil":1}}}',
        '{"cursor":{"anchor":{"item":{"client":1}},"head":{"tname":"content"}}}',
        '{"cursor":{"anchor":{"item":{"client":-1,"clock":0}},"head":{"tname":"content"}}}',
        '{"cursor":{"anchor":{"item":{"client":true,"clock":0}},"head":{"tname":"content"}}}',
        '{"cursor":{"anchor":{"item":{"client":1e999,"clock":0}},"head":{"tname":"content"}}}',
        '{"cursor":null,"x":"' + 'x' * 1024 + '"}',
        '[' * 1000,
    ],
)
def test_anything_else_is_refused(state: str) -> None:
    with pytest.raises(ValueError, match=r'.'):
        read_cursor(state)


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(state: str) -> None:
    try:
        cursor = json.loads(read_cursor(state))
    except ValueError:
        return
    assert cursor is None or set(cursor) == {'anchor', 'head'}


@pytest.mark.parametrize(
    ('state', 'name', 'color'),
    [
        ('{"user":{"name":"Vim","color":"#006978"}}', 'Vim', '#006978'),
        ('{"user":{"name":"VS Code","color":"#30bced"}}', 'VS Code', ANN.color),  # too light to read
        ('{"user":{"name":"","color":3}}', 'Ann', ANN.color),
        ('{"user":3}', 'Ann', ANN.color),
        ('{"user":{"name":"Bob \\ud83d"}}', 'Bob', ANN.color),  # half a character, as JavaScript may cut it
        ('null', 'Ann', ANN.color),
    ],
)
def test_a_program_says_what_it_is_called_as_far_as_that_is_fit(state: str, name: str, color: str) -> None:
    assert introduction(state, ANN) == Person('a', name, color)


@pytest.mark.parametrize('opening', ['[', '{"cursor":', '{"cursor":['])
@pytest.mark.parametrize('closed', [True, False])
def test_the_deepest_nesting_that_fits_is_no_cursor(opening: str, closed: bool) -> None:
    closing = ''.join({'[': ']', '{': '}'}.get(sign, '') for sign in reversed(opening)) if closed else ''
    deep = STATE_LENGTH // len(opening + closing)
    with pytest.raises(ValueError, match=r'\w'):
        read_cursor(opening * deep + closing * deep)


def test_a_caret_and_a_selection_are_read_alike() -> None:
    here, there = ({'item': {'client': 1, 'clock': clock}, 'assoc': 0} for clock in (2, 3))
    for head in (here, there):
        cursor = {'anchor': here, 'head': head}
        assert json.loads(read_cursor(json.dumps({'cursor': cursor}))) == cursor
    odd = {'tname': 'content', 'item': {'clock': 3, 'client': 2**53 - 1}, 'assoc': False, 'type': None}
    cursor = json.loads(read_cursor(json.dumps({'cursor': {'head': odd, 'anchor': {'tname': 'content'}}})))
    assert cursor['anchor'] == {'tname': 'content', 'assoc': 0}
    assert cursor['head'] == {'tname': 'content', 'item': {'client': 2**53 - 1, 'clock': 3}, 'assoc': 0}
    with pytest.raises(ValueError, match='position'):
        read_cursor(json.dumps({'cursor': {'anchor': here, 'head': None}}))


def test_a_guest_keeps_a_friendly_name_and_a_readable_colour() -> None:
    assert guest('x') == guest('x')
    assert len({guest(str(i)).name for i in range(200)}) > 150
    assert all(contrast_on_white(color) >= CONTRAST for color in COLORS)


@pytest.mark.parametrize(
    ('written', 'clean'),
    [
        ('  Ann  Lee ', 'Ann Lee'),
        ('Zoë', 'Zoë'),
        ('a\u202eb\x00c\n', 'abc'),
        ('👩‍🚀', '👩‍🚀'),
        ('x' * 99, 'x' * 40),
    ],
)
def test_names_are_made_fit_to_show(written: str, clean: str) -> None:
    assert clean_name(written) == clean


@pytest.mark.parametrize('nothing', ['', ' \n', '\u200d\u200d', '\u202e'])
def test_a_name_needs_something_to_see(nothing: str) -> None:
    with pytest.raises(ValueError, match='visible'):
        clean_name(nothing)


def test_colours_are_readable_or_refused() -> None:
    assert clean_color(' #1A4FC4 ') == '#1a4fc4'
    with pytest.raises(ValueError, match='too light'):
        clean_color('#ffff00')
    for bad in ('red', '#12345', '#1a4fc4;x', 'url(x)'):
        with pytest.raises(ValueError, match='is written like'):
            clean_color(bad)


def test_one_table_says_what_each_role_may_do() -> None:
    assert not may(Role.VIEWER, Act.EDIT)
    assert may(Role.COMMENTER, Act.COMMENT)
    assert may(Role.EDITOR, Act.EDIT)
    assert not may(Role.EDITOR, Act.DELETE)
    assert all(may(Role.OWNER, act) for act in Act)
