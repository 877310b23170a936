"""What went out by short message during a test."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings


def sent_messages() -> list[tuple[str, str]]:
    """Pairs (number, text) of every short message that the file port wrote, in order."""
    folder = Path(settings.SMS_FOLDER)
    files = sorted(folder.iterdir()) if folder.exists() else []
    return [(lines[0], "\n".join(lines[1:])) for file in files if (lines := file.read_text().splitlines())]


def last_code() -> str:
    """The digits of the code in the last short message that carried one."""
    codes = [found[1] for _, text in sent_messages() if (found := re.search(r"验证码\s*(\d{6})", text))]
    return codes[-1]
