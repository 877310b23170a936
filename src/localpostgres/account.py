"""Account: the operating system's user that the database runs as, which is never root."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from localpostgres.errors import ForeignFolder, NotPermitted

# initdb looks its own user up by number, so a bare number without an entry in the user database would not do.
_UNPRIVILEGED = ("postgres", "nobody")
_INHERITED = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


@dataclass(frozen=True)
class Account:
    """Who the server runs as; `switched` when that is not the user who asks."""

    uid: int
    gid: int
    name: str
    switched: bool

    def run(
        self, argv: Sequence[str | Path], *, stderr: int = subprocess.PIPE, cwd: Path | str = "/"
    ) -> subprocess.CompletedProcess[str]:
        """Run a short-lived program as this account, in a clean environment, and return what it printed."""
        return subprocess.run(  # noqa: S603  # fixed programs, no shell expansion of foreign text
            [str(part) for part in argv],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            errors="replace",
            cwd=cwd,
            env=environment(),
            start_new_session=True,
            umask=0o077,
            user=self.uid if self.switched else None,
            group=self.gid if self.switched else None,
            extra_groups=[] if self.switched else None,
        )

    def own(self, path: Path) -> None:
        """Give `path` to this account."""
        if self.switched:
            os.chown(path, self.uid, self.gid)

    def can_enter(self, folder: Path) -> bool:
        """Tell whether this account gets into `folder`: every parent lets it through."""
        return not self.switched or self.run(["/bin/sh", "-c", 'cd -- "$1"', "sh", folder]).returncode == 0

    def can_read(self, file: Path) -> bool:
        """Tell whether this account can read `file`."""
        return not self.switched or self.run(["/bin/sh", "-c", 'test -r "$1"', "sh", file]).returncode == 0


def environment() -> dict[str, str]:
    """Return the environment of the server's programs: English messages, and none of the caller's secrets or PG*."""
    kept = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", **kept}


def choose(data: Path) -> Account:
    """Return the account for the server whose data is, or will be, in `data`.

    A normal user keeps their own. Root takes the owner of existing data, else `postgres`, else `nobody`.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), _name(os.geteuid()), switched=False)
    if data.exists():
        owner = data.stat()
        if owner.st_uid == 0:
            raise ForeignFolder(
                f"{data} belongs to root, and a database must not run as root: give it to another user with chown -R."
            )
        return _reachable(Account(owner.st_uid, owner.st_gid, _name(owner.st_uid), switched=True))
    for name in _UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return _reachable(Account(entry.pw_uid, entry.pw_gid, name, switched=True))
    raise NotPermitted("Root cannot run a database, and neither a user postgres nor nobody exists: create one of them.")


def _reachable(account: Account) -> Account:
    """Try the change of user: in some containers even root may not."""
    try:
        account.run(["/bin/sh", "-c", ":"])
    except PermissionError as error:
        raise NotPermitted(
            f"Root may not change to the user {account.name} here, and a database must not run as root: start this "
            "program as a normal user, or give the container the capabilities SETUID and SETGID."
        ) from error
    return account


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
