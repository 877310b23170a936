"""The form of a holiday notice: each festival from–to, and the weekend days that are worked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kaogong.foundation.calendar.selectors import FESTIVALS, Special
from kaogong.web.office.views.organisation_forms import day_input

LONGEST = 15
"""Days of one holiday: longer ones are a slip of the finger."""

WORKED = "调休"
DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{4}年\d{1,2}月\d{1,2}日")


class NoticeForm(forms.Form):
    """One year's notice. `special_days` gives the days once the form is valid."""

    year = forms.IntegerField(label=gettext_lazy("年份"), min_value=2004, max_value=2100)
    instrument = forms.CharField(
        label=gettext_lazy("通知名称或文号"),
        max_length=100,
        help_text=gettext_lazy("例如：国务院办公厅关于2027年部分节假日安排的通知"),
    )
    worked = forms.CharField(
        label=gettext_lazy("调休上班的日子"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("例如 2027-02-06、2027-02-20，用顿号、逗号或空格隔开。"),
    )

    def __init__(self, data: Any = None, *, initial: Mapping[str, Any] | None = None, has_reason: bool = False) -> None:
        super().__init__(data, initial=dict(initial or {}))
        for number, name in enumerate(FESTIVALS):
            self.fields[f"from_{number}"] = forms.DateField(label=f"{name} 起", required=False, widget=day_input())
            self.fields[f"to_{number}"] = forms.DateField(label=f"{name} 止", required=False, widget=day_input())
        if has_reason:
            self.fields["year"].disabled = True
            self.fields["reason"] = forms.CharField(label=_("更正事由"), max_length=200, min_length=4)

    @property
    def festivals(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """Each festival with its two inputs, in the order of the year."""
        return [(name, self[f"from_{number}"], self[f"to_{number}"]) for number, name in enumerate(FESTIVALS)]

    def clean_worked(self) -> list[date]:
        """The days that were listed; anything that is no date is named."""
        text = self.cleaned_data["worked"]
        left = DATE.sub("", text).strip(" 、,，;；\r\n\t")
        if left:
            raise forms.ValidationError(_("看不懂“%(text)s”，日期请写成 2027-02-06。") % {"text": left[:30]})
        try:
            return [date(*map(int, re.findall(r"\d+", each))) for each in DATE.findall(text)]
        except ValueError as fault:
            raise forms.ValidationError(_("其中有不存在的日期。")) from fault

    def clean(self) -> dict[str, Any]:
        """Each festival has both ends, in order, and is no longer than a holiday is."""
        cleaned: dict[str, Any] = super().clean() or {}
        for number, name in enumerate(FESTIVALS):
            first, last = cleaned.get(f"from_{number}"), cleaned.get(f"to_{number}")
            if bool(first) != bool(last):
                self.add_error(f"to_{number}" if first else f"from_{number}", _("起止日期要一起填。"))
            elif first and last and not 0 <= (last - first).days < LONGEST:
                self.add_error(f"to_{number}", _("%(name)s的止日不对。") % {"name": name})
        return cleaned

    def special_days(self) -> dict[date, Special]:
        """The days that depart from Monday-to-Friday, as the form says."""
        found = {day: Special(True, WORKED) for day in self.cleaned_data["worked"]}
        for number, name in enumerate(FESTIVALS):
            first, last = self.cleaned_data[f"from_{number}"], self.cleaned_data[f"to_{number}"]
            if first and last:
                found |= {first + timedelta(days=each): Special(False, name) for each in range((last - first).days + 1)}
        return found


def as_initial(year: int, instrument: str, days: Iterable[tuple[date, bool, str]]) -> dict[str, Any]:
    """What the form shows for a notice that is there already: `days` as (day, is worked, name)."""
    listed = list(days)
    initial: dict[str, Any] = {"year": year, "instrument": instrument}
    initial["worked"] = "、".join(day.isoformat() for day, is_worked, _name in listed if is_worked)
    for number, festival in enumerate(FESTIVALS):
        free = [day for day, is_worked, name in listed if name == festival and not is_worked]
        if free:
            initial |= {f"from_{number}": free[0], f"to_{number}": free[-1]}
    return initial


class DeadlineForm(forms.Form):
    """From which day, how many working days."""

    start = forms.DateField(label=gettext_lazy("起算的事情发生在"), widget=day_input())
    days = forms.IntegerField(label=gettext_lazy("工作日数"), min_value=0, max_value=400)
