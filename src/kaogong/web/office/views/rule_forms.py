"""Forms of the rule library's office: a figure of a place, and an instrument with its articles."""

from __future__ import annotations

import json
import re
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kaogong.foundation.kernel.clauses import Clause
from kaogong.regulations import selectors
from kaogong.web.office.views.organisation_forms import RegionField, day_input

NUMBER = re.compile(r"-?\d+(\.\d+)?")
ARTICLE = re.compile(r"^(?P<article>[^\s　]+)[\s　]+(?P<heading>[^：:]+)[：:](?P<text>.+)$")
WORDS = {"是": True, "否": False}


class ValueField(forms.CharField):
    """A value as people write it: a number, 是 or 否, a text, or a table as JSON."""

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value)).strip()
        if text in WORDS:
            return WORDS[text]
        if NUMBER.fullmatch(text):
            return float(text) if "." in text else int(text)
        if text[:1] in "[{":
            try:
                return json.loads(text)
            except ValueError as fault:
                raise forms.ValidationError(_("方括号或花括号开头的内容应为完整的 JSON。")) from fault
        return text


class FigureForm(forms.Form):
    """Which figure, where, from when, how much, and by which clause."""

    key = forms.ChoiceField(label=gettext_lazy("数值项"))
    region_code = RegionField(
        label=gettext_lazy("适用地区"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("地区名称或代码，例如“江苏省”；全国留空。"),
    )
    value = ValueField(label=gettext_lazy("取值"), max_length=4000, help_text=gettext_lazy("数字、是／否或文字。"))
    since = forms.DateField(
        label=gettext_lazy("生效日期"),
        widget=day_input(),
        help_text=gettext_lazy("同一地区原有的取值到这一天为止；这一天以前的事仍按原取值判断。"),
    )
    clause = forms.CharField(
        label=gettext_lazy("依据条款"),
        max_length=120,
        help_text=gettext_lazy("文件键/条款，例如 jiangsu-2026/5。先在“录入文件”登记文件和条款。"),
    )
    certainty = forms.ChoiceField(label=gettext_lazy("可靠程度"))
    reason = forms.CharField(label=gettext_lazy("录入事由"), max_length=200, min_length=4)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        names = [(key, f"{title}　{key}") for key, title in selectors.figure_names()]
        cast("forms.ChoiceField", self.fields["key"]).choices = [("", _("请选择")), *names]
        cast("forms.ChoiceField", self.fields["certainty"]).choices = list(selectors.CERTAINTY.items())

    def clean_clause(self) -> Clause:
        """The clause that was named."""
        try:
            return Clause.parse(self.cleaned_data["clause"].strip())
        except ValueError as fault:
            raise forms.ValidationError(_("请写成 文件键/条款。")) from fault


class EndForm(forms.Form):
    """From which day on the figure holds no longer, and why."""

    until = forms.DateField(label=gettext_lazy("终止日期"), widget=day_input())
    reason = forms.CharField(label=gettext_lazy("终止事由"), max_length=200, min_length=4)


class InstrumentForm(forms.Form):
    """An instrument and its articles, one a line: `5　迟到：开考二十分钟后不得入场。`"""

    key = forms.SlugField(
        label=gettext_lazy("键"),
        max_length=60,
        help_text=gettext_lazy("小写字母、数字和连字符，例如 jiangsu-2026；用在依据的地址里。"),
    )
    title = forms.CharField(label=gettext_lazy("文件名称"), max_length=200)
    issuer = forms.CharField(label=gettext_lazy("发布机关"), max_length=100)
    number = forms.CharField(label=gettext_lazy("文号"), max_length=60, required=False)
    issued_on = forms.DateField(label=gettext_lazy("发布日期"), required=False, widget=day_input())
    in_force_on = forms.DateField(label=gettext_lazy("施行日期"), required=False, widget=day_input())
    region_code = RegionField(label=gettext_lazy("适用地区"), required=False, max_length=60)
    certainty = forms.ChoiceField(label=gettext_lazy("可靠程度"))
    source = forms.CharField(label=gettext_lazy("出处"), max_length=300)
    articles = forms.CharField(
        label=gettext_lazy("条款"),
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("每行一条，用自己的话转述：条号　标题：内容。例如：5　迟到：开考二十分钟后不得入场。"),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        cast("forms.ChoiceField", self.fields["certainty"]).choices = list(selectors.CERTAINTY.items())

    def clean_articles(self) -> list[tuple[str, str, str]]:
        """The articles as (number or name, heading, words)."""
        found = []
        for number, line in enumerate(filter(str.strip, self.cleaned_data["articles"].splitlines()), start=1):
            parts = ARTICLE.match(line.strip())
            if parts is None:
                raise forms.ValidationError(_("第 %(number)d 行应为“条号　标题：内容”。") % {"number": number})
            found.append((parts["article"], parts["heading"].strip(), parts["text"].strip()))
        return found
