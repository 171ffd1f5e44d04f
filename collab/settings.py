"""What the person who runs Collab can set, read once from the environment or a file named `.env`."""

import os
import re
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from dotenv import dotenv_values
from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

VERSION = '0.1.0'

PREFIX = 'COLLAB_'
DATABASE_SCHEME = 'sqlite+aiosqlite:///'
SECRET_CHARACTERS = 32
ALIKE = 0.85
"""How much a name resembles that of a setting if it was meant to be one, from 0 to 1."""
EXAMPLES = ('changeme', 'example', 'insecure', 'password', 'placeholder', 'secretkey', 'yoursecret')

HELP = """\
Collab, a text editor for people who write together.

usage: python main.py [--help | --version]
       python main.py backup [FILE]                    copy all documents into one file
       python main.py restore FILE [DOCUMENT_ID ...]   bring documents back from such a file
       python main.py export FOLDER                    write every document as a text file

Everything else is set in the environment, or in a file named .env in the current folder
(one NAME=value per line; the environment wins):
"""


class SettingsError(Exception):
    """Collab cannot start like this; `str` is one line per wrong setting, made to be shown as it is."""


def _folder(path: Path) -> Path:
    if '?' in str(path):
        raise ValueError('a database address would end there')
    try:
        return path.expanduser()
    except RuntimeError as error:  # '~nobody': pydantic expects a ValueError
        raise ValueError('no such home folder') from error


def _database(url: str) -> str:
    file = url.removeprefix(DATABASE_SCHEME)
    if file == url or not file or file == ':memory:' or '?' in file:
        raise ValueError('not a file of SQLite')
    return url


def checked_secret(value: str) -> str:
    """The secret itself, if nobody can guess it; raises ValueError otherwise."""
    plain = re.sub(r'[\W_]', '', value).lower()
    repeats = (value + value).find(value, 1) < len(value)
    if len(value) < SECRET_CHARACTERS or repeats or any(example in plain for example in EXAMPLES):
        raise ValueError('too easy to guess')
    return value


def _not_yet(value: str) -> str:
    raise ValueError('not used yet')


def _setting(default: Any, says: str, takes: str, shown: str = '', **limits: Any) -> Any:
    """A default (or the function that finds it), a sentence for the help, and what an error says it takes."""
    extra: dict[str, Any] = {'takes': takes, 'shown': shown or str(default)}
    key = 'default_factory' if callable(default) else 'default'
    return Field(description=says, json_schema_extra=extra, **{key: default}, **limits)


class Settings(BaseSettings):
    """All settings, checked; they never change while Collab runs."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file='.env',
        env_file_encoding='utf-8',
        env_ignore_empty=True,
        extra='ignore',
        frozen=True,
        validate_default=False,  # '' stands for a secret that is still to be made
    )

    host: str = _setting(
        '127.0.0.1',
        'The address to listen on; 0.0.0.0 lets other machines in.',
        'a host name or an address such as 127.0.0.1 or 0.0.0.0',
        pattern=r'^[^\s/]+$',
    )
    port: int = _setting(8080, 'The TCP port to listen on.', 'a whole number from 1 to 65535', ge=1, le=65535)
    data_dir: Annotated[Path, AfterValidator(_folder)] = _setting(
        Path('data'),
        'The folder for everything Collab keeps; it is made when it is missing.',
        'the path of a folder, without a question mark',
    )
    database_url: Annotated[str, AfterValidator(_database)] = _setting(
        lambda valid: f'{DATABASE_SCHEME}{valid["data_dir"].as_posix()}/collab.db',
        'The database that holds the documents.',
        f'{DATABASE_SCHEME}<file>: a file of SQLite is the only database there is so far',
        shown=f'{DATABASE_SCHEME}data/collab.db, or collab.db in COLLAB_DATA_DIR',
    )
    secret: Annotated[str, AfterValidator(checked_secret)] = _setting(
        '',
        'The key that signs the cookies of visitors; whoever knows it can pass for any of them.',
        f'{SECRET_CHARACTERS} characters or more that nobody can guess, as from: openssl rand -hex 32',
        shown='made at the first start and kept in the file "secret" of the data folder',
        repr=False,
    )
    log_level: Annotated[
        Literal['debug', 'info', 'warning', 'error', 'critical'],
        BeforeValidator(lambda value: str(value).lower()),
    ] = _setting(
        'info',
        'How much Collab writes to its log.',
        'debug, info, warning, error or critical',
    )
    redis_url: Annotated[str, AfterValidator(_not_yet)] | None = _setting(
        None,
        'Kept for running Collab on several machines, which it cannot do yet.',
        'nothing yet: Collab runs on one machine so far, please leave it unset',
        shown='not set: one machine',
    )
    open_browser: bool = _setting(
        False, 'Whether to open Collab in the browser of this machine at the start.', 'on or off', 'off'
    )
    document_limit: int = _setting(
        10_000_000,
        'The largest text of one document, in bytes of UTF-8.',
        'a whole number from 1 to 30000000',
        ge=1,
        le=30_000_000,  # one edit, a paste of it all, must pass the gate and the socket
    )

    backups: int = _setting(
        7,
        'How many daily backups to keep in the folder "backups" of the data folder.',
        'a whole number from 0 up; 0 makes none',
        ge=0,
    )

    @property
    def database_file(self) -> Path:
        """Where SQLite keeps the documents."""
        return Path(self.database_url.removeprefix(DATABASE_SCHEME))


def load(argv: Sequence[str]) -> Settings:
    """Read the settings; `argv` is the command line after the program's name.

    Prints and raises SystemExit(0) for `--help` and `--version`. Raises SettingsError when a setting
    is wrong, or for any other argument. Touches no file but `.env`.
    """
    if {'--help', '-h'}.intersection(argv):
        print(help_text(), end='')
        raise SystemExit(0)
    if '--version' in argv:
        print(f'Collab {VERSION}')
        raise SystemExit(0)
    if argv:
        raise SettingsError(
            f'{argv[0]!r} is not an option: there are only --help, --version, backup, restore and export, '
            f'everything else is set in the environment, such as {PREFIX}PORT=8080'
        )
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError(_explain(error)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f'.env cannot be read: {error}') from None


def misspelt() -> list[str]:
    """A line for each variable of the environment or `.env` that seems to be meant for Collab and is unknown.

    Only those that resemble a setting: others may set variables with this prefix as well.
    """
    known = [variable(name) for name in Settings.model_fields]
    file = Settings.model_config.get('env_file')
    names = [name.upper() for name in {**os.environ, **(dotenv_values(str(file)) if file else {})}]
    unknown = [name for name in dict.fromkeys(names) if name.startswith(PREFIX) and name not in known]
    likely = {name: get_close_matches(name, known, 1, ALIKE) for name in unknown}
    return [f'{name} is no setting; did you mean {meant[0]}?' for name, meant in likely.items() if meant]


def help_text() -> str:
    """Every setting with its default and one sentence about it."""
    lines = [HELP]
    for name, field in Settings.model_fields.items():
        lines += [
            f'  {variable(name)}',
            f'      {field.description}',
            f'      Default: {_extra(name)["shown"]}',
        ]
    return '\n'.join(lines) + '\n'


def variable(name: str) -> str:
    """What a setting is called in the environment."""
    return PREFIX + name.upper()


def _extra(name: str) -> dict[str, Any]:
    extra = Settings.model_fields[name].json_schema_extra
    assert isinstance(extra, dict)
    return extra


def _explain(error: ValidationError) -> str:
    """One line for each setting that is wrong (and none for what could not be derived from it)."""
    wrong = [e for e in error.errors() if e['type'] != 'default_factory_not_called']
    return '\n'.join(_line(str(e['loc'][0]).lower(), str(e['input'])) for e in wrong)


def _line(name: str, value: str) -> str:
    name = name.removeprefix(PREFIX.lower())
    shown = '=' + repr(re.sub(r'(?<=://).*@', '***@', value))[:200]  # an address may hold a password
    if name == 'secret':
        shown = f' ({len(value)} characters, not shown here)'
    return f'{variable(name)}{shown} cannot be used; it takes {_extra(name)["takes"]}'
