"""Accounts, posts and the bodies they stand in, through the real services."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count

from kaogong.foundation.access import selectors, services
from kaogong.foundation.access.models import Account, Post
from kaogong.foundation.kernel.actors import Actor, service
from kaogong.foundation.organisations import services as organisations
from kaogong.foundation.organisations.models import Organisation

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PASSWORD = "Zhong-Shan-Men-7"
FOUNDER = service("测试设立", "organisations.edit", "access.appoint", "access.view")
_order = count(1)


def make_body(
    *, name: str = "", kind: str = "prefecture_centre", region_code: str = "320100", parent: Organisation | None = None
) -> Organisation:
    """A body of the matrix; the name is made up when none is given."""
    return organisations.establish(
        actor=FOUNDER,
        at=AT,
        name=name or f"测试机构{next(_order)}",
        kind=kind,
        region_code=region_code,
        parent_id=parent.pk if parent else None,
        opened_on=date(2000, 1, 1),
    )


def make_account(
    *, name: str = "周科员", username: str = "", phone: str = "", mail: str = "", actor: Actor = FOUNDER
) -> Account:
    """An account that signs in with PASSWORD; phone and mail count as verified."""
    return services.open_account(
        actor=actor,
        at=AT,
        display_name=name,
        username=username or ("" if phone or mail else f"user{next(_order)}"),
        phone=phone,
        mail=mail,
        password=PASSWORD,
        is_verified=True,
    )


def make_post(
    *,
    account: Account | None = None,
    organisation: Organisation | None = None,
    role: str = "registrar",
    since: date = date(2026, 1, 1),
    until: date | None = None,
) -> Post:
    """A post in force, with an account and a body of its own where none is given."""
    return services.appoint(
        actor=FOUNDER,
        at=AT,
        account_id=(account or make_account()).pk,
        organisation_id=(organisation or make_body()).pk,
        role=role,
        since=since,
        until=until,
    )


def acting(account: Account, at: datetime = AT) -> Actor:
    """The Actor of an account, built from its posts as the door builds it."""
    return selectors.actor_of(Account.objects.get(pk=account.pk), at)
