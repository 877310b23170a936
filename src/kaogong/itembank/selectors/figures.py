"""The figures that the bank's rules need, from the rule library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from kaogong.foundation.kernel.clauses import Clause
from kaogong.itembank.rules.assembly import Section
from kaogong.itembank.rules.items import Limits
from kaogong.itembank.rules.promotion import Bounds, TypeBounds
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


@dataclass(frozen=True, slots=True)
class TrialRules:
    """How new items of an occupation are tried: whether they must be, how many a paper carries, what is enough.

    `per_paper` gives so many unscored items of each type; `cases` are the responses without which nothing is judged.
    """

    is_required: bool
    per_paper: Mapping[str, int]
    cases: int
    clause: Clause
    certainty: str


def trial_rules(occupation_code: str, on: date) -> TrialRules:
    """The rules of the trial on a day. Raises NoProvision."""
    found = regulations.provision("itembank.trial", on=on, occupation_code=occupation_code)
    value = found.value
    assert isinstance(value, dict)  # the library's own file says so
    return TrialRules(value["required"], value["per_paper"], value["cases"], found.clause, found.certainty)


def item_limits(on: date) -> Limits:
    """How long the parts of an item may be on a day. Raises NoProvision."""
    value = regulations.provision("itembank.item_limits", on=on).value
    assert isinstance(value, dict)  # the library's own file says so
    return Limits.of(value)


@dataclass(frozen=True, slots=True)
class Watch:
    """Where an item in use is to be looked at: |robust z| of its drift, its exposure (0-1), its years in use.

    A share tells of wear only where the item came back: on `uses` days at least, before `persons` people.
    """

    drift: float
    exposure: float
    uses: int
    persons: int
    years: int
    clause: Clause
    certainty: str

    def is_overexposed(self, exposure: float | None, uses: int | None, cases: int) -> bool:
        """Whether too many have met an item that was used often enough for the share to mean something."""
        if exposure is None or uses is None:
            return False
        return exposure > self.exposure and uses >= self.uses and cases >= self.persons


def type_bounds(occupation_code: str, on: date) -> tuple[dict[str, TypeBounds], Clause]:
    """Where an item of each type becomes conspicuous, and the clause. Raises NoProvision."""
    found = regulations.provision("itembank.item_flags", on=on, occupation_code=occupation_code)
    assert isinstance(found.value, dict)  # the library's own file says so
    return {type_: TypeBounds(**value) for type_, value in found.value.items()}, found.clause


def promotion_bounds(occupation_code: str, type_: str, on: date) -> tuple[Bounds, Clause]:
    """What promotion asks of an item of that type, and the clause. Raises NoProvision."""
    found = regulations.provision("itembank.promotion", on=on, occupation_code=occupation_code)
    assert isinstance(found.value, dict)  # the library's own file says so
    cases = trial_rules(occupation_code, on).cases
    return Bounds(cases=cases, type=type_bounds(occupation_code, on)[0][type_], **found.value), found.clause


def watch(occupation_code: str, on: date) -> Watch:
    """Where an item in use is to be looked at. Raises NoProvision."""
    found = regulations.provision("itembank.watch", on=on, occupation_code=occupation_code)
    assert isinstance(found.value, dict)  # the library's own file says so
    return Watch(**found.value, clause=found.clause, certainty=found.certainty)
