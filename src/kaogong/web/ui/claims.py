"""Claims: the forms by which the desks of candidates and stations ask for the facts behind an entry condition.

A condition asks for certain kinds of facts; each kind has its form, and together they read and write one claim.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

SPELLS = 6
"""How many spells of work a form takes at most; a choice of the page, no rule."""
SECTION_OF = {
    "certificate": "awards",
    "years": "work",
    "training": "training",
    "apprenticeship": "apprenticeships",
    "schooling": "schooling",
    "reserve_technician": "reserve_technician",
}
"""Which section of a claim answers which kind of clause."""
Choices = Sequence[tuple[str, str]]


def day_field(label: Any, *, required: bool = True, hint: Any = "") -> forms.DateField:
    """A date chosen from the browser's calendar."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=hint)


class OccupationForm(forms.Form):
    """A form that asks of which occupation something is: the one applied for or a related one."""

    occupation_code = forms.ChoiceField(label=_("职业"))

    def __init__(self, *args: Any, occupations: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["occupation_code"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(occupations)


class AwardForm(OccupationForm):
    """The certificate held."""

    level = forms.TypedChoiceField(label=_("等级"), coerce=int)
    number = forms.CharField(label=_("证书编号"), max_length=40, help_text=_("照证书填写，审核时核对原件。"))
    awarded_on = day_field(_("发证日期"))

    def __init__(self, *args: Any, levels: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["level"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(levels)


class SpellForm(OccupationForm):
    """One spell of work."""

    employer = forms.CharField(label=_("工作单位"), max_length=60)
    since = day_field(_("开始日期"))
    until = day_field(_("结束日期"), required=False, hint=_("仍在职的留空。"))

    field_order = ("employer", "occupation_code", "since", "until")

    def has_changed(self) -> bool:
        """Whether anything was written: an occupation that merely stands chosen is nothing."""
        return bool(set(self.changed_data) - {"occupation_code"})


class CourseForm(forms.Form):
    """The training with its completion certificate."""

    provider = forms.CharField(label=_("培训机构"), max_length=60)
    hours = forms.IntegerField(label=_("标准学时"), min_value=1, max_value=10_000)
    ended_on = day_field(_("结业日期"))


class ServiceForm(OccupationForm):
    """The apprenticeship served."""

    master = forms.CharField(label=_("师傅姓名"), max_length=40, required=False)
    ended_on = day_field(_("学徒期满日期"))


class SchoolForm(forms.Form):
    """The school left or about to be left."""

    name = forms.CharField(label=_("学校"), max_length=60)
    route = forms.ChoiceField(label=_("学校类别"))
    major_code = forms.ChoiceField(label=_("专业对应的职业"))
    graduates_on = day_field(_("毕业日期"), hint=_("在校生填预计毕业日期。"))
    is_final_year = forms.BooleanField(label=_("我是毕业年级在校生"), required=False)

    def __init__(self, *args: Any, occupations: Choices, routes: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("major_code", occupations), ("route", routes)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = list(choices)


class ReserveForm(forms.Form):
    """The reserve technician's certificate."""

    awarded_on = day_field(_("预备技师证书发证日期"))


class ClaimForms:
    """All forms that one condition needs, bound together: one `is_valid`, one claim."""

    def __init__(
        self,
        kinds: Sequence[str],
        *,
        occupations: Choices,
        levels: Choices,
        routes: Choices,
        claim: Mapping[str, Any],
        posted: Mapping[str, Any] | None = None,
        extra: int = 0,
    ) -> None:
        self.kinds = list(kinds)
        common: dict[str, dict[str, Any]] = {
            "certificate": {"occupations": occupations, "levels": levels},
            "apprenticeship": {"occupations": occupations},
            "schooling": {"occupations": occupations, "routes": routes},
        }
        self.single: dict[str, forms.Form] = {
            kind: FORMS[kind](posted, prefix=kind, initial=_initial(claim, kind), **common.get(kind, {}))
            for kind in self.kinds
            if kind in FORMS
        }
        self.spells: BaseFormSet[SpellForm] | None = None
        if "years" in self.kinds:
            known = _rows(claim, "years")
            spells = formset_factory(SpellForm, extra=extra if known else 1 + extra, max_num=SPELLS, can_delete=True)
            self.spells = spells(posted, prefix="years", initial=known, form_kwargs={"occupations": occupations})
            for form in self.spells.forms:
                form.fields["DELETE"].label = _("删去这一段")

    @property
    def all_forms(self) -> list[forms.Form]:
        """Every form in the order of the condition."""
        return [*self.single.values(), *(self.spells.forms if self.spells else [])]

    def is_valid(self) -> bool:
        """Whether everything that was filled in can be read."""
        single = [form.is_valid() for form in self.single.values()]
        return all(single) and (self.spells is None or self.spells.is_valid())

    def claim(self) -> dict[str, Any]:
        """What was filled in, as far as it can be read, in the shape of a claim."""
        found: dict[str, Any] = {}
        for kind, form in self.single.items():
            if form.is_valid():
                entry = {name: _plain(value) for name, value in form.cleaned_data.items()}
                found[SECTION_OF[kind]] = entry if kind == "reserve_technician" else [entry]
        if self.spells is not None:
            filled = [form for form in self.spells.forms if form.is_valid() and form.has_changed()]
            rows = [form.cleaned_data for form in filled if not form.cleaned_data.get("DELETE")]
            found["work"] = [{name: _plain(value) for name, value in row.items() if name != "DELETE"} for row in rows]
        return found


FORMS: dict[str, type[forms.Form]] = {
    "certificate": AwardForm,
    "training": CourseForm,
    "apprenticeship": ServiceForm,
    "schooling": SchoolForm,
    "reserve_technician": ReserveForm,
}


def _rows(claim: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    return [dict(row) for row in claim.get(SECTION_OF[kind]) or []]


def _initial(claim: Mapping[str, Any], kind: str) -> dict[str, Any]:
    if kind == "reserve_technician":
        return dict(claim.get("reserve_technician") or {})
    rows = _rows(claim, kind)
    return rows[0] if rows else {}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
