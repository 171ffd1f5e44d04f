"""The design of the pages keeps what it promises: one order, and colours that can be read."""

from collab.pages.frame import DESIGN, FIRST, stylesheet


def test_every_file_of_the_folder_is_in_the_one_stylesheet_and_what_others_build_on_comes_first() -> None:
    css = stylesheet()
    found = {file.stem: css.find(file.read_text('utf-8')) for file in DESIGN.glob('*.css')}
    assert -1 not in found.values()
    in_order = sorted(found, key=lambda name: found[name])
    assert in_order == [*FIRST, *sorted(found.keys() - set(FIRST))]


def test_each_file_of_the_design_stays_small() -> None:
    lines = {file.name: len(file.read_text('utf-8').splitlines()) for file in DESIGN.glob('*.css')}
    assert {name: count for name, count in lines.items() if count > 250} == {}
