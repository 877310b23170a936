"""allauth's forms in our words: labels that say what to type, hints that say where to find it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django import forms
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

CODE_WIDGET = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}


def _say(form: forms.Form, name: str, label: StrOrPromise, hint: StrOrPromise = "") -> None:
    """Give a field its label and hint, and take away the placeholder that would stand in for both."""
    field = form.fields[name]
    field.label = label
    field.help_text = hint
    field.widget.attrs.pop("placeholder", None)


class SignIn(account.LoginForm):  # type: ignore[misc]  # allauth ships no types
    """Signing in by phone, mail or login name."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget = forms.TextInput(attrs={"autocomplete": "username", "autofocus": True})
        _say(self, "login", _("手机号码、邮箱或登录名"))
        _say(self, "password", _("密码"))


class SignUp(account.SignupForm):  # type: ignore[misc]  # allauth ships no types
    """Signing up by phone."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _say(self, "phone", _("手机号码"), _("会收到一条验证码短信。"))
        _say(self, "password1", _("设置密码"), _("至少 10 位，不要用姓名、号码或常见密码。"))
        _say(self, "password2", _("再输入一次"))


class ChangePassword(account.ChangePasswordForm):  # type: ignore[misc]  # allauth ships no types
    """Changing the password while signed in."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _say(self, "oldpassword", _("现在的密码"))
        _say(self, "password1", _("新密码"), _("至少 10 位，不要用姓名、号码或常见密码。"))
        _say(self, "password2", _("再输入一次"))


class Reauthenticate(account.ReauthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The password once more, before something that matters."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _say(self, "password", _("密码"))


class ChangePhone(account.ChangePhoneForm):  # type: ignore[misc]  # allauth ships no types
    """Another phone number."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _say(self, "phone", _("新手机号码"), _("会收到一条验证码短信。"))


class VerifyPhone(account.VerifyPhoneForm):  # type: ignore[misc]  # allauth ships no types
    """The six digits of a short message."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget = forms.TextInput(attrs=CODE_WIDGET)
        _say(self, "code", _("短信验证码"), _("短信中的六位数字，15 分钟内有效。"))


class SecondFactor(mfa.AuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The second factor at signing in: a code of the authenticator, or a recovery code."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget = forms.TextInput(attrs=CODE_WIDGET)
        _say(self, "code", _("验证码"), _("验证器中的六位数字；手机不在身边时，可输入一个备用码。"))


class SecondFactorAgain(mfa.ReauthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The second factor once more, before something that matters."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget = forms.TextInput(attrs=CODE_WIDGET)
        _say(self, "code", _("验证码"), _("验证器中的六位数字，或一个备用码。"))


class ActivateTotp(totp.ActivateTOTPForm):  # type: ignore[misc]  # allauth ships no types
    """The first code of a new authenticator, to show that it works."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget = forms.TextInput(attrs=CODE_WIDGET | {"autofocus": False})
        _say(self, "code", _("验证码"), _("验证器现在显示的六位数字。"))
