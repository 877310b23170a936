"""Lists of applicants and what was found in their rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.translation import gettext

from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.foundation.signing import encryption
from kaogong.registration import policies, rules
from kaogong.registration.models import Roster, RosterRow
from kaogong.registration.selectors.offers import Offer
from kaogong.registration.selectors.wording import condition_kinds


@dataclass(frozen=True, slots=True)
class RosterCount:
    """How the rows of a list stand."""

    waiting: int
    good: int
    warned: int
    refused: int

    @property
    def enterable(self) -> int:
        """Rows that would enter."""
        return self.good + self.warned

    @property
    def judged(self) -> int:
        """Rows that were looked at."""
        return self.good + self.warned + self.refused


def rosters_for(actor: Actor) -> QuerySet[Roster]:
    """The lists that the actor finds, the latest first."""
    found = Roster.objects.filter(policies.rosters_visible_to(actor))
    related = found.select_related("sitting__round", "sitting__station__organisation", "organisation")
    return related.order_by("-staged_at", "-id")


def get_roster(actor: Actor, roster_id: UUID) -> Roster:
    """One list. Raises NotFound."""
    found = rosters_for(actor).filter(pk=roster_id).first()
    if found is None:
        raise NotFound
    return found


def may_enter_list(actor: Actor, roster: Roster) -> bool:
    """Whether the actor may go on with the list."""
    return policies.may_enter_list(actor, roster)


def roster_counts(roster: Roster) -> RosterCount:
    """How many rows wait, are good, are good with a warning, are refused."""
    rows = RosterRow.objects.filter(roster=roster).order_by().values("verdict").annotate(number=Count("pk"))
    found = dict(rows.values_list("verdict", "number"))
    return RosterCount(*(found.get(verdict, 0) for verdict in ("waiting", "good", "warned", "refused")))


def roster_rows(roster: Roster, verdict: str = "") -> QuerySet[RosterRow]:
    """The rows of a list in their order, without what was written in them; of one verdict if asked."""
    rows = RosterRow.objects.filter(roster=roster).select_related("registration").defer("content_sealed")
    rows = rows.defer("registration__photo").order_by("line")
    return rows.filter(verdict=verdict) if verdict else rows


def roster_row_context(row_id: UUID) -> str:
    """What a sealed row is bound to."""
    return f"registration.roster_row:{row_id}"


def roster_row_values(row: RosterRow) -> Mapping[str, str]:
    """What was written in a row, by field. Without scope: for the services that judge it."""
    clear = encryption.open_sealed(bytes(row.content_sealed or b""), context=roster_row_context(row.pk))
    return cast("Mapping[str, str]", json.loads(clear))


def problem_words(problem: Mapping[str, Any]) -> str:
    """A kept reason or warning in the reader's language."""
    facts = {
        name: gettext(value) if isinstance(value, str) and value else value for name, value in problem["facts"].items()
    }
    return gettext(problem["template"]).format(**facts)


def template_of(offer: Offer) -> tuple[list[str], list[str]]:
    """The header and the example line of a list for this offer: the columns that its conditions can ask for."""
    kinds = {kind for each in offer.conditions for kind in condition_kinds(offer, each.code)}
    fields = rules.template_columns(kinds)
    code = offer.conditions[0].code if offer.conditions else ""
    return [rules.COLUMNS[field] for field in fields], rules.example_of(fields, condition_code=code)


def column_names(columns: Sequence[str]) -> list[str]:
    """Columns as the template heads them, in the reader's language."""
    return [gettext(rules.COLUMNS[column]) for column in columns if column in rules.COLUMNS]
