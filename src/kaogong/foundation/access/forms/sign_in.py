"""Signing in by whatever login one has."""

from __future__ import annotations

from allauth.account import forms as allauth_forms
from django import forms
from django.utils.translation import gettext_lazy as _


class SignIn(allauth_forms.LoginForm):  # type: ignore[misc]  # allauth ships no types
    """The sign-in form in our words."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        login = self.fields["login"]
        login.label = _("手机号码、邮箱或登录名")
        login.widget = forms.TextInput(attrs={"autocomplete": "username", "autofocus": True})
        self.fields["password"].label = _("密码")
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs.pop("placeholder", None)
