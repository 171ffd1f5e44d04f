"""People of several languages at one server: each reads pages in their own, whatever the others do."""

from collections.abc import Callable

import pytest
from nicegui.testing import User

from collab.editor.element import PeopleHere, SharedEditor
from collab.language.catalogue import translations
from collab.pages.guests import ANIMALS

CreateUser = Callable[[], User]


def speaks(user: User, header: str) -> User:
    user.http_client.headers['Accept-Language'] = header
    return user


@pytest.mark.parametrize(
    ('header', 'new', 'steps', 'menu'),
    [
        ('de-AT,de;q=0.9,en;q=0.1', 'Neues Dokument', 'Zusammen schreiben, zur gleichen Zeit', 'Darstellung'),
        ('fr', 'Nouveau document', 'Écrire ensemble, en même temps', 'Comme le système'),
        ('ar-EG', 'مستند جديد', 'اكتبوا معًا في الوقت نفسه', 'المظهر'),
        ('nl', 'New document', 'Write together, at the same time', 'Appearance'),
    ],
)
async def test_the_pages_speak_the_language_of_the_browser(
    user: User, header: str, new: str, steps: str, menu: str
) -> None:
    speaks(user, header)
    await user.open('/')
    await user.should_see(new)
    await user.should_see(steps)
    await user.should_see(menu)
    user.find('New document' if header == 'nl' else new).click()
    await user.should_see(SharedEditor)


async def test_two_people_read_one_event_each_in_their_own_language(
    user: User, create_user: CreateUser
) -> None:
    anna, jean = speaks(user, 'de'), speaks(create_user(), 'fr')
    await begin_in_german(anna)
    document = str(anna.back_history[-1])
    await jean.open(document)
    await anna.should_see('2 hier')
    await jean.should_see('2 ici')
    await anna.should_see('ist jetzt dabei.')  # said later, and because of what somebody else did

    await jean.open('/')
    await jean.should_see('Sans titre')
    await jean.should_see('à l\u2019instant')
    jean.find(marker='Delete').click()
    await jean.should_see('« Sans titre » a été supprimé.')
    await anna.should_see('Dieses Dokument wurde gelöscht. Was du siehst, ist nur noch auf dieser Seite.')
    jean.find('Annuler').click()
    await anna.should_see('Dieses Dokument wurde zurückgeholt.')


async def test_what_is_wrong_is_said_in_the_language_of_the_page(user: User) -> None:
    speaks(user, 'ar')
    await user.open('/')
    user.find(marker='myself-face').click()
    await user.should_see('كيف يراك الآخرون')
    user.find(marker='my-name').clear().type(' ')
    user.find(marker='myself').trigger('submit')
    await user.should_see('يحتاج الاسم إلى محرف مرئي واحد على الأقل.')


async def test_programs_and_unknown_pages_get_theirs(user: User) -> None:
    speaks(user, 'ar')
    page = await user.http_client.get('/nothing/here')
    assert 'لا شيء في هذا العنوان' in page.text
    answer = await user.http_client.get('/api/documents/nothing')
    assert 'There is no' in answer.json()['detail']


async def test_the_html_says_its_language_and_direction(user: User) -> None:
    for header, lang, rtl in (('ar', 'ar', True), ('de', 'de', False), ('xx', 'en-US', False)):
        answer = await user.http_client.get('/', headers={'Accept-Language': header})
        assert f'<html lang="{lang}"' in answer.text
        assert ('document.documentElement.dir = "rtl"' in answer.text) is rtl
        assert ('/words/' in answer.text) is (lang != 'en-US')


async def test_the_words_of_the_browser_are_served_and_kept_for_ever(user: User) -> None:
    answer = await user.http_client.get('/words/de.js')
    assert 'Gespeichert' in answer.text
    assert 'immutable' in answer.headers['Cache-Control']
    unknown = await user.http_client.get('/words/klingon.js')
    assert unknown.text == ''
    assert unknown.headers['Content-Type'].startswith('text/javascript')


async def test_a_choice_counts_more_than_the_browser(user: User) -> None:
    speaks(user, 'de')
    user.http_client.cookies.set('collab_language', 'fr')
    await user.open('/')
    await user.should_see('Nouveau document')
    await user.should_not_see('Neues Dokument')


async def test_two_people_talk_each_on_a_page_in_their_own_language(
    user: User, create_user: CreateUser
) -> None:
    anna, jean = speaks(user, 'de'), speaks(create_user(), 'fr')
    await begin_in_german(anna)
    await jean.open(str(anna.back_history[-1]))
    await anna.should_see('2 hier')
    anna.find(marker='Chat').click()
    await anna.should_see('Hier hat noch niemand etwas gesagt.')
    anna.find(marker='chat-form').trigger('submit', 'Hallo')
    await jean.should_see(marker='chat-unread', content='1')
    assert label(jean, 'Chat') == 'Discussion\xa0: 1 non lu'  # because of what somebody else did
    jean.find(marker='Chat').click()
    await jean.should_see('Envoyer')
    jean.find(marker='chat-form').trigger('submit', 'x' * 2_001)
    await jean.should_see('Un message a au plus 2\u202f000 caractères.')
    anna.find(marker='chat-form').trigger('submit', '\u200b')
    await anna.should_see('Eine Nachricht braucht mindestens ein sichtbares Zeichen.')


async def test_a_guest_who_is_here_is_called_the_same_by_face_and_chat(
    user: User, create_user: CreateUser
) -> None:
    anna, jean = speaks(user, 'de'), speaks(create_user(), 'fr')
    await begin_in_german(anna)
    anna.find(marker='Chat').click()
    await anna.should_see('Senden')
    anna.find(marker='chat-form').trigger('submit', 'Hallo')
    await jean.open(str(anna.back_history[-1]))
    await jean.should_see('2 ici')
    jean.find(marker='Chat').click()
    await jean.should_see(marker='chat-message', content='Hallo')
    (here,) = jean.find(PeopleHere).elements
    (other,) = [name for person, name, *_ in here.props['faces'] if person != here.props['me']]
    await jean.should_see(marker='chat-message', content=other)


async def test_documents_begin_and_leave_in_the_language_of_the_page(user: User) -> None:
    speaks(user, 'ar')
    await user.open('/')
    user.find('من قالب').click()
    await user.should_see('محضر اجتماع')
    user.find(marker='begin Meeting notes').click()
    await user.should_see(SharedEditor)
    await user.should_see('## جدول الأعمال')
    user.find(marker='More').click()
    user.find(marker='keep-as-template').click()
    await user.should_see('قالبًا من قوالبك')
    user.find(marker='export-document').click()
    await user.should_see('النص كما هو تمامًا.')
    user.find(marker='export-pdf').trigger('click', 413)
    await user.should_see('هذا المستند أطول من أن يُصدَّر إلى ملف من هذا النوع.')
    user.find(marker='export-pdf').trigger('click', 503)
    await user.should_see('تعذّر جلب الملف.')


async def begin_in_german(user: User) -> None:
    await user.open('/')
    user.find('Neues Dokument').click()
    await user.should_see(SharedEditor)


def label(user: User, marker: str) -> str:
    (element,) = user.find(marker=marker).elements
    return str(element.props['aria-label'])


async def test_a_guest_is_called_in_their_own_language_wherever_they_are_seen(
    user: User, create_user: CreateUser
) -> None:
    anna, jean = speaks(user, 'de'), speaks(create_user(), 'fr')
    await begin_in_german(anna)
    (here,) = anna.find(PeopleHere).elements
    name = str(here.props['you']).split(' (du)')[0]
    assert name.split()[-1] in translations('de').gettext(ANIMALS).split(', ')
    await jean.open(str(anna.back_history[-1]))
    await jean.should_see(name)
