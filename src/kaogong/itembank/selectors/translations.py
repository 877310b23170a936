"""Language versions without their content: by language and state, how far each bank has come, what is out of date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from kaogong.foundation.kernel.actors import Actor
from kaogong.itembank import policies, sealing
from kaogong.itembank.models import Item, ItemTranslation, ItemVersion
from kaogong.itembank.rules import files
from kaogong.itembank.rules.items import Limits
from kaogong.itembank.rules.languages import LANGUAGES, Language
from kaogong.itembank.rules.translations import Translated
from kaogong.itembank.selectors.figures import item_limits
from kaogong.itembank.selectors.items import items_with_versions
from kaogong.regulations import selectors as regulations

SETTLED = ("cleared", "trial", "assessed", "approved", "limited")
"""States of an item whose words are settled: only then is it worth translating."""
UNTRANSLATED, STALE = "none", "stale"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a language has come in what the actor finds: items to translate, and their versions by state."""

    language: Language
    items: int
    states: Mapping[str, int]
    stale: int

    @property
    def approved(self) -> int:
        """How many are fit for use."""
        return self.states.get("approved", 0)

    @property
    def at_work(self) -> int:
        """How many are somewhere between translation and review."""
        return sum(self.states.get(state, 0) for state in ("translating", "edited", "proofread"))


def translations_for(actor: Actor) -> QuerySet[ItemTranslation]:
    """The language versions that the actor's bodies or those around them work at. Sealed content deferred."""
    return (
        ItemTranslation.objects.filter(policies.visible_to(actor))
        .select_related("version__item")
        .defer("content_sealed", "version__content_sealed")
    )


def open_translation_of(version: ItemVersion, language: str) -> ItemTranslation | None:
    """The translation of a version that is not out of use, if any."""
    return ItemTranslation.objects.filter(version=version, language=language).exclude(state="retired").first()


def earlier_translation_of(item: Item, language: str) -> ItemTranslation | None:
    """The newest approved translation of an older version of the item: where a new one starts from."""
    return (
        ItemTranslation.objects.filter(
            version__item=item, version__version__lt=item.latest, language=language, state="approved"
        )
        .order_by("-version__version")
        .first()
    )


def translatable_for(actor: Actor, language: str, *, state: str = "") -> QuerySet[ItemVersion]:
    """The newest version of each settled item that the actor finds, with `translated`, the state of its translation.

    `translated` is `none` where there is no translation; `is_outdated` says that only an older version of the item has
    an approved one. `state` picks those in a state, untranslated (`none`) or out of date (`stale`).
    """
    own = ItemTranslation.objects.filter(version=OuterRef("pk"), language=language).exclude(state="retired")
    earlier = ItemTranslation.objects.filter(
        version__item=OuterRef("item"), language=language, state="approved", version__version__lt=OuterRef("version")
    )
    rows: QuerySet[Any] = (
        items_with_versions(actor)
        .filter(item__state__in=SETTLED)
        .annotate(
            translated=Coalesce(Subquery(own.values("state")[:1]), Value(UNTRANSLATED)),
            is_outdated=Exists(earlier) & ~Exists(own.filter(state="approved")),
        )
    )
    if state == STALE:
        return rows.filter(is_outdated=True)
    return rows.filter(translated=state) if state else rows


def progress_for(actor: Actor, occupation_code: str = "", level: int | None = None) -> list[Progress]:
    """How far each language has come, in one bank or in all that the actor finds."""
    where = Q(state__in=SETTLED) & policies.visible_to(actor)
    if level is not None:
        where &= Q(occupation_code=occupation_code, level=level)
    items = Item.objects.filter(where)
    total = items.count()
    rows = ItemTranslation.objects.filter(version__item__in=items).exclude(state="retired")
    current: dict[str, Counter[str]] = {}
    newest = rows.filter(version__version=F("version__item__latest"))
    for row in newest.values("language", "state").annotate(n=Count("pk")):
        current.setdefault(row["language"], Counter())[row["state"]] = row["n"]
    newer = newest.filter(version__item=OuterRef("version__item"), language=OuterRef("language"), state="approved")
    old = rows.filter(state="approved", version__version__lt=F("version__item__latest")).exclude(Exists(newer))
    stale: dict[str, int] = dict(
        old.values_list("language").annotate(n=Count("version__item", distinct=True)).order_by()
    )
    return [
        Progress(language, total, current.get(tag, Counter()), stale.get(tag, 0)) for tag, language in LANGUAGES.items()
    ]


def translations_of_item(item: Item) -> QuerySet[ItemTranslation]:
    """The translations of the newest version of an item, by language, without their content."""
    return (
        ItemTranslation.objects.filter(version__item=item, version__version=item.latest)
        .exclude(state="retired")
        .defer("content_sealed")
        .order_by("language")
    )


def translation_limits(on: date) -> Limits:
    """How long the parts of a language version may be: those of an item, so many times (letters are not characters)."""
    of_item = item_limits(on)
    times = int(regulations.provision("itembank.translation_times", on=on).value)
    return Limits(
        of_item.stem * times,
        of_item.option * times,
        of_item.explanation * times,
        of_item.options_at_least,
        of_item.options_at_most,
        of_item.formula,
    )


def job_rows(raw: bytes, on: date) -> Sequence[tuple[int, Sequence[str]]]:
    """The rows of a translation job's file (Excel or CSV) as (line, cells). Raises NotReadableFile."""
    limits = regulations.provision("itembank.import_limits", on=on).value
    parts = item_limits(on).options_at_most + 2  # a row for each option, the stem and the explanation
    files.check_size(raw, bytes_at_most=limits["bytes"])
    grid, _format = files.read_grid(raw, bytes_at_most=limits["bytes"], rows_at_most=limits["rows"] * parts)
    return grid


def approved_translations(version_ids: Iterable[UUID]) -> dict[UUID, dict[str, Translated]]:
    """What the approved language versions of item versions say, by version and language.

    For whoever has opened the versions themselves for delivery, on the record.
    """
    found: dict[UUID, dict[str, Translated]] = {}
    for row in ItemTranslation.objects.filter(version__in=list(version_ids), state="approved"):
        said = sealing.open_translation(row.content_sealed, translation_id=row.pk)
        found.setdefault(row.version_id, {})[row.language] = said
    return found
