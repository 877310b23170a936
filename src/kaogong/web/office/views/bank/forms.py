"""Forms of the bank: an item, a paper, an import."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kaogong.itembank import selectors
from kaogong.web.office.views.bank.words import DIFFICULTIES, split
from kaogong.web.ui.formats import level_name

SCALE = [(str(value), f"{value} {name}") for value, name in DIFFICULTIES.items()]
FITS = [("1", "1"), ("2", "2"), ("3", "3"), ("4", "4"), ("5", "5")]
OPTIONS = [letter.lower() for letter in selectors.LETTERS[:6]]
LEVELS = [(str(level), level_name(level)) for level in (5, 4, 3, 2, 1)]


def _set_choices(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class ItemForm(forms.Form):
    """An item: type, stem, options, key, marks of difficulty and fit, explanation."""

    type = forms.ChoiceField(
        label=gettext_lazy("题型"),
        choices=[(each, selectors.TYPES[each]) for each in ("single", "truefalse")],
        widget=forms.RadioSelect,
        initial="single",
    )
    stem = forms.CharField(
        label=gettext_lazy("题干"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("选择题在空处写（　）。"),
    )
    a = forms.CharField(label=gettext_lazy("选项 A"), required=False, max_length=400)
    b = forms.CharField(label=gettext_lazy("选项 B"), required=False, max_length=400)
    c = forms.CharField(label=gettext_lazy("选项 C"), required=False, max_length=400)
    d = forms.CharField(label=gettext_lazy("选项 D"), required=False, max_length=400)
    e = forms.CharField(label=gettext_lazy("选项 E"), required=False, max_length=400)
    f = forms.CharField(label=gettext_lazy("选项 F"), required=False, max_length=400)
    key = forms.ChoiceField(
        label=gettext_lazy("答案"),
        choices=[
            *((letter, letter) for letter in selectors.LETTERS[:6]),
            ("T", gettext_lazy("对")),
            ("F", gettext_lazy("错")),
        ],
    )
    difficulty = forms.TypedChoiceField(label=gettext_lazy("难度"), coerce=int, choices=SCALE, initial="3")
    consistency = forms.TypedChoiceField(
        label=gettext_lazy("一致性"),
        coerce=int,
        choices=FITS,
        initial="5",
        help_text=gettext_lazy("试题与鉴定点相符的程度，5 最高。"),
    )
    explanation = forms.CharField(
        label=gettext_lazy("解析"), required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=1000
    )

    def content(self) -> selectors.ItemContent:
        """What was entered, as an item; empty options at the end fall away."""
        entered = self.cleaned_data
        options = [entered.get(letter, "") for letter in OPTIONS] if entered.get("type") == "single" else []
        while options and not options[-1]:
            options.pop()
        return selectors.ItemContent(
            entered.get("type", "single"),
            entered.get("stem", ""),
            tuple(options),
            entered.get("key", ""),
            entered.get("explanation", ""),
        )

    @staticmethod
    def entered(content: selectors.ItemContent, difficulty: int, consistency: int) -> dict[str, object]:
        """The form's values for an item that exists."""
        options = dict(zip(OPTIONS, content.options, strict=False))
        return {
            "type": content.type,
            "stem": content.stem,
            "key": content.key,
            "explanation": content.explanation,
            "difficulty": difficulty,
            "consistency": consistency,
            **options,
        }


class NewItemForm(ItemForm):
    """A new item, in one of the banks, at a point or not yet."""

    bank = forms.ChoiceField(label=gettext_lazy("题库"))
    point = forms.CharField(
        label=gettext_lazy("鉴定点"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("代码，如 A-A-A-001；可以以后再归入。"),
        widget=forms.TextInput(attrs={"list": "points"}),
    )
    field_order = ["bank", "point", "type"]

    def __init__(self, *args: Any, banks: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set_choices(self, "bank", banks)

    def clean_bank(self) -> tuple[str, int]:
        """Occupation code and level."""
        place = split(self.cleaned_data["bank"])
        if place is None:
            raise forms.ValidationError(_("请选择题库。"))
        return place


class PointForm(forms.Form):
    """The point of an unbound draft."""

    point = forms.CharField(
        label=gettext_lazy("鉴定点"),
        max_length=40,
        help_text=gettext_lazy("代码，如 A-A-A-001。"),
        widget=forms.TextInput(attrs={"list": "points"}),
    )


class NoteForm(forms.Form):
    """A note or a reason beside a decision."""

    note = forms.CharField(label=gettext_lazy("意见或理由"), max_length=300, required=False)


class PaperForm(forms.Form):
    """A paper to be assembled."""

    bank = forms.ChoiceField(label=gettext_lazy("题库"))
    number = forms.CharField(
        label=gettext_lazy("试卷编号"), max_length=40, help_text=gettext_lazy("例如 2026-DG5-01，不能重复。")
    )
    seed = forms.IntegerField(
        label=gettext_lazy("随机种子"),
        min_value=0,
        max_value=2**53,
        help_text=gettext_lazy("同一题库、同一种子、同样回避的试卷，组出的试卷相同。"),
    )
    avoid = forms.MultipleChoiceField(
        label=gettext_lazy("与这些试卷回避"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("与每一份的重复题不超过规定的比例。"),
    )

    def __init__(self, *args: Any, banks: list[tuple[str, str]], papers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set_choices(self, "bank", banks)
        _set_choices(self, "avoid", papers)

    def clean_bank(self) -> tuple[str, int]:
        """Occupation code and level."""
        place = split(self.cleaned_data["bank"])
        if place is None:
            raise forms.ValidationError(_("请选择题库。"))
        return place


class ImportForm(forms.Form):
    """A file of items, where it goes, and how to read it. A field for every column that may be mapped."""

    file = forms.FileField(
        label=gettext_lazy("试题文件"),
        help_text=gettext_lazy("CSV 或文本（UTF-8、GB18030）、Excel（.xlsx）、Word（.docx）、QTI 题包（.zip）。"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,.docx,.zip,.xml"}),
    )
    occupation_code = forms.CharField(label=gettext_lazy("职业编码"), max_length=10)
    level = forms.TypedChoiceField(label=gettext_lazy("等级"), coerce=int, choices=LEVELS)
    profile = forms.ChoiceField(
        label=gettext_lazy("文件格式与题型代码"),
        help_text=gettext_lazy("同一个字母在不同的文件里是不同的题型，例如 D 可以是简答，也可以是多选。"),
        choices=[(key, gettext_lazy(each.title)) for key, each in selectors.PROFILES.items()],
        widget=forms.RadioSelect,
        initial="plain",
    )

    def raw(self) -> bytes:
        """The bytes of the file."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        file.seek(0)
        return bytes(file.read())

    def column_map(self) -> dict[str, str]:
        """The map as chosen on the page: fields `column_…`."""
        chosen = {name: str(self.data.get(f"column_{name}", "")).strip() for name in selectors.FIELDS}
        return {name: column for name, column in chosen.items() if column}
