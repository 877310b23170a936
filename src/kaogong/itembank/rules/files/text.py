"""Bytes to text: which encoding a file is in, and the error that says a file as a whole cannot be read."""

from __future__ import annotations

import re

from kaogong.itembank.rules.problems import gettext_noop as _


class NotReadable(ValueError):
    """The file as a whole cannot be read. `message` is a template that `facts` fill."""

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message.format(**facts))
        self.message = message
        self.facts = facts


def check_size(raw: bytes, *, bytes_at_most: int) -> None:
    """Raise NotReadable for a file that is empty or too large."""
    if not raw.strip():
        raise NotReadable(_("文件是空的"))
    if len(raw) > bytes_at_most:
        raise NotReadable(
            _("文件有 {size} MB，最多 {limit} MB"),
            size=f"{len(raw) / 1_048_576:.1f}",
            limit=f"{bytes_at_most / 1_048_576:.1f}",
        )


def decode(raw: bytes, *, bytes_at_most: int) -> tuple[str, str]:
    """The text of a file and its encoding: UTF-8 (with or without a mark), else GB18030. Raises NotReadable.

    GB18030 decodes nearly anything, so a file with control characters afterwards was no text.
    """
    check_size(raw, bytes_at_most=bytes_at_most)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", text):
            return text, "UTF-8" if encoding == "utf-8-sig" else "GB18030"
    raise NotReadable(_("文件不是 UTF-8 或 GB18030 编码的文本（Excel 文件请另存为 CSV）"))
