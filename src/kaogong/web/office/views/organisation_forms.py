"""Forms of the organisations' pages: they read what was typed; the services judge it."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.organisations import selectors
from kaogong.foundation.regions import selectors as regions
from kaogong.web.ui.formats import join_words

SUPERIORS_SHOWN = 500


def day_input() -> forms.DateInput:
    """An input of one day."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class RegionField(forms.CharField):
    """A place typed as its code or its name; its value is the six-digit code, empty for the country."""

    def clean(self, value: Any) -> str:
        text = str(super().clean(value)).strip()
        if not text:
            return ""
        if text.isdecimal():
            if not regions.exists(text):
                raise forms.ValidationError(_("没有代码为“%(code)s”的现行区划。") % {"code": text})
            return regions.full_code(text)
        found = regions.search(text, 6)
        exact = [place for place in found if text in {place.name, regions.name_of(place.code)}]
        chosen = exact if len(exact) == 1 else found
        if len(chosen) != 1:
            raise forms.ValidationError(self._guidance(text, [regions.name_of(place.code) for place in found]))
        return str(chosen[0].code)

    def _guidance(self, text: str, names: list[str]) -> str:
        if not names:
            return _("没有找到名为“%(text)s”的地区。") % {"text": text}
        return _("“%(text)s”可能是：%(names)s。请写全名。") % {"text": text, "names": join_words(names)}


class EstablishForm(forms.Form):
    """What a new body is, where it stands, and under whom."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=100)
    kind = forms.ChoiceField(label=gettext_lazy("类别"))
    region_code = RegionField(
        label=gettext_lazy("所在或管辖地区"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("地区名称或代码，例如“江苏省南京市”或 320100；全国性机构留空。"),
    )
    parent_id = forms.TypedChoiceField(label=gettext_lazy("上级机构"), required=False, coerce=UUID, empty_value=None)
    industry_code = forms.ChoiceField(label=gettext_lazy("所属行业"), required=False)
    institution_code = forms.CharField(
        label=gettext_lazy("机构编码"),
        required=False,
        max_length=8,
        help_text=gettext_lazy("8位，已有编码时填写；没有的可以登记后由系统编排。"),
    )
    evaluation_code = forms.CharField(
        label=gettext_lazy("评价机构代码"),
        required=False,
        max_length=13,
        help_text=gettext_lazy("13位，备案的用人单位（Y）或社会培训评价组织（S）填写。"),
    )
    address = forms.CharField(label=gettext_lazy("地址"), required=False, max_length=200)
    opened_on = forms.DateField(label=gettext_lazy("设立日期"), widget=day_input())

    def __init__(self, actor: Actor, data: Any = None) -> None:
        super().__init__(data)
        _choices(self, "kind", [("", _("请选择")), *selectors.kinds()])
        _choices(self, "parent_id", [("", _("无")), *superiors(actor)])
        _choices(self, "industry_code", [("", _("不属于行业系统")), *selectors.industries()])


class RenameForm(forms.Form):
    """The new name, and the paper that gives it."""

    name = forms.CharField(label=gettext_lazy("新名称"), max_length=100)
    reason = forms.CharField(label=gettext_lazy("依据"), max_length=200, min_length=4)


class PlaceForm(forms.Form):
    """The new superior, and why."""

    parent_id = forms.TypedChoiceField(label=gettext_lazy("新的上级机构"), coerce=UUID)
    reason = forms.CharField(label=gettext_lazy("依据"), max_length=200, min_length=4)

    def __init__(self, actor: Actor, data: Any = None) -> None:
        super().__init__(data)
        _choices(self, "parent_id", [("", _("请选择")), *superiors(actor)])


class CloseForm(forms.Form):
    """From which day on, and why."""

    closed_on = forms.DateField(label=gettext_lazy("撤销日期"), widget=day_input())
    reason = forms.CharField(label=gettext_lazy("依据"), max_length=200, min_length=4)


class CodeForm(forms.Form):
    """The two parts of an institution code that the registrar decides; the rest follows."""

    prefecture = forms.RegexField(
        r"^\d{2}$",
        label=gettext_lazy("地市代号"),
        help_text=gettext_lazy("编码第3、4位，由省级中心确定；行业没有二级中心的填 00。"),
        error_messages={"invalid": gettext_lazy("应为两位数字。")},
    )
    kind = forms.TypedChoiceField(label=gettext_lazy("机构类别"), coerce=int)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        _choices(
            self, "kind", [(str(digit), f"{digit}　{name}") for digit, name in selectors.INSTITUTION_KINDS.items()]
        )


def superiors(actor: Actor) -> list[tuple[str, str]]:
    """The open bodies that may stand above another: departments, centres, the ministry."""
    rows = selectors.organisations_for(actor, is_open=True).exclude(kind__in=selectors.LEAVES)[:SUPERIORS_SHOWN]
    return [(str(row.pk), row.name) for row in rows]


def _choices(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    cast("forms.ChoiceField", form.fields[name]).choices = choices
