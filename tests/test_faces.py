"""Whose faces are shown where very many people are."""

from collab.document.people import guest
from collab.pages.faces import MOST, some_of


def test_few_are_all_shown() -> None:
    people = [guest(str(number)) for number in range(MOST)]
    assert some_of(people, '0') == people
    assert some_of(people, 'somebody else') == people


def test_of_many_the_first_are_shown_and_oneself() -> None:
    people = [guest(str(number)) for number in range(MOST + 60)]
    assert some_of(people, '3') == people[:MOST]
    mine = str(MOST + 50)
    assert some_of(people, mine) == [*people[: MOST - 1], people[MOST + 50]]
