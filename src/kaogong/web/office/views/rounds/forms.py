"""The forms of rounds and sittings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext_lazy as _

from kaogong.itembank.selectors import LANGUAGES
from kaogong.sittings.selectors import LEVEL_NAMES, PART_NAMES
from kaogong.sittings.services import PartPlan

MOMENT = "%Y-%m-%dT%H:%M"
Choices = Sequence[tuple[str, Any]]


def day_input() -> forms.DateInput:
    """A date chosen from the browser's calendar."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def moment_input() -> forms.DateTimeInput:
    """A date and time chosen from the browser's calendar."""
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)


class ChoiceOfRound(forms.Form):
    """Step 1: who organises, on which track, for which occupation and level."""

    organisation = forms.ChoiceField(label=_("组织机构"))
    track = forms.ChoiceField(label=_("评价类别"), widget=forms.RadioSelect)
    occupation = forms.ChoiceField(label=_("职业"), help_text=_("只列出有施行中标准的职业。"))
    level = forms.TypedChoiceField(
        label=_("等级"), coerce=int, choices=list(LEVEL_NAMES.items()), widget=forms.RadioSelect
    )

    def __init__(
        self, *args: Any, organisations: Choices, tracks: Choices, occupations: Choices, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("organisation", organisations), ("track", tracks), ("occupation", occupations)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = list(choices)


class RoundForm(forms.Form):
    """Step 2: name, window of applications, fees by part, and the words of the notice."""

    name = forms.CharField(label=_("批次名称"), max_length=120)
    number = forms.CharField(
        label=_("批次编号"), max_length=30, required=False, help_text=_("留空由系统编号，例如 2026-3201-003。")
    )
    applications_from = forms.DateTimeField(label=_("报名开始"), widget=moment_input())
    applications_until = forms.DateTimeField(label=_("报名截止"), widget=moment_input())
    basis = forms.CharField(label=_("收费依据"), max_length=200, required=False)
    languages = forms.MultipleChoiceField(
        label=_("可选用的文字"),
        required=False,
        choices=[(tag, each.name) for tag, each in LANGUAGES.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("中文之外，考生还可以选用哪些文字参加理论考试。下发的试卷须有足够的审定译文；公告后不能再改。"),
    )
    notice = forms.CharField(
        label=_("公告补充内容"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("例如须带的工具、防护用品。"),
    )

    def __init__(self, *args: Any, parts: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = list(parts)
        for part in self.parts:
            self.fields[f"fee_{part}"] = forms.DecimalField(
                label=_("%(part)s收费") % {"part": PART_NAMES[part]},
                min_value=Decimal(0),
                max_digits=8,
                decimal_places=2,
            )

    @property
    def fee_fields(self) -> list[forms.BoundField]:
        """The bound fee fields, part by part."""
        return [self[f"fee_{part}"] for part in self.parts]

    def fees(self) -> dict[str, Any]:
        """Fees by part in fen, and their basis."""
        found: dict[str, Any] = {part: int(self.cleaned_data[f"fee_{part}"] * 100) for part in self.parts}
        return {**found, "basis": self.cleaned_data["basis"]}


class StationChoice(forms.Form):
    """Where and on which day a sitting is to be held."""

    station = forms.ChoiceField(label=_("鉴定所（站）"))
    day = forms.DateField(label=_("考试日期"), widget=day_input())

    def __init__(self, *args: Any, stations: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["station"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(stations)


class PartForm(forms.Form):
    """One part of a sitting: when its first wave starts, how many waves, in which rooms."""

    starts = forms.TimeField(
        label=_("第一批开始"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), initial=time(9)
    )
    waves = forms.IntegerField(label=_("批数"), min_value=1, max_value=20, initial=1)
    rooms = forms.MultipleChoiceField(label=_("考场"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, part: str, minutes: int, rooms: Choices, **kwargs: Any) -> None:
        kwargs["prefix"] = part
        super().__init__(*args, **kwargs)
        self.part, self.minutes, self.name = part, minutes, PART_NAMES[part]
        field = self.fields["rooms"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = list(rooms)

    def plan(self, day: date) -> PartPlan:
        """What the form says, as the service takes it."""
        said: Mapping[str, Any] = self.cleaned_data
        starts_at = datetime.combine(day, said["starts"], tzinfo=get_current_timezone())
        return PartPlan(self.part, starts_at, [UUID(room) for room in said["rooms"]], waves=said["waves"])


class MoveForm(forms.Form):
    """A sitting goes to another day."""

    to = forms.DateField(label=_("新的考试日期"), widget=day_input())
    reason = forms.CharField(label=_("原因"), max_length=200, help_text=_("会写进通知和公告。"))
    is_emergency = forms.BooleanField(
        label=_("紧急情况"), required=False, help_text=_("台风、疫情等；勾选后不受提前天数限制。")
    )


class ReasonForm(forms.Form):
    """Something is called off, with its reason. Its ids differ from those of a form beside it that asks for one too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "id_calling_off_%s")
        super().__init__(*args, **kwargs)

    reason = forms.CharField(label=_("原因"), max_length=200, help_text=_("会写进通知和公告。"))
