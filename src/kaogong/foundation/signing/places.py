"""Where keys are kept: the only file of `signing` that asks the settings or the environment, reads key files and
writes them. What cannot be used is said in one Chinese sentence: which key, where it was looked for, what to do.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

TRUSTED = "trusted"
"""The folder of public keys, below that of the keys."""
FROM_THE_SAFE = (
    "请从保险柜中的备份取回原来的密钥放回原处，再重新启动；程序不会自行另造。"
    "只有在全新的空库上 kaogong db migrate 才会制作密钥；备份确已全部遗失时，用 kaogong keys make --reason 事由。"
)


class KeysUnusable(Exception):
    """Keys are missing, unreadable or unsound: the process must stop rather than go on with others."""


class KeyMissing(KeysUnusable):
    """A key (or several, named together) is not where it was looked for."""

    def __init__(self, what: str, where: str) -> None:
        self.what, self.where = what, where
        super().__init__(f"缺少{what}：在{where}中没有找到。{FROM_THE_SAFE}")


def folder() -> Path:
    """The folder of the keys: `settings.KEYS` under Django, else `KAOGONG_KEYS`, else `var/keys` where we stand."""
    from django.conf import settings  # noqa: PLC0415  # the pure parts must import without Django

    if settings.configured or "DJANGO_SETTINGS_MODULE" in os.environ:
        return Path(settings.KEYS)
    return Path(os.environ.get("KAOGONG_KEYS", "var/keys"))


def secret_text(variable: str, file: Path, *, what: str) -> str:
    """The secret in the environment variable, else in the file. Raises KeyMissing, KeysUnusable."""
    if given := os.environ.get(variable):
        return given
    text = read(file)
    if text is None:
        raise KeyMissing(what, f"环境变量 {variable} 和文件 {file} ")
    return text.decode("utf-8", "replace").strip()


def read(file: Path) -> bytes | None:
    """The content of a key file; None when it is not there. Raises KeysUnusable when we may not read it."""
    with _said("读取", file):
        try:
            return file.read_bytes()
        except FileNotFoundError:
            return None


def names(where: Path) -> list[str]:
    """The names in a folder of keys; none when it is not there. Raises KeysUnusable when we may not look."""
    with _said("读取", where):
        try:
            return [each.name for each in where.iterdir()]
        except FileNotFoundError:
            return []


def write_once(file: Path, content: bytes, *, is_public: bool = False) -> bool:
    """Write a file that must not exist yet, whole or not at all. Returns False when someone else was first.

    Private files are for their owner; where the folder lets its group read, they let the same group read, so that what
    an administrator makes is readable for the service. Raises KeysUnusable.
    """
    with _said("写入", file), _drafted(file, content, is_public) as draft:
        try:
            os.link(draft, file)
        except FileExistsError:
            return False
        return True


def replace(file: Path, content: bytes) -> None:
    """Put new content in the place of a private file, at once and whole. Raises KeysUnusable."""
    with _said("写入", file), _drafted(file, content, is_public=False) as draft:
        draft.replace(file)


def append_line(file: Path, line: bytes) -> None:
    """Append one line to a public file. Raises KeysUnusable."""
    with _said("写入", file):
        _made(file.parent)
        with file.open("ab") as stream:
            os.fchmod(stream.fileno(), 0o644)
            stream.write(line + b"\n")
            stream.flush()
            os.fsync(stream.fileno())


@contextmanager
def locked(keys: Path) -> Iterator[None]:
    """Hold the folder of keys, made when it is not there: of two who change keys at once one waits."""
    with _said("写入", keys):
        _made(keys)
        handle = os.open(keys, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def _said(deed: str, file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        words = f"不能{deed}密钥 {file}（{fault.strerror}）。请检查该文件夹和文件的属主与权限，再重新启动。"
        raise KeysUnusable(words) from fault


@contextmanager
def _drafted(file: Path, content: bytes, is_public: bool) -> Iterator[Path]:
    """A draft beside the file, written and flushed; removed afterwards."""
    _made(file.parent)
    above = file.parent.stat()
    draft = file.with_name(f".{file.name}.{os.getpid()}.{os.urandom(4).hex()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            with suppress(PermissionError):
                os.fchown(stream.fileno(), -1, above.st_gid)
            os.fchmod(stream.fileno(), 0o644 if is_public else 0o600 | (above.st_mode & 0o040))
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def _made(where: Path) -> None:
    """Make a folder that is not there; below one of ours it is as open to the group as that one."""
    if where.is_dir():
        return
    where.mkdir(mode=0o700, parents=True, exist_ok=True)
    if where.name == TRUSTED:
        above = where.parent.stat()
        with suppress(PermissionError):
            os.chown(where, -1, above.st_gid)
        where.chmod(0o700 | (above.st_mode & 0o050))
