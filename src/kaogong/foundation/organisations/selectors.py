"""Who stands where in the matrix of territory and industry, and how far a body reaches."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from kaogong.foundation.kernel.actors import EVERYWHERE, Actor, Reach
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.foundation.organisations.models import CodeTableEntry, Organisation
from kaogong.foundation.organisations.policies import visible_to
from kaogong.foundation.organisations.rules import (
    CODE_KINDS,
    INSTITUTION_KINDS,
    LEAVES,
    EvaluationCode,
    InstitutionCode,
    breadth,
    parse_evaluation_code,
    parse_institution_code,
)
from kaogong.foundation.regions import selectors as regions

__all__ = [
    "CODE_KINDS",
    "INSTITUTION_KINDS",
    "LEAVES",
    "EvaluationCode",
    "InstitutionCode",
    "by_evaluation_code",
    "by_institution_code",
    "children",
    "code_table",
    "get",
    "has_provisional_code",
    "industries",
    "kinds",
    "organisation_of",
    "organisations_for",
    "parse_evaluation_code",
    "parse_institution_code",
    "reach_of",
    "subordinates",
    "superior_chain",
    "territorial_bodies",
]

BELOW = """
WITH RECURSIVE below (id) AS (
    SELECT id FROM organisations_organisation WHERE parent_id = %s
    UNION
    SELECT child.id FROM organisations_organisation AS child JOIN below ON child.parent_id = below.id
)
SELECT id FROM below
"""
ABOVE = """
WITH RECURSIVE above (id, parent_id, depth) AS (
    SELECT id, parent_id, 0 FROM organisations_organisation WHERE id = %s
    UNION
    SELECT up.id, up.parent_id, above.depth + 1
    FROM organisations_organisation AS up JOIN above ON up.id = above.parent_id
)
SELECT id FROM above WHERE depth > 0 ORDER BY depth
"""


def get(organisation_id: UUID) -> Organisation:
    """An organisation by its id, for modules that hold the id already. Raises NotFound."""
    found = Organisation.objects.filter(pk=organisation_id).first()
    if found is None:
        raise NotFound
    return found


def organisation_of(actor: Actor, organisation_id: UUID) -> Organisation:
    """An organisation within the actor's reach. Raises NotFound for any other, whether or not it exists."""
    found = organisations_for(actor).filter(pk=organisation_id).first()
    if found is None:
        raise NotFound
    return found


def organisations_for(
    actor: Actor, *, text: str = "", kind: str = "", region_code: str = "", is_open: bool | None = None
) -> QuerySet[Organisation]:
    """The organisations within the actor's reach, by place and name; narrowed by words, kind, territory, state."""
    rows = Organisation.objects.filter(visible_to(actor)).select_related("parent")
    for word in text.split():
        rows = rows.filter(
            Q(name__icontains=word) | Q(institution_code__startswith=word) | Q(evaluation_code__istartswith=word)
        )
    if kind:
        rows = rows.filter(kind=kind)
    if region_code:
        rows = rows.filter(region_code__startswith=regions.prefix(region_code))
    if is_open is not None:
        rows = rows.filter(closed_on__isnull=is_open)
    return rows.order_by("region_code", "name")


def by_institution_code(code: str) -> Organisation | None:
    """The body that bears this 8-digit institution code, or None."""
    return Organisation.objects.filter(institution_code=code).first()


def by_evaluation_code(code: str) -> Organisation | None:
    """The body that bears these 13 characters, or None."""
    return Organisation.objects.filter(evaluation_code=code).first()


def children(organisation_id: UUID) -> QuerySet[Organisation]:
    """The bodies directly under this one, open or closed, by name."""
    return Organisation.objects.filter(parent_id=organisation_id).order_by("name")


def subordinates(organisation_id: UUID) -> list[UUID]:
    """Ids of all bodies under this one, at any depth, closed ones included; not the body itself."""
    return _ids(BELOW, organisation_id)


def superior_chain(organisation_id: UUID) -> list[UUID]:
    """Ids of the bodies above this one, the nearest first; not the body itself."""
    return _ids(ABOVE, organisation_id)


def territorial_bodies(region_code: str, on: date, *, kinds: Iterable[str] = ()) -> list[Organisation]:
    """Departments and centres open on that day whose territory holds this region, the nearest first."""
    levels = {region_code[:length].ljust(6, "0") for length in (2, 4, 6)}
    rows = Organisation.objects.filter(region_code__in=levels, opened_on__lte=on).exclude(closed_on__lte=on)
    wanted = set(kinds)
    found = [row for row in rows if breadth(row.kind) == "territory" and (not wanted or row.kind in wanted)]
    return sorted(found, key=lambda row: (-len(regions.prefix(row.region_code)), row.name))


def reach_of(organisation: Organisation | UUID, on: date) -> Reach:
    """How far a post in this body reaches on that day; empty before it opened and after it closed.

    The ministry and its centre reach everywhere; territorial bodies reach their territory with what it absorbed;
    industry and corps centres reach the bodies under them, wherever these stand; all others reach themselves.
    """
    body = organisation if isinstance(organisation, Organisation) else get(organisation)
    if on < body.opened_on or (body.closed_on is not None and body.closed_on <= on):
        return Reach()
    own = frozenset({body.pk})
    match breadth(body.kind):
        case "everywhere":
            return Reach(EVERYWHERE, own)
        case "territory":
            return Reach(regions.territory(body.region_code, on), own)
        case "line":
            return Reach((), own.union(subordinates(body.pk)))
    return Reach((), own)


def kinds() -> list[tuple[str, str]]:
    """The kinds of body, as (key, Chinese name)."""
    return [(value, str(label)) for value, label in Organisation.Kind.choices]


def industries() -> list[tuple[str, str]]:
    """The industries of the code table, as (two digits, name)."""
    return list(CodeTableEntry.objects.filter(is_industry=True).order_by("prefix").values_list("prefix", "name"))


def code_table() -> QuerySet[CodeTableEntry]:
    """The first two digits of institution codes, with the source of each and whether any confirms it."""
    return CodeTableEntry.objects.order_by("prefix")


def has_provisional_code(organisation: Organisation) -> bool:
    """Whether its institution code rests on a row of the code table that no source confirms."""
    code = organisation.institution_code or ""
    return bool(code) and not CodeTableEntry.objects.filter(prefix=code[:2], is_confirmed=True).exists()


def _ids(query: str, organisation_id: UUID) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(query, [organisation_id])
        return [row[0] for row in cursor.fetchall()]
