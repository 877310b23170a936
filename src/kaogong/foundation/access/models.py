from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from kaogong.foundation.kernel.ids import uuid7
from kaogong.foundation.kernel.records import Record


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts by their login name."""


class Account(AbstractBaseUser):
    """A way in: one human being's login. What it may do comes from the Person it claims and the posts it holds."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField("登录名", max_length=150, unique=True)
    display_name = models.CharField("称呼", max_length=100, blank=True)
    person = models.OneToOneField(
        "identity.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = AccountManager()

    def __str__(self) -> str:
        return self.display_name or self.username


class Post(Record):
    """A post held in an organisation for a term; the role decides which powers it gives."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    role = models.CharField("岗位", max_length=40)
    since = models.DateField("任期起")
    until = models.DateField("任期止", null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="post_ends_after_it_begins", condition=Q(until__isnull=True) | Q(until__gte=F("since"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.since}"


class Deputy(Record):
    """Someone who stands in for a post during leave, with its powers, for these days."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    since = models.DateField("代理起")
    until = models.DateField("代理止")
    reason = models.CharField("事由", max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(name="deputy_ends_after_it_begins", condition=Q(until__gte=F("since")))
        ]

    def __str__(self) -> str:
        return f"{self.since}–{self.until}"
