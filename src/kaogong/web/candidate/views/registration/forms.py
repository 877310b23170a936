"""The questions of an application, one form each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kaogong.registration import selectors
from kaogong.web.ui.places import PlaceField

Choices = Sequence[tuple[str, Any]]


class PartsForm(forms.Form):
    """Which parts are sat."""

    parts = forms.MultipleChoiceField(label=_("您报考哪些科目？"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, parts: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["parts"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = list(parts)


class LanguageForm(forms.Form):
    """In which language the theory is sat."""

    language = forms.ChoiceField(label=_("您用哪种文字参加理论考试？"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, languages: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(languages)


class WhereForm(forms.Form):
    """Where the candidate lives and works."""

    residence_code = PlaceField(label=_("户籍或居住地"), max_length=60, help_text=_("写到区县，如“南京市玄武区”。"))
    source = forms.ChoiceField(label=_("考生来源"), choices=selectors.source_choices, widget=forms.RadioSelect)
    employer = forms.CharField(
        label=_("工作单位或学校"),
        max_length=60,
        required=False,
        help_text=_("用于安排座位和考评员回避，不印在证书上。"),
    )
    employer_code = PlaceField(
        label=_("工作地"), max_length=60, required=False, help_text=_("与居住地不同的，请填写区县。")
    )


class ConditionForm(forms.Form):
    """Which of the standard's conditions is claimed."""

    condition_code = forms.ChoiceField(label=_("您按哪一项条件申报？"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, conditions: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["condition_code"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(conditions)


class EvidenceForm(forms.Form):
    """One paper that supports the claim."""

    kind = forms.ChoiceField(label=_("用来证明"), widget=forms.RadioSelect)
    title = forms.CharField(label=_("材料名称"), max_length=60, help_text=_("如“学徒期满证明”“五级证书”。"))
    content = forms.FileField(
        label=_("选择文件"),
        widget=forms.FileInput(attrs={"accept": ".jpg,.jpeg,.png,.pdf"}),
        help_text=_("JPEG、PNG 或 PDF，每份不超过 5 MB。可以直接拍照。"),
    )

    def __init__(self, *args: Any, kinds: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(kinds)
        field.initial = kinds[0][0] if len(kinds) == 1 else None


class PhotoForm(forms.Form):
    """The photo for ticket and certificate."""

    photo = forms.FileField(
        label=_("请上传证件照"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
        help_text=_("近期正面免冠竖幅照片，JPEG 或 PNG，不超过 1 MB。印在准考证和证书上。"),
    )


class WithdrawForm(forms.Form):
    """Why an application is taken back."""

    reason = forms.CharField(label=_("撤回原因"), max_length=100, required=False)
