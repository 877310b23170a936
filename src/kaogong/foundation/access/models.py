"""Tables of access: accounts, posts held for a term, and deputies."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from kaogong.foundation.kernel.ids import uuid7
from kaogong.foundation.kernel.records import Attested
from kaogong.foundation.signing.fields import DigestField, SealedField


class Term(Func):
    """The days of a term as a range, both ends included; without an end it goes on."""

    function = "DATERANGE"
    output_field = DateRangeField()

    def __init__(self) -> None:
        super().__init__(F("since"), F("until"), Value("[]"))


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts by their login name."""


class Account(AbstractBaseUser):
    """A way in: one human being's login. What it may do comes from the Person it claims and the posts it holds."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField("登录名", max_length=150, unique=True)
    display_name = models.CharField("称呼", max_length=100, blank=True)
    phone_sealed = SealedField("手机（密文）", purpose="access.account.phone", null=True, blank=True)
    phone_digest = DigestField(purpose="access.account.phone", source="phone_sealed", blank=True)
    phone_masked = models.CharField("手机（掩码）", max_length=20, blank=True)
    is_phone_verified = models.BooleanField("手机已验证", default=False)
    mail_sealed = SealedField("邮箱（密文）", purpose="access.account.mail", null=True, blank=True)
    mail_digest = DigestField(purpose="access.account.mail", source="mail_sealed", blank=True)
    mail_masked = models.CharField("邮箱（掩码）", max_length=80, blank=True)
    is_mail_verified = models.BooleanField("邮箱已验证", default=False)
    person = models.OneToOneField("identity.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    opened_by = models.UUIDField("开设人账号", null=True, blank=True)
    claimed_at = models.DateTimeField("认领时间", null=True, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = AccountManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["phone_digest"],
                condition=Q(is_phone_verified=True) & ~Q(phone_digest=""),
                name="account_phone_once",
            ),
            models.UniqueConstraint(
                fields=["mail_digest"],
                condition=Q(is_mail_verified=True) & ~Q(mail_digest=""),
                name="account_mail_once",
            ),
            models.CheckConstraint(
                name="account_claim_is_stamped", condition=Q(person__isnull=True) | Q(claimed_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["phone_digest"], name="account_phone"),
            models.Index(fields=["mail_digest"], name="account_mail"),
        ]

    def __str__(self) -> str:
        return self.display_name or self.username


class Post(Attested):
    """A post held in an organisation for a term; the role decides which powers it gives."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    role = models.CharField("岗位", max_length=40)
    since = models.DateField("任期起")
    until = models.DateField("任期止", null=True, blank=True)
    ended_because = models.CharField("离任事由", max_length=200, blank=True)

    ATTESTED = ("account", "organisation", "role", "since", "until")
    CALLED = "岗位"

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="post_ends_after_it_begins", condition=Q(until__isnull=True) | Q(until__gte=F("since"))
            ),
            ExclusionConstraint(
                name="post_held_once_at_a_time",
                expressions=[
                    ("account", RangeOperators.EQUAL),
                    ("organisation", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (Term(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.since}"


class Deputy(Attested):
    """Someone who stands in for a post during leave, with its powers, for these days."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    since = models.DateField("代理起")
    until = models.DateField("代理止")
    reason = models.CharField("事由", max_length=200)
    recalled_on = models.DateField("提前收回", null=True, blank=True)

    ATTESTED = ("post", "account", "since", "until", "recalled_on")
    CALLED = "代理"

    class Meta:
        constraints = [
            models.CheckConstraint(name="deputy_ends_after_it_begins", condition=Q(until__gte=F("since"))),
            ExclusionConstraint(
                name="deputy_one_at_a_time",
                expressions=[("post", RangeOperators.EQUAL), (Term(), RangeOperators.OVERLAPS)],
                condition=Q(recalled_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.since}–{self.until}"
