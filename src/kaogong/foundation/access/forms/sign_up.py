"""What we ask beside phone and password when somebody signs up."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kaogong.foundation.access.models import Account


class SignUp(forms.Form):
    """What we ask beside phone and password when somebody signs up; allauth builds its form on this one."""

    display_name = forms.CharField(
        label=_("姓名"),
        max_length=60,
        help_text=_("用于称呼您。报名前还会按证件核对真实姓名。"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ("display_name", "phone", "password1", "password2")

    def signup(self, request: HttpRequest, user: Account) -> None:
        """Nothing more to do: the service that opened the account has it all."""
