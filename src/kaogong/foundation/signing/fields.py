"""Fields that say of themselves that a key is behind them, so that turning keys over finds every one of them.

In a migration they are Django's plain fields: what they add is known to the code alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models

Context = Callable[[Any], str]
TextOf = Callable[[Any, bytes], str]
"""From a row and its opened source to the text that is digested."""
Deconstructed = tuple[str, str, list[Any], dict[str, Any]]


class SealedField(models.BinaryField):  # type: ignore[type-arg]  # Django's fields take none at run time
    """Bytes from `encryption.seal`, bound to `purpose` and the row's id (or to what `context` gives for the row)."""

    def __init__(
        self,
        verbose_name: str | None = None,
        *,
        purpose: str = "",
        context: Context | None = None,
        null: bool = False,
        blank: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(verbose_name, null=null, blank=blank, **options)
        self.purpose, self._context = purpose, context

    def context_of(self, row: models.Model) -> str:
        """What the value in this row is bound to."""
        return self._context(row) if self._context else f"{self.purpose}:{row.pk}"

    def deconstruct(self) -> Deconstructed:
        name, _path, args, options = super().deconstruct()
        return str(name), "django.db.models.BinaryField", list(args), dict(options)


class DigestField(models.CharField):  # type: ignore[type-arg]  # Django's fields take none at run time
    """A digest from `digests.keyed` of what `source`, a SealedField of the same row, holds; empty when there is none.

    `text` makes the digested text from row and clear bytes; without it the clear bytes are the text. `fixed` says in
    Chinese why the digest stays under its key for ever; it then needs no source.
    """

    def __init__(
        self,
        verbose_name: str | None = None,
        *,
        max_length: int = 80,
        purpose: str = "",
        source: str = "",
        text: TextOf | None = None,
        fixed: str = "",
        blank: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(verbose_name, max_length=max_length, blank=blank, **options)
        self.purpose, self.source, self.fixed, self._text = purpose, source, fixed, text

    def text_of(self, row: models.Model, clear: bytes) -> str:
        """The text of this row that is digested."""
        return self._text(row, clear) if self._text else clear.decode()

    def deconstruct(self) -> Deconstructed:
        name, _path, args, options = super().deconstruct()
        return str(name), "django.db.models.CharField", list(args), dict(options)


class SignerField(models.CharField):  # type: ignore[type-arg]  # Django's fields take none at run time
    """The id of the signing key behind a signature in the same row."""

    def deconstruct(self) -> Deconstructed:
        name, _path, args, options = super().deconstruct()
        return str(name), "django.db.models.CharField", list(args), dict(options)
