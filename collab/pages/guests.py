"""The friendly names of guests, in the language in which they came."""

from collab.document.people import Person, guest
from collab.language.speaking import N_, _

ADJECTIVES = N_(
    'Amber, Bold, Brave, Bright, Calm, Clever, Cosy, Curious, Eager, Gentle, Golden, '
    'Happy, Honest, Jolly, Kind, Lively, Lucky, Merry, Mellow, Nimble, Patient, Quick, '
    'Quiet, Silver, Steady, Sunny, Swift, Warm, Wise, Witty'
)
ANIMALS = N_(
    'Badger, Beaver, Bison, Crane, Dolphin, Falcon, Ferret, Finch, Fox, Gecko, Hare, '
    'Heron, Ibex, Koala, Lark, Lemur, Lynx, Marmot, Mole, Newt, Otter, Owl, Panda, '
    'Puffin, Raven, Robin, Seal, Sparrow, Stork, Swan, Tapir, Turtle, Walrus, Wren'
)
"""As in collab.document.people. Where adjectives agree with nouns, translators take animals of one gender:
they need not be the same animals."""


def guest_here(person_id: str) -> Person:
    """Who this is until they choose a name, as the language of the page calls them."""
    adjectives, animals = _(ADJECTIVES).split(', '), _(ANIMALS).split(', ')
    return guest(person_id, adjectives, animals, _('{adjective} {animal}'))
