"""Archives and XML from outside: opened in memory only, bounded, without document types, macros or ways out."""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from xml.etree import ElementTree as ET

from kaogong.itembank.rules.files.text import NotReadable
from kaogong.itembank.rules.problems import gettext_noop as _

SIGNATURE = b"PK\x03\x04"
MEMBERS_AT_MOST = 50_000
MEMBER_AT_MOST = 16 * 1_048_576
"""Bytes that one part may unpack to: the text of a whole bank is less."""
UNPACKED_AT_MOST = 192 * 1_048_576
"""Bytes that all parts which are read may unpack to: a package with more was made to fill the memory."""
BROKEN = (
    zipfile.BadZipFile, KeyError, RuntimeError, ValueError, OSError, EOFError, zlib.error, lzma.LZMAError,
    NotImplementedError,
)  # fmt: skip
"""What `zipfile` raises over a zip that it cannot read (NotImplementedError: an unknown compression)."""
TOO_MUCH = _("文件展开后过大")


class BadXml(ValueError):
    """A part is not well-formed XML in UTF-8, or declares a document type."""


class Archive:
    """A zip held in memory. Parts are read one by one and never written to a disk. Raises NotReadable."""

    def __init__(self, raw: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(raw))
        except BROKEN as problem:
            raise NotReadable(_("这个文件不是可以打开的压缩包")) from problem
        members = self._zip.infolist()
        if len(members) > MEMBERS_AT_MOST:
            raise NotReadable(TOO_MUCH)
        for each in members:
            if _leads_out(each):
                raise NotReadable(_("压缩包内有指向包外的路径“{name}”"), name=each.filename[:80])
            if each.flag_bits & 1:
                raise NotReadable(_("压缩包加了密，不能读入"))
        self.names = frozenset(each.filename for each in members)
        if any(name.casefold().endswith("vbaproject.bin") for name in self.names):
            raise NotReadable(_("文件含有宏，请另存为不含宏的格式"))
        self._room = UNPACKED_AT_MOST

    def read(self, name: str) -> bytes:
        """One part. Raises NotReadable when it is torn, or when the archive unpacks to too much."""
        try:
            with self._zip.open(name) as part:
                content = part.read(MEMBER_AT_MOST + 1)
        except BROKEN as problem:
            raise NotReadable(_("压缩包已损坏，“{name}”读不出来"), name=name[:80]) from problem
        self._room -= len(content)
        if len(content) > MEMBER_AT_MOST or self._room < 0:
            raise NotReadable(TOO_MUCH)
        return content


def _leads_out(member: zipfile.ZipInfo) -> bool:
    """Whether a name would leave the folder it is unpacked in, or is a link."""
    name = member.orig_filename
    is_link = (member.external_attr >> 16) & 0o170000 == 0o120000
    return is_link or "\\" in name or "\0" in name or name.startswith("/") or ":" in name or ".." in name.split("/")


def xml_of(content: bytes) -> ET.Element:
    """The root of an XML text in UTF-8. Raises BadXml, also for a document type: it would be there for entities."""
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise BadXml("not UTF-8") from problem
    if any(mark in content for mark in (b"<!DOCTYPE", b"<!ENTITY", b"\0")):
        raise BadXml("document type")
    try:
        return ET.fromstring(content, ET.XMLParser(encoding="utf-8"))  # noqa: S314  # no document types: see above
    except (ET.ParseError, ValueError) as problem:
        raise BadXml(str(problem)) from problem
