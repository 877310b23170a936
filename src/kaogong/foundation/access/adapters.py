"""Our side of allauth: phones sealed, codes of six digits by short message, services instead of bare saves.

allauth brings the flows (sign-in stages, code verification, TOTP, recovery codes); every change it makes to an account
goes through a service of ours, so that it stands in the trail. Its table of mail addresses in the clear stays empty:
see `docs/decisions/0012-accounts.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.cryptokit import generate_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import is_valid_path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kaogong.foundation.access import hooks, selectors, services, texts
from kaogong.foundation.access.models import Account
from kaogong.foundation.kernel.actors import PUBLIC, Actor
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.foundation.signing import encryption

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.forms import BaseForm

CODE_DIGITS = 6
TOTP = "access.account.second-factor"
STAGES = {"allauth.account.stages.PhoneVerificationStage": "kaogong.foundation.access.stages.PhoneStage"}


class PhoneField(forms.CharField):
    """A mobile number as people type it; gives the canonical form."""

    def __init__(self, **kwargs: object) -> None:
        kwargs.setdefault("label", _("手机号码"))
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}))
        super().__init__(**kwargs)  # type: ignore[arg-type]  # whatever a character field takes

    def clean(self, value: object) -> str:
        """The number as `+8613…`. Raises ValidationError."""
        typed = super().clean(value)
        if not typed:
            return ""
        number = selectors.canonical_phone(str(typed))
        if not number:
            raise ValidationError(gettext("手机号码不正确：内地号码 11 位，境外号码请写国家（地区）代码，如 +852。"))
        return number


def as_error(refusal: Refusal) -> ValidationError:
    """A refusal as a form's error: message and advice in one sentence."""
    words = gettext(refusal.message).format(**refusal.facts)
    return ValidationError(words + (gettext(refusal.advice) if refusal.advice else ""))


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """How allauth keeps phones, sends codes and saves accounts in this house."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("账号或密码不正确。连续输错会被暂时锁定。"),
        "phone_password_mismatch": _("手机号码或密码不正确。连续输错会被暂时锁定。"),
        "email_password_mismatch": _("邮箱或密码不正确。连续输错会被暂时锁定。"),
        "too_many_login_attempts": _("登录失败次数过多，请 5 分钟后再试，或找回密码。"),
        "incorrect_code": _("验证码不正确，请核对短信中的六位数字。"),
        "incorrect_password": _("密码不正确。"),
        "phone_taken": _("该手机号码已有账号使用。"),
        "same_as_current": _("新号码与现在的号码相同。"),
        "rate_limited": _("操作过于频繁，请稍后再试。"),
        "enter_current_password": _("请输入现在的密码。"),
        "select_only_one": _("只能选择一项。"),
    }

    def save_user(
        self, request: HttpRequest, user: AbstractBaseUser, form: BaseForm, commit: bool = True
    ) -> AbstractBaseUser:
        """Open the account through our service; allauth's own user object is dropped."""
        typed: Mapping[str, str] = form.cleaned_data
        return services.open_account(
            actor=PUBLIC,
            at=timezone.now(),
            phone=typed["phone"],
            password=typed["password1"],
            display_name=typed.get("display_name", ""),
        )

    def phone_form_field(self, **kwargs: object) -> PhoneField:
        return PhoneField(**kwargs)

    def set_phone(self, user: Account, phone: str, verified: bool) -> None:
        services.change_phone(
            actor=_owner(user), at=timezone.now(), account_id=user.pk, phone=phone, is_verified=verified
        )
        user.refresh_from_db()

    def get_phone(self, user: Account) -> tuple[str, bool] | None:
        phone = selectors.phone_of(user)
        return (phone, user.is_phone_verified) if phone else None

    def set_phone_verified(self, user: Account, phone: str) -> None:
        old = selectors.phone_of(user) if user.is_phone_verified else ""
        self.set_phone(user, phone, True)
        if old and old != phone:
            hooks.send(hooks.Message("sms", old, texts.phone_moved(user.phone_masked)))

    def get_user_by_phone(self, phone: str) -> Account | None:
        return selectors.by_phone(phone)

    def generate_phone_verification_code(self, *, user: AbstractBaseUser, phone: str) -> str:
        return str(generate_user_code(numeric=True, length=CODE_DIGITS, dashed=False))

    def send_verification_code_sms(self, user: AbstractBaseUser, phone: str, code: str, **kwargs: object) -> None:
        hooks.send(hooks.Message("sms", phone, texts.sign_up_code(code)))

    def send_account_already_exists_sms(self, phone: str) -> None:
        hooks.send(hooks.Message("sms", phone, texts.account_exists()))

    def send_notification_mail(self, template_prefix: str, user: Account, *args: object, **kwargs: object) -> None:
        """allauth would write to its own table of addresses; what must be said goes to the verified phone instead."""
        if template_prefix == "account/email/password_changed" and user.is_phone_verified:
            hooks.send(hooks.Message("sms", selectors.phone_of(user), texts.password_changed()))

    def set_password(self, user: Account, password: str) -> None:
        services.set_password(actor=_owner(user), at=timezone.now(), account_id=user.pk, password=password)
        user.refresh_from_db()

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where somebody lands after signing in: officers at their desk, everybody else at their own page."""
        account = cast("Account", request.user)
        held = selectors.posts_in_force(account.pk, timezone.localdate())
        if not held:
            return str(super().get_login_redirect_url(request))
        desk = "/station/" if all(post.role.startswith("station_") for post in held) else "/office/"
        return desk if is_valid_path(desk) else str(super().get_login_redirect_url(request))

    def get_login_stages(self) -> list[str]:
        return [STAGES.get(stage, stage) for stage in super().get_login_stages()]


def _owner(account: Account) -> Actor:
    """The owner of an account at work on it; the public while signing up is not finished."""
    if account.last_login is None and not account.is_phone_verified:
        return PUBLIC
    return selectors.actor_of(account, timezone.now(), has_second_factor=False)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Seals the secrets of second factors, and names the account in the authenticator without telling a contact."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("验证码不正确。请核对手机时间是否准确，再输入当前的六位数字。"),
        "cannot_generate_recovery_codes": _("尚未设置双重验证，不能生成备用码。"),
        "cannot_delete_authenticator": _("不能停用双重验证。"),
    }

    def encrypt(self, text: str) -> str:
        return encryption.seal(text.encode(), context=TOTP).hex()

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.open_sealed(bytes.fromhex(encrypted_text), context=TOTP).decode()

    def get_totp_label(self, user: Account) -> str:
        return user.display_name or user.username

    def get_totp_issuer(self) -> str:
        return gettext("考工")
