"""The words of codes and warnings sent to an account's phone or mail: short enough for one short message."""

from __future__ import annotations

from django.utils.translation import gettext as _


def sign_up_code(code: str) -> str:
    """A code that verifies a phone or mail address."""
    return _("【考工】验证码 {code}，15 分钟内有效。切勿告诉他人，工作人员不会索要。").format(code=code)


def recovery_code(code: str) -> str:
    """A code that lets a new password be set."""
    return _("【考工】找回密码验证码 {code}，15 分钟内有效。如非本人操作请忽略并留意账号安全。").format(code=code)


def account_exists() -> str:
    """Said to the owner of a phone with which somebody tried to sign up again."""
    return _("【考工】您的手机号已注册过账号，请直接登录；忘记密码可在登录页找回。")


def password_changed() -> str:
    """Said after a password was set."""
    return _("【考工】您的账号密码刚刚更改。如非本人操作，请立即找回密码并联系鉴定机构。")


def phone_moved(masked: str) -> str:
    """Said to the old phone after another one was set."""
    return _("【考工】您的账号手机号已改为 {masked}。如非本人操作，请立即联系鉴定机构。").format(masked=masked)
