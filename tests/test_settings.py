"""Settings: the defaults stand, a wrong value is one clear line, and the secret is made once and kept."""

import stat
import tomllib
from pathlib import Path

import pytest

from collab.data_folder import prepare
from collab.settings import VERSION, Settings, SettingsError, help_text, load, misspelt

GOOD_SECRET = 'q9Zt-7hVbN2xKp4mRw8sLd3fGj6yTc1e'


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty current folder whose .env counts, and nothing in the environment."""
    monkeypatch.delenv('COLLAB_DATA_DIR')
    monkeypatch.setitem(Settings.model_config, 'env_file', '.env')
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures('here')
def test_nothing_needs_to_be_set() -> None:
    assert load([]).model_dump() == {
        'host': '127.0.0.1',
        'port': 8080,
        'data_dir': Path('data'),
        'database_url': 'sqlite+aiosqlite:///data/collab.db',
        'secret': '',
        'log_level': 'info',
        'redis_url': None,
        'open_browser': False,
        'document_limit': 10_000_000,
        'backups': 7,
    }


def test_the_database_lives_in_the_data_folder_unless_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('COLLAB_DATA_DIR', '/srv/collab')
    assert load([]).database_url == 'sqlite+aiosqlite:////srv/collab/collab.db'
    assert load([]).database_file == Path('/srv/collab/collab.db')
    monkeypatch.setenv('COLLAB_DATABASE_URL', 'sqlite+aiosqlite:///elsewhere.db')
    assert load([]).database_file == Path('elsewhere.db')


def test_the_environment_wins_over_the_file(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / '.env').write_text(
        'COLLAB_PORT=9001\nCOLLAB_HOST=0.0.0.0\nCOLLAB_OPEN_BROWSER=on\nPATH_OF_OTHERS=1\n'
    )
    monkeypatch.setenv('COLLAB_PORT', '9002')
    monkeypatch.setenv('COLLAB_HOST', '')
    settings = load([])
    assert (settings.port, settings.host, settings.open_browser) == (9002, '0.0.0.0', True)


def test_a_misspelt_setting_is_named_with_what_it_may_mean(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('COLLAB_PROT', '80')
    monkeypatch.setenv('COLLAB_PORT', '80')
    monkeypatch.setenv('COLLAB_SERVICE_HOST', '10.0.0.1')  # as Kubernetes sets for a service of this name
    (here / '.env').write_text('collab_data_dri=x\nCOLLAB_BACKUPS=3\n')
    assert misspelt() == [
        'COLLAB_PROT is no setting; did you mean COLLAB_PORT?',
        'COLLAB_DATA_DRI is no setting; did you mean COLLAB_DATA_DIR?',
    ]


def test_home_and_capitals_are_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('HOME', '/home/ann')
    monkeypatch.setenv('COLLAB_DATA_DIR', '~/collab')
    monkeypatch.setenv('COLLAB_LOG_LEVEL', 'WARNING')
    assert load([]).data_dir == Path('/home/ann/collab')
    assert load([]).log_level == 'warning'


WRONG = {
    'COLLAB_HOST': ['http://here', 'two words'],
    'COLLAB_PORT': ['0', '65536', 'eighty', '80.5', 'line\nbreak'],
    'COLLAB_DATA_DIR': ['~nobody-of-this-name/data', 'really?'],
    'COLLAB_DATABASE_URL': [
        'collab.db',
        'sqlite:///collab.db',
        'postgresql+asyncpg://db/collab',
        'sqlite+aiosqlite://',
        'sqlite+aiosqlite:///:memory:',
        'sqlite+aiosqlite:///a.db?mode=ro',
    ],
    'COLLAB_LOG_LEVEL': ['loud'],
    'COLLAB_REDIS_URL': ['redis://localhost'],
    'COLLAB_OPEN_BROWSER': ['perhaps'],
    'COLLAB_BACKUPS': ['-1', 'all'],
    'COLLAB_DOCUMENT_LIMIT': ['0', '-1', '10 MB', '30000001'],
}


@pytest.mark.parametrize(('name', 'value'), [(name, value) for name in WRONG for value in WRONG[name]])
def test_a_wrong_value_is_one_line_that_names_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load([])
    line = str(caught.value)
    assert len(line.splitlines()) == 1
    assert line.startswith(f'{name}={value!r} cannot be used; it takes ')


def test_several_wrong_values_are_a_line_each(here: Path) -> None:
    (here / '.env').write_text('COLLAB_PORT=x\nCOLLAB_LOG_LEVEL=y\n')
    with pytest.raises(SettingsError) as caught:
        load([])
    assert [line.split('=')[0] for line in str(caught.value).splitlines()] == [
        'COLLAB_PORT',
        'COLLAB_LOG_LEVEL',
    ]


def test_an_error_never_shows_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('COLLAB_DATABASE_URL', 'postgresql://ann:hunter/2@db/collab')
    monkeypatch.setenv('COLLAB_SECRET', 'hunter2')
    with pytest.raises(SettingsError) as caught:
        load([])
    assert 'hunter' not in str(caught.value)
    assert 'COLLAB_SECRET (7 characters, not shown here) cannot be used' in str(caught.value)
    monkeypatch.delenv('COLLAB_DATABASE_URL')
    monkeypatch.setenv('COLLAB_SECRET', GOOD_SECRET)
    assert GOOD_SECRET not in repr(load([]))


@pytest.mark.parametrize(
    'secret',
    [
        GOOD_SECRET[:31],
        'a' * 64,
        'correcthorse' * 4,
        'change-me-please-change-me-now-1234',
        'this_is_an_Example_of_a_secret_key_01',
    ],
)
def test_a_secret_that_others_could_guess_is_refused(monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    monkeypatch.setenv('COLLAB_SECRET', secret)
    with pytest.raises(SettingsError, match=r'^COLLAB_SECRET .* it takes 32 characters or more'):
        load([])


def test_an_unreadable_file_is_one_line(here: Path) -> None:
    (here / '.env').write_bytes(b'\xff\xfe')
    with pytest.raises(SettingsError, match=r'^\.env cannot be read: [^\n]*$'):
        load([])


@pytest.mark.parametrize('argument', ['--port=80', 'serve', '-x'])
def test_other_arguments_are_refused_in_one_line(argument: str) -> None:
    with pytest.raises(SettingsError, match=r'^[^\n]*--help, --version, backup, restore and export[^\n]*$'):
        load([argument])


def test_help_lists_every_setting_with_its_default(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        load(['--help'])
    assert stopped.value.code == 0
    shown = capsys.readouterr().out
    assert shown == help_text()
    for name, field in Settings.model_fields.items():
        assert f'  COLLAB_{name.upper()}\n      {field.description}\n      Default: ' in shown
        assert (field.description or '').endswith('.')
    for default in ('127.0.0.1', '8080', 'data', 'info', 'off', '10000000'):
        assert f'Default: {default}\n' in shown


def test_the_version_is_the_one_of_the_project(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        load(['--version'])
    assert capsys.readouterr().out == f'Collab {VERSION}\n'
    project = tomllib.loads((Path(__file__).parent.parent / 'pyproject.toml').read_text())
    assert project['project']['version'] == VERSION


def test_reading_touches_nothing_and_preparing_makes_the_folder(own_settings: Path) -> None:
    settings = load([])
    assert not own_settings.exists()
    prepare(settings)
    assert stat.S_IMODE(own_settings.stat().st_mode) == 0o700


def test_the_secret_is_made_once_and_kept_for_us_alone(own_settings: Path) -> None:
    made = prepare(load([])).secret
    assert len(made) == 43
    file = own_settings / 'secret'
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [entry.name for entry in own_settings.iterdir()] == ['secret']
    file.chmod(0o644)
    assert prepare(load([])).secret == made
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_secret_that_is_set_is_used_and_not_written(
    monkeypatch: pytest.MonkeyPatch, own_settings: Path
) -> None:
    monkeypatch.setenv('COLLAB_SECRET', GOOD_SECRET)
    assert prepare(load([])).secret == GOOD_SECRET
    assert not (own_settings / 'secret').exists()


@pytest.mark.parametrize('kept', [b'', b'short\n', b'\xff' * 40])
def test_a_spoiled_secret_file_is_one_line_and_stays(own_settings: Path, kept: bytes) -> None:
    own_settings.mkdir()
    (own_settings / 'secret').write_bytes(kept)
    with pytest.raises(SettingsError, match=r'^COLLAB_SECRET: [^\n]*secret[^\n]*delete it[^\n]*$'):
        prepare(load([]))
    assert (own_settings / 'secret').read_bytes() == kept


def test_a_data_folder_that_cannot_be_written_is_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / 'file').touch()
    monkeypatch.setenv('COLLAB_DATA_DIR', str(tmp_path / 'file'))
    with pytest.raises(SettingsError, match=r'^COLLAB_DATA_DIR: the folder [^\n]* cannot be written[^\n]*$'):
        prepare(load([]))


def test_a_database_that_is_a_folder_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv('COLLAB_DATABASE_URL', f'sqlite+aiosqlite:///{tmp_path}')
    with pytest.raises(SettingsError, match=r'^COLLAB_DATABASE_URL: [^\n]* is not a file[^\n]*$'):
        prepare(load([]))
