"""How content is kept secret: sealed under the row's own id, so that a sealed value moved elsewhere does not open."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from kaogong.foundation.signing import canonical, digests, encryption
from kaogong.itembank.rules.items import ItemContent, normal_stem
from kaogong.itembank.rules.translations import Translated


def seal_item(content: ItemContent, *, version_id: UUID) -> bytes:
    """The content, sealed for one item version."""
    return encryption.seal(content.encode(), context=f"itembank.item:{version_id}")


def open_item(sealed: bytes | memoryview, *, version_id: UUID) -> ItemContent:
    """The content of an item version. Raises signing's CannotOpen when it was altered or moved."""
    return ItemContent.decode(encryption.open_sealed(bytes(sealed), context=f"itembank.item:{version_id}"))


def digest_of_item(content: ItemContent) -> str:
    """A keyed digest of the content: without the key nobody can try out the two answers of a true/false item."""
    return digests.keyed(content.encode().decode(), purpose="itembank.content")


def digest_matches(content: ItemContent, digest: str) -> bool:
    """Whether a digest is that of the content, under any key that is held."""
    return digest in digests.keyed_by_all(content.encode().decode(), purpose="itembank.content")


def digest_of_stem(stem: str) -> str:
    """A keyed digest by which two items with the same question are found without opening either."""
    return digests.keyed(normal_stem(stem), purpose="itembank.stem")


def digests_of_stem(stem: str) -> list[str]:
    """The same under every key that is held, for look-ups while keys rotate."""
    return digests.keyed_by_all(normal_stem(stem), purpose="itembank.stem")


def seal_translation(said: Translated, *, translation_id: UUID) -> bytes:
    """What a language version says, sealed for it."""
    return encryption.seal(said.encode(), context=f"itembank.translation:{translation_id}")


def open_translation(sealed: bytes | memoryview, *, translation_id: UUID) -> Translated:
    """What a language version says. Raises signing's CannotOpen when it was altered or moved."""
    clear = encryption.open_sealed(bytes(sealed), context=f"itembank.translation:{translation_id}")
    return Translated.decode(clear)


def digest_of_translation(said: Translated) -> str:
    """A keyed digest of what a language version says."""
    return digests.keyed(said.encode().decode(), purpose="itembank.translation")


def seal_task(content: Mapping[str, Any], *, task_id: UUID) -> bytes:
    """The content of a practical task, sealed."""
    return encryption.seal(canonical.encode(content), context=f"itembank.practical:{task_id}")


def open_task(sealed: bytes | memoryview, *, task_id: UUID) -> dict[str, Any]:
    """The content of a practical task."""
    value = json.loads(encryption.open_sealed(bytes(sealed), context=f"itembank.practical:{task_id}"))
    assert isinstance(value, dict)  # as seal_task wrote it
    return value


def digest_of_task(content: Mapping[str, Any], criteria: object) -> str:
    """A keyed digest of a practical task with its criteria."""
    text = canonical.encode({"content": content, "criteria": criteria}).decode()
    return digests.keyed(text, purpose="itembank.practical")


def seal_row(row: Mapping[str, Any], *, row_id: UUID) -> bytes:
    """A good row of an import, sealed until it is committed."""
    return encryption.seal(canonical.encode(row), context=f"itembank.import:{row_id}")


def open_row(sealed: bytes | memoryview, *, row_id: UUID) -> dict[str, Any]:
    """A good row of an import."""
    value = json.loads(encryption.open_sealed(bytes(sealed), context=f"itembank.import:{row_id}"))
    assert isinstance(value, dict)  # as seal_row wrote it
    return value


def seal_original(content: bytes, *, row_id: UUID) -> bytes:
    """The original of a record that could not be taken in, as it came."""
    return encryption.seal(content, context=f"itembank.original:{row_id}")


def open_original(sealed: bytes | memoryview, *, row_id: UUID) -> bytes:
    """The original of a record that could not be taken in."""
    return encryption.open_sealed(bytes(sealed), context=f"itembank.original:{row_id}")
