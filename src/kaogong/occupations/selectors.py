"""The classification of occupations: by code, by group, by search. Open to everyone."""

from __future__ import annotations

from django.db.models import Q, QuerySet, Subquery

from kaogong.foundation.kernel.refusals import NotFound
from kaogong.occupations import models
from kaogong.occupations.rules import CODE_STARTED, LEVELS, ancestors, bigrams, dashed, rank

__all__ = [
    "LEVELS",
    "children",
    "count_of",
    "current_edition",
    "editions",
    "exists",
    "name_of",
    "occupation",
    "path",
    "search",
]

EditionLike = models.Edition | str | None
"""An edition, its key (`2022`), or None for the newest."""


def editions() -> QuerySet[models.Edition]:
    """All editions, the newest first."""
    return models.Edition.objects.order_by("-in_force_on")


def current_edition() -> models.Edition:
    """The newest edition. Raises NotFound before any is loaded."""
    found = editions().first()
    if found is None:
        raise NotFound
    return found


def occupation(code: str, edition: EditionLike = None) -> models.Occupation:
    """A node of the classification by its code, with or without dashes. Raises NotFound."""
    found = _of(edition).filter(code=dashed(code)).first()
    if found is None:
        raise NotFound
    return found


def exists(code: str, edition: EditionLike = None) -> bool:
    """Whether the edition has an occupation (细类) of exactly this code."""
    return _of(edition).filter(code=code, level=4).exists()


def name_of(code: str, edition: EditionLike = None) -> str:
    """The name that a code has in the edition; the code itself when it has none."""
    return _of(edition).filter(code=code).values_list("name", flat=True).first() or code


def children(code: str = "", edition: EditionLike = None) -> QuerySet[models.Occupation]:
    """The nodes directly under a code, in order; the eight major groups under the empty code."""
    return _of(edition).filter(parent_code=code).order_by("code")


def path(code: str, edition: EditionLike = None) -> list[models.Occupation]:
    """The groups that hold a code, from the major group down."""
    return list(_of(edition).filter(code__in=ancestors(code)).order_by("level"))


def count_of(code: str, edition: EditionLike = None) -> int:
    """How many occupations (细类) a group holds."""
    return _of(edition).filter(code__startswith=f"{code}-" if code else "", level=4).count()


def search(
    text: str, limit: int = 20, *, edition: EditionLike = None, level: int | None = 4, mark: str = ""
) -> list[models.Occupation]:
    """Occupations by name, part of a name, code with or without dashes, pinyin or its initials; best first.

    When nothing has the words as they stand, those that share most pairs of characters answer. `level=None` searches
    groups too; `mark` is "green", "digital" or empty.
    """
    words = "".join(text.split())
    rows = _of(edition) if level is None else _of(edition).filter(level=level)
    if mark in {"green", "digital"}:
        rows = rows.filter(**{f"is_{mark}": True})
    if not words:
        return list(rows.order_by("code")[:limit]) if mark else []
    if CODE_STARTED.match(words):
        return list(rows.filter(code__startswith=dashed(words)).order_by("code")[:limit])
    found = list(rows.filter(_exactly(words)))
    if found:
        found.sort(key=lambda row: rank(row.code, row.name, row.name_pinyin, words))
        return found[:limit]
    return _alike(rows, words)[:limit]


def _exactly(words: str) -> Q:
    if words.isascii():
        return Q(name_pinyin__contains=words.lower()) | Q(name__icontains=words)
    return Q(name__icontains=words)


def _alike(rows: QuerySet[models.Occupation], words: str) -> list[models.Occupation]:
    pairs = set(bigrams(words))
    found = [
        (len(pairs.intersection(row.name_bigrams)), row) for row in rows.filter(name_bigrams__overlap=sorted(pairs))
    ]
    enough = max((shared for shared, _row in found), default=0)
    best = [row for shared, row in found if shared * 2 > enough]
    return sorted(best, key=lambda row: (-len(pairs.intersection(row.name_bigrams)), len(row.name), row.code))


def _of(edition: EditionLike) -> QuerySet[models.Occupation]:
    if isinstance(edition, str):
        return models.Occupation.objects.filter(edition__key=edition)
    newest = editions().values("pk")[:1]
    return models.Occupation.objects.filter(edition=Subquery(newest) if edition is None else edition)
