"""How a reach becomes a filter: the one place where territory and organisation turn into SQL."""

from __future__ import annotations

from django.db.models import Q

from kaogong.foundation.kernel.actors import Reach

NOTHING = Q(pk__in=[])
# Not an empty Q: `Q() | own` is `own`, and a national officer would then see only her own rows.
EVERYTHING = Q(pk__isnull=False)
# Not the empty Q(): `Q() | other` is `other`, so that whoever sees the country would see less by one more condition.
EVERYTHING = Q(pk__isnull=False)


def within(reach: Reach, *, region: str = "region_code", organisation: str = "organisation") -> Q:
    """Rows whose `region` field begins with a prefix of the reach or whose `organisation` field is one of its bodies.

    Pass an empty name for a field that the table does not have. An empty reach gives a filter that finds nothing.
    """
    if "" in reach.prefixes:
        return EVERYTHING
    found = NOTHING
    if region:
        for prefix in reach.prefixes:
            found |= Q(**{f"{region}__startswith": prefix})
    if organisation and reach.organisations:
        found |= Q(**{f"{organisation}__in": reach.organisations})
    return found
