"""Everybody reads Collab in the language of their browser, and each language says all that is to be said."""

import re
from gettext import c2py
from string import Formatter

import pytest
from babel.messages.catalog import Catalog

from collab.language import gather, speaking
from collab.language.catalogue import LOCALES, browser_script, browser_words, plural_names, read, translations
from collab.language.choosing import ENGLISH, LANGUAGES, choose, direction, preferred
from collab.language.core import SAID
from collab.pages import words

TRANSLATED = [language for language in LANGUAGES if language != ENGLISH]
DAY = 24 * 60 * 60 * 1000
CLDR_MILLIONS = {'fr': {'many'}}
"""What only numbers of millions have, for which gettext has no form."""


@pytest.mark.parametrize(
    ('header', 'language'),
    [
        ('', 'en'),
        ('de', 'de'),
        ('de-AT', 'de'),
        ('DE-at,en;q=0.5', 'de'),
        ('fr-CA, en;q=0.8', 'fr'),
        ('en;q=0.7, ar-EG;q=0.9', 'ar'),
        ('en-GB, de;q=0.9', 'en'),
        ('ja, fr;q=0.3, de;q=0.4', 'de'),
        ('de;q=0, fr;q=0.1', 'fr'),
        ('xx, *;q=0.5, de;q=0.1', 'en'),
        ('de ; q=0.2 , fr ; q=0.3', 'fr'),
        ('fr, de', 'fr'),
        ('de;q=nonsense, fr;q=0.1', 'fr'),
        ('de;q=7', 'en'),
        (';;;,,q=1,=', 'en'),
        ('den, defgh', 'en'),
        ('x' * 100_000 + ',de', 'en'),
    ],
)
def test_the_browser_says_which_language_somebody_likes_most(header: str, language: str) -> None:
    assert choose('', header) == language


def test_what_somebody_chose_counts_more_than_what_their_browser_says() -> None:
    assert choose('ar', 'de') == 'ar'
    assert choose('klingon', 'de') == 'de'


def test_languages_are_sorted_by_how_much_they_are_liked_and_then_as_they_were_named() -> None:
    assert preferred('a;q=0.1, b, c;q=0.5, d') == ['b', 'd', 'c', 'a']


def test_arabic_is_written_from_right_to_left() -> None:
    assert [direction(language) for language in LANGUAGES] == ['ltr', 'ltr', 'ltr', 'rtl']


@pytest.mark.parametrize('language', TRANSLATED)
def test_every_language_says_all_that_the_sources_say(language: str) -> None:
    said = {message.id for message in gather.template() if message.id}
    catalog = read(language)
    remedy = f'run `make words`, then translate what is new in collab/language/locales/{language}.po'
    assert {message.id for message in catalog if message.id} == said, remedy
    empty = [message.id for message in catalog if message.id and not all(strings(message.string))]
    assert empty == [], remedy
    assert [message.id for message in catalog if message.id and message.fuzzy] == []


@pytest.mark.parametrize('language', TRANSLATED)
def test_the_files_of_the_translators_are_as_make_words_writes_them(language: str) -> None:
    found = (LOCALES / f'{language}.po').read_bytes()
    assert gather.written(gather.updated(language)) == found, 'run `make words`'


@pytest.mark.parametrize('language', TRANSLATED)
def test_a_translation_names_the_same_values_as_the_english_words(language: str) -> None:
    for message in read(language):
        if not message.id:
            continue
        wanted = {name for said in strings(message.id) for name in placeholders(said)}
        plural = not isinstance(message.id, str)
        for said in strings(message.string):
            missing = wanted - placeholders(said)
            assert placeholders(said) <= wanted, said
            assert missing <= ({'number'} if plural else set()), said  # "one" or "two" may be a word
            assert said.strip() == said or message.id != str(message.id).strip(), said


@pytest.mark.parametrize('language', TRANSLATED)
def test_plurals_have_all_the_forms_of_the_language(language: str) -> None:
    catalog = read(language)
    names = plural_names(catalog)
    assert set(names) == {'other', *catalog.locale.plural_form.tags} - CLDR_MILLIONS.get(language, set())
    for message in catalog:
        if message.id and not isinstance(message.id, str):
            assert len(strings(message.string)) == len(names)
    for number in range(1000):
        form = catalog.locale.plural_form(number)
        assert names[form_index(catalog, number)] == form, number
    assert translations(language).gettext('Light') != 'Light'


def test_what_is_translated_of_the_core_is_what_the_core_says() -> None:
    folders = [gather.ROOT / 'collab' / name for name in ('document', 'rooms', 'editor', 'files')]
    text = ''.join(path.read_text('utf-8') for folder in folders for path in folder.glob('*.py'))
    assert [words for words in SAID if f"'{words}'" not in text] == []


def test_the_browser_gets_only_what_it_says_itself() -> None:
    assert browser_words(ENGLISH) == {}
    for language in TRANSLATED:
        assert 'Appearance' not in browser_words(language)
        assert '</script' not in browser_script(language)
        assert len(browser_script(language).encode()) < 30_000


@pytest.mark.parametrize('source', ["_(f'{x} is gone')", "N_('a' + b)", "_('a' % b)", 'ngettext(a, b, 3)'])
def test_words_that_nobody_can_translate_are_found_in_python(source: str) -> None:
    with pytest.raises(gather.Unreadable):
        list(gather.says('page.py', source))


@pytest.mark.parametrize(
    'source', ['t(`a ${b}`)', "t('a' + b)", "tn('one', many, 3)", "x = t(cond ? 'a' : 'b')"]
)
def test_words_that_nobody_can_translate_are_found_in_the_browser_source(source: str) -> None:
    with pytest.raises(gather.Unreadable):
        list(gather.says('page.ts', source))


def test_words_are_found_wherever_they_stand() -> None:
    python = "_('one'); say(N_('two'), x=_('three {name}', name=1)); ngettext('a', 'b', number)"
    assert list(gather.says('page.py', python)) == ['one', 'two', 'three {name}', ('a', 'b')]
    browser = "`${t('one')} ${tn('a', \"b\", n, { x })}` + set(t('it\\'s')); format(x); const y = t(name)"
    assert list(gather.says('page.ts', browser)) == ['one', ('a', 'b'), "it's"]


def test_no_stylesheet_says_anything_that_nobody_can_translate() -> None:
    said = re.compile(r'content:[^;}]*["\'][^"\'\n]*\w[^"\'\n]*["\']')
    sheets = [path for path in (gather.ROOT / 'collab').rglob('*.css') if 'node_modules' not in path.parts]
    assert len(sheets) > 20
    assert {path.name: found for path in sheets if (found := said.findall(path.read_text('utf-8')))} == {}


def strings(words: object) -> list[str]:
    return [words] if isinstance(words, str) else list(words)  # type: ignore[call-overload,no-any-return]


def placeholders(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}


def form_index(catalog: Catalog, number: int) -> int:
    return int(c2py(catalog.plural_expr)(number))


def test_moments_and_numbers_are_written_as_each_language_does(monkeypatch: pytest.MonkeyPatch) -> None:
    then, now = 1_700_000_000_000, 1_700_000_000_000 + 3 * 60_000
    said = {
        'en': ('3 minutes ago', '14 November 2023, 22:13 UTC', 'on 14 November', '12,345 words'),
        'de': ('vor 3 Minuten', '14. November 2023, 22:13 UTC', 'am 14. November', '12.345 Wörter'),
        'fr': ('il y a 3 minutes', '14 novembre 2023, 22:13 UTC', 'le 14 novembre', '12\u202f345 mots'),
        'ar': ('قبل 3 دقائق', '14 نوفمبر 2023، 22:13 بالتوقيت العالمي', 'في 14 نوفمبر', '12,345 كلمة'),
    }
    for language, expected in said.items():
        monkeypatch.setattr(speaking, 'language', lambda language=language: language)
        count = speaking.ngettext('{number} word', '{number} words', 12_345)
        found = (words.ago(then, now), words.exactly(then), words.ago(then, then + 10 * DAY), count)
        assert tuple(plain(one) for one in found) == expected


def test_arabic_counts_in_six_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaking, 'language', lambda: 'ar')
    found = [
        plain(speaking.ngettext('{number} word', '{number} words', n)) for n in (0, 1, 2, 3, 11, 100, 103)
    ]
    assert found == ['لا كلمات', 'كلمة واحدة', 'كلمتان', '3 كلمات', '11 كلمة', '100 كلمة', '103 كلمات']


def test_a_name_in_an_arabic_sentence_keeps_its_own_direction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaking, 'language', lambda: 'ar')
    assert speaking._('{name} left.', name='Ada (x)') == 'غادر \u2068Ada (x)\u2069.'


def plain(said: str) -> str:
    return said.replace('\u2068', '').replace('\u2069', '')
