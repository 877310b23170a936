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
OPTIONS = [letter.lower() for letter in selectors.LETTERS]
RUBRIC_ROWS = 5
RUBRIC_ROWS_AT_MOST = 30
LEVELS = [(str(level), level_name(level)) for level in (5, 4, 3, 2, 1)]


def _set_choices(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class ItemForm(forms.Form):
    """An item of any type: stem, options, key or reference answer, rubric, marks of difficulty and fit, explanation.

    All fields are there at once; the style sheet shows those of the type chosen, and `content` reads no others.
    """

    type = forms.ChoiceField(
        label=gettext_lazy("题型"),
        choices=list(selectors.TYPES.items()),
        widget=forms.RadioSelect,
        initial="single",
    )
    stem = forms.CharField(
        label=gettext_lazy("题干"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("选择题在空处写（　），填空题每个空写两个以上的下划线 __。"),
    )
    key = forms.ChoiceField(
        label=gettext_lazy("答案"),
        choices=[("", "—"), *((letter, letter) for letter in selectors.LETTERS)],
        required=False,
    )
    keys = forms.MultipleChoiceField(
        label=gettext_lazy("答案（两项以上）"),
        choices=[(letter, letter) for letter in selectors.LETTERS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    truth = forms.ChoiceField(
        label=gettext_lazy("答案"),
        choices=[("T", gettext_lazy("对")), ("F", gettext_lazy("错"))],
        widget=forms.RadioSelect,
        required=False,
    )
    gaps = forms.CharField(
        label=gettext_lazy("各空的答案"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("每空一行；几种写法都算对的，用竖线隔开，如 220|二百二十；数值允许误差的写 36±0.5。"),
    )
    answer = forms.CharField(
        label=gettext_lazy("参考答案"),
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
        max_length=4000,
        help_text=gettext_lazy("只给阅卷人看。"),
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

    def __init__(self, *args: Any, rubric_rows: int = RUBRIC_ROWS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for letter in selectors.LETTERS:
            label = _("选项 {letter}").format(letter=letter)
            self.fields[letter.lower()] = forms.CharField(label=label, required=False, max_length=400)
        posted = [int(name[12:]) for name in self.data if name.startswith("rubric_text_") and name[12:].isdecimal()]
        self.rubric_rows = min(max([rubric_rows, *posted]), RUBRIC_ROWS_AT_MOST)
        for row in range(1, self.rubric_rows + 1):
            label = _("评分要点 {number}").format(number=row)
            self.fields[f"rubric_text_{row}"] = forms.CharField(label=label, required=False, max_length=400)
            self.fields[f"rubric_share_{row}"] = forms.IntegerField(
                label=_("占比"), required=False, min_value=1, max_value=100
            )

    @property
    def options(self) -> list[forms.BoundField]:
        """The fields of the options, A to H."""
        return [self[letter] for letter in OPTIONS]

    @property
    def rubric(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The rows of the rubric: text and share."""
        rows = range(1, self.rubric_rows + 1)
        return [(self[f"rubric_text_{row}"], self[f"rubric_share_{row}"]) for row in rows]

    def content(self) -> selectors.ItemContent:
        """What was entered for its type, as an item; empty options at the end and empty rows of a rubric fall away."""
        entered = self.cleaned_data
        kind = entered.get("type", "single")
        options = [entered.get(letter, "") for letter in OPTIONS] if kind in selectors.CHOICE else []
        while options and not options[-1]:
            options.pop()
        rows = [(entered.get(f"rubric_text_{n}", ""), entered.get(f"rubric_share_{n}")) for n in self._rows()]
        rubric = [selectors.Criterion(text, share or 0) for text, share in rows if text or share]
        return selectors.ItemContent(
            kind,
            entered.get("stem", "").replace("\r\n", "\n"),
            tuple(options),
            self._key(kind),
            entered.get("explanation", "").replace("\r\n", "\n"),
            tuple(rubric) if kind in selectors.CONSTRUCTED else (),
        )

    def _rows(self) -> range:
        return range(1, self.rubric_rows + 1)

    def _key(self, kind: str) -> str:
        entered = self.cleaned_data.get(key_field(kind), "")
        if kind == selectors.MULTIPLE:
            return "".join(sorted(entered))
        lines = [line.strip() for line in str(entered).splitlines()]
        return "\n".join(lines).strip("\n")

    @classmethod
    def of(cls, content: selectors.ItemContent, difficulty: int, consistency: int) -> ItemForm:
        """The form of an item that exists, with a row to spare for its rubric."""
        initial: dict[str, object] = dict(zip(OPTIONS, content.options, strict=False))
        initial |= {
            "type": content.type,
            "stem": content.stem,
            "explanation": content.explanation,
            "difficulty": difficulty,
            "consistency": consistency,
            key_field(content.type): list(content.key) if content.type == selectors.MULTIPLE else content.key,
        }
        for row, each in enumerate(content.rubric, 1):
            initial |= {f"rubric_text_{row}": each.text, f"rubric_share_{row}": each.share}
        return cls(initial=initial, rubric_rows=max(RUBRIC_ROWS, len(content.rubric) + 1))


def key_field(kind: str) -> str:
    """The field in which an item of that type has its key."""
    if kind in selectors.CONSTRUCTED:
        return "answer"
    return {selectors.MULTIPLE: "keys", selectors.TRUE_FALSE: "truth", selectors.FILL_IN: "gaps"}.get(kind, "key")


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


class SetForm(PaperForm):
    """A set of parallel papers to be assembled."""

    size = forms.IntegerField(
        label=gettext_lazy("份数"), min_value=2, initial=4, help_text=gettext_lazy("相邻座位、相邻日期各用一份。")
    )
    number = forms.CharField(
        label=gettext_lazy("编号前缀"),
        max_length=36,
        help_text=gettext_lazy("例如 2026-DG5-A，各份编号为 2026-DG5-A-01、02……"),
    )


class ReasonForm(forms.Form):
    """A reason that is asked for."""

    reason = forms.CharField(label=gettext_lazy("理由"), max_length=300)


class RelationForm(ReasonForm):
    """Another item that must not meet one in a paper."""

    kind = forms.ChoiceField(
        label=gettext_lazy("关系"),
        choices=[
            ("enemy", gettext_lazy("不能同卷：一题提示另一题的答案，或者只宜出现其一")),
            ("lineage", gettext_lazy("同源：由同一题改写、变换而来")),
        ],
        widget=forms.RadioSelect,
    )
    number = forms.CharField(label=gettext_lazy("另一题的题号"), max_length=40)
    field_order = ["kind", "number", "reason"]


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
