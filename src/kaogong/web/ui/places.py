"""Places: a form field that takes the name of a division as people write it and gives its code."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext

from kaogong.foundation.regions import selectors as regions


class PlaceField(forms.CharField):
    """`玄武区`, `江苏省南京市玄武区` or `320102`, cleaned to a code; empty stays empty when not required."""

    def clean(self, value: Any) -> str:
        """The six-digit code. Raises ValidationError, naming the candidates when several bear the name."""
        typed = str(super().clean(value)).strip()
        if not typed:
            return ""
        found = regions.search(typed, limit=6)
        exact = [place for place in found if typed in {place.code, place.name, regions.name_of(place.code)}] or found
        if len(exact) == 1:
            return exact[0].code
        if not exact:
            raise forms.ValidationError(gettext("没有这个地区，请核对名称。"))
        names = "、".join(regions.name_of(place.code) for place in exact)
        raise forms.ValidationError(gettext("有多个同名地区，请填写全称：{names}").format(names=names))

    def prepare_value(self, value: Any) -> Any:
        """A code is shown as the full name."""
        return regions.name_of(value) if isinstance(value, str) and value.isdecimal() else value
