"""Fields: a Django form field seen as our form renderer needs it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.forms import BaseForm, BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kaogong.web.ui.phrases import said


@dataclass(frozen=True)
class FieldView:
    """One bound field with the ids, classes and ARIA attributes that our markup promises."""

    bound: BoundField
    hint: str = ""
    width: str = ""

    @property
    def widget(self) -> forms.Widget:
        widget: forms.Widget = self.bound.field.widget
        return widget

    @property
    def id(self) -> str:
        return self.bound.id_for_label or self.bound.auto_id or self.bound.html_name

    @property
    def hint_text(self) -> str:
        """The hint of the page, or else of the form."""
        return self.hint or str(self.bound.help_text)

    @property
    def is_choice_list(self) -> bool:
        """Whether the field is a group of radios or boxes, which needs a fieldset."""
        return isinstance(self.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)

    @property
    def is_checkbox(self) -> bool:
        return isinstance(self.widget, forms.CheckboxInput)

    @property
    def is_file(self) -> bool:
        return isinstance(self.widget, forms.FileInput)

    @property
    def is_photo(self) -> bool:
        """Whether a preview makes sense: the file is an image."""
        return self.is_file and "image" in str(self.widget.attrs.get("accept", ""))

    @property
    def is_optional(self) -> bool:
        return not self.bound.field.required

    @property
    def errors(self) -> list[str]:
        """What is wrong with this field, in words that need no label beside them."""
        return messages_of(self.bound)

    @cached_property
    def described_by(self) -> str:
        """The ids of hint and error, in the order in which they are read out."""
        parts = [f"{self.id}_hint"] if self.hint_text else []
        return " ".join([*parts, *([f"{self.id}_error"] if self.bound.errors else [])])

    @property
    def control(self) -> SafeString:
        """The input itself; what there is to choose from is said in the reader's language."""
        if isinstance(self.widget, forms.widgets.ChoiceWidget):
            self.widget.choices = _said(list(self.widget.choices))
        return self.bound.as_widget(attrs=self._attributes())

    def _attributes(self) -> dict[str, str | bool]:
        kept = str(self.widget.attrs.get("class", ""))
        attributes: dict[str, str | bool] = {"class": f"{kept} {self._css()}".strip()}
        if self.described_by:
            attributes["aria-describedby"] = self.described_by
        if self.is_photo:
            attributes["data-photo-input"] = f"{self.id}_preview"
        return attributes

    def _css(self) -> str:
        if self.is_checkbox:
            css = "form-check-input"
        elif isinstance(self.widget, forms.Select):
            css = "form-select"
        else:
            css = "form-control"
        width = f" field-{self.width}" if self.width else ""
        return f"{css}{width}{' is-invalid' if self.bound.errors else ''}"


def _said(choices: list[Any]) -> list[Any]:
    """Choices with their labels said; of grouped ones the groups' names too."""
    return [
        (value, label) if isinstance(value, str | None) and isinstance(label, SafeString) else _one_said(value, label)
        for value, label in choices
    ]


def _one_said(value: Any, label: Any) -> tuple[Any, Any]:
    return (said(str(value)), _said(list(label))) if isinstance(label, list | tuple) else (value, said(str(label)))


def messages_of(bound: BoundField) -> list[str]:
    """Return a field's errors; what is missing is asked for by name instead of "this field is required"."""
    default = str(bound.field.error_messages.get("required", ""))
    return [_missing(bound) if message == default else str(message) for message in bound.errors]


def _missing(bound: BoundField) -> str:
    chosen = isinstance(bound.field, forms.ChoiceField | forms.FileField)
    words = _("请选择“%(label)s”。") if chosen else _("请填写“%(label)s”。")
    if isinstance(bound.field, forms.BooleanField):
        words = _("请勾选：%(label)s")
    return words % {"label": str(bound.label).rstrip("？?")}


def errors_of(form: BaseForm) -> list[tuple[str, str]]:
    """Return a form's errors as (id of the field to go to, message); its own come first, without a field."""
    found = [("", str(message)) for message in form.non_field_errors()]
    for bound in form:
        label, default = str(bound.label), str(bound.field.error_messages.get("required", ""))
        for raw, message in zip(bound.errors, messages_of(bound), strict=True):
            found.append((first_id(bound), message if raw == default or label in message else f"{label}：{message}"))
    return found


def first_id(bound: BoundField) -> str:
    """Return the id of the first thing of a field that can take the focus."""
    if isinstance(bound.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return f"{bound.auto_id}_0"
    return bound.id_for_label or bound.auto_id
