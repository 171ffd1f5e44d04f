"""Backups: whole while people write, proven before they count, back without a trace of what came after."""

import asyncio
import os
import sqlite3
import stat
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from collab.rooms.ports import Record, RestoredDocument
from collab.storage.backup import BackupFailed, back_up, restore
from collab.storage.backups import DAY, DailyBackups, all_backups, find_rescue, name, newest_sound
from collab.storage.checking import check
from collab.storage.documents import Documents
from collab.storage.people import People
from models import Database, open_database
from tests.support.chapters_contract import chapter
from tests.support.old_database import make_old
from tests.support.store_contract import records


@pytest.fixture
async def store(database: Database) -> Documents:
    """Two documents, one of them with a snapshot."""
    store = Documents(database)
    for document_id in ('plan', 'notes'):
        await store.create(document_id, document_id.title(), 1)
        await store.append(records(document_id, b'one', b'two', b'three'))
    await store.compact('plan', 2, b'state of 2')
    return store


@pytest.fixture
def backup(file: Path, store: Documents, tmp_path: Path) -> Path:
    target = tmp_path / 'backup.db'
    back_up(file, target)
    return target


def change(file: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        assert connection.execute(statement, values).rowcount > 0


async def test_a_backup_taken_while_somebody_writes_is_one_moment_of_it(
    file: Path, store: Documents, tmp_path: Path
) -> None:
    done = asyncio.Event()

    async def write() -> int:
        number = 3
        while not done.is_set():
            await store.append(
                [
                    *records('plan', b'%d' % number, after=number),
                    *records('notes', b'%d' % number, after=number),
                ]
            )
            number += 1
        return number

    writing = asyncio.create_task(write())
    ends = []
    for number in range(5):
        target = tmp_path / f'{number}.db'
        findings = await asyncio.to_thread(back_up, file, target)
        assert (findings.damaged, findings.lost_snapshots) == ({}, ())
        with closing(sqlite3.connect(target)) as connection:
            seqs = [seq for (seq,) in connection.execute('SELECT seq FROM documents')]
        assert seqs[0] == seqs[1]
        ends.append(seqs[0])
    done.set()
    assert await writing >= ends[-1] >= ends[0] >= 3
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert not [path for path in os.listdir(tmp_path) if path.startswith('.collab-copy-')]


async def test_what_a_killed_backup_left_behind_goes_away_with_a_later_one(
    file: Path, store: Documents, tmp_path: Path
) -> None:
    folder = tmp_path / 'backups'
    folder.mkdir()
    left, under_way = [folder / f'.collab-copy-{name}' for name in ('left', 'now')]
    for copy in (left, under_way):
        copy.write_bytes(b'half of a database')
    long_ago = left.stat().st_mtime - 2 * 24 * 60 * 60
    os.utime(left, (long_ago, long_ago))
    back_up(file, folder / 'daily.db')
    assert sorted(path.name for path in folder.iterdir()) == ['.collab-copy-now', 'daily.db']


async def test_a_restored_document_is_what_it_was_in_a_new_life(
    file: Path, store: Documents, database: Database, backup: Path, tmp_path: Path
) -> None:
    before = {document_id: await store.load(document_id) for document_id in ('plan', 'notes')}
    await store.append(records('plan', b'four', after=3))
    await store.rename('plan', 'Spoilt', 9)
    await store.create('younger', 'Younger', 9)
    await store.append(records('younger', b'one'))
    younger = await store.load('younger')
    await People(database).save('ada', 'Ada', '#aa3300', 9)
    done = await asyncio.to_thread(restore, file, backup, (), tmp_path / 'before.db')
    assert (done.documents, done.untouched) == (2, 1)
    for document_id, was in before.items():
        now = await store.load(document_id)
        assert now.epoch != was.epoch
        assert replace(now, epoch=was.epoch) == was
    assert await store.load('younger') == younger
    assert await People(database).get('ada')
    with closing(sqlite3.connect(tmp_path / 'before.db')) as connection:
        assert check(connection).damaged == {}
        assert connection.execute("SELECT title, seq FROM documents WHERE id = 'plan'").fetchone() == (
            'Spoilt',
            4,
        )
    with pytest.raises(RestoredDocument):
        await store.append([replace(records('plan', b'late', after=3)[0], epoch=before['plan'].epoch)])


async def test_after_a_restore_nobody_writes_on_under_an_id_that_was_ever_known(
    file: Path, store: Documents, tmp_path: Path
) -> None:
    await store.append([replace(records('plan', b'four', after=3)[0], replicas=(7, 8))])
    epoch = (await store.load('plan')).epoch
    await store.begin_life(Record('plan', 5, 'python', 5, b'all', (9,), epoch))
    back_up(file, tmp_path / 'backup.db')
    saved = await store.load('plan')
    await store.append([replace(records('plan', b'six', after=5)[0], replicas=(10,))])
    for number in range(2):
        before = tmp_path / f'before-{number}.db'
        await asyncio.to_thread(restore, file, tmp_path / 'backup.db', (), before)
        found = await store.load('plan')
        assert (found.seq, found.tail, found.owners) == (5, (b'all',), {})
        assert found.retired == {7, 8, 9, 10}
        assert found.epoch != saved.epoch
    new = tmp_path / 'new' / 'collab.db'
    await asyncio.to_thread(restore, new, tmp_path / 'backup.db', (), tmp_path / 'new' / 'before.db')
    database = open_database(f'sqlite+aiosqlite:///{new}')
    found = await Documents(database).load('plan')
    await database.dispose()
    assert (found.tail, found.owners, found.retired) == ((b'all',), {}, {7, 8, 9})


async def test_a_backup_of_the_first_collab_is_checked_restored_and_helps(
    file: Path, store: Documents, backup: Path, tmp_path: Path
) -> None:
    was = await store.load('plan')
    await make_old(backup)
    (tmp_path / 'old').mkdir()
    os.rename(backup, tmp_path / 'old' / name('daily', DAY))
    backup = tmp_path / 'old' / name('daily', DAY)
    content = backup.read_bytes()
    assert newest_sound(backup.parent) == backup
    rescue = await find_rescue(backup.parent, 'plan')
    assert rescue
    assert (rescue.stored.tail, rescue.stored.snapshot) == (was.tail, was.snapshot)
    await asyncio.to_thread(restore, file, backup, (), tmp_path / 'before.db')
    assert (await store.load('plan')).tail == was.tail
    assert [path.read_bytes() for path in backup.parent.iterdir()] == [content]


async def test_chapters_are_backed_up_proven_and_restored(
    file: Path, store: Documents, tmp_path: Path
) -> None:
    epoch = (await store.load('notes')).epoch
    await store.bind('notes', chapter(1, 2), epoch)
    await store.begin_life(Record('notes', 4, 'python', 4, b'all', (), epoch))
    await store.bind('notes', chapter(3, 3), (await store.load('notes')).epoch)
    await store.bind('notes', chapter(4, 4, begins=True), (await store.load('notes')).epoch)
    await store.append(records('notes', b'five', after=4))
    was, size = await store.load('notes'), await store.log_size('notes')
    findings = back_up(file, tmp_path / 'backup.db')
    assert findings.damaged == {}
    await store.append(records('notes', b'spoilt', after=5))
    await asyncio.to_thread(restore, file, tmp_path / 'backup.db', (), tmp_path / 'before.db')
    now = await store.load('notes')
    assert replace(now, epoch=was.epoch) == was
    assert now.chapters == (b'4 to 4',)
    assert replace(await store.log_size('notes'), epoch=size.epoch) == size
    rescue = await find_rescue(tmp_path, 'notes')
    assert rescue
    assert rescue.stored.chapters == was.chapters


@pytest.mark.parametrize(
    ('statement', 'words'),
    [
        ("UPDATE chapters SET content = x'00'", 'the chapter of updates 1 to 2 is not the one'),
        ('UPDATE chapters SET begins_life = 1', 'the chapter of updates 1 to 2 is not the one'),
        ('DELETE FROM chapters', 'update 1 is missing'),
        ("UPDATE documents SET base = 1 WHERE id = 'notes'", 'its life does not begin after update 1'),
        ("UPDATE documents SET base = 2 WHERE id = 'notes'", 'its life does not begin after update 2'),
    ],
)
async def test_a_damaged_chapter_is_a_damaged_document(
    statement: str, words: str, file: Path, store: Documents, tmp_path: Path
) -> None:
    await store.bind('notes', chapter(1, 2), (await store.load('notes')).epoch)
    change(file, statement)
    findings = back_up(file, tmp_path / 'backup.db')
    assert list(findings.damaged) == ['notes']
    assert findings.damaged['notes'].startswith(words)
    with pytest.raises(BackupFailed, match=rf'notes \({words}'):
        restore(file, tmp_path / 'backup.db', (), tmp_path / 'before.db')


async def test_one_damaged_document_is_mended_and_the_others_stay(
    file: Path, store: Documents, backup: Path, tmp_path: Path
) -> None:
    await store.append(records('notes', b'four', after=3))
    change(file, "UPDATE updates SET \"update\" = x'00' WHERE document_id = 'plan' AND seq = 3")
    done = await asyncio.to_thread(restore, file, backup, ['plan'], tmp_path / 'before.db')
    assert (done.documents, done.untouched) == (1, 1)
    assert (await store.load('plan')).tail == (b'three',)
    assert (await store.load('notes')).seq == 4


async def test_a_backup_is_restored_where_nothing_was_before(backup: Path, tmp_path: Path) -> None:
    new = tmp_path / 'new' / 'collab.db'
    done = await asyncio.to_thread(restore, new, backup, (), tmp_path / 'new' / 'before.db')
    assert (done.documents, done.before) == (2, None)
    database = open_database(f'sqlite+aiosqlite:///{new}')
    try:
        assert (await Documents(database).load('plan')).snapshot == b'state of 2'
    finally:
        await database.dispose()


DAMAGE = {
    'an update': (
        "UPDATE updates SET \"update\" = x'00' WHERE document_id = 'plan' AND seq = 1",
        'update 1 is not',
    ),
    'an author': (
        "UPDATE updates SET author = 'eve' WHERE document_id = 'plan' AND seq = 2",
        'update 2 is not',
    ),
    'a checksum': (
        "UPDATE updates SET checksum = x'00' WHERE document_id = 'plan' AND seq = 3",
        'update 3 is not',
    ),
    'a row': ("DELETE FROM updates WHERE document_id = 'plan' AND seq = 2", 'update 2 is missing'),
    'where its life begins': (
        "UPDATE documents SET base = 2 WHERE id = 'plan'",
        'its life does not begin after update 2',
    ),
    'the end of its past': (
        "UPDATE documents SET base = 3 WHERE id = 'plan'",
        'its life does not begin after update 3',
    ),
    'the kind of its beginning': (
        "UPDATE documents SET base = 'x' WHERE id = 'plan'",
        'it is not known where its life begins',
    ),
    'the end': (
        "DELETE FROM updates WHERE document_id = 'plan' AND seq = 3",
        'the log should end at update 3',
    ),
}


@pytest.mark.parametrize(('statement', 'words'), DAMAGE.values(), ids=DAMAGE)
async def test_a_damaged_backup_is_refused_before_anything_is_touched(
    statement: str, words: str, file: Path, store: Documents, backup: Path, tmp_path: Path
) -> None:
    change(backup, statement)
    before = await store.load('plan')
    with pytest.raises(BackupFailed, match=rf'plan \({words}') as refused:
        restore(file, backup, (), tmp_path / 'before.db')
    assert 'Nothing was restored' in str(refused.value)
    assert await store.load('plan') == before
    assert not (tmp_path / 'before.db').exists()
    await asyncio.to_thread(restore, file, backup, ['notes'], tmp_path / 'before.db')  # the other is sound
    assert await store.load('plan') == before


async def test_a_damaged_snapshot_is_left_out_since_the_log_has_it_all(
    file: Path, store: Documents, backup: Path, tmp_path: Path
) -> None:
    change(backup, "UPDATE snapshots SET state = x'00'")
    await asyncio.to_thread(restore, file, backup, (), tmp_path / 'before.db')
    loaded = await store.load('plan')
    assert (loaded.snapshot, loaded.tail) == (None, (b'one', b'two', b'three'))


@pytest.mark.parametrize('cut', [10, 5_000, 9_000])
def test_a_torn_backup_is_refused(cut: int, file: Path, backup: Path, tmp_path: Path) -> None:
    with backup.open('r+b') as torn:
        torn.truncate(cut)
    with pytest.raises(BackupFailed, match=r'cannot be restored'):
        restore(file, backup, (), tmp_path / 'before.db')


def test_what_is_no_backup_is_said(file: Path, store: Documents, tmp_path: Path) -> None:
    other = tmp_path / 'other.db'
    with closing(sqlite3.connect(other)) as connection, connection:
        connection.execute('CREATE TABLE songs (name)')
    with pytest.raises(BackupFailed, match='belongs to another program'):
        restore(file, other, (), tmp_path / 'before.db')
    with pytest.raises(BackupFailed, match='there is no file'):
        restore(file, tmp_path / 'none.db', (), tmp_path / 'before.db')
    with pytest.raises(BackupFailed, match='exists already'):
        back_up(file, other)
    with pytest.raises(BackupFailed, match='there is no database'):
        back_up(tmp_path / 'none.db', tmp_path / 'new.db')
    with pytest.raises(BackupFailed, match='cannot write'):
        back_up(file, other / 'below-a-file.db')


async def test_the_newest_backup_that_holds_a_document_whole_is_found(
    file: Path, store: Documents, tmp_path: Path
) -> None:
    folder = tmp_path / 'backups'
    assert await find_rescue(folder, 'plan') is None
    for day in range(3):
        back_up(file, folder / name('daily', day * DAY))
        await store.append(records('plan', b'more', after=3 + day))
    change(
        folder / name('daily', 2 * DAY), "UPDATE updates SET \"update\" = x'00' WHERE document_id = 'plan'"
    )
    (folder / name('daily', 3 * DAY)).write_bytes(b'no database')
    contents = {backup: backup.read_bytes() for backup in folder.iterdir()}
    rescue = await find_rescue(folder, 'plan')
    assert rescue
    assert (rescue.made_at, rescue.stored.seq) == (DAY, 4)
    notes = await find_rescue(folder, 'notes')
    assert notes
    assert notes.made_at == 2 * DAY
    assert newest_sound(folder) == folder / name('daily', DAY)
    assert {backup: backup.read_bytes() for backup in folder.iterdir()} == contents


async def test_a_backup_is_made_every_day_and_the_last_few_are_kept(
    file: Path, store: Documents, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / 'backups'
    back_up(file, folder / name('collab', 0))
    now = 10 * DAY
    whole = True

    async def make(target: Path) -> bool:
        if target.name == name('daily', 12 * DAY):
            raise BackupFailed('no room')
        back_up(file, target)
        return whole

    daily = DailyBackups(make, folder, keep=2, now=lambda: now)

    async def made() -> list[int]:
        await daily.look()
        return [int(at.name[14:16]) for at in all_backups(folder) if at.name.startswith('daily-')]

    assert await made() == [11]  # of January 1970
    now += DAY - 1
    assert await made() == [11]
    now += 1
    assert await made() == [12, 11]
    now += DAY
    assert await made() == [12, 11]
    assert await made() == [12, 11]
    assert caplog.text.count('no room') == 1
    now += 1_000
    assert await made() == [13, 12]
    now += DAY
    whole = False  # older ones may be all that is left of a damaged document
    assert await made() == [14, 13, 12]
    assert (folder / name('collab', 0)).exists()
