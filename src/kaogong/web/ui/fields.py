"""Fields: a Django form field seen as our form renderer needs it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django import forms
from django.forms import BaseForm, BoundField
from django.utils.safestring import SafeString


@dataclass(frozen=True)
class FieldView:
    """One bound field with the ids, classes and ARIA attributes that our markup promises."""

    bound: BoundField
    hint: str = ""
    width: str = ""

    @property
    def widget(self) -> forms.Widget:
        return self.bound.field.widget

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

    @cached_property
    def described_by(self) -> str:
        """The ids of hint and error, in the order in which they are read out."""
        parts = [f"{self.id}_hint"] if self.hint_text else []
        return " ".join([*parts, *([f"{self.id}_error"] if self.bound.errors else [])])

    @property
    def control(self) -> SafeString:
        """The input itself."""
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


def errors_of(form: BaseForm) -> list[tuple[str, str]]:
    """Return the errors of a form as (id of the field to go to, message); the form's own come first, without a field."""
    found = [("", str(message)) for message in form.non_field_errors()]
    for bound in form:
        target = first_id(bound)
        found += [(target, str(message)) for message in bound.errors]
    return found


def first_id(bound: BoundField) -> str:
    """Return the id of the first thing of a field that can take the focus."""
    if isinstance(bound.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return f"{bound.auto_id}_0"
    return bound.id_for_label or bound.auto_id
