"""The figures that the bank's rules need, from the rule library."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from kaogong.foundation.kernel.clauses import Clause
from kaogong.itembank.rules.assembly import Section
from kaogong.itembank.rules.items import Limits
from kaogong.regulations import selectors as regulations


@dataclass(frozen=True, slots=True)
class PaperForm:
    """The form of a theory paper on a day: its sections, what two papers may share, and the clauses."""

    sections: tuple[Section, ...]
    shared_at_most: Fraction
    clause: Clause
    shared_clause: Clause
    certainty: str


def paper_form(occupation_code: str, on: date) -> PaperForm:
    """The form of an occupation's theory papers. Raises NoProvision."""
    form = regulations.provision("itembank.paper_form", on=on, occupation_code=occupation_code)
    shared = regulations.provision("itembank.shared_percent_at_most", on=on, occupation_code=occupation_code)
    sections = tuple(Section(each["type"], each["count"], Fraction(str(each["marks"]))) for each in form.value)
    return PaperForm(sections, Fraction(shared.value, 100), form.clause, shared.clause, form.certainty)


def item_limits(on: date) -> Limits:
    """How long the parts of an item may be on a day. Raises NoProvision."""
    value = regulations.provision("itembank.item_limits", on=on).value
    assert isinstance(value, dict)  # the library's own file says so
    return Limits.of(value)
