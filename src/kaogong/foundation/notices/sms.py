"""Short messages go out through a port; for development it writes them into files that one can read.

| `KAOGONG_SMS` | |
|---|---|
| unset or `file` | one file for each message in `var/sms`, readable by its owner only |
| `package.module:Name` | a class of the installation that keeps to `SmsPort`; called without arguments |
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from django.conf import settings


class CannotSend(Exception):
    """The message was not taken over by the carrier; another try may succeed."""


class SmsPort(Protocol):
    """What an installation's carrier must offer."""

    def send(self, to: str, text: str) -> str:
        """Hand `text` over for the number `to` (`+8613…`); return the carrier's reference. Raises CannotSend."""
        ...


class FilePort:
    """Writes each message into a file of its own: for development and demonstrations."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, to: str, text: str) -> str:
        """Write the file; its name is the reference."""
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{uuid4().hex[:6]}.txt"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as fault:
            raise CannotSend(str(fault)) from fault
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(f"{to}\n{text}\n")
        return name


@cache
def _made(choice: str, folder: Path) -> SmsPort:
    if choice in {"", "file"}:
        return FilePort(folder)
    module, _, name = choice.partition(":")
    port: SmsPort = getattr(import_module(module), name)()
    return port


def port() -> SmsPort:
    """The port that the settings name. Raises ImportError or AttributeError for one that is not there."""
    return _made(settings.SMS_PORT, Path(settings.SMS_FOLDER))
