"""Initialise: a new data folder, complete or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from localpostgres import postmaster
from localpostgres.account import Account
from localpostgres.binaries import Binaries
from localpostgres.errors import classify
from localpostgres.folder import Folder, remove_tree

# The wheel has no ICU. C.UTF-8 knows letters of every script (trigrams need that); systems without it get C.
_LOCALES = ("C.UTF-8", "en_US.UTF-8", "C")
_UNKNOWN_LOCALE = "invalid locale name"
# From 17 on the server brings its own C.UTF-8, the same on every system.
_OWN_LOCALE = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8")
_OWN_LOCALE_SINCE = 17


def create(folder: Folder, home: Path, account: Account, binaries: Binaries, *, durable: bool) -> None:
    """Create `home`/data: UTF-8, passwords by scram for TCP and socket alike, superuser `postgres`.

    It grows under another name and is renamed at the end, so a creation that was interrupted is never taken for data.
    """
    _clear_interrupted(home)
    growing = Path(tempfile.mkdtemp(prefix="data.new-", dir=home))
    account.own(growing)
    with _handed_over(folder.new_password(), home, account) as password_file:
        for locale in _LOCALES:
            answer = account.run(_command(binaries, growing, password_file, locale, durable=durable))
            if _UNKNOWN_LOCALE not in answer.stderr:
                break
    if answer.returncode != 0:
        shutil.rmtree(growing, ignore_errors=True)
        raise classify(answer.stdout + answer.stderr, folder=folder.path)
    growing.rename(home / "data")


def _clear_interrupted(home: Path) -> None:
    """Remove what an initdb left whose parent was killed; it may even be at work still."""
    for leftover in home.glob("data.new*"):
        postmaster.kill_strays(leftover)
        remove_tree(leftover)


def _command(binaries: Binaries, data: Path, password_file: Path, locale: str, *, durable: bool) -> list[str | Path]:
    provider = _OWN_LOCALE if binaries.major >= _OWN_LOCALE_SINCE else ()
    return [
        binaries.program("initdb"),
        "-D",
        data,
        "--username=postgres",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        f"--locale={locale}",
        *provider,
        "--no-instructions",
        *([] if durable else ["--no-sync"]),
    ]


@contextmanager
def _handed_over(password: str, home: Path, account: Account) -> Iterator[Path]:
    """Lend initdb the password in a file that only its account can read."""
    file = home / "initial-password"
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    try:
        file.write_text(f"{password}\n")
        account.own(file)
        yield file
    finally:
        file.unlink(missing_ok=True)
