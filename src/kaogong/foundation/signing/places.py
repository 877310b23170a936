"""Where keys are kept: the only file of `signing` that asks the settings or the environment."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path


def folder() -> Path:
    """The folder of the keys: `settings.KEYS` under Django, else `KAOGONG_KEYS`, else `var/keys` where we stand."""
    from django.conf import settings  # noqa: PLC0415  # the pure parts must import without Django

    if settings.configured or "DJANGO_SETTINGS_MODULE" in os.environ:
        return Path(settings.KEYS)
    return Path(os.environ.get("KAOGONG_KEYS", "var/keys"))


def secret_text(variable: str, file_name: str, make: Callable[[], str]) -> str:
    """The secret in the environment variable, else in a file of the keys' folder that is made once, mode 0600.

    Two processes that come first at once end with the same file: it is written whole, then linked into place.
    """
    if given := os.environ.get(variable):
        return given
    file = folder() / file_name
    if not file.exists():
        write_once(file, make().encode())
    return file.read_text(encoding="utf-8").strip()


def write_once(file: Path, content: bytes, *, mode: int = 0o600) -> bool:
    """Write a file that must not exist yet, whole or not at all. Returns False when someone else was first."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}.{os.urandom(4).hex()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(draft, file)
        except FileExistsError:
            return False
        return True
    finally:
        draft.unlink(missing_ok=True)
