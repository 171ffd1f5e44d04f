"""The folder of everything that is kept: made when it is missing, and the secret in it."""

import os
import secrets
import tempfile
from pathlib import Path

from collab.settings import Settings, SettingsError, checked_secret, variable


def prepare(settings: Settings) -> Settings:
    """Make the folders that are missing, and read or make the secret; returns settings that hold it.

    Raises SettingsError when a folder or the database cannot be written, or the kept secret is unusable.
    """
    _make_writable(settings.data_dir, 'data_dir')
    _make_writable(settings.database_file.parent, 'database_url')
    file = settings.database_file
    if file.exists() and not (file.is_file() and os.access(file, os.R_OK | os.W_OK)):
        raise SettingsError(
            f'{variable("database_url")}: {str(file)!r} is not a file that can be read and written'
        )
    if settings.secret:
        return settings
    return settings.model_copy(update={'secret': _kept_secret(settings.data_dir / 'secret')})


def _make_writable(folder: Path, name: str) -> None:
    try:
        missing = [place for place in (folder, *folder.parents) if not place.exists()]
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for made in missing:
            _sync(made.parent)
        with tempfile.TemporaryFile(dir=folder):  # asking for permissions is not enough: root always has them
            pass
    except OSError as error:
        reason = error.strerror or str(error)
        raise SettingsError(
            f'{variable(name)}: the folder {str(folder)!r} cannot be written ({reason}); '
            'it takes one that Collab may write to'
        ) from None


def _kept_secret(file: Path) -> str:
    try:
        if not file.exists():
            _keep(file, secrets.token_urlsafe(32))
        if file.stat().st_mode & 0o077:
            file.chmod(0o600)
        return checked_secret(file.read_text('ascii').strip())
    except (OSError, ValueError) as error:
        raise SettingsError(
            f'{variable("secret")}: the file {str(file)!r} holds no usable secret ({error}); '
            'delete it to have a new one made, or set the variable'
        ) from None


def _keep(file: Path, secret: str) -> None:
    """Write the secret aside first, so that a crash never leaves half of one."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix='.secret-')  # mkstemp gives mode 0600
    with open(handle, 'w', encoding='ascii') as aside:
        aside.write(secret + '\n')
        aside.flush()
        os.fsync(handle)
    os.replace(name, file)
    _sync(file.parent)


def _sync(folder: Path) -> None:
    """Put the names in this folder on the disk: a file outlives a power cut only if its name does, too."""
    if os.name != 'posix':  # elsewhere a folder cannot be opened
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
