"""Folder: what a cluster keeps on disk, who owns each piece, and the lock that lets one process at a time change it.

<folder>/localpostgres.json   where the home is, the last port and version; also the mark that the folder is ours
<folder>/password             of the superuser; readable only to who made the cluster
<folder>/postgres.log         what the server says
<home>/data, <home>/socket    the server's own; home is the folder itself, or a place the server's account can
                              reach when the folder's parents keep it out (a project under a private home)
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from localpostgres.account import Account
from localpostgres.errors import Busy, ForeignFolder

# /var/tmp and /tmp are swept by age on many systems, so a lasting home goes there only when nothing better is writable.
ELSEWHERE = (Path("/var/lib"), Path("/var/tmp"), Path("/tmp"))  # noqa: S108  # a fresh folder with a random name
LOCK_SECONDS = 150.0
LOG_BYTES = 16 * 1024 * 1024
# The smallest limit for the path of a unix socket is 104 bytes with its final zero (macOS); Linux has 108.
_SOCKET_BYTES = 103
_SHORT = Path("/tmp")  # noqa: S108  # what is found there is used only when the server's account owns it
_SOCKET_NAME = "/.s.PGSQL.65535"
_NOTE = "localpostgres.json"
_ORIGIN = "made-for"
_OURS = ("lock", "password", "postgres.log", "data", "data.new", "socket", "initial-password", "binaries-", _NOTE)
_HARMLESS = (".gitignore", ".gitkeep", "lost+found")


@dataclass(frozen=True)
class Note:
    """What the folder remembers between runs; `home` is None until the data has a place."""

    home: str | None = None
    port: int | None = None
    version: str | None = None
    binaries: str | None = None


@dataclass(frozen=True)
class Folder:
    """The paths of one cluster below `path` (absolute, resolved)."""

    path: Path

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.path / "postgres.log"

    @property
    def password_file(self) -> Path:
        """The superuser's password, mode 0600."""
        return self.path / "password"

    @property
    def digest(self) -> str:
        """A short name for this folder, for places outside it."""
        return hashlib.sha256(os.fsencode(self.path)).hexdigest()[:10]

    def refuse_foreign(self) -> None:
        """Refuse a folder that holds anything which this package did not put there."""
        if not self.path.exists() and not self.path.is_symlink():
            return
        if not self.path.is_dir():
            raise ForeignFolder(f"{self.path} is not a folder: choose another place for the cluster.")
        if (self.path / _NOTE).exists():
            return
        for entry in sorted(self.path.iterdir()):
            if entry.name not in _HARMLESS and not entry.name.startswith(_OURS):
                raise ForeignFolder(
                    f"{self.path} holds {entry.name}, which is not part of a cluster made here: choose an empty folder."
                )

    def make(self) -> None:
        """Create the folder when it is missing; the server's account may pass through it, no one may list it."""
        if not self.path.exists():
            self.path.mkdir(parents=True, exist_ok=True)
            self.path.chmod(0o711 if os.geteuid() == 0 else 0o700)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the cluster's lock; it goes with the process, however that ends."""
        with self._open("lock", os.O_RDWR) as handle:
            self._acquire(handle)
            yield

    def _acquire(self, handle: int) -> None:
        deadline = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise Busy(
                        f"Another process has been working on the cluster in {self.path} for {LOCK_SECONDS:.0f} "
                        "seconds: wait for it, or end it, and try again."
                    ) from None
                time.sleep(0.05)
            else:
                return

    @contextmanager
    def _open(self, name: str, flags: int) -> Iterator[int]:
        handle = os.open(self.path / name, flags | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            self._give_to_maker(self.path / name)
            yield handle
        finally:
            os.close(handle)

    def _give_to_maker(self, path: Path) -> None:
        """When root works in another user's folder, what it leaves there belongs to that user."""
        owner = self.path.stat()
        if os.geteuid() == 0 and owner.st_uid != 0:
            os.chown(path, owner.st_uid, owner.st_gid)

    def note(self) -> Note:
        """Return what was remembered, or an empty note."""
        try:
            return Note(**json.loads((self.path / _NOTE).read_text()))
        except FileNotFoundError:
            return Note()
        except (ValueError, TypeError):
            raise ForeignFolder(f"{self.path / _NOTE} is no note of this package: restore or remove it.") from None

    def remember(self, note: Note) -> Note:
        """Write the note, whole or not at all."""
        partial = self.path / f"{_NOTE}.partial"
        partial.write_text(json.dumps(asdict(note), indent=2) + "\n")
        self._give_to_maker(partial)
        partial.replace(self.path / _NOTE)
        return note

    def home(self, note: Note | None = None) -> Path:
        """Return where the server's own files are, or would be."""
        return self.path / ((note or self.note()).home or ".")

    def settle(self, account: Account) -> Note:
        """Fix where the home is, once: here when the account gets here, else in a place open to it."""
        note = self.note()
        if note.home is None:
            here = self._is_open_to(account)
            note = self.remember(replace(note, home="." if here else str(self._home_elsewhere())))
        elif note.home != ".":
            self._refuse_shared_home(Path(note.home))
        return note

    def _is_open_to(self, account: Account) -> bool:
        """Try it out: enter as the account, and give it a folder (some file systems know no owners)."""
        if not account.switched:
            return True
        trial = Path(tempfile.mkdtemp(prefix="data.new-", dir=self.path))
        try:
            account.own(trial)
            return trial.stat().st_uid == account.uid and account.can_enter(trial)
        except OSError:
            return False
        finally:
            trial.rmdir()

    def _home_elsewhere(self) -> Path:
        parent = next((place for place in ELSEWHERE if os.access(place, os.W_OK | os.X_OK)), ELSEWHERE[-1])
        home = Path(tempfile.mkdtemp(prefix=f"localpostgres-{self.digest}-", dir=parent))
        home.chmod(0o711)
        (home / _ORIGIN).write_text(f"{self.path}\n")
        return home

    def _refuse_shared_home(self, home: Path) -> None:
        """A folder copied with its note would share its original's data; one that was moved may go on."""
        try:
            origin = Path((home / _ORIGIN).read_text().rstrip("\n"))
        except FileNotFoundError:
            raise ForeignFolder(
                f"{self.path} points to its data in {home}, which is gone: restore it, or remove {self.path}."
            ) from None
        if origin != self.path and Folder(origin).note().home == str(home):
            raise ForeignFolder(f"{self.path} is a copy of {origin} and points to the same data: remove the copy.")
        (home / _ORIGIN).write_text(f"{self.path}\n")

    def password(self) -> str:
        """Return the superuser's password; refuse when the folder has lost it."""
        try:
            return self.password_file.read_text().strip()
        except FileNotFoundError:
            raise ForeignFolder(
                f"{self.path} has data but not its password file: restore {self.password_file}, or remove the folder."
            ) from None

    def new_password(self) -> str:
        """Make a random password, keep it in a file of mode 0600, and return it."""
        password = secrets.token_urlsafe(24)
        with self._open("password", os.O_WRONLY | os.O_TRUNC) as handle:
            os.fchmod(handle, 0o600)
            os.write(handle, f"{password}\n".encode())
        return password

    def ready_log(self) -> int:
        """Make sure the log exists and is not overlong; return its size in bytes, where the next run begins."""
        with suppress(FileNotFoundError):
            if self.log.stat().st_size > LOG_BYTES:
                self.log.replace(self.log.with_suffix(".log.old"))
        with self._open(self.log.name, os.O_WRONLY):
            return self.log.stat().st_size

    def socket_folder(self, account: Account) -> Path:
        """Return an empty private folder for the unix socket; one under /tmp when clients could not name the path.

        It is too long for a socket, or has a comma, where libpq begins the next host.
        """
        place = self.home() / "socket"
        if len(os.fsencode(place) + _SOCKET_NAME.encode()) > _SOCKET_BYTES or "," in str(place):
            place = _SHORT / f"lpg-{account.uid}-{self.digest}"
        return _private(place, account)

    def remove(self) -> None:
        """Remove every trace: the home, the folder, and a socket folder elsewhere."""
        for tree in (self.home(), self.path):
            remove_tree(tree)
        self.remove_short_socket_folder()

    def remove_short_socket_folder(self) -> None:
        """Remove the socket folder outside the home, if there was one; the server must be down."""
        for short in _SHORT.glob(f"lpg-*-{self.digest}"):
            shutil.rmtree(short, ignore_errors=True)


def remove_tree(tree: Path) -> None:
    """Remove a folder even while a dying process still writes into it."""
    for _ in range(50):
        shutil.rmtree(tree, ignore_errors=True)
        if not tree.exists():
            return
        time.sleep(0.1)
    shutil.rmtree(tree)


def _private(place: Path, account: Account) -> Path:
    """Make `place` an empty folder of mode 0700 owned by the account, or make another when it is someone else's."""
    with suppress(FileExistsError):
        place.mkdir(mode=0o700)
        account.own(place)
    found = place.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid:
        place = Path(tempfile.mkdtemp(prefix="lpg-", dir=place.parent))
        account.own(place)
    place.chmod(0o700)
    # What a killed server left: the new one would otherwise trust the lock's pid, which may be recycled.
    for leftover in place.glob(".s.PGSQL.*"):
        leftover.unlink()
    return place
