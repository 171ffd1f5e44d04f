"""What people take with them: documents as files, files as documents, and templates to begin with."""

from collections.abc import Callable

import pytest
from nicegui.testing import User

from collab.editor.element import SharedEditor
from collab.files.word import word
from collab.storage.templates import LONGEST
from tests.support.injections import INJECTIONS
from tests.support.rooms import becomes
from tests.test_documents_page import drop, listed, make, row, texts
from tests.test_pages import begin, count_of, path_of

CreateUser = Callable[[], User]
TEXT = '# Our plan\n\n- [ ] bring the *ladder*\n'


async def test_a_document_is_taken_along_as_a_file_of_every_kind(user: User) -> None:
    garden = await make(user, 'Garden: plan', TEXT)
    await user.open(f'/d/{garden}')
    user.find('More').click()
    user.find(marker='export-document').click()
    await user.should_see('For Word, LibreOffice and others.')
    beginnings = {
        'md': b'# Our plan',
        'txt': b'# Our plan',
        'html': b'<!doctype html>',
        'docx': b'PK',
        'pdf': b'%PDF',
    }
    for kind, beginning in beginnings.items():
        (link,) = user.find(marker=f'export-{kind}').elements
        assert link.props['download'] == f'Garden- plan.{kind}'
        answer = await user.http_client.get(link.props['href'])
        assert answer.status_code == 200
        assert answer.content.startswith(beginning)
        assert f'filename="Garden- plan.{kind}"' in answer.headers['content-disposition']
        assert answer.headers['x-content-type-options'] == 'nosniff'


async def test_what_was_typed_a_moment_ago_is_in_the_file(user: User) -> None:
    await begin(user)
    user.find(SharedEditor).type('just now\n')
    answer = await user.http_client.get(f'/api{path_of(user).replace("/d/", "/documents/")}/export/md')
    assert answer.content == b'just now\n'


async def test_a_document_of_the_list_is_taken_along_too(user: User) -> None:
    garden = await make(user, 'Garden', TEXT)
    await make(user, 'Kitchen')
    await user.open('/')
    row(user, 'Garden', 'More').trigger('click')
    user.find(marker='export-document').click()
    await user.should_see('To print, or to hand on as it is.')
    (link,) = user.find(marker='export-pdf').elements
    assert link.props['href'] == f'/api/documents/{garden}/export/pdf'


async def test_a_document_too_long_for_a_pdf_says_so_and_what_else_is_possible(user: User) -> None:
    long = await make(user, 'Long', 'x' * 1_000_001)
    answer = await user.http_client.get(f'/api/documents/{long}/export/pdf')
    assert (answer.status_code, answer.json()['title']) == (413, 'Too large')
    assert 'can be exported as Markdown' in answer.json()['detail']
    assert (await user.http_client.get(f'/api/documents/{long}/export/md')).status_code == 200


@pytest.mark.parametrize('address', ['nothing/export/pdf', 'plan/export/exe'])
async def test_there_is_no_file_of_what_is_not_there(user: User, address: str) -> None:
    await user.open('/')
    await user.http_client.post('/api/documents', json={'title': 'Plan', 'id': 'plan'})
    assert (await user.http_client.get(f'/api/documents/{address}')).status_code in (404, 422)


async def test_pages_and_files_of_word_become_documents(user: User) -> None:
    await user.open('/')
    page = '<title>Minutes</title><h1>Tuesday</h1><p>Tea &amp; <b>cake</b><script>alert(1)</script>'
    await drop(
        user,
        ('minutes.html', page.encode()),
        ('plan.docx', word('', TEXT, 'en')),
        ('broken.docx', word('', TEXT, 'en')[:500]),
        ('old.doc', b'\xd0\xcf\x11\xe0'),
        ('picture.html', b'\x89PNG\r\n\x1a\n\0\0\0\rIHDR'),
        ('notes.md', b'# Notes\n'),
    )
    await user.should_see('3 documents imported.')
    await user.should_see('“broken.docx” is not a Word document that can be read')
    await user.should_see('“old.doc” is no text, Markdown, web page or Word file')
    await user.should_see('“picture.html” holds something else than a web page')
    await becomes(lambda: sorted(listed(user)) == ['Minutes', 'Notes', 'Our plan'])
    found = {one['title']: one['id'] for one in (await user.http_client.get('/api/documents')).json()}
    text = await user.http_client.get(f'/api/documents/{found["Minutes"]}/text')
    assert text.text == '# Tuesday\n\nTea & **cake**\n'


async def test_names_of_files_are_never_html(user: User) -> None:
    await user.open('/')
    await drop(user, *((f'{evil}.txt', b'x') for evil in INJECTIONS[:10]), (f'{INJECTIONS[0]}.exe', b''))
    await user.should_see('10 documents imported.')
    await becomes(lambda: count_of(user, 'document-row') == 10)
    assert any('<img' in title for title in listed(user))  # as words


async def test_a_new_document_begins_with_a_template(user: User) -> None:
    await user.open('/')
    user.find('From a template').click()
    await user.should_see('Retrospective')
    user.find(marker='begin Meeting notes').click()
    await user.should_see(SharedEditor)
    await user.should_see('## Agenda')
    await user.open('/')
    assert listed(user) == ['Meeting notes']


async def test_people_keep_templates_of_their_own(user: User, create_user: CreateUser) -> None:
    amira, jonas = user, create_user()
    weekly = await make(amira, 'Weekly', '# Weekly\n\n- who\n')
    await amira.open(f'/d/{weekly}')
    amira.find('More').click()
    amira.find(marker='keep-as-template').click()
    await amira.should_see('“Weekly” is a template of yours now')

    await jonas.open('/')
    jonas.find('From a template').click()
    await jonas.should_see('Any document can be kept as one')

    await amira.open('/')
    amira.find('From a template').click()
    await amira.should_see(marker='own-template')
    amira.find(marker='begin Weekly').click()
    await amira.should_see('- who')
    await amira.open('/')
    assert listed(amira) == ['Weekly', 'Weekly']
    amira.find('From a template').click()
    await amira.should_see(marker='own-template')
    amira.find(marker='Remove').click()
    await amira.should_see('Any document can be kept as one')
    await amira.should_not_see(marker='own-template')


async def test_a_template_is_kept_from_the_list_and_its_limits_are_said(user: User) -> None:
    await make(user, 'Garden', TEXT)
    await make(user, 'Long', 'x' * (LONGEST + 1))
    await user.open('/')
    row(user, 'Long', 'More').trigger('click')
    user.find(marker='keep-as-template').click()
    await user.should_see('A template holds at most 200 kB')
    await user.open('/')
    row(user, 'Garden', 'More').trigger('click')
    user.find(marker='keep-as-template').click()
    await user.should_see('“Garden” is a template of yours now')


@pytest.mark.parametrize('evil', INJECTIONS[:6])
async def test_what_a_template_is_called_is_never_html(user: User, evil: str) -> None:
    strange = await make(user, evil, evil)
    await user.open(f'/d/{strange}')
    user.find('More').click()
    user.find(marker='keep-as-template').click()
    await user.should_see('is a template of yours now')
    await user.open('/')
    user.find('From a template').click()
    await user.should_see(marker='own-template')
    assert texts(user, 'own-template') == [evil]
